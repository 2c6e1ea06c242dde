"""Small files as people send them: each was once read otherwise than it was meant, or refused for nothing."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest

from chalicelib.documents.plain_file import PlainFile
from chalicelib.domain.bank import Question
from chalicelib.domain.units import Unit
from chalicelib.readers.contest_files import unpack
from chalicelib.readers.contest_tables import File, RosterRow, read_questions, read_rosters, read_units
from chalicelib.readers.plain import as_plain
from chalicelib.readers.tables import Fault
from tests.readers.contest_files import QUESTION_HEADER, TOML, UNIT_HEADER, contest_files, toml
from tests.readers.contest_files import read_sent as read_contest
from tests.readers.workbooks import changed, repacked, workbook

COLUMNS = QUESTION_HEADER.strip().split(",")
ROSTER = ["unit_code", "full_name", "citizen_id", "exempt"]


def plain(name: str, data: str | bytes) -> PlainFile:
    return as_plain(name, data.encode() if isinstance(data, str) else data)


def questions(name: str, data: str | bytes) -> list[Question]:
    faults: list[Fault] = []
    found = read_questions(File(name, plain(name, data)), None, faults)
    assert faults == []
    return [one.question for one in found]


def question(name: str, data: str | bytes) -> Question:
    (only,) = questions(name, data)
    return only


def bank(*rows: list[Any]) -> bytes:
    """A workbook of questions: text, options A–D, answer."""
    made = [
        [f"K{k}", "luật", text, *options, *[None] * (6 - len(options)), answer, "Điều 1", "approved"]
        for k, (text, *options, answer) in enumerate(rows)
    ]
    return workbook(Sheet1=[COLUMNS, *made])


def formatted(data: bytes, **formats: str) -> bytes:
    """The cells with these number formats."""

    def put(sheet: Any) -> None:
        for place, code in formats.items():
            sheet[place].number_format = code

    return changed(data, put)


def units(name: str, data: str | bytes) -> list[Unit]:
    faults: list[Fault] = []
    found = read_units(File(name, plain(name, data)), faults)
    assert faults == []
    return found


def unit_faults(name: str, data: str | bytes) -> list[Fault]:
    faults: list[Fault] = []
    read_units(File(name, plain(name, data)), faults)
    return faults


def roster(name: str, data: str | bytes) -> list[RosterRow]:
    faults: list[Fault] = []
    found = read_rosters(File(name, plain(name, data)), set(), None, faults, [])
    assert faults == []
    return found


def moodle(text: str, *options: str, form: str = "html") -> str:
    told = "".join(
        f'<answer fraction="{0 if k else 100}" format="{form}"><text><![CDATA[{option}]]></text></answer>'
        for k, option in enumerate(options or ("a", "b"))
    )
    return (
        '<quiz><question type="multichoice"><name><text>Q</text></name>'
        f'<questiontext format="{form}"><text><![CDATA[{text}]]></text></questiontext>'
        f"<single>true</single>{told}</question></quiz>"
    )


def shown(html: str) -> str:
    return question("questions.xml", moodle(html)).text


# ---- GIFT


@pytest.mark.parametrize(
    "right", ["=", "=%100%", "=%100.0000000%", "=% 100 %", "=%100,0%", "~%100%", "~%+100.00000000000000000001%"]
)
@pytest.mark.parametrize("wrong", ["~", "~%0%", "~%-33.3333333%", "~% -50 %", "~%−25,5%"])
def test_a_weight_of_any_precision_is_never_part_of_an_option(right: str, wrong: str) -> None:
    found = question("questions.gift", f"Thủ phủ?{{\n{right}Vinh\n{wrong}Huế\n{wrong}Sa Pa\n}}")
    assert (found.options, found.answer_letters) == (("Vinh", "Huế", "Sa Pa"), "A")


def test_an_arrow_in_a_choice_is_text() -> None:
    found = question("questions.gift", "Trình tự?{\n=Nhận -> Xét -> Trả\n~Trả -> Xét -> Nhận\n}")
    assert found.options == ("Nhận -> Xét -> Trả", "Trả -> Xét -> Nhận")


def test_a_comment_between_options_is_none() -> None:
    found = question("questions.gift", "Ai ký?{\n=Chủ tịch\n// nguồn: quy chế\n~Thư ký\n}")
    assert found.options == ("Chủ tịch", "Thư ký")


def test_a_missing_word_stands_where_its_braces_stood() -> None:
    assert question("questions.gift", "Hai cộng hai là {=bốn ~năm}.").text == "Hai cộng hai là _____."


def test_a_general_feedback_is_the_last_one() -> None:
    text = "Ai?{=a #sai mục #### cũ\n~b\n####Điều 5}"
    assert question("questions.gift", text).reference == "Điều 5"


def test_gift_without_a_mark_of_its_format_may_have_html_and_keeps_its_lines() -> None:
    found = question("questions.gift", "Chọn <b>một</b>:<br>(1) và\n(2)?{=1 &amp; 2 ~a < b}")
    assert (found.text, found.options) == ("Chọn một:\n(1) và\n(2)?", ("1 & 2", "a < b"))


def test_gift_in_plain_text_has_no_html() -> None:
    assert question("questions.gift", "[plain]Thẻ <br> để làm gì?{=a ~b}").text == "Thẻ <br> để làm gì?"


# ---- Aiken


def test_a_heading_belongs_to_no_question_and_is_told() -> None:
    text = (
        "BỘ CÂU HỎI\n\nCHƯƠNG I. CHUNG\n\nCâu 1: Ai ký?\nA. Chủ tịch\nB. Thư ký\nANSWER: A\n\n"
        "CHƯƠNG II\nCâu 2: Mấy ngày?\n\nA. 5\n\nB. 7\n\nANSWER: B\n\nHẾT\n"
    )
    found = plain("questions.txt", text)
    assert [row.cells["text"] for row in found.rows] == ["Câu 1: Ai ký?", "Câu 2: Mấy ngày?"]
    told = [(notice.row, notice.value) for notice in found.notices]
    assert told == [(1, "BỘ CÂU HỎI"), (3, "CHƯƠNG I. CHUNG"), (10, "CHƯƠNG II"), (19, "HẾT")]


def test_a_question_all_in_capitals_is_no_heading() -> None:
    found = question("questions.txt", "THỦ PHỦ CỦA TỈNH\nLÀ ĐÂU?\nA. Vinh\nB. Huế\nANSWER: A")
    assert found.text == "THỦ PHỦ CỦA TỈNH\nLÀ ĐÂU?"


@pytest.mark.parametrize(
    "text", ["V. I. Lênin sinh năm nào?", "C. Mác viết gì?", "A. Puskin là ai?", "B. Franklin là ai?"]
)
def test_initials_begin_a_question_and_no_option(text: str) -> None:
    found = questions("questions.txt", f"Ai?\nA. a\nB. A. và B.\nANSWER: B\n\n{text}\nA. x\nB. y\nANSWER: A\n")
    assert [one.text for one in found] == ["Ai?", text]
    assert found[0].options == ("a", "A. và B.")


def test_an_option_needs_no_space() -> None:
    assert question("questions.txt", "Ai?\nA.Quốc hội\nB)Chính phủ\nANSWER:A").options == (
        "Quốc hội",
        "Chính phủ",
    )


@pytest.mark.parametrize("answer", ["B", "B.", "B)", "b", "B. y", " B "])
def test_an_answer_may_bear_a_full_stop_or_the_option(answer: str) -> None:
    assert question("questions.txt", f"Ai?\nA. x\nB. y\nANSWER: {answer}").answer_letters == "B"


def test_an_answer_that_names_another_option_is_refused() -> None:
    found = plain("questions.txt", "Ai?\nA. x\nB. y\nANSWER: B. x")
    assert [("khác phương án B" in fault.message, fault.row) for fault in found.faults] == [(True, 4)]


def test_a_question_without_an_answer_does_not_swallow_the_next_one() -> None:
    found = plain("questions.txt", "Một?\nA. x\nB. y\n\nHai?\nA. x\nB. y\nANSWER: A")
    assert [(fault.row, fault.message) for fault in found.faults] == [(1, "câu hỏi không có dòng ANSWER:")]
    assert [row.cells["text"] for row in found.rows] == ["Hai?"]


def test_a_status_below_the_title_is_for_all_questions() -> None:
    text = "BỘ CÂU HỎI\n\n// status: approved\n\nMột?\nA. x\nB. y\nANSWER: A\n\nHai?\nA. x\nB. y\nANSWER: A"
    assert [row.cells["status"] for row in plain("questions.txt", text).rows] == ["approved", "approved"]


# ---- Moodle XML, and HTML anywhere


def test_questions_of_one_name_in_two_categories_are_both_read() -> None:
    text = "".join(
        f'<question type="category"><category><text>$course$/top/{topic}</text></category></question>'
        + moodle(f"{topic}?").removeprefix("<quiz>").removesuffix("</quiz>")
        for topic in ("Một", "Hai")
    )
    found = questions("questions.xml", f"<quiz>{text}</quiz>")
    assert [one.topic for one in found] == ["Một", "Hai"]
    assert len({one.id for one in found}) == 2


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<p>Xét:</p><ol><li>Đơn</li><li><p>Ảnh</p></li></ol><p>Cái nào?</p>",
            "Xét:\n1. Đơn\n2. Ảnh\nCái nào?",
        ),
        ('<ol type="a"><li>x</li><li>y</li></ol>', "a. x\nb. y"),
        ('<ol style="list-style-type: upper-roman"><li>x</li><li>y</li></ol>', "I. x\nII. y"),
        ('<ol start="4"><li>x<li value="9">y<li>z</ol>', "4. x\n9. y\n10. z"),
        ("<ol><li>x<ul><li>y</li></ul></li><li></li><li>z</li></ol>", "1. x\n– y\n2.\n3. z"),
        ("Mức cũ <s>50</s> <u>30</u>", "Mức cũ <s>50</s> <u>30</u>"),
        ("<del>a</del><ins>b</ins><strike>c</strike>", "<s>a</s><u>b</u><s>c</s>"),
        ('<span style="text-decoration: underline;">không</span> thu', "<u>không</u> thu"),
        ('<p>Đã <span style="text-decoration:line-through">bỏ</span>.</p>', "Đã <s>bỏ</s>."),
        ("<u>hai <b>lần </b></u>và", "<u>hai lần</u> và"),
        ("<u><p>một</p><p>hai</p></u>ba", "<u>một\nhai</u>\nba"),
        ("<u>a<s>b</u>c</s>d", "<u>a<s>b</s></u><s>c</s>d"),
        ("m<sup>2</sup>, H<sub>2</sub>O, x<sup>ô</sup>", "m², H₂O, x<sup>ô</sup>"),
        ("<u> </u>trống<u></u>", "trống"),
        ("một\nhai<br/>ba<pre>bốn\nnăm</pre>", "một hai\nba\nbốn\nnăm"),
        ("<style>p {color: red}</style><!--[if x]>y<![endif]-->chữ<o:p></o:p>", "chữ"),
        ("Ghi <tên> và <email@x>: a<b?", "Ghi <tên> và <email@x>: a<b?"),
        ("<q>đúng</q> &quot;sai&quot;", '“đúng” "sai"'),
    ],
)
def test_html_keeps_what_carries_meaning(html: str, text: str) -> None:
    assert shown(html) == text


def test_form_that_is_dropped_is_told() -> None:
    found = plain("questions.xml", moodle('<b>Một</b> <a href="x">hai</a>'))
    (notice,) = found.notices
    assert "in đậm, liên kết" in notice.message
    assert found.rows[0].cells["text"] == "Một hai"


def test_html_in_moodles_automatic_format_is_html_and_keeps_its_lines() -> None:
    found = question(
        "questions.xml",
        moodle("Mấy <b>bộ</b>?<br />Một\nhai. &nbsp;", "<p>x</p>", "y", form="moodle_auto_format"),
    )
    assert (found.text, found.options) == ("Mấy bộ?\nMột\nhai.", ("x", "y"))


def test_plain_text_of_moodle_is_no_html() -> None:
    assert question("questions.xml", moodle("a &lt; <b>", form="plain_text")).text == "a &lt; <b>"


# ---- Cells


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        (0.5, "0%", "50%"),
        (0.297, "0.0%", "29,7%"),
        (0.297, "0.00 %", "29,70 %"),
        (1_500_000, "#,##0", "1.500.000"),
        (1_500_000, '#,##0 "đồng"', "1.500.000 đồng"),
        (1_500_000, "#,##0\\ [$₫-42A]", "1.500.000 ₫"),
        (2_500_000, '#,##0.0,,"tr"', "2,5tr"),
        (-3, "0;(0)", "(3)"),
        (0, '0;-0;"không"', "không"),
        (1.5, "General", "1,5"),
        (0.1 + 0.2, "General", "0,3"),
        (2.675, "0.00", "2,68"),
        (5, "00", "05"),
        (12, "00.0#", "12,0"),
        (1e16, "General", "1E+16"),
        (44_805, "dd/mm/yyyy", "01/9/2022".replace("/9/", "/09/")),
        (44_805, "d/m/yyyy", "1/9/2022"),
        (44_805.375, "dd/mm/yyyy hh:mm", "01/09/2022 09:00"),
    ],
)
def test_a_cell_of_a_question_means_what_it_shows(value: float, code: str, text: str) -> None:
    data = formatted(bank(["Mấy?", value, "x", "A"]), D2=code)
    assert question("questions.xlsx", data).options == (text, "x")


def test_a_number_read_as_it_is_shown_is_told() -> None:
    (notice,) = plain("questions.xlsx", formatted(bank(["Mấy?", 0.5, 3, "A"]), D2="0%")).notices
    assert (notice.row, notice.column, notice.value) == (2, "option_a", "50%")


@pytest.mark.parametrize("code", ["# ?/?", "0.0E+0", "[<1]0;0", "d-mmm", "dddd", "[h]:mm", "@@"])
def test_a_cell_that_does_not_show_the_same_everywhere_is_refused(code: str) -> None:
    data = formatted(bank(["Mấy?", 44_805.5, "x", "A"]), D2=code)
    faults: list[Fault] = []
    read_questions(File("questions.xlsx", plain("questions.xlsx", data)), None, faults)
    assert [(fault.row, fault.column, "Text" in fault.message) for fault in faults] == [(2, "option_a", True)]


def test_numbers_that_look_alike_unformatted_may_be_different_options() -> None:
    data = formatted(bank(["Mức?", 0.3, 0.3, "A"]), D2="0%")
    assert question("questions.xlsx", data).options == ("30%", "0,3")


def test_line_breaks_of_a_cell_stay_and_escapes_are_decoded() -> None:
    found = question(
        "questions.xlsx", bank(["Cho:_x000D_\n(1) a_x000D_\n(2) b", "Chỉ (1)_x000D_\n", "_x005F_x_", "A"])
    )
    assert (found.text, found.options) == ("Cho:\n(1) a\n(2) b", ("Chỉ (1)", "_x_"))


def test_line_breaks_of_windows_stay_in_csv() -> None:
    text = QUESTION_HEADER + '\nK1,luật,"Cho:  \r\n(1) a\r(2) b",x,y,,,,,A,Điều 1,approved\n'
    assert question("questions.csv", text).text == "Cho:\n(1) a\n(2) b"


def test_a_code_shown_with_noughts_has_them() -> None:
    data = workbook(
        Sheet1=[UNIT_HEADER.strip().split(","), [1, "Sở A", "Sở", "so", 10, 0], [12, "Sở B", "Sở", "so", 8, 0]]
    )
    data = formatted(data, A2="000", A3="000", E2="#,##0")
    assert [(unit.code, unit.headcount) for unit in units("units.xlsx", data)] == [("001", 10), ("012", 8)]


def test_a_citizen_id_shown_with_its_nought_is_read() -> None:
    data = formatted(workbook(Sheet1=[ROSTER, ["SYT", "Lê An", 40_201_012_345, 0]]), C2="0" * 12)
    assert roster("rosters.xlsx", data)[0].citizen_id == "040201012345"


# ---- Letters


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("C¬ quan nµo ban hµnh luËt?", "TCVN3"),
        ("ChÝnh phñ", "TCVN3"),
        ("§iÒu 1", "TCVN3"),
        ("Cô quan naøo ban haønh luaät?", "VNI"),
        ("Nhaø nöôùc", "VNI"),
        ("Kh?i co quan nào", "“?”"),
        ("Cơ quan n\ufffdo", "“\ufffd”"),
        ("Nguyá»…n Ä‘á»©c", "bảng mã"),
    ],
)
@pytest.mark.parametrize("name", ["questions.csv", "questions.gift", "questions.txt", "questions.xml"])
def test_letters_lost_on_the_way_are_refused_with_row_and_remedy(text: str, why: str, name: str) -> None:
    data = {
        "questions.csv": f'{QUESTION_HEADER}K1,luật,"{text}",x,y,,,,,A,Điều 1,approved\n',
        "questions.gift": f"//\n{text}{{=a ~b}}",
        "questions.txt": f"\n{text}\nA. a\nB. b\nANSWER: A",
        "questions.xml": "\n" + moodle(text),
    }[name]
    faults: list[Fault] = []
    read_questions(File(name, plain(name, data)), None, faults)
    (fault,) = faults
    assert (fault.row, fault.column, why in fault.message) == (2, "text", True)


@pytest.mark.parametrize(
    "text",
    [
        "Muñoz, Köln, Noël và Øresund",
        "Thế nào?Chọn một",
        "https://vinh.vn/tim?tu=x",
        "ĐÃ NỘP? «Rồi» 10 µm, §12, Windows®",
        "Hoà, hoá, khoẻ; a×b; 1½",
        "TP.HCM và UBNDTỉnh",
    ],
)
def test_letters_that_only_look_odd_are_read(text: str) -> None:
    assert question("questions.txt", f"{text}\nA. a\nB. b\nANSWER: A").text == text


@pytest.mark.parametrize("name", ["S? Y t?", "Sở?"])
def test_no_question_mark_stands_in_a_name(name: str) -> None:
    (fault,) = unit_faults("units.csv", f"code;name;bloc;kind;headcount;exempt\nSYT;{name};Sở;so;120;0\n")
    assert (fault.row, fault.column, "“?”" in fault.message) == (2, "name", True)


def test_invisible_characters_go_and_letters_are_composed() -> None:
    people = roster(
        "rosters.xlsx",
        workbook(Sheet1=[ROSTER, ["SYT", "Hu\u031bo\u031b\u0300ng\u200b", "\u202d040201012345\u202c", 0]]),
    )
    assert (people[0].full_name, people[0].citizen_id) == ("Hường", "040201012345")


# ---- Tables as Vietnamese offices make them

TITLE = "DANH SÁCH CÁN BỘ DỰ THI"
VIETNAMESE = ["STT", "Đơn vị", "Họ và tên", "Số CCCD", "Miễn"]
PERSON = ["SYT", "Lê An", "040201012345", 0]


@pytest.mark.parametrize("name", ["rosters.xlsx", "rosters.csv"])
def test_a_list_with_a_title_numbers_and_vietnamese_columns_is_read_and_told(name: str) -> None:
    rows: list[list[Any]] = [[TITLE], [], VIETNAMESE, [1, *PERSON], [2, *PERSON[:2], "040201012346", 1]]
    width = len(VIETNAMESE)
    text = "\n".join(";".join(map(str, [*row, *[""] * (width - len(row))])) for row in rows)
    data = workbook(Sheet1=rows) if name.endswith("xlsx") else text.encode()
    assert [(row.unit_code, row.citizen_id, row.exempt) for row in roster(name, data)] == [
        ("SYT", "040201012345", False),
        ("SYT", "040201012346", True),
    ]
    told = [notice.value for notice in plain(name, data).notices]
    assert told == [TITLE, "Đơn vị", "Họ và tên", "Số CCCD", "Miễn", "STT"]


def test_merged_cells_of_a_title_are_no_fault() -> None:
    data = changed(workbook(Sheet1=[[TITLE], ROSTER, PERSON]), lambda sheet: sheet.merge_cells("A1:D1"))
    assert len(roster("rosters.xlsx", data)) == 1


def test_the_sheet_with_a_vietnamese_header_is_found() -> None:
    data = workbook(Bìa=[["Cách điền"]], Danh_sách=[[TITLE], VIETNAMESE, [1, *PERSON]])
    assert len(roster("rosters.xlsx", data)) == 1


def test_strict_office_open_xml_is_a_workbook() -> None:
    data = workbook(Sheet1=[ROSTER, PERSON])
    old = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        parts = {name: packed.read(name) for name in packed.namelist() if name.endswith((".rels", ".xml"))}
    strict = {
        name: part.replace(old, b"http://purl.oclc.org/ooxml/officeDocument/relationships").replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        for name, part in parts.items()
    }
    assert strict != parts
    assert len(roster("rosters.xlsx", repacked(data, strict))) == 1


def test_each_row_of_a_list_is_read_for_certain_or_refused_with_the_formula() -> None:
    text = (
        "unit_code,full_name,citizen_id,exempt\nSYT,Lê An,'040201012345,0\n"
        'SYT,Lê Ba,"=""040301012346""",0\nSYT,Lê Ca,4.02E+10,0\nSYT,Lê Du,40201012345,\n'
        "SYT,Lê Em,040 301 012 349,0\n"
    )
    faults: list[Fault] = []
    found = read_rosters(File("rosters.csv", plain("rosters.csv", text)), set(), None, faults, [])
    assert [found[at].citizen_id for at in (0, 1, 4)] == ["040201012345", "040301012346", "040301012349"]
    assert [(fault.row, "=TEXT(" in fault.message) for fault in faults] == [(4, True), (5, True)]


def test_units_that_differ_in_spaces_alone_are_refused() -> None:
    text = UNIT_HEADER + "T1,Trường A,THPT,thpt,6,0\nT2,Trường  A,THPT,thpt,7,0\n"
    assert [(fault.row, fault.column) for fault in unit_faults("units.csv", text)] == [(3, "name")]


@pytest.mark.parametrize("code", ["CON", "AUX", "NUL", "COM1", "LPT9"])
def test_a_code_that_no_file_of_windows_can_bear_is_refused_with_the_reason(code: str) -> None:
    (fault,) = unit_faults("units.csv", UNIT_HEADER + f"{code},Côn Đảo,Sở,so,6,0\n")
    assert (fault.column, "Windows" in fault.message) == ("code", True)


def test_an_archive_with_backslashes_is_read() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        for name, data in contest_files().items():
            packed.writestr(f"cuoc-thi\\{name}", data)
    assert unpack("contest.zip", file.getvalue()) == contest_files()
    assert read_contest(unpack("contest.zip", file.getvalue()))


def test_a_decimal_comma_is_named_with_its_remedy() -> None:
    (fault,) = plain("contest.toml", toml("participation = 0.5", "participation = 0,5")["contest.toml"]).faults
    line = TOML[: TOML.index("participation = 0.5")].count("\n") + 1
    assert (fault.row, fault.value, "sửa 0,5 thành 0.5" in fault.message) == (line, "0,5", True)
