"""Passwords use argon2id at OWASP's minimum, whichever library made the hash."""

from __future__ import annotations

from typing import Any

import pytest
from nacl.pwhash import argon2id

from chalicelib.services.people.passwords import Argon2Passwords

PASSWORDS = Argon2Passwords()
HASHED = PASSWORDS.hash("mật khẩu dài")


def test_argon2id_runs_at_owasps_minimum() -> None:
    assert HASHED.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_hash_made_by_argon2_cffi_is_still_valid() -> None:
    made = "$argon2id$v=19$m=19456,t=2,p=1$+6TOlXVIvCai6079CZBb9Q$teJ3yw3pSjJEnjGb3krSCunXtoaFnZWlpbBOzZkmoig"
    assert PASSWORDS.verify(made, "x")
    assert not PASSWORDS.verify(made, "y")


def test_a_password_matches_itself_alone() -> None:
    hashed = PASSWORDS.hash("mật khẩu dài")
    assert PASSWORDS.verify(hashed, "mật khẩu dài")
    assert not PASSWORDS.verify(hashed, "mat khau dai")


@pytest.mark.parametrize(
    "hashed",
    [None, "", "plain", "$argon2id$v=19$m=19456,t=2,p=1$x", "$" * 500, HASHED[:-1], HASHED + "é"],
    ids=["none", "empty", "plain", "no hash", "long", "cut", "longer"],
)
def test_a_missing_or_broken_hash_matches_no_password(hashed: str | None) -> None:
    assert not PASSWORDS.verify(hashed, "mật khẩu dài")


@pytest.mark.parametrize("password", ["", "\0", "mật\0khẩu", "\ud800", "x" * 4_000])
def test_any_text_can_be_a_password(password: str) -> None:
    hashed = PASSWORDS.hash(password)
    assert PASSWORDS.verify(hashed, password)
    assert not PASSWORDS.verify(hashed, password + "x")


def test_refusing_an_unknown_person_takes_as_many_hashes_as_refusing_a_wrong_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Hashes are counted at libsodium, at the call that fills the 19 MiB."""
    calls: list[str] = []
    for name in ("str", "verify"):
        real = getattr(argon2id, name)

        def counted(*given: Any, real: Any = real, name: str = name, **named: Any) -> Any:
            calls.append(name)
            return real(*given, **named)

        monkeypatch.setattr(argon2id, name, counted)
    PASSWORDS.verify(None, "x")
    PASSWORDS.verify(HASHED, "x")
    assert len(calls) == 2


def test_the_same_password_is_hashed_differently_for_two_people() -> None:
    assert PASSWORDS.hash("mật khẩu dài") != HASHED
