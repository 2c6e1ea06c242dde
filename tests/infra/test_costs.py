"""docs/costs.md: that its arithmetic follows from what was counted and from the table of prices."""

from __future__ import annotations

from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import requests

from benchmarks import costs, spike
from benchmarks.costs import Seen

SAVE = "PUT /attempts/{id}/answers"


@pytest.fixture
def prices() -> dict[str, float]:
    return dict(spike.platform().prices)


def usd(seen: Seen, prices: dict[str, float]) -> dict[str, float]:
    return costs.by_service(seen, prices, spike.platform().limits, 0.0)


def test_twice_as_many_requests_cost_twice_as_much(prices: dict[str, float]) -> None:
    one = Seen(Counter({"/": 7}), Counter({SAVE: 20, "POST /attempts": 1}), 50_000)
    two = Seen(Counter({"/": 14}), Counter({SAVE: 40, "POST /attempts": 2}), 100_000)
    once, twice = usd(one, prices), usd(two, prices)
    assert twice == pytest.approx({name: 2 * value for name, value in once.items()})


def test_a_million_saves_cost_a_write_and_a_line_each(prices: dict[str, float]) -> None:
    cost = usd(Seen(Counter(), Counter({SAVE: 1_000_000})), prices)
    assert cost["DynamoDB"] == pytest.approx(prices["write_million"])
    assert cost["API Gateway (REST)"] == pytest.approx(prices["rest_million"])
    assert cost["CloudTrail's data events (`DataTrail`)"] == pytest.approx(10 * prices["data_event_100k"])
    assert cost["logs"] == pytest.approx(0.333 * prices["log_gb"])


def test_files_cost_nothing_behind_cloudfront(prices: dict[str, float]) -> None:
    cost = usd(Seen(Counter({"/": 1_000_000}), Counter(), 10**9), prices)
    assert cost["API Gateway (REST)"] == cost["Lambda"] == cost["DynamoDB"] == 0
    assert cost["CloudFront"] == pytest.approx(prices["cloudfront_million"] + prices["cloudfront_gb"])


def test_every_choice_but_the_shipped_one_is_cheaper(prices: dict[str, float]) -> None:
    seen = Seen(Counter({"/": 3}), Counter({SAVE: 20}), 50_000)
    (_, shipped), *others = costs.variants(seen, prices, spike.platform().limits, 1.0)
    assert all(cost < shipped for _, cost in others)


def test_a_million_attempts_are_sat_by_people_a_quarter_of_whom_come_first() -> None:
    parts = {
        "first": Seen(Counter({"/": 10})),
        "sitting": Seen(Counter(), Counter({SAVE: 3}), 7),
        "again": Seen(Counter({"/": 1})),
    }
    total = costs.of_a_million(parts)
    assert total.calls[SAVE] == 3_000_000
    assert total.files["/"] == 10 * costs.PEOPLE // 4 + costs.PEOPLE * 3 // 4
    assert total.sent == 7_000_000


def test_the_counter_passes_on_what_it_counts() -> None:
    class Behind(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(404 if self.path == "/gone" else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        with costs.counter(f"http://127.0.0.1:{server.server_port}") as (url, since):
            assert requests.get(f"{url}/js/main.js?x=1", timeout=10).content == b"ok"
            assert requests.get(f"{url}/gone", timeout=10).status_code == 404
            answer = requests.put(f"{url}/api/attempts/1-2-3-abc/answers", data=b"{}", timeout=10)
            assert answer.content == b"{}"
            seen = since()
            assert (seen.files, seen.calls) == (Counter({"/js/main.js": 1, "/gone": 1}), Counter({SAVE: 1}))
            assert seen.sent > 6
            assert since().requests == 0
    finally:
        server.shutdown()
        server.server_close()


def test_what_stands_by_is_counted_from_the_template(prices: dict[str, float]) -> None:
    template = "Type: AWS::CloudWatch::Alarm\n" * 3 + "Type: AWS::SecretsManager::Secret\n" * 2
    idle = costs.standing(prices, template)
    assert idle["3 alarms"] == pytest.approx(3 * prices["alarm_month"])
    assert idle["2 secrets"] == pytest.approx(2 * prices["secret_month"])


def test_the_page_has_all_of_it(prices: dict[str, float]) -> None:
    parts = {
        name: Seen(Counter({"/": 2}), Counter({SAVE: 4}), 1000) for name in ("first", "a sitting", "again")
    }
    told = costs.figures(parts)
    for word in ("first", "a sitting", "again", "CloudFront", "HTTP API", "dashboard", "**", *prices):
        assert word in told
