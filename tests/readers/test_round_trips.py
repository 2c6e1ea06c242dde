"""A bank written in any format, with whatever people put around it, is read as it was written."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.bank import LETTERS
from chalicelib.readers.contest_tables import File, read_questions
from chalicelib.readers.plain import as_plain
from chalicelib.readers.tables import Fault
from tests.readers.contest_files import QUESTION_HEADER
from tests.readers.workbooks import workbook


class Asked(NamedTuple):
    text: str
    options: tuple[str, ...]
    right: tuple[bool, ...]

    @property
    def answer(self) -> str:
        return "".join(letter for letter, right in zip(LETTERS, self.right, strict=False) if right)


SAID = (
    "Nghị định 61/2018/NĐ-CP Điều 5 50% %25% a<b x>=y {x} } =5 ~ #1 ## C:\\x \\n && &amp; -> :: C. A. A) "
    "ANSWER: // ; , | “đúng” 'sai' \"ba\" V. I. Lênin Mác [html] [plain] $CATEGORY: m² 1.500.000 gì? không?"
)
WORDS = st.sampled_from(SAID.split())
PHRASES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
LINES = st.lists(PHRASES, min_size=1, max_size=3).map("\n".join)
CHOICE = st.randoms(use_true_random=False)


def asked(texts: st.SearchStrategy[str], options: st.SearchStrategy[str], *, several: bool) -> Any:
    """Banks of questions that differ: each text and option begins with what tells it apart."""

    @st.composite
    def one(draw: Any) -> Asked:
        told = draw(st.lists(options, min_size=2, max_size=6))
        places = range(len(told))
        right = (
            draw(st.sets(st.sampled_from(places), min_size=1)) if several else {draw(st.sampled_from(places))}
        )
        return Asked(
            draw(texts),
            tuple(f"Ý{k} {text}" for k, text in enumerate(told)),
            tuple(k in right for k in places),
        )

    return st.lists(one(), min_size=1, max_size=4).map(
        lambda bank: [question._replace(text=f"Câu {k} {question.text}") for k, question in enumerate(bank)]
    )


def read(name: str, data: bytes) -> list[Asked]:
    faults: list[Fault] = []
    found = [one.question for one in read_questions(File(name, as_plain(name, data)), None, faults)]
    assert faults == []
    return [
        Asked(one.text, one.options, tuple(bool(one.answer >> k & 1) for k in range(len(one.options))))
        for one in found
    ]


def encoded(text: str, dice: Any) -> bytes:
    """With the line ends and the marks of some program."""
    return text.replace("\n", dice.choice(["\n", "\r\n"])).encode(dice.choice(["utf-8", "utf-8-sig", "utf-16"]))


# ---- GIFT


def gift(question: Asked, dice: Any) -> str:
    plain = dice.choice(["[plain]", "[moodle]"])

    def written(text: str) -> str:
        text = text if plain == "[plain]" else escape(text, quote=False)
        escaped = "".join(f"\\{sign}" if sign in "~=#{}:\\" else sign for sign in text)
        return escaped.replace("\n", "\\n")

    shares, wrong = sum(question.right), dice.choice(["~", "~%0%", "~%-33.3333333%", "~ % -100 % "])
    right = [f"~%{100 / shares:.{dice.randint(5, 20)}f}%"] + (["=", "=%100.0000%"] if shares == 1 else [])
    around = dice.choice(["\n", "\n// ghi chú: ~=\n", " "])
    feedback = dice.choice(["", "#vì sao", " # [html]<b>vì</b>"])
    options = [
        f"{dice.choice(right) if is_right else wrong}{written(option)}{feedback}{around}"
        for option, is_right in zip(question.options, question.right, strict=True)
    ]
    title = dice.choice(["", "::Tên::", "::Tên: 1::"]).replace(": 1", "\\: 1")
    comment = dice.choice(["", "// question: 7  name: x\n", "$CATEGORY: $course$/top/Luật\n\n"])
    return f"{comment}{title}{plain}{written(question.text)}{{{around}{''.join(options)}}}"


@given(asked(LINES, LINES, several=True), CHOICE)
def test_gift_is_read_as_it_was_written(bank: list[Asked], dice: Any) -> None:
    text = "\n\n".join(gift(question, dice) for question in bank)
    assert read("questions.gift", encoded(text, dice)) == bank


# ---- Aiken


def aiken(question: Asked, dice: Any) -> str:
    gap = dice.choice(["\n", "\n\n", "\n// ghi chú\n"])
    options = [
        f"{letter}{dice.choice(['. ', ') ', '.', ')', '.   '])}{option}"
        for letter, option in zip(LETTERS, question.options, strict=False)
    ]
    answer = question.answer + dice.choice(["", ".", ")", " "])
    heading = dice.choice(["", "CHƯƠNG II\n\n", "PHẦN THI\n\nMỤC 1. QUY ĐỊNH\n\n", "CHƯƠNG III\n"])
    return heading + gap.join(
        [question.text, *options, f"{dice.choice(['ANSWER:', 'Answer: ', 'ANSWER: '])}{answer}"]
    )


@given(asked(PHRASES, PHRASES, several=False), CHOICE)
def test_aiken_is_read_as_it_was_written(bank: list[Asked], dice: Any) -> None:
    text = dice.choice(["\n", "\n\n", "\n\n\n"]).join(aiken(question, dice) for question in bank)
    assert read("questions.txt", encoded(text, dice)) == bank


# ---- Moodle XML


def moodle(question: Asked, dice: Any) -> str:
    def written(text: str) -> str:
        lines = [escape(line) for line in text.split("\n")]
        html = dice.choice(
            [
                "<br>".join(lines),
                "".join(f"<p>{line}</p>" for line in lines),
                "<div>" + "<br/>\n".join(lines) + "</div>",
            ]
        )
        return f"<text>{escape(html)}</text>" if dice.random() < 0.5 else f"<text><![CDATA[{html}]]></text>"

    share = 100 / sum(question.right)
    wrong = dice.choice(["0", "-50", "-33.33333"])
    options = "".join(
        f'<answer fraction="{f"{share:.7f}" if is_right else wrong}" format="html">{written(option)}'
        "<feedback><text>vì</text></feedback></answer>"
        for option, is_right in zip(question.options, question.right, strict=True)
    )
    single = dice.choice(["true", "1"] if sum(question.right) == 1 and dice.random() < 0.9 else ["false", "0"])
    return (
        f'<question type="multichoice"><name><text>Câu</text></name>'
        f'<questiontext format="{dice.choice(["html", "moodle_auto_format"])}">{written(question.text)}'
        "</questiontext>"
        f"<single>{single}</single>{options}</question>"
    )


@given(asked(LINES, LINES, several=True), CHOICE)
def test_moodle_xml_is_read_as_it_was_written(bank: list[Asked], dice: Any) -> None:
    text = "\n".join(moodle(question, dice) for question in bank)
    assert read("questions.xml", f'<?xml version="1.0"?>\n<quiz>{text}</quiz>'.encode()) == bank


# ---- tables

COLUMNS = QUESTION_HEADER.strip().split(",")
IN_WORDS = ["Mã", "Chủ đề", "Câu hỏi", *(f"Phương án {a}" for a in LETTERS), "Đáp án", "Căn cứ", "Trạng thái"]


def table(bank: Sequence[Asked], dice: Any) -> list[list[str]]:
    """With a title above and the rows' numbers beside it, perhaps, and the columns in any order."""
    numbered = dice.random() < 0.5
    rows = [list(COLUMNS if dice.random() < 0.5 else IN_WORDS)]
    for k, question in enumerate(bank):
        options = [*question.options, *[""] * (6 - len(question.options))]
        rows.append([f"K{k}", "luật", question.text, *options, question.answer, "Điều 1", "approved"])
    order = dice.sample(range(len(COLUMNS)), len(COLUMNS))
    rows = [[row[at] for at in order] for row in rows]
    if numbered:
        rows = [[str(k) if k else "STT", *row] for k, row in enumerate(rows)]
    title = [["BỘ CÂU HỎI", *[""] * (len(rows[0]) - 1)], [""] * len(rows[0])] if dice.random() < 0.5 else []
    return [*title, *rows]


@given(asked(LINES, LINES, several=True), CHOICE)
def test_csv_is_read_as_it_was_written(bank: list[Asked], dice: Any) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=dice.choice(",;\t"), lineterminator="\r\n")
    writer.writerows(table(bank, dice))
    assert read("questions.csv", file.getvalue().encode("utf-8-sig")) == bank


@given(asked(LINES, LINES, several=True), CHOICE)
def test_xlsx_is_read_as_it_was_written(bank: list[Asked], dice: Any) -> None:
    breaks = dice.choice(["\n", "_x000D_\n"])
    rows = [[cell.replace("\n", breaks) or None for cell in row] for row in table(bank, dice)]
    assert read("questions.xlsx", workbook(Trang1=rows)) == bank
