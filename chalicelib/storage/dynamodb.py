"""The DynamoDB client that everything shares, with time limits that suit a person who waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from chalicelib.domain.errors import Busy

# A botocore client; it has no type of its own.
Client = Any

_BUSY = {
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
}


def dynamodb_client(session: Session, region: str) -> Client:
    """1 s to connect, 2 s to answer, one retry: the usual defaults stall a call for many seconds.

    A refused call is over in 50 ms and two answers' time, one that hangs in 4.1 s. The mode "legacy" knows
    DynamoDB's own pause of 50 ms; "standard" sleeps up to a second (0.5 s on average), which holds an
    environment of Lambda just when none is to spare.

    Requests are made by this package alone, so botocore need not check their types; a fixed user agent saves
    the building of one a request. The two are a third of an update's CPU time.
    """
    config = Config(
        connect_timeout=1,
        read_timeout=2,
        retries={"total_max_attempts": 2, "mode": "legacy"},
        parameter_validation=False,
        user_agent="cuoc-thi",
    )
    return session.create_client("dynamodb", region, config=config)


@contextmanager
def busy_if_pushed_back() -> Iterator[None]:
    """Throttling, time-outs and 5xx become ``Busy``; other faults pass."""
    try:
        yield
    except Exception as error:
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
    """DynamoDB's own answer, also behind PynamoDB's exceptions; None if there was none."""
    answers = [cause.response for cause in _causes(error) if isinstance(cause, ClientError)]
    return answers[-1] if answers else None
