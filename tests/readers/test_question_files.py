"""GIFT, Aiken and Moodle XML give the same questions as the table, or faults with line and remedy."""

from __future__ import annotations

import pytest

from chalicelib.domain.bank import Question
from chalicelib.readers.contest_folder import ContestFolder
from chalicelib.readers.plain import as_plain
from chalicelib.readers.tables import ContestFaults, Fault
from tests.readers.contest_files import TOML, contest_files, read_sent


def read(name: str, text: str | bytes) -> ContestFolder:
    data = text.encode() if isinstance(text, str) else text
    one = TOML.replace("questions = 3", "questions = 1")
    return read_sent({**contest_files(toml=one, questions=None), name: data})


def faults(name: str, text: str | bytes) -> list[Fault]:
    with pytest.raises(ContestFaults) as refused:
        read(name, text)
    return refused.value.faults


def gift(question: str) -> Question:
    (only,) = read("questions.gift", "// status: approved\n\n" + question).questions
    return only


def moodle(*questions: str, status: str = "approved") -> str:
    return f'<?xml version="1.0"?>\n<!-- status: {status} -->\n<quiz>\n' + "\n".join(questions) + "\n</quiz>\n"


def multichoice(
    *answers: tuple[str, str], single: bool = True, text: str = "Một?", inside: str = "", name: str = "Q1"
) -> str:
    options = "".join(f'<answer fraction="{w}"><text>{option}</text></answer>' for option, w in answers)
    return (
        f'<question type="multichoice"><name><text>{name}</text></name>'
        f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>'
        f"<single>{str(single).lower()}</single>{options}{inside}</question>"
    )


RIGHT_A = (("a", "100"), ("b", "0"))


# ---- GIFT


def test_gift_single_choice_with_title_feedback_and_reference() -> None:
    text = "::Q1::Thủ đô?{\n=Hà Nội #đúng\n~Huế # sai\n~%0%Vinh\n####Điều 13 Hiến pháp 2013\n}"
    assert gift(text) == Question(
        "Q1", "Chung", "Thủ đô?", ("Hà Nội", "Huế", "Vinh"), 0b1, "Điều 13 Hiến pháp 2013"
    )


def test_gift_several_right_options_by_weight() -> None:
    assert gift("Số nguyên tố?{~%50%2 ~%-100%4 ~%50%3}").answer_letters == "AC"
    assert gift("Ba số?{~%33.333%2 ~%33.333%3 ~%33.333%5 ~4}").answer_letters == "ABC"


@pytest.mark.parametrize(("mark", "answer"), [("T", "A"), ("TRUE", "A"), ("F#sai#đúng", "B"), ("false", "B")])
def test_gift_true_and_false(mark: str, answer: str) -> None:
    found = gift(f"Đất quay quanh mặt trời{{{mark}}}")
    assert (found.options, found.answer_letters) == (("Đúng", "Sai"), answer)


def test_gift_escapes() -> None:
    found = gift(r"::a\:b::Tập \{x\: x\=1\} \~ \#\n\\?{=\=1\~ ~\{2\}}")
    assert (found.id, found.text, found.options) == ("a:b", "Tập {x: x=1} ~ #\n\\?", ("=1~", "{2}"))


def test_gift_categories_are_topics() -> None:
    text = (
        "// status: approved\n\n$CATEGORY: $course$/top/Luật/Chương 1\n\nMột?{=a ~b}\n\n"
        "$CATEGORY: Phí\nHai?{=a ~b}\n\nBa?{T}\n"
    )
    assert [found.topic for found in read("questions.gift", text).questions] == [
        "Luật/Chương 1",
        "Phí",
        "Phí",
    ]


def test_gift_missing_word_formats_and_html() -> None:
    assert gift("Mặt trời mọc hướng {=đông ~tây} mỗi ngày.").text == "Mặt trời mọc hướng _____ mỗi ngày."
    assert gift("[html]<p>Một <b>m<sup>2</sup></b> &amp;</p><p>hai</p>{=a ~b}").text == "Một m² &\nhai"
    assert gift("[markdown]Một *hai*{=a ~b}").text == "Một *hai*"
    assert gift("Nhỏ hơn: a < b?{=a ~b}").text == "Nhỏ hơn: a < b?"


def test_gift_old_and_new_marks_for_the_right_answer() -> None:
    assert gift("Một?{~a ~=b ~c}").answer_letters == "B"


def test_gift_with_windows_line_ends_byte_order_mark_and_utf_16() -> None:
    text = "// status: approved\r\n\r\nMột?{\r\n=a\r\n~b\r\n}\r\n"
    found = [read("questions.gift", text.encode(c)).questions for c in ("utf-8", "utf-8-sig", "utf-16")]
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    ("question", "column", "remedy"),
    [
        ("Ghép{=a -> b ~=c -> d}", "answer", "100%"),
        ("Trọng số lạ{~%một nửa%a ~%50%b}", "answer", "trọng số"),
        ("Trọng số dở dang{=a ~%50 b}", "answer", "trọng số"),
        ("Chữ trước phương án{a ~b =c}", "answer", "đứng trước"),
        ("Thiếu ngoặc{=a ~b", "text", "{ }"),
        ("Hai{=a ~b} lần{=a ~b}", "text", "{ }"),
        ("Một phần{=a ~%50%b ~c}", "answer", "100%"),
        ("Hai đúng{=a =b ~c}", "answer", "100%"),
        ("Không đủ{~%40%a ~%50%b}", "answer", "90%"),
        ("Không câu nào{~a ~b}", "answer", "0%"),
        ("Bảy{=1 ~2 ~3 ~4 ~5 ~6 ~7}", "option_f", "tối đa 6"),
        ("Trùng{=a ~a}", "option_b", "giống nhau"),
        ("{=a ~b}", "text", "không được để trống"),
    ],
)
def test_gift_features_that_no_paper_has_are_refused_with_their_line(
    question: str, column: str, remedy: str
) -> None:
    (fault,) = faults("questions.gift", f"// status: approved\n\nTốt{{T}}\n\n{question}\n")
    assert (fault.file, fault.row, fault.column) == ("questions.gift", 5, column)
    assert remedy in fault.message


@pytest.mark.parametrize(
    ("question", "column", "kind"),
    [
        ("Tự luận{}", "answer", "tự luận"),
        ("Điền từ{=a =b}", "answer", "điền từ"),
        ("Điền từ{=a}", "answer", "điền từ"),
        ("Số{#3.14:0.01}", "answer", "điền số"),
        ("Ghép{=a -> b =c -> d}", "answer", "ghép đôi"),
        ("Chỉ là mô tả", "text", "lời dẫn"),
        ("[html]<img src='x.png'>{=a ~b}", "text", "chỉ nhận chữ"),
        ("<table><tr><td>1</td></tr></table>{=a ~b}", "text", "chỉ nhận chữ"),
        (r"[html]<a href\='@@PLUGINFILE@@/x'>x</a>{=a ~b}", "text", "chỉ nhận chữ"),
    ],
)
def test_a_gift_question_that_no_paper_can_ask_is_listed_and_the_others_are_read(
    question: str, column: str, kind: str
) -> None:
    plain = as_plain("questions.gift", f"Tốt{{T}}\n\n{question}\n\nCũng tốt{{F}}\n".encode())
    (one,) = plain.left_out
    assert (one.row, one.column, kind in one.message, plain.faults) == (3, column, True, ())
    assert [row.cells["text"] for row in plain.rows] == ["Tốt", "Cũng tốt"]


def test_questions_of_one_title_get_ids_of_their_own_whatever_their_order() -> None:
    one, two = "::Q::Một?{T}", "::Q::Hai?{T}"
    found = [as_plain("questions.gift", f"{a}\n\n{b}".encode()) for a, b in ((one, two), (two, one))]
    ids = [{row.cells["text"]: row.cells["id"] for row in plain.rows} for plain in found]
    assert ids[0] == ids[1]
    assert all(name.startswith("q-") for name in ids[0].values())
    assert [(notice.row, notice.value) for notice in found[0].notices] == [(1, "Q"), (3, "Q")]


def test_an_id_given_on_purpose_is_refused_a_second_time() -> None:
    (fault,) = faults("questions.gift", "// [id:Q]\nMột?{T}\n\n// [id:Q]\nHai?{T}")
    assert (fault.row, fault.column, "dòng 2" in fault.message) == (5, "id", True)


def test_a_repeated_question_is_refused_even_without_a_title() -> None:
    (fault,) = faults("questions.gift", "Một?{=a ~b}\n\nMột? {~=a\n~b}")
    assert (fault.row, fault.column) == (3, "id")


def test_an_id_stays_the_same_when_the_file_is_reordered() -> None:
    one, two = gift("Một?{=a ~b}"), gift("Hai?{=a ~b}")
    both = read("questions.gift", "// status: approved\n\nHai?{=a ~b}\n\nMột?{=a ~b}").questions
    assert set(both) == {one, two}


# ---- Approval


@pytest.mark.parametrize(
    ("text", "approved"),
    [
        ("Một?{T}\n\nHai?{F}\n\n// status: approved\nBa?{T}", ["Ba?"]),
        ("// status: approved\nMột?{T}\n\nHai?{F}", ["Một?"]),
        ("// status: approved\n\nMột?{T}\n\n// status: draft\nHai?{F}", ["Một?"]),
        ("// status: approved\n$CATEGORY: Luật\n\nMột?{T}\n\nHai?{F}", ["Một?", "Hai?"]),
        ("// [id:7] [tag:approved]\nMột?{T}\n\n// [tag:luật]\nHai?{F}", ["Một?"]),
    ],
)
def test_gift_questions_are_drafts_unless_the_file_says_approved(text: str, approved: list[str]) -> None:
    assert [found.text for found in read("questions.gift", text).questions] == approved


def test_a_file_that_says_nothing_of_approval_has_no_questions_to_ask() -> None:
    (fault,) = faults("questions.gift", "Một?{T}")
    assert "chỉ có 0 câu đã thẩm định" in fault.message


@pytest.mark.parametrize("name", ["questions.gift", "questions.txt"])
def test_a_status_alone_in_the_middle_is_refused(name: str) -> None:
    question = "Một?{T}\n" if name.endswith("gift") else "Một?\nA. a\nB. b\nANSWER: A\n"
    found = faults(
        name, f"// status: approved\n\n{question}\n// status: draft\n\n{question.replace('Một', 'Hai')}"
    )
    assert [(fault.column, "ngay trên câu hỏi" in fault.message) for fault in found] == [("status", True)]


@pytest.mark.parametrize("name", ["questions.gift", "questions.txt"])
def test_an_unknown_status_is_refused(name: str) -> None:
    question = "Một?{T}\n" if name.endswith("gift") else "Một?\nA. a\nB. b\nANSWER: A\n"
    assert [fault.column for fault in faults(name, f"// status: xong\n{question}")] == ["status"]


# ---- Aiken

AIKEN = "Một?\nA. a\nB) b\nC. c\nANSWER: B\n\nHai,\nhay ba?\nA. x\nB. y\nANSWER: A\n"


def test_aiken() -> None:
    one, two = read("questions.txt", "// status: approved\n\n" + AIKEN).questions
    assert (one.text, one.options, one.answer_letters, one.reference) == ("Một?", ("a", "b", "c"), "B", "")
    assert (two.text, two.options, two.answer_letters, two.topic) == ("Hai,\nhay ba?", ("x", "y"), "A", "Chung")


def test_aiken_needs_no_empty_lines() -> None:
    text = "// status: approved\n\n" + AIKEN
    assert read("questions.txt", text.replace("\n\nHai", "\nHai")) == read("questions.txt", text)


def test_aiken_can_approve_a_single_question() -> None:
    source = read("questions.txt", AIKEN.replace("Hai,", "// status: approved\nHai,"))
    assert ([found.text for found in source.questions], source.drafts) == (["Hai,\nhay ba?"], 1)


@pytest.mark.parametrize(
    ("old", "new", "row", "remedy"),
    [
        ("ANSWER: B", "ANSWER: D", 5, "đúng một chữ cái"),
        ("ANSWER: B", "ANSWER: AB", 5, "đúng một chữ cái"),
        ("ANSWER: B", "ANSWER:", 5, "đúng một chữ cái"),
        ("C. c\n", "D. c\n", 4, "thứ tự A, B, C"),
        ("C. c\n", "lạc lõng\n", 4, "không phải phương án"),
        ("ANSWER: A\n", "", 7, "không có dòng ANSWER"),
        ("B. y\n", "", 7, "2 đến 6 phương án"),
        ("A. x\n", "A. y\n", 7, "giống nhau"),
    ],
)
def test_a_fault_in_aiken_has_its_line(old: str, new: str, row: int, remedy: str) -> None:
    first = faults("questions.txt", AIKEN.replace(old, new))[0]
    assert first.row == row
    assert remedy in first.message


@pytest.mark.parametrize("name", ["questions.gift", "questions.txt", "questions.xml"])
@pytest.mark.parametrize("text", ["", "\n\n", "// chỉ có ghi chú\n", "<quiz></quiz>"])
def test_a_file_without_questions_is_refused(name: str, text: str) -> None:
    assert all(fault.file == name for fault in faults(name, text))


@pytest.mark.parametrize("name", ["questions.gift", "questions.txt"])
@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x08", "\x1f", "\x85"])
def test_hidden_characters_are_refused_with_their_line(name: str, sign: str) -> None:
    (fault,) = faults(name, f"// status: approved\n\nMột{sign}?{{T}}\n")
    assert (fault.row, "không nhìn thấy" in fault.message) == (3, True)


# ---- Moodle XML


def test_moodle_xml() -> None:
    category = '<question type="category"><category><text>$course$/top/Luật</text></category></question>'
    reference = '<generalfeedback format="html"><text>&lt;p&gt;Điều 1&lt;/p&gt;</text></generalfeedback>'
    text = moodle(
        category, multichoice(*RIGHT_A, text="<p>Một<br>m<sup>2</sup> &amp; hai?</p>", inside=reference)
    )
    assert read("questions.xml", text).questions == (
        Question("Q1", "Luật", "Một\nm² & hai?", ("a", "b"), 0b1, "Điều 1"),
    )


def test_moodle_several_right_options() -> None:
    text = moodle(multichoice(("a", "50"), ("b", "-100"), ("c", "50"), single=False))
    assert read("questions.xml", text).questions[0].answer_letters == "AC"


@pytest.mark.parametrize(("true", "answer"), [("100", "A"), ("0", "B")])
def test_moodle_true_and_false(true: str, answer: str) -> None:
    false = "0" if true == "100" else "100"
    text = moodle(multichoice(("false", false), ("true", true)).replace("multichoice", "truefalse"))
    found = read("questions.xml", text).questions[0]
    assert (found.options, found.answer_letters) == (("Đúng", "Sai"), answer)


def test_an_idnumber_takes_precedence_over_the_name() -> None:
    text = moodle(multichoice(*RIGHT_A, inside="<idnumber>L-07</idnumber>"))
    assert read("questions.xml", text).questions[0].id == "L-07"


def test_a_long_name_is_not_an_id() -> None:
    assert read("questions.xml", moodle(multichoice(*RIGHT_A, name="x" * 41))).questions[0].id.startswith("q-")


def test_moodle_questions_are_approved_by_tag_by_comment_or_all_at_once() -> None:
    tag = "<tags><tag><text>approved</text></tag></tags>"
    one, two, three = (multichoice(*RIGHT_A, name=f"Q{k}", text=f"Câu {k}") for k in (1, 2, 3))
    tagged = two.replace("</question>", tag + "</question>")
    text = moodle(one, tagged, "<!-- status: approved -->\n" + three, status="draft")
    assert [found.id for found in read("questions.xml", text).questions] == ["Q2", "Q3"]
    assert len(read("questions.xml", moodle(one, two, three)).questions) == 3


@pytest.mark.parametrize(
    ("question", "column", "remedy"),
    [
        ("<foo/>", "", "<question>"),
        (multichoice(("a", "50"), ("b", "50")), "answer", "100%"),
        (multichoice(("a", "x"), ("b", "50")), "answer", "phải là số"),
        (multichoice(("a", "nan"), ("b", "50")), "answer", "phải là số"),
        (multichoice(("a", "30"), ("b", "30"), single=False), "answer", "60%"),
        (multichoice(*RIGHT_A, text="  "), "text", "không được để trống"),
        (multichoice(*RIGHT_A).replace("multichoice", "truefalse"), "answer", "true và false"),
    ],
)
def test_moodle_features_that_no_paper_has_are_refused_with_their_line(
    question: str, column: str, remedy: str
) -> None:
    (fault,) = faults("questions.xml", moodle(question))
    assert (fault.file, fault.row, fault.column) == ("questions.xml", 4, column)
    assert remedy in fault.message


@pytest.mark.parametrize(
    ("question", "column", "kind"),
    [
        ('<question type="essay"><name><text>E</text></name></question>', "type", "essay"),
        ('<question type="matching"></question>', "type", "matching"),
        ('<question type="cloze"></question>', "type", "cloze"),
        (multichoice(*RIGHT_A, text="<img src='x'>"), "text", "hình ảnh"),
        (multichoice(*RIGHT_A, text="<table><tr><td>1</td></tr></table>"), "text", "bảng"),
        (
            multichoice(*RIGHT_A).replace("</questiontext>", "<file name='a.png'>eA==</file></questiontext>"),
            "text",
            "tệp đính kèm",
        ),
    ],
)
def test_a_moodle_question_that_no_paper_can_ask_is_listed_and_the_others_are_read(
    question: str, column: str, kind: str
) -> None:
    plain = as_plain("questions.xml", moodle(question, multichoice(*RIGHT_A, name="Tốt")).encode())
    (one,) = plain.left_out
    assert (one.row, one.column, kind in one.message, plain.faults) == (4, column, True, ())
    assert [row.cells["id"] for row in plain.rows] == ["Tốt"]


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {chr(98 + k)} '{f'&{chr(97 + k)};' * 10}'>" for k in range(9)
)


@pytest.mark.parametrize(
    "xml",
    [
        pytest.param(f"{LAUGHS}]><quiz>&j;</quiz>", id="billion laughs"),
        pytest.param("<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><quiz>&a;</quiz>", id="a file"),
        pytest.param("<!DOCTYPE x [<!ENTITY % a SYSTEM 'http://127.0.0.1/'> %a;]><quiz/>", id="a parameter"),
        pytest.param("<!DOCTYPE quiz SYSTEM 'http://127.0.0.1/x.dtd'><quiz/>", id="a DTD elsewhere"),
        pytest.param("<!DOCTYPE quiz><quiz/>", id="an empty DTD"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_xml_attack_is_refused_without_following_its_references(xml: str, encoding: str) -> None:
    (fault,) = faults("questions.xml", xml.encode(encoding))
    assert "DTD" in fault.message


@pytest.mark.parametrize("depth", [60, 100_000])
def test_deep_xml_is_refused(depth: int) -> None:
    (fault,) = faults("questions.xml", "<quiz>" + "<a>" * depth + "</a>" * depth + "</quiz>")
    assert "quá sâu" in fault.message


@pytest.mark.parametrize(
    "xml",
    [
        b"<quiz>",
        b"<quiz>&#0;</quiz>",
        b"<quiz>\xff</quiz>",
        b"<html/>",
        b'<?xml version="1.0" encoding="x"?><quiz/>',
    ],
)
def test_broken_xml_is_refused(xml: bytes) -> None:
    assert len(faults("questions.xml", xml)) == 1
