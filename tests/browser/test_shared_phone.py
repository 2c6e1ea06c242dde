"""Two people, one phone: each sees who is signed in, and neither gets or sends anything of the other's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from tests.browser.hands import press
from tests.browser.long_paper import (
    answer_all,
    hand_in,
    long_papers,
    paper_shown,
    right_options,
    server_has,
    shown,
)
from tests.browser.people import PASSWORD, Person
from tests.stack import Stack, wait_for

Phone = Callable[..., BrowserContext]
AN, BINH = "Trần Văn An", "Lê Thị Bình"
NOT_YOU = "Không phải bạn?"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with long_papers(tmp_path_factory.mktemp("shared")) as started:
        yield started


@pytest.fixture(scope="module")
def people(stack: Stack) -> Callable[[], tuple[Person, Person]]:
    numbers = iter(range(1, 1000, 2))

    def register() -> tuple[Person, Person]:
        number = next(numbers)
        an = Person.register(stack, number, name=AN, unit="SO-A", proof=False)
        return an, Person.register(stack, number + 1, name=BINH, proof=False)

    return register


def sign_in(page: Page, person: Person) -> None:
    page.get_by_label("Số căn cước công dân").fill(person.citizen_id)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Đăng nhập", exact=True))
    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()


def opens_paper(page: Page, stack: Stack, person: Person) -> str:
    """The id of the attempt that the person starts and sees."""
    attempt = person.start(stack)
    person.opens(page, stack.site_url, f"#/paper/{attempt}")
    paper_shown(page)
    return attempt


def hand_over(page: Page, name: str) -> None:
    """The way out that every screen has."""
    press(page.get_by_role("link", name=NOT_YOU))
    expect(
        page.get_by_role("heading", level=1, name=f"tài khoản của {name}")
    ).to_be_visible()  # not the one before
    press(page.get_by_role("button", name="Đăng xuất", exact=True))
    expect(page.get_by_role("heading", level=1, name="Đăng nhập")).to_be_visible()


class Sent:
    """The saves and hand-ins that leave a page, with the participant id of their token."""

    def __init__(self, page: Page) -> None:
        self.sent: list[tuple[str, str]] = []
        page.on("request", self._note)

    def _note(self, request: Request) -> None:
        attempt = re.search(r"/api/attempts/([\w-]+)/(answers|submission)$", request.url)
        if attempt:
            self.sent.append((request.headers.get("authorization", ""), attempt[1]))


def of(person: Person) -> str:
    return str(person.session["participant"]["participant_id"])


def refused(route: Route) -> None:
    route.abort("internetdisconnected")


def test_who_is_signed_in_stands_on_every_screen_with_the_way_out(
    stack: Stack, people: Callable[[], tuple[Person, Person]], page: Page
) -> None:
    an, _ = people()
    attempt = an.start(stack)
    an.opens(page, stack.site_url, "#/me")
    who = page.locator("#who")
    for screen in ("#/me", "#/", f"#/paper/{attempt}", "#/guide", "#/results", "#/receipt", "#/bank"):
        page.goto(f"{stack.site_url}/{screen}")
        expect(who).to_contain_text(f"{AN} · Sở A")
        expect(page.locator("#main[aria-busy]")).to_have_count(0)
        link = who.get_by_role("link", name=NOT_YOU)
        expect(link).to_be_in_viewport()
        box = link.bounding_box()
        assert box
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= 360


def test_nobody_is_named_where_nobody_is_signed_in(stack: Stack, page: Page) -> None:
    page.goto(stack.site_url)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("#who")).to_be_hidden()


def test_somebody_who_goes_back_from_the_question_stays_signed_in(
    stack: Stack, people: Callable[[], tuple[Person, Person]], page: Page
) -> None:
    an, _ = people()
    opens_paper(page, stack, an)
    press(page.get_by_role("link", name=NOT_YOU))
    press(page.get_by_role("button", name="Không đăng xuất, quay lại"))
    paper_shown(page)


def test_answers_that_could_not_be_sent_wait_for_their_owner_while_another_sits(
    stack: Stack, people: Callable[[], tuple[Person, Person]], page: Page
) -> None:
    """A, cut off in the middle of a paper, hands the phone to B, who sits a paper too; then A comes back."""
    an, binh = people()
    sent = Sent(page)
    mine = opens_paper(page, stack, an)
    right = right_options(stack, an, mine)
    page.route("**/api/attempts/*/*", refused)
    answer_all(page, right, range(1, 8))
    hand_over(page, AN)
    assert server_has(stack, an, mine) == {}
    page.unroute("**/api/attempts/*/*")

    sign_in(page, binh)
    expect(page.locator("#who")).to_contain_text(BINH)
    expect(page.get_by_text(AN)).to_have_count(0)
    page.goto(f"{stack.site_url}/#/paper/{mine}")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("input:checked").count() == 0
    page.goto(f"{stack.site_url}/#/me")
    press(page.get_by_role("button", name="Bắt đầu lượt thi"))
    paper_shown(page)
    theirs = page.url.rpartition("/")[2]
    assert all(shown(page, number) == [] for number in range(1, 8))
    answer_all(page, right_options(stack, binh, theirs), range(1, 4))
    hand_over(page, BINH)
    wait_for(lambda: len(server_has(stack, binh, theirs)) == 3, 30, "the answers of the second")
    assert server_has(stack, an, mine) == {}

    sign_in(page, an)
    press(page.get_by_role("button", name="Làm tiếp"))
    paper_shown(page)
    for number in range(1, 8):
        assert shown(page, number) == right[number]
    wait_for(lambda: len(server_has(stack, an, mine)) == 7, 60, "the answers that waited")
    assert len(server_has(stack, binh, theirs)) == 3
    hand_in(page)
    expect(page.locator("#score")).to_have_text("7/20")
    tokens = {attempt: {token for token, one in sent.sent if one == attempt} for attempt in (mine, theirs)}
    assert not tokens[mine] & tokens[theirs]


def test_a_paper_in_one_tab_gives_way_when_another_signs_in_in_the_next(
    stack: Stack, people: Callable[[], tuple[Person, Person]], phone: Phone
) -> None:
    an, binh = people()
    device = phone()
    first, second = device.new_page(), device.new_page()
    sent = Sent(first)
    mine = opens_paper(first, stack, an)
    right = right_options(stack, an, mine)
    first.route("**/api/attempts/*/*", refused)
    answer_all(first, right, range(1, 4))
    second.goto(f"{stack.site_url}/#/me")
    hand_over(second, AN)
    first.unroute("**/api/attempts/*/*")
    before = len(sent.sent)
    sign_in(second, binh)
    expect(first.locator("#who")).to_contain_text(BINH)
    expect(first.get_by_role("heading", level=1)).to_contain_text(BINH)
    first.evaluate("dispatchEvent(new Event('pagehide'))")
    first.evaluate("dispatchEvent(new Event('online'))")
    assert sent.sent[before:] == []
    assert server_has(stack, an, mine) == {}

    hand_over(first, BINH)
    sign_in(first, an)
    press(first.get_by_role("button", name="Làm tiếp"))
    paper_shown(first)
    wait_for(lambda: len(server_has(stack, an, mine)) == 3, 60, "the answers that waited")


def test_a_receipt_is_shown_to_its_owner_alone(
    stack: Stack, people: Callable[[], tuple[Person, Person]], page: Page
) -> None:
    an, binh = people()
    mine = opens_paper(page, stack, an)
    right = right_options(stack, an, mine)
    answer_all(page, right, range(1, 3))
    hand_in(page)
    expect(page.locator("#score")).to_be_visible()
    receipts = page.evaluate("() => Object.keys(localStorage).filter((key) => key.includes('receipt:'))")
    assert len(receipts) == 1
    page.goto(f"{stack.site_url}/#/receipt/{mine}")
    expect(page.locator("#receipt-text")).not_to_have_value("")
    hand_over(page, AN)
    for holder in (None, binh):
        if holder:
            sign_in(page, holder)
        page.goto(f"{stack.site_url}/#/receipt/{mine}")
        expect(page.locator("#receipt-text")).to_have_value("")
        expect(page.get_by_text("Tuần 1, lượt thi 1")).to_have_count(0)
        page.goto(f"{stack.site_url}/#/sign-in")
    kept: Any = json.loads(page.evaluate("key => localStorage.getItem(key)", receipts[0]))
    assert kept["openings"]["identity"]["participant_id"] == of(an)  # and it is still there for its owner


def test_who_signs_in_after_another_is_not_led_into_the_others_paper(
    stack: Stack, people: Callable[[], tuple[Person, Person]], page: Page
) -> None:
    an, binh = people()
    opens_paper(page, stack, an)
    page.evaluate("() => localStorage.removeItem('cuoc-thi:session')")
    page.reload()
    expect(page.get_by_role("heading", level=1, name="Đăng nhập")).to_be_visible()
    sign_in(page, binh)
    expect(page).to_have_url(re.compile(r"#/me$"))
