"""The page always loads, though releases change, lines fall silent, parts are lost, and browsers are old."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from infra.site import SITE, put_in_force, release
from tests.browser.conftest import PHONE
from tests.browser.hands import choose, press
from tests.browser.line import line_to
from tests.browser.people import Person
from tests.browser.test_mishaps import hand_in, option, result, saved, sit
from tests.stack import Stack, wait_for

Enter = Callable[[Page, Person, str], None]
NewPerson = Callable[[], Person]
Phone = Callable[..., BrowserContext]

FIRST = release(SITE).digest  # uploaded before there was a contest
HOTLINE = "0238 000 000"
SAID = {
    "lost": "Trang chưa mở được",
    "slow": "Trang mở chậm hơn thường lệ",
    "old": "Trình duyệt này quá cũ",
    "bare": "Trang hiển thị chưa đúng",
}


@pytest.fixture
def release_another(hall: Stack, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Puts another release in force and returns its digest; restores the first one at the end."""
    s3, bucket = hall.client("s3"), hall.stack["site_bucket"]

    def put() -> str:
        folder = tmp_path / "site"
        shutil.copytree(SITE, folder)
        for path in folder.rglob("*.js"):
            path.write_text(f"{path.read_text(encoding='utf-8')}// the second release\n", encoding="utf-8")
        second = release(folder)
        put_in_force(s3, bucket, second)
        return second.digest

    yield put
    put_in_force(s3, bucket, release(SITE))


def releases_of(page: Page) -> set[str]:
    """The releases of all the parts that the page has loaded."""
    names = page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
    return {found[1] for name in names if (found := re.search(r"/r/(\w+)/", name))}


def worker_of(page: Page, digest: str) -> None:
    """Waits until the worker of a release controls the page."""
    ready = """async (digest) => {
        const { active, installing, waiting } = await navigator.serviceWorker.getRegistration() || {};
        const whole = await caches.match(`/r/${digest}/index.html`);
        return Boolean(whole && !installing && !waiting && active.state === "activated" && navigator.serviceWorker.controller);
    }"""  # noqa: E501
    wait_for(lambda: page.evaluate(ready, digest), 30, "taking over by the worker")


def says(page: Page, kind: str) -> Any:
    return page.locator(".guard").get_by_role("heading", name=SAID[kind])


def home(page: Page) -> Any:
    return page.get_by_role("link", name="Vào thi")


def lose(page: Page, *names: str) -> Callable[[], None]:
    """Withholds the parts of these names until the returned function is called."""
    for name in names:
        page.route(f"**/r/*/{name}", lambda route: route.abort())

    def find() -> None:
        for name in names:
            page.unroute(f"**/r/*/{name}")

    return find


def never(route: Route) -> None:
    """Neither answers nor refuses."""


# -- a release in the middle of a paper


@pytest.fixture
def paper(
    hall: Stack, phone: Phone, new_person: NewPerson, enter: Enter, release_another: Callable[[], str]
) -> tuple[Page, Person, str, str]:
    """An open paper with an answer from before the release and one from after; attempt; new release."""
    device = phone(service_workers="allow")
    page, person = device.new_page(), new_person()
    attempt = sit(page, person, hall, enter)
    worker_of(page, FIRST)
    choose(option(page, 1))
    second = release_another()
    choose(option(page, 2, 1))
    wait_for(lambda: len(saved(person, hall, attempt)) == 2, 60, "saving both answers")
    return page, person, attempt, second


def test_an_open_paper_stays_on_its_own_release_and_reloads_with_the_new_one(
    hall: Stack, paper: tuple[Page, Person, str, str]
) -> None:
    page, person, attempt, second = paper
    page.evaluate("location.hash = '#/receipt'")  # a screen that was not loaded until now
    expect(page.get_by_role("heading", level=1, name="Kiểm tra biên nhận")).to_be_visible()
    assert releases_of(page) == {FIRST}

    page.go_back()
    page.reload()
    expect(option(page, 1)).to_be_checked()
    expect(option(page, 2, 1)).to_be_checked()
    assert releases_of(page) == {second}
    choose(option(page, 3))
    hand_in(page)
    result(page)
    assert releases_of(page) == {second}
    assert person.call(hall, "GET", f"/attempts/{attempt}")["status"] == "submitted"


def test_the_old_page_keeps_all_its_screens_under_the_new_worker_and_loads_whole_offline(
    hall: Stack, paper: tuple[Page, Person, str, str]
) -> None:
    page, person, attempt, second = paper
    other = page.context.new_page()  # brings the new worker, which takes over beneath the open paper
    other.goto(hall.site_url)
    worker_of(other, second)
    assert releases_of(other) == {second}

    page.context.set_offline(True)
    page.evaluate("location.hash = '#/receipt'")
    expect(page.get_by_role("heading", level=1, name="Kiểm tra biên nhận")).to_be_visible()
    assert releases_of(page) == {FIRST}

    page.go_back()
    chosen = [option(page, 1), option(page, 2, 1), option(page, 3)]
    choose(chosen[2])
    page.reload()
    for choice in chosen:
        expect(choice).to_be_checked()
    assert releases_of(page) == {second}
    page.context.set_offline(False)
    wait_for(
        lambda: sorted(saved(person, hall, attempt)) == ["1", "2", "3"], 60, "saving what was answered offline"
    )
    hand_in(page)
    result(page)
    assert releases_of(page) == {second}


def test_the_old_page_loads_whole_offline_before_the_new_worker_comes(
    paper: tuple[Page, Person, str, str],
) -> None:
    page, *_ = paper
    page.context.set_offline(True)
    choose(option(page, 3))
    page.reload()
    expect(option(page, 3)).to_be_checked()
    assert releases_of(page) == {FIRST}


# -- lines


def test_a_line_that_never_answers_does_not_keep_a_stored_page_away(hall: Stack, phone: Phone) -> None:
    page = phone(service_workers="allow").new_page()
    with line_to(hall.site_url) as line:
        page.goto(line.url)
        worker_of(page, FIRST)
        line.fall_silent()
        page.reload(wait_until="commit")
        expect(home(page)).to_be_visible()
        expect(page.locator(".guard")).to_have_count(0)
        line.speak()


def test_a_slow_server_is_not_reported_as_a_fault_of_the_page(hall: Stack, page: Page) -> None:
    page.clock.install()
    page.route("**/data/contest.json", never)
    page.goto(hall.site_url)
    page.clock.run_for(1_000)
    expect(page.get_by_text("Đang tải…")).to_be_visible()
    page.clock.run_for(25_000)
    expect(page.get_by_text("Đang tải…")).to_be_visible()
    page.clock.run_for(10_000)
    expect(says(page, "slow")).to_be_visible()
    page.unroute("**/data/contest.json")  # lets the answer through
    expect(home(page)).to_be_visible()
    expect(page.locator(".guard")).to_have_count(0)


def test_a_slow_page_replaces_the_guard_when_it_comes(hall: Stack, page: Page) -> None:
    held: list[Route] = []
    page.clock.install()
    page.route("**/js/main.js", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks what it calls
    page.goto(hall.site_url, wait_until="commit")
    expect(page.locator("#foot")).to_be_attached()

    def said() -> bool:
        page.clock.run_for(1_000)
        return bool(says(page, "slow").is_visible())

    wait_for(said, 30, "a word of the guard")
    held[0].continue_()
    expect(home(page)).to_be_visible()
    expect(page.locator(".guard")).to_have_count(0)


# -- parts that are lost


def test_a_lost_module_is_reported_at_once_and_reloading_brings_the_page(hall: Stack, page: Page) -> None:
    find = lose(page, "js/main.js")
    page.goto(f"{hall.site_url}/#/guide")
    expect(says(page, "lost")).to_be_visible(timeout=5_000)
    expect(page.get_by_role("link", name=HOTLINE)).to_be_visible()
    again = page.get_by_role("button", name="Tải lại")
    assert (again.bounding_box() or {})["height"] >= 44
    find()
    press(again)
    expect(page.get_by_role("heading", level=1, name="Thể lệ")).to_be_visible()
    expect(page.locator(".guard")).to_have_count(0)


def test_the_hotline_is_remembered_for_when_nothing_answers(hall: Stack, page: Page) -> None:
    page.goto(hall.site_url)
    expect(home(page)).to_be_visible()
    find = lose(page, "js/main.js")
    page.route("**/data/**", lambda route: route.abort())
    page.reload()
    expect(page.get_by_role("link", name=HOTLINE)).to_be_visible()

    # Where nothing answers at all, these words are worth more than the browser's own.
    lose(page, "**")
    press(page.get_by_role("button", name="Tải lại"))
    again = page.get_by_role("button", name="Chưa kết nối được. Tải lại lần nữa")
    expect(again).to_be_enabled()
    page.unroute("**/r/*/**")
    page.unroute("**/data/**")
    find()
    press(again)
    expect(home(page)).to_be_visible()


def test_a_lost_screen_is_reported_and_trying_again_brings_it(hall: Stack, page: Page) -> None:
    page.goto(hall.site_url)
    find = lose(page, "js/screens/guide.js")
    press(page.get_by_role("link", name="Thể lệ").first)
    expect(page.get_by_role("heading", level=1, name="Chưa tải được trang")).to_be_visible()
    find()
    press(
        page.get_by_role("button", name="Thử lại")
    )  # a full reload: browsers remember what they could not load
    expect(page.get_by_role("heading", level=1, name="Thể lệ")).to_be_visible()


def test_the_text_of_the_page_itself_appears_without_any_script(hall: Stack, page: Page) -> None:
    find = lose(page, "guard.js", "js/**")
    page.goto(hall.site_url)
    expect(page.get_by_role("heading", level=1)).to_have_count(0)  # nobody is frightened while the page loads
    expect(page.get_by_role("heading", level=1, name="Trang chưa mở được")).to_be_visible()
    find()
    press(page.get_by_role("link", name="Tải lại"))
    expect(home(page)).to_be_visible()


def test_the_text_appears_at_once_without_script_and_style(hall: Stack, page: Page) -> None:
    lose(page, "**")
    page.goto(hall.site_url)
    expect(page.get_by_role("link", name="Tải lại")).to_be_visible(timeout=5_000)


@pytest.mark.parametrize("answer", [lambda route: route.abort(), never], ids=["lost", "late"])
def test_the_page_works_without_its_style_and_says_so(
    hall: Stack, page: Page, answer: Callable[[Route], None]
) -> None:
    page.route("**/style.css", answer)
    page.goto(hall.site_url, wait_until="commit")
    expect(home(page)).to_be_visible()
    expect(says(page, "bare")).to_be_visible()
    page.unroute("**/style.css")
    press(page.get_by_role("button", name="Tải lại"))
    expect(page.locator(".guard")).to_have_count(0)
    expect(home(page)).to_be_visible()
    assert page.locator("header").evaluate("header => getComputedStyle(header).borderBottomWidth") == "3px"


# -- browsers


@pytest.mark.parametrize(
    "missing", ["HTMLScriptElement.prototype.noModule", "AbortController", "Element.prototype.replaceChildren"]
)
def test_an_old_browser_gets_a_notice_at_once(hall: Stack, browser: Browser, missing: str) -> None:
    device = browser.new_context(viewport=PHONE)  # whose page may fail
    device.add_init_script(f"delete {missing}")
    page = device.new_page()
    page.goto(hall.site_url)
    expect(says(page, "old")).to_be_visible(timeout=5_000)
    expect(page.locator(".guard").get_by_role("link", name=HOTLINE)).to_be_visible()
    device.close()


def test_a_healthy_page_keeps_the_guard_quiet(hall: Stack, page: Page) -> None:
    page.clock.install()
    page.goto(hall.site_url)
    expect(home(page)).to_be_visible()
    page.clock.run_for(60_000)
    expect(page.locator(".guard")).to_have_count(0)
    assert json.loads(page.evaluate("localStorage.getItem('cuoc-thi:hotline')")) == HOTLINE
