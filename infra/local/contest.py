"""Checks a contest folder, loads it through the desk as operators do, and prints the times of its weeks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from chalicelib.readers.contest_files import archive
from chalicelib.readers.plain import read_folder
from chalicelib.readers.tables import ContestFaults
from infra.intake import fault_lines, last_report, send
from infra.local.checks import CannotRun
from infra.progress import span

_FILE = "contest.zip"
_PATIENCE = 60.0


@dataclass(frozen=True)
class Contest:
    """A folder without faults; ``data`` goes to the desk."""

    folder: Path
    id: str
    title: str
    data: bytes
    moves: bool

    @property
    def key(self) -> str:
        """Names the data of this folder: two folders never share a state, even with the same contest id."""
        return f"{self.id}-{sha256(str(self.folder).encode()).hexdigest()[:8]}"


def read(folder: Path) -> Contest:
    """Raises ``CannotRun`` with every fault, one on each line."""
    folder = folder.resolve()
    try:
        source, data = read_folder(folder), archive(folder)
    except ContestFaults as refused:
        raise CannotRun(f"The contest folder {folder} has faults; nothing was started.\n{refused}") from None
    except OSError as error:
        raise CannotRun(f"The contest folder cannot be read: {error}.") from None
    about = source.definition.contest
    return Contest(folder, about.id, about.title, data, about.start == "now")


def load(s3: Any, desk: str, contest: Contest) -> bool:
    """Puts the contest into the inbox and waits for the report; False if exactly this was taken over before."""
    last = last_report(s3, desk, _FILE)
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


def timetable(s3: Any, site: str, *, fresh: bool, moves: bool) -> list[str]:
    """The weeks in words, as the site publishes them, and advice when all are over.

    ``fresh``: the contest has just been loaded; ``moves``: its start is the moment of loading.
    """
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
    return lines + (over(weeks[-1][2], fresh=fresh, moves=moves) if weeks and weeks[-1][2] <= now else [])


def over(ended: datetime, *, fresh: bool, moves: bool) -> list[str]:
    """The state of a contest whose weeks are over, and advice; ``moves``: it starts when loaded."""
    since = span((datetime.now(UTC) - ended).total_seconds())
    lines = [f"  This contest ended at {_day(ended)}, {since} ago: nobody can take part any more."]
    if fresh:
        lines.append("  Nobody took part here. Its weeks are closed all the same, and the page shows that.")
    else:
        lines.append("  The page shows its results; `make report` opens the newest bulletin.")
    if moves:
        return [*lines, "  To hold it again: `make clean`, which forgets its data, then `make run`."]
    return [
        *lines,
        '  To hold it now: set other dates in contest.toml, for example start = "now"; then `make clean`,',
        "  which forgets its data, and `make run`.",
        "  To see a contest at once: `make run CONTEST=contests/demo`, four weeks of three minutes.",
    ]


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
        return f"open, closes in {span((closes - now).total_seconds())}"
    return f"opens in {span((opens - now).total_seconds())}"
