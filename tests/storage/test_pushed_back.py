"""When DynamoDB throttles, fails or hangs, the caller soon gets ``Busy``, and nothing piles up behind it.

Faults are injected where a request leaves, so that the client's own retries run as they do against AWS. Waits
are counted, not timed: a busy machine changes nothing.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.domain.attempt import AttemptId, Finished
from chalicelib.domain.errors import Busy
from chalicelib.services.ports import CurrentRevision
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.entries import Entries
from chalicelib.storage.http_lines import Answer, KeptLines
from chalicelib.storage.participants import Participants
from chalicelib.storage.pointers import Pointers
from chalicelib.storage.revisions import StoredRevisions
from chalicelib.storage.sign_ins import StoredProofsOfWork, StoredSignIns, StoredSources
from chalicelib.storage.signed_http import AwsRefusal
from chalicelib.web.chalice_app import guarded
from tests.fakes import MAC_KEY
from tests.storage.conftest import REGION
from tests.storage.test_participants import AN, VAULT
from tests.wire import MotoLines, WatchedLines, dynamo, refusal

AT_MOST_S = 1.5  # the goal
PERSON = "a3" + "0" * 18
WHO = (PERSON, "SO-A", "mandatory")
ATTEMPT = AttemptId(1, 1, 1_661_130_000_000, "a" * 16)
RECORD = Finished(1, ATTEMPT.started, 60_000, 0, 5, 7, ATTEMPT.nonce, "B" * 20)
Call = Callable[[Dynamo], Any]

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
    "pointer": lambda c: Pointers(c, "tallies").get("pointers/contest"),
    "move of a pointer": lambda c: Pointers(c, "tallies").replace("pointers/contest", None, b"x"),
    "revision": lambda c: StoredRevisions(c, "tallies").current("week-1"),
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
WRONG = ["ValidationException", "ResourceNotFoundException", "AccessDeniedException", "SerializationException"]


class Nowhere:
    """Requests must not leave."""

    def send(self, *_: Any) -> Answer:
        raise AssertionError("sent")


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of each pause between two tries; nobody sleeps."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


def refusing(status: int, code: str) -> WatchedLines:
    return WatchedLines(Nowhere(), lambda: refusal(status, code))


@pytest.mark.parametrize(("code", "status", "tries"), REFUSALS)
def test_a_refused_call_is_busy_within_a_second_and_a_half(
    pauses: list[float], code: str, status: int, tries: int
) -> None:
    lines = refusing(status, code)
    for name, call in CALLS.items():
        lines.actions.clear()
        pauses.clear()
        with pytest.raises(Busy):
            call(dynamo(REGION, lines))
        assert sum(pauses) < AT_MOST_S, name
        assert (len(lines.actions), pauses) == (tries, [0.05] * (tries - 1)), name


@pytest.mark.parametrize("code", WRONG)
def test_a_request_that_is_wrong_is_not_sent_again_and_not_called_busy(pauses: list[float], code: str) -> None:
    lines = refusing(400, code)
    for name, call in CALLS.items():
        lines.actions.clear()
        with pytest.raises(AwsRefusal, match=code):
            call(dynamo(REGION, lines))
        assert len(lines.actions) == 1, name
    assert pauses == []


def test_many_refused_calls_in_a_row_take_no_longer_each(pauses: list[float]) -> None:
    # No growing pause, no queue: an environment is free again for the next person.
    client = dynamo(REGION, refusing(400, "ThrottlingException"))
    for _ in range(20):
        with pytest.raises(Busy):
            CALLS["start"](client)
    assert len(pauses) == 20
    assert max(pauses) < AT_MOST_S


def test_a_throttled_submission_is_answered_503_with_retry_after(pauses: list[float]) -> None:
    client = dynamo(REGION, refusing(400, "ThrottlingException"))
    answered = guarded(lambda: CALLS["submit"](client))
    assert sum(pauses) < AT_MOST_S
    assert answered.status_code == 503
    assert int(answered.headers["Retry-After"]) >= 1
    assert json.loads(answered.body)["code"] == "busy"


def test_a_connection_that_died_while_the_environment_slept_is_replaced(client: Dynamo) -> None:
    def once() -> None:
        if len(lines.actions) == 1:
            raise ConnectionResetError

    lines = WatchedLines(MotoLines(), once)
    assert CALLS["start"](dynamo(REGION, lines)) == (1, ())
    assert len(lines.actions) == 2


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL", url)
        yield url


@pytest.mark.slow
def test_a_dynamodb_that_hangs_is_busy_after_two_waits_of_two_seconds(
    silence: str, pauses: list[float]
) -> None:
    # Below the function's ten seconds, so that the person gets an answer and not the gateway's time-out.
    lines = WatchedLines(KeptLines(connect=1, read=2))
    with pytest.raises(Busy, match="TimeoutError"):
        CALLS["start"](dynamo(REGION, lines))
    assert (len(lines.actions), pauses) == (2, [0.05])
