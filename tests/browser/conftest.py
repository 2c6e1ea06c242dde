"""A phone's browser: one Chromium for all tests, a fresh profile for each, and one contest that stays open.

A test that uses ``phone`` or ``page`` runs twice, by mouse and by touch, unless it is marked ``no_hands``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from benchmarks.first_page import CHROMIUM
from tests.browser.hands import HANDS, TOUCH
from tests.browser.people import Person
from tests.stack import Stack, contest_folder, running

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 740}
LIMIT = 60_000  # milliseconds to wait for anything: a machine with other work on it is slow


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "hand" in metafunc.fixturenames and not metafunc.definition.get_closest_marker("no_hands"):
        metafunc.parametrize("hand", HANDS)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=LIMIT)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def hand() -> str:
    """The hand that presses the page; ``pytest_generate_tests`` sets it to each of them in turn."""
    return "mouse"


@pytest.fixture
def phone(browser: Browser, hand: str) -> Iterator[Callable[..., BrowserContext]]:
    """Makes a new device, 360 × 740 by default; any error that its pages report fails the test."""
    errors: list[str] = []
    made: list[BrowserContext] = []

    def watch(page: Page) -> None:
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if "Content Security" in line.text else None)

    def make(**options: Any) -> BrowserContext:
        touch = {"has_touch": True, "is_mobile": True} if hand == "touch" else {}
        settings = {"viewport": PHONE, "locale": "vi-VN", "service_workers": "block", **touch, **options}
        context = browser.new_context(**settings)
        if touch:
            TOUCH.add(context)
        context.set_default_timeout(LIMIT)
        context.on("page", watch)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()
    assert not errors


@pytest.fixture
def page(phone: Callable[..., BrowserContext]) -> Page:
    return phone().new_page()


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack whose only week outlasts the tests."""
    folder = tmp_path_factory.mktemp("hall")
    contest = contest_folder(folder / "contest", id="hall", weeks=1, seconds=7200, proof="on")
    with running(contest, folder / "state") as started:
        yield started


@pytest.fixture(scope="session")
def new_person(hall: Stack) -> Callable[[], Person]:
    """Registers somebody in the hall."""
    count = iter(range(1, 1000))
    return lambda: Person.register(hall, next(count))


@pytest.fixture
def enter(hall: Stack) -> Callable[[Page, Person, str], None]:
    """Opens a screen as a signed-in person."""

    return lambda page, person, hash_: person.opens(page, hall.site_url, hash_)
