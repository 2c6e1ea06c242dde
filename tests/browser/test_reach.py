"""Whatever people open the page with: apps, Telex, translators, screen readers, settings."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hands import choose, press
from tests.browser.people import PASSWORD, Person
from tests.browser.registering import go_on
from tests.browser.screens import Visit, me_after, result_perfect
from tests.stack import Stack

NewPerson = Callable[[], Person]
Enter = Callable[[Page, Person, str], None]
Phone = Callable[..., BrowserContext]

# As in apps that show a link themselves: nothing is kept, and nothing runs beside the page.
KEEPS_NOTHING = """
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
        Object.defineProperty(window, name, { get() { throw new DOMException("denied", "SecurityError"); } });
    }
    delete Navigator.prototype.serviceWorker;
    delete Navigator.prototype.share;
    delete Navigator.prototype.clipboard;
"""
# As browsers translate: each text goes into elements of their own, also what comes later.
TRANSLATES = """
    const seen = new WeakSet();
    const translate = (root) => {
        const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        const texts = [];
        while (walk.nextNode()) texts.push(walk.currentNode);
        for (const text of texts) {
            if (seen.has(text) || !text.data.trim() || !text.parentNode) continue;
            const inner = document.createElement("font");
            inner.textContent = `[${text.data}]`;
            seen.add(inner.firstChild);
            const outer = document.createElement("font");
            outer.append(inner);
            text.replaceWith(outer);
        }
    };
    addEventListener("DOMContentLoaded", () => {
        translate(document.body);
        new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach((node) => {
            if (node.isConnected) translate(node.nodeType === 1 ? node : node.parentNode);
        }))).observe(document.body, { childList: true, subtree: true });
    });
"""
# What a screen reader says: where the focus goes, and what live regions tell.
LISTENS = """
    window.heard = [];
    const told = new Map();
    const say = (text) => {
        const words = text.replace(/\\s+/g, " ").trim();
        if (words) heard.push(words);
    };
    const named = (element) => element.getAttribute("aria-label")
        || (element.labels && element.labels[0] && element.labels[0].textContent) || element.textContent;
    addEventListener("focusin", ({ target }) => say(named(target)));
    const regions = "[role=status], [role=alert], [aria-live]";
    setInterval(() => document.querySelectorAll(regions).forEach((region) => {
        if (told.get(region) === region.textContent) return;
        told.set(region, region.textContent);
        if (region.getClientRects().length) say(region.textContent);
    }), 20);
"""


def sign_in(page: Page, hall: Stack, person: Person) -> None:
    page.goto(f"{hall.site_url}/#/sign-in")
    page.locator("input").nth(0).fill(person.citizen_id)
    page.locator("input").nth(1).fill(PASSWORD)
    press(page.locator("main button[type=submit]"))


def sit(page: Page) -> None:
    """From the own page to the result, by places alone: the words may be others'."""
    press(page.locator("main button.primary").first)
    for number in range(1, 6):
        question = page.locator(f"#q{number}")
        expect(question).to_be_visible()
        choose(question.locator("input").first)
        press(page.locator(".steps button:visible").last)
    press(page.locator(".steps button:visible").last)
    press(page.locator(".review .primary"))
    expect(page.locator("#score")).to_have_text(re.compile(r"\d/5"))


def test_an_app_that_keeps_nothing_is_enough_for_a_whole_exam(
    hall: Stack, phone: Phone, new_person: NewPerson
) -> None:
    device, person = phone(), new_person()
    device.add_init_script(KEEPS_NOTHING)
    page = device.new_page()
    sign_in(page, hall, person)
    expect(page.get_by_role("heading", level=1, name=re.compile("^Xin chào"))).to_be_visible()
    sit(page)
    press(page.get_by_role("link", name="Đến lượt thi tiếp theo"))
    expect(page.get_by_role("listitem").filter(has_text="Tuần 1, lượt thi 1")).to_contain_text("/5")


def test_a_translated_page_is_enough_for_a_whole_exam(hall: Stack, phone: Phone, new_person: NewPerson) -> None:
    device, person = phone(), new_person()
    device.add_init_script(TRANSLATES)
    page = device.new_page()
    sign_in(page, hall, person)
    expect(page.locator("main h1 font font")).to_have_text(re.compile(r"^\[Xin chào"))
    sit(page)
    expect(page.locator("#score font font")).to_have_text(re.compile(r"^\[\d/5\]$"))


def compose(page: Page, *steps: str) -> None:
    """Types as Telex does: the letters stand underlined and change until the word ends."""
    session = page.context.new_cdp_session(page)
    for step in steps:
        at = len(step)
        session.send("Input.imeSetComposition", {"text": step, "selectionStart": at, "selectionEnd": at})
    session.send("Input.insertText", {"text": steps[-1]})


@pytest.mark.no_hands
def test_words_composed_by_telex_arrive_whole_and_find_their_unit(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")
    page.get_by_label("Số căn cước công dân").fill("040190777777")
    page.get_by_label("Ngày", exact=True).fill("7")
    page.get_by_label("Tháng", exact=True).fill("3")
    page.get_by_label("Số điện thoại di động").fill("0912 345 678")
    name = page.get_by_label("Họ và tên")
    name.focus()
    compose(page, "N", "Ng", "Ngu", "Nguy", "Nguye", "Nguyê", "Nguyên", "Nguyễn")
    page.keyboard.type(" ")
    compose(page, "A", "Á", "Án", "Ánh")
    expect(name).to_have_value("Nguyễn Ánh")
    go_on(page, 2)
    unit = page.get_by_label("Đơn vị", exact=True)
    unit.focus()
    compose(page, "s", "so", "sơ", "sở")
    page.keyboard.type(" ")
    compose(page, "b")
    expect(unit).to_have_value("sở b")
    expect(page.locator(".picks button").first).to_contain_text("Sở B")
    # The Enter that ends a composition picks nothing and sends nothing.
    unit.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "keyCode": 229})
    expect(page.locator(".picks button").first).to_be_visible()
    expect(unit).to_be_visible()


@pytest.mark.no_hands
def test_a_screen_reader_tells_a_whole_exam(
    hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter
) -> None:
    device, person = phone(), new_person()
    device.add_init_script(LISTENS)
    page = device.new_page()
    enter(page, person, "#/me")
    keys = page.keyboard

    def hears(words: str) -> None:
        """Among what is said from now on the words come; then the ear is free again."""
        pattern = re.compile(words)
        page.wait_for_function("pattern => heard.some((said) => new RegExp(pattern).test(said))", arg=words)
        said: list[str] = page.evaluate("heard.splice(0)")
        assert any(pattern.search(one) for one in said)

    def reaches(words: str) -> None:
        for _ in range(40):
            keys.press("Tab")
            said: list[str] = page.evaluate("heard.splice(0)")
            if said and re.search(words, said[-1]):
                return
        raise AssertionError(f"“{words}” is not said")

    hears("^Xin chào")
    reaches("^Bắt đầu lượt thi")
    keys.press("Enter")
    hears("^Tuần 1, lượt thi 1")
    for number in range(1, 6):
        if number == 1:
            page.locator("#q1 legend").focus()
        hears(rf"^Câu {number}\D")  # the question itself
        keys.press("Tab")
        hears("^A. ")  # and each option
        keys.press("Space")
        expect(page.locator(f"#q{number} input").first).to_be_checked()
        reaches("^Câu sau")
        keys.press("Enter")
    hears("Bao nhiêu người trả lời đúng tất cả")
    reaches("^Kiểm tra và nộp bài")
    keys.press("Enter")
    hears("^Kiểm tra trước khi nộp")
    reaches("^Nộp bài$")
    keys.press("Enter")
    hears("^Kết quả lượt thi")
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"\d/5"))


# -- what people ask of their system


@pytest.fixture
def visit(hall: Stack, page: Page, new_person: NewPerson) -> Any:
    person = new_person()
    person.call(
        hall, "POST", f"/attempts/{person.start(hall)}/submission", {"answers": {"1": ["A"]}, "revision": 0}
    )
    return Visit(page, hall, person, person.start(hall))


@pytest.mark.no_hands
@pytest.mark.parametrize("screen", [result_perfect, me_after])
def test_nothing_moves_where_people_asked_for_no_motion(visit: Visit, screen: Callable[[Visit], None]) -> None:
    visit.page.emulate_media(reduced_motion="reduce")
    screen(visit)
    assert visit.page.evaluate("document.getAnimations().length") == 0
    button = visit.page.locator("a.button, button.button").first
    assert button.evaluate("one => getComputedStyle(one).transitionDuration") == "0s"


@pytest.mark.no_hands
def test_the_choice_is_seen_in_the_systems_own_colours(visit: Visit) -> None:
    page = visit.page
    page.emulate_media(forced_colors="active")
    visit.open(f"#/paper/{visit.attempt}", signed_in=True)
    option = page.locator("#q1 label.choice").first
    choose(option.locator("input"))
    assert option.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    other = page.locator("#q1 label.choice").nth(1)
    assert other.evaluate("one => getComputedStyle(one).outlineStyle") == "none"
    # Boxes, and the way on, keep a line around them.
    assert other.evaluate("one => getComputedStyle(one).borderStyle") == "solid"
    assert (
        page.locator(".steps button:visible").last.evaluate("one => getComputedStyle(one).borderStyle")
        == "solid"
    )
