"""The published bank says what has been ruled on its questions."""

from __future__ import annotations

from chalicelib.domain.decisions import Decisions, Ruling
from chalicelib.services.contest.public_contest import public_banks
from tests.fakes import START_MS, definition, reference


def ruling(weeks: tuple[int, ...], *answers: int) -> Ruling:
    return Ruling("Q001", weeks, answers, "sai đáp án", "2022-08-30T09:00:00+07:00")


def test_the_bank_lists_each_ruling_with_the_weeks_in_which_it_is_in_force() -> None:
    decisions = Decisions(rulings=(ruling((1, 2), 0b01, 0b110), ruling((2, 3))))
    common = {"question": "Q001", "reason": "sai đáp án", "at": "2022-08-30T09:00:00+07:00"}
    assert public_banks(reference(decisions=decisions), START_MS)["rulings"] == [
        {**common, "weeks": [1], "ruling": "key", "keys": ["A", "BC"]},
        {**common, "weeks": [2, 3], "ruling": "all_right", "keys": []},
    ]


def test_a_bank_that_is_not_published_lists_none() -> None:
    secret = definition(paper={"publish_bank": False})
    told = reference(secret, decisions=Decisions(rulings=(ruling((1,)),)))
    assert public_banks(told, START_MS)["rulings"] == []
