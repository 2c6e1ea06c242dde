"""Restores a table that was deleted, under its old name, with everything that a backup does not hold.

python -m infra.lost_table entries --stage prod

DynamoDB makes a backup when a table with point-in-time recovery is deleted, and keeps it for 35 days. A table
made from it has neither that recovery, nor stream, time to live and protection; and its stream is a new one, to
which whoever read the old one has to be pointed (DynamoDB's developer guide, “Restoring a table”).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.halt import stream_readers
from infra.place import TABLES, Client, say_where, stack_of

EXPIRES = "expires"  # the attribute by which DynamoDB deletes what has served (infra/template.yaml)
_STREAMED = "entries"

Say = Callable[[str], None]


class NothingToRestore(Exception):
    """The table is there, or no backup of it is."""


def restore_table(stack: str, client: Client, table: str, say: Say, *, protect: bool) -> None:
    """Raises ``NothingToRestore``. It may be run again until it has ended: each step looks what is done."""
    dynamodb, name = client("dynamodb"), f"{stack}-{table}"
    if not _is_there(dynamodb, name):
        backup = _newest_backup(dynamodb, name)
        made = f"{backup['BackupCreationDateTime']:%d/%m/%Y %H:%M:%S %Z}"
        say(f"Restoring {name} as of {made}; on AWS it takes up to an hour.")
        dynamodb.restore_table_from_backup(TargetTableName=name, BackupArn=backup["BackupArn"])
    elif not _was_restored(dynamodb, name):
        raise NothingToRestore(f"{name} is there. Of single lost items: docs/runbook.md, “Items were lost”.")
    ready = dynamodb.get_waiter("table_exists")
    ready.wait(TableName=name, WaiterConfig={"Delay": 5, "MaxAttempts": 2_000})
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    if table == "participants":
        _expire(dynamodb, name)
    if table == _STREAMED:
        _read_again(client, stack, _stream(dynamodb, name, ready))
    if protect:
        dynamodb.update_table(TableName=name, DeletionProtectionEnabled=True)
    say(f"{name} is there again.")


def _described(dynamodb: Any, name: str) -> dict[str, Any]:
    table: dict[str, Any] = dynamodb.describe_table(TableName=name)["Table"]
    return table


def _is_there(dynamodb: Any, name: str) -> bool:
    try:
        _described(dynamodb, name)
    except dynamodb.exceptions.ResourceNotFoundException:
        return False
    return True


def _was_restored(dynamodb: Any, name: str) -> bool:
    return "RestoreSummary" in _described(dynamodb, name)


def _newest_backup(dynamodb: Any, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    for page in dynamodb.get_paginator("list_backups").paginate(TableName=name, BackupType="ALL"):
        found += [one for one in page["BackupSummaries"] if one["BackupStatus"] == "AVAILABLE"]
    if not found:
        raise NothingToRestore(f"There is no backup of {name}: put back the items of a copy (make backup).")
    return max(found, key=lambda one: one["BackupCreationDateTime"])


def _expire(dynamodb: Any, name: str) -> None:
    told = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if told["TimeToLiveStatus"] == "DISABLED":
        specification = {"Enabled": True, "AttributeName": EXPIRES}
        dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=specification)


def _stream(dynamodb: Any, name: str, ready: Any) -> str:
    """The ARN of the table's stream, which is made if there is none."""
    if not _described(dynamodb, name).get("StreamSpecification", {}).get("StreamEnabled"):
        specification = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        dynamodb.update_table(TableName=name, StreamSpecification=specification)
        ready.wait(TableName=name)
    return str(_described(dynamodb, name)["LatestStreamArn"])


def _read_again(client: Client, stack: str, stream: str) -> None:
    """Whoever read the old stream reads the new one from its beginning, in the same way."""
    functions = client("lambda")
    kept = (
        "BatchSize",
        "MaximumBatchingWindowInSeconds",
        "ParallelizationFactor",
        "BisectBatchOnFunctionError",
        "MaximumRetryAttempts",
        "MaximumRecordAgeInSeconds",
        "DestinationConfig",
        "FunctionResponseTypes",
    )
    readers: list[dict[str, Any]] = [*stream_readers(stack, client)]
    for old in readers:
        if old["EventSourceArn"] == stream:
            continue
        if not any(one["EventSourceArn"] == stream for one in readers):
            functions.create_event_source_mapping(
                FunctionName=f"{stack}-tally",
                EventSourceArn=stream,
                StartingPosition="TRIM_HORIZON",
                Enabled=False,  # until the stack goes on (infra/halt.py)
                **{name: old[name] for name in kept if old.get(name) is not None},
            )
        functions.delete_event_source_mapping(UUID=old["UUID"])


def main() -> None:
    """Exits with 1 if the table is not there again."""
    parser = argparse.ArgumentParser(prog="python -m infra.lost_table", description=__doc__.split("\n")[0])
    parser.add_argument("table", choices=TABLES)
    say_where(parser)
    options = parser.parse_args()
    stack, client = stack_of(options)
    try:
        restore_table(stack, client, options.table, print, protect=options.stage == "prod")
    except (NothingToRestore, ClientError, BotoCoreError) as error:
        sys.exit(f"Not restored. {error}")
    print("The stack is halted as before; when everything is there: make resume")


if __name__ == "__main__":
    main()
