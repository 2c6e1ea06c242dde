"""While somebody looks at the page, it follows what the organisers change: dates, notice, stops."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.published import publish
from tests.stack import Stack


def changed(stack: Stack, **told: Any) -> dict[str, Any]:
    """The published contest, whose first week ends a day later."""
    contest: dict[str, Any] = stack.site("/data/contest.json").json()
    closes = datetime.fromisoformat(contest["weeks"][0]["closes_at"]) + timedelta(days=1)
    contest["weeks"][0] |= {"closes_at": closes.isoformat(), "title": "Tuần lễ pháp luật"}
    return {**contest, **told}


def test_the_home_page_follows_new_dates_a_notice_and_stops(hall: Stack, page: Page) -> None:
    page.clock.install()
    page.goto(hall.site_url)
    expect(page.locator(".weeks")).to_contain_text("Tuần 1")
    notice = page.locator("#notice")
    expect(notice).to_be_hidden()
    cancelled = [{"number": 9, "title": None, "reason": "bão số 4"}]
    told = {"notice": "Sửa câu 12.\nMở lại lúc 10 giờ.", "stopped": ["starts"], "cancelled": cancelled}
    publish(page, {"contest.json": changed(hall, **told)})
    page.clock.run_for(20_000)
    expect(notice).to_contain_text("Mở lại lúc 10 giờ.")
    expect(notice).to_contain_text("Bài đang làm vẫn lưu và nộp được.")
    expect(page.locator(".weeks li.cancelled")).to_contain_text("Không tổ chức")
    expect(page.locator(".weeks li.cancelled")).to_contain_text("Lý do: bão số 4")
    expect(page.locator(".weeks")).to_contain_text("Tuần lễ pháp luật")
    expect(page.locator(".countdown").first).to_contain_text("1 ngày")
    page.unroute("**/data/contest.json")
    publish(page, {"contest.json": changed(hall)})
    page.clock.run_for(20_000)
    expect(notice).to_be_hidden()
