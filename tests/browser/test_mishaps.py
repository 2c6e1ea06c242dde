"""What happens to people in the middle of a paper, and must cost them nothing."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import Person
from tests.stack import Stack

HOUR_MS = 3_600_000
CLOCK_SET_BY_HAND = """
    window.clockSetBy = 0;
    const real = Date.now.bind(Date);
    Date.now = () => real() + window.clockSetBy;
"""

Enter = Callable[[Page, Person, str], None]
NewPerson = Callable[[], Person]


def sit(page: Page, person: Person, stack: Stack, enter: Enter) -> str:
    """Opens a new paper on the page."""
    attempt = person.start(stack)
    enter(page, person, f"#/paper/{attempt}")
    expect(page.get_by_role("heading", level=1, name="Tuần 1, lượt thi 1")).to_be_visible()
    return attempt


def test_a_clock_set_forward_does_not_hand_the_paper_in(
    hall: Stack, phone: Callable[..., BrowserContext], new_person: NewPerson, enter: Enter
) -> None:
    device = phone()
    device.add_init_script(CLOCK_SET_BY_HAND)
    page, person = device.new_page(), new_person()
    attempt = sit(page, person, hall, enter)
    for jump in (3 * HOUR_MS, -3 * HOUR_MS):
        with page.expect_response("**/api/contest"):
            page.evaluate("jump => { window.clockSetBy += jump; }", jump)
        left = page.locator(".exam .countdown")
        expect(left).to_contain_text("01:5")
    assert person.call(hall, "GET", f"/attempts/{attempt}")["status"] == "open"


def test_a_clock_wrong_by_an_hour_changes_nothing(
    hall: Stack, phone: Callable[..., BrowserContext], new_person: NewPerson, enter: Enter
) -> None:
    device = phone()
    device.add_init_script(CLOCK_SET_BY_HAND.replace("clockSetBy = 0", f"clockSetBy = {HOUR_MS}"))
    page = device.new_page()
    sit(page, new_person(), hall, enter)
    expect(page.locator(".exam .countdown")).to_contain_text("01:5")
