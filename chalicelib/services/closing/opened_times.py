"""Which exact times are published: those that decide (docs/proof.md). Of all others whole minutes are known."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Protocol

from chalicelib.documents.closed_week import ClosedWeek
from chalicelib.documents.ranking_again import OpenedTime, RankingAgain
from chalicelib.documents.results_page import FinalTime
from chalicelib.documents.revision import StoredRevision
from chalicelib.documents.typed import decode
from chalicelib.documents.week_proof import RANKING
from chalicelib.domain.closeout import FinalResult, WeekResult
from chalicelib.domain.commendation import PersonSums, Proposal
from chalicelib.domain.definition import Definition
from chalicelib.domain.final_ranking import Sums, left_open
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.ranking import Candidate, Standing, minute_groups
from chalicelib.domain.receipt import time_salt
from chalicelib.domain.times import MINUTE_MS


def group_sizes(result: WeekResult, definition: Definition) -> Sequence[int]:
    """How many people of the ranking have the same minute key, one group after the other."""
    return array("I", map(len, minute_groups(result.ranked, definition, result.target)))


def _groups(result: WeekResult, sizes: Iterable[int]) -> Iterator[list[Standing]]:
    rest = iter(result.ranked)
    return (list(islice(rest, size)) for size in sizes)


def public_order(result: WeekResult, sizes: Iterable[int]) -> Iterator[str]:
    """The pseudonyms of everybody ranked, as anybody can put them in order: by minute key and pseudonym.

    ``sizes``: those of ``group_sizes``.
    """
    for group in _groups(result, sizes):
        yield from sorted([result.names(result.week.number, one.participant_id) for one in group])


def week_times(
    result: WeekResult, sizes: Iterable[int], borderline: Iterable[OpenedTime]
) -> tuple[OpenedTime, ...]:
    """By pseudonym and number, of

    - everybody whose minute key is that of a winner or a reserve;
    - everybody of whom minutes do not tell what the best attempt counts for, ranked or not;
    - ``borderline``: whatever minutes do not tell to be too fast or not.

    ``sizes``: those of ``group_sizes``.
    """
    opened = list(borderline)
    place, first = 0, {*result.prizes, *result.reserves}
    for group in _groups(result, sizes):
        decides = not first.isdisjoint(range(place, place + len(group)))
        place += len(group)
        for one in group:
            if decides or _uncertain(one):
                opened += _of_standing(result, one)
    for one in filter(_uncertain, result.unranked):
        opened += _of_standing(result, one)
    return tuple(sorted({*opened}, key=lambda one: (one.pseudonym, one.number)))


def _uncertain(one: Standing) -> bool:
    """Whether the attempts that only exact times put in order differ in what counts elsewhere."""
    return bool(one.packed_rivals) and len({*map(_counting, (one.best, *one.rivals))}) > 1


def _counting(attempt: Candidate) -> tuple[int, int]:
    """Units and the end add scores up, the end durations."""
    return attempt.score, attempt.duration // MINUTE_MS


def _of_standing(result: WeekResult, one: Standing) -> Iterator[OpenedTime]:
    tried = [(made.number, made.duration, made.received) for made in (one.best, *one.rivals)]
    return _opened(result.names, result.week.number, one.participant_id, tried)


def _opened(
    names: Pseudonyms, week: int, person: str, tried: Iterable[tuple[int, int, int]]
) -> Iterator[OpenedTime]:
    """``tried``: number, duration and receipt of attempts."""
    for number, duration, received in tried:
        salt = time_salt(names.key, week, number, person).hex()
        yield OpenedTime(names(week, person), number, duration, received, salt)


def final_order(result: FinalResult) -> Iterator[str]:
    """The same of the end: by score and pseudonym."""
    for _, group in groupby(result.ranked, key=lambda one: one.score):
        yield from sorted(one.name(result.names) for one in group)


class ClosedOne(Protocol):
    """A closed week, its revision, and its ``min_duration`` in milliseconds."""

    @property
    def closed(self) -> ClosedWeek: ...
    @property
    def revision(self) -> StoredRevision: ...
    @property
    def min_duration(self) -> int: ...


def final_times(
    result: FinalResult,
    always: Mapping[str, PersonSums],
    proposed: Iterable[Proposal],
    weeks: Sequence[ClosedOne],
) -> tuple[FinalTime, ...]:
    """Of the best attempts of winners of the end, of those ``proposed`` for commendation, and of everybody whom
    minutes do not put before or behind one of these; but what a week has opened already is not repeated.

    ``always``: the people of all weeks.
    """
    won: dict[int, list[int]] = {}
    for place in result.prizes:
        winner = result.ranked[place]
        won.setdefault(winner.score, []).append(winner.duration)
    best: dict[int, list[int]] = {}
    for one in proposed:
        if one.reason == "best_people":
            best.setdefault(always[one.id].share, []).append(one.duration)
    ranked = (Sums(one.participant_id, one.score, one.minutes, one.weeks) for one in result.ranked)
    there = (Sums(person, one.share, one.minutes, len(weeks)) for person, one in always.items())
    people = {*left_open(ranked, won), *left_open(there, best)}
    return tuple(time for week in weeks for time in _of_week(result.names, week, people))


def _of_week(names: Pseudonyms, week: ClosedOne, people: set[str]) -> list[FinalTime]:
    known = decode(RankingAgain, week.revision.file(RANKING)).times
    already = {(one.pseudonym, one.number) for one in known}
    opened = [
        FinalTime(one.pseudonym, one.number, one.duration_ms, one.received_at_ms, one.salt, week.closed.week)
        for row in week.revision.rows()
        if row.participant_id in people and row.duration >= week.min_duration
        for one in _opened(
            names,
            week.closed.week,
            row.participant_id,
            [(row.number, row.duration, row.received), *row.rivals],
        )
        if (one.pseudonym, one.number) not in already
    ]
    return sorted(opened, key=lambda one: (one.pseudonym, one.number))
