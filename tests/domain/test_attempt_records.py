"""Attempt ids and the compact records of finished attempts."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempt import (
    BLANK,
    DISCARDED,
    LATE,
    OVERDUE,
    SUBMITTED,
    UNSAVED,
    WRITE_UNIT,
    AttemptId,
    Finished,
    Opened,
    decode_opening,
    largest_entry,
    next_revision,
)
from chalicelib.domain.errors import AttemptNotFound
from chalicelib.domain.macs import EntryMacs
from chalicelib.domain.paper import MASKS
from tests.domain.builders import NONCE, done, entry
from tests.fakes import MAC_KEY, START_MS

instants = st.integers(10**12, 10**13 - 1)
nonces = st.text("0123456789abcdef", min_size=16, max_size=16)
ids = st.builds(AttemptId, st.integers(1, 99), st.integers(1, 99), instants, nonces)
records = st.builds(
    Finished,
    started=instants,
    early=st.integers(0, 10**9),
    number=st.integers(1, 50),
    duration=st.integers(0, 10**9),
    score=st.integers(0, 100),
    prediction=st.none() | st.integers(0, 10**9),
    nonce=nonces,
    answers=st.text(MASKS, max_size=100),
    flag=st.sampled_from([SUBMITTED, UNSAVED, LATE, OVERDUE, BLANK, DISCARDED]),
    told=st.none() | st.integers(0, 100),
)


@given(ids)
def test_an_attempt_id_reads_back_as_it_was_written(attempt: AttemptId) -> None:
    assert AttemptId.parse(str(attempt)) == attempt


@given(ids, ids)
def test_two_attempts_never_share_an_id(one: AttemptId, other: AttemptId) -> None:
    assert (str(one) == str(other)) == (one == other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "1-1-1661130000000",
        f"0-1-1661130000000-{NONCE}",
        f"1-0-1661130000000-{NONCE}",
        f"01-1-1661130000000-{NONCE}",
        f"100-1-1661130000000-{NONCE}",
        f"1-100-1661130000000-{NONCE}",
        f"1-1-166113000000-{NONCE}",
        f"1-1-16611300000000-{NONCE}",
        f"1-1-1661130000000-{NONCE[:-1]}",
        f"1-1-1661130000000-{NONCE}0",
        f"1-1-1661130000000-{NONCE.upper()}",
        f"1-1-1661130000000-{NONCE}\n",
        f" 1-1-1661130000000-{NONCE}",
        f"-1-1-1661130000000-{NONCE}",
        f"1-1-١٦٦١١٣٠٠٠٠٠٠٠-{NONCE}",
        f"1-1-1661130000000-{NONCE}#",
        "../../etc/passwd",
    ],
)
def test_an_id_that_was_never_issued_is_not_found(text: str) -> None:
    with pytest.raises(AttemptNotFound):
        AttemptId.parse(text)


@given(st.text(max_size=60))
def test_no_text_breaks_the_parser(text: str) -> None:
    with suppress(AttemptNotFound):
        assert str(AttemptId.parse(text)) == text


@given(records)
def test_a_record_reads_back_as_it_was_written(record: Finished) -> None:
    assert Finished.decode(record.encode()) == record


def test_a_record_tells_a_prediction_of_zero_from_none() -> None:
    assert Finished.decode(done(prediction=0).encode()).prediction == 0
    assert Finished.decode(done(prediction=None).encode()).prediction is None


def size_in_dynamodb(item: dict[str, str | int | bytes | list[bytes]]) -> int:
    """Bytes as DynamoDB counts them: names and texts in UTF-8; a number takes half a byte per digit, rounded
    up, and 1 more; a list takes 3 bytes, and 1 more per element."""

    def size(value: str | int | bytes | list[bytes]) -> int:
        if isinstance(value, list):
            return 3 + sum(1 + size(element) for element in value)
        if isinstance(value, int):
            return (len(str(value)) + 1) // 2 + 1
        return len(value.encode() if isinstance(value, str) else value)

    return sum(len(name.encode()) + size(value) for name, value in item.items())


def entry_item(finished: list[Finished], used: int, category: str, opened: Opened | None) -> dict[str, Any]:
    """The attributes as ``storage/entries.py`` names them, with the longest unit code."""
    macs = EntryMacs(MAC_KEY, "w53#ff", "f" * 20, "U" * 20, category)
    item: dict[str, Any] = {
        "pk": "w53#ff",
        "sk": "f" * 20,
        "unit": "U" * 20,
        "category": category,
        "used": used,
        "done": [macs.record(attempt) for attempt in finished],
    }
    if opened:
        item |= {"open": macs.opening(opened.opening)}
        if opened.saved is not None:
            item |= {"saved": opened.saved, "rev": opened.revision, "mac": bytes(8)}
            item |= {} if opened.guess is None else {"guess": opened.guess}
    return item


def legal(number: int, questions: int) -> st.SearchStrategy[Finished]:
    """Records as they can be stored, erased ones too."""
    written = st.builds(
        Finished,
        number=st.just(number),
        started=instants,
        duration=st.integers(0, 2**32 - 1),
        early=st.integers(0, 2**32 - 1),
        score=st.integers(0, questions),
        prediction=st.none() | st.integers(0, 10**9),
        nonce=nonces,
        answers=st.text(MASKS, min_size=questions, max_size=questions),
        flag=st.sampled_from([SUBMITTED, UNSAVED, LATE, OVERDUE, BLANK, DISCARDED]),
        told=st.none(),
    )
    return written | written.map(lambda one: one._replace(nonce="", answers="ab" * 32, told=questions))


@given(
    st.data(), st.integers(1, 50), st.integers(1, 100), st.from_regex(r"[a-z][a-z0-9_-]{0,29}", fullmatch=True)
)
def test_no_entry_is_larger_than_the_largest(
    data: st.DataObject, attempts: int, questions: int, category: str
) -> None:
    finished = [data.draw(legal(number, questions)) for number in range(1, data.draw(st.integers(0, 4)) + 1)]
    finished = [one._replace(number=number) for number, one in enumerate((finished * attempts)[:attempts], 1)]
    written = [one for one in finished if questions >= 32 or not one.erased]
    opened = Opened(len(written) + 1, 10**13 - 1, "f" * 16, "_" * questions, 10**9, 2**32 - 1)
    for kept, still_open in ((written, None), (written[: attempts - 1], opened)):
        item = entry_item(kept, attempts, category, still_open)
        assert size_in_dynamodb(item) <= largest_entry(attempts, questions)


def test_the_largest_entry_of_ten_attempts_of_twenty_questions_is_one_write_unit() -> None:
    longest = Finished(1, 10**13 - 1, 2**32 - 1, 2**32 - 1, 20, 10**9, "f" * 16, "_" * 20, LATE)
    assert len(entry_item([longest], 1, "c", None)["done"][0]) == 60
    finished = [longest._replace(number=number) for number in range(1, 15)]
    assert size_in_dynamodb(entry_item(finished, 14, "c" * 30, None)) <= largest_entry(14, 20)
    assert largest_entry(10, 20) < 800
    assert largest_entry(14, 20) < WRITE_UNIT < largest_entry(15, 20)


def test_a_revision_is_the_time_of_saving() -> None:
    assert next_revision(0, START_MS, START_MS + 61_000) == 61_000
    assert next_revision(61_000, START_MS, START_MS + 95_123) == 95_123


@given(st.integers(0, 10**9), instants, instants)
def test_a_revision_grows_with_every_save_whatever_the_clocks_say(
    previous: int, started: int, now: int
) -> None:
    assert next_revision(previous, started, now) > previous


def test_an_attempt_is_found_only_by_its_whole_id() -> None:
    week = entry("p", done(4), done(5))
    attempt = AttemptId(1, 2, START_MS, NONCE)
    assert week.find(attempt) == week.finished[1]
    for forged in (
        attempt._replace(number=3),
        attempt._replace(started=START_MS + 1),
        attempt._replace(nonce="f" * 16),
    ):
        assert week.find(forged) is None


@given(ids)
def test_an_opening_reads_back_as_it_was_written(attempt: AttemptId) -> None:
    assert decode_opening(attempt.opening) == (attempt.started, attempt.nonce)
    opened = Opened(attempt.number, attempt.started, attempt.nonce, None, None, 0)
    assert opened.opening == attempt.opening


def test_a_discarded_attempt_is_used_up_but_not_counted() -> None:
    week = entry("p", done(5), done(0, status="discarded"), done(0, status="blank"), done(3, status="overdue"))
    assert week.used == 4
    assert [attempt.score for attempt in week.counted] == [5, 3]
