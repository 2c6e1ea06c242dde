"""Seeded walks in Chromium against the deployed stack, over lines that drop, delay, double and refuse.

The same promise as in `frontend/tests/walk/`, on the real page, its storage, its service worker and the real
API: whatever happens, no answer is lost that its owner did not change. `WALKS` is the number of walks,
`FIRST_WALK` the first seed; a failure names its seed.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.faulty_line import FAULTS, FaultyLine, faulty_line
from tests.browser.hands import choose
from tests.browser.long_paper import QUESTIONS, hand_in, long_papers, option, paper_shown, right_options, shown
from tests.browser.people import Person
from tests.stack import Stack

WALKS = int(os.environ.get("WALKS", "2"))
FIRST = int(os.environ.get("FIRST_WALK", "1"))
STEPS = 14
ASKED = range(1, 7)  # few questions, so that devices meet on them

pytestmark = pytest.mark.no_hands  # the phone is touched and the computer clicked


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with long_papers(tmp_path_factory.mktemp("walks")) as started:
        yield started


class Device:
    """A browser with its own line, and the one page open on it."""

    def __init__(self, context: BrowserContext, line: FaultyLine, person: Person, attempt: str) -> None:
        self.context, self.line, self._attempt = context, line, attempt
        self.page = context.new_page()
        person.opens(self.page, line.url, f"#/paper/{attempt}")
        paper_shown(self.page)

    @property
    def sits(self) -> bool:
        return (
            bool(self.page.locator("#q1 input").count()) and self.page.locator("#q1 input").first.is_enabled()
        )

    def tells(self, event: str) -> None:
        self.page.evaluate("name => dispatchEvent(new Event(name))", event)

    def reloads(self) -> None:
        self.page.reload()
        paper_shown(self.page)

    def crashes(self) -> None:
        """The page vanishes without warning, and is opened again."""
        another = self.context.new_page()
        self.page.close(run_before_unload=False)
        self.page = another
        another.goto(f"{self.line.url}/#/paper/{self._attempt}")
        paper_shown(another)

    def heals(self) -> None:
        self.line.fault = "good"
        self.context.set_offline(False)
        self.tells("online")


class Owner:
    """The options in force at each question: those of the last tap, or several where devices had not met.

    Each with its device: of two devices that chose the same unheard, either may be the later to save.
    """

    def __init__(self) -> None:
        self.standing: dict[int, list[tuple[Device | None, tuple[int, ...]]]] = {
            number: [(None, ())] for number in ASKED
        }

    def taps(self, device: Device, number: int, seen: tuple[int, ...], chosen: tuple[int, ...]) -> None:
        before = self.standing[number]
        own = (device, seen) in before
        unseen = [(who, one) for who, one in before if who is not device and (own or one != seen)]
        self.standing[number] = [*unseen, (device, chosen)]


def walk(stack: Stack, phone: Callable[..., BrowserContext], lines: list[FaultyLine], seed: int) -> None:
    dice, owner = random.Random(seed), Owner()
    person = Person.register(stack, 500_000 + seed, proof=False)
    attempt = person.start(stack)
    right = right_options(stack, person, attempt)
    kinds = ({"has_touch": True, "is_mobile": True}, {"viewport": {"width": 1280, "height": 800}})
    devices = [
        Device(phone(service_workers="allow", **kind), line, person, attempt)
        for kind, line in zip(kinds, lines, strict=True)
    ]
    for device in devices:
        device.page.evaluate("() => navigator.serviceWorker.ready.then(() => undefined)")

    def tap(device: Device) -> None:
        number = dice.choice(ASKED)
        seen = tuple(shown(device.page, number))
        target = option(device.page, number, dice.randrange(device.page.locator(f"#q{number} input").count()))
        choose(target)
        owner.taps(device, number, seen, tuple(shown(device.page, number)))

    for _ in range(STEPS):
        device = dice.choice(devices)
        do: dict[Callable[[], Any], int] = {
            lambda d=device: tap(d): 8,
            lambda d=device: setattr(d.line, "fault", dice.choice(FAULTS)): 4,
            lambda d=device: d.tells("pagehide"): 3,
            lambda d=device: d.tells("online"): 1,
            lambda d=device: d.context.set_offline(dice.random() < 0.5): 2,
            lambda d=device: d.reloads(): 3,
            lambda d=device: d.crashes(): 1,
            lambda d=device: d.page.wait_for_timeout(dice.choice((300, 1500, 4000))): 3,
        }
        dice.choices(list(do), list(do.values()))[0]()

    # The line is good again: every device comes to show the answers on the server, and those stand.
    for _ in range(2):
        for device in devices:
            device.heals()
            expect(device.page.locator("#save")).to_have_text(
                re.compile(r"^Đã (lưu|khôi phục)|^Câu trả lời được"), timeout=40_000
            )
    saved = person.call(stack, "GET", f"/attempts/{attempt}")["attempt"]["saved_answers"]
    held = {number: tuple("ABCDEF".index(key) for key in saved.get(str(number), [])) for number in ASKED}
    for number, entries in owner.standing.items():
        standing = [chosen for _, chosen in entries]
        assert held[number] in standing, f"question {number} is {held[number]}, and {standing} stood there"

    # Everything counts, whichever device hands it in.
    last = dice.choice(devices)
    last.reloads()
    for number in ASKED:
        assert tuple(shown(last.page, number)) == held[number], f"question {number} on the page"
    hand_in(last.page)
    points = sum(held[number] == tuple(right[number]) for number in ASKED)
    expect(last.page.locator("#score")).to_have_text(f"{points}/{QUESTIONS}")


@pytest.mark.parametrize("seed", range(FIRST, FIRST + WALKS))
def test_no_answer_is_lost_on_a_walk(stack: Stack, phone: Callable[..., BrowserContext], seed: int) -> None:
    with ExitStack() as undo:
        lines = [
            undo.enter_context(faulty_line(stack.site_url, random.Random(seed + device))) for device in range(2)
        ]
        walk(stack, phone, lines, seed)
