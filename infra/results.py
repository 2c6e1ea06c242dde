"""Copies what operators read, `results/` of the desk bucket, to a folder, and opens a week's bulletin.

python -m infra.results                from the running local stack
python -m infra.results --stage prod   from AWS
python -m infra.results --report 1     and opens the bulletin of week 1 (or of the end: --report final)
"""

from __future__ import annotations

import argparse
import json
import sys
import webbrowser
from hashlib import md5
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.storage.objects import PART
from infra.cloudformation import outputs
from infra.deploy import stack_name
from infra.local.stackfile import local_desk
from infra.package import PROJECT

PREFIX = "results/"


def copy(s3: Any, bucket: str, folder: Path) -> list[Path]:
    """Makes ``folder`` the same as results/ of the desk; returns what was copied."""
    copied, wanted = [], set()
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX):
        for item in page.get("Contents", []):
            target = folder / item["Key"].removeprefix(PREFIX)
            if not target.resolve().is_relative_to(folder.resolve()) or item["Key"].endswith("/"):
                continue
            wanted.add(target)
            # By content: after `make clean` another contest may have files of the same name and size.
            if target.is_file() and etag(target.read_bytes(), item["ETag"]) == item["ETag"]:
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, item["Key"], str(target))
            copied.append(target)
    for stale in _files(folder) - wanted:  # of a contest that ran here before
        stale.unlink()
    return copied


def etag(data: bytes, like: str) -> str:
    """The ETag that S3 gives to what is put in one piece, or in parts if the one it is ``like`` is of parts."""
    if "-" not in like:
        return f'"{md5(data, usedforsecurity=False).hexdigest()}"'
    parts = [md5(data[at : at + PART], usedforsecurity=False) for at in range(0, len(data), PART)]
    whole = md5(b"".join(part.digest() for part in parts), usedforsecurity=False)
    return f'"{whole.hexdigest()}-{len(parts)}"'


def bulletin(folder: Path, what: str) -> Path | None:
    """The bulletin in force of a week (``1``, ``2``, …) or of the ``final``; None if there is none yet."""
    current = folder / "current.json"
    index = json.loads(current.read_text()) if current.is_file() else {"weeks": [], "final": None}
    closed = {f"week-{week['week']}": week["revision"] for week in index["weeks"]}
    if index["final"]:
        closed["final"] = index["final"]["revision"]
    name = what if what == "final" else f"week-{what}"
    return folder / name / f"rev-{closed[name]}" / "bulletin.html" if name in closed else None


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else set()


def main() -> None:
    """Copies and lists what is new."""
    parser = argparse.ArgumentParser(prog="python -m infra.results", description=__doc__.split("\n")[0])
    parser.add_argument("--stage", choices=("local", "dev", "prod"), default="local")
    parser.add_argument("--to", type=Path, default=PROJECT / "results", help="default: ./results")
    parser.add_argument(
        "--stack", type=Path, default=PROJECT / ".local" / "stack.json", help="the local stack's file"
    )
    parser.add_argument("--report", metavar="WEEK", help="open the bulletin of this week, or of the `final`")
    options = parser.parse_args()
    try:
        if options.stage == "local":
            s3, bucket = local_desk(options.stack)
        else:
            bucket = outputs(boto3.client("cloudformation"), stack_name(options.stage))["DeskBucket"]
            s3 = boto3.client("s3")
        copied = copy(s3, bucket, options.to)
    except (ClientError, BotoCoreError) as error:
        sys.exit(f"Not copied. {error}")
    if options.report:
        _open(options.to, options.report)
        return
    for path in copied:
        print(path)
    if not copied:
        print("Nothing new: no week has been closed since the last copy.")


def _open(folder: Path, what: str) -> None:
    page = bulletin(folder, what)
    if page is None:
        sys.exit(f"There is no bulletin of {what!r} yet. What has been closed: see {folder / 'current.json'}.")
    webbrowser.open(page.resolve().as_uri())
    print(page)  # for where there is no browser


if __name__ == "__main__":
    main()
