"""Checkpoints, keys and cosignatures (C2SP: signed-note, tlog-checkpoint, tlog-cosignature)."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from hashlib import sha256
from secrets import token_bytes
from typing import NamedTuple

from verify import ed25519
from verify.outcome import Failed

LOG, COSIGNER = 1, 4  # the algorithm byte: a log's signature, and a witness's over time and checkpoint
SIGNATURES = 100  # in a note, at most
PRIVATE = "PRIVATE+KEY+"
NAME = r"[^\s+]+"


class Key(NamedTuple):
    """A verifier key."""

    name: str
    algorithm: int
    public: bytes

    @property
    def id(self) -> bytes:
        return sha256(b"%b\n%c%b" % (self.name.encode(), self.algorithm, self.public)).digest()[:4]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.algorithm]) + self.public).decode()}"


class Signer(NamedTuple):
    """A cosigner's private key."""

    name: str
    seed: bytes

    @property
    def key(self) -> Key:
        return Key(self.name, COSIGNER, ed25519.public_key(self.seed))

    @property
    def text(self) -> str:
        encoded = b64encode(bytes([COSIGNER]) + self.seed).decode()
        return f"{PRIVATE}{self.name}+{self.key.id.hex()}+{encoded}"

    def cosign(self, text: bytes, now: int) -> bytes:
        """The signature line over a checkpoint's text; ``now`` in seconds."""
        signature = ed25519.sign(self.seed, cosigned_message(text, now))
        encoded = b64encode(self.key.id + now.to_bytes(8, "big") + signature).decode()
        return f"— {self.name} {encoded}\n".encode()


class Checkpoint(NamedTuple):
    """``note``: all of it; ``text``: what is signed; ``signatures``: name, key id, signature."""

    note: bytes
    text: bytes
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]


def new_signer(name: str) -> Signer:
    """Raises ``Failed`` if it cannot be a key's name."""
    if not re.fullmatch(NAME, name) or not name.isprintable():
        raise Failed(f"“{name}” không thể là tên khóa.", f"“{name}” cannot be the name of a key.")
    return Signer(name, token_bytes(32))


def read_signer(text: str) -> Signer:
    """Raises ``Failed`` unless it is what ``Signer.text`` gives."""
    try:
        name, _, encoded = text.strip().removeprefix(PRIVATE).split("+", 2)
        signer = Signer(name, _base64(encoded)[1:])
        if len(signer.seed) == 32 and signer.text == text.strip():
            return signer
    except ValueError:
        pass
    raise Failed("Tệp khóa không đúng dạng.", "The file does not hold a private key.")


def read_key(text: str, algorithm: int = LOG) -> Key:
    """Raises ``Failed`` unless it is a verifier key of this kind."""
    try:
        name, _, encoded = text.strip().split("+", 2)
        key = Key(name, algorithm, _base64(encoded)[1:])
        if (
            len(key.public) == 32
            and key.text == text.strip()
            and re.fullmatch(NAME, name)
            and name.isprintable()
        ):
            return key
    except ValueError:
        pass
    raise Failed(f"{text[:200]!r} không phải khóa kiểm tra.", f"{text[:200]!r} is not a verifier key.")


def read_checkpoint(data: bytes) -> Checkpoint:
    """Raises ``Failed``. No signature is checked."""
    try:
        whole = data.decode()
        text, between, below = whole.rpartition("\n\n")
        origin, size, root, *_ = text.split("\n")
        lines = below.split("\n")
        well = (
            between and lines.pop() == "" and 0 < len(lines) <= SIGNATURES
            and all(sign == "\n" or sign >= " " for sign in whole) and all(text.split("\n"))
            and re.fullmatch(r"0|[1-9][0-9]{0,17}", size)
        )  # fmt: skip
        hashed, signatures = _base64(root), tuple(_signature(line) for line in lines)
        if well and len(hashed) == 32:
            return Checkpoint(data, f"{text}\n".encode(), origin, int(size), hashed, signatures)
    except ValueError:
        pass
    raise Failed("Mốc của nhật ký không đúng dạng.", "The checkpoint is not well-formed.")


def _signature(line: str) -> tuple[str, bytes, bytes]:
    said = re.fullmatch(rf"— ({NAME}) ([!-~]+)", line)
    signed = _base64(said[2]) if said else b""
    if not said or len(signed) < 5:
        raise ValueError
    return said[1], signed[:4], signed[4:]


def _base64(text: str) -> bytes:
    """Raises ``ValueError`` unless it is what an encoder gives."""
    data = b64decode(text, validate=True)
    if b64encode(data).decode() != text:
        raise ValueError
    return data


def signed(checkpoint: Checkpoint, key: Key) -> bool:
    """Whether the key has signed it, and nothing that says to be of this key is wrong."""
    mine = [
        signature for name, number, signature in checkpoint.signatures if (name, number) == (key.name, key.id)
    ]
    return bool(mine) and all(_holds(checkpoint.text, key, signature) for signature in mine)


def _holds(text: bytes, key: Key, signature: bytes) -> bool:
    if key.algorithm == COSIGNER:
        text, signature = cosigned_message(text, int.from_bytes(signature[:8], "big")), signature[8:]
    return ed25519.holds(key.public, text, signature)


def cosigned_message(text: bytes, at: int) -> bytes:
    return b"cosignature/v1\ntime %d\n%b" % (at, text)
