"""The shared DynamoDB client, with time limits for a person who waits."""

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
    """1 s to connect, 2 s to answer, one retry: with the defaults a call can stall for many seconds.

    A refused call ends after 50 ms and the time of two answers, a hanging one after 4.1 s. The mode "legacy"
    has DynamoDB's own pause of 50 ms; "standard" sleeps up to a second (0.5 s on average), which occupies a
    Lambda environment just when none can be spared.

    Only this package makes requests, so botocore need not check their types; a fixed user agent saves building
    one per request. The two would take a third of an update's CPU time.
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
    """Turns throttling, time-outs and 5xx into ``Busy``; other errors pass."""
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
    """Whether a condition failed, and the stored item that made it fail (``ALL_OLD``)."""
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
