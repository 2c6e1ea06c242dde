"""A log as docs/proof.md describes it, honest or not, for these tests."""

from __future__ import annotations

import json
from base64 import b64encode
from copy import deepcopy
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from nacl.signing import SigningKey

ORIGIN = "cuoc-thi/nghe-an-2022"
BEGAN = 1_661_130_000  # 2022-08-22T01:00:00Z
HERE = "data/log"


def sha(data: bytes) -> bytes:
    return sha256(data).digest()


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def mth(hashes: list[bytes]) -> bytes:
    """As RFC 6962 defines it."""
    if len(hashes) < 2:
        return hashes[0] if hashes else sha(b"")
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\x01" + mth(hashes[:split]) + mth(hashes[split:]))


def proof(hashes: list[bytes], old: int, *, whole: bool = True) -> list[bytes]:
    """That ``hashes`` extend the first ``old`` of them (RFC 6962, 2.1.2)."""
    if old == len(hashes):
        return [] if whole else [mth(hashes)]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    if old <= split:
        return [*proof(hashes[:split], old, whole=whole), mth(hashes[split:])]
    return [*proof(hashes[split:], old - split, whole=False), mth(hashes[:split])]


def path_of(kind: int | str, number: int, width: int) -> str:
    digits = f"{number:03}" if number < 1000 else f"x{number // 1000:03}/{number % 1000:03}"
    return f"tile/{kind}/{digits}" + ("" if width == 256 else f".p/{width}")


def tiles_of(hashes: list[bytes], below: str) -> dict[str, bytes]:
    made, level = {}, 0
    while hashes:
        for at in range(0, len(hashes), 256):
            part = hashes[at : at + 256]
            made[f"{below}/{path_of(level, at // 256, len(part))}"] = b"".join(part)
        hashes = [mth(hashes[at : at + 256]) for at in range(0, len(hashes) - 255, 256)]
        level += 1
    return made


class WrittenLog:
    """``files``: what the site shows. ``entries`` and ``records`` by minute."""

    def __init__(self, origin: str = ORIGIN, seed: bytes = b"1" * 32, began: int = BEGAN) -> None:
        self.origin, self.key, self.began = origin, SigningKey(seed), began
        self.entries: list[bytes] = []
        self.records: list[list[bytes]] = []
        self.opened: dict[int, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {f"{HERE}/vkey": f"{self.vkey}\n".encode()}

    @property
    def key_id(self) -> bytes:
        return sha(self.origin.encode() + b"\n\x01" + bytes(self.key.verify_key))[:4]

    @property
    def vkey(self) -> str:
        public = b64encode(b"\x01" + bytes(self.key.verify_key)).decode()
        return f"{self.origin}+{self.key_id.hex()}+{public}"

    @property
    def hashes(self) -> list[bytes]:
        return [sha(b"\x00" + entry) for entry in self.entries]

    @property
    def end(self) -> int:
        """When the newest minute is shown."""
        return self.began + 60 * len(self.entries) + 30

    def copy(self) -> WrittenLog:
        return deepcopy(self)

    def opening(self, number: int) -> dict[str, Any]:
        of = {"root": mth(self.records[number]).hex(), "size": len(self.records[number])}
        at = datetime.fromtimestamp(self.began + 60 * number, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return {"at": at, "batch": number, "format": 1, "salt": sha(b"salt%d" % number).hex(), **of}

    def leaf(self, number: int, at: int | None = None, **facts: str) -> bytes:
        opening = self.opening(number)
        of = {"root": opening["root"], "size": opening["size"]}
        when = datetime.fromtimestamp(self.began + 60 * number if at is None else at, UTC)
        return canonical(
            {
                "at": when.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "batch": number,
                "commitment": sha(bytes.fromhex(opening["salt"]) + canonical(of)).hex(),
                "facts": facts,
                "format": 1,
            }
        )

    def write(self, records: int = 0, at: int | None = None, **facts: str) -> None:
        """One minute, which is not shown yet."""
        number = len(self.entries)
        self.records.append(sorted(sha(b"record %d %d" % (number, one)) for one in range(records)))
        self.entries.append(self.leaf(number, at, **facts))

    def minutes(self, count: int, every: int = 7) -> WrittenLog:
        """Shown; each seventh has records."""
        for _ in range(count):
            self.write(3 if len(self.entries) % every == 0 else 0)
        return self.show()

    def show(self) -> WrittenLog:
        self.files |= tiles_of(self.hashes, HERE)
        for at in range(0, len(self.entries), 256):
            part = self.entries[at : at + 256]
            bundle = b"".join(len(entry).to_bytes(2, "big") + entry for entry in part)
            self.files[f"{HERE}/{path_of('entries', at // 256, len(part))}"] = bundle
        self.files[f"{HERE}/facts.json"] = self.facts()
        self.files[f"{HERE}/checkpoint"] = self.checkpoint()
        return self

    def facts(self) -> bytes:
        """What the leaves say to hold."""
        held: dict[str, Any] = {}
        for minute, leaf in enumerate(map(json.loads, self.entries)):
            told = leaf["facts"].items() if isinstance(leaf["facts"], dict) else ()
            held |= {
                name: {"at": leaf["at"], "minute": minute, "value": value}
                for name, value in told
                if name != "lag"
            }
        return canonical({"facts": {name: one for name, one in held.items() if one["value"]}, "format": 1})

    def open(self, *numbers: int) -> WrittenLog:
        for number in numbers:
            below = f"{HERE}/batch/{number}"
            self.files[f"{below}/opening.json"] = canonical(self.opening(number))
            self.files |= tiles_of(self.records[number], below)
            self.opened[number] = self.opening(number)
        for bundle in {number // 256 for number in numbers}:
            before = [self.opened[number] for number in sorted(self.opened) if number // 256 == bundle]
            path = f"{HERE}/openings/{bundle}.json"
            self.files[path] = canonical({"format": 1, "openings": before})
        return self

    def checkpoint(self) -> bytes:
        text = f"{self.origin}\n{len(self.entries)}\n{b64encode(mth(self.hashes)).decode()}\n"
        signature = b64encode(self.key_id + self.key.sign(text.encode()).signature).decode()
        return f"{text}\n— {self.origin} {signature}\n".encode()
