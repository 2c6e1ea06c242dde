"""The ranking (R7): score, prediction, duration, time of receipt, then a draw that nobody knows before."""

from __future__ import annotations

from hashlib import sha256
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempt import Entry, Finished
from chalicelib.domain.definition import Definition
from chalicelib.domain.identity_provider import Verified
from chalicelib.domain.ranking import (
    Candidate,
    Counts,
    Standing,
    award,
    contenders,
    count,
    lot,
    minute_groups,
    prediction_target,
    rank,
)
from tests.domain.builders import ROOT, done, entry, kept, placed
from tests.fakes import MINUTE, PSEUDONYMS, START_MS, definition
from tests.identity_table import identity

CONTEST = definition()


def ranked(
    *entries: Entry, target: int | None = 10, contest: Definition = CONTEST, root: str = ROOT
) -> list[str]:
    everyone = rank(contenders(placed(entries), contest), contest, contest.weeks[0], target, root, PSEUDONYMS)
    return [standing.participant_id for standing in everyone]


def best(*finished: Finished, target: int | None = 10, contest: Definition = CONTEST) -> int:
    """The number of a person's best attempt."""
    (standing,) = rank(
        contenders(placed([entry("p", *finished)]), contest),
        contest,
        contest.weeks[0],
        target,
        ROOT,
        PSEUDONYMS,
    )
    return standing.best.number


def in_order(*order: str, **paper: Any) -> Definition:
    return definition(ranking={"order": list(order)}, paper=paper)


def draw(participant_id: str) -> bytes:
    """The design's last tie-break, written out: SHA-256 of ``<root>|<pseudonym>``."""
    salt = PSEUDONYMS.salt(1, participant_id)
    named = sha256(salt + f"trial|1|{participant_id}".encode()).hexdigest()
    return sha256(f"{ROOT}|{named}".encode()).digest()


FASTER = done(4, 10, duration=1 * MINUTE)
CLOSER = done(5, 9, duration=9 * MINUTE)
PERFECT = done(5, 3, duration=5 * MINUTE, received=START_MS + 90 * MINUTE)
QUICKER = done(5, 3, duration=4 * MINUTE, received=START_MS + 99 * MINUTE)


def test_the_score_comes_first_then_the_prediction_then_the_duration() -> None:
    entries = [entry("a", FASTER), entry("b", CLOSER), entry("c", PERFECT), entry("d", QUICKER)]
    assert ranked(*entries) == ["b", "d", "c", "a"]


def test_of_equal_attempts_the_one_received_first_ranks_higher() -> None:
    later, earlier = done(received=START_MS + 2 * MINUTE), done(received=START_MS + 2 * MINUTE - 1)
    assert ranked(entry("a", later), entry("b", earlier)) == ["b", "a"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["duration", "score"], "a d c b"),
        (["prediction", "score", "duration"], "a b d c"),
        (["submitted"], "a b c d"),
        (["score", "submitted"], "b c d a"),
        (["score", "duration", "prediction"], "d c b a"),
    ],
)
def test_a_contest_may_choose_its_order(order: list[str], expected: str) -> None:
    entries = [entry("a", FASTER), entry("b", CLOSER), entry("c", PERFECT), entry("d", QUICKER)]
    assert ranked(*entries, contest=in_order(*order)) == expected.split()


@pytest.mark.parametrize("order", [list(order) for n in (1, 2, 3, 4) for order in permutations(
    ["score", "prediction", "duration", "submitted"], n
)], ids="-".join)  # fmt: skip
def test_every_order_compares_its_fields_in_turn(order: list[str]) -> None:
    at = START_MS + 9
    better = {
        "score": (done(5, 3), done(4, 3)),
        "prediction": (done(5, 9), done(5, 3)),
        "duration": (
            done(5, 3, duration=1, received=START_MS + 9),
            done(5, 3, duration=2, received=START_MS + 9),
        ),
        "submitted": (done(5, 3, received=at - 1), done(5, 3, received=at)),
    }
    for field in order:
        first, second = better[field]
        assert ranked(entry("b", second), entry("a", first), contest=in_order(*order)) == ["a", "b"]


@pytest.mark.parametrize("guess", [0, 10, 20, 999_999_999])
def test_a_missing_prediction_ranks_behind_every_prediction(guess: int) -> None:
    assert ranked(entry("a", done(5, None)), entry("b", done(5, guess, duration=9 * MINUTE))) == ["b", "a"]


@pytest.mark.parametrize("order", [["score", "duration"], ["score", "prediction", "duration", "submitted"]])
def test_a_negative_field_does_not_affect_the_field_before_it(order: list[str]) -> None:
    """Packed into one integer, it did: zero points ranked ahead of twenty."""
    back_in_time = done(0, 10, duration=-500, received=START_MS - 500)
    contest = in_order(*order, questions=20)
    assert ranked(entry("a", back_in_time), entry("b", done(20, 10)), contest=contest) == ["b", "a"]


def test_a_prediction_is_as_good_above_the_target_as_below_it() -> None:
    above, below = entry("a", done(5, 12, duration=2)), entry("b", done(5, 8, duration=1))
    assert ranked(above, below) == ["b", "a"]


def test_without_a_prediction_question_a_missing_prediction_costs_nothing() -> None:
    plain = definition().model_copy(update={"prediction": None})
    assert ranked(entry("a", done(5, None)), entry("b", done(5, duration=2)), target=None, contest=plain) == [
        "b",
        "a",
    ]


def test_equal_people_stand_by_the_draw_under_the_root() -> None:
    people = [f"{k:020x}" for k in range(20)]
    entries = [entry(person, done()) for person in people]
    assert ranked(*entries) == sorted(people, key=draw)
    assert ranked(*entries, root="ab" * 32) == sorted(
        people, key=lambda person: lot("ab" * 32, PSEUDONYMS(1, person))
    )
    assert ranked(*entries, root="ab" * 32) != ranked(*entries)


def test_every_week_has_a_different_draw() -> None:
    people = [f"{k:020x}" for k in range(20)]
    entries = [entry(person, done()) for person in people]
    weeks = [
        [
            s.participant_id
            for s in rank(contenders(placed(entries), CONTEST), CONTEST, week, 10, ROOT, PSEUDONYMS)
        ]
        for week in CONTEST.weeks
    ]
    assert len({tuple(order) for order in weeks}) == 4


def test_the_draw_does_not_override_the_rules() -> None:
    first, second = sorted(["a", "b"], key=draw)
    assert ranked(entry(first, done(4)), entry(second, done(5))) == [second, first]


def test_a_person_is_ranked_by_the_best_attempt() -> None:
    each = definition(prediction={"counts": "each"})
    assert best(done(3, 10), done(5, 2), done(5, 9), done(4, 10), contest=each) == 3


def test_one_prediction_counts_for_the_whole_week() -> None:
    # The first of the counted attempts that has one; a person cannot guess with every attempt.
    attempts = (
        done(0, 500, status="discarded"),
        done(0, 500, status="blank"),
        done(3, None),
        done(4, 7),
        done(5, 10, duration=9),
    )
    (standing,) = rank(
        contenders(placed([entry("p", *attempts)]), CONTEST), CONTEST, CONTEST.weeks[0], 10, ROOT, PSEUDONYMS
    )
    assert (standing.best.number, standing.best.prediction) == (5, 7)


def test_an_overdue_paper_stands_behind_submitted_papers_that_are_equal_to_it() -> None:
    overdue, handed_in = done(5, None, status="overdue"), done(5, None)
    draws = sorted(["a", "b"], key=draw)
    assert ranked(entry(draws[0], overdue), entry(draws[1], handed_in)) == [draws[1], draws[0]]
    assert best(overdue, handed_in) == 2


def test_an_attempt_faster_than_the_floor_is_neither_perfect_nor_the_best_and_wins_nothing() -> None:
    floor = definition(paper={"min_duration": "PT60S"})
    fast, slow = done(5, duration=30_000), done(4, duration=300_000)
    assert best(fast, slow, contest=floor) == 2
    assert count(contenders(placed([entry("p", fast, slow)]), floor)).perfect_people == 0
    everyone = rank(
        contenders(placed([entry("p", fast)]), floor), floor, floor.weeks[0], None, ROOT, PSEUDONYMS
    )
    assert (len(everyone), award(everyone, floor, (), ())) == (1, {})


def test_of_a_persons_two_equal_attempts_the_earlier_counts() -> None:
    assert best(done(5, 9), done(5, 9)) == 1


def test_only_counted_attempts_are_ranked() -> None:
    assert best(done(0, None, status="discarded"), done(1, None)) == 2
    assert ranked(entry("a", done(0, status="discarded")), entry("b")) == []


def test_an_implausibly_fast_attempt_ranks_behind_all_others() -> None:
    strict = in_order("score", "prediction", "duration", "submitted", min_duration="PT30S")
    fast = entry("a", done(5, 10, duration=29_999))
    slow = entry("b", done(0, None, duration=30_000))
    assert ranked(fast, slow, contest=strict) == ["b", "a"]


def test_a_person_is_ranked_by_a_plausible_attempt_rather_than_a_fast_one() -> None:
    strict = in_order("score", "prediction", "duration", "submitted", min_duration="PT30S")
    assert best(done(5, 10, duration=1_000), done(1, None), contest=strict) == 2


def test_implausibly_fast_attempts_follow_the_usual_order_among_themselves() -> None:
    strict = in_order("score", "duration", min_duration="PT30S")
    entries = [
        entry("a", done(3, duration=1)),
        entry("b", done(5, duration=2)),
        entry("c", done(5, duration=1)),
    ]
    assert ranked(*entries, contest=strict) == ["c", "b", "a"]


people = st.lists(
    st.builds(
        lambda score, guess, duration: done(score, guess, duration=duration),
        st.integers(0, 2),
        st.none() | st.integers(0, 3),
        st.integers(1, 2),
    ),
    max_size=3,
)


@given(st.lists(people, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_read_does_not_matter(weeks: list[list[Finished]], chance: Any) -> None:
    entries = [entry(f"{k:020x}", *week) for k, week in enumerate(weeks)]
    mixed = chance.sample(entries, len(entries))
    week = CONTEST.weeks[0]
    straight, crosswise = contenders(placed(entries), CONTEST), contenders(placed(mixed), CONTEST)
    assert rank(straight, CONTEST, week, 1, ROOT, PSEUDONYMS) == rank(
        crosswise, CONTEST, week, 1, ROOT, PSEUDONYMS
    )


CRITERIA = ["score", "prediction", "duration", "submitted", "attempts"]
timed = st.builds(
    lambda score, guess, duration, since: done(score, guess, duration=duration, started=START_MS + since),
    st.sampled_from([4, 5, 5]),
    st.sampled_from([None, 9, 10]),
    st.sampled_from([60_000, 60_001, 89_999, 90_000, 119_999, 120_000]),
    st.sampled_from([0, 1, 59_999]),
)


def in_whole_minutes(attempt: Finished | Candidate, attempts: int, order: list[str]) -> tuple[Any, ...]:
    """The minute key, as docs/proof.md has it, at the target 10 and without a shortest time."""
    error = 99 if attempt.prediction is None else abs(attempt.prediction - 10)
    values = {"score": -attempt.score, "prediction": error, "attempts": attempts}
    values |= {"duration": attempt.duration // MINUTE, "submitted": attempt.received // MINUTE}
    first = next((k for k, name in enumerate(order, 1) if name in ("duration", "submitted")), len(order))
    return tuple(values[name] for name in order[:first])


@given(
    st.lists(st.lists(timed, min_size=1, max_size=4), min_size=1, max_size=8),
    st.permutations(CRITERIA),
    st.integers(1, 5),
    st.sampled_from(["first", "each"]),
)
def test_exact_times_put_nobody_before_whom_minutes_put_first(
    weeks: list[list[Finished]], fields: list[str], length: int, counts: str
) -> None:
    order = fields[:length]
    contest = definition(ranking={"order": order}, prediction={"target": "people", "counts": counts})
    entries = {f"{k:020x}": entry(f"{k:020x}", *week) for k, week in enumerate(weeks)}
    everyone = rank(
        contenders(placed(entries.values()), contest), contest, contest.weeks[0], 10, ROOT, PSEUDONYMS
    )
    keys = [in_whole_minutes(one.best, one.attempts, order) for one in everyone]
    assert keys == sorted(keys)
    has_time = not {"duration", "submitted"}.isdisjoint(order)
    groups = list(minute_groups(everyone, contest, 10))
    assert [one for group in groups for one in group] == everyone
    assert len(groups) == (len({*keys}) if has_time else len(everyone))
    for one, key in zip(everyone, keys, strict=True):
        tried = entries[one.participant_id].finished
        if counts == "first":
            guess = next((attempt.prediction for attempt in tried if attempt.prediction is not None), None)
            tried = tuple(attempt._replace(prediction=guess) for attempt in tried)
        of_each = {attempt.number: in_whole_minutes(attempt, len(tried), order) for attempt in tried}
        assert min(of_each.values()) == key
        equal = {number for number, other in of_each.items() if other == key}
        assert one.score == one.best.score
        assert {rival.number for rival in one.rivals} == (equal - {one.best.number} if has_time else set())


def standings(*ids: str) -> list[Standing]:
    return [
        Standing(
            person,
            "SO-A",
            "mandatory",
            True,
            True,
            Candidate(1, START_MS, MINUTE, 5, None, overdue=False).packed,
            1,
        )
        for person in ids
    ]


def prizes(ids: str, *, barred: str = "", earlier: str = "", contest: Definition = CONTEST) -> str:
    """Each winner with the number of the prize, such as ``a1 b2 c2``; one first, two second."""
    won = award(standings(*ids), contest, set(barred), set(earlier))
    return " ".join(f"{ids[place]}{'1' if prize == 'first' else '2'}" for place, prize in won.items())


def test_prizes_go_to_the_top_in_order_of_value() -> None:
    assert prizes("abcde") == "a1 b2 c2"


def test_a_prize_for_verified_people_goes_to_the_best_of_them() -> None:
    contest = definition(
        identity=identity("https://xacthuc.example.vn", "https://thi.example/"),
        prizes=[
            {"name": "verified", "title": "Giải", "count": 1, "verified": ["provider"]},
            {"name": "any", "title": "Giải", "count": 1},
        ],
    )
    people = [
        Standing(name, "", "encouraged", False, True, kept(done(5, duration=60_000 * k)), 1, verified)
        for k, (name, verified) in enumerate([("a", "none"), ("b", "provider"), ("c", "provider")], 1)
    ]
    assert award(people, contest, (), ()) == {1: "verified", 0: "any"}
    assert award(people[:1], contest, (), ()) == {0: "any"}


def test_a_prize_may_take_people_on_rosters_and_those_whom_a_provider_proved() -> None:
    contest = definition(
        identity=identity("https://xacthuc.example.vn", "https://thi.example/"),
        prizes=[
            {"name": "provider", "title": "Giải", "count": 1, "verified": ["provider"]},
            {"name": "either", "title": "Giải", "count": 2, "verified": ["roster", "provider"]},
        ],
    )
    kinds: list[Verified] = ["none", "roster", "provider", "provider"]
    people = [
        Standing(str(k), "", "encouraged", False, True, kept(done(5, duration=60_000 * (k + 1))), 1, kind)
        for k, kind in enumerate(kinds)
    ]
    assert award(people, contest, (), ()) == {2: "provider", 1: "either", 3: "either"}


def test_barred_people_and_earlier_winners_are_skipped() -> None:
    assert prizes("abcdefg", barred="a", earlier="c") == "b1 d2 e2"


def test_a_contest_may_give_a_person_a_prize_in_every_week() -> None:
    generous = definition(ranking={"one_prize": "no"})
    assert prizes("abcd", barred="a", earlier="bc", contest=generous) == "b1 c2 d2"


def test_with_fewer_people_than_prizes_the_last_prizes_are_not_given() -> None:
    assert prizes("ab") == "a1 b2"
    assert prizes("") == ""
    assert prizes("ab", barred="ab") == ""


def test_prizes_may_be_given_to_categories_apart() -> None:
    apart = definition(
        prizes=[
            {"name": "staff", "title": "Giải", "count": 2, "categories": ["mandatory"]},
            {"name": "residents", "title": "Giải", "count": 1, "categories": ["encouraged"]},
            {"name": "all", "title": "Giải", "count": 1},
        ]
    )
    tried = Candidate(1, START_MS, MINUTE, 5, None, overdue=False).packed
    categories: list[Any] = ["encouraged", "encouraged", "mandatory", "encouraged", "mandatory"]
    everyone = [
        Standing(str(k), "", category, category == "mandatory", True, tried, 1)
        for k, category in enumerate(categories)
    ]
    won = award(everyone, apart, (), ())
    assert list(won.items()) == [(2, "staff"), (4, "staff"), (0, "residents"), (1, "all")]


def test_nobody_wins_with_fewer_right_answers_than_a_prize_asks_for() -> None:
    asks = definition(prizes=[{"name": "first", "title": "Giải", "count": 3, "min_score": 4}])
    nothing = definition(prizes=[{"name": "first", "title": "Giải", "count": 3}])
    everyone = [
        Standing(
            str(score),
            "",
            "mandatory",
            True,
            True,
            Candidate(1, START_MS, MINUTE, score, None, overdue=False).packed,
            1,
        )
        for score in (5, 4, 3, 0)
    ]
    assert list(award(everyone, asks, (), ())) == [0, 1]
    assert list(award(everyone[2:], nothing, (), ())) == [0], "by default one answer has to be right"


def test_the_facts_of_a_week() -> None:
    entries = [
        entry("a", done(5), done(5), done(2)),
        entry("b", done(4), category="encouraged"),
        entry("c", done(0, status="discarded")),
        entry("d", done(5, status="overdue")),
    ]
    assert count(contenders(placed(entries), CONTEST)) == Counts(3, 5, 2, 1, 2)


@pytest.mark.parametrize(("target", "actual"), [("perfect_people", 2), ("people", 3), ("attempts", 5)])
def test_the_prediction_target_is_the_count_that_the_question_asks_for(target: str, actual: int) -> None:
    assert prediction_target(Counts(3, 5, 2, 1, 2), definition(prediction={"target": target})) == actual


def test_who_needed_fewer_attempts_may_stand_ahead() -> None:
    contest = definition(ranking={"order": ["score", "attempts", "submitted"]})
    entries = [
        entry("an", done(5), done(2)),
        entry("binh", done(5, started=START_MS + MINUTE)),
        entry("chi", done(4)),
    ]
    assert ranked(*entries, contest=contest) == ["binh", "an", "chi"]


def test_blank_papers_are_no_attempts_where_fewer_attempts_stand_ahead() -> None:
    contest = definition(ranking={"order": ["score", "attempts"]})
    entries = [entry("an", done(5), done(0, status="blank")), entry("binh", done(5), done(5))]
    assert ranked(*entries, contest=contest) == ["an", "binh"]
