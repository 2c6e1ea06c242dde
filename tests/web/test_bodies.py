"""Bad bodies: nothing is guessed, nothing is ignored, and the answer is a Vietnamese sentence."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from chalicelib.domain.errors import InvalidInput, NotJson, TooLarge
from chalicelib.web.account import Credentials, Registration
from chalicelib.web.bodies import LARGEST, Empty, PaperAnswers, parse
from tests.web.counter import AN, HOME, Counter


def faults(raw: bytes, model: Any = Registration) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        parse(model, raw)
    return {fault.field: fault.message for fault in refused.value.errors}


def registration(**changed: Any) -> bytes:
    return json.dumps({**AN, **changed}).encode()


def test_a_whole_body_is_read() -> None:
    assert parse(Registration, registration()).full_name == "Nguyễn Văn An"
    assert parse(Registration, registration(unit_code=None)).unit_code is None


@pytest.mark.parametrize("field", ["unit_code", "proof"])
def test_optional_fields_may_be_left_out_or_null(field: str) -> None:
    without = {name: value for name, value in AN.items() if name != field}
    for sent in (without, {**without, field: None}):
        assert getattr(parse(Registration, json.dumps(sent).encode()), field) is None


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"citizen_id=1", id="a form"),
        pytest.param(b"{", id="broken off"),
        pytest.param(b"{} {}", id="two"),
        pytest.param(b"{'a': 1}", id="single quotes"),
        pytest.param(b'{"a": 1,}', id="a comma too many"),
        pytest.param(b'{"citizen_id": "\xff"}', id="invalid UTF-8"),
        pytest.param(b'{"citizen_id": "\\ud800"}', id="half a surrogate pair"),
        pytest.param("{}".encode("utf-16"), id="UTF-16"),
        pytest.param(b"\x1f\x8b\x08\x00", id="gzip"),
        pytest.param(b"[" * 8_000, id="8,000 brackets"),
        pytest.param(b'{"answers":' * 1_400, id="1,400 objects deep"),
        pytest.param(b'{"answers":{},"prediction":' + b"9" * 5_000 + b"}", id="a number of 5,000 digits"),
    ],
)
@pytest.mark.parametrize("model", [Registration, PaperAnswers, Empty])
def test_a_body_that_is_not_json_is_refused(raw: bytes, model: Any) -> None:
    with pytest.raises(NotJson):
        parse(model, raw)


@pytest.mark.parametrize("raw", [b"[]", b"[{}]", b"null", b'"text"', b"7", b"true", b"NaN", b"-Infinity"])
def test_json_that_is_not_an_object_is_invalid(raw: bytes) -> None:
    assert list(faults(raw)) == ["body"]


def test_sixteen_kilobytes_are_read_and_one_byte_more_is_not() -> None:
    filled = b"{" + b" " * (LARGEST - 2) + b"}"
    assert parse(Empty, filled) == Empty()
    with pytest.raises(TooLarge):
        parse(Empty, filled + b" ")


def test_seventeen_kilobytes_are_too_large_whatever_they_hold() -> None:
    for raw in (b" " * 17_408, b"[" * 17_408, registration(full_name="A" * 17_408)):
        with pytest.raises(TooLarge):
            parse(Registration, raw)


def test_unknown_fields_are_refused_by_name() -> None:
    assert list(faults(registration(admin=True))) == ["admin"]
    assert list(faults(b'{"unit": 1}', Empty)) == ["unit"]
    assert list(faults(b'{"answers": {}, "revision": 0, "score": 5}', PaperAnswers)) == ["score"]


@pytest.mark.parametrize("field", sorted(AN.keys() - {"unit_code"}))
def test_every_other_field_is_required(field: str) -> None:
    """Of those that a ticket may stand for, the registration says so."""
    for without in ({name: value for name, value in AN.items() if name != field}, {**AN, field: None}):
        with pytest.raises(InvalidInput) as refused:
            Counter().account.register(json.dumps(without).encode(), HOME)
        assert [fault.field for fault in refused.value.errors] == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("citizen_id", 40090000001),
        ("citizen_id", ["040090000001"]),
        ("citizen_id", "1" * 201),
        ("full_name", {"first": "An"}),
        ("full_name", "A" * 201),
        ("date_of_birth", 641952000),
        ("date_of_birth", "06/05/1990"),
        ("date_of_birth", "1990-13-01"),
        ("date_of_birth", "1990-02-30"),
        ("date_of_birth", "1990-05-06T00:00:00Z"),
        ("date_of_birth", ""),
        ("date_of_birth", "641952000"),
        ("date_of_birth", "+641952000"),
        ("date_of_birth", "19900506"),
        ("gender", "M"),
        ("gender", 1),
        ("unit_code", 7),
        ("category", 7),
        ("category", None),
        ("password", 12345678),
        ("consent", "true"),
        ("consent", 1),
        ("consent", None),
        ("proof", 7),
        ("proof", "A" * 2_001),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_in_vietnamese(field: str, value: Any) -> None:
    found = faults(registration(**{field: value}))
    assert list(found) == [field]
    assert not re.search(r"[Ii]nput should| or |valid date", found[field]), found


@pytest.mark.parametrize(
    "value", ["NaN", "Infinity", "1.5", "1.0", "1e2", "true", '"5"', "-1", "1000000001", "[5]", "{}"]
)
def test_a_prediction_is_a_whole_number_from_zero_up(value: str) -> None:
    sent = f'{{"answers": {{}}, "revision": 0, "prediction": {value}}}'.encode()
    assert list(faults(sent, PaperAnswers)) == ["prediction"]


def test_a_prediction_may_be_left_out_or_null() -> None:
    assert parse(PaperAnswers, b'{"answers": {}, "revision": 0}').prediction is None
    assert parse(PaperAnswers, b'{"answers": {}, "revision": 0, "prediction": null}').prediction is None
    assert parse(PaperAnswers, b'{"answers": {}, "revision": 0, "prediction": 0}').prediction == 0


@pytest.mark.parametrize("value", ["null", "NaN", "1.5", "true", '"5"', "-1", "1000000001", "[5]"])
def test_a_revision_is_a_whole_number_from_zero_up(value: str) -> None:
    assert list(faults(f'{{"answers": {{}}, "revision": {value}}}'.encode(), PaperAnswers)) == ["revision"]
    assert list(faults(b'{"answers": {}}', PaperAnswers)) == ["revision"]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ("[]", "answers"),
        ("null", "answers"),
        ('"A"', "answers"),
        ('{"1": "A"}', "answers.1"),
        ('{"1": null}', "answers.1"),
        ('{"1": [1]}', "answers.1.0"),
        ('{"1": ["A", "B", "C", "D", "E", "F", "A"]}', "answers.1"),
        ("{" + ",".join(f'"{k}": []' for k in range(101)) + "}", "answers"),
    ],
)
def test_answers_are_lists_of_keys_by_number(answers: str, field: str) -> None:
    assert list(faults(f'{{"answers": {answers}, "revision": 0}}'.encode(), PaperAnswers)) == [field]


def test_the_last_of_two_fields_with_one_name_counts() -> None:
    # RFC 8259 leaves it open; checks and use only have to see the same one.
    twice = b'{"answers": {"1": ["A"], "1": ["B"]}, "revision": 0}'
    assert parse(PaperAnswers, twice).answers == {"1": ["B"]}
    assert parse(Credentials, b'{"citizen_id": "1", "password": "a", "citizen_id": "2"}').citizen_id == "2"


def test_a_fault_shortens_the_name_of_a_long_field() -> None:
    assert all(len(field) <= 80 for field in faults(json.dumps({"x" * 9_000: 1}).encode(), Empty))


def test_every_message_is_a_sentence() -> None:
    for message in faults(registration(consent="yes", gender="M", more=1)).values():
        assert message[0].isupper()
        assert message.endswith(".")
