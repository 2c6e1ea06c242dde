"""Copies what operators read, `results/` of the desk bucket, to a folder.

python -m infra.results            from the running local stack
python -m infra.results --stage prod   from AWS
"""

from __future__ import annotations

import argparse
import sys
from hashlib import md5
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

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
            if target.is_file() and _etag(target) == item["ETag"].strip('"'):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            s3.download_file(bucket, item["Key"], str(target))
            copied.append(target)
    for stale in _files(folder) - wanted:  # of a contest that ran here before
        stale.unlink()
    return copied


def _etag(file: Path) -> str:
    """As S3 makes it of what is put in one piece."""
    return md5(file.read_bytes(), usedforsecurity=False).hexdigest()


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
    for path in copied:
        print(path)
    if not copied:
        print("Nothing new: no week has been closed since the last copy.")


if __name__ == "__main__":
    main()
