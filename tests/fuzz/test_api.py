"""A short run of `make fuzz`, and a check that it would find something."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from infra.openapi import DOCUMENT
from tests.fuzz.api import fuzz
from tests.fuzz.stack import UNITS, fuzzed_contest
from tests.stack import Stack, running


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("fuzz")
    with running(fuzzed_contest(folder / "contest"), folder / "state") as started:
        yield started


def test_no_answer_to_invented_requests_is_a_5xx_or_undocumented(stack: Stack) -> None:
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    met = ["registerParticipant 201", "signIn 200", "startAttempt 201", "saveAnswers 200", "submitAttempt 200"]
    report = fuzz(document, stack.site_url, UNITS, seed=7, wanted=700, seconds=300, met=met)
    assert report.findings == {}
    assert report.phases["stateful"] > 0, "the links were not followed"
    assert [answer for answer in met if not report.answers[answer]] == [], sorted(report.answers.items())
    assert any(answer.endswith(("409 stale", "409 finished")) for answer in report.answers), report.answers


def test_an_answer_that_the_document_omits_is_found(stack: Stack) -> None:
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    sign_in = document["paths"]["/sessions"]["post"]
    del sign_in["responses"]["422"], sign_in["responses"]["200"]["links"]
    document["paths"] = {"/sessions": {"post": sign_in}}
    report = fuzz(document, stack.site_url, UNITS, seed=8, wanted=60, seconds=60)
    assert "POST /sessions: status_code_conformance" in report.found


def test_a_line_break_in_a_path_is_an_unknown_path(stack: Stack) -> None:
    answer = stack.call("PUT", "/attempts/a%0Ab/answers", {"answers": {}, "revision": 0})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
