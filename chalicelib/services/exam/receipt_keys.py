"""Publishes the keys that check receipts."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.documents.keys import KEYS, LISTED, PublicKey, PublicKeys
from chalicelib.documents.typed import decode
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.ports import ConditionalObjects, ObjectStore


def publish_keys(
    desk: ConditionalObjects, site: ObjectStore, keys: Sequence[SigningKey]
) -> tuple[PublicKey, ...]:
    """Adds the keys to the pointer's list and brings ``data/keys.json`` to it; returns all keys in it.

    No key is ever removed: receipts are checked for years.
    """
    before = desk.get(LISTED)
    listed = decode(PublicKeys, before).keys if before else ()
    known = {key.key_id for key in listed}
    new = tuple(PublicKey(key.id, key.public.hex()) for key in keys if key.id not in known)
    after = PublicKeys(keys=listed + new).encode()
    if new and not desk.replace(LISTED, before, after):
        return publish_keys(desk, site, keys)  # somebody has added others meanwhile
    if site.get(KEYS) != after:
        site.put(KEYS, after)
    return listed + new
