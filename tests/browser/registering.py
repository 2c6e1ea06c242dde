"""Filling in the registration form, step by step, as a person does."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.hands import choose, press
from tests.browser.people import PASSWORD

NAME = "Nguyễn Thị Ánh Đào"
STEPS = ("Thông tin cá nhân", "Đối tượng và đơn vị", "Mật khẩu và sự đồng ý", "Kiểm tra trước khi gửi")


def expect_step(page: Page, number: int) -> None:
    """From 1; the page to check is 4."""
    expect(page.get_by_role("heading", level=2, name=re.compile(f"{STEPS[number - 1]}$"))).to_be_visible()


def go_on(page: Page, to: int) -> None:
    press(page.get_by_role("button", name="Tiếp tục"))
    expect_step(page, to)


def fill_person(page: Page, citizen_id: str, name: str = NAME, day: str = "7", month: str = "3") -> None:
    page.get_by_label("Số căn cước công dân").fill(citizen_id)
    page.get_by_label("Họ và tên").fill(name)
    page.get_by_label("Ngày", exact=True).fill(day)
    page.get_by_label("Tháng", exact=True).fill(month)
    page.get_by_label("Số điện thoại di động").fill("0912 345 678")


def fill_unit(page: Page) -> None:
    choose(page.get_by_label("Cán bộ, công chức"))
    page.get_by_label("Đơn vị", exact=True).fill("so b")
    press(page.get_by_role("button", name="Sở B"))


def fill_password(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Mật khẩu", exact=True).last.fill(password)
    choose(page.get_by_label("Tôi đồng ý"))


def send(page: Page) -> None:
    press(page.get_by_role("button", name="Đăng ký", exact=True))


def register(page: Page, citizen_id: str, password: str = PASSWORD) -> None:
    fill_person(page, citizen_id)
    go_on(page, 2)
    fill_unit(page)
    go_on(page, 3)
    fill_password(page, password)
    go_on(page, 4)
    send(page)
