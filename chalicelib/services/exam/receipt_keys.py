"""The keys that check receipts and results: whoever signs makes its own known, others publish it.

So that only the API, or the close, reads the secret that its key is made of.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.documents.keys import KEYS, LISTED, PublicKey, PublicKeys
from chalicelib.documents.typed import decode
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.ports import ConditionalObjects, ObjectStore


def announce(desk: ConditionalObjects, key: SigningKey, pointer: str = LISTED) -> None:
    """Adds the key to the pointer's list. No key is ever removed: receipts are checked for years."""
    before = desk.get(pointer)
    listed = decode(PublicKeys, before).keys if before else ()
    if key.id in {one.key_id for one in listed}:
        return
    after = PublicKeys(keys=(*listed, PublicKey(key.id, key.public.hex())))
    if not desk.replace(pointer, before, after.encode()):
        announce(desk, key, pointer)  # somebody has added one meanwhile


def listed_keys(desk: ObjectStore, pointer: str = LISTED) -> tuple[PublicKey, ...]:
    listed = desk.get(pointer)
    return decode(PublicKeys, listed).keys if listed else ()


def publish_keys(keys: Sequence[PublicKey], site: ObjectStore, file: str = KEYS) -> None:
    """Brings the file to ``keys``, which the log has told."""
    told = PublicKeys(keys=tuple(keys)).encode()
    if keys and site.get(file) != told:
        site.put(file, told)
