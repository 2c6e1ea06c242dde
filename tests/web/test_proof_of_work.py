"""Proof of work: right, wrong, missing, expired, made for another key, and mangled."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidInput
from chalicelib.web.proof_of_work import LIFETIME, MAX_NUMBER, challenge, check

KEY = b"k" * 32


def solve(asked: dict[str, Any], **changed: Any) -> str:
    """The proof that the page sends: the number it found, and the challenge it was given."""
    number = next(
        n
        for n in range(asked["maxnumber"] + 1)
        if sha256(f"{asked['salt']}{n}".encode()).hexdigest() == asked["challenge"]
    )
    given = {name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return packed({**given, "number": number, **changed})


def packed(value: Any) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


def accepted(proof: str | None, key: bytes = KEY) -> bool:
    try:
        check(key, proof)
    except InvalidInput as refused:
        assert [fault.field for fault in refused.errors] == ["proof"]  # noqa: PT017
        return False
    return True


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    return challenge(KEY, datetime.now(UTC))


@pytest.fixture(scope="module")
def proof(asked: dict[str, Any]) -> str:
    return solve(asked)


def unpacked(proof: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.b64decode(proof))
    return value


def test_a_challenge_gives_the_hash_to_match_and_not_the_number(asked: dict[str, Any]) -> None:
    assert set(asked) == {"algorithm", "challenge", "maxnumber", "salt", "signature"}
    assert (asked["algorithm"], asked["maxnumber"]) == ("SHA-256", MAX_NUMBER)


def test_no_two_challenges_are_the_same() -> None:
    now = datetime.now(UTC)
    assert len({challenge(KEY, now)["salt"] for _ in range(9)}) == 9


def test_the_right_number_is_accepted_and_names_its_challenge(asked: dict[str, Any], proof: str) -> None:
    assert accepted(proof)
    assert check(KEY, proof) == asked["challenge"]


def test_a_missing_proof_is_refused() -> None:
    assert not accepted(None)
    assert not accepted("")


def test_a_wrong_number_is_refused(proof: str) -> None:
    assert not accepted(packed({**unpacked(proof), "number": unpacked(proof)["number"] + 1}))


def test_a_proof_for_another_key_is_refused(proof: str) -> None:
    assert not accepted(proof, b"x" * 32)


def test_a_challenge_made_by_the_solver_is_refused() -> None:
    assert not accepted(solve(challenge(b"x" * 32, datetime.now(UTC))))


def test_a_proof_is_valid_for_twenty_minutes() -> None:
    now = datetime.now(UTC)
    assert timedelta(minutes=20) == LIFETIME
    assert accepted(solve(challenge(KEY, now - LIFETIME + timedelta(minutes=1))))
    assert not accepted(solve(challenge(KEY, now - LIFETIME - timedelta(seconds=2))))


def test_an_expired_challenge_cannot_be_given_a_later_expiry() -> None:
    old = challenge(KEY, datetime.now(UTC) - LIFETIME - timedelta(minutes=1))
    given = unpacked(solve(old))
    digits = str(given["number"])
    for cut in range(1, len(digits)):
        spliced = {**given, "salt": given["salt"] + digits[:cut], "number": int(digits[cut:])}
        assert not accepted(packed(spliced))
    later = str(int(datetime.now(UTC).timestamp()) + 999)
    salt = given["salt"].partition("=")[0] + "=" + later + "&"
    assert not accepted(packed({**given, "salt": salt}))
    assert not accepted(packed({**given, "salt": given["salt"].partition("?")[0]}))


@pytest.mark.parametrize("algorithm", ["SHA-1", "SHA-512", "MD5", "none", "", None, 5])
def test_another_algorithm_is_refused(proof: str, algorithm: Any) -> None:
    assert not accepted(packed({**unpacked(proof), "algorithm": algorithm}))


@pytest.mark.parametrize("field", ["algorithm", "challenge", "number", "salt", "signature"])
@pytest.mark.parametrize("value", [None, True, 5, 1.5, "", "é", "\ud800", [], {}])
def test_no_value_of_any_type_breaks_the_check(proof: str, field: str, value: Any) -> None:
    if unpacked(proof)[field] != value:
        assert not accepted(packed({**unpacked(proof), field: value}))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"{",
        b"\xff\xfe",
        b'{"number": ' + b"9" * 1_400 + b"}",
        pytest.param(b"[" * 1_500, id="1,500 brackets"),
        pytest.param(b'{"a":' * 290, id="290 objects deep"),
    ],
)
def test_no_content_breaks_the_check(raw: bytes) -> None:
    assert not accepted(base64.b64encode(raw).decode())


@pytest.mark.parametrize("text", ["not base64!", "é" * 9, "\ud800", "=" * 9, "A"])
def test_no_text_breaks_the_check(text: str) -> None:
    assert not accepted(text)
