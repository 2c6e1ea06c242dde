"""Warm CPU of ``tally`` per stream record through its whole handler, against decoding the event's JSON alone.

The floor is the work that Lambda's runtime does before any handler. It runs on the packed code, with DynamoDB
stubbed. A batch is 1,000 writes by people in their second or third attempt: a start, three autosaves and a
submission each. Prints microseconds a record: floor, then tally.
"""

from __future__ import annotations

import base64
import itertools
import json
import logging
import os
import random
import statistics
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from stubs import stub_signed

from chalicelib.domain.attempt import Finished, encode_opening
from chalicelib.domain.macs import EntryMacs, mac_key
from chalicelib.services.contest.reference import Library
from chalicelib.wiring.aws import now_ms

RECORDS, ROUNDS, UNITS = 1_000, 30, 1_500
MAC_KEY = mac_key(b"bench-secret")
STREAM = "arn:aws:dynamodb:ap-southeast-1:123456789012:table/entries/stream/2026-08-22T01:00:00.000"


def image(person: str, finished: int, unit: str, *, opened: bool, saved: bool) -> dict[str, Any]:
    """An entry as DynamoDB writes it."""
    macs = EntryMacs(MAC_KEY, f"w1#{person[:2]}", person, unit, "mandatory")
    opening = encode_opening(1_661_130_000_001, "0123456789abcdef")
    done = [
        Finished(number, 1_661_130_000_001, 612_345, 0, 17, 1234, "0123456789abcdef", "B" * 20)
        for number in range(1, finished + 1)
    ]
    item: dict[str, Any] = {
        "pk": {"S": f"w1#{person[:2]}"},
        "sk": {"S": person},
        "unit": {"S": unit},
        "category": {"S": "mandatory"},
        "used": {"N": str(finished + opened)},
        "done": {"L": [{"B": _text(macs.record(one))} for one in done]},
    }
    if opened:
        item["open"] = {"B": _text(macs.opening(opening))}
    if saved:
        mac = macs.saved(opening, finished + opened, "B" * 20, 1234, 60_000)
        item |= {
            "saved": {"S": "B" * 20},
            "guess": {"N": "1234"},
            "rev": {"N": "60000"},
            "mac": {"B": _text(mac)},
        }
    return item


def _text(data: bytes) -> str:
    """Bytes as Lambda delivers them."""
    return base64.b64encode(data).decode()


def batch(first: int) -> str:
    """An event whose records are newer than those of an earlier ``first``."""
    dice = random.Random(first)
    records: list[Any] = []
    while len(records) < RECORDS:
        person, unit, before = (
            f"{dice.randrange(16**20):020x}",
            f"UNIT-{dice.randrange(UNITS)}",
            dice.randint(1, 2),
        )
        states = [
            image(person, before, unit, opened=False, saved=False),
            image(person, before, unit, opened=True, saved=False),
            *(image(person, before, unit, opened=True, saved=True) for _ in range(3)),
            image(person, before + 1, unit, opened=False, saved=False),
        ]
        for old, new in itertools.pairwise(states):
            change = {
                "ApproximateCreationDateTime": 1661130000,
                "Keys": {"pk": old["pk"], "sk": old["sk"]},
                "OldImage": old,
                "NewImage": new,
                "SequenceNumber": str(10**20 + first + len(records)),
                "SizeBytes": 500,
                "StreamViewType": "NEW_AND_OLD_IMAGES",
            }
            records.append(
                {
                    "eventID": "7de3041dd709b024af6f29e4fa13d34c",
                    "eventName": "MODIFY",
                    "eventVersion": "1.1",
                    "eventSource": "aws:dynamodb",
                    "awsRegion": "ap-southeast-1",
                    "dynamodb": change,
                    "eventSourceARN": STREAM,
                }
            )
    return json.dumps({"Records": records})


class Table:
    """One item of the table ``tallies``, answered before anything is sent."""

    def __init__(self) -> None:
        self.item: dict[str, Any] | None = None

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": self.item} if self.item else {}

    def put_item(self, **request: Any) -> dict[str, Any]:
        self.item = request["Item"]
        return {}


class Desk:
    """Has the contest, and takes the leaves."""

    def get(self, key: str) -> bytes | None:
        path = Path(os.environ["OBJECTS"], key)
        return path.read_bytes() if path.is_file() else None

    def put(self, key: str, data: bytes) -> None:
        pass


def main() -> None:
    stub_signed()
    import app as deployed  # noqa: PLC0415  after the stub is in place
    from chalicelib.wiring import tally  # noqa: PLC0415

    logging.getLogger("cuoc-thi").handlers[0].setStream(open(os.devnull, "w"))  # type: ignore[attr-defined]  # noqa: PTH123, SIM115
    table, parts = Table(), replace(tally._parts(), desk=Desk(), library=Library(Desk(), now_ms))
    tally._parts = lambda: parts  # type: ignore[assignment]
    parts.tallies._items._client = table  # type: ignore[assignment]
    floor, whole = [], []
    for number in range(ROUNDS):
        text = batch(number * RECORDS * 2)
        began = time.process_time()
        event = json.loads(text)
        decoded = time.process_time()
        deployed.tally(event, SimpleNamespace(aws_request_id="bench"))
        done = time.process_time()
        floor.append((decoded - began) / RECORDS * 1e6)
        whole.append((done - decoded) / RECORDS * 1e6)
    assert table.item is not None
    size = len(table.item["tally"]["B"])
    print(f"item: {size} bytes")
    print(statistics.median(floor[ROUNDS // 2 :]), statistics.median(whole[ROUNDS // 2 :]))


if __name__ == "__main__":
    main()
