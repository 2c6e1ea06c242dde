"""Registering and signing in: typed text is never lost, and the terms can be read before agreeing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.hands import choose, press, press_blindly
from tests.browser.people import Person
from tests.browser.test_exam import register
from tests.stack import Stack


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

    # text that was only typed, not chosen, also stays
    press(page.get_by_role("button", name="Change"))
    page.get_by_label("Unit", exact=True).fill("tru")
    press(page.get_by_role("button", name="Tiếng Việt"))
    expect(page.get_by_label("Đơn vị", exact=True)).to_have_value("tru")


def test_switching_the_language_keeps_the_sign_in_form_as_typed(hall: Stack, page: Page) -> None:
    page.goto(f"{hall.site_url}/#/sign-in")
    page.get_by_label("Số căn cước công dân").fill("040190000123")
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu dài")
    press(page.get_by_role("button", name="English"))
    expect(page.get_by_label("Citizen ID number")).to_have_value("040190000123")
    expect(page.get_by_label("Password", exact=True)).to_have_value("mật khẩu dài")


def test_the_terms_to_agree_to_are_a_tap_away(hall: Stack, page: Page) -> None:
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
    for part, value in (("Ngày", "7"), ("Tháng", "3"), ("Năm", "1991")):
        page.get_by_label(part, exact=True).fill(value)
    choose(page.get_by_label("Nữ"))
    expect(told).to_contain_text("không khớp với năm sinh")
    page.get_by_label("Năm", exact=True).fill("1990")
    expect(told).to_be_hidden()
    page.get_by_label("Tháng", exact=True).fill("13")
    choose(
        page.get_by_label("Công dân khác")
    )  # a mistake shown above it must not move it from under the finger
    expect(page.locator("#date_of_birth-mistake")).to_be_visible()
    page.get_by_label("Tháng", exact=True).fill("3")
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
    expect(page.get_by_label("Nữ")).to_be_checked()
    expect(page.get_by_label("Năm", exact=True)).to_have_value("1990")
    expect(page.locator("#citizen_id-cleaned")).to_be_empty()
    expect(paste("Số điện thoại di động", "\u2068+84 (0) 912 345 678\u2069")).to_have_value("0912345678")
    expect(page.locator("#phone-cleaned")).to_have_text("Đã bỏ các ký tự không nhìn thấy.")
    name = paste("Họ và tên", "h´hen  niê kđăm")
    expect(name).to_have_value("h'hen niê kđăm")
    press(page.get_by_role("button", name="Viết hoa: H'Hen Niê Kđăm"))
    expect(name).to_have_value("H'Hen Niê Kđăm")
    expect(page.get_by_role("button", name="Viết hoa")).to_have_count(0)
    expect(page.locator(".mistake:visible")).to_have_count(0)


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


@pytest.mark.parametrize(
    ("label", "text", "target"),
    [
        pytest.param("Số căn cước công dân", "0401", "Nữ", id="gender"),
        pytest.param("Số điện thoại di động", "0912", "Công dân khác", id="category"),
        pytest.param("Đơn vị", "so b", "Hiện mật khẩu", id="show"),
        pytest.param("Mật khẩu", "ngắn", "Tôi đồng ý", id="consent"),
    ],
)
def test_a_mistake_does_not_move_the_next_target(label: str, text: str, target: str, registering: Page) -> None:
    type_into(registering, label, text)
    press_blindly(registering.get_by_label(target))
    expect(registering.get_by_label(target)).to_be_checked()
    expect(registering.locator(".mistake:visible")).to_have_count(1)


def test_a_mistake_does_not_move_the_submit_button(registering: Page) -> None:
    type_into(registering, "Mật khẩu", "ngắn")
    press_blindly(registering.get_by_role("button", name="Đăng ký"))
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
    label = registering.get_by_text("Nữ", exact=True)
    at = label.bounding_box()
    assert at
    registering.mouse.move(at["x"] + 5, at["y"] + 5)
    registering.mouse.down()
    expect(registering.get_by_label("Số căn cước công dân")).not_to_be_focused()
    registering.wait_for_timeout(700)
    assert label.bounding_box() == at
    registering.mouse.up()
    expect(registering.get_by_label("Nữ")).to_be_checked()
    expect(registering.locator("#citizen_id-mistake")).to_be_visible()


def test_a_finger_that_scrolls_or_wanders_off_does_not_hold_back_a_mistake(registering: Page) -> None:
    told = registering.locator("#citizen_id-mistake")
    type_into(registering, "Số căn cước công dân", "0401")
    at = registering.get_by_text("Nữ", exact=True).bounding_box()
    assert at
    registering.mouse.move(at["x"] + 5, at["y"] + 5)
    registering.mouse.down()
    registering.mouse.move(5, 5)
    registering.mouse.up()
    expect(registering.get_by_label("Nữ")).not_to_be_checked()
    expect(told).to_be_visible()

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
    for label, text in (("Số căn cước công dân", "040190000123"), ("Họ và tên", "Nguyễn Thị Ánh Đào")):
        registering.get_by_label(label).fill(text)
    press(registering.get_by_role("button", name="Đăng ký"))
    expect(summary).to_be_focused()
    lines = summary.get_by_role("listitem")
    expect(lines).to_have_count(5)
    expect(registering.get_by_label("Tôi đồng ý")).to_have_attribute("aria-invalid", "true")

    choose(registering.get_by_label("Tôi đồng ý"))
    expect(lines.filter(has_text="sự đồng ý")).to_have_count(0)
    expect(registering.locator("#consent-mistake")).to_be_hidden()
    expect(registering.get_by_label("Tôi đồng ý")).not_to_have_attribute("aria-invalid", "true")
    choose(registering.get_by_label("Công dân khác"))
    expect(lines).to_have_count(3)
    choose(registering.get_by_label("Cán bộ, công chức"))  # they need a unit: said there, not added above
    expect(registering.locator("#unit_code-mistake")).to_be_visible()
    expect(lines).to_have_count(3)
    registering.get_by_label("Đơn vị", exact=True).fill("so b")
    press_blindly(registering.get_by_role("button", name="Sở B"))
    expect(registering.locator("#unit_code-mistake")).to_be_hidden()
    registering.get_by_label("Mật khẩu", exact=True).fill("mật khẩu dài")
    registering.get_by_label("Số điện thoại di động").fill("0912345678")
    expect(lines).to_have_count(1)
    for part, value in (("Ngày", "7"), ("Tháng", "3"), ("Năm", "1991")):
        registering.get_by_label(part, exact=True).fill(value)
    expect(summary).to_be_hidden()
    expect(registering.locator("#citizen_id-mistake")).to_contain_text("không khớp với năm sinh")
    expect(registering.get_by_label("Năm", exact=True)).to_be_focused()


def test_a_value_refused_by_the_server_is_marked_until_it_changes(hall: Stack, page: Page) -> None:
    refused = {"code": "invalid", "errors": [{"field": "citizen_id", "message": "Số này không có."}]}
    page.route("**/api/sessions", lambda route: route.fulfill(status=422, json=refused))
    page.goto(f"{hall.site_url}/#/sign-in")
    page.get_by_label("Số căn cước công dân").fill("040190000123")
    page.get_by_label("Mật khẩu", exact=True).fill("mật khẩu dài")
    press(page.get_by_role("button", name="Đăng nhập"))
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    choose(page.get_by_label("Hiện mật khẩu"))
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
    person = Person.register(hall, {"mouse": 777_003, "touch": 777_004}[hand])
    page.goto(f"{hall.site_url}/#/register")
    register(page, person.citizen_id)
    expect(page.get_by_role("heading", level=1, name="Xin chào Nguyễn Thị Ánh Đào")).to_be_visible()
