"""Whatever happens in the middle of a paper with twenty saved answers, the result is 20/20."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from infra.site import SITE, upload
from tests.browser.hands import open_list, press
from tests.browser.long_paper import (
    QUESTIONS,
    all_right,
    all_saved,
    answer_all,
    hand_in,
    long_papers,
    paper_shown,
    right_options,
)
from tests.browser.people import Person
from tests.stack import Stack

Phone = Callable[..., BrowserContext]
ALL = range(1, QUESTIONS + 1)
ANSWERED = f"Đã trả lời {QUESTIONS}/{QUESTIONS}"
_numbers = count(1)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with long_papers(tmp_path_factory.mktemp("long")) as started:
        yield started


class Sitter:
    """Somebody with an open paper and its right answers."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.person = Person.register(stack, next(_numbers), proof=False)
        self.attempt = self.person.start(stack)
        self.right = right_options(stack, self.person, self.attempt)

    def opens(self, page: Page) -> None:
        self.person.opens(page, self.stack.site_url, f"#/paper/{self.attempt}")
        paper_shown(page)

    def answers(self, page: Page, numbers: range = ALL) -> None:
        answer_all(page, self.right, numbers)

    def saved(self, answers: int = QUESTIONS) -> None:
        all_saved(self.stack, self.person, self.attempt, answers)


@pytest.fixture
def sitter(stack: Stack) -> Sitter:
    return Sitter(stack)


def leave_and_return(page: Page) -> None:
    """The page may be gone in a moment, so it saves at once."""
    page.evaluate("dispatchEvent(new Event('pagehide'))")


@pytest.fixture
def device(phone: Phone) -> BrowserContext:
    return phone(service_workers="allow")


@pytest.fixture
def page(device: BrowserContext, sitter: Sitter) -> Page:
    """A page on which everything is answered and saved."""
    opened = device.new_page()
    sitter.opens(opened)
    sitter.answers(opened)
    leave_and_return(opened)
    sitter.saved()
    return opened


def busy(route: Route) -> None:
    headers = {"Retry-After": "1", "Content-Type": "application/problem+json"}
    route.fulfill(status=503, json={"code": "busy", "status": 503}, headers=headers)


def reads(answer: Callable[[Route], Any]) -> Callable[[Route], None]:
    """Answers requests for the paper; the rest pass."""

    def handle(route: Route) -> None:
        if route.request.method == "GET":
            answer(route)
        else:
            route.continue_()

    return handle


def test_a_reload_that_meets_503(page: Page) -> None:
    page.route("**/api/attempts/*", reads(busy))
    page.reload()
    expect(page.get_by_text(ANSWERED)).to_be_visible()
    expect(page.get_by_text("Trang đang hiện câu trả lời máy chủ giữ lúc")).to_be_visible()
    hand_in(page)
    all_right(page)


def test_a_reload_offline(page: Page, device: BrowserContext, sitter: Sitter) -> None:
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    device.set_offline(True)
    page.reload()
    expect(page.get_by_text(ANSWERED)).to_be_visible()
    device.set_offline(False)
    hand_in(page)
    all_right(page)


def test_a_reload_on_a_line_that_never_answers(page: Page) -> None:
    page.route("**/api/attempts/*", reads(lambda route: None))
    page.reload()
    expect(page.get_by_text(ANSWERED)).to_be_visible()  # calls give up after 20 s, this after 15
    hand_in(page)
    all_right(page)


def test_a_tab_left_open_on_another_device_when_time_is_up(phone: Phone, sitter: Sitter) -> None:
    # It knows of no answers, and its time ends once all of them are saved from elsewhere.
    before = sitter.person.call(sitter.stack, "GET", f"/attempts/{sitter.attempt}")
    page = phone().new_page()
    sitter.opens(page)
    sitter.answers(page)
    leave_and_return(page)
    sitter.saved()
    stale = phone().new_page()

    def ends_soon(route: Route) -> None:
        deadline = datetime.now(UTC) + timedelta(seconds=12)
        before["attempt"].update(deadline=deadline.isoformat())
        route.fulfill(json=before)

    stale.route("**/api/attempts/*", reads(ends_soon))
    sitter.opens(stale)
    all_right(stale)
    hand_in(page)
    all_right(page)


def test_an_older_save_that_arrives_late(phone: Phone, sitter: Sitter) -> None:
    page = phone().new_page()
    held: list[Any] = []

    def hold_the_half(route: Route) -> None:
        if held and len(held[-1]["answers"]) == 10:
            return route.continue_()
        held.append(route.request.post_data_json)
        return route.abort()

    page.route("**/answers", hold_the_half)
    sitter.opens(page)
    sitter.answers(page, range(1, 11))
    leave_and_return(page)
    expect(page.locator("#save")).to_contain_text("Chưa gửi được, sẽ tự gửi lại.")
    while len(held[-1]["answers"]) < 10:  # a slow machine sends one with less first
        page.wait_for_timeout(50)
    sitter.answers(page, range(11, 21))
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#save")).to_have_text(re.compile("ã lưu lúc"))
    leave_and_return(page)  # on a slow machine that save went out before the last answer
    expect(page.locator("#save")).to_have_text(re.compile("^Đã lưu lúc"))
    sitter.saved()
    path = f"/attempts/{sitter.attempt}/answers"
    late = sitter.stack.call("PUT", path, held[-1], token=sitter.person.session["token"])
    assert (late.status_code, late.json()["code"], len(late.json()["saved_answers"])) == (409, "stale", 20)
    hand_in(page)
    all_right(page)


@pytest.mark.parametrize("storage", ["full", "denied"])
def test_a_full_or_denied_storage(storage: str, phone: Phone, sitter: Sitter) -> None:
    device = phone()
    page = device.new_page()
    sitter.opens(page)
    refuse = {
        "full": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
        "denied": """const get = Storage.prototype.getItem;
            Storage.prototype.getItem = function (key) {
              if (key !== "cuoc-thi:session") throw new DOMException("denied", "SecurityError");
              return get.call(this, key);
            };
            Storage.prototype.setItem = () => { throw new DOMException("denied", "SecurityError"); }""",
    }[storage]
    device.add_init_script(refuse)
    page.reload()
    paper_shown(page)
    sitter.answers(page, range(1, 11))
    expect(page.locator("#save")).to_contain_text("Trình duyệt này không giữ được câu trả lời")
    leave_and_return(page)
    sitter.saved(10)
    page.reload()
    expect(page.get_by_text("Đã trả lời 10/20")).to_be_visible()
    paper_shown(page)
    sitter.answers(page, range(11, 21))
    hand_in(page)
    all_right(page)


def test_a_new_release(page: Page, stack: Stack, tmp_path: Path) -> None:
    folder = tmp_path / "site"
    shutil.copytree(SITE, folder)
    style = folder / "style.css"
    style.write_text(f"{style.read_text(encoding='utf-8')}/* another release */\n", encoding="utf-8")
    s3, bucket = stack.client("s3"), stack.stack["site_bucket"]
    upload(s3, bucket, folder)
    try:
        page.reload()
        expect(page.get_by_text(ANSWERED)).to_be_visible()
        hand_in(page)
        all_right(page)
    finally:
        upload(s3, bucket)


def test_the_server_is_asked_before_fewer_answers_are_handed_in(page: Page, sitter: Sitter) -> None:
    """Answers are withdrawn here; the page says that the server holds more, and asks before handing in."""
    taken = next(number for number in ALL if page.locator(f"#q{number} input[type=checkbox]").count())
    while (chosen := page.locator(f"#q{taken} input:checked")).count():
        press(chosen.first)
    hand_in(page)
    expect(page.get_by_text("Máy chủ đang giữ 20 câu trả lời của bạn")).to_be_visible()
    press(page.get_by_role("button", name="Vẫn nộp bài này"))
    expect(page.locator("#score")).to_have_text("19/20")


def test_home_says_how_long_the_open_paper_lasts_and_leads_back_to_it(page: Page) -> None:
    open_list(page)
    press(page.get_by_role("link", name="Tạm rời bài thi"))
    press(page.get_by_role("link", name="Trang chủ"))
    expect(page.locator(".until")).to_have_text(re.compile(r"Bài đang làm dở còn \d+:\d\d"))
    press(page.get_by_role("link", name="Làm tiếp bài đang làm dở"))
    expect(page.get_by_text(ANSWERED)).to_be_visible()


def test_my_page_leads_to_the_open_paper_without_a_line(page: Page, device: BrowserContext) -> None:
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    device.set_offline(True)
    open_list(page)
    press(page.get_by_role("link", name="Tạm rời bài thi"))
    press(page.get_by_role("link", name="Làm tiếp bài đang làm dở"))
    expect(page.get_by_text(ANSWERED)).to_be_visible()
    device.set_offline(False)
