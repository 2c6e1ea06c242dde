"""Mishaps in the middle of a paper, which must cost people nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.hands import choose, look_over, press, press_blindly, show_questions
from tests.browser.long_paper import hand_in
from tests.browser.people import PASSWORD, Person
from tests.stack import Stack, wait_for

HOUR_MS = 3_600_000
CLOCK_SET_BY_HAND = """
    window.clockSetBy = 0;
    const real = Date.now.bind(Date);
    Date.now = () => real() + window.clockSetBy;
"""

Enter = Callable[[Page, Person, str], None]
NewPerson = Callable[[], Person]
Phone = Callable[..., BrowserContext]


def sit(page: Page, person: Person, stack: Stack, enter: Enter) -> str:
    """Opens a new paper on the page, all questions in a list."""
    attempt = person.start(stack)
    enter(page, person, f"#/paper/{attempt}")
    expect(page.get_by_role("heading", level=1, name="Tuần 1, lượt thi 1")).to_be_visible()
    show_questions(page, "Tất cả")
    return attempt


def option(page: Page, number: int, index: int = 0) -> Any:
    return page.locator(f"#q{number} input").nth(index)


def saved(person: Person, stack: Stack, attempt: str) -> Any:
    """The answers that the server holds of an open attempt."""
    return person.call(stack, "GET", f"/attempts/{attempt}")["attempt"]["saved_answers"]


def result(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name="Kết quả lượt thi")).to_be_focused()


def ends_in(page: Page, seconds: float) -> None:
    """Makes the page believe that the next paper it opens ends in ``seconds``, whatever saves say."""
    deadline = datetime.now(UTC) + timedelta(seconds=seconds)
    begun = deadline - timedelta(minutes=20)

    def shortened(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        found["attempt"].update(started_at=begun.isoformat(), deadline=deadline.isoformat())
        route.fulfill(response=answer, json=found)

    def still(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "deadline": deadline.isoformat()})

    page.route("**/api/attempts/*", shortened)
    page.route("**/api/attempts/*/answers", still)


# -- clocks


def test_a_clock_set_forward_does_not_hand_in_the_paper(
    hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter
) -> None:
    device = phone()
    device.add_init_script(CLOCK_SET_BY_HAND)
    page, person = device.new_page(), new_person()
    attempt = sit(page, person, hall, enter)
    for jump in (3 * HOUR_MS, -3 * HOUR_MS):
        with page.expect_response("**/api/contest"):
            page.evaluate("jump => { window.clockSetBy += jump; }", jump)
        expect(page.locator(".exam .countdown")).to_contain_text("01:5")
    assert person.call(hall, "GET", f"/attempts/{attempt}")["status"] == "open"


def test_a_clock_wrong_by_an_hour_changes_nothing(
    hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter
) -> None:
    device = phone()
    device.add_init_script(CLOCK_SET_BY_HAND.replace("clockSetBy = 0", f"clockSetBy = {HOUR_MS}"))
    page = device.new_page()
    sit(page, new_person(), hall, enter)
    expect(page.locator(".exam .countdown")).to_contain_text("01:5")


def test_the_last_minutes_are_announced_calmly(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    ends_in(page, 5 * 60 + 3)
    sit(page, new_person(), hall, enter)
    expect(page.get_by_text("Còn 5 phút. Hết giờ, bài được nộp tự động.")).to_be_visible()


def test_a_paper_is_handed_in_automatically_at_the_end(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    person = new_person()
    ends_in(page, 8)
    attempt = sit(page, person, hall, enter)
    choose(option(page, 1))
    result(page)
    assert person.call(hall, "GET", f"/attempts/{attempt}")["status"] == "submitted"


# -- connections


def test_work_goes_on_offline_even_after_a_reload_and_everything_is_sent_later(
    hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter
) -> None:
    device = phone(service_workers="allow")
    page, person = device.new_page(), new_person()
    attempt = sit(page, person, hall, enter)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")
    device.set_offline(True)
    choose(option(page, 1))
    expect(page.get_by_text("Mất kết nối mạng.")).to_be_visible()
    expect(page.locator("#save")).to_contain_text("Chưa gửi được, sẽ tự gửi lại.")

    page.reload()
    expect(page.get_by_text("Đã trả lời 1/5")).to_be_visible()
    expect(option(page, 1)).to_be_checked()
    choose(option(page, 2, 1))
    device.set_offline(False)
    expect(page.locator("#save")).to_have_text(re.compile("^Đã lưu lúc"))
    assert sorted(saved(person, hall, attempt)) == ["1", "2"]
    hand_in(page)
    result(page)


def test_a_paper_handed_in_offline_goes_out_when_the_line_is_back(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    sit(page, new_person(), hall, enter)
    choose(option(page, 1))
    page.context.set_offline(True)
    hand_in(page)
    expect(page.get_by_text("Bài chưa đến máy chủ. Trang tự nộp lại")).to_be_visible()
    page.context.set_offline(False)
    result(page)


def test_the_page_waits_for_a_busy_server_and_says_so(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    busy = {"Retry-After": "2", "Content-Type": "application/problem+json"}
    turned_away: list[str] = []

    def at_first(route: Route) -> None:
        request = route.request
        if request.method == "POST" and turned_away.count(request.url) < 1:
            turned_away.append(request.url)
            route.fulfill(status=503, json={"code": "busy", "status": 503}, headers=busy)
        else:
            route.continue_()

    page.route("**/api/attempts**", at_first)
    person = new_person()
    enter(page, person, "#/me")
    press_blindly(page.get_by_role("button", name="Bắt đầu lượt thi"), times=2)
    expect(page.get_by_text("Đang có rất nhiều người truy cập")).to_be_visible()
    expect(page.get_by_text("Bạn không cần bấm lại hay tải lại trang")).to_be_visible()
    expect(page.get_by_role("heading", level=1, name="Tuần 1, lượt thi 1")).to_be_visible()
    expect(page.locator("#waiting")).to_be_hidden()
    hand_in_after_busy(page, at_first)
    assert len(turned_away) == 2
    assert len(person.call(hall, "GET", "/me")["attempts"]) == 1


def hand_in_after_busy(page: Page, at_first: Callable[[Route], None]) -> None:
    page.route("**/submission", at_first)
    hand_in(page)
    expect(page.get_by_text("Bài chưa đến máy chủ. Trang tự nộp lại")).to_be_visible()
    result(page)


def test_impatient_taps_on_a_slow_line_do_no_harm(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    person = new_person()
    enter(page, person, "#/me")
    line = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 600, "downloadThroughput": 20_000, "uploadThroughput": 10_000}
    line.send("Network.emulateNetworkConditions", slow)
    press_blindly(page.get_by_role("button", name="Bắt đầu lượt thi"), times=3)
    expect(page.get_by_role("heading", level=1, name="Tuần 1, lượt thi 1")).to_be_visible()
    look_over(page)
    press_blindly(page.locator("#submit"), times=3)
    result(page)
    attempts = person.call(hall, "GET", "/me")["attempts"]
    assert [attempt["status"] for attempt in attempts] == ["submitted"]


# -- devices and tabs


def test_answers_are_sent_at_once_when_the_page_is_left(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    person = new_person()
    attempt = sit(page, person, hall, enter)
    choose(option(page, 1))
    page.goto("about:blank")
    wait_for(
        lambda: saved(person, hall, attempt), 15, "saving while the page goes"
    )  # it is gone: nothing else saves


def test_a_closed_browser_comes_back_with_every_answer_and_mark(
    hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter
) -> None:
    device = phone()
    page, person = device.new_page(), new_person()
    attempt = sit(page, person, hall, enter)
    choose(option(page, 3))
    press(page.get_by_role("button", name="Đánh dấu xem lại câu 4"))
    page.get_by_label("Bao nhiêu người trả lời đúng tất cả?").fill("12")
    page.close()

    again = device.new_page()
    enter(again, person, f"#/paper/{attempt}")
    expect(option(again, 3)).to_be_checked()
    expect(again.get_by_role("button", name="Đánh dấu xem lại câu 4")).to_have_attribute("aria-pressed", "true")
    expect(again.get_by_label("Bao nhiêu người trả lời đúng tất cả?")).to_have_value("12")


def test_a_dead_phone_costs_nothing_that_was_saved(
    hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter
) -> None:
    person = new_person()
    first = phone().new_page()
    sit(first, person, hall, enter)
    choose(option(first, 2))
    expect(first.locator("#save")).to_have_text(re.compile("^Đã lưu lúc"))

    second = phone().new_page()
    enter(second, person, "#/me")
    press(second.get_by_role("button", name="Làm tiếp bài đang làm dở"))
    expect(second.get_by_text("Đã trả lời 1/5")).to_be_visible()


def test_two_tabs_show_the_same_paper(hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter) -> None:
    device = phone()
    one, two, person = device.new_page(), device.new_page(), new_person()
    attempt = sit(one, person, hall, enter)
    enter(two, person, f"#/paper/{attempt}")
    show_questions(two, "Tất cả")
    choose(option(one, 1))
    expect(option(two, 1)).to_be_checked()
    choose(option(two, 2))
    expect(one.get_by_text("Đã trả lời 2/5")).to_be_visible()
    hand_in(one)
    result(one)
    expect(two.get_by_role("heading", level=1, name="Kết quả lượt thi")).to_be_visible()


# -- keyboards


@pytest.mark.no_hands
def test_a_whole_paper_can_be_sat_by_keyboard_alone(
    hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter
) -> None:
    page, person = phone().new_page(), new_person()
    page.goto(f"{hall.site_url}/#/sign-in")
    page.get_by_label("Số căn cước công dân").focus()
    keys = page.keyboard
    keys.type(person.citizen_id)
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name=re.compile("^Xin chào"))).to_be_focused()

    def tab_to(text: str) -> None:
        for _ in range(40):
            keys.press("Tab")
            if text in page.evaluate("document.activeElement.textContent"):
                return
        raise AssertionError(f"{text} cannot be reached by Tab")

    tab_to("Bắt đầu lượt thi")
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Tuần 1, lượt thi 1")).to_be_focused()
    for number in range(1, 6):  # one by one, as on every phone
        expect(page.locator(f"#q{number}")).to_be_visible()
        expect(page.locator(f"#q{number % 5 + 1}")).to_be_hidden()
        if number == 1:
            page.locator("#q1 legend").focus()
        expect(page.locator(f"#q{number} legend")).to_be_focused()
        keys.press("Tab")
        keys.press("Space")
        tab_to("Câu sau")
        keys.press("Enter")
    expect(page.get_by_text("Đã trả lời 5/5")).to_be_visible()
    keys.press("Tab")
    keys.type("7")
    tab_to("Kiểm tra và nộp bài")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Kiểm tra trước khi nộp")).to_be_focused()
    tab_to("Nộp bài")
    keys.press("Enter")
    result(page)
    expect(page.locator("#score")).to_have_text(re.compile(r"^\d/5$"))


def test_a_prediction_that_is_fixed_is_shown_and_not_asked_again(
    hall: Stack, page: Page, new_person: NewPerson, enter: Enter
) -> None:
    person = new_person()
    body = {"answers": {"1": ["A"]}, "prediction": 1_500, "revision": 0}
    person.call(hall, "POST", f"/attempts/{person.start(hall)}/submission", body)
    enter(page, person, f"#/paper/{person.start(hall)}")
    expect(page.locator("#prediction")).to_have_count(0)
    look_over(page)
    expect(page.get_by_text("Số dự đoán của bạn trong tuần này đã được ghi nhận: 1.500.")).to_be_visible()
    expect(page.get_by_text("Bạn chưa trả lời câu dự đoán")).to_have_count(0)
