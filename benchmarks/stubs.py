"""Answers AWS calls inside the process, so that a figure is the software's own work without the network."""

from __future__ import annotations

import base64
import io
import json
import os
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

REGION = "ap-southeast-1"
UPDATED = b'{"Attributes":{"used":{"N":"1"}}}'


def milliseconds(function: Callable[[], object], calls: int = 1) -> float:
    """CPU of a call of ``function``, on average."""
    began = time.process_time()
    for _ in range(calls):
        function()
    return (time.process_time() - began) / calls * 1000


def environment(objects: Path) -> None:
    """Sets the template's variables; the folder ``objects`` stands for the desk bucket."""
    os.environ.update(
        AWS_ACCESS_KEY_ID="bench",
        AWS_SECRET_ACCESS_KEY="bench",
        AWS_REGION=REGION,
        AWS_DEFAULT_REGION=REGION,
        PARTICIPANTS_TABLE="participants",
        ENTRIES_TABLE="entries",
        TALLIES_TABLE="tallies",
        DESK_BUCKET="desk",
        SITE_BUCKET="site",
        PEPPER_SECRET="pepper",
        ENTRY_SECRET="entry",
        TOKEN_SECRET="token",
        RECEIPT_SECRET="receipt",
        PROVIDER_SECRET="provider",
        LOG_SECRET="log",
        RESULT_SECRET="result",
        WITNESSES="none",
        LOG_MINUTE_S="60",
        DATA_KEY_KMS="key",
        LOCK_DAYS="0",
        CODE_VERSION="bench",
        SAVE_AFTER_S="30",
        OBJECTS=str(objects),
    )


class _Body(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def stub(client: Any) -> None:
    """Lets a client of botocore for DynamoDB or S3 answer at once."""
    client.meta.events.register_first("before-send", _answer_botocore)


def _answer_botocore(request: Any, **_: Any) -> Any:
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415  counted as part of a cold start

    return AWSResponse(
        request.url,
        200,
        {"content-type": "application/x-amz-json-1.0"},
        _Body(UPDATED if "dynamodb" in request.url else b""),
    )


def stub_signed() -> None:
    """Lets signed requests end where they would leave; loaded before the app, as part of its cold start."""
    from chalicelib.storage import http_lines  # noqa: PLC0415

    http_lines.KeptLines.send = answer_signed  # type: ignore[assignment, method-assign]


def answer_signed(_self: Any, to: Any, method: str, path: str, headers: Any, body: bytes) -> Any:
    from chalicelib.storage.http_lines import Answer  # noqa: PLC0415

    action = headers.get("X-Amz-Target", "")
    if action.endswith(".UpdateItem"):  # the first one of all: it is what is measured
        return Answer(200, {"x-amz-crc32": _CRC}, UPDATED)
    if to.host.startswith("s3"):
        file = Path(os.environ["OBJECTS"]) / path.removeprefix("/desk/")
        if method == "PUT":
            return Answer(200, {}, b"")
        return Answer(200, {}, file.read_bytes()) if file.is_file() else Answer(404, {}, b"")
    return Answer(200, {}, json.dumps(_told(action, body)).encode())


_CRC = str(zlib.crc32(UPDATED))


def _told(action: str, body: bytes) -> dict[str, Any]:
    if action.startswith("secretsmanager"):
        return {"SecretString": "bench-secret"}
    if action.startswith("TrentService"):
        return {"Plaintext": base64.b64encode(bytes(32)).decode()}
    if action.endswith(".GetItem"):
        return _pointer(json.loads(body)["Key"].get("id", {}).get("S", ""))
    if action.endswith(".BatchGetItem"):
        table, asked = next(iter(json.loads(body)["RequestItems"].items()))
        people = [PEOPLE[key["id"]["S"]] for key in asked["Keys"] if key["id"]["S"] in PEOPLE]
        return {"Responses": {table: people}, "UnprocessedKeys": {}}
    if action.endswith(".PutItem"):
        item = json.loads(body)["Item"]
        if "password_hash" in item:
            PEOPLE[item["id"]["S"]] = item
    return {}


# Who has registered, for whoever signs in.
PEOPLE: dict[str, Any] = {}


def _pointer(key: str) -> dict[str, Any]:
    """A pointer is a file of the folder ``OBJECTS``."""
    if key == "pointers/data-key":
        data = b'{"encrypted":""}'
    else:
        path = Path(os.environ["OBJECTS"]) / key
        if not key or not path.is_file():
            return {}
        data = path.read_bytes()
    return {"Item": {"value": {"B": base64.b64encode(zlib.compress(data)).decode()}}}


def gateway_event(
    method: str, resource: str, path: dict[str, str] | None, token: str, body: str
) -> dict[str, Any]:
    """The event that API Gateway passes to the function."""
    return {
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": {
            "Host": "example.org",
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {token}",
            "User-Agent": "Mozilla/5.0 (Linux; Android 9)",
            "X-Forwarded-For": "192.0.2.1",
        },
        "multiValueHeaders": {},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": path,
        "stageVariables": None,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": resource,
            "identity": {"sourceIp": "192.0.2.1"},
        },
        "body": body,
        "isBase64Encoded": False,
    }
