"""Every refusal has its problem document (RFC 9457), and every document its refusal."""

from __future__ import annotations

import pytest

from chalicelib.domain import errors
from chalicelib.domain.errors import (
    AlreadyFinished,
    ContestError,
    FieldError,
    InvalidInput,
    ProofRequired,
    Stale,
    WrongCode,
)
from chalicelib.web.problems import PROBLEMS, document, of, of_status
from tests.domain.builders import done

ID = "Xb1aPHl8IAMEVFg="
# Answers of the framework and of the last resort; no use case raises these.
FRAMEWORK = {"not_found", "refused", "method_not_allowed", "unsupported_media_type", "internal"}


def refusals(kind: type[ContestError] = ContestError) -> list[type[ContestError]]:
    """Those with a code of their own: to people an altered object is the storage that pushes back."""
    own = [child for child in kind.__subclasses__() if "code" in vars(child)]
    return [one for child in own for one in (child, *refusals(child))]


def test_every_refusal_has_a_problem_and_every_problem_a_refusal() -> None:
    assert {refusal.code for refusal in refusals()} | FRAMEWORK == set(PROBLEMS)


def test_no_two_refusals_share_a_code() -> None:
    codes = [refusal.code for refusal in refusals()]
    assert len(codes) == len(set(codes))


def test_the_tree_at_the_top_of_the_errors_module_names_every_refusal() -> None:
    tree = errors.__doc__ or ""
    assert all(f" {refusal.__name__} " in tree for refusal in refusals())


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_document_has_the_members_designed_for_it(code: str) -> None:
    problem = document(code, ID)
    assert list(problem) == ["type", "title", "status", "detail", "code", "request_id"]
    assert (problem["type"], problem["code"]) == (f"urn:cuoc-thi:{code}", code)
    assert problem["request_id"] == ID
    assert 400 <= problem["status"] <= 599
    assert problem["detail"].endswith(".")
    assert problem["title"]


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("not_json", 400),
        ("unauthorized", 401),
        ("wrong_credentials", 401),
        ("excluded", 403),
        ("attempt_not_found", 404),
        ("already_registered", 409),
        ("no_open_week", 409),
        ("no_attempts_left", 409),
        ("stale", 409),
        ("finished", 409),
        ("overdue", 409),
        ("too_large", 413),
        ("invalid", 422),
        ("proof_required", 429),
        ("busy", 503),
        ("not_loaded", 503),
    ],
)
def test_codes_have_the_status_designed_for_them(code: str, status: int) -> None:
    assert PROBLEMS[code].status == status


def test_invalid_input_names_the_field_and_the_message() -> None:
    problem = of(InvalidInput([FieldError("phone", "Hãy ghi số điện thoại.")]), ID)
    assert problem["errors"] == [{"field": "phone", "message": "Hãy ghi số điện thoại."}]


def test_a_stale_request_gets_the_saved_answers() -> None:
    problem = of(Stale({"1": ["B"]}, None, 61_000), ID)
    assert problem == {
        **document("stale", ID),
        "saved_answers": {"1": ["B"]},
        "prediction": None,
        "revision": 61_000,
    }


def test_a_refusal_that_asks_for_a_proof_brings_the_challenge() -> None:
    required = ProofRequired(4)
    required.challenge = {"maxnumber": 5}
    assert of(required, ID) == {**document("proof_required", ID), "challenge": {"maxnumber": 5}}


def test_a_refusal_of_a_finished_attempt_includes_its_result() -> None:
    refused = AlreadyFinished(done())
    refused.result = {"score": 5}
    assert of(refused, ID) == {**document("finished", ID), "result": {"score": 5}}


def test_other_refusals_have_no_members_of_their_own() -> None:
    assert of(WrongCode(), ID) == document("wrong_code", ID)


def test_temporary_refusals_say_when_to_come_back() -> None:
    assert (errors.Busy.retry_after, errors.NotLoaded.retry_after) == (2, 10)
    assert errors.NoAttemptsLeft.retry_after is None
    assert ProofRequired(4).retry_after is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "not_json"),
        (403, "not_found"),
        (404, "not_found"),
        (405, "method_not_allowed"),
        (413, "too_large"),
        (415, "unsupported_media_type"),
        (418, "refused"),
        (431, "refused"),
        (500, "internal"),
        (502, "internal"),
        (504, "internal"),
    ],
)
def test_a_refusal_by_the_framework_becomes_a_problem_too(status: int, code: str) -> None:
    told = of_status(status, ID)
    assert told["code"] == code
    assert (told["status"], told["request_id"]) == (status, ID)
