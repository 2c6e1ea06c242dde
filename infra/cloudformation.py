"""Deploys a package as a CloudFormation stack by change set, in the same way to the cloud and the local AWS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from botocore.exceptions import ClientError

from infra.package import Package
from infra.progress import interval, say_aside, span
from infra.template import with_code

Client = Callable[[str], Any]
Outputs = dict[str, str]

_UNCHANGED = ("didn't contain changes", "No updates are to be performed")
_GOOD = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"}


class DeploymentFailed(Exception):
    """The stack does not match the package; the message names the resources that CloudFormation refused."""


def deploy(
    client: Client, stack: str, package: Package, parameters: dict[str, str], pause: float = 5.0
) -> Outputs:
    """Deploys ``package`` as ``stack`` and returns the stack's outputs.

    ``client`` makes a boto3 client for a service name; ``pause`` is the number of seconds between two looks.
    Raises ``DeploymentFailed``.
    """
    bucket = _deploy_bucket(client)
    s3, cloudformation = client("s3"), client("cloudformation")
    code = f"code/{package.sha256}.zip"
    _put_once(s3, bucket, code, package.archive.read_bytes())
    template = json.loads(package.template.read_text(encoding="utf-8"))
    body = json.dumps(with_code(template, bucket, code), ensure_ascii=False).encode()
    key = f"templates/{sha256(body).hexdigest()}.json"
    _put_once(s3, bucket, key, body)

    kind = _prepare(cloudformation, stack, pause)
    name = f"change-{time.time_ns()}"
    given = {"CodeVersion": package.code_version, **parameters}
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType=kind,
        TemplateURL=f"{_endpoint(s3)}/{bucket}/{key}",
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=_parameters(cloudformation, stack, set(template["Parameters"]), given),
    )
    if _wait_for_change_set(cloudformation, stack, name, pause):
        changes = _changes(cloudformation, stack, name)
        since = _latest_event(cloudformation, stack)
        cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
        _wait_for_stack(cloudformation, stack, pause, changes, since)
    else:
        cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
    return outputs(cloudformation, stack)


def _parameters(
    cloudformation: Any, stack: str, known: set[str], given: dict[str, str]
) -> list[dict[str, Any]]:
    """Parameters not given stay as the stack has them: a deployment without AlarmEmail removes nobody."""
    there = _exists(cloudformation, stack)
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"] if there else []
    before = {parameter["ParameterKey"] for found in described for parameter in found.get("Parameters", [])}
    kept = [{"ParameterKey": name, "UsePreviousValue": True} for name in sorted(known & before - set(given))]
    return kept + [{"ParameterKey": n, "ParameterValue": value} for n, value in given.items() if n in known]


def outputs(cloudformation: Any, stack: str) -> Outputs:
    """The stack's outputs by name."""
    described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def _deploy_bucket(client: Client) -> str:
    """A private bucket for code and templates: the template is too large to be sent in the request."""
    s3 = client("s3")
    region = s3.meta.region_name
    bucket = f"cuoc-thi-deploy-{client('sts').get_caller_identity()['Account']}-{region}"
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
    """Says whether to create or update the stack. Deletes one whose creation failed: it is in the way."""
    try:
        status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return "CREATE"
    if status == "REVIEW_IN_PROGRESS":
        return "CREATE"
    if status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}:
        cloudformation.delete_stack(StackName=stack)
        while _exists(cloudformation, stack):
            time.sleep(pause)
        return "CREATE"
    return "UPDATE"


def _exists(cloudformation: Any, stack: str) -> bool:
    try:
        status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    except ClientError:
        return False
    if status == "DELETE_FAILED":
        raise DeploymentFailed(f"{stack}: what is left of an earlier attempt cannot be deleted")
    return bool(status != "DELETE_COMPLETE")


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
