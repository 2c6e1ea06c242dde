"""``python -m benchmarks.first_page``: how the first page loads on phones' lines, and a paper answers a finger.

Medians of several loads, each in a fresh profile, in Chromium: on Lighthouse's mobile connection with the
processor as it is, and on a slow one with a quarter of it. The floor is one line of text from the same server.
Then somebody registers and answers a paper on a quarter of the processor. Needs `make run` in another shell.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import Person
from tests.stack import Stack

STACK = Path(".local/stack.json")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Lighthouse's mobile conditions; bytes a second, milliseconds.
MOBILE_LINE = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 96_000}
# At the edge of a cell; the processor of a cheap phone.
SLOW_LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
CPU = 4
LINES = {"mobile": (MOBILE_LINE, 1), "slow": (SLOW_LINE, CPU)}
ROUNDS = 7
# Lighthouse's "good" values, in milliseconds; of what moves a stricter one.
GOOD = {"first paint": 1_800, "largest paint": 2_500, "blocked": 200, "moved": 0.02}
NEXT_PAINT_MS = 100
_WATCH = """
    window.seen = { lcp: 0, blocked: 0, moved: 0, waited: [] };
    const watch = (type, read) => new PerformanceObserver((list) => list.getEntries().forEach(read)).observe({ type, buffered: true });
    watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
    watch("longtask", (entry) => { seen.blocked += Math.max(0, entry.duration - 50); });
    watch("layout-shift", (entry) => { seen.moved += entry.hadRecentInput ? 0 : entry.value; });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => { if (entry.interactionId) seen.waited.push(entry.duration); }))
        .observe({ type: "event", durationThreshold: 16, buffered: true });
"""  # noqa: E501
_PROOF = """async (module) => {
    const { solve } = await import(module);
    const began = performance.now();
    solve({ challenge: "0".repeat(64), salt: "0a1b2c3d4e5f6071?expires=1700000000&steps=6&",
        maxnumber: 600000 });
    return performance.now() - began;
}"""


def load(browser: Browser, url: str, line: dict[str, Any], slower: int) -> dict[str, float]:
    """Milliseconds of one load, and what moved, by ``GOOD``'s names; the processor is ``slower``."""
    device = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    device.add_init_script(_WATCH)
    page = device.new_page()
    session = device.new_cdp_session(page)
    session.send("Network.emulateNetworkConditions", line)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
    page.goto(url)
    page.wait_for_load_state("networkidle")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    seen = page.evaluate("window.seen")
    device.close()
    return {
        "first paint": paint,
        "largest paint": seen["lcp"],
        "blocked": seen["blocked"],
        "moved": seen["moved"],
    }


def next_paint(browser: Browser, stack: Stack) -> list[float]:
    """Milliseconds from each press on a paper to the paint that shows it; 8 where it was less than 16."""
    person = Person.register(
        stack, int(time.time()) % 1_000_000, unit=stack.site("/data/units.json").json()[0]["code"]
    )
    device = browser.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", has_touch=True, is_mobile=True
    )
    device.add_init_script(_WATCH)
    page = device.new_page()
    person.opens(page, stack.site_url, f"#/paper/{person.start(stack)}")
    page.locator("#q1").wait_for()
    device.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    presses = 0
    while page.locator(".question:visible input[type=radio], .question:visible input[type=checkbox]").count():
        page.locator(".question:visible label.choice").first.tap()
        page.locator(".steps button:visible").last.tap()
        presses += 2
    page.wait_for_timeout(500)  # the observer comes after the last paint
    waited: list[float] = page.evaluate("window.seen.waited")
    device.close()
    return sorted([*waited, *[8.0] * (presses - len(waited))])


def proof_of_work(browser: Browser, site: str) -> float:
    """Milliseconds for all the numbers of a first registration."""
    page = browser.new_page()
    page.goto(site)
    parts = page.evaluate("performance.getEntriesByType('resource').map((part) => part.name)")
    main = next(part for part in parts if part.endswith("js/main.js"))
    took: float = page.evaluate(_PROOF, main.replace("main.js", "proof.js"))
    page.close()
    return took


def main() -> None:
    if not STACK.exists():
        raise SystemExit("Nothing runs here: start `make run` in another shell first.")
    stack = Stack(json.loads(STACK.read_text(encoding="utf-8")))
    site = stack.site_url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, line in LINES.items():
            rounds = [
                (load(browser, f"{site}/data/live.json", *line), load(browser, site, *line))
                for _ in range(ROUNDS)
            ]
            print(f"on the {name} line")
            for what, good in GOOD.items():
                floor, value = (
                    statistics.median(one[what] for one in each) for each in zip(*rounds, strict=True)
                )
                said = "good" if value <= good else "TOO MUCH"
                print(f"  {what:14} {value:8.4g}   floor {floor:6.3g}   good: ≤ {good:g}   {said}")
        waited = next_paint(browser, stack)
        proof = proof_of_work(browser, site)
        browser.close()
    most = waited[int(len(waited) * 0.98)]
    said = "good" if most <= NEXT_PAINT_MS else "TOO SLOW"
    print(
        f"from a press to the next paint, {len(waited)} presses: median {statistics.median(waited):.0f} ms, ",
        end="",
    )
    print(f"98 of 100 {most:.0f} ms   good: ≤ {NEXT_PAINT_MS} ms   {said}")
    print(f"proof of work, 600,000 numbers: {proof:.0f} ms")


if __name__ == "__main__":
    main()
