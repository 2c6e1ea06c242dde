"""The links of the end: which pseudonyms of the weeks are one person (docs/proof.md)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from chalicelib.documents.typed import Document, Part

# As the close leaves it on the desk: gzip without a time stamp, first the header, then a line for each person.
LINKS = "links.jsonl.gz"
FOLDER = "data/proof/final"  # on the site


class LinksHeader(Document, frozen=True, kw_only=True):
    """The first line; ``weeks``: their numbers, in the order of each person's pseudonyms."""

    format: Literal[1] = 1
    contest: str
    weeks: tuple[int, ...]


class LinksFile(Part, frozen=True):
    """The file in ``FOLDER`` under a name made of its digest."""

    file: str
    sha256: str


def links_file(digest: str) -> LinksFile:
    return LinksFile(f"links-{digest[:16]}.jsonl.gz", digest)


def encode_link(pseudonyms: Iterable[str | None]) -> bytes:
    """A person's line, with the line feed: a pseudonym for each week, in hex, None where they do not count."""
    named = ",".join([f'"{name}"' if name else "null" for name in pseudonyms])
    return f"[{named}]\n".encode()
