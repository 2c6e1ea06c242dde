"""Grading again under the organisers' rulings on questions (design, “Score”).

What a person was told at submission follows the key at the week's opening. A close counts under the rulings of
the week: ``key`` replaces the key of a question by one or several accepted ones, ``all_right`` gives the point
to everybody who had the question on a counted paper, blank or not. A paper that is not counted stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chalicelib.domain.attempt import Entry, Finished
from chalicelib.domain.bank import Bank, Question
from chalicelib.domain.decisions import Ruling
from chalicelib.domain.definition import PaperRules
from chalicelib.domain.paper import MASKS, drawn_questions

Rulings = Mapping[str, Ruling]  # those in force in a week, by the question's id
# By the question's id: the sets of chosen options that have the point, each a character of ``MASKS``.
Accepted = Mapping[str, frozenset[str]]
_ANYTHING = frozenset(MASKS)


def accepted_options(question: Question, ruling: Ruling | None) -> tuple[int, ...]:
    """The sets of options, as bits, that have the point; none if anything has it, or nothing chosen."""
    return (question.answer,) if ruling is None else ruling.answers


def accepted(questions: Iterable[Question], rulings: Rulings) -> Accepted:
    """What has the point in each of ``questions``."""
    return {
        question.id: frozenset(MASKS[key] for key in accepted_options(question, rulings.get(question.id)))
        or _ANYTHING
        for question in questions
    }


def grading_again(bank: Bank, rules: PaperRules, rulings: Rulings) -> Callable[[Entry], Entry]:
    """Gives an entry the scores that count under ``rulings``, and keeps those that the person was told.

    Only papers with a question that is ruled on are graded. An erased attempt cannot be: it keeps the score
    under the rulings that were in force when it was erased.
    """
    if not rulings:
        return lambda entry: entry
    right = accepted(bank.questions, rulings)

    def grade(attempt: Finished, bank: Bank) -> Finished:
        if not attempt.counted or attempt.erased:
            return attempt
        asked = [question.id for question in drawn_questions(bank, rules, attempt.nonce)]
        if rulings.keys().isdisjoint(asked):
            return attempt
        score = sum(
            [chosen in right[question] for question, chosen in zip(asked, attempt.answers, strict=False)]
        )
        return attempt if score == attempt.score else attempt._replace(score=score, told=attempt.told_score)

    def graded(entry: Entry) -> Entry:
        asked = bank.of(entry.week, entry.category)
        return entry._replace(finished=tuple([grade(attempt, asked) for attempt in entry.finished]))

    return graded
