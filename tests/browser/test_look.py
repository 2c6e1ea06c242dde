"""The organiser's look on the page, and the page for a ceremony's screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from benchmarks.first_page import MOBILE_LINE
from tests.browser import published
from tests.browser.hands import press
from tests.browser.test_screens import AXE, SHIFTS, findings
from tests.stack import Stack

WIDE = {"width": 1440, "height": 900}
STAGE = {"width": 1920, "height": 1080}

pytestmark = pytest.mark.no_hands


def dressed(page: Page, hall: Stack, **look: Any) -> list[str]:
    """The page with an organiser's look; returns the pictures that it fetches from then on."""
    published.publish(page, published.look(hall.site("/data/contest.json").json(), **look))
    fetched: list[str] = []
    page.on(
        "request", lambda asked: fetched.append(asked.url.rpartition("/")[2]) if ".png" in asked.url else None
    )
    return fetched


def test_a_phone_shows_the_emblem_the_colour_and_the_way_to_the_portal_and_fetches_no_banner(
    hall: Stack, page: Page
) -> None:
    fetched = dressed(page, hall)
    page.goto(hall.site_url)
    organiser = page.locator(".organiser")
    expect(organiser.get_by_role("link")).to_have_attribute("href", "https://nghean.gov.vn/")
    expect(organiser.locator("img")).to_have_js_property("naturalWidth", 192)
    expect(page.get_by_role("contentinfo").get_by_role("link").first).to_have_attribute(
        "href", "https://nghean.gov.vn/"
    )
    expect(page.locator("header")).to_have_css("background-color", "rgb(29, 95, 138)")
    page.wait_for_load_state("networkidle")
    assert set(fetched) == {"emblem.png"}


def test_a_wide_screen_shows_the_banner_and_nothing_moves_when_it_comes(
    hall: Stack, phone: Callable[..., BrowserContext]
) -> None:
    device = phone(viewport=WIDE)
    device.add_init_script(SHIFTS)
    page = device.new_page()
    dressed(page, hall)
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", MOBILE_LINE)
    page.goto(hall.site_url)
    expect(page.locator(".banner")).to_have_js_property("naturalWidth", 1680)
    expect(page.locator("header .emblem")).to_have_js_property("naturalWidth", 192)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shifted") <= 0.02  # Lighthouse calls 0.1 good


@pytest.mark.parametrize("brand", ["#1d5f8a", "#8a6100", "#111111"])
def test_everything_can_be_read_in_the_organisers_colour(brand: str, hall: Stack, page: Page) -> None:
    dressed(page, hall, brand=brand)
    page.goto(hall.site_url)
    expect(page.locator(".status")).to_be_visible()
    page.evaluate(AXE)
    for contrast in ("no-preference", "more"):
        for colors in ("light", "dark"):
            page.emulate_media(color_scheme=colors, contrast=contrast, reduced_motion="reduce")  # type: ignore[arg-type]
            assert findings(page, ["color-contrast"]) == [], (colors, contrast)


def test_a_contest_without_a_look_keeps_the_pages_own(hall: Stack, page: Page) -> None:
    page.goto(hall.site_url)
    expect(page.locator(".organiser")).to_contain_text("Ban Tổ chức kiểm thử")
    expect(page.locator(".organiser img, .organiser a, .banner, header .emblem")).to_have_count(0)
    expect(page.locator("header")).to_have_css("background-color", "rgb(157, 36, 20)")


WAKE = """
    window.asked = [];
    Object.defineProperty(navigator, "wakeLock", { value: {
        request: async (what) => {
            asked.push(what);
            return { release: async () => asked.push("released") };
        } } });
"""


def figures(hall: Stack, **told: Any) -> dict[str, Any]:
    """Live figures of this minute."""
    files = published.live(hall.site("/data/units.json").json())
    return {"live.json": {**files["live.json"], "as_of": datetime.now(UTC).isoformat(), **told}}


def stage(phone: Callable[..., BrowserContext], hall: Stack, **options: Any) -> Page:
    """A screen of a ceremony with live figures."""
    device = phone(viewport=STAGE, **options)
    device.add_init_script(WAKE)
    page = device.new_page()
    published.publish(page, figures(hall))
    return page


def test_the_stage_shows_countdown_participation_and_blocs_large_at_once_and_stays_awake(
    hall: Stack, phone: Callable[..., BrowserContext]
) -> None:
    page = stage(phone, hall)
    page.goto(hall.site_url)
    press(page.get_by_role("link", name="Màn hình trực tiếp cho lễ phát động"))
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"\d\d:\d\d"))
    expect(page.locator(".counts")).to_contain_text("427.277")
    blocs = page.get_by_role("region", name="Số người dự thi theo khối").get_by_role("listitem")
    expect(blocs).to_have_text(["Sở ngành3.630", "Trường học1.560"])
    assert page.evaluate("document.documentElement.scrollHeight") <= STAGE["height"]
    sizes = page.evaluate(
        "[...document.querySelectorAll('main h1, main p, dt, dd, .bars span, .bars strong')]"
        ".filter((one) => one.offsetParent).map((one) => parseFloat(getComputedStyle(one).fontSize))"
    )
    assert min(sizes) >= 26  # pixels of 1,080: a letter's height is a fiftieth of the screen's
    expect(page.get_by_role("banner")).to_be_hidden()
    assert page.evaluate("window.asked") == ["screen"]
    press(page.get_by_role("link", name="Trang chủ"))
    expect(page.get_by_role("banner")).to_be_visible()
    assert page.evaluate("window.asked") == ["screen", "released"]


def test_the_stage_keeps_its_figures_when_the_line_is_lost_and_says_of_when_they_are(
    hall: Stack, phone: Callable[..., BrowserContext]
) -> None:
    page = stage(phone, hall)
    page.clock.install()
    page.goto(f"{hall.site_url}/#/truc-tiep")
    expect(page.locator(".counts")).to_contain_text("427.277")
    expect(page.get_by_text("cập nhật mỗi phút")).to_be_visible()
    page.context.set_offline(True)
    page.route("**/data/live.json", lambda route: route.abort())
    page.clock.run_for(150_000)
    expect(page.locator(".counts")).to_contain_text("427.277")
    expect(page.get_by_text("Đang chờ kết nối. Số liệu lúc ")).to_be_visible()
    page.context.set_offline(False)
    page.unroute("**/data/live.json")
    published.publish(page, figures(hall, people=430_000))
    page.clock.run_for(150_000)
    expect(page.locator(".counts")).to_contain_text("430.000")


def test_the_stage_counts_down_without_figures_where_none_may_be_told(
    hall: Stack, phone: Callable[..., BrowserContext]
) -> None:
    page = stage(phone, hall)
    published.publish(page, {"live.json": None})
    page.goto(f"{hall.site_url}/#/truc-tiep")
    expect(page.get_by_role("timer")).not_to_be_empty()
    expect(page.locator(".counts")).to_be_hidden()


def test_the_bars_move_calmly_and_not_at_all_where_people_asked_for_no_motion(
    hall: Stack, phone: Callable[..., BrowserContext]
) -> None:
    for motion, seconds in (("no-preference", "1s"), ("reduce", "0s")):
        page = stage(phone, hall, reduced_motion=motion)
        page.goto(f"{hall.site_url}/#/truc-tiep")
        expect(page.locator(".screen .bars .value").first).to_have_css("transition-duration", seconds)


def test_the_way_to_the_stage_is_shown_on_wide_screens_alone(hall: Stack, page: Page) -> None:
    page.goto(hall.site_url)
    expect(page.locator(".status")).to_be_visible()
    expect(page.get_by_text("Màn hình trực tiếp cho lễ phát động")).to_be_hidden()
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    expect(page.get_by_text("Màn hình trực tiếp cho lễ phát động")).to_be_visible()
