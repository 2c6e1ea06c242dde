"""When DynamoDB throttles, fails or hangs, the caller soon gets ``Busy``, and nothing piles up behind it.

Faults are injected where botocore is about to send, so that its own retries run as they do against AWS. Waits
are counted, not timed: a busy machine changes nothing.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError
from botocore.session import get_session

from chalicelib.domain.attempt import AttemptId, Finished
from chalicelib.domain.errors import Busy
from chalicelib.services.ports import CurrentRevision
from chalicelib.storage.dynamodb import Client, dynamodb_client
from chalicelib.storage.entries import Entries
from chalicelib.storage.participants import Participants
from chalicelib.storage.revisions import StoredRevisions
from chalicelib.storage.sign_ins import StoredProofsOfWork, StoredSignIns, StoredSources
from chalicelib.storage.signed_http import AwsRefusal, SignedHttp
from chalicelib.web.chalice_app import guarded
from tests.fakes import MAC_KEY
from tests.storage.conftest import REGION
from tests.storage.test_participants import AN, VAULT

AT_MOST_S = 1.5  # the goal; one pause of 50 ms is what botocore makes
PERSON = "a3" + "0" * 18
WHO = (PERSON, "SO-A", "mandatory")
ATTEMPT = AttemptId(1, 1, 1_661_130_000_000, "a" * 16)
RECORD = Finished(1, ATTEMPT.started, 60_000, 0, 5, 7, ATTEMPT.nonce, "B" * 20)
Call = Callable[[Client], Any]

CALLS: dict[str, Call] = {
    "start": lambda c: Entries(c, "entries", lambda: MAC_KEY).start(1, *WHO, ATTEMPT.opening, 3),
    "save": lambda c: Entries(c, "entries", lambda: MAC_KEY).save(*WHO, ATTEMPT, "B" * 20, None, 0, 1),
    "submit": lambda c: Entries(c, "entries", lambda: MAC_KEY).submit(*WHO, ATTEMPT, RECORD, 0),
    "read": lambda c: Entries(c, "entries", lambda: MAC_KEY).get(1, PERSON),
    "history": lambda c: Entries(c, "entries", lambda: MAC_KEY).get_weeks([1, 2, 3, 4], PERSON),
    "register": lambda c: Participants(c, "participants", VAULT).add(AN),
    "sign in": lambda c: Participants(c, "participants", VAULT).get(PERSON),
    "wrong passwords": lambda c: StoredSignIns(c, "participants").strain(PERSON, "origin", "source", 0),
    "one try more": lambda c: StoredSignIns(c, "participants").begin(PERSON, 10, 0),
    "one more wrong password": lambda c: StoredSignIns(c, "participants").failed(PERSON, "origin", "source", 0),
    "right password": lambda c: StoredSignIns(c, "participants").succeeded(PERSON, "origin", 0),
    "traffic of a source": lambda c: StoredSources(c, "participants").traffic("source", 0),
    "one registration more": lambda c: StoredSources(c, "participants").begin("source", "a0", 10, 0),
    "one miss more": lambda c: StoredSources(c, "participants").missed("source", 0),
    "proof": lambda c: StoredProofsOfWork(c, "participants").spend("proof", PERSON, 0),
    "pointer": lambda c: StoredRevisions(c, "tallies").current("week-1"),
    "switch": lambda c: StoredRevisions(c, "tallies").switch("week-1", None, CurrentRevision(1, "a", "b")),
}
# Code, status, number of tries. A whole account at its limit is not asked again at once.
REFUSALS = [
    ("ProvisionedThroughputExceededException", 400, 2),
    ("ThrottlingException", 400, 2),
    ("RequestLimitExceeded", 400, 1),
    ("InternalServerError", 500, 2),
    ("ServiceUnavailable", 503, 2),
]


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> Client:
    """A client whose requests must not leave."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    return dynamodb_client(get_session(), REGION)


class _Raw:
    """The part of a urllib3 answer that botocore reads."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._body


def answer(status: int, document: dict[str, Any]) -> Callable[..., AWSResponse]:
    body = json.dumps(document).encode()

    def send(request: AWSRequest, **_: Any) -> AWSResponse:
        return AWSResponse(request.url, status, {"Content-Type": "application/x-amz-json-1.0"}, _Raw(body))

    return send


def refusal(code: str, status: int) -> Callable[..., AWSResponse]:
    return answer(status, {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "slow down"})


def faulty(client: Client, fault: Callable[..., Any]) -> list[str]:
    """Every request meets ``fault``; returns a list that fills with the operations sent.

    A fault that returns ``None`` lets the request leave.
    """
    sent: list[str] = []

    def send(request: AWSRequest, **options: Any) -> Any:
        sent.append(options["event_name"])
        return fault(request, **options)

    client.meta.events.register_first("before-send.dynamodb", send)
    return sent


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each pause between two tries; nobody sleeps."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


@pytest.mark.parametrize(("code", "status", "tries"), REFUSALS)
def test_a_refused_call_is_busy_within_a_second_and_a_half(
    nowhere: Client, pauses: list[float], code: str, status: int, tries: int
) -> None:
    sent = faulty(nowhere, refusal(code, status))
    for name, call in CALLS.items():
        sent.clear()
        pauses.clear()
        with pytest.raises(Busy):
            call(nowhere)
        assert sum(pauses) < AT_MOST_S, name
        assert (len(sent), len(pauses)) == (tries, tries - 1), name


def test_many_refused_calls_in_a_row_take_no_longer_each(nowhere: Client, pauses: list[float]) -> None:
    # No growing pause, no queue: an environment is free again for the next person.
    faulty(nowhere, refusal("ThrottlingException", 400))
    for _ in range(20):
        with pytest.raises(Busy):
            CALLS["start"](nowhere)
    assert len(pauses) == 20
    assert max(pauses) < AT_MOST_S


def test_a_throttled_submission_is_answered_503_with_retry_after(nowhere: Client, pauses: list[float]) -> None:
    faulty(nowhere, refusal("ThrottlingException", 400))
    answered = guarded(lambda: CALLS["submit"](nowhere))
    assert sum(pauses) < AT_MOST_S
    assert answered.status_code == 503
    assert int(answered.headers["Retry-After"]) >= 1
    assert json.loads(answered.body)["code"] == "busy"


def test_a_connection_that_died_while_the_environment_slept_is_replaced(client: Client) -> None:
    sent: list[str] = []

    def once(request: AWSRequest, **options: Any) -> None:
        sent.append(options["event_name"])
        if len(sent) == 1:
            raise ConnectionClosedError(endpoint_url=request.url)

    client.meta.events.register_first("before-send.dynamodb", once)
    assert CALLS["start"](client) == (1, ())
    assert len(sent) == 2


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that takes connections and never answers."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield url


@pytest.mark.slow
def test_a_dynamodb_that_hangs_is_busy_after_two_waits_of_two_seconds(
    silence: str, pauses: list[float]
) -> None:
    # Below the function's ten seconds, so that the person gets an answer and not the gateway's time-out.
    waiting = dynamodb_client(get_session(), REGION)
    sent = faulty(waiting, lambda *_, **__: None)
    with pytest.raises(Busy):
        CALLS["start"](waiting)
    limits = waiting.meta.config
    assert len(sent) * (limits.connect_timeout + limits.read_timeout) + sum(pauses) < 7
    assert (len(sent), limits.read_timeout) == (2, 2)


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
        yield SignedHttp(get_session(), REGION, connect=1, read=2, retries=1)
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
