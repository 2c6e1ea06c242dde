"""Grading again under rulings on questions, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from chalicelib.domain.attempt import Entry, Finished, Opened
from chalicelib.domain.bank import Bank
from chalicelib.domain.closeout import Draw, WeekResult, close_week, gather
from chalicelib.domain.decisions import Ruling
from chalicelib.domain.grading import grading_again
from chalicelib.domain.paper import MASKS, UNANSWERED, drawn_questions
from chalicelib.domain.receipt import erased
from tests.domain.builders import NONCE, ROOT, done, entry
from tests.fakes import MINUTE, PSEUDONYMS, SALT_KEY, START_MS, UNITS, definition, questions

CONTEST = definition()
BANK = Bank("d" * 64, questions())
WEEK = CONTEST.weeks[0]
ASKED = drawn_questions(BANK, CONTEST.paper, NONCE)
RIGHT = "".join(MASKS[question.answer] for question in ASKED)
FIRST = ASKED[0]
# An option that is wrong by the key.
OTHER = next(1 << k for k in range(len(FIRST.options)) if not FIRST.answer >> k & 1)


def ruling(*answers: int, question: str = FIRST.id) -> dict[str, Ruling]:
    """Other keys for the first question of the paper; without any, the point for everybody."""
    return {question: Ruling(question, (1,), answers, "sai đáp án", "2022-08-30T09:00:00+07:00")}


def handed_in(answers: str, prediction: int | None = None, **changed: int) -> Finished:
    """An attempt with the score that the person was told."""
    told = sum(given == right for given, right in zip(answers, RIGHT, strict=True))
    return done(told, prediction, **changed)._replace(answers=answers)


def first(chosen: int) -> str:
    """All right but for the first question, where these options are chosen."""
    return MASKS[chosen] + RIGHT[1:]


def again(attempt: Finished, rulings: dict[str, Ruling]) -> tuple[int, int]:
    """The score that counts, and the one that was told."""
    (graded,) = grading_again(BANK, CONTEST.paper, rulings)(entry("an", attempt)).finished
    return graded.score, graded.told_score


def closed(entries: Iterable[Entry], rulings: dict[str, Ruling]) -> WeekResult:
    gathered = gather(CONTEST, BANK, WEEK, entries, rulings=rulings)
    return close_week(CONTEST, UNITS, WEEK, gathered, draw=Draw(1, ROOT), names=PSEUDONYMS)


def test_other_keys_replace_the_key() -> None:
    wrong = ruling(OTHER)
    assert again(handed_in(RIGHT), wrong) == (4, 5)
    assert again(handed_in(first(OTHER)), wrong) == (5, 4)
    assert again(handed_in(first(0)), wrong) == (4, 4)


def test_each_of_several_accepted_keys_has_the_point() -> None:
    both = ruling(FIRST.answer, OTHER)
    assert again(handed_in(RIGHT), both) == (5, 5)
    assert again(handed_in(first(OTHER)), both) == (5, 4)
    assert again(handed_in(first(FIRST.answer | OTHER)), both) == (4, 4)


def test_all_right_gives_the_point_to_whoever_had_the_question_blank_or_not() -> None:
    for chosen in (FIRST.answer, OTHER, 0):
        assert again(handed_in(first(chosen)), ruling())[0] == 5


def test_a_paper_without_the_question_is_not_graded_again() -> None:
    elsewhere = next(question.id for question in BANK.questions if question not in ASKED)
    kept = done(2)  # which no grading would give
    graded = grading_again(BANK, CONTEST.paper, ruling(question=elsewhere))(entry("an", kept))
    assert graded == entry("an", kept)


@pytest.mark.parametrize("status", ["blank", "discarded"])
def test_a_paper_that_is_not_counted_stays_so(status: str) -> None:
    unanswered = done(0, status=status)._replace(answers=UNANSWERED * 5)  # type: ignore[arg-type]
    assert again(unanswered, ruling()) == (0, 0)
    assert closed([entry("an", unanswered)], ruling()).counts.people == 0


def test_an_overdue_paper_is_graded_again_too() -> None:
    left = Opened(1, START_MS, NONCE, first(0), None, MINUTE)
    (standing,) = closed([entry("an", opened=left)], ruling()).ranked
    assert (standing.best.score, standing.best.overdue) == (5, True)


def test_who_left_the_question_blank_has_the_point_and_the_target_moves() -> None:
    # Under the key only “an” is perfect and guessed that; under the ruling both are, as “binh” guessed.
    entries = [
        entry("an", handed_in(RIGHT, 1)),
        entry("binh", handed_in(first(0), 2), unit="SO-B"),
        entry("chi", handed_in(MASKS[0] * 4 + RIGHT[4:], 2), unit="SO-B"),
    ]
    before, after = closed(entries, {}), closed(entries, ruling())
    assert (before.target, before.winners) == (1, ["an", "binh", "chi"])
    assert (after.target, after.winners) == (2, ["binh", "an", "chi"])
    assert [before.sums_by_unit["SO-B"].best_sum, after.sums_by_unit["SO-B"].best_sum] == [5, 7]


def test_the_best_attempt_is_found_under_the_ruling() -> None:
    attempts = handed_in(RIGHT, duration=2 * MINUTE), handed_in(first(OTHER), duration=3 * MINUTE)
    (before,), (after,) = (closed([entry("an", *attempts)], told).ranked for told in ({}, ruling(OTHER)))
    assert [(one.best.number, one.best.score) for one in (before, after)] == [(1, 5), (2, 5)]


def test_an_erased_attempt_keeps_the_score_of_its_time() -> None:
    under = grading_again(BANK, CONTEST.paper, ruling(OTHER))
    told = entry("an", handed_in(first(OTHER)))
    before, after = under(erased(told, SALT_KEY)), erased(under(told), SALT_KEY)
    assert [(one.score, one.told_score) for one in before.finished] == [(4, 4)]
    assert [(one.score, one.told_score) for one in after.finished] == [(5, 4)]
    assert Finished.decode(after.finished[0].encode()) == after.finished[0]
    assert grading_again(BANK, CONTEST.paper, ruling())(after) == after
