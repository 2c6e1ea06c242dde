"""A week of too few people to tell units' scores: the verifier takes what can be, and no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.verify.played import Played
from tests.verify.test_played_contest import Outsider, replaced

IMPOSSIBLE = "không thể có được từ bộ dữ liệu"


@pytest.fixture(scope="module")
def closed() -> Played:
    played = Played(few=5)
    played.close()
    return played


@pytest.fixture
def outsider(closed: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Outsider:
    return Outsider(dict(closed.site.objects), tmp_path, capsys)


def line_of(outsider: Outsider, closed: Played) -> Any:
    """The line of the third receipt."""
    leaf = closed.receipts[2]["record"]
    return next(line for line in outsider.lines() if line["record"] == leaf)


def test_no_line_names_a_unit_and_no_unit_shows_its_score_but_the_winner(outsider: Outsider) -> None:
    assert {line["counted"]["unit"] for line in outsider.lines()} == {"*"}
    rows = {row["code"]: row for row in outsider.json("data/results/week-1.json")["units"]}
    scores = {code: row["unit_score"] for code, row in rows.items()}
    winner = next(code for code, row in rows.items() if row["prize"])
    assert scores.pop(winner) > 0
    assert scores == {"SO-A": None, "TRUONG-C": 0}  # where nobody took part, there is nothing to hide
    assert (rows["SO-A"]["quality"], rows["SO-A"]["mean_best"]) == (None, None)
    code, said = outsider.rank()
    assert code == 0, said
    assert "3 người không nêu đơn vị" in said


def test_the_owner_of_a_receipt_still_checks_the_own_unit(outsider: Outsider, closed: Played) -> None:
    code, said = outsider.check(closed.receipts)
    assert code == 0, said
    assert said.count("đúng đơn vị và đối tượng") == 4


def test_a_moved_person_whose_line_names_no_unit_finds_it(outsider: Outsider, closed: Played) -> None:
    own = line_of(outsider, closed)["counted"]["unit_commitment"]
    outsider.edit_bundle(replaced(own.encode(), b"0" * 64))
    code, said = outsider.check(closed.receipts[2])
    assert (code, "đơn vị hoặc đối tượng khác với cam kết" in said) == (1, True), said


def of_unit(unit: str, **changed: Any) -> Callable[[Any], object]:
    def lie(ranking: Any) -> None:
        row = next(row for row in ranking["result"]["units"] if row["code"] == unit)
        row.update({name: change(row[name]) for name, change in changed.items()})

    return lie


@pytest.mark.parametrize(
    ("lie", "message"),
    [
        (of_unit("SO-A", people=lambda n: n + 5, attempts=lambda n: n + 9), "nhiều người hơn số người"),
        (of_unit("SO-A", people=lambda n: -n), IMPOSSIBLE),
        (of_unit("SO-B", attempts=lambda _: 1), IMPOSSIBLE),
        (of_unit("SO-A", obliged_people=lambda n: n + 1, obliged_attempts=lambda n: n + 1), IMPOSSIBLE),
        (of_unit("SO-B", obliged_best_sum=lambda _: 11), IMPOSSIBLE),
        (of_unit("SO-B", obliged_best_sum=lambda _: -1), IMPOSSIBLE),
        (of_unit("SO-B", code=lambda _: "SO-X"), "thiếu đơn vị SO-B"),
        (of_unit("SO-B", score=lambda _: "40"), "xếp hạng đơn vị"),
        (lambda r: r["result"]["units"].pop(), "thiếu đơn vị"),
        (lambda r: r["result"]["units"].append(r["result"]["units"][0]), "đúng các đơn vị"),
        (lambda r: r["result"]["units"].reverse(), "xếp hạng đơn vị"),
        (lambda r: r["result"]["units"].insert(0, r["result"]["units"].pop(1)), "không thể đứng ở thứ hạng"),
    ],
)
def test_figures_and_ranks_that_cannot_be_fail(
    outsider: Outsider, lie: Callable[[Any], object], message: str
) -> None:
    outsider.edit_ranking(lie)
    code, said = outsider.rank()
    assert (code, message in said) == (1, True), said


def test_a_winner_shows_its_score(outsider: Outsider) -> None:
    winner = next(row["code"] for row in outsider.ranking()["result"]["units"] if row["prize"])
    withheld = {"score": lambda _: None, "best_sum": lambda _: None, "obliged_best_sum": lambda _: None}
    outsider.edit_ranking(of_unit(winner, **withheld))
    code, said = outsider.rank()
    assert (code, "đạt giải mà không công bố điểm" in said) == (1, True), said


def test_a_line_without_a_unit_has_a_commitment_and_no_other_line(outsider: Outsider) -> None:
    outsider.edit_bundle(replaced(b'"unit":"*"', b'"unit":"SO-B"'))
    code, said = outsider.rank()
    assert (code, "phải có cam kết của đơn vị" in said) == (1, True), said
