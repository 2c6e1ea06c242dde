"""Strained accounts: the page solves the proof of work by itself, and the owner is in at the first try."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from chalicelib.services.people.brakes import FREE_ANYWHERE
from tests.browser.hands import press
from tests.browser.people import PASSWORD, Person, solved
from tests.browser.test_forms import code_from_the_desk
from tests.stack import Stack

_numbers = count(700_000)


def strain(stack: Stack, path: str, guess: dict[str, Any]) -> None:
    """Guesses from changing addresses that strangers have paid for, as far as they had to."""
    for number in range(FREE_ANYWHERE + 3):
        address = f"192.0.2.{number}"
        answer = stack.call("POST", path, guess, address=address)
        if answer.status_code == 429:
            proof = solved(answer.json()["challenge"])
            answer = stack.call("POST", path, {**guess, "proof": proof}, address=address)
        assert answer.status_code == 401


@pytest.fixture
def stranger(phone: Callable[..., BrowserContext]) -> Page:
    """A device at an address from which nobody has signed in."""
    return phone().new_page()


def answers(page: Page, path: str) -> list[int]:
    told: list[int] = []
    page.on("response", lambda answer: told.append(answer.status) if answer.url.endswith(path) else None)
    return told


def test_an_owner_signs_in_at_the_first_try_however_many_strangers_have_guessed(
    hall: Stack, stranger: Page
) -> None:
    person = Person.register(hall, next(_numbers))
    strain(hall, "/sessions", {"citizen_id": person.citizen_id, "password": "mật khẩu sai"})
    told = answers(stranger, "/api/sessions")
    stranger.goto(f"{hall.site_url}/#/sign-in")
    stranger.get_by_label("Số căn cước công dân").fill(person.citizen_id)
    stranger.get_by_label("Mật khẩu", exact=True).fill(PASSWORD)
    press(stranger.get_by_role("button", name="Đăng nhập"))
    expect(stranger.get_by_text("Thiết bị đang làm bước kiểm tra tự động")).to_be_visible()
    expect(stranger.get_by_role("heading", level=1, name=re.compile("Xin chào"))).to_be_visible()
    assert told == [429, 200]


def test_a_lost_password_is_set_anew_at_the_first_try_however_many_strangers_have_guessed_the_code(
    hall: Stack, stranger: Page
) -> None:
    person = Person.register(hall, next(_numbers))
    code = code_from_the_desk(hall, person.citizen_id)
    wrong = {"citizen_id": person.citizen_id, "code": "0000-0000-0000", "password": "hoa ban nở muộn"}
    strain(hall, "/password", wrong)
    told = answers(stranger, "/api/password")
    stranger.goto(f"{hall.site_url}/#/password")
    stranger.get_by_label("Số căn cước công dân").fill(person.citizen_id)
    stranger.get_by_label("Mã dùng một lần").fill(code)
    stranger.get_by_label("Mật khẩu mới", exact=True).fill("hoa ban nở muộn")
    press(stranger.get_by_role("button", name="Đặt mật khẩu mới"))
    expect(stranger.get_by_role("heading", level=1, name=re.compile("Xin chào"))).to_be_visible()
    assert told == [429, 204]


def test_the_price_is_that_of_the_address_which_the_front_door_saw(hall: Stack) -> None:
    def price(address: str) -> int:
        return int(hall.call("GET", "/challenge", address=address).json()["maxnumber"])

    person = next(_numbers)
    home = Person.home(person)
    before = price(home)
    Person.register(hall, person)
    assert price(home) > before == price("198.51.100.7")
    assert price(f"made up, {home}") > before
