"""Signed receipts for submissions, and the public keys that check them (docs/proof.md)."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair

from chalicelib.documents.bundle import decode_record, encode_record
from chalicelib.domain.attempt import Finished
from chalicelib.domain.definition import Definition
from chalicelib.domain.merkle import leaf_hash
from chalicelib.domain.ranking import pseudonym
from chalicelib.domain.receipt import (
    SIGNED_PREFIX,
    attempt_id,
    commitment,
    salt,
    salt_key,
)
from chalicelib.services.exam.exam import Person


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

    def __init__(self, entry_secret: bytes, key: SigningKey) -> None:
        self._salt_key, self._key = salt_key(entry_secret), key

    def issue(self, person: Person, definition: Definition, week: int, attempt: Finished) -> dict[str, Any]:
        """Without the score where it is told after the close: a digest over it would tell it at once."""
        contest = definition.contest.id
        named = attempt_id(week, attempt)
        public = encode_record(
            contest,
            week,
            pseudonym(contest, week, person.participant_id),
            person.unit,
            person.category,
            number=attempt.number,
            status=attempt.status,
            score=attempt.told_score if definition.paper.score_at_once else None,
            prediction=attempt.prediction,
            duration=attempt.duration,
            received=attempt.received,
            committed=commitment(self._salt_key, person.participant_id, week, attempt).hex(),
        )
        leaf = leaf_hash(public)
        return {
            "record": decode_record(public),
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
