"""Publishes the keys that check receipts."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.documents.keys import KEYS, PublicKey, PublicKeys
from chalicelib.documents.typed import decode
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.ports import ObjectStore


def publish_keys(site: ObjectStore, keys: Iterable[SigningKey]) -> tuple[PublicKey, ...]:
    """Adds the keys to ``data/keys.json``; returns all keys in it.

    No key is ever removed: receipts are checked for years.
    """
    before = site.get(KEYS)
    listed = decode(PublicKeys, before).keys if before else ()
    known = {key.key_id for key in listed}
    new = tuple(PublicKey(key.id, key.public.hex()) for key in keys if key.id not in known)
    if new:
        site.put(KEYS, PublicKeys(keys=listed + new).encode())
    return listed + new
