"""A paper in one hand: what is in sight, how one moves, and where the back key leads."""

from __future__ import annotations

import csv
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.hands import choose, look_over, open_list, press, show_questions
from tests.browser.people import Person
from tests.stack import ROOT, Stack, wait_for

NewPerson = Callable[[], Person]
Enter = Callable[[Page, Person, str], None]
Phone = Callable[..., BrowserContext]

# Puts each question on the open paper, in place of the one there; answers which end above the bar of buttons.
FITS = """async (questions) => {
    const { src } = document.querySelector("script[type=module]");
    const { $paper_view: { questionsView } } = await import(src.replace(/main\\.js$/, "screens/paper.js"));
    const form = document.querySelector(".places form");
    const bar = document.querySelector(".steps").getBoundingClientRect().top;
    return questions.map((question) => {
        const paper = { questions: [question], prediction_question: null };
        const view = questionsView(paper, { answers: {}, flags: {} }, { answer() {}, predict() {}, flag() {} });
        form.replaceChildren(...view.form.childNodes);
        scrollTo(0, 0);
        const above = [...form.querySelectorAll(".choice")].at(-1).getBoundingClientRect().bottom <= bar;
        return [above, document.documentElement.scrollWidth <= innerWidth];
    });
}"""


def shipped_questions() -> list[dict[str, object]]:
    """All questions of the shipped bank, as a paper has them."""
    with (ROOT / "contests/nghe-an-2022/questions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        {
            "number": number,
            "text": row["text"],
            "options": [
                {"key": letter, "text": row[f"option_{letter.lower()}"]}
                for letter in "ABCDEF"
                if row[f"option_{letter.lower()}"]
            ],
            "multiple": len(row["answer"]) > 1,
        }
        for number, row in enumerate(rows, 1)
    ]


def open_paper(page: Page, hall: Stack, person: Person, enter: Enter) -> None:
    enter(page, person, "#/me")
    press(page.get_by_role("button", name="Bắt đầu lượt thi"))
    expect(question(page, 1)).to_be_visible()


def question(page: Page, number: int) -> Locator:
    return page.locator(f"#q{number}")


def step(page: Page, name: str) -> Locator:
    return page.get_by_role("navigation", name="Bài thi").get_by_role("button", name=name)


def test_nothing_moves_while_answers_are_kept_sent_or_held_back(
    hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter
) -> None:
    device = phone()
    page = device.new_page()
    open_paper(page, hall, new_person(), enter)
    choices = page.locator("#q1 .choice")

    def top() -> Any:
        return choices.first.evaluate("choice => choice.getBoundingClientRect().top + scrollY")

    before, seen = top(), set()
    for index in range(choices.count() - 1):
        choose(choices.nth(index).locator("input"))
        seen.add(top())
    wait_for(lambda: page.locator("#save.saved").count(), 60, "saving")
    seen.add(top())
    device.set_offline(True)
    choose(choices.last.locator("input"))
    expect(page.locator("#save.failed")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Bạn cứ làm bài tiếp.")).to_be_visible()
    seen.add(top())
    assert seen == {before}


@pytest.mark.no_hands
def test_nine_questions_of_ten_fit_on_one_screen_of_a_phone(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    open_paper(page, hall, new_person(), enter)
    fits = page.evaluate(FITS, shipped_questions())
    assert len(fits) == 400
    assert sum(above for above, _ in fits) >= 360
    # What is wider than the screen moves the bar of buttons out of sight on phones.
    assert all(narrow for _, narrow in fits)


def test_the_back_key_goes_one_step_back_and_then_leaves_the_paper(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    open_paper(page, hall, new_person(), enter)
    press(step(page, "Câu sau"))
    press(step(page, "Câu sau"))
    expect(question(page, 3)).to_be_visible()
    open_list(page)
    page.go_back()  # closes the list
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(question(page, 3)).to_be_visible()
    page.go_back()
    expect(question(page, 2)).to_be_visible()
    look_over(page)
    expect(page.get_by_role("heading", name="Kiểm tra trước khi nộp")).to_be_visible()
    page.go_back()  # to the question, not out of the paper
    expect(question(page, 2)).to_be_visible()
    page.reload()
    expect(question(page, 2)).to_be_visible()
    page.go_back()
    expect(question(page, 1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Làm tiếp")).to_be_visible()


def test_a_question_of_the_list_is_one_step_from_where_the_list_was_opened(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    open_paper(page, hall, new_person(), enter)
    open_list(page)
    press(page.locator(".numbers button").nth(3))
    expect(question(page, 4)).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.go_back()
    expect(question(page, 1)).to_be_visible()


def test_the_back_key_leads_out_of_a_paper_that_is_handed_in(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    open_paper(page, hall, new_person(), enter)
    choose(question(page, 1).locator("input").first)
    for _ in range(3):
        press(step(page, "Câu sau"))
    look_over(page)
    press(page.locator("#submit"))
    expect(page.get_by_role("heading", level=1, name="Kết quả lượt thi")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Xin chào")).to_be_visible()


def test_the_last_look_leads_to_each_of_a_few_missing_questions(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    open_paper(page, hall, new_person(), enter)
    choose(question(page, 1).locator("input").first)
    look_over(page)
    missing = page.locator(".review .notice.warn")
    expect(missing.get_by_role("button")).to_have_text(["Câu 2", "Câu 3", "Câu 4", "Câu 5"])
    press(missing.get_by_role("button", name="Câu 4"))
    expect(question(page, 4)).to_be_visible()
    press(page.get_by_role("button", name="Kiểm tra và nộp bài"))  # what has led here leads back
    press(missing.get_by_role("button", name="Câu 2"))
    press(step(page, "Câu trước"))
    expect(step(page, "Câu sau")).to_be_visible()
    expect(page.get_by_role("button", name="Kiểm tra và nộp bài")).to_have_count(0)
    look_over(page)
    expect(page.locator("#submit")).to_have_text("Nộp bài, bỏ trống 4 câu")
    press(page.locator(".review .notice").get_by_role("button", name="Câu dự đoán"))
    expect(page.locator("#prediction")).to_be_visible()


@pytest.mark.no_hands
def test_all_questions_are_shown_where_one_was(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    open_paper(page, hall, new_person(), enter)
    for _ in range(3):
        press(step(page, "Câu sau"))
    show_questions(page, "Tất cả")
    expect(question(page, 1)).to_be_attached()
    expect(question(page, 4).locator("legend")).to_be_in_viewport()
    expect(question(page, 1).locator("legend")).not_to_be_in_viewport()


def test_a_paper_goes_on_by_itself_where_the_person_wants_it(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    open_paper(page, hall, new_person(), enter)
    open_list(page)
    expect(page.get_by_label("Tự sang câu sau khi chọn")).not_to_be_checked()
    choose(page.get_by_label("Tự sang câu sau khi chọn"))
    press(page.get_by_role("button", name="Đóng"))
    one = page.locator(".question:visible")
    number = 1
    while one.locator("input[type=radio]").count() == 0:  # several may be right there: it waits
        number += 1
        press(step(page, "Câu sau"))
    press(one.locator("label.choice").first)
    expect(question(page, number + 1)).to_be_visible()
    page.reload()
    open_list(page)
    expect(page.get_by_label("Tự sang câu sau khi chọn")).to_be_checked()


@pytest.mark.no_hands
def test_a_paper_does_not_run_away_from_who_walks_over_the_options_by_keyboard(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    page.add_init_script("localStorage.setItem('cuoc-thi:forward', 'true')")
    open_paper(page, hall, new_person(), enter)
    one = page.locator(".question:visible")
    while one.locator("input[type=radio]").count() == 0:
        press(step(page, "Câu sau"))
    box = one.get_attribute("id")
    page.clock.install()
    one.locator("input").first.focus()
    last = one.locator("input").count() - 1  # the paper is drawn by lot: a question may have two options
    for _ in range(last):
        page.keyboard.press("ArrowDown")
    page.clock.run_for(5_000)
    expect(page.locator(f"#{box}")).to_be_visible()
    expect(one.locator("input").nth(last)).to_be_checked()


@pytest.mark.no_hands
@pytest.mark.parametrize("size", [(740, 360), (180, 370)], ids=["landscape", "text at 200 %"])
def test_the_bars_leave_room_for_the_question(
    size: tuple[int, int], hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter
) -> None:
    """At 200 % a phone's 360 × 740 are half as many."""
    page = phone().new_page()
    open_paper(page, hall, new_person(), enter)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.locator(".choice").first.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 100)")
    covered = page.evaluate(
        """() => [...document.querySelectorAll(".exam, .steps")]
            .filter((bar) => getComputedStyle(bar).position !== "static")
            .reduce((sum, bar) => sum + bar.getBoundingClientRect().height, 0)"""
    )
    assert covered <= size[1] / 2
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
