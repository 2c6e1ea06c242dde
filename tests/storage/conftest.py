"""DynamoDB and S3 by moto, with the same tables as the template makes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.session import get_session
from moto import mock_aws

from chalicelib.storage.dynamodb import Client, dynamodb_client
from tests.tables import make_table

REGION = "ap-southeast-1"
SESSION = get_session()  # shared: reading the service's model again takes longer than a test


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Tables ``participants``, ``entries``, ``tallies`` on an empty DynamoDB."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        dynamodb = SESSION.create_client("dynamodb", REGION)
        make_table(dynamodb, "participants", "id")
        make_table(dynamodb, "entries", "pk", "sk")
        make_table(dynamodb, "tallies", "id")
        yield dynamodb_client(SESSION, REGION)
