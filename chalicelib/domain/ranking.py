"""Who comes first: a person's best attempt, the individual ranking and its prizes (R7)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise
from operator import attrgetter, itemgetter
from sys import intern
from typing import NamedTuple

from chalicelib.domain.attempt import DISCARDED, Category, Entry, Finished
from chalicelib.domain.definition import Definition, RankingField, Week
from chalicelib.domain.times import span_ms

# Larger than any distance of two predictions and than any instant: "no prediction ranks last".
_LAST = 1 << 62
_INTERN: dict[Category, Category] = {"mandatory": "mandatory", "encouraged": "encouraged"}


class Candidate(NamedTuple):
    """What is compared of a counted attempt; times in milliseconds."""

    number: int
    received: int
    duration: int
    score: int
    prediction: int | None


class Contender(NamedTuple):
    """A person's week before the prediction's target is known: 400,000 of them fit into a Lambda's memory.

    ``candidates`` are the attempts that some target could make the best one; ``perfect`` says whether any
    counted attempt was all correct.
    """

    participant_id: str
    unit: str
    category: Category
    attempts: int
    perfect: bool
    candidates: tuple[Candidate, ...]


class Standing(NamedTuple):
    """A person's place in the week: ``best`` attempt of ``attempts`` counted ones."""

    participant_id: str
    unit: str
    category: Category
    best: Candidate
    attempts: int


class Counts(NamedTuple):
    """The facts of a week. ``participation`` = people with at least one counted attempt."""

    people: int
    attempts: int
    mandatory_people: int
    encouraged_people: int
    perfect_people: int


def contenders(entries: Iterable[Entry], definition: Definition) -> Iterator[Contender]:
    """Everyone with a counted attempt. Entries are taken one by one and not kept."""
    first_criteria = [_OF_FINISHED[name] for name in _before_the_target(definition)]
    floor, whole = span_ms(definition.paper.min_duration), definition.paper.questions
    for person, _, unit, category, _, _, finished in entries:
        counted = [attempt for attempt in finished if attempt.flag != DISCARDED]
        if not counted:
            continue
        possible = counted
        if len(counted) > 1:
            if floor:
                possible = [attempt for attempt in counted if attempt.duration >= floor] or counted
            for value, best_of in first_criteria:
                values = list(map(value, possible))
                best = best_of(values)
                possible = [attempt for attempt, its in zip(possible, values, strict=True) if its == best]
        candidates = [
            Candidate(n, s + d + o, d, right, guess) for n, s, d, o, right, guess, _, _, _ in possible
        ]
        perfect = whole in [attempt.score for attempt in counted]
        yield Contender(person, intern(unit), _INTERN[category], len(counted), perfect, tuple(candidates))


def count(people: Iterable[Contender]) -> Counts:
    """People, counted attempts, and people with at least one all-correct attempt."""
    everyone = attempts = mandatory = perfect = 0
    for person in people:
        everyone += 1
        attempts += person.attempts
        mandatory += person.category == "mandatory"
        perfect += person.perfect
    return Counts(everyone, attempts, mandatory, everyone - mandatory, perfect)


def prediction_target(counts: Counts, definition: Definition) -> int | None:
    """The number that the prediction question asked for (design), or None where nothing was asked."""
    if definition.prediction is None:
        return None
    return {
        "perfect_people": counts.perfect_people,
        "people": counts.people,
        "attempts": counts.attempts,
    }[definition.prediction.target]


def prediction_error(attempt: Candidate, target: int | None) -> int | None:
    """|prediction − actual|; None without a prediction."""
    return None if target is None or attempt.prediction is None else abs(attempt.prediction - target)


def fixed_draw(closes: str, participant_id: str) -> bytes:
    """The last tie-break (design): SHA-256 of ``<closes in RFC 3339>|<participant id>``, ascending.

    Nobody can steer it, and anybody can work it out again.
    """
    return sha256(f"{closes}|{participant_id}".encode()).digest()


def _before_the_target(definition: Definition) -> tuple[RankingField, ...]:
    """The criteria that come before the prediction: by them attempts compare whatever the target will be."""
    order = definition.ranking.order
    if definition.prediction is None:
        return tuple(name for name in order if name != "prediction")
    if "prediction" not in order:
        return order
    return order[: order.index("prediction")]


# By what attempts of one person compare before the target is known, and which end of it is the better one.
_OF_FINISHED: dict[RankingField, tuple[Callable[[Finished], int], Callable[[Iterable[int]], int]]] = {
    "score": (attrgetter("score"), max),
    "duration": (attrgetter("duration"), min),
    "submitted": (attrgetter("received"), min),
}
_BITS = 64
_PLACE: dict[RankingField, int] = {"score": 0, "prediction": 1, "duration": 2, "submitted": 3}


def _ranking_key(definition: Definition, target: int | None) -> Callable[[Candidate], int]:
    """The key by which attempts compare, smaller first.

    The criteria stand in the contest's order (R7), 64 bits each, in one number: a million of those sort three
    times as fast as tuples. An attempt faster than ``min_duration`` ranks behind all others (design).
    """
    floor, whole = span_ms(definition.paper.min_duration), definition.paper.questions
    absent = [len(_PLACE)] * (len(_PLACE) - len(definition.ranking.order))
    in_order = itemgetter(*[_PLACE[name] for name in definition.ranking.order], *absent)

    def key(attempt: Candidate) -> int:
        _, received, duration, score, prediction = attempt
        missed = _LAST if target is None or prediction is None else abs(prediction - target)
        one, two, three, four = in_order((whole - score, missed, duration, received, 0))
        number: int = ((one << _BITS | two) << _BITS | three) << _BITS | four
        return number if duration >= floor else number | 1 << 4 * _BITS

    return key


def rank(people: Iterable[Contender], definition: Definition, week: Week, target: int | None) -> list[Standing]:
    """Everyone by best attempt, in the contest's order; the order of ``people`` does not matter.

    Of two attempts of one person that are equal in every criterion the earlier stands. Two people who are
    equal in every criterion stand by the fixed draw.
    """
    key = _ranking_key(definition, target)
    keyed: list[tuple[int, Standing]] = []
    for person, unit, category, attempts, _, candidates in people:
        best = candidates[0]
        least = key(best)
        for other in candidates[1:]:
            its = key(other)
            if (its, other.number) < (least, best.number):
                best, least = other, its
        keyed.append((least, Standing(person, unit, category, best, attempts)))
    keyed.sort(key=itemgetter(0))
    ranked = [standing for _, standing in keyed]
    closes = definition.rfc3339(week.closes)
    for start, end in _ties([number for number, _ in keyed]):
        ranked[start:end] = sorted(ranked[start:end], key=lambda one: fixed_draw(closes, one.participant_id))
    return ranked


def _ties(keys: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where equal neighbours begin and end."""
    start = 0
    for place, (one, next_one) in enumerate(pairwise(keys), 1):
        if one != next_one:
            if place - start > 1:
                yield start, place
            start = place
    if len(keys) - start > 1:
        yield start, len(keys)


def award(
    ranked: Sequence[Standing],
    definition: Definition,
    barred: Collection[str],
    earlier_winners: Collection[str],
) -> dict[int, str]:
    """Place in ``ranked`` (from 0) → name of the prize, from the top and in order of value (R7).

    Skipped are the barred (excluded or disqualified, R3) and, with ``one_prize_per_person``, winners of
    earlier weeks.
    """
    skipped = set(barred)
    if definition.ranking.one_prize_per_person:
        skipped.update(earlier_winners)
    prizes = iter([prize.name for prize in definition.prizes for _ in range(prize.count)])
    winners: dict[int, str] = {}
    for place, standing in enumerate(ranked):
        if standing.participant_id in skipped:
            continue
        prize = next(prizes, None)
        if prize is None:
            break
        winners[place] = prize
    return winners
