"""What a person may know of the own paper once its week is over: what was right, and what was ruled on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from chalicelib.domain.attempt import Finished
from chalicelib.domain.decisions import Ruling
from chalicelib.domain.grading import accepted_options
from chalicelib.domain.paper import PaperQuestion, chosen_options, draw
from chalicelib.services.contest.reference import Reference


class OwnQuestion(NamedTuple):
    """A question of a paper, by its number from 1.

    ``chosen``: the options as bits; ``keys``: the sets of options that have the point, none if anything has it.
    """

    number: int
    shown: PaperQuestion
    chosen: int
    keys: tuple[int, ...]
    ruling: Ruling | None

    @property
    def right(self) -> bool:
        """Whether it has the point."""
        return not self.keys or self.chosen in self.keys


def own_paper(reference: Reference, week: int, category: str, attempt: Finished) -> Iterator[OwnQuestion]:
    """In the order of the paper, which was drawn for ``category``. None if it does not count, or is erased."""
    if not attempt.counted or attempt.erased:
        return
    rulings = reference.decisions.rulings_in(week)
    paper = draw(reference.bank.of(week, category), reference.definition.paper, attempt.nonce)
    for number, (shown, char) in enumerate(zip(paper, attempt.answers, strict=False), 1):
        ruling = rulings.get(shown.question.id)
        keys = accepted_options(shown.question, ruling)
        yield OwnQuestion(number, shown, chosen_options(char), keys, ruling)
