"""A deployment from the look at the account to the attempt played: in order, and not around a week's edge."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra import deploy
from infra.cloudformation import DeploymentFailed, State
from infra.package import Package
from infra.preflight import Finding
from infra.site import Release
from infra.smoke import Failed
from tests.fake_cloud import refusal

OPENS = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
WEEKS = [
    {"number": 1, "opens_at": OPENS.isoformat(), "closes_at": (OPENS + timedelta(days=7)).isoformat()},
]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize("edge", [OPENS, OPENS + timedelta(days=7)])
@pytest.mark.parametrize("minutes", [-59, 0, 59])
def test_around_a_weeks_edge_nothing_is_deployed(edge: datetime, minutes: int) -> None:
    with pytest.raises(deploy.NotNow, match=r"Week 1 (opens|closes) at 08:00 on .*Wait until 09:00.*FORCE=yes"):
        deploy.not_around_an_edge(WEEKS, edge + minutes * MINUTE)


@pytest.mark.parametrize("at", [OPENS - 61 * MINUTE, OPENS + 61 * MINUTE, OPENS + timedelta(days=8)])
def test_at_other_times_it_is(at: datetime) -> None:
    deploy.not_around_an_edge(WEEKS, at)


class Steps:
    """The parts of a deployment, as far as their order goes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, findings: list[Finding], edge: timedelta) -> None:
        self.done: list[str] = []
        self.fails: Exception | None = None
        self.before: State | None = State("templates/x.json", {"StageName": "prod"})
        self.stuck = False
        self.weeks = [
            {
                "number": 1,
                "opens_at": (datetime.now(UTC) + edge).isoformat(),
                "closes_at": "2030-01-01T00:00+07:00",
            }
        ]
        made = {"SiteBucket": "site", "DeskBucket": "desk", "SiteUrl": "https://site"}
        package = Package(Path("zip"), Path("api"), Path("template"), "code")
        parts: dict[str, Any] = {
            "look": lambda *_: self.did("look", findings),
            "build": lambda *_: self.did("build", package),
            "deploy": lambda *_: self.did("deploy", made),
            "names": lambda *_: {"StageName", "SaveAfterSeconds"},
            "state": lambda *_: self.before,
            "in_force": lambda *_: Release("old", {}, {}),
            "put_in_force": lambda _, bucket, page: self.did(f"page {page.digest} on {bucket}", 2),
            "go_back": self.go_back,
            "edge": lambda *_: self.did("edge", None),
            "upload": lambda *_, **__: self.did("upload", 3),
            "outputs": lambda *_: made,
            "Smoke": lambda *_: self,
        }
        for name, part in parts.items():
            monkeypatch.setattr(deploy, name, part)

    def did(self, what: str, answer: Any) -> Any:
        self.done.append(what)
        return answer

    def client(self, *_: str) -> Any:
        return self

    def go_back(self, _: Any, stack: str, before: State) -> None:
        self.did(f"{stack} as {before.template}", None)
        if self.stuck:
            raise DeploymentFailed("UPDATE_ROLLBACK_FAILED")

    def get_object(self, **_: Any) -> Any:
        return {"Body": io.BytesIO(json.dumps({"weeks": self.weeks}).encode())}

    def update_termination_protection(self, **given: Any) -> None:
        self.did(f"protect {given['EnableTerminationProtection']}", None)

    def play(self) -> list[str]:
        self.did("play", None)
        if self.fails:
            raise self.fails
        return []


STOP, LOOK = Finding("stop", "a", "b"), Finding("look", "a", "b")
ALL = ["look", "build", "deploy", "protect True", "upload", "play", "edge"]
FAR, NEAR = timedelta(days=2), timedelta(minutes=5)


def test_all_steps_come_in_order_and_prod_cannot_be_deleted_by_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch, findings=[LOOK], edge=FAR)
    assert deploy.run(steps.client, "prod", {}, force=False)[1] == 3
    assert steps.done == ALL
    steps.done.clear()
    deploy.run(steps.client, "dev", {}, force=False)
    assert steps.done == [step for step in ALL if step not in {"protect True", "edge"}]


@pytest.mark.parametrize(("findings", "edge"), [([STOP], FAR), ([], NEAR)])
def test_what_speaks_against_it_stops_it_before_anything_changes(
    findings: list[Finding], edge: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = Steps(monkeypatch, findings=findings, edge=edge)
    with pytest.raises(deploy.NotNow):
        deploy.run(steps.client, "prod", {}, force=False)
    assert steps.done == ["look"]
    deploy.run(steps.client, "prod", {}, force=True)
    assert steps.done[1:] == ALL


def test_a_parameter_that_no_template_has_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """CloudFormation would not say so: what a template does not have is not given to it."""
    steps = Steps(monkeypatch, findings=[], edge=FAR)
    with pytest.raises(deploy.NotNow, match="no parameter ExpectedPepole;"):
        deploy.run(steps.client, "prod", {"StageName": "prod", "ExpectedPepole": "200000"}, force=True)
    assert steps.done == ["look", "build"]
    deploy.run(steps.client, "prod", {"SaveAfterSeconds": "60", "MonthlyBudget": "500"}, force=False)
    assert steps.done[2:] == ALL


@pytest.mark.parametrize("why", [Failed("no receipt"), refusal("AccessDenied", "no inbox")])
def test_an_attempt_that_fails_undoes_the_deployment(why: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch, findings=[], edge=FAR)
    steps.fails = why
    with pytest.raises(Failed, match=r"no (receipt|inbox)\nIt was undone"):
        deploy.run(steps.client, "prod", {}, force=False)
    assert steps.done == [*ALL[:-1], "cuoc-thi-prod as templates/x.json", "page old on site"]


def test_after_a_first_creation_there_is_nothing_to_go_back_to(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch, findings=[], edge=FAR)
    steps.fails, steps.before = Failed("no receipt"), None
    with pytest.raises(Failed, match=r"no receipt\nThere is nothing to go back to"):
        deploy.run(steps.client, "prod", {}, force=False)
    assert steps.done == ALL[:-1]


def test_what_cannot_be_undone_either_is_told_with_both_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Steps(monkeypatch, findings=[], edge=FAR)
    steps.fails, steps.stuck = Failed("no receipt"), True
    with pytest.raises(Failed, match=r"no receipt\nNor could it be undone: UPDATE_ROLLBACK_FAILED\n.*runbook"):
        deploy.run(steps.client, "prod", {}, force=False)
    assert "page old on site" not in steps.done


class Nothing:
    """A cloud without a stack, or with a stack without a contest."""

    def __init__(self, *, stack: bool) -> None:
        self.stack = stack

    def client(self, *_: str) -> Any:
        return self

    def describe_stacks(self, **_: Any) -> Any:
        if not self.stack:
            raise refusal("ValidationError", "Stack with id x does not exist")
        return {"Stacks": [{"Outputs": [{"OutputKey": "SiteBucket", "OutputValue": "site"}]}]}

    def get_object(self, **_: Any) -> Any:
        raise refusal("NoSuchKey", "none")


@pytest.mark.parametrize("stack", [False, True])
def test_without_a_stack_or_a_contest_there_is_no_edge(*, stack: bool) -> None:
    assert deploy.weeks(Nothing(stack=stack).client, "x") == []


def test_a_contest_that_cannot_be_read_is_no_absence_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cloud = Nothing(stack=True)

    def refused(**_: Any) -> Any:
        raise refusal("AccessDenied", "no")

    monkeypatch.setattr(cloud, "get_object", refused)
    with pytest.raises(Exception, match="AccessDenied"):
        deploy.weeks(cloud.client, "x")
