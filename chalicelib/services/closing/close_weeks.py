"""Closes every week that is over, also those that earlier runs missed; several runs at once do no harm.

A run writes the revision's files and then moves the pointer to the revision, by one conditional write. If it
dies before that, the next run writes the same bytes again. Every run ends by copying the revisions in force to
the site and to ``results/current.json``: so the next run repairs whatever a dead or overtaken run left behind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    encode_rows,
)
from chalicelib.documents.contest_in_force import Head
from chalicelib.documents.manifest import CommitmentHead, FinalManifest, Manifest, WeekManifest
from chalicelib.documents.results_page import Page
from chalicelib.documents.revision import StoredRevision
from chalicelib.domain.closeout import FinalResult, WeekResult, close_contest, close_week
from chalicelib.domain.definition import Week
from chalicelib.domain.unit_score import distinct_people
from chalicelib.services.closing.closed import (
    closed_final,
    closed_week,
    ranking_rows,
    took_part,
    winners_before,
)
from chalicelib.services.closing.cycle_search import no_search_for_cycles, search_among_what_is_new
from chalicelib.services.closing.shares import SHARES, Shares
from chalicelib.services.closing.week_proof import PROOF, proof_files, write_bundle
from chalicelib.services.contest.reference import Current, Reference
from chalicelib.services.ports import (
    CurrentRevision,
    LargeObjects,
    Participant,
    ParticipantStore,
    Revisions,
)
from chalicelib.services.publishing.published import AUDIT, INDEX, show

# The content of a file: in one piece, or in pieces that are made while they are stored.
Content = bytes | Iterable[bytes]


class WeekReport(NamedTuple):
    """``files`` for the desk by name, made one after the other, never all at once; ``page`` is for the site.

    The same result gives the same bytes.
    """

    files: Iterable[tuple[str, Content]]
    page: Page


CHANGES = "changes.csv"


class Replaced(NamedTuple):
    """One side of a change: the document, and the revision that holds everything else."""

    document: ClosedWeek | ClosedFinal
    revision: StoredRevision


# The week's result, its document, the reference, the winners by id, the root of the week's hash tree.
WriteWeek = Callable[[WeekResult, ClosedWeek, Reference, Mapping[str, Participant], str], WeekReport]
# The final's result and document, the reference, the revisions of all weeks.
WriteFinal = Callable[
    [FinalResult, ClosedFinal, Current, Sequence[StoredRevision], ParticipantStore], WeekReport
]
# The replaced side and the new one, the winners of both, the reference → changes.csv.
WriteChanges = Callable[[Replaced, Replaced, Mapping[str, Participant], Reference], bytes]


class Share(NamedTuple):
    """A part of a week's entries; see ``shares``."""

    week: int
    share: int


class Closed(NamedTuple):
    """A revision that this run has made."""

    what: str
    revision: int
    result: str
    people: int
    winners: int


@dataclass(frozen=True, slots=True)
class CloseWeeks:
    """The use case. ``version`` is the code's and goes into the manifests."""

    shares: Shares
    participants: ParticipantStore
    revisions: Revisions
    desk: LargeObjects
    site: LargeObjects
    write_week: WriteWeek
    write_final: WriteFinal
    write_changes: WriteChanges
    version: str

    def run(self, reference: Current, now: int) -> list[Closed]:
        """Closes, in order, the weeks that are ready and not yet closed with these inputs, and then the final.

        Raises ``LostRace`` if another run with other inputs was faster.
        """
        with no_search_for_cycles():
            return self._run(reference, now)

    def to_read(self, reference: Current, now: int) -> list[Share]:
        """The shares of the weeks that the next run will close, for reading them in parallel beforehand."""
        results: list[CurrentRevision] = []
        shares: list[Share] = []
        for week in reference.definition.ready_to_close(now):
            current = self.revisions.current(f"week-{week.number}")
            inputs = self._week_inputs(reference.of_week(week.number), week, results)
            if current is None or shares or current.inputs != inputs:
                shares += [Share(week.number, share) for share in range(SHARES)]
            else:
                results.append(current)
        return shares

    def _run(self, reference: Current, now: int) -> list[Closed]:
        made: list[Closed] = []
        closed: list[ClosedWeek] = []
        results: list[CurrentRevision] = []
        weeks = reference.definition.ready_to_close(now)
        for week in weeks:
            result, document = self._week(reference, week, closed, results, made)
            results.append(result)
            closed.append(document)
        if weeks and len(weeks) == len(reference.definition.weeks):
            self._final(reference, closed, results, made)
        if weeks or self.site.get(INDEX):  # a week that was opened again is shown no longer
            show(reference, self.revisions, self.desk, self.site)
        return made

    def _week(
        self,
        current: Current,
        week: Week,
        earlier: list[ClosedWeek],
        results: list[CurrentRevision],
        made: list[Closed],
    ) -> tuple[CurrentRevision, ClosedWeek]:
        what, reference = f"week-{week.number}", current.of_week(week.number)
        inputs = self._week_inputs(reference, week, results)
        before = self.revisions.current(what)
        if before is not None and before.inputs == inputs:
            return before, self._revision(what, before.revision).week()
        winners, unit_prizes = winners_before(earlier)
        revision = self._claim(what, before, inputs, reference, current.commitment)
        gathered = self.shares.gather(reference, week)
        bundle = write_bundle(
            gathered.collected[PROOF], reference.barred, winners, self.desk, f"results/{what}/rev-{revision}"
        )
        result = close_week(
            reference.definition,
            reference.units,
            week,
            gathered,
            root=self._revision(what, before.revision).week().draw_root if before else bundle.tree.root,
            barred=reference.barred,
            earlier_winners=winners,
            unit_prizes_elsewhere=unit_prizes,
        )
        people = self.participants.get_many(result.winners)
        document = closed_week(result, reference, winners, unit_prizes)
        report = self.write_week(result, document, reference, people, bundle.tree.root)
        proof = proof_files(bundle, result, reference, unit_prizes)
        rows = (RANKING_ROWS, encode_rows(week.number, ranking_rows(result)))
        report = report._replace(files=chain([rows], report.files, proof.items()))
        manifest_of = partial(
            WeekManifest,
            commitment=current.commitment and CommitmentHead(*current.commitment),
            counts=document.counts,
            target=result.target,
            ranked=document.ranked,
            proof=bundle.tree,
        )
        uploaded = {AUDIT: bundle.audit_sha256}
        after = self._keep(what, revision, inputs, before, report, document, manifest_of, reference, uploaded)
        made.append(Closed(what, revision, after.result, result.counts.people, len(result.prizes)))
        return after, document

    def _week_inputs(self, reference: Reference, week: Week, earlier: list[CurrentRevision]) -> str:
        parts = {name: reference.digests[name] for name in ("bank", "units", "barred", "rosters")}
        rulings = [list(ruling) for ruling in reference.decisions.rulings_in(week.number).values()]
        own = {"definition": reference.definition_of(week), "rulings": digest(canonical_json(rulings))}
        return _inputs({**parts, **own}, earlier)

    def _final(
        self,
        current: Current,
        weeks: list[ClosedWeek],
        results: list[CurrentRevision],
        made: list[Closed],
    ) -> None:
        reference = current.at_the_end
        parts = {name: reference.digests[name] for name in ("units", "rosters")}
        inputs = _inputs({**parts, "definition": reference.definition_of_the_final()}, results)
        before = self.revisions.current("final")
        if before is not None and before.inputs == inputs:
            return
        revisions = self._weeks(current.definition.weeks, results)
        distinct = distinct_people(map(took_part, weeks, revisions))
        result = close_contest(
            reference.definition,
            reference.units,
            [week.unit_week for week in weeks],
            distinct,
            root=weeks[-1].draw_root,
        )
        revision = self._claim("final", before, inputs, reference, reference.commitment)
        document = closed_final(result, reference)
        report = self.write_final(result, document, reference, revisions, self.participants)
        manifest_of = partial(
            FinalManifest,
            commitment=reference.commitment and CommitmentHead(*reference.commitment),
            weeks=tuple(closed.result for closed in results),
        )
        after = self._keep("final", revision, inputs, before, report, document, manifest_of, reference)
        people = sum(sums.people for sums in result.sums_by_unit.values())
        made.append(Closed("final", revision, after.result, people, len(document.unit_winners)))

    def _claim(
        self,
        what: str,
        before: CurrentRevision | None,
        inputs: str,
        reference: Reference,
        commitment: Head | None,
    ) -> int:
        """Claims a folder for all that its files depend on, including the revision before and the version."""
        after = before.revision if before else 0
        token = digest(canonical_json([inputs, dict(reference.digests), after, self.version, commitment]))
        return self.revisions.claim(what, after, token)

    def _weeks(self, held: Sequence[Week], weeks: list[CurrentRevision]) -> list[StoredRevision]:
        """The revisions that this run has closed or found, even if the pointers have moved since."""
        return [
            self._revision(f"week-{week.number}", at.revision) for week, at in zip(held, weeks, strict=True)
        ]

    def _revision(self, what: str, revision: int) -> StoredRevision:
        return StoredRevision(lambda name: self.desk.get(f"results/{what}/rev-{revision}/{name}"))

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

    def _keep(
        self,
        what: str,
        revision: int,
        inputs: str,
        before: CurrentRevision | None,
        report: WeekReport,
        document: ClosedWeek | ClosedFinal,
        manifest_of: Callable[..., Manifest],
        reference: Reference,
        uploaded: Mapping[str, str] = MappingProxyType({}),
    ) -> CurrentRevision:
        """Writes a revision's files and moves the pointer to it.

        ``manifest_of`` takes what every manifest has; ``uploaded``: digests of what is there.
        """
        folder = f"results/{what}/rev-{revision}/"
        own = [("page.json", report.page.encode()), (CLOSED_WEEK, document.encode())]
        with search_among_what_is_new():
            written = {name: self._put(folder + name, data) for name, data in chain(report.files, own)}
        digests = {**written, **uploaded}
        after = CurrentRevision(revision, inputs, digest(canonical_json(digests)))
        if before is not None:  # the changes depend on the revision before, so they are not part of the result
            old, new = self._revision(what, before.revision), self._revision(what, revision)
            there = old.week() if isinstance(document, ClosedWeek) else old.final()
            people = self.participants.get_many([*there.winners, *document.winners])
            changes = self.write_changes(Replaced(there, old), Replaced(document, new), people, reference)
            digests[CHANGES] = self._put(folder + CHANGES, changes)
        manifest = manifest_of(
            contest=reference.definition.contest.id,
            what=what,
            revision=revision,
            inputs=dict(reference.digests),
            inputs_digest=inputs,
            code_version=self.version,
            files=dict(sorted(digests.items())),
            result_digest=after.result,
        )
        self._put(folder + "manifest.json", manifest.encode())
        if not self.revisions.switch(what, before, after):
            raise LostRace(what)
        return after


class LostRace(Exception):
    """Another run has moved the pointer in the meantime; the next run starts from there."""


def _inputs(parts: Mapping[str, str], weeks: list[CurrentRevision]) -> str:
    """The digest of everything a close depends on except its entries, which can no longer change."""
    return digest(canonical_json({"parts": parts, "earlier": [current.result for current in weeks]}))
