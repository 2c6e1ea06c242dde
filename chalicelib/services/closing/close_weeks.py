"""Closes every week that is over, also those that earlier runs missed; several runs at once do no harm.

A run writes the revision's files and then moves the pointer to the revision, by one conditional write. If it
dies before that, the next run writes the same bytes again. Every run ends by copying the revisions in force to
the site and to ``results/current.json``: so the next run repairs whatever a dead or overtaken run left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.documents.canonical import canonical_json, digest
from chalicelib.documents.closed_week import (
    CLOSED_WEEK,
    RANKING_ROWS,
    ClosedFinal,
    ClosedWeek,
    RankingRow,
    encode_rows,
)
from chalicelib.documents.consequences import CloseChange
from chalicelib.documents.links import LINKS
from chalicelib.documents.manifest import (
    Confirmed,
    FinalManifest,
    Manifest,
    ReplacedRevision,
    WeekManifest,
)
from chalicelib.documents.places import PLACES
from chalicelib.documents.ranking_again import EarlierWinner
from chalicelib.documents.results_page import INDEX, Page, Recognised
from chalicelib.documents.revision import StoredRevision
from chalicelib.documents.week_proof import AUDIT
from chalicelib.domain.closeout import (
    Draw,
    FinalResult,
    Gathered,
    WeekResult,
    cells_to_hide,
    close_contest,
    close_week,
)
from chalicelib.domain.decisions import Confirmation, Recognition
from chalicelib.domain.definition import Week
from chalicelib.domain.final_ranking import WeekBest, rank_final
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.small_cells import Cell, SmallCells
from chalicelib.domain.times import span_ms
from chalicelib.domain.unit_score import covering, distinct_people
from chalicelib.services.closing.bundle_pieces import Terms
from chalicelib.services.closing.closed import (
    UnitPrizesElsewhere,
    bests,
    closed_final,
    closed_week,
    everyone,
    listed,
    ranking_rows,
    took_part,
    winners_before,
    winners_elsewhere,
)
from chalicelib.services.closing.consequences import change
from chalicelib.services.closing.links import Links
from chalicelib.services.closing.memory import no_search_for_cycles, search_among_what_is_new
from chalicelib.services.closing.opened_times import group_sizes
from chalicelib.services.closing.pieces import Pieces
from chalicelib.services.closing.places import place_lines, winner_lines
from chalicelib.services.closing.shares import Shares
from chalicelib.services.closing.week_proof import (
    Minutes,
    ReadOne,
    opened_gradings,
    proof_files,
    write_bundle,
)
from chalicelib.services.contest.reference import Current, Reference
from chalicelib.services.contest.revisions import MANIFEST, folder_of, revision_of, stored_revision
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.log.facts import Held, held, held_at_the_end, of_contest
from chalicelib.services.log.ledger import WeekLog
from chalicelib.services.ports import (
    CurrentRevision,
    LargeObjects,
    Participant,
    ParticipantStore,
    Revisions,
)
from chalicelib.services.publishing.published import PAGE, show

# The content of a file: in one piece, or in pieces that are made while they are stored.
Content = bytes | Iterable[bytes]
CHANGES = "changes.csv"
# What says how the result stands, as people read it, is not part of the result: only the data are.
_READ_BY_PEOPLE = (".xlsx", ".html", PLACES)


class WeekReport(NamedTuple):
    """``files`` for the desk by name, made one after the other, never all at once; ``page`` is for the site.

    The same result, standing in the same way, gives the same bytes.
    """

    files: Iterable[tuple[str, Content]]
    page: Page


class Correction(NamedTuple):
    """The revision that is replaced, since when it was in force (milliseconds), what changes, and why."""

    revision: int
    at: int
    change: CloseChange
    confirmations: tuple[Confirmation, ...]


class Standing(NamedTuple):
    """How a result stands: recognised by a decision, else provisional; and what it corrects."""

    recognition: Recognition | None = None
    correction: Correction | None = None


class Replaced(NamedTuple):
    """One side of a change: the document, and the revision that holds everything else."""

    document: ClosedWeek | ClosedFinal
    revision: StoredRevision


# The people who have a prize of an earlier week or of a later one that is recognised, with that week, and the
# name of a unit prize → the units that have it of such a week.
Elsewhere = tuple[Mapping[str, int], UnitPrizesElsewhere]
# The week's result, its document, the reference, people by id (the winners, also of the revision that is
# corrected), the root of the week's hash tree, and how the result stands.
WriteWeek = Callable[[WeekResult, ClosedWeek, Reference, Mapping[str, Participant], str, Standing], WeekReport]
# The final's result and document, the reference, the revisions of all weeks, and how the result stands.
WriteFinal = Callable[
    [FinalResult, ClosedFinal, Current, Sequence[StoredRevision], ParticipantStore, Standing], WeekReport
]
# Participant id and since when an identity provider has proved who it is, in milliseconds.
Proven = Callable[[], Iterable[tuple[str, int]]]
# The replaced side and the new one, the winners of both, the reference, the new inputs, why → changes.csv.
WriteChanges = Callable[
    [Replaced, Replaced, Mapping[str, Participant], Reference, Mapping[str, str], Sequence[Confirmation]], bytes
]


class Closed(NamedTuple):
    """A revision that this run has made."""

    what: str
    revision: int
    result: str
    people: int
    winners: int


@dataclass(frozen=True, slots=True)
class CloseWeeks:
    """The use case. ``version`` is the code's and goes into the manifests; ``salt_key``: of all salts.

    ``key()`` signs everybody's result; it is asked for when a week is closed.
    """

    shares: Shares
    participants: ParticipantStore
    revisions: Revisions
    desk: LargeObjects
    site: LargeObjects
    write_week: WriteWeek
    write_final: WriteFinal
    write_changes: WriteChanges
    proven: Proven
    read_one: ReadOne
    salt_key: bytes
    key: Callable[[], SigningKey]
    log: WeekLog
    version: str

    def run(self, reference: Current, now: int) -> list[Closed]:
        """Closes, in order, the weeks that are ready and not yet closed with these inputs, and then the final.

        Raises ``LostRace`` if another run with other inputs was faster.
        """
        with no_search_for_cycles():
            return self._run(reference, now)

    @property
    def pieces(self) -> Pieces:
        """The bundle's pieces that are there, and how to make them."""
        return Pieces(self.shares, self.log, self.salt_key)

    def to_close(self, reference: Current, now: int) -> list[Week]:
        """The weeks that the next run will close, for making shares and pieces of them beforehand."""
        closed: list[ClosedWeek] = []
        weeks: list[Week] = []
        for week in reference.definition.ready_to_close(now):
            at = self._at(reference, week, closed)
            if at.current is None or weeks or at.current.inputs != at.inputs:
                weeks.append(week)
            else:
                closed.append(self._stored_week(at.what, at.current).document)
        return weeks

    def make_piece(self, current: Current, week: Week, piece: int) -> None:
        """Makes a piece of the bundle for the next run, if all shares of the week are there."""
        reference, what = current.of_week(week.number), f"week-{week.number}"
        before = self.revisions.current(what)
        stands = self._revision(what, before).week() if before else None
        with no_search_for_cycles():
            self.pieces.make(reference, week, piece, partial(self._terms, reference, week, stands))

    def published_at(self, reference: Current, what: str) -> int | None:
        """When the current revision of ``what`` came into force, in milliseconds.

        None if there is none, or if its week was opened again since.
        """
        current = self.revisions.current(what)
        week = next((week for week in reference.definition.weeks if what == f"week-{week.number}"), None)
        if current is None or week is None:
            return current and current.at
        stands = _of_this_end(self._stored_week(what, current).document, reference, week)
        return current.at if stands else None

    def settled(self, reference: Current, now: int) -> bool:
        """Whether everything that is published was made from ``reference``."""
        closed: list[ClosedWeek] = []
        results: list[CurrentRevision] = []
        for week in reference.definition.ready_to_close(now):
            at = self._at(reference, week, closed)
            if at.current is None:
                continue
            if at.current.inputs != at.inputs:
                return False
            closed.append(self._stored_week(at.what, at.current).document)
            results.append(at.current)
        final = self.revisions.current("final")
        # While a week is open again, no final is shown.
        if final is None or len(results) < len(reference.definition.weeks):
            return True
        return final.inputs == self._final_inputs(reference.at_the_end, results)

    def consequences(self, reference: Current, now: int) -> list[CloseChange]:
        """What a run with ``reference`` would change in results that are published; it writes nothing.

        Results that are recognised are compared too, although no run changes them.
        """
        with no_search_for_cycles():
            return self._consequences(reference, now)

    def winners_shown(self, reference: Current) -> dict[str, tuple[int, frozenset[str]]]:
        """What is published → when it came into force, in milliseconds, and whose names it shows."""
        shown: dict[str, tuple[int, frozenset[str]]] = {}
        for week in reference.definition.weeks:
            if current := self.revisions.current(f"week-{week.number}"):
                document = self._stored_week(f"week-{week.number}", current).document
                shown[f"week-{week.number}"] = current.at, frozenset(document.winners)
        if current := self.revisions.current("final"):
            shown["final"] = current.at, frozenset(self._revision("final", current).final().winners)
        return shown

    def _consequences(self, reference: Current, now: int) -> list[CloseChange]:
        changes: list[CloseChange] = []
        closed: list[_Closing] = []
        for week in reference.definition.ready_to_close(now):
            at = self._at(reference, week, [one.document for one in closed])
            of_week = reference.of_week(week.number)
            if at.current is None:
                continue
            stored = self._stored_week(at.what, at.current)
            if not _of_this_end(stored.document, of_week, week):  # opened again since: no longer published
                continue
            elsewhere = winners_elsewhere(stored.document) if at.recognised else at.elsewhere
            before = winners_before([one.document for one in closed])
            if at.current.inputs in {self._inputs(of_week, week, others) for others in (before, elsewhere)}:
                closed.append(stored)
                continue
            gathered, _, cells = self.shares.gather(of_week, week)
            proven = self._proven(of_week, week)
            draw = Draw(stored.document.draw_size, stored.document.draw_root)
            late = frozenset(stored.document.late)
            hidden = cells_to_hide(of_week.definition, of_week.units, cells)
            again = self._ranked(of_week, week, gathered, elsewhere, draw, late, proven, hidden)
            document = closed_week(again, of_week, *elsewhere)
            changed = change(at.what, at.current.revision, stored.document, document)
            if changed:
                changes.append(changed)
            moves = changed and not at.recognised
            closed.append(_Closing(document, partial(ranking_rows, again)) if moves else stored)
        final = self.revisions.current("final")
        if final is not None and len(closed) == len(reference.definition.weeks):
            stands = self._revision("final", final).final()
            _, again_final, _ = self._close_final(reference.at_the_end, closed)
            changed = change("final", final.revision, stands, again_final)
            changes += [changed] if changed else []
        return changes

    def _run(self, reference: Current, now: int) -> list[Closed]:
        made: list[Closed] = []
        closed: list[_Closing] = []
        results: list[CurrentRevision] = []
        weeks = reference.definition.ready_to_close(now)
        for week in weeks:
            result, document = self._week(reference, week, [one.document for one in closed], made, now)
            results.append(result)
            closed.append(document)
        if weeks and len(weeks) == len(reference.definition.weeks):
            self._final(reference, closed, results, made, now)
        if weeks or self.site.get(INDEX):  # a week that was opened again is shown no longer
            self.show(reference)
        return made

    def show(self, reference: Current) -> None:
        """Brings the site to the revisions in force, if they are for the weeks' ends in ``reference``."""
        show(reference, self.revisions, self.desk, self.site)

    def _week(
        self, current: Current, week: Week, earlier: list[ClosedWeek], made: list[Closed], now: int
    ) -> tuple[CurrentRevision, _Closing]:
        reference = current.of_week(week.number)
        what, before, inputs, elsewhere, _ = self._at(current, week, earlier)
        if before is not None and before.inputs == inputs:
            return before, self._stored_week(what, before)
        winners, unit_prizes = elsewhere
        state = held(current, week.number)
        self.log.await_facts(of_contest(current, self.version))
        revision = self._claim(what, before, inputs, state)
        read = self.shares.gather(reference, week)
        gathered, definition = read.gathered, reference.definition
        stands = self._revision(what, before) if before else None
        there = stands.week() if stands else None
        terms = self._terms(reference, week, there, read.cells)
        drawn = _drawn(there, reference, week)
        names = partial(self._names(reference).of, week.number)
        minutes = Minutes(terms.drawn)
        bundle = write_bundle(
            self.pieces.each(reference, week, read.blocks, terms),
            minutes,
            names,
            reference.bars(week.number),
            self._linked(reference, week, winners),
            self.desk,
            folder_of(what, revision),
        )
        agreed = self.log.agree(definition, week, minutes.missing, minutes.looked or 0)
        minutes.fill(agreed.batches, self.log.last_in_time(definition, week))
        late = _with_pseudonyms(gathered, self._names(reference), week.number, minutes.late)
        replaced = Replaced(there, stands) if there and stands else None
        fresh = self.revisions.draw(what, revision, Draw(agreed.size, agreed.root))
        draw = drawn or fresh
        hidden, proven = terms.hidden, terms.proven
        result = self._ranked(reference, week, gathered, elsewhere, draw, late, proven, hidden)
        document = closed_week(result, reference, winners, unit_prizes)
        standing = self._standing(what, before, replaced, document, reference)
        concerned = [one.participant_id for one in (*document.prizes, *document.reserves)] + _lost(standing)
        people = self.participants.get_many(concerned)
        report = self.write_week(result, document, reference, people, bundle.tree.root, standing)
        openings = opened_gradings(bundle, result, reference, self.salt_key, self.read_one)
        sizes = group_sizes(result, definition)
        proof = proof_files(bundle, result, reference, unit_prizes, openings, sizes)
        rows = (RANKING_ROWS, encode_rows(week.number, ranking_rows(result)))
        places = place_lines(result, sizes, reference, revision, standing.recognition, self.key())
        report = report._replace(files=chain([rows, (PLACES, places)], report.files, proof.items()))
        manifest_of = partial(
            WeekManifest,
            counts=document.counts,
            target=result.target,
            ranked=document.ranked,
            proof=bundle.tree,
        )
        kept = _Kept(what, revision, inputs, state, before, replaced, standing, now)
        uploaded = {AUDIT: bundle.audit_sha256}
        after = self._keep(kept, report, document, manifest_of, reference, uploaded)
        made.append(Closed(what, revision, after.result, result.counts.people, len(result.prizes)))
        return after, _Closing(document, self._revision(what, after).rows)

    def _terms(
        self, reference: Reference, week: Week, there: ClosedWeek | None, cells: Mapping[Cell, int]
    ) -> Terms:
        """``there``: the week as it was closed before."""
        drawn, definition = _drawn(there, reference, week), reference.definition
        return Terms(
            cells_to_hide(definition, reference.units, cells),
            self._proven(reference, week),
            self.log.last_in_time(definition, week),
            drawn.size if drawn else None,
        )

    def _linked(self, reference: Reference, week: Week, winners: Mapping[str, int]) -> list[EarlierWinner]:
        names = self._names(reference)
        return [
            EarlierWinner(names(week.number, person), won, names(won, person))
            for person, won in winners.items()
        ]

    def _names(self, reference: Reference) -> Pseudonyms:
        return Pseudonyms(self.salt_key, reference.definition.contest.id)

    def _proven(self, reference: Reference, week: Week) -> frozenset[str]:
        """Whom a provider had proved when the week closed: later proofs change no result."""
        if "provider" not in reference.definition.proofs:
            return frozenset()
        return frozenset(person for person, since in self.proven() if since < week.closes)

    def _ranked(
        self,
        reference: Reference,
        week: Week,
        gathered: Gathered,
        elsewhere: Elsewhere,
        draw: Draw,
        late: frozenset[str],
        proven: Collection[str],
        hidden: SmallCells,
    ) -> WeekResult:
        winners, unit_prizes = elsewhere
        unconfirmed = late - reference.decisions.lifted_in(week.number)
        return close_week(
            reference.definition,
            reference.units,
            week,
            gathered,
            draw=draw,
            names=self._names(reference),
            barred={*reference.bars(week.number).no_prize, *unconfirmed},
            late=late,
            earlier_winners=winners,
            unit_prizes_elsewhere=unit_prizes,
            proven=proven,
            hidden=hidden,
        )

    def _at(self, current: Current, week: Week, earlier: list[ClosedWeek]) -> _At:
        """Where a week stands; once it is recognised, its inputs are what they were."""
        what, reference = f"week-{week.number}", current.of_week(week.number)
        later = [
            self._stored_week(name, at).document
            for name in (f"week-{w.number}" for w in current.definition.weeks if w.number > week.number)
            if current.decisions.recognition(name) and (at := self.revisions.current(name))
        ]
        at = self.revisions.current(what)
        recognition = reference.decisions.recognition(what)
        recognised = bool(recognition and at and self._says_so(what, at, recognition))
        elsewhere = winners_before([*earlier, *later])
        inputs = self._inputs(reference, week, elsewhere)
        # Recognising a later week is no reason to close this one again: its winners had no prize of this week.
        if at and (recognised or at.inputs == self._inputs(reference, week, winners_before(earlier))):
            inputs = at.inputs
        return _At(what, at, inputs, elsewhere, recognised)

    def _inputs(self, reference: Reference, week: Week, elsewhere: Elsewhere) -> str:
        """The digest of everything that a week's close depends on, except its entries."""
        parts = {name: reference.digests[name] for name in ("bank", "units", "barred", "rosters")}
        bars = reference.bars(week.number)
        recognition = reference.decisions.recognition(f"week-{week.number}")
        people, units = elsewhere
        inputs = {
            "parts": {**parts, "definition": reference.definition_of(week)},
            "rulings": [list(ruling) for ruling in reference.decisions.rulings_in(week.number).values()],
            "bars": [sorted(bars.no_prize), sorted(bars.not_counted)],
            "lifted": sorted(reference.decisions.lifted_in(week.number)),
            "numbers": reference.decisions.in_force(week.number),
            "corrected": sorted(reference.decisions.corrected_in(week.number).items()),
            "merged": reference.decisions.merged_in(week.number),
            "renamed": reference.decisions.renamed_in(f"week-{week.number}"),
            "elsewhere": [dict(people), listed(units)],
            "recognised": recognition and list(recognition),
        }
        return digest(canonical_json(inputs))

    def _says_so(self, what: str, at: CurrentRevision, recognition: Recognition) -> bool:
        """Whether the revision says already that it is recognised."""
        told = self._revision(what, at).manifest(what).recognised
        return told is not None and (told.decision, told.decided_on) == recognition[1:3]

    def _final(
        self,
        current: Current,
        weeks: list[_Closing],
        results: list[CurrentRevision],
        made: list[Closed],
        now: int,
    ) -> None:
        reference = current.at_the_end
        inputs = self._final_inputs(reference, results)
        before = self.revisions.current("final")
        recognition = reference.decisions.recognition("final")
        if before is not None and (
            before.inputs == inputs or (recognition and self._says_so("final", before, recognition))
        ):
            return
        closed = zip(current.definition.weeks, results, strict=True)
        revisions = [self._revision(f"week-{week.number}", at) for week, at in closed]
        result, document, links = self._close_final(reference, weeks)
        state = held_at_the_end(current)
        self.log.await_facts(of_contest(current, self.version))
        revision = self._claim("final", before, inputs, state)
        linked = {LINKS: links.write(self.desk, folder_of("final", revision))}
        stands = before and self._revision("final", before)
        replaced = stands and Replaced(stands.final(), stands)
        standing = self._standing("final", before, replaced, document, reference)
        report = self.write_final(result, document, reference, revisions, self.participants, standing)
        if reference.definition.prizes_of("final"):
            told = result, document.paper_size, reference, revision, standing.recognition, self.key()
            report = report._replace(files=chain([(PLACES, winner_lines(*told))], report.files))
        manifest_of = partial(
            FinalManifest,
            weeks=tuple(closed.result for closed in results),
        )
        kept = _Kept("final", revision, inputs, state, before, replaced, standing, now)
        after = self._keep(kept, report, document, manifest_of, reference, linked)
        people = sum(row.sums.people for row in covering(result.units))
        made.append(Closed("final", revision, after.result, people, len(document.unit_winners)))

    def _close_final(self, reference: Current, weeks: list[_Closing]) -> tuple[FinalResult, ClosedFinal, Links]:
        names = self._names(reference)
        links = Links(names, [week.document.week for week in weeks])
        counting = (links.noting(one.document.week, everyone(one.document, one.rows())) for one in weeks)
        distinct = distinct_people(map(took_part, counting), reference.units)
        unit_weeks = [week.document.unit_week for week in weeks]
        definition, root = reference.definition, weeks[-1].document.draw_root
        ranked = rank_final(self._bests(reference, weeks), root, names) if definition.ranking.final else ()
        result = close_contest(definition, reference.units, unit_weeks, distinct, root, names, ranked)
        size = sum(week.document.paper_size for week in weeks)
        return result, closed_final(result, reference, size), links

    def _bests(
        self, reference: Current, weeks: list[_Closing]
    ) -> Iterator[tuple[int, int, Iterator[WeekBest]]]:
        """Each week's number and ``min_duration``, and everybody's best attempts."""
        for week in weeks:
            number = week.document.week
            rules = reference.of_week(number).definition.paper
            yield number, span_ms(rules.min_duration), bests(week.rows())

    def _final_inputs(self, reference: Current, weeks: list[CurrentRevision]) -> str:
        recognition = reference.decisions.recognition("final")
        parts = {name: reference.digests[name] for name in ("units", "rosters")}
        inputs = {
            "parts": {**parts, "definition": reference.definition_of_the_final()},
            "weeks": [week.result for week in weeks],
            "renamed": reference.decisions.renamed_in("final"),
            "recognised": recognition and list(recognition),
        }
        return digest(canonical_json(inputs))

    def _standing(
        self,
        what: str,
        before: CurrentRevision | None,
        replaced: Replaced | None,
        document: ClosedWeek | ClosedFinal,
        reference: Reference,
    ) -> Standing:
        recognition = reference.decisions.recognition(what)
        if before is None or replaced is None:
            return Standing(recognition)
        changed = change(what, before.revision, replaced.document, document)
        if changed is None:
            return Standing(recognition)
        told = {one.code for one in replaced.revision.manifest(what).confirmations}
        new = tuple(one for one in reference.decisions.confirmed(what) if one.code not in told)
        return Standing(recognition, Correction(before.revision, before.at, changed, new))

    def _claim(self, what: str, before: CurrentRevision | None, inputs: str, state: Held) -> int:
        """Claims a folder for all that its files depend on, including the revision before and the version."""
        after = before.revision if before else 0
        token = digest(canonical_json([inputs, list(state), after, self.version]))
        return self.revisions.claim(what, after, token)

    def _revision(self, what: str, at: CurrentRevision) -> StoredRevision:
        return stored_revision(self.desk, what, at.revision, at.manifest)

    def _stored_week(self, what: str, at: CurrentRevision) -> _Closing:
        revision = self._revision(what, at)
        return _Closing(revision.week(), revision.rows)

    def _put(self, key: str, content: Content) -> str:
        """Stores a file; returns its SHA-256."""
        if isinstance(content, bytes):
            self.desk.put(key, content)
            return digest(content)
        passed = sha256()

        def passing() -> Iterator[bytes]:
            for piece in content:
                passed.update(piece)
                yield piece

        self.desk.put_pieces(key, passing())
        return passed.hexdigest()

    def _put_all(self, folder: str, files: Iterable[tuple[str, Content]]) -> dict[str, str]:
        """Stores files as they are made, those in one piece side by side; returns their SHA-256 by name."""
        written: dict[str, str] = {}

        def whole() -> Iterator[tuple[str, bytes]]:
            for name, content in files:
                if isinstance(content, bytes):
                    written[name] = digest(content)
                    yield folder + name, content
                else:
                    written[name] = self._put(folder + name, content)

        self.desk.put_all(whole())
        return written

    def _keep(
        self,
        kept: _Kept,
        report: WeekReport,
        document: ClosedWeek | ClosedFinal,
        manifest_of: Callable[..., Manifest],
        reference: Reference,
        uploaded: Mapping[str, str] = MappingProxyType({}),
    ) -> CurrentRevision:
        """Writes a revision's files and moves the pointer to it.

        ``manifest_of`` takes what every manifest has; ``uploaded``: digests of what is there.
        """
        what, revision, before, standing = kept.what, kept.revision, kept.before, kept.standing
        folder = f"{folder_of(what, revision)}/"
        own = [(PAGE, report.page.encode()), (CLOSED_WEEK, document.encode())]
        with search_among_what_is_new():
            written = self._put_all(folder, chain(report.files, own))
        digests = {**written, **uploaded}
        data = {name: told for name, told in digests.items() if not name.endswith(_READ_BY_PEOPLE)}
        result = digest(canonical_json(data))
        confirmations = reference.decisions.confirmed(what)
        if kept.replaced is not None:  # changes depend on the revision before: they are no part of the result
            new = Replaced(document, revision_of(self.desk, folder_of(what, revision), digests))
            people = self.participants.get_many([*kept.replaced.document.winners, *document.winners])
            why = standing.correction.confirmations if standing.correction else ()
            changes = self.write_changes(kept.replaced, new, people, reference, kept.state.inputs, why)
            digests[CHANGES] = self._put(folder + CHANGES, changes)
        recognition = standing.recognition
        manifest = manifest_of(
            contest=reference.definition.contest.id,
            what=what,
            revision=revision,
            inputs=kept.state.inputs,
            salts=kept.state.salts,
            inputs_digest=kept.inputs,
            code_version=self.version,
            files=dict(sorted(digests.items())),
            result_digest=result,
            recognised=recognition and Recognised(recognition.decision, recognition.decided_on),
            replaces=before and ReplacedRevision(before.revision, before.result, before.manifest),
            confirmations=tuple(Confirmed(*one[:4]) for one in confirmations),
        )
        told = self._put(folder + MANIFEST, manifest.encode())
        after = CurrentRevision(revision, kept.inputs, result, kept.now, told)
        if not self.revisions.switch(what, before, after):
            raise LostRace(what)
        return after


class LostRace(Exception):
    """Another run has moved the pointer in the meantime; the next run starts from there."""


def _drawn(there: ClosedWeek | None, reference: Reference, week: Week) -> Draw | None:
    """The draw of the week as it was closed before; one that was opened again is drawn anew: the first root has
    been published.
    """
    again = there is not None and _of_this_end(there, reference, week)
    return Draw(there.draw_size, there.draw_root) if there and again else None


def _of_this_end(document: ClosedWeek, reference: Reference, week: Week) -> bool:
    """Whether a closed week ended when ``week`` does: it was not opened again since."""
    return document.closes_at == reference.definition.rfc3339(week.closes)


def _with_pseudonyms(
    gathered: Gathered, names: Pseudonyms, week: int, wanted: Collection[str]
) -> frozenset[str]:
    """The people of the week who have one of the ``wanted`` pseudonyms."""
    if not wanted:
        return frozenset()
    people = (person.participant_id for person in gathered.people)
    return frozenset(one for one in people if names(week, one) in wanted)


class _Closing(NamedTuple):
    """A closed week, stored or worked out just now; ``rows`` yields its ranking."""

    document: ClosedWeek
    rows: Callable[[], Iterable[RankingRow]]


class _At(NamedTuple):
    """Where a week stands: its revision in force, the inputs of its next run, the winners of other weeks."""

    what: str
    current: CurrentRevision | None
    inputs: str
    elsewhere: Elsewhere
    recognised: bool


class _Kept(NamedTuple):
    """What a revision is written for."""

    what: str
    revision: int
    inputs: str
    state: Held
    before: CurrentRevision | None
    replaced: Replaced | None
    standing: Standing
    now: int


def _lost(standing: Standing) -> list[str]:
    """Those whose prize, name or unit changes, for their names."""
    if standing.correction is None:
        return []
    change = standing.correction.change
    return [one.participant_id for one in change.prizes] + [one.participant_id for one in change.people]
