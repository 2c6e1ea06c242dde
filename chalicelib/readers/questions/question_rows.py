"""The common part of the readers of GIFT, Aiken and Moodle XML: they all turn a question into a table row.

These formats lack some columns of a bank. For all three:

- ``id`` is the idnumber or the title, else made from the question's text: reordering a file changes no id.
- ``topic`` is the category, else "Chung".
- ``reference`` is the general feedback and may be missing; then the site shows none.
- ``weeks``, ``categories`` and ``excludes`` are empty: every question is for everybody, with any other. Nobody
  is named as its author.
- ``status`` is ``draft`` unless the file says ``approved``. The comment ``// status: approved`` approves one
  question directly above it (as does its tag "approved"), and all questions at the top of the file, set apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import unescape
from typing import NamedTuple

from chalicelib.domain.bank import LETTERS
from chalicelib.readers.budget import spend
from chalicelib.readers.questions.appraisal import APPRAISAL_COLUMNS
from chalicelib.readers.tables import Fault, Row, tidied

OPTION_COLUMNS = tuple(f"option_{letter.lower()}" for letter in LETTERS)
QUESTION_COLUMNS = ("id", "topic", "text", *OPTION_COLUMNS, "answer", "reference", "status")
# For whom a question is (for everybody in every week, where a table does without), with which others it must
# not stand on a paper, who wrote and appraised it.
OPTIONAL_COLUMNS = ("weeks", "categories", "excludes", *APPRAISAL_COLUMNS)
NO_TOPIC = "Chung"
TRUE_FALSE = ["Đúng", "Sai"]
_STATUS = re.compile(
    r"\bstatus\s{0,9}[:=]\s{0,9}(\w{1,20})|\[tag:\s{0,9}(approved|draft|rejected)\s{0,9}\]", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LONGEST_ID = 40
_LONGEST_TOPIC = 200  # every question below it has it
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
    if len(found.topic) > _LONGEST_TOPIC:
        raise NotAQuestion(f"tên chủ đề dài quá {_LONGEST_TOPIC} ký tự: hãy viết ngắn lại", "topic")
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
    return Fault(file, line, problem.column, " ".join(text[:1_000].split())[:60], problem.message)


def controls(file: str, text: str) -> Iterator[Fault]:
    """A fault for each line with an invisible character."""
    message = "có ký tự điều khiển không nhìn thấy: hãy gõ lại dòng này"
    lines = enumerate(text.split("\n"), 1)
    return (Fault(file, number, "", "", message) for number, line in lines if _CONTROL.search(line))


def status_in(comment: str) -> str | None:
    found = _STATUS.search(comment)
    return (found[1] or found[2]).lower() if found else None


def topic_of(category: str) -> str:
    """``$course$/top/Luật/Chương 1`` → ``Luật/Chương 1``; too long ones are cut, and refused by ``as_row``."""
    parts = [part.strip() for part in category.split("/")]
    named = (part for part in parts if part and part != "top" and not (part[0] == part[-1] == "$"))
    return "/".join(named)[: _LONGEST_TOPIC + 1]


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


_BREAKS = frozenset({"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre"})
# What plain text cannot show.
_LOST = frozenset({"img", "audio", "video", "object", "iframe", "svg", "math", "table", "script", "embed"})
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})")
_QUOTE_OR_END = re.compile(r"=\s{0,9}[\"']|>")
# int() refuses numbers of thousands of digits.
_LONG_NUMBER = re.compile(r"&#\w{9}")


def plain(text: str) -> str:
    """Turns simple HTML into text with line breaks. Raises ``NotAQuestion`` for pictures, tables and the like.

    Goes through the text once: html.parser looks for the end of each tag up to the end of the text, so a text
    full of unfinished tags took it minutes. ``<`` that begins no tag is an ordinary character.
    """
    spend(len(text))
    if _LONG_NUMBER.search(text) or "@@PLUGINFILE@@" in text:
        raise NotAQuestion("có tệp đính kèm hoặc ký hiệu &#… không đọc được: đề thi chỉ nhận chữ")
    parts, shift = list[str](), list[str]()
    for tag, closing, piece in _pieces(text):
        if tag in _LOST:
            raise NotAQuestion(f"có hình ảnh, bảng hay công thức ({tag}): đề thi chỉ nhận chữ")
        if tag in _BREAKS:
            parts.append("\n")
        elif tag in {"sup", "sub"} and not closing:
            shift.append(tag)
        elif shift and tag == shift[-1]:
            shift.pop()
        parts.append(_shifted(unescape(piece), shift[-1]) if shift else unescape(piece))
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _pieces(text: str) -> Iterator[tuple[str, bool, str]]:
    """Each tag's name in small letters, whether it is a closing one, and the text behind it."""
    name, closing, begin, at = "", False, 0, text.find("<")
    while at >= 0:
        end, found = -1, _TAG.match(text, at)
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4) + 3
            if end < 3:
                raise NotAQuestion("chú thích HTML (<!--) không có dấu đóng (-->)")
        elif text.startswith("<![", at):
            raise NotAQuestion("có phần HTML không đọc được (<!): hãy dán lại nội dung dạng chữ thường")
        elif text.startswith(("<!", "<?"), at):
            end = text.find(">", at) + 1
        elif found:
            end = _end_of_tag(text, found.end())
        if end == 0:  # nothing ends behind here
            break
        if end > 0:
            yield name, closing, text[begin:at]
            name, closing, begin = (found[2].lower(), found[1] == "/", end) if found else ("", False, end)
        at = text.find("<", max(end, at + 1))
    yield name, closing, text[begin:]


def _end_of_tag(text: str, at: int) -> int:
    """Behind the ``>`` that is not in a quoted attribute; 0 if there is none."""
    while found := _QUOTE_OR_END.search(text, at):
        at = found.end()
        if found[0] == ">":
            return at
        at = max(text.find(found[0][-1], at) + 1, at)
    return 0


def _shifted(text: str, tag: str) -> str:
    table = _SUPERSCRIPTS if tag == "sup" else _SUBSCRIPTS
    if any(ord(sign) not in table for sign in text.strip()):
        raise NotAQuestion(f"có hình ảnh, bảng hay công thức ({tag}): đề thi chỉ nhận chữ")
    return text.translate(table)
