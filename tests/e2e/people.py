"""People of a contest on the deployed stack, who register and sit a paper by its API."""

from __future__ import annotations

from typing import Any

from tests.stack import Stack, right_answers

PASSWORD = "mật khẩu dài 2022"


def form(
    citizen_id: str,
    unit: str | None,
    category: str = "mandatory",
    *,
    name: str = "Nguyễn Văn An",
    password: str = PASSWORD,
) -> dict[str, Any]:
    """What somebody fills in; year of birth and sex are those that the citizen ID tells."""
    century, female = divmod(int(citizen_id[3]), 2)
    return {
        "citizen_id": citizen_id,
        "full_name": name,
        "date_of_birth": f"{19 + century}{citizen_id[4:6]}-05-06",
        "gender": "female" if female else "male",
        "phone": "0912345678",
        "unit_code": unit,
        "category": category,
        "password": password,
        "consent": True,
    }


def sign_in(stack: Stack, citizen_id: str, password: str = PASSWORD) -> tuple[str, str]:
    """The token and the participant id."""
    session = stack.call("POST", "/sessions", {"citizen_id": citizen_id, "password": password}).json()
    return session["token"], session["participant"]["participant_id"]


def enter(stack: Stack, filled: dict[str, Any]) -> tuple[str, str]:
    """The token and the participant id of somebody who registers and signs in."""
    assert stack.call("POST", "/participants", filled).status_code == 201
    return sign_in(stack, filled["citizen_id"], filled["password"])


def sit(stack: Stack, token: str, right: int, prediction: int = 1) -> dict[str, Any]:
    """The receipt of a paper with so many right answers."""
    attempt = stack.call("POST", "/attempts", {}, token).json()["attempt"]
    answers = right_answers(stack, attempt, right)
    body = {"answers": answers, "prediction": prediction, "revision": attempt["revision"]}
    handed_in = stack.call("POST", f"/attempts/{attempt['attempt_id']}/submission", body, token)
    assert handed_in.status_code == 200, handed_in.text
    receipt: dict[str, Any] = handed_in.json()["receipt"]
    return receipt
