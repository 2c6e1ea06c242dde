"""Asks the account, before anything is changed, whether a deployment can succeed and the contest can run on it.

    python -m infra.preflight --stage prod --set SiteDomain=thi.nghean.vn

Each answer says what to do. `stop`: the deployment would fail or harm; `look`: in time for the contest.
Quota codes are those of Service Quotas, read 2026-11-29. Never tried on real AWS.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra import expected
from infra.runtime import CLOUD, of_stage
from infra.stage import given, stack_name

# ``client(service)`` in the contest's region, ``client(service, region)`` elsewhere.
Client = Callable[..., Any]
EDGE = "us-east-1"  # where CloudFront looks for certificates and web ACLs
# The largest function of a new account; whether it has been lifted, no interface tells.
NEW_ACCOUNT_MB = 3008
LARGE_MB = 10_240
EXPIRES_SOON = timedelta(days=30)


class Quota(NamedTuple):
    """``needs``: below it the people who are expected would queue, for the reason ``why``."""

    service: str
    code: str
    name: str
    needs: int
    why: str


def quotas(people: int) -> tuple[Quota, ...]:
    """``people``: the template's ExpectedPeople."""
    needs = expected.quotas(people)
    rate, writes = needs["gateway_rate"], needs["table_writes"]
    return (
        Quota(
            "lambda",
            "L-B99A9384",
            "concurrent executions",
            needs["lambda_concurrency"],
            "new accounts have 10 or 40",
        ),
        Quota("apigateway", "L-8A5B8E43", "requests a second", rate, "for all APIs of the region together"),
        Quota("apigateway", "L-CDF5615A", "requests at once (burst)", rate // 2, "set by AWS with the rate"),
        Quota(
            "dynamodb", "L-AB614373", "writes a second of a table", writes, "WarmThroughput cannot go beyond it"
        ),
    )


class Finding(NamedTuple):
    level: Literal["stop", "look"]
    what: str
    todo: str


@dataclass(frozen=True)
class Account:
    """``settings``: parameters of the template, as given or as the stack has them."""

    client: Client
    stack: str
    stage: str
    settings: dict[str, str]
    status: str | None


def look(client: Client, stage: str, stack: str, parameters: dict[str, str]) -> list[Finding]:
    """All findings, those that stop first. Raises ``ClientError`` if the stack cannot be asked for."""
    status, settings = _stack(client, stack)
    account = Account(client, stack, stage, settings | parameters, status)
    found: list[Finding] = []
    for check in (_python, _state, _told, _quotas, _large, _cloudfront, _certificate, _web_acl):
        try:
            found += check(account)
        except (ClientError, BotoCoreError) as error:
            asked = (check.__doc__ or "").split("\n")[0].rstrip(".")
            found.append(Finding("look", f"Not known: {asked}. {error}", "Ask with more rights."))
    return sorted(found, key=lambda one: one.level != "stop")


def _stack(client: Client, stack: str) -> tuple[str | None, dict[str, str]]:
    try:
        found = client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None, {}
    known = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}
    return found["StackStatus"], known


def _python(account: Account) -> Iterator[Finding]:
    """Whether this Python can make the package."""
    if not (3, 11) <= sys.version_info[:2] <= (3, 14):
        yield Finding("stop", "Python 3.11 to 3.14 makes the package.", "Try `make deploy PYTHON=python3.13`.")
    elif not of_stage(account.stage).interpreter:
        yield Finding(
            "look",
            f"There is no Python {CLOUD} here: functions get sources, which each cold start compiles.",
            f"Install Python {CLOUD} so that `python{CLOUD}` runs, and deploy again.",
        )


def _state(account: Account) -> Iterator[Finding]:
    """Whether the stack can take a deployment."""
    status = account.status or ""
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        yield Finding("stop", f"{account.stack} is being changed ({status}).", "Wait until that is over.")
    elif status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}:
        yield Finding("look", f"An earlier creation failed ({status}).", "Nothing: it goes, its data stay.")
    elif status == "UPDATE_ROLLBACK_FAILED":
        yield Finding("look", "An earlier update could not be undone.", "Nothing: it is tried again first.")


def _told(account: Account) -> Iterator[Finding]:
    """Whether somebody is told of failures."""
    if account.stage == "prod" and not account.settings.get("AlarmEmail"):
        yield Finding("stop", "Nobody would be told of failures.", 'Deploy with SET="AlarmEmail=a@b.vn".')
    if account.status is None:
        return
    topics = account.client("sns").get_paginator("list_topics").paginate()
    named = f":{account.stack}-alarms"
    for topic in (one["TopicArn"] for page in topics for one in page["Topics"]):
        if topic.endswith(named):
            pages = account.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
            for one in (one for page in pages for one in page["Subscriptions"]):
                if one["SubscriptionArn"] == "PendingConfirmation":
                    yield Finding(
                        "look",
                        f"{one['Endpoint']} has not confirmed and is told nothing.",
                        "Open the mail “AWS Notification - Subscription Confirmation”, look into spam too.",
                    )


def _quotas(account: Account) -> Iterator[Finding]:
    """Whether the account's quotas suffice for the people who are expected."""
    asked = account.client("service-quotas")
    for quota in quotas(int(account.settings.get("ExpectedPeople") or expected.SIZES[0])):
        # What was asked for is its own answer; what was not is the default of AWS.
        try:
            found = asked.get_service_quota(ServiceCode=quota.service, QuotaCode=quota.code)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchResourceException":
                raise
            found = asked.get_aws_default_service_quota(ServiceCode=quota.service, QuotaCode=quota.code)
        value = found["Quota"]["Value"]
        if value < quota.needs:
            yield Finding(
                "look",
                f"{quota.service}: {value:,.0f} {quota.name}, {quota.needs:,} are needed ({quota.why}).",
                f"aws service-quotas request-service-quota-increase --service-code {quota.service} "
                f"--quota-code {quota.code} --desired-value {quota.needs}   (days; a support case is quicker)",
            )
    limits = account.client("lambda").get_account_settings()["AccountLimit"]
    reserved = int(account.settings.get("TallyConcurrency") or 0)
    free = int(limits["UnreservedConcurrentExecutions"])
    if reserved and account.status is None and free - reserved < 100:
        yield Finding(
            "stop",
            f"TallyConcurrency={reserved} would leave {free - reserved} executions to all others, not 100.",
            "Leave TallyConcurrency out, or raise the quota first.",
        )


def _large(account: Account) -> Iterator[Finding]:
    """Whether the large function is asked for."""
    if account.settings.get("CloseBy") == "shares":
        yield Finding(
            "look",
            f"CloseBy=shares makes a function of {LARGE_MB:,} MB; new accounts refuse more than "
            f"{NEW_ACCOUNT_MB:,}, and no interface tells.",
            "Ask support for it first. If it is refused, nothing is lost: deploy with CloseBy=function.",
        )


def _cloudfront(account: Account) -> Iterator[Finding]:
    """Whether the account may use CloudFront."""
    cloudfront = account.client("cloudfront")
    if int(cloudfront.list_distributions(MaxItems="1")["DistributionList"]["Quantity"]):
        return
    # New accounts are refused every part of CloudFront, small ones too: ask with one that goes at once.
    name = f"{account.stack}-preflight"
    settings = {"Name": name, "SigningProtocol": "sigv4", "SigningBehavior": "always"}
    try:
        made = cloudfront.create_origin_access_control(
            OriginAccessControlConfig={**settings, "OriginAccessControlOriginType": "s3"}
        )
    except ClientError as error:
        if "verified" not in str(error):
            raise
        yield Finding(
            "stop",
            "This account may not use CloudFront yet: AWS has to verify it.",
            "Open a case at AWS Support (Account and billing → Account → Verification), quote: “Your account "
            "must be verified before you can add new CloudFront resources”. It takes a day or two.",
        )
        return
    cloudfront.delete_origin_access_control(Id=made["OriginAccessControl"]["Id"], IfMatch=made["ETag"])


def _certificate(account: Account) -> Iterator[Finding]:
    """Whether the domain has a certificate."""
    domain, arn = account.settings.get("SiteDomain", ""), account.settings.get("CertificateArn", "")
    if not domain:
        if account.stage == "prod":
            todo = "Ask the committee for a name, and for its certificate in us-east-1 (docs/runbook.md)."
            yield Finding("look", "The site will have a name of CloudFront's, which nobody remembers.", todo)
        return
    if f":acm:{EDGE}:" not in arn:
        todo = f"aws acm request-certificate --region {EDGE} --domain-name {domain} --validation-method DNS"
        yield Finding("stop", f"{domain} needs a certificate in {EDGE} (CertificateArn).", todo)
        return
    found = account.client("acm", EDGE).describe_certificate(CertificateArn=arn)["Certificate"]
    names = {found["DomainName"], *found.get("SubjectAlternativeNames", [])}
    if found["Status"] != "ISSUED":
        todo = "Enter the DNS record that ACM shows, and wait until it is ISSUED."
        yield Finding("stop", f"The certificate for {domain} is {found['Status']}.", todo)
    elif not {domain, "*." + domain.partition(".")[2]} & names:
        yield Finding(
            "stop", f"The certificate is for {', '.join(sorted(names))}.", f"Request one for {domain}."
        )
    elif found["NotAfter"] - datetime.now(UTC) < EXPIRES_SOON:
        todo = "Is its DNS record still there? Without it ACM does not renew it."
        yield Finding("look", f"The certificate for {domain} ends {found['NotAfter']:%d/%m/%Y}.", todo)


def _web_acl(account: Account) -> Iterator[Finding]:
    """Whether the limits by address are there."""
    arn = account.settings.get("WebAclArn", "")
    if not arn:
        if account.stage == "prod":
            yield Finding(
                "look",
                "There are no limits by address (AWS WAF).",
                "See docs/runbook.md, “Before the contest”.",
            )
        return
    _, _, _, region, _, path = arn.split(":", 5)
    kind, _, name, identity = path.split("/")
    if region != EDGE or kind != "global":
        todo = f"Deploy infra/waf.yaml in {EDGE} and give its output."
        yield Finding("stop", "WebAclArn is no web ACL for CloudFront.", todo)
        return
    found = account.client("wafv2", EDGE).get_web_acl(Name=name, Scope="CLOUDFRONT", Id=identity)
    counting = [rule["Name"] for rule in found["WebACL"]["Rules"] if "Count" in rule.get("Action", {})]
    if counting:
        what = f"Limits by address only count, they turn nobody away: {', '.join(counting)}."
        yield Finding("look", what, "See docs/runbook.md, “Limits by address”.")


def words(found: list[Finding]) -> list[str]:
    """A line for each finding and one for its remedy."""
    mark = {"stop": "STOP", "look": "look"}
    return [line for one in found for line in (f"{mark[one.level]}  {one.what}", f"      → {one.todo}")]


def main() -> None:
    """Exits with 1 if something stops a deployment."""
    parser = argparse.ArgumentParser(prog="python -m infra.preflight", description=__doc__.split("\n")[0])
    options, parameters = given(parser)
    session = boto3.Session()
    try:
        found = look(session.client, options.stage, stack_name(options.stage), parameters)
    except (ClientError, BotoCoreError) as error:
        sys.exit(f"The account does not answer. {error}")
    print("\n".join(words(found)) or "Nothing stands in the way.")
    sys.exit(any(one.level == "stop" for one in found))


if __name__ == "__main__":
    main()
