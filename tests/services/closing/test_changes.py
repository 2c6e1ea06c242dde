"""``changes.csv``: who moved in a new revision, from where to where, and why."""

from __future__ import annotations

from tests.fakes import UNITS, reference
from tests.services.closing.two_weeks import CONTEST, Stage

AN_ANNULLED = reference(CONTEST, annulled=["an"])
Moves = list[tuple[str, str, str, str]]


def moves(stage: Stage, what: str, revision: int) -> Moves:
    """The id, ranks, prizes and reason of each row."""
    return [
        (
            row["id"],
            f"{row['rank_before']}→{row['rank_after']}",
            f"{row['prize_before']}→{row['prize_after']}",
            row["reason"],
        )
        for row in stage.rows(what, "changes.csv", revision)
    ]


def test_a_first_revision_has_no_changes() -> None:
    stage = Stage()
    stage.run()
    assert "changes.csv" not in stage.manifest("week-1")["files"]


def test_an_annulment_moves_up_those_behind_and_passes_on_prizes_won_only_once() -> None:
    stage = Stage()
    stage.run()
    stage.run(contest=AN_ANNULLED)
    assert moves(stage, "week-1", 2) == [
        ("an", "1→", "first→", "annulled"),
        ("binh", "2→1", "second→first", "annulment"),
        ("chi", "3→2", "→second", "annulment"),
    ]
    # Chi now has a prize in week 1, so the prize in week 2 passes to those behind
    assert moves(stage, "week-2", 2) == [
        ("an", "1→", "→", "annulled"),
        ("chi", "2→1", "first→", "won_in_another_week"),
        ("dung", "3→2", "second→first", "annulment"),
        ("ba", "4→3", "→second", "annulment"),
    ]
    assert moves(stage, "final", 2) == []


def test_the_reason_is_quoted_and_winners_are_named() -> None:
    stage = Stage()
    stage.run()
    stage.run(contest=AN_ANNULLED)
    first, second, _ = stage.rows("week-1", "changes.csv", 2)
    assert (first["name"], first["note"]) == ("Nguyễn Văn An", "2022-08-29: thi hộ")
    assert (second["name"], second["score_before"], second["score_after"]) == ("Lê Thị Bình", "5", "5")


def test_an_exclusion_by_role_has_its_own_reason() -> None:
    stage = Stage()
    stage.run()
    stage.run(contest=reference(CONTEST, excluded=["an"]))
    row = stage.rows("week-1", "changes.csv", 2)[0]
    assert (row["id"], row["reason"], row["note"]) == ("an", "excluded", "Tổ ra đề thi")


def test_a_withdrawn_annulment_is_shown_in_reverse() -> None:
    stage = Stage()
    stage.run()
    stage.run(contest=AN_ANNULLED)
    stage.run()
    assert moves(stage, "week-1", 3)[0] == ("an", "→1", "→first", "reinstated")
    assert ("chi", "1→2", "→first", "other_prize_gone") in moves(stage, "week-2", 3)


def test_a_corrected_headcount_is_the_reason_for_a_units_new_score() -> None:
    stage = Stage()
    stage.run()
    corrected = [unit._replace(headcount=unit.headcount + 1) if unit.code == "SO-A" else unit for unit in UNITS]
    stage.run(contest=reference(CONTEST, units=corrected))
    assert moves(stage, "week-1", 2) == [("SO-A", "2→2", "→", "headcount")]
    (row,) = stage.rows("week-1", "changes.csv", 2)
    assert (row["score_before"], row["score_after"]) == ("56.2500", "55.5556")


def test_units_that_swap_ranks_are_both_listed() -> None:
    stage = Stage()
    stage.run()
    larger = [unit._replace(headcount=1000) if unit.code == "SO-B" else unit for unit in UNITS]
    stage.run(contest=reference(CONTEST, units=larger))
    assert [move[3] for move in moves(stage, "week-1", 2)] == ["headcount", "headcount"]
    assert [move[:3] for move in moves(stage, "week-2", 2)] == [
        ("SO-A", "2→1", "weekly→"),
        ("SO-B", "1→2", "→weekly"),
    ]


def test_a_unit_that_is_added_or_removed_is_listed() -> None:
    stage = Stage()
    stage.run()
    stage.run(contest=reference(CONTEST, units=UNITS[:2]))
    assert moves(stage, "week-1", 2) == [("TRUONG-C", "3→", "→", "unit_removed")]
    stage.run()
    assert moves(stage, "week-1", 3) == [("TRUONG-C", "→3", "→", "unit_added")]


def test_changes_are_not_part_of_the_result() -> None:
    stage = Stage()
    stage.run()
    stage.run(contest=AN_ANNULLED)
    stage.run()
    assert stage.manifest("week-1", 3)["result_digest"] == stage.manifest("week-1", 1)["result_digest"]
