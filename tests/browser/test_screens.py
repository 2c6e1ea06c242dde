"""Every screen: nothing that keeps somebody out, nothing that sticks out, and light enough for a bad line."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from benchmarks.first_page import MOBILE_LINE
from chalicelib.domain.person import LONGEST_NAME, LONGEST_WORD
from tests.browser import published
from tests.browser.people import Person
from tests.browser.screens import SCREENS, Visit
from tests.stack import Stack

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROWEST = {"width": 320, "height": 640}  # also 1280 pixels at 400 %
MOST_BYTES = 60_000
MOST_REQUESTS = 12

PRESSED = (
    "practice_told",
    "register_mistakes",
    "paper_one",
    "result",
    "receipt",
    "commitments",
)  # all that is pressed on the way

pytestmark = pytest.mark.no_hands


@pytest.fixture(scope="module")
def sitting(hall: Stack) -> tuple[Person, str]:
    """Somebody of the widest name with a paper handed in and another one open."""
    widest = " ".join(["W" * LONGEST_WORD] * 3)[:LONGEST_NAME].strip()
    person = Person.register(hall, 5_000, name=widest)
    person.call(
        hall, "POST", f"/attempts/{person.start(hall)}/submission", {"answers": {"1": ["A"]}, "revision": 0}
    )
    return person, person.start(hall)


def findings(page: Page, only: list[str]) -> list[str]:
    """What axe calls serious or critical by the rules or tags ``only``."""
    found = page.evaluate("only => axe.run({ runOnly: only, resultTypes: ['violations'] })", only)
    return [
        f"{rule['id']} {node['target']}: {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


# Safari on a phone zooms into a field with smaller letters, and out again for nobody.
TOO_SMALL = """
    () => [...document.querySelectorAll("input:not([type=radio], [type=checkbox]), select, textarea")]
        .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16).map((field) => field.outerHTML)
"""


@pytest.mark.parametrize("name", SCREENS)
def test_nobody_is_kept_out(name: str, hall: Stack, phone: Callable[..., BrowserContext], sitting: Any) -> None:
    page = phone().new_page()
    SCREENS[name](Visit(page, hall, *sitting))
    page.evaluate(AXE)  # not as a script of the page: its policy would refuse that, rightly
    assert findings(page, TAGS) == []
    assert page.evaluate(TOO_SMALL) == []
    for contrast in ("no-preference", "more"):
        for colors in ("light", "dark"):
            page.emulate_media(color_scheme=colors, contrast=contrast, reduced_motion="reduce")  # type: ignore[arg-type]
            assert findings(page, ["color-contrast"]) == [], (colors, contrast)
    page.set_viewport_size(NARROWEST)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST["width"]


@pytest.mark.parametrize("hand", ["touch"])
@pytest.mark.parametrize("name", PRESSED)
def test_a_screen_can_be_reached_by_touch_too(
    name: str, hall: Stack, phone: Callable[..., BrowserContext], sitting: Any
) -> None:
    SCREENS[name](Visit(phone().new_page(), hall, *sitting))


def test_the_first_page_is_light_and_comes_from_one_place(hall: Stack, page: Page) -> None:
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(hall.site_url)
    expect(page.get_by_role("link", name="Vào thi")).to_be_visible()
    page.wait_for_load_state("networkidle")
    sizes = {answer.url: len(gzip.compress(answer.body(), 6)) for answer in answers if answer.status == 200}
    heads = sum(
        len(json.dumps(answer.headers)) for answer in answers
    )  # HTTP/2 packs them; here they count whole
    assert all(url.startswith(hall.site_url) for url in sizes)
    assert not [url for url in sizes if "/api/" in url]
    assert sum(sizes.values()) + heads <= MOST_BYTES
    assert len(answers) <= MOST_REQUESTS
    texts = [one for one in answers if one.url.endswith((".js", ".css"))]
    assert {one.headers.get("content-encoding") for one in texts} == {"gzip"}


SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { shifted += entry.hadRecentInput ? 0 : entry.value; }))
        .observe({ type: "layout-shift", buffered: true });
"""  # noqa: E501


def test_nothing_of_the_first_page_moves_while_it_loads(
    hall: Stack, phone: Callable[..., BrowserContext]
) -> None:
    # How fast it comes is measured by benchmarks/first_page.py, not tested: a test cannot know its machine.
    device = phone(service_workers="allow")
    device.add_init_script(SHIFTS)
    page = device.new_page()
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", MOBILE_LINE)
    page.goto(hall.site_url)
    expect(page.get_by_role("link", name="Vào thi")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.shifted") <= 0.02  # Lighthouse calls 0.1 good


def test_the_page_can_be_installed(hall: Stack, phone: Callable[..., BrowserContext]) -> None:
    page = phone(service_workers="allow").new_page()
    page.goto(hall.site_url)
    session = page.context.new_cdp_session(page)
    assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] in (
        [],
        [{"errorId": "in-incognito", "errorArguments": []}],  # as every test's profile is
    )
    assert session.send("Page.getAppManifest")["errors"] == []


def test_the_rules_to_print_have_their_own_style_under_the_sites_policy(
    hall: Stack, phone: Callable[..., BrowserContext]
) -> None:
    page = phone().new_page()
    answer = page.goto(f"{hall.site_url}/data/rules.html")
    assert answer
    assert "style-src 'self' 'sha256-" in answer.headers["content-security-policy"]
    expect(page.get_by_role("heading", level=1, name="THỂ LỆ")).to_have_css("text-align", "center")


def test_a_result_stands_as_provisional_with_the_end_of_complaints_or_recognised_and_with_its_corrections(
    hall: Stack, page: Page
) -> None:
    files = published.results(hall.site("/data/units.json").json())
    published.publish(page, files)
    page.goto(f"{hall.site_url}/#/results/1")
    expect(page.locator(".standing")).to_contain_text("Kết quả tạm thời")
    expect(page.locator(".standing")).to_contain_text("08:05 ngày 01/9/2026")
    correction = {"at": "2026-08-31T09:00:00+07:00", "reason": "Biên bản số 3", "code": "0123456789"}
    decided = {"decision": "12/QĐ-BTC", "decided_on": "2026-09-02"}
    final = {**files["results/final.json"], "recognised": decided, "corrections": [correction]}
    published.publish(page, {"results/final.json": final})
    page.goto(f"{hall.site_url}/#/results/final")
    expect(page.locator(".standing")).to_contain_text("đã được công nhận theo Quyết định số 12/QĐ-BTC")
    expect(page.locator(".standing")).not_to_contain_text("tạm thời")
    expect(page.locator(".standing")).to_contain_text("Biên bản số 3")
    facts = page.locator("dl.facts")
    for told in ("502.118", "31.950", "470.168"):
        expect(facts).to_contain_text(told)
    expect(page.get_by_text("Tổng số người dự thi ít nhất một lần").last).to_be_visible()


def test_units_of_units_are_shown_by_level_with_the_unit_above(hall: Stack, page: Page) -> None:
    units = hall.site("/data/units.json").json()
    told: Any = published.results(units)
    top, *rest = told["results/week-1.json"]["units"]
    leaves = [{**unit, "level": "leaf", "parent": top["code"], "prize": "", "note": ""} for unit in rest]
    told["results/week-1.json"]["units"] = [{**top, "level": "top"}, *leaves]
    published.publish(page, told)
    page.goto(f"{hall.site_url}/#/results/1")
    districts = page.get_by_role("region", name=re.compile("Xếp hạng đơn vị đầu mối")).locator("tbody tr")
    schools = page.get_by_role("region", name="Xếp hạng đơn vị cơ sở").locator("tbody tr")
    expect(districts).to_have_count(1)
    expect(schools).to_have_count(len(rest))
    expect(schools.first).to_contain_text(f"({top['name']})")
