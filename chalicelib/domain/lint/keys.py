"""How keys are spread: over letters, and over how many options are right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import sqrt

from chalicelib.domain.bank import LETTERS
from chalicelib.domain.lint.subject import Finding, Subject, percent

# Beyond chance: once in some hundred banks for a letter; by so much that it is worth knowing.
_SIGMAS, _MARGIN, _FEWEST = 3.0, 0.05, 20
_ALIKE = 6  # so many questions with the same number of options, all with as many right ones


def check_letters(subject: Subject) -> Iterator[Finding]:
    for place, letter in enumerate(LETTERS):
        having = [item for item in subject.single if place < len(item.options)]
        if len(having) < _FEWEST:
            continue
        right = [item.id for item in having if item.keys == (place,)]
        expected = sum(1 / len(item.options) for item in having)
        spread = sqrt(sum((1 - 1 / len(item.options)) / len(item.options) for item in having))
        if abs(len(right) - expected) > max(_SIGMAS * spread, _MARGIN * len(having)):
            reason = (
                f"{letter} là đáp án của {len(right)} câu, {percent(len(right) / len(having))} (chia đều là "
                f"{percent(expected / len(having))}): hãy đổi chỗ phương án của một số câu"
            )
            yield Finding("letters", tuple(right), reason)


def check_counts(subject: Subject) -> Iterator[Finding]:
    by_size: dict[int, list[tuple[str, int]]] = {}
    for item in subject.items:
        if item.question.multiple:
            by_size.setdefault(len(item.options), []).append((item.id, len(item.keys)))
    for size, found in sorted(by_size.items()):
        if len(found) >= _ALIKE and len(Counter(count for _, count in found)) == 1:
            reason = (
                f"mọi câu nhiều đáp án có {size} phương án đều có đúng {found[0][1]} phương án đúng "
                f"({len(found)} câu), nên đếm phương án là biết phải chọn mấy: hãy thay đổi số phương án đúng"
            )
            yield Finding("counts", tuple(name for name, _ in found), reason)
