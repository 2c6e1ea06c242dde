"""From registration to the winners' page, by hand on a phone, against the deployed stack."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.stack import Stack, contest_folder, running, wait_for

NAME = "Nguyễn Thị Ánh Đào"
CITIZEN_ID = "040190000123"
PASSWORD = "mật khẩu dài"
WEEK_SECONDS = 75


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("browser")
    contest = contest_folder(folder / "contest", id="browser", weeks=1, seconds=WEEK_SECONDS, proof="true")
    with running(contest, folder / "state") as started:
        yield started


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_focused()


def register(page: Page) -> None:
    page.get_by_label("Số căn cước công dân").fill(CITIZEN_ID)
    page.get_by_label("Họ và tên").fill(NAME)
    for part, value in (("Ngày", "7"), ("Tháng", "3"), ("Năm", "1990")):
        page.get_by_label(part, exact=True).fill(value)
    page.get_by_label("Nữ").check()
    page.get_by_label("Số điện thoại di động").fill("0912 345 678")
    page.get_by_label("Cán bộ, công chức").check()
    page.get_by_label("Đơn vị", exact=True).fill("so b")
    page.get_by_role("button", name="Sở B").click()
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_label("Tôi đồng ý").check()
    page.get_by_role("button", name="Đăng ký").click()


def closed(stack: Stack) -> bool:
    answer = stack.site("/data/results/index.json")
    return answer.status_code == 200 and answer.json()["final"] is not None


def test_a_contest_on_a_phone(stack: Stack, page: Page) -> None:
    page.goto(stack.site_url)
    heading(page, "Cuộc thi kiểm thử")
    expect(page.get_by_text("Tuần 1 đang diễn ra", exact=True)).to_be_visible()

    # registering signs in; signing out and in again needs the password
    page.get_by_role("link", name="Đăng ký").click()
    heading(page, "Đăng ký dự thi")
    register(page)
    heading(page, f"Xin chào {NAME}")
    page.get_by_role("button", name="Đăng xuất").click()
    page.get_by_role("link", name="Vào thi").click()
    page.get_by_label("Số căn cước công dân").fill(CITIZEN_ID)
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu sai")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_text("Số căn cước công dân hoặc mật khẩu không đúng.")).to_be_visible()
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()

    # every answer is kept at once, and sent soon
    page.get_by_role("button", name="Bắt đầu lượt thi mới").click()
    heading(page, "Tuần 1, lượt thi 1")
    page.get_by_role("group", name=re.compile("^Câu 1 ")).locator("input").first.check()
    page.get_by_label("Bao nhiêu người trả lời đúng tất cả?").fill("1")
    expect(page.get_by_text(re.compile(r"^Đã lưu lúc \d\d:\d\d:\d\d$"))).to_be_visible()
    page.get_by_role("group", name=re.compile("^Câu 2 ")).locator("input").last.check()  # on the device only
    page.reload()
    expect(page.get_by_text("Đã trả lời 2/5")).to_be_visible()
    expect(page.get_by_role("group", name=re.compile("^Câu 1 ")).locator("input").first).to_be_checked()
    expect(page.get_by_role("group", name=re.compile("^Câu 2 ")).locator("input").last).to_be_checked()
    expect(page.get_by_label("Bao nhiêu người trả lời đúng tất cả?")).to_have_value("1")

    # what is unanswered is said before the paper is handed in
    page.get_by_role("button", name="Kiểm tra và nộp bài").click()
    expect(page.get_by_text("Còn 3 câu chưa trả lời.")).to_be_visible()
    page.get_by_role("button", name="Nộp bài", exact=True).dblclick()
    heading(page, "Kết quả lượt thi")
    score = page.locator("#score").inner_text()
    assert re.fullmatch(r"[0-2]/5", score)
    page.get_by_role("link", name="Về trang của tôi").click()
    expect(page.get_by_role("listitem").filter(has_text="Tuần 1, lượt 1")).to_contain_text(score)

    # the week closes by itself
    page.get_by_role("link", name="Kết quả").click()
    expect(page.get_by_text("Chưa có kết quả.")).to_be_visible()
    wait_for(lambda: closed(stack), WEEK_SECONDS + 60, "closing the week by its schedule")
    page.reload()
    page.get_by_role("link", name="Tuần 1").click()
    winner = page.get_by_role("listitem").filter(has_text="Giải Nhất")
    expect(winner).to_contain_text(NAME)
    expect(winner).to_contain_text("Sở B")
    expect(page.get_by_role("row", name=re.compile("Sở B"))).to_contain_text("1/4")
    page.get_by_role("link", name="Chung cuộc").click()
    expect(page.get_by_role("heading", name="Giải tập thể chung cuộc")).to_be_visible()
