"""CloudFormation with an account behind it, as documented, as far as `infra/cloudformation.py` asks for it.

Rules of the user guide and the API reference of CloudFormation, read 2026-11-29, never compared with AWS:
- a failed creation is rolled back, and its stack can only be deleted;
- `DeletionPolicy: Retain` keeps a resource even then, `RetainExceptOnCreate` except in the operation that made
  it;
- a stack with a resource that cannot be deleted ends as ROLLBACK_FAILED or DELETE_FAILED, and only the latter
  takes `RetainResources`;
- a resource whose name is taken fails, unless the change set imports it, for which the name must be literal and
  the policy one of the two;
- the triggers of a rollback stay for later updates, unless a list is given.
A new account refuses functions above 3,008 MB.
"""

from __future__ import annotations

import io
import itertools
import json
import re
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

ACCOUNT, REGION = "123456789012", "ap-southeast-1"
# The property that is a resource's name, by type; `unique` in the whole account for all regions.
NAMES = {
    "AWS::S3::Bucket": ["BucketName"],
    "AWS::DynamoDB::Table": ["TableName"],
    "AWS::Logs::LogGroup": ["LogGroupName"],
    "AWS::Serverless::Function": ["FunctionName"],
    "AWS::StepFunctions::StateMachine": ["StateMachineName"],
    "AWS::CloudTrail::Trail": ["TrailName"],
    "AWS::SNS::Topic": ["TopicName"],
    "AWS::CloudFront::OriginAccessControl": ["OriginAccessControlConfig", "Name"],
    "AWS::CloudFront::CachePolicy": ["CachePolicyConfig", "Name"],
    "AWS::CloudFront::ResponseHeadersPolicy": ["ResponseHeadersPolicyConfig", "Name"],
}
GLOBAL = ("AWS::CloudFront::", "AWS::S3::")
IMPORTED = {"AWS::S3::Bucket", "AWS::DynamoDB::Table"}
Name = tuple[str, str, str]


@dataclass
class Account:
    """What exists, by type, region and name, and what the account refuses."""

    largest_function: int = 3008
    refuses: set[str] = field(default_factory=set)  # types, as a new account's CloudFront
    full: set[str] = field(default_factory=set)  # names of buckets that are not empty
    there: dict[Name, str] = field(default_factory=dict)  # the stack it belongs to, "" for none
    protected: set[Name] = field(default_factory=set)


@dataclass
class Made:
    type: str
    policy: str
    name: Name | None
    status: str = "CREATE_COMPLETE"


@dataclass
class Stack:
    status: str
    parameters: dict[str, str] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    events: list[dict[str, str]] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    template: dict[str, Any] = field(default_factory=dict)
    triggers: dict[str, Any] = field(default_factory=dict)


class CloudFormation:
    """The client. ``s3`` holds the templates; ``region`` where it is."""

    def __init__(self, account: Account, s3: Objects, region: str = REGION) -> None:
        self.account, self.s3, self.region = account, s3, region
        self.stacks: dict[str, Stack] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []

    # ---- what is asked ----

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        stack = self.stacks.get(StackName)
        if stack is None:
            raise refusal("ValidationError", f"Stack with id {StackName} does not exist")
        parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in stack.parameters.items()]
        outputs = [{"OutputKey": key, "OutputValue": value} for key, value in stack.outputs.items()]
        return {"Stacks": [{"StackStatus": stack.status, "Parameters": parameters, "Outputs": outputs}]}

    def describe_stack_events(self, StackName: str) -> dict[str, Any]:  # noqa: N803
        return {"StackEvents": self.stacks[StackName].events[::-1]}

    def get_paginator(self, name: str) -> Any:
        def paginate(StackName: str) -> list[dict[str, Any]]:  # noqa: N803
            if name == "describe_stack_events":
                return [self.describe_stack_events(StackName)]
            rows = self.stacks[StackName].made.items()
            found = [{"LogicalResourceId": key, "ResourceStatus": made.status} for key, made in rows]
            return [{"StackResourceSummaries": found}]

        return SimpleNamespace(paginate=paginate)

    # ---- what is done ----

    def create_change_set(self, **given: Any) -> None:
        self.calls.append(("create_change_set", given))
        name, kind = given["StackName"], given["ChangeSetType"]
        stack = self.stacks.get(name)
        if kind == "CREATE":
            if stack and stack.status != "REVIEW_IN_PROGRESS":
                raise refusal("AlreadyExistsException", f"Stack [{name}] already exists")
            stack = self.stacks.setdefault(name, Stack("REVIEW_IN_PROGRESS"))
        elif stack is None or stack.status not in {
            "CREATE_COMPLETE",
            "UPDATE_COMPLETE",
            "UPDATE_ROLLBACK_COMPLETE",
        }:
            raise refusal("ValidationError", f"Stack [{name}] cannot be updated as it is")
        stack.changes[given["ChangeSetName"]] = given

    def describe_change_set(self, StackName: str, ChangeSetName: str) -> dict[str, Any]:  # noqa: N803
        return {"Status": "CREATE_COMPLETE", "Changes": [1]}

    def execute_change_set(self, StackName: str, ChangeSetName: str) -> None:  # noqa: N803
        stack = self.stacks[StackName]
        given = stack.changes.pop(ChangeSetName)
        template = json.loads(self.s3.at(given["TemplateURL"]))
        parameters = {name: str(one.get("Default", "")) for name, one in template["Parameters"].items()}
        for one in given["Parameters"]:
            kept = one.get("UsePreviousValue")
            parameters[one["ParameterKey"]] = (
                stack.parameters[one["ParameterKey"]] if kept else one["ParameterValue"]
            )
        creates = stack.status == "REVIEW_IN_PROGRESS"
        resolve = Resolver(template, parameters, StackName, self.region)
        fresh: dict[str, Made] = {}
        failed = False
        for logical, resource in template["Resources"].items():
            if logical in stack.made or not resolve.condition(resource.get("Condition")):
                continue
            made = Made(
                resource["Type"], resource.get("DeletionPolicy", "Delete"), self._name(resource, resolve)
            )
            why = self._refused(
                resource, made, resolve, StackName, imports=given.get("ImportExistingResources")
            )
            if why:
                stack.events.append(_event(logical, "CREATE_FAILED", why))
                failed = True
                break
            fresh[logical] = made
            stack.events.append(_event(logical, "CREATE_COMPLETE", ""))
        if not failed:
            stack.made |= fresh
            stack.parameters, stack.template = parameters, template
            stack.triggers = given.get("RollbackConfiguration", stack.triggers)
            plain = {name: one["Value"] for name, one in template["Outputs"].items()}
            stack.outputs |= {name: value for name, value in plain.items() if isinstance(value, str)}
            stack.status = "CREATE_COMPLETE" if creates else "UPDATE_COMPLETE"
            return
        left = self._undo(fresh)
        if creates:
            stack.made = left
            stack.status = "ROLLBACK_FAILED" if left else "ROLLBACK_COMPLETE"
        else:
            stack.status = "UPDATE_ROLLBACK_COMPLETE"

    def delete_change_set(self, **_: Any) -> None: ...

    def delete_stack(self, StackName: str, RetainResources: list[str] | None = None) -> None:  # noqa: N803
        self.calls.append(("delete_stack", {"RetainResources": RetainResources}))
        stack = self.stacks[StackName]
        if RetainResources is not None and stack.status != "DELETE_FAILED":
            raise refusal("ValidationError", "RetainResources only for stacks in DELETE_FAILED")
        for logical in list(stack.made):
            made = stack.made.pop(logical)
            if made.policy != "Delete" or logical in (RetainResources or []):
                if made.name:
                    self.account.there[made.name] = ""
            elif not self._delete(made):
                stack.made[logical] = made
                made.status = "DELETE_FAILED"
        if stack.made:
            stack.status = "DELETE_FAILED"
        else:
            del self.stacks[StackName]

    def continue_update_rollback(self, StackName: str) -> None:  # noqa: N803
        self.stacks[StackName].status = "UPDATE_ROLLBACK_COMPLETE"

    # ---- the account ----

    def _name(self, resource: dict[str, Any], resolve: Resolver) -> Name | None:
        value: Any = resource.get("Properties", {})
        for key in NAMES.get(resource["Type"], ["-"]):
            value = value.get(key) if isinstance(value, dict) else None
        if value is None:
            return None
        where = "" if resource["Type"].startswith(GLOBAL) else self.region
        return resource["Type"], where, str(resolve(value))

    def _refused(
        self, resource: dict[str, Any], made: Made, resolve: Resolver, stack: str, *, imports: Any
    ) -> str:
        if made.type in self.account.refuses:
            return "Access denied: your account must be verified before you can add new resources."
        memory = resolve(resource.get("Properties", {}).get("MemorySize", 128))
        if made.type == "AWS::Serverless::Function" and int(memory) > self.account.largest_function:
            return f"'MemorySize' value failed to satisfy constraint: at most {self.account.largest_function}"
        if made.name and made.name in self.account.there:
            literal = isinstance(resource["Properties"].get(NAMES[made.type][0]), str)
            free = self.account.there[made.name] == "" and made.policy in {"Retain", "RetainExceptOnCreate"}
            if not (imports and literal and free and made.type in IMPORTED):
                return f"{made.name[2]} already exists"
        if made.name:
            self.account.there[made.name] = stack
            if resolve(resource["Properties"].get("DeletionProtectionEnabled", False)):
                self.account.protected.add(made.name)
        return ""

    def _undo(self, fresh: dict[str, Made]) -> dict[str, Made]:
        """What the rollback could not delete."""
        left = {}
        for logical, made in reversed(fresh.items()):
            if made.policy == "Retain":
                if made.name:
                    self.account.there[made.name] = ""
            elif not self._delete(made):
                made.status = "DELETE_FAILED"
                left[logical] = made
        return left

    def _delete(self, made: Made) -> bool:
        if made.name and (made.name in self.account.protected or made.name[2] in self.account.full):
            return False
        if made.name:
            self.account.there.pop(made.name, None)
        return True


class Resolver:
    """The functions of a template, for names, sizes and conditions; what else they name is left as it is."""

    def __init__(self, template: dict[str, Any], parameters: dict[str, str], stack: str, region: str) -> None:
        self.conditions, self.values = template["Conditions"], dict(parameters)
        self.mappings = template.get("Mappings", {})
        self.values |= {
            "AWS::StackName": stack,
            "AWS::AccountId": ACCOUNT,
            "AWS::Region": region,
            "AWS::Partition": "aws",
        }

    def condition(self, name: str | None) -> bool:
        return name is None or bool(self(self.conditions[name]))

    def __call__(self, value: Any) -> Any:  # noqa: PLR0911  one for each function
        if not isinstance(value, dict):
            return value
        (key, given), *_ = value.items()
        if key == "Ref":
            return self.values.get(given, given)
        if key == "Condition":
            return self.condition(given)
        if key == "Fn::Sub":
            return re.sub(r"\$\{([\w:.]+)\}", lambda found: str(self.values.get(found[1], found[1])), given)
        if key == "Fn::FindInMap":
            first, *path = (self(one) for one in given)
            for step in path:
                first = (self.mappings[first] if isinstance(first, str) else first)[step]
            return first
        if key == "Fn::If":
            return self(given[1 if self.condition(given[0]) else 2])
        if key == "Fn::Equals":
            return str(self(given[0])) == str(self(given[1]))
        if key == "Fn::Not":
            return not self(given[0])
        if key == "Fn::And":
            return all(map(self, given))
        if key == "Fn::Or":
            return any(map(self, given))
        return value


class Objects:
    """As much of S3 as a deployment needs."""

    class exceptions:  # noqa: N801  as in botocore
        class BucketAlreadyOwnedByYou(Exception): ...

    def __init__(self, region: str = REGION) -> None:
        self.meta = SimpleNamespace(region_name=region, endpoint_url="https://s3.test")
        self.objects: dict[tuple[str, str], bytes] = {}

    def create_bucket(self, **_: Any) -> None: ...

    def put_public_access_block(self, **_: Any) -> None: ...

    def head_object(self, Bucket: str, Key: str) -> None:  # noqa: N803
        if (Bucket, Key) not in self.objects:
            raise refusal("404", "Not Found")

    def put_object(self, Bucket: str, Key: str, Body: bytes) -> None:  # noqa: N803
        self.objects[Bucket, Key] = Body

    def get_object(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        return {"Body": io.BytesIO(self.objects[Bucket, Key])}

    def at(self, url: str) -> bytes:
        bucket, _, key = url.removeprefix("https://s3.test/").partition("/")
        return self.objects[bucket, key]


_numbers = itertools.count()


def _event(logical: str, status: str, why: str) -> dict[str, str]:
    event = {"EventId": str(next(_numbers)), "LogicalResourceId": logical, "ResourceStatus": status}
    return {**event, "ResourceStatusReason": why}


def refusal(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")
