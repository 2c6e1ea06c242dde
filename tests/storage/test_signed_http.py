"""Signed requests as a whole: what is sent again, what is mended, and what the caller is told."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable, Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.domain.errors import Busy
from chalicelib.storage.http_lines import Answer
from chalicelib.storage.signatures import Credentials, Signer
from chalicelib.storage.signed_http import AwsRefusal, SignedHttp
from tests.storage.conftest import REGION
from tests.wire import refusal

AT_MOST_S = 1.5


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each pause between two tries; nobody sleeps."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


class Told:
    """Answers in this order, and notes who signed when."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)
        self.signed: list[tuple[str, str]] = []

    def send(self, to: Any, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        self.signed.append((headers["Authorization"].split("/")[0][-4:], headers["X-Amz-Date"]))
        return self._answers.pop(0)


def asked(told: Told, who: Callable[[], Credentials] = lambda: Credentials("AAAA", "s", "")) -> bytes:
    signer = Signer(REGION, who, lambda: 1_661_130_000.0)
    http = SignedHttp(REGION, connect=1, read=2, retries=1, signer=signer, lines=told)
    return http.call("dynamodb", "DynamoDB_20120810.GetItem", b"{}")


def good(data: bytes = b"{}", crc: int | None = None) -> Answer:
    return Answer(200, {"x-amz-crc32": str(zlib.crc32(data) if crc is None else crc)}, data)


def test_an_answer_with_another_checksum_is_asked_for_again(pauses: list[float]) -> None:
    told = Told(good(crc=1), good(b'{"a":1}'))
    assert asked(told) == b'{"a":1}'
    assert pauses == [0.05]
    with pytest.raises(Busy, match="checksum"):
        asked(Told(good(crc=1), good(crc=1)))


@pytest.mark.parametrize("code", ["ExpiredTokenException", "UnrecognizedClientException"])
def test_expired_credentials_are_replaced_at_once_and_once(pauses: list[float], code: str) -> None:
    roles = iter([Credentials("AAAA", "s", "t"), Credentials("BBBB", "s", "t"), Credentials("CCCC", "s", "t")])
    told = Told(refusal(400, code), refusal(400, code))
    with pytest.raises(AwsRefusal, match=code):
        asked(told, lambda: next(roles))
    assert [who for who, _ in told.signed] == ["AAAA", "BBBB"]
    assert pauses == []


def test_credentials_that_expired_and_did_not_change_are_refused(pauses: list[float]) -> None:
    told = Told(refusal(400, "ExpiredTokenException"))
    with pytest.raises(AwsRefusal, match="ExpiredTokenException"):
        asked(told)
    assert pauses == []


def test_a_clock_that_runs_wrong_is_corrected_and_the_request_sent_again(pauses: list[float]) -> None:
    skewed = refusal(400, "InvalidSignatureException")
    skewed = skewed._replace(headers={"date": formatdate(1_661_130_000 + 3_600, usegmt=True)})
    told = Told(skewed, good())
    assert asked(told) == b"{}"
    assert [when for _, when in told.signed] == ["20220822T010000Z", "20220822T020000Z"]
    assert pauses == []


def test_a_refusal_that_is_no_json_is_told_by_its_status() -> None:
    with pytest.raises(AwsRefusal, match="413"):
        asked(Told(Answer(413, {}, b"<html>")))
    with pytest.raises(AwsRefusal, match="400"):
        asked(Told(Answer(400, {}, b"[1]")))


def test_a_failed_condition_brings_what_is_stored() -> None:
    stored = {"pk": {"S": "w1#a3"}}
    with pytest.raises(AwsRefusal) as refused:
        asked(Told(refusal(400, "ConditionalCheckFailedException", Item=stored)))
    assert refused.value.response["Error"]["Code"] == "ConditionalCheckFailedException"
    assert refused.value.response["Item"] == stored


class _Storage(BaseHTTPRequestHandler):
    """S3 that asks to be left alone for an hour, refuses, or redirects."""

    seen: list[str]
    refusal = b""

    def do_GET(self) -> None:
        self.seen.append(self.path)
        body = b""
        if self.path.endswith("busy.json"):
            self.send_response(503)
            self.send_header("Retry-After", "3600")
        elif self.path.endswith("refused.json"):
            self.send_response(403)
            body = self.refusal
        else:
            self.send_response(307)
            self.send_header("Location", "/desk/elsewhere.json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.seen.append(self.path)
        function = self.path.split("/")[-2]
        status = {"busy": 429, "missing": 404, "down": 503}.get(function, 200)
        self.send_response(status)
        if function == "dies":
            self.send_header("X-Amz-Function-Error", "Unhandled")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"true")

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Iterator[SignedHttp]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    _Storage.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Storage) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        yield SignedHttp(REGION, connect=1, read=2, retries=1)
        server.shutdown()
        thread.join()


def test_storage_that_asks_for_an_hour_is_not_waited_for(storage: SignedHttp, pauses: list[float]) -> None:
    with pytest.raises(Busy):
        storage.get_object("desk", "busy.json")
    assert sum(pauses) < AT_MOST_S
    assert len(_Storage.seen) == 2


def test_a_signed_request_does_not_follow_a_redirect(storage: SignedHttp) -> None:
    with pytest.raises(AwsRefusal, match="307"):
        storage.get_object("desk", "moved.json")
    assert _Storage.seen == ["/desk/moved.json"]


@pytest.mark.parametrize(
    "told",
    [
        "User: api is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::desk",
        "Access Denied",
    ],
)
def test_an_object_that_is_not_there_is_absent_also_for_a_role_that_may_not_list(
    storage: SignedHttp, monkeypatch: pytest.MonkeyPatch, told: str
) -> None:
    answer = f"<Error><Code>AccessDenied</Code><Message>{told}</Message></Error>"
    monkeypatch.setattr(_Storage, "refusal", answer.encode())
    assert storage.get_object("desk", "refused.json") is None


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("AccessDenied", "User: api is not authorized to perform: s3:GetObject on resource: desk/refused.json"),
        ("SignatureDoesNotMatch", "The request signature we calculated does not match"),
        ("RequestTimeTooSkewed", "The difference between the request time and the server's time is too large"),
    ],
)
def test_a_real_refusal_is_not_taken_for_absence(
    storage: SignedHttp, monkeypatch: pytest.MonkeyPatch, code: str, told: str
) -> None:
    answer = f"<Error><Code>{code}</Code><Message>{told}</Message></Error>"
    monkeypatch.setattr(_Storage, "refusal", answer.encode())
    with pytest.raises(AwsRefusal, match="403"):
        storage.get_object("desk", "refused.json")


def test_a_function_that_dies_is_told_apart_from_one_that_is_busy(storage: SignedHttp) -> None:
    assert storage.invoke("answers", b"{}") == (b"true", False)
    assert storage.invoke("dies", b"{}") == (b"true", True)
    for busy in ("busy", "down"):
        with pytest.raises(Busy):
            storage.invoke(busy, b"{}")
    with pytest.raises(AwsRefusal, match="404"):
        storage.invoke("missing", b"{}")
    assert _Storage.seen[0] == "/2015-03-31/functions/answers/invocations"
