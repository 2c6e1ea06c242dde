"""The individual ranking at the end, over all weeks, and its prizes (design)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from chalicelib.domain.definition import Prize
from chalicelib.domain.identity_provider import Verified
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.ranking import lot
from chalicelib.domain.times import MINUTE_MS


class WeekBest(NamedTuple):
    """A ranked person's best attempt of a week, and the number of counted ones. Milliseconds."""

    participant_id: str
    unit: str
    category: str
    score: int
    duration: int
    attempts: int
    verified: Verified = "none"


class FinalStanding(NamedTuple):
    """A person's sums over all ``weeks`` that count for them; the rest is as in the ``last``.

    ``minutes``: the sum of the durations' whole minutes, which is public.
    """

    participant_id: str
    unit: str
    category: str
    score: int
    duration: int
    attempts: int
    weeks: int
    last: int
    verified: Verified = "none"
    minutes: int = 0

    def name(self, names: Pseudonyms) -> str:
        """The pseudonym of the last week: bundles show it, so that others can draw again."""
        return names(self.last, self.participant_id)


def rank_final(
    weeks: Iterable[tuple[int, int, Iterable[WeekBest]]], root: str, names: Pseudonyms
) -> list[FinalStanding]:
    """Everyone by the sum of scores, highest first, then by the sum of durations, then by the draw.

    ``weeks``: each with its number and its ``min_duration`` in milliseconds. A best attempt faster than that
    wins nothing, so it is in no sum. ``root`` is the contest's last week's; the draw takes everybody's
    pseudonym of their own last week.
    """
    sums: dict[str, FinalStanding] = {}
    for number, min_duration, bests in weeks:
        for best in bests:
            if best.duration < min_duration:
                continue
            before = sums.get(best.participant_id, FinalStanding("", "", "", 0, 0, 0, 0, 0))
            sums[best.participant_id] = FinalStanding(
                *best[:3],
                before.score + best.score,
                before.duration + best.duration,
                before.attempts + best.attempts,
                before.weeks + 1,
                number,
                best.verified,
                before.minutes + best.duration // MINUTE_MS,
            )
    ranked: list[FinalStanding] = []
    by_sums = sorted(sums.values(), key=_sums)
    for _, equal in groupby(by_sums, key=_sums):
        ranked += sorted(equal, key=lambda one: lot(root, one.name(names)))
    return ranked


def _sums(one: FinalStanding) -> tuple[int, int]:
    return -one.score, one.duration


def award_final(ranked: Sequence[FinalStanding], prizes: Iterable[Prize]) -> dict[int, str]:
    """Place in ``ranked`` (from 0) → name of the prize, as a week's are given; a weekly prize is no bar."""
    winners: dict[int, str] = {}
    for prize in prizes:
        may = (
            place
            for place, one in enumerate(ranked)
            if place not in winners
            and one.score >= prize.min_score
            and (not prize.categories or one.category in prize.categories)
            and (not prize.verified or one.verified in prize.verified)
        )
        winners.update(dict.fromkeys(list(islice(may, prize.count)), prize.name))
    return winners


class Sums(NamedTuple):
    """A person's sums over ``weeks``: what is compared first, and the durations' whole minutes."""

    participant_id: str
    score: int
    minutes: int
    weeks: int


def left_open(sums: Iterable[Sums], exact: Mapping[int, Iterable[int]]) -> Iterator[str]:
    """Whom whole minutes do not put before or behind somebody whose place is published.

    ``exact``: the sums of durations of those, in milliseconds, by their score. They are among those named.
    """
    known = {score: sorted(durations) for score, durations in exact.items()}
    for one in sums:
        there = known.get(one.score, ())
        least = one.minutes * MINUTE_MS
        next_one = bisect_left(there, least)
        if next_one < len(there) and there[next_one] <= least + one.weeks * (MINUTE_MS - 1):
            yield one.participant_id
