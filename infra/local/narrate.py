"""Tells the events behind the site in plain words, from the desk bucket and the functions' logs."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

_SPEAKS_EVERY = 5.0
# An answer to a file, without what lies in the folder beside it, or the end of a revision.
_REPORT = re.compile(r"intake/[^/]+/[^/]+/[^/]+\.json|results/.*/manifest\.json")


class Narrator:
    """Tells of intake reports, closed weeks and failures that are newer than itself."""

    def __init__(self, s3: Any, logs: Any, desk: str, site: str, log_groups: dict[str, str]) -> None:
        self._s3 = s3
        self._logs = logs
        self._desk = desk
        self._site = site
        self._weeks: list[tuple[int, datetime]] | None = None
        self._over: set[int] = set()
        self._written: dict[str, tuple[int, float]] = {}
        self._log_groups = log_groups
        self._under_way: list[str] = []
        self._seen = dict(self._listed())
        self._told: set[str] = set()
        self._since = dict.fromkeys(log_groups, int(time.time() * 1000))

    def news(self) -> list[str]:
        """One line for each new report, ended week, close under way, revision or failure."""
        new = [(key, etag) for key, etag in self._listed() if self._seen.get(key) != etag]
        self._seen.update(new)
        if any(key.startswith("intake/") for key, _ in new):
            self._weeks = None  # another contest, or other dates
        return (
            self._ends(datetime.now(UTC))
            + self._under_way
            + [self._line(key) for key, _ in new]
            + self._failures()
        )

    def _ends(self, now: datetime) -> list[str]:
        """Weeks that ended while somebody listened, with the figures known by then."""
        first = self._weeks is None
        if self._weeks is None:
            weeks = (self._document("data/contest.json") or {"weeks": []})["weeks"]
            self._weeks = [(int(week["number"]), datetime.fromisoformat(week["closes_at"])) for week in weeks]
        over = [number for number, closes in self._weeks if closes <= now and number not in self._over]
        self._over.update(over)
        return [] if first else [self._end(number) for number in over]

    def _end(self, number: int) -> str:
        live = self._document("data/live.json") or {}
        known = live.get("week") == number and live.get("attempts") is not None
        counts = f" About {live['attempts']:,} attempts by {live['people']:,} people." if known else ""
        later = "Papers under way may still arrive; the schedule closes it within two minutes."
        return f"Week {number} is over.{counts} {later}"

    def _document(self, key: str) -> dict[str, Any] | None:
        """A document of the site; None if it is not there."""
        try:
            found: dict[str, Any] = json.loads(self._s3.get_object(Bucket=self._site, Key=key)["Body"].read())
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise
        return found

    def _note(self, keys: Iterable[str]) -> list[str]:
        """The number of files of each revision without a manifest, which comes last."""
        folders = [key.split("/")[1:3] for key in keys if key.count("/") >= 3]
        counts = Counter(f"{what}/{revision}" for what, revision in folders)
        whole = {"/".join(key.split("/")[1:3]) for key in keys if key.endswith("/manifest.json")}
        lines = []
        for name, count in counts.items():
            before, at = self._written.get(name, (0, 0.0))
            if name not in whole and count > before and time.monotonic() - at >= _SPEAKS_EVERY:
                self._written[name] = count, time.monotonic()
                lines.append(
                    f"{_title(name.split('/')[0])} is being closed: {count} files of its result so far."
                )
        return lines

    def _failures(self) -> list[str]:
        lines = []
        for function, group in self._log_groups.items():
            try:
                found = self._logs.filter_log_events(logGroupName=group, startTime=self._since[function])
            except self._logs.exceptions.ResourceNotFoundException:  # lost with a killed emulator
                continue
            events = found["events"]
            if events:
                self._since[function] = events[-1]["timestamp"] + 1
            lines += [f"{function} FAILED: {why}" for why in _reasons(event["message"] for event in events)]
        new = [line for line in dict.fromkeys(lines) if line not in self._told]
        self._told.update(new)  # a failure that repeats at every run is told once
        return new

    def _listed(self) -> list[tuple[str, str]]:
        found = []
        for prefix in ("intake/", "results/"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._desk, Prefix=prefix)
            items = [item for page in pages for item in page.get("Contents", [])]
            if prefix == "results/":
                self._under_way = self._note([item["Key"] for item in items])
            found += [item for item in items if _REPORT.fullmatch(item["Key"])]
        return [(item["Key"], item["ETag"]) for item in sorted(found, key=lambda item: item["LastModified"])]

    def _line(self, key: str) -> str:
        document = json.loads(self._s3.get_object(Bucket=self._desk, Key=key)["Body"].read())
        if key.startswith("intake/"):
            return self._intake(document)
        what = document.get("what", key.split("/")[1])
        parts = [f"{count} {name.replace('_', ' ')}" for name, count in document.get("counts", {}).items()]
        counts = f": {', '.join(parts)}" if parts else ""
        again = f" again (revision {document['revision']})" if document.get("revision", 1) > 1 else ""
        return f"{_title(what)} is closed{again}{counts}. Files: {key.rpartition('/')[0]}/"

    @staticmethod
    def _intake(report: dict[str, Any]) -> str:
        if report["taken"].get("missing"):
            return f"{report['file']} was kept. Still missing: {', '.join(report['taken']['missing'])}"
        if report["accepted"]:
            from_week = report["taken"].get("from_week")
            later = f" New questions and rules apply from week {from_week} on." if from_week else ""
            return f"{report['file']} was taken over.{later}"
        if "code" in report["taken"]:
            return f"{report['file']} waits for confirm-{report['taken']['code']}.txt."
        first = report["faults"][0] if report["faults"] else {}
        where = f"{first.get('file', '')} row {first.get('row', 0)}: {first.get('message', '')}"
        return f"{report['file']} was NOT taken over, {len(report['faults'])} faults. First: {where}"


def _title(what: str) -> str:
    return "The whole contest" if what == "final" else f"Week {what.removeprefix('week-')}"


def _reasons(lines: Iterable[str]) -> Iterator[str]:
    """The last line of each traceback, Lambda's or in a line of ours (web/log_lines.py), and each time-out."""
    inside = False
    for line in lines:
        if '"exception":"Traceback' in line:
            yield json.loads(line)["exception"].splitlines()[-1]
        elif line.startswith("Traceback"):
            inside = True
        elif "Task timed out" in line or (inside and line and not line.startswith(" ")):
            inside = False
            yield line.strip()
