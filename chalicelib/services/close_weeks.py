"""Closing every week that is over, whatever was missed before; several runs at once do no harm.

A run writes the revision's files, then what the site shows, and moves the pointer to the revision last, by
one conditional write. Whatever dies before that is done again by the next run, with the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from chalicelib.domain.closeout import FinalResult, WeekResult, close_contest, close_week
from chalicelib.domain.definition import Week
from chalicelib.domain.unit_score import UnitTally
from chalicelib.services.ports import (
    EntryReader,
    ObjectStore,
    Participant,
    ParticipantStore,
    Pointer,
    Revisions,
)
from chalicelib.services.reference import Reference, canonical_json, digest


class Outcome(NamedTuple):
    """What later weeks and the final need of a closed week, kept beside its files as ``outcome.json``."""

    winners: list[str]
    unit_winners: list[str]
    tallies: dict[str, UnitTally]


class WeekReport(NamedTuple):
    """``files`` by name for the desk, ``page`` for the site."""

    files: dict[str, bytes]
    page: bytes


WriteWeek = Callable[[WeekResult, Reference, Mapping[str, Participant], int], WeekReport]
WriteFinal = Callable[[FinalResult, Reference, int], WeekReport]


class Closed(NamedTuple):
    """A revision that this run has made."""

    what: str
    revision: int
    result: str
    people: int
    winners: int


@dataclass(frozen=True, slots=True)
class CloseWeeks:
    """``read_entries`` gives all entries of a week; ``version`` of the code goes into the manifests."""

    read_entries: EntryReader
    participants: ParticipantStore
    revisions: Revisions
    desk: ObjectStore
    site: ObjectStore
    write_week: WriteWeek
    write_final: WriteFinal
    version: str

    def run(self, reference: Reference, now: int) -> list[Closed]:
        """Closes what is ready and not yet closed with these inputs, in the order of the weeks."""
        made: list[Closed] = []
        index: dict[str, Any] = {"weeks": [], "final": None}
        outcomes: list[Outcome] = []
        results: list[str] = []
        weeks = reference.definition.ready_to_close(now)
        for week in weeks:
            pointer, closed, outcome = self._week(reference, week, outcomes, results, index)
            made += [closed] if closed else []
            outcomes.append(outcome)
            results.append(pointer.result)
        if weeks and len(weeks) == len(reference.definition.weeks):
            closed = self._final(reference, outcomes, results, index)
            made += [closed] if closed else []
        return made

    def _week(
        self,
        reference: Reference,
        week: Week,
        earlier: list[Outcome],
        results: list[str],
        index: dict[str, Any],
    ) -> tuple[Pointer, Closed | None, Outcome]:
        what = f"week-{week.number}"
        inputs = _inputs(reference, ("definition", "bank", "units", "barred"), results)
        before = self.revisions.current(what)
        if before is not None and before.inputs == inputs:
            index["weeks"].append({"week": week.number, "revision": before.revision})
            return before, None, self._outcome(what, before.revision)
        result = close_week(
            reference.definition,
            reference.bank,
            reference.units,
            week,
            self.read_entries(week.number),
            barred=reference.barred,
            earlier_winners={winner for outcome in earlier for winner in outcome.winners},
            earlier_unit_winners={unit for outcome in earlier for unit in outcome.unit_winners},
        )
        revision = self.revisions.claim(what, before.revision if before else 0, inputs)
        report = self.write_week(result, reference, self.participants.get_many(result.winners), revision)
        outcome = Outcome(result.winners, result.unit_winners, result.tallies)
        index["weeks"].append({"week": week.number, "revision": revision})
        manifest = {"counts": result.counts._asdict(), "target": result.target, "ranked": len(result.ranked)}
        pointer = self._publish(what, revision, inputs, before, report, outcome, manifest, reference, index)
        closed = Closed(what, revision, pointer.result, result.counts.people, len(result.prizes))
        return pointer, closed, outcome

    def _final(
        self, reference: Reference, outcomes: list[Outcome], results: list[str], index: dict[str, Any]
    ) -> Closed | None:
        inputs = _inputs(reference, ("definition", "units"), results)
        before = self.revisions.current("final")
        if before is not None and before.inputs == inputs:
            return None
        result = close_contest(reference.definition, reference.units, [outcome.tallies for outcome in outcomes])
        revision = self.revisions.claim("final", before.revision if before else 0, inputs)
        report = self.write_final(result, reference, revision)
        index["final"] = {"revision": revision}
        outcome = Outcome([], result.unit_winners, result.tallies)
        manifest = {"weeks": results}
        pointer = self._publish("final", revision, inputs, before, report, outcome, manifest, reference, index)
        people = sum(tally.people for tally in result.tallies.values())
        return Closed("final", revision, pointer.result, people, len(result.unit_winners))

    def _publish(
        self,
        what: str,
        revision: int,
        inputs: str,
        before: Pointer | None,
        report: WeekReport,
        outcome: Outcome,
        facts: Mapping[str, Any],
        reference: Reference,
        index: Mapping[str, Any],
    ) -> Pointer:
        files = {**report.files, "outcome.json": canonical_json(outcome._asdict())}
        digests = {name: digest(data) for name, data in sorted(files.items())}
        pointer = Pointer(revision, inputs, digest(canonical_json(digests)))
        manifest = {
            "contest": reference.definition.contest.id,
            "what": what,
            "revision": revision,
            "inputs": dict(reference.digests),
            "inputs_digest": inputs,
            **facts,
            "code_version": self.version,
            "files": digests,
            "result_digest": pointer.result,
        }
        folder = f"results/{what}/rev-{revision}"
        for name, data in files.items():
            self.desk.put(f"{folder}/{name}", data)
        self.desk.put(f"{folder}/manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1).encode())
        self.site.put(f"data/results/{what}.json", report.page)
        self.site.put("data/results/index.json", canonical_json(index))
        self.desk.put("results/current.json", canonical_json(index))
        if not self.revisions.switch(what, before, pointer):
            raise LostRace(what)
        return pointer

    def _outcome(self, what: str, revision: int) -> Outcome:
        key = f"results/{what}/rev-{revision}/outcome.json"
        data = self.desk.get(key)
        if data is None:
            raise FileNotFoundError(key)
        raw = json.loads(data)
        tallies = {code: UnitTally(*sums) for code, sums in raw["tallies"].items()}
        return Outcome(raw["winners"], raw["unit_winners"], tallies)


class LostRace(Exception):
    """Another run has moved the pointer in the meantime; the next run starts from there."""


def _inputs(reference: Reference, parts: tuple[str, ...], results: list[str]) -> str:
    """The digest of all that a close depends on besides its entries, which cannot change any more."""
    return digest(
        canonical_json({"parts": {name: reference.digests[name] for name in parts}, "earlier": results})
    )
