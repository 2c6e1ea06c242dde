"""Session tokens: signed, expiring, without personal data."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from itsdangerous import BadData, URLSafeSerializer

from chalicelib.domain.errors import Unauthorized
from chalicelib.services.exam import Person

LIFETIME_MS = 12 * 3_600_000


class Tokens:
    """HMAC-SHA256 over participant id, unit, category and expiry.

    ``keys`` from oldest to newest: the last one signs, all of them verify, so that a key can be rotated.
    The token names no algorithm, so none can be forced on it.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._serializer = URLSafeSerializer(
            list(keys),
            salt="session",
            signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
        )

    def issue(self, person: Person, now: int) -> tuple[str, int]:
        """The token and when it expires (milliseconds)."""
        expires = now + LIFETIME_MS
        return str(self._serializer.dumps([*person, expires])), expires

    def check(self, authorization: str | None, now: int) -> Person:
        """Who sends the header ``Bearer <token>``. Raises ``Unauthorized``."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or len(token) > 500:
            raise Unauthorized
        try:
            participant_id, unit, category, expires = self._serializer.loads(token.strip())
        except (BadData, ValueError, TypeError):
            raise Unauthorized from None
        if now >= expires:
            raise Unauthorized
        return Person(participant_id, unit, category)
