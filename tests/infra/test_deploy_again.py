"""A deployment into a new account, again after each failure, for the tenth time, beside another contest.

Played on a fake of CloudFormation's documented rules with the template of prod; real AWS was not at hand.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.cloudformation import DeploymentFailed, deploy
from infra.package import Package, build
from infra.stage import stack_name
from tests.fake_cloud import ACCOUNT, Account, CloudFormation, Made, Objects, Stack

PROD = {"StageName": "prod", "AlarmEmail": "a@b.vn"}


class Cloud:
    """An account with CloudFormation in one region."""

    def __init__(self, account: Account | None = None, region: str = "ap-southeast-1") -> None:
        self.account = account or Account()
        self.s3 = Objects(region)
        self.stacks = CloudFormation(self.account, self.s3, region)

    def client(self, service: str) -> Any:
        if service == "sts":
            return type("Sts", (), {"get_caller_identity": lambda self: {"Account": ACCOUNT}})()
        return {"s3": self.s3, "cloudformation": self.stacks}[service]

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
