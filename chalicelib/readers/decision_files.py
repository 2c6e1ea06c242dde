"""Files with the organisers' decisions on people and results: annulments, winners' checks, recognitions."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from chalicelib.domain.decisions import Annulment, Effect, Recognition
from chalicelib.domain.person import is_citizen_id
from chalicelib.readers.contest_tables import File, check_citizen_id, check_reason
from chalicelib.readers.tables import Fault, Row, known_week, read_weeks

MOST_ROWS = 1_000
ANNULMENTS = ("citizen_id", "participant_id", "weeks", "effect", "decided_on", "reason")
# As ``winner-checks.xlsx`` of a closed week has them.
WINNER_CHECKS = (
    *("week", "prize", "rank", "participant_id", "full_name", "date_of_birth", "citizen_id", "unit"),
    *("signs_score", "signs", "check", "reason"),
)
RECOGNITIONS = ("what", "decision", "decided_on", "withdraw", "reason")
RELEASES = ("citizen_id", "reason")
_EFFECTS: tuple[Effect, ...] = ("no_prize", "not_counted", "none")
PASSED = "đạt"
# What else may be written in the column ``check``: its effect, and its reason where none is given.
CHECK_FAILED: dict[str, tuple[Effect, str]] = {
    "không đạt": ("no_prize", "không đạt khi kiểm tra căn cước"),
    "không tính": ("not_counted", "không phải người dự thi thật, theo kết luận kiểm tra của Ban Tổ chức"),
}


# Citizen IDs → the participant id in force of each.
InForce = Callable[[Iterable[str]], Mapping[str, str]]


class Who(NamedTuple):
    """How a file names a person: by citizen ID, or by the participant id that organisers' files show."""

    known: Mapping[str, str]

    @classmethod
    def among(cls, rows: Iterable[Row], in_force: InForce) -> Who:
        """For these rows, whose citizen IDs are asked for at once."""
        asked = [row["citizen_id"] for row in rows if is_citizen_id(row["citizen_id"])]
        return cls(in_force(asked) if asked else {})

    def of(self, row: Row, faults: list[Fault]) -> str:
        citizen_id, shown = row["citizen_id"], row["participant_id"]
        if bool(citizen_id) == bool(shown):
            message = "ghi một trong hai: citizen_id (số căn cước) hoặc participant_id (mã hồ sơ)"
            faults.append(row.fault("citizen_id", message))
            return ""
        if citizen_id:
            before = len(faults)
            check_citizen_id(row, faults)
            return self.known[citizen_id] if len(faults) == before else ""
        return participant(row, faults)


def participant(row: Row, faults: list[Fault]) -> str:
    if not re.fullmatch(r"[0-9a-z]{2,64}", row["participant_id"], re.ASCII):
        message = "cần mã hồ sơ như trong tệp kết quả (chữ thường và chữ số)"
        faults.append(row.fault("participant_id", message))
    return row["participant_id"]


def read_annulments(
    file: File, in_force: InForce, weeks: Container[int], faults: list[Fault]
) -> list[Annulment]:
    """``weeks`` of the contest. Rows without weeks hold for all; the effect ``none`` lifts what was decided."""
    annulments, rows = [], _rows(file, ANNULMENTS, faults)
    who = Who.among(rows, in_force)
    for row in rows:
        person = who.of(row, faults)
        named = read_weeks(row, weeks, faults) if row["weeks"] else ()
        if row["effect"] not in _EFFECTS:
            message = "ghi no_prize (không xếp hạng), not_counted (không tính) hoặc none (bỏ quyết định hủy)"
            faults.append(row.fault("effect", message))
            continue
        effect = _EFFECTS[_EFFECTS.index(row["effect"])]
        annulments.append(Annulment(person, named, effect, _day(row, faults), check_reason(row, faults)))
    return annulments


def read_releases(file: File, faults: list[Fault]) -> list[Row]:
    """The numbers to give back to their owners, each once; the rows that are right."""
    first: dict[str, int] = {}
    right = []
    for row in _rows(file, RELEASES, faults):
        before = len(faults)
        check_citizen_id(row, faults)
        check_reason(row, faults)
        line = first.setdefault(row["citizen_id"], row.line)
        if line != row.line:
            faults.append(row.fault("citizen_id", f"trùng với dòng {line}: mỗi số chỉ ghi một lần"))
        if len(faults) == before:
            right.append(row)
    return right


def read_winner_checks(file: File, weeks: Container[int], on: date, faults: list[Fault]) -> list[Annulment]:
    """Whoever failed: without a prize in that week, or, for an invented account, not counted in it at all."""
    annulments = []
    for row in _rows(file, WINNER_CHECKS, faults):
        if row["check"].casefold() in {"", PASSED}:
            continue
        effect, usual = CHECK_FAILED.get(row["check"].casefold(), (None, ""))
        if effect is None:
            choices = "”, “".join((PASSED, *CHECK_FAILED))
            faults.append(row.fault("check", f"ghi “{choices}” hoặc để trống"))
            continue
        week = known_week(row["week"], weeks) or 0
        if not week:
            faults.append(row.fault("week", "cuộc thi không có tuần này"))
        person = participant(row, faults)
        reason = check_reason(row, faults) if row["reason"] else usual
        annulments.append(Annulment(person, (week,), effect, on.isoformat(), reason))
    return annulments


def read_recognitions(file: File, weeks: Container[int], faults: list[Fault]) -> list[Recognition]:
    """``what`` is the number of a week, or ``final``."""
    recognitions = []
    for row in _rows(file, RECOGNITIONS, faults):
        number = row["what"].removeprefix("week-")
        what = f"week-{number}"
        if row["what"] == "final":
            what = "final"
        elif known_week(number, weeks) is None:
            faults.append(row.fault("what", "ghi số tuần, ví dụ 1, hoặc final (kết quả chung cuộc)"))
        if row["withdraw"] not in {"", "0", "1"}:
            faults.append(row.fault("withdraw", "ghi 1 (thu hồi quyết định công nhận), 0 hoặc để trống"))
        withdrawn = row["withdraw"] == "1"
        if not row["decision"] or len(row["decision"]) > 100:
            faults.append(row.fault("decision", "cần số quyết định, ví dụ 12/QĐ-BTC"))
        reason = check_reason(row, faults) if withdrawn else row["reason"]
        recognitions.append(Recognition(what, row["decision"], _day(row, faults), withdrawn, reason))
    return recognitions


def _rows(file: File, columns: tuple[str, ...], faults: list[Fault]) -> list[Row]:
    rows = file.some_rows(columns, faults)
    if len(rows) > MOST_ROWS:
        message = f"tệp có hơn {MOST_ROWS} dòng: hãy chia thành nhiều tệp"
        faults.append(Fault(file.name, rows[MOST_ROWS].line, "", "", message))
    return rows[:MOST_ROWS]


def _day(row: Row, faults: list[Fault]) -> str:
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", row["decided_on"], re.ASCII):
            raise ValueError
        return date.fromisoformat(row["decided_on"]).isoformat()
    except ValueError:
        faults.append(row.fault("decided_on", "ghi ngày dạng 2022-08-29"))
        return ""
