"""Before a contest is in force no secret is read: `make recover` puts the right ones, and then the contest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.errors import NotLoaded
from chalicelib.storage.http_lines import KeptLines
from chalicelib.wiring import api, aws, publish_live, tally
from chalicelib.wiring.environment import ApiEnvironment, LiveEnvironment, TallyEnvironment
from tests.tables import make_table
from tests.wire import MotoLines

REGION = "ap-southeast-1"
FIELDS = {
    **ApiEnvironment.__annotations__,
    **LiveEnvironment.__annotations__,
    **TallyEnvironment.__annotations__,
}
# Whoever has an old value of it looks again (web/tokens.py): it may be rotated at any time.
MAY_BE_READ = {"token-secret"}


def forget() -> None:
    for module in (api, aws, publish_live, tally):
        for made in vars(module).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The secrets that were read, on a stack without a contest."""
    names: list[str] = []

    def noted(_: Any, name: str) -> bytes:
        names.append(name)
        return b"secret"

    for module in (api, publish_live, tally):
        monkeypatch.setattr(module, "secret", noted)
    for name, of_type in FIELDS.items():
        monkeypatch.setenv(name.upper(), "60" if "int" in str(of_type) else name.replace("_", "-"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, REGION)
    monkeypatch.setenv("WITNESSES", "none")
    monkeypatch.setattr(KeptLines, "send", lambda _, *asked: MotoLines().send(*asked))
    forget()
    with mock_aws():
        make_table(boto3.client("dynamodb", REGION), "tallies-table", "id")
        yield names
    forget()


@pytest.mark.parametrize(
    "call",
    [api.health, api.account, api.provider, publish_live.append_to_log, lambda: tally.count([])],
    ids=["health", "account", "provider", "log", "tally"],
)
def test_no_function_reads_a_secret(call: Callable[[], Any], read: list[str]) -> None:
    with pytest.raises(NotLoaded):
        call()
    assert set(read) <= MAY_BE_READ
