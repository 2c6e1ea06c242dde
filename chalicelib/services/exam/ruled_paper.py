"""What the organisers have ruled on the questions of a person's own paper."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.domain.attempt import Finished
from chalicelib.domain.decisions import Ruling
from chalicelib.domain.paper import PaperQuestion, chosen_options, draw
from chalicelib.services.contest.reference import Reference


class RuledQuestion(NamedTuple):
    """A question of a paper, by its number from 1; ``chosen``: the options as bits."""

    number: int
    shown: PaperQuestion
    chosen: int
    ruling: Ruling


def ruled_questions(
    reference: Reference, week: int, category: str, attempt: Finished
) -> Iterator[RuledQuestion]:
    """In the order of the paper, which was drawn for ``category``. None if it does not count, or is erased."""
    rulings = reference.decisions.rulings_in(week)
    if not rulings or not attempt.counted or attempt.erased:
        return
    paper = draw(reference.bank.of(week, category), reference.definition.paper, attempt.nonce)
    for number, (shown, char) in enumerate(zip(paper, attempt.answers, strict=False), 1):
        ruling = rulings.get(shown.question.id)
        if ruling:
            yield RuledQuestion(number, shown, chosen_options(char), ruling)
