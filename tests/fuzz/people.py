"""Things that schemathesis cannot make up: people whose data agree, their passwords, tokens and attempts.

It still invents every request itself. Some of those that fit the document then get data that only a running
contest knows; without it, nearly every request would end at 401 or 422. The others stay as they are.
"""

from __future__ import annotations

import random
import re
import time
from collections import deque
from typing import Any

import requests
from jsonschema import Draft202012Validator

from benchmarks.people import application
from chalicelib.web.shapes import ATTEMPT_ID

Json = dict[str, Any]
# Older ones are forgotten, so that many requests are about something just made.
_REMEMBERED = 60
_EXCLUDED = 85_999_999  # the citizen ID 040085999999 of tests/stack.py


class People:
    """The people of one run. ``first`` is the first of their numbers, of a million at most."""

    def __init__(self, document: Json, api: str, units: list[str], seed: int, first: int) -> None:
        self._api, self._units, self._next = api, units, first
        self._dice = random.Random(seed)
        self._registered: deque[Json] = deque(maxlen=_REMEMBERED)
        self._tokens: deque[str] = deque(maxlen=_REMEMBERED)
        self._attempts: deque[str] = deque(maxlen=_REMEMBERED)
        self._owners: dict[str, str] = {}
        self._revisions: dict[str, int] = {}
        self._fits = {
            name: Draft202012Validator(
                {"$ref": f"#/components/schemas/{name}", "components": document["components"]},
                # An invalid date must be sent, and refused, as it was drawn.
                format_checker=Draft202012Validator.FORMAT_CHECKER,
            ).is_valid
            for name in ("Registration", "Credentials", "PaperAnswers")
        }

    def settle(self, count: int) -> None:
        """Registers the first people and signs them in."""
        for _ in range(count):
            person = self._newcomer()
            headers = {"X-Forwarded-For": self.address()}
            answer = requests.post(f"{self._api}/participants", json=person, headers=headers, timeout=30)
            assert answer.status_code == 201, answer.text
            self.note("registerParticipant", person, answer)
            sent = _credentials(person)
            session = requests.post(f"{self._api}/sessions", json=sent, headers=headers, timeout=30)
            assert session.status_code == 200, session.text
            self.note("signIn", None, session)

    def note(self, operation: str, sent: Any, answer: Any, attempt: Any = None) -> None:
        """Remembers what an answer provides."""
        if operation == "registerParticipant" and answer.status_code == 201:
            self._registered.append(sent)
        elif operation == "signIn" and answer.status_code == 200:
            self._tokens.append(f"Bearer {answer.json()['token']}")
        elif operation == "startAttempt" and answer.status_code in {200, 201}:
            attempt = answer.json()["attempt"]["attempt_id"]
            self._attempts.append(attempt)
            self._owners[attempt] = answer.request.headers["Authorization"]
        elif operation in {"saveAnswers", "submitAttempt"} and answer.status_code in {200, 409}:
            told = answer.json()
            if "revision" in told:
                self._revisions[attempt] = told["revision"]

    def token(self, attempt: Any = None) -> str:
        """The header of the attempt's owner, or of anybody."""
        return self._owners.get(attempt) or self._dice.choice(self._tokens)

    def address(self) -> str:
        """Mostly one of many: misses from a single source soon cost work, which nobody here does."""
        if self._dice.random() < 0.1:
            return "203.0.113.1"
        return f"198.18.{self._dice.randrange(4)}.{self._dice.randrange(256)}"

    def knows(self, header: str | None) -> bool:
        return header in self._tokens

    def body(self, operation: str, drawn: Any) -> Any:
        """A body that fits the document, often replaced by one that the contest accepts."""
        if operation == "registerParticipant" and self._fits["Registration"](drawn):
            return self._often(0.7, self._registration, drawn)
        if operation == "signIn" and self._fits["Credentials"](drawn):
            return self._often(0.7, lambda: _credentials(self._dice.choice(self._registered)), drawn)
        if operation in {"saveAnswers", "submitAttempt"} and self._fits["PaperAnswers"](drawn):
            return self._often(0.7, self._paper, drawn)
        return drawn

    def revised(self, attempt: Any, body: Any) -> Any:
        """A body that fits the document, usually built on the attempt's last saved revision."""
        if not self._fits["PaperAnswers"](body) or self._dice.random() < 0.3:
            return body
        return {**body, "revision": self._revisions.get(attempt, 0)}

    def path(self, drawn: Any) -> Any:
        """Somebody's attempt in place of one that was never started."""
        fits = isinstance(drawn, dict) and re.fullmatch(ATTEMPT_ID, str(drawn.get("attempt_id")))
        if not fits or not self._attempts or self._dice.random() < 0.2:
            return drawn
        found = self._dice.choice(self._attempts)
        # Every fourth is left alone until its time is over.
        if found[-1] in "0123" and time.time() * 1000 - int(found.split("-")[2]) < 20_000:
            return drawn
        return {**drawn, "attempt_id": found}

    def stranger(self) -> bool:
        """Whether this request is to come from somebody other than the owner."""
        return self._dice.random() < 0.1

    def _often(self, share: float, made: Any, drawn: Any) -> Any:
        luck = self._dice.random()
        if luck < share:
            return made()
        if luck > 0.99:  # above a body's limit of 16 KB
            return {**drawn, next(iter(drawn)): "A" * 20_000}
        return drawn

    def _newcomer(self) -> Json:
        self._next += 1
        return application(self._next, self._units, self._dice)

    def _registration(self) -> Json:
        person = self._newcomer()
        luck = self._dice.random()
        if luck < 0.05:
            return {**person, "citizen_id": f"0400{_EXCLUDED}", "gender": "male", "date_of_birth": "1985-02-03"}
        if luck < 0.15:  # once more, as after a lost answer
            return dict(self._dice.choice(self._registered))
        return person

    def _paper(self) -> Json:
        numbers = [str(number) for number in range(1, 6) if self._dice.random() < 0.8]
        return {
            "answers": {number: [self._dice.choice("AB")] for number in numbers},
            "prediction": self._dice.choice((None, 0, 7, 1_000_000_000)),
            "revision": 0,
        }


def _credentials(person: Json) -> Json:
    return {"citizen_id": person["citizen_id"], "password": person["password"]}
