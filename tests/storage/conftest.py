"""DynamoDB and S3 by moto, with the same tables as the template makes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.session import get_session
from moto import mock_aws

from chalicelib.storage.dynamodb import Dynamo
from tests.tables import make_table
from tests.wire import MotoLines, dynamo

REGION = "ap-southeast-1"
SESSION = get_session()  # shared: reading the service's model again takes longer than a test


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Dynamo]:
    """Tables ``participants``, ``entries``, ``tallies`` on an empty DynamoDB."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        owner = SESSION.create_client("dynamodb", REGION)
        make_table(owner, "participants", "id")
        make_table(owner, "entries", "pk", "sk")
        make_table(owner, "tallies", "id")
        yield dynamo(REGION, MotoLines())
