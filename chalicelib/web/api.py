"""The routes' use cases: from raw body and header to a JSON-ready answer. Knows no framework."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.domain.attempt import AttemptId, Finished
from chalicelib.domain.errors import Unauthorized
from chalicelib.domain.times import EPOCH
from chalicelib.services.exam import Exam, Person
from chalicelib.services.ports import Clock, EntryStore, Participant, ParticipantStore, Passwords
from chalicelib.services.public_contest import contest_now
from chalicelib.services.reference import Library, Reference
from chalicelib.services.registration import Application, register
from chalicelib.services.sessions import sign_in
from chalicelib.web import answers, proof_of_work
from chalicelib.web.bodies import Credentials, Empty, PaperAnswers, Registration, parse
from chalicelib.web.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Api:
    """``pepper`` makes participant ids and keys the proofs; ``nonce`` gives 16 fresh hexadecimal digits."""

    library: Library
    participants: ParticipantStore
    entries: EntryStore
    passwords: Passwords
    tokens: Tokens
    pepper: bytes
    clock: Clock
    nonce: Callable[[], str]
    version: str

    def health(self) -> dict[str, Any]:
        reference = self.library.current()
        return {
            "status": "ok",
            "version": self.version,
            "contest": reference.definition.contest.id,
            "bank_digest": reference.bank.digest,
        }

    def contest(self) -> dict[str, Any]:
        return contest_now(self.library.current(), self.clock())

    def challenge(self) -> dict[str, Any]:
        return proof_of_work.challenge(self._proof_key(), EPOCH + timedelta(milliseconds=self.clock()))

    def register(self, raw: bytes) -> dict[str, Any]:
        body, reference, now = parse(Registration, raw), self.library.current(), self.clock()
        if reference.definition.eligibility.proof_of_work:
            proof_of_work.check(self._proof_key(), body.proof)
        application = Application(**body.model_dump(exclude={"proof"}))
        today = (EPOCH + timedelta(milliseconds=now)).astimezone(reference.definition.zone).date()
        person = register(application, reference, self.participants, self.passwords, self.pepper, now, today)
        return {"participant": answers.participant(person)}

    def sign_in(self, raw: bytes) -> dict[str, Any]:
        body, reference, now = parse(Credentials, raw), self.library.current(), self.clock()
        person = sign_in(
            body.citizen_id, body.password, reference, self.participants, self.passwords, self.pepper, now
        )
        token, expires = self.tokens.issue(Person(person.participant_id, person.unit, person.category), now)
        return {
            "token": token,
            "expires_at": reference.definition.rfc3339(expires),
            "participant": answers.participant(person),
        }

    def me(self, authorization: str | None) -> dict[str, Any]:
        person, now = self._person(authorization)
        reference = self.library.current()
        registered = self._registered(person)
        return answers.history(
            registered, self._exam(reference).history(person, now), reference.definition, now
        )

    def start(self, authorization: str | None, raw: bytes) -> tuple[int, dict[str, Any]]:
        """201 with a new attempt, 200 with the one that is open already."""
        person, now = self._person(authorization)
        parse(Empty, raw or b"{}")
        reference = self.library.current()
        opened, new = self._exam(reference).start(person, now)
        return (201 if new else 200), {"attempt": answers.attempt(opened, reference.definition)}

    def read(self, authorization: str | None, attempt_id: str) -> dict[str, Any]:
        person, now = self._person(authorization)
        attempt = AttemptId.parse(attempt_id)
        reference = self.library.current()
        found = self._exam(reference).read(person, attempt, now)
        if isinstance(found, Finished):
            return answers.result(found, attempt, reference.definition)
        return {"status": "open", "attempt": answers.attempt(found, reference.definition)}

    def save(self, authorization: str | None, attempt_id: str, raw: bytes) -> None:
        person, now = self._person(authorization)
        attempt, body = AttemptId.parse(attempt_id), parse(PaperAnswers, raw)
        self._exam(self.library.current()).save(person, attempt, body.answers, body.prediction, now)

    def submit(self, authorization: str | None, attempt_id: str, raw: bytes) -> dict[str, Any]:
        person, now = self._person(authorization)
        attempt, body = AttemptId.parse(attempt_id), parse(PaperAnswers, raw)
        reference = self.library.current()
        record = self._exam(reference).submit(person, attempt, body.answers, body.prediction, now)
        return answers.submission(record, reference.definition)

    def _person(self, authorization: str | None) -> tuple[Person, int]:
        now = self.clock()
        return self.tokens.check(authorization, now), now

    def _registered(self, person: Person) -> Participant:
        found = self.participants.get(person.participant_id)
        if found is None:
            raise Unauthorized
        return found

    def _exam(self, reference: Reference) -> Exam:
        return Exam(reference, self.entries, self.nonce)

    def _proof_key(self) -> bytes:
        return hmac.digest(self.pepper, b"proof of work", "sha256")
