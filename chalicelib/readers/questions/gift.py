"""Reads Moodle's GIFT: multiple choice with one or several right options, and true/false.

https://docs.moodle.org/en/GIFT_format. It understands titles, categories, comments with tags, weights, feedback
(keeping only the general one, as the reference), escapes, missing words and the marks of a text's format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.readers.questions.question_rows import (
    TRUE_FALSE,
    Found,
    NotAQuestion,
    as_row,
    controls,
    fault_of,
    plain,
    right_ones,
    status_in,
    topic_of,
)
from chalicelib.readers.tables import Fault, Row, decode

# A control character stands for an escaped sign while the text is split; ``controls`` has refused all others.
_SIGNS = "~=#{}:\\"
_HIDE = re.compile(r"\\([~=#{}:\\n])")
_SHOWN = {**{index + 1: sign for index, sign in enumerate(_SIGNS)}, 8: "\n"}
_FORMAT = re.compile(r"\[(html|markdown|plain|moodle)\]")
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d{1,5})?)%")
_CATEGORY = "$CATEGORY:"
_BRACES = (
    "cần đúng một cặp ngoặc { } chứa các phương án; giữa câu không có dòng trống, dấu ngoặc khác ghi \\{ và \\}"
)
_KINDS = (
    "chỉ nhận câu chọn phương án {=đúng ~sai} và câu đúng/sai {T}: "
    "không nhận câu tự luận, điền từ, điền số, ghép đôi"
)


class _Block(NamedTuple):
    """Lines between empty ones. ``line``: the number of the first one that is not a comment."""

    line: int
    comments: str
    categories: list[str]
    text: str


def read_gift(file: str, data: bytes, faults: list[Fault]) -> list[Row]:
    """The questions as rows of the table of questions; ``Row.line`` is the question's first line."""
    before = len(faults)
    text = decode(file, data, faults).replace("\r\n", "\n").replace("\r", "\n")
    faults.extend(controls(file, text))
    if len(faults) > before:
        return []
    rows = []
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
            rows.append(as_row(file, block.line, _question(block, topic, status or for_all)))
        except NotAQuestion as problem:
            faults.append(fault_of(file, block.line, block.text, problem))
    if not rows and len(faults) == before:
        faults.append(Fault(file, 1, "", "", "không có câu hỏi nào theo dạng GIFT"))
    return rows


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
    is_html = text.startswith("[html]")
    text = text[marked.end() :].lstrip() if (marked := _FORMAT.match(text)) else text
    stem, opening, rest = text.partition("{")
    inside, closing, tail = rest.partition("}")
    if not opening or not closing or "{" in inside or "}" in tail or "{" in tail:
        raise NotAQuestion(_BRACES)
    stem = f"{stem.rstrip()} _____ {tail.strip()}" if tail.strip() else stem.strip()
    answers, _, feedback = inside.partition("####")
    options, right = _answers(answers.strip(), is_html=is_html)
    shown = _shown(_id_in(block.comments) or title)
    return Found(
        shown,
        _shown(topic),
        _written(stem, is_html=is_html),
        options,
        right,
        _written(feedback, is_html=is_html),
        status,
    )


def _id_in(comments: str) -> str:
    """``[id: Q1]`` → ``Q1``."""
    _, opening, rest = comments.partition("[id:")
    inside, closing, _ = rest.partition("]")
    return inside.strip() if opening and closing else ""


def _answers(answers: str, *, is_html: bool) -> tuple[list[str], list[bool]]:
    verdict = answers.partition("#")[0].strip().upper()
    if verdict in {"T", "TRUE", "F", "FALSE"}:
        return TRUE_FALSE, [verdict[0] == "T", verdict[0] == "F"]
    pieces = re.split(r"(~?=|~)", answers)
    if pieces[0].strip() or "~" not in answers or "->" in answers:
        raise NotAQuestion(_KINDS, "answer")
    options, weights = [], []
    single = "=" in answers
    for sign, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        body = piece.strip()
        weight = 100.0 if "=" in sign else 0.0
        if weighted := _WEIGHT.match(body):
            weight, body = float(weighted[1]), body[weighted.end() :].lstrip()
        options.append(_written(body.partition("#")[0], is_html=is_html))
        weights.append(weight)
    return options, right_ones(weights, single=single)


def _written(text: str, *, is_html: bool) -> str:
    text = text.strip()
    marked = _FORMAT.match(text)
    if marked:
        is_html, text = marked[1] == "html", text[marked.end() :].lstrip()
    return plain(_shown(text)) if is_html else _shown(text).strip()


def _shown(text: str) -> str:
    return text.translate(_SHOWN)
