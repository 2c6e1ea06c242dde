"""``changes.csv`` of a new revision: who moved, from where to where, and why.

It compares the files of two revisions, so that it says what a reader of both would see. People are listed
who came into or fell out of the ranking, and those who hold a prize in one of the two; everybody else merely
moves up or down behind them. All units with another rank, prize or score are listed, and every leaf of the
hash tree that is new or gone.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from typing import IO, NamedTuple, cast

from chalicelib.domain.merkle import hashes
from chalicelib.reports.csv_files import Cell, table
from chalicelib.services.closing.close_weeks import Outcome, ReadFile
from chalicelib.services.contest.reference import Reference
from chalicelib.services.publishing.published import LEAVES

PRIZES, RANKING, UNITS = "individual_prizes.csv", "individual_ranking.csv.gz", "unit_ranking.csv"
COLUMNS = [
    *("kind", "id", "name", "rank_before", "rank_after", "prize_before", "prize_after"),
    *("score_before", "score_after", "reason", "note"),
]


class Place(NamedTuple):
    """One row of a ranking as its file has it; empty where somebody is not in it."""

    rank: str = ""
    prize: str = ""
    score: str = ""
    name: str = ""
    basis: str = ""


def write_changes(
    old: ReadFile,
    new: ReadFile,
    old_outcome: Outcome,
    new_outcome: Outcome,
    reference: Reference,
) -> bytes:
    """``old`` and ``new``: the files of two revisions."""
    rows = [
        *_people(old, new, old_outcome, new_outcome, reference),
        *_units(old, new, old_outcome, new_outcome),
        *_leaves(old, new),
    ]
    return table(COLUMNS, rows)


def _people(
    old: ReadFile,
    new: ReadFile,
    old_outcome: Outcome,
    new_outcome: Outcome,
    reference: Reference,
) -> Iterator[list[Cell]]:
    if new(RANKING) is None:
        return
    prizes_before, prizes_after = _prizes(old), _prizes(new)
    before, after = _ranks(old), _ranks(new)
    concerned = before.keys() ^ after.keys() | prizes_before.keys() | prizes_after.keys()
    for person in sorted(concerned, key=lambda person: (int(after.get(person, "0") or 0), person)):
        was = prizes_before.get(person, Place(before.get(person, "")))
        now = prizes_after.get(person, Place(after.get(person, "")))
        if was[:3] == now[:3]:
            continue
        if person in reference.excluded and not now.rank:
            reason, note = "excluded", reference.excluded[person]
        elif person in reference.disqualified and not now.rank:
            reason, note = "disqualified", reference.disqualified[person]
        elif not was.rank:
            reason, note = "reinstated", ""
        else:
            reason, note = (
                _moved(person, was, now, old_outcome.earlier_winners, new_outcome.earlier_winners),
                "",
            )
        yield _row("person", person, was, now, reason, note)


def _units(old: ReadFile, new: ReadFile, old_outcome: Outcome, new_outcome: Outcome) -> Iterator[list[Cell]]:
    before, after = _unit_places(old), _unit_places(new)
    for code in sorted(
        before.keys() | after.keys(), key=lambda code: (int(after.get(code, Place("0")).rank), code)
    ):
        was, now = before.get(code, Place()), after.get(code, Place())
        if was[:3] == now[:3] and was.basis == now.basis:
            continue
        if not was.rank or not now.rank:
            reason = "unit_added" if now.rank else "unit_removed"
        elif was.basis != now.basis:
            reason = "headcount"
        else:
            reason = _moved(code, was, now, old_outcome.earlier_unit_winners, new_outcome.earlier_unit_winners)
        yield _row("unit", code, was, now, reason, "")


def _leaves(old: ReadFile, new: ReadFile) -> Iterator[list[Cell]]:
    """None as long as the week's entries and dates are what they were: the root is the same."""
    before, after = old(LEAVES) or b"", new(LEAVES) or b""
    if before == after:
        return
    gone, added = set(hashes(before)), set(hashes(after))
    for leaf in sorted(gone ^ added):
        reason = "leaf_added" if leaf in added else "leaf_removed"
        yield _row("leaf", leaf.hex(), Place(), Place(), reason, "")


def _moved(key: str, was: Place, now: Place, won_before: list[str], won_after: list[str]) -> str:
    """Why somebody's place differs who is in both rankings."""
    if was.prize != now.prize and (key in won_before) != (key in won_after):
        return "won_in_earlier_week" if key in won_after else "earlier_prize_gone"
    if was.rank != now.rank:
        return "moved_up" if int(now.rank) < int(was.rank) else "moved_down"
    return "prize_passed_on" if was.prize != now.prize else "score"


def _row(kind: str, key: str, was: Place, now: Place, reason: str, note: str) -> list[Cell]:
    name = now.name or was.name
    return [kind, key, name, was.rank, now.rank, was.prize, now.prize, was.score, now.score, reason, note]


def _rows(data: bytes | None, name: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file, packed or not. Raises ``FileNotFoundError``."""
    if data is None:
        raise FileNotFoundError(name)
    raw = io.BytesIO(data)
    plain = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if name.endswith(".gz") else raw
    with io.TextIOWrapper(plain, encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text)


def _prizes(files: ReadFile) -> dict[str, Place]:
    return {
        row["participant_id"]: Place(row["rank"], row["prize"], row["score"], row["full_name"])
        for row in _rows(files(PRIZES), PRIZES)
    }


def _ranks(files: ReadFile) -> dict[str, str]:
    return {row["participant_id"]: row["rank"] for row in _rows(files(RANKING), RANKING)}


def _unit_places(files: ReadFile) -> dict[str, Place]:
    return {
        row["unit_code"]: Place(
            row["rank"],
            row["prize"],
            row["unit_score"],
            row["unit_name"],
            f"{row['headcount']}-{row['exempt']}",
        )
        for row in _rows(files(UNITS), UNITS)
    }
