"""Encrypts personal data at rest: each value on its own, bound to its person and its field."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import cached_property

# ``nacl.bindings`` gets its functions from there too. Its own one for opening formats five messages before it
# knows whether one is needed, and takes three times as long: a close opens 400,000 phones.
from nacl._sodium import ffi, lib  # type: ignore[import-not-found]  # compiled, without types
from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_ABYTES,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
)

_KEY, _NONCE = crypto_aead_xchacha20poly1305_ietf_KEYBYTES, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
_TAG = crypto_aead_xchacha20poly1305_ietf_ABYTES
_decrypt = lib.crypto_aead_xchacha20poly1305_ietf_decrypt


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
        key = self._open_key()
        if len(key) != _KEY:  # what opens a value reads as many bytes, whatever is there
            raise ValueError(f"a data key has {_KEY} bytes, not {len(key)}")
        return key

    def __repr__(self) -> str:  # the key stays out of every trace
        return "Vault()"

    def seal(self, value: str, participant_id: str, field: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        place = _place(participant_id, field)
        return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(value.encode(), place, nonce, self._key)

    def open(self, sealed: bytes, participant_id: str, field: str) -> str:
        """Raises ``Unreadable``."""
        size = len(sealed) - _NONCE - _TAG
        if size >= 0:
            nonce, body, place = sealed[:_NONCE], sealed[_NONCE:], _place(participant_id, field)
            # The first null: no length is wanted; the second: the algorithm has no secret nonce.
            value = ffi.new("unsigned char[]", size)
            if not _decrypt(value, ffi.NULL, ffi.NULL, body, len(body), place, len(place), nonce, self._key):
                return bytes(ffi.buffer(value, size)).decode()
        raise Unreadable(
            f"{field} of {participant_id} does not open: it was sealed with another data key, for another "
            "person or field, or its bytes have changed. Compare the pointer data-key with a backup."
        )


def _place(participant_id: str, field: str) -> bytes:
    return f"{participant_id}|{field}".encode()
