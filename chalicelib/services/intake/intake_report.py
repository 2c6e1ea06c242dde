"""The answer to a file in the inbox, for programs (JSON) and for people (XLSX)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from chalicelib.readers.tables import Fault

# A whole column in a wrong form gives a fault a row; nobody reads on after so many.
MOST_FAULTS = 5_000
_ILLEGAL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 2_000
# Bytes: S3 takes 1,024 for the whole key, and the key of the answer is longer than that of the file.
LONGEST_NAME = 1_000
_TAKEN = {
    "contest": "Cuộc thi",
    "questions_approved": "Câu hỏi đã thẩm định",
    "questions_not_asked": "Câu hỏi chưa thẩm định (không đưa vào đề)",
    "units": "Đơn vị",
    "roster_rows": "Người trong danh sách của các đơn vị",
    "exclusions": "Người không được dự thi",
    "disqualifications": "Người bị hủy kết quả",
    "gathered": "Các tệp đã nhận",
    "missing": "Các tệp còn thiếu (chưa thể mở cuộc thi)",
    "codes": "Mã đặt lại mật khẩu đã cấp",
    "exported": "Người được trích xuất dữ liệu",
    "erased": "Người đã xóa dữ liệu",
    "postponed": "Yêu cầu chưa thực hiện được",
    "not_registered": "Số căn cước chưa đăng ký",
    "answers": "Thư mục chứa câu trả lời",
}
_FAULTS = ("Tệp", "Dòng", "Cột", "Giá trị", "Cần làm gì")
_WIDTHS = (24, 8, 18, 32, 90)


def answer_key(file: str) -> str:
    """Where the answer to ``file`` stands, without ending: under its name, or what of it fits into a key."""
    if len(file.encode()) <= LONGEST_NAME:
        return f"intake/{file}"
    return f"intake/{file[:100]}~{sha256(file.encode()).hexdigest()[:16]}"


def make_report(
    file: str, data: bytes, now: datetime, taken: dict[str, Any], faults: Sequence[Fault]
) -> dict[str, Any]:
    """``faults`` holds the first 5,000, ``fault_count`` says how many there are; accepted if there are none."""
    return {
        "file": file,
        "sha256": sha256(data).hexdigest(),
        "accepted": not faults,
        "at": now.isoformat(timespec="seconds"),
        "taken": taken,
        "fault_count": len(faults),
        "faults": [asdict(fault) for fault in faults[:MOST_FAULTS]],
    }


def as_json(report: dict[str, Any]) -> bytes:
    # A lone half of a surrogate pair is no UTF-8; JSON's escape for it is.
    try:
        return json.dumps(report, ensure_ascii=False, indent=1).encode()
    except UnicodeEncodeError:
        return json.dumps(report, indent=1).encode()


def as_xlsx(report: dict[str, Any]) -> bytes:
    """Two sheets: what was taken, and what to mend. Every cell is a text or a number, none a formula."""
    book = Workbook(write_only=True)
    summary = book.create_sheet("Tóm tắt")
    summary.column_dimensions["A"].width = 44
    summary.column_dimensions["B"].width = 70
    summary.freeze_panes = "A2"
    summary.append([text_cell(summary, text, bold=True) for text in ("Mục", "Nội dung")])
    for name, value in _summary(report):
        summary.append(
            [text_cell(summary, name), value if isinstance(value, int) else text_cell(summary, value)]
        )
    faults = book.create_sheet("Lỗi cần sửa")
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        faults.column_dimensions[letter].width = width
    faults.freeze_panes = "A2"
    faults.append([text_cell(faults, text, bold=True) for text in _FAULTS])
    for fault in report["faults"]:
        cells = (fault["file"], fault["row"], fault["column"], fault["value"], fault["message"])
        faults.append([(cell or None) if isinstance(cell, int) else text_cell(faults, cell) for cell in cells])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _summary(report: dict[str, Any]) -> list[tuple[str, str | int]]:
    taken = report["taken"]
    if not report["accepted"]:
        verdict = "KHÔNG tiếp nhận: dữ liệu đang dùng giữ nguyên. Hãy sửa các lỗi ở trang sau rồi gửi lại tệp."
    elif "missing" in taken:
        verdict = "Đã nhận tệp. Cuộc thi chưa mở: còn thiếu tệp."
    elif "answers" in taken:
        verdict = "Đã thực hiện. Câu trả lời có dữ liệu cá nhân, ở thư mục nêu dưới đây, tự xóa sau 30 ngày."
    else:
        verdict = "Đã tiếp nhận: dữ liệu mới đang được sử dụng."
    if "from_week" in taken:
        verdict += (
            f" Câu hỏi và quy định bài thi mới có hiệu lực từ tuần {taken['from_week']}; "
            "các tuần đã mở giữ nguyên như khi mở."
        )
    checked = datetime.fromisoformat(report["at"]).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    rows: list[tuple[str, str | int]] = [
        ("Tệp", report["file"]),
        ("Thời điểm kiểm tra", f"{checked:%d/%m/%Y %H:%M:%S} (giờ Việt Nam)"),
        ("Kết quả", verdict),
        ("Số lỗi", report["fault_count"]),
    ]
    if report["fault_count"] > len(report["faults"]):
        rows.append(("Ghi chú", f"chỉ liệt kê {len(report['faults'])} lỗi đầu tiên"))
    for key, name in _TAKEN.items():
        if key in taken:
            value = taken[key]
            rows.append((name, ", ".join(value) if isinstance(value, list) else value))
    return rows


def text_cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    """A cell that is text whatever it begins with."""
    cell = WriteOnlyCell(sheet, _ILLEGAL.sub("\ufffd", text)[:_LONGEST])
    cell.data_type = "s"  # else openpyxl takes “=1+1” for a formula
    cell.number_format = "@"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell
