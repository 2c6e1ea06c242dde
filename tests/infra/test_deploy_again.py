"""A deployment into a new account, again after each failure, for the tenth time, beside another contest.

Played on a fake of CloudFormation's documented rules with the template of prod; real AWS was not at hand.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from chalicelib.documents.contest_in_force import KEY as CURRENT
from infra.aside import ASIDE
from infra.cloudformation import DeploymentFailed, deploy, go_back, state
from infra.package import Package, build
from infra.stage import stack_name
from infra.template import ROLLED_BACK_BY
from tests.fake_cloud import ACCOUNT, Account, CloudFormation, Made, Objects, Stack

PROD = {"StageName": "prod", "AlarmEmail": "a@b.vn"}


class Tables:
    """The items of `tallies`, once there is such a table."""

    class exceptions:  # noqa: N801  as in botocore
        class ResourceNotFoundException(Exception): ...

    def __init__(self) -> None:
        self.items: dict[str, Any] | None = None

    def get_item(self, TableName: str, Key: Any, **_: Any) -> Any:  # noqa: N803
        assert TableName.endswith("-tallies")
        if self.items is None:
            raise self.exceptions.ResourceNotFoundException
        item = self.items.get(Key["id"]["S"])
        return {"Item": item} if item else {}

    def put_item(self, TableName: str, Item: Any) -> None:  # noqa: N803
        assert self.items is not None
        self.items[Item["id"]["S"]] = Item

    def delete_item(self, TableName: str, Key: Any) -> None:  # noqa: N803
        assert self.items is not None
        del self.items[Key["id"]["S"]]


class Cloud:
    """An account with CloudFormation in one region."""

    def __init__(self, account: Account | None = None, region: str = "ap-southeast-1") -> None:
        self.account = account or Account()
        self.s3 = Objects(region)
        self.alarms = dict.fromkeys(ROLLED_BACK_BY, "OK")
        self.stacks = CloudFormation(self.account, self.s3, region)
        self.tables = Tables()

    def client(self, service: str) -> Any:
        if service == "sts":
            return type("Sts", (), {"get_caller_identity": lambda self: {"Account": ACCOUNT}})()
        if service == "dynamodb":
            return self.tables
        return {"s3": self.s3, "cloudformation": self.stacks, "cloudwatch": self}[service]

    def describe_alarms(self, AlarmNames: list[str]) -> Any:  # noqa: N803
        found = [{"AlarmArn": f"arn:alarm:{name}", "StateValue": self.alarms[name]} for name in AlarmNames]
        return {"MetricAlarms": found}

    def template(self) -> dict[str, Any]:
        """The one that was deployed last."""
        _, given = next(call for call in reversed(self.stacks.calls) if call[0] == "create_change_set")
        found: dict[str, Any] = json.loads(self.s3.at(given["TemplateURL"]))
        return found

    def deploy(self, package: Package, stack: str = "cuoc-thi-prod", **parameters: str) -> None:
        deploy(self.client, stack, package, {**PROD, **parameters}, pause=0)

    def names(self, kind: str) -> set[str]:
        return {name for of, _, name in self.account.there if of == kind}


@pytest.fixture(scope="module")
def package() -> Package:
    return build("prod")


def test_a_new_account_takes_the_stack_at_once_and_ten_times(package: Package) -> None:
    cloud = Cloud()
    for _ in range(10):
        cloud.deploy(package)
    assert cloud.stacks.stacks["cuoc-thi-prod"].status == "UPDATE_COMPLETE"
    assert cloud.names("AWS::DynamoDB::Table") == {
        f"cuoc-thi-prod-{name}" for name in ("participants", "entries", "tallies")
    }


def test_the_large_function_is_made_only_where_it_closes(package: Package) -> None:
    cloud = Cloud()
    with pytest.raises(DeploymentFailed, match="CloseByShares: 'MemorySize'"):
        cloud.deploy(package, CloseBy="shares")
    Cloud(Account(largest_function=10_240)).deploy(package, CloseBy="shares")
    cloud.deploy(package, CloseBy="function")  # the account that refused it takes the stack without


@pytest.mark.parametrize("full", [False, True], ids=["empty buckets", "the trail has written"])
def test_a_creation_that_failed_anywhere_can_be_tried_again(package: Package, *, full: bool) -> None:
    types = {
        one["Type"] for one in json.loads(package.template.read_text(encoding="utf-8"))["Resources"].values()
    }
    for refused in sorted(types):
        cloud = Cloud(Account(refuses={refused}))
        if full:
            cloud.account.full = {
                f"cuoc-thi-prod-{name}-{ACCOUNT}-ap-southeast-1" for name in ("trail", "logs", "desk", "site")
            }
        for _ in range(2):
            with pytest.raises(DeploymentFailed, match="verified"):
                cloud.deploy(package)
        cloud.account.refuses = set()
        cloud.deploy(package)
        assert cloud.stacks.stacks["cuoc-thi-prod"].status == "CREATE_COMPLETE", refused
        cloud.deploy(package)


def test_a_stack_deleted_by_mistake_is_made_again_around_its_tables_and_buckets(package: Package) -> None:
    cloud = Cloud()
    cloud.deploy(package)
    cloud.stacks.delete_stack("cuoc-thi-prod")
    kept = set(cloud.account.there)
    assert {kind for kind, _, _ in kept} == {"AWS::DynamoDB::Table", "AWS::S3::Bucket"}
    cloud.deploy(package)
    assert {cloud.account.there[name] for name in kept} == {"cuoc-thi-prod"}


def test_two_contests_and_two_regions_share_an_account(
    package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account()
    monkeypatch.setenv("CONTEST_NAME", "hue2027")
    Cloud(account).deploy(package)
    Cloud(account).deploy(package, stack_name("prod"))
    Cloud(account, "ap-southeast-7").deploy(package)
    assert stack_name("prod") == "cuoc-thi-hue2027-prod"


@pytest.mark.parametrize("name", ["Huế", "hue-2027", "2027", "a" * 15, "prod"])
def test_a_name_that_cannot_be_part_of_a_buckets_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTEST_NAME", name)
    with pytest.raises(SystemExit, match="CONTEST_NAME="):
        stack_name("prod")


def test_the_longest_bucket_name_is_legal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTEST_NAME", "a" * 14)
    assert len(f"{stack_name('prod')}-trail-{ACCOUNT}-ap-southeast-1") <= 63


@pytest.mark.parametrize(
    "status", ["UPDATE_ROLLBACK_FAILED", "DELETE_FAILED", "CREATE_FAILED", "ROLLBACK_FAILED"]
)
def test_a_stack_that_is_stuck_is_brought_out_of_it(status: str, package: Package) -> None:
    cloud = Cloud()
    name = ("AWS::S3::Bucket", "", f"cuoc-thi-prod-desk-{ACCOUNT}-ap-southeast-1")
    made = Made("AWS::S3::Bucket", "RetainExceptOnCreate", name, status="DELETE_FAILED")
    cloud.account.there[name] = "cuoc-thi-prod"
    cloud.account.full.add(name[2])
    cloud.stacks.stacks["cuoc-thi-prod"] = Stack(status, made={"DeskBucket": made})
    cloud.deploy(package)
    assert cloud.stacks.stacks["cuoc-thi-prod"].status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}
    assert cloud.account.there[name] == "cuoc-thi-prod"


def test_a_parameter_that_is_not_given_stays_and_a_failed_creation_leaves_none(package: Package) -> None:
    cloud = Cloud(Account(refuses={"AWS::CloudFront::Distribution"}))
    with pytest.raises(DeploymentFailed):
        cloud.deploy(package, SiteDomain="thi.nghean.vn", CertificateArn="arn:x")
    cloud.account.refuses = set()
    cloud.deploy(package, SiteDomain="thi.nghean.vn", CertificateArn="arn:x")
    cloud.deploy(package)
    assert cloud.stacks.stacks["cuoc-thi-prod"].parameters["SiteDomain"] == "thi.nghean.vn"


def test_an_alarm_undoes_a_deployment_unless_it_sounds_before(package: Package) -> None:
    cloud = Cloud()
    cloud.deploy(package)
    stack = cloud.stacks.stacks["cuoc-thi-prod"]
    stack.outputs["RollbackAlarms"] = ",".join(f"arn:alarm:{name}" for name in ROLLED_BACK_BY)
    cloud.alarms["ApiLatencyAlarm"] = "ALARM"
    cloud.deploy(package)
    first, second = (given.get("RollbackConfiguration") for _, given in cloud.stacks.calls)
    assert first is None  # there is nothing yet that could sound
    assert [one["Arn"] for one in second["RollbackTriggers"]] == [
        "arn:alarm:ApiErrorsAlarm",
        "arn:alarm:ApiServerErrorsAlarm",
    ]
    assert second["MonitoringTimeInMinutes"] == 5


def transformed(template: dict[str, Any], values: dict[str, str]) -> dict[str, Any]:
    """The resources that CloudFormation's transform makes of it, by AWS's own translator."""
    defaults = {name: one.get("Default", "") for name, one in template["Parameters"].items()}
    session = boto3.Session(region_name="ap-southeast-1")
    made: dict[str, Any] = Translator({}, Parser(), boto_session=session).translate(template, defaults | values)
    found: dict[str, Any] = made["Resources"]
    return found


def version(resources: dict[str, Any]) -> str:
    (name,) = [name for name, one in resources.items() if one["Type"] == "AWS::Lambda::Version"]
    assert resources["APIHandlerAliaslive"]["Properties"]["FunctionVersion"] == {
        "Fn::GetAtt": [name, "Version"]
    }
    return name


def test_the_api_goes_over_by_a_tenth_and_a_changed_setting_reaches_it(package: Package) -> None:
    cloud = Cloud()
    cloud.deploy(package)
    first = transformed(cloud.template(), PROD)
    group = first["APIHandlerDeploymentGroup"]["Properties"]
    assert group["DeploymentConfigName"]["Fn::Sub"][1] == {"ConfigName": "Canary10Percent5Minutes"}
    assert [one["Name"]["Ref"] for one in group["AlarmConfiguration"]["Alarms"]] == list(ROLLED_BACK_BY)
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
    assert "CodeDeployLambdaAliasUpdate" in first["APIHandlerAliaslive"]["UpdatePolicy"]

    cloud.deploy(package)
    assert version(transformed(cloud.template(), PROD)) == version(first)
    cloud.deploy(package, SaveAfterSeconds="60")
    slower = version(transformed(cloud.template(), {**PROD, "SaveAfterSeconds": "60"}))
    assert slower != version(first)
    cloud.deploy(package)  # what is not given stays
    assert version(transformed(cloud.template(), {**PROD, "SaveAfterSeconds": "60"})) == slower


def test_the_gateway_calls_the_alias_and_may(package: Package) -> None:
    resources = json.loads(package.template.read_text(encoding="utf-8"))["Resources"]
    body = json.dumps(resources["RestAPI"]["Properties"]["DefinitionBody"])
    assert "${APIHandler.Arn}" not in body
    assert body.count("functions/${APIHandlerAliaslive}/invocations") == body.count(
        "x-amazon-apigateway-integration"
    )
    allowed = resources["APIHandlerInvokePermission"]["Properties"]
    assert allowed["FunctionName"] == {"Ref": "APIHandlerAliaslive"}


def test_a_stack_over_the_data_of_a_deleted_one_does_nothing_before_it_has_the_old_secrets(
    package: Package,
) -> None:
    cloud = Cloud()
    cloud.deploy(package)
    contest = {"id": {"S": CURRENT}, "value": {"B": b"the contest"}}
    cloud.tables.items = {CURRENT: contest}
    cloud.deploy(package, SaveAfterSeconds="60")
    assert cloud.tables.items == {CURRENT: contest}, "an update touches nothing"
    cloud.stacks.delete_stack("cuoc-thi-prod")
    cloud.deploy(package)
    assert cloud.tables.items == {ASIDE: {**contest, "id": {"S": ASIDE}}}


def another(package: Package, folder: Path) -> Package:
    """The same with other code, more memory and a parameter that nobody knew."""
    template = json.loads(package.template.read_text(encoding="utf-8"))
    template["Resources"]["CloseWeeks"]["Properties"]["MemorySize"] = 2048
    template["Parameters"]["Unknown"] = {"Type": "String", "Default": "x"}
    (folder / "template.json").write_text(json.dumps(template), encoding="utf-8")
    for name in ("code.zip", "api.zip"):
        (folder / name).write_bytes(name.encode())
    return replace(
        package,
        template=folder / "template.json",
        archive=folder / "code.zip",
        api=folder / "api.zip",
    )


def test_going_back_restores_code_settings_and_parameters_of_every_function_at_once(
    package: Package, tmp_path: Path
) -> None:
    cloud = Cloud()
    cloud.deploy(package, SaveAfterSeconds="60")
    stack = cloud.stacks.stacks["cuoc-thi-prod"]
    stack.outputs["RollbackAlarms"] = ",".join(f"arn:alarm:{name}" for name in ROLLED_BACK_BY)
    template, parameters = stack.template, stack.parameters
    before = state(cloud.client, "cuoc-thi-prod")
    assert before is not None
    cloud.deploy(another(package, tmp_path), SaveAfterSeconds="120")
    assert stack.triggers["RollbackTriggers"]
    assert stack.parameters["Unknown"] == "x"

    go_back(cloud.client, "cuoc-thi-prod", before, pause=0)
    assert stack.status == "UPDATE_COMPLETE"
    assert stack.parameters == parameters
    assert state(cloud.client, "cuoc-thi-prod") == before
    assert stack.triggers == {"RollbackTriggers": [], "MonitoringTimeInMinutes": 0}
    preference = template["Resources"]["APIHandler"]["Properties"].pop("DeploymentPreference")
    assert stack.template == template
    # The alias goes over whole, without CodeDeploy, to what it answered by before.
    values = {**PROD, "SaveAfterSeconds": "60"}
    back = transformed(stack.template, values)
    assert "UpdatePolicy" not in back["APIHandlerAliaslive"]
    template["Resources"]["APIHandler"]["Properties"]["DeploymentPreference"] = preference
    assert version(back) == version(transformed(template, values))

    cloud.deploy(package)
    assert "DeploymentPreference" in stack.template["Resources"]["APIHandler"]["Properties"]


def test_what_fails_in_going_back_is_told(package: Package, tmp_path: Path) -> None:
    cloud = Cloud()
    cloud.deploy(package)
    before = state(cloud.client, "cuoc-thi-prod")
    assert before is not None
    cloud.deploy(another(package, tmp_path))
    del cloud.stacks.stacks["cuoc-thi-prod"].made["Dashboard"]
    cloud.account.refuses = {"AWS::CloudWatch::Dashboard"}
    with pytest.raises(DeploymentFailed, match="Dashboard: Access denied"):
        go_back(cloud.client, "cuoc-thi-prod", before, pause=0)


@pytest.mark.parametrize("status", ["REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", None])
def test_a_stack_that_was_never_whole_has_no_state(status: str | None) -> None:
    cloud = Cloud()
    if status:
        cloud.stacks.stacks["cuoc-thi-prod"] = Stack(status)
    assert state(cloud.client, "cuoc-thi-prod") is None
