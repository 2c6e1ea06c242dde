"""Copies a whole contest to a folder: what `make recover` needs where stack, region or account are gone.

python -m infra.contest_copy backup --stage prod

Tables are written anew each time, of desk and site only what has changed. It may run while people take part:
its order makes it a copy from which the contest can go on. The folder holds personal data, but no key
(infra/escrow.py).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.backup import export
from infra.place import AT_ONCE, Place, place_of, say_where
from infra.progress import say_aside
from infra.results import etag

DESK, SITE = "desk", "site"
# Of the site only what the functions put; the page comes with each deployment.
PUBLISHED = "data/"
# Of the desk what lives for a day, and nobody asks for again.
_PASSING = ("read/", "parts/")


def copy_contest(at: Place, folder: Path) -> dict[str, int]:
    """Brings ``folder`` up to date; returns the items of each table, and the objects of ``desk`` and ``site``.

    Pointers first, then what they point to: objects are there before their pointers, and stay. Entries before
    participants: nobody is without an account. What the log has said meanwhile is said again (``recover``).
    """
    counted = {
        table: export(at.client("dynamodb"), at.tables[table], folder / table)
        for table in ("tallies", "entries", "participants")
    }
    for name, bucket, prefix in ((DESK, at.desk, ""), (SITE, at.site, PUBLISHED)):
        counted[name] = copy_objects(at.s3, bucket, prefix, folder / name)
    return counted


def copy_objects(s3: Any, bucket: str, prefix: str, folder: Path) -> int:
    """Makes ``folder`` the same as the newest versions below ``prefix``; returns how many there are.

    Raises ``ValueError`` for a key that is no path within the folder: nothing is left out unseen.
    """
    wanted: dict[Path, dict[str, Any]] = {}
    for item in listed(s3, bucket, prefix):
        target = folder / item["Key"]
        if not target.resolve().is_relative_to(folder.resolve()) or item["Key"].endswith("/"):
            raise ValueError(f"s3://{bucket}/{item['Key']} cannot be a file; delete it, or copy it by hand")
        wanted[target] = item

    def fetch(target: Path) -> None:
        item = wanted[target]
        if target.is_file() and etag(target.read_bytes(), item["ETag"]) == item["ETag"]:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        s3.download_file(bucket, item["Key"], str(target))

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(fetch, wanted))
    for path in {path for path in folder.rglob("*") if path.is_file()} - wanted.keys():
        path.unlink()  # what was deleted there, as by an erasure, stays nowhere
    return len(wanted)


def listed(s3: Any, bucket: str, prefix: str) -> Iterator[dict[str, Any]]:
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        yield from (item for item in page.get("Contents", ()) if not item["Key"].startswith(_PASSING))


def main() -> None:
    """Exits with 1 if the copy is not whole."""
    parser = argparse.ArgumentParser(prog="python -m infra.contest_copy", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="on an encrypted disk; an earlier copy is brought up to date")
    say_where(parser)
    options = parser.parse_args()
    say_aside("Copying: tables first, then the files of desk and site.")
    try:
        counted = copy_contest(place_of(options), options.folder)
    except (OSError, ValueError, ClientError, BotoCoreError) as error:
        sys.exit(f"The copy is not whole; run it again. {error}")
    print("\n".join(f"{number:>10,}  {name}" for name, number in counted.items()))
    print(f"The copy is in {options.folder}. It holds personal data.")


if __name__ == "__main__":
    main()
