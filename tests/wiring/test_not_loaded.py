"""A contest that is not there is quiet only before the first one: afterwards it was lost, which is an error."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import app
from chalicelib.domain.errors import NotLoaded
from chalicelib.services.contest.public_contest import CONTEST
from chalicelib.wiring import close_weeks, publish_live
from tests.fakes import MemoryObjects


def lost(*_: Any) -> Any:
    raise NotLoaded


EVENT = {
    "version": "0",
    "account": "1",
    "region": "r",
    "detail": {},
    "detail-type": "t",
    "source": "s",
    "time": "2026-11-29T00:00:00Z",
    "id": "i",
    "resources": [],
}
CONTEXT = SimpleNamespace(aws_request_id="r")


@pytest.mark.parametrize("function", [app.close_weeks, app.publish_live])
def test_a_lost_contest_is_an_error_and_one_that_never_was_is_none(
    function: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = MemoryObjects()
    monkeypatch.setattr(close_weeks, "closing", lambda: SimpleNamespace(run=lost, site=site))
    monkeypatch.setattr(publish_live, "_parts", lambda: SimpleNamespace(site=site))
    monkeypatch.setattr(publish_live, "publish", lost)
    function(EVENT, CONTEXT)
    site.put(CONTEST, b"{}")
    with pytest.raises(NotLoaded):
        function(EVENT, CONTEXT)
