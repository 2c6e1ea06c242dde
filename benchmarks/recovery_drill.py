"""``python -m benchmarks.recovery_drill``: table, stack, region and account are lost, and nobody notices.

Invented people take part in a week, which the schedule closes. In the next one somebody has a paper open, with
one token, while a table is deleted; the whole stack; while the region is gone with all that is in it; and while
the contest moves to another account. The commands of docs/runbook.md, “Recover”, bring it back, on the local
AWS. Every digest and every file of results is as before each time, the paper goes on with its saved answers,
the log has no fork, and the outsider's verifier agrees. At last the week is closed from scratch. Exits with 1
if anything differs.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.restore_drill import Drill, DrillFailed, people_asked_for
from benchmarks.simulate import play
from infra.contest_copy import copy_contest
from infra.escrow import keys_of, lacking, new_key, seal, unseal
from infra.halt import halt, resume
from infra.lost_table import restore_table
from infra.place import Place, place
from infra.progress import span
from infra.recover import recover
from infra.stage import stack_name
from tests.e2e.people import enter, form
from tests.outsiders import verify, watch
from tests.stack import Stack, aside, contest_folder, running, wait_for

WEEK_S, HOURS_S = 60, 3 * 3600
FIRST = ("--region", "ap-southeast-1", "--account", "111111111111")
ABROAD = ("--region", "ap-southeast-3", "--account", "111111111111")
MOVED = ("--region", "ap-southeast-3", "--account", "222222222222")
_CLOSES_WITHIN_S = 120
_RUNS_AGAIN_S = 60

Say = Callable[[str], None]


class RecoveryDrill:
    """A contest, wherever it is at the moment; ``work``: a folder for all that is written."""

    def __init__(self, work: Path, people: int, say: Say = print) -> None:
        self._work, self._people, self._say = work, people, say
        self._contest = contest_folder(
            work / "contest", id="drill", weeks=2, seconds=HOURS_S, limit=WEEK_S, attempts=20, proof="off"
        )
        toml = self._contest / "contest.toml"
        text = toml.read_text(encoding="utf-8").replace('"now"', _later(HOURS_S).isoformat())
        toml.write_text(text, encoding="utf-8")
        self._key = new_key()
        self._open: ExitStack = ExitStack()
        self._stack: Stack
        self._token = ""
        self._path, self._revision = "", 0

    def run(self) -> None:
        """Raises ``DrillFailed``."""
        with self._open:
            self._begin()
            self._lost("table", self._lose_the_table)
            self._lost("stack", self._lose_the_stack)
            self._lost("region", self._lose_the_region)
            self._lost("account", self._move_to_another_account)
            before = self._digests()
            drill = self._drill()
            drill.schedule(on=False)
            drill.forget_the_close()
            drill.schedule(on=True)
            wait_for(lambda: self._digests() == before, _CLOSES_WITHIN_S, "closing from scratch")
            self._say("closed from scratch: all as before")

    # ---- the contest ----

    def _begin(self) -> None:
        """Week 1 is over and closed; a paper of week 2, which lasts for hours, is open."""
        self._start("first", FIRST)
        opens, closes, ends = (_later(seconds) for seconds in (15, 15 + WEEK_S, 2 * HOURS_S))
        rows = [f"1,{opens.isoformat()},{closes.isoformat()},,,diễn tập"]
        rows += [f"2,{closes.isoformat()},{ends.isoformat()},,,diễn tập"]
        columns = "week,opens,closes,title,cancelled,reason"
        moved = self._stack.deliver("calendar.csv", "\n".join([columns, *rows]))
        if not moved["accepted"]:
            raise DrillFailed(str(moved["faults"]))

        def heard() -> bool:
            week = self._stack.call("GET", "/contest").json()["weeks"][0]
            return datetime.fromisoformat(week["closes_at"]) == closes

        wait_for(heard, _RUNS_AGAIN_S, "the calendar in force")
        tally = aside(lambda: asyncio.run(play(self._stack.site_url, self._people, seed=1)))
        self._say(f"{tally.counts['papers submitted']:,} papers of {tally.counts['registered']:,} people")
        wait_for(lambda: "week-1" in self._digests(), WEEK_S + _CLOSES_WITHIN_S, "closing the week")
        self._token, _ = enter(self._stack, form("040190000007", "SO-B"))
        self._paper()
        keys = keys_of(self._place())
        sealed = seal(keys, self._key, datetime.now(UTC))
        if lacking(unseal(sealed, self._key), keys):
            raise DrillFailed("the file of keys is not whole")
        (self._work / "keys.sealed").write_bytes(sealed)

    def _paper(self) -> None:
        """Opens one, and saves an answer."""
        attempt = self._stack.call("POST", "/attempts", {}, self._token).json()["attempt"]
        self._path, self._revision = f"/attempts/{attempt['attempt_id']}", attempt["revision"]
        self._go_on("1")

    def _go_on(self, question: str) -> None:
        """Saves one answer more; where the paper's time has run out on a slow machine, a new one is opened."""
        body = {"answers": {question: ["A"]}, "revision": self._revision}
        answer = self._stack.call("PUT", f"{self._path}/answers", body, self._token)
        if answer.status_code == 409 and answer.json()["code"] == "overdue":
            self._paper()
        elif answer.status_code != 200:
            raise DrillFailed(f"saving: {answer.status_code} {answer.text}")
        else:
            self._revision = answer.json()["revision"]

    # ---- losing it ----

    def _lost(self, what: str, lose: Callable[[], None]) -> None:
        """Loses it, brings it back, and compares."""
        before, files = self._digests(), self._drill().files("results/")
        self._watch()
        began = time.monotonic()
        lose()
        took = time.monotonic() - began
        if (after := self._digests()) != before or not before:
            raise DrillFailed(f"{what}: the digests were {before}, are {after}")
        if self._drill().files("results/") != files:
            raise DrillFailed(f"{what}: files of results differ")
        wait_for(self._answers, _RUNS_AGAIN_S, "the paper that is still open")
        self._go_on("2")
        grown = self._size()
        wait_for(lambda: self._size() > grown, _RUNS_AGAIN_S, "the log going on")
        self._watch()
        code, said = verify("rank", self._stack.site_url)
        if code != 0:
            raise DrillFailed(f"{what}: the verifier does not agree\n{said}")
        equal = f"{len(before)} digests and {len(files)} files as before"
        self._say(f"{what:8} lost, and back after {span(took)}: {equal}")

    def _lose_the_table(self) -> None:
        """DynamoDB itself makes a backup of a table that is deleted; the local AWS does not."""
        at = self._place()
        dynamodb, name = at.client("dynamodb"), at.tables["entries"]
        halt(at.stack, at.client)
        dynamodb.create_backup(TableName=name, BackupName="deleted")
        dynamodb.delete_table(TableName=name)
        restore_table(at.stack, at.client, "entries", self._quiet, protect=False)
        resume(at.stack, at.client)

    def _lose_the_stack(self) -> None:
        """Deploying takes over what is left."""
        cloudformation = self._stack.client("cloudformation")
        cloudformation.delete_stack(StackName=stack_name("local"))

        def gone() -> bool:
            stacks = cloudformation.list_stacks()["StackSummaries"]
            return all(one["StackStatus"] == "DELETE_COMPLETE" for one in stacks)

        wait_for(gone, _RUNS_AGAIN_S, "deleting the stack")
        self._start("first", (*FIRST, "--empty"))
        self._recover(None)

    def _lose_the_region(self) -> None:
        """The copy was made while people took part, and nobody can do anything in the region any more."""
        copy_contest(self._place(), self._work / "copy")
        self._start("abroad", (*ABROAD, "--empty"))
        self._recover(self._work / "copy")

    def _move_to_another_account(self) -> None:
        at = self._place()
        halt(at.stack, at.client)
        copy_contest(at, self._work / "copy")
        self._start("moved", (*MOVED, "--empty"))
        self._recover(self._work / "copy")

    def _recover(self, copy: Path | None) -> None:
        keys = unseal((self._work / "keys.sealed").read_bytes(), self._key.lower())
        recover(self._place(), keys, copy, self._quiet)

    def _quiet(self, line: str) -> None:
        pass

    # ---- looking at it ----

    def _start(self, name: str, options: tuple[str, ...]) -> None:
        """Ends the local AWS with all that is in it, and starts the one of this name."""
        self._open.close()
        self._stack = self._open.enter_context(running(self._contest, self._work / name, *options))

    def _place(self) -> Place:
        def client(service: str, _region: str | None = None) -> Any:
            return self._stack.client(service)

        return place(stack_name("local"), client)

    def _drill(self) -> Drill:
        return Drill(self._stack, self._work / "unused", self._quiet)

    def _digests(self) -> dict[str, str]:
        return self._drill().digests()

    def _answers(self) -> bool:
        return self._stack.call("GET", self._path, token=self._token).status_code == 200

    def _size(self) -> int:
        """Of the log, as the site shows it."""
        return int(self._stack.site("/data/log/checkpoint").text.splitlines()[1])

    def _watch(self) -> None:
        """By somebody who has seen the log before, wherever it was."""
        code, said = watch(self._work / "watched", self._stack.site_url)
        if code != 0:
            raise DrillFailed(f"the log contradicts what it has said before\n{said}")


def _later(seconds: float) -> datetime:
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).replace(microsecond=0) + timedelta(seconds=seconds)


def main() -> None:
    people = people_asked_for("recovery_drill", __doc__)
    with tempfile.TemporaryDirectory() as scratch:
        try:
            RecoveryDrill(Path(scratch), people).run()
        except DrillFailed as failed:
            sys.exit(f"The drill FAILED. {failed}")


if __name__ == "__main__":
    main()
