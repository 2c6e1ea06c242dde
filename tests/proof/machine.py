"""A contest in which anything happens in any order, beside a model that knows the outcome it must have."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from io import StringIO
from itertools import permutations
from typing import Any, Literal, NamedTuple, cast

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from msgspec.structs import replace

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.bundle import Records
from chalicelib.documents.canonical import digest
from chalicelib.documents.closed_week import ClosedFinal, ClosedWeek
from chalicelib.documents.consequences import CloseChange
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.intake_answer import IntakeAnswer
from chalicelib.documents.typed import decode
from chalicelib.domain.attempt import AttemptId, Entry, Finished
from chalicelib.domain.bank import Bank
from chalicelib.domain.closeout import Draw
from chalicelib.domain.definition import Definition
from chalicelib.domain.errors import (
    AlreadyFinished,
    AlreadyRegistered,
    AttemptNotFound,
    Busy,
    ContestError,
    Stale,
    Stopped,
)
from chalicelib.domain.identity import participant_id
from chalicelib.domain.merkle import leaf_hash
from chalicelib.domain.paper import Paper, decode_answers, draw
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.times import rfc3339
from chalicelib.readers.plain import read_file
from chalicelib.reports.bank_preview import preview_page
from chalicelib.services.closing.close_weeks import Closed, CloseWeeks, LostRace
from chalicelib.services.closing.consequences import change
from chalicelib.services.closing.shares import Shares
from chalicelib.services.contest.checked import POINTERS
from chalicelib.services.contest.reference import load
from chalicelib.services.exam.exam import Exam, OpenPaper, Person
from chalicelib.services.intake.intake import Intake
from chalicelib.services.intake.place import rightly
from chalicelib.services.log.facts import facts
from chalicelib.services.people.registration import Application, register
from chalicelib.services.people.sessions import sign_in
from chalicelib.services.ports import (
    SHARDS,
    CurrentRevision,
    EntryStore,
    ParticipantStore,
)
from chalicelib.services.publishing.published import show_contest
from tests.closer import closer, made_beforehand, told_log
from tests.csv_rows import csv_rows
from tests.domain import slow_rules
from tests.fakes import (
    SALT_KEY,
    START_MS,
    UNITS,
    Clock,
    MemoryObjects,
    MemoryProofs,
    MemoryRevisions,
    MemoryRevocations,
    MemorySignIns,
    PlainPasswords,
    collectors,
    definition,
    in_shards,
    questions,
)
from tests.proof.backends import Backend, MakeBackend
from tests.proof.files import (
    ANNULMENTS,
    CALENDAR,
    EXCLUSIONS,
    GUIDE,
    RECOGNITIONS,
    RULINGS,
    SWITCHES,
    questions_of,
    toml_of,
    units_of,
    zipped,
)
from tests.proof.files import ROSTERS as ROSTERS_HEADER
from tests.proof.model import (
    GRACE,
    LEAD,
    LIMIT,
    MINUTE,
    PAUSE,
    QUESTIONS,
    SECOND,
    SETTLE,
    WEEK,
    Annulled,
    Attempt,
    Model,
    Refusal,
    Rosters,
    Ruled,
    Sheet,
    Told,
)
from tests.proof.troubles import NO_TROUBLE, Archive, Kind, Line, Shaky, Trouble
from tests.services.exam.exam_room import right
from verify.__main__ import main as verify

COMPLAINTS = 120 * MINUTE
PEPPER = b"pepper"
PASSWORDS = PlainPasswords()
PASSWORD = "mot hai ba bon"
TODAY = date(2022, 8, 22)
BORN = date(1990, 5, 6)
# Citizen ID → unit; people without a unit take part of their own accord.
PEOPLE = {
    "040090000001": "SO-A",
    "040090000002": "SO-A",
    "040090000003": "SO-B",
    "040090000004": "SO-B",
    "040090000005": "TRUONG-C",
    "040090000006": "",
}
CITIZENS = list(PEOPLE)
# Whom each unit lists when it sends a roster, and whether they are exempt; some registered elsewhere.
ROSTERS = {
    "SO-A": {"040090000001": False, "040090000003": False, "040090000006": True},
    "SO-B": {"040090000004": False, "040090000002": True},
    "TRUONG-C": {"040090000005": False},
}
IDS = {participant_id(PEPPER, citizen_id): citizen_id for citizen_id in CITIZENS}

Base = Literal["told", "none", "invented"]
FIELDS = ["score", "prediction", "duration", "submitted", "attempts"]
# With few fields there are ties.
ORDERS = [order for length in range(1, 6) for order in permutations(FIELDS, length)]

unit_prizes = st.fixed_dictionaries(
    {
        "when": st.sampled_from(["week", "final"]),
        "count": st.integers(1, 2),
        "by": st.sampled_from(["score", "rate", "people", "attempts", "winners"]),
        "once": st.booleans(),
        "level": st.sampled_from(["top", "top", "leaf"]),
        "blocs": st.sampled_from([[], ["Sở, ban, ngành"], ["Trường học"]]),
        "obliged_from": st.sampled_from([0, 0, 2]),
        "obliged_to": st.sampled_from([None, None, 3]),
        "min_rate": st.sampled_from([[[None, "0"]], [[2, "0.5"], [None, "0.2"]]]),
        "min_people": st.integers(1, 2),
        "min_winners": st.sampled_from([0, 0, 1]),
    }
)


def reachable(rules: dict[str, Any]) -> dict[str, Any]:
    """Prizes that some unit can have: a school below a unit is none without a parent."""
    for prize in rules["unit_prizes"]:
        if rules["parent"] and prize["blocs"] == ["Trường học"]:
            prize["level"] = "leaf"
    return rules


contests = st.fixed_dictionaries(
    {
        "weeks": st.sampled_from([2, 1, 3, 3]),
        "limit": st.sampled_from([3, 2, 1, 3]),
        "overdue": st.sampled_from(["submit_saved", "submit_saved", "discard"]),
        "target": st.sampled_from([None, "perfect_people", "perfect_people", "people", "attempts"]),
        "counts": st.sampled_from(["first", "first", "each"]),
        "order": st.sampled_from(ORDERS),
        "one_prize": st.sampled_from(["contest", "contest", "no"]),
        "min_duration": st.sampled_from([0, 0, MINUTE]),
        "prizes": st.sampled_from([[("first", 1)], [("first", 1), ("second", 2)]]),
        "final_prizes": st.sampled_from([[], [("best", 1)], [("best", 2), ("good", 1)]]),
        "weights": st.sampled_from([("0.5", "0.2", "0.3"), ("0", "1", "0"), ("0", "0", "1")]),
        "volume": st.sampled_from(["obliged", "people", "attempts"]),
        "participation_min_score": st.sampled_from([0, 0, 1, 2]),
        "smallest_group": st.sampled_from([1, 2, 4]),
        # The unit above the school.
        "parent": st.sampled_from(["", "SO-B", "SO-A"]),
        "unit_prizes": st.lists(unit_prizes, max_size=3).map(
            lambda drawn: [
                {**prize, "name": f"prize-{k}", "once": prize["once"] and prize["when"] == "week"}
                for k, prize in enumerate(drawn)
            ]
        ),
        "questions": st.just(QUESTIONS),
        "time_limit": st.just(LIMIT),
        # The differences when an organiser changes questions and rules.
        "other": st.fixed_dictionaries(
            {
                "questions": st.sampled_from([QUESTIONS, QUESTIONS + 1, QUESTIONS - 1]),
                "time_limit": st.sampled_from([LIMIT, LIMIT // 2]),
                "limit": st.sampled_from([3, 2]),
                "overdue": st.sampled_from(["submit_saved", "discard"]),
                "target": st.sampled_from([None, "perfect_people", "people"]),
                "counts": st.sampled_from(["first", "each"]),
                "order": st.sampled_from(ORDERS),
                "min_duration": st.sampled_from([0, MINUTE]),
            }
        ),
    }
).map(reachable)
someone = st.integers(0, len(PEOPLE) - 1)
sheets = st.builds(
    Sheet, st.sampled_from([*range(QUESTIONS), QUESTIONS, QUESTIONS, QUESTIONS]), st.none() | st.integers(0, 4)
)
# Each builds on the revision that it was last told, or on another, as no honest page does.
devices = st.sampled_from(["phone", "computer"])
bases: st.SearchStrategy[Base] = st.sampled_from(["told", "told", "told", "told", "none", "invented"])
# Usually the person's last attempt, or one before it.
which = st.sampled_from([0, 0, 0, 1, 2, 5])
kinds = st.sampled_from(["none", "none", "none", "before", "after", "twice", "meanwhile"])
others = st.sampled_from(["start", "save", "submit", "sit", "wait"])
# The parts of a save and of a submission.
sending: dict[str, st.SearchStrategy[Any]] = {
    "who": someone,
    "which": which,
    "sheet": sheets,
    "device": devices,
    "base": bases,
    "kind": kinds,
    "other": others,
    "others_sheet": sheets,
}
spans = st.sampled_from([0, 1, 20, 59, 60, 600, 610, 611])
endings = st.sampled_from(["submit", "submit", "submit", "save and submit", "save", "leave"])
# What and who; few, so that earlier inputs come back.
changes = st.tuples(
    st.sampled_from(
        [
            "exclude",
            "admit",
            "unrank",
            "annul",
            "uncount",
            "pardon",
            "headcount",
            "roster",
            "book",
            "ruling",
            "ruling",
        ]
    ),
    st.integers(0, len(UNITS) - 1),
)


class Message(NamedTuple):
    """A request as it was sent; a line may deliver it again, and much later."""

    what: Literal["save", "submit"]
    person: Person
    attempt: AttemptId
    sheet: Sheet
    base: int


class Waiting(NamedTuple):
    """What a file was answered with, and what the model makes of it once it is confirmed."""

    shown: list[CloseChange]
    adopt: Callable[[], None]


class Run(NamedTuple):
    """A run of the close: first ``news`` or none, then trouble at some step."""

    news: tuple[str, int] | None
    kind: Kind
    step: int


run = st.builds(Run, st.none() | changes, kinds, st.integers(0, 74))


def contest_of(rules: dict[str, Any]) -> Definition:
    """The definition by one book of rules."""
    weights = dict(zip(("participation", "volume", "quality"), map(Decimal, rules["weights"]), strict=True))
    contest = definition(
        contest={
            "weeks": rules["weeks"],
            "week_length": f"PT{WEEK // SECOND}S",
            "pause": f"PT{PAUSE // SECOND}S",
            "grace": f"PT{GRACE // SECOND}S",
            "settle": f"PT{SETTLE // SECOND}S",
            "complaints": f"PT{COMPLAINTS // SECOND}S",
        },
        paper={
            "questions": rules["questions"],
            "time_limit": f"PT{rules['time_limit'] // SECOND}S",
            "attempts_per_week": rules["limit"],
            "overdue": rules["overdue"],
            "min_duration": f"PT{rules['min_duration'] // SECOND}S",
        },
        prediction={"target": rules["target"] or "people", "counts": rules["counts"]},
        ranking={
            "order": rules["order"],
            "one_prize": rules["one_prize"],
            "final": bool(rules["final_prizes"]),
        },
        prizes=[
            {"name": name, "title": "Giải", "count": number, "when": when}
            for when, prizes in (("week", rules["prizes"]), ("final", rules["final_prizes"]))
            for name, number in prizes
        ],
        unit_score={
            "weights": weights,
            "volume": rules["volume"],
            "participation_min_score": rules["participation_min_score"],
        },
        unit_prizes=[{**prize, "title": "Giải"} for prize in rules["unit_prizes"]],
        publication={"smallest_group": rules["smallest_group"]},
    )
    return contest if rules["target"] else contest.model_copy(update={"prediction": None})


# The same questions twice, with different right answers.
BANKS = [
    Bank(digest(compiled.encode_bank(bank)), bank)
    for bank in (
        questions(),
        tuple(question._replace(answer=2 if question.answer == 1 else 1) for question in questions()),
    )
]


# Rulings come from few values: on which question, for which weeks, which keys; without any, all are right.
RULED = ["Q001", "Q004", "Q007"]
WEEKS: list[tuple[int, ...]] = [(1,), (1, 2, 3), (2, 3)]
KEYS: list[list[set[str]]] = [[], [{"A"}], [{"A"}, {"B"}], [{"B"}]]


Documents = dict[str, ClosedWeek | ClosedFinal]


class Died(Exception):
    """The power went off in the middle of a close."""


class ContestMachine(RuleBasedStateMachine):
    """One contest on a fresh back-end. Every rule acts on ``model`` as well; both have to agree."""

    make: MakeBackend

    def __init__(self) -> None:
        super().__init__()
        self.backend: Backend = type(self).make()
        self.clock = Clock(START_MS)
        self.exam_line, self.close_line = Line(Busy), Line(Died)
        self.desk, self.site = Archive(), MemoryObjects()
        self.intake = Intake(
            self.desk,
            self.site,
            PEPPER,
            to_rules=lambda *_: "",
            clock=self.clock,
            write_book=lambda *_: b"",
            published=self.calm(),
            people=lambda: self.backend.participants,
            revocations=MemoryRevocations,
            to_preview=preview_page,
        )
        self.attempts: list[tuple[str, AttemptId]] = []
        self.told: dict[tuple[AttemptId, str], int] = {}
        self.sent: list[Message] = []
        self.acknowledged: dict[tuple[str, AttemptId], Finished] = {}
        self.pointers: dict[str, CurrentRevision] = {}
        self.checked: dict[str, CurrentRevision] = {}
        self.results: dict[tuple[str, str], str] = {}
        self.roots: dict[tuple[str, str], str] = {}
        # What has been taken over is not yet in the results; the changes by code; those that are carried out.
        self.unsettled = False
        self.waiting: dict[str, Waiting] = {}
        self.confirmed: list[str] = []
        # What is published, and how the next run has to change it.
        self.published: Documents = {}
        self.awaited: list[CloseChange] = []
        self.signed: Documents = {}
        # So that chance does not spend the walk on them.
        self.cancels, self.stops = 2, 4
        self.ever: set[tuple[str, int, str]] = set()
        self.entries: dict[int, list[Entry]] = {}
        self.serial, self.nonces = 0, [""]

    @initialize(rules=contests, people=st.integers(3, len(PEOPLE)))
    def open(self, rules: dict[str, Any], people: int) -> None:
        self.model = Model(rules, self.keys_of)
        self.contests = [contest_of(book) for book in self.model.books]
        assert self.send("contest.zip", self.contest_zip(0)).accepted
        for citizen_id in CITIZENS[:people]:
            self._register(citizen_id)

    # The organisers' files.

    def contest_zip(self, book: int) -> bytes:
        """The whole contest by this book, with the lists in force."""
        inputs = self.model.inputs
        files = {
            "contest.toml": toml_of(self.contests[book]),
            "questions.csv": questions_of(BANKS[self.model.books[book]["bank"]].questions),
            "units.csv": self.units_file(inputs.headcount),
            "rosters.csv": rosters_file(inputs.rosters),
            "exclusions.csv": exclusions_file(inputs.excluded, inputs.unranked),
            "guide.md": GUIDE,
        }
        return zipped(files)

    def units_file(self, headcount: Mapping[str, int]) -> str:
        return units_of(
            unit._replace(
                headcount=headcount[unit.code],
                exempt=int(unit.code == "SO-A"),
                parent=self.model.rules["parent"] if unit.code == "TRUONG-C" else "",
            )
            for unit in UNITS
        )

    def send(self, file: str, content: str | bytes) -> IntakeAnswer:
        """Puts a file into the inbox. One that is refused changes nothing."""
        pointer, site = self.desk.get(CURRENT), dict(self.site.objects)
        data = content.encode() if isinstance(content, str) else content
        answer = self.intake.take_over(rightly(file), read_file(file, data), self.clock.moment())
        after = self.desk.get(CURRENT)
        assert after, answer.faults
        if not answer.accepted:
            assert (after, self.site.objects) == (pointer, site), "a refused file has changed something"
        elif after != pointer:
            self.unsettled = True
            self.reference = load(self.desk, ContestInForce.decode(after))
            told_log(self.site).note(self.reference, self.clock(), self.leaves())
            entries = cast(EntryStore, Shaky(self.backend.entries, self.exam_line))
            self.exam = Exam(self.reference, entries, self.nonce)
        return answer

    def propose(
        self,
        file: str,
        text: str | bytes,
        adopt: Callable[[], None],
        everywhere: Callable[[], None] | None = None,
        *,
        confirm: bool = True,
    ) -> IntakeAnswer:
        """Sends a file and, if that is asked for and ``confirm``, its confirmation.

        ``adopt`` tells the model; ``everywhere`` does so if a file that was taken over is confirmed.
        """
        answer = self.send(file, text)
        if answer.accepted:
            adopt()
        if code := answer.taken.get("code"):
            assert answer.consequences
            assert answer.consequences.closes
            self.waiting[code] = Waiting(list(answer.consequences.closes), everywhere or adopt)
            if confirm and not (everywhere and self.behind()):
                assert self._confirm(code), "what has just been shown cannot be confirmed"
        elif not answer.accepted:
            self.check_refusal(answer)
        return answer

    def behind(self) -> bool:
        """Whether published results do not yet follow from what is in force."""
        return not self.calm().settled(self.reference, self.clock())

    def _confirm(self, code: str) -> bool:
        """Carries out exactly what was shown, or nothing."""
        if not self.behind():  # whatever a run that met trouble has made
            self.check_archive()
            self.check_changes()
        answer = self.send(f"confirm-{code}.txt", "theo biên bản số 3")
        if answer.accepted and code not in self.confirmed:
            assert self.awaited == []
            self.confirmed.append(code)
            self.awaited = self.waiting[code].shown
            self.waiting[code].adopt()
        elif not answer.accepted:
            self.check_refusal(answer, "kết quả đã thay đổi từ khi có mã này")
        return answer.accepted

    def check_refusal(self, answer: IntakeAnswer, *known: str) -> None:
        """There was a reason: ``known``, or what the results would come to."""
        reasons = [*known]
        reasons += ["hệ thống đang tổng hợp lại kết quả"] if self.unsettled else []
        reasons += ["kết quả đã được công nhận"] if self.model.recognised else []
        for fault in answer.faults:
            assert any(reason in fault.message for reason in reasons), fault

    @precondition(lambda self: self.waiting)
    @rule(back=st.sampled_from([0, 0, 1, 2, 3]))
    def confirm(self, back: int) -> None:
        """A code of some time ago, or one that was confirmed already."""
        codes = list(self.waiting)
        self._confirm(codes[max(len(codes) - 1 - back, 0)])

    def nonce(self) -> str:
        """The same for everything that one call starts, so that the model knows it too."""
        return self.nonces[-1]

    # Taking part.

    @rule(who=someone, trouble=st.sampled_from(["none", "before", "after", "twice"]))
    def register(self, who: int, trouble: Any) -> None:
        self._register(CITIZENS[who], Trouble(trouble, at=2))  # at the write: who has the number is read first

    def _register(self, citizen_id: str, trouble: Trouble = NO_TROUBLE) -> None:
        unit, person = PEOPLE[citizen_id], participant_id(PEPPER, citizen_id)
        application = Application(
            citizen_id, name_of(person), BORN, "male", "0912345678",
            unit or None, category_of(unit), PASSWORD, consent=True,
        )  # fmt: skip
        people = cast(ParticipantStore, Shaky(self.backend.participants, self.exam_line))
        answer, _ = self.ask(
            trouble,
            lambda: (
                self.reference.check_on("registration"),
                register(
                    application,
                    self.reference,
                    people,
                    PASSWORDS,
                    PEPPER,
                    self.clock(),
                    TODAY,
                    *[lambda _: None] * 2,
                ).participant_id,
            )[-1],
        )
        barred = Stopped if "registration" in self.model.stopped else self.model.inputs.refusal(person)
        expected: str | Refusal = barred or person
        if not barred:
            known = person in self.model.people
            # Sent twice, the second request finds the person's own registration.
            if known or trouble.kind == "twice":
                expected = AlreadyRegistered
            elif trouble.kind in {"before", "after"}:
                expected = Busy
            if not known and trouble.kind != "before":
                self.model.register(person, unit)
        assert answer == expected

    @rule(who=someone)
    def sign_in(self, who: int) -> None:
        person = self.person(who).participant_id
        answer, _ = self.ask(
            NO_TROUBLE,
            lambda: (
                self.reference.check_on("sign_in"),
                sign_in(
                    IDS[person],
                    PASSWORD,
                    None,
                    "203.0.113.7",
                    self.reference,
                    self.backend.participants,
                    MemorySignIns(),
                    MemoryProofs(),
                    PASSWORDS,
                    PEPPER,
                    self.clock(),
                ).participant_id,
            )[-1],
        )
        stopped = Stopped if "sign_in" in self.model.stopped else None
        assert answer == (stopped or self.model.inputs.refusal(person) or person)

    @rule(who=someone, device=devices, kind=kinds, at=st.integers(1, 2), other=others, sheet=sheets)
    def start(self, who: int, device: str, kind: Any, at: int, other: Any, sheet: Sheet) -> None:
        person = self.person(who)
        self._start(person, Trouble(kind, at, lambda: self.do(other, person, sheet)), device)

    @rule(**sending)
    def save(self, **drawn: Any) -> None:
        self.fill_in("save", **drawn)

    @rule(**sending)
    def submit(self, **drawn: Any) -> None:
        self.fill_in("submit", **drawn)

    @precondition(lambda self: self.sent)
    @rule(back=st.sampled_from([0, 0, 0, 1, 1, 2, 3, 5, 8]), kind=kinds)
    def arrive_once_more(self, back: int, kind: Any) -> None:
        """An earlier request, repeated by a page or delivered by a slow line."""
        message = self.sent[max(len(self.sent) - 1 - back, 0)]
        self._send(message, Trouble(kind, 1))

    @rule(who=someone, which=which, device=devices)
    def load_the_page(self, who: int, which: int, device: str) -> None:
        """The page on this device reads what is saved."""
        person = self.person(who)
        attempt = self.attempt_of(person, which)
        if attempt:
            seen = self.exam.read(person, attempt, self.clock())
            if isinstance(seen, OpenPaper):
                self.told[attempt, device] = seen.revision

    @rule(crowd=st.lists(st.tuples(someone, sheets, spans, endings), min_size=2, max_size=8))
    def sit(self, crowd: list[tuple[int, Sheet, int, str]]) -> None:
        """Whole attempts, one after another, as most are, and some that are left open."""
        for who, sheet, seconds, ending in crowd:
            person = self.person(who)
            self._start(person)
            if ending in {"save", "save and submit"}:
                self.do("save", person, Sheet(QUESTIONS - sheet.right, sheet.guess))
            self.clock.now += seconds * SECOND
            if ending in {"submit", "save and submit"}:
                self.do("submit", person, sheet)

    @rule(who=someone, sheet=sheets, behind=st.sampled_from([1, SECOND, WEEK]))
    def submit_to_a_clock_that_went_back(self, who: int, sheet: Sheet, behind: int) -> None:
        """The answers reach a server whose clock is ``behind`` the one that recorded the start."""
        person = self.person(who)
        self._start(person)
        attempt = self.attempt_of(person, 0)
        told = attempt and self.model.find(person.participant_id, attempt)
        if attempt and told and told.fate == "open" and self.clock() <= told.due + GRACE:
            message = Message("submit", person, attempt, sheet, told.revision)
            self._submit(message, now=told.started - behind)

    @rule(who=someone, sheet=sheets, first=st.booleans())
    def start_as_a_submission_arrives(self, who: int, sheet: Sheet, first: bool) -> None:  # noqa: FBT001
        """Answers arrive in the last millisecond of the grace, and a second tab starts the next attempt."""
        person = self.person(who)
        attempt = self.attempt_of(person, 0)
        told = attempt and self.model.find(person.participant_id, attempt)
        if not attempt or not told or told.fate != "open" or not self.clock() <= told.due + GRACE:
            return
        self.clock.now = told.due + GRACE
        message = Message("submit", person, attempt, sheet, told.revision)
        if first:
            in_time = self.clock()

            def arrive() -> None:
                self._submit(message, now=in_time)

            self.clock.now += 1
            self._start(person, Trouble("meanwhile", 2, arrive))
        else:

            def restart() -> None:
                self.clock.now += 1
                self._start(person)

            self._submit(message, Trouble("meanwhile", 1, restart))

    @rule(who=someone, which=which)
    def look(self, who: int, which: int) -> None:
        """The attempt, and the list of all attempts, as their owner sees them."""
        person, now = self.person(who), self.clock()
        attempt = self.attempt_of(person, which)
        if attempt:
            told = self.model.find(person.participant_id, attempt)
            assert told
            seen = self.exam.read(person, attempt, now)
            assert self.tell(seen) == self.expected(self.model.seen(told, now))
        for entry in self.exam.history(person, now):
            attempts = self.model.people[person.participant_id].weeks[entry.week]
            finished = [told for told in (self.model.seen(a, now) for a in attempts) if told.fate != "open"]
            assert [self.tell(record) for record in entry.finished] == [
                self.expected(told) for told in finished
            ]

    @precondition(lambda self: self.attempts)
    @rule(
        who=someone,
        any_attempt=st.integers(0, 20),
        forged=st.sampled_from(["owner", "number", "nonce", "week"]),
    )
    def forge(self, who: int, any_attempt: int, forged: str) -> None:
        """Another person's attempt, or one that was never started."""
        now = self.clock()
        owner, attempt = self.attempts[any_attempt % len(self.attempts)]
        person = self.person(who) if forged == "owner" else self.person_of(owner)
        changed = {
            "owner": attempt,
            "number": attempt._replace(number=attempt.number + 1),
            "nonce": attempt._replace(nonce="f" * 16),
            "week": attempt._replace(week=attempt.week % self.model.rules["weeks"] + 1),
        }[forged]
        if self.model.find(person.participant_id, changed) is not None:
            return
        calls: list[Callable[[], Any]] = [
            lambda: self.exam.submit(person, changed, {}, None, 0, now),
            lambda: self.exam.save(person, changed, {}, None, 0, now),
            lambda: self.exam.read(person, changed, now),
        ]
        assert [self.ask(NO_TROUBLE, call)[0] for call in calls] == [AttemptNotFound] * 3
        self.check(self.person_of(owner))

    @rule(choice=st.sampled_from([0, 0, 0, 1, 1, 2, 3]), early=st.sampled_from([0, 0, 1]))
    def wait(self, choice: int, early: int) -> None:
        """Waits for a moment at which something changes, or for the last millisecond before it."""
        now = self.clock()
        moments = {now + 5 * SECOND, now + 3 * MINUTE}
        for opens, closes in self.model.weeks.values():
            moments |= {opens - LEAD, opens, closes, closes + GRACE + SETTLE}
        moments |= {pointer.at + COMPLAINTS for pointer in self.pointers.values()}
        for _, _, attempt in self.model.everything():
            if attempt.fate == "open":
                moments |= {attempt.due, attempt.due + GRACE, attempt.due + GRACE + 1}
        ahead = sorted(moment for moment in moments if moment - early > now)
        self.clock.now = ahead[choice % len(ahead)] - early

    def ask(self, trouble: Trouble, call: Callable[[], Any]) -> tuple[Any, bool]:
        """The call's result, or its refusal (the class if it tells nothing more); and whether a call that was
        cut off was made.
        """
        self.exam_line.expect(trouble)
        try:
            answer = call()
        except (Stale, AlreadyFinished) as refused:
            answer = refused
        except ContestError as refused:
            answer = type(refused)
        written = self.exam_line.written
        self.exam_line.expect(NO_TROUBLE)
        return answer, written

    @precondition(lambda self: self.under_way())
    @rule(early=st.sampled_from([0, 0, 0, 1]))
    def let_the_week_pass(self, early: int) -> None:
        """Waits until the week may be closed, or until the last millisecond before."""
        ready = (closes + GRACE + SETTLE - early for _, closes in self.model.weeks.values())
        self.clock.now = next((moment for moment in ready if moment > self.clock.now), self.clock.now)
        self.run_close()

    # The building blocks: the call, the model's answer, and a check that both are the same.

    def do(self, what: str, person: Person, sheet: Sheet) -> None:
        """Something else happens, without trouble, on a device that knows what is saved; ``wait`` is the
        longest that a request may hang.
        """
        attempt = self.attempt_of(person, 0)
        if what == "wait":
            self.clock.now += SETTLE - 1
            self.run_close()
        elif what == "sit":
            self._start(person)
            self.do("submit", person, sheet)
        elif what == "start":
            self._start(person)
        elif attempt and what in {"save", "submit"}:
            told = self.model.find(person.participant_id, attempt)
            assert told
            self._send(Message(cast(Any, what), person, attempt, sheet, told.revision))

    def base(self, attempt: AttemptId, device: str, base: Base) -> int:
        told = self.told.get((attempt, device), 0)
        return {"told": told, "none": 0, "invented": told + 1}[base]

    def fill_in(
        self,
        what: Literal["save", "submit"],
        who: int,
        which: int,
        sheet: Sheet,
        device: str,
        base: Base,
        kind: Any,
        other: Any,
        others_sheet: Sheet,
    ) -> None:
        person = self.person(who)
        attempt = self.attempt_of(person, which)
        if attempt:
            message = Message(what, person, attempt, sheet, self.base(attempt, device, base))
            self._send(message, Trouble(kind, 1, lambda: self.do(other, person, others_sheet)), device)

    def _start(self, person: Person, trouble: Trouble = NO_TROUBLE, device: str = "phone") -> None:
        self.serial += 1
        now, nonce = self.clock(), f"{self.serial:016x}"
        self.nonces.append(nonce)
        answer, written = self.ask(trouble, lambda: self.exam.start(person, now))
        self.nonces.pop()
        if answer is Busy and not written:
            return self.check(person)
        told = self.model.start(person.participant_id, now, nonce)
        if isinstance(told, Attempt):
            known = (person.participant_id, self.id_of(told))
            if known not in self.attempts:
                self.attempts.append(known)
        if answer is not Busy:
            paper = answer if isinstance(answer, type) else answer[0]
            assert self.tell(paper) == self.expected(told)
            if isinstance(answer, tuple) and isinstance(told, Attempt):
                self.told[answer[0].attempt, device] = answer[0].revision
                assert written or answer[1] == (told.nonce == nonce)
        return self.check(person)

    def _send(self, message: Message, trouble: Trouble = NO_TROUBLE, device: str = "phone") -> None:
        self.sent.append(message)
        if message.what == "save":
            self._save(message, trouble, device)
        else:
            self._submit(message, trouble)

    def _save(self, message: Message, trouble: Trouble, device: str) -> None:
        _, person, attempt, sheet, base = message
        now = self.clock()
        sheet = self.asked(attempt.week, sheet)
        answer, written = self.ask(
            trouble,
            lambda: self.exam.save(person, attempt, self.filled(attempt, sheet), sheet.guess, base, now),
        )
        if answer is Busy and not written:
            return self.check(person)
        told = self.model.save(person.participant_id, attempt, sheet, base, now)
        if answer is not Busy:
            assert self.tell(answer) == self.expected(told)
            if isinstance(answer, int | Stale):
                self.told[attempt, device] = answer if isinstance(answer, int) else answer.revision
        return self.check(person)

    def _submit(self, message: Message, trouble: Trouble = NO_TROUBLE, now: int | None = None) -> None:
        _, person, attempt, sheet, base = message
        now = self.clock() if now is None else now
        sheet = self.asked(attempt.week, sheet)
        answer, written = self.ask(
            trouble,
            lambda: self.exam.submit(person, attempt, self.filled(attempt, sheet), sheet.guess, base, now),
        )
        if answer is Busy and not written:
            return self.check(person)
        told = self.model.submit(person.participant_id, attempt, sheet, base, now)
        if answer is not Busy:
            assert self.tell(answer) == self.expected(told)
            if isinstance(answer, Finished):
                first = self.acknowledged.setdefault((person.participant_id, attempt), answer)
                assert answer == first, "a repeated submission has another result"
        return self.check(person)

    def check(self, person: Person) -> None:
        """The person's entries match the model, to the last attribute."""
        for week, attempts in self.model.people[person.participant_id].weeks.items():
            self.check_entry(week, self.backend.entries.get(week, person.participant_id), attempts)

    def check_entry(self, week: int, entry: Entry | None, attempts: list[Attempt]) -> None:
        if not attempts:
            assert entry is None
            return
        assert entry is not None
        assert entry.used == len(attempts) <= self.model.book(week)["limit"]
        finished = [self.expected(told) for told in attempts if told.fate != "open"]
        assert [self.tell(record) for record in entry.finished] == finished
        if attempts[-1].fate != "open":
            assert entry.open is None
            return
        last = attempts[-1]
        assert entry.open is not None
        assert entry.open[:3] == (last.number, last.started, last.nonce)
        assert (entry.open.saved is None) == (last.saved is None)
        assert entry.open.guess == (last.saved and last.saved.guess)
        assert entry.open.revision == last.revision

    # Closing.

    @precondition(lambda self: self.model.ready(self.clock()))
    @rule(runs=st.lists(st.tuples(run, st.lists(run, max_size=2)), max_size=4))
    def close(self, runs: list[tuple[Run, list[Run]]]) -> None:
        """Runs with the same inputs or newer ones; each may die at any call or be overtaken by others."""
        for one, others in runs:
            self._run(one, others)
        self.run_close()

    def _run(self, one: Run, others: Sequence[Run] = ()) -> None:
        def overtake() -> None:
            for other in others:
                self._run(other)

        if one.news:
            self._change(*one.news)
        step = one.step % (25 * max(1, len(self.model.ready(self.clock())))) + 1
        self.run_close(Trouble(one.kind, step, overtake))

    @rule(news=changes, confirm=st.sampled_from([True, True, False]))
    def change(self, news: tuple[str, int], confirm: bool = True) -> None:  # noqa: FBT001
        """New inputs, in force from the next call on, or waiting for their confirmation."""
        self._change(*news, confirm=confirm)

    def _change(self, what: str, who: int, *, confirm: bool = True) -> None:
        inputs, person = self.model.inputs, participant_id(PEPPER, CITIZENS[who])
        if what in {"exclude", "unrank", "admit"}:
            out = inputs.excluded | {person} if what == "exclude" else inputs.excluded - {person}
            unranked = inputs.unranked | {person} if what == "unrank" else inputs.unranked - {person}

            def exclude() -> None:
                inputs.excluded, inputs.unranked = out, unranked

            self.propose("exclusions.csv", exclusions_file(out, unranked), exclude, confirm=confirm)
        elif what in {"annul", "uncount", "pardon"}:
            effect = {"annul": "no_prize", "uncount": "not_counted", "pardon": "none"}[what]
            weeks = (min(self.model.weeks),) if what == "uncount" else ()
            row = f"{IDS[person]},,{';'.join(map(str, weeks))},{effect},2022-08-29,thi hộ\n"
            made = Annulled(person, weeks, effect)
            self.propose(
                "annulments.csv", ANNULMENTS + row, lambda: inputs.annulments.append(made), confirm=confirm
            )
        elif what == "ruling":
            self._rule(RULED[who], confirm=confirm)
        elif what == "headcount":
            code = UNITS[who].code
            headcount = {**inputs.headcount, code: 4 if inputs.headcount[code] == 1 else 1}
            file = self.units_file(headcount)
            self._count_units("units.csv", file, headcount, inputs.rosters, confirm=confirm)
        elif what == "roster":
            code, rosters = UNITS[who].code, dict(inputs.rosters)
            if rosters.pop(code, None) is None:
                rosters[code] = {participant_id(PEPPER, one): exempt for one, exempt in ROSTERS[code].items()}
            self._count_units("rosters.csv", rosters_file(rosters), inputs.headcount, rosters, confirm=confirm)
        elif what == "book":
            self._choose(who % 2)

    def _rule(self, question: str, *, confirm: bool) -> None:
        self.serial += 1
        weeks = tuple(week for week in WEEKS[self.serial % 3] if week in self.model.weeks)
        keys = KEYS[self.serial % 4]
        if not weeks:
            return
        answer = ";".join(letter for key in keys for letter in key)
        named = ";".join(map(str, weeks))
        row = f"{question},{named},{'key' if keys else 'all_right'},{answer},sai đáp án\n"
        made = Ruled(question, weeks, keys)
        self.propose(
            "rulings.csv", RULINGS + row, lambda: self.model.inputs.rulings.append(made), confirm=confirm
        )

    def _count_units(
        self, file: str, text: str, headcount: dict[str, int], rosters: Rosters, *, confirm: bool
    ) -> None:
        self.propose(
            file,
            text,
            lambda: self.model.count_units(headcount, rosters, self.clock()),
            self.model.count_closed_weeks,
            confirm=confirm,
        )

    def _choose(self, book: int) -> None:
        held = {self.model.inputs.book, self.model.book(max(self.model.weeks))["bank"]}
        late = not self.model.coming(self.clock()) and book not in held
        if late:
            assert not self.send("contest.zip", self.contest_zip(book)).accepted
            return
        answer = self.propose(
            "contest.zip", self.contest_zip(book), lambda: self.model.choose(book, self.clock())
        )
        assert answer.consequences is None, "rules of weeks to come change published results"

    @precondition(lambda self: self.stops)
    @rule(switch=st.sampled_from(["starts", "starts", "registration", "sign_in"]))
    def stop_or_go_on(self, switch: str = "starts") -> None:
        """The organisers stop something, or let it go on."""
        self.stops -= 1
        self.model.stopped ^= {switch}
        value = "off" if switch in self.model.stopped else "on"
        assert self.send("switches.csv", f"{SWITCHES}{switch},{value},sửa câu 12\n").accepted

    @precondition(lambda self: self.cancels and (self.model.coming(self.clock()) or self.model.cancelled))
    @rule(choice=st.integers(0, 2))
    def cancel(self, choice: int) -> None:
        """A week to come is cancelled, or one that was cancelled is held after all."""
        self.cancels -= 1
        weeks = sorted({*self.model.coming(self.clock()), *self.model.cancelled})
        week = weeks[choice % len(weeks)]
        answer = self.send("calendar.csv", f"{CALENDAR}{week},,,,{int(week in self.model.weeks)},bão số 4\n")
        assert answer.accepted == self.model.cancel(week, self.clock())

    @rule(
        over=st.booleans(),
        longer=st.sampled_from([-MINUTE, MINUTE, PAUSE, PAUSE + SECOND, 30 * MINUTE]),
        both=st.booleans(),
    )
    def put_the_end_off(self, over: bool, longer: int, both: bool) -> None:  # noqa: FBT001
        """A file extends the open week, or opens again the one that ended last."""
        now = self.clock()
        begun = [
            k for k, (opens, closes) in self.model.weeks.items() if opens <= now and (closes <= now) == over
        ]
        if not begun:
            return
        week = begun[-1]
        closes = (max(now, self.model.weeks[week][1]) + longer) // SECOND * SECOND
        after = self.model.next_week(week)
        following = self.model.weeks.get(after)
        if closes == self.model.weeks[week][1] or (following and closes > following[1] - 60 * MINUTE):
            return
        opens = closes + PAUSE if following and both else None
        text = f"{CALENDAR}{week},,{self.moment(closes)},,,mất điện\n"
        text += f"{after},{self.moment(opens)},,,,mất điện\n" if opens else ""
        answer = self.send("calendar.csv", text)
        assert answer.accepted == self.model.redate(week, closes, opens, now)
        if answer.accepted and over:
            self.entries.pop(week, None)
            self.published.pop(f"week-{week}", None)  # later weeks are not over, and then there is no final
            self.published.pop("final", None)
            self.awaited = [one for one in self.awaited if one.what in self.published]

    def moment(self, at: int) -> str:
        return datetime.fromtimestamp(at // SECOND, self.reference.definition.zone).isoformat()

    @precondition(lambda self: self.pointers)
    @rule(
        choice=st.integers(0, 3),
        withdraw=st.sampled_from([False, False, False, True]),
        reason=st.sampled_from(["", "Hội đồng đã họp", "Hội đồng đã họp"]),
        confirm=st.sampled_from([True, True, False]),
    )
    def recognise(self, choice: int, withdraw: bool, reason: str, confirm: bool = True) -> None:  # noqa: FBT001
        """A decision recognises a result, or withdraws that."""
        likely = self.model.recognised if withdraw else self.standing().keys() - self.model.recognised.keys()
        names = sorted(likely) or [*(f"week-{week}" for week in self.model.weeks), "final"]
        what = names[choice % len(names)]
        row = f"{what.removeprefix('week-')},12/QĐ-BTC,2022-09-01,{int(withdraw)},{reason}\n"
        why_not = self.no_withdrawal(what, reason) if withdraw else self.no_recognition(what, reason)
        if why_not:
            answer = self.send("recognitions.csv", RECOGNITIONS + row)
            assert not answer.accepted, why_not
            assert [fault.file for fault in answer.faults] == ["recognitions.csv"], answer.faults
            return
        adopt = partial(self._withdraw if withdraw else self._recognise, what)
        self.propose("recognitions.csv", RECOGNITIONS + row, adopt, confirm=confirm)

    @precondition(lambda self: self.pointers)
    @rule()
    def recognise_everything(self) -> None:
        """One file for all results that stand, as at the end of a contest."""
        standing = [what for what in self.standing() if what not in self.model.recognised]
        if not standing or self.behind():
            return
        rows = [f"{what.removeprefix('week-')},12/QĐ-BTC,2022-09-01,,Hội đồng đã họp\n" for what in standing]

        def adopt() -> None:
            for what in standing:
                self._recognise(what)

        assert self.propose("recognitions.csv", RECOGNITIONS + "".join(rows), adopt).accepted

    def no_withdrawal(self, what: str, reason: str) -> str:
        if what not in self.model.recognised:
            return "it is not recognised"
        return "" if reason else "no reason is given"

    def no_recognition(self, what: str, reason: str) -> str:
        pointer = self.standing().get(what)
        if what in self.model.recognised:
            return "it is recognised"
        if pointer is None:
            return "there is no result"
        weeks = {f"week-{week}" for week in self.model.weeks}
        if what == "final" and not weeks <= self.model.recognised.keys():
            return "the final is recognised last"
        early = self.clock() < pointer.at + COMPLAINTS
        return "people may still complain" if early and not reason else ""

    def _recognise(self, what: str) -> None:
        closes = self.slow_closes()
        self.signed[what] = self.document(what)
        if what == "final":
            self.model.recognised[what] = self.model.the_end(closes)
        else:
            self.model.recognised[what] = closes[int(what.removeprefix("week-"))]

    def _withdraw(self, what: str) -> None:
        for name in (what, "final"):
            self.model.recognised.pop(name, None)
            self.signed.pop(name, None)

    def run_close(self, trouble: Trouble = NO_TROUBLE) -> None:
        self.check_archive()
        made: list[Closed] = []
        self.close_line.expect(trouble)
        try:
            made = self.closer().run(self.reference, self.clock())
        except Died:
            assert trouble.kind in {"before", "after"}
        except LostRace:
            assert trouble.kind == "meanwhile"
        struck = self.close_line.struck
        self.close_line.expect(NO_TROUBLE)
        self.check_archive()
        assert {(one.what, one.revision, one.result) for one in made} <= self.ever
        if struck:
            self.unsettled = True
        else:
            self.check_changes()
            self.check_results()

    def closer(self) -> CloseWeeks:
        def over(store: object) -> Any:
            return Shaky(store, self.close_line)

        shares = Shares(
            lambda week, shards=SHARDS: self.close_line.carry(lambda: self.read(week, shards)),
            over(self.desk),
            "proof",
            collectors,
        )
        people, revisions = over(self.backend.participants), over(self.backend.revisions)
        return closer(shares, people, revisions, over(self.desk), over(self.site), log=told_log(self.site))

    def calm(self) -> CloseWeeks:
        """The closes as the intake looks at them: it writes none."""
        shares = Shares(self.read, self.desk, "proof", collectors)
        backend = self.backend
        return closer(shares, backend.participants, backend.revisions, self.desk, self.site)

    def current(self) -> dict[str, CurrentRevision]:
        names = [*(f"week-{week}" for week in range(1, self.model.rules["weeks"] + 1)), "final"]
        found = {what: self.backend.revisions.current(what) for what in names}
        return {what: pointer for what, pointer in found.items() if pointer}

    def check_archive(self) -> None:
        """Whatever happened, pointers only move on, and each points at a whole revision."""
        current = self.current()
        for what, before in self.pointers.items():
            assert current[what].revision >= before.revision
            if current[what].revision == before.revision:
                assert current[what] == before
        self.pointers = current
        self.ever |= {(what, pointer.revision, pointer.result) for what, pointer in current.items()}
        for what, pointer in current.items():
            manifest = json.loads(self.file(what, "manifest.json"))
            assert (manifest["result_digest"], manifest["inputs_digest"]) == (pointer.result, pointer.inputs)
            known = self.results.setdefault((what, pointer.inputs), pointer.result)
            assert known == pointer.result, "the same inputs have given another result"
            if what != "final":
                closed = json.loads(self.file(what, "closed_week.json"))
                root = self.roots.setdefault((what, closed["closes_at"]), closed["draw_root"])
                assert closed["draw_root"] == root
            for name, expected in manifest["files"].items():
                assert digest(self.file(what, name)) == expected

    def closes_at(self, what: str) -> str:
        """When a week ends now."""
        closes = self.model.weeks[int(what.removeprefix("week-"))][1]
        return rfc3339(closes, self.reference.definition.zone)

    def standing(self) -> dict[str, CurrentRevision]:
        """The revisions that are shown: not those of weeks that were opened again since."""
        weeks = {
            what: pointer
            for what, pointer in self.pointers.items()
            if what != "final"
            and json.loads(self.file(what, "closed_week.json"))["closes_at"] == self.closes_at(what)
        }
        whole = len(weeks) == len(self.model.weeks)
        return weeks | ({"final": self.pointers["final"]} if whole and "final" in self.pointers else {})

    def file(self, what: str, name: str) -> bytes:
        return self.desk.objects[f"results/{what}/rev-{self.pointers[what].revision}/{name}"]

    def rows(self, what: str, name: str) -> list[dict[str, str]]:
        return csv_rows(self.file(what, name))

    def document(self, what: str) -> ClosedWeek | ClosedFinal:
        data = self.file(what, "closed_week.json")
        return decode(ClosedFinal, data) if what == "final" else decode(ClosedWeek, data)

    def check_changes(self) -> None:
        """Published results have changed as it was shown and confirmed; recognised ones have not."""
        standing = {what: self.document(what) for what in self.standing()}
        compared = (
            change(what, 0, before, standing[what])
            for what, before in self.published.items()
            if what in standing
        )
        shown = [replace(one, revision=0) for one in self.awaited]
        made = [one for one in compared if one]
        assert made == shown, "a published result has changed otherwise than shown"
        self.published, self.awaited, self.unsettled = standing, [], False
        for what, document in self.signed.items():
            assert change(what, 0, document, standing[what]) is None, "a recognised result has changed"

    def slow_closes(self) -> dict[int, slow_rules.Close]:
        """The results of the weeks that are closed."""
        ends = [(week, f"week-{week}") for week in self.model.ready(self.clock())]
        found = {week: self.roots.get((what, self.closes_at(what)), "") for week, what in ends}
        return self.model.closes({week: root for week, root in found.items() if root})

    def check_results(self) -> None:
        """After an undisturbed run, everything published agrees with the slow rules."""
        ready = self.model.ready(self.clock())
        over = ready == list(self.model.weeks)
        assert list(self.standing()) == [f"week-{week}" for week in ready] + ["final"] * over
        closes = self.slow_closes()
        assert list(closes) == ready
        prizes: list[str] = []
        unit_prizes: list[tuple[str, str]] = []
        for week, (expected, _) in closes.items():
            what = f"week-{week}"
            if what not in self.model.recognised:  # otherwise it is as it was when it was recognised
                self.check_ranking(week, expected)
            won = self.rows(what, "individual_prizes.csv")
            assert [(row["prize"], row["participant_id"]) for row in won] == expected["prizes"]
            assert [row["full_name"] for row in won] == [name_of(row["participant_id"]) for row in won]
            prizes += [row["participant_id"] for row in won]
            unit_prizes += self.check_units(what, expected["units"], expected["unit_winners"])
            assert json.loads(self.file(what, "manifest.json"))["target"] == expected["target"]
        if over:
            self.check_the_end(closes)
        self.check_prizes(prizes, unit_prizes)
        self.check_site(closes)
        if self.pointers != self.checked:
            self.check_with_the_verifier()
            self.check_repeated()
            self.checked = self.pointers

    def check_ranking(self, week: int, expected: dict[str, Any]) -> None:
        rows = self.rows(f"week-{week}", "individual_ranking.csv.gz")
        assert rows == list(self.rows_of(week, expected))
        counts = json.loads(self.file(f"week-{week}", "manifest.json"))["counts"]
        assert counts["attempts"] == self.model.counted(week)
        assert not self.model.inputs.barred(week) & {row["participant_id"] for row in rows}

    def check_the_end(self, closes: dict[int, slow_rules.Close]) -> None:
        told = self.model.the_end(closes)
        self.check_units("final", told["final"], told["final_winners"])
        self.check_people_of_the_end(told)
        if "final" not in self.model.recognised:
            always = set.intersection(*(facts["took"] for _, facts in closes.values()))
            proposed = [row["id"] for row in self.rows("final", "commendations.csv") if row["kind"] == "person"]
            assert sorted(proposed) == sorted(always)

    def rows_of(self, week: int, expected: dict[str, Any]) -> Iterator[dict[str, str]]:
        """The ranking file's rows, from the ranking by the slow rules."""
        for rank, (person, number) in enumerate(expected["ranked"], 1):
            attempts = [self.model.settled(attempt) for attempt in self.model.people[person].weeks[week]]
            _, _, received, duration, _, guess, _, _ = attempts[number - 1].record
            score = self.model.score(week, attempts[number - 1])
            if self.model.book(week)["counts"] == "first":
                made = [one.record for one in attempts if one.fate in ("submitted", "overdue")]
                guess = next((record[5] for record in made if record[5] is not None), None)
            place = self.model.place(week, person)
            error = "" if guess is None else abs(guess - expected["target"])
            row = {
                "rank": rank,
                "participant_id": person,
                "unit_code": place["unit"],
                "category": place["category"],
                "score": score,
                "prediction": "" if guess is None else guess,
                "prediction_error": error,
                "duration_ms": duration,
                "submitted_at": datetime.fromtimestamp(
                    received / 1000, self.reference.definition.zone
                ).isoformat(timespec="milliseconds"),
                "attempts": len([attempt for attempt in attempts if attempt.fate in ("submitted", "overdue")]),
            }
            yield {column: str(value) for column, value in row.items()}

    def check_units(
        self, what: str, expected: list[tuple[str, str, Fraction]], winners: list[tuple[str, str]]
    ) -> list[tuple[str, str]]:
        rows = self.rows(what, "unit_ranking.csv")
        assert [(row["level"], row["unit_code"]) for row in rows] == [(at, code) for at, code, _ in expected]
        for row, (_, _, points) in zip(rows, expected, strict=True):
            assert abs(Fraction(row["unit_score"]) - points) <= Fraction(1, 20_000)
        won = [(row["prize"], row["unit_code"]) for row in rows if row["prize"]]
        assert sorted(won) == sorted(winners)
        return won

    def check_people_of_the_end(self, told: dict[str, Any]) -> None:
        if self.model.rules["final_prizes"]:
            rows = self.rows("final", "individual_ranking.csv.gz")
            assert [row["participant_id"] for row in rows] == told["final_people"]
        won = [row for row in self.rows("final", "individual_prizes.csv") if not row["week"]]
        assert [(row["prize"], row["participant_id"]) for row in won] == told["final_prizes"]

    def check_prizes(self, prizes: list[str], unit_prizes: list[tuple[str, str]]) -> None:
        if all(self.model.book(week)["one_prize"] == "contest" for week in self.model.weeks):
            assert len(set(prizes)) == len(prizes), "one person has two prizes"
        once = {prize["name"] for prize in self.model.rules["unit_prizes"] if prize["once"]}
        given = [won for won in unit_prizes if won[0] in once]
        assert len(set(given)) == len(given), "a unit has a prize twice that is given once"

    def check_site(self, closes: dict[int, slow_rules.Close]) -> None:
        """The pages say what the slow rules say, and how each result stands."""
        weeks = [
            {"week": int(what.removeprefix("week-")), "revision": pointer.revision}
            for what, pointer in self.standing().items()
            if what != "final"
        ]
        if not self.pointers:
            assert not any(key.startswith("data/results/") for key in self.site.objects)
            return
        final = self.standing().get("final")
        index = {"format": 1, "weeks": weeks, "final": final and {"revision": final.revision}}
        assert json.loads(self.site.objects["data/results/index.json"]) == index
        assert json.loads(self.desk.objects["results/current.json"]) == index
        told = {f"week-{week}": expected for week, (expected, _) in closes.items()}
        for what, pointer in self.standing().items():
            shown = json.loads(self.site.objects[f"data/results/{what}.json"])
            assert (shown["revision"], shown["digest"]) == (pointer.revision, pointer.result)
            recognised = what in self.model.recognised
            assert bool(shown["recognised"]) == recognised
            until = rfc3339(pointer.at + COMPLAINTS, self.reference.definition.zone)
            assert shown["complaints_until"] == (None if recognised else until)
            assert [one["code"] for one in shown["corrections"] if one["code"] not in self.confirmed] == []
            if what != "final":
                won = [row["prize"] for row in shown["winners"]]
                assert won == [name for name, _ in told[what]["prizes"]]
                assert shown["prediction"] is None or shown["prediction"]["actual"] == told[what]["target"]
                of_units = [(row["prize"], row["code"]) for row in shown["units"] if row["prize"]]
                assert sorted(of_units) == sorted(told[what]["unit_winners"])

    def check_with_the_verifier(self) -> None:
        """Somebody who has nothing but the site comes to the same results."""
        if not self.standing():
            return
        show_contest(self.reference, self.site, self.clock())
        log = told_log(self.site).copy()  # some minutes later, which are none of the contest's
        log.tell(self.current())
        shown = json.loads(log.objects["data/log/facts.json"])["facts"]
        said = {name: one["value"] for name, one in shown.items()}
        assert said == facts(self.reference, "proof", (), self.current())
        ended = json.loads(self.site.objects["data/results/index.json"])["final"]
        told = StringIO()
        with redirect_stdout(told):
            code = verify(["final" if ended else "rank", "https://thi.example"], lambda _: log.objects.get)
            assert code == 0, told.getvalue()

    def check_repeated(self) -> None:
        """The same inputs again change nothing; from scratch, another order gives the same digests.

        What the log says and what it drew by are inputs too.
        """
        puts = (len(self.desk.puts), len(self.site.puts))
        assert self.closer().run(self.reference, self.clock()) == []
        assert (len(self.desk.puts), len(self.site.puts)) == puts
        assert self.current() == self.pointers
        if self.model.recognised:  # which are as they were, whatever is in force today
            return
        desk = MemoryObjects()
        desk.objects.update(
            {key: data for key, data in self.desk.objects.items() if key.startswith("reference/")}
        )
        revisions, shares = MemoryRevisions(), Shares(self.shuffled, desk, "proof", collectors)
        for what in self.pointers:
            if what != "final":
                closed = json.loads(self.file(what, "closed_week.json"))
                revisions.draws[what, 1] = Draw(closed["draw_size"], closed["draw_root"])
        log = told_log(self.site)
        alone = closer(shares, self.backend.participants, revisions, desk, MemoryObjects(), log=log)
        if self.serial % 2:  # from what several functions have made in any order, some of it gone or altered
            dice = random.Random(self.serial)
            made_beforehand(alone, self.reference, self.clock(), dice)
            for key in (*desk.keys("parts/"), *desk.keys(f"{POINTERS}parts/")):
                if (chance := dice.random()) < 0.01:
                    desk.delete([key])
                elif chance < 0.02 and key.startswith("parts/"):
                    desk.objects[key] = b"altered"
                    del desk.versions[key]
        alone.run(self.reference, self.clock())
        digests = {what: pointer.result for what, pointer in self.standing().items()}
        assert {what: pointer.result for what, pointer in revisions.pointers.items()} == digests

    def leaves(self) -> list[bytes]:
        """Of the log: of each start, and of each attempt that is handed in."""
        contest = self.reference.definition.contest.id
        records, names = Records(SALT_KEY, contest), Pseudonyms(SALT_KEY, contest)
        entries = [entry for week in self.model.weeks for entry in self.backend.read_entries(week)]
        leaves = []
        for entry in entries:
            week, person = entry.week, entry.participant_id
            leaves += records.leaf_hashes(None, entry, self.reference.of_week(week).bank.digest)
            for one in entry.finished:
                started = records.started(person, week, one)
                leaves.append(leaf_hash(records.start_under(names(week, person), week, one.number, started)))
        return leaves

    def read(self, week: int, shards: Sequence[str] = SHARDS) -> Iterator[Entry]:
        """The week's entries, which no longer change once it may be closed."""
        entries = sorted(self.backend.read_entries(week), key=lambda entry: entry.participant_id)
        assert self.entries.setdefault(week, entries) == entries
        return in_shards(entries, shards)

    def shuffled(self, week: int, shards: Sequence[str] = SHARDS) -> Iterator[Entry]:
        """The same entries, in an order that changes from call to call."""
        self.serial += 1
        entries = list(self.entries[week])
        random.Random(self.serial).shuffle(entries)
        return in_shards(entries, shards)

    def teardown(self) -> None:
        try:
            if sys.exception() is None:
                self.finish()
        finally:
            self.backend.drop()

    def finish(self) -> None:
        """The contest ends, and every acknowledged attempt is there, once."""
        self.clock.now = max(self.clock.now, self.ends())
        self.run_close()
        counted: list[tuple[str, int, Finished]] = []
        for week in self.model.weeks:
            entries = list(self.backend.read_entries(week))
            assert len({entry.participant_id for entry in entries}) == len(entries)
            there = {entry.participant_id: entry for entry in entries}
            for person, told in self.model.people.items():
                self.check_entry(week, there.pop(person, None), told.weeks.get(week, []))
            assert not there
            counted += [(entry.participant_id, week, record) for entry in entries for record in entry.finished]
        for (person, attempt), record in self.acknowledged.items():
            assert counted.count((person, attempt.week, record)) == 1, (
                "an acknowledged attempt is lost or double"
            )

    # Helpers.

    def ends(self) -> int:
        """When the last week may be closed."""
        return max(closes for _, closes in self.model.weeks.values()) + GRACE + SETTLE

    def under_way(self) -> bool:
        """Whether somebody has taken part in the first week that cannot be closed yet."""
        ready = self.model.ready(self.clock())
        return any(number not in ready for _, number, _ in self.model.everything())

    def person(self, who: int) -> Person:
        """One of the registered people."""
        registered = list(self.model.people)
        return self.person_of(registered[who % len(registered)])

    def person_of(self, person: str) -> Person:
        unit = self.model.people[person].unit
        return Person(person, unit, category_of(unit))

    def attempt_of(self, person: Person, back: int) -> AttemptId | None:
        """The person's attempt, ``back`` before the last."""
        own = [attempt for owner, attempt in self.attempts if owner == person.participant_id]
        return own[max(len(own) - 1 - back, 0)] if own else None

    def id_of(self, told: Attempt) -> AttemptId:
        return AttemptId(self.week_of(told.started), told.number, told.started, told.nonce)

    def week_of(self, started: int) -> int:
        return next(k for k, (opens, closes) in self.model.weeks.items() if opens <= started < closes)

    def asked(self, week: int, sheet: Sheet) -> Sheet:
        """At most as many right answers as questions, and no prediction where the week asks for none."""
        book = self.model.book(week)
        return Sheet(min(sheet.right, book["questions"]), sheet.guess if book["target"] else None)

    def paper(self, week: int, nonce: str) -> Paper:
        """Drawn by the book that the week has in the model."""
        book = self.model.book(week)["bank"]
        return draw(BANKS[book], self.contests[book].paper, nonce)

    def keys_of(self, week: int, nonce: str) -> list[tuple[str, set[str]]]:
        """The questions of a paper, each with its key."""
        return [(question.id, set(question.answer_letters)) for question, _ in self.paper(week, nonce)]

    def filled(self, attempt: AttemptId, sheet: Sheet) -> dict[str, list[str]]:
        paper = self.paper(attempt.week, attempt.nonce)
        return right(paper, wrong=len(paper) - sheet.right)

    def tell(self, seen: OpenPaper | Finished | Refusal | Any) -> object:
        """The code's answer, in the terms of ``expected``."""
        if isinstance(seen, OpenPaper):
            return ("open", seen.attempt[1:], seen.saved, seen.guess, seen.revision)
        if isinstance(seen, Stale):
            return (Stale, seen.answers, seen.prediction, seen.revision)
        if isinstance(seen, AlreadyFinished):
            return (AlreadyFinished, self.tell(seen.record))
        if isinstance(seen, Finished):
            paper = self.paper(self.week_of(seen.started), seen.nonce)
            return (
                (
                    seen.number,
                    seen.started,
                    seen.received,
                    seen.duration,
                    seen.told_score,
                    seen.prediction,
                    seen.nonce,
                    seen.status,
                ),
                decode_answers(paper, seen.answers),
            )
        return seen

    def expected(self, told: Attempt | Refusal | Told | int) -> object:
        if isinstance(told, Told):
            if told.refusal is AlreadyFinished:
                return (AlreadyFinished, self.expected(told.attempt))
            _, _, answers, guess, revision = cast(Any, self.expected(told.attempt))
            return (Stale, answers, guess, revision)
        if not isinstance(told, Attempt):
            return told
        sheet = told.saved if told.fate == "open" else told.sheet
        answers = self.filled(self.id_of(told), sheet) if sheet else {}
        if told.fate == "open":
            key = (told.number, told.started, told.nonce)
            return ("open", key, answers, sheet and sheet.guess, told.revision)
        return (told.record, answers)


def name_of(person: str) -> str:
    return f"Nguyễn Văn {'ABCDEF'[CITIZENS.index(IDS[person])]}n"


def category_of(unit: str) -> str:
    return "mandatory" if unit else "encouraged"


def rosters_file(rosters: Rosters) -> str:
    return ROSTERS_HEADER + "".join(
        f"{code},{name_of(person)},{IDS[person]},{int(exempt)}\n"
        for code, people in rosters.items()
        for person, exempt in people.items()
    )


def exclusions_file(excluded: set[str], unranked: set[str]) -> str:
    rows = [f"{IDS[person]},Tổ ra đề thi,out,\n" for person in sorted(excluded)]
    rows += [f"{IDS[person]},Tổ ra đề thi,no_prize,\n" for person in sorted(unranked)]
    return EXCLUSIONS + "".join(rows)
