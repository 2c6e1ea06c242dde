"""Files of the right form and strange content each get a report, and change nothing if they are refused."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.readers.questions.question_rows import QUESTION_COLUMNS
from tests.examples import examples
from tests.readers.contest_files import UNIT_HEADER, contest_files, zipped
from tests.readers.workbooks import TYPED_CELLS, workbook
from tests.services.intake.inbox import LATER, Desk
from tests.services.intake.test_intake_junk import GOOD, SPOT, check

COLUMNS = {
    "units": UNIT_HEADER.strip().split(","),
    "questions": list(QUESTION_COLUMNS),
    "rosters": ["unit_code", "full_name", "citizen_id", "exempt"],
    "exclusions": ["citizen_id", "role", "effect", "note"],
}
VALUES = [
    *("nan", "-inf", "1e400", "0x7fffffffffffffffffff", "-1", "0", "1.5", "9" * 5_000, "true", "[]", "[[[]]]"),
    *("{}", "{ a = { b = 1 } }", '""', r'"\u0000"', '"PT0S"', '"P99999999999W"', '"P1Y"', '"now"', '["a", 1]'),
    *("1979-05-27", "07:32:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", '"Mars/Phobos"', "'''x"),
    *('"../../etc/passwd"', "#"),
]


@examples(0.6)
@given(st.data())
def test_a_definition_with_strange_values_gets_a_report(data: st.DataObject) -> None:
    lines = contest_files()["contest.toml"].decode().splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[at].partition("=")
        value = data.draw(st.sampled_from(VALUES))
        ways = [[f"{key}{equals} {value}"], [lines[at], lines[at]], [], [f"[{value}]"], [f"[[{key}]]"]]
        lines[at : at + 1] = data.draw(st.sampled_from(ways))
        if not lines:
            break
    check("contest.toml", "\n".join(lines).encode())


CELLS = st.sampled_from(
    [
        "",
        "=1+1",
        '"',
        "'",
        "\x00",
        "\t",
        "SO-A",
        "10",
        "-1",
        "1e9",
        "٣",
        "a" * 200_000,
        "\u202e",
        "\ud83d",
        "1/2/2022",
    ]
)


@examples(0.6)
@given(
    st.sampled_from(sorted(COLUMNS)),
    st.lists(st.lists(st.one_of(CELLS, st.text(max_size=5)), min_size=1, max_size=7), max_size=6),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1258"]),
)
def test_a_table_of_strange_cells_gets_a_report(
    kind: str, rows: list[list[str]], separator: str, encoding: str
) -> None:
    text = "\r\n".join(separator.join(cells) for cells in [COLUMNS[kind], *rows])
    check(f"{kind}.csv", text.encode(encoding, "replace"))


@examples(0.4)
@given(
    st.sampled_from(["units", "questions", "rosters"]), st.lists(st.lists(TYPED_CELLS, max_size=14), max_size=5)
)
def test_a_workbook_of_strange_cells_gets_a_report(kind: str, rows: list[list[Any]]) -> None:
    check(f"{kind}.xlsx", workbook(Sheet1=[COLUMNS[kind], *rows]))


TAGS = st.sampled_from(
    [
        *("quiz", "question", "questiontext", "text", "answer", "single", "category", "tags", "tag", "name"),
        *("idnumber", "generalfeedback", "file", "x:y"),
    ]
)
ATTRIBUTES = st.sampled_from(
    ["", " type='multichoice'", " type='truefalse'", " type='category'", " fraction='100'", " fraction='nan'"]
)
TEXTS = st.sampled_from(
    [
        "",
        "a",
        "&lt;p>b",
        "&lt;![x",
        "&lt;!--",
        "&lt;a ",
        "<!-- status: approved -->",
        "<![CDATA[<img>]]>",
        "&#9;",
        "true",
    ]
)
ELEMENTS = st.recursive(
    TEXTS,
    lambda inside: st.builds(
        lambda tag, attribute, children: f"<{tag}{attribute}>{''.join(children)}</{tag}>",
        TAGS,
        ATTRIBUTES,
        st.lists(inside, max_size=4),
    ),
    max_leaves=25,
)


@given(st.lists(ELEMENTS, max_size=4))
@example(["<question type='multichoice'><questiontext><text>&lt;![x</text></questiontext></question>"])
def test_any_tree_of_moodle_elements_gets_a_report(questions: list[str]) -> None:
    check("questions.xml", f"<quiz>{''.join(questions)}</quiz>".encode())


GIFT_SIGNS = st.sampled_from(
    [
        *("::t::", "[html]", "[markdown]", "Q", "{", "}", "=", "~", "~%50%", "%-1000%", "#", "####", "->", "T"),
        *("FALSE", "\\", "\\{", "\n", "\n\n", "// status: approved\n", "// [id:x] [tag:draft]\n"),
        *("$CATEGORY: a/b\n", "<p>", "<!--", "<![", "<a", "&#x110000;"),
    ]
)


@given(st.lists(GIFT_SIGNS, max_size=30))
@example(["[html]", "<![", "x{=a~b}"])
@example(["[html]", "<!--", "<p>", "{=a~b}"])
def test_any_sequence_of_gift_characters_gets_a_report(parts: list[str]) -> None:
    check("questions.gift", "".join(parts).encode())


MEMBERS = st.sampled_from(
    [
        *(*GOOD, "guide.md", "../contest.toml", "/contest.toml", "a/contest.toml", "a/units.csv", "units.csv/"),
        *(
            "a/b/contest.toml",
            "__MACOSX/._units.csv",
            ".DS_Store",
            "~$units.xlsx",
            "c:\\contest.toml",
            "unit.csv",
        ),
    ]
)


@examples(0.6)
@given(
    st.lists(st.tuples(MEMBERS, st.sampled_from([*GOOD.values(), b"", b"\0"])), max_size=8),
    st.lists(SPOT, max_size=3),
)
def test_a_zip_of_strange_files_gets_a_report(
    members: list[tuple[str, bytes]], spoilt: list[tuple[float, bytes]]
) -> None:
    data = bytearray(zipped({**contest_files(), **dict(members)}))
    for at, new in spoilt:
        place = int(at * len(data))
        data[place : place + len(new)] = new
    check("contest.zip", bytes(data))


@examples(0.6)
@given(
    st.one_of(st.binary(max_size=400), st.text(alphabet="[]()!*_`<>#-&|\\\n a", max_size=200).map(str.encode)),
)
def test_any_guide_gets_a_report_and_adds_no_html_of_its_own(guide: bytes) -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    if desk.send("guide.md", guide + b"\n\n<script>alert(1)</script>\n", LATER)["accepted"]:
        assert b"<script" not in desk.site.objects["data/guide.html"]
    else:
        assert desk.everything_but_reports() == before
