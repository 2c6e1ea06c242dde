"""Questions for named weeks and categories: the paper is drawn for the week and the category at its start."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempt import Entry
from chalicelib.domain.bank import Bank, Question
from chalicelib.domain.closeout import gather
from chalicelib.domain.decisions import Ruling
from chalicelib.domain.definition import PaperRules
from chalicelib.domain.paper import draw, drawn_questions
from chalicelib.domain.statistics.first_answers import FirstAnswers
from chalicelib.services.contest.reference import Current, assemble, compile_parts
from chalicelib.services.exam.exam import Exam, Person
from tests.fakes import MINUTE, START_MS, UNITS, WEEK, Clock, MemoryEntries, definition, questions
from tests.services.exam.exam_room import AN, BINH, right

CONTEST = definition(paper={"questions": 4, "attempts_per_week": 3})


def split() -> tuple[Question, ...]:
    """Of twenty-four questions a third is for residents, and a third for the weeks 2 and 3."""
    whom: list[tuple[tuple[int, ...], tuple[str, ...]]] = [((), ()), ((), ("encouraged",)), ((2, 3), ())]
    return tuple(
        question._replace(weeks=whom[k % 3][0], categories=whom[k % 3][1])
        for k, question in enumerate(questions(24))
    )


def contest() -> Current:
    return assemble(compile_parts(CONTEST, split(), UNITS, {}, {}))


def fits(question: Question, week: int, category: str) -> bool:
    return (not question.weeks or week in question.weeks) and (
        not question.categories or category in question.categories
    )


@given(st.integers(0, 2**64 - 1), st.integers(1, 4), st.sampled_from(["mandatory", "encouraged"]))
def test_a_paper_has_only_questions_for_its_week_and_category(seed: int, week: int, category: str) -> None:
    bank, nonce = contest().bank, f"{seed:016x}"
    paper = draw(bank.of(week, category), CONTEST.paper, nonce)
    assert all(fits(question, week, category) for question, _ in paper)
    # It depends on nothing but the digest, the seed, and these questions.
    only = Bank(bank.digest, tuple(one for one in bank.questions if fits(one, week, category)))
    assert draw(only, CONTEST.paper, nonce) == paper


def test_every_question_for_a_week_and_category_is_asked() -> None:
    bank, rules = contest().bank, PaperRules(questions=8)
    papers = (drawn_questions(bank.of(1, "mandatory"), rules, f"{seed:016x}") for seed in range(4))
    asked = {question.id for paper in papers for question in paper}
    assert asked == {question.id for question in bank.questions if fits(question, 1, "mandatory")}


def test_a_bank_without_parts_is_one_for_all() -> None:
    bank = Bank("d" * 64, questions())
    assert bank.of(1, "mandatory") is bank


class Room:
    def __init__(self) -> None:
        self.entries, self.clock, self.reference = MemoryEntries(), Clock(), contest()
        self.exam = Exam(self.reference, self.entries, lambda: "0" * 15 + "7")


@pytest.mark.parametrize("person", [AN, BINH])
@pytest.mark.parametrize("week", [1, 2])
def test_start_save_and_submit_ask_the_same_paper_without_a_read(person: Person, week: int) -> None:
    room = Room()
    room.clock.now += (week - 1) * WEEK + 20 * MINUTE
    opened, _ = room.exam.start(person, room.clock())
    assert all(fits(question, week, person.category) for question, _ in opened.paper)
    answers = right(opened.paper)
    revision = room.exam.save(person, opened.attempt, answers, None, 0, room.clock() + 1)
    done = room.exam.submit(person, opened.attempt, answers, None, revision, room.clock() + 2)
    assert (done.score, room.entries.reads, room.entries.writes) == (4, 0, 3)
    again = room.exam.start(person, room.clock() + 3)[0]
    assert room.exam.read(person, again.attempt, room.clock() + 4) == again


def test_an_overdue_paper_is_graded_by_the_questions_of_its_category() -> None:
    room = Room()
    opened, _ = room.exam.start(BINH, room.clock())
    room.exam.save(BINH, opened.attempt, right(opened.paper), None, 0, room.clock() + 1)
    assert room.exam.history(BINH, START_MS + WEEK)[0].finished[0].score == 4
    entries = list(room.entries.items.values())
    week, bank = CONTEST.weeks[0], room.reference.bank
    (person,) = gather(CONTEST, bank, week, entries).people
    assert (person.perfect, person.candidates[0].score) == (True, 4)
    first = opened.paper[0].question
    ruled = {first.id: Ruling(first.id, (1,), (1 << 5,), "", "")}
    (person,) = gather(CONTEST, bank, week, entries, rulings=ruled).people
    assert person.candidates[0].score == 3


def test_the_statistics_count_the_questions_that_were_asked() -> None:
    room = Room()
    opened, _ = room.exam.start(BINH, room.clock())
    room.exam.submit(BINH, opened.attempt, right(opened.paper), None, 0, room.clock() + MINUTE)
    collectors = {"first": FirstAnswers(room.reference.bank, CONTEST.paper)}
    entries: list[Entry] = list(room.entries.items.values())
    gather(CONTEST, room.reference.bank, CONTEST.weeks[0], entries, collectors)
    counts = collectors["first"].by_score[4]
    assert {answer.question for answer in counts} == {question.id for question, _ in opened.paper}
