"""Reads Moodle XML: multiple choice with one or several right options, and true/false.

https://docs.moodle.org/en/Moodle_XML_format. The parser refuses DTDs, entities and deep nesting.
A status comment before ``<quiz>`` applies to all questions; one before a ``<question>`` to that question.
"""

from __future__ import annotations

import unicodedata
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from chalicelib.readers.budget import spend
from chalicelib.readers.questions.question_rows import (
    TRUE_FALSE,
    Found,
    NotAQuestion,
    as_row,
    fault_of,
    plain,
    right_ones,
    status_in,
    topic_of,
)
from chalicelib.readers.tables import ACCENTS, Fault, Row, overloaded

_DEEPEST = 50
_ELEMENT = 10  # of the budget, as ten characters
_LINE, _STATUS = "line of the file", "status by comment"  # no XML attribute has spaces in its name
_STATUSES = {"approved", "draft", "rejected"}


class _Refused(Exception):
    """The file is not one of Moodle's; the message is the remedy."""


class _Builder(TreeBuilder):
    """Notes each question's line and the status that a comment gives it."""

    def __init__(self) -> None:
        super().__init__()
        self.parser = parser = expat.ParserCreate()  # Moodle has no namespaces: names are as they are written
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self.start, self.end
        parser.CharacterDataHandler, parser.CommentHandler = self.data, self.comment
        parser.StartDoctypeDeclHandler = self._refuse_dtd
        self.depth = 0
        self.for_all: str | None = None
        self.status: str | None = None

    def start(self, tag: Any, attrs: Any) -> Element:
        spend(_ELEMENT)
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _Refused("các thẻ XML lồng nhau quá sâu: đây không phải tệp Moodle XML")
        if self.depth == 1:
            self.for_all, self.status = self.status, None
        if self.depth == 2:
            attrs = {**attrs, _LINE: str(self.parser.CurrentLineNumber), _STATUS: self.status or ""}
            self.status = None
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self.depth -= 1
        return super().end(tag)

    def comment(self, text: str | None) -> Any:
        if self.depth < 2:
            self.status = status_in(text or "") or self.status

    def _refuse_dtd(self, *_: object) -> None:
        raise _Refused("tệp XML có DTD hoặc entity: hãy xuất lại từ Moodle dạng Moodle XML")


def read_moodle_xml(file: str, data: bytes, faults: list[Fault]) -> list[Row]:
    """The questions as rows of the table of questions; ``Row.line`` is the question's line in the file."""
    spend(len(data))
    builder = _Builder()
    try:
        builder.parser.Parse(data, True)
        quiz: Element = builder.close()
    except _Refused as refused:
        faults.append(Fault(file, 0, "", "", str(refused)))
        return []
    except (expat.ExpatError, ValueError, LookupError) as error:  # LookupError: no such encoding
        line = getattr(error, "lineno", 0)
        faults.append(Fault(file, line, "", "", f"không đọc được XML ({error}): hãy xuất lại từ Moodle"))
        return []
    if quiz.tag != "quiz":
        faults.append(Fault(file, 1, "", str(quiz.tag)[:60], "tệp Moodle XML bắt đầu bằng thẻ <quiz>"))
        return []
    return _rows(file, quiz, builder.for_all or "draft", faults)


def _rows(file: str, quiz: Element, for_all: str, faults: list[Fault]) -> list[Row]:
    rows: list[Row] = []
    before = len(faults)
    topic = ""
    for question in quiz:
        line, kind = int(question.get(_LINE, "0")), question.get("type", "")
        try:
            if question.tag != "question":
                raise NotAQuestion(f"không nhận thẻ <{str(question.tag)[:30]}>, chỉ nhận <question>", "")
            if kind == "category":
                topic = topic_of(_text(question.find("category")))
            else:
                rows.append(as_row(file, line, _question(question, kind, topic, for_all)))
        except NotAQuestion as problem:
            shown = question.findtext("name/text") or kind
            faults.append(fault_of(file, line, shown, problem))
    if not rows and len(faults) == before:
        faults.append(Fault(file, 0, "", "", "không có câu hỏi nào trong tệp Moodle XML"))
    return rows


def _question(question: Element, kind: str, topic: str, for_all: str) -> Found:
    if kind not in {"multichoice", "truefalse"}:
        raise NotAQuestion(f"không nhận loại câu hỏi “{kind[:30]}”, chỉ nhận multichoice và truefalse", "type")
    answers = question.findall("answer")
    options = [_text(answer) for answer in answers]
    try:
        weights = [float(answer.get("fraction", "0")[:30]) for answer in answers]
    except ValueError:
        raise NotAQuestion("fraction của phương án phải là số", "answer") from None
    single = kind == "truefalse" or (question.findtext("single") or "true").strip().lower() in {"true", "1"}
    right = right_ones(weights, single=single)
    if kind == "truefalse":
        if sorted(options) != ["false", "true"]:
            raise NotAQuestion("câu đúng/sai cần hai phương án true và false", "answer")
        yes = right[options.index("true")]
        options, right = TRUE_FALSE, [yes, not yes]
    tags = {_text(tag).lower() for tag in question.iterfind("tags/tag")} & _STATUSES
    if len(tags) > 1:
        raise NotAQuestion(f"có nhiều trạng thái: {', '.join(sorted(tags))}", "status")
    return Found(
        title=(question.findtext("idnumber") or "").strip() or _text(question.find("name")),
        topic=topic,
        text=_text(question.find("questiontext")),
        options=options,
        right=right,
        reference=_text(question.find("generalfeedback")),
        status=question.get(_STATUS) or next(iter(tags), for_all),
    )


def _text(holder: Element | None) -> str:
    """The content of ``<text>`` as plain text; "" if there is none."""
    if holder is None:
        return ""
    if holder.find("file") is not None:
        raise NotAQuestion("có tệp đính kèm: đề thi chỉ nhận chữ")
    text = holder.findtext("text") or ""
    if overloaded(text):
        raise NotAQuestion(ACCENTS)
    text = unicodedata.normalize("NFC", text)
    return plain(text) if holder.get("format", "html") == "html" else text.strip()
