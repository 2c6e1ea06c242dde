"""``python -m benchmarks.first_page``: loading times of the running stack's first page on a phone's connection.

Medians of several loads, each in a fresh profile, in Chromium on Lighthouse's mobile connection; the processor
is not slowed down. The floor is one line of text from the same server. Needs `make run` in another shell.
"""

from __future__ import annotations

import json
import os
import statistics
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

STACK = Path(".local/stack.json")
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# Lighthouse's mobile conditions; bytes a second, milliseconds.
MOBILE_LINE = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 96_000}
ROUNDS = 7
# Lighthouse's "good" values, in milliseconds.
GOOD = {"first paint": 1_800, "largest paint": 2_500, "blocked": 200}
_WATCH = """
    window.seen = { lcp: 0, blocked: 0 };
    const watch = (type, read) => new PerformanceObserver((list) => list.getEntries().forEach(read)).observe({ type, buffered: true });
    watch("largest-contentful-paint", (entry) => { seen.lcp = entry.startTime; });
    watch("longtask", (entry) => { seen.blocked += Math.max(0, entry.duration - 50); });
"""  # noqa: E501
_PROOF = """async (module) => {
    const { solve } = await import(module);
    const began = performance.now();
    solve({ challenge: "0".repeat(64), salt: "0a1b2c3d4e5f6071?expires=1700000000&steps=6&",
        maxnumber: 600000 });
    return performance.now() - began;
}"""


def load(browser: Browser, url: str) -> dict[str, float]:
    """Milliseconds of one load, by the names of ``GOOD``."""
    device = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    device.add_init_script(_WATCH)
    page = device.new_page()
    device.new_cdp_session(page).send("Network.emulateNetworkConditions", MOBILE_LINE)
    page.goto(url)
    page.wait_for_load_state("networkidle")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    seen = page.evaluate("window.seen")
    device.close()
    return {"first paint": paint, "largest paint": seen["lcp"], "blocked": seen["blocked"]}


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
    site = json.loads(STACK.read_text(encoding="utf-8"))["site_url"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        rounds = [(load(browser, f"{site}/data/live.json"), load(browser, site)) for _ in range(ROUNDS)]
        proof = proof_of_work(browser, site)
        browser.close()
    for name, good in GOOD.items():
        floor, value = (statistics.median(one[name] for one in each) for each in zip(*rounds, strict=True))
        said = "good" if value <= good else "TOO SLOW"
        print(f"{name:14} {value:6.0f} ms   floor {floor:6.0f} ms   good: ≤ {good} ms   {said}")
    print(f"proof of work, 600,000 numbers: {proof:.0f} ms")


if __name__ == "__main__":
    main()
