"""One DynamoDB connection for all models, with time limits that suit a person who waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from chalicelib.domain.errors import Busy

_REFUSED = {"ConditionalCheckFailedException"}
_BUSY = {
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
}


def connect(region: str) -> Connection:
    """1 s to connect, 2 s to answer, one retry: PynamoDB's defaults stall a call for seconds."""
    return Connection(
        region=region,
        connect_timeout_seconds=1,
        read_timeout_seconds=2,
        retry_configuration={"total_max_attempts": 2, "mode": "standard"},
    )


def bind(model: type[Model], table: str, connection: Connection) -> None:
    """Points ``model`` at ``table`` over the shared connection; by itself each model makes its own client."""
    model.Meta.table_name = table
    model._connection = None  # noqa: SLF001  PynamoDB has no public way to share a connection
    own: TableConnection = model._get_connection()  # noqa: SLF001
    with suppress(ValueError):  # two models may share a table, and its keys are known already
        connection.add_meta_table(own.get_meta_table())
    own.connection = connection


@contextmanager
def busy_if_pushed_back() -> Iterator[None]:
    """Throttling, time-outs and 5xx become ``Busy``; other faults pass."""
    try:
        yield
    except (PynamoDBException, ClientError, BotoCoreError) as error:
        root = client_error(error)
        if root is None or root.response["Error"]["Code"] in _BUSY:
            raise Busy(str(error)) from error
        raise


def client_error(error: BaseException | None) -> ClientError | None:
    """DynamoDB's own answer behind PynamoDB's exceptions; None if there was no answer."""
    found = None
    while error is not None:
        if isinstance(error, ClientError):
            found = error
        error = error.__cause__ or getattr(error, "cause", None)
    return found


def refused_item(error: BaseException) -> tuple[bool, dict[str, Any] | None]:
    """Whether a condition was not met, and the item that stood in its way (``ALL_OLD``)."""
    root = client_error(error)
    if root is None or root.response["Error"]["Code"] not in _REFUSED:
        return False, None
    return True, root.response.get("Item")
