"""``anomalies.csv``: cases for a person to look at, each with a reason code and its evidence in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from chalicelib.domain.bank import LETTERS
from chalicelib.domain.paper import MASKS
from chalicelib.domain.statistics.anomalies import Anomaly
from chalicelib.reports.csv_files import Cell
from chalicelib.reports.vietnamese import comma, span
from chalicelib.services.contest.reference import Reference

COLUMNS = [
    *("reason", "participant_id", "unit_code", "unit_name", "question_id"),
    *("seen", "out_of", "expected", "probability", "evidence"),
]


def anomaly_rows(found: Iterable[Anomaly], reference: Reference) -> Iterator[list[Cell]]:
    """``expected`` has one decimal; ``probability`` is a power of ten above the real one."""
    names = {unit.code: unit.name for unit in reference.units}
    for one in found:
        yield [
            one.reason,
            one.participant_id,
            one.unit,
            names.get(one.unit, ""),
            one.detail[0] if one.reason == "alike_wrong" else "",
            one.seen,
            one.out_of,
            "" if one.expected is None else comma(one.expected, 1).replace(",", "."),
            "" if one.probability is None else f"< {_power(one.probability)}",
            _evidence(one, reference, names),
        ]


def _power(probability: Fraction) -> str:
    """The smallest power of ten above a probability: ``Fraction(3, 10**9)`` → ``1e-8``."""
    power = 0
    while probability * 10 ** (power + 1) < 1 and power < 300:
        power += 1
    return f"1e-{power}"


def _evidence(one: Anomaly, reference: Reference, names: Mapping[str, str]) -> str:
    questions, of = reference.definition.paper.questions, f"{one.seen} trong {one.out_of}"
    usual = f"khoảng {comma(one.expected or Fraction(0), 1)} người"
    match one.reason:
        case "too_fast":
            least = f"bài nhanh nhất {span(int(one.detail[0]))} (phút:giây) cho {questions} câu"
            text = f"{of} bài làm nhanh hơn 2 giây mỗi câu mà đúng từ 80% trở lên; {least}"
        case "below_min_duration":
            text = f"{of} bài nhanh hơn mức tối thiểu; nhanh nhất {span(int(one.detail[0]))} (phút:giây)"
        case "alike_wrong":
            mask = MASKS.index(one.detail[1])
            chosen = "".join(letter for place, letter in enumerate(LETTERS) if mask >> place & 1)
            text = (
                f"{of} người của đơn vị làm sai câu {one.detail[0]} cùng chọn phương án {chosen} "
                f"(thứ tự trong bộ câu hỏi); bình thường {usual}"
            )
        case "night":
            text = f"{of} người của đơn vị bắt đầu thi từ 00:00 đến 05:00; theo mặt bằng chung {usual}"
        case "above_headcount":
            text = (
                f"{one.seen} người thuộc đối tượng bắt buộc đã dự thi, nhiều hơn {one.out_of} người phải dự "
                "thi của đơn vị: hãy kiểm tra số người, hoặc đề nghị đơn vị gửi danh sách"
            )
        case "not_on_roster":
            there, elsewhere = one.detail[0] == one.unit, names.get(one.detail[0], "")
            where = "đối tượng khác của đơn vị" if there else f"người của {elsewhere}"
            text = (
                "khai thuộc đối tượng bắt buộc của đơn vị, nhưng không có tên trong danh sách của đơn vị; "
                f"{one.seen} lượt thi được tính là {where}"
            )
        case "one_phone":
            text = f"{one.seen} tài khoản dự thi dùng chung một số điện thoại (nhóm {one.detail[0]})"
    return text
