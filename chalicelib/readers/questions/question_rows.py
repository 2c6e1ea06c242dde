"""The common part of the readers of GIFT, Aiken and Moodle XML: they all turn a question into a table row.

These formats lack some columns of a bank. For all three:

- ``id`` is the idnumber or the title, else made from the question's text: reordering a file changes no id.
- ``topic`` is the category, else "Chung".
- ``reference`` is the general feedback and may be missing; then the site shows none.
- ``weeks`` and ``categories`` are empty: every question is for everybody.
- ``status`` is ``draft`` unless the file says ``approved``. The comment ``// status: approved`` approves one
  question directly above it (as does its tag "approved"), and all questions at the top of the file, set apart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from html.parser import HTMLParser
from typing import NamedTuple

from chalicelib.domain.bank import LETTERS
from chalicelib.readers.tables import Fault, Row, tidied

OPTION_COLUMNS = tuple(f"option_{letter.lower()}" for letter in LETTERS)
QUESTION_COLUMNS = ("id", "topic", "text", *OPTION_COLUMNS, "answer", "reference", "status")
# For whom a question is: for everybody in every week, where a table does without them.
OPTIONAL_COLUMNS = ("weeks", "categories")
NO_TOPIC = "Chung"
TRUE_FALSE = ["Đúng", "Sai"]
_STATUS = re.compile(r"\bstatus\s*[:=]\s*(\w+)|\[tag:\s*(approved|draft|rejected)\s*\]", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LONGEST_ID = 40
_SUPERSCRIPTS = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")


class NotAQuestion(Exception):
    """The contest cannot ask this; the message is the remedy, and ``column`` is the place of the fault."""

    def __init__(self, message: str, column: str = "text") -> None:
        super().__init__(message)
        self.message, self.column = message, column


class Found(NamedTuple):
    """A question as a reader finds it. ``right`` says for each option whether it is right."""

    title: str
    topic: str
    text: str
    options: Sequence[str]
    right: Sequence[bool]
    reference: str
    status: str


def as_row(file: str, line: int, found: Found) -> Row:
    """Raises ``NotAQuestion`` if there are more options than columns in a row."""
    text, reference, topic, title, *options = tidied(
        [found.text, found.reference, found.topic, found.title, *found.options]
    )
    if len(options) > len(LETTERS):
        raise NotAQuestion(f"câu có {len(options)} phương án, tối đa {len(LETTERS)}", OPTION_COLUMNS[-1])
    if not 0 < len(title) <= _LONGEST_ID:
        title = "q-" + sha256("\n".join([text, *options]).encode()).hexdigest()[:10]
    answer = "".join(letter for letter, right in zip(LETTERS, found.right, strict=False) if right)
    cells = dict.fromkeys((*QUESTION_COLUMNS, *OPTIONAL_COLUMNS), "")
    cells.update(zip(OPTION_COLUMNS, options, strict=False))
    cells.update(id=title, topic=topic or NO_TOPIC, text=text, answer=answer, reference=reference)
    cells["status"] = found.status
    return Row(file, line, cells)


def fault_of(file: str, line: int, text: str, problem: NotAQuestion) -> Fault:
    return Fault(file, line, problem.column, " ".join(text.split())[:60], problem.message)


def controls(file: str, text: str) -> list[Fault]:
    """A fault for each line with an invisible character."""
    message = "có ký tự điều khiển không nhìn thấy: hãy gõ lại dòng này"
    lines = enumerate(text.split("\n"), 1)
    return [Fault(file, number, "", "", message) for number, line in lines if _CONTROL.search(line)]


def status_in(comment: str) -> str | None:
    found = _STATUS.search(comment)
    return (found[1] or found[2]).lower() if found else None


def topic_of(category: str) -> str:
    """``$course$/top/Luật/Chương 1`` → ``Luật/Chương 1``."""
    parts = [part.strip() for part in category.split("/")]
    return "/".join(part for part in parts if part and part != "top" and not re.fullmatch(r"\$\w+\$", part))


def right_ones(weights: Sequence[float], *, single: bool) -> list[bool]:
    """The options with a share of the mark are right; this contest gives no partial marks.

    Raises ``NotAQuestion`` if that would change the question's meaning.
    """
    right = [weight > 0 for weight in weights]
    total = sum(weight for weight in weights if weight > 0)
    if single and (sum(right) != 1 or total != 100):
        message = (
            "câu chọn một phương án cần đúng một phương án 100%, các phương án khác 0%: không có điểm một phần"
        )
        raise NotAQuestion(message, "answer")
    if not single and abs(total - 100) > 1:
        raise NotAQuestion(f"các phương án đúng cần cộng lại bằng 100%, đang là {total:g}%", "answer")
    return right


class _Plain(HTMLParser):
    """The text of simple HTML; ``problem`` names content that plain text cannot show."""

    _BREAKS = frozenset({"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
    _LOST = frozenset({"img", "audio", "video", "object", "iframe", "svg", "math", "table", "script", "embed"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.problem = ""
        self._shift: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._LOST:
            self.problem = tag
        elif tag in self._BREAKS:
            self.parts.append("\n")
        elif tag in {"sup", "sub"}:
            self._shift.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._BREAKS:
            self.parts.append("\n")
        elif self._shift and tag == self._shift[-1]:
            self._shift.pop()

    def handle_data(self, data: str) -> None:
        if self._shift:
            table = _SUPERSCRIPTS if self._shift[-1] == "sup" else _SUBSCRIPTS
            if any(ord(sign) not in table for sign in data.strip()):
                self.problem = self._shift[-1]
            data = data.translate(table)
        self.parts.append(data)


def plain(text: str) -> str:
    """Turns HTML into text with line breaks. Raises ``NotAQuestion`` for pictures, tables and the like.

    HTMLParser searches for the end of each tag and comment up to the end of the text: a text full of unfinished
    ones would take minutes. No tag ends after the last ``>``, so there ``<`` is an ordinary character.
    """
    reader = _Plain()
    end = text.rfind(">") + 1
    try:
        if text.rfind("<!--") > text.rfind("-->"):
            raise NotAQuestion("chú thích HTML (<!--) không có dấu đóng (-->)")
        reader.feed(text[:end] + text[end:].replace("<", "&lt;"))
        reader.close()
    except AssertionError:  # HTMLParser raises it for <![…
        raise NotAQuestion("có phần HTML không đọc được (<!): hãy dán lại nội dung dạng chữ thường") from None
    if reader.problem or "@@PLUGINFILE@@" in text:
        what = reader.problem or "tệp đính kèm"
        raise NotAQuestion(f"có hình ảnh, bảng hay công thức ({what}): đề thi chỉ nhận chữ")
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)
