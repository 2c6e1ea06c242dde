"""Signatures of ID tokens (RFC 7515, 7517, 7518, 8037) without a library: none is worth its weight.

RSA and P-256 are verified with Python's integers: nothing here is secret, so no time that it takes tells
anything (RS256 0.1 ms, ES256 20 ms, about a password's hash).
"""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from re import ASCII, fullmatch
from typing import Any, NamedTuple

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from chalicelib.domain.errors import CodeRefused

_LONGEST = 64_000
Point = tuple[int, int]


class UnknownKey(Exception):
    """No published key fits the token: its provider may have changed its keys."""


class Key(NamedTuple):
    """A public key of the provider. ``verifies(message, signature)``."""

    kid: str | None
    algorithm: str
    verifies: Callable[[bytes, bytes], bool]


def keys_of(jwks: Mapping[str, Any]) -> list[Key]:
    """The signing keys of a JWK set that can be used here; the others are left out."""
    listed = jwks.get("keys")
    found = (_key(jwk) for jwk in listed) if isinstance(listed, list) else ()
    return [key for key in found if key is not None]


def opened(token: str, keys: Sequence[Key]) -> dict[str, Any]:
    """The claims of a token with a good signature; nothing else of them is checked.

    Raises ``UnknownKey``, ``CodeRefused``. The key decides on the algorithm, never the token.
    """
    head64, _, rest = token.partition(".")
    claims64, _, signature64 = rest.partition(".")
    if len(token) > _LONGEST:
        raise CodeRefused("the ID token is too long")
    head, claims, signature = _object(head64), _object(claims64), _bytes(signature64)
    if "crit" in head:
        raise CodeRefused("the ID token needs an extension")
    kid, algorithm = head.get("kid"), head.get("alg")
    fitting = [key for key in keys if key.algorithm == algorithm and (kid is None or key.kid == kid)]
    if not fitting:
        raise UnknownKey(f"no key {kid!r} for {algorithm!r}")
    message = f"{head64}.{claims64}".encode()
    if not any(key.verifies(message, signature) for key in fitting):
        raise CodeRefused("the ID token's signature is wrong")
    return claims


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(_bytes(text))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise CodeRefused("the ID token is no signed JSON")
    return found


def _bytes(text: Any) -> bytes:
    if not isinstance(text, str) or not fullmatch(r"[A-Za-z0-9_-]*", text, ASCII):
        raise CodeRefused("not base64url")
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except NotBase64:
        raise CodeRefused("not base64url") from None


def _key(jwk: Any) -> Key | None:
    if not isinstance(jwk, dict) or jwk.get("use", "sig") != "sig":
        return None
    try:
        key = _verifier(jwk)
    except CodeRefused:
        return None
    if key is None or jwk.get("alg", key[0]) != key[0]:
        return None
    kid = jwk.get("kid")
    return Key(kid if isinstance(kid, str) else None, *key)


def _verifier(jwk: dict[str, Any]) -> tuple[str, Callable[[bytes, bytes], bool]] | None:
    """Algorithm and verification; None for a key that is weak, or of a kind that is not known here."""

    def number(name: str) -> int:
        return int.from_bytes(_bytes(jwk.get(name)), "big")

    kind = (jwk.get("kty"), jwk.get("crv"))
    if kind == ("RSA", None):
        n, e = number("n"), number("e")
        good = 2048 <= n.bit_length() <= 8192 and n % 2 == 1 and e % 2 == 1 and 3 <= e < 2**32
        return ("RS256", partial(_rs256, n, e)) if good else None
    if kind == ("EC", "P-256"):
        point = (number("x"), number("y"))
        return ("ES256", partial(_es256, point)) if _on_curve(point) else None
    if kind == ("OKP", "Ed25519"):
        public = _bytes(jwk.get("x"))
        return ("EdDSA", partial(_ed25519, public)) if len(public) == 32 else None
    return None


_SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")


def _rs256(n: int, e: int, message: bytes, signature: bytes) -> bool:
    """RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 8.2.2): the encoded message is compared, nothing parsed."""
    size = (n.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if len(signature) != size or number >= n:
        return False
    tail = _SHA256_INFO + sha256(message).digest()
    wanted = b"\x00\x01" + b"\xff" * (size - len(tail) - 3) + b"\x00" + tail
    return hmac.compare_digest(pow(number, e, n).to_bytes(size, "big"), wanted)


def _ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(public).verify(message, signature)
    except (BadSignatureError, ValueError):
        return False
    return True


# The curve P-256 (FIPS 186-4, D.1.2.3): y² = x³ − 3x + b over the integers modulo p; n is the order of g.
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
_G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)


def _on_curve(point: Point) -> bool:
    x, y = point
    return x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0


def _es256(public: Point, message: bytes, signature: bytes) -> bool:
    """ECDSA with SHA-256 (FIPS 186-4, 6.4)."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if len(signature) != 64 or not 0 < r < _N or not 0 < s < _N:
        return False
    inverse, hashed = pow(s, -1, _N), int.from_bytes(sha256(message).digest(), "big")
    point = _sum(_times(hashed * inverse % _N, _G), _times(r * inverse % _N, public))
    return point is not None and point[0] % _N == r


def _sum(one: Point | None, other: Point | None) -> Point | None:
    """None is the point at infinity."""
    if one is None or other is None:
        return one or other
    (x1, y1), (x2, y2) = one, other
    if x1 == x2:
        if (y1 + y2) % _P == 0:
            return None
        slope = (3 * x1 * x1 - 3) * pow(2 * y1, -1, _P)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, _P)
    x = (slope * slope - x1 - x2) % _P
    return x, (slope * (x1 - x) - y1) % _P


def _times(factor: int, point: Point) -> Point | None:
    total: Point | None = None
    doubled: Point | None = point
    while factor:
        if factor & 1:
            total = _sum(total, doubled)
        doubled = _sum(doubled, doubled)
        factor >>= 1
    return total
