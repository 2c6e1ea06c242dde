"""Legal texts that do not hold on the contest's days, by a dated table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from chalicelib.domain.lint.subject import Finding, LegalText, Subject, listed
from chalicelib.domain.times import day

# The number of a text: 61/2018/NĐ-CP, 06/QĐ-TTg, 59/2014/QH13.
NUMBER = re.compile(r"\b\d{1,5}(?:/\d{4})?/[A-ZĐ]\w*(?:-\w+)*")


def _cited(subject: Subject) -> dict[str, list[str]]:
    """Number → the questions whose reference, stem or options name it, laws by their names too."""
    by_title = {text.title.casefold(): text.number for text in subject.texts if text.title}
    named = re.compile("|".join(map(re.escape, sorted(by_title, key=len, reverse=True)))) if by_title else None
    cited: dict[str, list[str]] = {}
    for item in subject.items:
        told = "\n".join([item.question.reference, item.question.text, *item.question.options])
        numbers = {*NUMBER.findall(told)}
        if named:
            numbers |= {by_title[title] for title in named.findall(told.casefold())}
        for number in numbers:
            cited.setdefault(number, []).append(item.id)
    return cited


def check_in_force(subject: Subject) -> Iterator[Finding]:
    """Texts that begin or end to hold before the contest is over; nothing if its days are not known."""
    known = {text.number: text for text in subject.texts}
    for number, ids in sorted(_cited(subject).items()) if subject.days else ():
        text = known.get(number)
        if text and subject.days and (wrong := _wrong(text, *subject.days)):
            reason = f"{len(ids)} câu ({listed(ids)}) dựa vào {text.title or text.number}, {wrong}"
            yield Finding("in-force", tuple(ids), reason)


def check_unknown(subject: Subject) -> Iterator[Finding]:
    """Texts that the table does not have; nothing without a table."""
    known = {text.number for text in subject.texts}
    unknown = {number: ids for number, ids in sorted(_cited(subject).items()) if known and number not in known}
    if unknown:
        reason = (
            f"{len(unknown)} văn bản không có trong bảng văn bản của phần mềm ({listed(unknown)}), nên chưa "
            "xem được hiệu lực: hãy tự kiểm tra các câu này"
        )
        yield Finding(
            "unknown-text", tuple(dict.fromkeys(one for ids in unknown.values() for one in ids)), reason
        )


def _wrong(text: LegalText, first: date, last: date) -> str:
    if text.since and text.since > first:
        when = "sau khi cuộc thi kết thúc" if text.since > last else "sau khi cuộc thi bắt đầu"
        return f"có hiệu lực từ ngày {day(text.since)}, {when}: hãy bỏ các câu này hoặc chỉ hỏi từ ngày đó"
    if text.until and text.until < last:
        instead = f", thay bằng {text.replaced_by}" if text.replaced_by else ""
        return f"hết hiệu lực sau ngày {day(text.until)}{instead}: hãy hỏi theo văn bản đang có hiệu lực"
    return ""
