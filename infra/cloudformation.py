"""Deploys a package as a CloudFormation stack by change set, in the same way to the cloud and the local AWS.

It can be run again after any failure. What a failed creation has made goes with it (`RetainExceptOnCreate`);
what an earlier stack has left, or could not delete, is taken over by its name (`ImportExistingResources`).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Collection
from hashlib import sha256
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from infra.aside import lay_aside
from infra.package import Package
from infra.progress import interval, say_aside, span
from infra.template import Template, at_once, with_code, with_settings

Client = Callable[[str], Any]
Outputs = dict[str, str]

_UNCHANGED = ("didn't contain changes", "No updates are to be performed")
_GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}
# Of a creation that failed: in the way of the next one.
_NEVER_MADE = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"}
# The output that says as which template a stack was deployed.
_TEMPLATE = "Template"
_OURS = re.compile(r"\$\{AWS::(StackName|AccountId|Region|Partition)\}")


class DeploymentFailed(Exception):
    """The stack does not match the package; the message names the resources that CloudFormation refused."""


class State(NamedTuple):
    """What a stack was deployed as: the key of its template in the deploy bucket, and its parameters."""

    template: str
    parameters: dict[str, str]


def deploy(
    client: Client, stack: str, package: Package, parameters: dict[str, str], pause: float = 5.0
) -> Outputs:
    """Deploys ``package`` as ``stack`` and returns the stack's outputs.

    ``client`` makes a boto3 client for a service name; ``pause`` is the number of seconds between two looks.
    Raises ``DeploymentFailed``.
    """
    cloudformation = client("cloudformation")
    template = json.loads(package.template.read_text(encoding="utf-8"))
    kind = _prepare(cloudformation, stack, pause)
    if kind == "CREATE" and lay_aside(client("dynamodb"), f"{stack}-tallies"):
        say_aside(
            f"{stack} takes over the data of a contest, and does nothing before it has the old secrets: "
            "make recover."
        )
    asked = {"CodeVersion": package.code_version, **parameters}
    kept, given = _parameters(cloudformation, stack, kind, template["Parameters"], asked)
    usual = {key: str(one.get("Default", "")) for key, one in template["Parameters"].items()}
    address = _upload(client, stack, with_settings(template, usual | kept | given), package)
    more: dict[str, Any] = {"ImportExistingResources": True}
    if kind == "UPDATE":
        more["RollbackConfiguration"] = _alarms(client, stack)
    _change(cloudformation, stack, kind, {"TemplateURL": address, **more}, kept, given, pause)
    return outputs(cloudformation, stack)


def state(client: Client, stack: str) -> State | None:
    """None where nothing was ever deployed whole."""
    cloudformation = client("cloudformation")
    try:
        template = outputs(cloudformation, stack).get(_TEMPLATE)
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
    return State(template, parameters_of(cloudformation, stack)) if template else None


def go_back(client: Client, stack: str, before: State, pause: float = 5.0) -> None:
    """Brings the stack to a state in which it was: at once, whatever the alarms say.

    Raises ``DeploymentFailed``.
    CloudFormation keeps the triggers of the update before unless it is told that there are none.
    """
    cloudformation, s3 = client("cloudformation"), client("s3")
    _prepare(cloudformation, stack, pause)
    bucket = _deploy_bucket(s3, client("sts").get_caller_identity()["Account"])
    template = json.loads(s3.get_object(Bucket=bucket, Key=before.template)["Body"].read())
    what = {
        "TemplateURL": _address(s3, bucket, at_once(template), before.template),
        "ImportExistingResources": True,
        "RollbackConfiguration": {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0},
    }
    _change(cloudformation, stack, "UPDATE", what, (), before.parameters, pause)


def deploy_small(
    cloudformation: Any, stack: str, template: str, parameters: dict[str, str], pause: float = 5.0
) -> Outputs:
    """Deploys a template without code, of at most 51,200 bytes, and returns the stack's outputs.

    Parameters that it does not have are left out. Raises ``DeploymentFailed``.
    """
    kind = _prepare(cloudformation, stack, pause)
    known = [
        one["ParameterKey"] for one in cloudformation.get_template_summary(TemplateBody=template)["Parameters"]
    ]
    kept, given = _parameters(cloudformation, stack, kind, known, parameters)
    _change(cloudformation, stack, kind, {"TemplateBody": template}, kept, given, pause)
    return outputs(cloudformation, stack)


def _parameters(
    cloudformation: Any, stack: str, kind: str, known: Collection[str], parameters: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Of those that the template has: what stays as the stack has it, and what is given.

    So a deployment without AlarmEmail removes nobody.
    """
    before = parameters_of(cloudformation, stack) if kind == "UPDATE" else {}
    given = {name: value for name, value in parameters.items() if name in known}
    return {name: value for name, value in before.items() if name in known and name not in given}, given


def _change(
    cloudformation: Any,
    stack: str,
    kind: str,
    what: dict[str, Any],
    kept: Collection[str],
    given: dict[str, str],
    pause: float,
) -> None:
    """Brings the stack to a template by a change set. Raises ``DeploymentFailed``."""
    name = f"change-{time.time_ns()}"
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType=kind,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[
            *({"ParameterKey": key, "UsePreviousValue": True} for key in kept),
            *({"ParameterKey": key, "ParameterValue": value} for key, value in given.items()),
        ],
        **what,
    )
    if _wait_for_change_set(cloudformation, stack, name, pause):
        changes = _changes(cloudformation, stack, name)
        since = _latest_event(cloudformation, stack)
        cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
        _wait_for_stack(cloudformation, stack, pause, changes, since)
    else:
        cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)


def _alarms(client: Client, stack: str) -> dict[str, Any]:
    """What undoes a deployment, also of the functions that have no alias, until five minutes after it.

    An alarm that sounds already would undo the very deployment that mends its cause: it is left out.
    """
    arns = outputs(client("cloudformation"), stack).get("RollbackAlarms", "")
    names = [arn.rpartition(":")[2] for arn in arns.split(",") if arn]
    if not names:
        return {}
    found = client("cloudwatch").describe_alarms(AlarmNames=names)["MetricAlarms"]
    triggers = [one["AlarmArn"] for one in found if one["StateValue"] != "ALARM"]
    silent = len(names) - len(triggers)
    if silent:
        say_aside(
            f"{silent} of {len(names)} alarms that would undo this deployment sound already and are not heeded."
        )
    return {
        "RollbackTriggers": [{"Arn": arn, "Type": "AWS::CloudWatch::Alarm"} for arn in triggers],
        "MonitoringTimeInMinutes": 5,
    }


def _upload(client: Client, stack: str, template: Template, package: Package) -> str:
    """Puts code and template where CloudFormation finds them; returns the template's address."""
    s3 = client("s3")
    account = client("sts").get_caller_identity()["Account"]
    bucket = _deploy_bucket(s3, account)
    keys = {}
    for name, archive in package.archives.items():
        data = archive.read_bytes()
        keys[name] = f"code/{sha256(data).hexdigest()}.zip"
        _put_once(s3, bucket, keys[name], data)
    named = with_names(with_code(template, bucket, keys), stack, account, s3.meta.region_name)
    return _address(s3, bucket, named, _put_template(s3, bucket, named))


def _put_template(s3: Any, bucket: str, template: Template) -> str:
    """Its key."""
    body = json.dumps(template, ensure_ascii=False).encode()
    key = f"templates/{sha256(body).hexdigest()}.json"
    _put_once(s3, bucket, key, body)
    return key


def _address(s3: Any, bucket: str, template: Template, key: str) -> str:
    """Of the template, by which the stack says that it was deployed as the one with ``key``.

    CloudFormation itself gives a template back with a question mark for each letter beyond ASCII.
    """
    outputs = {**template["Outputs"], _TEMPLATE: {"Value": key}}
    return f"{_endpoint(s3)}/{bucket}/{_put_template(s3, bucket, {**template, 'Outputs': outputs})}"


def with_names(template: Template, stack: str, account: str, region: str) -> Template:
    """The template with the names of what outlives a stack in full: CloudFormation takes over only these.

    User guide, "Import AWS resources into a CloudFormation stack automatically": the name may have no function.
    """
    known = {"StackName": stack, "AccountId": account, "Region": region}
    template = json.loads(json.dumps(template))
    for resource in template["Resources"].values():
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
            named = resource["Properties"]
            for key in {"BucketName", "TableName"} & named.keys():
                named[key] = _OURS.sub(lambda found: known[found[1]], named[key]["Fn::Sub"])
    return template


def parameters_of(cloudformation: Any, stack: str) -> dict[str, str]:
    """The parameters of the stack as they are."""
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {one["ParameterKey"]: one["ParameterValue"] for one in described.get("Parameters", [])}


def outputs(cloudformation: Any, stack: str) -> Outputs:
    """The stack's outputs by name."""
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def _deploy_bucket(s3: Any, account: str) -> str:
    """A private bucket for code and templates: the template is too large to be sent in the request."""
    region = s3.meta.region_name
    bucket = f"cuoc-thi-deploy-{account}-{region}"
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    try:
        s3.create_bucket(Bucket=bucket, **place)
    except s3.exceptions.BucketAlreadyOwnedByYou:
        return bucket
    s3.put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    return bucket


def _put_once(s3: Any, bucket: str, key: str, data: bytes) -> None:
    """Puts the object if it is missing. Keys are digests, so an existing object has the same content."""
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"404", "NoSuchKey"}:
            raise
        s3.put_object(Bucket=bucket, Key=key, Body=data)


def _endpoint(s3: Any) -> str:
    url: str = s3.meta.endpoint_url
    return url.rstrip("/")


def _prepare(cloudformation: Any, stack: str, pause: float) -> str:
    """Says whether to create or update the stack, when nothing runs any more and nothing is in the way.

    Raises ``DeploymentFailed``.
    """
    status = _settled(cloudformation, stack, pause)
    if status in {None, "DELETE_COMPLETE", "REVIEW_IN_PROGRESS"}:
        return "CREATE"
    if status in _NEVER_MADE:
        if status != "DELETE_FAILED":
            cloudformation.delete_stack(StackName=stack)
            status = _settled(cloudformation, stack, pause)
        if status == "DELETE_FAILED":
            # What cannot be deleted, as a bucket that is not empty, is left behind, and taken over by its name.
            cloudformation.delete_stack(StackName=stack, RetainResources=_undeleted(cloudformation, stack))
            status = _settled(cloudformation, stack, pause)
        if status not in {None, "DELETE_COMPLETE"}:
            failures = _failures(cloudformation, stack)
            raise DeploymentFailed(f"{stack}: what is left of an earlier attempt cannot be deleted\n{failures}")
        return "CREATE"
    if status == "UPDATE_ROLLBACK_FAILED":
        cloudformation.continue_update_rollback(StackName=stack)
        if _settled(cloudformation, stack, pause) != "UPDATE_ROLLBACK_COMPLETE":
            raise DeploymentFailed(
                f"{stack}: an earlier update could be neither finished nor undone. Mend what is named, then "
                f"deploy again.\n{_failures(cloudformation, stack)}"
            )
    return "UPDATE"


def _settled(cloudformation: Any, stack: str, pause: float) -> str | None:
    """The stack's state when nothing is in progress any more; None if there is no such stack."""
    while True:
        try:
            status = str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])
        except ClientError as error:
            if "does not exist" not in str(error):
                raise
            return None
        if not status.endswith("_IN_PROGRESS") or status == "REVIEW_IN_PROGRESS":
            return status
        time.sleep(pause)


def _undeleted(cloudformation: Any, stack: str) -> list[str]:
    """The resources that could not be deleted."""
    pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
    there = [one for page in pages for one in page["StackResourceSummaries"]]
    return [one["LogicalResourceId"] for one in there if one["ResourceStatus"] == "DELETE_FAILED"]


def _wait_for_change_set(cloudformation: Any, stack: str, name: str, pause: float) -> bool:
    """False if there is nothing to change."""
    while True:
        found = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if found["Status"] == "CREATE_COMPLETE":
            return True
        if found["Status"] == "FAILED":
            reason = found.get("StatusReason", "")
            if any(text in reason for text in _UNCHANGED):
                return False
            raise DeploymentFailed(f"{stack}: {reason}")
        time.sleep(pause)


def _changes(cloudformation: Any, stack: str, name: str) -> int:
    """The number of resources that a change set touches; the service answers in pages."""
    count, more = 0, dict[str, str]()
    while True:
        found = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name, **more)
        count += len(found.get("Changes", []))
        if not found.get("NextToken"):
            return count
        more = {"NextToken": found["NextToken"]}


def _latest_event(cloudformation: Any, stack: str) -> str | None:
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    return str(events[0]["EventId"]) if events else None


def _finished(cloudformation: Any, stack: str, since: str | None) -> tuple[set[str], str]:
    """The resources done since an event, and the one begun last."""
    done: set[str] = set()
    begun = ""
    for page in cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack):
        for event in page["StackEvents"]:
            if event["EventId"] == since:
                return done, begun
            name, status = event["LogicalResourceId"], event["ResourceStatus"]
            if name == stack:
                continue
            if status.endswith("_COMPLETE"):
                done.add(name)
            elif status.endswith("_IN_PROGRESS") and name not in done:
                begun = begun or name
    return done, begun


def _wait_for_stack(
    cloudformation: Any, stack: str, pause: float, changes: int = 0, since: str | None = None
) -> None:
    began = told = time.monotonic()
    while True:
        if time.monotonic() - told >= interval():
            told = time.monotonic()
            say_aside(_state(cloudformation, stack, changes, since, told - began))
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        status = found["StackStatus"]
        if status in _GOOD:
            return
        if not status.endswith("_IN_PROGRESS") or "ROLLBACK" in status:
            raise DeploymentFailed(f"{stack}: {status}\n{_failures(cloudformation, stack)}".strip())
        time.sleep(pause)


def _state(cloudformation: Any, stack: str, changes: int, since: str | None, took: float) -> str:
    status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    done, begun = _finished(cloudformation, stack, since)
    at = f", now {begun}" if begun else ""
    return f"{stack}: {status}, {len(done)} of {changes} resources{at}, {span(took)} so far"


def _failures(cloudformation: Any, stack: str) -> str:
    """The first failures, oldest first."""
    events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    lines = [f"  {e['LogicalResourceId']}: {e.get('ResourceStatusReason', 'no reason given')}" for e in failed]
    return "\n".join(reversed(lines[-5:]))
