"""`.local/stack.json` tells other programs where everything is, as long as it runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.local.ministack import ACCESS_KEY, SECRET_KEY, MiniStack


@contextmanager
def stack_file(path: Path, site_url: str, aws: MiniStack, outputs: dict[str, str]) -> Iterator[None]:
    """Writes the file whole or not at all, and removes it at the end."""
    stack = {
        "site_url": site_url,
        "api_url": f"{site_url}/api",
        "aws_endpoint_url": aws.url,
        "region": aws.region,
        "desk_bucket": outputs["DeskBucket"],
        "site_bucket": outputs["SiteBucket"],
        "tables": {
            "participants": outputs["ParticipantsTable"],
            "entries": outputs["EntriesTable"],
            "tallies": outputs["TalliesTable"],
        },
        # The local AWS enforces IAM: operators' tools need credentials.
        "aws_access_key_id": ACCESS_KEY,
        "aws_secret_access_key": SECRET_KEY,
    }
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(stack, indent=1) + "\n")
    draft.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def read_stack(path: Path) -> dict[str, Any]:
    """The running stack; ends the program with a sentence if there is none."""
    if not path.is_file():
        sys.exit("No contest is running here. Start one with `make run`, in another shell.")
    stack: dict[str, Any] = json.loads(path.read_text())
    return stack


def stack_client(stack: dict[str, Any], service: str) -> Any:
    """A client of the local AWS with an operator's rights."""
    return boto3.client(
        service,
        endpoint_url=stack["aws_endpoint_url"],
        region_name=stack["region"],
        aws_access_key_id=stack["aws_access_key_id"],
        aws_secret_access_key=stack["aws_secret_access_key"],
        config=Config(max_pool_connections=16),
    )


def local_desk(path: Path) -> tuple[Any, str]:
    """An S3 client of the running stack, and its desk bucket."""
    stack = read_stack(path)
    return stack_client(stack, "s3"), str(stack["desk_bucket"])
