"""The brakes under attack: an hour of simulated time each, with what the attackers got and what they paid.

An attacker's core tries ``CORE`` hashes a second (SHA-256 in hardware), an old phone in its browser ``PHONE``.
The figures that come out stand in docs/brakes.md.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from itertools import chain, count, pairwise
from pathlib import Path

import pytest

from chalicelib.domain.definition import ProofOfWork
from chalicelib.domain.errors import ProofRequired, WrongCode, WrongCredentials
from chalicelib.domain.identity import code_id, participant_id, source_id
from chalicelib.domain.person import is_obvious
from chalicelib.services.people.brakes import (
    DEAREST,
    FREE_ANYWHERE,
    FREE_MISSES,
    RATE_A_STEP,
    Proof,
    admit_guess,
    admit_registration,
    asked,
    price_of_registration,
)
from chalicelib.services.people.password_resets import VALID_MS, reset_password
from chalicelib.services.people.sessions import sign_in
from chalicelib.services.ports import Participant, Strain, Traffic
from chalicelib.storage.revocations import StoredRevocations
from chalicelib.web.proof_of_work import NUMBERS_A_STEP
from tests.fakes import (
    HOUR,
    START_MS,
    Clock,
    MemoryObjects,
    MemoryParticipants,
    MemoryProofs,
    MemorySignIns,
    MemorySources,
    PlainPasswords,
    reference,
)

CORE, PHONE = 20_000_000, 300_000
HASHES_A_STEP = NUMBERS_A_STEP // 2  # on average
SECOND = 1_000
PEPPER = b"pepper"
CITIZEN = "040090000001"
ID = participant_id(PEPPER, CITIZEN)
RIGHT = "hoa ban nở muộn"
PAGE = (Path(__file__).parents[3] / "docs" / "brakes.md").read_text(encoding="utf-8")
# The commonest: a name or a word with a year or a row of digits behind it.
_WORDS = (  # noqa: SIM905
    "password matkhau iloveyou anhyeuem emyeuanh admin vietnam nghean cuocthi nguyenvana tranthib hoilamgi "
    "khongbiet phamthic levand thanhvinh songlam sontinh hatinh dongda hanoi saigon facebook zalo12 gmail12 "
    "google12 lienquan freefire manchester barcelona ronaldo messi10 sontung doremon pokemon superman batman "
    "dragon12 monkey12 sunshine princess football baseball welcome1 letmein1 master12 hello123 trustno1 "
    "shadow12 quehuong"
).split()
_ENDS = ("", *"1 12 123 1234 @123 @1234 2020 2021 2022 1990 1985 88 89 99 00 abc ! !! 6789".split())  # noqa: SIM905
COMMON = [word + end for word in _WORDS for end in _ENDS]


class Attacker:
    """Hashes on one core, solves what is asked for, and counts. The clock of ``contest`` is the attacker's."""

    def __init__(self, now: int = START_MS) -> None:
        self.now = now
        self.steps = self.answers = 0
        self._challenges = count()

    @property
    def hash_seconds(self) -> float:
        return self.steps * HASHES_A_STEP / CORE

    def solved(self, steps: int) -> Proof:
        self.steps += steps
        self.now += steps * HASHES_A_STEP * SECOND // CORE
        return Proof(f"attacker's {next(self._challenges)}", steps)

    def persist(
        self, ask: Callable[[Proof | None], object], refusals: tuple[type[Exception], ...] = ()
    ) -> None:
        """Asks until there is an answer, with a proof whenever one is wanted."""
        proof = None
        while True:
            try:
                ask(proof)
            except ProofRequired as required:
                proof = self.solved(required.steps)
                continue
            except refusals:
                pass
            self.answers += 1
            self.now += SECOND // 20  # the way there and back
            return


class Contest:
    """Somebody registered, with a one-time code, and everything that the brakes remember."""

    def __init__(self) -> None:
        self.people, self.proofs, self.sources = MemoryParticipants(), MemoryProofs(), MemorySources()
        self.sign_ins = MemorySignIns(self.sources)
        self.people.add(
            Participant(ID, "Nguyễn Văn An", "1990-05-06", "male", CITIZEN, "0912345678", "SO-A", "mandatory",
                        PlainPasswords().hash(RIGHT), START_MS)
        )  # fmt: skip
        self.code = "4821-0937-5561"
        self.revocations = StoredRevocations(self.people, MemoryObjects, Clock())

    def sign_in(self, password: str, address: str, now: int, proof: Proof | None, who: str = CITIZEN) -> None:
        sign_in(
            who, password, proof, address, _REFERENCE, self.people, self.sign_ins, self.proofs,
            PlainPasswords(), PEPPER, now,
        )  # fmt: skip

    def reset(self, code: str, address: str, now: int, proof: Proof | None) -> None:
        self.people.allow_reset(ID, code_id(PEPPER, ID, self.code), now + VALID_MS)
        reset_password(
            CITIZEN, code, RIGHT, proof, address, self.people, self.sign_ins, self.proofs, self.revocations,
            PlainPasswords(), PEPPER, now,
        )  # fmt: skip


_REFERENCE = reference()


def addresses() -> Iterator[str]:
    """Never the same twice."""
    return (f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}" for n in count())


class Owner:
    """Comes every ten minutes from a new address with an old phone, whose page solves what is asked for."""

    def __init__(self, ask: Callable[[str, int, Proof | None], object]) -> None:
        self._ask, self._next, self._away = ask, START_MS + 90 * SECOND, addresses()
        self._address, self._proof = "", None
        self.rounds: list[int] = []
        self.waits: list[float] = []
        self._began = 0
        self._solving = False

    def until(self, now: int) -> None:
        """Lives until ``now``. A wrong password, a wrong code or a pause would end the test."""
        while self._next <= now:
            at = self._next
            if not self._solving:
                self._address, self._proof, self._began = f"171.{next(self._away)[3:]}", None, at
                self.rounds.append(0)
            try:
                self._ask(self._address, at, self._proof)
            except ProofRequired as required:
                self.rounds[-1] += 1
                self._proof = Proof(f"owner's {at}", required.steps)
                self._next, self._solving = at + required.steps * HASHES_A_STEP * SECOND // PHONE, True
            else:
                self.waits.append((at - self._began) / SECOND)
                self._next, self._solving = at + 600 * SECOND, False


def told(*figures: float) -> bool:
    """Whether docs/brakes.md says these numbers in one line."""
    wanted = [f"{figure:,.0f}" for figure in figures]
    return any(all(f" {number} " in line for number in wanted) for line in PAGE.splitlines())


def test_a_crowd_tries_common_passwords_for_an_hour_while_the_owner_gets_in_at_the_first_try() -> None:
    contest, attacker, away = Contest(), Attacker(), addresses()
    owner = Owner(lambda address, now, proof: contest.sign_in(RIGHT, address, now, proof))
    listed = chain(COMMON, (f"mật khẩu khác {n}" for n in count()))
    after_list = 0.0
    while attacker.now < START_MS + HOUR:
        owner.until(attacker.now)
        password, address = next(listed), next(away)
        attacker.persist(
            lambda proof: contest.sign_in(password, address, attacker.now, proof),  # noqa: B023  used at once
            (WrongCredentials,),
        )
        if attacker.answers == len(COMMON):
            after_list = attacker.hash_seconds
    assert len(owner.waits) == len(owner.rounds) >= 5
    assert all(rounds <= 1 for rounds in owner.rounds)
    assert max(owner.waits) <= 27
    assert told(attacker.answers, attacker.hash_seconds)
    assert told(len(COMMON), after_list)


def test_the_list_has_a_thousand_passwords_of_which_registration_takes_only_the_rarer() -> None:
    assert len(set(COMMON)) == 1_000
    assert told(1_000, sum(is_obvious(password) for password in COMMON))


def test_a_crowd_that_has_just_begun_costs_the_owner_two_proofs_in_a_row_at_most() -> None:
    """The attacker answers each proof of the owner's by doing all that the price allows meanwhile."""
    contest, attacker, away = Contest(), Attacker(), addresses()
    proof, rounds = None, 0
    while True:
        for _ in range(FREE_ANYWHERE if rounds == 0 else 200):
            attacker.persist(
                lambda given: contest.sign_in("sai", next(away), START_MS, given), (WrongCredentials,)
            )
        try:
            contest.sign_in(RIGHT, "171.0.0.1", START_MS, proof)
        except ProofRequired as required:
            rounds += 1
            proof = Proof(f"owner's {rounds}", required.steps)
        else:
            break
    assert rounds == 2


def test_guesses_at_one_time_codes_for_an_hour_while_the_owner_uses_the_code() -> None:
    contest, attacker, away = Contest(), Attacker(), addresses()
    owner = Owner(lambda address, now, proof: contest.reset(contest.code, address, now, proof))
    while attacker.now < START_MS + HOUR:
        owner.until(attacker.now)
        code, address = f"{attacker.answers:012}", next(away)
        attacker.persist(
            lambda proof: contest.reset(code, address, attacker.now, proof),  # noqa: B023  used at once
            (WrongCode,),
        )
    assert len(owner.waits) >= 5
    assert all(rounds <= 1 for rounds in owner.rounds)
    assert told(attacker.answers, attacker.hash_seconds)
    assert attacker.answers * 24 * 7 / 10**12 < 2e-6  # while a code is valid


def test_one_source_tries_one_password_on_many_numbers_for_an_hour() -> None:
    contest, attacker = Contest(), Attacker()
    while attacker.now < START_MS + HOUR:
        who = f"0400{attacker.answers:08}"
        attacker.persist(
            lambda proof: contest.sign_in("sai", "203.0.113.7", attacker.now, proof, who),  # noqa: B023
            (WrongCredentials,),
        )
    assert told(attacker.answers, attacker.hash_seconds)


@pytest.mark.parametrize("setting", ["off", "on", "high"])
def test_one_source_asks_for_an_hour_who_is_registered(setting: ProofOfWork) -> None:
    contest, attacker = Contest(), Attacker()
    source = source_id(PEPPER, "203.0.113.7")

    def enumerate_one(proof: Proof | None) -> None:
        identity = f"{attacker.answers:020x}"
        admit_registration(
            contest.sources,
            contest.proofs,
            identity,
            source,
            setting,
            proof,
            min(attacker.now, START_MS + HOUR - 1),
        )
        contest.sources.missed(source, min(attacker.now, START_MS + HOUR - 1))  # “already registered”

    while attacker.now < START_MS + HOUR:
        attacker.persist(enumerate_one)
    assert told(attacker.answers, attacker.hash_seconds)


def script(people: int, seconds: float) -> list[int]:
    """The steps that each of ``people`` costs who are registered one after another from one source."""
    sources, proofs = MemorySources(), MemoryProofs()
    paid = []
    for number in range(people):
        now = START_MS + int(number * seconds * SECOND / people)
        price = price_of_registration(sources.traffic("a", now), "on")
        admit_registration(sources, proofs, f"{number:020x}", "a", "on", Proof(str(number), price), now)
        paid.append(price)
    return paid


def test_invented_people_cost_a_script_visibly_more_each_time() -> None:
    fifteen, seventy = script(15, 7), script(70, 60)
    assert all(later > earlier for earlier, later in pairwise(fifteen))
    assert fifteen[-1] == 57 * fifteen[0]
    assert seventy[40:] == [DEAREST] * 30
    for paid in (fifteen, seventy):
        assert told(len(paid), sum(paid), sum(paid) * HASHES_A_STEP / CORE)


def test_challenges_taken_before_a_rush_serve_one_registration_each_only_while_they_pay_its_price() -> None:
    sources, proofs = MemorySources(), MemoryProofs()
    hoard = [Proof(str(n), asked(price_of_registration(Traffic(), "on"))) for n in range(1_000)]
    registered = 0
    for number, proof in enumerate(hoard):
        try:
            admit_registration(sources, proofs, f"{number:020x}", "a", "on", proof, START_MS)
        except ProofRequired:
            continue
        registered += 1
    assert registered == 2


def test_registrations_at_once_pay_like_registrations_in_a_row() -> None:
    class Late(MemorySources):
        def traffic(self, source: str, now: int) -> Traffic:
            return Traffic()

    sources, proofs, refused = Late(), MemoryProofs(), 0
    for number in range(100):
        try:
            admit_registration(sources, proofs, f"{number:020x}", "a", "on", Proof(str(number), 6), START_MS)
        except ProofRequired:
            refused += 1
    assert refused == 98


def test_guesses_at_once_with_one_dear_proof_pay_like_guesses_in_a_row() -> None:
    class Late(MemorySignIns):
        def strain(self, participant_id: str, origin: str, source: str, now: int) -> Strain:
            return Strain()

    sign_ins, proofs, admitted = Late(), MemoryProofs(), 0
    for number in range(100):
        try:
            admit_guess(sign_ins, proofs, ID, str(number), "a", Proof("solved once", DEAREST), START_MS)
        except ProofRequired:
            continue
        admitted += 1
    assert admitted == FREE_ANYWHERE


def test_an_office_of_5000_registers_within_an_hour_from_one_address() -> None:
    """Everybody has an old phone and takes a minute and a half for the form, while the proof is computed."""
    sources, proofs, people, form = MemorySources(), MemoryProofs(), 5_000, 90 * SECOND
    waits: dict[int, int] = {}
    events = [(START_MS + person * (HOUR - 3 * form) // people, person, 0, 0) for person in range(people)]
    heapq.heapify(events)
    serial = count()
    while events:
        now, person, opened, steps = heapq.heappop(events)
        if not opened:
            steps = asked(price_of_registration(sources.traffic("office", now), "on"))
            ready = now + 2 * steps * HASHES_A_STEP * SECOND // PHONE  # the longest that it can take
            heapq.heappush(events, (max(now + form, ready), person, now, steps))
            continue
        try:
            proof = Proof(f"{next(serial)}", steps)
            admit_registration(sources, proofs, f"{person:020x}", "office", "on", proof, now)
        except ProofRequired as required:
            again = now + 2 * required.steps * HASHES_A_STEP * SECOND // PHONE
            heapq.heappush(events, (again, person, opened, required.steps))
        else:
            waits[person] = now - opened - form
    assert len(waits) == people
    assert max(waits.values()) <= 54 * SECOND
    waiting = [wait for wait in waits.values() if wait]
    assert told(people, people - len(waiting), len(waiting), max(waits.values()) / SECOND)


def test_a_rush_of_all_makes_each_a_little_dearer() -> None:
    alone, rush = (price_of_registration(Traffic(in_all=in_all), "on") for in_all in (0, 250_000 // 60))
    assert (alone, rush) == (1, 21)
    assert told(250_000 // 60, asked(rush), 2 * asked(rush) * HASHES_A_STEP / PHONE)
    assert price_of_registration(Traffic(in_all=RATE_A_STEP - 1), "on") == alone
    assert price_of_registration(Traffic(registered=10**6, in_all=10**9, misses=10**6), "high") == DEAREST


def test_only_misses_cost_something_where_the_setting_is_off() -> None:
    assert price_of_registration(Traffic(registered=10**6, in_all=10**9), "off") == 0
    assert price_of_registration(Traffic(misses=FREE_MISSES - 1), "off") == 0
    assert price_of_registration(Traffic(misses=FREE_MISSES), "off") == 1
