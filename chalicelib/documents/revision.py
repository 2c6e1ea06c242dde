"""The documents of a close's revision, by the names of their files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chalicelib.documents.closed_week import (
    CLOSED_WEEK,
    RANKING_ROWS,
    ClosedFinal,
    ClosedWeek,
    RankingRow,
    decode_rows,
)
from chalicelib.documents.manifest import FinalManifest, Manifest, WeekManifest
from chalicelib.documents.typed import decode

# Name of a revision's file → its content, None if the revision has no such file.
ReadFile = Callable[[str], bytes | None]


class StoredRevision(NamedTuple):
    """A revision of a week or of the final, as it is stored on the desk."""

    read: ReadFile

    def week(self) -> ClosedWeek:
        """Raises ``FileNotFoundError``, ``UnreadableDocument``."""
        return decode(ClosedWeek, self.file(CLOSED_WEEK))

    def final(self) -> ClosedFinal:
        """Raises ``FileNotFoundError``, ``UnreadableDocument``."""
        return decode(ClosedFinal, self.file(CLOSED_WEEK))

    def manifest(self, what: str) -> Manifest:
        """Raises ``FileNotFoundError``, ``UnreadableDocument``."""
        return decode(FinalManifest if what == "final" else WeekManifest, self.file("manifest.json"))

    def rows(self) -> Iterator[RankingRow]:
        """The individual ranking, row by row."""
        return decode_rows([self.file(RANKING_ROWS)])

    def file(self, name: str) -> bytes:
        """Raises ``FileNotFoundError``."""
        data = self.read(name)
        if data is None:
            raise FileNotFoundError(name)
        return data
