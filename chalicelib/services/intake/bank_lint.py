"""What an editor's eye finds in a bank that was taken over: in short with the answer, in full beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from chalicelib.domain.bank import Question
from chalicelib.domain.definition import Definition
from chalicelib.domain.lint.rules import RULES, Rule
from chalicelib.domain.lint.strategies import Figure, figures
from chalicelib.domain.lint.subject import Finding, Subject, listed, percent
from chalicelib.domain.times import local_time
from chalicelib.readers.legal_texts import legal_texts
from chalicelib.readers.tables import Fault
from chalicelib.services.ports import PlainSheet

# Fewer questions are a trial, of which figures say nothing; no real bank has more, and the rules take a while.
_FEWEST, _MOST = 20, 20_000
SHEET, FIGURES = "Soát bộ câu hỏi", "Đoán theo hình thức"


class Linted(NamedTuple):
    """``found``: the rules that found something, with what."""

    found: list[tuple[Rule, list[Finding]]]
    figures: list[Figure]


def lint_bank(questions: Sequence[Question], definition: Definition) -> Linted:
    """Of the approved questions, on the contest's days; nothing of a trial with a handful of questions."""
    if not _FEWEST <= len(questions) <= _MOST:
        return Linted([], [])
    paper = definition.paper
    subject = Subject(
        questions,
        size=paper.questions,
        topics=paper.topics,
        texts=legal_texts(),
        days=days_of(definition),
    )
    found = ((rule, list(rule.check(subject))) for rule in RULES)
    return Linted([(rule, findings) for rule, findings in found if findings], figures(subject))


def days_of(definition: Definition) -> tuple[date, date]:
    """The contest's first and last day, where it is held. ``start = "now"`` must be resolved."""
    first, last = definition.weeks[0].opens, definition.weeks[-1].closes
    return local_time(first, definition.zone).date(), local_time(last, definition.zone).date()


def warnings_of(file: str, linted: Linted) -> Iterator[Fault]:
    """One line for each rule that found something."""
    for rule, findings in linted.found:
        ids = dict.fromkeys(one for finding in findings for one in finding.questions)
        message = (
            f"{rule.title[:1].lower()}{rule.title[1:]} ({len(ids)} câu); các câu này vẫn được dùng, xem từng "
            f"điều và cách sửa ở trang “{SHEET}” của tệp trả lời dạng .xlsx"
        )
        yield Fault(file, 0, "", listed(ids), message)


def sheets_of(linted: Linted) -> list[PlainSheet]:
    """All findings, and what form alone would score; none where there is nothing."""
    rows = [
        (rule.title, ", ".join(finding.questions), finding.reason)
        for rule, findings in linted.found
        for finding in findings
    ]
    shown = [
        (
            one.strategy.title,
            percent(one.share),
            one.applied,
            percent(one.right),
            percent(one.guess),
        )
        for one in linted.figures
    ]
    header = (
        "Cách đoán",
        "Đúng, trên mọi câu một đáp án",
        "Số câu dùng được",
        "Đúng, trên các câu đó",
        "Đoán bừa",
    )
    return [
        *([PlainSheet(SHEET, (34, 40, 100), ("Vấn đề", "Câu hỏi", "Cần xem"), rows)] if rows else []),
        *([PlainSheet(FIGURES, (44, 24, 18, 24, 14), header, shown)] if shown else []),
    ]
