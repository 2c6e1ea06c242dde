"""``python -m benchmarks.registration``: how long a person needs to register on a phone, played in Chromium.

The hand is a keystroke-level model, played in real time on a stack of its own: it reads every word in view,
thinks before each field and each button, taps, and types as people do on phones, all at the average pace of the
source beside it. Whoever skims, pastes or lets the browser fill in is quicker. The page's own work is in.
"""

from __future__ import annotations

import tempfile
import time
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from benchmarks.first_page import CHROMIUM
from tests.browser.gallery import contest_of_today
from tests.browser.registering import NAME
from tests.stack import running

# Seconds. 36 words of five letters a minute: 37,000 people on phones (Palin and others, MobileHCI 2019).
KEY = 60 / (36.2 * 5)
# Pointing, and making up one's mind (Card, Moran and Newell, CACM 1980).
TAP, THINK = 1.1, 1.35
# Vietnamese is spoken at 5.22 syllables a second (Pellegrino and others, Language 2011), and read no slower. Of
# a page of up to 111 words people read half (Weinreich and others, ACM Transactions on the Web 2008).
SYLLABLE, READ = 1 / 5.22, 0.5
# Glances at the card for a number of twelve digits; thoughts for a new password.
GLANCES, IDEAS = 3, 3
PHONE = {"width": 360, "height": 740}


def keys(text: str) -> int:
    """Keystrokes in Telex, the usual way to write Vietnamese: one for each letter, mark and tone."""
    return len(unicodedata.normalize("NFD", text)) + text.lower().count("đ")


@dataclass
class Hand:
    page: Page
    spent: dict[str, float] = field(default_factory=dict)
    syllables: int = 0

    def wait(self, what: str, seconds: float) -> None:
        self.spent[what] = self.spent.get(what, 0) + seconds
        self.page.wait_for_timeout(seconds * 1000)

    def read(self, text: str) -> None:
        self.syllables += len(text.split())
        self.wait("reading", len(text.split()) * SYLLABLE * READ)

    def tap(self, target: Locator, thoughts: int = 1) -> None:
        """Without a thought where the hand goes on as it meant to."""
        self.wait("thinking", thoughts * THINK)
        self.wait("pointing", TAP)
        target.tap()

    def type(self, label: str, text: str, thoughts: int = 1) -> None:
        target = self.page.get_by_label(label, exact=True)
        self.tap(target, thoughts)
        self.spent["typing"] = self.spent.get("typing", 0) + keys(text) * KEY
        target.press_sequentially(text, delay=1000 * KEY * keys(text) / len(text))

    def go_on(self) -> None:
        self.tap(self.page.get_by_role("button", name="Tiếp tục"), 0)
        self.read(self.page.locator("form").inner_text())


def register(page: Page) -> tuple[float, Hand]:
    """Seconds from the tap that opened the form to the own page, and the hand that was needed."""
    hand, began = Hand(page), time.monotonic()
    page.get_by_role("heading", level=1, name="Đăng ký dự thi").wait_for()
    hand.read(page.locator("main").inner_text())
    hand.type("Số căn cước công dân", "040190000123", GLANCES)
    hand.type("Họ và tên", NAME)
    hand.type("Ngày", "7")
    hand.type("Tháng", "3", 0)
    hand.type("Số điện thoại di động", "0912345678")
    hand.go_on()
    hand.tap(page.locator("#category-field label.choice").first)
    hand.type("Đơn vị", "yen thanh")
    hand.tap(page.locator(".picks button").first)
    hand.go_on()
    hand.type("Mật khẩu", "mật khẩu dài", IDEAS)
    hand.tap(page.get_by_label("Tôi đồng ý"))
    hand.go_on()
    hand.tap(page.get_by_role("button", name="Đăng ký", exact=True))
    page.get_by_role("heading", level=1, name=f"Xin chào {NAME}").wait_for()
    return time.monotonic() - began, hand


def main() -> None:
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        contest = contest_of_today(folder)
        rules = (contest / "contest.toml").read_text(encoding="utf-8")
        proven = rules.replace('proof_of_work = "off"', 'proof_of_work = "on"')
        (contest / "contest.toml").write_text(proven, encoding="utf-8")
        with running(contest, folder / "state") as stack:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            device = browser.new_context(viewport=PHONE, locale="vi-VN", has_touch=True, is_mobile=True)
            page = device.new_page()
            page.set_default_timeout(120_000)
            page.goto(stack.site_url)
            page.locator("main").get_by_role("link", name="Lần đầu: đăng ký").tap()
            took, hand = register(page)
            browser.close()
    for what, seconds in hand.spent.items():
        print(f"{what:10} {seconds:6.1f} s")
    print(f"{'the page':10} {took - sum(hand.spent.values()):6.1f} s")
    print(f"{'in all':10} {took:6.1f} s")
    whole = took + hand.syllables * SYLLABLE * (1 - READ)
    print(f"who reads every word, {hand.syllables} syllables: {whole:.1f} s")


if __name__ == "__main__":
    main()
