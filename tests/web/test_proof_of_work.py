"""Proof of work: right, wrong, missing, expired, made for another key, and mangled."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from chalicelib.services.people.brakes import DEAREST, Proof
from chalicelib.web.proof_of_work import LIFETIME, NUMBERS_A_STEP, challenge, check

KEY = b"k" * 32
NOW = datetime(2022, 8, 22, 1, 0, 0, tzinfo=UTC)


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
    return check(key, proof, NOW) is not None


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    return challenge(KEY, 1, NOW)


@pytest.fixture(scope="module")
def proof(asked: dict[str, Any]) -> str:
    return solve(asked)


def unpacked(proof: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.b64decode(proof))
    return value


def test_a_challenge_gives_the_hash_to_match_and_not_the_number(asked: dict[str, Any]) -> None:
    assert set(asked) == {"algorithm", "challenge", "maxnumber", "salt", "signature"}
    assert (asked["algorithm"], asked["maxnumber"]) == ("SHA-256", NUMBERS_A_STEP)


def test_no_two_challenges_are_the_same() -> None:
    assert len({challenge(KEY, 1, NOW)["salt"] for _ in range(9)}) == 9


@pytest.mark.parametrize("steps", [1, 7, DEAREST])
def test_a_challenge_is_as_long_as_its_steps_and_says_so_under_its_signature(steps: int) -> None:
    asked = challenge(KEY, steps, NOW)
    assert asked["maxnumber"] == steps * NUMBERS_A_STEP
    assert asked["salt"].endswith(f"&steps={steps}&")


def test_a_hash_of_the_longest_challenge_is_one_block() -> None:
    asked = challenge(KEY, DEAREST, datetime(2200, 1, 1, tzinfo=UTC))
    assert len(f"{asked['salt']}{asked['maxnumber']}") <= 55


def test_the_right_number_is_accepted_with_its_challenge_and_steps(asked: dict[str, Any], proof: str) -> None:
    assert accepted(proof)
    assert check(KEY, proof, NOW) == Proof(asked["challenge"], 1)


def test_a_missing_proof_is_refused() -> None:
    assert not accepted(None)
    assert not accepted("")


def test_a_wrong_number_is_refused(proof: str) -> None:
    assert not accepted(packed({**unpacked(proof), "number": unpacked(proof)["number"] + 1}))


def test_a_proof_for_another_key_is_refused(proof: str) -> None:
    assert not accepted(proof, b"x" * 32)


def test_a_challenge_made_by_the_solver_is_refused() -> None:
    assert not accepted(solve(challenge(b"x" * 32, 1, NOW)))


def test_a_proof_is_valid_for_twenty_minutes() -> None:
    assert timedelta(minutes=20) == LIFETIME
    assert accepted(solve(challenge(KEY, 1, NOW - LIFETIME)))
    assert not accepted(solve(challenge(KEY, 1, NOW - LIFETIME - timedelta(seconds=1))))


def test_an_expired_challenge_cannot_be_given_a_later_expiry() -> None:
    old = challenge(KEY, 1, NOW - LIFETIME - timedelta(minutes=1))
    given = unpacked(solve(old))
    digits = str(given["number"])
    for cut in range(1, len(digits)):
        spliced = {**given, "salt": given["salt"] + digits[:cut], "number": int(digits[cut:])}
        assert not accepted(packed(spliced))
    later = str(int(NOW.timestamp()) + 999)
    salt = given["salt"].partition("=")[0] + "=" + later + "&"
    assert not accepted(packed({**given, "salt": salt}))
    assert not accepted(packed({**given, "salt": given["salt"].partition("?")[0]}))


def test_a_cheap_challenge_cannot_be_given_more_steps(asked: dict[str, Any], proof: str) -> None:
    given = unpacked(proof)
    salt, number = given["salt"], str(given["number"])
    dear = salt.replace("steps=1&", "steps=160&")
    for spliced in (
        {"salt": dear},
        {"salt": dear, "number": number},
        {"salt": f"steps=160&{salt}"},
        {"salt": f"{salt}steps=160&"},
        {"salt": salt.removesuffix("1&"), "number": f"1&{number}"},
        {"salt": salt.removesuffix("&"), "number": f"60&{number}"},
        {"salt": f"{salt}{number[0]}", "number": number[1:]},
        {"steps": 160},
    ):
        paid = check(KEY, packed({**given, **spliced}), NOW)
        assert paid is None or paid.steps == 1
    without = salt.removesuffix("steps=1&")
    assert check(KEY, packed({**given, "salt": without, "number": f"steps=1&{number}"}), NOW) is None


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
