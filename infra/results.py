"""Copies the operators' files, `results/` of the desk bucket, to a folder, and opens a week's bulletin.

python -m infra.results                  from the running local stack
python -m infra.results --stage prod     from AWS
python -m infra.results --report 1       and opens the bulletin of week 1 (or of the end: --report final)
python -m infra.results --report newest  and opens the bulletin of the newest close
"""

from __future__ import annotations

import argparse
import json
import sys
import webbrowser
from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.documents.canonical import digest
from chalicelib.documents.results_page import SHOWN, ShownResults
from chalicelib.documents.typed import decode
from chalicelib.services.contest.revisions import MANIFEST
from chalicelib.storage.pointers import Pointers
from infra.cloudformation import outputs
from infra.local.stackfile import read_stack, stack_client
from infra.mirror import files, is_within, mirror
from infra.package import PROJECT
from infra.place import say_where
from infra.progress import span
from infra.stage import stack_name

PREFIX = "results/"
NEWEST = "newest"
# Grace, settling time and the schedule's minute take less.
_OVERDUE = timedelta(minutes=10)


def copy(s3: Any, bucket: str, folder: Path) -> list[Path]:
    """Makes ``folder`` the same as results/ of the desk; returns the copied files."""
    wanted: dict[Path, dict[str, Any]] = {}
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        for item in page.get("Contents", []):
            target = folder / item["Key"].removeprefix(PREFIX)
            if is_within(folder, target) and not item["Key"].endswith("/"):
                wanted[target] = item
    return mirror(s3, bucket, wanted, folder)


def altered(folder: Path, pointer: bytes | None) -> list[str]:
    """Files of the revisions in force, to which ``pointer`` points, that are not as the closes wrote them."""
    if pointer is None:
        return []
    there = decode(ShownResults, pointer)
    revisions = {f"week-{one.week}": one.revision for one in there.index.weeks}
    if there.index.final:
        revisions["final"] = there.index.final.revision
    wrong: list[str] = []
    for what, revision in revisions.items():
        within = folder / what / f"rev-{revision}"
        stored = {path.relative_to(within).as_posix(): digest(path.read_bytes()) for path in files(within)}
        named = {MANIFEST: there.manifests[what]}
        if stored.get(MANIFEST) == named[MANIFEST]:  # else it names nothing
            named |= json.loads((within / MANIFEST).read_bytes())["files"]
        else:
            stored.clear()
        differing = [name for name in stored.keys() | named.keys() if stored.get(name) != named.get(name)]
        wrong += [f"{what}/rev-{revision}/{name}" for name in differing]
    return sorted(wrong)


def bulletin(folder: Path, what: str) -> Path | None:
    """The bulletin in force of a week (``1``, ``2``, …) or of the ``final``; None if there is none yet."""
    revisions = closed(folder)
    if what not in revisions:
        return None
    name = what if what == "final" else f"week-{what}"
    return folder / name / f"rev-{revisions[what]}" / "bulletin.html"


def closed(folder: Path) -> dict[str, int]:
    """The revision in force of each close, oldest first: ``1``, ``2``, …, ``final``."""
    current = folder / "current.json"
    index = json.loads(current.read_text()) if current.is_file() else {"weeks": [], "final": None}
    found = {str(week["week"]): int(week["revision"]) for week in index["weeks"]}
    return found | ({"final": int(index["final"]["revision"])} if index["final"] else {})


def next_close(contest: dict[str, Any] | None, done: Collection[str], now: datetime) -> str:
    """A sentence about the time of the next close; ``contest``: the site's published file, if any."""
    if contest is None:
        return "No contest has been loaded yet: put one in with `make intake FILE=folder`."
    for week in contest["weeks"]:
        if str(week["number"]) in done:
            continue
        closes = datetime.fromisoformat(week["closes_at"])
        if closes <= now - _OVERDUE:
            late = span((now - closes).total_seconds())
            return (
                f"Week {week['number']} ended at {_moment(closes)}, {late} ago, and is not closed yet. "
                "The schedule looks each minute; if this persists, the log of `close-weeks` says why."
            )
        if closes <= now:
            return f"Week {week['number']} ended at {_moment(closes)} and is about to be closed."
        left = span((closes - now).total_seconds())
        return f"Week {week['number']} will be closed soon after it ends: {_moment(closes)}, in {left}."
    return "All weeks are closed." if "final" in done else "All weeks are closed; the whole contest is next."


def _moment(when: datetime) -> str:
    return f"{when.day}/{when.month}/{when.year} {when:%H:%M:%S}"


def main() -> None:
    """Copies the new files and lists them."""
    parser = argparse.ArgumentParser(prog="python -m infra.results", description=__doc__.split("\n")[0])
    say_where(parser)
    parser.add_argument("--to", type=Path, default=PROJECT / "results", help="default: ./results")
    parser.add_argument(
        "--report",
        metavar="WEEK",
        help="open the bulletin of this week, of the `final` close or of the `newest`",
    )
    options = parser.parse_args()
    try:
        client, names = _place(options.stage, options.stack)
        s3, bucket, site = client("s3"), names["DeskBucket"], names["SiteBucket"]
        pointer = _pointer(client("dynamodb"), names["TalliesTable"])  # before a close may move it
        copied = copy(s3, bucket, options.to)
        wrong = altered(options.to, pointer)
        due = next_close(_published(s3, site), closed(options.to), datetime.now(UTC))
    except (ClientError, BotoCoreError) as error:
        sys.exit(f"Not copied. {error}")
    if wrong:
        told = "\n".join(wrong)
        sys.exit(f"Do not use these files: they are not as the close wrote them (docs/runbook.md).\n{told}")
    if options.report:
        page, words = choose(options.to, options.report, due)
        if page is None:
            sys.exit(words)
        print(words)
        webbrowser.open(page.resolve().as_uri())
        print(page)  # for machines without a browser
        return
    for path in copied:
        print(path)
    if not copied:
        there = "Nothing new since the last copy." if closed(options.to) else "Nothing to copy yet."
        print(f"{there} {due}")


def choose(folder: Path, what: str, due: str) -> tuple[Path | None, str]:
    """The bulletin to open, and a sentence about it; ``due``: the sentence about the next close."""
    there = closed(folder)
    if not there:
        return None, f"No week is closed yet, so there is no bulletin. {due}"
    listed = ", ".join(f"WEEK={name}" for name in there)
    newest = list(there)[-1]
    if what == NEWEST:
        return bulletin(folder, newest), f"The newest, WEEK={newest}. There are: {listed}. {due}"
    if what in there:
        return bulletin(folder, what), f"WEEK={what}, revision {there[what]}."
    return None, f"There is no bulletin of WEEK={what}. There are: {listed}. {due}"


def _place(stage: str, stack: Path) -> tuple[Callable[[str], Any], dict[str, str]]:
    """What makes clients by service, and the names of buckets and table as the stack's outputs have them."""
    if stage == "local":
        described = read_stack(stack)
        names = {
            "DeskBucket": described["desk_bucket"],
            "SiteBucket": described["site_bucket"],
            "TalliesTable": described["tables"]["tallies"],
        }
        return partial(stack_client, described), names
    return boto3.client, outputs(boto3.client("cloudformation"), stack_name(stage))


def _pointer(dynamodb: Any, table: str) -> bytes | None:
    try:
        return Pointers(dynamodb, table).get(SHOWN)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
    print(f"The files are not compared with what the closes wrote: you may not read {table}.", file=sys.stderr)
    return None


def _published(s3: Any, site: str) -> dict[str, Any] | None:
    try:
        stored = s3.get_object(Bucket=site, Key="data/contest.json")["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] == "NoSuchKey":
            return None
        raise
    contest: dict[str, Any] = json.loads(stored)
    return contest


if __name__ == "__main__":
    main()
