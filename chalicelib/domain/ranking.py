"""Who comes first: a person's best attempt, the individual ranking and its prizes (R7)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from chalicelib.domain.attempt import Category, Entry, Finished
from chalicelib.domain.definition import Definition, RankingField, Week
from chalicelib.domain.times import span_ms

# Larger than any distance of two predictions and than any instant: "no prediction ranks last".
_LAST = 1 << 62


class Standing(NamedTuple):
    """A person's place in the week: ``best`` attempt of ``attempts`` counted ones."""

    participant_id: str
    unit: str
    category: Category
    best: Finished
    attempts: int


class Counts(NamedTuple):
    """The facts of a week. ``participation`` = people with at least one counted attempt."""

    people: int
    attempts: int
    mandatory_people: int
    encouraged_people: int
    perfect_people: int


def count(entries: Iterable[Entry], definition: Definition) -> Counts:
    """People, counted attempts, and people with at least one all-correct attempt."""
    people = attempts = mandatory = perfect = 0
    for entry in entries:
        scores = [attempt.score for attempt in entry.counted]
        if scores:
            people += 1
            attempts += len(scores)
            mandatory += entry.category == "mandatory"
            perfect += max(scores) == definition.paper.questions
    return Counts(people, attempts, mandatory, people - mandatory, perfect)


def prediction_target(counts: Counts, definition: Definition) -> int | None:
    """The number that the prediction question asked for, or None where nothing was asked."""
    if definition.prediction is None:
        return None
    return {
        "perfect_people": counts.perfect_people,
        "people": counts.people,
        "attempts": counts.attempts,
    }[definition.prediction.target]


def prediction_error(attempt: Finished, target: int | None) -> int | None:
    """|prediction − actual|; None without a prediction."""
    return None if target is None or attempt.prediction is None else abs(attempt.prediction - target)


def fixed_draw(closes: str, participant_id: str) -> bytes:
    """The last tie-break: SHA-256 of ``<closes in RFC 3339>|<participant id>``, ascending.

    Nobody can steer it, and anybody can work it out again.
    """
    return sha256(f"{closes}|{participant_id}".encode()).digest()


def attempt_order(definition: Definition, target: int | None) -> Callable[[Finished], tuple[int, ...]]:
    """The key by which attempts are compared, smaller first, in the contest's order of ranking.

    An attempt faster than ``min_duration`` ranks behind all others.
    """
    floor = span_ms(definition.paper.min_duration)

    def missed(attempt: Finished) -> int:
        error = prediction_error(attempt, target)
        return _LAST if error is None else error

    criteria: dict[RankingField, Callable[[Finished], int]] = {
        "score": lambda attempt: -attempt.score,
        "prediction": missed,
        "duration": lambda attempt: attempt.duration,
        "submitted": lambda attempt: attempt.received,
    }
    chosen = [criteria[name] for name in definition.ranking.order]

    def key(attempt: Finished) -> tuple[int, ...]:
        return (attempt.duration < floor, *[criterion(attempt) for criterion in chosen])

    return key


def rank(entries: Iterable[Entry], definition: Definition, week: Week, target: int | None) -> list[Standing]:
    """Everyone with a counted attempt, by best attempt; the order of ``entries`` does not matter.

    Of two attempts of one person that are equal in every criterion the earlier stands.
    """
    key = attempt_order(definition, target)
    closes = definition.rfc3339(week.closes)
    keyed = []
    for entry in entries:
        counted = list(entry.counted)
        if counted:
            best_key, _, best = min((key(attempt), attempt.number, attempt) for attempt in counted)
            standing = Standing(entry.participant_id, entry.unit, entry.category, best, len(counted))
            keyed.append((best_key, fixed_draw(closes, entry.participant_id), standing))
    keyed.sort(key=lambda item: item[:2])
    return [standing for _, _, standing in keyed]


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
