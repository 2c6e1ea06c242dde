"""A contest that keeps its bank to itself keeps scores to itself too, until the week is over."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import choose, look_over, press
from tests.browser.people import Person
from tests.stack import Stack, contest_folder, running, wait_for

WEEK_SECONDS = 45
LATER = "Điểm sẽ được công bố sau khi tuần thi kết thúc."


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("scores")
    contest = contest_folder(
        folder / "contest", id="scores", weeks=1, seconds=WEEK_SECONDS, proof="off", publish="false"
    )
    with running(contest, folder / "state") as started:
        yield started


@pytest.mark.no_hands
def test_scores_are_shown_after_the_close_where_the_bank_is_not_published(stack: Stack, page: Page) -> None:
    person = Person.register(stack, 1, proof=False)
    attempt = person.start(stack)
    person.opens(page, stack.site_url, f"#/paper/{attempt}")
    press(page.locator("fieldset.question:visible label.choice input").first)
    look_over(page)
    press(page.locator("#submit"))
    expect(page.get_by_text("Đã nhận bài")).to_be_visible()
    expect(page.get_by_text(LATER)).to_be_visible()
    expect(page.locator("#score")).to_have_count(0)
    expect(page.get_by_role("heading", name="Biên nhận của bạn")).to_be_visible()

    press(page.get_by_role("link", name="Đến lượt thi tiếp theo"))
    entry = page.get_by_role("listitem").filter(has_text="Tuần 1, lượt thi 1")
    expect(entry).to_contain_text("Điểm công bố sau khi tuần kết thúc")
    expect(page.get_by_text("lượt tốt nhất tuần này")).to_have_count(0)

    def score() -> int | None:
        told = person.call(stack, "GET", f"/attempts/{attempt}")["result"]["score"]
        return None if told is None else told + 1

    def published() -> bool:
        return stack.site("/data/proof/week-1/index.json").status_code == 200

    right = wait_for(score, WEEK_SECONDS + 60, "telling the score") - 1
    told = re.compile("đang tổng hợp kết quả|trong 1 người được xếp hạng")
    expect(page.locator(".own-place")).to_contain_text(told)  # the page was open when the week ended
    expect(page.get_by_role("link", name="Xem bài làm, đáp án")).to_be_visible()
    page.reload()
    expect(entry).to_contain_text(f"{right}/5")
    press(page.get_by_role("link", name="Tuần 1, lượt thi 1"))
    expect(page.locator("#score")).to_have_text(f"{right}/5")
    # it was the last week: now the keys of the own paper may be known
    expect(page.get_by_role("heading", name="Bài làm và đáp án")).to_be_visible()
    if 0 < right < 5:  # what was wrong comes first
        expect(page.locator(".own-paper > li")).to_have_count(5 - right)
        choose(page.get_by_label("Hiện cả những câu đúng"))
    expect(page.locator(".own-paper > li")).to_have_count(5)
    expect(page.locator(".own-paper .badge.good")).to_have_count(right)
    wait_for(published, WEEK_SECONDS + 60, "closing the week by its schedule")
    press(page.get_by_role("link", name="Kiểm tra", exact=True))
    expect(page.get_by_text("Biên nhận hợp lệ.")).to_be_visible()
    expect(page.get_by_text("Số câu đúng")).to_be_visible()
    expect(page.get_by_text(LATER)).to_have_count(0)
