"""Checking a contest folder, loading it through the desk as operators do, and saying when its weeks are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from chalicelib.readers.contest_files import ContestFaults
from chalicelib.readers.contest_folder import archive, read_folder
from infra.intake import fault_lines, read_report, send
from infra.local.checks import CannotRun

_FILE = "contest.zip"
_PATIENCE = 60.0


@dataclass(frozen=True)
class Contest:
    """A folder without faults; ``data`` is what goes to the desk."""

    folder: Path
    id: str
    title: str
    data: bytes

    @property
    def key(self) -> str:
        """Names the data of this folder: two folders never share a state, even with the same contest id."""
        return f"{self.id}-{sha256(str(self.folder).encode()).hexdigest()[:8]}"


def read(folder: Path) -> Contest:
    """Raises ``CannotRun`` with every fault, one a line."""
    folder = folder.resolve()
    try:
        source, data = read_folder(folder), archive(folder)
    except ContestFaults as refused:
        raise CannotRun(f"The contest folder {folder} has faults; nothing was started.\n{refused}") from None
    except OSError as error:
        raise CannotRun(f"The contest folder cannot be read: {error}.") from None
    return Contest(folder, source.definition.contest.id, source.definition.contest.title, data)


def load(s3: Any, desk: str, contest: Contest) -> bool:
    """Puts the contest into the inbox and waits for the report; False if just this was taken over before."""
    last = read_report(s3, desk, f"intake/{_FILE}.json")
    if last and last["accepted"] and last["sha256"] == sha256(contest.data).hexdigest():
        return False
    report = send(s3, desk, _FILE, contest.data, _PATIENCE)
    if report is None:
        raise CannotRun(
            f"The contest was not taken over within {_PATIENCE:.0f} s; the function `intake` gave no report."
        )
    if not report["accepted"]:
        raise CannotRun("\n".join(["The contest was not taken over.", *fault_lines(report)]))
    return True


def timetable(s3: Any, site: str) -> list[str]:
    """The weeks in words, as the site publishes them, and what to do when all are over."""
    public = json.loads(s3.get_object(Bucket=site, Key="data/contest.json")["Body"].read())
    weeks = [
        (w["number"], *(datetime.fromisoformat(w[end]) for end in ("opens_at", "closes_at")))
        for w in public["weeks"]
    ]
    now = datetime.now(UTC)
    lines = [
        f"  week {number}: {_when(opens, closes)}, {_status(opens, closes, now)}"
        for number, opens, closes in weeks
    ]
    if weeks and weeks[-1][2] <= now:
        lines.append("  The contest is over. `make clean` forgets it, and the next `make run` starts it anew.")
    return lines


def _when(opens: datetime, closes: datetime) -> str:
    short = (closes - opens).total_seconds() < 86400
    until = f"{closes:%H:%M:%S}" if short else _day(closes)
    return f"{_day(opens, seconds=short)} – {until}"


def _day(moment: datetime, *, seconds: bool = False) -> str:
    clock = f"{moment:%H:%M:%S}" if seconds else f"{moment:%H:%M}"
    return f"{moment.day}/{moment.month}/{moment.year} {clock}"


def _status(opens: datetime, closes: datetime, now: datetime) -> str:
    if closes <= now:
        return "over"
    if opens <= now:
        return f"open, closes in {_span((closes - now).total_seconds())}"
    return f"opens in {_span((opens - now).total_seconds())}"


def _span(seconds: float) -> str:
    whole = int(seconds)
    days, hours, minutes = whole // 86400, whole % 86400 // 3600, whole % 3600 // 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
