"""Closing every week that is over, whatever was missed before; several runs at once do no harm.

A run writes the revision's files and then moves the pointer to the revision, by one conditional write. Whatever
dies before that is done again by the next run, with the same bytes. What the site and ``results/current.json``
show is copied from where the pointers point, at the end of every run: so a run that died or was overtaken
leaves nothing that the next does not put right.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from chalicelib.domain.closeout import FinalResult, WeekResult, close_contest, close_week
from chalicelib.domain.definition import Week
from chalicelib.domain.unit_score import UnitTally
from chalicelib.services.parts import SHARES, Parts
from chalicelib.services.ports import (
    LargeObjects,
    Participant,
    ParticipantStore,
    Pointer,
    Revisions,
)
from chalicelib.services.published import show, stored
from chalicelib.services.reference import Current, Head, Reference, canonical_json, digest
from chalicelib.services.week_proof import AUDIT, PROOF, proof_files, write_bundle


class Outcome(NamedTuple):
    """What later weeks and revisions need of a closed week, kept beside its files as ``outcome.json``.

    ``earlier_winners`` and ``earlier_unit_winners`` are those whom prizes of earlier weeks kept from one here.
    """

    winners: list[str]
    unit_winners: list[str]
    tallies: dict[str, UnitTally]
    earlier_winners: list[str]
    earlier_unit_winners: list[str]


class WeekReport(NamedTuple):
    """``files`` by name for the desk, ``page`` for the site; the same result gives the same bytes."""

    files: dict[str, bytes]
    page: bytes


WriteWeek = Callable[[WeekResult, Reference, Mapping[str, Participant]], WeekReport]
# The final's result, the reference, the individual rankings of all weeks.
WriteFinal = Callable[[FinalResult, Current, Iterable[bytes], ParticipantStore], WeekReport]
# Files of the revision before and of the new one, their outcomes, the reference → changes.csv.
WriteChanges = Callable[[Mapping[str, bytes], Mapping[str, bytes], Outcome, Outcome, Reference], bytes]
CHANGES = "changes.csv"


class Share(NamedTuple):
    """A part of a week's entries, see ``parts``."""

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

    parts: Parts
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
        results: list[Pointer] = []
        shares: list[Share] = []
        for week in reference.definition.ready_to_close(now):
            pointer = self.revisions.current(f"week-{week.number}")
            inputs = self._week_inputs(reference.of_week(week.number), results)
            if pointer is None or shares or pointer.inputs != inputs:
                shares += [Share(week.number, share) for share in range(SHARES)]
            else:
                results.append(pointer)
        return shares

    def _run(self, reference: Current, now: int) -> list[Closed]:
        made: list[Closed] = []
        outcomes: list[Outcome] = []
        results: list[Pointer] = []
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
        results: list[Pointer],
        made: list[Closed],
    ) -> tuple[Pointer, Outcome]:
        what, reference = f"week-{week.number}", current.of_week(week.number)
        inputs = self._week_inputs(reference, results)
        before = self.revisions.current(what)
        if before is not None and before.inputs == inputs:
            return before, self._outcome(what, before.revision)
        winners = {winner for outcome in earlier for winner in outcome.winners}
        unit_winners = {unit for outcome in earlier for unit in outcome.unit_winners}
        revision = self._claim(what, before, inputs, reference, current.commitment)
        gathered = self.parts.gather(reference, week)
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
        report = self.write_week(result, reference, self.participants.get_many(result.winners))
        outcome = Outcome(
            result.winners, result.unit_winners, result.tallies, sorted(winners), sorted(unit_winners)
        )
        facts: dict[str, Any] = {
            "counts": result.counts._asdict(),
            "target": result.target,
            "ranked": len(result.ranked),
            "proof": bundle.facts,
            "commitment": current.commitment and current.commitment._asdict(),
        }
        proof = proof_files(bundle, result, reference, unit_winners)
        report = WeekReport({**report.files, **proof}, report.page)
        uploaded = {AUDIT: bundle.audit_sha256}
        after = self._keep(what, revision, inputs, before, report, outcome, facts, reference, uploaded)
        made.append(Closed(what, revision, after.result, result.counts.people, len(result.prizes)))
        return after, outcome

    def _week_inputs(self, reference: Reference, earlier: list[Pointer]) -> str:
        return _inputs(reference, ("definition", "bank", "units", "barred"), earlier)

    def _final(
        self, reference: Current, outcomes: list[Outcome], results: list[Pointer], made: list[Closed]
    ) -> None:
        inputs = _inputs(reference, ("definition", "units"), results)
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
        report = self.write_final(result, reference, self._rankings(results), self.participants)
        outcome = Outcome([], result.unit_winners, result.tallies, [], [])
        facts = {
            "weeks": [pointer.result for pointer in results],
            "commitment": reference.commitment and reference.commitment._asdict(),
        }
        after = self._keep("final", revision, inputs, before, report, outcome, facts, reference)
        people = sum(tally.people for tally in result.tallies.values())
        made.append(Closed("final", revision, after.result, people, len(result.unit_winners)))

    def _claim(
        self, what: str, before: Pointer | None, inputs: str, reference: Reference, commitment: Head | None
    ) -> int:
        """A folder for all that its files depend on: also what they are compared with, and what made them."""
        after = before.revision if before else 0
        token = digest(canonical_json([inputs, dict(reference.digests), after, self.version, commitment]))
        return self.revisions.claim(what, after, token)

    def _rankings(self, weeks: list[Pointer]) -> Iterator[bytes]:
        """Of the revisions that this run has closed or found, wherever the pointers are by now."""
        for week, pointer in enumerate(weeks, 1):
            yield stored(self.desk, f"results/week-{week}/rev-{pointer.revision}/individual_ranking.csv.gz")

    def _keep(
        self,
        what: str,
        revision: int,
        inputs: str,
        before: Pointer | None,
        report: WeekReport,
        outcome: Outcome,
        facts: Mapping[str, Any],
        reference: Reference,
        uploaded: Mapping[str, str] = MappingProxyType({}),
    ) -> Pointer:
        """Writes a revision's files and moves the pointer to it; ``uploaded``: digests of what is there."""
        files = {**report.files, "page.json": report.page, "outcome.json": canonical_json(outcome._asdict())}
        digests = {**{name: digest(data) for name, data in files.items()}, **uploaded}
        after = Pointer(revision, inputs, digest(canonical_json(digests)))
        if before is not None:  # what changed depends on what was before, so it is no part of the result
            files[CHANGES] = self._changes(what, before.revision, files, outcome, reference)
            digests[CHANGES] = digest(files[CHANGES])
        manifest = {
            "contest": reference.definition.contest.id,
            "what": what,
            "revision": revision,
            "inputs": dict(reference.digests),
            "inputs_digest": inputs,
            **facts,
            "code_version": self.version,
            "files": dict(sorted(digests.items())),
            "result_digest": after.result,
        }
        files["manifest.json"] = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
        for name, data in files.items():
            self.desk.put(f"results/{what}/rev-{revision}/{name}", data)
        if not self.revisions.switch(what, before, after):
            raise LostRace(what)
        return after

    def _changes(
        self, what: str, revision: int, new: Mapping[str, bytes], outcome: Outcome, reference: Reference
    ) -> bytes:
        folder = f"results/{what}/rev-{revision}"
        old = {name: data for name in new if (data := self.desk.get(f"{folder}/{name}")) is not None}
        return self.write_changes(old, new, self._outcome(what, revision), outcome, reference)

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


class LostRace(Exception):
    """Another run has moved the pointer in the meantime; the next run starts from there."""


def _inputs(reference: Reference, parts: tuple[str, ...], weeks: list[Pointer]) -> str:
    """The digest of all that a close depends on besides its entries, which cannot change any more."""
    earlier = [pointer.result for pointer in weeks]
    return digest(
        canonical_json({"parts": {name: reference.digests[name] for name in parts}, "earlier": earlier})
    )
