"""Keeps a folder the same as objects of a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import md5
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.storage.objects import PART
from infra.place import AT_ONCE


def is_within(folder: Path, target: Path) -> bool:
    """A key may have any characters, `..` and a slash at its end too."""
    return target.resolve().is_relative_to(folder.resolve())


def mirror(s3: Any, bucket: str, wanted: Mapping[Path, Mapping[str, Any]], folder: Path) -> list[Path]:
    """Makes ``folder`` hold ``wanted`` and nothing else: files by path, each an object as S3 lists it.

    Returns the files that were fetched. They are compared by content: another contest may have files of the
    same name and size, and what was deleted there, as by an erasure or since it was listed, stays nowhere.
    """

    def fetch(target: Path) -> bool:
        item = wanted[target]
        if target.is_file() and etag(target.read_bytes(), item["ETag"]) == item["ETag"]:
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            s3.download_file(bucket, item["Key"], str(target))
        except ClientError as error:
            if error.response["Error"]["Code"] != "404":
                raise
            target.unlink(missing_ok=True)
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        fetched = [target for target, new in zip(wanted, pool.map(fetch, wanted), strict=True) if new]
    for stale in files(folder) - wanted.keys():
        stale.unlink()
    return fetched


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()} if folder.is_dir() else set()


def etag(data: bytes, like: str) -> str:
    """S3's ETag of an object put in one piece, or in parts if the ETag ``like`` is of parts."""
    if "-" not in like:
        return f'"{md5(data, usedforsecurity=False).hexdigest()}"'
    parts = [md5(data[at : at + PART], usedforsecurity=False) for at in range(0, len(data), PART)]
    whole = md5(b"".join(part.digest() for part in parts), usedforsecurity=False)
    return f'"{whole.hexdigest()}-{len(parts)}"'
