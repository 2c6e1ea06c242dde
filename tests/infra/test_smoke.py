"""The attempt played after a deployment says what does not work, and takes its person out whatever happens."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.request import Request

import pytest

from chalicelib.domain.person import age, citizen_id_fits, is_citizen_id, is_name, is_phone
from infra import smoke

WEEK = {"number": 3, "opens_at": "2026-11-23T08:00:00+07:00", "closes_at": "2026-11-30T08:00:00+07:00"}
CONTEST = {
    "week": WEEK,
    "identity": None,
    "categories": [
        {"name": "mandatory", "obliged": True, "unit": "required"},
        {"name": "encouraged", "obliged": False, "unit": "optional"},
    ],
}
ATTEMPT = {
    "attempt_id": "3-1-1661130000123-00c0ffee00c0ffee",
    "revision": 0,
    "questions": [{"number": 1, "options": [{"key": "A", "text": "a"}]}],
    "prediction_question": "Bao nhiêu?",
}
RIGHT: dict[str, tuple[int, Any]] = {
    "GET /": (200, "<!doctype html>"),
    "GET /health": (200, {"status": "ok", "contest": "c"}),
    "GET /contest": (200, CONTEST),
    "POST /participants": (201, {"participant": {"participant_id": "ab" * 10}}),
    "POST /sessions": (200, {"token": "t"}),
    "POST /attempts": (201, {"attempt": ATTEMPT}),
    "PUT /attempts/answers": (200, {"revision": 7}),
    "POST /attempts/submission": (200, {"receipt": {}, "total": 1}),
    "GET /me": (200, {"weeks": [ATTEMPT["attempt_id"]]}),
}


class Site(smoke.Smoke):
    """Answers as ``answers`` say, a list one after the other; keeps what was sent."""

    def __init__(self, **changed: Any) -> None:
        self.sent: list[tuple[str, str]] = []
        self.bodies: list[dict[str, Any]] = []
        self.waited: list[float] = []
        self.refused = False
        super().__init__("https://site", self._deliver, self.waited.append)
        self.answers: dict[str, Any] = RIGHT | {key.replace("_", " "): value for key, value in changed.items()}

    def _deliver(self, file: str, data: bytes) -> dict[str, Any]:
        self.sent.append((file, data.decode()))
        return {"accepted": not self.refused, "faults": [{"message": "hỏng"}]}

    def _ask(self, request: Request) -> tuple[int, bytes, float]:
        path = request.full_url.removeprefix("https://site").replace("/api/", "/")
        path = path.replace(f"/{ATTEMPT['attempt_id']}", "")
        answer = self.answers[f"{request.get_method()} {path}"]
        if isinstance(answer, list):
            answer = answer.pop(0)
        if request.data:
            self.bodies.append(json.loads(request.data))  # type: ignore[arg-type]
        return answer[0], (answer[1] if isinstance(answer[1], str) else json.dumps(answer[1])).encode(), 2.0


def test_a_paper_is_played_and_taken_out() -> None:
    site = Site()
    assert len(site.play()) == 3
    (annulled, row), (erased, number) = site.sent
    assert (annulled, erased) == ("annulments.csv", "data-requests.csv")
    assert row.splitlines()[1].startswith(f",{'ab' * 10},3,not_counted,")
    assert number.splitlines()[1] == f"{site.bodies[0]['citizen_id']},erase"
    assert site.bodies[-1]["revision"] == 7


def test_the_test_person_passes_the_rules_is_nobody_and_is_not_obliged() -> None:
    person = Site()._application(CONTEST)
    born = date.fromisoformat(person["date_of_birth"])
    assert is_citizen_id(person["citizen_id"])
    assert citizen_id_fits(person["citizen_id"], born, person["gender"])
    assert 118 <= age(born, datetime.now(UTC).date()) <= 120
    assert is_name(person["full_name"])
    assert is_phone(person["phone"])
    assert (person["category"], person["unit_code"]) == ("encouraged", None)


@pytest.mark.parametrize("step", [name for name in RIGHT if name not in {"GET /", "GET /health"}])
def test_what_fails_is_named_and_the_person_is_taken_out_all_the_same(step: str) -> None:
    site = Site(**{step: (500, {"code": "internal", "detail": "hỏng"})})
    with pytest.raises(smoke.Failed, match="500 internal hỏng"):
        site.play()
    registered = list(RIGHT).index(step) > list(RIGHT).index("POST /participants")
    assert [file for file, _ in site.sent] == (["annulments.csv", "data-requests.csv"] if registered else [])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"GET /health": (503, {"code": "not_loaded"})}, "no contest is loaded"),
        ({"GET /contest": (200, {**CONTEST, "week": None})}, "no week is open"),
        ({"GET /contest": (200, {**CONTEST, "identity": {"require": True}})}, "identity provider"),
        ({"POST /participants": (503, {"code": "stopped"})}, "registration is closed"),
        ({"POST /attempts": (503, {"code": "stopped"})}, "beginning is closed"),
    ],
)
def test_what_the_organisers_have_closed_is_told_and_no_failure(changed: dict[str, Any], told: str) -> None:
    assert told in " ".join(Site(**changed).play())


def test_busy_is_waited_out_and_at_last_a_failure() -> None:
    busy = (503, {"code": "busy"})
    site = Site(**{"POST /sessions": [busy, busy, RIGHT["POST /sessions"]]})
    site.play()
    assert site.waited == [2.0, 2.0]
    with pytest.raises(smoke.Failed, match="signing in was refused"):
        Site(**{"POST /sessions": busy}).play()


def test_a_person_who_could_not_be_taken_out_is_named() -> None:
    site = Site()
    site.refused = True
    with pytest.raises(smoke.Failed, match=f"{'ab' * 10} could not be taken out: annulments.csv.*hỏng"):
        site.play()


def test_a_page_that_is_none_is_a_failure() -> None:
    with pytest.raises(smoke.Failed, match="is no page"):
        Site(**{"GET /": (200, "<Error>NoSuchKey")}).play()
