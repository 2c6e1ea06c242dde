"""Records, commitments and salts, and what erasing leaves of them."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.bundle import decode_record, encode_record
from chalicelib.domain.attempt import (
    BLANK,
    DISCARDED,
    LATE,
    OVERDUE,
    SUBMITTED,
    UNSAVED,
    AttemptId,
    Finished,
    Opened,
)
from chalicelib.domain.receipt import attempt_id, commitment, erased, opening, salt, salt_key
from tests.domain.builders import NONCE, done, entry

KEY = salt_key(b"pepper")
PERSON = "a3" + "0" * 18
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
NUMBERS = st.integers(0, 10**15)


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@st.composite
def attempts(draw: st.DrawFn) -> Finished:
    return Finished(
        number=draw(st.integers(1, 50)),
        started=draw(NUMBERS),
        duration=draw(NUMBERS),
        early=draw(NUMBERS),
        score=draw(st.integers(0, 100)),
        prediction=draw(st.none() | st.integers(0, 10**9)),
        nonce=draw(st.from_regex("[0-9a-f]{16}", fullmatch=True)),
        answers=draw(st.from_regex("[A-Za-z0-9_-]{0,100}", fullmatch=True)),
        flag=draw(st.sampled_from([SUBMITTED, UNSAVED, LATE, OVERDUE, BLANK, DISCARDED])),
    )


@given(
    attempts(),
    st.from_regex("[a-z0-9][a-z0-9-]{0,39}", fullmatch=True),
    st.from_regex("[A-Z0-9][A-Z0-9-]{0,19}", fullmatch=True) | st.just(""),
    st.sampled_from(["mandatory", "encouraged"]),
    HEX,
    HEX,
)  # fmt: skip
def test_the_record_is_canonical_json(
    attempt: Finished, contest: str, unit: str, category: Any, pseudonym: str, committed: str
) -> None:
    public = encode_record(
        contest,
        53,
        pseudonym,
        unit,
        category,
        number=attempt.number,
        status=attempt.status,
        score=attempt.score,
        prediction=attempt.prediction,
        duration=attempt.duration,
        received=attempt.received,
        committed=committed,
    )
    assert public == canonical(
        {
            "contest": contest,
            "format": 1,
            "week": 53,
            "pseudonym": pseudonym,
            "number": attempt.number,
            "unit": unit or None,
            "category": category,
            "status": attempt.status,
            "score": attempt.score,
            "prediction": attempt.prediction,
            "duration_ms": attempt.duration,
            "received_at_ms": attempt.received,
            "commitment": committed,
        }
    )
    assert canonical(decode_record(public)) == public


@given(attempts())
def test_the_opening_is_canonical_json(attempt: Finished) -> None:
    named = attempt_id(7, attempt)
    assert opening(PERSON, named, attempt.answers) == canonical(
        {"participant_id": PERSON, "attempt_id": named, "answers": attempt.answers}
    )
    assert named == str(AttemptId(7, attempt.number, attempt.started, attempt.nonce))


def test_the_commitment_is_over_salt_and_opening() -> None:
    attempt = done(number=2)
    named = attempt_id(1, attempt)
    committed = sha256(salt(KEY, PERSON, named) + opening(PERSON, named, "BAAAA")).digest()
    assert commitment(KEY, PERSON, 1, attempt) == committed


def test_a_salt_differs_by_person_attempt_and_key() -> None:
    salts = {
        salt(KEY, PERSON, "1-1-1661130000000-" + NONCE),
        salt(KEY, PERSON, "1-2-1661130000000-" + NONCE),
        salt(KEY, "a4" + "0" * 18, "1-1-1661130000000-" + NONCE),
        salt(salt_key(b"other"), PERSON, "1-1-1661130000000-" + NONCE),
    }
    assert len(salts) == 4
    assert {len(one) for one in salts} == {16}


def test_erasing_keeps_every_commitment_and_nothing_private() -> None:
    before = entry(
        PERSON, done(5, 3), done(2)._replace(flag=OVERDUE, nonce="f" * 16), done()._replace(flag=DISCARDED)
    )
    after = erased(before, KEY)
    assert after.finished != before.finished
    for was, now in zip(before.finished, after.finished, strict=True):
        assert commitment(b"the key is not needed any more", PERSON, 1, now) == commitment(KEY, PERSON, 1, was)
        assert (was.erased, now.erased, now.nonce) == (False, True, "")
        assert now == was._replace(nonce="", answers=now.answers)
    assert erased(after, b"another key") == after


def test_an_erased_attempt_is_stored_and_read_like_any_other() -> None:
    after = erased(entry(PERSON, done(5, 3)), KEY)
    assert Finished.decode(after.finished[0].encode()) == after.finished[0]


def test_an_erased_attempt_is_not_found_by_its_id() -> None:
    attempt = AttemptId(1, 1, done().started, NONCE)
    before = entry(PERSON, done())
    assert before.find(attempt)
    assert erased(before, KEY).find(attempt) is None


def test_an_open_attempt_must_be_settled_before_it_is_erased() -> None:
    with pytest.raises(ValueError, match="open attempt"):
        erased(entry(PERSON, done(), opened=Opened(2, done().started, NONCE, None, None, 0)), KEY)
