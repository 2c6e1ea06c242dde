"""Uploads the page into its bucket as one release: visitors get the whole new one, or still the old one.

All parts are below `r/<digest>/` and never change; modules import each other by relative addresses, so a page
gets all of them from the release that it began with. The root holds only files that browsers remember by
address. Its last two objects, service worker and page, move to the new release when all its parts are there: an
interrupted upload has changed nothing yet, or the next one finishes it.

Chat programs that show a link's title and picture read the page without running it. So an upload writes those
of the contest that is published then into it; no function may write the page.

A release stays for nine days after another one took its place: open pages continue with it.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import md5, sha256
from html import escape
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from infra.chunks import pack

SITE = Path(__file__).resolve().parent.parent / "frontend" / "site"

# The functions' own folder in the bucket: published contest, units, results.
DATA = "data/"
RELEASES = "r/"
# The length of a paper (hours at most) plus a week, during which a device may come back with a stored page.
KEPT = timedelta(days=9)

# Browsers remember these addresses; those of the icons belong to an installed page.
_ICONS = ("icon.svg", "icon-192.png", "icon-512.png")
_ROOT = (*_ICONS, "app.webmanifest", "sw.js", "index.html")  # in the order in which they move
_SUPERSEDED = "superseded"  # put into a release's folder when another one takes its place
_WORKER_LINE = re.compile(rb"^const \[RELEASE, PARTS\] = .*$", re.MULTILINE)
_ADDRESS = re.compile(rb'(href|src)="/([^"]+)"')
_CONTEST = f"{DATA}contest.json"
_TITLE = re.compile(rb'(<title>|<meta property="og:title" content=")[^<"]*')
_IMAGE = re.compile(rb'(<meta property="og:image" content=")[^"]*')
_OFFLINE = {".css", ".html", ".js", ".svg"}  # what the service worker keeps

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


@dataclass(frozen=True)
class Release:
    """The objects of one state of the page; ``parts`` and ``root`` by key."""

    digest: str
    parts: dict[str, bytes]
    root: dict[str, bytes]


class Shown(NamedTuple):
    """What a link to the contest shows: title and address of a picture; empty: as in the sources."""

    title: str = ""
    picture: str = ""


UNSHOWN = Shown()


@dataclass(frozen=True)
class _Stored:
    etag: str
    at: datetime


def root_names() -> set[str]:
    """The first parts of all paths that the site answers."""
    return {*_ROOT, RELEASES.rstrip("/"), DATA.rstrip("/")}


def release(folder: Path = SITE, shown: Shown = UNSHOWN) -> Release:
    """The release that the sources in ``folder`` make; ``shown``: the contest's, if there is one."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    files = pack(files)
    for pattern, told in ((_TITLE, shown.title), (_IMAGE, shown.picture)):
        if told:
            files["index.html"] = pattern.sub(partial(_with, escape(told).encode()), files["index.html"])
    # The digest covers the objects as put, with its own place empty: changing this module makes a release too.
    draft = _rendered(files, "")
    digest = sha256()
    for name, data in [*draft.parts.items(), *draft.root.items()]:
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return _rendered(files, digest.hexdigest()[:16])


def _with(told: bytes, found: re.Match[bytes]) -> bytes:
    return found[1] + told


def upload(s3: Any, bucket: str, folder: Path = SITE, now: datetime | None = None, *, address: str = "") -> int:
    """Puts the missing files of the folder's release and puts it in force; returns the number of files put.

    ``address``: the site's, as people open it; pictures of links must be whole addresses.
    """
    return put_in_force(s3, bucket, release(folder, _shown(s3, bucket, address)), now)


def _shown(s3: Any, bucket: str, address: str) -> Shown:
    """Of the contest on the site: title, and banner or emblem. Empty where there is none, or a spoilt file."""
    icon = f"{address}/{_ICONS[-1]}" if address else ""
    with suppress(s3.exceptions.NoSuchKey, ValueError, KeyError, TypeError):
        contest = json.loads(s3.get_object(Bucket=bucket, Key=_CONTEST)["Body"].read())
        picture = contest.get("banner") or contest.get("emblem")
        own = f"{address}/{DATA}{picture['file']}" if picture and address else icon
        return Shown(str(contest["title"]), own)
    return Shown(picture=icon)


def in_force(s3: Any, bucket: str) -> Release | None:
    """The bucket's own release, for ``put_in_force``: without its parts, which stay. None before the first."""
    there = _listed(s3, bucket)
    digest = _in_force(there)
    if digest is None:
        return None
    root = {name: s3.get_object(Bucket=bucket, Key=name)["Body"].read() for name in _ROOT if name in there}
    return Release(digest, {}, root)


def put_in_force(s3: Any, bucket: str, new: Release, now: datetime | None = None) -> int:
    """Puts what the bucket does not have of the release; returns the number of files put."""
    there = _listed(s3, bucket)
    before = _in_force(there)
    now = now or datetime.now(UTC)

    count = _put(s3, bucket, new.parts, there)
    if _marker(new.digest) in there:  # somebody rolls back
        s3.delete_object(Bucket=bucket, Key=_marker(new.digest))
    count += _put(s3, bucket, new.root, there)
    for digest in {key.split("/")[1] for key in there if key.startswith(RELEASES)} - {new.digest}:
        marker = _marker(digest)
        # No marker, and not in force before: from an upload interrupted before or after it took effect.
        if digest == before or marker not in there:
            s3.put_object(Bucket=bucket, Key=marker, Body=b"", **headers(marker))
        elif there[marker].at < now - KEPT:
            _delete(s3, bucket, [key for key in there if key.startswith(f"{RELEASES}{digest}/")])
    _delete(s3, bucket, [key for key in there if key not in new.root and not key.startswith(RELEASES)])
    return count


def headers(key: str) -> dict[str, str]:
    """Content-Type and Cache-Control of an object of the site."""
    path = PurePosixPath(key)
    part = key.startswith(RELEASES) and path.name != _SUPERSEDED
    return {
        "ContentType": _TYPES.get(path.suffix, "application/octet-stream"),
        "CacheControl": "public, max-age=31536000, immutable" if part else "no-cache",
    }


def _rendered(files: dict[str, bytes], digest: str) -> Release:
    folder = f"{RELEASES}{digest}/"
    parts = {folder + name: data for name, data in files.items() if name not in ("app.webmanifest", "sw.js")}
    page = _ADDRESS.sub(
        lambda found: (
            b'%b="/%b%b"' % (found[1], folder.encode(), found[2])
            if folder + found[2].decode() in parts
            else found[0]
        ),
        files["index.html"],
    )
    parts[f"{folder}index.html"] = page
    kept = json.dumps([key.removeprefix(folder) for key in parts if PurePosixPath(key).suffix in _OFFLINE])
    line = f'const [RELEASE, PARTS] = ["{digest}", {kept}];'.encode()
    worker, lines = _WORKER_LINE.subn(lambda _: line, files["sw.js"])
    if lines != 1:
        raise ValueError(f"sw.js has {lines} lines for its release instead of one")
    root = {**files, "sw.js": worker, "index.html": page}
    return Release(digest, parts, {name: root[name] for name in _ROOT})


def _marker(digest: str) -> str:
    return f"{RELEASES}{digest}/{_SUPERSEDED}"


def _in_force(there: dict[str, _Stored]) -> str | None:
    """The release whose page is the one in the root."""
    page = there.get("index.html")
    for key, stored in there.items():
        if page and key.startswith(RELEASES) and key.endswith("/index.html") and stored.etag == page.etag:
            return key.split("/")[1]
    return None


def _put(s3: Any, bucket: str, objects: dict[str, bytes], there: dict[str, _Stored]) -> int:
    put = 0
    for key, data in objects.items():
        stored = there.get(key)
        if stored is None or stored.etag != md5(data, usedforsecurity=False).hexdigest():
            s3.put_object(Bucket=bucket, Key=key, Body=data, **headers(key))
            put += 1
    return put


def _delete(s3: Any, bucket: str, keys: list[str]) -> None:
    for key in sorted(keys):
        s3.delete_object(Bucket=bucket, Key=key)


def _listed(s3: Any, bucket: str) -> dict[str, _Stored]:
    """The site's own objects; ETags are MD5, as for objects put in one piece."""
    pages = s3.get_paginator("list_objects_v2")
    found = list(pages.paginate(Bucket=bucket, Delimiter="/"))
    folders = {item["Prefix"] for page in found for item in page.get("CommonPrefixes", [])} - {DATA}
    for folder in folders:  # not the functions' own, which may be large
        found.extend(pages.paginate(Bucket=bucket, Prefix=folder))
    objects = [item for page in found for item in page.get("Contents", [])]
    return {item["Key"]: _Stored(item["ETag"].strip('"'), item["LastModified"]) for item in objects}
