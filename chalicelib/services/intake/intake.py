"""Takes a contest over from the desk: whole, or not at all.

A zip is a whole contest. A single file (``units.xlsx``) replaces the one of its kind in the contest in force,
and the whole is checked and published as if it had come as a zip. Before the first contest single files
gather until they make up a contest. Several may arrive at once: a run that is overtaken starts again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any, NamedTuple, Protocol, TypeVar

from pydantic import ValidationError

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.canonical import digest
from chalicelib.documents.consequences import CloseChange, Consequences
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.intake_answer import IntakeAnswer
from chalicelib.documents.plain_file import PlainFile, ReadFile, pack_source, unpack_source
from chalicelib.domain.calendar import clock_changes, with_changes
from chalicelib.domain.decisions import Cause, Confirmation, Decisions
from chalicelib.domain.definition import Definition
from chalicelib.domain.errors import Busy
from chalicelib.domain.identity import participant_id
from chalicelib.domain.times import day, to_ms
from chalicelib.readers.contest_files import (
    CONFIRMATION,
    DECISION_FILES,
    FILES,
    KINDS,
    UNIT_ROSTER,
    misnamed,
    missing_kinds,
    replaced,
)
from chalicelib.readers.contest_folder import ContestFolder, check_files, read_files, with_unit_roster
from chalicelib.readers.contest_tables import File, RosterRow, counted_units
from chalicelib.readers.tables import ContestFaults, Fault, Faults
from chalicelib.services.contest.checked import Altered, checked
from chalicelib.services.contest.compiled_rosters import (
    compile_index,
    compile_rosters,
    distinct_people,
    index_key,
    rosters_key,
)
from chalicelib.services.contest.public_contest import (
    CONTEST,
    RULES,
    ToRules,
    committed_files,
    committed_rules,
    public_definition,
    rules_in_words,
    site_files,
    withdrawn_files,
)
from chalicelib.services.contest.reference import (
    NO_DECISIONS,
    Current,
    assemble,
    compile_parts,
    fetch,
    keeping,
    load,
    source_key,
)
from chalicelib.services.contest.under_way import Plan, begun, opened_again, plan, too_late
from chalicelib.services.contest.withdrawn import withdraw
from chalicelib.services.intake.bank_lint import lint_bank, warnings_of
from chalicelib.services.intake.citizen_ids import ids_in_force
from chalicelib.services.intake.confirmations import Unconfirmed, keep, needs_another, read_confirmation
from chalicelib.services.intake.corrections import LOG, UNCHANGED, plan_corrections
from chalicelib.services.intake.decisions import contradictions, in_words, read_decisions
from chalicelib.services.intake.intake_report import answer, even_sheet
from chalicelib.services.intake.place import Place, rightly
from chalicelib.services.intake.preview import ToPreview
from chalicelib.services.intake.releases import (
    ANNULMENTS_FILE,
    WHO,
    Release,
    annulments_file,
    decisions_of,
    plan_releases,
)
from chalicelib.services.intake.renumbering import free
from chalicelib.services.log.facts import salts
from chalicelib.services.people.takeover import RELEASES as PROVEN_RELEASES
from chalicelib.services.ports import (
    Clock,
    ConditionalObjects,
    LargeObjects,
    ParticipantStore,
    Revocations,
    WriteBook,
)

T = TypeVar("T")
# The pointer to the files that gather, by their digest.
GATHERING = "pointers/gathering"
_TRIES = 20
# What the answer to a decision says of the contest.
_OF_A_CHANGE = ("contest", "weeks", "confirmed")


class Seen(NamedTuple):
    """The pointer as it was read: its bytes, needed to replace exactly that version, and what they name."""

    raw: bytes
    told: ContestInForce
    contest: Current


class _Overtaken(Exception):
    """Another file was taken over in the meantime."""


class _Sent(NamedTuple):
    """A file; ``confirmed`` with its code and reason, if its consequences were seen before.

    ``came``: when it arrived, where that was before this run.
    """

    place: Place
    read: ReadFile
    confirmed: tuple[str, str] | None = None
    came: datetime | None = None

    @property
    def file(self) -> str:
        return self.place.file

    @property
    def left_out(self) -> int:
        """How many of its questions no paper can ask."""
        return sum(len(file.left_out) for file in self.read.files.values())

    @property
    def table(self) -> File:
        return File(self.file, self.read.file(self.file))

    @property
    def folder(self) -> str:
        """Where what the answer says of people goes."""
        return f"{self.place.answer}/"


class Published(Protocol):
    """The closes, as far as a change has to look at what they have published (``closing.CloseWeeks``)."""

    def published_at(self, reference: Current, what: str) -> int | None: ...

    def settled(self, reference: Current, now: int) -> bool: ...

    def consequences(self, reference: Current, now: int) -> list[CloseChange]: ...

    def winners_shown(self, reference: Current) -> Mapping[str, tuple[int, Collection[str]]]: ...


# Decisions that change no published result, and that cannot wait until one that changes them is carried out.
_AT_ONCE = frozenset({"calendar", "switches", "notice", "releases"})
# What a change is about, by the kind of its file; a whole contest is a change of rules.
_CAUSES: dict[str, Cause] = {
    "units": "headcount",
    "rosters": "headcount",
    "exclusions": "exclusion",
    "rulings": "ruling",
    "annulments": "annulment",
    "winner-checks": "annulment",
    "releases": "annulment",
    "recognitions": "correction",
    "calendar": "calendar",
    "corrections": "correction",
    "mergers": "correction",
}


@dataclass(frozen=True, slots=True)
class Intake:
    """The use case. ``pepper`` turns citizen IDs into participant ids.

    ``to_rules`` writes the rules in words, as a page: of the definition, and of those that begun weeks keep.

    ``to_preview`` writes a bank as the page on which somebody reads it.

    ``people`` are asked for names, and whose a citizen ID is; ``revocations`` end sessions.
    """

    desk: ConditionalObjects
    site: LargeObjects
    pepper: bytes
    to_rules: ToRules
    clock: Clock
    write_book: WriteBook
    published: Published
    people: Callable[[], ParticipantStore]
    revocations: Callable[[], Revocations]
    to_preview: ToPreview

    def take_over(
        self, place: Place, read: ReadFile, now: datetime, came: datetime | None = None
    ) -> IntakeAnswer:
        """Returns the answer, which is also put as JSON and XLSX. Raises ``Busy``.

        ``came``: when the file first arrived, if an earlier run has died over it.
        """
        confirmation = CONFIRMATION.fullmatch(place.file)
        return answer(
            self.desk,
            self.write_book,
            place,
            read,
            now,
            lambda warnings: (
                self._confirm(_Sent(place, read), confirmation[1], now, warnings)
                if confirmation
                else self._take(_Sent(place, read, came=came), now, warnings)
            ),
            self._names,
            self._word,
            self.to_preview,
        )

    def refuse(self, place: Place, read: ReadFile, now: datetime, why: str) -> IntakeAnswer:
        """Answers a file that is not looked at; ``why`` says what to do."""

        def refuse(_: list[Fault]) -> dict[str, Any]:
            raise ContestFaults([Fault(place.file, 0, "", "", why)])

        return answer(self.desk, self.write_book, place, read, now, refuse)

    def _word(self) -> str:
        """The contest's for a week, “tuần” before there is one."""
        seen = self._seen()
        return seen.contest.definition.contest.period if seen else "tuần"

    def _names(self, wanted: Iterable[str]) -> dict[str, str]:
        """Participant id → full name, of those who are registered."""
        return {identity: person.full_name for identity, person in self.people().get_many(wanted).items()}

    def _ids(self, citizen_ids: Iterable[str]) -> dict[str, str]:
        return ids_in_force(citizen_ids, self.people(), self.pepper)

    def _take(self, sent: _Sent, now: datetime, warnings: list[Fault]) -> dict[str, Any]:
        file, told = sent.file, sent.table.plain
        of_unit = UNIT_ROSTER.fullmatch(file)
        known = file in FILES or file in DECISION_FILES or of_unit
        if not known and not file.lower().endswith(".zip"):
            raise ContestFaults([misnamed(file)])
        for _ in range(_TRIES):
            warnings.clear()
            seen = self._seen()
            gathering = self.desk.get(GATHERING) if seen is None else None
            try:
                if file in DECISION_FILES:
                    return self._decide(sent, seen, now, warnings)
                if of_unit:
                    files = with_unit_roster(self._source(seen, gathering), file, told, warnings)
                    if seen is None:
                        return self._gather(files, gathering)
                elif file in FILES:
                    files = replaced(self._source(seen, gathering), file, told)
                    if seen is None and missing_kinds(files):
                        _go_together(file, check_files, files)
                        self._check_confirmation(_without(sent) if sent.left_out else None, sent, None, now)
                        return self._gather(files, gathering)
                else:
                    files = sent.read.files
                return self._publish(files, sent, seen, now, warnings)
            except _Overtaken:
                continue
        raise Busy

    def _decide(self, sent: _Sent, seen: Seen | None, now: datetime, warnings: list[Fault]) -> dict[str, Any]:
        """Adds the decisions of a file to those in force."""
        if seen is None:
            message = "chưa có cuộc thi nào đang chạy: hãy gửi cả thư mục trong contest.zip trước"
            raise ContestFaults([Fault(sent.file, 0, "", "", message)])
        if DECISION_FILES[sent.file] == "releases":
            return self._release(sent, seen, now, warnings)
        if DECISION_FILES[sent.file] == "corrections":
            return self._correct(sent, seen, now, warnings)
        contest, files = seen.contest, self._source(seen, None)
        published_at = partial(self.published.published_at, contest)
        more = read_decisions(sent.table, contest, self._ids, published_at, now)
        taken = self._publish(files, sent, seen, now, warnings, more)
        decisions = contest.decisions.plus(more)
        definition = with_changes(contest.definition, decisions.calendar)
        told = in_words(definition, decisions, sent.file, contest.units)
        return {"decisions": sum(map(len, more)), **{k: taken[k] for k in _OF_A_CHANGE if k in taken}, **told}

    def _release(self, sent: _Sent, seen: Seen, now: datetime, warnings: list[Fault]) -> dict[str, Any]:
        """Gives citizen IDs back to their owners: decisions first, so that a run that died can be repeated."""
        contest, people, faults = seen.contest, self.people(), Faults()
        table, came = sent.table, sent.came or now
        releases, lines = plan_releases(table, contest, people, self.pepper, came, faults)
        if faults:
            raise ContestFaults(faults)
        published = self._with_results(contest, to_ms(now))
        if releases:
            more = decisions_of(releases, contest, published, now)
            self._publish(self._source(seen, None), sent, seen, now, warnings, more)
            for one in releases:
                if not people.pass_on(one.number, one.before, one.after, one.generation):
                    raise Busy(f"{one.number} has passed on meanwhile")
            self.revocations().revoke(one.before for one in releases)
        sheet = even_sheet("Trả lại số", WHO, lines)
        self.desk.put(f"{sent.folder}releases.xlsx", self.write_book([sheet], now))
        offered = self._offer(releases, published, sent, now, warnings) if releases and published else {}
        confirmed = {"confirmed": sent.confirmed[0]} if sent.confirmed else {}
        return {"released": len(releases), "answers": sent.folder, **confirmed, **offered}

    def _with_results(self, contest: Current, now: int) -> set[int]:
        """The weeks whose results are published, and that are not opened again."""
        over = [week.number for week in contest.definition.weeks if week.closes <= now]
        return {week for week in over if self.published.published_at(contest, f"week-{week}") is not None}

    def _offer(
        self, releases: Sequence[Release], weeks: set[int], sent: _Sent, now: datetime, warnings: list[Fault]
    ) -> dict[str, Any]:
        """What not counting these people would change in published results, kept for a confirmation."""
        seen = self._seen()
        if seen is None:
            return {}
        recognised = {week for week in weeks if seen.contest.decisions.recognition(f"week-{week}")}
        if recognised:
            named = ", ".join(map(str, sorted(recognised)))
            message = (
                f"kết quả tuần {named} đã được công nhận nên giữ nguyên; muốn sửa thì thu hồi quyết định công "
                "nhận rồi gửi tệp annulments với mã hồ sơ trong tệp trả lời"
            )
            warnings.append(Fault(sent.file, 0, "", "", message))
        if weeks == recognised:
            return {}
        annulments = _Sent(
            Place("month", sent.place.sub, ANNULMENTS_FILE, sent.place.version),
            annulments_file(releases, weeks - recognised, now),
        )
        published_at = partial(self.published.published_at, seen.contest)
        more = read_decisions(annulments.table, seen.contest, self._ids, published_at, now)
        after = replace(seen.contest, decisions=seen.contest.decisions.plus(more))
        try:
            changes = self._changes(seen.contest, after, annulments, seen.told.source, now)
        except ContestFaults as refused:
            warnings += refused.faults
            return {}
        return self._told(changes, annulments, seen.contest, now) if changes else {}

    def _correct(self, sent: _Sent, seen: Seen, now: datetime, warnings: list[Fault]) -> dict[str, Any]:
        """Corrects registered people; their rows just before the decisions, which a close may meet at once."""
        contest, store, faults = seen.contest, self.people(), Faults()
        published = self.published.winners_shown(contest)
        with_results = partial(self._with_results, contest, to_ms(now))
        table, by = sent.table, sent.place.sub
        asked = plan_corrections(
            table, contest, store, self._ids, published, with_results, now, by, self.pepper, faults
        )
        if faults:
            raise ContestFaults(faults)

        def carry_out() -> None:
            book = self.write_book([even_sheet("Đã sửa", LOG, asked.log)], now)
            # If this is tried again, what the first try found stays: rows are as they should be by then.
            self.desk.replace(f"{sent.folder}corrections.xlsx", None, book)
            asked.carry_out(store, to_ms(now))

        taken: dict[str, Any] = {}
        if any(asked.decisions):
            files = self._source(seen, None)
            taken = self._publish(files, sent, seen, now, warnings, asked.decisions, carry_out)
        else:
            carry_out()
        free(asked.renumberings, store)
        unchanged = sum(UNCHANGED in line for line in asked.log)
        told = {"corrected": len(asked.log) - unchanged, "unchanged": unchanged, "answers": sent.folder}
        return {**{k: taken[k] for k in _OF_A_CHANGE if k in taken}, **told}

    def _confirm(self, sent: _Sent, code: str, now: datetime, warnings: list[Fault]) -> dict[str, Any]:
        """Carries out the change that waits under ``code``, for the reason in the file."""
        seen = self._seen()
        waiting, reason = read_confirmation(self.desk, sent.place, sent.read, code, seen and seen.contest)
        releases = DECISION_FILES.get(waiting.file) == "releases"  # which a dead run may have left half-way
        if seen and not releases and code in _codes(seen.contest):
            return {"confirmed": code}
        place = rightly(waiting.file, waiting.by, waiting.version)
        sent = _Sent(place, waiting.read, (code, reason), datetime.fromisoformat(waiting.at))
        return self._take(sent, now, warnings)

    def _seen(self) -> Seen | None:
        raw = self.desk.get(CURRENT)
        if not raw:
            return None
        told = ContestInForce.decode(raw)
        return Seen(raw, told, load(self.desk, told))

    def _source(self, seen: Seen | None, gathering: bytes | None) -> dict[str, PlainFile]:
        """The files of the contest in force, or those gathered so far for the first contest."""
        source = seen.told.source if seen else (gathering or b"").decode()
        if not source:
            return {}
        key = source_key(source)
        try:
            return unpack_source(checked(self.desk, key, source)).files
        except Altered:
            message = "không còn bộ tệp của cuộc thi đang chạy: hãy gửi lại cả thư mục trong contest.zip"
            raise ContestFaults([Fault(key, 0, "", "", message)]) from None

    def _appraised(self, seen: Seen | None) -> Mapping[str, str]:
        """The texts that were appraised so far (``ContestSource``)."""
        if seen is None:
            return {}
        try:
            return unpack_source(checked(self.desk, source_key(seen.told.source), seen.told.source)).appraised
        except Altered:  # told, and a whole contest can still be sent
            return {}

    def _gather(self, files: Mapping[str, PlainFile], before: bytes | None) -> dict[str, Any]:
        packed = pack_source(files)
        self.desk.put(source_key(digest(packed)), packed)
        if not self.desk.replace(GATHERING, before, digest(packed).encode()):
            raise _Overtaken
        return {"gathered": sorted(files), "missing": [" / ".join(KINDS[k]) for k in missing_kinds(files)]}

    def _definition(
        self, folder: ContestFolder, seen: Seen | None, decisions: Decisions, now: datetime
    ) -> Definition:
        """With the calendar as the organisers have changed it since.

        ``start = "now"`` means the moment of the first loading; loading again does not move it.
        """
        try:
            return with_changes(self._resolved(folder, seen, now), decisions.calendar)
        except ValidationError as refused:
            raise ContestFaults(contradictions("contest.toml", refused)) from None

    def _resolved(self, folder: ContestFolder, seen: Seen | None, now: datetime) -> Definition:
        if seen is None:
            return folder.definition.resolved(now)
        running = seen.told.contest
        if running != folder.definition.contest.id:
            message = f"hệ thống này đang chạy cuộc thi “{running}”: cuộc thi khác cần hệ thống riêng"
            raise ContestFaults([Fault("contest.toml", 0, "contest.id", folder.definition.contest.id, message)])
        return folder.definition.resolved(datetime.fromisoformat(seen.told.start))

    def _compile(
        self,
        folder: ContestFolder,
        rosters: bytes,
        seen: Seen | None,
        now: datetime,
        decisions: Decisions,
    ) -> dict[str, bytes]:
        excluded = {
            participant_id(self.pepper, row.citizen_id): (row.role, row.out) for row in folder.exclusions
        }
        definition = self._definition(folder, seen, decisions, now)
        return compile_parts(
            definition,
            folder.questions,
            counted_units(folder.units, folder.rosters, definition),
            {person: role for person, (role, out) in excluded.items() if out},
            {person: role for person, (role, out) in excluded.items() if not out},
            rosters=digest(rosters) if rosters else "",
            decisions=decisions,
            pictures={kind: picture for kind, (picture, _) in folder.pictures.items()},
        )

    def _plan(self, seen: Seen | None, after: Current, folder: ContestFolder, now: int) -> Plan:
        if seen is None:
            return Plan({}, {}, None)
        faults = too_late(seen.contest, after, folder.questions_file, now)
        if faults:
            raise ContestFaults(faults)
        return plan(seen.told, seen.contest, after, now)

    def _publish(
        self,
        files: Mapping[str, PlainFile],
        sent: _Sent,
        seen: Seen | None,
        now: datetime,
        warnings: list[Fault],
        more: Decisions = NO_DECISIONS,
        carry_out: Callable[[], None] = lambda: None,
    ) -> dict[str, Any]:
        """Of ``files``, writes immutable objects first, then the site's, then the pointer.

        ``more``: new decisions; ``carry_out`` writes what goes with them, right before the pointer.

        Raises ``Unconfirmed`` if published results would change.
        """
        read = partial(read_files, appraised=known) if (known := self._appraised(seen)) else read_files
        folder = _go_together(sent.file, read, files) if sent.file in FILES else read(files)
        packed, before = pack_source(files, {**known, **folder.appraised}), seen.contest if seen else None
        decisions = (before.decisions if before else NO_DECISIONS).plus(more)
        people, again = distinct_people(folder.rosters, self.pepper, decisions.in_force())
        folder = replace(folder, rosters=tuple(people))
        rosters = compile_rosters(people, self.pepper)
        parts = self._compile(folder, rosters, seen, now, decisions)
        after = assemble(parts)
        papers, units, from_week = self._plan(seen, after, folder, to_ms(now))
        listed = self._keep_rosters(rosters)
        kept = partial(keeping, fetch_compiled=partial(fetch, self.desk))
        also_closed = {week: units[week] for week in units if after.decisions.recognition(f"week-{week}")}
        if sent.confirmed and _cause(sent.file) == "headcount":
            units = also_closed
        in_force = seen.told.source if seen else ""
        changes = self._changes(before, kept(after, papers, units), sent, in_force, now)
        self._check_confirmation(changes, sent, before, now)
        if changes:
            confirmed = self._confirmation(changes, sent, now.astimezone(after.definition.zone))
            decisions = decisions.plus(Decisions(confirmations=(confirmed,)))
            parts = {**parts, **compiled.encode_decisions(decisions)}
            after = assemble(parts)
        offered = None  # What it would change in closed weeks too, worked out before anything is taken over.
        if units != also_closed and _cause(sent.file) == "headcount":
            offered = self._changes(before, kept(after, papers, also_closed), sent, digest(packed), now)
        whole, after = compiled.encode(parts), kept(after, papers, units)
        self.desk.put(compiled.key(digest(whole)), whole)
        self.desk.put(source_key(digest(packed)), packed)
        rules = rules_in_words(after, self.to_rules)
        definition = after.definition
        self._publish_site(before, after, rules, folder, to_ms(now))
        moved = ContestInForce(
            contest=definition.contest.id,
            start=definition.rfc3339(definition.start),
            reference=digest(whole),
            papers=papers,
            units=units,
            source=digest(packed),
            listed=listed,
            rules=digest(rules),
            salts=salts(after, self.pepper),
            loaded_at=now.isoformat(timespec="seconds"),
        )
        if before and begun(before.definition, self.clock()) != begun(before.definition, to_ms(now)):
            raise Busy("a week has come too near meanwhile")  # the changes would now apply from another week on
        carry_out()
        if not self.desk.replace(CURRENT, seen and seen.raw, moved.encode()):
            raise _Overtaken
        # Once more: a close that began before may have written older dates over them.
        self.site.put(CONTEST, site_files(after, to_ms(now))[CONTEST])
        withdraw(opened_again(before, after, to_ms(now)) if before else (), self.desk, self.site)
        warnings += (*folder.warnings, *map(_named_twice, again))
        # Questions are looked through when they come, or come into use at last.
        sent_bank = before is None or any(FILES.get(name) == "questions" for name in sent.read.files)
        linted = lint_bank(folder.questions, definition) if sent_bank else None
        warnings += warnings_of(folder.questions_file, linted) if linted else ()
        warnings += _appraised_later(folder, now.astimezone(definition.zone).date())
        if changing := clock_changes(after.definition):
            warnings.append(Fault("contest.toml", 0, "calendar", "", changing))
        return {
            "contest": definition.contest.id,
            "questions_approved": len(folder.questions),
            "questions_not_asked": folder.drafts,
            **({"questions_lapsed": list(folder.lapsed)} if folder.lapsed else {}),
            "units": len(folder.units),
            "roster_rows": len(folder.rosters),
            "exclusions": len(folder.exclusions),
            **_look(folder),
            "weeks": public_definition(after, to_ms(now))["weeks"],
            **({"linted": linted} if linted else {}),
            **({"from_week": from_week} if from_week else {}),
            **({"questions_left_out": sent.left_out} if sent.left_out else {}),
            **({"confirmed": sent.confirmed[0]} if changes and sent.confirmed else {}),
            **(self._told(offered, sent, before, now) if offered else {}),
        }

    def _keep_rosters(self, rosters: bytes) -> str:
        """Returns the digest of their index, empty without rosters."""
        if not rosters:
            return ""
        index = compile_index(rosters)
        self.desk.put(index_key(digest(index)), index)
        self.desk.put(rosters_key(digest(rosters)), rosters)
        return digest(index)

    def _check_confirmation(
        self, changes: Consequences | None, sent: _Sent, before: Current | None, now: datetime
    ) -> None:
        """Raises ``Unconfirmed``, or ``ContestFaults`` if what was confirmed is not what would happen now."""
        if sent.confirmed is None:
            if changes:
                raise Unconfirmed(self._told(changes, sent, before, now))
        elif before and sent.confirmed[0] in _codes(before):
            return  # releases that a dead run has left half-way
        elif changes is None or sent.confirmed[0] != _code(changes):
            message = f"kết quả đã thay đổi từ khi có mã này: hãy gửi lại tệp {sent.file} để xem hệ quả mới"
            raise ContestFaults([Fault(sent.file, 0, "", sent.confirmed[0], message)])

    def _changes(
        self, before: Current | None, after: Current, sent: _Sent, source: str, now: datetime
    ) -> Consequences | None:
        """What ``after`` changes in published results; without closes where it only takes two people, or a look
        at the questions that are left out.

        ``source``: the digest of the files that are in force when a confirmation may arrive. Raises
        ``ContestFaults`` where nothing may change.
        """
        releases = before is not None and self._are_releases_for_two(sent, before)
        if DECISION_FILES.get(sent.file) in _AT_ONCE and not releases:
            return None
        closes = self.published.consequences(after, to_ms(now)) if before and not releases else []
        if before is None:
            return _without(sent) if sent.left_out else None
        if not (closes or releases or sent.left_out or needs_another(before, after)):
            return None
        recognised = [
            one.what
            for one in closes
            if before.decisions.recognition(one.what) and after.decisions.recognition(one.what)
        ]
        if recognised:
            message = (
                f"tệp này làm thay đổi kết quả đã được công nhận ({', '.join(recognised)}): "
                "muốn sửa thì thu hồi quyết định công nhận trước (recognitions, withdraw = 1)"
            )
            raise ContestFaults([Fault(sent.file, 0, "", "", message)])
        if closes and not self.published.settled(before, to_ms(now)):
            message = "hệ thống đang tổng hợp lại kết quả theo thay đổi trước: hãy gửi lại tệp sau ít phút"
            raise ContestFaults([Fault(sent.file, 0, "", "", message)])
        return Consequences(
            file=sent.file,
            sha256=sent.read.sha256,
            source=source,
            cause=_cause(sent.file),
            closes=tuple(closes),
            left_out=sent.left_out,
        )

    @staticmethod
    def _are_releases_for_two(sent: _Sent, before: Current) -> bool:
        """Whether a second person has to confirm them; not those of owners whom the provider has proved."""
        return (
            DECISION_FILES.get(sent.file) == "releases"
            and before.definition.desk.two_persons
            and not sent.place.key.startswith(PROVEN_RELEASES)
            and not (sent.confirmed and sent.confirmed[0] in _codes(before))
        )

    def _told(
        self, changes: Consequences, sent: _Sent, before: Current | None, now: datetime
    ) -> dict[str, Any]:
        """Keeps the file for its confirmation; returns what the answer says of it."""
        two = before is not None and before.definition.desk.two_persons
        return keep(self.desk, self.write_book, _code(changes), sent.place, sent.read, changes, now, two=two)

    def _confirmation(self, changes: Consequences, sent: _Sent, now: datetime) -> Confirmation:
        code, reason = sent.confirmed or ("", "")
        what = tuple(one.what for one in changes.closes)
        return Confirmation(code, reason, now.isoformat(timespec="seconds"), changes.cause, what)

    def _publish_site(
        self, before: Current | None, after: Current, rules: bytes, folder: ContestFolder, now: int
    ) -> None:
        for key in withdrawn_files(before, after) if before else ():
            self.site.put(key, b"")
        for picture, data in folder.pictures.values():  # before contest.json names them
            self.site.put(f"data/{picture.file}", data)
        for key, data in {**committed_files(after), **site_files(after, now)}.items():
            self.site.put(key, data)
        self.site.put(committed_rules(digest(rules)), rules)
        self.site.put(RULES, rules)
        self.site.put("data/guide.html", folder.guide.encode())


def _look(folder: ContestFolder) -> dict[str, str]:
    """What was taken over of the organiser's identity, in words."""
    contest = folder.definition.contest
    sizes = [f"{one.file} ({one.width} × {one.height} điểm ảnh)" for one, _ in folder.pictures.values()]
    told = {
        "pictures": ", ".join(sizes),
        "brand": contest.colours.brand if contest.colours else "",
        "portal": contest.portal,
    }
    return {name: value for name, value in told.items() if value}


def _appraised_later(folder: ContestFolder, today: date) -> Iterator[Fault]:
    """A slip of the pen, or a clock that is wrong: no reason to refuse a contest."""
    for line, on in folder.appraised_on.items():
        if on > today:
            message = f"ngày thẩm định sau hôm nay ({day(today)}): hãy kiểm tra lại"
            yield Fault(folder.questions_file, line, "appraised_on", day(on), message)


def _named_twice(row: RosterRow) -> Fault:
    message = (
        f"người này không được nhận vào danh sách của đơn vị {row.unit_code}, những người khác vẫn được nhận: "
        "một dòng khác của danh sách đã nêu người này, bằng số căn cước hoặc mã hồ sơ"
    )
    return Fault("rosters", 0, "participant_id", row.full_name, message)


def _without(sent: _Sent) -> Consequences:
    """Of a file whose questions are not all asked, before there is a contest."""
    return Consequences(
        file=sent.file,
        sha256=sent.read.sha256,
        source="",
        cause=_cause(sent.file),
        closes=(),
        left_out=sent.left_out,
    )


def _cause(file: str) -> Cause:
    if UNIT_ROSTER.fullmatch(file):
        return "headcount"
    return _CAUSES.get(FILES.get(file) or DECISION_FILES.get(file, ""), "rule")


def _codes(contest: Current) -> set[str]:
    """Of what was confirmed."""
    return {one.code for one in contest.decisions.confirmations}


def _code(changes: Consequences) -> str:
    """Names exactly these consequences of exactly this file, as long as the contest's other files stay."""
    return digest(changes.encode())[:10]


def _go_together(file: str, read: Callable[[Mapping[str, PlainFile]], T], files: Mapping[str, PlainFile]) -> T:
    """Calls ``read``; adds a remedy if the new ``file`` is right but another one does not match it."""
    try:
        return read(files)
    except ContestFaults as refused:
        if any(fault.file == file for fault in refused.faults):
            raise
        message = "tệp này không khớp với các tệp đã có: hãy sửa rồi gửi tất cả cùng nhau trong contest.zip"
        raise ContestFaults([Fault(file, 0, "", "", message), *refused.faults]) from None
