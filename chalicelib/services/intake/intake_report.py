"""The answer to a file in the inbox, for programs (JSON) and for people (XLSX)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.documents.consequences import Consequences
from chalicelib.documents.intake_answer import IntakeAnswer, Mistake
from chalicelib.documents.plain_file import ReadFile
from chalicelib.domain.times import day
from chalicelib.readers.budget import BudgetSpent, budget
from chalicelib.readers.contest_tables import as_faults
from chalicelib.readers.tables import MOST_FAULTS, TOO_LONG, ContestFaults, Fault
from chalicelib.services.closing.consequences import FIGURES, LEVELS
from chalicelib.services.intake.bank_lint import Linted, sheets_of
from chalicelib.services.intake.confirmations import ANSWER, Unconfirmed, show
from chalicelib.services.intake.place import Place
from chalicelib.services.intake.preview import ToPreview, preview_of
from chalicelib.services.ports import ObjectStore, PlainSheet, WriteBook

_LONGEST = 2_000
_TAKEN = {
    "contest": "Cuộc thi",
    "questions_approved": "Câu hỏi đã thẩm định",
    "questions_not_asked": "Câu hỏi chưa thẩm định (không đưa vào đề)",
    "questions_lapsed": "Câu hỏi đã sửa sau thẩm định (coi là draft, hãy thẩm định lại)",
    "questions_left_out": "Câu không thể đưa vào đề, đã bỏ ra",
    "units": "Đơn vị",
    "roster_rows": "Người trong danh sách của các đơn vị",
    "exclusions": "Người không được dự thi",
    "pictures": "Biểu trưng, ảnh bìa",
    "brand": "Màu của trang",
    "portal": "Cổng thông tin",
    "dates": "Lịch thi",
    "stopped": "Đang tạm dừng",
    "notice": "Thông báo trên trang",
    "decisions": "Quyết định đã ghi nhận",
    "released": "Số căn cước trả lại cho chủ",
    "corrected": "Mục đã sửa",
    "unchanged": "Mục đã như vậy từ trước",
    "merged": "Đơn vị sau sáp nhập",
    "confirmed": "Đã thực hiện thay đổi có mã",
    "code": "Mã xác nhận",
    "gathered": "Các tệp đã nhận",
    "missing": "Các tệp còn thiếu (chưa thể mở cuộc thi)",
    "codes": "Mã đặt lại mật khẩu đã cấp",
    "claimants": "Người khai thuộc các đơn vị này",
    "found": "Người đã tra cứu",
    "exported": "Người được trích xuất dữ liệu",
    "erased": "Người đã xóa dữ liệu",
    "postponed": "Yêu cầu chưa thực hiện được",
    "not_registered": "Số căn cước chưa đăng ký",
    "answers": "Thư mục chứa tệp trả lời",
}
_FAULTS = ("Tệp", "Dòng", "Cột", "Giá trị", "Cần làm gì")
_CLOSES = ("Kết quả", "Mục", "Mã", "Tên", "Trước", "Sau")
_PERSONAL = {"full_name": "Sửa họ và tên", "unit": "Đơn vị của người đạt giải"}
Names = Callable[[Iterable[str]], Mapping[str, str]]


def even_sheet(name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> PlainSheet:
    return PlainSheet(name, [24] * len(header), header, rows)


def answer(
    desk: ObjectStore,
    write_book: WriteBook,
    place: Place,
    read: ReadFile,
    now: datetime,
    take: Callable[[list[Fault]], dict[str, Any]],
    names: Names = lambda _: {},
    word: Callable[[], str] = lambda: "tuần",
    to_preview: ToPreview | None = None,
) -> IntakeAnswer:
    """Takes a file over by ``take``; returns the answer, also put as JSON and XLSX, and a bank as a page.

    ``take`` adds to the list what is to be looked at although the file is taken over. It may raise
    ``ContestFaults`` and ``Unconfirmed``. ``names``: participant id → full name, for the workbook. ``word`` is
    the contest's for a week, asked for afterwards; everything here and below says “tuần”.
    """
    warnings: list[Fault] = []
    faults: Sequence[Fault] = ()
    taken: dict[str, Any] = {}
    accepted = False
    try:
        if read.faults:
            raise ContestFaults(as_faults(read.faults))
        with budget():
            taken = take(warnings)
        accepted = True
    except ContestFaults as refused:
        faults = refused.faults
    except BudgetSpent:
        faults = [Fault(place.file, 0, "", "", TOO_LONG)]
    except Unconfirmed as waiting:
        taken = waiting.told
    spoken = word()
    linted = taken.pop("linted", None)
    warnings = [*_of_reading(read), *warnings]
    faults, warnings = ([_spoken(one, spoken) for one in places] for places in (faults, warnings))
    report = make_report(place.file, read.sha256, now, taken, faults, warnings, accepted=accepted)
    book = write_book(as_sheets(report, names, spoken, linted), now)
    if "second_person" in taken:  # who is to confirm it
        show(desk, taken["code"], ANSWER, book)
    if to_preview and (preview := preview_of(read)):
        desk.put(f"{place.answer}.html", to_preview(preview).encode(errors="replace"))
    desk.put(f"{place.answer}.xlsx", book)
    desk.put(f"{place.answer}.json", report.encode())
    return report


def _of_reading(read: ReadFile) -> Iterator[Fault]:
    """Questions that no paper can ask, and what was read otherwise than it stands there."""
    for file in read.files.values():
        for one in as_faults(file.left_out):
            yield replace(one, message=f"câu này không có trong đề: {one.message}")
        yield from as_faults(file.notices)


def in_words_of(text: str, word: str) -> str:
    """``text`` with the contest's ``word`` for a week in place of “tuần”, but for what it quotes."""

    def said(found: re.Match[str]) -> str:
        if found[0] == "tuần":
            return word
        return word.capitalize() if found[0] == "Tuần" else found[0]

    return re.sub(r"“[^“”]{0,2000}”|\b[Tt]uần\b", said, text)


def _spoken(place: Fault, word: str) -> Fault:
    return replace(place, message=in_words_of(place.message, word))


def make_report(
    file: str,
    sha256: str,
    now: datetime,
    taken: dict[str, Any],
    faults: Sequence[Fault],
    warnings: Sequence[Fault] = (),
    *,
    accepted: bool = True,
) -> IntakeAnswer:
    """``faults``, which refuse the file, and ``warnings`` hold the first 5,000 of each."""
    return IntakeAnswer(
        file=file,
        sha256=sha256,
        accepted=accepted and not faults,
        at=now.isoformat(timespec="seconds"),
        taken={name: value for name, value in taken.items() if name != "consequences"},
        fault_count=len(faults),
        faults=_first(faults),
        warning_count=len(warnings),
        warnings=_first(warnings),
        consequences=taken.get("consequences"),
    )


def _first(places: Sequence[Fault]) -> tuple[Mistake, ...]:
    return tuple(Mistake(*astuple(place)) for place in places[:MOST_FAULTS])


def as_sheets(
    report: IntakeAnswer, names: Names = lambda _: {}, word: str = "tuần", linted: Linted | None = None
) -> list[PlainSheet]:
    """What was taken, what to mend, what would change, and what to look at where there is anything."""
    sheets = [
        PlainSheet("Tóm tắt", (44, 70), ("Mục", "Nội dung"), _short(_summary(report, word))),
        _places("Lỗi cần sửa", report.faults),
    ]
    if report.consequences and report.consequences.closes:
        sheets.insert(1, _changes(report.consequences, names, word))
    if report.warnings:
        sheets.append(_places("Cần xem lại", report.warnings))
    return [
        *sheets,
        *(sheet._replace(rows=_short(sheet.rows)) for sheet in (sheets_of(linted) if linted else ())),
    ]


def _changes(consequences: Consequences, names: Names, word: str) -> PlainSheet:
    """Which closes would be made again, which figures change, who loses and gains a prize, which units move."""
    closes = consequences.closes
    known = names(
        [one.participant_id for close in closes for one in close.prizes]
        + [one.participant_id for close in closes for one in close.people]
    )
    rows: list[Sequence[str | int | None]] = []
    for close in closes:
        what = "Chung cuộc" if close.what == "final" else f"{word.capitalize()} {close.what[5:]}"
        rows.append((what, "Tổng hợp lại", "", f"thay bản số {close.revision}", None, None))
        rows += [(what, "Số liệu", "", FIGURES[one.name], one.before, one.after) for one in close.figures]
        rows += [
            (what, "Giải cá nhân", one.participant_id, known.get(one.participant_id), one.before, one.after)
            for one in close.prizes
        ]
        rows += [
            (what, _PERSONAL[one.field], who, known.get(who), one.before, one.after)
            for one in close.people
            for who in [one.participant_id]
        ]
        rows += [
            (what, "Giải đơn vị", unit.code, unit.name, unit.prize_before, unit.prize_after)
            for unit in close.units
            if unit.prize_before != unit.prize_after
        ]
        rows += [
            (what, f"Hạng đơn vị{LEVELS[unit.level]}", unit.code, unit.name, unit.rank_before, unit.rank_after)
            for unit in close.units
            if unit.rank_before != unit.rank_after
        ]
    return PlainSheet("Hệ quả", (14, 16, 24, 40, 24, 24), _CLOSES, _short(rows))


def _why_not_yet(consequences: Consequences | None) -> str:
    if consequences is None or not (consequences.closes or consequences.left_out):
        return "việc này phải do hai người thực hiện"
    why = []
    if consequences.left_out:
        why.append(
            f"{consequences.left_out} câu của tệp không thể đưa vào đề và sẽ bị bỏ ra, các câu khác vẫn được "
            "nhận (xem trang “Cần xem lại”)"
        )
    if consequences.closes:
        why.append("tệp này làm thay đổi kết quả đã công bố")
    return "; ".join(why)


def _places(name: str, places: Sequence[Mistake]) -> PlainSheet:
    rows = [(one.file, one.row or None, one.column, one.value, one.message) for one in places]
    return PlainSheet(name, (24, 8, 18, 32, 90), _FAULTS, _short(rows))


def _short(rows: Sequence[Sequence[str | int | None]]) -> list[list[str | int | None]]:
    return [[cell[:_LONGEST] if isinstance(cell, str) else cell for cell in row] for row in rows]


def _summary(report: IntakeAnswer, word: str) -> list[tuple[str, str | int]]:
    taken = report.taken
    confirm = f"gửi tệp confirm-{taken.get('code')}.txt, nội dung tệp là lý do thay đổi."
    if "second_person" in taken:
        confirm = f"người khác đọc tệp ở pending/{taken['code']}/ rồi {confirm}"
    if "code" in taken and not report.accepted:
        changes = report.consequences and report.consequences.closes
        why = _why_not_yet(report.consequences)
        see = " Xem trang “Hệ quả”." if changes else ""
        verdict = f"CHƯA thực hiện: {why}.{see} Nếu đồng ý, {confirm}"
    elif not report.accepted:
        verdict = "KHÔNG tiếp nhận: dữ liệu đang dùng giữ nguyên. Hãy sửa các lỗi ở trang sau rồi gửi lại tệp."
    elif "missing" in taken:
        verdict = "Đã nhận tệp. Cuộc thi chưa mở: còn thiếu tệp."
    elif "answers" in taken:
        verdict = "Đã thực hiện. Câu trả lời có dữ liệu cá nhân, ở thư mục nêu dưới đây, tự xóa sau 30 ngày."
    else:
        verdict = "Đã tiếp nhận: dữ liệu mới đang được sử dụng."
    if report.consequences and report.accepted:
        verdict += (
            " Số liệu mới dùng cho các tuần chưa tổng hợp kết quả. Muốn áp dụng cho cả kết quả đã công bố, "
            f"xem trang “Hệ quả” rồi {confirm}"
        )
    if "from_week" in taken:
        verdict += (
            f" Câu hỏi và quy định bài thi mới có hiệu lực từ tuần {taken['from_week']}; "
            "các tuần đã mở giữ nguyên như khi mở."
        )
    checked = datetime.fromisoformat(report.at).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    rows: list[tuple[str, str | int]] = [
        ("Tệp", report.file),
        ("Thời điểm kiểm tra", f"{checked:%H:%M:%S} ngày {day(checked)} (giờ Việt Nam)"),
        ("Kết quả", in_words_of(verdict, word)),
        ("Số lỗi", report.fault_count),
    ]
    if report.warning_count:
        rows.append(("Số điều cần xem lại (tệp vẫn được tiếp nhận)", report.warning_count))
    if report.fault_count > len(report.faults):
        rows.append(("Ghi chú", f"chỉ liệt kê {len(report.faults)} lỗi đầu tiên"))
    for key, name in _TAKEN.items():
        if key in taken:
            value = taken[key]
            rows.append((name, (", ".join(value) or "không có") if isinstance(value, list) else value))
    return rows
