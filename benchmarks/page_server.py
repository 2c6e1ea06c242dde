"""A DynamoDB that knows one query: the pages of a week, invented once, served from memory on 127.0.0.1.

``python -m benchmarks.page_server PEOPLE`` prints its port when it is ready and ends with its standard input.
With ``share`` behind it all people are in the first of sixteen shares.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from benchmarks.closeout_inputs import OPENS, PREDICTIONS, UNITS, in_share, person
from chalicelib.domain.attempt import Finished
from chalicelib.domain.macs import EntryMacs

PAGE = 1_000_000
MAC_KEY = b"MAC key of the benchmark"


def _item(identity: str, own: int, dice: random.Random) -> str:
    """An entry as DynamoDB writes it: one to ten attempts, 2.5 on average."""
    attempts = min(10, 1 + int(dice.expovariate(0.5)))
    unit, category = f"U-{own % UNITS:04}", "mandatory" if dice.random() < 0.8 else "encouraged"
    macs = EntryMacs(MAC_KEY, f"w1#{identity[:2]}", identity, unit, category)
    started, records = OPENS + dice.randrange(500_000_000), []
    for number in range(1, attempts + 1):
        duration = dice.randrange(60_000, 1_200_000)
        score = 20 if dice.random() < 0.35 else dice.randrange(8, 20)
        record = Finished(
            number, started, duration, 0, score, dice.randrange(PREDICTIONS),
            f"{dice.getrandbits(64):016x}", "BCDEBCDEBCDEBCDEBCDE",
        )  # fmt: skip
        records.append({"B": b64encode(macs.record(record)).decode()})
        started += 1_300_000
    item = {
        "pk": {"S": f"w1#{identity[:2]}"},
        "sk": {"S": identity},
        "unit": {"S": unit},
        "category": {"S": category},
        "used": {"N": str(attempts)},
        "done": {"L": records},
    }
    return json.dumps(item, separators=(",", ":"))


def pages(people: int, name: Callable[[int], str]) -> dict[str, list[bytes]]:
    """The pages of each partition, as large as DynamoDB makes them. ``name``: the person with this number."""
    dice = random.Random(2022)
    shards: dict[str, list[str]] = {}
    for identity, number in sorted((name(number), number) for number in range(people)):
        shards.setdefault(identity[:2], []).append(_item(identity, number, dice))
    made: dict[str, list[bytes]] = {}
    for shard, items in shards.items():
        size, groups = PAGE, made.setdefault(f"w1#{shard}", [])
        group: list[str] = []
        parts: list[list[str]] = []
        for item in items:
            if size + len(item) > PAGE:
                group, size = [], 0
                parts.append(group)
            group.append(item)
            size += len(item)
        for number, part in enumerate(parts, 1):
            more = f',"LastEvaluatedKey":{{"page":{{"N":"{number}"}}}}' if number < len(parts) else ""
            groups.append(f'{{"Items":[{",".join(part)}]{more}}}'.encode())
    return made


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else the second of two writes waits 40 ms
    answers: ClassVar[dict[str, list[bytes]]] = {}

    def do_POST(self) -> None:
        query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number = int(query.get("ExclusiveStartKey", {"page": {"N": "0"}})["page"]["N"])
        found = self.answers.get(query["ExpressionAttributeValues"][":pk"]["S"], [b'{"Items":[]}'])
        self.send_response(200)
        self.send_header("Content-Length", str(len(found[number])))
        self.end_headers()
        self.wfile.write(found[number])

    def log_message(self, *_: object) -> None:
        return


def main() -> None:
    _Handler.answers = pages(int(sys.argv[1]), in_share if "share" in sys.argv else person)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
