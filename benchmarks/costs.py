"""``make costs``: what a contest costs, from a sitting in Chromium and the prices of `infra/platform.toml`.

It plays a person's whole way against a stack of its own, in real time, some nine minutes: registers on the
first visit, sits with 24 s for each question, comes again on another day. A counter between browser and stack
sees each request as CloudFront would. Nothing here was billed by AWS.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from benchmarks import spike
from benchmarks.first_page import CHROMIUM
from benchmarks.spike import markdown
from infra.progress import say_aside
from tests.browser.registering import register
from tests.stack import ROOT, contest_folder, running

PAGE = ROOT / "docs" / "costs.md"
BEGIN, END = "<!-- figures: make costs -->", "<!-- end of figures -->"
QUESTIONS, SECONDS_EACH = 20, 24
# People of a week with a million attempts, and weeks: about the contest of 2022, if all of a province come.
PEOPLE, WEEKS = 400_000, 4
# In a visit of a week a person sits so often.
SITTINGS = 2.5
MEMORY_MB = 1024
# What the function does on routes that `spike.routes` does not have: CPU in ms, requests to DynamoDB, units.
OTHER = {"cpu": 2.0, "calls": 1, "writes": 0.0, "reads": 0.5}
REGISTER = {"cpu": 40.0, "calls": 5, "writes": 4.0, "reads": 2.0}
ROUTES = {
    "POST /sessions": "signIn",
    "GET /me": "me",
    "POST /attempts": "start",
    "PUT /attempts/{id}/answers": "save",
    "POST /attempts/{id}/submission": "handIn",
}
# A line of the function and one of the gateway, with CloudWatch's 26 bytes an event (docs/runbook.md).
LOG_BYTES = 333


@dataclass
class Seen:
    """Requests by what they ask for, and the bytes that went out."""

    files: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    sent: int = 0

    @property
    def requests(self) -> int:
        return self.files.total() + self.calls.total()


@contextmanager
def counter(site_url: str) -> Iterator[tuple[str, Callable[[], Seen]]]:
    """An address in front of the stack, and a function that returns what was seen since its last call."""
    behind = urlsplit(site_url)
    seen = [Seen()]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            asking = HTTPConnection(str(behind.hostname), behind.port, timeout=60)
            asking.request(self.command, self.path, self.rfile.read(length) or None, dict(self.headers.items()))
            answer = asking.getresponse()
            body = answer.read()
            headers = [
                (k, v) for k, v in answer.getheaders() if k.lower() not in ("transfer-encoding", "connection")
            ]
            path = urlsplit(self.path).path
            if path.startswith("/api/"):
                seen[0].calls[f"{self.command} {_route(path[4:])}"] += 1
            else:
                seen[0].files[path] += 1
            seen[0].sent += len(body) + sum(len(k) + len(v) + 4 for k, v in headers)
            self.send_response(answer.status)
            for name, value in headers:
                if name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            asking.close()

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _pass  # noqa: N815  the names that http.server calls

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()

    def since() -> Seen:
        told, seen[0] = seen[0], Seen()
        return told

    try:
        yield f"http://127.0.0.1:{server.server_port}", since
    finally:
        server.shutdown()
        server.server_close()


def _route(path: str) -> str:
    return re.sub(r"^/attempts/[^/]+", "/attempts/{id}", path)


def play(seconds_each: float) -> dict[str, Seen]:
    """What each part of a person's way asks for: the first visit, a sitting, and the page opened again."""
    with tempfile.TemporaryDirectory() as name:
        folder = contest_folder(
            Path(name) / "contest",
            id="costs",
            weeks=1,
            seconds=7200,
            questions=QUESTIONS,
            limit=1200,
            proof="on",
        )
        with running(folder, Path(name) / "state") as stack, counter(stack.site_url) as (url, since):
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                device = browser.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
                page = device.new_page()
                page.goto(url)
                page.wait_for_load_state("networkidle")
                _register(page)
                parts = {"first visit, with registration": since()}
                _sit(page, seconds_each)
                parts["a sitting of 20 questions"] = since()
                page.close()
                page = device.new_page()
                page.goto(f"{url}/#/me")
                page.wait_for_load_state("networkidle")
                parts["the page opened again, signed in"] = since()
                browser.close()
            return parts


def _register(page: Page) -> None:
    page.locator("main").get_by_role("link", name="Lần đầu: đăng ký").click()
    register(page, "040190000001")
    page.get_by_role("button", name="Bắt đầu lượt thi").wait_for(timeout=120_000)


def _sit(page: Page, seconds_each: float) -> None:
    page.get_by_role("button", name="Bắt đầu lượt thi").click()
    for number in range(QUESTIONS):
        question = page.locator("fieldset.question:visible")
        question.wait_for(timeout=60_000)
        page.wait_for_timeout(seconds_each * 1000)
        question.locator("label.choice input").first.check()
        page.get_by_role("button", name="Câu sau").click()
        say_aside(f"A sitting, question {number + 1} of {QUESTIONS}.")
    page.get_by_label("Bao nhiêu người trả lời đúng tất cả?").fill("1")
    page.get_by_role("button", name="Kiểm tra và nộp bài").click()
    page.get_by_role("button", name="Nộp bài", exact=True).click()
    page.get_by_role("link", name="Đến lượt thi tiếp theo").click()
    page.get_by_role("button", name="Bắt đầu lượt thi").wait_for(timeout=60_000)
    page.wait_for_load_state("networkidle")


def of_a_million(parts: Mapping[str, Seen]) -> Seen:
    """A million attempts of ``PEOPLE`` in a week; a quarter of them register in it, the others did before."""
    first, sitting, again = parts.values()
    shares = ((first, PEOPLE / WEEKS), (sitting, 1_000_000.0), (again, PEOPLE * (1 - 1 / WEEKS)))
    total = Seen()
    for seen, times in shares:
        for name, count in seen.files.items():
            total.files[name] += round(count * times)
        for name, count in seen.calls.items():
            total.calls[name] += round(count * times)
        total.sent += round(seen.sent * times)
    return total


def by_service(
    seen: Seen, prices: Mapping[str, float], limits: Mapping[str, float], log_usd: float
) -> dict[str, float]:
    """USD of these requests. The function is billed for its time: CPU at its share of a core, and waiting."""
    known = spike.routes(spike.measured())
    slower = limits["lambda_full_cpu"] / MEMORY_MB
    gb_ms = reads = writes = 0.0
    for call, count in seen.calls.items():
        route = known[ROUTES[call]] if call in ROUTES else REGISTER if call == "POST /participants" else OTHER
        gb_ms += count * (route["cpu"] * slower + route["calls"] * limits["database_ms"]) * MEMORY_MB / 1024
        reads, writes = reads + count * route["reads"], writes + count * route["writes"]
    calls, requests = seen.calls.total(), seen.requests
    return {
        "API Gateway (REST)": calls / 1e6 * prices["rest_million"],
        "Lambda": calls / 1e6 * prices["lambda_million"] + gb_ms / 1000 * prices["lambda_gb_second"],
        "DynamoDB": writes / 1e6 * prices["write_million"] + reads / 1e6 * prices["read_million"],
        "CloudFront": requests / 1e6 * prices["cloudfront_million"] + seen.sent / 1e9 * prices["cloudfront_gb"],
        "WAF": requests / 1e6 * prices["waf_million"],
        "logs": calls * LOG_BYTES / 1e9 * prices["log_gb"],
        "the contest's own log, publishing, close": log_usd,
        "CloudTrail's data events (`DataTrail`)": (reads + writes) / 1e5 * prices["data_event_100k"],
    }


def standing(prices: Mapping[str, float], template: str) -> dict[str, float]:
    """USD a month with nobody there. ``template``: the source of the stack's."""
    alarms = len(re.findall(r"Type: AWS::CloudWatch::Alarm", template))
    secrets = len(re.findall(r"Type: AWS::SecretsManager::Secret\b", template))
    runs = 30 * 24 * 60 * 3  # publish_live, the visitor and the closes, some each minute
    return {
        f"{alarms} alarms": alarms * prices["alarm_month"],
        "dashboard": prices["dashboard_month"],
        f"{secrets} secrets": secrets * prices["secret_month"],
        "KMS key": prices["kms_key_month"],
        "web ACL with three rules": prices["waf_acl_month"] + 3 * prices["waf_rule_month"],
        "functions that run each minute": runs / 1e6 * prices["lambda_million"]
        + runs * 0.3 * prices["lambda_gb_second"],
    }


def variants(
    total: Seen, prices: Mapping[str, float], limits: Mapping[str, float], log_usd: float
) -> list[tuple[str, float]]:
    """What else could be chosen, with the USD of a million attempts."""
    usual = by_service(total, prices, limits, log_usd)
    base = sum(usual.values())
    rarer = Seen(Counter(total.files), Counter(total.calls), total.sent)
    saves = "PUT /attempts/{id}/answers"
    rarer.calls[saves] = total.calls[saves] // 2
    minute = by_service(rarer, prices, limits, log_usd)
    gateway, trail = "API Gateway (REST)", "CloudTrail's data events (`DataTrail`)"
    saved = 1 - prices["http_million"] / prices["rest_million"]
    return [
        ("as shipped", base),
        ("without the trail of items (`DataTrail=no`)", base - usual[trail]),
        ("a save a minute (`SaveAfterSeconds=60`)", sum(minute.values())),
        ("an HTTP API in place of the REST API", base - saved * usual[gateway]),
        ("without WAF", base - usual["WAF"]),
        (
            "a save a minute, an HTTP API, no trail",
            sum(minute.values()) - saved * minute[gateway] - minute[trail],
        ),
    ]


def figures(parts: Mapping[str, Seen]) -> str:
    """The tables of docs/costs.md."""
    platform = spike.platform()
    prices, limits = platform.prices, platform.limits
    text = (ROOT / "docs" / "figures.md").read_text(encoding="utf-8")
    told = re.search(r"USD a week, with 2 writes of the state a minute[^|]*\| ([\d.]+)", text)
    if told is None:
        raise SystemExit("docs/figures.md does not tell what the log of a million attempts costs")
    total, log_usd = of_a_million(parts), float(told[1])
    usd = by_service(total, prices, limits, log_usd)
    idle = standing(prices, (ROOT / "infra" / "template.yaml").read_text(encoding="utf-8"))
    mix = [_mix(name, seen, 1, "KB", 1e3) for name, seen in parts.items()]
    mix.append(_mix("of a million attempts, in millions", total, 1e6, "GB", 1e9))
    contest = (
        f"Of four million attempts by {PEOPLE:,} people, in two months: "
        f"**{WEEKS * sum(usd.values()) + 2 * sum(idle.values()):,.0f} USD**, and what has to be warmed once "
        "([capacity.md](capacity.md))."
    )
    sources = [
        (name, f"{row['value']:g}", row["unit"], row["source"])
        for name, row in platform.rows.items()
        if name in prices
    ]
    parts_of_page = [
        ("What a person asks for", markdown(("part", "files", "calls", "of these saves", "sent"), mix)),
        ("A million attempts", _summed("service", usd)),
        ("Other choices", _priced("a million attempts", dict(variants(total, prices, limits, log_usd)))),
        ("A month of standing by", _summed("what", idle)),
        ("A contest of four weeks", contest),
        (f"The prices, read {platform.read_on}", markdown(("name", "value", "unit", "source"), sources)),
    ]
    return "\n\n".join(f"### {title}\n\n{body}" for title, body in parts_of_page)


def _mix(name: str, seen: Seen, of: float, unit: str, size: float) -> tuple[str, ...]:
    counts = seen.files.total(), seen.calls.total(), seen.calls["PUT /attempts/{id}/answers"]
    shown = [f"{count / of:,.{0 if of == 1 else 1}f}" for count in counts]
    return (name, *shown, f"{seen.sent / size:,.0f} {unit}")


def _priced(what: str, usd: Mapping[str, float]) -> str:
    return markdown((what, "USD"), [(name, f"{value:,.1f}") for name, value in usd.items()])


def _summed(what: str, usd: Mapping[str, float]) -> str:
    return _priced(what, {**usd, "all": sum(usd.values())})


def main() -> None:
    """Plays, counts, prints and writes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.costs", description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=float, default=SECONDS_EACH, help="for each question")
    options = parser.parse_args()
    began = time.monotonic()
    found = figures(play(options.seconds))
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{found}\n\n{END}{after}", encoding="utf-8")
    print(found)
    say_aside(f"Written after {time.monotonic() - began:.0f} s.")


if __name__ == "__main__":
    main()
