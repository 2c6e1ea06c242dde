"""Encrypts personal data at rest: each value on its own, bound to its person and its field."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cached_property

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
)
from nacl.exceptions import CryptoError

_NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES


class Unreadable(Exception):
    """A stored value does not open: wrong data key, another person's or field's value, or changed bytes."""


class Vault:
    """XChaCha20-Poly1305 with a data key of 32 bytes; a sealed value is a random nonce and its ciphertext.

    ``open_key`` fetches the key when a value is first sealed or opened.
    """

    def __init__(self, open_key: Callable[[], bytes]) -> None:
        self._open_key = open_key

    @cached_property
    def _key(self) -> bytes:
        return self._open_key()

    def __repr__(self) -> str:  # the key stays out of every trace
        return "Vault()"

    def seal(self, value: str, participant_id: str, field: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        place = _place(participant_id, field)
        return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(value.encode(), place, nonce, self._key)

    def open(self, sealed: bytes, participant_id: str, field: str) -> str:
        """Raises ``Unreadable``."""
        nonce, body = sealed[:_NONCE], sealed[_NONCE:]
        place = _place(participant_id, field)
        try:
            return crypto_aead_xchacha20poly1305_ietf_decrypt(body, place, nonce, self._key).decode()
        except (CryptoError, TypeError, ValueError) as error:  # also for fewer bytes than a nonce or a tag
            message = (
                f"{field} of {participant_id} does not open: it was sealed with another data key, for another "
                "person or field, or its bytes have changed. Compare the pointer data-key with a backup."
            )
            raise Unreadable(message) from error


def _place(participant_id: str, field: str) -> bytes:
    return f"{participant_id}|{field}".encode()
