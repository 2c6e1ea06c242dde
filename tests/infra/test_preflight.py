"""What stands in the way of a deployment is said before anything changes, with what to do.

Played on fakes of the documented answers; real AWS was not at hand.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from infra import preflight
from infra.expected import SIZES
from infra.preflight import Finding, look, quotas, words
from infra.runtime import Runtime
from tests.fake_cloud import refusal

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/c"
ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/contest/0123"
READY = {"AlarmEmail": "a@b.vn", "SiteDomain": "thi.vn", "CertificateArn": CERTIFICATE, "WebAclArn": ACL}
QUOTAS = quotas(SIZES[0])
GOOD = {
    "quotas": {quota.code: quota.needs for quota in QUOTAS},
    "defaults": {},
    "concurrency": 1000,
    "distributions": 1,
    "verified": True,
    "certificate": {"Status": "ISSUED", "DomainName": "thi.vn", "NotAfter": datetime(2036, 1, 1, tzinfo=UTC)},
    "acl": True,
    "acl_action": "Block",
    "stack": None,
    "parameters": {},
    "subscriptions": [],
    "denied": set(),
}


class Cloud:
    """The services that are asked, with the answers of ``GOOD`` but for those ``changed``."""

    def __init__(self, **changed: Any) -> None:
        self.has = SimpleNamespace(**(GOOD | changed))
        self.left: list[str] = []

    def client(self, service: str, region: str = "ap-southeast-1") -> Any:
        if service in self.has.denied:
            raise refusal("AccessDenied", f"not authorized to use {service}")
        assert (region == "us-east-1") == (service in {"acm", "wafv2"})
        return self

    def describe_stacks(self, StackName: str) -> Any:  # noqa: N803
        if self.has.stack is None:
            raise refusal("ValidationError", f"Stack with id {StackName} does not exist")
        rows = [{"ParameterKey": k, "ParameterValue": v} for k, v in self.has.parameters.items()]
        return {"Stacks": [{"StackStatus": self.has.stack, "Parameters": rows}]}

    def get_service_quota(self, ServiceCode: str, QuotaCode: str) -> Any:  # noqa: N803
        if QuotaCode not in self.has.quotas:
            raise refusal("NoSuchResourceException", QuotaCode)
        return {"Quota": {"Value": float(self.has.quotas[QuotaCode])}}

    def get_aws_default_service_quota(self, ServiceCode: str, QuotaCode: str) -> Any:  # noqa: N803
        return {"Quota": {"Value": float(self.has.defaults[QuotaCode])}}

    def get_account_settings(self) -> Any:
        return {"AccountLimit": {"UnreservedConcurrentExecutions": self.has.concurrency}}

    def list_distributions(self, MaxItems: str) -> Any:  # noqa: N803
        return {"DistributionList": {"Quantity": self.has.distributions}}

    def create_origin_access_control(self, **_: Any) -> Any:
        if not self.has.verified:
            raise refusal("AccessDenied", "Your account must be verified before you can add new resources.")
        self.left.append("control")
        return {"OriginAccessControl": {"Id": "control"}, "ETag": "1"}

    def delete_origin_access_control(self, Id: str, IfMatch: str) -> None:  # noqa: N803
        self.left.remove(Id)

    def describe_certificate(self, CertificateArn: str) -> Any:  # noqa: N803
        return {"Certificate": self.has.certificate}

    def get_web_acl(self, **_: Any) -> dict[str, Any]:
        if not self.has.acl:
            raise refusal("WAFNonexistentItemException", "does not exist")
        rule = {"Name": "sign-ins", "Action": {self.has.acl_action: {}}}
        return {"WebACL": {"Rules": [rule, {"Name": "managed", "OverrideAction": {"None": {}}}]}}

    def get_paginator(self, name: str) -> Any:
        rows = {
            "list_topics": {"Topics": [{"TopicArn": "arn:aws:sns:r:1:cuoc-thi-prod-alarms"}]},
            "list_subscriptions_by_topic": {"Subscriptions": self.has.subscriptions},
        }
        return SimpleNamespace(paginate=lambda **_: [rows[name]])


@pytest.fixture(autouse=True)
def python_at_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "of_stage", lambda _: Runtime("3.13", "/usr/bin/python3.13"))


def found(stage: str = "prod", parameters: dict[str, str] = READY, **changed: Any) -> list[Finding]:
    return look(Cloud(**changed).client, stage, f"cuoc-thi-{stage}", parameters)


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in READY.items() if key != name}


def test_an_account_that_is_ready_has_nothing_to_do() -> None:
    assert found() == []
    assert found("dev", {}) == []


@pytest.mark.parametrize(
    ("changed", "says", "todo"),
    [
        ({"verified": False, "distributions": 0}, "may not use CloudFront", "case at AWS Support"),
        ({"stack": "UPDATE_IN_PROGRESS"}, "is being changed", "Wait"),
        ({"certificate": {**GOOD["certificate"], "Status": "PENDING_VALIDATION"}}, "PENDING", "DNS record"),  # type: ignore[dict-item]
        (
            {"certificate": {**GOOD["certificate"], "DomainName": "khác.vn"}},
            "is for khác.vn",
            "Request one for thi.vn",
        ),  # type: ignore[dict-item]
    ],
)
def test_what_would_make_a_deployment_fail_stops_it(changed: dict[str, Any], says: str, todo: str) -> None:
    (one,) = found(**changed)
    assert one.level == "stop"
    assert says in one.what
    assert todo in one.todo


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        (without("AlarmEmail"), "Nobody would be told"),
        (without("CertificateArn"), "needs a certificate in us-east-1"),
        (
            {**READY, "CertificateArn": CERTIFICATE.replace("us-east-1", "ap-southeast-1")},
            "needs a certificate",
        ),
        ({**READY, "WebAclArn": ACL.replace("global", "regional")}, "no web ACL for CloudFront"),
        ({**READY, "TallyConcurrency": "950"}, "would leave 50"),
    ],
)
def test_parameters_that_cannot_work_stop_it(parameters: dict[str, str], says: str) -> None:
    (one,) = found(parameters=parameters)
    assert (one.level, says in one.what) == ("stop", True), one


@pytest.mark.parametrize("quota", QUOTAS, ids=lambda one: one.code)
def test_a_new_accounts_quota_is_named_with_the_command_that_asks_for_more(quota: Any) -> None:
    (one,) = found(quotas={**GOOD["quotas"], quota.code: 40})  # type: ignore[dict-item]
    assert one.level == "look"
    assert one.what.startswith(f"{quota.service}: 40 {quota.name}, {quota.needs:,} are needed")
    assert f"--quota-code {quota.code} --desired-value {quota.needs}" in one.todo


def test_more_people_need_larger_quotas() -> None:
    whys = [one.what for one in found(parameters={**READY, "ExpectedPeople": "400000"})]
    assert len(whys) == 3
    assert any("40,000 are needed" in why and "requests a second" in why for why in whys)


def test_a_quota_that_nobody_has_changed_is_the_default_of_aws() -> None:
    first = QUOTAS[0]
    given = {quota.code: quota.needs for quota in QUOTAS[1:]}
    assert found(quotas=given, defaults={first.code: first.needs}) == []
    assert len(found(quotas=given, defaults={first.code: 10})) == 1


def test_asking_whether_cloudfront_may_be_used_leaves_nothing_behind() -> None:
    cloud = Cloud(distributions=0)
    assert look(cloud.client, "prod", "cuoc-thi-prod", READY) == []
    assert cloud.left == []


def test_an_address_that_has_not_confirmed_is_named() -> None:
    there = [{"Endpoint": "a@b.vn", "SubscriptionArn": "PendingConfirmation"}]
    (one,) = found(stack="UPDATE_COMPLETE", subscriptions=there)
    assert "a@b.vn has not confirmed" in one.what
    assert found(stack="UPDATE_COMPLETE", subscriptions=[{"Endpoint": "x", "SubscriptionArn": "arn:x"}]) == []


def test_what_the_stack_has_counts_as_given() -> None:
    cloud = Cloud(stack="UPDATE_COMPLETE", parameters=READY)
    assert look(cloud.client, "prod", "cuoc-thi-prod", {}) == []


def test_a_large_function_a_missing_domain_and_missing_limits_are_told() -> None:
    (one,) = found(parameters={**READY, "CloseBy": "shares"})
    assert "10,240 MB" in one.what
    assert [one.level for one in found(parameters={"AlarmEmail": "a@b.vn"})] == ["look", "look"]
    soon = {**GOOD["certificate"], "NotAfter": datetime.now(UTC) + timedelta(days=20)}  # type: ignore[dict-item]
    (one,) = found(certificate=soon)
    assert "ends" in one.what


@pytest.mark.parametrize(
    ("status", "says"),
    [("ROLLBACK_FAILED", "An earlier creation failed"), ("UPDATE_ROLLBACK_FAILED", "could not be undone")],
)
def test_a_stack_that_is_stuck_is_told_and_does_not_stop_anything(status: str, says: str) -> None:
    (one,) = found(stack=status)
    assert (one.level, says in one.what) == ("look", True)


def test_limits_that_only_count_are_told() -> None:
    (one,) = found(acl_action="Count")
    assert (one.level, "only count, they turn nobody away: sign-ins" in one.what) == ("look", True)


@pytest.mark.parametrize("service", ["sns", "service-quotas", "cloudfront", "acm", "wafv2"])
def test_what_may_not_be_asked_is_not_known_and_the_rest_is_asked(service: str) -> None:
    (one,) = found(stack="UPDATE_COMPLETE", denied={service})
    assert one.what.startswith("Not known: Whether")
    lost = found(acl=False)
    assert [one.level for one in lost] == ["look"]


def test_without_lambdas_python_it_is_told_that_starts_are_slower(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "of_stage", lambda _: Runtime("3.13", ""))
    (one,) = found()
    assert (one.level, "no Python 3.13 here" in one.what) == ("look", True)


def test_what_stops_stands_first_and_each_line_has_its_remedy() -> None:
    first, remedy, *_ = words(found(parameters={**without("AlarmEmail"), "CloseBy": "shares"}))
    assert first.startswith("STOP  Nobody")
    assert remedy.startswith("      → Deploy with")
