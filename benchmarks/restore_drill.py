"""``python -m benchmarks.restore_drill``: a contest is lost and restored, and its result is the same.

Invented people take part in a contest of one minute on a separate stack, and the schedule closes its week. Then
the tables are exported; all their items and the desk's ``reference/`` and ``results/`` are deleted, then
restored from the export and from the objects' versions. Finally the week is closed from scratch. Exits with 1
if a digest differs.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.simulate import play
from chalicelib.documents.results_page import SHOWN
from chalicelib.services.contest.checked import POINTERS
from infra.backup import export, restore, undelete
from infra.place import TABLES
from infra.progress import say_aside, waiting
from tests.stack import Stack, contest_folder, running, wait_for

LOST = ("reference/", "results/")
LIVE = "tallies"  # also holds live figures, which the entries' stream writes while entries are deleted
WEEK_S = 60
_CLOSES_WITHIN_S = 120
_POINTERS = ("week-", "final")


class DrillFailed(Exception):
    """The data after the restore differ from the data before."""


class Drill:
    """The steps of the drill, on a running stack with a closed week."""

    def __init__(self, stack: Stack, backup: Path, say: Callable[[str], None] = print) -> None:
        self._stack, self._backup, self._say = stack, backup, say
        self._dynamodb, self._s3 = stack.client("dynamodb"), stack.client("s3")
        self._events, self._desk = stack.client("events"), stack.stack["desk_bucket"]
        self._rule = ""

    def run(self) -> dict[str, str]:
        """Returns the result digest of each close. Raises ``DrillFailed``."""
        before, files = self.digests(), self.files("results/")
        self.schedule(on=False)  # a close between loss and restore would find no entries and publish that
        try:
            self.lose(self.export())
            self.restore()
            self._same("restored", before, self.digests())
            self._same("restored files", files, self.files("results/"))
            self.forget_the_close()
        finally:
            self.schedule(on=True)
        with waiting(f"Closing from scratch, {_CLOSES_WITHIN_S} s at most"):
            wait_for(lambda: self.digests().keys() >= before.keys(), _CLOSES_WITHIN_S, "closing from scratch")
        self._same("closed again from scratch", before, self.digests())
        return before

    def digests(self) -> dict[str, str]:
        """The result digest of each close in force, from the table of pointers."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._table("tallies"))
        found = [item for page in pages for item in page["Items"] if item["id"]["S"].startswith(_POINTERS)]
        return {item["id"]["S"]: item["result"]["S"] for item in found if "#" not in item["id"]["S"]}

    def files(self, prefix: str) -> dict[str, str]:
        """SHA-256 of every object of the desk below ``prefix``."""
        listed = [item["Key"] for item in self._listed(prefix)]
        return {key: sha256(self._stack.desk(key)).hexdigest() for key in listed}

    def export(self) -> dict[str, int]:
        counts = {}
        for table in TABLES:
            counts[table] = export(self._dynamodb, self._table(table), self._backup / table)
            self._say(f"exported   {counts[table]:>7,} items of {table}")
        return counts

    def lose(self, counts: dict[str, int]) -> None:
        for table in TABLES:
            if self._clear(table) != counts[table] and table != LIVE:
                raise DrillFailed(f"{table} changed while it was exported")
            self._say(f"lost       {counts[table]:>7,} items of {table}")
        for prefix in LOST:
            objects = self._listed(prefix)
            for item in objects:
                self._s3.delete_object(Bucket=self._desk, Key=item["Key"])
            if self._listed(prefix):
                raise DrillFailed(f"{prefix} was not lost")
            self._say(f"lost       {len(objects):>7,} objects of {prefix}")

    def restore(self) -> None:
        for table in TABLES:
            put, there = restore(self._dynamodb, self._table(table), self._backup / table)
            if there and table != LIVE:
                raise DrillFailed(f"{there} items of {table} had not been lost")
            self._say(f"restored   {put:>7,} items of {table}")
        for prefix in LOST:
            count = undelete(self._s3, self._desk, prefix)
            self._say(f"restored   {count:>7,} objects of {prefix} from their versions")

    def forget_the_close(self) -> None:
        """Makes the schedule close every week again, with the log and the draws that there were."""
        for item in self._listed("results/"):
            self._s3.delete_object(Bucket=self._desk, Key=item["Key"])
        self._clear("tallies", keep=is_kept)

    def schedule(self, *, on: bool) -> None:
        """Switches the rule that closes weeks."""
        if on:
            self._events.enable_rule(Name=self._rule)
            return
        rules = [rule for rule in self._events.list_rules()["Rules"] if rule["State"] == "ENABLED"]
        (self._rule,) = [rule["Name"] for rule in rules if "CloseWeeks" in rule["Name"]]
        self._events.disable_rule(Name=self._rule)
        self._until_quiet()

    def _until_quiet(self) -> None:
        """Waits for the end of a run begun before the rule was switched off: its log grows no more."""
        before = None
        while before != (before := self._log_lines()):
            time.sleep(1)

    def _log_lines(self) -> int:
        group = "/aws/lambda/cuoc-thi-local-close-weeks"
        pages = self._stack.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        return sum(len(page["events"]) for page in pages)

    def _table(self, table: str) -> str:
        return str(self._stack.stack["tables"][table])

    def _clear(self, table: str, keep: Callable[[str], bool] = lambda _: False) -> int:
        """``keep``: whether the item with this ``id`` stays."""
        name, count = self._table(table), 0
        keys = [k["AttributeName"] for k in self._dynamodb.describe_table(TableName=name)["Table"]["KeySchema"]]
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=name):
            for item in page["Items"]:
                if keep(item.get("id", {}).get("S", "")):
                    continue
                self._dynamodb.delete_item(TableName=name, Key={key: item[key] for key in keys})
                count += 1
        return count

    def _listed(self, prefix: str) -> list[dict[str, Any]]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._desk, Prefix=prefix)
        return [item for page in pages for item in page.get("Contents", [])]

    def _same(self, when: str, before: dict[str, str], after: dict[str, str]) -> None:
        self._say(compare(when, before, after))


def is_kept(key: str) -> bool:
    """Whether an item of the tallies says nothing of a close: of contest, site, the log and its draws."""
    return key in {"site", "log"} or key.endswith("#draw") or (key.startswith(POINTERS) and key != SHOWN)


def compare(when: str, before: dict[str, str], after: dict[str, str]) -> str:
    """A line to print. Raises ``DrillFailed`` for the first digest that is different or missing."""
    for name in sorted(before.keys() | after.keys()):
        if before.get(name) != after.get(name):
            raise DrillFailed(f"{when}: {name} was {before.get(name)}, is {after.get(name)}")
    if not before:
        raise DrillFailed(f"{when}: there is nothing to compare")
    return f"{when}: {len(before)} digests, all as before"


def closed(stack: Stack) -> bool:
    """Whether the whole contest is closed and published."""
    answer = stack.site("/data/results/index.json")
    return bool(answer.status_code == 200 and answer.json()["final"])


def people_asked_for(prog: str, about: str) -> int:
    """From the command line of a drill. Ends the program with a sentence if it is no number that can be."""
    parser = argparse.ArgumentParser(
        prog=f"python -m benchmarks.{prog}", description=about.split("\n", maxsplit=1)[0]
    )
    parser.add_argument("--people", type=int, default=60)
    people: int = parser.parse_args().people
    if not 1 <= people <= 500:
        raise SystemExit("PEOPLE must be between 1 and 500: the drill's week lasts one minute.")
    return people


def main() -> None:
    people = people_asked_for("restore_drill", __doc__)
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        say_aside("Starting a stack of its own; the whole drill takes about two minutes.")
        contest = contest_folder(work / "contest", id="drill", weeks=1, seconds=WEEK_S, proof="off")
        with running(contest, work / "state") as stack:
            tally = asyncio.run(play(stack.site_url, people, seed=1))
            print(f"{tally.counts['papers submitted']:,} papers of {tally.counts['registered']:,} people")
            with waiting(
                f"Waiting for the week to end and for its close, {WEEK_S + _CLOSES_WITHIN_S} s at most"
            ):
                wait_for(lambda: closed(stack), WEEK_S + _CLOSES_WITHIN_S, "closing the week")
            drill = Drill(stack, work / "backup")
            try:
                before = drill.run()
            except DrillFailed as failed:
                sys.exit(f"The drill FAILED. {failed}")
            after = drill.digests()
    for what, digest in before.items():
        print(f"{what:8} before {digest}\n{'':8} after  {after[what]}")


if __name__ == "__main__":
    main()
