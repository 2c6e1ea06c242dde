"""The tables of a contest folder: file, row, column and remedy of each fault."""

from __future__ import annotations

import unicodedata

import pytest

from chalicelib.documents.compiled_contest import decode_bank, encode_bank
from chalicelib.readers.contest_folder import _warnings
from chalicelib.readers.contest_tables import RosterRow, counted_units
from chalicelib.readers.tables import ContestFaults, Fault
from tests import fakes
from tests.readers.contest_files import (
    EXCLUSIONS,
    QUESTION_HEADER,
    QUESTIONS,
    TOML,
    UNIT_HEADER,
    UNITS,
    contest_files,
    faults,
    read_sent,
)


def place(fault: Fault) -> tuple[str, int, str]:
    return fault.file, fault.row, fault.column


@pytest.mark.parametrize("missing", ["toml", "questions", "units"])
def test_a_missing_file_is_named(missing: str) -> None:
    (fault,) = faults(**{missing: None})
    assert fault.file == {"toml": "contest.toml"}.get(missing, f"{missing}.csv")
    assert "thiếu tệp" in fault.message


@pytest.mark.parametrize("optional", ["exclusions", "guide"])
def test_other_files_may_be_left_out(optional: str) -> None:
    assert read_sent(contest_files(**{optional: None})).units


@pytest.mark.parametrize(
    ("row", "column", "remedy"),
    [
        ("Q1,luật,Một?,a,b,,,,,A,Điều 1,approved", "id", "trùng với dòng 2"),
        (",luật,Một?,a,b,,,,,A,Điều 1,approved", "id", "không được để trống"),
        ("Q9,,Một?,a,b,,,,,A,Điều 1,approved", "topic", "không được để trống"),
        ("Q9,luật,  ,a,b,,,,,A,Điều 1,approved", "text", "không được để trống"),
        ("Q9,luật,Một?,a,b,,,,,A,,approved", "reference", "không được để trống"),
        ("Q9,luật,Một?,a,,,,,,A,Điều 1,approved", "option_b", "từ 2 đến 6 phương án"),
        ("Q9,luật,Một?,a,,c,,,,A,Điều 1,approved", "option_b", "dồn các phương án"),
        ("Q9,luật,Một?,a,b,a,,,,A,Điều 1,approved", "option_c", "giống nhau"),
        ("Q9,luật,Một?,a,b,c,,,,D,Điều 1,approved", "answer", "chỉ có các phương án ABC"),
        ("Q9,luật,Một?,a,b,c,,,,AD,Điều 1,approved", "answer", "chỉ có các phương án ABC"),
        ("Q9,luật,Một?,a,b,c,,,,G,Điều 1,approved", "answer", "ví dụ B hoặc AC"),
        ("Q9,luật,Một?,a,b,c,,,,b,Điều 1,approved", "answer", "ví dụ B hoặc AC"),
        ('Q9,luật,Một?,a,b,c,,,,"A,B",Điều 1,approved', "answer", "ví dụ B hoặc AC"),
        ("Q9,luật,Một?,a,b,c,,,,AA,Điều 1,approved", "answer", "ví dụ B hoặc AC"),
        ("Q9,luật,Một?,a,b,c,,,,,Điều 1,approved", "answer", "ví dụ B hoặc AC"),
        ("Q9,luật,Một?,a,b,c,,,,A,Điều 1,đã duyệt", "status", "approved"),
        ("Q9,luật,Một?,a,b,c,,,,A,Điều 1,approved,thừa", "", "dòng có 13 ô, cần 12"),
        ("Q9,luật,Một?,a,b,c,,,,A,Điều 1", "", "dòng có 11 ô, cần 12"),
    ],
)
def test_a_faulty_question_is_reported_by_row_and_column(row: str, column: str, remedy: str) -> None:
    (fault,) = faults(questions=QUESTIONS + row + "\n")
    assert place(fault) == ("questions.csv", 7, column)
    assert remedy in fault.message


@pytest.mark.parametrize(
    ("row", "column", "remedy"),
    [
        ("SO-A,Sở A,Sở,department,1,0", "code", "trùng với dòng 2"),
        ("so-c,Sở C,Sở,department,1,0", "code", "chữ cái in hoa"),
        ("SỞ,Sở C,Sở,department,1,0", "code", "chữ cái in hoa"),
        (",Sở C,Sở,department,1,0", "code", "chữ cái in hoa"),
        ("SO-C,,Sở,department,1,0", "name", "không được để trống"),
        ("SO-C,Sở C,,department,1,0", "bloc", "không được để trống"),
        ("SO-C,Sở C,Sở,,1,0", "kind", "không được để trống"),
        ("SO-C,Sở C,Sở,department,1.000,0", "headcount", "số nguyên không âm"),
        ("SO-C,Sở C,Sở,department,-1,0", "headcount", "số nguyên không âm"),
        ("SO-C,Sở C,Sở,department,١,0", "headcount", "số nguyên không âm"),
        ("SO-C,Sở C,Sở,department,1,", "exempt", "số nguyên không âm"),
        ("SO-C,Sở C,Sở,department,1,2", "exempt", "lớn hơn số người phải dự thi"),
        ("SO-C,sở a,Sở,department,1,0", "name", "trùng tên với đơn vị SO-A"),
        ("SO-C,Sở C,Sở,department,1,0,", "", "dòng có 7 ô, cần 6"),
    ],
)
def test_a_faulty_unit_is_reported_by_row_and_column(row: str, column: str, remedy: str) -> None:
    (fault,) = faults(units=UNITS + row + "\n")
    assert place(fault) == ("units.csv", 4, column)
    assert remedy in fault.message


WITH_PARENTS = UNIT_HEADER.replace("exempt", "exempt,parent") + "H-A,Huyện A,Huyện,district,10,2,\n"


def test_a_unit_may_have_a_parent() -> None:
    read = read_sent(contest_files(units=WITH_PARENTS + "TH-1,Trường 1,Trường,school,4,0,H-A\n"))
    assert [(unit.code, unit.parent) for unit in read.units] == [("H-A", ""), ("TH-1", "H-A")]
    assert [unit.parent for unit in read_sent(contest_files()).units] == ["", ""], "the column may be missing"


@pytest.mark.parametrize(
    ("row", "line", "value", "remedy"),
    [
        ("TH-1,Trường 1,Trường,school,4,0,TH-1\n", 3, "TH-1", "không thể thuộc chính nó"),
        ("TH-1,Trường 1,Trường,school,4,0,H-B\n", 3, "H-B", "không có mã đơn vị này trong cột code"),
        (
            "TH-1,Trường 1,Trường,school,4,0,H-A\nTH-2,Trường 2,Trường,school,4,0,TH-1\n",
            4,
            "TH-1",
            "chỉ có hai cấp: TH-1 thuộc H-A",
        ),
    ],
)
def test_a_faulty_parent_is_reported_with_the_remedy(row: str, line: int, value: str, remedy: str) -> None:
    (fault,) = faults(units=WITH_PARENTS + row)
    assert (*place(fault), fault.value) == ("units.csv", line, "parent", value)
    assert remedy in fault.message


def test_a_bloc_of_a_prize_must_be_one_of_its_level() -> None:
    units = WITH_PARENTS + "TH-1,Trường 1,Trường,school,4,0,H-A\n"
    table = '\n[[unit_prizes]]\nname = "best"\ntitle = "Giải"\nblocs = ["Trường"]\n'
    (fault,) = faults(units=units, toml=TOML + table)
    assert (fault.column, fault.value) == ("unit_prizes.0.blocs", "Trường")
    assert 'level = "top"' in fault.message
    read_sent(contest_files(units=units, toml=TOML + table + 'level = "leaf"\n'))


@pytest.mark.parametrize(
    ("row", "column", "remedy"),
    [
        ("40080000009,Ban Tổ chức,,", "citizen_id", "đủ 12 chữ số"),
        ("003080000009,Ban Tổ chức,,", "citizen_id", "đủ 12 chữ số"),
        ("040080000009,Ban Giám khảo,,", "role", "excluded_roles"),
        ("040080000009,Tổ ra đề,half,", "effect", "no_prize"),
        ("040080000001,Tổ ra đề,,", "citizen_id", "trùng với dòng 2"),
    ],
)
def test_a_faulty_exclusion_is_reported_by_row_and_column(row: str, column: str, remedy: str) -> None:
    (fault,) = faults(exclusions=EXCLUSIONS + row + "\n")
    assert place(fault) == ("exclusions.csv", 4, column)
    assert remedy in fault.message


@pytest.mark.parametrize(
    ("header", "column", "remedy"),
    [
        ("code,name,bloc,kind,headcount\n", "exempt", "thiếu cột này"),
        ("code,name,bloc,kind,headcount,exempt,phone\n", "phone", "không có cột tên này"),
        ("code,name,bloc,kind,headcount,exempt,name\n", "name", "cột này có hai lần"),
    ],
)
def test_a_wrong_header_is_reported_by_its_column(header: str, column: str, remedy: str) -> None:
    (fault,) = faults(units="# ghi chú\n" + header + "SO-A,Sở A,Sở,department,10,2\n")
    assert place(fault) == ("units.csv", 2, column)
    assert remedy in fault.message


def test_columns_may_stand_in_any_order() -> None:
    swapped = "name,code,kind,bloc,exempt,headcount\nSở A,SO-A,department,Sở,2,10\n"
    (unit,) = read_sent(contest_files(units=swapped)).units
    assert (unit.code, unit.name, unit.headcount, unit.exempt) == ("SO-A", "Sở A", 10, 2)


def test_comments_before_the_header_and_empty_lines_are_skipped() -> None:
    commented = "# danh sách\n\n" + UNITS.replace("\nSO-B", "\n\n,,,,,\nSO-B")
    assert len(read_sent(contest_files(units=commented)).units) == 2


@pytest.mark.parametrize("table", ["", "\n\n", "\ufeff"])
def test_an_empty_table_needs_a_header(table: str) -> None:
    (fault,) = faults(units=table)
    assert place(fault) == ("units.csv", 1, "")
    assert "dòng tiêu đề" in fault.message


def test_a_contest_needs_a_unit() -> None:
    assert [fault.file for fault in faults(units=UNIT_HEADER)] == ["units.csv"]


@pytest.mark.parametrize(
    "table",
    [
        pytest.param(UNITS.encode() + b"SO-C,S\xf4\xcc,B,d,1,0\n", id="Windows-1258"),
        pytest.param(UNITS.encode() + b"SO-C,S\xc3,B,d,1,0\n", id="half a letter"),
        pytest.param(b"\n\n\n" + UNITS.encode("utf-16"), id="UTF-16"),
    ],
)
def test_a_table_in_another_encoding_is_reported_by_its_line(table: bytes) -> None:
    (fault,) = faults(units=table)
    assert place(fault) == ("units.csv", 4, "")
    assert "UTF-8" in fault.message


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x0b", "\x1b", "\x1c", "\x7f", "\x85"])
def test_a_control_character_in_a_cell_is_a_fault(sign: str) -> None:
    (fault,) = faults(units=UNITS.replace("Sở B", f"Sở{sign}B"))
    assert place(fault) == ("units.csv", 3, "name")


def test_a_non_breaking_space_is_a_space() -> None:
    # Word puts it between “Điều” and its number; nobody sees it, and nobody can find it.
    spaced = QUESTIONS.replace("Điều 1", "Điều\u00a01")
    assert read_sent(contest_files(questions=spaced)).questions[0].reference == "Điều 1"


def test_a_question_may_have_several_lines() -> None:
    two_lines = QUESTIONS.replace("Ba?", '"Ba,\nhay bốn?"')
    assert read_sent(contest_files(questions=two_lines)).questions[2].text == "Ba,\nhay bốn?"


def test_an_unbalanced_quote_is_reported_where_its_row_begins() -> None:
    (fault,) = faults(questions=QUESTIONS.replace("Hai?", '"Hai?').replace('"Bốn, hay ""năm""?"', "Bốn?"))
    assert (fault.file, fault.row) == ("questions.csv", 3)


def test_too_few_approved_questions_are_counted() -> None:
    (fault,) = faults(toml=TOML.replace("questions = 3", "questions = 5"))
    assert fault.file == "questions.csv"
    assert "chỉ có 4 câu" in fault.message
    assert "cần 5 câu" in fault.message


@pytest.mark.parametrize(("topic", "there"), [("phí", 2), ("lịch sử", 0)])
def test_a_quota_that_the_bank_cannot_fill_is_reported_by_topic(topic: str, there: int) -> None:
    quota = TOML.replace("questions = 3", f'questions = 3\ntopics = {{ "{topic}" = 3 }}')
    (fault,) = faults(toml=quota)
    assert fault.file == "questions.csv"
    assert f"“{topic}” chỉ có {there} câu" in fault.message


FOR_WHOM = "\n".join(
    f"{line},{more}"
    for line, more in zip(
        QUESTIONS.splitlines(), ["weeks,categories", "1;3-4,", ",encouraged", ",", ",", ","], strict=True
    )
)


def test_questions_may_be_for_named_weeks_and_categories() -> None:
    one = TOML.replace("questions = 3", "questions = 1")
    told = read_sent(contest_files(toml=one, questions=FOR_WHOM)).questions
    assert [(question.weeks, question.categories) for question in told[:3]] == [
        ((1, 3, 4), ()), ((), ("encouraged",)), ((), ()),
    ]  # fmt: skip
    without = read_sent(contest_files(toml=one)).questions
    assert [question._replace(weeks=(), categories=()) for question in told] == list(without)


@pytest.mark.parametrize(
    ("old", "new", "column", "remedy"),
    [
        ("1;3-4", "1;5", "weeks", "không có tuần 5"),
        ("1;3-4", "mọi tuần", "weeks", "ghi số tuần"),
        ("encouraged", "pupil", "categories", "mandatory, encouraged"),
        ("weeks,categories", "weeks,category", "category", "không có cột tên này"),
    ],
)
def test_a_week_or_category_that_the_contest_has_not_is_a_fault(
    old: str, new: str, column: str, remedy: str
) -> None:
    one = TOML.replace("questions = 3", "questions = 1")
    (fault,) = faults(toml=one, questions=FOR_WHOM.replace(old, new))
    assert (fault.file, fault.column, remedy in fault.message) == ("questions.csv", column, True)


def test_a_bank_with_too_few_questions_for_a_week_or_a_category_is_refused_with_the_numbers() -> None:
    # Q1 is for the weeks 1, 3 and 4, Q2 for residents; Q3 and Q4 are for all.
    found = [fault.message for fault in faults(questions=FOR_WHOM)]
    assert [message.partition(":")[0] for message in found] == ["tuần 2, đối tượng mandatory"]
    assert "chỉ có 2 câu" in found[0]
    assert "cần 3 câu" in found[0]
    for_all = FOR_WHOM.replace("encouraged", "")
    four = TOML.replace("questions = 3", "questions = 4")
    found = [fault.message for fault in faults(toml=four, questions=for_all)]
    assert [message.partition(":")[0] for message in found] == ["tuần 2"]


def excluding(*cells: str, names: str = "Q1,Q2,Q3,Q4,Q5", header: str = "excludes") -> str:
    """The questions with a column ``excludes``, perhaps with another one, and renamed."""
    lines = QUESTIONS.splitlines()
    rows = [
        f"{name},{line.partition(',')[2]},{cell}"
        for name, line, cell in zip(names.split(","), lines[1:], [*cells, *[""] * 5], strict=False)
    ]
    return "\n".join([f"{lines[0]},{header}", *rows, ""])


@pytest.mark.parametrize("cell", ["Q2;Q3", "Q3 Q2", " Q2 ; Q3; ", "Q2;Q3;Q5"])
def test_questions_may_exclude_others_on_one_side(cell: str) -> None:
    one = TOML.replace("questions = 3", "questions = 1")
    told = read_sent(contest_files(toml=one, questions=excluding(cell))).questions  # Q5 is a draft
    assert [question.excludes for question in told] == [("Q2", "Q3"), ("Q1",), ("Q1",), ()]
    assert decode_bank(encode_bank(told)) == told


def test_excluded_questions_are_told_by_names_with_blanks_too() -> None:
    one = TOML.replace("questions = 3", "questions = 1")
    bank = excluding("câu 2;Q3 Q4", names="câu 1,câu 2,Q3,Q4,Q5")
    told = read_sent(contest_files(toml=one, questions=bank)).questions
    assert {question.id: question.excludes for question in told}["câu 1"] == ("Q3", "Q4", "câu 2")


def test_a_bank_without_the_column_is_stored_as_it_was_before_there_was_one() -> None:
    told = read_sent(contest_files()).questions
    assert b"excludes" not in encode_bank(told)
    assert read_sent(contest_files(questions=excluding())).questions == told


@pytest.mark.parametrize(
    ("cell", "remedy"),
    [("Q2;Q9", "không có câu Q9"), ("Q2,Q3", "không có câu Q2,Q3"), ("Q1", "không loại trừ chính nó")],
)
def test_an_exclusion_that_cannot_be_meant_is_reported(cell: str, remedy: str) -> None:
    bank = excluding(f'"{cell}"')
    (fault,) = faults(questions=bank)
    assert (fault.row, fault.column, remedy in fault.message) == (2, "excludes", True)


def test_a_paper_that_exclusions_make_impossible_is_refused_with_the_week_the_group_and_the_remedy() -> None:
    (fault,) = faults(questions=excluding("Q2"))
    assert "các câu Q1, Q2 loại trừ nhau" in fault.message
    assert "hãy bỏ bớt loại trừ" in fault.message
    one = TOML.replace("questions = 3", "questions = 2")
    bank = excluding("Q2,", ",", ",", ",1", ",", header="excludes,weeks")
    found = faults(toml=one, questions=bank)
    assert [message.message.partition(":")[0] for message in found] == ["tuần 2", "tuần 3", "tuần 4"]


def test_names_and_questions_are_stored_composed() -> None:
    decomposed = {
        "toml": unicodedata.normalize("NFD", TOML),
        "questions": unicodedata.normalize("NFD", QUESTIONS),
        "units": unicodedata.normalize("NFD", UNITS),
        "exclusions": unicodedata.normalize("NFD", EXCLUSIONS),
    }
    assert read_sent(contest_files(**decomposed)) == read_sent(contest_files())


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    windows = {name: "\ufeff" + text.replace("\n", "\r\n") for name, text in
               {"toml": TOML, "questions": QUESTIONS, "units": UNITS}.items()}  # fmt: skip
    assert read_sent(contest_files(**windows)) == read_sent(contest_files())


def test_an_answer_of_several_letters_means_several_right_options() -> None:
    second = read_sent(contest_files()).questions[1]
    assert (second.multiple, second.answer_letters) == (True, "AC")


def test_a_quoted_cell_keeps_commas_and_quotes() -> None:
    assert read_sent(contest_files()).questions[3].text == 'Bốn, hay "năm"?'


def test_the_header_of_the_questions_is_that_of_the_design() -> None:
    assert QUESTION_HEADER.startswith("id,topic,text,option_a,option_b,option_c,option_d,option_e,option_f,")


ROSTERS = (
    "unit_code,full_name,citizen_id,exempt\nSO-A,Nguyễn Văn An,040085000001,\nSO-B,Lê Bình,040085000002,1\n"
)


def test_rosters_are_checked_and_counted() -> None:
    read = read_sent({**contest_files(), "rosters.csv": ROSTERS.encode()})
    assert read.rosters[1] == RosterRow("SO-B", "Lê Bình", "040085000002", True, "mandatory", "")


def test_a_roster_may_name_categories_and_the_reasons_of_exemptions() -> None:
    rows = "SO-A,Nguyễn Văn An,040085000001,,encouraged,\nSO-B,Lê Bình,040085000002,1,,Nghỉ thai sản\n"
    rosters = "unit_code,full_name,citizen_id,exempt,category,reason\n" + rows
    told = read_sent(contest_files(rosters=rosters)).rosters
    assert [row[3:6] for row in told] == [(False, "encouraged", ""), (True, "mandatory", "Nghỉ thai sản")]
    (fault,) = faults(rosters=rosters.replace("encouraged", "pupil"))
    assert (place(fault), "mandatory, encouraged" in fault.message) == (("rosters.csv", 2, "category"), True)


def test_of_a_citizen_on_two_rosters_the_second_row_alone_is_refused() -> None:
    rows = "SO-B,Nguyễn Văn An,040085000001,\nSO-B,Hồ Chi,040085000003,\n"
    read = read_sent(contest_files(rosters=ROSTERS + rows))
    assert [(row.unit_code, row.citizen_id[-1]) for row in read.rosters] == [
        ("SO-A", "1"), ("SO-B", "2"), ("SO-B", "3"),
    ]  # fmt: skip
    second = next(warning for warning in read.warnings if warning.column == "citizen_id")
    assert (second.file, second.row) == ("rosters.csv", 4)
    assert "đã có ở dòng 2, danh sách của đơn vị SO-A" in second.message


def test_a_roster_that_disagrees_with_the_headcount_is_said_with_both_numbers() -> None:
    read = read_sent(contest_files(rosters=ROSTERS))
    assert [(warning.file, warning.value) for warning in read.warnings] == [
        ("units", "SO-A"),
        ("units", "SO-B"),
    ]
    assert "tệp units ghi 10 người phải dự thi, được miễn 2;" in read.warnings[0].message
    assert "có 1, được miễn 0" in read.warnings[0].message
    agreeing = UNITS.replace(",10,2", ",1,0").replace(",4,0", ",1,1")
    assert read_sent(contest_files(rosters=ROSTERS, units=agreeing)).warnings == ()


def test_a_unit_with_a_roster_has_its_people_who_are_obliged() -> None:
    read = read_sent(contest_files(rosters=ROSTERS + "SO-A,Hồ Chi,040085000003,\n"))
    units = counted_units(read.units, read.rosters, read.definition)
    assert [(unit.code, unit.headcount, unit.exempt) for unit in units] == [("SO-A", 2, 0), ("SO-B", 1, 1)]
    others = [row._replace(category="encouraged") for row in read.rosters]
    assert [unit.headcount for unit in counted_units(read.units, others, read.definition)] == [0, 0]
    assert counted_units(read.units, [], read.definition) == read.units


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("SO-B", "SO-X", "unit_code"),
        ("040085000002", "40085000002", "citizen_id"),
        ("Lê Bình", "", "full_name"),
        (",1\n", ",có\n", "exempt"),
    ],
)
def test_a_fault_in_a_roster_has_its_row_and_column(old: str, new: str, column: str) -> None:
    spoilt = ROSTERS.replace(old, new).encode()
    with pytest.raises(ContestFaults) as refused:
        read_sent({**contest_files(), "rosters.csv": spoilt})
    assert [(fault.file, fault.row, fault.column) for fault in refused.value.faults] == [
        ("rosters.csv", 3, column)
    ]


@pytest.mark.parametrize(
    ("bounds", "column"),
    [
        ("obliged_from = 9", "obliged_from"),
        ("obliged_to = 3", "obliged_to"),
        ("obliged_from = 5\nobliged_to = 7", "obliged_to"),
    ],
)
def test_a_unit_prize_whose_size_no_unit_has_is_warned_of_with_the_sizes_there_are(
    bounds: str, column: str
) -> None:
    prize = f'\n[[unit_prizes]]\nname = "large"\ntitle = "Giải đơn vị lớn"\n{bounds}\n'
    (warning,) = read_sent(contest_files(toml=TOML + prize)).warnings
    assert (warning.column, warning.value) == (f"unit_prizes.0.{column}", "large")
    assert "từ 4 đến 8;" in warning.message


def test_a_unit_prizes_size_is_that_of_its_level() -> None:
    prize = '\n[[unit_prizes]]\nname = "large"\ntitle = "Giải đơn vị lớn"\nobliged_from = 9\n'
    below = UNIT_HEADER.replace("exempt", "exempt,parent")
    below += "SO-A,Sở A,Sở,department,10,2,\nSO-B,Sở B,Sở,department,4,0,SO-A\n"
    assert read_sent(contest_files(toml=TOML + prize, units=below)).warnings == ()
    leaf = prize + 'level = "leaf"\n'
    assert len(read_sent(contest_files(toml=TOML + leaf, units=below)).warnings) == 1


@pytest.mark.parametrize(
    ("attempts", "questions", "warned"), [(14, 20, False), (15, 20, True), (50, 100, True)]
)
def test_intake_warns_when_a_write_costs_more(attempts: int, questions: int, warned: bool) -> None:  # noqa: FBT001
    contest = fakes.definition(paper={"attempts_per_week": attempts, "questions": questions})
    found = [one for one in _warnings(contest, fakes.UNITS, ()) if one.column == "paper.attempts_per_week"]
    assert [one.value for one in found] == [str(attempts)] * warned
    assert all("lần phí ghi" in one.message for one in found)
