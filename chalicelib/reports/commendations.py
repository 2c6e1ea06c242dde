"""``commendations.csv``: proposals for the committee, each with its reason in words (R10)."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Mapping, Sequence

from chalicelib.domain.commendation import Proposal, WeekLine
from chalicelib.domain.unit_score import UnitStanding
from chalicelib.reports.csv_files import Cell, table
from chalicelib.services.ports import Participant
from chalicelib.services.reference import Current

COLUMNS = ["kind", "place", "id", "name", "unit_code", "unit_name", "reason_code", "reason"]


def week_lines(ranking: bytes) -> Iterator[WeekLine]:
    """The lines of an ``individual_ranking.csv.gz``."""
    with gzip.open(io.BytesIO(ranking), "rt", encoding="utf-8-sig", newline="") as text:
        for row in csv.DictReader(text):
            yield WeekLine(row["participant_id"], row["unit_code"], int(row["score"]), int(row["duration_ms"]))


def write_commendations(
    proposals: Sequence[Proposal],
    units: Sequence[UnitStanding],
    people: Mapping[str, Participant],
    reference: Current,
) -> bytes:
    """``units``: the ranking over all weeks; ``people``: those proposed, by id."""
    standings = {row.unit.code: row for row in units}
    weeks = reference.definition.contest.weeks
    sizes = reference.paper_sizes
    differ = ", so theo tỷ lệ câu đúng vì số câu của đề khác nhau giữa các tuần" if len(set(sizes)) > 1 else ""

    def row(proposal: Proposal) -> list[Cell]:
        standing = standings.get(proposal.unit)
        unit_name = standing.unit.name if standing else ""
        if proposal.reason == "best_people":
            person = people.get(proposal.id)
            minutes, seconds = divmod(proposal.duration // 1000, 60)
            reason = (
                f"Dự thi đủ {weeks} tuần, tổng điểm tốt nhất các tuần {proposal.score}/{sum(sizes)}{differ}, "
                f"tổng thời gian {minutes} phút {seconds} giây"
            )
            kind, name = "person", person.full_name if person else ""
        else:
            kind, name = "unit", unit_name
            reason = "100 % người thuộc diện bắt buộc dự thi trong cả cuộc thi"
            if proposal.reason == "best_units":
                reason = f"Xếp thứ {proposal.place} về kết quả dự thi của đơn vị qua {weeks} tuần"
        return [kind, proposal.place, proposal.id, name, proposal.unit, unit_name, proposal.reason, reason]

    return table(COLUMNS, map(row, proposals))
