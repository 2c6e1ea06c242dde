"""``anomalies.csv``: cases for a person to look at, each with a reason code and its evidence in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from chalicelib.domain.bank import LETTERS
from chalicelib.domain.paper import MASKS
from chalicelib.domain.statistics.anomaly import Anomaly, scores
from chalicelib.reports.csv_files import Cell
from chalicelib.reports.vietnamese import comma, span, whole
from chalicelib.services.contest.reference import Reference

COLUMNS = [
    *("reason", "participant_id", "unit_code", "unit_name", "question_id"),
    *("seen", "out_of", "expected", "probability", "points", "score", "evidence"),
]


class PersonsSigns(NamedTuple):
    """A person's ``score`` and the evidence for it in words, a line a sign, the weightiest first."""

    score: int
    evidence: str


NO_SIGNS = PersonsSigns(0, "")


def signs_by_person(found: Iterable[Anomaly], reference: Reference) -> dict[str, PersonsSigns]:
    """Of everybody who has points."""
    rows = [one for one in found if one.points]
    names = {unit.code: unit.name for unit in reference.units}
    told: dict[str, list[str]] = {}
    for one in sorted(rows, key=lambda one: (-one.points, one.reason)):
        evidence = _evidence(one, reference, names)
        told.setdefault(one.participant_id, []).append(f"{one.reason} ({one.points} điểm): {evidence}")
    return {person: PersonsSigns(score, "\n".join(told[person])) for person, score in scores(rows).items()}


def anomaly_rows(found: Sequence[Anomaly], reference: Reference) -> Iterator[list[Cell]]:
    """``expected`` has one decimal; ``probability`` is a power of ten above the real one.

    ``points`` are the row's, ``score`` those of the person's rows together.
    """
    names, sums = {unit.code: unit.name for unit in reference.units}, scores(found)
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
            one.points,
            sums.get(one.participant_id, 0) if one.participant_id else "",
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
        case "unauthentic":
            text = (
                f"{of} lượt thi có dữ liệu không do hệ thống thi ghi (sai mã xác thực): có người đã ghi thẳng "
                "vào bảng dữ liệu; phần đó không được tính"
            )
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
        case "late_in_log":
            text = (
                "có bài nộp, hoặc lúc bắt đầu của bài không nộp, mà nhật ký công khai ghi nhận muộn hơn "
                "3 phút sau giờ chốt: không xét giải, trừ khi Ban Tổ chức xác nhận "
                "(tệp annulments, effect là none)"
            )
        case "one_phone":
            text = f"{one.seen} tài khoản dự thi dùng chung một số điện thoại (nhóm {one.detail[0]})"
        case _:
            text = _evidence_of_farms(one, of, usual)
    return text


def _evidence_of_farms(one: Anomaly, of: str, usual: str) -> str:
    text = ""
    match one.reason:
        case "faster_than_reading":
            words, took = int(one.detail[0]), int(one.detail[1])
            text = (
                f"đúng tất cả ngay bài đầu trong {span(took)} (phút:giây), đề dài {whole(words)} tiếng: "
                f"{whole(words * 60_000 // max(took, 1))} tiếng mỗi phút; người đọc nhanh đọc khoảng 400"
            )
        case "never_saved":
            text = (
                f"{of} bài nộp mà trước đó chưa lưu lần nào; trang thi tự lưu vài giây sau câu trả lời đầu tiên"
            )
        case "no_pause":
            seconds = comma(Fraction(int(one.detail[0]), 1000), 1)
            text = f"bắt đầu làm bài được xếp hạng {seconds} giây sau khi đăng ký"
        case "burst" | "one_hour":
            text = f"{of} người của đơn vị đăng ký trong {_within(int(one.detail[0]))}; bình thường {usual}"
        case "unit_never_saved":
            text = f"{of} người của đơn vị nộp bài mà chưa lưu lần nào; bình thường {usual}"
        case "first_try":
            text = f"{of} người của đơn vị đạt điểm đủ vào giải với lượt thi duy nhất; bình thường {usual}"
        case "equal_pace":
            text = f"{of} {_group(one)} {_pace(one.detail[1:])}"
        case "even_predictions":
            low, high = (whole(int(number)) for number in one.detail[1:])
            text = (
                f"{of} {_group(one)} dự đoán từ {low} đến {high}, cách nhau đều hơn nhiều so với chọn độc lập"
            )
        case "ordered_predictions":
            low, high = (whole(int(number)) for number in one.detail[1:])
            text = f"{of} {_group(one)} dự đoán từ {low} đến {high}, tăng (hoặc giảm) dần theo thứ tự đăng ký"
        case "many_winners":
            text = f"{of} {_group(one)} có tên trong danh sách giải và dự phòng; nếu bốc thăm thì {usual}"
    return text


def _group(one: Anomaly) -> str:
    """Whom a group's numbers are about: its people with a winning score."""
    if one.detail[0] == "all":
        return "người xếp hạng đầu của tuần, ở mọi đơn vị,"
    whose = "người của đơn vị" if one.unit else "thí sinh tự do"
    hour = " và đăng ký trong cùng một giờ" if one.detail[0] == "hour" else ""
    return f"{whose}, đạt điểm đủ vào giải{hour},"


def _within(milliseconds: int) -> str:
    minutes, seconds = divmod(-(-milliseconds // 1000), 60)
    return f"{minutes} phút {seconds} giây" if minutes else f"{seconds} giây"


def _pace(detail: Sequence[str]) -> str:
    match detail[0]:
        case "registrations":
            return "đăng ký cách nhau đều bất thường"
        case "starts":
            return "bắt đầu bài được xếp hạng cách nhau đều bất thường"
    low, high = (span(int(time)) for time in detail[1:])
    return f"làm bài trong thời gian gần như bằng nhau, từ {low} đến {high} (phút:giây)"
