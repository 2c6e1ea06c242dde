"""What happens behind the site, in plain words: from the desk bucket and the functions' logs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from typing import Any


class Narrator:
    """Tells of intake reports, closed weeks and failures that were not there when it was made."""

    def __init__(self, s3: Any, logs: Any, desk: str, log_groups: dict[str, str]) -> None:
        self._s3 = s3
        self._logs = logs
        self._desk = desk
        self._log_groups = log_groups
        self._seen = dict(self._listed())
        self._told: set[str] = set()
        self._since = dict.fromkeys(log_groups, int(time.time() * 1000))

    def news(self) -> list[str]:
        """One line for each new report, revision or failure, oldest first."""
        new = [(key, etag) for key, etag in self._listed() if self._seen.get(key) != etag]
        self._seen.update(new)
        return [self._line(key) for key, _ in new] + self._failures()

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
        self._told.update(new)  # what fails at every run is told once
        return new

    def _listed(self) -> list[tuple[str, str]]:
        found = []
        for prefix in ("intake/", "results/"):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._desk, Prefix=prefix)
            items = [item for page in pages for item in page.get("Contents", [])]
            told = ".json" if prefix == "intake/" else "/manifest.json"
            found += [item for item in items if item["Key"].endswith(told)]
        return [(item["Key"], item["ETag"]) for item in sorted(found, key=lambda item: item["LastModified"])]

    def _line(self, key: str) -> str:
        document = json.loads(self._s3.get_object(Bucket=self._desk, Key=key)["Body"].read())
        if key.startswith("intake/"):
            return self._intake(document)
        what = document.get("what", key.split("/")[1])
        parts = [f"{count} {name.replace('_', ' ')}" for name, count in document.get("counts", {}).items()]
        counts = f": {', '.join(parts)}" if parts else ""
        name = "The whole contest" if what == "final" else f"Week {what.removeprefix('week-')}"
        again = f" again (revision {document['revision']})" if document.get("revision", 1) > 1 else ""
        return f"{name} is closed{again}{counts}. Files: {key.rpartition('/')[0]}/"

    @staticmethod
    def _intake(report: dict[str, Any]) -> str:
        if report["taken"].get("missing"):
            return f"{report['file']} was kept. Still missing: {', '.join(report['taken']['missing'])}"
        if report["accepted"]:
            from_week = report["taken"].get("from_week")
            later = f" New questions and rules hold from week {from_week} on." if from_week else ""
            return f"{report['file']} was taken over.{later}"
        first = report["faults"][0] if report["faults"] else {}
        where = f"{first.get('file', '')} row {first.get('row', 0)}: {first.get('message', '')}"
        return f"{report['file']} was NOT taken over, {len(report['faults'])} faults. First: {where}"


def _reasons(lines: Iterable[str]) -> Iterator[str]:
    """The last line of each traceback, and time-outs."""
    inside = False
    for line in lines:
        if line.startswith("Traceback"):
            inside = True
        elif "Task timed out" in line or (inside and line and not line.startswith(" ")):
            inside = False
            yield line.strip()
