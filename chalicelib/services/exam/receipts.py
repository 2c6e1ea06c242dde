"""Signed receipts for submissions, and the public keys that check them (docs/proof.md)."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair

from chalicelib.documents.canonical import canonical_json
from chalicelib.domain.attempt import Finished
from chalicelib.domain.definition import Definition
from chalicelib.domain.merkle import leaf_hash
from chalicelib.domain.ranking import fixed_draw
from chalicelib.domain.receipt import (
    SIGNED_PREFIX,
    attempt_id,
    commitment,
    record,
    salt,
    salt_key,
)
from chalicelib.services.exam.exam import Person
from chalicelib.services.ports import ObjectStore

KEYS = "data/keys.json"


class SigningKey:
    """An Ed25519 key made from a secret text of any length; the same text gives the same key."""

    def __init__(self, secret: bytes) -> None:
        seed = hmac.digest(secret, b"ed25519 seed", "sha256")
        self.public, self._private = crypto_sign_seed_keypair(seed)
        self.id = sha256(self.public).hexdigest()[:16]

    def sign(self, message: bytes) -> bytes:
        """The signature: 64 bytes, the same each time."""
        signed: bytes = crypto_sign(message, self._private)
        return signed[:crypto_sign_BYTES]


class Receipts:
    """Issues receipts without reading or storing anything: the same attempt gives the same receipt."""

    def __init__(self, pepper: bytes, key: SigningKey) -> None:
        self._salt_key, self._key = salt_key(pepper), key

    def issue(self, person: Person, definition: Definition, week: int, attempt: Finished) -> dict[str, Any]:
        closes = definition.rfc3339(definition.weeks[week - 1].closes)
        named = attempt_id(week, attempt)
        public = record(
            definition.contest.id,
            week,
            fixed_draw(closes, person.participant_id).hex(),
            person.unit,
            person.category,
            number=attempt.number,
            status=attempt.status,
            score=attempt.score,
            prediction=attempt.prediction,
            duration=attempt.duration,
            received=attempt.received,
            committed=commitment(self._salt_key, person.participant_id, week, attempt).hex(),
        )
        leaf = leaf_hash(public)
        return {
            "record": json.loads(public),
            "opening": {
                "answers": attempt.answers,
                "attempt_id": named,
                "participant_id": person.participant_id,
            },
            "salt": salt(self._salt_key, person.participant_id, named).hex(),
            "leaf_hash": leaf.hex(),
            "signature": self._key.sign(SIGNED_PREFIX + leaf).hex(),
            "key_id": self._key.id,
        }


def publish_keys(site: ObjectStore, keys: Iterable[SigningKey]) -> list[dict[str, str]]:
    """Adds the keys to ``data/keys.json``; returns all keys in it.

    No key is ever removed: receipts are checked for years.
    """
    before = site.get(KEYS)
    listed: list[dict[str, str]] = json.loads(before) if before else []
    known = {entry["key_id"] for entry in listed}
    new = [
        {"key_id": key.id, "algorithm": "Ed25519", "public_key": key.public.hex()}
        for key in keys
        if key.id not in known
    ]
    if new:
        site.put(KEYS, canonical_json([*listed, *new]))
    return [*listed, *new]
