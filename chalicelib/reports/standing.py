"""How a result stands, in words: provisional or recognised, and what it corrects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from html import escape

from chalicelib.documents.consequences import CloseChange, PersonChange
from chalicelib.domain.definition import Definition
from chalicelib.domain.times import EPOCH, day
from chalicelib.reports.vietnamese import moment, whole
from chalicelib.reports.week_facts import ERASED, OUTSIDE
from chalicelib.services.closing.close_weeks import Correction, Standing
from chalicelib.services.closing.consequences import FIGURES

PROVISIONAL = "Kết quả tạm thời"
NO_PRIZE = "không có giải"
CAUSES = {
    "rule": "quy định của cuộc thi",
    "ruling": "kết luận về câu hỏi",
    "correction": "sửa thông tin người dự thi",
    "annulment": "hủy kết quả",
    "exclusion": "danh sách người không được dự thi",
    "headcount": "số người thuộc đối tượng bắt buộc",
    "calendar": "lịch thi",
}


def state(standing: Standing) -> str:
    """``Kết quả tạm thời``, or by which decision the result is recognised."""
    recognition = standing.recognition
    if recognition is None:
        return PROVISIONAL
    decided = _day(recognition.decided_on)
    return f"Kết quả đã được công nhận theo Quyết định số {recognition.decision} ngày {decided}"


def complaints(definition: Definition) -> str:
    """How long complaints are taken, in words."""
    hours = definition.contest.complaints // timedelta(hours=1)
    return f"{hours // 24:02} ngày" if hours % 24 == 0 else f"{hours} giờ"


def correction_html(correction: Correction, names: Mapping[str, str], definition: Definition) -> list[str]:
    """The part of an announcement that says which one it replaces, why, and what is different.

    ``names``: participant id → the name as it may be published.
    """
    published = (EPOCH + timedelta(milliseconds=correction.at)).astimezone(definition.zone)
    replaced = f"thông báo đã công bố lúc {moment(published)} (bản số {correction.revision})"
    lines = [f"<p><b>Thông báo này điều chỉnh và thay thế {replaced}.</b></p>"]
    for one in correction.confirmations:
        at = moment(datetime.fromisoformat(one.at).astimezone(definition.zone))
        source = f"{CAUSES[one.cause]}; xác nhận lúc {at}, mã {one.code}"
        lines.append(f"<p>Lý do: {escape(one.reason)} ({source}).</p>")
    return [*lines, "<p>Nội dung thay đổi:</p>", "<ul>", *_items(correction.change, names), "</ul>"]


def _items(change: CloseChange, names: Mapping[str, str]) -> list[str]:
    told = [f"{FIGURES[one.name]}: {_number(one.before)} → {_number(one.after)}" for one in change.figures]
    held = [(names.get(one.participant_id) or ERASED, one.before, one.after) for one in change.prizes]
    held += [
        (unit.name, unit.prize_before, unit.prize_after)
        for unit in change.units
        if unit.prize_before != unit.prize_after
    ]
    told += [f"{name}: {before or NO_PRIZE} → {after or NO_PRIZE}" for name, before, after in held]
    told += [_person(one, names) for one in change.people]
    moved = len({unit.code for unit in change.units if unit.rank_before != unit.rank_after})
    if moved:
        told.append(f"Thứ hạng của {whole(moved)} đơn vị thay đổi; bảng xếp hạng mới thay thế bảng đã công bố")
    return [f"<li>{escape(line)}</li>" for line in told or ["Thứ tự xếp hạng ngoài các giải thay đổi"]]


def _person(one: PersonChange, names: Mapping[str, str]) -> str:
    name = names.get(one.participant_id) or ERASED
    if one.field == "full_name":
        return f"Họ và tên người đạt giải được sửa lại: {name}"
    return f"{name}: đơn vị {one.before or OUTSIDE} → {one.after or OUTSIDE}"


def _number(value: int | None) -> str:
    return "không có" if value is None else whole(value)


def _day(iso: str) -> str:
    return day(datetime.fromisoformat(iso))
