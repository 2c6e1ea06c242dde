"""What organisers may do on the desk: each kind, each place, worked out from the policies as IAM does.

The tables are written by hand. The evaluation covers the elements that these policies have, and refuses others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import pytest

from infra.package import build

Statement = dict[str, Any]
BUCKET = "arn:aws:s3:::desk"
HER, HIM = "29ea4c8d-7041-70aa-1111-000000000000", "29ea4c8d-7041-70aa-2222-000000000000"
GET, PUT, LIST, DELETE = "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:DeleteObject"
# A name for each kind of object, with an object of it. “own”: of the organiser who asks.
PLACES = {
    "inbox/kept own": f"inbox/kept/{HER}/units.csv",
    "inbox/kept own questions": f"inbox/kept/{HER}/questions.xlsx",
    "inbox/kept own rulings": f"inbox/kept/{HER}/rulings.csv",
    "inbox/kept own confirm": f"inbox/kept/{HER}/confirm-0123456789.txt",
    "inbox/kept own contest": f"inbox/kept/{HER}/contest.zip",
    "inbox/kept own switches": f"inbox/kept/{HER}/switches.csv",
    "inbox/month own": f"inbox/month/{HER}/password-resets.csv",
    "inbox/month own roster": f"inbox/month/{HER}/rosters-SO-A.xlsx",
    "inbox/month own roster of another unit": f"inbox/month/{HER}/rosters-SO-B.xlsx",
    "inbox of another": f"inbox/kept/{HIM}/units.csv",
    "inbox/month of another": f"inbox/month/{HIM}/password-resets.csv",
    "inbox of account": "inbox/kept/account/units.csv",
    "inbox elsewhere": "inbox/units.csv",
    "intake/kept own": f"intake/kept/{HER}/units.csv.v1.xlsx",
    "intake/kept of another": f"intake/kept/{HIM}/rulings.csv.v1.xlsx",
    "intake/month own": f"intake/month/{HER}/password-resets.csv.v1/password-resets.xlsx",
    "intake/month of another": f"intake/month/{HIM}/password-resets.csv.v1/password-resets.xlsx",
    "pending": "pending/0123456789/annulments.csv.xlsx",
    "pending ruling": "pending/0123456789/rulings.csv.xlsx",
    "results": "results/week-1/rev-1/individual_prizes.xlsx",
    "results manifest": "results/week-1/rev-1/manifest.json",
    "results questions": "results/week-1/rev-1/question_statistics.csv",
    "results of the unit": "results/week-1/rev-1/units/SO-A.xlsx",
    "results of another unit": "results/week-1/rev-1/units/SO-B.xlsx",
    "reference": "reference/contest/0123.json",
    "reference source": "reference/source/0123.zip",
    "reference key": "reference/data-key.json",
    "now": "now/figures.json",
    "ended": "ended/certificate.html",
    "parts": "parts/week-1/00.json",
}
RESULTS = "results; results manifest; results questions; results of the unit; results of another unit"
OWN_KEPT = (
    "inbox/kept own; inbox/kept own questions; inbox/kept own rulings; inbox/kept own confirm; "
    "inbox/kept own contest; inbox/kept own switches"
)
OWN_MONTH = "inbox/month own; inbox/month own roster; inbox/month own roster of another unit"
# Kind of organiser → what may be put, read, and below which folders listed. Nobody deletes anything.
PUTS = {
    "Organiser": f"{OWN_KEPT}; {OWN_MONTH}",
    "QuestionSetter": "inbox/kept own questions",
    "Appraiser": "inbox/kept own questions; inbox/kept own rulings; inbox/kept own confirm",
    "UnitDesk": "inbox/month own roster",
    "Auditor": "",
    "Technician": "inbox/kept own switches",
}
GETS = {
    "Organiser": (
        f"{OWN_KEPT}; {OWN_MONTH}; intake/kept own; intake/kept of another; intake/month own; pending; "
        f"pending ruling; {RESULTS}; now; ended"
    ),
    "QuestionSetter": f"{OWN_KEPT}; intake/kept own; results questions",
    "Appraiser": f"{OWN_KEPT}; intake/kept own; results questions; pending ruling",
    "UnitDesk": f"{OWN_MONTH}; intake/month own; results of the unit",
    "Auditor": f"intake/kept own; intake/kept of another; {RESULTS}; now; ended",
    "Technician": f"{OWN_KEPT}; intake/kept own; results manifest; now",
}
LISTS = {
    "Organiser": (
        f"{OWN_KEPT}; {OWN_MONTH}; intake/kept own; intake/kept of another; intake/month own; pending; "
        f"pending ruling; {RESULTS}; now; ended"
    ),
    "QuestionSetter": f"{OWN_KEPT}; intake/kept own",
    "Appraiser": f"{OWN_KEPT}; intake/kept own",
    "UnitDesk": f"{OWN_MONTH}; intake/month own",
    "Auditor": f"intake/kept own; intake/kept of another; {RESULTS}; now; ended",
    "Technician": f"{OWN_KEPT}; intake/kept own; {RESULTS}; now",
}
# Personal data in the sense of docs/privacy.md, and keys of weeks to come.
PERSONAL = (
    "inbox/month own; inbox/month of another; intake/month own; intake/month of another; pending; results; "
    "results of the unit; results of another unit; reference source"
)
ADMIN = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]


def named(told: str) -> set[str]:
    return {name for name in told.split("; ") if name}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def flat(value: Any) -> Any:
    """A part of the template as CloudFormation resolves it for these tests."""
    if isinstance(value, list):
        return [flat(one) for one in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"Fn::GetAtt"}:
        name, _ = value["Fn::GetAtt"]
        return BUCKET if name == "DeskBucket" else f"arn:aws:iam::123456789012:role/{name}"
    if value.keys() == {"Fn::Sub"}:
        told = value["Fn::Sub"].replace("${DeskBucket.Arn}", BUCKET).replace("${!", "${")
        return re.sub(r"\$\{AWS::(\w+)\}", r"\1", told)
    return {name: flat(one) for name, one in value.items()}


@dataclass(frozen=True)
class Principal:
    """Somebody who signs in: the policies of a role, and the tags of the session."""

    policies: list[Statement]
    tags: Mapping[str, str] = field(default_factory=dict)
    arn: str = "arn:aws:iam::123456789012:role/people"


@dataclass(frozen=True)
class Request:
    action: str
    resource: str
    prefix: str = ""


def filled(pattern: str, tags: Mapping[str, str]) -> str | None:
    """The pattern with its variables; None if one has no value, as then it matches nothing."""
    missing = False

    def value(found: re.Match[str]) -> str:
        nonlocal missing
        told = tags.get(found[1], found[2])
        missing = missing or told is None
        return told or ""

    text = re.sub(r"\$\{aws:PrincipalTag/(\w+)(?:, '([^']*)')?\}", value, pattern)
    assert "${" not in text, f"{pattern}: not understood"
    return None if missing else text


def matches(patterns: Any, text: str, tags: Mapping[str, str]) -> bool:
    known = [filled(pattern, tags) for pattern in as_list(patterns)]
    assert "[" not in "".join(one or "" for one in known)  # which fnmatch would take for a set
    return any(one is not None and fnmatchcase(text, one) for one in known)


def holds(conditions: Mapping[str, Any], who: Principal, request: Request) -> bool:
    def one(operator: str, key: str, wanted: Any) -> bool:
        match operator, key:
            case "Bool", "aws:SecureTransport":
                return as_list(wanted) == ["true"]
            case "ArnNotEquals", "aws:PrincipalArn":
                return who.arn not in as_list(wanted)
            case "StringLike", "s3:prefix":
                return matches(wanted, request.prefix, who.tags)
        raise AssertionError(f"{operator} of {key}: not understood")

    return all(one(operator, *item) for operator, told in conditions.items() for item in told.items())


def applies(statement: Statement, who: Principal, request: Request) -> bool:
    assert statement.keys() <= {"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"}
    assert statement.get("Principal", "*") == "*"
    if not any(fnmatchcase(request.action, action) for action in as_list(statement["Action"])):
        return False
    if "NotResource" in statement:
        concerned = not matches(statement["NotResource"], request.resource, who.tags)
    else:
        concerned = matches(statement["Resource"], request.resource, who.tags)
    return concerned and holds(statement.get("Condition", {}), who, request)


def allowed(who: Principal, request: Request, bucket_policy: list[Statement]) -> bool:
    """An explicit denial decides; else somebody has to allow it."""
    found = {
        statement["Effect"] for statement in (*who.policies, *bucket_policy) if applies(statement, who, request)
    }
    return found == {"Allow"}


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(build("prod").template.read_text(encoding="utf-8"))["Resources"]
    return found


@pytest.fixture(scope="module")
def bucket_policy(resources: dict[str, Any]) -> list[Statement]:
    told: list[Statement] = flat(resources["DeskBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"])
    return told


def organiser(resources: dict[str, Any], kind: str, **tags: str) -> Principal:
    document = flat(resources[f"{kind}Policy"]["Properties"]["PolicyDocument"])
    assert document["Version"] == "2012-10-17", "an older one knows no variables"
    return Principal(document["Statement"], tags)


def permitted(who: Principal, action: str, policy: list[Statement]) -> set[str]:
    """The places, by name, where the organiser may do this."""

    def asked() -> Iterator[tuple[str, Request]]:
        for name, key in PLACES.items():
            if action == LIST:
                yield name, Request(action, BUCKET, key.rpartition("/")[0] + "/")
            else:
                yield name, Request(action, f"{BUCKET}/{key}")

    return {name for name, request in asked() if allowed(who, request, policy)}


@pytest.mark.parametrize("kind", sorted(PUTS))
def test_a_kind_of_organiser_may_do_what_the_tables_say_and_nothing_else(
    kind: str, resources: dict[str, Any], bucket_policy: list[Statement]
) -> None:
    who = organiser(resources, kind, sub=HER, unit="SO-A")
    assert permitted(who, PUT, bucket_policy) == named(PUTS[kind])
    assert permitted(who, GET, bucket_policy) == named(GETS[kind])
    assert permitted(who, LIST, bucket_policy) == named(LISTS[kind])
    for action in (DELETE, "s3:DeleteObjectVersion", "s3:PutBucketPolicy", "s3:BypassGovernanceRetention"):
        assert permitted(who, action, bucket_policy) == set()


@pytest.mark.parametrize("kind", sorted(PUTS))
def test_without_a_number_nobody_sends_anything(
    kind: str, resources: dict[str, Any], bucket_policy: list[Statement]
) -> None:
    assert permitted(organiser(resources, kind), PUT, bucket_policy) == set()


def test_every_kind_of_organiser_is_in_the_tables(resources: dict[str, Any]) -> None:
    kinds = {name for name, item in resources.items() if item["Type"] == "AWS::IAM::ManagedPolicy"}
    assert kinds == {f"{kind}Policy" for kind in PUTS}
    assert PUTS.keys() == GETS.keys() == LISTS.keys()


def test_a_technician_a_question_setter_and_an_appraiser_see_no_personal_data() -> None:
    for kind in ("Technician", "QuestionSetter", "Appraiser"):
        assert not named(GETS[kind]) & (named(PERSONAL) - named(OWN_MONTH)), kind


def test_who_has_all_rights_in_the_account_writes_below_its_own_folder_alone(
    bucket_policy: list[Statement],
) -> None:
    assert permitted(Principal(ADMIN), PUT, bucket_policy) == {"inbox of account", "ended"}
    tagged = Principal(ADMIN, {"sub": HER})
    assert permitted(tagged, PUT, bucket_policy) == named(f"{OWN_KEPT}; {OWN_MONTH}; ended")


def test_every_function_that_writes_to_the_desk_is_let_through_and_no_other_role(
    resources: dict[str, Any], bucket_policy: list[Statement]
) -> None:
    writers = {
        name
        for name, item in resources.items()
        if item["Type"] == "AWS::IAM::Role" and "-desk-" in json.dumps(_puts(item["Properties"]))
    }
    (denial,) = [one for one in bucket_policy if one.get("Sid") == "FunctionsAloneWrite"]
    through = {arn.rpartition("/")[2] for arn in denial["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]}
    assert through == writers
    assert "CloseMachineRole" not in through


def _puts(role: dict[str, Any]) -> list[Any]:
    return [
        statement["Resource"]
        for policy in role.get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
        if "s3:PutObject" in as_list(statement["Action"])
    ]
