"""Invented people of one week, honest ones and farms of accounts, as the close sees them.

Honest people are made to look as suspicious as honest people do: families register with one phone, offices
learn together, register in one morning and reach full marks at the first attempt, one office queues at one
computer, colleagues agree on one prediction, some read fast, some lose their line, many practise at lunch time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from math import log
from pathlib import Path
from typing import NamedTuple

from benchmarks.people import HABITS, application
from chalicelib.domain.attempt import AttemptId, Entry, finish
from chalicelib.domain.closeout import Draw, WeekResult, close_week, gather
from chalicelib.domain.grading import accepted
from chalicelib.domain.identity import participant_id
from chalicelib.domain.paper import MASKS, draw, score
from chalicelib.domain.statistics.anomalies import find_anomalies
from chalicelib.domain.statistics.anomaly import Anomaly
from chalicelib.domain.statistics.farms import Registration
from chalicelib.domain.statistics.first_answers import FirstAnswers
from chalicelib.domain.statistics.signs import Signs
from chalicelib.domain.statistics.week_collectors import week_collectors
from chalicelib.domain.units import Unit
from chalicelib.readers.plain import read_folder
from chalicelib.services.contest.reference import assemble, compile_parts
from chalicelib.services.ports import Participant
from tests.fakes import PSEUDONYMS

PEPPER = b"pepper"
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
SOURCE = read_folder(Path(__file__).parent.parent / "contests" / "nghe-an-2022")
UNITS = [
    Unit(
        f"DV-{number:02}",
        f"Đơn vị số {number}",
        "Sở, ban, ngành",
        "department",
        15 + 5 * (number and 5 + number % 5),
        0,
    )
    for number in range(20)
]
REFERENCE = assemble(compile_parts(SOURCE.definition, SOURCE.questions, UNITS, {}, {}, ""))
CONTEST, WEEK = REFERENCE.definition, REFERENCE.definition.weeks[0]
OPENS = WEEK.opens
# Lunch breaks and evenings, and the hours of offices.
_HOURS = (*(8, 9, 9, 10, 11, 11, 12, 12, 14, 15, 16, 19, 20, 21),)


class Habit(NamedTuple):
    """How somebody answers: the share of right answers at the first attempt, what each further one adds."""

    skill: float
    learning: float
    attempts: tuple[int, ...]


KNOWS_ALL = Habit(1.0, 0, (1,))
_HABITS = {
    "knows": Habit(0.96, 0.01, (1, 1, 2, 3)),
    "studied": Habit(0.8, 0.04, (1, 2, 3, 4, 5)),
    "guesses": Habit(0.35, 0.05, (1, 1, 2)),
}


@dataclass
class Crowd:
    """One week; everything in it follows from ``seed``."""

    seed: int
    entries: dict[str, Entry] = field(default_factory=dict)
    registrations: list[Registration] = field(default_factory=list)
    people: dict[str, Participant] = field(default_factory=dict)
    farm: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self._numbers = iter(range(100_000, 900_000))
        # Around which number honest people guess: nobody knows the right one.
        self._talk = self.dice.choice([60, 100, 120, 150, 200])

    # -- honest people

    def honest(self, people: int = 300, units: Sequence[Unit] = UNITS[1:]) -> None:
        self._units = [unit.code for unit in units]
        learned = self.dice.sample(self._units, 3)
        for place, unit in enumerate(learned):
            self._office(unit, self.dice.randint(12, 20), queue=place == 0)
        for size in (2, 3, 3, 4, 5):
            self._family(size)
        while len(self.entries) < people:
            self._single()

    def _single(self, phone: str = "") -> None:
        dice = self.dice
        told = application(next(self._numbers), self._units, dice)
        kind = dice.choices(list(HABITS), list(HABITS.values()))[0]
        habit = _HABITS.get(kind, _HABITS["studied"])
        registered = self._working_moment(-14, 5)
        person = self._register(told, registered, unit=told["unit_code"] or "", phone=phone)
        starts = sorted(
            max(registered + dice.randint(20_000, 10 * MINUTE), self._working_moment(0, 6))
            for _ in range(dice.choice(habit.attempts))
        )
        self._take(person, told, habit, starts, self._guess())

    def _family(self, size: int) -> None:
        phone = f"08{self.dice.randrange(10**8):08}"
        for _ in range(size):
            self._single(phone)

    def _office(self, unit: str, people: int, *, queue: bool) -> None:
        """Everybody learned together and comes on one morning; in a ``queue`` at one computer."""
        dice, at = self.dice, self._working_moment(-10, 0)
        copied = self._guess()
        for _ in range(people):
            told = application(next(self._numbers), [unit], dice) | {"category": "mandatory"}
            at = at + dice.randint(70_000, 200_000) if queue else at
            registered = at if queue else at + int(dice.betavariate(2, 4) * 40 * MINUTE)
            person = self._register(told, registered, unit=unit)
            start = OPENS + dice.randint(MINUTE, 3 * HOUR)
            guess = copied if dice.random() < 0.4 else self._guess()
            self._take(person, told, KNOWS_ALL, [start], guess)

    def _working_moment(self, first: int, last: int) -> int:
        """Within a day from ``first`` to ``last`` of the week; the contest opens on a Monday at 08:00."""
        dice = self.dice
        day = OPENS - 8 * HOUR + dice.randint(first, last) * DAY
        return max(day + dice.choice(_HOURS) * HOUR + dice.randrange(HOUR), OPENS - 14 * DAY)

    def _guess(self) -> int:
        """People prefer round and lucky numbers, and hardly know where to begin."""
        dice = self.dice
        guess = max(1.0, dice.lognormvariate(log(self._talk), 0.5))
        step = dice.choices([1, 5, 10, 50, 100], [45, 10, 25, 10, 10])[0]
        return (
            dice.choice([68, 79, 86, 99, 123, 168])
            if dice.random() < 0.05
            else max(1, round(guess / step) * step)
        )

    # -- farms

    def hurried_farm(self, unit: str = "DV-00", accounts: int = 15) -> None:
        """The bank is published: a script registers, answers and submits as fast as the line carries it."""
        dice, at, target = self.dice, OPENS + 2 * HOUR + self.dice.randrange(HOUR), self.target + accounts
        for number in range(accounts):
            told = application(next(self._numbers), [unit], dice) | {"category": "mandatory"}
            person = self._farmed(told, at, unit)
            started = at + dice.randint(60, 400)
            self._attempt(
                person, told, unit, [(started, dice.randint(13, 3_000))], target + number - accounts // 2
            )
            at += dice.randint(300, 500)

    def patient_farm(
        self,
        accounts: int = 15,
        units: int = 1,
        *,
        step: int = 10,
        jitter: float = 0.0,
        shuffled: bool = True,
        saves: bool = True,
        days: float = 2.0,
    ) -> None:
        """Durations as people have them, and predictions spread around the right number, which it knows well.

        ``jitter``: how far a prediction is from its even place, in steps.
        """
        dice, target = self.dice, self.target + accounts
        codes = [UNITS[-number % len(UNITS)].code for number in range(units)]
        guesses = [
            max(0, target + round((number - accounts // 2 + dice.uniform(-jitter, jitter)) * step))
            for number in range(accounts)
        ]
        if shuffled:
            dice.shuffle(guesses)
        moments = sorted(OPENS + int(dice.random() * days * DAY) for _ in range(accounts))
        for number, (at, guess) in enumerate(zip(moments, guesses, strict=True)):
            unit = codes[number % units]
            told = application(next(self._numbers), [unit], dice) | {"category": "mandatory"}
            person = self._farmed(told, at, unit)
            started = at + dice.randint(5_000, 6 * HOUR)
            self._attempt(person, told, unit, [(started, self._duration())], guess, saved=lambda: saves)

    @property
    def target(self) -> int:
        """Of the people so far."""
        return sum(any(one.score == 20 for one in entry.finished) for entry in self.entries.values())

    def _farmed(self, told: dict[str, str], at: int, unit: str) -> str:
        person = self._register(told, at, unit=unit)
        self.farm.add(person)
        return person

    # -- everybody

    def _register(self, told: dict[str, str], at: int, *, unit: str, phone: str = "") -> str:
        person = participant_id(PEPPER, told["citizen_id"])
        phone = phone or told["phone"]
        self.registrations.append(Registration(person, phone, at))
        self.people[person] = Participant(
            person, told["full_name"], told["date_of_birth"], told["gender"], told["citizen_id"], phone, unit,
            told["category"], "hash", at,
        )  # type: ignore[arg-type]  # fmt: skip
        return person

    def _duration(self, median: float = 6 * MINUTE) -> int:
        return min(max(50_000, int(self.dice.lognormvariate(log(median), 0.45))), 19 * MINUTE)

    def _take(self, person: str, told: dict[str, str], habit: Habit, starts: Sequence[int], guess: int) -> None:
        dice = self.dice
        fast = dice.random() < 0.05
        taken, ends = [], 0
        for start in starts:
            at = max(start, ends + 20_000)
            took = self._duration(2.2 * MINUTE if fast else 6 * MINUTE)
            taken.append((at, took))
            ends = at + took
        self._attempt(
            person, told, told["unit_code"] or "", taken, guess, habit, saved=lambda: dice.random() > 0.005
        )

    def _attempt(
        self,
        person: str,
        told: dict[str, str],
        unit: str,
        taken: Sequence[tuple[int, int]],
        guess: int,
        habit: Habit = KNOWS_ALL,
        saved: Callable[[], bool] = lambda: False,
    ) -> None:
        """``taken``: start and duration of each attempt."""
        finished = []
        for number, (started, took) in enumerate(taken, 1):
            nonce = f"{self.dice.getrandbits(64):016x}"
            paper = draw(REFERENCE.bank, CONTEST.paper, nonce)
            skill = min(1.0, habit.skill + habit.learning * (number - 1))
            answers = "".join(
                MASKS[one.question.answer if self.dice.random() < skill else 1 << self.dice.randrange(2)]
                for one in paper
            )
            attempt = AttemptId(1, number, started, nonce)
            finished.append(
                finish(
                    CONTEST, WEEK, attempt, received=started + took, score=score(paper, answers),
                    answers=answers, prediction=guess, saved=saved(),
                )
            )  # fmt: skip
        category = told["category"]
        self.entries[person] = Entry(person, 1, unit, category, len(finished), None, tuple(finished))

    # -- the close

    def rank(self, not_counted: Collection[str] = ()) -> WeekResult:
        collectors = week_collectors(CONTEST, REFERENCE.bank)
        everybody = [self.entries[person] for person in sorted(self.entries)]
        gathered = gather(CONTEST, REFERENCE.bank, WEEK, everybody, collectors, not_counted=not_counted)
        return close_week(CONTEST, UNITS, WEEK, gathered, draw=Draw(1, "5e" * 32), names=PSEUDONYMS)

    def close(self) -> tuple[WeekResult, list[Anomaly]]:
        """Ranks the week and looks for anomalies, as the close does."""
        result = self.rank()
        listed = [result.ranked[place].participant_id for place in (*result.prizes, *result.reserves)]
        signs, first = result.collected["signs"], result.collected["first_answers"]
        assert isinstance(signs, Signs)
        assert isinstance(first, FirstAnswers)
        right = accepted(REFERENCE.bank.questions, {})
        return result, find_anomalies(
            signs,
            first,
            right,
            result.units,
            {one.participant_id: one for one in result.ranked},
            listed,
            self.registrations,
        )
