"""Files that grow with a number and are made to cost more than they weigh: one shape for each trick known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from chalicelib.readers.contest_files import DECISION_FILES, FILES, PERSONAL_FILES
from tests.readers.contest_files import contest_files, zipped
from tests.readers.workbooks import as_workbook, part, repacked, workbook

SHEET, RELATED, STYLES = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"
EVERY_FILE = (
    *FILES,
    *DECISION_FILES,
    *PERSONAL_FILES,
    "rosters-SO-A.xlsx",
    "contest.zip",
    "confirm-0123456789.txt",
)
Shape = Callable[[int], bytes]


class Hostile(NamedTuple):
    """``make(n)`` grows with n, by about a hundred bytes for each one more."""

    file: str
    trick: str
    make: Shape


def hostile() -> Iterator[Hostile]:
    """Every trick for one file of each form; for the others what their columns may be asked."""
    for file in EVERY_FILE:
        name, _, ending = file.rpartition(".")
        shapes = _BY_FILE.get(file, {})
        if ending in {"toml", "md", "txt", "gift", "xml"} or file == "units.csv":
            shapes = {**shapes, **_OF_TEXT}
        if name in _RIGHT and ending in {"csv", "xlsx"}:
            numbered = _numbered(_HEADERS[name], _RIGHT[name])
            shapes = {**shapes, "right rows": numbered if ending == "csv" else _in_cells(numbered)}
        if ending == "csv":
            shapes = {**shapes, **_table(_HEADERS[name]), **(_csv(_HEADERS[name]) if name == "units" else {})}
        elif ending == "xlsx":
            in_cells = {trick: _in_cells(make) for trick, make in _table(_HEADERS[name]).items()}
            shapes = {**in_cells, **(_xlsx(_HEADERS[name]) if name == "units" else {})}
        for trick, make in shapes.items():
            yield Hostile(file, trick, make)


_HEADERS = {
    "questions": (
        "id,topic,text,option_a,option_b,option_c,option_d,option_e,option_f,answer,reference,status,weeks,categories"
        ",written_by,written_on,appraised_by,appraised_on"
    ),
    "units": "code,name,bloc,kind,headcount,exempt,parent",
    "rosters": "unit_code,full_name,citizen_id,exempt",
    "rosters-SO-A": "unit_code,full_name,citizen_id,exempt",
    "exclusions": "citizen_id,role,effect,note",
    "annulments": "citizen_id,participant_id,weeks,effect,decided_on,reason",
    "releases": "citizen_id,reason",
    "winner-checks": (
        "week,prize,rank,participant_id,full_name,date_of_birth,citizen_id,unit,signs_score,signs,check,reason"
    ),
    "rulings": "question_id,weeks,ruling,answer,reason",
    "recognitions": "what,decision,decided_on,withdraw,reason",
    "calendar": "week,opens,closes,title,cancelled,reason",
    "switches": "switch,value,reason",
    "corrections": "citizen_id,field,value,reason,from_week",
    "mergers": "unit_code,into,reason,from_week",
    "password-resets": "citizen_id",
    "data-requests": "citizen_id,request,participant_id",
    "claimants": "unit_code",
    "lookups": "citizen_id,participant_id,attempt_id",
}


# A row in which everything is right, so that every check is made and the file is taken over where it can be.
_RIGHT = {
    "questions": "c{0},Luật,Câu {0}?,a{0},b{0},,,,,A,Điều {0},approved,,,An,2022-07-01,Bình,2022-07-02",
    "units": "U-{0},Sở {0},Sở,department,10,0,",
    "rosters": "SO-A,Lê An,{0:012},0",
    "rosters-SO-A": "SO-A,Lê An,{0:012},0",
    "exclusions": "{0:012},Tổ ra đề,,",
    "annulments": "{0:012},,1,no_prize,2022-08-29,nhờ người khác thi",
    "releases": "{0:012},khai trước số của người khác",
    "rulings": "c{0},1,key,B,đáp án in nhầm",
    "corrections": "{0:012},full_name,Lê An,ghi nhầm,",
    "mergers": "U-{0},SO-A,sáp nhập,1",
    "password-resets": "{0:012}",
    "data-requests": "{0:012},export,",
    "claimants": "SO-A",
    "lookups": "{0:012},,",
}


def _numbered(header: str, row: str) -> Shape:
    first = 40_085_000_000
    return lambda n: "\n".join([header, *(row.format(first + k) for k in range(n))]).encode()


def _again(text: str, before: str = "", behind: str = "") -> Shape:
    return lambda n: (before + text * (n * 100 // len(text.encode())) + behind).encode()


def _halves(first: str, second: str, before: str = "", behind: str = "") -> Shape:
    """Something long, and much that might carry it along."""

    def make(n: int) -> bytes:
        many = n * 50
        return (
            before + first * (many // len(first.encode())) + second * (many // len(second.encode())) + behind
        ).encode()

    return make


_OF_TEXT: dict[str, Shape] = {
    "accents to sort": _again("\u0301\u0316", "a"),
    "wide letters": _again("\ufdfa"),
    "spaces": _again(" ", "x", "x"),
    "line breaks": _again("\n", "x", "x"),
    "spaces and line breaks": _again(" \n", "x", "x"),
    "controls": _again("\x01\n"),
    "no text": lambda n: b"\xff" * n * 100,
    "noughts": lambda n: bytes(n * 100),
    "digits": _again("9"),
}
_BY_FILE: dict[str, dict[str, Shape]] = {
    "contest.toml": {
        **{f"{sign!r} again": _again(sign, "a=") for sign in ("[", "{a=", "'", '"""', "#", "1_")},
        **{f"{sign!r} again": _again(sign) for sign in ("a.", "[[prizes]]\n", "[a]\nb=1\n", "[")},
        "a long number": _again("9", "a = 0."),
        "a long whole number": _again("9", "a = "),
        "a great exponent": lambda n: contest_files()["contest.toml"].replace(
            b"[unit_score]", b"[[unit_prizes]]\nname='a'\ntitle='a'\nmin_rate=1e-%d\n[unit_score]" % (n * 10**6)
        ),
        "blocs that nobody has": lambda n: contest_files()["contest.toml"].replace(
            b"[unit_score]",
            b"[[unit_prizes]]\nname='a'\ntitle='a'\nblocs=[%s]\n[unit_score]" % (b"'x'," * n * 25),
        ),
    },
    "guide.md": {
        f"{sign!r} again": _again(sign)
        for sign in ("[", "![", "a**b", "[](", "1. a\n", ">", "`a", "<", "*a_", "&", "[a]: b\n")
    },
    "questions.gift": {
        **{
            f"{sign!r} again": _again(sign)
            for sign in ("{", "~a", "\\", "::", "a{~\n\n", "a{=b ~c}\n\n", "[html]")
        },
        "an id without end": _again(" ", "// [id: x", "\nQ{=a ~b}"),
        "ids without end": _again("[id:", "// ", "\nQ{=a ~b}"),
        "statuses": _again("status ", "// ", "\nQ{=a ~b}"),
        "approvals": _again("// status: approved\n"),
        "options": _again("~a ", "Q{=b ", "}"),
        "weights": _again("~%1%a ", "Q{=b ", "}"),
        "a long topic": _halves("t", "\n\nQ{=a ~b}", "$CATEGORY: "),
        "a long status": _halves("s", "\n\nQ{=a ~b}", "// status: "),
        "faults with a long text": _halves("Q", "\n\n{", ""),
    },
    "questions.txt": {
        **{f"{sign!r} again": _again(sign) for sign in ("A. a\n", "ANSWER: A\n", "a\n", "ANSWER:", "A.", "//")},
        "wrong options below a long text": _halves("Q\n", "B. b\n"),
        "questions": _again("Q?\nA. a\nB. b\nANSWER: A\n\n"),
    },
    "questions.xml": {
        **{
            f"{sign!r} again": _again(sign, "<quiz>")
            for sign in ("<", "<a>", "<a/>", "<!--", "<![CDATA[", "&amp;", "<question/>")
        },
        "a namespace for every element": _halves("n", "<a/>", "<quiz xmlns='", "</quiz>"),
        "attributes": _again(" a1='1'", "<quiz", "/>"),
        "a long topic": _halves(
            "t", "<question/>", "<quiz><question type='category'><category><text>", "</quiz>"
        ),
    },
    "contest.zip": {
        "many files": lambda n: zipped({f"x{k}.csv": b"" for k in range(n)}),
        "folders": lambda n: zipped({f"{k}/contest.toml": b"" for k in range(n)}),
        "swollen": lambda n: zipped({"questions.csv": bytes(n * 10_000)}),
        "half a table of contents": lambda n: zipped({f"x{k}.csv": b"" for k in range(n)})[: n * 80],
    },
    "confirm-0123456789.txt": {},
    "notice.txt": {},
}
for _trick, _sign in {
    "unfinished tags": "<a ",
    "unfinished comments": "<!--",
    "brackets": "<",
    "closing brackets": "</a",
    "declarations": "<!a",
    "quotes": "<a b='",
    "tags": "<b>",
    "superscripts": "<sup>",
    "ands": "&",
    "references": "&#",
    "quotes of both kinds": "<a b='<a b=\"",
}.items():
    _BY_FILE["questions.gift"][_trick] = _again(_sign, "[html]", ">{=a ~b}")
    _BY_FILE["questions.gift"][f"{_trick} without end"] = _again(_sign, "[html]", "{=a ~b}")
    _BY_FILE["questions.xml"][_trick] = _again(
        _sign,
        "<quiz><question type='multichoice'><questiontext format='html'><text><![CDATA[",
        "]]></text></questiontext></question></quiz>",
    )
_BY_FILE["questions.gift"]["a long reference"] = _again("9", "[html]&#", ";{=a ~b}")


def _table(header: str) -> dict[str, Shape]:
    columns = header.count(",") + 1
    row = ",".join(["x"] * columns) + "\n"
    return {
        "rows": _again(row, header + "\n"),
        "the same person in each row": _again(row.replace("x", "040085000001"), header + "\n"),
        "a long cell, then many like it": _halves("a", "\n" + row.replace("x", "1"), header + "\n"),
        "weeks": _again("1-9;", header + "\n" + "x," * (columns - 1)),
    }


def _in_cells(make: Shape) -> Shape:
    return lambda n: workbook(Sheet1=[line.split(",") for line in make(n).decode().split("\n")])


def _csv(header: str) -> dict[str, Shape]:
    signs = (",", "\n", '"a', '"', '""', "#\n", "x,x\n", "1,1,1,1,1,1,1")
    return {
        **{f"{sign!r} again": _again(sign, header + "\n") for sign in signs},
        "columns": _again("x,", header + ","),
        "comments": _again("# x\n"),
    }


def _xlsx(header: str) -> dict[str, Shape]:
    book = as_workbook(header)
    sheet, rels, styles = part(book, SHEET), part(book, RELATED), part(book, STYLES)
    main = part(book, "xl/workbook.xml")
    columns = header.count(",") + 1
    row = b"<row>" + b"<c t='inlineStr'><is><t>1</t></is></c>" * columns + b"</row>"

    def rows(make: Callable[[int], bytes], behind: bytes = b"") -> Shape:
        return lambda n: repacked(
            book, {SHEET: sheet.replace(b"</sheetData>", make(n) + b"</sheetData>" + behind)}
        )

    def shared(make: Callable[[int], bytes], used: Callable[[int], bytes]) -> Shape:
        link = b'<Relationship Id="s" Type="x/sharedStrings" Target="s.xml"/></Relationships>'
        return lambda n: repacked(
            book,
            {
                RELATED: rels.replace(b"</Relationships>", link),
                "xl/s.xml": b"<sst>" + make(n) + b"</sst>",
                SHEET: sheet.replace(b"</sheetData>", used(n) + b"</sheetData>"),
            },
        )

    return {
        "merged cells without end": lambda n: repacked(
            book, {SHEET: sheet.replace(b"</worksheet>", b"<mergeCell " * (n * 9))}
        ),
        "merged cells that say nothing": lambda n: repacked(
            book, {SHEET: sheet.replace(b"</worksheet>", b"<mergeCell a='1'/>" * (n * 6) + b"</worksheet>")}
        ),
        "rows": rows(lambda n: row * n),
        "empty rows": rows(lambda n: b"<row/>" * (n * 16)),
        "the last row": rows(lambda n: b'<row r="%d"/>' % (n * 1_000)),
        "cells": rows(lambda n: b"<row>" + b"<c/>" * (n * 25) + b"</row>"),
        "long numbers": rows(lambda n: b"<row><c><v>" + b"9" * (n * 100) + b"</v></c></row>"),
        "runs of a text": rows(
            lambda n: b"<row><c t='inlineStr'><is>" + b"<r><t>1</t></r>" * (n * 6) + b"</is></c></row>"
        ),
        "accents to sort": rows(
            lambda n: (
                b"<row><c t='inlineStr'><is><t>a" + "\u0301\u0316".encode() * (n * 25) + b"</t></is></c></row>"
            )
        ),
        "a long text in many cells": shared(
            lambda n: b"<si><t>" + b"a" * (n * 50) + b"</t></si>",
            lambda n: (b"<row>" + b"<c t='s'><v>0</v></c>" * columns + b"</row>") * (n // 4 + 1),
        ),
        "shared texts": shared(lambda n: b"<si/>" * (n * 20), lambda _: b""),
        "styles": lambda n: repacked(
            book, {STYLES: styles.replace(b"</cellXfs>", b"<xf/>" * (n * 20) + b"</cellXfs>")}
        ),
        "formats": lambda n: repacked(
            book,
            {
                STYLES: styles.replace(
                    b"<cellXfs", b'<numFmt numFmtId="1" formatCode="[[[["/>' * (n * 2) + b"<cellXfs"
                )
            },
        ),
        "sheets of one part": lambda n: repacked(
            book,
            {
                "xl/workbook.xml": main.replace(
                    b"</sheets>", b'<sheet name="x" r:id="rId1"/>' * n + b"</sheets>"
                ),
                SHEET: sheet.replace(b"<sheetData>", b"<sheetData>" + row * n),
            },
        ),
        "a namespace for every cell": rows(
            lambda n: b"<row><c xmlns='" + b"n" * (n * 50) + b"'/>" + b"<c/>" * (n * 12) + b"</row>"
        ),
        "a long tag": rows(lambda n: b"<!--" + b"x" * (n * 100) + b"-->"),
        "depth": rows(lambda n: b"<a>" * (n * 30)),
    }
