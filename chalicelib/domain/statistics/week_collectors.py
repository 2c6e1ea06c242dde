"""The collectors for a week's statistics, which run beside the ranking."""

from __future__ import annotations

from chalicelib.domain.bank import Bank
from chalicelib.domain.closeout import Collector
from chalicelib.domain.definition import Definition
from chalicelib.domain.statistics.activity import Activity
from chalicelib.domain.statistics.first_answers import FirstAnswers
from chalicelib.domain.statistics.signs import Signs


def week_collectors(definition: Definition, bank: Bank) -> dict[str, Collector]:
    """New, empty collectors by name."""
    return {
        "activity": Activity(definition.zone),
        "first_answers": FirstAnswers(bank, definition.paper),
        "signs": Signs(definition, bank),
    }
