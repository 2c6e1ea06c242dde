"""What stands where signed requests leave: moto, faults, and a look at what passes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.awsrequest import AWSRequest
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.models import botocore_stubber

from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.http_lines import Address, Answer, Lines
from chalicelib.storage.signed_http import SignedHttp

_stubber: BotocoreStubber = botocore_stubber


class MotoLines:
    """Requests end in moto, within ``mock_aws``."""

    def send(self, to: Address, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        url = f"{'https' if to.secure else 'http'}://{to.name}{path}"
        prepared = AWSRequest(method, url, headers=dict(headers), data=body).prepare()
        answer = _stubber("before-send", prepared)
        if answer is None:
            raise ConnectionRefusedError(url)
        kept = {name.lower(): str(value) for name, value in answer.headers.items()}
        return Answer(answer.status_code, kept, answer.content)


class WatchedLines:
    """Notes action and answer of every request that passes; ``fault`` may answer, or fail, in its place."""

    def __init__(self, lines: Lines, fault: Callable[[], Answer | None] = lambda: None) -> None:
        self._lines, self.fault = lines, fault
        self.actions: list[str] = []
        self.answers: list[Answer] = []

    def send(self, to: Address, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        self.actions.append(headers.get("X-Amz-Target", path).rpartition(".")[2])
        answer = self.fault() or self._lines.send(to, method, path, headers, body)
        self.answers.append(answer)
        return answer

    def units(self) -> list[float]:
        """The capacity units that the answers report."""
        told = (json.loads(answer.data) for answer in self.answers)
        return [one["ConsumedCapacity"]["CapacityUnits"] for one in told if "ConsumedCapacity" in one]


def dynamo(region: str, lines: Lines | None = None) -> Dynamo:
    """As the functions have it."""
    return Dynamo(SignedHttp(region, connect=1, read=2, retries=1, lines=lines))


def refusal(status: int, code: str, **more: Any) -> Answer:
    """Of DynamoDB."""
    told = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "slow down", **more}
    return Answer(status, {}, json.dumps(told).encode())
