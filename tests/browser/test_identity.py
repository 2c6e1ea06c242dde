"""Registering with an identity provider, on the deployed stack and in Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chalicelib.services.people.provider_sign_in import FAILURES
from infra.local.ministack import free_port
from tests.browser.hands import choose, press
from tests.browser.people import PASSWORD, solved
from tests.browser.registering import fill_password, fill_person, go_on, send
from tests.identity_table import as_toml, identity
from tests.provider import PERSON, Provider, keep_secret, provider
from tests.stack import Stack, aside, contest_folder, running, wait_for

BEGIN = "Đăng ký bằng VNeID"


@dataclass(frozen=True)
class Desk:
    """A stack whose contest names ``run``; each test has a ``sub`` of its own there."""

    stack: Stack
    run: Provider

    def citizen_id(self, sub: str) -> str:
        return f"040090{int(sub):06}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder, port = tmp_path_factory.mktemp("identity"), free_port()
    people = {f"{n}": {**PERSON, "SoDinhDanh": f"040090{n:06}"} for n in range(100)}
    with provider(people) as run:
        contest = contest_folder(folder / "contest", id="identity", weeks=1, seconds=7200, proof="on")
        told = identity(run.url, f"http://127.0.0.1:{port}/", require=True, fallback="unverified")
        with (contest / "contest.toml").open("a", encoding="utf-8") as file:
            file.write(as_toml(told))
        with running(contest, folder / "state", "--port", str(port)) as stack:
            keep_secret(stack)
            yield Desk(stack, run)


@pytest.fixture(scope="module")
def new() -> Callable[[], str]:
    """Somebody at the provider who has not been here."""
    numbers = count(1)
    return lambda: str(next(numbers))


def begin(page: Page, desk: Desk) -> None:
    """To the provider's page."""
    page.goto(f"{desk.stack.site_url}/#/register")
    press(page.get_by_role("button", name=BEGIN))
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()


def agree(page: Page, sub: str) -> None:
    press(page.get_by_role("button", name=sub, exact=True).first)


def expect_proved(page: Page, desk: Desk, sub: str) -> None:
    expect(page.get_by_text("VNeID đã xác thực bạn là:")).to_be_visible()
    expect(page.get_by_text(re.sub("(.{4})", r"\1 ", desk.citizen_id(sub)).strip())).to_be_visible()
    expect(page.get_by_text("06/5/1990")).to_be_visible()


def prove(page: Page, desk: Desk, sub: str) -> None:
    """To the provider's page and back."""
    begin(page, desk)
    agree(page, sub)
    expect_proved(page, desk, sub)


def fill_in(page: Page, password: str = PASSWORD) -> None:
    """From the first step on, where all is proved or filled in."""
    go_on(page, 2)
    choose(page.get_by_label("Công dân khác"))
    go_on(page, 3)
    fill_password(page, password)
    go_on(page, 4)
    send(page)


def participant(page: Page) -> dict[str, Any]:
    expect(page.get_by_role("heading", level=1, name=re.compile("^Xin chào"))).to_be_visible()
    session = json.loads(page.evaluate("localStorage.getItem('cuoc-thi:session')"))
    return dict(session["participant"])


def test_a_person_registers_with_the_provider_and_is_verified(
    desk: Desk, page: Page, new: Callable[[], str]
) -> None:
    sub = new()
    prove(page, desk, sub)
    assert "code" not in page.url
    expect(page.get_by_label("Họ và tên")).to_have_count(0)
    fill_in(page)
    person = participant(page)
    assert (person["full_name"], person["verified"]) == ("NGUYỄN VĂN AN", "provider")
    credentials = {"citizen_id": desk.citizen_id(sub), "password": PASSWORD}
    later = aside(lambda: desk.stack.call("POST", "/sessions", credentials))
    assert later.json()["participant"]["verified"] == "provider"
    assert not page.evaluate("Object.keys(localStorage).some(key => key.includes('flow:'))")


@pytest.mark.no_hands
def test_a_reload_in_the_middle_and_another_language_lose_nothing(
    desk: Desk, page: Page, new: Callable[[], str]
) -> None:
    sub = new()
    prove(page, desk, sub)
    exchanges = len(desk.run.exchanged)
    page.reload()
    expect_proved(page, desk, sub)
    go_on(page, 2)
    choose(page.get_by_label("Công dân khác"))
    go_on(page, 3)
    fill_password(page, "giữ nguyên nhé")
    press(page.get_by_role("button", name="English"))
    expect(page.get_by_label("Password", exact=True)).to_have_value("giữ nguyên nhé")
    press(page.get_by_role("button", name="Tiếng Việt"))
    go_on(page, 4)
    expect(page.locator(".checked").get_by_text("NGUYỄN VĂN AN")).to_be_visible()
    send(page)
    assert participant(page)["verified"] == "provider"
    assert len(desk.run.exchanged) == exchanges  # the code was exchanged once


@pytest.mark.no_hands
def test_two_tabs_do_not_get_into_each_others_way(desk: Desk, page: Page, new: Callable[[], str]) -> None:
    one, two, other = new(), new(), page.context.new_page()
    begin(page, desk)
    begin(other, desk)
    agree(other, two)
    expect_proved(other, desk, two)
    agree(page, one)
    expect_proved(page, desk, one)
    fill_in(page)
    assert participant(page)["verified"] == "provider"
    fill_in(other)
    assert participant(other)["verified"] == "provider"


@pytest.mark.no_hands
def test_a_return_in_a_new_window_of_the_same_browser_works(
    desk: Desk, page: Page, new: Callable[[], str]
) -> None:
    sub, window = new(), page.context.new_page()
    begin(page, desk)
    window.goto(page.url)
    page.close()
    agree(window, sub)
    expect_proved(window, desk, sub)
    fill_in(window)
    assert participant(window)["verified"] == "provider"


@pytest.mark.no_hands
def test_a_return_in_another_browser_says_so_and_offers_to_begin_again(
    desk: Desk, phone: Callable[..., BrowserContext], new: Callable[[], str]
) -> None:
    sub, page, other = new(), phone().new_page(), phone().new_page()
    begin(page, desk)
    other.goto(page.url)
    agree(other, sub)
    expect(other.get_by_text("được bắt đầu ở một trình duyệt khác")).to_be_visible()
    press(other.get_by_role("button", name="Bắt đầu lại"))
    agree(other, sub)
    expect_proved(other, desk, sub)


@pytest.mark.no_hands
def test_who_does_not_agree_is_told_that_nothing_was_sent(desk: Desk, page: Page) -> None:
    begin(page, desk)
    press(page.get_by_role("button", name="Deny"))
    expect(page.get_by_text("Chưa có gì được gửi cho cuộc thi.")).to_be_visible()
    press(page.get_by_role("button", name="Bắt đầu lại"))
    expect(page.get_by_role("heading", name="Authorize Client")).to_be_visible()


@pytest.mark.no_hands
def test_without_the_provider_there_is_no_form_where_it_is_required(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.stack.site_url}/#/register")
    expect(page.get_by_role("button", name=BEGIN)).to_be_visible()
    expect(page.get_by_label("Họ và tên")).to_have_count(0)
    application = {
        "citizen_id": "040090000500", "full_name": "Nguyễn Văn An", "date_of_birth": "1990-05-06",
        "gender": "male",
        "phone": "0912345678", "category": "encouraged", "password": PASSWORD, "consent": True,
    }  # fmt: skip
    refused = aside(lambda: desk.stack.call("POST", "/participants", application)).json()
    assert [fault["field"] for fault in refused["errors"]] == ["ticket"]


@pytest.mark.no_hands
def test_while_the_provider_is_down_people_register_unproven_and_verify_later(
    desk: Desk, page: Page, new: Callable[[], str]
) -> None:
    """Runs last: the breaker stays open for half a minute."""
    sub, waiting = new(), page.context.new_page()
    begin(page, desk)
    begin(waiting, desk)
    agree(page, sub)
    expect_proved(page, desk, sub)
    state = parse_qs(urlsplit(waiting.url).query)["state"][0]
    desk.run.down = True
    try:
        waiting.goto(f"{desk.stack.site_url}/?code=anything&state={state}")
        offered = waiting.get_by_role("link", name="Đăng ký không xác thực")
        for failures in range(1, FAILURES):
            expect(waiting.get_by_text("Hệ thống định danh đang gián đoạn")).to_be_visible()
            expect(offered).to_have_count(0)  # it would be refused
            asked = waiting.expect_response(lambda sent: sent.url.endswith("/sign-in"))
            with asked as answer:
                press(waiting.get_by_role("button", name="Thử lại"))
            assert answer.value.json()["lasting"] is (failures + 1 == FAILURES)
        press(offered)
        fill_person(waiting, desk.citizen_id(sub), "Nguyễn Văn An", "6", "5")
        fill_in(waiting)
        assert participant(waiting)["verified"] == "none"
    finally:
        desk.run.down = False
    waiting.evaluate("localStorage.removeItem('cuoc-thi:session')")
    page.reload()  # the kept answer, although the breaker is open
    expect(page.get_by_text("Số căn cước này đã được đăng ký mà chưa xác thực.")).to_be_visible()
    page.locator("#link-password").fill(PASSWORD)
    press(page.get_by_role("button", name="Xác thực tài khoản đã có"))
    assert participant(page)["verified"] == "provider"


def take_down(desk: Desk) -> None:
    """Opens the breaker, unless it still is."""
    begun = desk.stack.call("GET", "/sign-in").json()
    if begun.get("code") == "provider_down":
        return
    state = parse_qs(urlsplit(begun["url"]).query)["state"][0]
    desk.run.down = True
    try:
        for _ in range(6):
            sent = {"flow": begun["flow"], "code": "x", "state": state}
            assert desk.stack.call("POST", "/sign-in", sent).json()["code"] == "provider_down"
    finally:
        desk.run.down = False


def a_stranger_registers(desk: Desk, citizen_id: str) -> None:
    """Unproven, as people may from the moment when the provider goes down, for half an hour."""
    take_down(desk)
    application = {
        "citizen_id": citizen_id,
        "full_name": "Ai Đó Khác",
        "date_of_birth": "1990-01-01",
        "gender": "male",
        "phone": "0987654321",
        "category": "encouraged",
        "password": "mật khẩu của kẻ khác",
        "consent": True,
        "proof": solved(desk.stack.call("GET", "/challenge").json()),
    }
    desk.stack.call("POST", "/participants", application).raise_for_status()
    wait_for(lambda: desk.stack.call("GET", "/sign-in").ok, 60, "closing the breaker")


@pytest.mark.no_hands
def test_an_owner_takes_over_a_number_that_a_stranger_has_registered(
    desk: Desk, page: Page, new: Callable[[], str]
) -> None:
    sub = new()
    a_stranger_registers(desk, desk.citizen_id(sub))
    begin(page, desk)
    agree(page, sub)
    expect(page.get_by_text("Nếu bạn chưa từng đăng ký, hãy điền mẫu dưới đây")).to_be_visible()
    fill_in(page)
    expect(page.get_by_role("heading", level=1, name=re.compile("^Xin chào"))).to_be_visible(timeout=60_000)
    person = participant(page)
    assert (person["full_name"], person["verified"]) == ("NGUYỄN VĂN AN", "provider")
    credentials = {"citizen_id": desk.citizen_id(sub), "password": "mật khẩu của kẻ khác"}
    assert aside(lambda: desk.stack.call("POST", "/sessions", credentials)).status_code == 401
