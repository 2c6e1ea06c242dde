"""Papers of twenty questions, answered correctly in one go, for tests of events in the middle of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import choose, look_over, press, show_questions
from tests.browser.people import Person
from tests.stack import Stack, contest_folder, running, wait_for

QUESTIONS = 20


@contextmanager
def long_papers(folder: Path) -> Iterator[Stack]:
    """A stack whose papers have twenty questions of both kinds, for people with many attempts."""
    contest = contest_folder(
        folder / "contest", id="long", weeks=1, seconds=7200, proof="off", questions=QUESTIONS, attempts=50
    )
    _of_both_kinds(contest / "questions.csv")
    with running(contest, folder / "state") as started:
        yield started


def _of_both_kinds(bank: Path) -> None:
    """Leaves so few questions that no paper can be drawn without several of one right option and of many."""
    rows = [row for row in csv.reader(bank.read_text(encoding="utf-8-sig").splitlines()) if "draft" not in row]
    head, questions = rows[0], rows[1:]
    answer, excludes = head.index("answer"), head.index("excludes")
    for row in questions:
        row[excludes] = ""  # they name questions that are left out
    many = [row for row in questions if len(row[answer]) > 1][: QUESTIONS - 5]
    one = [row for row in questions if len(row[answer]) == 1][: QUESTIONS - 5]
    with bank.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([head, *many, *one])


def right_options(stack: Stack, person: Person, attempt: str) -> dict[int, list[int]]:
    """The right options of this paper, counted from 0, by question number."""
    bank = stack.site("/data/bank.json").json()
    right = {
        q["id"]: {option["text"] for option in q["options"] if option["key"] in q["answer"]}
        for q in bank["questions"]
    }
    paper = person.call(stack, "GET", f"/attempts/{attempt}")["attempt"]
    return {
        question["number"]: [i for i, o in enumerate(question["options"]) if o["text"] in right[question["id"]]]
        for question in paper["questions"]
    }


def option(page: Page, number: int, index: int) -> Locator:
    return page.locator(f"#q{number} input").nth(index)


def shown(page: Page, number: int) -> list[int]:
    """The options of a question that are chosen on the screen."""
    found: list[int] = page.locator(f"#q{number} input").evaluate_all(
        "inputs => inputs.map((input, i) => (input.checked ? i : -1)).filter((i) => i >= 0)"
    )
    return found


def paper_shown(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name=re.compile("^Tuần 1, lượt thi"))).to_be_visible()
    show_questions(page, "Tất cả")


def answer_all(page: Page, right: dict[int, list[int]], numbers: range) -> None:
    for number in numbers:
        for index in right[number]:
            choose(option(page, number, index))


def server_has(stack: Stack, person: Person, attempt: str) -> dict[str, Any]:
    saved: dict[str, Any] = person.call(stack, "GET", f"/attempts/{attempt}")["attempt"]["saved_answers"]
    return saved


def all_saved(stack: Stack, person: Person, attempt: str, count: int = QUESTIONS) -> None:
    wait_for(lambda: len(server_has(stack, person, attempt)) == count, 60, f"saving {count} answers")


def hand_in(page: Page) -> None:
    look_over(page)
    press(page.locator("#submit"))


def all_right(page: Page) -> None:
    expect(page.locator("#score")).to_have_text(f"{QUESTIONS}/{QUESTIONS}")


Registers = Callable[[], Person]
