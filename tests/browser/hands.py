"""Pressing the page in tests: by mouse, or by finger on devices that ``phone`` made with a touch screen."""

from __future__ import annotations

from weakref import WeakSet

from playwright.sync_api import BrowserContext, Locator, Page, expect

HANDS = ("mouse", "touch")
TOUCH: WeakSet[BrowserContext] = WeakSet()


def by_touch(target: Locator) -> bool:
    return target.page.context in TOUCH


def press(target: Locator) -> None:
    if by_touch(target):
        target.tap()
    else:
        target.click()


def choose(target: Locator) -> None:
    """Checks a box or a radio button."""
    if not by_touch(target):
        target.check()
    elif not target.is_checked():
        target.tap()
        expect(target).to_be_checked()


def open_list(page: Page) -> None:
    """The list of a paper's questions, which lies in a sheet where the screen is narrow."""
    expect(page.locator(".steps")).to_be_visible()
    button = page.get_by_role("button", name="Danh sách", exact=True)
    if button.is_visible() and not page.locator("dialog[open]").count():
        press(button)
    expect(page.locator(".numbers")).to_be_visible()


def look_over(page: Page) -> None:
    """Goes to the last look at a paper: by the button of its last question, else by the list's."""
    button = page.get_by_role("button", name="Kiểm tra và nộp bài")
    expect(page.locator(".steps")).to_be_visible()
    if not button.is_visible():
        open_list(page)
    press(button)


def show_questions(page: Page, how: str) -> None:
    """Shows a paper's questions one by one ("Từng câu") or all of them ("Tất cả")."""
    if page.get_by_label(how, exact=True).is_checked():
        return
    open_list(page)
    press(page.locator(".mode label").filter(has_text=how))
    if page.locator("dialog[open]").count():
        press(page.get_by_role("button", name="Đóng"))


def press_blindly(target: Locator, times: int = 1) -> None:
    """Presses where ``target`` is now, whatever lies there by then, as after aiming or in impatience."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    if not by_touch(target):
        target.page.mouse.click(x, y, click_count=times)
    else:
        for _ in range(times):
            target.page.touchscreen.tap(x, y)
