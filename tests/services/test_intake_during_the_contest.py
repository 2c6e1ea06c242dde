"""Loading a contest again when it is about to open, under way or over: what may change and what may not.

An environment looks for a newer contest once a minute, so that for a minute two versions may be in force.
What papers are drawn from must be the same in both when a week opens.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.services.reference import RECHECK_MS
from tests.services.contest_files import DISQUALIFICATIONS, EXCLUSIONS, QUESTIONS, TOML, UNITS
from tests.services.inbox import Desk

OPENING = datetime(2022, 8, 22, 1, 0, tzinfo=UTC)
RECHECK = timedelta(milliseconds=RECHECK_MS)

OPEN = OPENING + timedelta(days=1)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"toml": TOML.replace("2022-08-22T08", "2022-08-22T09")}, ("contest.toml", "contest.start")),
        (
            {"toml": TOML.replace("weeks = 4", 'weeks = 4\nweek_length = "P6D"')},
            ("contest.toml", "contest.start"),
        ),
        ({"toml": TOML.replace("questions = 3", "questions = 2")}, ("contest.toml", "paper")),
        ({"questions": QUESTIONS.replace("Một?,a,b,c,d,,,B", "Một?,a,b,c,d,,,C")}, ("questions.csv", "")),
        ({"units": UNITS.replace("SO-B,Sở B,Sở,department,4,0\n", "")}, ("units", "code")),
        ({"toml": TOML + '\n[ranking]\norder = ["duration"]\n'}, ("contest.toml", "ranking")),
        ({"toml": TOML + '\n[prediction]\nquestion = "Bao nhiêu?"\n'}, ("contest.toml", "prediction")),
    ],
)
def test_what_papers_depend_on_stays_once_a_week_has_opened(
    changed: dict[str, Any], place: tuple[str, str]
) -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    report = desk.put(OPEN, **changed)
    assert [(fault["file"], fault["column"]) for fault in report["faults"]] == [place]
    assert desk.everything_but_reports() == before
    assert Desk().put(OPEN, **changed)["accepted"], "a first loading is never too late"


ANOTHER_KEY = QUESTIONS.replace("Một?,a,b,c,d,,,B", "Một?,a,b,c,d,,,C")


def test_the_bank_may_be_mended_while_everybody_will_see_it_before_the_opening() -> None:
    desk = Desk()
    desk.put()
    assert desk.put(OPENING - 3 * RECHECK, questions=ANOTHER_KEY)["accepted"]


@pytest.mark.parametrize("before", [timedelta(seconds=1), RECHECK / 2, RECHECK])
def test_it_stays_as_it_is_when_some_would_see_it_only_after_the_opening(before: timedelta) -> None:
    desk = Desk()
    desk.put()
    assert not desk.put(OPENING - before, questions=ANOTHER_KEY)["accepted"]


def test_after_the_last_week_the_bank_stays_too() -> None:
    # Scores are kept as they were graded; another bank would only change those of overdue attempts.
    desk = Desk()
    desk.put()
    assert not desk.put(OPENING + timedelta(days=99), questions=ANOTHER_KEY)["accepted"]


ONE_MORE = DISQUALIFICATIONS + "040080000003,2022-08-30,thi hộ\n"
CORRECTED = UNITS.replace("SO-B,Sở B,Sở,department,4,0", "SO-B,Sở Bê,Sở,department,5,1")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"disqualifications": ONE_MORE}, id="somebody is disqualified"),
        pytest.param({"disqualifications": None}, id="nobody is disqualified any more"),
        pytest.param({"exclusions": EXCLUSIONS + "040080000004,Tổ ra đề,\n"}, id="somebody is excluded"),
        pytest.param({"units": CORRECTED}, id="a unit's name and headcount"),
        pytest.param({"guide": "# Thể lệ mới\n"}, id="the guide"),
        pytest.param({"toml": TOML.replace("0238 000 000", "0238 111 111")}, id="the hotline"),
        pytest.param({"toml": TOML.replace("weeks = 4", "weeks = 5")}, id="a further week"),
        pytest.param({"questions": QUESTIONS.replace("Sáu?", "Năm hay sáu?")}, id="the text of a draft"),
        pytest.param({"questions": QUESTIONS.replace("draft", "rejected")}, id="a draft is rejected"),
    ],
)
def test_what_papers_do_not_depend_on_may_change_at_any_time(changed: dict[str, Any]) -> None:
    desk = Desk()
    desk.put()
    assert desk.put(OPENING + timedelta(days=1), **changed)["faults"] == []


def test_questions_may_be_sorted_anew_in_their_file() -> None:
    desk = Desk()
    desk.put()
    header, *rows = QUESTIONS.splitlines(keepends=True)
    before = desk.library().current().bank
    assert desk.put(OPENING + timedelta(days=1), questions=header + "".join(reversed(rows)))["accepted"]
    assert desk.library().current().bank == before
