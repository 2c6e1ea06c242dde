"""Warm CPU of a sign-in and of a registration through the whole handler, against one argon2id hash; no network.

A separate process, because it stubs where requests leave; prints medians of CPU milliseconds: hash, sign-in,
registration, and the refusal that asks for a proof of work.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import statistics
from itertools import count
from typing import Any

from stubs import gateway_event, milliseconds, stub_signed

ROUNDS = 9
PASSWORD = "a password of the bench"


def solved(challenge: dict[str, Any]) -> str:
    for number in range(challenge["maxnumber"] + 1):
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            return base64.b64encode(json.dumps({**challenge, "number": number}).encode()).decode()
    raise SystemExit("the challenge has no solution")


def main() -> None:
    stub_signed()
    import app as deployed  # noqa: PLC0415  after the stub is in place
    from chalicelib.services.people.passwords import Argon2Passwords  # noqa: PLC0415

    numbers = count(1)

    def asked(method: str, resource: str, body: dict[str, Any], status: int) -> dict[str, Any]:
        answer = deployed.app(gateway_event(method, resource, None, "", json.dumps(body)), None)
        if answer["statusCode"] != status:
            raise SystemExit(str(answer))
        found: dict[str, Any] = json.loads(answer["body"])
        return found

    proof = solved(asked("GET", "/challenge", {}, 200))

    def person() -> dict[str, Any]:
        return {
            "citizen_id": f"040085{next(numbers):06}",
            "full_name": "Nguyễn Văn An",
            "date_of_birth": "1985-03-02",
            "gender": "male",
            "phone": "0912345678",
            "unit_code": "S-NOIVU",
            "category": "mandatory",
            "password": PASSWORD,
            "consent": True,
        }

    def register() -> None:
        asked("POST", "/participants", {**person(), "proof": proof}, 201)

    def unproved() -> None:
        asked("POST", "/participants", person(), 429)

    def sign_in() -> None:
        asked("POST", "/sessions", {"citizen_id": "040085000001", "password": PASSWORD}, 200)

    register()  # the person who signs in
    logging.getLogger("cuoc-thi").handlers[0].setStream(open(os.devnull, "w"))  # type: ignore[attr-defined]  # noqa: PTH123, SIM115
    measured = [lambda: Argon2Passwords().hash(PASSWORD), sign_in, register, unproved]
    rounds = [[milliseconds(function) for function in measured] for _ in range(ROUNDS + 1)]
    print(*(statistics.median(times[1:]) for times in zip(*rounds, strict=True)))


if __name__ == "__main__":
    main()
