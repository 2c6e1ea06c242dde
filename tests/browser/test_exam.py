"""From registration to the result, by hand, on a phone with a bad line, against the deployed stack."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.hands import choose, look_over, press, press_blindly
from tests.browser.people import PASSWORD
from tests.browser.registering import NAME, register
from tests.stack import Stack

CITIZEN_IDS = {"mouse": "040190999998", "touch": "040190999999"}


def heading(page: Page, text: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1, name=text)).to_be_focused()


def right_answers(stack: Stack) -> dict[str, set[str]]:
    """The texts of the right options by the text of the question, as anybody may study them."""
    bank = stack.site("/data/bank.json").json()
    return {
        question["text"]: {
            option["text"] for option in question["options"] if option["key"] in question["answer"]
        }
        for question in bank["questions"]
    }


def answer(page: Page, right: dict[str, set[str]]) -> None:
    """Chooses the right options of the question that is shown."""
    question = page.locator("fieldset.question:visible")
    text = re.sub(r"^Câu \d+", "", question.locator("legend").inner_text()).strip()
    for choice in question.locator("label.choice").all():
        if re.sub(r"^[A-F]\. ", "", choice.inner_text().strip()) in right[text]:
            choose(choice.locator("input"))


def test_a_contest_on_a_phone(hall: Stack, phone: Callable[..., BrowserContext], hand: str) -> None:
    page, right, citizen_id = phone(service_workers="allow").new_page(), right_answers(hall), CITIZEN_IDS[hand]
    page.goto(hall.site_url)
    heading(page, "Cuộc thi kiểm thử")
    expect(page.get_by_text("Tuần 1 đang diễn ra", exact=True)).to_be_visible()

    # registering signs in; signing out and in again needs the password
    press(page.locator("main").get_by_role("link", name="Lần đầu: đăng ký"))
    heading(page, "Đăng ký dự thi")
    register(page, citizen_id)
    heading(page, f"Xin chào {NAME}")
    press(page.get_by_role("button", name="Đăng xuất"))
    press(page.get_by_role("link", name="Vào thi"))
    press(page.get_by_role("button", name="Đăng nhập"))
    expect(page.get_by_role("alert").get_by_text("Nhập mật khẩu.")).to_be_visible()
    page.get_by_label("Số căn cước công dân").fill(citizen_id)
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu sai")
    press(page.get_by_role("button", name="Đăng nhập"))
    expect(page.get_by_text("Số căn cước công dân hoặc mật khẩu không đúng.")).to_be_visible()
    expect(page.get_by_text("Mã yêu cầu")).to_have_count(0)
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Đăng nhập"))

    # a paper through a lost connection and a reload, one question at a time
    press(page.get_by_role("button", name="Bắt đầu lượt thi"))
    heading(page, "Tuần 1, lượt thi 1")
    answer(page, right)
    press(page.get_by_role("button", name="Câu sau"))
    page.context.set_offline(True)
    answer(page, right)
    expect(page.get_by_text("Mất kết nối mạng.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Đã trả lời 2/5")).to_be_visible()
    page.context.set_offline(False)
    expect(page.locator("#save")).to_have_text(re.compile(r"^Đã lưu lúc \d\d:\d\d:\d\d"))
    for _ in range(3):
        press(page.get_by_role("button", name="Câu sau"))
        answer(page, right)
    press(page.get_by_role("button", name="Câu sau"))
    page.get_by_label("Bao nhiêu người trả lời đúng tất cả?").fill("1")

    # the choices are shown before the paper is handed in, twice, by an impatient finger
    look_over(page)
    expect(page.get_by_text("Bạn đã trả lời tất cả 5 câu.")).to_be_visible()
    press_blindly(page.locator("#submit"), times=2)
    heading(page, "Kết quả lượt thi")
    expect(page.locator("#score")).to_have_text("5/5")
    press(page.get_by_role("link", name="Đến lượt thi tiếp theo"))
    expect(page.get_by_role("listitem").filter(has_text="Tuần 1, lượt thi 1")).to_contain_text("5/5")
