"""Session tokens: signed, with an expiry, without personal data."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

from itsdangerous import BadData, BadSignature, URLSafeSerializer

from chalicelib.domain.errors import Unauthorized
from chalicelib.services.exam.exam import Person
from chalicelib.services.exam.revoked import LIFETIME_MS

RELOAD_MS = 60_000


class Tokens:
    """HMAC-SHA256 over participant id, unit, category and expiry.

    ``keys`` go from oldest to newest: the last one signs, all of them verify. If none verifies a token,
    ``reload`` reads the keys again, at most once a minute: so a key can be rotated while older environments
    keep running. The token names no algorithm, so nobody can force one on it. ``ended`` says whether a session
    has ended early, by participant id and time of issue, which is the expiry less the lifetime. ``seen`` is
    told the participant id of whoever asks for something.
    """

    def __init__(
        self,
        keys: Sequence[bytes],
        reload: Callable[[], Sequence[bytes]] | None = None,
        ended: Callable[[str, int], bool] = lambda participant_id, issued: False,
        seen: Callable[[str], None] = lambda participant_id: None,
    ) -> None:
        self._use(keys)
        self._ended, self.seen = ended, seen
        self._reload, self._reloaded_at = reload, 0

    def issue(self, person: Person, now: int) -> tuple[str, int]:
        """The token and when it expires (milliseconds)."""
        self.seen(person.participant_id)
        expires = now + LIFETIME_MS
        return str(self._serializer.dumps([*person, expires])), expires

    def check(self, authorization: str | None, now: int) -> Person:
        """The person who sent the header ``Bearer <token>``. Raises ``Unauthorized``."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or len(token) > 500:
            raise Unauthorized
        try:
            content = self._verified(token.strip(), now)
            participant_id, unit, category, expires = content
            expired = now >= expires
        except (BadData, ValueError, TypeError):
            raise Unauthorized from None
        self.seen(participant_id)
        if expired or self._ended(participant_id, expires - LIFETIME_MS):
            raise Unauthorized
        return Person(participant_id, unit, category)

    def _verified(self, token: str, now: int) -> Any:
        try:
            return self._loads(token)
        except BadSignature:
            if self._reload is None or now - self._reloaded_at < RELOAD_MS:
                raise
        self._reloaded_at = now
        self._use(self._reload())
        return self._loads(token)

    def _use(self, keys: Sequence[bytes]) -> None:
        signer = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        self._serializer = URLSafeSerializer(list(keys), salt="session", signer_kwargs=signer)
        # Once: the serializer's own ``loads`` makes a signer for each token.
        self._signer = self._serializer.make_signer(self._serializer.salt)

    def _loads(self, token: str) -> Any:
        return self._serializer.load_payload(self._signer.unsign(token))
