"""``commendations.csv`` and ``.xlsx``: proposals for the committee, each with its reason in words (R10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.domain.commendation import Proposal
from chalicelib.domain.unit_score import UnitStanding
from chalicelib.reports.csv_files import Cell
from chalicelib.reports.xlsx import Book, Column
from chalicelib.services.closing.consequences import LEVELS
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import Participant

_COLLECTIVE = [Column("TT", 5, "number"), Column("Mã đơn vị", 16), Column("Đơn vị", 44), Column("Lý do", 62)]
_PERSONS = [
    Column("TT", 5, "number"),
    Column("Họ và tên", 28),
    Column("Đơn vị", 38),
    Column("Lý do", 62),
    Column("Mã người dự thi", 24, "center"),
]
_SHOWN = {"unit": ("unit_code", "name", "reason"), "person": ("name", "unit_name", "reason", "id")}
COLUMNS = ["kind", "place", "id", "name", "unit_code", "unit_name", "reason_code", "reason"]


def commendation_rows(
    proposals: Sequence[Proposal],
    units: Sequence[UnitStanding],
    people: Mapping[str, Participant],
    reference: Current,
) -> list[list[Cell]]:
    """``units``: the ranking over all weeks; ``people``: the proposed people by id."""
    standings = {row.unit.code: row for row in units}
    weeks, word = len(reference.definition.weeks), reference.definition.contest.period
    sizes = reference.paper_sizes
    differ = (
        f", so theo tỷ lệ câu đúng vì số câu của đề khác nhau giữa các {word}" if len(set(sizes)) > 1 else ""
    )

    def row(proposal: Proposal) -> list[Cell]:
        standing = standings.get(proposal.unit)
        unit_name = standing.unit.name if standing else ""
        if proposal.reason == "best_people":
            person = people.get(proposal.id)
            minutes, seconds = divmod(proposal.duration // 1000, 60)
            reason = (
                f"Dự thi đủ {weeks} {word}, "
                f"tổng điểm tốt nhất các {word} {proposal.score}/{sum(sizes)}{differ}, "
                f"tổng thời gian {minutes} phút {seconds} giây"
            )
            kind, name = "person", person.full_name if person else ""
        else:
            kind, name = "unit", unit_name
            reason = f"100% đối tượng bắt buộc dự thi trong tất cả các {word}"
            if proposal.reason == "best_units":
                level = LEVELS[proposal.level]
                reason = f"Xếp thứ {proposal.place} về kết quả dự thi của đơn vị{level} qua {weeks} {word}"
        return [kind, proposal.place, proposal.id, name, proposal.unit, unit_name, proposal.reason, reason]

    return [*map(row, proposals)]


def commendations_book(reference: Current, rows: Sequence[Sequence[Cell]], at: datetime) -> bytes:
    """``commendations.xlsx``: units and people on a sheet each."""
    contest = reference.definition.contest
    book = Book(contest.organiser, at, "Đề nghị khen thưởng")
    about = f"Cuộc thi {contest.title}"
    note = "Danh sách đề nghị theo số liệu; Ban Tổ chức xem xét, quyết định"
    for kind, name, columns in (("unit", "Tập thể", _COLLECTIVE), ("person", "Cá nhân", _PERSONS)):
        title = f"Đề nghị khen thưởng {name.lower()}"
        sheet = book.sheet(name, title, about, columns, note=note, landscape=True)
        chosen = [row for row in rows if row[0] == kind]
        sheet.rows(
            [number, *(str(row[COLUMNS.index(column)]) for column in _SHOWN[kind])]
            for number, row in enumerate(chosen, 1)
        )
    return book.close()
