"""A sealed value opens for the right person and field under the right key, and not otherwise."""

from __future__ import annotations

import pytest

from chalicelib.services.people.vault import Unreadable, Vault

VAULT = Vault(lambda: b"k" * 32)
SEALED = VAULT.seal("Nguyễn Văn An", "a3", "full_name")


def test_a_sealed_value_opens_again() -> None:
    assert VAULT.open(SEALED, "a3", "full_name") == "Nguyễn Văn An"
    assert VAULT.open(VAULT.seal("", "a3", "phone"), "a3", "phone") == ""


def test_a_sealed_value_reveals_nothing_and_is_never_the_same_twice() -> None:
    assert b"An" not in SEALED
    assert VAULT.seal("Nguyễn Văn An", "a3", "full_name") != SEALED


@pytest.mark.parametrize(
    ("person", "field"), [("a4", "full_name"), ("a3", "phone"), ("a3|full", "name"), ("", "")]
)
def test_a_value_does_not_open_for_another_person_or_field(person: str, field: str) -> None:
    with pytest.raises(Unreadable, match="another person"):
        VAULT.open(SEALED, person, field)


def test_a_wrong_key_fails_and_the_error_says_where_to_look() -> None:
    with pytest.raises(Unreadable, match=r"full_name of a3 does not open.*data-key"):
        Vault(lambda: b"x" * 32).open(SEALED, "a3", "full_name")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_not_used(length: int) -> None:
    with pytest.raises(ValueError, match="a data key has 32 bytes"):
        Vault(lambda: b"k" * length).open(SEALED, "a3", "full_name")


@pytest.mark.parametrize("at", range(len(SEALED)))
def test_every_changed_byte_is_noticed(at: int) -> None:
    changed = SEALED[:at] + bytes([SEALED[at] ^ 1]) + SEALED[at + 1 :]
    with pytest.raises(Unreadable):
        VAULT.open(changed, "a3", "full_name")


@pytest.mark.parametrize("length", [0, 1, 23, 24, 39, len(SEALED) - 1])
def test_a_truncated_value_does_not_open(length: int) -> None:
    with pytest.raises(Unreadable):
        VAULT.open(SEALED[:length], "a3", "full_name")


def test_the_key_is_in_no_traceback() -> None:
    assert repr(VAULT) == "Vault()"
