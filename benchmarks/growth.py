"""How a close in shares grows: ``python -m benchmarks.growth PEOPLE …``, 2.5 attempts each on average.

For each number of people, in whole 24,000s, a share, a piece of the bundle and the last step run as they do on
Lambda, each in a process of its own. So that ten million attempts take minutes and not hours, the other shares
and pieces are copies of the first ones: other people with the same attempts, a millisecond slower each time.
``receive`` fetches the first share's pages and parses nothing (the floor); ``award`` is the last step without
the files of the result, ``close`` with them (``NO_FILES=1`` leaves it out). Prints CPU seconds and peak memory
of each step, and their slopes for a million attempts between the smallest and the largest number.
"""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, cast

import msgspec

from benchmarks.closeout import (
    MINUTES,
    ROOT,
    SALT_KEY,
    Bucket,
    Log,
    close,
    put_into_the_log,
    terms_of,
    watching,
)
from benchmarks.closeout_inputs import UNITS, contest, in_share, rosters
from benchmarks.page_server import MAC_KEY
from chalicelib.documents.canonical import digest
from chalicelib.domain.merkle import WIDTH, hashes
from chalicelib.services.closing.bundle_pieces import Piece
from chalicelib.services.closing.memory import no_search_for_cycles
from chalicelib.services.closing.pieces import Pieces
from chalicelib.services.closing.shares import SHARES, Shares, part_key
from chalicelib.services.contest.compiled_rosters import rosters_key
from chalicelib.services.log.ledger import WeekLog
from chalicelib.services.ports import SHARDS
from chalicelib.storage.entry_items import EntryPages
from chalicelib.storage.signed_http import SignedHttp

STEPS = ("receive", "share", "piece", "award", "close")
# Of this many people all shares have as many, and as many of each unit.
WHOLE = SHARES * UNITS
# number, received, duration, … of an attempt as a share keeps it (``ranking.Contender``)
_KEPT = 23


class Growth:
    """One step over the ``folder`` that all steps share, and the page server of the first share."""

    def __init__(self, folder: Path, port: str, people: int) -> None:
        os.environ.update(
            AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}",
            AWS_ACCESS_KEY_ID="bench",
            AWS_SECRET_ACCESS_KEY="bench",
        )
        self.pages = EntryPages(
            SignedHttp("ap-southeast-1", connect=2, read=20, retries=1), "entries", lambda: MAC_KEY
        )
        self.desk = Bucket(folder)
        self.people = people // SHARES  # of a share
        self.reference = contest(ROOT / "contests", (self.desk.get("rosters") or b"").decode())
        self.week = self.reference.definition.weeks[0]
        self.shares = Shares(self.pages, self.desk, "bench", watching)
        self.pieces = Pieces(self.shares, cast(WeekLog, Log(self.desk)), SALT_KEY)

    def receive(self) -> None:
        for shard in SHARDS[: len(SHARDS) // SHARES]:
            for _ in self.pages.pages(f"w1#{shard}"):
                pass

    def share(self) -> None:
        self.shares.make(self.reference, self.week, 0)

    def piece(self) -> None:
        self.pieces.make(self.reference, self.week, 0, partial(terms_of, self.reference))

    def award(self) -> int:
        return close(self.shares, self.reference, self.desk, None).counts.attempts

    def close(self) -> int:
        def everybody(_: int) -> Iterator[str]:
            return (in_share(number, share) for number in range(self.people) for share in range(SHARES))

        return close(self.shares, self.reference, self.desk, everybody).counts.attempts

    # What the steps find, made between them.

    def rosters(self) -> None:
        listed = rosters(lambda number: in_share(number % self.people, number // self.people))
        self.desk.put("rosters", digest(listed).encode())
        self.desk.put(rosters_key(digest(listed)), listed)

    def log(self) -> None:
        """The leaves of the first share, and fifteen times as many that nobody looks for."""
        put_into_the_log(self.desk, self.reference, self.pages)
        dice = random.Random(1)
        for number in range(MINUTES):
            own = self.desk.get(f"{number}.bin") or b""
            self.desk.put(f"{number}.bin", own + dice.randbytes((SHARES - 1) * len(own)))

    def other_shares(self) -> None:
        pointer = f"pointers/parts/week-1/{self.shares.inputs(self.reference, self.week)}/"
        found, blocks, cells = self._part(self.desk.get(f"{pointer}00"))
        people, collected = self._part(found.encode())
        for share in range(1, SHARES):
            made_by_others = [*people[share * 1571 :], *people[: share * 1571]]
            copied = [
                [f"{share:x}{one[0][1:]}", *one[1:4], *other[4:7], _slower(other[7], share), one[8]]
                for one, other in zip(people, made_by_others, strict=True)
            ]
            told = self._keep([copied, collected])
            turned = [*blocks[share:], *blocks[:share]]
            self.desk.put(f"{pointer}{share:02}", self._keep([told, turned, cells]).encode())

    def other_pieces(self) -> None:
        kept = self.shares.kept(self.reference, self.week)
        assert kept is not None
        blocks, cells = kept
        pointers = self.pieces.pointers(self.reference, self.week, blocks, terms_of(self.reference, cells))
        told, lines = (self.desk.get(pointers[0]) or b"").decode().split()
        first, dice = Piece.decode(self.desk.get(part_key(told)) or b""), random.Random(2)
        for piece, pointer in enumerate(pointers[1:], 1):
            people = [bytes([piece << 4 | name[0] & 15]) + name[1:] for name in hashes(first.people)]
            leaves = hashes(dice.randbytes(len(first.leaves) // WIDTH * WIDTH))
            copied = first._replace(people=b"".join(sorted(people)), leaves=b"".join(sorted(leaves))).encode()
            self.desk.put(part_key(digest(copied)), copied)
            self.desk.put(pointer, f"{digest(copied)} {lines}".encode())

    def _part(self, named: bytes | None) -> Any:
        return msgspec.msgpack.decode(self.desk.get(part_key((named or b"").decode())) or b"")

    def _keep(self, part: object) -> str:
        encoded = msgspec.msgpack.encode(part)
        self.desk.put(part_key(digest(encoded)), encoded)
        return digest(encoded)


def _slower(packed: bytes, by: int) -> bytes:
    """The attempts of a contender, so many milliseconds later and slower."""
    slower = bytearray(packed)
    for at in range(0, len(packed), _KEPT):
        for start in (at + 1, at + 9):
            slower[start : start + 8] = (int.from_bytes(packed[start : start + 8]) + by).to_bytes(8)
    return bytes(slower)


def step(what: str, folder: Path, port: str, people: int) -> None:
    """Prints CPU seconds and peak memory in MB of one step, or nothing of what is made between them."""
    growth = Growth(folder, port, people)
    began = time.process_time()
    with no_search_for_cycles():
        attempts: int | None = getattr(growth, what)()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps([time.process_time() - began, peak, attempts]))


def run(people: int) -> dict[str, tuple[float, float]]:
    """The steps' CPU seconds and MB; ``attempts`` and 0."""
    told: dict[str, tuple[float, float]] = {}
    command = [sys.executable, "-m", "benchmarks.page_server", str(people // SHARES), "share"]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        made_between = ("share", "other_shares", "piece", "other_pieces")
        last = ("award",) if os.environ.get("NO_FILES") else ("award", "close")
        for what in ("rosters", "receive", "log", *made_between, *last):
            made = subprocess.run(
                [sys.executable, "-m", "benchmarks.growth", what, folder, port, str(people)],
                check=True,
                stdout=subprocess.PIPE,
            )
            spent, peak, attempts = json.loads(made.stdout)
            if what in STEPS:
                told[what] = spent, peak
                print(f"{people:>10,} people {what:>8} {spent:8.2f} s {peak:8.0f} MB", flush=True)
            if attempts:
                told["attempts"] = attempts, 0
        server.communicate()
    return told


def main() -> None:
    if sys.argv[1] in vars(Growth):
        step(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
        return
    runs = [run(int(people) // WHOLE * WHOLE) for people in sys.argv[1:]]
    least, most = runs[0], runs[-1]
    millions = (most["attempts"][0] - least["attempts"][0]) / 1e6
    print(f"from {least['attempts'][0]:,} to {most['attempts'][0]:,} attempts, for each million of the week:")
    for what in (one for one in STEPS if one in most and millions):
        seconds, memory = ((most[what][kind] - least[what][kind]) / millions for kind in (0, 1))
        print(f"{what:>8} {seconds:8.2f} s {memory:8.1f} MB")


if __name__ == "__main__":
    main()
