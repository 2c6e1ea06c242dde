"""Brings a contest back to life in a stack that has just been deployed, here or in another region or account.

python -m infra.recover keys.sealed --stage prod                 the stack was deleted, its tables are there
python -m infra.recover keys.sealed --from backup --stage prod   nothing is there but a copy of `make backup`

It puts the old secrets, what is missing, and last of all the contest in force; before that no function does
anything (infra/aside.py). So it may be stopped anywhere and run again.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.log import CHECKPOINT, LOG
from chalicelib.services.contest.checked import POINTERS
from chalicelib.storage.data_key import CONTEXT, DATA_KEY
from chalicelib.storage.log_state import StoredLogState
from chalicelib.storage.objects import PART, Bucket
from chalicelib.storage.pointers import Pointers
from infra.aside import ASIDE, bring_back
from infra.backup import restore
from infra.contest_copy import DESK, SITE, listed
from infra.escrow import Keys, WrongKey, ask_key, open_data_key, unseal
from infra.halt import halt, resume
from infra.place import AT_ONCE, TABLES, Place, place_of, say_where

# Never put back: a file in the inbox would be taken over once more, so what was sent stays in the copy.
_SENT = "inbox/"
# Of the tallies: counts that the stream makes again out of the entries, and parts of closes (docs/runbook.md).
_MADE_AGAIN = ("live#", f"{POINTERS}parts/")

Say = Callable[[str], None]


class CannotRecover(Exception):
    """Nothing was changed, or nothing that running it again does not finish; the message says what to do."""


def recover(at: Place, keys: Keys, folder: Path | None, say: Say) -> None:
    """Raises ``CannotRecover``. ``folder``: of `make backup`, None if the tables are there."""
    dynamodb, tallies = at.client("dynamodb"), at.tables["tallies"]
    pointers = Pointers(dynamodb, tallies)
    if pointers.get(CURRENT) is not None:
        raise CannotRecover("A contest is in force here: nothing was changed.")
    lacking = at.secrets.keys() - keys.secrets.keys()
    if lacking:
        raise CannotRecover(f"The file of keys lacks {', '.join(sorted(lacking))}: nothing was changed.")
    if folder is not None and not all(any((folder / table).rglob("*.json.gz")) for table in TABLES):
        raise CannotRecover(f"{folder} is no copy of `make backup`: nothing was changed.")
    halt(at.stack, at.client)
    for name, secret in at.secrets.items():
        at.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=keys.secrets[name])
    say(f"secrets      {len(at.secrets):>10,}")
    if folder is not None:
        _put_back(at, folder, say)
        _show_the_log(at)
    _close_data_key_again(at, pointers, keys)
    resume(at.stack, at.client)
    if not bring_back(dynamodb, tallies):
        raise CannotRecover(
            "No contest was in force when this was lost, or the copy is empty: nothing to go on with."
        )
    say("The contest is in force again.")


def _put_back(at: Place, folder: Path, say: Say) -> None:
    desk = Bucket(at.s3, at.desk, lock_days=at.lock_days)
    site = Bucket(at.s3, at.site, "public, max-age=30")
    with may_write(at):
        for name, bucket, where in ((DESK, desk, at.desk), (SITE, site, at.site)):
            say(f"{name:<12} {_put_objects(at.s3, bucket, where, folder / name):>10,} files")
    dynamodb = at.client("dynamodb")
    for table in ("participants", "entries"):
        put, there = restore(dynamodb, at.tables[table], folder / table)
        say(f"{table:<12} {put:>10,} items, {there:,} were there")
    # While no contest is in force, the tallies of a new stack hold nothing of one: what is there is in the way.
    put, _ = restore(dynamodb, at.tables["tallies"], folder / "tallies", _as_new, over=True)
    say(f"{'tallies':<12} {put:>10,} items")


def _as_new(item: dict[str, Any]) -> dict[str, Any] | None:
    """An item of the tallies as it is put back; None if it is not."""
    key = item["id"]["S"]
    if key.startswith(_MADE_AGAIN):
        return None
    return {**item, "id": {"S": ASIDE}} if key == CURRENT else item


def _put_objects(s3: Any, bucket: Bucket, name: str, folder: Path) -> int:
    """Puts what is missing, in the same parts as at first, so that ETags are the same; returns how many."""
    there = {item["Key"] for item in listed(s3, name, "")}
    keys = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    missing = [key for key in keys if key not in there and not key.startswith(_SENT)]

    def put(key: str) -> None:
        bucket.put_pieces(key, _pieces(keys[key]))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(put, missing))
    return len(missing)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PART):
            yield piece


def _show_the_log(at: Place) -> None:
    """The copy's log may have grown while it was copied: it goes on from the state that was copied."""
    state, _ = StoredLogState(at.client("dynamodb"), at.tables["tallies"]).read()
    if state is not None and state.size:
        Bucket(at.s3, at.site, "public, max-age=30").put(LOG + CHECKPOINT, state.note.encode())


def _close_data_key_again(at: Place, pointers: Pointers, keys: Keys) -> None:
    """The data key under this stack's key of KMS."""
    stored, kms = pointers.get(DATA_KEY), at.client("kms")
    if stored is None:  # nobody has registered
        return
    plain = keys.data_key
    if plain is None:
        try:
            plain = open_data_key(kms, stored)
        except ClientError as error:
            raise CannotRecover(
                "The file of keys was made before there was a data key, and KMS does not open it here: names, "
                "citizen IDs and phones cannot be read without it. Use a newer file, or make a copy of the old "
                f"KMS key in this region. {error}"
            ) from None
    made = kms.encrypt(KeyId=at.kms_key, Plaintext=plain, EncryptionContext=CONTEXT)["CiphertextBlob"]
    pointers.put(DATA_KEY, json.dumps({"encrypted": base64.b64encode(made).decode()}).encode())


@contextmanager
def may_write(at: Place) -> Iterator[None]:
    """The desk takes files from functions alone (`DeskBucketPolicy`): the caller is added meanwhile.

    Whoever is stopped in between runs it again, which takes the caller out.
    """
    s3 = at.s3
    try:
        policy = json.loads(s3.get_bucket_policy(Bucket=at.desk)["Policy"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucketPolicy":  # the local AWS has none
            raise
        yield
        return
    (rule,) = [one for one in policy["Statement"] if one.get("Sid") == "FunctionsAloneWrite"]
    caller, allowed = _caller(at), rule["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    others = [arn for arn in allowed if arn != caller]

    def put(arns: list[str]) -> None:
        rule["Condition"]["ArnNotEquals"]["aws:PrincipalArn"] = arns
        s3.put_bucket_policy(Bucket=at.desk, Policy=json.dumps(policy))

    put([*others, caller])
    try:
        yield
    finally:
        put(others)


def _caller(at: Place) -> str:
    """As policies know it: a session of a role is that role, whose path only IAM tells."""
    arn = str(at.client("sts").get_caller_identity()["Arn"])
    if ":assumed-role/" not in arn:
        return arn
    return str(at.client("iam").get_role(RoleName=arn.split("/")[1])["Role"]["Arn"])


def main() -> None:
    """Exits with 1 if the contest is not in force again."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.recover", description="Brings a contest back to life."
    )
    parser.add_argument("keys", type=Path, help="the file of `make escrow`")
    parser.add_argument("--from", dest="folder", type=Path, help="the folder of `make backup`")
    say_where(parser)
    options = parser.parse_args()
    try:
        keys = unseal(options.keys.read_bytes(), ask_key())
        recover(place_of(options), keys, options.folder, print)
    except (OSError, ValueError, WrongKey, CannotRecover, ClientError, BotoCoreError) as error:
        sys.exit(f"Not recovered. {error}")
    print("Compare: make results, and the digests in results/*/manifest.json with those of the mails.")


if __name__ == "__main__":
    main()
