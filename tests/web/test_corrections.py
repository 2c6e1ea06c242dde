"""Corrections and the exam path: an entry keeps what was said when its week began, and no row is read."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.decisions import Correction, Decisions, Merger
from tests.examples import examples
from tests.fakes import MINUTE, WEEK, questions, reference
from tests.web.counter import AN, Counter
from tests.web.test_rulings import OVER

UNITS, WEEKS = ["SO-A", "SO-B", "TRUONG-C"], [1, 2, 3, 4]
changes = st.lists(
    st.one_of(
        st.builds(
            lambda unit, week, held: Correction(("an",), "unit", unit, week, max(week, held), "", ""),
            st.sampled_from(["", *UNITS]),
            st.sampled_from(WEEKS),
            st.sampled_from(WEEKS),
        ),
        st.builds(
            lambda unit, into, week, held: Merger(unit, into, week, max(week, held), "", ""),
            *(st.sampled_from(UNITS), st.sampled_from(UNITS), st.sampled_from(WEEKS), st.sampled_from(WEEKS)),
        ),
    ),
    max_size=6,
)


def decided(drawn: list[Correction | Merger]) -> Decisions:
    return Decisions(
        corrections=tuple(one for one in drawn if isinstance(one, Correction)),
        mergers=tuple(one for one in drawn if isinstance(one, Merger)),
    )


@examples(5)
@given(changes, changes)
def test_a_decision_changes_nothing_of_the_weeks_before_it(
    before: list[Correction | Merger], more: list[Correction | Merger]
) -> None:
    was, now = decided(before), decided([*before, *more])
    first = min((one.from_week for one in more), default=9)
    held = min((one.held_from for one in more), default=9)
    old, new = reference(decisions=was), reference(decisions=now)
    for week in WEEKS:
        if week < first:
            assert now.corrected_in(week) == was.corrected_in(week)
            assert now.merged_in(week) == was.merged_in(week)
            assert new.of_week(week).units == old.of_week(week).units
        if week < held:
            assert new.held("an", "SO-A", "mandatory", week) == old.held("an", "SO-A", "mandatory", week)


def test_a_unit_corrected_during_a_week_leaves_its_receipts_valid_and_is_held_by_the_next(
    counter: Counter,
) -> None:
    identity = counter.register()["participant_id"]
    token = counter.sign_in()
    first = counter.start(token)
    counter.clock.now += MINUTE
    receipt = counter.submit(token, first)["receipt"]
    moved = Correction((identity,), "unit", "SO-B", 1, 2, "nhầm đơn vị", "")
    counter.load(counter.exam.library.current().definition, decisions=Decisions(corrections=(moved,)))
    counter.clock.now += MINUTE

    again = counter.sign_in()
    attempt = counter.start(token)  # signed in before, and handed in by who has signed in since
    second = counter.submit(again, attempt)["receipt"]
    assert receipt["openings"]["identity"]["unit"] == second["openings"]["identity"]["unit"] == "SO-A"
    assert counter.entries.items[1, identity].unit == "SO-A"
    read: Any = counter.exam.read(again, first["attempt_id"])
    assert read["result"]["receipt"] == receipt

    counter.clock.now += WEEK
    token = counter.sign_in()
    reads = counter.entries.reads
    attempt = counter.start(token)
    told = counter.submit(token, attempt)
    assert (told["receipt"]["openings"]["identity"]["unit"], counter.entries.items[2, identity].unit) == (
        "SO-B",
        "SO-B",
    )
    assert counter.entries.reads == reads


def test_a_category_corrected_during_a_week_draws_the_papers_of_the_next(counter: Counter) -> None:
    """Staff and residents have questions of their own."""
    bank = tuple(
        question._replace(categories=("mandatory",) if k % 2 else ("encouraged",))
        for k, question in enumerate(questions(24))
    )
    contest = counter.exam.library.current().definition
    counter.load(contest, bank=bank)
    counter.clock.now += MINUTE
    identity = counter.register()["participant_id"]
    token = counter.sign_in()

    def asked() -> set[str]:
        return {question["id"] for question in counter.start(token)["questions"]}

    of_staff = {question.id for question in bank if question.categories == ("mandatory",)}
    attempt = counter.start(token)
    changed = Correction((identity,), "category", "encouraged", 2, 2, "không phải cán bộ", "")
    counter.load(contest, bank=bank, decisions=Decisions(corrections=(changed,)))
    counter.clock.now += MINUTE
    assert counter.submit(token, attempt)["score"] == 5
    assert asked() <= of_staff
    counter.clock.now += WEEK
    token = counter.sign_in()
    assert not asked() & of_staff


def test_the_page_shows_what_was_corrected_at_once(counter: Counter) -> None:
    identity = counter.register()["participant_id"]
    later = Correction((identity,), "category", "encouraged", 3, 3, "nhầm", "")
    unit = Correction((identity,), "unit", "SO-B", 1, 2, "nhầm", "")
    gone = Merger("SO-B", "TRUONG-C", 2, 2, "sáp nhập", "")
    decisions = Decisions(corrections=(later, unit), mergers=(gone,))
    counter.load(counter.exam.library.current().definition, decisions=decisions)
    counter.clock.now += MINUTE

    def shown() -> tuple[Any, Any]:
        me: Any = counter.account.me(counter.sign_in())["participant"]
        return me["unit_code"], me["category"]

    assert shown() == ("SO-B", "encouraged")
    counter.clock.now = OVER
    assert shown() == ("TRUONG-C", "encouraged")
    assert AN["unit_code"] == counter.people.people[identity].unit
