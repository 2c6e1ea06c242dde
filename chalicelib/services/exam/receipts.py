"""Signed receipts for submissions, and the public keys that check them (docs/proof.md)."""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

from nacl.bindings import crypto_sign, crypto_sign_BYTES, crypto_sign_seed_keypair

from chalicelib.documents.bundle import Records, as_object
from chalicelib.documents.canonical import canonical_json
from chalicelib.domain.attempt import Entry, Finished
from chalicelib.domain.merkle import leaf_hash
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.receipt import SIGNED_PREFIX, salt_key
from chalicelib.services.contest.reference import Reference
from chalicelib.services.exam.exam import Person

# Before what is signed of a person; a receipt begins otherwise.
PERSON_PREFIX = b"cuoc-thi-person-v1:"


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

    def vouch(self, contest: str, week: int, pseudonym: str, name: str, unit: str) -> tuple[str, str]:
        """Signs who has a pseudonym, for certificates: signature in hex, and the id of the key."""
        told = {"contest": contest, "name": name, "pseudonym": pseudonym, "unit": unit, "week": week}
        return self._key.sign(PERSON_PREFIX + canonical_json(told)).hex(), self._key.id

    def issue(
        self, person: Person, reference: Reference, week: int, attempt: Finished, *, tell: bool
    ) -> dict[str, Any]:
        """``reference``: the week's. ``tell``: the score too; else its salt stays here: it cannot be tried."""
        contest = reference.definition.contest.id
        names = Pseudonyms(self._salt_key, contest)
        entry = Entry(person.participant_id, week, person.unit, person.category, 0, None, ())
        public, made = Records(self._salt_key, contest).finish_under(
            names(week, person.participant_id), entry, reference.bank.digest, attempt
        )
        opened, salted = made.openings._asdict(), made.salts._asdict()
        shown = [name for name in opened if tell or name != "score"]
        name_salt = names.salt(week, person.participant_id)
        told = {"score": attempt.told_score if tell else None}
        leaf = leaf_hash(public)
        signed = SIGNED_PREFIX + leaf + sha256(canonical_json(told)).digest()
        return {
            "record": as_object(public),
            "openings": {name: as_object(opened[name]) for name in shown},
            "salts": {**{name: salted[name].hex() for name in shown}, "pseudonym": name_salt.hex()},
            "told": told,
            "leaf_hash": leaf.hex(),
            "signature": self._key.sign(signed).hex(),
            "key_id": self._key.id,
        }
