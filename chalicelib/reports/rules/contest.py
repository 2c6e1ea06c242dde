"""The contest and its weeks."""

from __future__ import annotations

from datetime import timedelta
from html import escape

from chalicelib.domain.calendar import LAST_CHANCE_MS, REOPENED_WITHIN_MS
from chalicelib.domain.definition import Definition
from chalicelib.domain.times import EPOCH
from chalicelib.reports.rules.words import (
    Article,
    Block,
    Said,
    clause,
    counted,
    moment,
    period,
    span_in_words,
    table,
    title_of,
)


def of_the_contest(definition: Definition) -> Article:
    contest = definition.contest
    title, organiser = escape(contest.title), escape(contest.organiser)
    title_en, organiser_en = (
        escape(contest.title_en or contest.title),
        escape(contest.organiser_en or contest.organiser),
    )
    return Article(
        Said("Cuộc thi", "The contest"),
        (
            clause(
                f"Cuộc thi “{title}” (sau đây gọi là Cuộc thi) do {organiser} tổ chức. Ký hiệu của Cuộc thi "
                f"trong dữ liệu: <code>{contest.id}</code>.",
                f"Organiser of the contest “{title_en}”: {organiser_en}. Its name in the data is "
                f"<code>{contest.id}</code>.",
            ),
            clause(
                "Thể lệ này do phần mềm của Cuộc thi viết ra từ chính những quy định mà phần mềm dùng để "
                "chấm điểm, xếp hạng và xét giải. Nếu hướng dẫn hoặc văn bản khác trên trang Cuộc thi ghi "
                "khác thì áp dụng thể lệ này.",
                "These rules are written by the contest's software from the very settings by which it marks, "
                "ranks and awards. Where guidance or another text on the site differs, these rules apply.",
            ),
            clause(
                "Mã xác thực (SHA-256) của thể lệ này có trong mục Cam kết công khai trên trang Cuộc thi. "
                "Mỗi lần thể lệ thay đổi, nhật ký của Cuộc thi ghi mã mới vào phút đó; những gì đã ghi trước "
                "được giữ nguyên.",
                "The digest (SHA-256) of these rules stands on the site, under “Commitments”. When the rules "
                "change, the contest's log notes the new digest in that minute; what it noted before stays.",
            ),
            clause(
                f"Đường dây nóng của Ban Tổ chức: {escape(contest.hotline)}.",
                f"The organisers' hotline: {escape(contest.hotline)}.",
            ),
        ),
    )


def of_the_weeks(definition: Definition) -> Article:
    word, word_en = period(definition)
    contest = definition.contest
    length, pause = span_in_words(contest.week_length), span_in_words(contest.pause)
    if contest.weeks == 1:
        after = (f"dài {length.vi}", f"of {length.en}")
    elif contest.pause:
        after = (
            (
                f"cứ {length.vi} đóng một {word}; từ {word} thứ hai, {word} mở muộn hơn {pause.vi} sau khi "
                f"{word} trước đóng, để nhận xong bài của {word} trước"
            ),
            (
                f"one closing every {length.en}; from the second {word_en} on, a {word_en} opens {pause.en} "
                "after the one before has closed, when all of its papers are in"
            ),
        )
    else:
        after = (
            f"cứ {length.vi} đóng một {word}; {word} sau mở ngay khi {word} trước đóng",
            f"one closing every {length.en}; a {word_en} opens when the one before closes",
        )
    last_chance = span_in_words(timedelta(milliseconds=LAST_CHANCE_MS))
    reopened = REOPENED_WITHIN_MS // 3_600_000
    return Article(
        Said("Thời gian", "Dates"),
        (
            clause(
                f"Cuộc thi có {contest.weeks} {word}, {after[0]}. Giờ tính theo múi giờ {contest.timezone}. "
                f"{word.capitalize()} mở từ đúng giờ mở; đúng giờ đóng thì không bắt đầu bài mới được nữa.",
                f"The contest has {counted(contest.weeks, word_en)}, {after[1]}. Times are in the zone "
                f"{contest.timezone}. A {word_en} is open from its opening on; at its closing no paper can be "
                "begun any more.",
            ),
            _dates(definition),
            clause(
                f"Khi cần, Ban Tổ chức có thể lùi giờ đóng của {word} đang mở (chậm nhất {last_chance.vi} "
                f"trước khi đóng), mở lại {word} đã đóng chưa quá {reopened} giờ nếu {word} sau chưa mở và kết "
                f"quả chưa được công nhận, dời hoặc hủy {word} chưa mở. Thay đổi được ghi trên trang Cuộc "
                f"thi. {word.capitalize()} bị hủy không tính vào kết quả nào.",
                f"Where necessary, the organisers may put off the closing of an open {word_en} (at the latest "
                f"{last_chance.en} before it), reopen a {word_en} that closed less than {reopened} hours ago "
                f"while the next is not open and the result is not recognised, and move or cancel a {word_en} "
                f"to come. The site shows each change. A cancelled {word_en} counts in no result.",
            ),
            clause(
                "Ban Tổ chức có thể tạm dừng việc đăng ký, đăng nhập hoặc bắt đầu bài mới và thông báo trên "
                "trang; bài đang làm vẫn được lưu và nộp bình thường.",
                "The organisers may stop registration, sign-in or new papers for a time, with a notice on "
                "the site; papers that are open can still be saved and handed in.",
            ),
        ),
    )


def _dates(definition: Definition) -> Block:
    word, word_en = period(definition)
    if definition.contest.start == "now":
        return clause(
            f"{title_of(definition, 1).vi} mở khi Cuộc thi được nạp vào hệ thống.",
            f"{title_of(definition, 1).en} opens when the contest is loaded.",
        )
    reasons = {row.week: escape(row.reason) for row in definition.calendar if row.reason}
    return table(
        [
            (word.capitalize(), word_en.capitalize()),
            ("Mở", "Opens"),
            ("Đóng", "Closes"),
            *([("Lý do thay đổi", "Reason of the change")] if reasons else []),
        ],
        [
            [
                title_of(definition, number),
                *_moments(definition, number),
                *([reasons.get(number, "")] if reasons else []),
            ]
            for number in range(1, definition.contest.weeks + 1)
        ],
        "lccl" if reasons else "lcc",
    )


def _moments(definition: Definition, number: int) -> list[Said]:
    week = definition.week(number)
    if week is None:
        return [Said("hủy", "cancelled")] * 2
    return [
        moment((EPOCH + timedelta(milliseconds=at)).astimezone(definition.zone))
        for at in (week.opens, week.closes)
    ]
