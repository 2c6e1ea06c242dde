"""A little of `make chaos`: nothing that was acknowledged is lost or doubled, whatever fails."""

from __future__ import annotations

from benchmarks import chaos
from tests.stack import aside


def test_no_submission_is_lost_while_database_and_store_fail_and_the_close_is_killed() -> None:
    outcome = chaos.run(submissions=200, processes=2, kills=2, seed=7)
    assert outcome.submissions == 200
    assert sum(outcome.faults.values()) > 20
    assert outcome.kills == 2
    assert outcome.clean, outcome


def test_no_submission_is_lost_on_the_deployed_stack_while_functions_are_killed() -> None:
    outcome, faults = aside(lambda: chaos.run_deployed(people=6, seed=7))
    assert outcome.submissions > 0
    assert sum(faults.values()) > 0
    assert outcome.clean, outcome
