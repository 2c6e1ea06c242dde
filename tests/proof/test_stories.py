"""Fixed stories for the machine: four that once went wrong, shrunk, and races that chance seldom draws."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.proof.backends import MakeBackend, in_memory, on_moto
from tests.proof.machine import IDS, Base, ContestMachine, Run
from tests.proof.model import GRACE, LIMIT, MINUTE, Sheet
from tests.proof.troubles import Trouble

NOTHING_RIGHT = Sheet(0, None)
RULES: dict[str, Any] = {
    "weeks": 1,
    "limit": 3,
    "overdue": "submit_saved",
    "target": None,
    "counts": "first",
    "order": ("score", "prediction", "duration", "submitted"),
    "one_prize": "contest",
    "min_duration": 0,
    "prizes": [("first", 1)],
    "final_prizes": [("best", 1)],
    "weights": ("0.5", "0.2", "0.3"),
    "volume": "obliged",
    "participation_min_score": 0,
    "smallest_group": 1,
    "parent": "",
    "unit_prizes": [],
    "questions": 3,
    "time_limit": LIMIT,
}


@pytest.fixture(params=["in memory", "on moto"])
def backend(request: pytest.FixtureRequest) -> Iterator[MakeBackend]:
    if request.param == "in memory":
        yield in_memory
    else:
        with on_moto() as make:
            yield make


def contest(backend: MakeBackend = in_memory, *, weeks: int = 1, target: str | None = None) -> ContestMachine:
    class Machine(ContestMachine):
        make = staticmethod(backend)

    machine = Machine()
    machine.open(rules={**RULES, "weeks": weeks, "target": target}, people=3)
    return machine


def played(backend: MakeBackend, *, weeks: int = 1, right: int = 0) -> ContestMachine:
    """Two people have taken part in the first week, which is closed; with blank papers, if nothing is right."""
    machine = contest(backend, weeks=weeks)
    machine.sit(crowd=[(0, Sheet(right, None), 1, "submit"), (1, Sheet(right, None), 1, "submit")])
    machine.let_the_week_pass(early=0)
    return machine


def test_a_submission_at_the_last_moment_does_not_cost_the_attempt_being_started(
    backend: MakeBackend,
) -> None:
    # The start found the attempt overdue; before it replaced it, answers received in time were written.
    machine = contest(backend)
    begin(machine)
    machine.start_as_a_submission_arrives(who=0, sheet=NOTHING_RIGHT, first=True)
    machine.teardown()


@pytest.mark.parametrize("step", range(25))
def test_the_final_of_an_overtaken_run_is_not_overwritten(step: int) -> None:
    # Somebody without an attempt is excluded: no result changes, but the final's manifest names the inputs.
    machine = contest()
    machine.clock.now = machine.ends()
    machine.close(runs=[(Run(None, "meanwhile", step), [Run(("exclude", 2), "none", 0)])])
    machine.teardown()


def test_changes_are_listed_against_the_revision_that_was_current(backend: MakeBackend) -> None:
    # Two runs with two new inputs; the second dies and is repeated when the first is current.
    machine = played(backend, weeks=2)
    machine.close(runs=[(Run(("annul", 0), "meanwhile", 3), [Run(("exclude", 0), "before", 16)])])
    machine.teardown()


@pytest.mark.parametrize("step", range(1, 36))
def test_the_final_is_made_from_the_weeks_of_its_own_run(step: int) -> None:
    # A run with old inputs is overtaken between its weeks and its final by one with newer inputs.
    machine = contest()
    machine.sit(crowd=[(0, NOTHING_RIGHT, 1, "submit"), (1, NOTHING_RIGHT, 1, "submit")])
    machine.clock.now = machine.ends()

    def overtake() -> None:
        machine.change(news=("exclude", 0))
        machine.run_close()

    machine.run_close(Trouble("meanwhile", step, overtake))
    machine.change(news=("pardon", 0))
    machine.teardown()


def test_two_tabs_that_replace_an_overdue_attempt_at_once_open_only_one(backend: MakeBackend) -> None:
    machine = contest(backend)
    begin(machine)
    machine.clock.now += LIMIT + GRACE + 1
    machine.start(who=0, device="phone", kind="meanwhile", at=2, other="start", sheet=NOTHING_RIGHT)
    assert len(machine.attempts) == 2
    machine.teardown()


def test_a_withdrawn_prediction_is_gone(backend: MakeBackend) -> None:
    machine = contest(backend, target="people")
    begin(machine)
    for sheet in (Sheet(1, 4), Sheet(2, None)):
        machine.do("save", machine.person(0), sheet)
    machine.teardown()


def test_a_device_that_knows_less_takes_nothing_away_from_another(backend: MakeBackend) -> None:
    machine = contest(backend)
    begin(machine)
    send(machine, "save", 3, "phone")
    for what in ("save", "submit"):
        send(machine, what, 1, "computer", base="none")
    send(machine, "save", 1, "computer")  # it knows what is saved, and says less on purpose
    send(machine, "save", 2, "phone")
    assert machine.model.people[machine.person(0).participant_id].weeks[1][-1].saved == Sheet(1, None)
    machine.teardown()


def test_an_older_save_that_arrives_after_a_newer_one_is_not_accepted(backend: MakeBackend) -> None:
    machine = contest(backend)
    begin(machine)
    send(machine, "save", 1, "phone")
    send(machine, "save", 3, "phone")
    machine.arrive_once_more(back=1, kind="none")
    assert machine.model.people[machine.person(0).participant_id].weeks[1][-1].saved == Sheet(3, None)
    machine.teardown()


@pytest.mark.parametrize("kind", ["after", "twice"])
def test_an_unanswered_request_is_repeated_without_harm(backend: MakeBackend, kind: str) -> None:
    machine = contest(backend)
    begin(machine)
    for what in ("save", "submit"):
        send(machine, what, 3, "phone", kind=kind)
        machine.arrive_once_more(back=0, kind="none")
    machine.teardown()


def test_a_submission_overtaken_by_another_device_counts_once(backend: MakeBackend) -> None:
    machine = contest(backend)
    begin(machine)
    send(machine, "submit", 3, "phone", kind="meanwhile", other="submit")
    send(machine, "save", 2, "computer")
    machine.teardown()


def begin(machine: ContestMachine) -> None:
    machine.start(who=0, device="phone", kind="none", at=1, other="start", sheet=NOTHING_RIGHT)
    machine.clock.now += MINUTE


def send(
    machine: ContestMachine,
    what: str,
    right: int,
    device: str,
    *,
    base: Base = "told",
    kind: str = "none",
    other: str = "start",
) -> None:
    """Sends so many right answers, built on the revision that the device was told."""
    rule = machine.save if what == "save" else machine.submit
    rule(
        who=0,
        which=0,
        sheet=Sheet(right, None),
        device=device,
        base=base,
        kind=kind,
        other=other,
        others_sheet=Sheet(1, None),
    )


def test_a_dead_run_keeps_its_folder_to_itself(backend: MakeBackend) -> None:
    machine = played(backend, weeks=2)
    machine.close(runs=[(Run(("exclude", 0), "before", 16), []), (Run(("annul", 1), "none", 0), [])])
    machine.teardown()


@pytest.mark.parametrize("step", [3, 8, 16])
def test_a_slow_run_does_not_undo_the_newer_result(backend: MakeBackend, step: int) -> None:
    machine = played(backend, weeks=2)
    machine.close(runs=[(Run(("exclude", 0), "meanwhile", step), [Run(("exclude", 1), "none", 0)])])
    machine.teardown()


@pytest.mark.parametrize("step", [2, 17])
def test_a_claim_or_a_switch_that_is_sent_twice_is_made_once(backend: MakeBackend, step: int) -> None:
    machine = played(backend, weeks=2)
    machine.close(runs=[(Run(("exclude", 0), "twice", step), [])])
    assert machine.pointers["week-1"].revision == 2
    machine.teardown()


def test_a_closed_week_keeps_the_places_of_its_rosters(backend: MakeBackend) -> None:
    # The second person is on no roster of SO-A, which both chose; the third is on it and chose SO-B.
    machine = contest(backend, weeks=2)
    machine.change(news=("roster", 0))
    crowd: Any = [(who, NOTHING_RIGHT, 1, "submit") for who in range(3)]
    machine.sit(crowd=crowd)
    machine.let_the_week_pass(early=0)
    machine.change(news=("roster", 0))
    machine.clock.now = machine.model.weeks[2][0]
    machine.sit(crowd=crowd)
    machine.let_the_week_pass(early=0)
    three = list(IDS)[:3]
    places = [[machine.model.place(week, person)["obliged"] for person in three] for week in (1, 2)]
    assert places == [[True, False, True], [True, True, True]]
    machine.teardown()


def test_a_headcount_that_comes_before_its_predecessor_is_carried_out_is_refused_whole(
    backend: MakeBackend,
) -> None:
    # It was taken over for the weeks to come, and then refused.
    machine = played(backend, weeks=2)
    machine.change(news=("exclude", 2))
    machine.change(news=("headcount", 0))
    machine.run_close()
    machine.change(news=("headcount", 0))
    machine.teardown()


def test_while_the_last_week_is_open_again_an_earlier_one_can_be_corrected(backend: MakeBackend) -> None:
    # The final of before had kept every correction waiting until the week was closed again.
    machine = played(backend, weeks=2, right=1)
    machine.clock.now = machine.model.weeks[2][0]
    machine.sit(crowd=[(2, NOTHING_RIGHT, 1, "submit")])
    machine.let_the_week_pass(early=0)
    machine.put_the_end_off(over=True, longer=30 * MINUTE, both=False)
    machine.run_close()
    machine.change(news=("annul", 0))
    assert machine.confirmed
    machine.teardown()


def test_the_last_week_may_be_cancelled_after_its_rules_were_changed(backend: MakeBackend) -> None:
    # There was no week left for the rules that had been changed.
    machine = contest(backend, weeks=2)
    machine.change(news=("book", 1))
    machine.cancel(choice=0)
    assert list(machine.model.cancelled) == [2]
    machine.teardown()


def test_the_result_of_before_is_not_recognised_when_a_week_that_was_open_again_is_over(
    backend: MakeBackend,
) -> None:
    machine = played(backend, right=1)
    machine.put_the_end_off(over=True, longer=30 * MINUTE, both=False)
    machine.clock.now = machine.model.weeks[1][1]
    machine.recognise(choice=0, withdraw=False, reason="Hội đồng đã họp")
    assert machine.model.recognised == {}
    machine.teardown()


def test_a_recognised_result_stays_until_its_recognition_is_withdrawn(backend: MakeBackend) -> None:
    machine = played(backend, weeks=2, right=1)
    machine.clock.now = machine.model.weeks[2][0]
    machine.sit(crowd=[(0, Sheet(2, None), 1, "submit"), (1, Sheet(1, None), 1, "submit")])
    machine.let_the_week_pass(early=0)
    machine.recognise_everything()
    assert list(machine.model.recognised) == ["week-1", "week-2", "final"]
    for news in (("annul", 0), ("ruling", 1), ("headcount", 0)):
        machine.change(news=news)
        machine.run_close()
    machine.recognise(choice=1, withdraw=True, reason="tính lại")  # of the first week, and so of the final
    assert list(machine.model.recognised) == ["week-2"]
    machine.run_close()
    machine.change(news=("annul", 1))
    machine.teardown()


def test_a_code_is_good_only_for_what_was_shown_under_it(backend: MakeBackend) -> None:
    machine = played(backend, weeks=2, right=1)
    machine.change(news=("annul", 0), confirm=False)
    machine.change(news=("uncount", 1))
    machine.run_close()
    machine.confirm(back=1)
    assert len(machine.confirmed) == 1
    machine.teardown()
