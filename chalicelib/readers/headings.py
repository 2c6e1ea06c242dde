"""Finds the header of a table as people make them: below a title, with a column of numbers, in Vietnamese."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from chalicelib.readers.tables import Fault, Record, is_comment, tidied

# A title, a subtitle, a date, a place.
MOST_ABOVE = 10
# Columns that number the rows, and say nothing else.
_NUMBERING = frozenset({"stt", "tt", "số tt", "số thứ tự"})
_CITIZEN_ID = (
    *("số cccd", "cccd", "căn cước", "số căn cước", "số căn cước công dân", "số định danh cá nhân"),
    *("số định danh", "số cccd/cmnd", "số cmnd/cccd", "cccd/cmnd"),
)
_NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "rosters": {
        "unit_code": ("mã đơn vị", "mã đv", "đơn vị"),
        "full_name": ("họ và tên", "họ tên", "họ, tên", "họ và tên cán bộ"),
        "citizen_id": _CITIZEN_ID,
        "exempt": ("miễn", "được miễn", "miễn thi", "được miễn thi"),
        "category": ("đối tượng",),
        "reason": ("lý do", "lí do", "lý do miễn", "lí do miễn"),
        "note": ("ghi chú",),
    },
    "units": {
        "code": ("mã", "mã đơn vị", "mã đv"),
        "name": ("tên đơn vị", "đơn vị"),
        "bloc": ("khối",),
        "kind": ("loại", "loại đơn vị"),
        "headcount": ("số người phải dự thi", "số người thuộc đối tượng bắt buộc"),
        "exempt": ("số người được miễn", "được miễn", "miễn"),
        "parent": ("đơn vị cấp trên", "mã đơn vị cấp trên"),
    },
    "questions": {
        "id": ("mã", "mã câu", "mã câu hỏi"),
        "topic": ("chủ đề", "lĩnh vực"),
        "text": ("câu hỏi", "nội dung câu hỏi"),
        **{f"option_{letter}": (f"phương án {letter}",) for letter in "abcdef"},
        "answer": ("đáp án", "đáp án đúng"),
        "reference": ("căn cứ", "căn cứ pháp lý"),
        "status": ("trạng thái",),
        "weeks": ("tuần",),
        "categories": ("đối tượng",),
        "written_by": ("người biên soạn",),
        "written_on": ("ngày biên soạn",),
        "appraised_by": ("người thẩm định",),
        "appraised_on": ("ngày thẩm định",),
    },
    "exclusions": {"citizen_id": _CITIZEN_ID, "role": ("vai trò",), "note": ("ghi chú",)},
}


class Headings(NamedTuple):
    """``needed``: the columns by which a header is known; ``names``: what else people call a column."""

    needed: Sequence[str]
    names: Mapping[str, str] = {}

    def meant(self, tidy: Iterable[str]) -> list[str]:
        """A header by the names of the format; what it does not know stays."""
        return [self.names.get(_folded(cell), cell) for cell in tidy]

    def found(self, tidy: Iterable[str]) -> int:
        return len(set(self.needed) & set(self.meant(tidy)))

    def place(self, rows: Iterable[Sequence[str]]) -> int | None:
        """Which of the tidied ``rows`` is the header: of the first few that say anything, the one that names
        most columns.
        """
        told = list(
            islice(((at, row) for at, row in enumerate(rows) if not is_comment(list(row))), MOST_ABOVE + 1)
        )
        best = max(told, key=lambda row: self.found(row[1]), default=None)
        return best[0] if best else None


def headings(kind: str, needed: Sequence[str]) -> Headings:
    """Of a table by the name of its file: ``rosters``, also ``rosters-SO-A``."""
    known = _NAMES.get("rosters" if kind.startswith("rosters") else kind, {})
    return Headings(needed, {name: column for column, names in known.items() for name in names})


def _folded(cell: str) -> str:
    return " ".join(cell[:60].lower().split()).rstrip("*:. ")


def from_header(file: str, records: Sequence[Record], known: Headings, notices: list[Fault]) -> list[Record]:
    """``records`` from the header on, under the names of the format and without the rows' numbers."""
    place = known.place(tidied(record.cells) for record in records)
    if place is None:
        return list(records)
    header = records[place]
    above = [record for record in records[:place] if not is_comment(tidied(record.cells))]
    for record in above:
        told = " ".join(cell for cell in tidied(record.cells) if cell)
        notices.append(Fault(file, record.line, "", told[:60], "dòng trên tiêu đề bảng: không đọc đến"))
    tidy = tidied(header.cells)
    numbering = {at for at, cell in enumerate(tidy) if _folded(cell) in _NUMBERING}
    names = known.meant(tidy)
    for cell, name in zip(tidy, names, strict=True):
        if cell != name:
            notices.append(Fault(file, header.line, name, cell[:60], f"cột này được hiểu là cột {name}"))
    for at in sorted(numbering):
        message = "cột số thứ tự: không đọc đến"
        notices.append(Fault(file, header.line, "", tidy[at][:60], message))
    body = [Record(header.line, names, header.faulty), *records[place + 1 :]]
    return [_without(record, numbering) for record in body] if numbering else body


def _without(record: Record, places: set[int]) -> Record:
    kept = [at for at in range(len(record.cells)) if at not in places]
    faulty = {new: record.faulty[at] for new, at in enumerate(kept) if at in record.faulty}
    return Record(record.line, [record.cells[at] for at in kept], faulty)
