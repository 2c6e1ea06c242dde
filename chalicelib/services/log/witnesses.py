"""Asks witnesses to cosign the log's checkpoint (C2SP, tlog-witness); none is ever waited for."""

from __future__ import annotations

import logging
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec import structs
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.documents.log import (
    CHECKPOINT,
    COSIGNATURE,
    COSIGNED,
    LOG,
    LogState,
    decode_note,
    key_hash,
)
from chalicelib.domain.tiles import BadTile, consistency
from chalicelib.services.log.append import Log, Overtaken
from chalicelib.services.ports import NoAnswer

log = logging.getLogger("cuoc-thi")
# Minutes between two requests, unless a result has come out.
EVERY = 10


class Witness(NamedTuple):
    """``name`` and ``public`` key as in its verifier key, ``url`` without ``/add-checkpoint``."""

    name: str
    public: bytes
    url: str

    @classmethod
    def parse(cls, text: str) -> Witness:
        """``<verifier key> <url>``, as the deployment's parameter has it. Raises ``ValueError``."""
        vkey, _, url = text.strip().partition(" ")
        name, told, encoded = vkey.split("+", 2)
        key = b64decode(encoded, validate=True)
        if key[:1] != COSIGNATURE or len(key) != 33 or key_hash(name, COSIGNATURE, key[1:]).hex() != told:
            raise ValueError(f"no verifier key of a witness: {vkey}")
        if not url.startswith("https://") and not url.startswith("http://127.0.0.1"):
            raise ValueError(f"no address of a witness: {url}")
        return cls(name, key[1:], url.rstrip("/"))


# url, body → status and body of the answer. Raises ``NoAnswer``.
Post = Callable[[str, bytes], tuple[int, bytes]]


def ask(parts: Log, state: LogState, version: int, witnesses: Sequence[Witness], post: Post) -> None:
    """Shows the cosignatures of those who answer beside the checkpoint, and as ``cosigned``."""
    lines, cosigned = [], dict(state.cosigned)
    for witness in witnesses:
        try:
            line = _cosignature(parts, state, witness, post)
        except (NoAnswer, BadTile, UnreadableDocument, ValueError) as error:
            log.info({"witness": witness.name, "why": str(error)})
            continue
        lines.append(line)
        cosigned[witness.name] = state.size
    if not lines:
        return
    note = state.note.encode()
    full = note + b"".join(lines)
    if not parts.states.replace(structs.replace(state, cosigned=cosigned), version):
        raise Overtaken
    parts.site.put(LOG + COSIGNED, full)
    parts.site.replace(LOG + CHECKPOINT, note, full)


def _cosignature(parts: Log, state: LogState, witness: Witness, post: Post) -> bytes:
    """The line of the witness. Raises ``NoAnswer``, ``ValueError``, ``BadTile`` or ``UnreadableDocument``."""
    known = state.cosigned.get(witness.name, 0)
    status, answer = post(f"{witness.url}/add-checkpoint", _request(parts, state, known))
    if status == 409:  # it knows another size, which it tells
        known = int(answer)
        if not 0 <= known <= state.size:
            raise NoAnswer(f"it has seen {known} leaves")
        status, answer = post(f"{witness.url}/add-checkpoint", _request(parts, state, known))
    if status != 200:
        raise NoAnswer(f"status {status}")
    text = state.note.partition("\n\n")[0] + "\n"
    for name, signed in decode_note(f"{text}\n".encode() + answer)[1]:
        if name == witness.name and signed[:4] == key_hash(name, COSIGNATURE, witness.public):
            moment = int.from_bytes(signed[4:12], "big")
            message = f"cosignature/v1\ntime {moment}\n{text}".encode()
            try:
                crypto_sign_open(signed[12:] + message, witness.public)
            except BadSignatureError:
                break
            return f"— {name} {b64encode(signed).decode()}\n".encode()
    raise NoAnswer("no valid cosignature")


def _request(parts: Log, state: LogState, known: int) -> bytes:
    proof = consistency(known, state.size, lambda path: parts.site.get(LOG + path)) if known else []
    lines = [f"old {known}", *(b64encode(one).decode() for one in proof)]
    return ("\n".join(lines) + f"\n\n{state.note}").encode()
