"""The hot path's writes and their conditions, on DynamoDB by moto."""

from __future__ import annotations

import pytest

from chalicelib.domain.attempt import OVERDUE, AttemptId, Finished, Opened, encode_opening
from chalicelib.services.ports import NotMet
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.entries import Entries
from tests.fakes import MAC_KEY

PERSON = "a3" + "0" * 18
WHO = (PERSON, "SO-A", "mandatory")
NONCE = "0123456789abcdef"


@pytest.fixture
def entries(client: Dynamo) -> Entries:
    return Entries(client, "entries", lambda: MAC_KEY)


def record(attempt: AttemptId, score: int = 4, prediction: int | None = 7) -> Finished:
    return Finished(
        attempt.number,
        attempt.started,
        9_000,
        0,
        score,
        prediction,
        attempt.nonce,
        "BCDEA",
    )


def start(entries: Entries, started: int = 1_661_130_000_000, limit: int = 3) -> AttemptId:
    number, _ = entries.start(1, *WHO, encode_opening(started, NONCE), limit)
    return AttemptId(1, number, started, NONCE)


def test_the_first_start_creates_the_entry(entries: Entries) -> None:
    attempt = start(entries)
    entry = entries.get(1, PERSON)
    assert entry is not None
    assert (attempt.number, entry.used, entry.unit, entry.category) == (1, 1, "SO-A", "mandatory")
    assert entry.is_open(attempt)
    assert entry.finished == ()


def test_a_second_start_finds_the_open_attempt_without_a_read(entries: Entries) -> None:
    first = start(entries)
    entries.save(*WHO, first, "BAAAA", 12, 0, 61_000)
    with pytest.raises(NotMet) as refused:
        start(entries, first.started + 5)
    assert refused.value.entry is not None
    assert refused.value.entry.open == (1, first.started, NONCE, "BAAAA", 12, 61_000)


def test_a_start_beyond_the_limit_is_refused(entries: Entries) -> None:
    for number in (1, 2):
        attempt = start(entries, 1_661_130_000_000 + number, limit=2)
        entries.submit(*WHO, attempt, record(attempt), 0)
    with pytest.raises(NotMet) as refused:
        start(entries, 1_661_130_000_009, limit=2)
    assert refused.value.entry is not None
    assert refused.value.entry.open is None
    assert refused.value.entry.used == 2


def test_a_submission_is_stored_once_and_comes_back_when_repeated(entries: Entries) -> None:
    attempt = start(entries)
    entries.save(*WHO, attempt, "BAAAA", 3, 0, 61_000)
    entries.submit(*WHO, attempt, record(attempt), 61_000)
    with pytest.raises(NotMet) as refused:
        entries.submit(*WHO, attempt, record(attempt, score=0), 61_000)
    stored = refused.value.entry
    assert stored is not None
    assert stored.find(attempt) == record(attempt)
    assert stored.open is None
    assert entries.get(1, PERSON) == stored


def test_saving_without_a_prediction_forgets_the_earlier_one(entries: Entries) -> None:
    attempt = start(entries)
    entries.save(*WHO, attempt, "BAAAA", 3, 0, 61_000)
    entries.save(*WHO, attempt, "BBAAA", None, 61_000, 62_000)
    assert opened(entries)[3:] == ("BBAAA", None, 62_000)


def opened(entries: Entries) -> Opened:
    entry = entries.get(1, PERSON)
    assert entry is not None
    assert entry.open is not None
    return entry.open


def test_two_saves_on_one_revision_cannot_both_win(entries: Entries) -> None:
    attempt = start(entries)
    for base, revision in ((0, 61_000), (61_000, 91_000)):
        entries.save(*WHO, attempt, "BBAAA", 3, base, revision)
        with pytest.raises(NotMet) as refused:
            entries.save(*WHO, attempt, "BAAAA", None, base, revision + 1)
        assert refused.value.entry is not None
        assert refused.value.entry.open == opened(entries) == (1, attempt.started, NONCE, "BBAAA", 3, revision)


def test_an_older_save_that_arrives_late_is_refused_with_the_newer_content(entries: Entries) -> None:
    attempt = start(entries)
    entries.save(*WHO, attempt, "BAAAA", None, 0, 61_000)
    entries.save(*WHO, attempt, "BBBBB", None, 61_000, 91_000)
    for base in (0, 61_000, 90_999, 91_001):
        with pytest.raises(NotMet) as refused:
            entries.save(*WHO, attempt, "BAAAA", None, base, 99_000)
        assert refused.value.entry is not None
        assert refused.value.entry.open == opened(entries)
    assert opened(entries)[3:] == ("BBBBB", None, 91_000)


@pytest.mark.parametrize("prediction", [7, None])
def test_submitting_the_saved_answers_succeeds_on_any_revision(
    entries: Entries, prediction: int | None
) -> None:
    attempt = start(entries)
    handed_in = record(attempt, prediction=prediction)
    entries.save(*WHO, attempt, handed_in.answers, prediction, 0, 61_000)
    entries.submit(*WHO, attempt, handed_in, 0)
    entry = entries.get(1, PERSON)
    assert entry is not None
    assert (entry.open, entry.finished) == (None, (handed_in,))


@pytest.mark.parametrize(
    ("saved", "guess"), [("BBBBB", 7), ("BCDEA", 8), ("BCDEA", None)], ids=["answers", "prediction", "none"]
)
def test_a_submission_not_built_on_the_latest_save_is_refused(
    entries: Entries, saved: str, guess: int | None
) -> None:
    attempt = start(entries)
    entries.save(*WHO, attempt, saved, guess, 0, 61_000)
    for base in (0, 60_000, 61_001):
        with pytest.raises(NotMet):
            entries.submit(*WHO, attempt, record(attempt, prediction=7), base)
        if guess is not None:
            with pytest.raises(NotMet):
                entries.submit(*WHO, attempt, record(attempt, prediction=None), base)
    assert opened(entries)[3:] == (saved, guess, 61_000)
    entries.submit(*WHO, attempt, record(attempt, prediction=7), 61_000)


def test_the_next_attempt_begins_without_the_last_ones_revision(entries: Entries) -> None:
    first = start(entries)
    entries.save(*WHO, first, "BAAAA", 3, 0, 61_000)
    entries.submit(*WHO, first, record(first), 61_000)
    second = start(entries, first.started + 100_000)
    assert opened(entries) == (2, second.started, NONCE, None, None, 0)
    entries.save(*WHO, second, "BAAAA", 3, 0, 1_000)


@pytest.mark.parametrize(
    "forged",
    [
        AttemptId(1, 1, 1_661_130_000_001, NONCE),
        AttemptId(1, 1, 1_661_130_000_000, "f" * 16),
        AttemptId(1, 2, 1_661_130_000_000, NONCE),
        AttemptId(2, 1, 1_661_130_000_000, NONCE),
    ],
)
def test_an_attempt_that_was_not_started_accepts_nothing(entries: Entries, forged: AttemptId) -> None:
    start(entries)
    with pytest.raises(NotMet):
        entries.submit(*WHO, forged, record(forged), 0)
    with pytest.raises(NotMet):
        entries.save(*WHO, forged, "BAAAA", None, 0, 61_000)


def test_another_person_has_no_such_entry(entries: Entries) -> None:
    attempt = start(entries)
    with pytest.raises(NotMet) as refused:
        entries.submit("b4" + "1" * 18, *WHO[1:], attempt, record(attempt), 0)
    assert refused.value.entry is None


def test_a_restart_settles_the_overdue_attempt_and_opens_the_next_in_one_write(entries: Entries) -> None:
    overdue = start(entries)
    entries.save(*WHO, overdue, "BAAAA", 3, 0, 61_000)
    entry = entries.get(1, PERSON)
    assert entry is not None
    settled = record(overdue)._replace(flag=OVERDUE)
    assert entries.restart(entry, settled, encode_opening(1661139999999, NONCE), 3) == 2
    after = entries.get(1, PERSON)
    assert after is not None
    assert after.open == (2, 1_661_139_999_999, NONCE, None, None, 0)
    assert after.finished == (settled,)
    with pytest.raises(NotMet):
        entries.restart(entry, settled, encode_opening(1661139999999, NONCE), 3)


def test_weeks_are_kept_apart(entries: Entries) -> None:
    start(entries)
    entries.start(3, *WHO, encode_opening(1661130000000, NONCE), 3)
    found = entries.get_weeks([1, 2, 3], PERSON)
    assert [entry.week for entry in found] == [1, 3]
    assert found[0]._replace(week=3) == found[1]


def test_an_erased_entry_keeps_its_erased_records_and_nothing_else(entries: Entries, client: Dynamo) -> None:
    attempt = start(entries)
    entries.save(*WHO, attempt, "BBBBB", 7, 0, 61_000)
    before = entries.get(1, PERSON)
    assert before is not None
    after = before._replace(open=None, finished=(record(attempt)._replace(nonce="", answers=""),))
    assert entries.erase(before, after)
    assert entries.get(1, PERSON) == after
    left = client.get_item(TableName="entries", Key={"pk": {"S": "w1#a3"}, "sk": {"S": PERSON}})["Item"]
    assert left.keys() == {"pk", "sk", "unit", "category", "used", "done"}
    assert entries.erase(after, after)


def test_an_entry_that_changed_in_the_meantime_is_not_erased(entries: Entries) -> None:
    attempt = start(entries)
    before = entries.get(1, PERSON)
    entries.submit(*WHO, attempt, record(attempt), 0)
    done = entries.get(1, PERSON)
    assert before is not None
    assert done is not None
    assert not entries.erase(before, done)
    start(entries, attempt.started + 1)
    again = entries.get(1, PERSON)
    assert not entries.erase(done, done)
    assert entries.get(1, PERSON) == again


def test_a_start_tells_what_was_finished_in_the_week_before_it(entries: Entries) -> None:
    first = start(entries)
    entries.submit(*WHO, first, record(first), 0)
    assert entries.start(1, *WHO, encode_opening(1661130000001, NONCE), 3) == (2, (record(first),))
