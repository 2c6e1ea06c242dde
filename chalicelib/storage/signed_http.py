"""Requests to AWS without botocore: signed here (``signatures``), sent over kept connections (``http_lines``).

A client of botocore costs 0.3 s of a cold start, 0.28 ms a request and 41 µs an item read. So everything that
people wait for goes this way, and the reading of millions of entries.
"""

from __future__ import annotations

import os
import re
import time
import zlib
from collections.abc import Mapping
from typing import Any

import msgspec

from chalicelib.domain.errors import Busy
from chalicelib.storage.http_lines import Address, Answer, BadAnswer, KeptLines, Lines
from chalicelib.storage.signatures import Signer

PAUSE_S = 0.05
# What services say that are too busy, whatever the status.
_BUSY = {
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottledException",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}
# A whole account at its limit is not asked again at once.
_NOT_AGAIN = {"RequestLimitExceeded"}
_CODE = re.compile(rb"<Code>(\w+)</Code>")


class AwsRefusal(Exception):
    """AWS refused the request. ``code``: the service's own; ``response``: as in botocore's ``ClientError``."""

    def __init__(self, code: str, message: str, more: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.response = {**(more or {}), "Error": {"Code": code, "Message": message}}


class SignedHttp:
    """All services of a region; ``AWS_ENDPOINT_URL`` points it at an emulator.

    A request that fails, is pushed back or is answered with damage is sent again, ``retries`` times, the first
    time after 50 ms; so whoever waits knows soon. ``connect``, ``read``: seconds, as in ``KeptLines``.
    """

    def __init__(
        self,
        region: str,
        *,
        connect: float,
        read: float,
        retries: int,
        signer: Signer | None = None,
        lines: Lines | None = None,
    ) -> None:
        self._region, self._retries = region, retries
        self._signer = signer or Signer(region)
        self._lines = lines or KeptLines(connect, read)
        self._endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        self._addresses: dict[str, tuple[Address, str]] = {}

    def call(self, service: str, target: str, body: bytes, version: str = "1.1") -> bytes:
        """A JSON-protocol action, ``target`` like ``DynamoDB_20120810.Query``.

        Raises ``AwsRefusal``, or ``Busy`` when the service fails, throttles or does not answer.
        """
        headers = {"X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{version}"}
        answer = self._send(service, "POST", "/", headers, body)
        if answer.status == 200:
            return answer.data
        code, fault = _fault(answer)
        raise AwsRefusal(code, str(fault.get("message", fault.get("Message", ""))), fault)

    def invoke(self, function: str, event: bytes) -> tuple[bytes, bool]:
        """Calls a function of Lambda and waits: what it answers, and whether it failed.

        Raises ``AwsRefusal``, or ``Busy`` when Lambda fails, throttles or does not answer.
        """
        path = f"/2015-03-31/functions/{function}/invocations"
        answer = self._send("lambda", "POST", path, {"Content-Type": "application/json"}, event)
        if answer.status != 200:
            raise AwsRefusal(str(answer.status), function)
        return answer.data, "x-amz-function-error" in answer.headers

    def get_object(self, bucket: str, key: str) -> bytes | None:
        """An S3 object, None if there is none. ``key`` needs no escaping: letters, digits, ``/-_.``."""
        answer = self._send("s3", "GET", f"/{bucket}/{key}", {}, b"")
        if answer.status == 200:
            return answer.data
        if answer.status == 404 or (answer.status == 403 and _hides_absence(answer.data)):
            return None
        raise AwsRefusal(str(answer.status), f"s3://{bucket}/{key}")

    def put_object(self, bucket: str, key: str, data: bytes, headers: Mapping[str, str]) -> None:
        """Puts an object in one piece; ``key`` as in ``get_object``."""
        answer = self._send("s3", "PUT", f"/{bucket}/{key}", headers, data)
        if answer.status != 200:
            raise AwsRefusal(_s3_code(answer) or str(answer.status), f"s3://{bucket}/{key}")

    def _send(self, service: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """The first answer that is neither a push-back nor a refusal of the signature that can be mended."""
        trial, mended = 0, False
        while True:
            try:
                answer = self._once(service, method, path, headers, body)
            except (OSError, BadAnswer) as error:
                pushed = f"{service}: {type(error).__name__}: {error}"
            else:
                if answer.status < 300:
                    return answer
                code = _s3_code(answer) if service == "s3" else _fault(answer)[0]
                if not mended and self._signer.told_wrong(code, answer.headers.get("date", "")):
                    mended = True
                    continue
                if answer.status < 500 and answer.status != 429 and code not in _BUSY:
                    return answer
                pushed = code or str(answer.status)
            if trial == self._retries or pushed in _NOT_AGAIN:
                raise Busy(pushed)
            time.sleep(PAUSE_S * 2**trial)
            trial += 1

    def _once(self, service: str, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        to, host = self._addresses.get(service) or self._address(service)
        signed = self._signer.sign(service, host, method, path, headers, body)
        answer = self._lines.send(to, method, path, signed, body)
        checksum = answer.headers.get("x-amz-crc32")  # DynamoDB's
        if checksum is not None and int(checksum) != zlib.crc32(answer.data):
            raise BadAnswer("the checksum is another")
        return answer

    def _address(self, service: str) -> tuple[Address, str]:
        to = Address.of(self._endpoint or f"https://{service}.{self._region}.amazonaws.com")
        self._addresses[service] = (to, to.name)
        return to, to.name


def _fault(answer: Answer) -> tuple[str, dict[str, Any]]:
    """Code and document of a refusal in JSON; the status, and nothing, if it is none."""
    try:
        fault = msgspec.json.decode(answer.data)
    except msgspec.DecodeError:
        fault = None
    if not isinstance(fault, dict):
        return str(answer.status), {}
    return str(fault.get("__type", answer.status)).rpartition("#")[2], fault


def _s3_code(answer: Answer) -> str:
    found = _CODE.search(answer.data)
    return found[1].decode() if found else ""


def _hides_absence(answer: bytes) -> bool:
    """Whether S3 tells a role that may not list, so must not learn what is there, of an absent object.

    A refusal of the object itself names the action that is not allowed.
    """
    return b"<Code>AccessDenied</Code>" in answer and b"s3:GetObject" not in answer
