"""A table that was deleted is there again under its name, with all that a backup does not hold."""

from __future__ import annotations

from typing import Any

import pytest

from infra.lost_table import EXPIRES, NothingToRestore, restore_table
from tests.infra.recovered import Cloud


def quiet(_: str) -> None:
    pass


@pytest.fixture
def cloud(aws: None) -> Cloud:
    made = Cloud("old")
    made.play(3)
    return made


def lose(cloud: Cloud, table: str) -> None:
    """Moto makes no backup of a deleted table by itself."""
    name = cloud.at.tables[table]
    cloud.dynamodb.create_backup(TableName=name, BackupName="deleted")
    cloud.dynamodb.delete_table(TableName=name)


def described(cloud: Cloud, table: str) -> dict[str, Any]:
    found: dict[str, Any] = cloud.dynamodb.describe_table(TableName=cloud.at.tables[table])["Table"]
    return found


@pytest.mark.parametrize("table", ["participants", "entries", "tallies"])
def test_every_item_comes_back_and_the_table_can_be_restored_again(cloud: Cloud, table: str) -> None:
    before = cloud.items(table)
    lose(cloud, table)
    restore_table("old", cloud.client, table, quiet, protect=True)
    assert cloud.items(table) == before
    name = cloud.at.tables[table]
    recovery = cloud.dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    assert recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
    assert described(cloud, table)["DeletionProtectionEnabled"]
    expires = cloud.dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    told = {"TimeToLiveStatus": "ENABLED", "AttributeName": EXPIRES} if table == "participants" else None
    assert expires == (told or {"TimeToLiveStatus": "DISABLED"})


def test_the_entries_stream_is_a_new_one_and_is_read_in_the_same_way(cloud: Cloud) -> None:
    lose(cloud, "entries")
    for _ in range(2):  # whoever was stopped runs it again
        restore_table("old", cloud.client, "entries", quiet, protect=False)
    table = described(cloud, "entries")
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    (reader,) = cloud.functions.readers
    assert reader == {
        "UUID": "2",
        "State": "Disabled",
        "EventSourceArn": table["LatestStreamArn"],
        "StartingPosition": "TRIM_HORIZON",
        "BatchSize": 1000,
    }


def test_of_several_backups_the_newest_is_taken(cloud: Cloud) -> None:
    name = cloud.at.tables["entries"]
    cloud.dynamodb.create_backup(TableName=name, BackupName="earlier")
    cloud.item("entries", pk={"S": "w1#ff"}, sk={"S": "later"})
    lose(cloud, "entries")
    restore_table("old", cloud.client, "entries", quiet, protect=False)
    assert "later" in cloud.items("entries")


def test_a_table_that_is_there_is_left_alone(cloud: Cloud) -> None:
    with pytest.raises(NothingToRestore, match="is there"):
        restore_table("old", cloud.client, "entries", quiet, protect=True)
    assert not described(cloud, "entries").get("DeletionProtectionEnabled")


def test_without_a_backup_it_says_what_else_can_be_done(cloud: Cloud) -> None:
    cloud.dynamodb.delete_table(TableName=cloud.at.tables["entries"])
    with pytest.raises(NothingToRestore, match="make backup"):
        restore_table("old", cloud.client, "entries", quiet, protect=False)
