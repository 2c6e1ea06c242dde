"""Passwords by argon2id at OWASP's minimum: 19 MiB, two passes, one lane (25 ms on one core)."""

from __future__ import annotations

from nacl.exceptions import CryptoError
from nacl.pwhash import argon2id

PASSES = 2
MEMORY = 19 * 1024 * 1024  # bytes


class Argon2Passwords:
    """Passwords come cleaned (``domain.pasted``): keyboards write one Vietnamese letter in several ways."""

    def hash(self, password: str) -> str:
        return argon2id.str(_bytes(password), opslimit=PASSES, memlimit=MEMORY).decode()

    def verify(self, hashed: str | None, password: str) -> bool:
        if hashed is None:
            self.hash(password)
            return False
        try:
            return argon2id.verify(hashed.encode(), _bytes(password))
        except (CryptoError, ValueError):  # a wrong password; a hash that is invalid or too long
            return False


def _bytes(password: str) -> bytes:
    # JSON can hold half of a surrogate pair, which is not valid UTF-8; such a password is as good as any other.
    return password.encode(errors="surrogatepass")
