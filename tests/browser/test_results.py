"""The published results: the own unit, ties, units without people, the course over the weeks, many units."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import published
from tests.browser.hands import press
from tests.browser.people import Person
from tests.stack import Stack

WIDE = {"width": 1440, "height": 900}


def course(hall: Stack, count: int = 12) -> Any:
    return published.course(hall.site("/data/units.json").json(), count)


def test_the_own_unit_and_the_search_stand_before_the_prizes_with_the_course_over_the_weeks(
    hall: Stack, page: Page, new_person: Callable[[], Person]
) -> None:
    published.publish(page, course(hall))
    person = new_person()
    person.opens(page, hall.site_url, "#/results/1")
    own = page.get_by_role("region", name="Đơn vị của bạn")
    expect(own.get_by_role("row")).to_have_count(2)
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    assert headings.index("Đơn vị của bạn") < headings.index("Giải cá nhân")
    press(own.get_by_text("Diễn biến các tuần"))
    lines = own.get_by_role("listitem")
    expect(lines).to_have_count(3)
    expect(lines.first).to_contain_text("Tuần 1")
    expect(lines.last).to_contain_text("điểm")
    press(page.get_by_text("Số người dự thi qua các tuần"))
    expect(page.get_by_text("213.638 người · 1.011.700 lượt")).to_be_visible()


@pytest.mark.no_hands
def test_equal_units_share_a_place_and_units_without_people_are_listed_apart(hall: Stack, page: Page) -> None:
    files = course(hall)
    published.publish(page, files)
    page.goto(f"{hall.site_url}/#/results/1")
    rows = page.get_by_role("region", name="Xếp hạng đơn vị").get_by_role("row")
    units = files["results/week-1.json"]["units"]
    expect(rows).to_have_count(1 + len(units) - 2)
    for number in (4, 5):
        expect(rows.nth(number).get_by_role("cell").first).to_have_text("Hạng =4")
        expect(rows.nth(number)).to_contain_text("đồng hạng")
    expect(rows.nth(6).get_by_role("cell").first).to_have_text("Hạng 6")
    expect(page.get_by_text("=: đồng hạng")).to_be_visible()
    apart = page.locator("details").filter(has_text="không xếp hạng (2)")
    press(apart.locator("summary"))
    expect(apart.get_by_role("listitem")).to_have_text(sorted(unit["name"] for unit in units[-2:]))
    page.get_by_label("Tìm đơn vị").fill("do luong 8")
    found = page.get_by_role("region", name="Đơn vị tìm thấy").get_by_role("row")
    expect(found.nth(1)).to_contain_text("Chưa có người dự thi")


@pytest.mark.no_hands
def test_a_phone_shows_cards_and_a_wide_screen_a_table(
    hall: Stack, phone: Callable[..., BrowserContext]
) -> None:
    files = course(hall)
    for size, display in ((None, "grid"), (WIDE, "table-row")):
        page = phone(**({"viewport": size} if size else {})).new_page()
        published.publish(page, files)
        page.goto(f"{hall.site_url}/#/results/final")
        row = page.get_by_role("region", name="Xếp hạng đơn vị").get_by_role("row").nth(1)
        expect(row).to_have_css("display", display)
        label = row.get_by_text("Tổng số người dự thi ít nhất một lần")
        expect(label).to_be_visible() if size is None else expect(label).to_be_hidden()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.no_hands
def test_of_1500_units_fifty_are_drawn_until_somebody_asks_for_more_and_each_is_found(
    hall: Stack, page: Page
) -> None:
    published.publish(page, course(hall, 1500))
    page.goto(f"{hall.site_url}/#/results/1")
    ranking = page.locator("section[aria-labelledby=units]")
    expect(ranking.locator("tbody tr")).to_have_count(50)
    expect(ranking.get_by_role("status")).to_have_text("Hiện 50/1.498 đơn vị")
    press(ranking.get_by_role("button", name="Xem thêm"))
    expect(ranking.locator("tbody tr")).to_have_count(100)
    page.get_by_label("Tìm đơn vị").fill("do luong 1490")
    found = page.get_by_role("region", name="Đơn vị tìm thấy").locator("tbody tr")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("Đô Lương 1490")
    page.get_by_label("Tìm đơn vị").fill("không có đâu")
    expect(page.get_by_text("Không có đơn vị nào khớp.")).to_be_visible()
    expect(found).to_have_count(0)


@pytest.mark.no_hands
def test_a_week_that_cannot_be_read_is_told_in_the_course_and_asked_for_again(hall: Stack, page: Page) -> None:
    published.publish(page, course(hall))
    page.add_init_script("Math.random = () => 0")  # no pauses between the tries
    page.route("**/data/results/week-3.json", lambda route: route.abort())
    page.goto(f"{hall.site_url}/#/results/1")
    press(page.get_by_text("Số người dự thi qua các tuần"))
    again = page.get_by_role("button", name="Thử lại")
    expect(again).to_be_visible()
    page.unroute("**/data/results/week-3.json")
    published.publish(page, {"results/week-3.json": course(hall)["results/week-3.json"]})
    press(again)
    expect(page.get_by_text("142.425 người")).to_be_visible()
