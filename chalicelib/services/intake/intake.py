"""Takes a contest over from the desk: whole, or not at all.

A zip is a whole contest. A single file (``units.xlsx``) replaces the one of its kind in the contest in force,
and the whole is checked and published as if it had come as a zip. Before the first contest single files
gather until they make up a contest. Several may arrive at once: a run that is overtaken starts again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.intake_answer import IntakeAnswer
from chalicelib.documents.keys import PublicKey
from chalicelib.domain.calendar import with_changes
from chalicelib.domain.decisions import Decisions
from chalicelib.domain.definition import Definition
from chalicelib.domain.errors import Busy
from chalicelib.domain.identity import participant_id
from chalicelib.domain.times import to_ms
from chalicelib.readers.contest_files import (
    DECISION_FILES,
    FILES,
    KINDS,
    ContestFaults,
    misnamed,
    missing_kinds,
    pack,
    replaced,
    unpack,
)
from chalicelib.readers.contest_folder import ContestFolder, check_files, read_archive, read_files
from chalicelib.readers.contest_tables import File
from chalicelib.readers.tables import Fault
from chalicelib.services.contest.commitments import (
    committed_state,
    extended,
    keep_chain,
    published,
    read_chain,
)
from chalicelib.services.contest.compiled_rosters import compile_rosters, rosters_key
from chalicelib.services.contest.public_contest import (
    committed_files,
    public_definition,
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
)
from chalicelib.services.contest.under_way import Plan, begun, opened_again, plan, too_late
from chalicelib.services.contest.withdrawn import withdraw
from chalicelib.services.intake.decisions import contradictions, decide, in_words
from chalicelib.services.intake.intake_report import answer
from chalicelib.services.ports import Clock, ConditionalObjects, ObjectStore, WriteBook

T = TypeVar("T")
GATHERING = "reference/gathering.zip"
_TRIES = 20


class Seen(NamedTuple):
    """The pointer as it was read: its bytes, needed to replace exactly that version, and their content."""

    raw: bytes
    told: ContestInForce


class _Overtaken(Exception):
    """Another file was taken over in the meantime."""


@dataclass(frozen=True, slots=True)
class Intake:
    """The use case. ``pepper`` turns citizen IDs into participant ids; ``to_html`` renders the guide.

    The commitment to a contest includes the code's ``version`` and the public ``keys`` that sign receipts.
    """

    desk: ConditionalObjects
    site: ObjectStore
    pepper: bytes
    to_html: Callable[[str], str]
    clock: Clock
    version: str
    keys: Sequence[PublicKey]
    write_book: WriteBook

    def take_over(self, file: str, data: bytes, now: datetime) -> IntakeAnswer:
        """Returns the answer, which also goes to ``intake/<file>.json`` and ``.xlsx``. Raises ``Busy``."""
        return answer(
            self.desk, self.write_book, file, data, now, lambda warnings: self._take(file, data, now, warnings)
        )

    def _take(self, file: str, data: bytes, now: datetime, warnings: list[Fault]) -> dict[str, Any]:
        if file not in (*FILES, *DECISION_FILES) and not file.lower().endswith(".zip"):
            raise ContestFaults([misnamed(file)])
        for _ in range(_TRIES):
            seen = self._seen()
            gathering = self.desk.get(GATHERING) if seen is None else None
            try:
                if file in DECISION_FILES:
                    return self._decide(file, data, seen, now, warnings)
                if file not in FILES:
                    return self._publish(read_archive(file, data), data, seen, now, warnings)
                files = replaced(self._source(seen, gathering), file, data)
                if seen is None and missing_kinds(files):
                    _go_together(file, check_files, files)
                    return self._gather(files, gathering)
                folder = _go_together(file, read_files, files)
                return self._publish(folder, pack(files), seen, now, warnings)
            except _Overtaken:
                continue
        raise Busy

    def _seen(self) -> Seen | None:
        raw = self.desk.get(CURRENT)
        return Seen(raw, ContestInForce.decode(raw)) if raw else None

    def _source(self, seen: Seen | None, gathering: bytes | None) -> dict[str, bytes]:
        """The files of the contest in force, or those gathered so far for the first contest."""
        if seen is None:
            return unpack(GATHERING, gathering) if gathering else {}
        key = f"reference/source/{seen.told.source}.zip"
        packed = self.desk.get(key)
        if packed is None:
            message = "không còn bộ tệp của cuộc thi đang chạy: hãy gửi lại cả thư mục trong contest.zip"
            raise ContestFaults([Fault(key, 0, "", "", message)])
        return unpack(key, packed)

    def _gather(self, files: Mapping[str, bytes], before: bytes | None) -> dict[str, Any]:
        packed = pack(files)
        if packed != before and not self.desk.replace(GATHERING, before, packed):
            raise _Overtaken
        return {"gathered": sorted(files), "missing": [" / ".join(KINDS[k]) for k in missing_kinds(files)]}

    def _decide(
        self, file: str, data: bytes, seen: Seen | None, now: datetime, warnings: list[Fault]
    ) -> dict[str, Any]:
        """The contest's files stay as they are, and its decisions grow."""
        if seen is None:
            message = "chưa có cuộc thi nào đang chạy: hãy gửi cả thư mục trong contest.zip trước"
            raise ContestFaults([Fault(file, 0, "", "", message)])
        files, before = self._source(seen, None), load(self.desk, seen.told)
        decided = decide(before, File(file, data), now)
        taken = self._publish(read_files(files), pack(files), seen, now, warnings, decided)
        definition = with_changes(before.definition, decided.calendar)
        return {"contest": taken["contest"], "weeks": taken["weeks"], **in_words(definition, decided, file)}

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
        self, folder: ContestFolder, rosters: bytes, seen: Seen | None, decisions: Decisions, now: datetime
    ) -> dict[str, bytes]:
        return compile_parts(
            self._definition(folder, seen, decisions, now),
            folder.questions,
            folder.units,
            {participant_id(self.pepper, row.citizen_id): row.role for row in folder.exclusions},
            {
                participant_id(self.pepper, row.citizen_id): f"{row.decided_on}: {row.reason}"
                for row in folder.disqualifications
            },
            rosters=digest(rosters) if rosters else "",
            decisions=decisions,
        )

    def _plan(
        self, seen: Seen | None, before: Current | None, after: Current, folder: ContestFolder, now: int
    ) -> Plan:
        if seen is None or before is None:
            return Plan({}, {}, None)
        faults = too_late(before, after, folder.questions_file, now)
        if faults:
            raise ContestFaults(faults)
        return plan(seen.told, before, after, now)

    def _publish(
        self,
        folder: ContestFolder,
        packed: bytes,
        seen: Seen | None,
        now: datetime,
        warnings: list[Fault],
        decided: Decisions | None = None,
    ) -> dict[str, Any]:
        """Writes immutable objects first, then the site's files, then the pointer with its commitment.

        ``decided``: all decisions from now on; None: those in force stay.
        """
        before = load(self.desk, seen.told) if seen else None
        decisions = decided or (before.decisions if before else NO_DECISIONS)
        rosters = compile_rosters(folder.rosters, self.pepper)
        parts = self._compile(folder, rosters, seen, decisions, now)
        whole = compiled.encode(parts)
        after = assemble(parts)
        papers, units, from_week = self._plan(seen, before, after, folder, to_ms(now))
        after = keeping(after, papers, units, partial(fetch, self.desk))
        self.desk.put(compiled.key(digest(whole)), whole)
        self.desk.put(f"reference/source/{digest(packed)}.zip", packed)
        if rosters:
            self.desk.put(rosters_key(digest(rosters)), rosters)
        told = committed_state(after, self.pepper, self.version, self.keys)
        chain = extended(read_chain(self.desk, before.commitment if before else None), now, told, from_week)
        head = keep_chain(self.desk, chain)
        self._publish_site(before, after, folder.guide, to_ms(now))
        definition = after.definition
        moved = ContestInForce(
            contest=definition.contest.id,
            start=definition.rfc3339(definition.start),
            reference=digest(whole),
            papers=papers,
            units=units,
            source=digest(packed),
            commitment=head,
            loaded_at=now.isoformat(timespec="seconds"),
        )
        if before and begun(before.definition, self.clock()) != begun(before.definition, to_ms(now)):
            raise Busy("a week has come too near meanwhile")  # the changes would now apply from another week on
        if not self.desk.replace(CURRENT, seen and seen.raw, moved.encode()):
            raise _Overtaken
        self.site.put("data/commitments.json", published(chain))
        withdraw(opened_again(before, after, to_ms(now)) if before else (), self.desk, self.site)
        warnings += folder.warnings
        return {
            "contest": definition.contest.id,
            "questions_approved": len(folder.questions),
            "questions_not_asked": folder.drafts,
            "units": len(folder.units),
            "roster_rows": len(folder.rosters),
            "exclusions": len(folder.exclusions),
            "disqualifications": len(folder.disqualifications),
            "weeks": public_definition(after, to_ms(now))["weeks"],
            **({"from_week": from_week} if from_week else {}),
        }

    def _publish_site(self, before: Current | None, after: Current, guide: str, now: int) -> None:
        for key in withdrawn_files(before, after) if before else ():
            self.site.put(key, b"")
        for key, data in {**committed_files(after), **site_files(after, now)}.items():
            self.site.put(key, data)
        self.site.put("data/guide.html", self.to_html(guide).encode())


def _go_together(file: str, read: Callable[[Mapping[str, bytes]], T], files: Mapping[str, bytes]) -> T:
    """Calls ``read``; adds a remedy if the new ``file`` is right but another one does not match it."""
    try:
        return read(files)
    except ContestFaults as refused:
        if any(fault.file == file for fault in refused.faults):
            raise
        message = "tệp này không khớp với các tệp đã có: hãy sửa rồi gửi tất cả cùng nhau trong contest.zip"
        raise ContestFaults([Fault(file, 0, "", "", message), *refused.faults]) from None
