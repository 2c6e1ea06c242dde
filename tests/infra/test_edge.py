"""The stack in us-east-1: whom its alarms tell, what they measure, and what a deployment gives it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from benchmarks import spike
from infra import deploy
from infra.package import PROJECT
from infra.preflight import EDGE

Template = dict[str, Any]


def read(name: str) -> Template:
    """Short forms as plain values: ``!Ref A`` is "A"."""
    text = (PROJECT / "infra" / name).read_text(encoding="utf-8")
    template: Template = yaml.load(text, spike.Tags)  # noqa: S506  a SafeLoader
    return template


@pytest.fixture(scope="module")
def edge() -> Template:
    return read("edge.yaml")


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    # What the template only adds to has no type there.
    found = {name: one for name, one in template["Resources"].items() if one.get("Type") == kind}
    assert found, f"there is no {kind}"
    return found


def test_every_alarm_tells_when_it_begins_and_when_it_is_over(edge: Template) -> None:
    alarms = of_type(edge, "AWS::CloudWatch::Alarm")
    assert set(alarms) == {"CloudFrontErrorsAlarm", "LimitsAlarm"}
    for name, alarm in alarms.items():
        told = alarm["Properties"]
        assert told["AlarmActions"] == told["OKActions"] == ["EdgeTopic"], name
        assert told["AlarmDescription"].endswith("."), name


def test_no_visitor_and_no_blocked_request_are_no_failure(edge: Template) -> None:
    """Both metrics have no values at all while nothing happens."""
    for name, alarm in of_type(edge, "AWS::CloudWatch::Alarm").items():
        assert alarm["Properties"]["TreatMissingData"] == "notBreaching", name


def test_everybody_whom_the_contests_alarms_reach_is_told_too(edge: Template) -> None:
    told = of_type(edge, "AWS::SNS::Subscription").values()
    assert [(one["Properties"]["Protocol"], one["Properties"]["Endpoint"]) for one in told] == [
        ("email", "AlarmEmail"),
        ("email", "AlarmEmail2"),
        ("https", "AlarmUrl"),
    ]
    assert {one["Properties"]["TopicArn"] for one in told} == {"EdgeTopic"}
    for one in told:  # an empty address is nobody
        assert edge["Conditions"][one["Condition"]] == [[one["Properties"]["Endpoint"], ""]]
    contest = of_type(read("template.yaml"), "AWS::SNS::Subscription").values()
    assert {one["Properties"]["Endpoint"] for one in contest} == {one["Properties"]["Endpoint"] for one in told}


def test_alarms_and_budgets_of_this_account_alone_may_tell(edge: Template) -> None:
    (policy,) = of_type(edge, "AWS::SNS::TopicPolicy").values()
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]
    assert policy["Properties"]["Topics"] == [statement["Resource"]] == ["EdgeTopic"]
    assert set(statement["Principal"]["Service"]) == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "AWS::AccountId"}}


def test_cloudfronts_errors_are_those_of_this_distribution(edge: Template) -> None:
    """CloudFront publishes with both dimensions: without one of them the metric is another, and empty."""
    alarm = edge["Resources"]["CloudFrontErrorsAlarm"]["Properties"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/CloudFront", "5xxErrorRate")
    assert alarm["Dimensions"] == [
        {"Name": "DistributionId", "Value": "DistributionId"},
        {"Name": "Region", "Value": "Global"},
    ]
    assert (alarm["Statistic"], alarm["Threshold"], alarm["ComparisonOperator"]) == (
        "Average",  # a percentage
        1,
        "GreaterThanThreshold",
    )
    assert alarm["DatapointsToAlarm"] < alarm["EvaluationPeriods"]


def test_limits_are_watched_where_there_are_some_and_also_while_they_only_count(edge: Template) -> None:
    alarm = edge["Resources"]["LimitsAlarm"]
    assert edge["Conditions"][alarm["Condition"]] == [["WebAclArn", ""]]
    total, *measured = alarm["Properties"]["Metrics"]
    assert total["Expression"] == "SUM(METRICS())"
    metrics = [one["MetricStat"]["Metric"] for one in measured]
    assert {one["MetricName"] for one in metrics} == {"BlockedRequests", "CountedRequests"}
    for metric in metrics:  # of CloudFront, so without a region
        assert metric["Namespace"] == "AWS/WAFV2"
        assert metric["Dimensions"] == [
            {"Name": "WebACL", "Value": "WebAclMetric"},
            {"Name": "Rule", "Value": "ALL"},
        ]
    acl = read("waf.yaml")["Resources"]["WebAcl"]["Properties"]["VisibilityConfig"]
    assert acl["CloudWatchMetricsEnabled"] is True
    assert edge["Parameters"]["WebAclMetric"]["Default"] == acl["MetricName"]


def test_a_budget_tells_before_it_is_spent_and_when_it_is_going_to_be(edge: Template) -> None:
    (budget,) = of_type(edge, "AWS::Budgets::Budget").values()
    assert budget["Properties"]["Budget"] == {
        "BudgetName": "Contest",
        "BudgetType": "COST",
        "TimeUnit": "MONTHLY",
        "BudgetLimit": {"Amount": "MonthlyBudget", "Unit": "USD"},
    }
    notices = budget["Properties"]["NotificationsWithSubscribers"]
    assert [(one["Notification"]["NotificationType"], one["Notification"]["Threshold"]) for one in notices] == [
        ("ACTUAL", 80),
        ("FORECASTED", 100),
    ]
    for one in notices:
        assert one["Notification"]["ThresholdType"] == "PERCENTAGE"
        assert one["Subscribers"] == [{"SubscriptionType": "SNS", "Address": "EdgeTopic"}]
    assert budget["DependsOn"] == ["EdgeTopicPolicy"]  # AWS tries whether it may tell


class Cloud:
    """CloudFormation of two regions, as far as the parameters of the second stack go."""

    meta = SimpleNamespace(region_name="ap-southeast-1")

    def __init__(self, parameters: dict[str, str]) -> None:
        self.parameters = parameters

    def client(self, *of: str) -> Any:
        return of if len(of) > 1 else self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803
        assert StackName == "cuoc-thi-prod"
        rows = [{"ParameterKey": key, "ParameterValue": value} for key, value in self.parameters.items()]
        return {"Stacks": [{"Parameters": rows}]}


def test_a_deployment_gives_every_parameter(edge: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the contest's stack has them, so that nobody is told by one alone, and as ``--set`` says."""
    contest = read("template.yaml")["Parameters"]
    cloud, made = Cloud({name: f"<{name}>" for name in contest}), []
    monkeypatch.setattr(deploy, "deploy_small", lambda *given: made.append(given))
    given = {"MonthlyBudget": "500", "WebAclMetric": "hue2027"}
    deploy.edge(cloud.client, "cuoc-thi-prod", {"DistributionId": "E123"}, given)
    ((client, stack, template, told),) = made
    assert client == ("cloudformation", EDGE)
    assert stack == "cuoc-thi-prod-edge-ap-southeast-1"
    assert template == (PROJECT / "infra" / "edge.yaml").read_text(encoding="utf-8")
    same = {name: f"<{name}>" for name in ("AlarmEmail", "AlarmEmail2", "AlarmUrl", "WebAclArn")}
    own = {"Contest": "cuoc-thi-prod", "DistributionId": "E123"}
    assert {name: told[name] for name in edge["Parameters"]} == same | own | given
    assert set(edge["Parameters"]) - set(contest) - set(own) == deploy.OF_EDGE
