"""What a change does to published results: shown before it is carried out, said in the announcement after."""

from __future__ import annotations

from typing import Literal

from chalicelib.documents.typed import Document, Part
from chalicelib.domain.decisions import Cause


class Figure(Part, frozen=True):
    """A figure of a close that changes, by its name in ``Counts``; ``target``: what the prediction came to."""

    name: str
    before: int | None
    after: int | None


class PrizeChange(Part, frozen=True):
    """Somebody's prize before and after, by title; empty where there is none."""

    participant_id: str
    before: str
    after: str


class UnitChange(Part, frozen=True):
    """A unit's rank in its level and its prize by title, before and after; the ranks are None where not listed.

    ``level`` is empty where no unit has a parent.
    """

    level: Literal["top", "leaf", ""]
    code: str
    name: str
    rank_before: int | None
    rank_after: int | None
    prize_before: str
    prize_after: str


class PersonChange(Part, frozen=True):
    """What is published of a winner beside the prize: the unit's name before and after, or the full name.

    A name is personal and stands with the person alone: ``before`` and ``after`` are empty.
    """

    participant_id: str
    field: Literal["full_name", "unit"]
    before: str
    after: str


class CloseChange(Part, frozen=True):
    """How the close ``what`` changes; ``revision`` is the one that is replaced."""

    what: str
    revision: int
    figures: tuple[Figure, ...]
    prizes: tuple[PrizeChange, ...]
    units: tuple[UnitChange, ...]
    people: tuple[PersonChange, ...] = ()


class Consequences(Document, frozen=True, kw_only=True):
    """All closes that a file would change; ``sha256``: the file's digest.

    ``source``: that of the contest's files as they are in force, which a list must not put back. ``left_out``:
    how many questions of the file no paper can ask, without which it would be taken over.
    """

    format: Literal[1] = 1
    file: str
    sha256: str
    source: str
    cause: Cause
    closes: tuple[CloseChange, ...]
    left_out: int = 0
