"""The plain Python signature check against RFC 8032's vectors and against libsodium."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_sign, crypto_sign_seed_keypair

from tests.examples import examples
from verify import ed25519

# RFC 8032, section 7.1, tests 1 to 3: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        (
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595bbe24655141438e7a100b"
        ),
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
            "387b2eaeb4302aeeb00d291612bb0c00"
        ),
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        (
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
            "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_hold(key: str, message: str, signature: str) -> None:
    assert ed25519.holds(bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature))


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=80), bit=st.integers(0, 511))
@examples(0.25)
def test_libsodium_signatures_hold_and_no_bit_of_them_may_change(seed: bytes, message: bytes, bit: int) -> None:
    public, private = crypto_sign_seed_keypair(seed)
    signature = crypto_sign(message, private)[:64]
    assert ed25519.holds(public, message, signature)
    assert not ed25519.holds(public, message + b"!", signature)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not ed25519.holds(public, message, bytes(changed))


def test_a_signature_is_not_accepted_in_a_second_form() -> None:
    """S + L satisfies the same equation; the standard refuses it."""
    key, message, signature = (bytes.fromhex(part) for part in VECTORS[0])
    doubled = int.from_bytes(signature[32:], "little") + ed25519.ORDER
    assert not ed25519.holds(key, message, signature[:32] + doubled.to_bytes(32, "little"))


@pytest.mark.parametrize(
    "key", [b"", b"\xff" * 32, (2).to_bytes(32, "little"), b"\x01" + b"\x00" * 30 + b"\x80"]
)
def test_an_invalid_key_verifies_nothing(key: bytes) -> None:
    assert not ed25519.holds(key, b"", bytes.fromhex(VECTORS[0][2]))


def test_an_invalid_signature_does_not_hold() -> None:
    key = bytes.fromhex(VECTORS[0][0])
    assert not ed25519.holds(key, b"", b"")
    assert not ed25519.holds(key, b"", b"\xff" * 64)
