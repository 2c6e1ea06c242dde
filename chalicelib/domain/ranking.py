"""Who comes first: a person's best attempt, the individual ranking and its prizes (R7)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from sys import intern
from typing import NamedTuple

from chalicelib.domain.attempt import Category, Entry, Finished
from chalicelib.domain.definition import Definition, RankingField, Week
from chalicelib.domain.times import span_ms

# Larger than any distance of two predictions and than any instant: "no prediction ranks last".
_LAST = 1 << 62


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


def contenders(entries: Iterable[Entry], definition: Definition) -> list[Contender]:
    """Everyone with a counted attempt. Entries are taken one by one and not kept."""
    key = _attempt_key(definition, None, _before_the_target(definition))
    whole = definition.paper.questions
    found = []
    for entry in entries:
        counted = [attempt for attempt in entry.finished if attempt.counted]
        if not counted:
            continue
        perfect = any(attempt.score == whole for attempt in counted)
        possible = counted
        if len(counted) > 1:
            keys = [key(attempt) for attempt in counted]
            least = min(keys)
            possible = [attempt for attempt, own in zip(counted, keys, strict=True) if own == least]
        candidates = tuple(
            [Candidate(a.number, a.received, a.duration, a.score, a.prediction) for a in possible]
        )
        unit = intern(entry.unit)
        found.append(Contender(entry.participant_id, unit, entry.category, len(counted), perfect, candidates))
    return found


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
    """The number that the prediction question asked for, or None where nothing was asked."""
    if definition.prediction is None:
        return None
    return {
        "perfect_people": counts.perfect_people,
        "people": counts.people,
        "attempts": counts.attempts,
    }[definition.prediction.target]


def prediction_error(attempt: Candidate | Finished, target: int | None) -> int | None:
    """|prediction − actual|; None without a prediction."""
    return None if target is None or attempt.prediction is None else abs(attempt.prediction - target)


def fixed_draw(closes: str, participant_id: str) -> bytes:
    """The last tie-break: SHA-256 of ``<closes in RFC 3339>|<participant id>``, ascending.

    Nobody can steer it, and anybody can work it out again.
    """
    return sha256(f"{closes}|{participant_id}".encode()).digest()


def _before_the_target(definition: Definition) -> tuple[RankingField, ...]:
    """The criteria that come before the prediction: by them attempts compare whatever the target will be."""
    order = definition.ranking.order
    if definition.prediction is None or "prediction" not in order:
        return order
    return order[: order.index("prediction")]


def _attempt_key(
    definition: Definition, target: int | None, order: Sequence[RankingField]
) -> Callable[[Candidate | Finished], tuple[int, ...]]:
    """The key by which attempts are compared, smaller first.

    An attempt faster than ``min_duration`` ranks behind all others.
    """
    floor = span_ms(definition.paper.min_duration)

    def missed(attempt: Candidate | Finished) -> int:
        error = prediction_error(attempt, target)
        return _LAST if error is None else error

    criteria: dict[RankingField, Callable[[Candidate | Finished], int]] = {
        "score": lambda attempt: -attempt.score,
        "prediction": missed,
        "duration": lambda attempt: attempt.duration,
        "submitted": lambda attempt: attempt.received,
    }
    chosen = [criteria[name] for name in order]

    def key(attempt: Candidate | Finished) -> tuple[int, ...]:
        return (attempt.duration < floor, *[criterion(attempt) for criterion in chosen])

    return key


def rank(people: Iterable[Contender], definition: Definition, week: Week, target: int | None) -> list[Standing]:
    """Everyone by best attempt, in the contest's order; the order of ``people`` does not matter.

    Of two attempts of one person that are equal in every criterion the earlier stands. Two people who are
    equal in every criterion stand by the fixed draw.
    """
    key = _attempt_key(definition, target, definition.ranking.order)
    closes = definition.rfc3339(week.closes)
    keyed = []
    for person in people:
        best = person.candidates[0]
        best_key = key(best)
        for attempt in person.candidates[1:]:
            other = key(attempt)
            if (other, attempt.number) < (best_key, best.number):
                best, best_key = attempt, other
        standing = Standing(person.participant_id, person.unit, person.category, best, person.attempts)
        keyed.append((best_key, standing))
    keyed.sort(key=itemgetter(0))
    ranked: list[Standing] = []
    for _, group in groupby(keyed, key=itemgetter(0)):
        tied = [standing for _, standing in group]
        if len(tied) > 1:
            tied.sort(key=lambda standing: fixed_draw(closes, standing.participant_id))
        ranked += tied
    return ranked


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
