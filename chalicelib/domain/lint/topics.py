"""A bank's topics against the quotas of its papers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chalicelib.domain.lint.subject import Finding, Subject

_PAPERS = 3  # a topic with fewer questions than for so many papers shows the same ones each time


def check(subject: Subject) -> Iterator[Finding]:
    """Nothing for a paper without quotas."""
    there = Counter(item.question.topic for item in subject.items)
    for topic, count in sorted(subject.topics.items()):
        if there[topic] < _PAPERS * count:
            ids = tuple(item.id for item in subject.items if item.question.topic == topic)
            reason = (
                f"chủ đề “{topic}” có {there[topic]} câu cho {count} câu mỗi đề, nên các đề gần như hỏi cùng "
                "những câu đó: hãy bổ sung câu hỏi hoặc giảm chỉ tiêu (paper.topics)"
            )
            yield Finding("topics", ids, reason)
    if subject.topics and sum(subject.topics.values()) == subject.size:
        for topic in sorted(there.keys() - subject.topics.keys()):
            ids = tuple(item.id for item in subject.items if item.question.topic == topic)
            reason = (
                f"chủ đề “{topic}” có {there[topic]} câu nhưng không có chỉ tiêu, mà các chỉ tiêu đã đủ một "
                "đề, nên không câu nào được hỏi: hãy sửa paper.topics"
            )
            yield Finding("topics", ids, reason)
