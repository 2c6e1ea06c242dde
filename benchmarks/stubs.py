"""Answers AWS calls inside the process, so that a figure is the software's own work without the network."""

from __future__ import annotations

import base64
import io
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REGION = "ap-southeast-1"
UPDATED = b'{"Attributes":{"used":{"N":"1"}}}'


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


def answer_update(request: Any, **_: Any) -> Any:
    """DynamoDB's answer to any update, in botocore's own response class."""
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415  counted as part of a cold start

    return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, _Body(UPDATED))


def answer_get(request: Any, **_: Any) -> Any:
    """DynamoDB's answer to ``GetItem`` of a pointer, a file of the folder ``OBJECTS``."""
    from botocore.awsrequest import AWSResponse  # noqa: PLC0415  counted as part of a cold start

    path = Path(os.environ["OBJECTS"]) / json.loads(request.body)["Key"]["id"]["S"]
    item = {}
    if path.is_file():
        item = {"Item": {"value": {"B": base64.b64encode(zlib.compress(path.read_bytes())).decode()}}}
    body = _Body(json.dumps(item).encode())
    return AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, body)


def stub(client: Any) -> None:
    """Lets a client of DynamoDB answer at once."""
    client.meta.events.register_first("before-send.dynamodb.UpdateItem", answer_update)
    client.meta.events.register_first("before-send.dynamodb.GetItem", answer_get)


class _Response:
    def __init__(self, status: int, data: bytes) -> None:
        self.status, self.data = status, data


def answer_signed(_self: Any, _method: str, url: str, **_: Any) -> _Response:
    """Secrets Manager and S3 behind ``SignedHttp``."""
    if "secretsmanager" in url:
        return _Response(200, json.dumps({"SecretString": "bench-secret"}).encode())
    path = Path(os.environ["OBJECTS"]) / url.split("/desk/", 1)[1]
    return _Response(200, path.read_bytes()) if path.is_file() else _Response(404, b"")


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
