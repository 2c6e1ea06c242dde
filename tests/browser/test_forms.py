"""Registering and signing in: typed text is never lost, and the terms can be read before agreeing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from tests.browser.hands import choose, press, press_blindly
from tests.browser.people import PASSWORD, Person
from tests.browser.registering import (
    NAME,
    expect_step,
    fill_password,
    fill_person,
    fill_unit,
    go_on,
    register,
)
from tests.stack import Stack


def test_switching_the_language_keeps_a_half_filled_registration(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")
    fill_person(page, "040190000123")
    press(page.get_by_role("button", name="English"))
    expect(page.get_by_role("heading", level=1, name="Register")).to_be_visible()
    expect(page.get_by_label("Citizen ID number")).to_have_value("040190000123")
    expect(page.get_by_label("Full name")).to_have_value(NAME)
    expect(page.get_by_label("Month", exact=True)).to_have_value("3")
    expect(page.get_by_text("By your ID number: born in 1990, female.")).to_be_visible()
    press(page.get_by_role("button", name="Go on"))
    choose(page.get_by_label("Other citizen"))
    page.get_by_label("Unit", exact=True).fill("so b")
    press(page.get_by_role("button", name="Sở B"))
    press(page.get_by_role("button", name="Tiếng Việt"))
    expect_step(page, 2)
    expect(page.get_by_label("Công dân khác")).to_be_checked()
    expect(page.get_by_text("Đã chọn: Sở B")).to_be_visible()
    expect(page.get_by_text("Không bắt buộc: chọn đơn vị")).to_be_visible()
    # text that was only typed, not chosen, also stays
    press(page.get_by_role("button", name="Chọn lại"))
    page.get_by_label("Đơn vị", exact=True).fill("so b")
    press(page.get_by_role("button", name="English"))
    expect(page.get_by_label("Unit", exact=True)).to_have_value("so b")
    press(page.get_by_role("button", name="Tiếng Việt"))
    fill_unit(page)
    go_on(page, 3)
    fill_password(page)
    press(page.get_by_role("button", name="English"))
    expect(page.get_by_label("Password", exact=True)).to_have_value(PASSWORD)
    expect(page.get_by_label("I agree")).to_be_checked()
    press(page.get_by_role("button", name="Go on"))
    press(page.get_by_role("button", name="Tiếng Việt"))
    expect_step(page, 4)
    expect(page.locator(".checked").first).to_contain_text(NAME)


def test_the_back_key_goes_one_step_back_and_never_into_a_form_that_was_sent(
    hall: Stack, page: Page, hand: str
) -> None:
    page.goto(hall.site_url)
    press(page.locator("main").get_by_role("link", name="Lần đầu: đăng ký"))
    citizen_id = {"mouse": "040190778001", "touch": "040190778002"}[hand]
    fill_person(page, citizen_id)
    go_on(page, 2)
    fill_unit(page)
    go_on(page, 3)
    page.go_back()
    expect_step(page, 2)
    expect(page.get_by_text("Đã chọn: Sở B")).to_be_visible()
    press(page.get_by_role("button", name="Quay lại"))
    expect_step(page, 1)
    expect(page.get_by_label("Số căn cước công dân")).to_have_value(citizen_id)
    expect(page.get_by_role("button", name="Quay lại")).to_be_hidden()
    go_on(page, 2)
    go_on(page, 3)
    page.reload()
    expect_step(page, 1)  # nothing personal is kept, and no key leads to steps behind an empty one
    page.go_back()
    expect_step(page, 1)
    register(page, citizen_id)
    expect(page.get_by_role("heading", level=1, name=f"Xin chào {NAME}")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Cuộc thi kiểm thử")).to_be_visible()


def test_everything_can_be_checked_and_changed_before_it_is_sent(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")
    fill_person(page, "040190000123", "nguyễn thị hoa", "29", "2")
    press(page.get_by_role("button", name="Tiếp tục"))
    expect(page.locator("#date_of_birth-mistake")).to_be_visible()  # 1990 had no 29 February
    page.get_by_label("Ngày", exact=True).fill("7")
    go_on(page, 2)
    fill_unit(page)
    go_on(page, 3)
    fill_password(page)
    go_on(page, 4)
    told = page.locator(".checked")
    for text in ("0401 9000 0123", "nguyễn thị hoa", "07/02/1990", "Nữ", "0912 345 678"):
        expect(told.first).to_contain_text(text)
    expect(told.nth(1)).to_contain_text("Sở B")
    expect(page.locator("main")).not_to_contain_text(PASSWORD)
    press(page.get_by_role("button", name="Sửa: Thông tin cá nhân"))
    expect_step(page, 1)
    page.get_by_label("Họ và tên").fill(NAME)
    go_on(page, 4)  # straight back
    expect(told.first).to_contain_text(NAME)


def test_units_are_picked_by_the_keyboard_and_enter_sends_nothing(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")
    fill_person(page, "040190000123")
    page.keyboard.press("Enter")
    expect_step(page, 2)
    choose(page.get_by_label("Công dân khác"))
    field = page.get_by_label("Đơn vị", exact=True)
    field.fill("không có đơn vị này")
    field.press("Enter")
    expect(page.get_by_text("Không có đơn vị nào khớp")).to_be_visible()
    expect_step(page, 2)
    field.fill("so")
    field.press("ArrowDown")
    expect(page.get_by_role("button", name="Sở A")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(field).to_be_focused()
    field.fill("so b")
    field.press("Enter")
    expect(page.get_by_text("Đã chọn: Sở B")).to_be_visible()
    expect(page.get_by_role("button", name="Chọn lại")).to_be_focused()
    expect_step(page, 2)


def test_a_password_can_be_shown_and_no_keyboard_changes_it(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/sign-in")
    field = page.get_by_label("Mật khẩu", exact=True)
    field.fill("ngắn")
    for attribute, value in (("autocapitalize", "none"), ("autocorrect", "off"), ("spellcheck", "false")):
        expect(field).to_have_attribute(attribute, value)
    expect(field).to_have_attribute("type", "password")
    press(page.get_by_role("button", name="Hiện mật khẩu"))
    expect(field).to_have_attribute("type", "text")
    expect(field).to_be_focused()  # a phone's keyboard stays
    press(page.get_by_role("button", name="Ẩn mật khẩu"))
    expect(field).to_have_attribute("type", "password")


def test_switching_the_language_keeps_the_sign_in_form_as_typed(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/sign-in")
    page.get_by_label("Số căn cước công dân").fill("040190000123")
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu dài")
    press(page.get_by_role("button", name="English"))
    expect(page.get_by_label("Citizen ID number")).to_have_value("040190000123")
    expect(page.get_by_label("Password", exact=True)).to_have_value("mật khẩu dài")


def test_the_terms_to_agree_to_are_a_tap_away(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")
    fill_person(page, "040190000123")
    go_on(page, 2)
    fill_unit(page)
    go_on(page, 3)
    guardian = page.get_by_text("Người chưa đủ 16 tuổi chỉ đăng ký khi cha, mẹ hoặc người giám hộ")
    expect(guardian).to_be_hidden()  # to people born in 1990
    page.go_back()
    page.go_back()
    young = (datetime.now(tz=UTC).year - 15) % 100
    page.get_by_label("Số căn cước công dân").fill(f"0403{young:02}000123")
    go_on(page, 2)
    go_on(page, 3)
    expect(guardian).to_be_visible()
    consent = page.get_by_label("Tôi đồng ý")
    expect(consent).not_to_be_checked()
    page.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    with page.context.expect_page() as opened:
        press(page.get_by_role("link", name=re.compile("^Thông báo về xử lý dữ liệu cá nhân")))
    notice = opened.value
    expect(notice.get_by_text("Dữ liệu chỉ dùng để tổ chức cuộc thi.")).to_be_visible()
    expect(notice.get_by_text("Mỗi người một lượt.")).to_be_hidden()
    expect(page.get_by_label("Mật khẩu", exact=True)).to_have_value(PASSWORD)


@pytest.mark.no_hands
def test_a_truncated_address_opens_its_screen(hall: Stack, page: Page) -> None:
    for broken in ("#/results/%", "#/results/%E1%BA"):
        page.goto(f"{hall.site_url}/{broken}")
        expect(page.get_by_role("heading", level=1, name="Kết quả cuộc thi")).to_be_visible()


def code_from_the_desk(stack: Stack, citizen_id: str) -> str:
    """The code that an organiser reads out to somebody who has lost the password."""
    report = stack.deliver("password-resets.csv", f"citizen_id\n{citizen_id}\n", 30)
    folder = report["taken"]["answers"]
    sheet = load_workbook(io.BytesIO(stack.desk(f"{folder}password-resets.xlsx"))).worksheets[0]
    header, row = sheet.iter_rows(values_only=True)
    return str(dict(zip(header, row, strict=True))["code"])


def test_a_lost_password_can_be_reset(hall: Stack, page: Page, new_person: Callable[[], Person]) -> None:
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
    # The code does its work, but the answer is lost on its way.
    page.route("**/api/password", lambda route: (route.fetch(), route.abort()), times=1)
    press(send)
    expect(page.get_by_role("heading", level=1, name=re.compile("^Xin chào"))).to_be_visible()
    told = page.get_by_text("Mật khẩu của bạn đã được Ban Tổ chức đặt lại lúc")
    expect(told).to_contain_text("hãy gọi đường dây nóng 0238 000 000")
    page.reload()
    expect(told).to_be_visible()


def test_a_mistake_is_shown_as_soon_as_its_field_is_left(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")
    citizen, told = page.get_by_label("Số căn cước công dân"), page.locator("#citizen_id-mistake")
    citizen.fill("04019000012")
    expect(told).to_be_hidden()
    page.get_by_label("Họ và tên").focus()
    expect(told).to_have_text("Nhập đủ 12 chữ số căn cước công dân.")
    citizen.fill("040190000123")
    expect(told).to_be_hidden()
    date, phone = page.locator("#date_of_birth-mistake"), page.get_by_label("Số điện thoại di động")
    page.get_by_label("Ngày", exact=True).fill("7")
    phone.focus()
    expect(date).to_have_text("Nhập tháng sinh.")
    page.get_by_label("Tháng", exact=True).fill("13")
    phone.focus()
    expect(date).to_have_text("Nhập ngày và tháng sinh đúng, bằng chữ số.")
    page.get_by_label("Tháng", exact=True).fill("3")
    expect(date).to_be_hidden()
    phone.fill("0912")
    page.get_by_label("Họ và tên").fill(NAME)
    expect(page.locator("#phone-mistake")).to_be_visible()
    phone.fill("0912345678")
    expect(page.locator(".mistake:visible")).to_have_count(0)


def test_pasted_values_are_kept_whole_and_cleaned_with_a_word_to_the_person(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/register")

    def paste(label: str, text: str) -> Locator:
        field = page.get_by_label(label, exact=True)
        field.focus()
        page.keyboard.insert_text(text)
        field.blur()
        return field

    expect(paste("Số căn cước công dân", "Số CCCD: 0401 9000 0123")).to_have_value("040190000123")
    expect(page.get_by_text("Theo số căn cước: sinh năm 1990, giới tính nữ.")).to_be_visible()
    expect(page.locator("#citizen_id-cleaned")).to_be_empty()
    expect(paste("Ngày", "07/03/1990")).to_have_value("07")
    expect(page.get_by_label("Tháng", exact=True)).to_have_value("03")
    page.get_by_label("Ngày", exact=True).fill("")
    expect(paste("Ngày", "07/03/1985")).to_have_value("07/03/1985")  # not the year of the number
    expect(page.locator("#date_of_birth-mistake")).to_be_visible()
    page.get_by_label("Ngày", exact=True).fill("7")
    expect(paste("Số điện thoại di động", "\u2068+84 (0) 912 345 678\u2069")).to_have_value("0912345678")
    expect(page.locator("#phone-cleaned")).to_have_text("Đã bỏ các ký tự không nhìn thấy.")
    name = paste("Họ và tên", "h´hen  niê kđăm")
    expect(name).to_have_value("h'hen niê kđăm")
    press(page.get_by_role("button", name="Viết hoa: H'Hen Niê Kđăm"))
    expect(name).to_have_value("H'Hen Niê Kđăm")
    expect(page.get_by_role("button", name="Viết hoa")).to_have_count(0)
    expect(page.locator(".mistake:visible")).to_have_count(0)


def test_a_prediction_is_echoed_as_it_is_understood(
    hall: Stack, page: Page, new_person: Callable[[], Person], enter: Callable[[Page, Person, str], None]
) -> None:
    person = new_person()
    page.add_init_script("localStorage.setItem('cuoc-thi:paper-mode', JSON.stringify('list'))")
    enter(page, person, f"#/paper/{person.start(hall)}")
    field = page.get_by_label("Bao nhiêu người trả lời đúng tất cả?")
    mistake, echo = page.locator("#prediction-mistake"), page.locator("#prediction-echo")
    for text in ("12,5", "1.5000", "một nghìn"):
        field.fill(text)
        expect(mistake).to_have_text(re.compile("^Đây không phải là số nguyên"))
        expect(echo).to_be_empty()
    for text in ("1.500", "1500", "\u20681 500 người\u2069"):
        field.fill(text)
        expect(echo).to_have_text("Số dự đoán của bạn: 1.500")
        expect(mistake).to_be_hidden()
    field.fill("")
    expect(echo).to_be_empty()
    field.fill("1.500")
    page.reload()
    expect(field).to_have_value("1500")
    expect(echo).to_have_text("Số dự đoán của bạn: 1.500")


# -- taps


@pytest.fixture
def registering(hall: Stack, phone: Callable[..., BrowserContext]) -> Page:
    """The form on a tall phone: a field and the next thing to press are both in sight."""
    page = phone(viewport={"width": 412, "height": 915}).new_page()
    page.goto(f"{hall.site_url}/#/register")
    return page


def type_into(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    expect(field).to_be_focused()


def test_a_mistake_does_not_move_the_next_target(registering: Page) -> None:
    fill_person(registering, "040190000123")
    go_on(registering, 2)
    choose(registering.get_by_label("Cán bộ, công chức"))
    type_into(registering, "Đơn vị", "xyz")
    press_blindly(registering.get_by_label("Công dân khác"))
    expect(registering.get_by_label("Công dân khác")).to_be_checked()
    expect(registering.locator("#unit_code-mistake")).to_be_visible()
    fill_unit(registering)
    go_on(registering, 3)
    type_into(registering, "Mật khẩu", "ngắn")
    press_blindly(registering.get_by_label("Tôi đồng ý"))
    expect(registering.get_by_label("Tôi đồng ý")).to_be_checked()
    expect(registering.locator("#password-mistake")).to_be_visible()


def test_a_mistake_does_not_move_the_submit_button(registering: Page) -> None:
    type_into(registering, "Số điện thoại di động", "0912")
    press_blindly(registering.get_by_role("button", name="Tiếp tục"))
    expect(registering.get_by_text("Hãy sửa các mục sau")).to_be_visible()


def test_a_mistake_is_shown_however_its_field_is_left(registering: Page) -> None:
    told = registering.locator("#citizen_id-mistake")
    citizen = registering.get_by_label("Số căn cước công dân")
    for leave in (
        lambda: registering.keyboard.press("Tab"),
        lambda: citizen.evaluate("field => field.blur()"),  # as "Done" on a phone's keyboard does
        lambda: press(registering.get_by_role("heading", level=1)),
    ):
        citizen.fill("040190000123")
        expect(told).to_be_hidden()
        citizen.fill("0401")
        leave()
        expect(told).to_be_visible()


@pytest.mark.no_hands
def test_nothing_moves_under_a_finger_that_stays_down(registering: Page) -> None:
    type_into(registering, "Số căn cước công dân", "0401")
    name = registering.get_by_label("Họ và tên")
    at = name.bounding_box()
    assert at
    registering.mouse.move(at["x"] + 5, at["y"] + 5)
    registering.mouse.down()
    expect(registering.get_by_label("Số căn cước công dân")).not_to_be_focused()
    registering.wait_for_timeout(700)
    assert name.bounding_box() == at
    registering.mouse.up()
    expect(name).to_be_focused()
    expect(registering.locator("#citizen_id-mistake")).to_be_visible()


def test_a_finger_that_scrolls_or_wanders_off_does_not_hold_back_a_mistake(registering: Page) -> None:
    told = registering.locator("#citizen_id-mistake")
    type_into(registering, "Số căn cước công dân", "0401")
    at = registering.get_by_role("button", name="Tiếp tục").bounding_box()
    assert at
    registering.mouse.move(at["x"] + 5, at["y"] + 5)
    registering.mouse.down()
    registering.mouse.move(5, 5)
    registering.mouse.up()
    expect(told).to_be_visible()
    expect(registering.get_by_text("Hãy sửa các mục sau")).to_be_hidden()

    type_into(registering, "Họ và tên", "7")
    touch = registering.context.new_cdp_session(registering)
    for kind, y in (("Start", 600), ("Move", 560), ("Move", 400)):
        point = [{"x": 200, "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": point})
    registering.get_by_label("Họ và tên").evaluate("field => field.blur()")
    expect(registering.locator("#full_name-mistake")).to_be_visible()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_corrected_mistake_leaves_the_summary_at_once(registering: Page) -> None:
    summary = registering.get_by_role("alert")
    on = registering.get_by_role("button", name="Tiếp tục")
    press(on)
    expect(summary).to_be_focused()
    lines = summary.get_by_role("listitem")
    expect(lines).to_have_count(4)
    press(lines.get_by_role("link", name="Nhập đủ 12 chữ số căn cước công dân."))
    expect(registering.get_by_label("Số căn cước công dân")).to_be_focused()
    fill_person(registering, "040190000123")
    expect(summary).to_be_hidden()
    go_on(registering, 2)
    press(on)
    expect(lines).to_have_count(1)
    choose(registering.get_by_label("Cán bộ, công chức"))  # they need a unit: said there, not added above
    expect(summary).to_be_hidden()
    expect(registering.locator("#unit_code-mistake")).to_be_visible()
    registering.get_by_label("Đơn vị", exact=True).fill("so b")
    press_blindly(registering.get_by_role("button", name="Sở B"))
    expect(registering.locator("#unit_code-mistake")).to_be_hidden()
    go_on(registering, 3)
    press(on)
    expect(lines).to_have_count(2)
    expect(registering.get_by_label("Tôi đồng ý")).to_have_attribute("aria-invalid", "true")
    choose(registering.get_by_label("Tôi đồng ý"))
    expect(lines.filter(has_text="sự đồng ý")).to_have_count(0)
    expect(registering.locator("#consent-mistake")).to_be_hidden()
    expect(registering.get_by_label("Tôi đồng ý")).not_to_have_attribute("aria-invalid", "true")
    registering.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    expect(summary).to_be_hidden()


def test_what_the_server_refuses_is_shown_on_its_step(hall: Stack, page: Page) -> None:
    refused = {"code": "invalid", "errors": [{"field": "phone", "message": "Số này không gọi được."}]}
    page.route("**/api/participants", lambda route: route.fulfill(status=422, json=refused))
    page.goto(f"{hall.site_url}/#/register")
    register(page, "040190000123")
    expect_step(page, 1)
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("#phone-mistake")).to_have_text("Số này không gọi được.")
    page.get_by_label("Số điện thoại di động").fill("0912345679")
    expect(page.get_by_role("alert")).to_be_hidden()
    go_on(page, 4)


def test_a_value_refused_by_the_server_is_marked_until_it_changes(hall: Stack, page: Page) -> None:
    refused = {"code": "invalid", "errors": [{"field": "citizen_id", "message": "Số này không có."}]}
    page.route("**/api/sessions", lambda route: route.fulfill(status=422, json=refused))
    page.goto(f"{hall.site_url}/#/sign-in")
    page.get_by_label("Số căn cước công dân").fill("040190000123")
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu dài")
    press(page.get_by_role("button", name="Đăng nhập"))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    press(page.get_by_role("button", name="Hiện mật khẩu"))
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu khác")
    expect(summary).to_contain_text("Số này không có.")
    expect(page.locator("#citizen_id-mistake")).to_have_text("Số này không có.")
    page.get_by_label("Số căn cước công dân").fill("040190000124")
    expect(summary).to_be_hidden()
    expect(page.locator("#citizen_id-mistake")).to_be_hidden()
    expect(page.get_by_label("Số căn cước công dân")).to_be_focused()


@pytest.mark.no_hands
def test_the_waiting_bar_does_not_appear_under_a_finger(hall: Stack, page: Page) -> None:
    busy = {"Retry-After": "2", "Content-Type": "application/problem+json"}
    page.route("**/api/sessions", lambda route: route.fulfill(status=503, json={"code": "busy"}, headers=busy))
    page.goto(f"{hall.site_url}/#/sign-in")
    page.get_by_label("Số căn cước công dân").fill("040190000123")
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu dài")
    page.mouse.move(5, 300)
    page.mouse.down()
    with page.expect_response("**/api/sessions"):
        page.get_by_label("Mật khẩu", exact=True).press("Enter")
    page.wait_for_timeout(300)
    expect(page.locator("#waiting")).to_be_hidden()
    page.mouse.up()
    expect(page.locator("#waiting")).to_be_visible()


def test_somebody_whose_number_is_taken_is_told_whom_to_call_and_what_will_happen(
    hall: Stack, page: Page, hand: str
) -> None:
    stranger = Person.register(hall, {"mouse": 777_001, "touch": 777_002}[hand])
    page.goto(f"{hall.site_url}/#/register")
    register(page, stranger.citizen_id, "mật khẩu của chủ số")
    told = page.get_by_role("alert")
    expect(told).to_contain_text("Nếu chính bạn đã đăng ký: Đăng nhập.")
    expect(told).to_contain_text("Ban Tổ chức kiểm tra rồi trả lại số: bạn đăng ký lại, có đủ lượt thi")
    expect(told.get_by_role("link", name="0238 000 000")).to_have_attribute("href", "tel:0238000000")
    expect(told.get_by_role("link", name="Đăng nhập")).to_be_visible()
    expect(told).to_contain_text("(Mã yêu cầu: ")


def test_a_registration_whose_answer_was_lost_is_sent_again_and_succeeds(
    hall: Stack, page: Page, hand: str
) -> None:
    sent: list[int] = []

    def lose(route: Route) -> None:
        sent.append(route.fetch().status)
        route.abort()

    page.route("**/api/participants", lose, times=1)
    page.route("**/api/sessions", lambda route: route.abort(), times=1)
    page.goto(f"{hall.site_url}/#/register")
    register(page, {"mouse": "040190777003", "touch": "040190777004"}[hand])
    expect(page.get_by_role("heading", level=1, name=f"Xin chào {NAME}")).to_be_visible()
    assert sent == [201]


def test_who_fills_in_the_form_again_with_the_same_data_and_password_is_in(
    hall: Stack, page: Page, hand: str
) -> None:
    person = Person.register(hall, {"mouse": 777_005, "touch": 777_006}[hand])
    page.goto(f"{hall.site_url}/#/register")
    register(page, person.citizen_id)
    expect(page.get_by_role("heading", level=1, name=f"Xin chào {NAME}")).to_be_visible()
