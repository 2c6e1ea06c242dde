"""What somebody with the table alone can put into entries, and that none of it counts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempt import Finished, encode_opening
from chalicelib.domain.macs import EntryMacs, mac_key
from tests.domain.builders import NONCE, done
from tests.fakes import MAC_KEY, START_MS

OWN = ("w1#a3", "a3" + "0" * 18, "SO-A", "mandatory")
MACS = EntryMacs(MAC_KEY, *OWN)
OPENING = encode_opening(START_MS, NONCE)
SAVED = ("BAAAA", 7, 61_000)


def opened(sealed: bytes, number: int, saved: str | None, guess: int | None, revision: int, mac: bytes) -> Any:
    return MACS.opened(number, sealed, saved, guess, revision, mac)


def test_what_the_api_wrote_is_read_as_it_was() -> None:
    records = [done(5, 7), done(4, number=2)]
    assert MACS.finished([MACS.record(one) for one in records]) == (records, [])
    still = (3, START_MS, NONCE)
    assert opened(MACS.opening(OPENING), 3, None, None, 0, b"") == ((*still, None, None, 0), True)
    mac = MACS.saved(OPENING, 3, *SAVED)
    assert opened(MACS.opening(OPENING), 3, *SAVED, mac) == ((*still, *SAVED), True)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(("w2#a3", *OWN[1:]), id="another week's"),
        pytest.param(("w1#a4", *OWN[1:]), id="a copy in another partition"),
        pytest.param((OWN[0], "a3" + "1" * 18, *OWN[2:]), id="another person's"),
        pytest.param((*OWN[:2], "SO-B", "mandatory"), id="a moved unit"),
        pytest.param((*OWN[:3], "encouraged"), id="another category"),
        pytest.param((*OWN[:2], "SO-Am", "andatory"), id="the same letters, split elsewhere"),
    ],
)
def test_what_was_written_for_another_entry_is_not_authentic(other: tuple[str, str, str, str]) -> None:
    theirs = EntryMacs(MAC_KEY, *other)
    assert MACS.finished([theirs.record(done())]) == ([], [1])
    assert opened(theirs.opening(OPENING), 1, None, None, 0, b"") == (None, False)
    found, authentic = opened(MACS.opening(OPENING), 1, *SAVED, theirs.saved(OPENING, 1, *SAVED))
    assert (found.saved, found.guess, found.revision, authentic) == (None, None, 61_000, False)


@given(st.integers(0, 44), st.integers(1, 255))
def test_no_byte_of_a_record_can_be_changed(at: int, by: int) -> None:
    sealed = bytearray(MACS.record(done(3, 7)))
    sealed[at] ^= by
    assert MACS.finished([bytes(sealed)])[0] == []


@given(st.integers(0, 23), st.integers(1, 255))
def test_no_byte_of_an_opening_can_be_changed(at: int, by: int) -> None:
    sealed = bytearray(MACS.opening(OPENING))
    sealed[at] ^= by
    assert opened(bytes(sealed), 1, None, None, 0, b"") == (None, False)


@given(
    st.tuples(
        st.integers(1, 12),
        st.none() | st.text("AB", max_size=6),
        st.none() | st.integers(0, 99),
        st.integers(0, 99),
    )
)
def test_saved_answers_count_only_as_they_were_saved_with_this_attempt(
    told: tuple[int, str | None, int | None, int],
) -> None:
    mac = MACS.saved(OPENING, 1, "AB", 7, 9)
    found, authentic = opened(MACS.opening(OPENING), *told, mac)
    nothing = told[1:] == (None, None, 0)
    assert authentic == (told == (1, "AB", 7, 9) or nothing)
    assert authentic or (found.saved, found.guess) == (None, None)


def test_saved_answers_of_another_attempt_are_not_authentic() -> None:
    earlier = MACS.saved(encode_opening(START_MS - 1, NONCE), 1, *SAVED)
    assert not opened(MACS.opening(OPENING), 1, *SAVED, earlier)[1]


def test_nothing_passes_for_another_thing() -> None:
    assert MACS.finished([MACS.opening(OPENING)])[0] == []
    record = MACS.record(done())
    assert opened(record, 1, None, None, 0, b"") == (None, False)


@pytest.mark.parametrize("junk", [b"", b"1", bytes(8), bytes(40), bytes(60), b"\x01" * 200])
def test_junk_is_not_authentic(junk: bytes) -> None:
    assert MACS.finished([junk])[0] == []
    assert opened(junk, 1, "A", 1, 1, junk) == (None, False)


def test_of_two_records_with_one_number_the_first_counts() -> None:
    first, second = MACS.record(done(2)), MACS.record(done(5))
    assert MACS.finished([first, first, second, MACS.record(done(number=2))]) == (
        [done(2), done(number=2)],
        [1, 1],
    )


def test_keys_are_those_of_a_secret_and_of_nothing_else() -> None:
    assert mac_key(b"secret") != mac_key(b"Secret")
    assert len(mac_key(b"secret")) == 32
    other = EntryMacs(mac_key(b"other"), *OWN)
    assert MACS.finished([other.record(done())]) == ([], [1])


def test_an_erased_record_is_authenticated_too() -> None:
    erased = Finished(1, START_MS, 60_000, 0, 5, 7, "", "ab" * 32, told=4)
    assert MACS.finished([MACS.record(erased)]) == ([erased], [])
