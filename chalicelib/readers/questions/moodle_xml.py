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
from chalicelib.readers.questions.html_text import text_of
from chalicelib.readers.questions.question_rows import (
    TRUE_FALSE,
    CannotBeAsked,
    Findings,
    Found,
    NotAQuestion,
    Rows,
    right_ones,
    status_in,
    topic_of,
    weight_in,
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


def read_moodle_xml(file: str, data: bytes, findings: Findings) -> list[Row]:
    """The questions as rows of the table of questions; ``Row.line`` is the question's line in the file."""
    spend(len(data))
    faults = findings.faults
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
    return _rows(quiz, builder.for_all or "draft", Rows(file, findings))


def _rows(quiz: Element, for_all: str, rows: Rows) -> list[Row]:
    topic = ""
    for question in quiz:
        line, kind = int(question.get(_LINE, "0")), question.get("type", "")
        try:
            if question.tag != "question":
                raise NotAQuestion(f"không nhận thẻ <{str(question.tag)[:30]}>, chỉ nhận <question>", "")
            if kind == "category":
                topic = topic_of(_plain(question.find("category")))
            else:
                rows.add(line, _question(question, kind, topic, for_all))
        except NotAQuestion as problem:
            rows.refuse(line, question.findtext("name/text") or kind, problem)
    return rows.finished("Moodle XML")


def _question(question: Element, kind: str, topic: str, for_all: str) -> Found:
    if kind not in {"multichoice", "truefalse"}:
        message = f"loại câu hỏi “{kind[:30]}”: đề thi chỉ nhận multichoice và truefalse"
        raise CannotBeAsked(message, "type")
    dropped = set[str]()
    stem, answers = question.find("questiontext"), question.findall("answer")
    form = stem.get("format", "html") if stem is not None else "html"
    if kind == "truefalse":
        options = [_plain(answer).lower() for answer in answers]
    else:
        options = [_text(answer, form, dropped) for answer in answers]
    weights = [weight_in(answer.get("fraction", "0")) for answer in answers]
    if None in weights:
        raise NotAQuestion("fraction của phương án phải là số", "answer")
    several = (question.findtext("single") or "true").strip().lower() in {"false", "0"}
    right = right_ones([weight or 0.0 for weight in weights], single=kind == "truefalse" or not several)
    if kind == "truefalse":
        if sorted(options) != ["false", "true"]:
            raise NotAQuestion("câu đúng/sai cần hai phương án true và false", "answer")
        yes = right[options.index("true")]
        options, right = TRUE_FALSE, [yes, not yes]
    tags = {_plain(tag).lower() for tag in question.iterfind("tags/tag")} & _STATUSES
    if len(tags) > 1:
        raise NotAQuestion(f"có nhiều trạng thái: {', '.join(sorted(tags))}", "status")
    return Found(
        id=(question.findtext("idnumber") or "").strip(),
        title=_plain(question.find("name")),
        topic=topic,
        text=_text(stem, form, dropped),
        options=options,
        right=right,
        reference=_text(question.find("generalfeedback"), form, dropped),
        status=question.get(_STATUS) or next(iter(tags), for_all),
        dropped=frozenset(dropped),
    )


def _plain(holder: Element | None) -> str:
    """The content of ``<text>``, which is no HTML; "" if there is none."""
    text = (holder.findtext("text") or "") if holder is not None else ""
    if overloaded(text):
        raise NotAQuestion(ACCENTS)
    return unicodedata.normalize("NFC", text).strip()


def _text(holder: Element | None, form: str, dropped: set[str]) -> str:
    """The content of ``<text>`` without its form, which is ``form`` where it does not say."""
    if holder is None:
        return ""
    if holder.find("file") is not None:
        raise CannotBeAsked("có tệp đính kèm: đề thi chỉ nhận chữ")
    text, form = _plain(holder), holder.get("format", form)
    if form in {"plain_text", "markdown", "wiki_like"}:
        if form != "plain_text":
            dropped.add("markdown")
        return text
    return text_of(text, dropped, breaks=form == "moodle_auto_format")
