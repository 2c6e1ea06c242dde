"""Outcomes noticed too late otherwise: a week without a result, a broken page, a log that stands still."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from chalicelib.domain.errors import NotLoaded
from chalicelib.services.contest.public_contest import CONTEST
from chalicelib.services.ports import NoAnswer
from chalicelib.services.publishing.watch import (
    CLOSED_WITHIN,
    Broken,
    Met,
    must_be_loaded,
    not_closed,
    visit,
)
from tests.fakes import MINUTE, WEEK, MemoryObjects, definition, reference

NOW = 1_700_000_000_000
PAGE = Met(200, b"<!DOCTYPE html><title>")
SHOWN = Met(200, json.dumps({"weeks": [{"number": 1}]}).encode())
HEALTHY = Met(200, b'{"status":"ok"}')
LOGGED = Met(200, b"origin\n7\nroot\n", NOW - 2 * MINUTE)
RIGHT = {"/": PAGE, "/data/contest.json": SHOWN, "/api/health": HEALTHY, "/data/log/checkpoint": LOGGED}
ABSENT = Met(403, b"<Error>AccessDenied")
NOT_LOADED = Met(503, b'{"code":"not_loaded"}')


def met(**changed: Met) -> Callable[[str], Met]:
    names = {
        "page": "/",
        "contest": "/data/contest.json",
        "health": "/api/health",
        "log": "/data/log/checkpoint",
    }
    found = RIGHT | {names[name]: one for name, one in changed.items()}
    return found.__getitem__


def test_a_site_that_is_whole_is_quiet_and_so_is_one_before_the_first_contest() -> None:
    visit(met(), NOW)
    visit(met(contest=ABSENT, health=NOT_LOADED, log=ABSENT), NOW)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"page": Met(200, b"<Error>NoSuchKey")}, "^/: 200 <Error>"),
        ({"page": Met(503, b"")}, "^/: 503$"),
        ({"contest": Met(200, b"{}")}, "^/data/contest.json: 200"),
        ({"contest": Met(500, b"x")}, r"^/data/contest.json: 500 x$"),
        ({"health": Met(503, b'{"code":"busy"}')}, '^/api/health: 503 .*"busy"'),
        ({"health": NOT_LOADED}, '^/api/health: 503 .*"not_loaded"'),  # the site shows a contest: it was lost
        ({"contest": ABSENT, "health": Met(500, b"")}, "^/api/health: 500$"),
        ({"log": Met(200, b"x", NOW - 9 * MINUTE)}, "^/data/log/checkpoint: is 9 minutes old$"),
        ({"log": ABSENT}, "^/data/log/checkpoint: 403"),
        ({"page": Met(500, b""), "log": Met(500, b"")}, "^/: 500; /data/log/checkpoint: 500$"),
    ],
)
def test_what_a_visitor_should_not_meet_is_told(changed: dict[str, Met], says: str) -> None:
    with pytest.raises(Broken, match=says):
        visit(met(**changed), NOW)


def test_an_address_that_does_not_answer_is_told() -> None:
    def ask(path: str) -> Met:
        if path == "/":
            raise NoAnswer("ReadTimeoutError")
        return RIGHT[path]

    with pytest.raises(Broken, match=r"^/: 0 no answer: ReadTimeoutError$"):
        visit(ask, NOW)


def test_a_week_without_a_result_is_told_when_a_close_would_be_through() -> None:
    contest = reference(definition())
    first = contest.definition.weeks[0]
    ready = next(
        at for at in range(first.closes, first.closes + WEEK, 1000) if contest.definition.ready_to_close(at)
    )
    assert not_closed(contest, [], ready + CLOSED_WITHIN - 1000) == {}
    late = not_closed(contest, [], ready + CLOSED_WITHIN)
    assert late == {1: (ready + CLOSED_WITHIN - first.closes) // MINUTE}
    assert not_closed(contest, ["week-1"], ready + CLOSED_WITHIN) == {}
    assert set(not_closed(contest, ["final"], ready + CLOSED_WITHIN)) == {1}


def test_a_missing_contest_is_quiet_only_before_the_first() -> None:
    site = MemoryObjects()
    must_be_loaded(site)
    site.put(CONTEST, b"{}")
    with pytest.raises(NotLoaded):
        must_be_loaded(site)
