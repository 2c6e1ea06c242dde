"""The close of a week and of the contest, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from chalicelib.domain.attempt import Entry, Opened
from chalicelib.domain.bank import Bank
from chalicelib.domain.closeout import Draw, WeekResult, close_week, gather
from chalicelib.domain.definition import Definition
from chalicelib.domain.paper import MASKS, draw
from chalicelib.domain.placement import Place
from chalicelib.domain.unit_score import NOTHING
from chalicelib.domain.units import Unit
from tests.domain.builders import NONCE, ROOT, done, entry
from tests.fakes import MINUTE, PSEUDONYMS, START_MS, UNITS, definition, questions

CONTEST = definition()
BANK = Bank("d" * 64, questions())
PAPER = draw(BANK, CONTEST.paper, NONCE)


def close(*entries: Entry, contest: Definition = CONTEST, **history: Any) -> WeekResult:
    week = contest.weeks[0]
    gathered = gather(contest, BANK, week, entries)
    return close_week(contest, UNITS, week, gathered, draw=Draw(1, ROOT), names=PSEUDONYMS, **history)


def unit_winners(result: WeekResult) -> list[str]:
    return [row.unit.code for row in result.units if row.prize]


def order(result: WeekResult) -> list[str]:
    return [standing.participant_id for standing in result.ranked]


def saved(right: int) -> str:
    """Autosaved answers, the first ``right`` of them right."""
    masks = [MASKS[question.answer] for question, _ in PAPER]
    return "".join(masks[:right]) + "A" * (5 - right)


def left_open(right: int | None, guess: int | None = None, started: int = START_MS) -> Opened:
    if right is None:
        return Opened(1, started, NONCE, None, guess, 0)
    return Opened(1, started, NONCE, saved(right), guess, MINUTE)


def test_a_week_worked_out_by_hand() -> None:
    # Two people are perfect, so the target is 2; “an” guessed it, “binh” is one off, “chi” has fewer points.
    result = close(
        entry("an", done(4, 2), done(5, 9, duration=9 * MINUTE)),
        entry("binh", done(5, 3, duration=MINUTE), unit="SO-B"),
        entry("chi", done(4, 2, duration=1), unit="SO-B"),
        entry("dung", done(0, status="discarded")),
    )
    assert (result.target, result.counts.people, result.counts.attempts) == (2, 3, 4)
    assert order(result) == ["an", "binh", "chi"]
    assert result.prizes == {0: "first", 1: "second", 2: "second"}
    assert result.winners == ["an", "binh", "chi"]
    assert [row.unit.code for row in result.units] == ["SO-B", "SO-A", "TRUONG-C"]
    assert unit_winners(result) == ["SO-B"]


def test_an_attempt_left_open_counts_with_its_autosaved_answers() -> None:
    result = close(entry("an", opened=left_open(5, 1)), entry("binh", opened=left_open(2)))
    assert order(result) == ["an", "binh"]
    best = result.ranked[0].best
    assert (best.score, best.prediction) == (5, None)
    assert best.received == START_MS + 10 * MINUTE + CONTEST.grace
    assert result.target == 1


def test_an_attempt_left_open_in_the_last_minute_is_settled_at_the_closing() -> None:
    closes = CONTEST.weeks[0].closes
    (standing,) = close(entry("an", opened=left_open(3, started=closes - 1))).ranked
    assert (standing.best.received, standing.best.duration) == (
        closes + CONTEST.grace,
        10 * MINUTE + CONTEST.grace,
    )


def test_an_attempt_left_open_without_answers_does_not_count() -> None:
    result = close(entry("an", opened=left_open(None)))
    assert (result.counts.people, result.ranked, result.sums_by_unit) == (0, [], {})


def test_a_contest_that_discards_overdue_attempts_ranks_none_of_them() -> None:
    strict = definition(paper={"overdue": "discard"})
    assert close(entry("an", opened=left_open(5)), contest=strict).ranked == []


def people() -> list[Entry]:
    return [
        entry("an", done(5, 2), unit="SO-A"),
        entry("binh", done(5, 2, duration=2 * MINUTE), unit="SO-A"),
        entry("chi", done(5, 2, duration=3 * MINUTE), unit="SO-B"),
        entry("dung", done(5, 2, duration=4 * MINUTE), unit="SO-B"),
    ]


def test_a_barred_person_is_not_ranked_and_everyone_behind_moves_up() -> None:
    assert order(close(*people(), barred={"an"})) == ["binh", "chi", "dung"]
    assert close(*people(), barred={"an"}).winners == ["binh", "chi", "dung"]


def test_barring_somebody_leaves_the_weeks_facts_unchanged() -> None:
    with_an, without = close(*people()), close(*people(), barred={"an"})
    assert with_an.counts == without.counts
    assert with_an.target == without.target
    assert with_an.sums_by_unit == without.sums_by_unit


def test_a_winner_of_an_earlier_week_is_ranked_but_wins_nothing() -> None:
    result = close(*people(), earlier_winners={"an", "chi"})
    assert order(result) == ["an", "binh", "chi", "dung"]
    assert result.prizes == {1: "first", 3: "second"}


def test_a_unit_that_won_before_leaves_the_prize_to_the_next() -> None:
    first = close(*people())
    assert unit_winners(first) == ["SO-B"]
    assert unit_winners(close(*people(), unit_prizes_elsewhere={"weekly": {"SO-B"}})) == ["SO-A"]


def test_a_week_in_which_nobody_took_part_is_closed_all_the_same() -> None:
    result = close()
    assert (result.counts.people, result.target, result.ranked, result.winners) == (0, 0, [], [])
    assert [row.unit.code for row in result.units] == ["SO-A", "SO-B", "TRUONG-C"]
    assert unit_winners(result) == []


def test_a_week_with_one_person() -> None:
    result = close(entry("an", done(5, 1)))
    assert (result.winners, unit_winners(result)) == (["an"], ["SO-A"])


def test_taking_part_may_ask_for_a_score_in_one_counted_attempt_of_the_week() -> None:
    asked = definition(unit_score={"participation_min_score": 3})
    by_duration = definition(unit_score={"participation_min_score": 3}, ranking={"order": ["duration"]})
    for contest in (asked, by_duration):  # whichever attempt is the best
        result = close(
            entry("an", done(5, 2, duration=3 * MINUTE), done(2), unit="SO-A"),
            entry("binh", done(2, 2), unit="SO-A"),
            entry("chi", done(2, 2), done(1), unit="SO-B"),
            contest=contest,
        )
        assert sorted(order(result)) == ["an", "binh", "chi"], "everybody with a counted attempt is ranked"
        assert (result.counts.people, result.counts.obliged_people, result.counts.attempts) == (1, 1, 5)
        rows = {row.unit.code: row for row in result.units}
        assert (rows["SO-A"].sums.people, rows["SO-A"].sums.attempts, rows["SO-B"].sums) == (1, 2, NOTHING)
        assert rows["SO-A"].rate == Fraction(1, 8)


def test_the_target_of_people_counts_those_who_took_part() -> None:
    asked = definition(unit_score={"participation_min_score": 3}, prediction={"target": "people"})
    assert close(entry("an", done(3)), entry("binh", done(2)), contest=asked).target == 1


def test_a_weekly_unit_prize_may_ask_for_people_with_an_individual_prize() -> None:
    asked = definition(
        unit_prizes=[
            {"name": "most", "title": "Giải", "by": "winners"},
            {"name": "one", "title": "Giải", "min_winners": 1},
        ]
    )
    result = close(*people(), contest=asked)
    assert [(row.unit.code, row.winners, row.prize) for row in result.units] == [
        ("SO-B", 1, "one"), ("SO-A", 2, "most"), ("TRUONG-C", 0, ""),
    ]  # fmt: skip


def test_entries_are_read_once_so_that_they_may_stream() -> None:
    streamed: Iterable[Entry] = iter(people())
    assert len(gather(CONTEST, BANK, CONTEST.weeks[0], streamed).people) == 4


class Seen:
    """A collector that keeps the entries it is shown."""

    sees_everybody = False

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, entry: Entry, place: Place) -> None:
        self.entries.append(entry)

    def merge(self, other: Seen) -> None:
        self.entries += other.entries


def test_collectors_see_every_entry_settled_whatever_share_it_was_in() -> None:
    week = CONTEST.weeks[0]
    one = gather(CONTEST, BANK, week, people()[:1], {"seen": Seen()})
    other = gather(CONTEST, BANK, week, [entry("an", opened=left_open(5))], {"seen": Seen()})
    one.merge(other)
    seen = close_week(CONTEST, UNITS, week, one, draw=Draw(1, ROOT), names=PSEUDONYMS).collected["seen"]
    assert isinstance(seen, Seen)
    assert [len(each.finished) for each in seen.entries] == [len(people()[0].finished), 1]
    assert seen.entries[1].finished[0].status == "overdue"


def test_of_100_people_50_hand_in_blank_papers_and_the_rate_is_a_half() -> None:
    unit = [Unit("SO-A", "Sở A", "Sở", "department", 100, 0)]
    honest = [entry(f"honest-{k}", done(5)) for k in range(50)]
    blank = [entry(f"blank-{k}", done(0, status="blank")) for k in range(50)]
    week = CONTEST.weeks[0]
    gathered = gather(CONTEST, BANK, week, [*honest, *blank])
    result = close_week(CONTEST, unit, week, gathered, draw=Draw(1, ROOT), names=PSEUDONYMS)
    (row,) = result.units
    assert (row.rate, row.quality, row.sums.people, row.sums.attempts) == (Fraction(1, 2), 1, 50, 50)
    assert result.counts.people == result.counts.attempts == len(result.ranked) == 50


def test_one_of_100_with_everything_right_has_the_quality_1() -> None:
    unit = [Unit("SO-A", "Sở A", "Sở", "department", 100, 0)]
    week = CONTEST.weeks[0]
    gathered = gather(CONTEST, BANK, week, [entry("an", done(5))])
    result = close_week(CONTEST, unit, week, gathered, draw=Draw(1, ROOT), names=PSEUDONYMS)
    assert (result.units[0].quality, result.units[0].rate) == (1, Fraction(1, 100))


def test_quality_takes_the_score_of_the_best_attempt_and_not_the_highest() -> None:
    # One person all right, so the target is 1: the attempt with 3 points guessed it, that with 5 did not.
    contest = definition(
        ranking={"order": ["prediction", "score"]}, prediction={"target": "people", "counts": "each"}
    )
    result = close(entry("an", done(5, 9), done(3, 1)), contest=contest)
    (standing,) = result.ranked
    assert (standing.best.number, standing.best.score) == (2, 3)
    (row,) = [row for row in result.units if row.unit.code == "SO-A"]
    assert (row.quality, row.mean_best) == (Fraction(3, 5), 3)
