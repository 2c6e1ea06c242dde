"""Participants, as far as the API is concerned."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

from playwright.sync_api import Page

from tests.stack import Stack

PASSWORD = "mật khẩu dài"


def solved(challenge: dict[str, Any]) -> str:
    """The proof of work that the page computes while a person fills in the form."""
    for number in range(challenge["maxnumber"] + 1):
        if sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            solved = {key: challenge[key] for key in ("algorithm", "challenge", "salt", "signature")}
            return base64.b64encode(json.dumps({**solved, "number": number}).encode()).decode()
    raise AssertionError("the challenge has no solution")


@dataclass(frozen=True)
class Person:
    """Somebody registered and signed in; ``session`` is the part that the page keeps."""

    citizen_id: str
    session: dict[str, Any]

    @staticmethod
    def home(number: int) -> str:
        """An address of their own, so that nobody pays for the others (``infra/local/proxy.py``)."""
        return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"

    @classmethod
    def register(
        cls,
        stack: Stack,
        number: int,
        *,
        name: str = "Nguyễn Thị Ánh Đào",
        unit: str = "SO-B",
        proof: bool = True,
    ) -> Self:
        citizen_id, home = f"040190{number:06}", cls.home(number)
        application = {
            "citizen_id": citizen_id,
            "full_name": name,
            "date_of_birth": "1990-03-07",
            "gender": "female",
            "phone": "0912345678",
            "unit_code": unit,
            "category": "mandatory",
            "password": PASSWORD,
            "consent": True,
            "proof": solved(stack.call("GET", "/challenge", address=home).json()) if proof else None,
        }
        stack.call("POST", "/participants", application, address=home).raise_for_status()
        credentials = {"citizen_id": citizen_id, "password": PASSWORD}
        answer = stack.call("POST", "/sessions", credentials, address=home)
        answer.raise_for_status()
        return cls(citizen_id, answer.json())

    def call(self, stack: Stack, method: str, path: str, body: Any = None) -> Any:
        answer = stack.call(method, path, body, token=self.session["token"])
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def start(self, stack: Stack) -> str:
        """The id of the attempt that is now open."""
        return str(self.call(stack, "POST", "/attempts", {})["attempt"]["attempt_id"])

    def opens(self, page: Page, site_url: str, hash_: str) -> None:
        """Opens a screen as a signed-in person."""
        page.goto(f"{site_url}/icon.svg")
        page.evaluate("text => localStorage.setItem('cuoc-thi:session', text)", json.dumps(self.session))
        page.goto(f"{site_url}/{hash_}")
