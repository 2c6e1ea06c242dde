"""`make end` on moto: what goes, what stays, and that it may be stopped anywhere and run again."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import boto3
import msgspec
import pytest

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents import revoked_tokens
from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.manifest import FinalManifest
from chalicelib.documents.results_page import (
    SHOWN,
    Recognised,
    ResultsIndex,
    ShownFinal,
    ShownResults,
    ShownWeek,
)
from chalicelib.documents.typed import decode
from chalicelib.domain.decisions import Decisions, Recognition
from chalicelib.services.contest.reference import compile_parts
from chalicelib.storage.data_key import DATA_KEY
from chalicelib.storage.pointers import Pointers
from infra import end
from infra.end import BEGUN, CERTIFICATE, goes, run
from infra.package import PROJECT
from infra.place import Place
from tests.documents.test_documents import SAMPLES
from tests.fakes import START, UNITS, definition, questions
from tests.pointers import pointing_at
from tests.tables import make_table

TEMPLATE = PROJECT / "infra" / "template.yaml"
REGION = "ap-southeast-1"
AFTER = START.astimezone(UTC) + timedelta(days=40)
MANIFEST = (SAMPLES / "final_manifest.1.json").read_bytes()
RECOGNISED = Recognition("final", "12/QĐ-BTC", "2022-09-25", False, "")
STAYS = ("results/current.json", "results/week-1/rev-1/bulletin.html", "results/final/rev-1/manifest.json")
GOES = (
    "inbox/month/account/rosters.csv",
    "intake/month/account/rosters.csv.v1.json",
    "reference/source/s.zip",
    "intake/month/account/data-requests.csv.v1/data-requests.xlsx",
    "results/final/rev-1/individual_prizes.xlsx",
    "results/week-1/rev-1/units.zip",
    "results/week-1/rev-1/units/SO-A.xlsx",
)


class Stopped:
    """EventBridge, Lambda and CloudWatch, of which only the calls matter."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def get_paginator(self, name: str) -> Any:
        class Pages:
            def paginate(self, **named: str) -> list[dict[str, Any]]:
                if name == "describe_alarms":
                    return [{"MetricAlarms": [{"AlarmName": f"{named['AlarmNamePrefix']}-alarm"}]}]
                return [{"Rules": [{"Name": f"{named['NamePrefix']}-close-weeks"}]}]

        return Pages()

    def disable_rule(self, Name: str) -> None:  # noqa: N803  its name in boto3
        self.calls.append(Name)

    def disable_alarm_actions(self, AlarmNames: list[str]) -> None:  # noqa: N803
        self.calls += AlarmNames

    def put_function_concurrency(self, FunctionName: str, ReservedConcurrentExecutions: int) -> None:  # noqa: N803
        assert ReservedConcurrentExecutions == 0
        self.calls.append(FunctionName)


class Desk:
    """A stack on moto after its contest, with some of everything."""

    def __init__(self) -> None:
        self.stopped = Stopped()
        kms = boto3.client("kms", REGION).create_key()["KeyMetadata"]["KeyId"]
        secrets = boto3.client("secretsmanager", REGION)
        dynamodb = boto3.client("dynamodb", REGION)
        self.at = Place(
            "cuoc-thi-test",
            self.client,
            "desk",
            "site",
            {"participants": "people", "entries": "entries", "tallies": "tallies"},
            {
                name: secrets.create_secret(Name=name, SecretString="x")["ARN"]
                for name in ("PEPPER_SECRET", "TOKEN_SECRET", "RECEIPT_SECRET")
            },
            kms,
            0,
        )
        for table, keys in (("people", ["id"]), ("entries", ["pk", "sk"])):
            make_table(dynamodb, table, *keys)
            dynamodb.update_continuous_backups(
                TableName=table, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
            )
        for number in range(30):
            item = {"id": {"S": f"{number:020x}"}, "password_hash": {"S": "$"}}
            dynamodb.put_item(TableName="people", Item=item)
            entry = {"pk": {"S": f"w1#{number:02x}"}, "sk": {"S": f"{number:020x}"}}
            dynamodb.put_item(TableName="entries", Item=entry)
        dynamodb.put_item(TableName="people", Item={"id": {"S": "wrong#1"}, "expires": {"N": "1"}})
        make_table(dynamodb, "tallies", "id")
        self.pointers = Pointers(dynamodb, "tallies")
        self.pointers.put(DATA_KEY, b"{}")
        self.pointers.put(revoked_tokens.KEY, b"{}")
        dynamodb.put_item(TableName="tallies", Item={"id": {"S": "week-1"}, "revision": {"N": "1"}})
        self.s3 = boto3.client("s3", region_name=REGION)
        self.s3.create_bucket(Bucket="desk", CreateBucketConfiguration={"LocationConstraint": REGION})
        self.s3.put_bucket_versioning(Bucket="desk", VersioningConfiguration={"Status": "Enabled"})
        for key in (*GOES, *GOES, *STAYS):  # two versions of those that go
            self.put(key, key.encode())
        self.s3.delete_object(Bucket="desk", Key=GOES[0])  # and a marker of a deletion
        self.close(Decisions(recognitions=(RECOGNISED,)))

    def close(self, decisions: Decisions, weeks: int = 4, finals: int = 1, *, told: bool = True) -> None:
        recognised = Recognised("12/QĐ-BTC", "2022-09-25") if told else None
        manifest = msgspec.structs.replace(decode(FinalManifest, MANIFEST), recognised=recognised)
        self.put("results/final/rev-1/manifest.json", manifest.encode())
        whole = compiled.encode(compile_parts(definition(), questions(), UNITS, {}, {}, decisions=decisions))
        self.put(compiled.key(digest(whole)), whole)
        self.pointers.put(CURRENT, pointing_at(digest(whole)).encode())
        index = ResultsIndex(
            weeks=tuple(ShownWeek(week=week, revision=1) for week in range(1, weeks + 1)),
            final=ShownFinal(revision=1) if finals else None,
        )
        manifests = {"final": digest(manifest.encode())}
        self.pointers.put(SHOWN, ShownResults(index=index, manifests=manifests).encode())

    def client(self, service: str) -> Any:
        return (
            self.stopped
            if service in {"events", "lambda", "cloudwatch"}
            else boto3.client(service, region_name=REGION)
        )

    def put(self, key: str, data: bytes) -> None:
        self.s3.put_object(Bucket="desk", Key=key, Body=data)

    def there(self) -> set[str]:
        return {version["Key"] for version in end.versions(self.s3, "desk")}

    def run(self, confirm: str = "", reason: str = "", now: datetime = AFTER) -> str:
        return "\n".join(run(self.at, confirm, reason, lambda: now))

    def refused(self, **given: Any) -> str:
        before = end.count(self.at)
        with pytest.raises(SystemExit) as refused:
            self.run(**given)
        assert end.count(self.at) == before
        assert not self.stopped.calls
        return str(refused.value)


@pytest.fixture
def desk(aws: None) -> Desk:
    return Desk()


def gone(desk: Desk) -> None:
    """Nothing is left of people, in no version; the results are."""
    assert end.count(desk.at)[0] == {}
    assert {*STAYS, BEGUN, f"{CERTIFICATE}.json", f"{CERTIFICATE}.html"} == desk.there()
    for table in ("people", "entries"):
        dynamodb = desk.client("dynamodb")
        assert dynamodb.scan(TableName=table)["Count"] == 0
        backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
    assert desk.client("secretsmanager").list_secrets()["SecretList"] == []
    assert (
        desk.client("kms").describe_key(KeyId=desk.at.kms_key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    )


def test_every_secret_of_the_template_is_among_those_that_go() -> None:
    template = TEMPLATE.read_text(encoding="utf-8")
    made = re.findall(r"^  (\w+):\n    Type: AWS::SecretsManager::Secret$", template, re.M)
    named = re.findall(r"\w+_SECRET: !GetAtt (\w+)\.Id", template)
    assert made
    # CloudFront's key to the gateway opens nothing about people, and the site stays.
    assert sorted(made) == sorted([*named, "OriginSecret"])


def test_copies_of_the_key_in_other_regions_go_with_it() -> None:
    asked: list[tuple[str | None, str]] = []

    class Kms:
        def __init__(self, region: str | None) -> None:
            self.region = region

        def describe_key(self, KeyId: str) -> Any:  # noqa: N803
            copies = [{"Arn": "arn:copy", "Region": "ap-southeast-3"}]
            state = "PendingReplicaDeletion" if asked else "Enabled"
            return {"KeyMetadata": {"KeyState": state, "MultiRegionConfiguration": {"ReplicaKeys": copies}}}

        def schedule_key_deletion(self, KeyId: str, PendingWindowInDays: int) -> None:  # noqa: N803
            asked.append((self.region, KeyId))

    class Tables:
        def get_paginator(self, _: str) -> Any:
            return SimpleNamespace(paginate=lambda **_: [{"Items": []}])

    def client(service: str, region: str | None = None) -> Any:
        return Kms(region) if service == "kms" else Tables()

    at = Place("cuoc-thi-test", client, "desk", "site", {"tallies": "tallies"}, {}, "mrk-1", 0)
    end.destroy_keys(at)
    assert asked == [("ap-southeast-3", "arn:copy"), (None, "mrk-1")]
    end.destroy_keys(at)
    assert len(asked) == 2, "once is enough"


def test_without_a_confirmation_it_only_lists_what_would_go(desk: Desk) -> None:
    before = end.count(desk.at)
    told = desk.run()
    assert "30  accounts" in told
    assert "30  entries" in told
    assert "4  keys" in told
    assert "CONFIRM=trial" in told
    assert end.count(desk.at) == before
    assert not desk.stopped.calls


def test_everything_about_people_goes_in_every_version_and_results_stay(desk: Desk) -> None:
    assert "certificate" in desk.run(confirm="trial")
    gone(desk)
    assert "cuoc-thi-test-api" in desk.stopped.calls
    assert "cuoc-thi-test-close-weeks" in desk.stopped.calls
    assert "cuoc-thi-test-alarm" in desk.stopped.calls


def test_the_certificate_says_what_when_and_by_whom(desk: Desk) -> None:
    desk.run(confirm="trial")
    told = json.loads(desk.s3.get_object(Bucket="desk", Key=f"{CERTIFICATE}.json")["Body"].read())
    assert (told["contest"], told["begun_at"]) == ("trial", "2022-10-01T01:00:00+00:00")
    assert told["by"].startswith("arn:aws:")
    assert (told["counts"]["accounts"], told["counts"]["entries"], told["counts"]["keys"]) == (30, 30, 4)
    assert told["counts"]["intake/"] == 4
    shown = desk.s3.get_object(Bucket="desk", Key=f"{CERTIFICATE}.html")["Body"].read().decode()
    assert "<td>tài khoản người dự thi</td><td>30</td>" in shown
    assert "$" not in shown


@pytest.mark.parametrize(
    "part", ["stop", "destroy_keys", "empty_tables", "_delete", "empty", "page", "count_after"]
)
def test_killed_anywhere_it_is_finished_by_running_it_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    class Killed(RuntimeError):
        pass

    def killed(*given: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        if part == "count_after":
            calls = iter([end.count])

            def count(at: Place) -> Any:
                return next(calls, killed)(at)

            patched.setattr(end, "count", count)
        else:
            patched.setattr(end, part, killed)
        with pytest.raises(Killed):
            desk.run(confirm="trial")
    assert f"{CERTIFICATE}.json" not in desk.there()
    assert BEGUN in desk.there()
    desk.run(confirm="trial")
    gone(desk)


def test_a_second_run_changes_nothing(desk: Desk) -> None:
    desk.run(confirm="trial")
    told = desk.s3.get_object(Bucket="desk", Key=f"{CERTIFICATE}.json")["Body"].read()
    assert "Ended already" in desk.run(confirm="trial")
    assert desk.s3.get_object(Bucket="desk", Key=f"{CERTIFICATE}.json")["Body"].read() == told


def test_what_a_function_wrote_as_it_was_stopped_goes_with_the_next_run(desk: Desk) -> None:
    desk.run(confirm="trial")
    desk.put("reference/source/s.zip", b"{}")
    desk.pointers.put(CURRENT, b"{}")
    desk.run(confirm="trial")
    gone(desk)


def test_another_contests_id_is_refused(desk: Desk) -> None:
    assert "the contest here is trial" in desk.refused(confirm="other")


def test_open_weeks_are_never_ended_whatever_the_reason(desk: Desk) -> None:
    early = START.astimezone(UTC) + timedelta(days=27)
    assert "open or still to come" in desk.refused(confirm="trial", reason="bị hủy", now=early)


def test_the_recognition_has_to_be_on_the_page_first(desk: Desk) -> None:
    desk.close(Decisions(recognitions=(RECOGNISED,)), told=False)
    assert "does not say yet" in desk.refused(confirm="trial")


@pytest.mark.parametrize(
    ("weeks", "finals", "decisions", "why"),
    [
        (3, 0, Decisions(recognitions=(RECOGNISED,)), "Not closed yet: 4, final"),
        (4, 0, Decisions(recognitions=(RECOGNISED,)), "Not closed yet: final"),
        (4, 1, Decisions(), "not recognised"),
        (4, 1, Decisions(recognitions=(RECOGNISED, RECOGNISED._replace(withdrawn=True))), "not recognised"),
    ],
)
def test_an_unfinished_contest_ends_only_for_a_reason_that_the_certificate_repeats(
    desk: Desk, weeks: int, finals: int, decisions: Decisions, why: str
) -> None:
    desk.close(decisions, weeks, finals)
    assert why in desk.refused(confirm="trial")
    assert why in desk.refused(confirm="trial", reason="  ")
    desk.run(confirm="trial", reason="cuộc thi bị hủy <3>")
    gone(desk)
    shown = desk.s3.get_object(Bucket="desk", Key=f"{CERTIFICATE}.html")["Body"].read().decode()
    assert "cuộc thi bị hủy &lt;3&gt;" in shown


@pytest.mark.parametrize("key", STAYS)
def test_results_and_certificates_stay(key: str) -> None:
    assert not goes(key)
    assert not goes(BEGUN)


@pytest.mark.parametrize(
    "key", [*GOES, "new-folder/a", "reference/contest/a.json", "backup/participants.json.gz"]
)
def test_everything_else_goes_also_what_nobody_has_thought_of(key: str) -> None:
    assert goes(key)
