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
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.backup import export
from infra.mirror import files, is_within, mirror
from infra.place import Place, place_of, say_where
from infra.progress import say_aside

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
        if not is_within(folder, target) or item["Key"].endswith("/"):
            raise ValueError(f"s3://{bucket}/{item['Key']} cannot be a file; delete it, or copy it by hand")
        wanted[target] = item
    mirror(s3, bucket, wanted, folder)
    return len(files(folder))


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
