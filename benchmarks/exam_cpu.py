"""Warm CPU of the exam's routes through the whole handler, against a bare botocore ``update_item``; no network.

A separate process, because it stubs where requests leave; prints CPU milliseconds: ``update_item``, start,
save, submission with its receipt. Each is the median of its ratio to ``update_item`` in the same round, so that
whoever else slows the machine down slows both.
"""

from __future__ import annotations

import json
import logging
import os
import statistics
from collections.abc import Callable
from typing import Any

from botocore.session import get_session
from stubs import REGION, gateway_event, milliseconds, stub, stub_signed

from chalicelib.domain.attempt import AttemptId

ROUNDS, CALLS = 31, 100

RECORD = bytes(60)  # as long as what the app stores of an attempt (``domain/attempt.py``)
OPENING = bytes(24)


def bare() -> Callable[[], None]:
    """The write of a submission by a client of botocore with nothing set."""
    client = get_session().create_client("dynamodb", region_name=REGION)
    stub(client)

    def update() -> None:
        client.update_item(
            TableName="entries",
            Key={"pk": {"S": "w1#a3"}, "sk": {"S": "a3" + "0" * 18}},
            UpdateExpression="REMOVE #o, #s, #g, #v SET #d = list_append(if_not_exists(#d, :e), :r)",
            ConditionExpression="#o = :o AND #u = :n AND (#v = :v OR (#s = :s AND #g = :g))",
            ExpressionAttributeNames={
                "#d": "done",
                "#g": "guess",
                "#o": "open",
                "#s": "saved",
                "#u": "used",
                "#v": "rev",
            },
            ExpressionAttributeValues={
                ":e": {"L": []},
                ":g": {"N": "1234"},
                ":n": {"N": "1"},
                ":s": {"S": "BBBBBBBBBBBBBBBBBBBB"},
                ":v": {"N": "1170000"},
                ":o": {"B": OPENING},
                ":r": {"L": [{"B": RECORD}]},
            },
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )

    return update


def main() -> None:
    stub_signed()
    import app as deployed  # noqa: PLC0415  after the stub is in place
    from chalicelib.wiring import api as wired  # noqa: PLC0415

    reference = wired.exam().library.current()
    week = reference.definition.weeks[0]
    attempt = {"attempt_id": str(AttemptId(1, 1, week.opens + 1, "0123456789abcdef"))}
    answers = {str(number): ["A"] for number in range(1, reference.definition.paper.questions + 1)}
    sent = json.dumps({"answers": answers, "prediction": 1234, "revision": 1_170_000})

    def asking(method: str, resource: str, path: dict[str, str] | None, body: str) -> Callable[[], None]:
        event = gateway_event(method, resource, path, os.environ["TOKEN"], body)

        def ask() -> None:
            answer: dict[str, Any] = deployed.app(event, None)
            if answer["statusCode"] not in (200, 201):
                raise SystemExit(str(answer))

        return ask

    measured = [
        bare(),
        asking("POST", "/attempts", None, "{}"),
        asking("PUT", "/attempts/{attempt_id}/answers", attempt, sent),
        asking("POST", "/attempts/{attempt_id}/submission", attempt, sent),
    ]
    logging.getLogger("cuoc-thi").handlers[0].setStream(open(os.devnull, "w"))  # type: ignore[attr-defined]  # noqa: PTH123, SIM115
    rounds = [[milliseconds(function, CALLS) for function in measured] for _ in range(ROUNDS + 2)]
    floor = statistics.median(times[0] for times in rounds[2:])
    ratios = zip(*([time / times[0] for time in times] for times in rounds[2:]), strict=True)
    print(*(statistics.median(ratio) * floor for ratio in ratios))


if __name__ == "__main__":
    main()
