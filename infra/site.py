"""The static site into its bucket, with the headers a browser goes by."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path
from typing import Any

SITE = Path(__file__).resolve().parent.parent / "frontend" / "site"

# The functions' own folder in the bucket: published contest, units, results.
DATA = "data/"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
# Names carry no digest: pages are asked for each time (an unchanged one costs a 304), their parts every few
# minutes.
_ALWAYS_ASK = {".html", ".webmanifest"}
_PART = "public, max-age=300"


def upload(s3: Any, bucket: str, folder: Path = SITE) -> int:
    """Puts every file that changed, takes off what is gone, and returns how many were put."""
    there = _listed(s3, bucket)
    files = {p.relative_to(folder).as_posix(): p for p in sorted(folder.rglob("*")) if p.is_file()}
    put = 0
    for key, path in files.items():
        data = path.read_bytes()
        if key.startswith(DATA) or there.pop(key, "") == md5(data, usedforsecurity=False).hexdigest():
            continue
        s3.put_object(Bucket=bucket, Key=key, Body=data, **headers(path))
        put += 1
    for key in set(there) - set(files):
        s3.delete_object(Bucket=bucket, Key=key)
    return put


def headers(path: Path) -> dict[str, str]:
    """Content-Type and Cache-Control for a file of the site."""
    kind = _TYPES.get(path.suffix, "application/octet-stream")
    return {"ContentType": kind, "CacheControl": "no-cache" if path.suffix in _ALWAYS_ASK else _PART}


def _listed(s3: Any, bucket: str) -> dict[str, str]:
    """ETags (MD5, as single puts have it) of the site's own objects."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    objects = [item for page in pages for item in page.get("Contents", [])]
    return {item["Key"]: item["ETag"].strip('"') for item in objects if not item["Key"].startswith(DATA)}
