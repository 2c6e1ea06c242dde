"""Warm CPU of a submission through the whole handler, against a bare botocore ``update_item``; HTTP is stubbed.

A separate process, because it stubs urllib3; prints medians of CPU milliseconds, ``bare`` then ``app``.
"""

from __future__ import annotations

import json
import logging
import os
import statistics
import time
from collections.abc import Callable

import urllib3
from botocore.session import get_session
from stubs import REGION, answer_signed, gateway_event, stub

from chalicelib.domain.attempt import AttemptId

ROUNDS, CALLS = 15, 200

RECORD = bytes(60)  # as long as what the app stores of an attempt (``domain/attempt.py``)
OPENING = bytes(24)


def milliseconds(function: Callable[[], None]) -> float:
    began = time.process_time()
    for _ in range(CALLS):
        function()
    return (time.process_time() - began) / CALLS * 1000


def main() -> None:
    urllib3.PoolManager.request = answer_signed  # type: ignore[method-assign,assignment]
    import app as deployed  # noqa: PLC0415  after the stub is in place
    from chalicelib.wiring import api as wired  # noqa: PLC0415

    client = get_session().create_client("dynamodb", region_name=REGION)
    stub(client)
    api = wired.exam()
    stub(api.entries._client)  # type: ignore[attr-defined]

    reference = api.library.current()
    week = reference.definition.weeks[0]
    attempt = AttemptId(1, 1, week.opens + 1, "0123456789abcdef")
    answers = {str(number): ["A"] for number in range(1, reference.definition.paper.questions + 1)}
    event = gateway_event(
        "POST",
        "/attempts/{attempt_id}/submission",
        {"attempt_id": str(attempt)},
        os.environ["TOKEN"],
        json.dumps({"answers": answers, "prediction": 1234, "revision": 1_170_000}),
    )

    def bare() -> None:
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

    def submit() -> None:
        answer = deployed.app(event, None)
        if answer["statusCode"] != 200:
            raise SystemExit(str(answer))

    figures: dict[str, list[float]] = {"bare": [], "app": []}
    logging.getLogger("cuoc-thi").handlers[0].setStream(open(os.devnull, "w"))  # type: ignore[attr-defined]  # noqa: PTH123, SIM115
    for _ in range(ROUNDS + 2):
        figures["bare"].append(milliseconds(bare))
        figures["app"].append(milliseconds(submit))
    print(*(statistics.median(figures[name][2:]) for name in ("bare", "app")))


if __name__ == "__main__":
    main()
