"""The individual ranking over all weeks: most right answers, then least time, then the draw."""

from __future__ import annotations

from hashlib import sha256

from chalicelib.domain.final_ranking import (
    FinalStanding,
    Sums,
    WeekBest,
    award_final,
    left_open,
    rank_final,
)
from chalicelib.domain.identity_provider import Verified
from tests.fakes import MINUTE, PSEUDONYMS, definition

ROOT = "5e" * 32


def best(person: str, score: int, duration: int = MINUTE, category: str = "mandatory") -> WeekBest:
    return WeekBest(person, "SO-A", category, score, duration, 1)


def ranking(*weeks: list[WeekBest], min_duration: int = 0) -> list[FinalStanding]:
    return rank_final([(k, min_duration, week) for k, week in enumerate(weeks, 1)], ROOT, PSEUDONYMS)


def people(ranked: list[FinalStanding]) -> list[str]:
    return [one.participant_id for one in ranked]


def test_the_final_ranking_adds_up_the_weekly_bests_scores_and_then_their_times() -> None:
    ranked = ranking(
        [best("an", 5), best("binh", 4), best("chi", 5, 3 * MINUTE)],
        [best("binh", 5), best("chi", 4)],
    )
    assert people(ranked) == ["binh", "chi", "an"]
    assert ranked[0] == FinalStanding("binh", "SO-A", "mandatory", 9, 2 * MINUTE, 2, 2, 2, minutes=2)


def test_people_equal_in_both_sums_stand_by_the_draw_with_the_pseudonyms_of_their_last_weeks() -> None:
    weeks = {"a": 1, "b": 2, "c": 1, "d": 2}
    drawn = sorted("abcd", key=lambda one: sha256(f"{ROOT}|{PSEUDONYMS(weeks[one], one)}".encode()).digest())
    assert people(ranking([best("a", 3), best("c", 3)], [best("d", 3), best("b", 3)])) == drawn
    assert people(ranking([best("c", 3), best("a", 3)], [best("b", 3), best("d", 3)])) == drawn


def test_a_best_attempt_below_the_weeks_shortest_time_is_in_no_sum() -> None:
    ranked = ranking([best("fast", 5, 1), best("an", 1)], [best("fast", 2)], min_duration=MINUTE)
    assert [(one.participant_id, one.score) for one in ranked] == [("fast", 2), ("an", 1)]


def test_unit_and_category_are_those_of_the_last_week_of_a_person() -> None:
    (one,) = ranking([best("an", 5)], [WeekBest("an", "SO-B", "encouraged", 4, MINUTE, 2)])
    assert (one.unit, one.category, one.attempts) == ("SO-B", "encouraged", 3)


def test_a_person_is_as_verified_at_the_end_as_in_the_last_week_that_counts_for_them() -> None:
    def known(person: str, verified: Verified) -> WeekBest:
        return best(person, 5)._replace(verified=verified)

    ranked = ranking(
        [known("an", "roster"), known("binh", "none"), known("chi", "roster")],
        [known("an", "none"), known("binh", "roster")],
    )
    assert {one.participant_id: one.verified for one in ranked} == {
        "an": "none",
        "binh": "roster",
        "chi": "roster",
    }
    prize = {"name": "listed", "title": "Giải", "when": "final", "count": 9, "verified": ["roster"]}
    contest = definition(ranking={"final": True}, prizes=[prize])
    won = award_final(ranked, contest.prizes_of("final"))
    assert {ranked[place].participant_id for place in won} == {"binh", "chi"}


def test_prizes_of_the_end_go_to_the_top_by_category_and_score() -> None:
    contest = definition(
        ranking={"final": True},
        prizes=[
            {"name": "staff", "title": "Giải", "count": 2, "when": "final", "categories": ["mandatory"]},
            {"name": "all", "title": "Giải", "count": 2, "when": "final", "min_score": 4},
            {"name": "first", "title": "Giải", "count": 9},
        ],
    )
    ranked = ranking(
        [best("an", 5, category="encouraged"), best("binh", 4), best("chi", 4, 2 * MINUTE), best("dung", 3)]
    )
    assert award_final(ranked, contest.prizes_of("final")) == {1: "staff", 2: "staff", 0: "all"}


def test_minutes_leave_open_whoever_may_have_taken_as_long_as_somebody_who_is_named() -> None:
    """Of two weeks, so many whole minutes are from that to 119,998 ms more."""
    somebody = 10 * MINUTE + 5
    spans = [(8, 1), (9, 1), (10, 1), (11, 1), (9, 2)]
    sums = [Sums(f"{minutes}|{score}", score, minutes, 2) for minutes, score in spans]
    assert list(left_open(sums, {1: [somebody], 3: [somebody]})) == ["9|1", "10|1"]
    assert list(left_open(sums, {1: [10 * MINUTE - 2]})) == ["8|1", "9|1"]
    assert list(left_open(sums, {1: [10 * MINUTE - 1]})) == ["9|1"]
    assert list(left_open(sums, {1: [11 * MINUTE, 0]})) == ["10|1", "11|1"]
