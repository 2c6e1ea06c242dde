"""The API on fakes, used as by a person at the other end of the line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

from urllib3 import PoolManager

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.domain.bank import Question
from chalicelib.domain.decisions import Annulment, Decisions
from chalicelib.domain.definition import Definition
from chalicelib.domain.receipt import salt_key
from chalicelib.readers.contest_tables import RosterRow
from chalicelib.services.contest.compiled_rosters import compile_index, compile_rosters, index_key
from chalicelib.services.contest.reference import NO_DECISIONS, Library, compile_parts
from chalicelib.services.exam.pace import Pace
from chalicelib.services.exam.receipts import Receipts, SigningKey
from chalicelib.services.exam.revoked import Revoked
from chalicelib.services.people.listed import ListedPeople
from chalicelib.services.people.provider_sign_in import ProviderSignIn
from chalicelib.storage.provider_http import HttpCalls
from chalicelib.storage.revocations import StoredRevocations
from chalicelib.web.account import AccountApi
from chalicelib.web.api import ExamApi
from chalicelib.web.provider import ProviderApi
from chalicelib.web.tokens import Tokens
from tests.fakes import (
    UNITS,
    Clock,
    MemoryEntries,
    MemoryExchanges,
    MemoryObjects,
    MemoryParticipants,
    MemoryProofs,
    MemorySignIns,
    MemorySources,
    PlainPasswords,
    definition,
    questions,
    right_answers,
)
from tests.pointers import pointing_at

KEY, PEPPER = b"k" * 32, b"pepper"
SIGNING_KEY = SigningKey(b"signs receipts in tests")
HOME = "203.0.113.7"
SECRET, POOL = "bí mật của cuộc thi".encode(), PoolManager()
AN = {
    "citizen_id": "040090000001",
    "full_name": "Nguyễn Văn An",
    "date_of_birth": "1990-05-06",
    "gender": "male",
    "phone": "0912345678",
    "unit_code": "SO-A",
    "category": "mandatory",
    "password": "mật khẩu dài",
    "consent": True,
}
BINH = {**AN, "citizen_id": "040190000002", "full_name": "Lê Thị Bình", "gender": "female", "unit_code": "SO-B"}


def body(value: Any) -> bytes:
    return json.dumps(value).encode()


class Counter:
    """``exam`` and ``account`` with one loaded contest; their stores are open to inspection."""

    def __init__(
        self, contest: Definition | None = None, *, loaded: bool = True, pepper: bytes = PEPPER
    ) -> None:
        self.clock, self.desk = Clock(), MemoryObjects()
        self.people, self.entries = MemoryParticipants(), MemoryEntries()
        if loaded:
            self.load(contest or definition())
        nonces = count(1)
        library = Library(self.desk, self.clock)
        self.exam = ExamApi(
            library=library,
            entries=self.entries,
            tokens=Tokens([KEY], ended=Revoked(library, self.desk, self.clock)),
            clock=self.clock,
            nonce=lambda: f"{next(nonces):016x}",
            version="test",
            receipts=lambda: Receipts(PEPPER, SIGNING_KEY),
            pace=Pace(30),
        )
        self.sources, self.proofs_of_work = MemorySources(), MemoryProofs()
        self.sign_ins = MemorySignIns(self.sources)
        self.revocations = StoredRevocations(self.people, lambda: self.desk, self.clock)
        self.exchanges = MemoryExchanges()
        self.account = AccountApi(
            exam=self.exam,
            participants=self.people,
            listed=ListedPeople(self.desk),
            sign_ins=self.sign_ins,
            sources=self.sources,
            proofs_of_work=self.proofs_of_work,
            revocations=self.revocations,
            passwords=PlainPasswords(),
            pepper=pepper,
            salt_key=salt_key(PEPPER),
            exchanges=self.exchanges,
            inbox=lambda: self.desk,
        )
        self.provider = ProviderApi(
            self.account, ProviderSignIn(pepper, lambda: HttpCalls(POOL), self.exchanges, lambda: SECRET)
        )

    def load(
        self,
        contest: Definition,
        annulled: Sequence[str] = (),
        bank: Sequence[Question] = questions(),
        excluded: Sequence[str] = (),
        decisions: Decisions = NO_DECISIONS,
        rosters: Sequence[RosterRow] = (),
    ) -> None:
        listed = compile_rosters(rosters, PEPPER)
        index = compile_index(listed)
        self.desk.objects[index_key(digest(index))] = index
        barred = dict.fromkeys(excluded, "Tổ ra đề")
        annulments = tuple(Annulment(one, (), "no_prize", "2022-08-29", "thi hộ") for one in annulled)
        decisions = decisions.plus(Decisions(annulments=annulments))
        known = digest(listed) if rosters else ""
        parts = compile_parts(contest, bank, UNITS, barred, {}, rosters=known, decisions=decisions)
        whole = compiled.encode(parts)
        self.desk.objects[compiled.key(digest(whole))] = whole
        self.desk.objects[CURRENT] = pointing_at(
            digest(whole), listed=digest(index) if rosters else ""
        ).encode()

    def register(self, person: dict[str, Any] = AN, address: str = HOME, **changed: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.account.register(body({**person, **changed}), address)["participant"]
        return answer

    def sign_in(self, person: dict[str, Any] = AN, address: str = HOME) -> str:
        """The header that the page sends from now on."""
        sent = {"citizen_id": person["citizen_id"], "password": person["password"]}
        return f"Bearer {self.account.sign_in(body(sent), address)['token']}"

    def arrive(self, person: dict[str, Any] = AN) -> str:
        self.register(person)
        return self.sign_in(person)

    def start(self, token: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.exam.start(token, b"{}")[1]["attempt"]
        return answer

    def answers(self, attempt: dict[str, Any], wrong: int = 0) -> dict[str, list[str]]:
        return right_answers(attempt, self.exam.library.current(), wrong)

    def sheet(self, attempt: dict[str, Any], wrong: int = 0, **more: Any) -> bytes:
        """The body that the page sends, built on the revision that ``attempt`` came with."""
        answers = self.answers(attempt, wrong)
        return body({"answers": answers, "revision": attempt["revision"], **more})

    def save(self, token: str, attempt: dict[str, Any], wrong: int = 0, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.exam.save(
            token, attempt["attempt_id"], self.sheet(attempt, wrong, **more)
        )
        return answer

    def submit(self, token: str, attempt: dict[str, Any], wrong: int = 0, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.exam.submit(
            token, attempt["attempt_id"], self.sheet(attempt, wrong, **more)
        )
        return answer
