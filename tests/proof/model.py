"""The truth, in plain dictionaries: people → weeks → attempts with their fate.

The model knows no database and no close-out code. It says what every call must answer and every entry must
hold, and hands the attempts to ``slow_rules``, which work out what a close must publish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from chalicelib.domain.attempt import AttemptId
from chalicelib.domain.errors import (
    AlreadyFinished,
    AttemptNotFound,
    ContestError,
    Disqualified,
    Excluded,
    NoAttemptsLeft,
    NoOpenWeek,
    Overdue,
    Stale,
    Stopped,
)
from tests.domain import slow_rules
from tests.fakes import START_MS

SECOND, MINUTE = 1_000, 60_000
QUESTIONS = 3
WEEK, PAUSE, LIMIT, GRACE, SETTLE = 360 * MINUTE, 5 * MINUTE, 10 * MINUTE, 10 * SECOND, MINUTE
# By then, everybody has surely seen inputs that were taken over.
LEAD = 30 * SECOND

Refusal = type[ContestError]


class Sheet(NamedTuple):
    """A filled-in paper: so many right answers, the others left out, and a prediction."""

    right: int
    guess: int | None


@dataclass
class Attempt:
    """``saved`` came with a save, as ``revision``; ``due`` is the deadline. A finished attempt knows when it
    was received.
    """

    number: int
    started: int
    nonce: str
    due: int
    limit: int
    overdue: str
    saved: Sheet | None = None
    revision: int = 0
    fate: Literal["open", "submitted", "overdue", "blank", "discarded"] = "open"
    sheet: Sheet | None = None
    received: int = 0

    @property
    def record(self) -> tuple[Any, ...]:
        """A finished attempt, without its encoded answers."""
        score, guess = self.sheet or (0, None)
        duration = self.limit + GRACE if self.fate in ("overdue", "discarded") else self.received - self.started
        return (self.number, self.started, self.received, duration, score, guess, self.nonce, self.fate)


class Told(NamedTuple):
    """A refusal that shows the attempt's state."""

    refusal: Refusal
    attempt: Attempt


class Ruled(NamedTuple):
    """A ruling: the keys that are accepted from then on, each a set of letters; none if all are right."""

    question: str
    weeks: tuple[int, ...]
    keys: list[set[str]]


class Annulled(NamedTuple):
    """Without ``weeks`` in all; the effect ``none`` lifts what was decided before for these weeks."""

    person: str
    weeks: tuple[int, ...]
    effect: str


# The paper of an attempt in a week, by its nonce: each question with its key.
Asked = Callable[[int, str], list[tuple[str, set[str]]]]


@dataclass
class Person:
    unit: str
    weeks: dict[int, list[Attempt]] = field(default_factory=dict)


# The units that have a roster, each with the people on it, and whether they are exempt.
Rosters = dict[str, dict[str, bool]]


@dataclass
class Inputs:
    """The inputs that an organiser may change after the fact; ``book`` holds for the weeks to come."""

    book: int = 0

    excluded: set[str] = field(default_factory=set)
    unranked: set[str] = field(default_factory=set)
    annulments: list[Annulled] = field(default_factory=list)
    rulings: list[Ruled] = field(default_factory=list)
    headcount: dict[str, int] = field(default_factory=lambda: {"SO-A": 3, "SO-B": 2, "TRUONG-C": 0})
    rosters: Rosters = field(default_factory=dict)

    def annulled(self, week: int | None) -> dict[str, str]:
        """Who is annulled in the week, or for good, with the strictest effect since the last pardon."""
        found: dict[str, str] = {}
        for person, weeks, effect in self.annulments:
            if weeks and week not in weeks:
                continue
            if effect == "none":
                found.pop(person, None)
            elif found.get(person) != "not_counted":
                found[person] = effect
        return found

    def not_counted(self, week: int) -> set[str]:
        """Who is in no figure of the week."""
        return {person for person, effect in self.annulled(week).items() if effect == "not_counted"}

    def barred(self, week: int) -> set[str]:
        """Who is not ranked in the week."""
        return self.excluded | self.unranked | self.annulled(week).keys()

    def refusal(self, person: str) -> Refusal | None:
        """The refusal for somebody who may not take part."""
        if person in self.excluded:
            return Excluded
        return Disqualified if person in self.annulled(None) else None


class Model:
    """``rules`` as the machine draws them; see ``machine.contests``.

    There are two books of rules. A week's book is decided when the week is about to open, and then stays.
    """

    def __init__(self, rules: dict[str, Any], asked: Asked) -> None:
        self.rules, self._asked = rules, asked
        self.books = [{**rules, "bank": 0}, {**rules, **rules.get("other", {}), "bank": 1}]
        self.people: dict[str, Person] = {}
        self.inputs = Inputs()
        self.weeks = {
            k: (START_MS + (k - 1) * WEEK + (PAUSE if k > 1 else 0), START_MS + k * WEEK)
            for k in range(1, rules["weeks"] + 1)
        }
        self.cancelled: dict[int, tuple[int, int]] = {}
        self.stopped: set[str] = set()
        # Results that are recognised: closes as the slow rules give them, or the final.
        self.recognised: dict[str, Any] = {}
        self._book = dict.fromkeys(self.weeks, 0)
        # Headcounts in force for each week; a closed week keeps them.
        self._headcount = {week: dict(self.inputs.headcount) for week in self.weeks}
        # Rosters too.
        self._rosters: dict[int, Rosters] = {week: {} for week in self.weeks}

    def book(self, week: int) -> dict[str, Any]:
        return self.books[self._book[week]]

    def coming(self, now: int) -> list[int]:
        """The weeks that open after everybody has heard."""
        return [week for week, (opens, _) in self.weeks.items() if opens > now + LEAD]

    def choose(self, book: int, now: int) -> None:
        """Another book for all weeks that open after everybody has seen it; without any, nothing changes."""
        self.inputs.book = book
        self._book.update(dict.fromkeys(self.coming(now), book))

    def redate(self, week: int, closes: int, next_opens: int | None, now: int) -> bool:
        """A later end of a week that is open or over, with the next one's opening; whether that is allowed."""
        opens, ends = self.weeks[week]
        after = self.next_week(week)
        following = self.weeks.get(after)
        if closes <= ends or (following and closes > (next_opens or following[0])):
            return False
        if now < ends:
            allowed = ends - now >= 2 * MINUTE
        else:
            begun = following is not None and following[0] <= now + LEAD
            allowed = now - ends < 24 * 60 * MINUTE and not begun and closes > now + LEAD
            allowed = allowed and f"week-{week}" not in self.recognised
        if not allowed:
            return False
        self.weeks[week] = (opens, closes)
        if following and next_opens:
            self.weeks[after] = (next_opens, following[1])
        for _, number, attempt in self.everything():
            if number == week and attempt.fate == "open":
                attempt.due = min(attempt.started + attempt.limit, closes)
        self._headcount[week] = dict(self.inputs.headcount)
        self._rosters[week] = dict(self.inputs.rosters)
        return True

    def next_week(self, week: int) -> int:
        """The next week that is held, 0 if none is."""
        return next((number for number in self.weeks if number > week), 0)

    def cancel(self, week: int, now: int) -> bool:
        """A week to come is not held, or is held after all; whether that is allowed."""
        if week in self.weeks:
            if week not in self.coming(now):
                return False
            self.cancelled[week] = self.weeks.pop(week)
            return True
        opens, closes = self.cancelled[week]
        behind, ahead = [k for k in self.weeks if k < week], self.next_week(week)
        fits = self.weeks[behind[-1]][1] <= opens and (not ahead or closes <= self.weeks[ahead][0])
        if not fits or opens <= now + LEAD or now >= max(ends for _, ends in self.weeks.values()):
            return False
        self.weeks = dict(sorted({**self.weeks, week: self.cancelled.pop(week)}.items()))
        self._book[week] = self.inputs.book
        self._headcount[week], self._rosters[week] = dict(self.inputs.headcount), dict(self.inputs.rosters)
        return True

    def count_units(self, headcount: dict[str, int], rosters: Rosters, now: int) -> None:
        """Others, for all weeks that nobody can have closed by the time everybody has seen them."""
        self.inputs.headcount, self.inputs.rosters = headcount, rosters
        self._count(self._not_closed(now))

    def count_closed_weeks(self) -> None:
        """Today's headcounts and rosters hold for closed weeks too, but for those that are recognised."""
        self._count([week for week in self.weeks if f"week-{week}" not in self.recognised])

    def _count(self, weeks: list[int]) -> None:
        for week in weeks:
            self._headcount[week], self._rosters[week] = dict(self.inputs.headcount), dict(self.inputs.rosters)

    def _not_closed(self, now: int) -> list[int]:
        return [week for week, (_, closes) in self.weeks.items() if closes + GRACE + SETTLE > now + LEAD]

    def _units(self, headcounts: dict[str, int], rosters: Rosters) -> list[dict[str, Any]]:
        rows = [
            {
                "code": code,
                "bloc": "Trường học" if code == "TRUONG-C" else "Sở, ban, ngành",
                "headcount": headcount,
                "exempt": 1 if code == "SO-A" else 0,
                "parent": self.rules["parent"] if code == "TRUONG-C" else "",
            }
            for code, headcount in headcounts.items()
        ]
        for row in rows:
            if people := rosters.get(str(row["code"])):
                row.update(headcount=len(people), exempt=sum(people.values()))
        return rows

    def place(self, week: int, person: str) -> dict[str, Any]:
        """Unit and category in which somebody counts in the week, and whether obliged there."""
        listed = {
            who: (code, "mandatory", exempt)
            for code, people in self._rosters[week].items()
            for who, exempt in people.items()
        }
        unit = self.people[person].unit
        registered = (unit, "mandatory" if unit else "encouraged")
        return slow_rules.counted_as(person, registered, listed, ["mandatory"], "encouraged")

    def register(self, person: str, unit: str) -> None:
        self.people[person] = Person(unit)

    # The exam.

    def start(self, person: str, now: int, nonce: str) -> Attempt | Refusal:
        """A new attempt, or the one that is still open."""
        open_now = [(k, closes) for k, (opens, closes) in self.weeks.items() if opens <= now < closes]
        if not open_now:
            return NoOpenWeek
        week, closes = open_now[0]
        attempts = self.people[person].weeks.setdefault(week, [])
        if attempts and attempts[-1].fate == "open" and now <= attempts[-1].due + GRACE:
            return attempts[-1]
        if "starts" in self.stopped:
            return Stopped
        book = self.book(week)
        if len(attempts) == book["limit"]:
            return NoAttemptsLeft
        if attempts and attempts[-1].fate == "open":
            self.let_go(attempts[-1])
        due = min(now + book["time_limit"], closes)
        attempts.append(Attempt(len(attempts) + 1, now, nonce, due, book["time_limit"], book["overdue"]))
        return attempts[-1]

    def let_go(self, attempt: Attempt) -> None:
        """An overdue attempt counts with what is saved, but for the prediction, or not at all."""
        counts = attempt.overdue == "submit_saved" and attempt.saved is not None and attempt.saved.right > 0
        attempt.sheet = Sheet(attempt.saved.right, None) if counts and attempt.saved else None
        attempt.received = attempt.due + GRACE
        attempt.fate = "overdue" if counts else "discarded"

    def find(self, person: str, wanted: AttemptId) -> Attempt | None:
        for attempt in self.people[person].weeks.get(wanted.week, []):
            if (attempt.number, attempt.started, attempt.nonce) == wanted[1:]:
                return attempt
        return None

    def save(self, person: str, wanted: AttemptId, sheet: Sheet, base: int, now: int) -> int | Refusal | Told:
        """The new revision, or the stored one if the same is saved. Nothing older replaces what is saved."""
        attempt = self.find(person, wanted)
        if attempt is None:
            return AttemptNotFound
        if attempt.fate != "open":
            return Told(AlreadyFinished, attempt)
        if now > attempt.due:
            return Overdue
        if base == attempt.revision:
            attempt.saved, attempt.revision = sheet, max(base + 1, now - attempt.started)
        elif sheet != attempt.saved:
            return Told(Stale, attempt)
        return attempt.revision

    def submit(
        self, person: str, wanted: AttemptId, sheet: Sheet, base: int, now: int
    ) -> Attempt | Refusal | Told:
        """The first submission stands, whatever follows; it must build on the saved sheet or equal it."""
        attempt = self.find(person, wanted)
        if attempt is None:
            return AttemptNotFound
        if attempt.fate in ("submitted", "blank"):
            return attempt if sheet == attempt.sheet else Told(AlreadyFinished, attempt)
        if attempt.fate != "open" or now > attempt.due + GRACE:
            return Overdue
        if base != attempt.revision and sheet != attempt.saved:
            return Told(Stale, attempt)
        attempt.fate, attempt.sheet = "submitted" if sheet.right else "blank", sheet
        # By a clock that went back, it was received at its start; in the grace, at its end.
        attempt.received = attempt.due + GRACE if now > attempt.due else max(now, attempt.started)
        return attempt

    def seen(self, attempt: Attempt, now: int) -> Attempt:
        """The attempt as its owner sees it: an overdue one is over even before anybody records that."""
        if attempt.fate != "open" or now <= attempt.due + GRACE:
            return attempt
        over = replace(attempt)
        self.let_go(over)
        return over

    def everything(self) -> Iterator[tuple[str, int, Attempt]]:
        """Every attempt ever started, with its person and week."""
        for person, told in self.people.items():
            for week, attempts in told.weeks.items():
                for attempt in attempts:
                    yield person, week, attempt

    # The close.

    def ready(self, now: int) -> list[int]:
        """The weeks that may be closed."""
        return [week for week, (_, closes) in self.weeks.items() if closes + GRACE + SETTLE <= now]

    def settled(self, attempt: Attempt) -> Attempt:
        """The attempt as it counts when everything is over."""
        return self.seen(attempt, attempt.due + GRACE + 1)

    def counted(self, week: int) -> int:
        """The attempts that count."""
        out = self.inputs.not_counted(week)
        of_week = [
            self.settled(one) for who, number, one in self.everything() if number == week and who not in out
        ]
        return len([attempt for attempt in of_week if attempt.fate not in ("blank", "discarded")])

    def closes(self, roots: dict[int, str]) -> dict[int, slow_rules.Close]:
        """The slow rules' results under today's inputs, for the weeks that have a root of their hash tree."""
        prizes = [(name, count, None, 1, ()) for name, count in self.rules["prizes"]]
        played = [
            (
                self._played(week),
                root,
                {
                    **self.book(week),
                    "prizes": prizes,
                    "units": self._units(self._headcount[week], self._rosters[week]),
                    "barred": self.inputs.barred(week),
                    "number": week,
                    "recognised": self.recognised.get(f"week-{week}"),
                },
            )
            for week, root in roots.items()
        ]
        made = slow_rules.closes(played, self._units_today(), {**self.rules, "prizes": prizes})
        return dict(zip(roots, made, strict=True))

    def the_end(self, closes: dict[int, slow_rules.Close]) -> dict[str, Any]:
        """The final over closed weeks."""
        if "final" in self.recognised:
            told: dict[str, Any] = self.recognised["final"]
            return told
        of_the_end = [(name, count, None, 1, ()) for name, count in self.rules["final_prizes"]]
        rules = {**self.rules, "final_prizes": of_the_end}
        return slow_rules.the_end(list(closes.values()), self._units_today(), rules)

    def _units_today(self) -> list[dict[str, Any]]:
        return self._units(self.inputs.headcount, self.inputs.rosters)

    def _played(self, week: int) -> list[slow_rules.Person]:
        return [
            {
                "id": person,
                **self.place(week, person),
                "attempts": [self._counted(week, attempt) for attempt in told.weeks.get(week, [])],
            }
            for person, told in self.people.items()
            if person not in self.inputs.not_counted(week)
        ]

    def score(self, week: int, attempt: Attempt) -> int:
        """Of a settled attempt, under today's rulings; what the person was told is in the record."""
        if attempt.sheet is None:
            return 0
        asked = self._asked(week, attempt.nonce)
        blank = len(asked) - attempt.sheet.right
        filled = [(question, set() if k < blank else key) for k, (question, key) in enumerate(asked)]
        rulings = {ruled.question: ruled.keys for ruled in self.inputs.rulings if week in ruled.weeks}
        return slow_rules.points(filled, dict(asked), rulings)

    def _counted(self, week: int, attempt: Attempt) -> slow_rules.Attempt:
        settled = self.settled(attempt)
        _, _, received, duration, _, guess, _, fate = settled.record
        return {
            "number": attempt.number,
            "score": self.score(week, settled),
            "prediction": guess,
            "duration": duration,
            "received": received,
            "counts": fate not in ("blank", "discarded"),
            "overdue": fate == "overdue",
        }
