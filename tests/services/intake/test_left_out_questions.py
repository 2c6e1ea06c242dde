"""A bank with questions that no paper can ask: they are listed, and left out once somebody confirms it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.readers.contest_files import QUESTIONS, contest_files, zipped
from tests.services.intake.inbox import LATER, NOW, Desk

ASKED = "// status: approved\n\n::Q1::Một?{=a ~b}\n\n::Q2::Hai?{=a ~b}\n\n::Q3::Ba?{T}\n"
BANK = ASKED + "\nViết một bài luận.{}\n\nGhép.{=a -> b =c -> d}\n"


def confirm(desk: Desk, told: dict[str, Any], reason: str = "không cần hai câu tự luận") -> dict[str, Any]:
    return desk.send(f"confirm-{told['taken']['code']}.txt", reason, LATER)


def test_nothing_is_left_out_before_somebody_confirms_it() -> None:
    desk = Desk()
    desk.put()
    before = desk.library().current().bank
    told = desk.send("questions.gift", BANK, LATER)
    assert (told["accepted"], told["fault_count"], told["consequences"]["left_out"]) == (False, 0, 2)
    assert [(one["row"], "không có trong đề" in one["message"]) for one in told["warnings"]] == [
        (9, True),
        (11, True),
    ]
    assert desk.library().current().bank == before


def test_the_others_are_asked_once_it_is_confirmed() -> None:
    desk = Desk()
    desk.put()
    told = confirm(desk, desk.send("questions.gift", BANK, LATER))
    assert told["accepted"]
    assert (told["taken"]["questions_approved"], told["taken"]["questions_left_out"]) == (3, 2)
    (kept,) = desk.library().current().decisions.confirmations
    assert kept.reason == "không cần hai câu tự luận"
    assert desk.send("guide.md", "# Mới", LATER)["accepted"], "nobody is asked again"


@pytest.mark.parametrize("last", ["questions.gift", "units.csv"])
def test_it_is_confirmed_before_there_is_a_contest_too(last: str) -> None:
    files = contest_files(questions=None) | {"questions.gift": BANK.encode()}
    desk = Desk()
    told = {}
    for name in sorted(files, key=lambda name: name == last):
        told = desk.send(name, files[name], NOW)
        if name == "questions.gift":
            assert not told["accepted"]
            told = confirm(desk, told)
        assert told["accepted"], told
    assert told["taken"]["questions_approved"] == 3


def test_a_whole_contest_waits_for_the_confirmation_and_is_taken_over_then() -> None:
    desk = Desk()
    told = desk.send("c.zip", zipped(contest_files(questions=None) | {"questions.gift": BANK.encode()}))
    assert (told["accepted"], told["consequences"]["left_out"]) == (False, 2)
    assert confirm(desk, told)["taken"]["questions_approved"] == 3


def test_a_confirmation_says_why() -> None:
    desk = Desk()
    desk.put()
    told = confirm(desk, desk.send("questions.gift", BANK, LATER), "")
    assert (told["accepted"], "lý do" in told["faults"][0]["message"]) == (False, True)


def test_a_bank_of_which_every_question_can_be_asked_waits_for_nothing() -> None:
    desk = Desk()
    desk.put()
    assert desk.send("questions.gift", ASKED, LATER)["accepted"]
    assert desk.send("questions.csv", QUESTIONS, LATER)["accepted"]
