"""What in a question, read as it stands, looks as if it had been meant otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.domain.bank import LETTERS, Question
from chalicelib.domain.markup import unmarked

_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
_ENTITY = re.compile(r"&#?\w{1,30};")
_FORMULA = re.compile(r"\$\$|\\[()\[\]]|\\[a-z]{2,20}")
_MARKDOWN = re.compile(r"\*\*|!\[|\]\(")
# Letters of Latin-1 that Vietnamese has not: of an old font, or of a foreign name.
_FOREIGN = re.compile(r"[ÄÅÆÇËÎÏÐÑÖØÛÜÞßäåæçëîïðñöøûüþÿ¢¤¥¦¨ª¬®¯¶¸¹º]|[^\W\d_]\?[^\W\d_]")


def suspicions(question: Question) -> Iterator[str]:
    """In words for people, each with the place that it is about."""
    named = [("câu hỏi", question.text)]
    named += [
        (f"phương án {letter}", option) for letter, option in zip(LETTERS, question.options, strict=False)
    ]
    for what, text in named:
        yield from (f"{what} {why}" for why in _of_text(text))
    for what, text in named[1:]:
        if "\n" in text:
            yield f"{what} có xuống dòng"
    if "\n" in question.text:
        lines = question.text.count("\n") + 1
        yield f"câu hỏi có {lines} dòng: hãy xem chỗ xuống dòng có đúng không"
    yield from _alike(question)


def _of_text(text: str) -> Iterator[str]:
    if text.startswith("%"):
        yield "bắt đầu bằng dấu %: có thể là trọng số chưa đọc được"
    if _ESCAPE.search(text):
        yield "có mã _x…_ của Excel"
    if "<" in unmarked(text) or _ENTITY.search(text):
        yield "có dấu < hoặc mã &…; có thể là HTML còn sót"
    if _FORMULA.search(text):
        yield "có ký hiệu công thức, trang thi không vẽ công thức"
    if _MARKDOWN.search(text):
        yield "có ký hiệu markdown, trang thi hiện nguyên như vậy"
    if _FOREIGN.search(text):
        yield "có chữ lạ, có thể là chữ bị hỏng"


def _alike(question: Question) -> Iterator[str]:
    """Options that differ in capitals, spaces, marks or the sign at the end alone."""
    first: dict[str, str] = {}
    for letter, option in zip(LETTERS, question.options, strict=False):
        words = " ".join(unmarked(option).casefold().split()).strip(" .,;:")
        if words and first.setdefault(words, letter) != letter:
            yield f"phương án {first[words]} và {letter} chỉ khác nhau chữ hoa, dấu cách hay dấu cuối câu"
