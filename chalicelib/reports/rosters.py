"""``units/<code>.xlsx`` and ``units.zip``: for each unit with a roster, its participants and absentees."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from chalicelib.domain.definition import Definition
from chalicelib.domain.units import Unit
from chalicelib.reports.stencils import Simple, Tab, book_writer
from chalicelib.reports.vietnamese import name_key, percent, whole
from chalicelib.reports.xlsx import Column
from chalicelib.services.closing.close_weeks import Content
from chalicelib.services.contest.compiled_rosters import Member, Roster

_PIECE = 1 << 20
_PERSON = [Column("TT", 5, "number"), Column("Họ và tên", 28), Column("Số căn cước", 16, "center")]
_TOOK_PART = [
    *_PERSON,
    Column("Số lượt thi", 9, "whole"),
    Column("Điểm của lượt tốt nhất", 9, "whole"),
    Column("Ghi chú", 34),
]
_ABSENT = [*_PERSON, Column("Ghi chú", 34)]
_OTHERS = [Column("TT", 5, "number"), Column("Mã người dự thi", 26, "center"), *_TOOK_PART[3:]]


class Played(NamedTuple):
    """A person's activity in one week or in all. ``best``: the best attempt's score, summed over weeks."""

    unit: str
    attempts: int
    best: int
    ranked: bool


class Split(NamedTuple):
    """A unit's people. ``others`` took part for the unit but are not on its roster."""

    took_part: list[tuple[Member, Played]]
    absent: list[Member]
    exempt: list[tuple[Member, Played | None]]
    others: list[tuple[str, Played]]


# Participant id → activity, None for people who took no part.
FindPlayed = Callable[[str], Played | None]


def split(roster: Roster, played: FindPlayed, of_unit: Iterable[str]) -> Split:
    """``of_unit``: the ids of the people who took part for the unit."""
    members = sorted(roster.members, key=lambda one: (name_key(one.full_name), one.participant_id))
    found = [(one, played(one.participant_id)) for one in members]
    known = {one.participant_id for one in members}
    return Split(
        took_part=[(one, what) for one, what in found if what and not one.exempt],
        absent=[one for one, what in found if not what and not one.exempt],
        exempt=[(one, what) for one, what in found if one.exempt],
        others=[
            (person, what) for person in sorted(of_unit) if person not in known and (what := played(person))
        ],
    )


def roster_files(
    rosters: Iterable[Roster],
    everyone: Iterable[tuple[str, str]],
    played: FindPlayed,
    units: Sequence[Unit],
    write: Callable[[Unit, Split], bytes],
) -> Iterator[tuple[str, Content]]:
    """One file per unit, and one zip of them all, which grows on disk meanwhile.

    ``everyone``: id and unit of the people who took part.
    """
    by_code = {unit.code: unit for unit in units}
    of_unit: dict[str, list[str]] = {}
    for person, unit in everyone:
        of_unit.setdefault(unit, []).append(person)
    with tempfile.TemporaryFile() as disk:
        with zipfile.ZipFile(disk, "w", zipfile.ZIP_STORED) as packed:
            for roster in rosters:
                data = write(by_code[roster.unit], split(roster, played, of_unit.get(roster.unit, ())))
                # The time is fixed, so that the same content gives the same bytes.
                packed.writestr(zipfile.ZipInfo(f"{roster.unit}.xlsx", (1980, 1, 1, 0, 0, 0)), data)
                yield f"units/{roster.unit}.xlsx", data
            found = bool(packed.filelist)
        if found:
            disk.seek(0)
            yield "units.zip", iter(lambda: disk.read(_PIECE), b"")


def roster_book(
    definition: Definition, title: str, period: str, at: datetime, names: Mapping[str, str]
) -> Callable[[Unit, Split], bytes]:
    """Returns a function that writes a unit's workbook; ``names`` of all units by code."""

    write_book = book_writer(definition.contest.organiser, at)

    def write(unit: Unit, people: Split) -> bytes:
        obliged = len(people.took_part) + len(people.absent)
        rate = percent(Fraction(len(people.took_part), obliged)) if obliged else "không có"
        counts = (
            f"Danh sách {whole(obliged + len(people.exempt))} người, được miễn {whole(len(people.exempt))}; "
            f"đã dự thi {whole(len(people.took_part))}/{whole(obliged)} ({rate}), {title}, {period}"
        )

        def note(played: Played | None, reason: str = "") -> str:
            notes = [reason] if reason else []
            if played and played.unit != unit.code:
                elsewhere = names.get(played.unit, "")
                notes.append(f"Tính cho đơn vị: {elsewhere}" if elsewhere else "Đăng ký là thí sinh tự do")
            if played and not played.ranked:
                notes.append("Không được xếp hạng")
            return "; ".join(notes)

        def rows(some: Iterable[tuple[Member, Played | None]]) -> list[Sequence[Simple]]:
            return [
                (
                    number,
                    one.full_name,
                    one.citizen_id,
                    *((played.attempts, played.best) if played else (None, None)),
                    note(played, one.reason),
                )
                for number, (one, played) in enumerate(some, 1)
            ]

        absent = [(number, one.full_name, one.citizen_id, None) for number, one in enumerate(people.absent, 1)]
        others = [
            (number, person, played.attempts, played.best, note(played))
            for number, (person, played) in enumerate(people.others, 1)
        ]
        tabs = [
            Tab("Đã dự thi", f"{unit.name}: người đã dự thi", counts, _TOOK_PART, rows(people.took_part)),
            Tab("Chưa dự thi", f"{unit.name}: người chưa dự thi", counts, _ABSENT, absent),
            Tab("Được miễn", f"{unit.name}: người được miễn", counts, _TOOK_PART, rows(people.exempt)),
        ]
        if others:
            tabs.append(Tab("Ngoài danh sách", f"{unit.name}: dự thi ngoài danh sách", counts, _OTHERS, others))
        return write_book(f"{unit.name}, {title}", tabs)

    return write
