"""The answer to a bank is also a page with every question as participants will see it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.readers.questions.suspicions import suspicions
from chalicelib.reports.bank_preview import preview_page
from chalicelib.services.intake.preview import preview_of
from tests.readers.contest_files import QUESTION_HEADER, QUESTIONS, UNITS, contest_files, zipped
from tests.readers.test_files_as_people_send_them import bank, formatted, moodle, question
from tests.services.intake.inbox import LATER, Desk, as_read, sent

VOID = {"meta", "br"}


class Page(HTMLParser):
    """The cards of a page in their order, as words; every element has to be closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cards, self.tags, self._open = list[str](), set[str](), list[str]()
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)
        if tag == "article":
            self.cards.append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.cards:
            self.cards[-1] += data


def page(file: str, data: bytes) -> Page:
    preview = preview_of(as_read(file, data))
    assert preview
    return Page(preview_page(preview))


def test_a_bank_is_answered_with_a_page_beside_the_answer() -> None:
    desk = Desk()
    desk.put()
    for file, data in (("questions.csv", QUESTIONS), ("c.zip", zipped(contest_files())), ("units.csv", UNITS)):
        desk.send(file, data, LATER)
        html = desk.desk.objects.get(f"{sent(file).answer}.html", b"").decode()
        assert ("Năm" in html or "năm" in html) == (file != "units.csv")


def test_a_refused_bank_has_its_page_too_and_says_that_it_has_faults() -> None:
    desk = Desk()
    desk.put()
    told = desk.send("questions.csv", QUESTIONS.replace(",B,Điều 1", ",F,Điều 1"), LATER)
    assert not told["accepted"]
    html = desk.desk.objects[f"{sent('questions.csv').answer}.html"].decode()
    assert "1 lỗi phải sửa" in html
    assert len(Page(html).cards) == 4


def test_every_question_is_there_with_its_key_and_no_script() -> None:
    found = page("questions.csv", QUESTIONS.encode())
    assert len(found.cards) == 5
    assert [card.count("✓") for card in found.cards] == [1, 2, 1, 1, 1]
    assert "B.b✓ Đáp án" in found.cards[0].replace(" b", "b")
    assert found.tags.isdisjoint({"script", "img", "link", "iframe"})


def test_odd_ones_come_first_with_the_reason() -> None:
    data = formatted(bank(["Bình thường?", "x", "y", "A"], ["Mấy?", 0.5, 3, "A"]), D3="0%")
    first, second = page("questions.xlsx", data).cards
    assert "50%" in first
    assert "đọc như Excel hiển thị" in first
    assert "Bình thường?" in second


def test_marks_and_line_breaks_are_shown_and_nothing_else_of_a_text_is_markup() -> None:
    preview = preview_of(
        as_read("questions.xml", moodle("<p>Đã <u>bỏ</u></p><p>&lt;img src=x&gt;?</p>").encode())
    )
    assert preview
    html = preview_page(preview)
    assert "Đã <u>bỏ</u><br>&lt;img src=x&gt;?" in html
    assert "HTML còn sót" in html


def test_questions_left_out_and_lines_passed_over_are_listed() -> None:
    preview = preview_of(as_read("questions.gift", b"Mot?{=a ~b}\n\nLuan.{}\n"))
    assert preview
    assert "Không thể đưa vào đề (1 câu)" in preview_page(preview)
    aiken = preview_of(as_read("questions.txt", "HẾT CHƯƠNG\n\nMột?\nA. a\nB. b\nANSWER: A".encode()))
    assert aiken
    assert "HẾT CHƯƠNG" in preview_page(aiken)


@pytest.mark.parametrize(
    ("text", "options", "reason"),
    [
        ("Một?", ("%50 x", "y"), "dấu %"),
        ("Một_x000D_?", ("x", "y"), "_x…_"),
        ("Một <p>?", ("x", "y"), "HTML"),
        ("Một &nbsp;?", ("x", "y"), "HTML"),
        ("Tính $$x^2$$?", ("x", "y"), "công thức"),
        ("Một **hai**?", ("x", "y"), "markdown"),
        ("Quèc héi ñ?", ("x", "y"), "chữ lạ"),
        ("Một?\nHai?", ("x", "y"), "2 dòng"),
        ("Một?", ("x\nz", "y"), "xuống dòng"),
        ("Một?", ("Hà Nội", "hà  nội."), "A và B chỉ khác nhau"),
    ],
)
def test_what_looks_odd_is_told(text: str, options: tuple[str, ...], reason: str) -> None:
    one = question("questions.gift", "Một?{=a ~b}")._replace(text=text, options=options)
    assert any(reason in told for told in suspicions(one))


@pytest.mark.parametrize(
    "options", [("5", "-5"), ("1,5", "15"), ("H₂O", "H₂O₂"), ("<u>a</u> b", "c"), ("_____", "…")]
)
def test_an_ordinary_question_is_not_odd(options: tuple[str, ...]) -> None:
    one = question("questions.gift", "Một?{=a ~b}")._replace(
        text="Trời mọc hướng _____ mỗi ngày?", options=options
    )
    assert list(suspicions(one)) == []


def test_a_file_without_a_bank_has_no_preview() -> None:
    assert preview_of(as_read("units.csv", UNITS.encode())) is None
    assert preview_of(as_read("questions.csv", QUESTION_HEADER.encode())) is not None
