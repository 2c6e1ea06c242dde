"""A file of the inbox after it was read: cells and texts, and the faults that reading found.

What people send is read by a function that has no rights but to read it. This is all that the others see of it.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.documents.intake_answer import Mistake
from chalicelib.documents.typed import Document, Part, decode


class PlainLine(Part, frozen=True, array_like=True):
    """A line of a table by its number in the file. ``faulty``: the faults of its cells, by position from 0."""

    line: int
    cells: tuple[str, ...]
    faulty: dict[int, str] = {}  # noqa: RUF012  msgspec copies it


class PlainRow(Part, frozen=True, array_like=True):
    """A question of a format that is no table, by the columns of one; ``line``: its first."""

    line: int
    cells: dict[str, str]


class PlainFile(Part, frozen=True):
    """One of ``lines`` (a table), ``rows`` (questions), ``definition`` and ``text`` is filled.

    ``lines``: the header and everything below it that is not empty. ``definition``: of ``contest.toml``, as
    ``compiled_contest`` writes it. ``text``: the guide as HTML, a picture as a data URL, any other text as it
    was sent. ``faults``: what reading found; if there are any, the rest may be less than the file has.
    ``notices``: what was read otherwise than it stands there. ``left_out``: questions that no contest can ask;
    ``rows`` lacks them.
    """

    lines: tuple[PlainLine, ...] = ()
    rows: tuple[PlainRow, ...] = ()
    definition: str = ""
    text: str = ""
    faults: tuple[Mistake, ...] = ()
    notices: tuple[Mistake, ...] = ()
    left_out: tuple[Mistake, ...] = ()


class ReadFile(Document, frozen=True, kw_only=True):
    """``files``: the files of an archive by name, else the one file; ``sha256`` is of the file as it was sent.

    ``faults``: why it could not be read at all.
    """

    format: Literal[1] = 1
    sha256: str
    files: dict[str, PlainFile] = {}  # noqa: RUF012  msgspec copies it
    faults: tuple[Mistake, ...] = ()

    def encode(self) -> bytes:
        """Half of a surrogate pair, which UTF-8 does not have and a workbook may, becomes ``?``."""
        told = json.dumps(msgspec.to_builtins(self), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return told.encode(errors="replace")

    def file(self, name: str) -> PlainFile:
        """The one file of this name; empty if it is not there."""
        return self.files.get(name, PlainFile())


class ContestSource(Document, frozen=True, kw_only=True):
    """``reference/source/<digest>``, compressed: the contest in force, file by file.

    ``appraised``: the text that each appraisal of a question was of, so far: digests, by digest
    (``readers/questions/appraisal.py``).
    """

    format: Literal[1, 2] = 2  # 1 had no ``appraised``
    files: dict[str, PlainFile]
    appraised: dict[str, str] = {}  # noqa: RUF012  msgspec copies it


def pack_source(files: Mapping[str, PlainFile], appraised: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Compressed; the same files give the same bytes."""
    source = ContestSource(files=dict(sorted(files.items())), appraised=dict(sorted(appraised.items())))
    return zlib.compress(source.encode(), 6)


def unpack_source(data: bytes) -> ContestSource:
    """Raises ``UnreadableDocument``."""
    try:
        return decode(ContestSource, zlib.decompress(data))
    except zlib.error as error:
        raise UnreadableDocument("ContestSource", str(error)) from None
