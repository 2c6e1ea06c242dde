"""Records, commitments and salts, and what erasing leaves of them."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.bundle import Records, as_object
from chalicelib.domain.attempt import (
    BLANK,
    DISCARDED,
    LATE,
    OVERDUE,
    SUBMITTED,
    UNSAVED,
    AttemptId,
    Entry,
    Finished,
    Opened,
)
from chalicelib.domain.merkle import leaf_hash
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.receipt import (
    attempt_id,
    committed,
    erased,
    salt_key,
    seed_commitment,
)
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
)  # fmt: skip
def test_records_and_openings_are_canonical_json_and_fit_together(
    attempt: Finished, contest: str, unit: str, category: str, bank: str
) -> None:
    own, named = Entry(PERSON, 53, unit, category, 50, None, (attempt,)), attempt_id(53, attempt)
    assert named == str(AttemptId(53, attempt.number, attempt.started, attempt.nonce))
    opened, salted, made = committed(KEY, own, bank, attempt)
    assert opened == (
        canonical({"answers": attempt.answers, "attempt_id": named}),
        canonical({"participant_id": PERSON, "unit": unit or None, "category": category}),
        canonical({"score": attempt.score, "bank": bank}),
        canonical({"duration_ms": attempt.duration, "received_at_ms": attempt.received}),
    )
    assert made == tuple(sha256(salt + text).digest() for salt, text in zip(salted, opened, strict=True))
    finish = Records(KEY, contest).finish(own, bank, attempt)
    common = {
        "contest": contest,
        "format": 1,
        "week": 53,
        "pseudonym": Pseudonyms(KEY, contest)(53, PERSON),
        "number": attempt.number,
    }
    assert finish == canonical(
        common
        | {
            "status": attempt.status,
            "prediction": attempt.prediction,
            "duration_minutes": attempt.duration // 60_000,
            "minute": attempt.received // 60_000,
            **{name: one.hex() for name, one in made._asdict().items()},
        }
    )
    assert canonical(as_object(finish)) == finish
    begun = AttemptId(53, attempt.number, attempt.started, attempt.nonce)
    seed = seed_commitment(KEY, PERSON, begun).hex()
    assert Records(KEY, contest).start(PERSON, begun) == canonical(
        common | {"minute": attempt.started // 60_000, "seed": seed}
    )


def test_salts_differ_by_person_week_attempt_kind_and_key() -> None:
    def of(person: str, week: int, number: int, key: bytes = KEY) -> list[bytes]:
        own = Entry(person, week, "SO-A", "mandatory", number, None, ())
        return list(committed(key, own, "bank", done(number=number)).salts)

    told = [
        *of(PERSON, 1, 1),
        *of(PERSON, 2, 1),
        *of(PERSON, 1, 2),
        *of("a4" + "0" * 18, 1, 1),
        *of(PERSON, 1, 1, salt_key(b"other")),
    ]
    assert len(set(told)) == len(told) == 20
    assert {len(one) for one in told} == {16}
    assert Pseudonyms(KEY, "trial").salt(1, PERSON) not in told


def test_one_write_has_the_leaves_of_what_it_finished_and_opened() -> None:
    records, first, second = Records(KEY, "trial"), done(3), done(5, number=2)
    opened = Opened(1, first.started, NONCE, None, None, 0)
    begun, half, over = (
        entry(PERSON, opened=opened),
        entry(PERSON, opened=opened._replace(saved="BAAAA", revision=9)),
        entry(PERSON, first),
    )
    again = entry(PERSON, first, opened=opened._replace(number=2))
    start, finish = (
        leaf_hash(records.start(PERSON, AttemptId(1, *opened[:3]))),
        leaf_hash(records.finish(over, "bank", first)),
    )
    next_start = leaf_hash(records.start(PERSON, AttemptId(1, 2, *opened[1:3])))
    for before, after, leaves in (
        (None, begun, [start]),
        (begun, half, []),
        (half, over, [finish]),
        (over, again, [next_start]),
        (half, again, [finish, next_start]),  # an overdue attempt settled by the next start
        (over, erased(over, KEY), []),
        (over, None, []),
        (None, over, [finish]),
    ):
        assert records.leaf_hashes(before, after, "bank") == leaves
    both = entry(PERSON, first, second)
    assert records.leaf_hashes(over, both, "bank") == [
        leaf_hash(records.finish(both, "bank", both.finished[1]))
    ]


def test_erasing_keeps_every_leaf_and_nothing_private() -> None:
    before = entry(
        PERSON, done(5, 3), done(2)._replace(flag=OVERDUE, nonce="f" * 16), done()._replace(flag=DISCARDED)
    )
    after, records = erased(before, KEY), Records(KEY, "trial")
    assert after.finished != before.finished
    for was, now in zip(before.finished, after.finished, strict=True):
        assert records.finish(before, "bank", was) == records.finish(after, "bank", now)
        begun = AttemptId(1, was.number, was.started, was.nonce)
        assert seed_commitment(KEY, PERSON, begun).hex() == now.answers[64:]
        assert records.started(PERSON, 1, was) == records.started(PERSON, 1, now)
        told = records.start_under(
            Pseudonyms(KEY, "trial")(1, PERSON), 1, was.number, records.started(PERSON, 1, now)
        )
        assert told == records.start(PERSON, begun)
        assert (was.erased, now.erased, now.nonce, len(now.answers)) == (False, True, "", 128)
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
