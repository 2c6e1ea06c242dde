"""Passwords by argon2id at OWASP's minimum: 19 MiB, two passes, one lane (25 ms on one core)."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """Keyboards write the same Vietnamese letter in several ways, so passwords are compared as NFC."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

    def hash(self, password: str) -> str:
        return self._hasher.hash(unicodedata.normalize("NFC", password))

    def verify(self, hashed: str | None, password: str) -> bool:
        if hashed is None:
            self.hash(password)
            return False
        try:
            return self._hasher.verify(hashed, unicodedata.normalize("NFC", password))
        except (VerificationError, InvalidHashError):
            return False
