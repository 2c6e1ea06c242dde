"""A contest is brought back to life in a new stack, from a copy and a sealed file of keys."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.storage.data_key import CONTEXT, DATA_KEY
from infra import escrow
from infra import recover as recovering
from infra.aside import ASIDE, bring_back, lay_aside
from infra.contest_copy import copy_contest
from infra.escrow import Keys, WrongKey, keys_of, lacking, new_key, seal, unseal
from infra.halt import halt, resume
from infra.recover import CannotRecover, may_write, recover
from tests.infra.recovered import REGION, SECRETS, Cloud, Functions

pytestmark = pytest.mark.usefixtures("aws")
NOW = datetime(2026, 11, 29, tzinfo=UTC)


def quiet(_: str) -> None:
    pass


@pytest.fixture
def old() -> Cloud:
    cloud = Cloud("old")
    cloud.play()
    return cloud


# ---- the sealed file ----


def test_the_file_of_keys_holds_every_secret_and_the_data_key_and_none_in_clear(old: Cloud) -> None:
    keys, key = keys_of(old.at), new_key()
    file = seal(keys, key, NOW)
    assert set(keys.secrets) == set(SECRETS)
    assert keys.data_key is not None
    assert len(keys.data_key) == 32
    assert not [value for value in keys.secrets.values() if value.encode() in file]
    assert unseal(file, key) == keys
    assert lacking(unseal(file, key), keys_of(old.at)) == []


def test_a_key_is_read_as_people_write_it() -> None:
    keys, key = Keys({"A": "b"}, None), "0O1IL-ABCDE-FGHJK-MNPQR-STVWX".replace("O", "0").replace("I", "1")
    file = seal(keys, key.replace("L", "1"), NOW)
    for written in (key, key.lower(), key.replace("-", " "), key.replace("0", "o")):
        assert unseal(file, written) == keys


def test_another_key_and_a_changed_file_open_nothing() -> None:
    file = seal(Keys({"A": "b"}, bytes(32)), new_key(), NOW)
    with pytest.raises(WrongKey):
        unseal(file, new_key())
    written = json.loads(file)
    written["sealed"] = "AAAA" + written["sealed"][4:]
    with pytest.raises(WrongKey):
        unseal(json.dumps(written).encode(), new_key())
    for junk in (b"", b"[]", b'"x"', b"{}", b'{"format": "other", "sealed": ""}', b"\xff"):
        with pytest.raises(ValueError, match="make escrow"):
            unseal(junk, new_key())


def test_what_was_changed_since_is_named(old: Cloud) -> None:
    before = keys_of(old.at)
    boto3.client("secretsmanager", REGION).put_secret_value(
        SecretId=old.at.secrets["TOKEN_SECRET"], SecretString="rotated"
    )
    assert lacking(before, keys_of(old.at)) == ["TOKEN_SECRET"]
    assert lacking(Keys(before.secrets, None), keys_of(old.at)) == ["TOKEN_SECRET", "DATA_KEY"]


# ---- in a new stack ----


def test_everything_is_there_again_in_another_stack(old: Cloud, tmp_path: Path) -> None:
    keys = keys_of(old.at)
    copy_contest(old.at, tmp_path)
    new = Cloud("new")
    new.pointers.put("pointers/receipt-keys", b"of the new stack")
    recover(new.at, keys, tmp_path, quiet)
    assert [new.secret(name) for name in SECRETS] == [old.secret(name) for name in SECRETS]
    for table in ("participants", "entries"):
        assert new.items(table) == old.items(table)
    again = {"live#1", "pointers/parts/week-1/x/00"}
    assert set(new.items("tallies")) == set(old.items("tallies")) - again
    assert new.pointers.get(CURRENT) == b"the contest"
    assert new.pointers.get("pointers/receipt-keys") == b"old keys", "what the new stack had made is in the way"
    assert new.keys(new.at.desk) == ["results/week-1/manifest.json"], (
        "nothing is taken over from the inbox again"
    )
    assert new.keys(new.at.site) == ["data/contest.json"], "the page is the deployment's"
    assert keys_of(new.at) == keys
    assert not new.functions.halted


def test_the_data_key_is_that_of_the_file_or_else_of_kms(
    old: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = keys_of(old.at)
    copy_contest(old.at, tmp_path)
    new, kms = Cloud("new"), boto3.client("kms", REGION)

    def refuse(_kms: Any, _stored: bytes) -> bytes:
        raise ClientError({"Error": {"Code": "InvalidCiphertextException", "Message": ""}}, "Decrypt")

    with monkeypatch.context() as abroad:
        abroad.setattr(recovering, "open_data_key", refuse)
        with pytest.raises(CannotRecover, match="KMS does not open it"):
            recover(new.at, Keys(keys.secrets, None), tmp_path, quiet)
        assert new.pointers.get(CURRENT) is None
        recover(new.at, keys, tmp_path, quiet)
    told = kms.decrypt(CiphertextBlob=_blob(new), EncryptionContext=CONTEXT, KeyId=new.at.kms_key)
    assert told["Plaintext"] == keys.data_key, "the functions name this stack's key"

    third = Cloud("third")
    recover(third.at, Keys(keys.secrets, None), tmp_path, quiet)
    told = kms.decrypt(CiphertextBlob=_blob(third), EncryptionContext=CONTEXT, KeyId=third.at.kms_key)
    assert told["Plaintext"] == keys.data_key, "KMS opened it"


def _blob(cloud: Cloud) -> bytes:
    stored = cloud.pointers.get(DATA_KEY)
    assert stored is not None
    return base64.b64decode(json.loads(stored)["encrypted"])


def test_a_stack_that_was_deleted_has_its_tables_and_needs_the_secrets(old: Cloud) -> None:
    keys = keys_of(old.at)
    assert lay_aside(old.dynamodb, old.at.tables["tallies"])
    for name in SECRETS:
        boto3.client("secretsmanager", REGION).put_secret_value(
            SecretId=old.at.secrets[name], SecretString="of the new stack"
        )
    assert old.pointers.get(CURRENT) is None
    recover(old.at, keys, None, quiet)
    assert {name: old.secret(name) for name in SECRETS} == keys.secrets
    assert old.pointers.get(CURRENT) == b"the contest"
    assert "live#1" in old.items("tallies")


def test_a_contest_in_force_is_never_touched(old: Cloud, tmp_path: Path) -> None:
    copy_contest(old.at, tmp_path)
    before = {name: old.secret(name) for name in SECRETS}
    with pytest.raises(CannotRecover, match="in force here"):
        recover(old.at, Keys(dict.fromkeys(SECRETS, "other"), None), tmp_path, quiet)
    assert {name: old.secret(name) for name in SECRETS} == before
    assert not old.functions.concurrency


def test_a_file_without_one_of_the_secrets_changes_nothing(old: Cloud, tmp_path: Path) -> None:
    new = Cloud("new")
    with pytest.raises(CannotRecover, match="lacks ENTRY_SECRET"):
        recover(new.at, Keys({"PEPPER_SECRET": "p", "TOKEN_SECRET": "t"}, None), tmp_path, quiet)
    assert new.secret("PEPPER_SECRET") == "new's PEPPER_SECRET"


def test_a_folder_that_is_no_copy_changes_nothing(tmp_path: Path) -> None:
    new = Cloud("new")
    with pytest.raises(CannotRecover, match="is no copy of"):
        recover(new.at, Keys(dict.fromkeys(SECRETS, "s"), None), tmp_path, quiet)
    assert new.secret("PEPPER_SECRET") == "new's PEPPER_SECRET"
    assert not new.functions.concurrency


def test_without_a_contest_nothing_is_said_to_be_recovered() -> None:
    new = Cloud("new")
    with pytest.raises(CannotRecover, match="No contest was in force"):
        recover(new.at, Keys(dict.fromkeys(SECRETS, "s"), None), None, quiet)


class Killed(BaseException):
    """The power goes."""


@pytest.mark.parametrize("at_call", range(1, 12))
def test_killed_anywhere_it_is_finished_by_running_it_again(
    old: Cloud, tmp_path: Path, at_call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = keys_of(old.at)
    copy_contest(old.at, tmp_path)
    new, calls = Cloud("new"), iter(range(1, at_call + 1))

    def told(_: str) -> None:
        count()

    def count() -> None:
        if next(calls, None) == at_call:
            raise Killed

    for name in (
        "halt",
        "restore",
        "_put_objects",
        "_show_the_log",
        "_close_data_key_again",
        "resume",
        "bring_back",
    ):
        real = getattr(recovering, name)

        def counted(*given: Any, real: Any = real, **named: Any) -> Any:
            done = real(*given, **named)
            count()
            return done

        monkeypatch.setattr(recovering, name, counted)
    with pytest.raises(Killed):
        recover(new.at, keys, tmp_path, told)
    monkeypatch.undo()
    if new.pointers.get(CURRENT) is None:
        recover(new.at, keys, tmp_path, quiet)
    assert new.pointers.get(CURRENT) == b"the contest"
    assert new.items("entries") == old.items("entries")
    assert not new.functions.halted


def test_the_contest_is_laid_aside_and_brought_back_whoever_is_stopped_half_way(old: Cloud) -> None:
    dynamodb, table = old.dynamodb, old.at.tables["tallies"]
    assert not bring_back(dynamodb, table)
    old.pointers.put(ASIDE, b"the contest")  # put, and stopped before the other one was deleted
    assert lay_aside(dynamodb, table)
    assert not lay_aside(dynamodb, table)
    assert old.pointers.get(CURRENT) is None
    assert bring_back(dynamodb, table)
    assert old.pointers.get(ASIDE) is None
    assert old.pointers.get(CURRENT) == b"the contest"
    assert not lay_aside(dynamodb, "no-such-table")


# ---- who may write ----

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Sid": "TlsOnly", "Effect": "Deny"},
        {
            "Sid": "FunctionsAloneWrite",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "NotResource": ["arn:aws:s3:::desk/inbox/*"],
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": ["arn:aws:iam::1:role/api"]}},
        },
    ],
}
ROLE = "arn:aws:iam::1:role/aws-reserved/sso.amazonaws.com/technician"


class Bucket:
    """S3, IAM and STS of somebody who signed in through a role."""

    def __init__(self) -> None:
        self.policy = json.dumps(POLICY)

    def get_bucket_policy(self, Bucket: str) -> dict[str, str]:  # noqa: N803
        return {"Policy": self.policy}

    def put_bucket_policy(self, Bucket: str, Policy: str) -> None:  # noqa: N803
        self.policy = Policy

    def get_caller_identity(self) -> dict[str, str]:
        return {"Arn": "arn:aws:sts::1:assumed-role/technician/an@nghean.gov.vn"}

    def get_role(self, RoleName: str) -> Any:  # noqa: N803
        assert RoleName == "technician"
        return {"Role": {"Arn": ROLE}}

    @property
    def writers(self) -> list[str]:
        found: list[str] = json.loads(self.policy)["Statement"][1]["Condition"]["ArnNotEquals"][
            "aws:PrincipalArn"
        ]
        return found


def test_the_caller_may_write_on_the_desk_for_as_long_as_it_takes() -> None:
    bucket = Bucket()
    at: Any = SimpleNamespace(s3=bucket, desk="desk", client=lambda _: bucket)
    with may_write(at):
        assert bucket.writers == ["arn:aws:iam::1:role/api", ROLE]
    with pytest.raises(KeyError), may_write(at):
        raise KeyError
    assert json.loads(bucket.policy) == POLICY
    with may_write(at), may_write(at):  # an earlier run was killed in between
        pass
    assert json.loads(bucket.policy) == POLICY


def test_a_refusal_to_read_the_policy_is_not_taken_for_its_absence() -> None:
    def refuse(**_: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetBucketPolicy")

    at: Any = SimpleNamespace(s3=SimpleNamespace(get_bucket_policy=refuse), desk="desk")
    with pytest.raises(ClientError), may_write(at):
        pass


# ---- halting ----


@pytest.mark.parametrize(("tally", "after"), [("0", {}), ("5", {"cuoc-thi-prod-tally": 5})])
def test_a_halted_stack_runs_nothing_and_goes_on_as_before(tally: str, after: dict[str, int]) -> None:
    functions = Functions(tally)
    halt("cuoc-thi-prod", lambda _: functions)
    assert functions.halted
    resume("cuoc-thi-prod", lambda _: functions)
    assert functions.concurrency == after
    assert {one["State"] for one in functions.readers} == {"Enabled"}


# ---- the commands ----


def run(monkeypatch: pytest.MonkeyPatch, module: Any, cloud: Cloud, *arguments: str) -> None:
    monkeypatch.setattr(module, "place_of", lambda _: cloud.at)
    monkeypatch.setattr("sys.argv", [module.__name__, *arguments])
    module.main()


def test_the_key_of_the_file_is_shown_once_and_opens_it(
    old: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "keys.sealed"
    run(monkeypatch, escrow, old, str(file))
    key = re.findall(r"\b(?:[0-9A-Z]{5}-){4}[0-9A-Z]{5}\b", capsys.readouterr().out)
    assert len(key) == 1
    assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(SystemExit, match="exists already"):
        run(monkeypatch, escrow, old, str(file))
    monkeypatch.setenv(escrow.KEY_VARIABLE, key[0])
    run(monkeypatch, escrow, old, str(file), "--check")
    assert "all 3 secrets" in capsys.readouterr().out
    boto3.client("secretsmanager", REGION).put_secret_value(
        SecretId=old.at.secrets["TOKEN_SECRET"], SecretString="rotated"
    )
    with pytest.raises(SystemExit, match="Not as it is now: TOKEN_SECRET"):
        run(monkeypatch, escrow, old, str(file), "--check")

    copy_contest(old.at, tmp_path / "copy")
    new = Cloud("new")
    run(monkeypatch, recovering, new, str(file), "--from", str(tmp_path / "copy"))
    assert new.pointers.get(CURRENT) == b"the contest"
    with pytest.raises(SystemExit, match=r"Not recovered\. A contest is in force here"):
        run(monkeypatch, recovering, new, str(file))
    monkeypatch.setenv(escrow.KEY_VARIABLE, new_key())
    with pytest.raises(SystemExit, match="does not open by this key"):
        run(monkeypatch, recovering, new, str(file))


def test_a_file_made_before_the_contest_says_what_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, escrow, Cloud("new"), str(tmp_path / "keys.sealed"))
    assert "make the file again" in capsys.readouterr().out
