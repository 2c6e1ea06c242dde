"""Registering and signing in: what a person typed is never taken away, and what is agreed to can be read."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.browser.hands import choose, press
from tests.browser.people import Person
from tests.stack import Stack, wait_for


def test_switching_the_language_keeps_a_half_filled_registration(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")
    page.get_by_label("Số căn cước công dân").fill("040190000123")
    page.get_by_label("Họ và tên").fill("Nguyễn Thị Ánh Đào")
    page.get_by_label("Tháng", exact=True).fill("3")
    choose(page.get_by_label("Nữ"))
    choose(page.get_by_label("Công dân khác"))
    page.get_by_label("Đơn vị", exact=True).fill("so b")
    press(page.get_by_role("button", name="Sở B"))
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu dài")
    choose(page.get_by_label("Tôi đồng ý"))

    press(page.get_by_role("button", name="English"))
    expect(page.get_by_role("heading", level=1, name="Register")).to_be_visible()
    expect(page.get_by_label("Citizen ID number")).to_have_value("040190000123")
    expect(page.get_by_label("Full name")).to_have_value("Nguyễn Thị Ánh Đào")
    expect(page.get_by_label("Month", exact=True)).to_have_value("3")
    expect(page.get_by_label("Female")).to_be_checked()
    expect(page.get_by_label("Other citizen")).to_be_checked()
    expect(page.get_by_text("Chosen: Sở B")).to_be_visible()
    expect(page.get_by_text("If you study or work at a unit")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_value("mật khẩu dài")
    expect(page.get_by_label("I agree")).to_be_checked()

    # what was only typed, not chosen, stays too
    press(page.get_by_role("button", name="Change"))
    page.get_by_label("Unit", exact=True).fill("tru")
    press(page.get_by_role("button", name="Tiếng Việt"))
    expect(page.get_by_label("Đơn vị", exact=True)).to_have_value("tru")


def test_switching_the_language_keeps_what_was_typed_to_sign_in(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/sign-in")
    page.get_by_label("Số căn cước công dân").fill("040190000123")
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu dài")
    press(page.get_by_role("button", name="English"))
    expect(page.get_by_label("Citizen ID number")).to_have_value("040190000123")
    expect(page.get_by_label("Password", exact=True)).to_have_value("mật khẩu dài")


def test_what_is_agreed_to_is_a_tap_away(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")
    expect(page.get_by_text("Người chưa đủ 16 tuổi chỉ đăng ký khi cha, mẹ hoặc người giám hộ")).to_be_visible()
    consent = page.get_by_label("Tôi đồng ý")
    expect(consent).not_to_be_checked()
    page.get_by_label("Họ và tên").fill("Nguyễn Thị Ánh Đào")
    with page.context.expect_page() as opened:
        press(page.get_by_role("link", name=re.compile("^Thông báo về xử lý dữ liệu cá nhân")))
    notice = opened.value
    expect(notice.get_by_text("Dữ liệu chỉ dùng để tổ chức cuộc thi.")).to_be_visible()
    expect(notice.get_by_text("Mỗi người một lượt.")).to_be_hidden()
    expect(page.get_by_label("Họ và tên")).to_have_value("Nguyễn Thị Ánh Đào")


@pytest.mark.no_hands
def test_an_address_that_was_cut_off_opens_its_screen(hall: Stack, page: Page) -> None:
    for broken in ("#/results/%", "#/results/%E1%BA"):
        page.goto(f"{hall.site_url}/{broken}")
        expect(page.get_by_role("heading", level=1, name="Kết quả cuộc thi")).to_be_visible()


def code_from_the_desk(stack: Stack, citizen_id: str) -> str:
    """What an organiser reads out to somebody who has lost the password."""
    table = f"citizen_id\n{citizen_id}\n".encode()
    desk = stack.stack["desk_bucket"]
    stack.client("s3").delete_object(Bucket=desk, Key="intake/password-resets.csv.json")  # of who asked before
    stack.client("s3").put_object(Bucket=desk, Key="inbox/password-resets.csv", Body=table)

    def answered() -> Any:
        listed = stack.client("s3").list_objects_v2(Bucket=desk, Prefix="intake/password-resets.csv.json")
        return listed.get("Contents")

    wait_for(answered, 30, "an answer to password-resets.csv")
    folder = json.loads(stack.desk("intake/password-resets.csv.json"))["taken"]["answers"]
    sheet = load_workbook(io.BytesIO(stack.desk(f"{folder}password-resets.xlsx"))).worksheets[0]
    header, row = sheet.iter_rows(values_only=True)
    return str(dict(zip(header, row, strict=True))["code"])


def test_a_lost_password_has_a_way_back(hall: Stack, page: Page, new_person: Callable[[], Person]) -> None:
    person = new_person()
    page.goto(f"{hall.site_url}/#/sign-in")
    press(page.get_by_role("link", name="Quên mật khẩu?"))
    expect(page.get_by_text("Gọi đường dây nóng 0238 000 000")).to_be_visible()
    page.get_by_label("Số căn cước công dân").fill(person.citizen_id)
    page.get_by_label("Mật khẩu mới").fill("mật khẩu khác hẳn")
    send = page.get_by_role("button", name="Đặt mật khẩu mới")
    press(send)
    expect(page.locator("#code-mistake")).to_have_text("Nhập đủ 12 chữ số của mã dùng một lần.")
    page.get_by_label("Mã dùng một lần").fill("0000 0000 0000")
    press(send)
    expect(page.get_by_text("mã dùng một lần không đúng")).to_be_visible()
    code = code_from_the_desk(hall, person.citizen_id)
    page.get_by_label("Mã dùng một lần").fill(code.replace("-", " "))
    press(send)
    expect(page.get_by_role("heading", level=1, name=re.compile("^Xin chào"))).to_be_visible()


def test_a_mistake_is_told_as_soon_as_its_field_is_left(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")
    citizen, told = page.get_by_label("Số căn cước công dân"), page.locator("#citizen_id-mistake")
    citizen.fill("04019000012")
    expect(told).to_be_hidden()
    page.get_by_label("Họ và tên").focus()
    expect(told).to_have_text("Nhập đủ 12 chữ số căn cước công dân.")
    citizen.fill("040190000123")
    expect(told).to_be_hidden()
    for part, value in (("Ngày", "7"), ("Tháng", "3"), ("Năm", "1991")):
        page.get_by_label(part, exact=True).fill(value)
    choose(page.get_by_label("Nữ"))
    expect(told).to_contain_text("không khớp với năm sinh")
    page.get_by_label("Năm", exact=True).fill("1990")
    expect(told).to_be_hidden()
    page.get_by_label("Tháng", exact=True).fill("13")
    choose(page.get_by_label("Công dân khác"))  # a mistake told above it must not move it from under the finger
    expect(page.locator("#date_of_birth-mistake")).to_be_visible()
    page.get_by_label("Tháng", exact=True).fill("3")
    expect(page.locator(".mistake:visible")).to_have_count(0)
