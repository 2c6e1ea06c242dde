"""Message authentication codes in the entries: who can write the table alone can write nothing that counts.

They are keyed BLAKE2b (RFC 7693) of 8 bytes: to forge one takes 2⁶³ writes to the table on average.
A MAC says that the API wrote this for this person, week and attempt. It cannot say that it is the newest that
the API wrote: an older state of the same attempt that is put back passes (docs/security.md).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import blake2b

from chalicelib.domain.attempt import MAC_BYTES, Finished, Opened, decode_opening

# What a MAC is of, so that nothing passes for another thing.
_OPENING, _SAVED, _RECORD = b"o", b"s", b"r"


def mac_key(secret: bytes) -> bytes:
    """``secret``: what the API writes into the entries is authenticated under it."""
    return hmac.digest(secret, b"entry mac", "sha256")


class EntryMacs:
    """Makes and checks what is in one entry. Unit and category are those of the week, which never change in it.

    ``place``: the partition, as ``w1#a3``, so that a copy in another one is not authentic. The lengths come
    first, so that no two entries begin alike, whatever somebody writes into their names.
    """

    def __init__(self, key: bytes, place: str, participant_id: str, unit: str, category: str) -> None:
        lengths = f"{len(participant_id)}|{len(unit)}|{len(category)}"
        entry = f"{lengths}|{place}|{participant_id}{unit}{category}"
        self._entry = blake2b(entry.encode(), key=key, digest_size=MAC_BYTES)

    def _mac(self, kind: bytes, content: bytes) -> bytes:
        whole = self._entry.copy()
        whole.update(kind + content)
        return whole.digest()

    def _content(self, kind: bytes, sealed: bytes) -> bytes | None:
        content = sealed[:-MAC_BYTES]
        return content if hmac.compare_digest(self._mac(kind, content), sealed[-MAC_BYTES:]) else None

    def opening(self, opening: bytes) -> bytes:
        """The opening (``attempt.encode_opening``) with its MAC."""
        return opening + self._mac(_OPENING, opening)

    def record(self, attempt: Finished) -> bytes:
        """The record (``Finished.encode``) with its MAC."""
        record = attempt.encode()
        return record + self._mac(_RECORD, record)

    def saved(self, opening: bytes, number: int, answers: str, guess: int | None, revision: int) -> bytes:
        """The MAC of what is saved with an open attempt, and of when (``attempt.next_revision``)."""
        return self._mac(_SAVED, opening + f"{number}|{guess}|{revision}|{answers}".encode())

    def finished(self, records: Iterable[bytes]) -> tuple[list[Finished], list[int]]:
        """The authentic records, and the numbers of the others; of two with one number the first counts."""
        kept: list[Finished] = []
        refused: list[int] = []
        newest = 0
        begun = self._entry.copy()
        begun.update(_RECORD)
        begin, same, decode = begun.copy, hmac.compare_digest, Finished.decode
        for sealed in records:  # ``_content``, in a third less time: a close checks a million
            record, mac = sealed[:-MAC_BYTES], begin()
            mac.update(record)
            if same(mac.digest(), sealed[-MAC_BYTES:]) and record and record[0] > newest:
                newest = record[0]
                kept.append(decode(record))
            else:
                refused.append(sealed[0] if sealed else 0)
        return kept, refused

    def opened(
        self, number: int, sealed: bytes, saved: str | None, guess: int | None, revision: int, mac: bytes
    ) -> tuple[Opened | None, bool]:
        """The open attempt, and whether everything about it is authentic.

        None if the API has not opened it. Saved answers that the API has not saved are left out; the revision
        stays, since the next ones are saved on it.
        """
        opening = self._content(_OPENING, sealed)
        if opening is None:
            return None, False
        started, nonce = decode_opening(opening)
        opened = Opened(number, started, nonce, saved, guess, revision)
        if saved is None and guess is None and not revision:
            return opened, True
        if saved is not None and hmac.compare_digest(self.saved(opening, number, saved, guess, revision), mac):
            return opened, True
        return opened._replace(saved=None, guess=None), False
