"""Receipts are kept, saved as a file, checked on the device, and never shown to anybody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import published
from tests.browser.hands import look_over, press
from tests.browser.people import Person
from tests.stack import Stack, wait_for

Enter = Callable[[Page, Person, str], None]


@pytest.fixture
def person(new_person: Callable[[], Person]) -> Person:
    return new_person()


@pytest.fixture
def attempt(hall: Stack, page: Page, person: Person, enter: Enter) -> str:
    """A paper that ``person`` has handed in on ``page``, which shows the result."""
    started = person.start(hall)
    enter(page, person, f"#/paper/{started}")
    look_over(page)
    press(page.locator("#submit"))
    expect(page.get_by_role("heading", name="Biên nhận của bạn")).to_be_visible()
    return started


def check(page: Page) -> None:
    press(page.get_by_role("button", name="Kiểm tra", exact=True))


def holds(page: Page) -> bool:
    check(page)
    expect(page.get_by_role("heading", name="Kết quả kiểm tra")).to_be_visible()
    return page.get_by_text("Biên nhận hợp lệ.").is_visible()


def test_a_receipt_is_kept_saved_and_checked_by_the_log_before_the_close(
    hall: Stack, page: Page, person: Person, attempt: str, tmp_path: Path
) -> None:
    with page.expect_download() as saved:
        press(page.get_by_role("button", name="Tải biên nhận"))
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    assert file.name == "bien-nhan-tuan-1-luot-1.json"
    again = person.call(hall, "GET", f"/attempts/{attempt}")["result"]
    assert json.loads(file.read_text(encoding="utf-8")) == again["receipt"]

    press(page.get_by_role("link", name="Kiểm tra", exact=True))
    wait_for(lambda: holds(page), 90, "the log to take in the record and open its minute")
    press(page.locator("summary", has_text="Chi tiết kiểm tra"))
    for step in ("Câu trả lời, đơn vị, điểm, thời gian", "Nội dung lượt thi", "Chữ ký của Ban Tổ chức"):
        expect(page.get_by_role("listitem").filter(has_text=step)).to_contain_text(": khớp")
    press(page.get_by_role("button", name="Kiểm tra khóa ký trong nhật ký"))
    expect(page.get_by_text("Nhật ký đã nêu khóa này trước khi bạn nộp bài.")).to_be_visible()
    page.goto(f"{hall.site_url}/#/me")
    press(page.get_by_role("link", name="Biên nhận", exact=True))
    expect(page.get_by_role("button", name="Tuần 1, lượt thi 1")).to_be_visible()

    page.goto(f"{hall.site_url}/#/me")
    press(page.get_by_role("button", name="Đăng xuất"))
    press(page.get_by_role("link", name="Kiểm tra biên nhận"))
    expect(page.get_by_label("Chọn tệp biên nhận")).to_be_visible()
    expect(page.get_by_role("button", name="Tuần 1, lượt thi 1")).to_be_hidden()
    page.get_by_label("Chọn tệp biên nhận").set_input_files(file)
    expect(page.get_by_text("Biên nhận hợp lệ.")).to_be_visible()


def test_a_changed_receipt_is_reported_as_changed(hall: Stack, page: Page) -> None:
    true = published.receipt("a3", "1-1-1661130000000-0123456789abcdef")
    published.publish(page, published.proof(true))
    page.goto(f"{hall.site_url}/#/receipt")
    page.get_by_label("Hoặc dán nội dung biên nhận").fill("{")
    check(page)
    expect(page.get_by_text("Nội dung này không phải là biên nhận")).to_be_visible()
    record = {**true["record"], "prediction": 5}
    page.get_by_label("Hoặc dán nội dung biên nhận").fill(json.dumps({**true, "record": record}))
    check(page)
    expect(page.get_by_text("Có mục không khớp.")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="Nội dung lượt thi")).to_contain_text("không khớp")


def test_two_checkpoints_that_contradict_each_other_are_told_and_can_be_saved(
    hall: Stack, page: Page, tmp_path: Path
) -> None:
    mine = published.receipt("a3", "1-1-1661130000000-0123456789abcdef")
    page.goto(f"{hall.site_url}/#/receipt")
    page.get_by_label("Hoặc dán nội dung biên nhận").fill(json.dumps(mine))
    for minutes, others, told in ((40, 20, "Biên nhận hợp lệ."), (50, 20, "Biên nhận hợp lệ."),
                                  (60, 21, "Hai mốc của nhật ký mâu thuẫn")):  # fmt: skip
        published.publish(page, published.proof(mine, others, minutes))
        check(page)
        expect(page.get_by_text(told)).to_be_visible()
        if others == 20:
            press(page.locator("summary", has_text="Chi tiết kiểm tra"))
            expect(page.get_by_text(f"{minutes} phút")).to_be_visible()
    with page.expect_download() as saved:
        press(page.get_by_role("button", name="Lưu hai mốc"))
    file = tmp_path / "two.txt"
    saved.value.save_as(file)
    kept, shown = (note.splitlines()[:2] for note in file.read_text(encoding="utf-8").split("\n\n\n"))
    assert (kept, shown) == (["cuoc-thi/hall", "50"], ["cuoc-thi/hall", "60"])


def test_a_receipt_that_the_log_lacks_is_kept_as_evidence(hall: Stack, page: Page) -> None:
    mine, other = (published.receipt("a3", f"1-{number}-1661130000000-0123456789abcdef") for number in (1, 2))
    published.publish(page, published.proof(other))
    page.goto(f"{hall.site_url}/#/receipt")
    page.get_by_label("Hoặc dán nội dung biên nhận").fill(json.dumps(mine))
    check(page)
    expect(page.get_by_text("KHÔNG thấy bài của bạn")).to_be_visible()
    expect(page.get_by_role("button", name="Tải biên nhận")).to_be_visible()


def test_a_paper_handed_in_elsewhere_shows_its_receipt(
    hall: Stack, page: Page, person: Person, enter: Enter
) -> None:
    attempt = person.start(hall)
    given = person.call(
        hall, "POST", f"/attempts/{attempt}/submission", {"answers": {"1": ["A"]}, "revision": 0}
    )
    enter(page, person, f"#/paper/{attempt}")
    expect(page.get_by_text(given["receipt"]["leaf_hash"][:16])).to_be_visible()
