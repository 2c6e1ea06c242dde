"""Cases for a person to look at after a week's close. They remove nobody and change no rank.

``unauthentic``
    Attempts of which something stands in the table that the API has not written (``domain/macs.py``): somebody
    has written into the table. It counts nowhere.
``late_in_log``
    People with a paper that the log has too late, or with one that nobody handed in and whose start it has too
    late (``services/log/ledger.py``): they win nothing unless the organisers confirm it.
``too_fast``
    Counted attempts that took less than two seconds per question and still got four fifths of the questions
    right. Nobody reads a question and four options in that time.
``below_min_duration``
    Counted attempts below the contest's ``min_duration``: they rank behind all others.
``alike_wrong``
    One unit gave the same wrong answer to one question more often than chance explains, as when a wrong key
    goes round. Of all people who got the question wrong at their first attempt, some number chose this answer;
    if it had nothing to do with the unit, the number among the unit's people who got it wrong would be
    hypergeometric (``exact_test``). A unit's strength plays no part, because only wrong answers are compared.
``night``
    More of a unit's people than chance explains began their week between midnight and five o'clock, when
    offices and schools are closed. It is the same test, applied to people.
``above_headcount``
    More obliged people of a unit took part than it has: its headcount is wrong, or people claim the unit.
``not_on_roster``
    A person claims to be obliged in a unit that has a roster, and is not on it.
``faster_than_reading``
    A first attempt that is all correct, in less time than it takes to skim its questions and options.
``never_saved``
    Counted attempts of half a minute and more, four fifths right, of which nothing was saved before they were
    submitted. The page saves within seconds of the first answer; a program that submits need not.

Signs that many accounts are one hand are in ``farms``.

If chance alone were at work, ``alike_wrong`` and ``night`` together would raise any row in a week with a
probability of at most 1 % (``FALSE_ALARM``). Each test's limit is half of that divided by the number of cells
that could be tested, whatever their outcome (Bonferroni), and the test is exact. A row says "not by chance",
never why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fractions import Fraction

from chalicelib.domain.grading import Accepted
from chalicelib.domain.paper import UNANSWERED
from chalicelib.domain.ranking import Standing
from chalicelib.domain.statistics.anomaly import MOST_POINTS, Anomaly, Reason, scores
from chalicelib.domain.statistics.exact_test import surely_above, tail
from chalicelib.domain.statistics.farms import Registration, find_farms
from chalicelib.domain.statistics.first_answers import Answer, FirstAnswers, total
from chalicelib.domain.statistics.signs import Signs
from chalicelib.domain.unit_score import UnitStanding

FALSE_ALARM = Fraction(1, 100)
# Fewer people than this are not a pattern worth asking anybody about.
FEWEST_ALIKE = 5


def find_anomalies(
    signs: Signs,
    first: FirstAnswers,
    right: Accepted,
    units: Iterable[UnitStanding],
    people: Mapping[str, Standing],
    shortlist: Collection[str],
    registrations: Iterable[Registration],
    late: Collection[str] = (),
) -> list[Anomaly]:
    """``right``: what has the point, under the rulings of the week.

    ``people``, ``shortlist`` and ``registrations`` as ``farms.find_farms`` takes them; no phone is returned.
    """
    of_people = [*_unauthentic(signs), *_fast(signs), *_unread(signs), *_unsaved(signs)]
    return [
        *(Anomaly("late_in_log", one, "", 1, 1, None, None, ()) for one in sorted(late)),
        *of_people,
        *_alike(first, right),
        *_night(signs.units),
        *_crowded(units),
        *_unlisted(signs),
        *find_farms(people, shortlist, registrations, scores(of_people), signs.unsaved),
    ]


def _unauthentic(signs: Signs) -> Iterator[Anomaly]:
    reason: Reason = "unauthentic"
    for person, (unit, used, attempts) in sorted(signs.unauthentic.items()):
        yield Anomaly(reason, person, unit, attempts, used, None, None, (), MOST_POINTS[reason])


def _fast(signs: Signs) -> Iterator[Anomaly]:
    for person, (unit, attempts, fast, below, least) in sorted(signs.fast.items()):
        counts: tuple[tuple[Reason, int], ...] = (("too_fast", fast), ("below_min_duration", below))
        for reason, count in counts:
            if count:
                points = MOST_POINTS.get(reason, 0)
                yield Anomaly(reason, person, unit, count, attempts, None, None, (str(least),), points)


def _unread(signs: Signs) -> Iterator[Anomaly]:
    reason: Reason = "faster_than_reading"
    for person, (unit, words, duration) in sorted(signs.unread.items()):
        detail = (str(words), str(duration))
        yield Anomaly(reason, person, unit, 1, 1, None, None, detail, MOST_POINTS[reason])


def _unsaved(signs: Signs) -> Iterator[Anomaly]:
    reason: Reason = "never_saved"
    for person, (unit, attempts, count) in sorted(signs.unsaved.items()):
        yield Anomaly(reason, person, unit, count, attempts, None, None, (), MOST_POINTS[reason])


def _alike(first: FirstAnswers, right: Accepted) -> Iterator[Anomaly]:
    def wrong_only(counts: Mapping[Answer, int]) -> dict[Answer, int]:
        return {
            answer: count
            for answer, count in counts.items()
            if answer.chosen != UNANSWERED and answer.chosen not in right.get(answer.question, ())
        }

    everywhere = wrong_only(total(first.by_score.values()))
    wrong = _by_question(everywhere)
    choices: dict[str, int] = {}
    for answer, count in everywhere.items():
        choices[answer.question] = choices.get(answer.question, 0) + (count >= FEWEST_ALIKE)
    cells = 0
    suspects: list[tuple[str, Answer, int, int]] = []
    for unit, counts in first.by_unit:
        if not unit:
            continue
        here = wrong_only(counts)
        of_unit = _by_question(here)
        cells += sum(choices[question] for question, people in of_unit.items() if people >= FEWEST_ALIKE)
        suspects += [
            (unit, answer, count, of_unit[answer.question])
            for answer, count in here.items()
            if count >= FEWEST_ALIKE
        ]
    limit = FALSE_ALARM / 2 / max(cells, 1)
    for unit, answer, count, size in sorted(suspects):
        population, marked = wrong[answer.question], everywhere[answer]
        found = _test("alike_wrong", unit, (population, marked, size, count), limit, tuple(answer))
        if found:
            yield found


def _by_question(counts: Mapping[Answer, int]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for answer, count in counts.items():
        sums[answer.question] = sums.get(answer.question, 0) + count
    return sums


def _night(units: Mapping[str, tuple[int, int]]) -> Iterator[Anomaly]:
    """``units``: a unit's people, and the number of them who began at night."""
    population = sum(people for people, _ in units.values())
    marked = sum(night for _, night in units.values())
    large = {unit: row for unit, row in sorted(units.items()) if unit and row[0] >= FEWEST_ALIKE}
    for unit, (size, night) in large.items():
        limit = FALSE_ALARM / 2 / len(large)
        found = _test("night", unit, (population, marked, size, night), limit, ()) if night else None
        if found and night >= FEWEST_ALIKE:
            yield found


def _test(
    reason: Reason, unit: str, cell: tuple[int, int, int, int], limit: Fraction, detail: tuple[str, ...]
) -> Anomaly | None:
    population, marked, size, seen = cell
    if surely_above(*cell, limit):
        return None
    probability = tail(*cell)
    if probability > limit:
        return None
    return Anomaly(reason, "", unit, seen, size, Fraction(size * marked, population), probability, detail)


def _crowded(units: Iterable[UnitStanding]) -> Iterator[Anomaly]:
    for _, row in sorted({row.unit.code: row for row in units}.items()):
        if row.sums.obliged_people > row.obliged:
            seen = row.sums.obliged_people
            yield Anomaly("above_headcount", "", row.unit.code, seen, row.obliged, None, None, ())


def _unlisted(signs: Signs) -> Iterator[Anomaly]:
    for person, (claimed, attempts, unit) in sorted(signs.unlisted.items()):
        yield Anomaly("not_on_roster", person, claimed, attempts, attempts, None, None, (unit,))
