"""The published questions as something to learn from: search, rounds of ten, what was wrong comes again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.hands import press
from tests.stack import Stack


def bank_of(stack: Stack) -> dict[str, Any]:
    """The questions by their text."""
    return {question["text"]: question for question in stack.site("/data/bank.json").json()["questions"]}


def shown(page: Page, bank: dict[str, Any]) -> Any:
    return bank[page.locator(".practice h2").inner_text()]


def options(page: Page, question: Any, *, right: bool) -> list[Locator]:
    """The buttons of the right options, or those of one wrong answer."""
    told = [option["text"] for option in question["options"] if (option["key"] in question["answer"]) == right]
    buttons = page.locator(".practice button.choice")
    return [buttons.filter(has=page.get_by_text(text, exact=True)) for text in (told if right else told[:1])]


def answer(page: Page, bank: dict[str, Any], *, right: bool) -> str:
    """Answers the question shown and returns its id."""
    question = shown(page, bank)
    for button in options(page, question, right=right):
        press(button)
    if len(question["answer"]) > 1:
        press(page.get_by_role("button", name="Kiểm tra", exact=True))
    expect(page.locator("main").get_by_role("status")).to_contain_text(
        "Đúng rồi!" if right else "Chưa đúng. Đáp án: "
    )
    identity: str = question["id"]
    return identity


def go_on(page: Page) -> None:
    press(page.get_by_role("button", name="Câu sau"))


def opened(page: Page, stack: Stack, way: str = "") -> None:
    page.goto(f"{stack.site_url}/#/bank{way}")
    expect(page.locator("main h1")).to_be_visible()


def test_what_was_wrong_comes_again_until_it_is_right(hall: Stack, page: Page) -> None:
    bank = bank_of(hall)
    opened(page, hall)
    press(page.get_by_role("link", name="Bắt đầu 10 câu"))
    wrong = answer(page, bank, right=False)
    go_on(page)
    order = [wrong]
    for place in range(10):
        order.append(answer(page, bank, right=True))
        if place < 9:
            go_on(page)
    assert order.index(wrong, 1) == 4, "after three others"
    assert len(set(order)) == 10
    press(page.get_by_role("button", name="Xem kết quả lượt này"))
    expect(page.locator(".practice .score")).to_have_text("9/10")
    expect(page.get_by_text("Những câu nên đọc lại")).to_be_visible()
    press(page.get_by_role("link", name="Về trang ôn tập").first)
    expect(page.get_by_text(f"Đã thuộc 10/{len(bank)} câu", exact=True)).to_be_visible()


def test_a_round_is_of_a_topic_and_its_progress_stays_on_the_device_until_it_is_forgotten(
    hall: Stack, page: Page
) -> None:
    bank = bank_of(hall)
    opened(page, hall)
    topic = next(iter(bank.values()))["topic"]
    size = sum(question["topic"] == topic for question in bank.values())
    press(page.get_by_role("link", name=topic, exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text(topic)
    assert shown(page, bank)["topic"] == topic
    answer(page, bank, right=True)
    go_on(page)
    answer(page, bank, right=False)
    page.reload()
    opened(page, hall)
    entry = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=topic, exact=True))
    expect(entry).to_contain_text(f"Đã thuộc 1/{size} câu, 1 câu cần học lại")
    press(page.get_by_role("button", name="Xóa tiến độ, học lại từ đầu"))
    expect(entry).to_contain_text(f"Đã thuộc 0/{size} câu")
    page.reload()
    expect(page.get_by_role("link", name="Bắt đầu 10 câu")).to_be_visible()


@pytest.mark.no_hands
def test_the_keyboard_alone_is_enough(hall: Stack, page: Page) -> None:
    bank = bank_of(hall)
    opened(page, hall, "?practise=")
    keys = page.keyboard
    for place in range(10):
        question = shown(page, bank)
        expect(page.locator(".practice h2")).to_be_focused()
        texts = page.locator(".practice button.choice > span").all_inner_texts()
        right = [
            texts.index(option["text"]) for option in question["options"] if option["key"] in question["answer"]
        ]
        for index in right:
            keys.press(str(index + 1) if place % 2 else "ABCDEF"[index])
        if len(right) > 1:
            page.get_by_role("button", name="Kiểm tra", exact=True).focus()
            keys.press("Enter")
        expect(page.locator("main").get_by_role("status")).to_have_text("Đúng rồi!")
        keys.press("Enter")
    expect(page.locator(".practice .score")).to_have_text("10/10")


@pytest.mark.no_hands
def test_a_letter_outside_the_question_chooses_nothing(hall: Stack, page: Page) -> None:
    opened(page, hall, "?practise=")
    page.get_by_role("link", name="Về trang ôn tập").focus()
    page.keyboard.press("a")
    expect(page.locator("main").get_by_role("status").filter(has_text="úng")).to_have_count(0)
    expect(page.locator(".practice button.choice.chosen")).to_have_count(0)


def test_words_without_tones_find_the_questions_and_a_reference_its_law(hall: Stack, page: Page) -> None:
    bank = bank_of(hall)
    opened(page, hall)
    page.get_by_label("Tìm trong câu hỏi").fill("mot cua lien thong")
    cards = page.locator("ol.bank > li")
    expect(page.get_by_text("Tìm thấy")).not_to_have_text(f"Tìm thấy {len(bank)} câu")
    assert "một cửa liên thông" in cards.first.inner_text().casefold(), (
        "what has the words as typed stands first"
    )
    link = cards.get_by_role("link", name="Các câu theo").first
    law = link.inner_text().removeprefix("Các câu theo ")
    press(link)
    expect(page.get_by_label("Tìm trong câu hỏi")).to_have_value(law)
    for text in cards.all_inner_texts():
        assert law in text


@pytest.mark.no_hands
def test_practising_asks_the_server_for_nothing_and_goes_on_without_it(
    hall: Stack, phone: Callable[..., BrowserContext]
) -> None:
    page, bank = phone().new_page(), bank_of(hall)
    opened(page, hall, "?practise=")
    expect(page.locator(".practice h2")).to_be_visible()
    asked: list[str] = []
    page.context.set_offline(True)
    page.on("request", lambda request: asked.append(request.url))
    answer(page, bank, right=True)
    go_on(page)
    answer(page, bank, right=True)
    assert [url for url in asked if "/api/" in url or "bank" in url] == []


@pytest.mark.no_hands
def test_at_twice_the_size_of_letters_a_question_and_its_verdict_fit_the_phone(hall: Stack, page: Page) -> None:
    bank = bank_of(hall)
    opened(page, hall, "?practise=")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    answer(page, bank, right=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.get_by_role("button", name="Câu sau")).to_be_in_viewport()
