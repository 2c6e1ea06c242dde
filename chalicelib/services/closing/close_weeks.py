"""Closing every week that is over, whatever was missed before; several runs at once do no harm.

A run writes the revision's files and then moves the pointer to the revision, by one conditional write. Whatever
dies before that is done again by the next run, with the same bytes. What the site and ``results/current.json``
show is copied from where the pointers point, at the end of every run: so a run that died or was overtaken
leaves nothing that the next does not put right.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from types import MappingProxyType
from typing import Any, NamedTuple

from chalicelib.domain.closeout import FinalResult, WeekResult, close_contest, close_week
from chalicelib.domain.definition import Week
from chalicelib.domain.unit_score import UnitTally
from chalicelib.services.closing.shares import SHARES, Shares
from chalicelib.services.closing.week_proof import PROOF, proof_files, write_bundle
from chalicelib.services.contest.reference import Current, Head, Reference, canonical_json, digest
from chalicelib.services.ports import (
    CurrentRevision,
    LargeObjects,
    Participant,
    ParticipantStore,
    Revisions,
)
from chalicelib.services.publishing.published import AUDIT, show, stored


class Outcome(NamedTuple):
    """What later weeks and revisions need of a closed week, kept beside its files as ``outcome.json``.

    ``earlier_winners`` and ``earlier_unit_winners`` are those whom prizes of earlier weeks kept from one here.
    """

    winners: list[str]
    unit_winners: list[str]
    tallies: dict[str, UnitTally]
    earlier_winners: list[str]
    earlier_unit_winners: list[str]


# What a file holds: in one piece, or in pieces that are made while they are stored.
Content = bytes | Iterable[bytes]


class WeekReport(NamedTuple):
    """``files`` for the desk by name, made one after the other and never all at once; ``page`` for the site.

    The same result gives the same bytes.
    """

    files: Iterable[tuple[str, Content]]
    page: bytes


# A file of a revision, by its name; None if the revision has no such file.
ReadFile = Callable[[str], bytes | None]
# The week's result, the reference, the winners by id, the root of the week's hash tree.
WriteWeek = Callable[[WeekResult, Reference, Mapping[str, Participant], str], WeekReport]
# The final's result, the reference, the files of all weeks.
WriteFinal = Callable[[FinalResult, Current, Sequence[ReadFile], ParticipantStore], WeekReport]
# Files of the revision before and of the new one, their outcomes, the reference → changes.csv.
WriteChanges = Callable[[ReadFile, ReadFile, Outcome, Outcome, Reference], bytes]
CHANGES = "changes.csv"


class Share(NamedTuple):
    """A part of a week's entries, see ``shares``."""

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
    """``version`` of the code goes into the manifests."""

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
        """Closes what is ready and not yet closed with these inputs, in the order of the weeks.

        Raises ``LostRace`` if another run with other inputs was faster.
        """
        with no_search_for_cycles():
            return self._run(reference, now)

    def to_read(self, reference: Current, now: int) -> list[Share]:
        """The shares of those weeks that the next run will close, for reading them beforehand, side by side."""
        results: list[CurrentRevision] = []
        shares: list[Share] = []
        for week in reference.definition.ready_to_close(now):
            current = self.revisions.current(f"week-{week.number}")
            inputs = self._week_inputs(reference.of_week(week.number), results)
            if current is None or shares or current.inputs != inputs:
                shares += [Share(week.number, share) for share in range(SHARES)]
            else:
                results.append(current)
        return shares

    def _run(self, reference: Current, now: int) -> list[Closed]:
        made: list[Closed] = []
        outcomes: list[Outcome] = []
        results: list[CurrentRevision] = []
        weeks = reference.definition.ready_to_close(now)
        for week in weeks:
            result, outcome = self._week(reference, week, outcomes, results, made)
            results.append(result)
            outcomes.append(outcome)
        if weeks and len(weeks) == len(reference.definition.weeks):
            self._final(reference, outcomes, results, made)
        if weeks:
            show(reference, self.revisions, self.desk, self.site)
        return made

    def _week(
        self,
        current: Current,
        week: Week,
        earlier: list[Outcome],
        results: list[CurrentRevision],
        made: list[Closed],
    ) -> tuple[CurrentRevision, Outcome]:
        what, reference = f"week-{week.number}", current.of_week(week.number)
        inputs = self._week_inputs(reference, results)
        before = self.revisions.current(what)
        if before is not None and before.inputs == inputs:
            return before, self._outcome(what, before.revision)
        winners = {winner for outcome in earlier for winner in outcome.winners}
        unit_winners = {unit for outcome in earlier for unit in outcome.unit_winners}
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
            barred=reference.barred,
            earlier_winners=winners,
            earlier_unit_winners=unit_winners,
        )
        people = self.participants.get_many(result.winners)
        report = self.write_week(result, reference, people, bundle.tree["root"])
        outcome = Outcome(
            result.winners, result.unit_winners, result.tallies, sorted(winners), sorted(unit_winners)
        )
        summary: dict[str, Any] = {
            "counts": result.counts._asdict(),
            "target": result.target,
            "ranked": len(result.ranked),
            "proof": bundle.tree,
            "commitment": current.commitment and current.commitment._asdict(),
        }
        proof = proof_files(bundle, result, reference, unit_winners)
        report = WeekReport(chain(report.files, proof.items()), report.page)
        uploaded = {AUDIT: bundle.audit_sha256}
        after = self._keep(what, revision, inputs, before, report, outcome, summary, reference, uploaded)
        made.append(Closed(what, revision, after.result, result.counts.people, len(result.prizes)))
        return after, outcome

    def _week_inputs(self, reference: Reference, earlier: list[CurrentRevision]) -> str:
        return _inputs(reference, ("definition", "bank", "units", "barred", "rosters"), earlier)

    def _final(
        self, reference: Current, outcomes: list[Outcome], results: list[CurrentRevision], made: list[Closed]
    ) -> None:
        inputs = _inputs(reference, ("definition", "units", "rosters"), results)
        before = self.revisions.current("final")
        if before is not None and before.inputs == inputs:
            return
        result = close_contest(
            reference.definition,
            reference.units,
            [outcome.tallies for outcome in outcomes],
            reference.paper_sizes,
        )
        revision = self._claim("final", before, inputs, reference, reference.commitment)
        report = self.write_final(result, reference, self._files(results), self.participants)
        outcome = Outcome([], result.unit_winners, result.tallies, [], [])
        summary = {
            "weeks": [current.result for current in results],
            "commitment": reference.commitment and reference.commitment._asdict(),
        }
        after = self._keep("final", revision, inputs, before, report, outcome, summary, reference)
        people = sum(tally.people for tally in result.tallies.values())
        made.append(Closed("final", revision, after.result, people, len(result.unit_winners)))

    def _claim(
        self,
        what: str,
        before: CurrentRevision | None,
        inputs: str,
        reference: Reference,
        commitment: Head | None,
    ) -> int:
        """A folder for all that its files depend on: also what they are compared with, and what made them."""
        after = before.revision if before else 0
        token = digest(canonical_json([inputs, dict(reference.digests), after, self.version, commitment]))
        return self.revisions.claim(what, after, token)

    def _files(self, weeks: list[CurrentRevision]) -> list[ReadFile]:
        """Of the revisions that this run has closed or found, wherever the pointers are by now."""
        return [self._revision(f"week-{week}", at.revision) for week, at in enumerate(weeks, 1)]

    def _revision(self, what: str, revision: int) -> ReadFile:
        return lambda name: self.desk.get(f"results/{what}/rev-{revision}/{name}")

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
        outcome: Outcome,
        summary: Mapping[str, Any],
        reference: Reference,
        uploaded: Mapping[str, str] = MappingProxyType({}),
    ) -> CurrentRevision:
        """Writes a revision's files and moves the pointer to it; ``uploaded``: digests of what is there."""
        folder = f"results/{what}/rev-{revision}/"
        own = [("page.json", report.page), ("outcome.json", canonical_json(outcome._asdict()))]
        with search_among_what_is_new():
            written = {name: self._put(folder + name, data) for name, data in chain(report.files, own)}
        digests = {**written, **uploaded}
        after = CurrentRevision(revision, inputs, digest(canonical_json(digests)))
        if before is not None:  # what changed depends on what was before, so it is no part of the result
            changes = self._changes(what, before.revision, revision, outcome, reference)
            digests[CHANGES] = self._put(folder + CHANGES, changes)
        manifest = {
            "contest": reference.definition.contest.id,
            "what": what,
            "revision": revision,
            "inputs": dict(reference.digests),
            "inputs_digest": inputs,
            **summary,
            "code_version": self.version,
            "files": dict(sorted(digests.items())),
            "result_digest": after.result,
        }
        self._put(folder + "manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        if not self.revisions.switch(what, before, after):
            raise LostRace(what)
        return after

    def _changes(self, what: str, before: int, revision: int, outcome: Outcome, reference: Reference) -> bytes:
        old, new = self._revision(what, before), self._revision(what, revision)
        return self.write_changes(old, new, self._outcome(what, before), outcome, reference)

    def _outcome(self, what: str, revision: int) -> Outcome:
        raw = json.loads(stored(self.desk, f"results/{what}/rev-{revision}/outcome.json"))
        tallies = {code: UnitTally(*sums) for code, sums in raw["tallies"].items()}
        return Outcome(**{**raw, "tallies": tallies})


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """A close makes millions of tuples and no cycle; looking for some would take a quarter of its CPU time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def search_among_what_is_new() -> Iterator[None]:
    """Workbooks are full of cycles and have to go one by one; what stands already is left out of the search."""
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        gc.disable()
        gc.unfreeze()


class LostRace(Exception):
    """Another run has moved the pointer in the meantime; the next run starts from there."""


def _inputs(reference: Reference, parts: tuple[str, ...], weeks: list[CurrentRevision]) -> str:
    """The digest of all that a close depends on besides its entries, which cannot change any more."""
    earlier = [current.result for current in weeks]
    return digest(
        canonical_json({"parts": {name: reference.digests[name] for name in parts}, "earlier": earlier})
    )
