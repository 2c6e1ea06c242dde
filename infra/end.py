"""Ends a contest for good: accounts, answers and keys go, results and proof stay (docs/privacy.md).

python -m infra.end                                     lists what would go and what would stay
python -m infra.end --confirm nghe-an-2022              destroys it, on the running local stack
python -m infra.end --confirm … --stage prod            the same on AWS
python -m infra.end --confirm … --reason "bị hủy"       although the result of the end is not recognised

It may be stopped anywhere and run again: what it has begun, it finishes. The order matters: first the log says
that it is over and nothing runs any more, then the keys go, so that whatever is left for a moment, or comes
back from a backup, names nobody.
"""

from __future__ import annotations

import argparse
import html
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from string import Template
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.manifest import Manifest
from chalicelib.documents.results_page import ResultsIndex
from chalicelib.domain.errors import Busy
from chalicelib.services.contest.checked import POINTERS
from chalicelib.services.contest.reference import Current, Library
from chalicelib.services.contest.revisions import shown_results, stored_revision
from chalicelib.storage.data_key import DATA_KEY
from chalicelib.storage.desk import Desk
from chalicelib.storage.log_state import StoredLogState
from chalicelib.storage.objects import Bucket
from chalicelib.storage.pointers import Pointers
from infra.halt import no_function
from infra.place import Place, place_of, say_where

BEGUN, CERTIFICATE = "ended/begun.json", "ended/certificate"
# What stays on the desk. Of the results, the files that hold citizen IDs and phones in full go.
KEPT = ("results/", "ended/")
PERSONAL = ("individual_prizes.xlsx", "winner-checks.xlsx", "units.zip")
KMS_DAYS = 7  # the fewest that KMS takes; what the key opened is gone at once
_AT_ONCE = 16
_LOG_S = 180  # how long the log may take to say that it is over

Row = dict[str, Any]


def too_early(
    current: Current, closed: ResultsIndex | None, published: Manifest | None, now: int
) -> tuple[str, bool]:
    """Why the contest cannot end yet, "" if it can; and whether a reason lifts that."""
    weeks = current.definition.weeks
    last = max(week.closes for week in weeks) + current.definition.grace if weeks else 0
    if now < last:
        return f"Weeks are open or still to come, until {current.definition.rfc3339(last)}.", False
    done = {week.week for week in closed.weeks} if closed else set()
    missing = [str(week.number) for week in weeks if week.number not in done]
    if missing or published is None:
        return f"Not closed yet: {', '.join([*missing, 'final'])}.", True
    if current.decisions.recognition("final") is None:
        return "The result of the end is not recognised yet (recognitions.csv).", True
    if not published.recognised:
        return "The page does not say yet that the result is recognised. Wait for the next close.", True
    return "", True


def goes(key: str) -> bool:
    """Whether an object of the desk goes."""
    if not key.startswith(KEPT):
        return True
    name = key.rpartition("/")[2]
    return key.startswith("results/") and (name in PERSONAL or "/units/" in key)


def versions(s3: Any, bucket: str) -> Iterator[Row]:
    """Every version and every marker of a deletion in the bucket."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        yield from page.get("Versions", ())
        yield from page.get("DeleteMarkers", ())


def items(dynamodb: Any, table: str) -> Iterator[Row]:
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def keys_of(dynamodb: Any, table: str) -> list[str]:
    described = dynamodb.describe_table(TableName=table)["Table"]
    return [key["AttributeName"] for key in described["KeySchema"]]


def count(at: Place) -> tuple[dict[str, int], int]:
    """What goes, by kind, and how many versions of objects stay on the desk."""
    dynamodb, counted, stays = at.client("dynamodb"), Counter[str](), 0
    for item in items(dynamodb, at.tables["participants"]):
        counted["accounts" if "password_hash" in item else "other items about people"] += 1
    counted["entries"] = sum(1 for _ in items(dynamodb, at.tables["entries"]))
    counted["pointers"] = len(pointers(at))
    for version in versions(at.s3, at.desk):
        if goes(version["Key"]):
            counted[f"{version['Key'].partition('/')[0]}/"] += 1
        else:
            stays += 1
    counted["keys"] = sum(_is_there(at, name) for name in at.secrets) + _is_enabled(at)
    return {name: counted[name] for name in sorted(counted) if counted[name]}, stays


def _is_there(at: Place, name: str) -> bool:
    try:
        at.client("secretsmanager").describe_secret(SecretId=at.secrets[name])
    except ClientError as error:
        if error.response["Error"]["Code"] == "ResourceNotFoundException":
            return False
        raise
    return True


def _is_enabled(at: Place) -> bool:
    state = at.client("kms").describe_key(KeyId=at.kms_key)["KeyMetadata"]["KeyState"]
    return state not in {"PendingDeletion", "PendingReplicaDeletion"}


def tell_the_log(at: Place, begun: Row, sleep: Callable[[float], None]) -> None:
    """The log's last fact is its end, so that watchers do not take its silence for a fault.

    If the log has not said so after some minutes, the contest ends all the same.
    """
    dynamodb, table = at.client("dynamodb"), at.tables["tallies"]
    contest = Pointers(dynamodb, table)
    pointer = contest.get(CURRENT)
    if pointer is None:  # an earlier run has told it
        return
    with suppress(UnreadableDocument):
        ended = replace(ContestInForce.decode(pointer), ended=begun["begun_at"])
        contest.replace(CURRENT, pointer, ended.encode())
    for _ in range(_LOG_S):
        state, _ = StoredLogState(dynamodb, table).read()
        if state is None or ("end" in state.facts and state.published == state.size):
            return
        sleep(1)


def stop(at: Place) -> None:
    """Nothing runs any more: no contest is in force, no schedule, function or alarm works."""
    delete_pointers(at, lambda key: key == CURRENT)
    events = at.client("events")
    for page in events.get_paginator("list_rules").paginate(NamePrefix=at.stack):
        for rule in page["Rules"]:
            events.disable_rule(Name=rule["Name"])
    alarms = at.client("cloudwatch")
    for page in alarms.get_paginator("describe_alarms").paginate(AlarmNamePrefix=at.stack):
        named = [
            alarm["AlarmName"] for kind in ("MetricAlarms", "CompositeAlarms") for alarm in page.get(kind, ())
        ]
        for some in _in_parts(named, 100):
            alarms.disable_alarm_actions(AlarmNames=list(some))
    no_function(at.stack, at.client)


def pointers(at: Place) -> list[str]:
    """What points into the desk, by key; what is left of the table says which results were published."""
    found = items(at.client("dynamodb"), at.tables["tallies"])
    return [item["id"]["S"] for item in found if item["id"]["S"].startswith(POINTERS)]


def delete_pointers(at: Place, which: Callable[[str], bool] = lambda _: True) -> None:
    dynamodb = at.client("dynamodb")
    for key in filter(which, pointers(at)):
        dynamodb.delete_item(TableName=at.tables["tallies"], Key={"id": {"S": key}})


def destroy_keys(at: Place) -> None:
    """Without them, ids, pseudonyms and sealed values lead to nobody, in backups too."""
    for name, secret in at.secrets.items():
        if _is_there(at, name):
            at.client("secretsmanager").delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)
    delete_pointers(at, lambda key: key == DATA_KEY)
    if _is_enabled(at):
        key = at.client("kms").describe_key(KeyId=at.kms_key)["KeyMetadata"]
        for copy in key.get("MultiRegionConfiguration", {}).get("ReplicaKeys", ()):
            abroad = at.client("kms", copy["Region"])
            abroad.schedule_key_deletion(KeyId=copy["Arn"], PendingWindowInDays=KMS_DAYS)
        at.client("kms").schedule_key_deletion(KeyId=at.kms_key, PendingWindowInDays=KMS_DAYS)


def empty_tables(at: Place) -> None:
    """Deletes every item, and with point-in-time recovery the backups from which it could come back."""
    dynamodb = at.client("dynamodb")
    for table in (at.tables["participants"], at.tables["entries"]):
        names = keys_of(dynamodb, table)
        keys = ({name: item[name] for name in names} for item in items(dynamodb, table))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for chunk in _in_parts(_in_parts(keys, 25), _AT_ONCE):
                list(pool.map(lambda some, table=table: _delete(dynamodb, table, some), chunk))
        recovery = {"PointInTimeRecoveryEnabled": False}
        dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)
        for backup in dynamodb.list_backups(TableName=table).get("BackupSummaries", ()):
            dynamodb.delete_backup(BackupArn=backup["BackupArn"])


def _in_parts(values: Iterable[Any], size: int) -> Iterator[tuple[Any, ...]]:
    rest = iter(values)
    while part := tuple(islice(rest, size)):
        yield part


def _delete(dynamodb: Any, table: str, keys: tuple[Row, ...]) -> None:
    asked: Any = {table: [{"DeleteRequest": {"Key": key}} for key in keys]}
    while asked:
        asked = dynamodb.batch_write_item(RequestItems=asked).get("UnprocessedItems")
        if asked:
            time.sleep(0.2)


def empty(at: Place, which: Callable[[str], bool] = goes) -> None:
    """Deletes every version of the objects, so that none can be brought back."""
    old = (
        {"Key": version["Key"], "VersionId": version["VersionId"]}
        for version in versions(at.s3, at.desk)
        if which(version["Key"])
    )
    for some in _in_parts(list(old), 1000):
        deleted = {"Objects": list(some), "Quiet": True}
        unlocked = {"BypassGovernanceRetention": True}  # what storage/locks.py has locked
        failed = at.s3.delete_objects(Bucket=at.desk, Delete=deleted, **unlocked).get("Errors")
        if failed:
            raise RuntimeError(f"{failed[0]['Key']}: {failed[0]['Message']}")


def end(at: Place, begun: Row, now: Callable[[], datetime]) -> Row:
    """Carries out what ``begun`` says; returns the certificate. May be repeated after any failure."""
    tell_the_log(at, begun, time.sleep)
    stop(at)
    destroy_keys(at)
    empty_tables(at)
    delete_pointers(at)
    empty(at)
    remains, stays = count(at)
    if remains:
        raise RuntimeError(f"Still there: {remains}.")
    certificate = {**begun, "ended_at": now().isoformat(timespec="seconds"), "stays": stays}
    at.s3.put_object(
        Bucket=at.desk,
        Key=f"{CERTIFICATE}.html",
        Body=page(certificate).encode(),
        ContentType="text/html; charset=utf-8",
    )
    at.s3.put_object(Bucket=at.desk, Key=f"{CERTIFICATE}.json", Body=json.dumps(certificate).encode())
    return certificate


_WORDS = {
    "accounts": "tài khoản người dự thi",
    "other items about people": "dữ liệu khác về người dự thi: mã của người đã xóa, số lần nhập sai",
    "entries": "bài làm, theo người và tuần",
    "keys": "khóa: mã người dự thi, phiên đăng nhập, biên nhận, mã hóa dữ liệu cá nhân",
    "pointers": "con trỏ: cuộc thi đang chạy, khóa dữ liệu đã mã hóa, phiên đã kết thúc, thay đổi chờ xác nhận",
    "results/": "tệp kết quả có số căn cước, số điện thoại hoặc danh sách đơn vị, kể cả phiên bản cũ",
}
_PAGE = Template((Path(__file__).parent / "end.html").read_text(encoding="utf-8"))


def page(certificate: Row) -> str:
    """The certificate for people, in Vietnamese, to be printed and signed."""
    told = {name: html.escape(str(value)) for name, value in certificate.items()}
    rows = "".join(
        f"<tr><td>{html.escape(_WORDS.get(name, f'tệp trong {name} trên desk, kể cả phiên bản cũ'))}</td>"
        f"<td>{number}</td></tr>"
        for name, number in certificate["counts"].items()
    )
    why = told["reason"] and f"Xóa khi kết quả chung cuộc chưa được công nhận, vì: {told['reason']}"
    return _PAGE.substitute({**told, "rows": rows, "reason": why, "days": KMS_DAYS})


def _contest(at: Place, now: int) -> tuple[Current, ResultsIndex | None, Manifest | None]:
    """The contest in force, its closes, and the manifest of the end."""
    desk = Desk(at.s3, at.desk, Pointers(at.client("dynamodb"), at.tables["tallies"]))
    current, there = Library(desk, lambda: now).current(), shown_results(desk)
    if there is None or there.index.final is None:
        return current, there.index if there else None, None
    revision = stored_revision(desk, "final", there.index.final.revision, there.manifests["final"])
    return current, there.index, revision.manifest("final")


def main() -> None:
    """Exits with 1 if it is refused or fails."""
    parser = argparse.ArgumentParser(prog="python -m infra.end", description=__doc__.split("\n")[0])
    say_where(parser)
    parser.add_argument("--confirm", default="", metavar="CONTEST", help="the contest's id: destroys its data")
    parser.add_argument("--reason", default="", help="ends it although its result is not recognised")
    options = parser.parse_args()
    try:
        print("\n".join(run(place_of(options), options.confirm, options.reason)))
    except (ClientError, BotoCoreError, RuntimeError, Busy) as error:
        sys.exit(f"Not ended, or not to its end; run it again. {error}")


def run(
    at: Place, confirm: str, reason: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> list[str]:
    """The lines to print. Ends the program with a sentence if it is refused."""
    desk = Bucket(at.s3, at.desk)
    counted, stays = count(at)
    stored = desk.get(BEGUN)
    if not counted and desk.get(f"{CERTIFICATE}.json") is not None:
        return [f"Ended already. The certificate is {CERTIFICATE}.html in the desk bucket."]
    if stored is None:
        moment = int(now().timestamp() * 1000)
        current, closed, published = _contest(at, moment)
        contest = current.definition.contest.id
        why, lifts = too_early(current, closed, published, moment)
    else:  # what was begun is finished
        contest, why, lifts = json.loads(stored)["contest"], "", True
    if not confirm:
        lines = [f"{number:>10,}  {name}" for name, number in counted.items()]
        return [
            "This would go for good. Copy what has to be archived first: make results.",
            *lines,
            f"The site stays, and {stays:,} versions of objects of the desk (results).",
            *([why] if why else []),
            f"To do it: make end CONFIRM={contest}",
        ]
    if confirm != contest:
        sys.exit(f"Nothing was deleted: the contest here is {contest}, not {confirm}.")
    if why and not (lifts and reason.strip()):
        lift = ' To end it all the same: REASON="…", which the certificate repeats.' if lifts else ""
        sys.exit(f"Nothing was deleted. {why}{lift}")
    begun: Row = (
        json.loads(stored)
        if stored is not None
        else {
            "contest": contest,
            "by": at.client("sts").get_caller_identity()["Arn"],
            "begun_at": now().isoformat(timespec="seconds"),
            "reason": reason.strip() if why else "",
            "counts": counted,
        }
    )
    if stored is None:
        desk.put(BEGUN, json.dumps(begun).encode())
    end(at, begun, now)
    return [f"Ended. The certificate is {CERTIFICATE}.html in the desk bucket: print it and sign it."]


if __name__ == "__main__":
    main()
