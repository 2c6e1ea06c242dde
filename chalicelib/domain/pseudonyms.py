"""People's names in what is published: one a week, each with a salt of its own (docs/proof.md)."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b, sha256


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Those of the ``contest``'s people. ``key``: of all salts (``receipt.salt_key``).

    Without the key nobody finds a person's pseudonym or joins two weeks', whoever knows the participant id; the
    salt of one week, which its owner has, shows that one.
    """

    key: bytes
    contest: str

    def salt(self, week: int, participant_id: str) -> bytes:
        """16 bytes: keyed BLAKE2b (RFC 7693)."""
        named = f"pseudonym|{week}|{participant_id}"
        return blake2b(named.encode(), key=self.key, digest_size=16).digest()

    def of(self, week: int, participant_id: str) -> bytes:
        named = f"{self.contest}|{week}|{participant_id}"
        return sha256(self.salt(week, participant_id) + named.encode()).digest()

    def __call__(self, week: int, participant_id: str) -> str:
        """In hex."""
        return self.of(week, participant_id).hex()
