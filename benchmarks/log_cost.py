"""What the log of a week of a million attempts costs: to write it, to publish it and to watch it.

The contest's own code runs over stores in memory that count what would be requests; a day is played, with a
seventh of the records, and told seven times. The floor is hashing the same records into the roots of their
minutes. The stream is taken to have ``SHARDS`` shards that deliver every 20 seconds. Prints microseconds of CPU
a record (floor, log), requests a week (written, read), USD, and for somebody who watches from nothing CPU
milliseconds and files of a day, and for somebody who ranks a week again microseconds of CPU a line.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from hashlib import sha256

from chalicelib.documents.bundle import Counted, Records, encode_line
from chalicelib.documents.log import MINUTE, LogState
from chalicelib.domain.attempt import Entry, Finished
from chalicelib.domain.live import Change
from chalicelib.domain.merkle import leaf_hash, root
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.log.append import Log
from chalicelib.services.log.leaves import keep_leaves
from chalicelib.services.log.openings import open_batches
from verify import bundle
from verify.__main__ import main as verify

ATTEMPTS, MINUTES, DAYS = 1_000_000, 24 * 60, 7
EACH = 2 * ATTEMPTS // (DAYS * MINUTES)  # a start and a finish
SHARDS, DELIVERIES = 4, 3  # of each, in a minute
BEGAN = 1_661_130_000_000 // MINUTE * MINUTE
FACTS = {
    f"week-{week}/{part}": sha256(part.encode()).hexdigest() for week in range(8) for part in ("bank", "rules")
}
# USD in Singapore, 2026-11, not confirmed against a price list: a million of each.
S3_WRITE, S3_READ, UNIT_WRITTEN, UNIT_READ = 5.0, 0.4, 0.7116, 0.1423


class Store:
    """A bucket. Deleting costs nothing; a listing costs as much as a write, and tells a thousand keys."""

    def __init__(self, asked: Counter[str]) -> None:
        self.kept: dict[str, bytes] = {}
        self._folders: dict[str, set[str]] = defaultdict(set)  # a listing here should cost no CPU
        self._asked = asked

    def get(self, key: str) -> bytes | None:
        self._asked["read"] += 1
        return self.kept.get(key)

    def put(self, key: str, data: bytes) -> None:
        self._asked["written"] += 1
        self.kept[key] = data
        self._folders[key.rpartition("/")[0] + "/"].add(key)

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        self.put(key, after)
        return True

    def keys(self, prefix: str) -> list[str]:
        found = sorted(self._folders[prefix])
        self._asked["written"] += 1 + len(found) // 1000
        return found

    def get_all(self, keys: Iterable[str]) -> Iterable[bytes | None]:
        return map(self.get, keys)

    def delete(self, keys: list[str]) -> None:
        for key in keys:
            self.kept.pop(key, None)
            self._folders[key.rpartition("/")[0] + "/"].discard(key)


class States:
    """The log's state, with the units that its writes and consistent reads take."""

    def __init__(self) -> None:
        self.state: LogState | None = None
        self.version = self.written = self.read_units = 0

    def read(self) -> tuple[LogState | None, int]:
        size = len(self.state.encode()) if self.state else 1
        self.read_units += -(-size // 4096)
        return self.state, self.version

    def replace(self, state: LogState, version: int) -> bool:
        self.written += -(-len(state.encode()) // 1024)
        self.state, self.version = state, version + 1
        return True


def records(minute: int) -> list[list[bytes]]:
    """Leaf hashes of a minute by delivery."""
    made = [sha256(b"%d %d" % (minute, one)).digest() for one in range(EACH)]
    parts = SHARDS * DELIVERIES
    return [made[part::parts] for part in range(parts)]


def play() -> tuple[float, float, Counter[str], States, Store]:
    """CPU of the floor and of the log in seconds, requests, the state, and the site."""
    asked, states = Counter[str](), States()
    desk, site = Store(asked), Store(asked)
    log = Log(states, desk, site, SigningKey(b"key"), b"secret")
    log.append("bench", FACTS, BEGAN)
    floor = whole = 0.0
    for minute in range(MINUTES):
        parts, now = records(minute), BEGAN + (minute + 1) * MINUTE + 2_000
        began = time.process_time()
        root(sorted(leaf for part in parts for leaf in part))
        hashed = time.process_time()
        for number, part in enumerate(parts):
            change = Change(1, f"shard-{number % SHARDS}", minute * DELIVERIES + number // SHARDS, None, None)
            keep_leaves([change], lambda _, part=part: part, desk)  # type: ignore[misc]
        state, version = log.append("bench", FACTS, now)
        open_batches(log, state, version, state.published)
        floor += hashed - began
        whole += time.process_time() - hashed
    return floor, whole, asked, states, site


def watch(site: Store) -> tuple[float, int]:
    """CPU in seconds and files of a first visit that reads everything."""
    fetched = 0

    def fetch(path: str) -> bytes | None:
        nonlocal fetched
        fetched += 1
        return site.kept.get(path)

    now = (BEGAN + MINUTES * MINUTE) // 1000 + 5
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as said:
        began = time.process_time()
        code = verify(["watch", "https://a", "--folder", folder, "--all"], lambda _: fetch, lambda: now)
        took = time.process_time() - began
    assert code == 0, said.getvalue()
    return took, fetched


def read_bundle(attempts: int = 20_000) -> float:
    """CPU in seconds that `verify rank` takes to read so many lines and check their commitments."""
    records, lines, leaves = Records(b"salts", "bench"), [], []
    for number in range(attempts):
        entry = Entry(f"{number:020x}", 1, "UNIT-1", "mandatory", 1, None, ())
        attempt = Finished(1, BEGAN, 612_345, 0, 17, 1234, "0123456789abcdef", "B" * 20)
        record, made = records.finish_under(f"{number:064x}", entry, "b" * 64, attempt)
        beside = Counted("UNIT-1", "mandatory", 17, made.salts.score)
        lines.append(encode_line(record, beside))
        leaves.append(leaf_hash(record))
    index = {"contest": "bench", "week": 1, "bank": "b" * 64, "size": attempts, "audit": {"file": "audit"}}
    packed = gzip.compress(b"".join(line + b"\n" for line in lines), 1)
    began = time.process_time()
    bundle.read(packed, {**index, "root": root(sorted(leaves)).hex()}, {}, {}, {})
    return time.process_time() - began


def main() -> None:
    floor, whole, asked, states, site = play()
    of_day = EACH * MINUTES
    usd = (
        asked["written"] * S3_WRITE
        + asked["read"] * S3_READ
        + states.written * UNIT_WRITTEN
        + states.read_units * UNIT_READ
    ) / 1e6
    took, fetched = watch(site)
    print(
        floor / of_day * 1e6,
        whole / of_day * 1e6,
        asked["written"] * DAYS,
        asked["read"] * DAYS,
        usd * DAYS,
        took * 1000,
        fetched,
        read_bundle(20_000) / 20_000 * 1e6,
    )


if __name__ == "__main__":
    main()
