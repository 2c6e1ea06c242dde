"""All rules on a bank, in the order in which their findings are told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from chalicelib.domain.lint import (
    cues,
    distractors,
    giveaways,
    keys,
    references,
    stems,
    strategies,
    texts_in_force,
    topics,
)
from chalicelib.domain.lint.subject import Finding, Subject


class Rule(NamedTuple):
    """``name``: its findings have it too; ``title``: for people."""

    name: str
    title: str
    check: Callable[[Subject], Iterator[Finding]]


RULES = (
    Rule("contradictory", "Hỏi như nhau, đáp án khác nhau", stems.check_contradictory),
    Rule("in-force", "Văn bản không có hiệu lực trong những ngày thi", texts_in_force.check_in_force),
    Rule("gives-away", "Câu này lộ đáp án của câu kia", giveaways.check),
    Rule("same-stem", "Câu dẫn giống hoặc gần giống nhau", stems.check_same),
    Rule("strategy", "Đoán được theo hình thức", strategies.check),
    Rule("length", "Đáp án lộ vì dài hoặc ngắn", cues.check_length),
    Rule("absolute", "Đáp án lộ vì từ tuyệt đối", cues.check_absolute),
    Rule("overlap", "Đáp án lộ vì lặp từ của câu dẫn", cues.check_overlap),
    Rule("grammar", "Đáp án lộ vì cách viết", cues.check_grammar),
    Rule("letters", "Đáp án dồn vào một chữ cái", keys.check_letters),
    Rule("counts", "Số đáp án đúng luôn như nhau", keys.check_counts),
    Rule("never-chosen", "Phương án sai không ai chọn", distractors.check),
    Rule("reference", "Căn cứ ghi thiếu", references.check),
    Rule("unknown-text", "Văn bản chưa có trong bảng hiệu lực", texts_in_force.check_unknown),
    Rule("topics", "Chủ đề và chỉ tiêu", topics.check),
)


def lint(subject: Subject, rules: Iterable[Rule] = RULES) -> list[Finding]:
    """Everything that the rules find, rule by rule."""
    return [finding for rule in rules for finding in rule.check(subject)]
