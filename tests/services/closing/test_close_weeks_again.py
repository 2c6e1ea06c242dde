"""New inputs after a close make a new revision; none is overwritten, and the site shows the current one."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.canonical import digest
from chalicelib.services.contest.reference import Current
from chalicelib.services.log.facts import salted
from tests.closer import told_log
from tests.domain.builders import done, entry
from tests.fakes import UNITS, definition, reference
from tests.services.closing.two_weeks import AFTER_WEEK_1, AFTER_WEEK_2, CONTEST, PRIZES, REFERENCE, Stage

AN_ANNULLED = reference(CONTEST, annulled=["an"])
NOBODY_THERE = reference(CONTEST, annulled=["somebody who never took part"])


def closed_twice(second: Current) -> Stage:
    stage = Stage()
    stage.run()
    stage.run(contest=second)
    return stage


def test_an_annulment_makes_a_second_revision_of_every_week_and_of_the_final() -> None:
    stage = Stage()
    stage.run()
    made = stage.run(contest=AN_ANNULLED)
    assert [(closed.what, closed.revision) for closed in made] == [("week-1", 2), ("week-2", 2), ("final", 2)]
    assert stage.index() == stage.pointed_index()


def test_an_annulment_moves_up_those_behind() -> None:
    stage = closed_twice(AN_ANNULLED)
    assert stage.winners("week-1", 2) == [
        "binh",
        "chi",
    ]
    assert stage.winners("week-2", 2) == ["dung", "ba"]


def test_the_first_revision_remains_untouched() -> None:
    once, twice = Stage(), closed_twice(AN_ANNULLED)
    once.run()
    first = {key: data for key, data in once.desk.objects.items() if "/rev-1/" in key}
    assert first == {key: data for key, data in twice.desk.objects.items() if "/rev-1/" in key}


def test_the_site_shows_the_second_revision() -> None:
    stage = closed_twice(AN_ANNULLED)
    assert stage.page("week-1")["revision"] == 2
    assert stage.page("week-1")["winners"][0]["name"] == "L. T. Bình"


def test_withdrawing_the_annulment_makes_a_third_revision_with_the_first_result() -> None:
    stage = closed_twice(AN_ANNULLED)
    stage.run(contest=REFERENCE)
    assert stage.revisions.pointers["week-1"].revision == 3
    assert stage.manifest("week-1", 3)["result_digest"] == stage.manifest("week-1", 1)["result_digest"]


def test_new_inputs_that_leave_the_result_alone_keep_its_digest() -> None:
    stage = closed_twice(NOBODY_THERE)
    assert stage.manifest("week-1", 2)["result_digest"] == stage.manifest("week-1", 1)["result_digest"]


def test_new_inputs_that_leave_the_result_alone_keep_the_final_on_the_site() -> None:
    stage = closed_twice(NOBODY_THERE)
    assert stage.index() == stage.pointed_index()
    assert stage.index()["final"] is not None


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(reference(CONTEST, units=UNITS[:2]), id="units"),
        pytest.param(
            reference(definition(contest={"weeks": 2}, prizes=PRIZES, paper={"min_duration": "PT90S"})),
            id="definition",
        ),
        pytest.param(reference(CONTEST, excluded=["binh"]), id="exclusions"),
    ],
)
def test_every_part_of_the_contest_is_an_input(changed: Current) -> None:
    stage = closed_twice(changed)
    assert stage.revisions.pointers["week-1"].revision == 2
    assert stage.revisions.pointers["week-2"].revision == 2


@pytest.mark.parametrize(
    "eligibility",
    [{"min_age": 90}, {"proof_of_work": "on"}, {"excluded_roles": ["Tổ ra đề"]}],
    ids=lambda changed: next(iter(changed)),
)
def test_eligibility_changed_after_a_close_moves_no_result(eligibility: dict[str, Any]) -> None:
    """It decides who may register; everybody in these weeks is younger than 90."""
    stage = Stage()
    stage.run()
    before = stage.state()
    later = definition(contest={"weeks": 2}, prizes=PRIZES, eligibility=eligibility)
    assert later.frozen() == CONTEST.frozen(), "free at any time"
    assert stage.run(contest=reference(later)) == []
    assert stage.state() == before


def test_two_persons_changed_after_a_close_moves_no_result() -> None:
    stage = Stage()
    stage.run()
    before = stage.state()
    later = definition(contest={"weeks": 2}, prizes=PRIZES, desk={"two_persons": True})
    assert later.frozen() == CONTEST.frozen(), "free at any time"
    assert stage.run(contest=reference(later)) == []
    assert stage.state() == before


def test_a_change_between_two_weeks_makes_the_first_close_again_and_the_second_close_once() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    made = stage.run(AFTER_WEEK_2, AN_ANNULLED)
    assert [(closed.what, closed.revision) for closed in made] == [("week-1", 2), ("week-2", 1), ("final", 1)]
    assert stage.index() == stage.pointed_index()


NEXT_WEEK = definition(contest={"weeks": 2}, prizes=PRIZES, paper={"attempts_per_week": 9})


def test_questions_and_rules_changed_for_the_next_week_are_not_new_inputs_of_earlier_weeks() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    changed = replace(reference(NEXT_WEEK), earlier={1: lambda: REFERENCE})
    assert [week.number for week in stage.closer().to_close(changed, AFTER_WEEK_2)] == [2]
    made = stage.run(AFTER_WEEK_2, changed)
    assert [(closed.what, closed.revision) for closed in made] == [("week-2", 1), ("final", 1)]
    assert stage.manifest("week-1")["inputs"] == REFERENCE.digests
    assert stage.manifest("week-2")["inputs"] == changed.digests


def test_the_final_compares_shares_and_says_so_where_papers_differ_in_size() -> None:
    stage = Stage()
    longer = reference(definition(contest={"weeks": 2}, prizes=PRIZES, paper={"questions": 10}))
    stage.run(AFTER_WEEK_2, replace(longer, earlier={1: lambda: REFERENCE}))
    # SO-A: an with 5 of 5 and 5 of 10; SO-B: binh 5 and chi 4 of 5, then chi 5 and dung 3 of 10
    quality = {row["unit_code"]: row["quality"] for row in stage.rows("final", "unit_ranking.csv")}
    assert (quality["SO-A"], quality["SO-B"]) == ("0.750000", "0.650000")
    people = [row for row in stage.rows("final", "commendations.csv") if row["kind"] == "person"]
    assert [(row["id"], "10/15, so theo tỷ lệ" in row["reason"]) for row in people] == [
        ("an", True),
        ("chi", False),
    ]


def test_a_week_is_closed_again_under_the_rules_it_opened_with() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    loaded = reference(definition(contest={"weeks": 2}, paper={"questions": 2}), annulled=["an"])
    stage.run(AFTER_WEEK_1, replace(loaded, earlier={1: lambda: REFERENCE}))
    second = stage.manifest("week-1", 2)
    assert stage.winners("week-1", 2) == ["binh", "chi"]
    assert second["inputs"]["bank"] == REFERENCE.digests["bank"]
    assert stage.page("week-1")["winners"][0]["total"] == 5


def test_a_result_names_what_it_rests_on_as_the_log_does() -> None:
    """Also where a week keeps other rules, and where what could be guessed is salted."""
    salts = {"barred": "ab" * 32, "week-1/rosters": "cd" * 32}
    kept, other = reference(NEXT_WEEK), reference(CONTEST, annulled=["an"])
    counted = replace(REFERENCE, digests={**REFERENCE.digests, "rosters": "e" * 64})
    current = replace(kept, earlier={1: lambda: other}, counted={1: lambda: counted}, salts=salts)
    stage = Stage()
    stage.run(AFTER_WEEK_2, current)
    log = told_log(stage.site).states.state
    assert log is not None
    told = {name: one.value for name, one in log.facts.items()}
    assert told["barred"] == salted(current.digests["barred"], salts["barred"])
    for week in (1, 2):
        manifest = stage.manifest(f"week-{week}")
        of_week = current.of_week(week).digests
        for part, value in manifest["inputs"].items():
            assert value == told.get(f"week-{week}/{part}", told[part])
            salt = manifest["salts"].get(part)
            assert value == (salted(of_week[part], salt) if salt else of_week[part])
    assert {"definition", "rosters"} <= {name.partition("/")[2] for name in told if name.startswith("week-1/")}
    assert stage.manifest("final")["inputs"] == stage.manifest("week-2")["inputs"]


def test_a_later_week_counts_the_winners_of_the_current_revision() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    stage.run(AFTER_WEEK_2, AN_ANNULLED)
    # chi has won week 1 in place of an, so week 2 goes to dung and ba.
    assert stage.winners("week-2") == ["dung", "ba"]


def test_the_site_keeps_weeks_that_are_still_waiting_to_be_closed_again() -> None:
    # A run that dies after the first week must not take the second off the page.
    stage = Stage()
    stage.run()
    seen: list[Any] = []
    real_put = stage.site.put

    def watch(key: str, data: bytes) -> None:
        if key == "data/results/index.json":
            seen.append([week["week"] for week in json.loads(data)["weeks"]])
        real_put(key, data)

    stage.site.put = watch  # type: ignore[method-assign]
    stage.run(contest=AN_ANNULLED)
    assert all(weeks == [1, 2] for weeks in seen), seen


def test_a_longer_paper_that_is_loaded_later_does_not_stop_the_close() -> None:
    # ba's autosaved answers belong to a paper of five questions.
    longer = reference(definition(contest={"weeks": 2}, prizes=PRIZES, paper={"questions": 6}))
    stage = Stage()
    assert [closed.what for closed in stage.run(contest=longer)] == ["week-1", "week-2", "final"]


def test_a_longer_settling_time_that_is_loaded_later_leaves_closed_weeks_on_the_page() -> None:
    patient = reference(definition(contest={"weeks": 2, "settle": "P1D"}, prizes=PRIZES))
    stage = Stage()
    stage.run()
    stage.run(contest=patient)
    assert stage.index() == stage.pointed_index()


def test_results_name_the_inputs_they_were_made_from() -> None:
    stage = closed_twice(AN_ANNULLED)
    first, second = stage.manifest("week-1", 1), stage.manifest("week-1", 2)
    assert first["inputs"]["annulments"] != second["inputs"]["annulments"]
    assert first["inputs"]["bank"] == second["inputs"]["bank"]
    assert digest(stage.file("week-1", "closed_week.json", 2)) == second["files"]["closed_week.json"]


def equals(*more: Any) -> Stage:
    """Twenty people who are equal in everything; ``more`` attempts of people elsewhere."""
    stage = Stage()
    stage.entries.items.clear()
    for one in [*(entry(f"{k:02x}{k:018}", done(3, 1)) for k in range(20)), *more]:
        stage.entries.items[one.week, one.participant_id] = one
    return stage


def order(stage: Stage, revision: int = 1) -> list[str]:
    rows = stage.rows("week-1", "individual_ranking.csv.gz", revision)
    return [row["participant_id"] for row in rows if row["score"] == "3"]


def test_nobody_the_organiser_included_could_know_the_order_of_equals_before_the_close() -> None:
    once, more = equals(), equals(entry("somebody else", done(1, None), unit=""))
    for stage in (once, more):
        stage.run(AFTER_WEEK_1)
    assert sorted(order(once)) == sorted(order(more))
    assert order(once) != order(more)


def test_a_later_revision_keeps_the_order_of_equals() -> None:
    stage = equals()
    stage.run(AFTER_WEEK_1)
    first = order(stage)
    # Whatever a later revision finds, whom it bars: the root of the first close decides.
    late = entry("somebody else", done(1, None), unit="")
    stage.entries.items[1, late.participant_id] = late
    stage.run(AFTER_WEEK_1, reference(CONTEST, annulled=[first[3]]))
    assert order(stage, 2) == [*first[:3], *first[4:]]
    roots = [json.loads(stage.file("week-1", "closed_week.json", revision))["draw_root"] for revision in (1, 2)]
    own = [stage.revisions.draws["week-1", revision].root for revision in (1, 2)]
    assert roots == [own[0], own[0]]
    assert own[0] != own[1]


def test_equal_units_stand_by_the_draw_and_at_the_end_by_that_of_the_last_week() -> None:
    stage = equals()
    stage.entries.items.clear()
    stage.run()
    for what in ("week-1", "week-2", "final"):
        document = json.loads(stage.file(what, "closed_week.json"))
        codes = [unit["code"] for unit in document["units"]]
        root = stage.revisions.draws["week-2" if what == "final" else what, 1].root
        assert document["draw_root"] == root
        assert codes == sorted(codes, key=lambda code: digest(f"{root}|{code}".encode()))
