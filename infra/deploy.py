"""Deploys one stage to AWS: a look at the account, package, CloudFormation, site, and an attempt played.

    python -m infra.deploy --stage dev

Written against the AWS API and tried only on the local AWS and on fakes of documented rules: no account was at
hand. Credentials and region come from the environment, as for any AWS tool. `--set` sets a parameter of the
template, for example `--set AlarmEmail=a@b.vn`.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.services.contest.public_contest import CONTEST
from infra.cloudformation import (
    DeploymentFailed,
    Outputs,
    State,
    deploy,
    deploy_small,
    go_back,
    outputs,
    parameters_of,
    state,
)
from infra.intake import send
from infra.package import PROJECT, Package, build
from infra.preflight import EDGE, look, words
from infra.progress import say_aside
from infra.site import Release, in_force, put_in_force, upload
from infra.smoke import Failed, Smoke
from infra.stage import given, stack_name

# Parameters of the stack in us-east-1 that the contest's does not have.
OF_EDGE = {"MonthlyBudget", "WebAclMetric"}
# No function is replaced while a week opens or closes.
AROUND = timedelta(hours=1)

Client = Callable[..., Any]


class NotNow(Exception):
    """A deployment would be a risk; the message says why, and what to do."""


def main() -> None:
    """Deploys, plays an attempt and prints the address; exits with 1 if the contest would not run."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__.split("\n")[0])
    parser.add_argument("--force", action="store_true", help="although something speaks against it")
    options, parameters = given(parser)
    session = boto3.Session()
    if not session.region_name:
        parser.error("no region: set AWS_DEFAULT_REGION, for example ap-southeast-1 (Singapore)")

    def client(*of: str) -> Any:
        return session.client(*of)

    try:
        site, files = run(client, options.stage, parameters, force=options.force)
    except (DeploymentFailed, NotNow, ClientError, BotoCoreError) as error:
        sys.exit(f"Not deployed. {error}")
    except Failed as failed:
        sys.exit(f"Deployed, but it does not work. {failed}")
    print(f"{site['SiteUrl']}  ({files} files of the site changed)")
    print(f"Put a contest there:  aws s3 cp contest.zip s3://{site['DeskBucket']}/inbox/kept/account/")


def run(client: Client, stage: str, parameters: dict[str, str], *, force: bool) -> tuple[Outputs, int]:
    """The stack's outputs and the number of files of the site that changed.

    Raises ``NotNow`` before anything has changed, ``DeploymentFailed``, and ``Failed`` when nobody could take
    part: then it has gone back to the state before, if there was one, and says so.
    """
    stack = stack_name(stage)
    say_aside("Deploying, step 1 of 6: a look at the account.")
    found = look(client, stage, stack, parameters)
    if found:
        say_aside("\n".join(words(found)))
    if not force:
        if any(one.level == "stop" for one in found):
            raise NotNow("First do what stands beside STOP, or add --force (FORCE=yes).")
        not_around_an_edge(weeks(client, stack), datetime.now(UTC))
    say_aside("Deploying, step 2 of 6: the package.")
    package = build(stage)
    if unknown := parameters.keys() - names(package) - OF_EDGE:
        raise NotNow(f"There is no parameter {', '.join(sorted(unknown))}; see infra/template.yaml.")
    say_aside(
        f"Deploying {stack}, step 3 of 6: CloudFormation. The first time it creates a CloudFront distribution, "
        "which alone takes minutes; later deployments are shorter."
    )
    before = state(client, stack)
    made = deploy(client, stack, package, parameters)
    if stage == "prod":
        client("cloudformation").update_termination_protection(
            StackName=stack, EnableTerminationProtection=True
        )
    say_aside("Deploying, step 4 of 6: the site's files.")
    s3 = client("s3")
    page = in_force(s3, made["SiteBucket"])
    files = upload(s3, made["SiteBucket"], address=made["SiteUrl"])
    say_aside("Deploying, step 5 of 6: a test person takes part.")
    try:
        played = Smoke(made["SiteUrl"], lambda file, data: send(s3, made["DeskBucket"], file, data)).play()
    except (Failed, ClientError, BotoCoreError) as failed:  # the inbox is a bucket
        say_aside(f"It does not work. {failed}\nGoing back.")
        raise Failed(f"{failed}\n{undo(client, stack, before, made['SiteBucket'], page)}") from None
    say_aside("\n".join(played))
    if stage == "prod":
        say_aside("Deploying, step 6 of 6: alarms on CloudFront, its limits and the budget.")
        edge(client, stack, made, parameters)
    return made, files


def undo(client: Client, stack: str, before: State | None, bucket: str, page: Release | None) -> str:
    """Brings stack and page back to what they were; returns what became of it, in words.

    The page comes last: where the stack stays as it is, so does its page.
    """
    if before is None:
        return "There is nothing to go back to. Mend the cause and deploy again."
    try:
        go_back(client, stack, before)
        if page is not None:
            put_in_force(client("s3"), bucket, page)
    except (DeploymentFailed, ClientError, BotoCoreError) as error:
        return f"Nor could it be undone: {error}\nSee docs/runbook.md, “Roll back a deployment”."
    return "It was undone: page, functions and settings are what they were before."


def names(package: Package) -> set[str]:
    """Of the parameters of the contest's stack."""
    return set(json.loads(package.template.read_text(encoding="utf-8"))["Parameters"])


def edge(client: Client, stack: str, made: Outputs, parameters: dict[str, str]) -> None:
    """What AWS measures in us-east-1 alone, told to the same people. Raises ``DeploymentFailed``."""
    told = parameters_of(client("cloudformation"), stack)
    template = (PROJECT / "infra" / "edge.yaml").read_text(encoding="utf-8")
    given = told | parameters | {"Contest": stack, "DistributionId": made["DistributionId"]}
    deploy_small(
        client("cloudformation", EDGE), edge_name(stack, client("s3").meta.region_name), template, given
    )


def edge_name(stack: str, region: str) -> str:
    """Of the stack with the alarms on CloudFront: the contest may stand in any region."""
    return f"{stack}-edge-{region}"


def weeks(client: Client, stack: str) -> list[dict[str, Any]]:
    """The weeks of the contest in force, as the site shows them; none without a stack or a contest."""
    try:
        bucket = outputs(client("cloudformation"), stack).get("SiteBucket")
        if bucket is None:  # a creation that failed
            return []
        data = client("s3").get_object(Bucket=bucket, Key=CONTEST)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey" or "does not exist" in str(error):
            return []
        raise
    found: list[dict[str, Any]] = json.loads(data)["weeks"]
    return found


def not_around_an_edge(of: list[dict[str, Any]], now: datetime) -> None:
    """Raises ``NotNow`` from an hour before to an hour after a week opens or closes."""
    for week in of:
        for what, at in (("opens", week["opens_at"]), ("closes", week["closes_at"])):
            edge = datetime.fromisoformat(at)
            if abs(edge - now) < AROUND:
                raise NotNow(
                    f"Week {week['number']} {what} at {edge:%H:%M} on {edge:%d/%m/%Y}: nothing is deployed "
                    f"from an hour before to an hour after. Wait until {edge + AROUND:%H:%M}, or add --force "
                    "(FORCE=yes)."
                )


if __name__ == "__main__":
    main()
