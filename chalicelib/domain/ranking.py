"""Who comes first: a person's best attempt, the individual ranking and its prizes (R7).

A week is ranked in two passes. ``contenders`` reads the entries one by one and keeps of each person only the
attempts that may turn out to be the best. ``count`` then gives the prediction's target, and ``rank`` puts
everyone in order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby, takewhile
from math import inf
from operator import itemgetter
from struct import Struct
from sys import intern
from typing import Any, NamedTuple

from chalicelib.domain.attempt import NOT_COUNTED, Entry, Finished, counted_prediction
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.identity_provider import Verified, verified_by
from chalicelib.domain.placement import Place
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.times import MINUTE_MS, span_ms

# The criteria that are times: what is published of them is whole minutes, unless more of it decides.
TIMES = frozenset({"duration", "submitted"})


class Candidate(NamedTuple):
    """A counted attempt, as far as it is compared.

    ``received`` is an instant and ``duration`` a span, both in milliseconds; ``prediction`` is None where none
    counts (``counted_prediction``).
    """

    number: int
    received: int
    duration: int
    score: int
    prediction: int | None
    overdue: bool

    @property
    def packed(self) -> bytes:
        """As a close keeps 400,000 of them: the tuple takes three times the memory."""
        return _packed(self, self.prediction)


# A ``Candidate``; no prediction is -1.
_CANDIDATE = Struct(">BqqBi?")
_SCORE_AT = 17


def _packed(one: Candidate | Finished, prediction: int | None) -> bytes:
    told = -1 if prediction is None else prediction
    return _CANDIDATE.pack(one.number, one.received, one.duration, one.score, told, one.overdue)


def _unpacked(fields: tuple[Any, ...]) -> Candidate:
    number, received, duration, score, prediction, overdue = fields
    guess = None if prediction < 0 else prediction
    # A named tuple's own constructor is a function in Python, and takes twice as long.
    return tuple.__new__(Candidate, (number, received, duration, score, guess, overdue))


class Contender(NamedTuple):
    """A person's week before the prediction's target is known.

    ``attempts`` is the number of counted attempts; ``perfect`` says whether any of them was all correct, and
    ``took_part`` whether any has the score that taking part needs. ``listed``: the person is on a roster.
    ``candidates`` are the attempts that some target could make the best one, and those that exact times alone
    put behind it. The others are dropped, because a Lambda's memory has to hold 400,000 contenders: they would
    take 84 MB more. For the same reason those that are left are ``packed``: as tuples they take 80 MB more.
    """

    participant_id: str
    unit: str
    category: str
    obliged: bool
    took_part: bool
    attempts: int
    perfect: bool
    packed: bytes
    listed: bool

    @property
    def candidates(self) -> list[Candidate]:
        return list(map(_unpacked, _CANDIDATE.iter_unpack(self.packed)))


class Standing(NamedTuple):
    """A person's place in the week: the ``best`` of ``attempts`` counted attempts.

    ``obliged``: measured against the headcount of the unit (R1). ``took_part``: one of the counted attempts has
    the score that taking part needs. ``verified``: by what; by a provider only where a prize asks for
    that. ``rivals``: the other attempts with the minute key of the best (``minute_compare``): exact times alone
    put them behind it. Both are ``packed``, as in a ``Contender``.
    """

    participant_id: str
    unit: str
    category: str
    obliged: bool
    took_part: bool
    packed: bytes
    attempts: int
    verified: Verified = "none"
    packed_rivals: bytes = b""

    @property
    def best(self) -> Candidate:
        return _unpacked(_CANDIDATE.unpack(self.packed))

    @property
    def score(self) -> int:
        """That of the best, without unpacking it."""
        return self.packed[_SCORE_AT]

    @property
    def rivals(self) -> list[Candidate]:
        rivals = self.packed_rivals
        return list(map(_unpacked, _CANDIDATE.iter_unpack(rivals))) if rivals else []


class Counts(NamedTuple):
    """The facts of a week: ``people`` took part, ``attempts`` are counted, ``perfect_people`` all correct."""

    people: int
    attempts: int
    obliged_people: int
    other_people: int
    perfect_people: int


# What an attempt is compared by: the first difference decides, and the smaller key ranks higher.
#
# Plain tuples, so that a clerk can read them. One integer of 64 bits a field saves a fifth of the CPU of
# reading and ranking, and 60 bytes a person (24 MB of 400,000 people); but a negative field then spoils the
# field before it, and 0 points ranked before 20.
Key = tuple[float, ...]
# An attempt, and how many counted ones its person has.
Compare = Callable[[Finished | Candidate, int], Key]


def contenders(placed: Iterable[tuple[Entry, Place]], definition: Definition) -> Iterator[Contender]:
    """Everyone with a counted attempt. The entries are taken one by one and not kept."""
    fields = _before_the_target(definition)
    compare, by_score = minute_compare(definition, fields, target=None), fields[:1] == ("score",)
    all_correct, min_duration = definition.paper.questions, span_ms(definition.paper.min_duration)
    one_prediction, least = definition.one_prediction, definition.unit_score.participation_min_score
    for entry, place in placed:
        counted = [attempt for attempt in entry.finished if attempt.flag not in NOT_COUNTED]
        if counted:
            best = _best_scores(counted, min_duration) if by_score and len(counted) > 1 else counted
            best = _equally_good(best, compare)
            guess = counted_prediction(counted) if one_prediction else None
            yield Contender(
                entry.participant_id,
                # Decoding makes strings anew for each entry; 400,000 codes of units would take 22 MB.
                intern(place.unit),
                intern(place.category),
                place.obliged,
                not least or max([one.score for one in counted]) >= least,
                len(counted),
                True in [one.score == all_correct and one.duration >= min_duration for one in counted],
                b"".join([_packed(one, guess if one_prediction else one.prediction) for one in best]),
                place.listed,
            )


def _best_scores(attempts: list[Finished], min_duration: int) -> list[Finished]:
    """Those with the best score that are not too fast, if there are any: most need no comparison any more."""
    fast_enough, best = max([(one.duration >= min_duration, one.score) for one in attempts])
    return [one for one in attempts if one.score == best and (one.duration >= min_duration) == fast_enough]


def _equally_good(attempts: list[Finished], compare: Compare) -> list[Finished]:
    """The attempts that share the smallest key; several, because the target is not known yet."""
    if len(attempts) == 1:
        return attempts
    keys = [compare(attempt, 0) for attempt in attempts]
    smallest = min(keys)
    return [attempt for attempt, key in zip(attempts, keys, strict=True) if key == smallest]


def count(people: Iterable[Contender]) -> Counts:
    """The facts of a week: people who took part, counted attempts, and people with an all-correct one."""
    everyone = attempts = obliged = perfect = 0
    for person in people:
        everyone += person.took_part
        attempts += person.attempts
        obliged += person.took_part and person.obliged
        perfect += person.perfect
    return Counts(everyone, attempts, obliged, everyone - obliged, perfect)


def prediction_target(counts: Counts, definition: Definition) -> int | None:
    """The number that the prediction question asked for (design), or None where nothing was asked."""
    if definition.prediction is None:
        return None
    return {
        "perfect_people": counts.perfect_people,
        "people": counts.people,
        "attempts": counts.attempts,
    }[definition.prediction.target]


def prediction_error(attempt: Finished | Candidate, target: int | None) -> int | None:
    """|prediction − actual|; None without a prediction or without a question."""
    return None if target is None or attempt.prediction is None else abs(attempt.prediction - target)


def lot(root: str, name: str) -> bytes:
    """The draw among equals (design): SHA-256 of ``<root>|<name>``, ascending.

    ``root`` is the root of the week's hash tree at its first close, in hex. It depends on every attempt of the
    week, so nobody can know a lot before the close. ``name`` is a person's pseudonym or a unit's code.
    """
    return sha256(f"{root}|{name}".encode()).digest()


# What attempts can be compared by. ``comparison`` works out a value for each, in this order; a dictionary of
# names takes half as long again.
_CRITERIA = ("too_fast", "score", "prediction", "duration", "submitted", "attempts", "overdue")


def comparison(definition: Definition, fields: Sequence[str], target: int | None) -> Compare:
    """How attempts compare by ``fields``, a part of ``full_order`` (design).

    “Score descending, |prediction − actual| ascending (none ranks last), duration ascending, received
    ascending”, fewest counted attempts of the person first; before all of them, “an attempt faster than
    ``min_duration`` compares behind all others”; and after them, an overdue paper stands “behind submitted
    papers that are equal to it”.
    """
    min_duration, questions = span_ms(definition.paper.min_duration), definition.paper.questions
    in_order = itemgetter(*[_CRITERIA.index(name) for name in ("too_fast", *fields)])

    def key(attempt: Finished | Candidate, attempts: int) -> Key:
        error = prediction_error(attempt, target)
        chosen: Key = in_order(
            (
                attempt.duration < min_duration,
                # Fewer wrong answers. Python shares small integers, but makes each negative score anew.
                questions - attempt.score,
                inf if error is None else error,
                attempt.duration,
                attempt.received,
                attempts,
                attempt.overdue,
            )
        )
        return chosen

    return key


def minute_compare(definition: Definition, fields: Sequence[str], target: int | None) -> Compare:
    """The **minute keys** of attempts: ``comparison`` by the first time among ``fields``, in whole minutes, and
    what stands before it; all of ``fields`` where none is a time.

    Whoever is not behind by the exact keys is not behind by the minute keys: up to the time both have the same
    values, and rounding down never turns two times round. So the best attempt has its person's smallest
    minute key, and people with equal minute keys stand together in the ranking.
    """
    time = next((place for place, field in enumerate(fields) if field in TIMES), None)
    if time is None:
        return comparison(definition, fields, target)
    exact = comparison(definition, fields[: time + 1], target)

    def key(attempt: Finished | Candidate, attempts: int) -> Key:
        *before, instant = exact(attempt, attempts)
        return (*before, instant // MINUTE_MS)

    return key


def minute_groups(
    ranked: Iterable[Standing], definition: Definition, target: int | None
) -> Iterator[list[Standing]]:
    """The people of a ranking in its order: together those whose minute keys are equal.

    Where no criterion is a time, everybody stands alone: what is public tells the order.
    """
    if TIMES.isdisjoint(definition.ranking.order):
        yield from ([one] for one in ranked)
        return
    compare = minute_compare(definition, full_order(definition), target)
    for _, equal in groupby(ranked, key=lambda one: compare(one.best, one.attempts)):
        yield list(equal)


def full_order(definition: Definition) -> tuple[str, ...]:
    """The contest's order, and behind it what puts an overdue paper behind its equals."""
    return (*definition.ranking.order, "overdue")


def _before_the_target(definition: Definition) -> tuple[str, ...]:
    """The fields by which a person's attempts compare in the same way whatever the target will be.

    Where one prediction counts for all of them, that is the whole order without the prediction.
    """
    order = full_order(definition)
    if definition.prediction is None or definition.one_prediction:
        return tuple(field for field in order if field != "prediction")
    return tuple(takewhile(lambda field: field != "prediction", order))


def rank(
    people: Iterable[Contender],
    definition: Definition,
    week: Week,
    target: int | None,
    root: str,
    names: Pseudonyms,
    proven: Collection[str] = (),
) -> list[Standing]:
    """Everyone by best attempt, in the contest's order; the order of ``people`` does not matter.

    ``proven``: whom an identity provider has proved.

    Two people who are equal in the whole order stand by the draw, by root (as in ``lot``) and pseudonym.
    """
    order = full_order(definition)
    compare, in_minutes = comparison(definition, order, target), minute_compare(definition, order, target)
    timed = not TIMES.isdisjoint(order)
    # The parts of the key, and behind them the standing: a pair of both would take 20 MB more.
    keyed: list[tuple[Any, ...]] = []
    for person in people:
        candidates, packed, rivals = person.candidates, person.packed, b""
        key, best = best_attempt(candidates, compare, person.attempts)
        if len(candidates) > 1:
            packed = best.packed
            if timed:
                rivals = _rivals(candidates, best, in_minutes, person.attempts)
        verified = verified_by(proven=person.participant_id in proven, listed=person.listed)
        keyed.append((*key, Standing(*person[:5], packed, person.attempts, verified, rivals)))
    keyed.sort()  # equals by participant id, until the draw

    ranked: list[Standing] = []
    for _, equal in groupby(keyed, key=itemgetter(slice(-1))):
        tied = [row[-1] for row in equal]
        if len(tied) > 1:
            tied.sort(key=lambda one: lot(root, names(week.number, one.participant_id)))
        ranked += tied
    return ranked


def _rivals(candidates: Sequence[Candidate], best: Candidate, compare: Compare, attempts: int) -> bytes:
    smallest = compare(best, attempts)
    others = [one for one in candidates if one is not best]
    return b"".join([one.packed for one in others if compare(one, attempts) == smallest])


def best_attempt(candidates: Sequence[Candidate], compare: Compare, attempts: int) -> tuple[Key, Candidate]:
    """The first in the contest's order, with its key; of attempts with equal keys, the lower number."""
    if len(candidates) == 1:
        return compare(candidates[0], attempts), candidates[0]
    key, _, best = min([(compare(attempt, attempts), attempt.number, attempt) for attempt in candidates])
    return key, best


def award(
    ranked: Sequence[Standing],
    definition: Definition,
    barred: Collection[str],
    earlier_winners: Collection[str],
) -> dict[int, str]:
    """Place in ``ranked`` (from 0) → name of the prize, in order of value (R7).

    In the order of the definition, each prize goes ``count`` times to the best-ranked person of its categories
    who has its score, is verified if it asks for that, and has no prize yet. The barred (R3) are skipped, and
    with ``one_prize`` so are the winners of earlier weeks. An attempt faster than ``min_duration`` wins
    nothing.
    """
    min_duration = span_ms(definition.paper.min_duration)
    skipped = set(barred)
    if definition.ranking.one_prize == "contest":
        skipped.update(earlier_winners)
    winners: dict[int, str] = {}
    for prize in definition.prizes_of("week"):
        left = prize.count
        for place, standing in enumerate(ranked):
            if not left:
                break
            if (
                place not in winners
                and standing.participant_id not in skipped
                and standing.best.duration >= min_duration
                and standing.best.score >= prize.min_score
                and (not prize.categories or standing.category in prize.categories)
                and (not prize.verified or standing.verified in prize.verified)
            ):
                winners[place] = prize.name
                left -= 1
    return winners
