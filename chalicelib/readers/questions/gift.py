"""Reads Moodle's GIFT: multiple choice with one or several right options, and true/false.

https://docs.moodle.org/en/GIFT_format, and as Moodle's own importer takes what that page leaves open. It
understands titles, categories, comments with tags, weights, feedback (keeping only the general one, as the
reference), escapes, missing words and the marks of a text's format. A text without such a mark may have HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.readers.questions.html_text import text_of
from chalicelib.readers.questions.question_rows import (
    TRUE_FALSE,
    CannotBeAsked,
    Findings,
    Found,
    NotAQuestion,
    Rows,
    controls,
    right_ones,
    status_in,
    topic_of,
    weight_in,
)
from chalicelib.readers.tables import Fault, Row, decode

# A control character stands for an escaped sign while the text is split; ``controls`` has refused all others.
_SIGNS = "~=#{}:\\"
_HIDE = re.compile(r"\\([~=#{}:\\n])")
_SHOWN = {**{index + 1: sign for index, sign in enumerate(_SIGNS)}, 8: "\n"}
_FORMAT = re.compile(r"\[(html|markdown|plain|moodle)\]")
_SPLIT = re.compile(r"~?=|~")
_CATEGORY = "$CATEGORY:"
_BRACES = (
    "cần đúng một cặp ngoặc { } chứa các phương án; giữa câu không có dòng trống, dấu ngoặc khác ghi \\{ và \\}"
)
_KINDS = "câu {}: đề thi chỉ nhận câu chọn phương án {{=đúng ~sai}} và câu đúng/sai {{T}}"
_NO_WEIGHT = (
    "trọng số giữa hai dấu % không đọc được, ghi ví dụ %50% hay %33.33333%; nếu % là chữ của phương án thì ghi "
    "[plain] trước nó"
)


class _Block(NamedTuple):
    """Lines between empty ones. ``line``: the number of the first one that is not a comment."""

    line: int
    comments: str
    categories: list[str]
    text: str


def read_gift(file: str, data: bytes, findings: Findings) -> list[Row]:
    """The questions as rows of the table of questions; ``Row.line`` is the question's first line."""
    faults: list[Fault] = findings.faults
    before = len(faults)
    text = decode(file, data, faults).replace("\r\n", "\n").replace("\r", "\n")
    faults.extend(controls(file, text))
    if len(faults) > before:
        return []
    rows = Rows(file, findings)
    for_all, topic, begun = "draft", "", False
    for block in _blocks(text):
        status = status_in(block.comments)
        topic = topic_of(block.categories[-1]) if block.categories else topic
        if not block.text:
            if status and begun:
                faults.append(Fault(file, block.line, "status", status, "hãy ghi trạng thái ngay trên câu hỏi"))
            for_all = status or for_all
            continue
        begun = True
        try:
            rows.add(block.line, _question(block, topic, status or for_all))
        except NotAQuestion as problem:
            rows.refuse(block.line, block.text, problem)
    return rows.finished("GIFT")


def _blocks(text: str) -> Iterator[_Block]:
    comments, categories, lines, first = list[str](), list[str](), list[str](), 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        stripped = line.strip()
        if stripped.startswith("//"):
            comments.append(stripped)
        elif stripped.startswith(_CATEGORY):
            categories.append(stripped.removeprefix(_CATEGORY).strip())
        elif stripped:
            first = first or number
            lines.append(line)
        elif comments or categories or lines:
            yield _Block(first or number - 1, "\n".join(comments), categories, "\n".join(lines))
            comments, categories, lines, first = [], [], [], 0


def _question(block: _Block, topic: str, status: str) -> Found:
    text = _HIDE.sub(
        lambda found: chr(8 if found[1] == "n" else _SIGNS.index(found[1]) + 1), block.text.strip()
    )
    title = ""
    if text.startswith("::") and "::" in text[2:]:
        title, _, text = text[2:].partition("::")
        text = text.lstrip()
    form = "moodle"
    if marked := _FORMAT.match(text):
        form, text = marked[1], text[marked.end() :].lstrip()
    stem, opening, rest = text.partition("{")
    inside, closing, tail = rest.partition("}")
    if not opening and "}" not in text:
        raise CannotBeAsked(_KINDS.format("chỉ có lời dẫn, không có phương án"))
    if not opening or not closing or "{" in inside or "}" in tail or "{" in tail:
        raise NotAQuestion(_BRACES)
    stem = f"{stem}_____{tail}" if tail.strip() else stem
    answers, _, feedback = inside.rpartition("####") if "####" in inside else (inside, "", "")
    dropped = set[str]()
    options, right = _answers(answers.strip(), form, dropped)
    return Found(
        _id_in(block.comments),
        _shown(title),
        _shown(topic),
        _written(stem, form, dropped),
        options,
        right,
        _written(feedback, form, dropped),
        status,
        frozenset(dropped),
    )


def _id_in(comments: str) -> str:
    """``[id: Q1]`` → ``Q1``."""
    _, opening, rest = comments.partition("[id:")
    inside, closing, _ = rest.partition("]")
    return inside.strip() if opening and closing else ""


def _answers(answers: str, form: str, dropped: set[str]) -> tuple[list[str], list[bool]]:
    """Which kind of question it is, is decided as in Moodle: ``~`` makes a choice of whatever else is there."""
    verdict = answers.partition("#")[0].strip().upper()
    if verdict in {"T", "TRUE", "F", "FALSE"}:
        return TRUE_FALSE, [verdict[0] == "T", verdict[0] == "F"]
    if not answers or answers.startswith("#"):
        raise CannotBeAsked(_KINDS.format("điền số" if answers else "tự luận"), "answer")
    if "~" not in answers:
        raise CannotBeAsked(_KINDS.format("ghép đôi" if "->" in answers else "điền từ"), "answer")
    signs, pieces = _SPLIT.findall(answers), _SPLIT.split(answers)
    if pieces[0].strip():
        raise NotAQuestion("phương án đầu tiên cần dấu = (đúng) hoặc ~ (sai) đứng trước", "answer")
    options, weights = [], []
    single = any("=" in sign for sign in signs)
    for sign, piece in zip(signs, pieces[1:], strict=True):
        body, weight = piece.strip(), 100.0 if "=" in sign else 0.0
        if body.startswith("%"):
            told, closing, body = body[1:].partition("%")
            read = weight_in(told)
            if read is None or not closing:
                raise NotAQuestion(_NO_WEIGHT, "answer")
            weight = read
        options.append(_written(body.partition("#")[0], form, dropped))
        weights.append(weight)
    return options, right_ones(weights, single=single)


def _written(text: str, form: str, dropped: set[str]) -> str:
    text = text.strip()
    if marked := _FORMAT.match(text):
        form, text = marked[1], text[marked.end() :].lstrip()
    if form in {"html", "moodle"}:
        return text_of(_shown(text), dropped, breaks=form == "moodle")
    if form == "markdown":
        dropped.add("markdown")
    return _shown(text).strip()


def _shown(text: str) -> str:
    return text.translate(_SHOWN)
