"""Signatures and claims of ID tokens: the good ones pass, and every other is refused for its own reason."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.definition import Definition
from chalicelib.domain.errors import CodeRefused, ContestError, IdentityTooWeak
from chalicelib.domain.identity_provider import Identity
from chalicelib.services.people.id_tokens import UnknownKey, keys_of, opened
from chalicelib.services.people.provider_sign_in import check_claims, person_of
from tests.fakes import definition
from tests.identity_table import CLAIMS as CLAIM_NAMES
from tests.identity_table import identity

ISSUER = "https://xacthuc.example.vn"
NOW = 1_661_130_000
NONCE = "n" * 43
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": "cuoc-thi",
    "exp": NOW + 300,
    "iat": NOW,
    "nonce": NONCE,
    "sub": "an",
    "acr": "LoA2",
}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value: int, size: int | None = None) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def token(sign: Callable[[bytes], bytes], head: dict[str, Any], claims: dict[str, Any] | None = None) -> str:
    parts = (head, CLAIMS if claims is None else claims)
    message = ".".join(b64(json.dumps(part).encode()) for part in parts)
    return f"{message}.{b64(sign(message.encode()))}"


RSA = rsa.generate_private_key(65537, 2048)
WEAK = rsa.generate_private_key(65537, 1024)  # noqa: S505  to be refused
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()


def rsa_key(key: rsa.RSAPrivateKey = RSA, **changed: Any) -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "kid": "r", "use": "sig", "n": number(numbers.n), "e": number(numbers.e), **changed}


def ec_key(**changed: Any) -> dict[str, Any]:
    numbers = EC.public_key().public_numbers()
    point = {"x": number(numbers.x, 32), "y": number(numbers.y, 32)}
    return {"kty": "EC", "crv": "P-256", "kid": "e", **point, **changed}


def ed_key(**changed: Any) -> dict[str, Any]:
    return {"kty": "OKP", "crv": "Ed25519", "kid": "d", "x": b64(ED.public_key().public_bytes_raw()), **changed}


def rs256(message: bytes) -> bytes:
    return RSA.sign(message, padding.PKCS1v15(), hashes.SHA256())


def es256(message: bytes) -> bytes:
    r, s = decode_dss_signature(EC.sign(message, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


ALL = {"keys": [rsa_key(), ec_key(), ed_key()]}
SIGNERS: list[tuple[str, str, Callable[[bytes], bytes]]] = [
    ("RS256", "r", rs256),
    ("ES256", "e", es256),
    ("EdDSA", "d", ED.sign),
]


@pytest.mark.parametrize(("algorithm", "kid", "sign"), SIGNERS)
def test_a_token_signed_by_a_published_key_is_opened(
    algorithm: str, kid: str, sign: Callable[[bytes], bytes]
) -> None:
    assert opened(token(sign, {"alg": algorithm, "kid": kid}), keys_of(ALL)) == CLAIMS
    assert opened(token(sign, {"alg": algorithm}), keys_of(ALL)) == CLAIMS


@pytest.mark.parametrize(("algorithm", "kid", "sign"), SIGNERS)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_changed_byte_of_a_token_passes(
    algorithm: str, kid: str, sign: Callable[[bytes], bytes], data: st.DataObject
) -> None:
    good = token(sign, {"alg": algorithm, "kid": kid})
    at = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_."))
    bad = good[:at] + other + good[at + 1 :]
    try:
        found = opened(bad, keys_of(ALL))
    except (CodeRefused, UnknownKey):
        return
    # The last letter of a part may have bits that base64 does not use.
    assert bad.rpartition(".")[0] == good.rpartition(".")[0]
    assert found == CLAIMS


def test_signatures_on_the_curve_are_verified_as_a_library_does() -> None:
    keys = keys_of({"keys": [ec_key()]})
    for n in range(40):
        assert keys[0].verifies(b"%d" % n, es256(b"%d" % n))
        assert not keys[0].verifies(b"%d" % n, es256(b"%d" % (n + 1)))


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize(
    ("r", "s"), [(0, 0), (0, 1), (1, 0), (1, 1), (ORDER, 1), (1, ORDER), (2**256 - 1,) * 2]
)
def test_a_signature_outside_the_group_is_none(r: int, s: int) -> None:
    (key,) = keys_of({"keys": [ec_key()]})
    assert not key.verifies(b"message", r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@pytest.mark.parametrize("cut", [0, 1, 63, 65, 200])
def test_a_signature_of_another_length_is_none(cut: int) -> None:
    for jwk in ALL["keys"]:
        (key,) = keys_of({"keys": [jwk]})
        assert not key.verifies(b"message", b"\x01" * cut)


@pytest.mark.parametrize(
    "jwk",
    [
        rsa_key(WEAK),
        rsa_key(e=number(1)),
        rsa_key(e=number(65536)),
        rsa_key(n=number(2**2048)),
        rsa_key(n=number(2**9000 + 1)),
        rsa_key(n="ệ"),
        rsa_key(n=None),
        rsa_key(use="enc"),
        rsa_key(alg="PS256"),
        ec_key(x=number(5, 32)),
        ec_key(x=number(2**256 + 5, 33)),
        ec_key(crv="P-384"),
        ec_key(crv="secp256k1"),
        ed_key(x=b64(b"short")),
        ed_key(crv="X25519"),
        {"kty": "oct", "k": b64(b"secret")},
        {},
        "key",
        None,
    ],
    ids=lambda _: "key",
)
def test_a_key_that_is_weak_or_strange_is_left_out(jwk: Any) -> None:
    assert keys_of({"keys": [jwk]}) == []
    assert len(keys_of({"keys": [jwk, rsa_key()]})) == 1


@pytest.mark.parametrize("jwks", [{}, {"keys": None}, {"keys": "r"}, {"keys": {"r": 1}}], ids=str)
def test_a_set_without_keys_has_none(jwks: Any) -> None:
    assert keys_of(jwks) == []


def with_the_public_key_as_secret(message: bytes) -> bytes:
    return hmac.digest(rsa_key()["n"].encode(), message, "sha256")


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "a.b",
        "..",
        "a.b.c",
        "{}.{}.{}",
        "A" * 70_000,
        token(lambda _: b"", {"alg": "none"}),
        token(lambda _: b"", {"alg": "none", "kid": "r"}),
        token(lambda _: b"", {"alg": "RS256", "kid": "r"}),
        token(with_the_public_key_as_secret, {"alg": "HS256", "kid": "r"}),
        token(rs256, {"alg": "RS256", "kid": "r", "crit": ["exp"]}),
        token(rs256, {"alg": "RS256", "kid": "e"}),
        token(rs256, {"alg": "RS512", "kid": "r"}),
        token(rs256, {"alg": ["RS256"], "kid": "r"}),
        token(es256, {"alg": "ES256", "kid": "r"}),
        token(ED.sign, {"alg": "RS256", "kid": "r"}),
        token(rs256, {"alg": "RS256", "kid": "r"}) + ".x",
        token(rs256, {"alg": "RS256", "kid": "r"}, []),  # type: ignore[arg-type]
        b64(b"[" * 20_000) + ".e30.",
    ],
    ids=lambda _: "token",
)
def test_any_other_token_is_refused(bad: str) -> None:
    with pytest.raises((CodeRefused, UnknownKey)):
        opened(bad, keys_of(ALL))


def test_a_key_that_is_not_published_is_told_from_a_bad_signature() -> None:
    with pytest.raises(UnknownKey):
        opened(token(rs256, {"alg": "RS256", "kid": "new"}), keys_of(ALL))


IDENTITY = Definition.model_validate(
    definition(identity=identity(ISSUER, "https://thi.example.vn/", acr=["LoA2"]))
).identity


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"iss": "https://xacthuc.example.vn/"}, CodeRefused),
        ({"iss": None}, CodeRefused),
        ({"aud": "another"}, CodeRefused),
        ({"aud": ["cuoc-thi", "another"]}, CodeRefused),
        ({"aud": []}, CodeRefused),
        ({"aud": None}, CodeRefused),
        ({"azp": "another"}, CodeRefused),
        ({"exp": NOW - 60}, CodeRefused),
        ({"exp": None}, CodeRefused),
        ({"exp": True}, CodeRefused),
        ({"exp": str(NOW + 300)}, CodeRefused),
        ({"exp": float("nan")}, CodeRefused),
        ({"iat": NOW - 901}, CodeRefused),
        ({"iat": NOW + 61}, CodeRefused),
        ({"iat": None}, CodeRefused),
        ({"nonce": "m" * 43}, CodeRefused),
        ({"nonce": None}, CodeRefused),
        ({"sub": ""}, CodeRefused),
        ({"sub": 5}, CodeRefused),
        ({"sub": "x" * 256}, CodeRefused),
        ({"acr": "LoA1"}, IdentityTooWeak),
        ({"acr": None}, IdentityTooWeak),
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_flow_is_refused(
    changed: dict[str, Any], refusal: type[ContestError]
) -> None:
    check_claims(CLAIMS, IDENTITY, NONCE, NOW)
    check_claims({**CLAIMS, "aud": ["cuoc-thi"], "azp": "cuoc-thi", "exp": NOW - 59}, IDENTITY, NONCE, NOW)
    with pytest.raises(refusal):
        check_claims({**CLAIMS, **changed}, IDENTITY, NONCE, NOW)


TOLD = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text())


@given(st.dictionaries(st.sampled_from([*CLAIM_NAMES.values(), "phone_number"]), TOLD))
def test_whatever_a_provider_tells_of_a_person_is_usable_or_too_weak(claims: dict[str, Any]) -> None:
    claims.setdefault("SoDinhDanh", "040090000001")
    try:
        proven = person_of(IDENTITY, claims)
    except IdentityTooWeak:
        return
    assert proven.decode(proven.encode()) == proven


@pytest.mark.parametrize("born", ["1990-05-06", "06/05/1990", "19900506", "06-05-1990"])
def test_a_date_is_read_as_registers_write_it(born: str) -> None:
    proven = person_of(IDENTITY, {"SoDinhDanh": "040090000001", "NgaySinh": born})
    assert proven.plain["date_of_birth"] == "1990-05-06"


def test_no_log_shows_who_was_proved() -> None:
    proven = person_of(IDENTITY, {"SoDinhDanh": "040 090 000 001"})
    assert "04009" not in f"{proven!r} {proven}"


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "http://xacthuc.example.vn"},
        {"token_endpoint": "https://user@xacthuc.example.vn/token"},
        {"token_endpoint": "file:///etc/passwd"},
        {"jwks_uri": "http://127.0.0.1.example.vn/jwks"},
        {"redirect_uri": "https://thi.example.vn/#/x"},
        {"jwks_uri": ""},
        {"client_id": ""},
        {"title": ""},
        {"claims": {"citizen_id": ""}},
        {"claims": {"citizen": "x"}},
        {"scope": "profile"},
        {"provider": "none", "require": True},
        {"provider": "saml"},
        {"client_secret": "in the wrong place"},
    ],
    ids=str,
)
def test_a_provider_that_cannot_work_is_refused_with_what_to_do(changed: dict[str, Any]) -> None:
    assert Identity.model_validate(identity(ISSUER, "http://127.0.0.1:8000/")).used
    with pytest.raises(ValueError, match="identity"):
        definition(identity={**identity(ISSUER, "https://thi.example.vn/"), **changed})
