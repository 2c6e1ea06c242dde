"""A week closes automatically, and everybody sees who has won."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import press
from tests.browser.people import Person
from tests.stack import Stack, contest_folder, right_answers, running, wait_for

WEEK_SECONDS = 30


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stack, Any]]:
    """A contest of one short week in which one person has handed in a paper, and the receipt."""
    folder = tmp_path_factory.mktemp("winners")
    contest = contest_folder(folder / "contest", id="winners", weeks=1, seconds=WEEK_SECONDS, proof="false")
    with running(contest, folder / "state") as started:
        person = Person.register(started, 1, proof=False)
        attempt = person.call(started, "POST", "/attempts", {})["attempt"]
        body = {"answers": right_answers(started, attempt, 1), "prediction": 1, "revision": 0}
        answer = person.call(started, "POST", f"/attempts/{attempt['attempt_id']}/submission", body)
        yield started, answer["receipt"]


def wait_until_closed(stack: Stack) -> None:
    def closed() -> bool:
        answer = stack.site("/data/results/index.json")
        return answer.status_code == 200 and answer.json()["final"] is not None

    wait_for(closed, WEEK_SECONDS + 60, "closing the week by its schedule")


@pytest.mark.no_hands
def test_the_results_appear_automatically_when_the_week_is_over(held: tuple[Stack, Any], page: Page) -> None:
    stack, _ = held
    page.goto(f"{stack.site_url}/#/results")
    expect(page.get_by_text("Chưa có kết quả.")).to_be_visible()
    wait_until_closed(stack)
    page.reload()
    expect(page.get_by_role("link", name="Tuần 1")).to_be_visible()


def test_everybody_sees_the_winners(held: tuple[Stack, Any], page: Page) -> None:
    stack, receipt = held
    wait_until_closed(stack)
    page.goto(f"{stack.site_url}/#/results")
    press(page.get_by_role("link", name="Tuần 1"))
    winner = page.get_by_role("listitem").filter(has_text="Giải Nhất")
    expect(winner).to_contain_text("Nguyễn Thị Ánh Đào")
    expect(winner).to_contain_text("Sở B")
    expect(page.get_by_role("row", name=re.compile("Sở B"))).to_contain_text("1/4")
    press(page.get_by_role("link", name="Chung cuộc"))
    expect(page.get_by_role("heading", name="Giải tập thể")).to_be_visible()

    # and everybody can check that their own paper was counted
    press(page.get_by_role("link", name="Kiểm tra biên nhận"))
    page.get_by_label("Hoặc dán nội dung biên nhận").fill(json.dumps(receipt))
    press(page.get_by_role("button", name="Kiểm tra", exact=True))
    expect(page.get_by_text("Biên nhận hợp lệ.")).to_be_visible()

    press(page.get_by_role("link", name="Trang chủ"))
    expect(page.get_by_text("Cuộc thi đã kết thúc")).to_be_visible()
