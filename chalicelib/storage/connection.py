"""One DynamoDB connection for all models, with time limits that suit a person who waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.connection import Connection
from pynamodb.exceptions import PynamoDBException

from chalicelib.domain.errors import Busy

if TYPE_CHECKING:  # models are slow to import, and the exam path has none
    from pynamodb.connection.table import TableConnection
    from pynamodb.models import Model

_BUSY = {
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
}


def connect(region: str) -> Connection:
    """1 s to connect, 2 s to answer, one retry: PynamoDB's defaults stall a call for seconds.

    A fixed user agent saves botocore the building of one a request, a fifth of an update's CPU time.
    """
    connection = Connection(
        region=region,
        connect_timeout_seconds=1,
        read_timeout_seconds=2,
        retry_configuration={"total_max_attempts": 2, "mode": "standard"},
    )
    connection.session.set_default_client_config(Config(user_agent="cuoc-thi"))
    return connection


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
        answer = _answer(error)
        if answer is not None and answer["Error"]["Code"] not in _BUSY:
            raise
        if answer is None and not any(isinstance(cause, BotoCoreError) for cause in _causes(error)):
            raise
        raise Busy(str(error)) from error


def refused_item(error: BaseException) -> tuple[bool, dict[str, Any] | None]:
    """Whether a condition was not met, and the item that stood in its way (``ALL_OLD``)."""
    answer = _answer(error)
    if answer is None or answer["Error"]["Code"] != "ConditionalCheckFailedException":
        return False, None
    return True, answer.get("Item")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or getattr(error, "cause", None)


def _answer(error: BaseException) -> dict[str, Any] | None:
    """DynamoDB's own answer, which PynamoDB's exceptions leave out; None if there was none."""
    answers = [cause.response for cause in _causes(error) if isinstance(cause, ClientError)]
    return answers[-1] if answers else None
