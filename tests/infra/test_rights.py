"""Every right of every function, written by hand: what is not in this table, nobody has given."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.package import build

POINTERS_OF_THE_API = ("pointers/contest", "pointers/data-key", "pointers/receipt-keys", "pointers/revoked")
READ_BY_PUBLISH_LIVE = (
    "live#*",
    "pointers/contest",
    "pointers/receipt-keys",
    "pointers/result-keys",
    "log",
    "week-*",
    "final",
)
# Function → where → actions there: what somebody has who takes the function over.
RIGHTS = {
    "APIHandler": {
        "ParticipantsTable": "BatchGetItem PutItem UpdateItem",
        "EntriesTable": "GetItem UpdateItem",
        f"TalliesTable where key={';'.join(POINTERS_OF_THE_API)}": "GetItem",
        "TalliesTable where key=pointers/receipt-keys;pointers/revoked": "PutItem",
        "desk/reference/contest/*": "GetObject",
        "desk/reference/listed/*": "GetObject",
        "desk/inbox/month/provider-*/releases.csv": "PutObject",
        "PepperSecret": "GetSecretValue",
        "EntrySecret": "GetSecretValue",
        "TokenSecret": "GetSecretValue",
        "ReceiptSecret": "GetSecretValue",
        "ProviderSecret": "GetSecretValue",
        "PersonalDataKey where purpose=participants": "Decrypt",
        "log api": "CreateLogStream PutLogEvents",
    },
    "CloseWeeks": {
        "EntriesTable": "Query",
        "ParticipantsTable": "BatchGetItem Scan",
        "TalliesTable": "GetItem PutItem",
        "TalliesTable where key=site": "UpdateItem",
        "desk": "ListBucket ListBucketVersions",
        "desk/reference/*": "GetObject GetObjectVersion PutObject",
        "desk/results/*": "AbortMultipartUpload GetObject GetObjectVersion PutObject PutObjectRetention",
        "desk/reference/contest/*": "PutObjectRetention",
        "desk/parts/*": "AbortMultipartUpload GetObject GetObjectVersion PutObject",
        "desk/log/batch/*": "GetObject",
        "desk/log/pending/*": "PutObject",
        "site": "ListBucket ListBucketVersions",
        "site/data/*": "AbortMultipartUpload GetObject GetObjectVersion PutObject",
        "never: site/data/log/*": "PutObject",
        "EntrySecret": "GetSecretValue",
        "ResultSecret": "GetSecretValue",
        "PersonalDataKey where purpose=participants": "Decrypt",
        "log close-*": "CreateLogStream PutLogEvents",
    },
    "Intake": {
        "ParticipantsTable": "BatchGetItem UpdateItem",
        "EntriesTable": "GetItem Query UpdateItem",
        "TalliesTable": "GetItem",
        "TalliesTable where key=pointers/*": "PutItem",
        "TalliesTable where key=site": "UpdateItem",
        "desk": "ListBucket ListBucketVersions",
        "function read-file": "InvokeFunction",
        "desk/read/*": "GetObject",
        "desk/reference/*": "GetObject GetObjectVersion PutObject",
        "desk/reference/contest/*": "PutObjectRetention",
        "desk/intake/*": "GetObject PutObject",
        "desk/pending/*": "GetObject GetObjectVersion PutObject",
        "desk/results/*": "GetObject",
        "desk/parts/*": "GetObject",
        "site": "ListBucket ListBucketVersions",
        "site/data/*": "PutObject",
        "never: site/data/log/*": "PutObject",
        "PepperSecret": "GetSecretValue",
        "EntrySecret": "GetSecretValue",
        "PersonalDataKey where purpose=participants": "Decrypt GenerateDataKeyWithoutPlaintext",
        "AlarmTopic": "Publish",
        "log intake": "CreateLogStream PutLogEvents",
    },
    "Visit": {
        "log visit": "CreateLogStream PutLogEvents",
    },
    "ReadFile": {
        "desk/inbox/*": "GetObject GetObjectVersion",
        "desk/read/*": "PutObject",
        "log read-file": "CreateLogStream PutLogEvents",
    },
    "Tally": {
        "EntriesTable/stream": "DescribeStream GetRecords GetShardIterator",
        "EntriesTable/stream/*": "ListStreams",
        "TalliesTable where key=live#*": "GetItem PutItem",
        "TalliesTable where key=pointers/contest": "GetItem",
        "desk/reference/contest/*": "GetObject",
        "desk/log/pending/*": "PutObject",
        "EntrySecret": "GetSecretValue",
        "AlarmTopic": "Publish",
        "log tally": "CreateLogStream PutLogEvents",
    },
    "PublishLive": {
        f"TalliesTable where key={';'.join(READ_BY_PUBLISH_LIVE)}": "GetItem",
        "TalliesTable where key=log": "PutItem",
        "TalliesTable where key=site": "GetItem UpdateItem",
        "desk": "ListBucket ListBucketVersions",
        "desk/reference/contest/*": "GetObject GetObjectVersion PutObject",
        "desk/reference/listed/*": "GetObject GetObjectVersion PutObject",
        "desk/log/pending/*": "DeleteObject",
        "desk/log/*": "GetObject PutObject",
        "desk/log/staged/*": "DeleteObject",
        "LogSecret": "GetSecretValue",
        "site": "ListBucket ListBucketVersions",
        "site/data/*": "GetObject GetObjectVersion PutObject",
        "log publish-live": "CreateLogStream PutLogEvents",
    },
}
RIGHTS["CloseByShares"] = RIGHTS["CloseWeeks"]
_CONDITIONS = {
    "kms:EncryptionContext:purpose": "purpose",
    "dynamodb:LeadingKeys": "key",
}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def where(resource: dict[str, Any]) -> str:
    """A resource as the table names it."""
    if "Ref" in resource:
        return str(resource["Ref"])
    if "Fn::GetAtt" in resource:
        name, of = resource["Fn::GetAtt"]
        return f"{name}/stream" if of == "StreamArn" else str(name)
    told = resource["Fn::Sub"]
    bucket = re.fullmatch(
        r"arn:.*:s3:::\$\{AWS::StackName\}-(\w+)-\$\{AWS::AccountId\}-\$\{AWS::Region\}(.*)", told
    )
    log = re.fullmatch(r"arn:.*:log-group:/aws/lambda/\$\{AWS::StackName\}-([a-z*-]+):\*", told)
    function = re.fullmatch(r"arn:.*:function:\$\{AWS::StackName\}-([a-z-]+)", told)
    if bucket:
        return bucket[1] + bucket[2]
    if function:
        return f"function {function[1]}"
    return f"log {log[1]}" if log else re.sub(r"\$\{(\w+)\.Arn\}", r"\1", told)


def condition(statement: dict[str, Any]) -> str:
    told = statement.get("Condition", {})
    told = told["Fn::If"][2] if "Fn::If" in told else told  # what is left out on the local AWS alone
    named = [(key, value) for operator in told.values() for key, value in operator.items()]
    return "".join(f" where {_CONDITIONS[key]}={';'.join(as_list(value))}" for key, value in named)


def rights_of(role: dict[str, Any]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    assert "ManagedPolicyArns" not in role
    for policy in role["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            never = "" if statement["Effect"] == "Allow" else "never: "
            for resource in as_list(statement["Resource"]):
                actions = {action.partition(":")[2] for action in as_list(statement["Action"])}
                found.setdefault(never + where(resource) + condition(statement), set()).update(actions)
    return {place: " ".join(sorted(actions)) for place, actions in found.items()}


@pytest.fixture(scope="module")
def rights() -> dict[str, dict[str, str]]:
    """Of each function, by the role in the packaged template of prod."""
    resources = json.loads(build("prod").template.read_text(encoding="utf-8"))["Resources"]
    functions = {
        name: item["Properties"]["Role"]["Fn::GetAtt"][0]
        for name, item in resources.items()
        if item["Type"] == "AWS::Serverless::Function"
    }
    return {name: rights_of(resources[role]["Properties"]) for name, role in functions.items()}


@pytest.mark.parametrize("function", sorted(RIGHTS))
def test_a_function_has_the_rights_in_the_table_and_no_other(
    function: str, rights: dict[str, dict[str, str]]
) -> None:
    assert rights[function] == RIGHTS[function]


def test_every_function_is_in_the_table(rights: dict[str, dict[str, str]]) -> None:
    assert rights.keys() == RIGHTS.keys()


def test_what_meets_strange_files_has_nothing_to_steal(rights: dict[str, dict[str, str]]) -> None:
    places = [place for place in rights["ReadFile"] if not place.startswith("log ")]
    assert all(place.startswith("desk/") for place in places)  # no secret, no key, no table, no page
    readers = {name for name, places in rights.items() if "desk/inbox/*" in places}
    assert readers == {"ReadFile"}


def test_the_api_cannot_list_the_desk(rights: dict[str, dict[str, str]]) -> None:
    assert not [place for place, actions in rights["APIHandler"].items() if "List" in actions]


def test_who_may_read_a_secret_is_few(rights: dict[str, dict[str, str]]) -> None:
    readers: dict[str, set[str]] = {}
    for function, places in rights.items():
        for place in places:
            if place.endswith("Secret"):
                readers.setdefault(place, set()).add(function)
    assert readers["ReceiptSecret"] == readers["TokenSecret"] == readers["ProviderSecret"] == {"APIHandler"}
    assert readers["ResultSecret"] == {"CloseWeeks", "CloseByShares"}
    assert readers["PepperSecret"] == {"APIHandler", "Intake"}
