"""Why no paper can be drawn from a bank: told at intake, before anybody sits down to one."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.bank import Bank, Question
from chalicelib.domain.definition import Definition, PaperRules
from chalicelib.domain.groups import obstacles


def shortages(questions: tuple[Question, ...], definition: Definition) -> Iterator[str]:
    """Why no paper can be drawn, for each week and category of which that is so."""
    bank, rules = Bank("", tuple(sorted(questions, key=lambda question: question.id))), definition.paper
    weeks = range(1, definition.contest.weeks + 1) if bank.has_parts else ()
    if not weeks and (missing := shortage(bank, rules)):
        yield missing
    for week in weeks:
        told = {
            category.name: shortage(bank.of(week, category.name), rules) for category in definition.categories
        }
        alike = len(set(told.values())) == 1
        for category, missing in list(told.items())[: 1 if alike else None]:
            if missing:
                yield f"tuần {week}: {missing}" if alike else f"tuần {week}, đối tượng {category}: {missing}"


def shortage(bank: Bank, rules: PaperRules) -> str | None:
    """Why no paper can be drawn from this very bank, or None."""
    if len(bank.questions) < rules.questions:
        return (
            f"bộ câu hỏi chỉ có {len(bank.questions)} câu đã thẩm định (approved), đề thi cần "
            f"{rules.questions} câu: hãy bổ sung câu hỏi đã thẩm định hoặc giảm paper.questions"
        )
    for topic, count in rules.topics.items():
        there = sum(question.topic == topic for question in bank.questions)
        if there < count:
            return (
                f"chủ đề “{topic}” chỉ có {there} câu đã thẩm định, đề thi cần {count} câu: "
                "hãy bổ sung câu hỏi hoặc sửa paper.topics"
            )
    return next(obstacles(bank, rules), None) if bank.groups else None
