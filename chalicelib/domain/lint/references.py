"""References that say too little to look the answer up."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chalicelib.domain.lint.subject import Finding, Subject, listed

# What a reference has to say, and how it may say it. A law's article without clauses is cited by the article.
_PARTS = (
    ("điều", re.compile(r"\b(?:điều|phụ lục|mục|phần|chương|biểu mẫu|mẫu số)\s+\w", re.IGNORECASE)),
    ("khoản", re.compile(r"\b(?:khoản|điểm|phụ lục|mục|phần|mẫu số)\s+\w", re.IGNORECASE)),
    (
        "số hoặc tên văn bản",
        re.compile(r"\d+/\S*[A-ZĐ]|\b(?:luật|bộ luật|hiến pháp|pháp lệnh)\b", re.IGNORECASE),
    ),
    ("năm", re.compile(r"\b(?:19|20)\d{2}\b")),
)


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each set of missing parts, with all questions that lack just these."""
    lacking: dict[tuple[str, ...], list[str]] = {}
    for item in subject.items:
        reference = item.question.reference
        missing = tuple(part for part, told in _PARTS if not told.search(reference))
        if not reference:
            missing = ("căn cứ",)
        if missing:
            lacking.setdefault(missing, []).append(item.id)
    for missing, ids in sorted(lacking.items()):
        reason = (
            f"căn cứ của {len(ids)} câu không nêu {', '.join(missing)} ({listed(ids)}): hãy ghi điều, khoản, "
            "số và năm của văn bản; nếu điều không chia khoản thì giữ nguyên"
        )
        yield Finding("reference", tuple(ids), reason)
