"""``changes.csv`` of a new revision: the people and units that moved, from where to where, and why.

``reason`` says what befell a person or unit itself; for those that merely moved it is the cause of the change.
``cause`` and ``code`` are those of the organisers' confirmations, else the causes follow from the inputs.

It compares the files of two revisions, so that it says what a reader of both would see. It lists people who
entered or left the ranking and people who hold a prize in one of the two; everybody else merely moves up or
down behind them. It lists all units with another rank, prize or score, and every leaf that is new or gone.
"""

from __future__ import annotations

import gzip
from collections.abc import Collection, Iterator, Mapping, Sequence
from io import BytesIO
from typing import NamedTuple

from chalicelib.documents.closed_week import ClosedFinal, ClosedWeek, standing
from chalicelib.documents.revision import ReadFile, StoredRevision
from chalicelib.documents.typed import decode
from chalicelib.documents.week_proof import AUDIT, MERKLE, Tree
from chalicelib.domain.decisions import Cause, Confirmation
from chalicelib.domain.merkle import leaf_hash
from chalicelib.reports.csv_files import Cell, table
from chalicelib.reports.numbers import decimal
from chalicelib.services.closing.close_weeks import Replaced
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import Participant

COLUMNS = [
    *("kind", "id", "name", "level", "rank_before", "rank_after", "prize_before", "prize_after"),
    *("score_before", "score_after", "reason", "note", "cause", "code"),
]
RECORD = b',"record":'
# The cause that a changed part of the contest stands for; other parts change no result.
_CAUSE_OF: dict[str, Cause] = {
    "definition": "rule",
    "bank": "rule",
    "rulings": "ruling",
    "annulments": "annulment",
    "barred": "exclusion",
    "units": "headcount",
    "rosters": "headcount",
    "corrections": "correction",
    "mergers": "correction",
    "renamings": "correction",
}


class Place(NamedTuple):
    """The place of a person or unit; empty if they are not in the ranking."""

    rank: int | None = None
    prize: str = ""
    score: Cell = ""
    name: str = ""
    basis: str = ""


def write_changes(
    old: Replaced,
    new: Replaced,
    people: Mapping[str, Participant],
    reference: Reference,
    inputs: Mapping[str, str],
    confirmations: Sequence[Confirmation],
) -> bytes:
    """``new``, made from ``inputs``, replaces ``old`` because of ``confirmations``; ``people``: all winners."""
    what = f"week-{new.document.week}" if isinstance(new.document, ClosedWeek) else "final"
    causes = dict.fromkeys([one.cause for one in confirmations]) or dict.fromkeys(
        cause
        for part, cause in _CAUSE_OF.items()
        if old.revision.manifest(what).inputs.get(part) != inputs[part]
    )
    cause, code = "+".join(causes), "+".join(one.code for one in confirmations)
    rows = [
        *_people(old, new, people, reference, cause),
        *_units(old, new, cause),
        *_leaves(old.revision.read, new.revision.read),
    ]
    return table(COLUMNS, [[*row, cause, code] for row in rows])


def _people(
    old: Replaced, new: Replaced, people: Mapping[str, Participant], reference: Reference, cause: str
) -> Iterator[list[Cell]]:
    was_closed, now_closed = old.document, new.document
    prizes_before, prizes_after = _prizes(was_closed, people), _prizes(now_closed, people)
    if not isinstance(was_closed, ClosedWeek) or not isinstance(now_closed, ClosedWeek):
        for person in dict.fromkeys([*prizes_after, *prizes_before]):  # of the end: prizes alone
            was, now = prizes_before.get(person, Place()), prizes_after.get(person, Place())
            if was[:3] != now[:3]:
                yield _row("person", person, was, now, cause, "")
        return
    before, after = _ranks(old.revision), _ranks(new.revision)
    annulled, roles = reference.decisions.annulled_in(now_closed.week), reference.roles(now_closed.week)
    concerned = before.keys() ^ after.keys() | prizes_before.keys() | prizes_after.keys()
    for person in sorted(concerned, key=lambda person: (after.get(person, 0), person)):
        was = prizes_before.get(person, Place(before.get(person)))
        now = prizes_after.get(person, Place(after.get(person)))
        if was[:3] == now[:3]:
            continue
        excluded = roles.get(person)
        if excluded and not now.rank:
            reason, note = "excluded", excluded
        elif person in annulled and not now.rank:
            reason, note = "annulled", f"{annulled[person].decided_on}: {annulled[person].reason}"
        elif not was.rank:
            reason, note = "reinstated", ""
        else:
            earlier = was_closed.earlier_winners, now_closed.earlier_winners
            reason, note = _moved(person, was, now, *earlier) or cause, ""
        yield _row("person", person, was, now, reason, note)


def _units(old: Replaced, new: Replaced, cause: str) -> Iterator[list[Cell]]:
    before, after = _unit_places(old.document), _unit_places(new.document)
    earlier = _elsewhere(old.document), _elsewhere(new.document)
    keys = before.keys() | after.keys()
    for key in sorted(keys, key=lambda key: (key[0] == "leaf", after.get(key, Place()).rank or 0, key)):
        was, now = before.get(key, Place()), after.get(key, Place())
        level, code = key
        if was[:3] == now[:3] and was.basis == now.basis:
            continue
        if not was.rank or not now.rank:
            reason = "unit_added" if now.rank else "unit_removed"
        elif was.basis != now.basis:
            reason = "headcount"
        else:
            reason = _moved(code, was, now, *earlier) or cause
        yield _row("unit", code, was, now, reason, "", level)


def _leaves(old: ReadFile, new: ReadFile) -> Iterator[list[Cell]]:
    """No rows while the week's entries and dates are unchanged: then the root is the same."""
    if _root(old) == _root(new):
        return
    gone, added = (set(record_hashes(read(AUDIT) or b"")) for read in (old, new))
    for leaf in sorted(gone ^ added):
        reason = "leaf_added" if leaf in added else "leaf_removed"
        yield _row("leaf", leaf.hex(), Place(), Place(), reason, "")


def record_hashes(packed: bytes) -> Iterator[bytes]:
    """The leaf hashes of a bundle's records, in the order of its lines."""
    with gzip.open(BytesIO(packed)) as lines:
        for line in lines:
            yield leaf_hash(line[line.rindex(RECORD) + len(RECORD) : -len(b"}\n")])


def _root(read: ReadFile) -> str:
    tree = read(MERKLE)
    return decode(Tree, tree).root if tree else ""


def _moved(key: str, was: Place, now: Place, won_before: Collection[str], won_after: Collection[str]) -> str:
    """Why a prize differs, where a prize of another week is the reason; else empty."""
    if was.prize != now.prize and (key in won_before) != (key in won_after):
        return "won_in_another_week" if key in won_after else "other_prize_gone"
    return ""


def _row(kind: str, key: str, was: Place, now: Place, reason: str, note: str, level: str = "") -> list[Cell]:
    moved = was.rank, now.rank, was.prize, now.prize, was.score, now.score
    return [kind, key, now.name or was.name, level, *moved, reason, note]


def _prizes(closed: ClosedWeek | ClosedFinal, people: Mapping[str, Participant]) -> dict[str, Place]:
    names = {identity: person.full_name for identity, person in people.items()}
    return {
        one.participant_id: Place(one.rank, one.prize, one.score, names.get(one.participant_id, ""))
        for one in closed.prizes
    }


def _elsewhere(document: ClosedWeek | ClosedFinal) -> set[str]:
    """The units that have a weekly prize of another week."""
    return {code for codes in document.unit_prizes_elsewhere.values() for code in codes}


def _ranks(revision: StoredRevision) -> dict[str, int]:
    return {row.participant_id: rank for rank, row in enumerate(revision.rows(), 1)}


def _unit_places(document: ClosedWeek | ClosedFinal) -> dict[tuple[str, str], Place]:
    return {
        (line.level, line.code): Place(
            line.rank,
            line.prize,
            decimal(standing(line).score, 4),
            line.name,
            f"{line.headcount}-{line.exempt}",
        )
        for line in document.units
    }
