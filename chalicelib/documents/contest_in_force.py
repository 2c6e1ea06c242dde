"""The pointer to the contest in force, and to the contests that its begun weeks keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Self

from chalicelib.documents.canonical import UnreadableDocument, canonical_json, parsed

KEY = "pointers/contest"
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestInForce:
    """The pointer to the contest.

    ``start``: the first week's opening, RFC 3339. ``reference``: digest of the compiled contest; ``papers``:
    begun week → digest of the contest whose questions and rules it keeps, if another; ``units``: the same of
    closed weeks, for headcounts and rosters. ``source``: digest of the files as sent; ``listed``: of the index
    of the rosters, empty where there are none. ``rules``: digest of the rules in words; ``salts``: of the facts
    that the log tells salted, in hex, by name. ``ended``: since when the contest is over for good, RFC 3339.
    """

    contest: str
    start: str
    reference: str
    source: str
    loaded_at: str
    papers: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    listed: str = ""
    rules: str = ""
    salts: Mapping[str, str] = field(default_factory=dict)
    ended: str = ""
    format: int = FORMAT

    def encode(self) -> bytes:
        return canonical_json(asdict(self))

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Raises ``UnreadableDocument``."""
        told = parsed("ContestInForce", data, FORMAT)
        try:
            return cls(**told)
        except TypeError as error:
            raise UnreadableDocument("ContestInForce", str(error)) from None
