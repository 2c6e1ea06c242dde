"""The local AWS resumes a table's stream where it was stopped: nothing is lost, nothing waits."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest

from infra.local.ministack import MiniStack
from tests.stack import wait_for
from tests.tables import make_table

pytestmark = pytest.mark.slow

FUNCTION = "def handler(event, context):\n    print(len(event['Records']))\n"


def zipped(source: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("main.py", source)
    return file.getvalue()


def put(aws: MiniStack, *keys: str) -> None:
    for key in keys:
        aws.client("dynamodb").put_item(TableName="streamed", Item={"id": {"S": key}})


def delivered(aws: MiniStack, mapping: str) -> str:
    """The fate of the last batch, in MiniStack's words."""
    found = aws.client("lambda").get_event_source_mapping(UUID=mapping)
    return str(found["LastProcessingResult"])


def test_records_unread_before_a_stop_are_delivered_after_it(tmp_path: Path) -> None:
    with MiniStack(tmp_path / "state", tmp_path / "first.log") as aws:
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        table = make_table(aws.client("dynamodb"), "streamed", "id", StreamSpecification=stream)
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        role = aws.client("iam").create_role(
            RoleName="reader",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
        functions = aws.client("lambda")
        functions.create_function(
            FunctionName="reader",
            Runtime=f"python3.{sys.version_info.minor}",
            Role=role["Role"]["Arn"],
            Handler="main.handler",
            Code={"ZipFile": zipped(FUNCTION)},
        )
        put(aws, "a", "b", "c")
        mapping = functions.create_event_source_mapping(
            EventSourceArn=table["TableDescription"]["LatestStreamArn"],
            FunctionName="reader",
            StartingPosition="TRIM_HORIZON",
            BatchSize=100,
        )["UUID"]
        wait_for(lambda: delivered(aws, mapping) == "OK - 3 records", 60, "reading the stream")
        functions.update_event_source_mapping(UUID=mapping, Enabled=False)
        put(aws, "d", "e")

    with MiniStack(tmp_path / "state", tmp_path / "second.log") as aws:
        assert delivered(aws, mapping) == "OK - 3 records"
        aws.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=True)
        wait_for(lambda: delivered(aws, mapping) == "OK - 2 records", 60, "reading what was left")
        put(aws, "f")
        wait_for(lambda: delivered(aws, mapping) == "OK - 1 records", 60, "reading on")
