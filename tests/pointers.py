"""Pointers, and what they name, for tests that set them themselves."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.documents.canonical import digest
from chalicelib.documents.closed_week import CLOSED_WEEK, RANKING_ROWS, RankingRow, encode_rows
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.manifest import WeekManifest
from chalicelib.documents.results_page import SHOWN, Proof, ResultsIndex, ShownResults, ShownWeek
from tests.documents.builders import a_closed_week
from tests.fakes import MemoryObjects

NONE = "0" * 64


def pointing_at(
    reference: str,
    papers: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
    listed: str = "",
) -> ContestInForce:
    return ContestInForce(
        contest="trial",
        start="2022-08-22T08:00:00+07:00",
        reference=reference,
        source=NONE,
        loaded_at="2022-08-20T08:00:00+00:00",
        papers=papers or {},
        units=units or {},
        listed=listed,
    )


def show_week(
    desk: MemoryObjects, revision: int, rows: list[RankingRow], more: Mapping[str, bytes] | None = None
) -> None:
    """A result of week 1, as a close leaves it."""
    files = {
        CLOSED_WEEK: a_closed_week().encode(),
        RANKING_ROWS: b"".join(encode_rows(1, rows)),
        **(more or {}),
    }
    manifest = WeekManifest(
        contest="trial",
        what="week-1",
        revision=revision,
        inputs={},
        inputs_digest=NONE,
        salts={},
        code_version="test",
        files={name: digest(data) for name, data in files.items()},
        result_digest=NONE,
        recognised=None,
        replaces=None,
        confirmations=(),
        counts=a_closed_week().counts,
        target=None,
        ranked=len(rows),
        proof=Proof(NONE, 0),
    ).encode()
    for name, data in {**files, "manifest.json": manifest}.items():
        desk.put(f"results/week-1/rev-{revision}/{name}", data)
    index = ResultsIndex(weeks=(ShownWeek(1, revision),), final=None)
    desk.put(SHOWN, ShownResults(index=index, manifests={"week-1": digest(manifest)}).encode())
