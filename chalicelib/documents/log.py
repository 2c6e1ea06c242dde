"""The log's files (docs/proof.md, “The log”): leaves, openings, checkpoints as signed notes; its state.

The formats are those of C2SP: tlog-tiles, tlog-checkpoint, signed-note.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal, NamedTuple

import msgspec

from chalicelib.documents.canonical import UnreadableDocument, canonical_json
from chalicelib.documents.typed import Document, Part, decode

LOG = "data/log/"
CHECKPOINT, COSIGNED, VKEY, FACTS = "checkpoint", "cosigned", "vkey", "facts.json"
# On the desk: leaves that wait for the log, what is about to be shown, and each minute's leaf hashes.
PENDING, STAGED, BATCH = "log/pending/", "log/staged/", "log/batch/"
MINUTE = 60_000
# Algorithm bytes of signed-note: the log's own signature, and a witness's cosignature.
ED25519, COSIGNATURE = b"\x01", b"\x04"
_MARK = "— "


def origin(contest: str) -> str:
    return f"cuoc-thi/{contest}"


def blinded(salt: bytes, root: bytes, size: int) -> str:
    """What a leaf commits to: a minute's records, of which it tells neither hashes nor number."""
    return sha256(salt + canonical_json({"root": root.hex(), "size": size})).hexdigest()


def rfc3339(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def encode_leaf(at_ms: int, batch: int, commitment: str, facts: Mapping[str, str]) -> bytes:
    """``at_ms``: when the batch's minute began, in milliseconds."""
    leaf = {
        "at": rfc3339(at_ms),
        "batch": batch,
        "commitment": commitment,
        "facts": dict(facts),
        "format": 1,
    }
    return canonical_json(leaf)


class Leaf(Document, frozen=True, kw_only=True):
    format: Literal[1] = 1
    at: str
    batch: int
    commitment: str
    facts: dict[str, str]


class ToldFact(Part, frozen=True):
    """``minute``: the number of the leaf that tells it; ``at``: the leaf's own time."""

    value: str
    minute: int
    at: str


class ToldFacts(Document, frozen=True, kw_only=True):
    """``facts.json``: what holds, by name, and since when; the leaves say the same."""

    format: Literal[1] = 1
    facts: dict[str, ToldFact]


class Opening(Document, frozen=True, kw_only=True):
    """``batch/<n>/opening.json``; ``at``: as in the leaf."""

    format: Literal[1] = 1
    at: str
    batch: int
    root: str
    salt: str
    size: int


class Openings(Document, frozen=True, kw_only=True):
    """``openings/<n>.json``: those of the batches from 256·n on that are opened, at most 256."""

    format: Literal[1] = 1
    openings: tuple[Opening, ...]


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """An entry bundle: each entry behind its length in two bytes."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def decode_entries(bundle: bytes) -> list[bytes]:
    """Raises ``UnreadableDocument``."""
    entries, at = [], 0
    while at < len(bundle):
        start = at + 2
        at = start + int.from_bytes(bundle[at:start], "big")
        entries.append(bundle[start:at])
    if at != len(bundle):
        raise UnreadableDocument("entries", "cut off")
    return entries


class Checkpoint(NamedTuple):
    """``text`` is the note's body, which is signed."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def key_hash(name: str, algorithm: bytes, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + algorithm + public).digest()[:4]


def verifier_key(name: str, public: bytes) -> str:
    """``<name>+<hash>+<key>`` of an Ed25519 key, as signed-note writes it."""
    encoded = b64encode(ED25519 + public).decode()
    return f"{name}+{key_hash(name, ED25519, public).hex()}+{encoded}"


def signature_line(name: str, algorithm: bytes, public: bytes, signature: bytes) -> str:
    return f"{_MARK}{name} {b64encode(key_hash(name, algorithm, public) + signature).decode()}\n"


def signed_note(checkpoint: Checkpoint, public: bytes, sign: Callable[[bytes], bytes]) -> str:
    line = signature_line(checkpoint.origin, ED25519, public, sign(checkpoint.text.encode()))
    return f"{checkpoint.text}\n{line}"


def decode_note(note: bytes) -> tuple[Checkpoint, list[tuple[str, bytes]]]:
    """The checkpoint and its signatures: name, and hash of the key with the signature.

    Raises ``UnreadableDocument``. No signature is checked.
    """
    try:
        text, _, lines = note.decode().partition("\n\n")
        named, size, root = text.split("\n")
        signatures = [line.removeprefix(_MARK).split(" ") for line in lines.splitlines()]
        return (
            Checkpoint(named, int(size), b64decode(root, validate=True)),
            [(name, b64decode(signed, validate=True)) for name, signed in signatures],
        )
    except ValueError as error:
        raise UnreadableDocument("checkpoint", str(error)) from None


class LogState(Document, frozen=True, kw_only=True):
    """What DynamoDB holds of the log; everything that is visible follows from it.

    ``began``: the first minute, in milliseconds; ``every``: its length, a minute but in tests.
    ``size`` and ``root``: of the log as it is decided;
    ``published``: the size of the last checkpoint that the site is known to have shown. ``note``: the signed
    checkpoint of ``size``. ``facts``: those in force. ``marks``: source → the last sequence number in the
    log, and the minute of the log that has it. ``opened``: all batches below are opened.
    ``gaps``: minutes that the log missed, first and last; what happened in them stands in the last.
    ``cosigned``: name of a witness → the last size that it has cosigned.
    """

    format: Literal[1] = 1
    contest: str
    began: int
    every: int = MINUTE
    size: int = 0
    root: str = ""
    published: int = 0
    note: str = ""
    facts: dict[str, ToldFact] = msgspec.field(default_factory=dict)
    marks: dict[str, tuple[str, int]] = msgspec.field(default_factory=dict)
    opened: int = 0
    gaps: tuple[tuple[int, int], ...] = ()
    cosigned: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def staged(self) -> str:
        """Where the desk holds what is to be shown of ``size``."""
        return f"{STAGED}{self.size}-{self.root[:16]}.msgpack"


def staged_size(key: str) -> int:
    """The size of the log that ``LogState.staged`` names."""
    return int(key.removeprefix(STAGED).partition("-")[0])


class Staged(msgspec.Struct, frozen=True):
    """Files by path: below ``data/log/`` for the site, whole for the desk."""

    site: dict[str, bytes]
    desk: dict[str, bytes]

    def encode(self) -> bytes:
        return msgspec.msgpack.encode(self)

    @classmethod
    def decode(cls, data: bytes) -> Staged:
        return msgspec.msgpack.decode(data, type=cls)


class PendingLeaves(msgspec.Struct, frozen=True):
    """Leaf hashes from the stream that wait for the log: source → (sequence number, hashes) in order."""

    sources: dict[str, list[tuple[str, bytes]]]

    def encode(self) -> bytes:
        return msgspec.msgpack.encode(self, order="deterministic")

    @classmethod
    def decode(cls, data: bytes) -> PendingLeaves:
        """Raises ``UnreadableDocument``."""
        try:
            return msgspec.msgpack.decode(data, type=cls)
        except msgspec.MsgspecError as error:
            raise UnreadableDocument("PendingLeaves", str(error)) from None


def decode_leaf(entry: bytes) -> Leaf:
    """Raises ``UnreadableDocument``."""
    return decode(Leaf, entry)
