"""Warm CPU of a registration through the whole handler, against its argon2id alone; HTTP is stubbed.

A separate process, because it stubs urllib3; prints medians of CPU milliseconds: argon2id, the registration,
and the refusal that asks for a proof of work.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import logging
import os
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import urllib3
from stubs import answer_get, answer_signed, gateway_event

ROUNDS, CALLS = 9, 20
PERSON = {
    "citizen_id": "040085000001",
    "full_name": "Nguyễn Văn An",
    "date_of_birth": "1985-01-31",
    "gender": "male",
    "phone": "0912345678",
    "unit_code": None,
    "category": "encouraged",
    "password": "mot-mat-khau-dai",
    "consent": True,
}


class _Body(io.BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


def answer_anything(request: Any, **_: Any) -> Any:
    """DynamoDB knows nobody and takes everything."""
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415  the package's own

    asked = json.loads(request.body).get("RequestItems", {})
    found = {"Responses": {table: [] for table in asked}, "UnprocessedKeys": {}} if asked else {}
    headers = {"content-type": "application/x-amz-json-1.0"}
    return AWSResponse(request.url, 200, headers, _Body(json.dumps(found).encode()))


def solved(challenge: dict[str, Any]) -> str:
    for number in range(challenge["maxnumber"] + 1):
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            return base64.b64encode(json.dumps({**challenge, "number": number}).encode()).decode()
    raise SystemExit("the challenge has no solution")


def milliseconds(function: Callable[[], Any]) -> float:
    began = time.process_time()
    for _ in range(CALLS):
        function()
    return (time.process_time() - began) / CALLS * 1000


def main() -> None:
    urllib3.PoolManager.request = answer_signed  # type: ignore[method-assign,assignment]
    import app as deployed  # noqa: PLC0415  after the stub is in place
    from chalicelib.services.people.vault import Vault  # noqa: PLC0415
    from chalicelib.storage.participants import Participants  # noqa: PLC0415
    from chalicelib.wiring import api as wired  # noqa: PLC0415

    wired._announce_key = lambda: None  # type: ignore[assignment]
    client = wired._clients()[0]
    for name in ("UpdateItem", "PutItem", "BatchGetItem"):
        client.meta.events.register_first(f"before-send.dynamodb.{name}", answer_anything)
    client.meta.events.register_first("before-send.dynamodb.GetItem", answer_get)
    people = Participants(client, os.environ["PARTICIPANTS_TABLE"], Vault(lambda: bytes(32)))
    account = replace(wired.account(), participants=people)
    wired.account = lambda: account  # type: ignore[assignment]

    def asked(method: str, path: str, status: int, **body: Any) -> dict[str, Any]:
        answer = deployed.app(gateway_event(method, path, {}, "", json.dumps({**PERSON, **body})), None)
        if answer["statusCode"] != status:
            raise SystemExit(str(answer))
        found: dict[str, Any] = json.loads(answer["body"])
        return found

    logging.getLogger("cuoc-thi").handlers[0].setStream(open(os.devnull, "w"))  # type: ignore[attr-defined]  # noqa: PTH123, SIM115
    proof = solved(asked("GET", "/challenge", 200))
    measured: dict[str, Callable[[], Any]] = {
        "argon2id": lambda: account.passwords.hash(str(PERSON["password"])),
        "registered": lambda: asked("POST", "/participants", 201, proof=proof),
        "asked for a proof": lambda: asked("POST", "/participants", 429),
    }
    figures: dict[str, list[float]] = {name: [] for name in measured}
    for _ in range(ROUNDS + 1):
        for name, function in measured.items():
            figures[name].append(milliseconds(function))
    print(*(statistics.median(found[1:]) for found in figures.values()))


if __name__ == "__main__":
    main()
