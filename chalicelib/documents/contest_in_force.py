"""The pointer to the contest in force, and to the contests that its begun weeks keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import NamedTuple, Self

from chalicelib.documents.canonical import UnreadableDocument, canonical_json, parsed

KEY = "pointers/contest"
FORMAT = 1


class Head(NamedTuple):
    """The newest of the commitments: its number and digest."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestInForce:
    """The pointer to the contest.

    ``start``: the first week's opening, RFC 3339. ``reference``: digest of the compiled contest; ``papers``:
    begun week → digest of the contest whose questions and rules it keeps, if another; ``units``: the same of
    closed weeks, for headcounts and rosters. ``source``: digest of the files as sent; ``listed``: of the index
    of the rosters, empty where there are none.
    """

    contest: str
    start: str
    reference: str
    source: str
    loaded_at: str
    papers: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    commitment: Head | None = None
    listed: str = ""
    format: int = FORMAT

    def encode(self) -> bytes:
        plain = {**asdict(self), "commitment": self.commitment and self.commitment._asdict()}
        return canonical_json(plain)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Raises ``UnreadableDocument``."""
        told = parsed("ContestInForce", data, FORMAT)
        try:
            head = told["commitment"]
            return cls(**{**told, "commitment": head and Head(**head)})
        except (KeyError, TypeError) as error:
            raise UnreadableDocument("ContestInForce", str(error)) from None
