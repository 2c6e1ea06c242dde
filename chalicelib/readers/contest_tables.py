"""The tables of a contest folder: questions, units, rosters, exclusions; row by row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from chalicelib.documents.compiled_contest import decode_definition
from chalicelib.documents.intake_answer import Mistake
from chalicelib.documents.plain_file import PlainFile, PlainLine
from chalicelib.domain.bank import LETTERS, Question
from chalicelib.domain.definition import Definition
from chalicelib.domain.person import is_citizen_id
from chalicelib.domain.units import Unit
from chalicelib.readers.questions.appraisal import Appraised, has_appraisals, read_appraisal
from chalicelib.readers.questions.question_rows import OPTION_COLUMNS, OPTIONAL_COLUMNS, QUESTION_COLUMNS
from chalicelib.readers.tables import Fault, Record, Row, read_table, read_weeks

UNIT_COLUMNS = ("code", "name", "bloc", "kind", "headcount", "exempt")
EXCLUSION_COLUMNS = ("citizen_id", "role", "effect", "note")
# Of a decision, in characters.
LONGEST_REASON = 500
# What Excel makes of a citizen ID.
_AS_NUMBER = re.compile(r"\d[\d.,]{0,30}(?:E\+?\d{1,3})?", re.ASCII | re.IGNORECASE)
# Names of devices, which no file of Windows may have.
_DEVICE = re.compile(r"CON|PRN|AUX|NUL|(?:COM|LPT)[0-9]")
_PARTICIPANT_ID = re.compile(r"[0-9a-f]{20}")


class Exclusion(NamedTuple):
    """A person with the role that bars them (R3); ``out``: they may not take part, else they win nothing."""

    citizen_id: str
    role: str
    out: bool
    note: str


class RosterRow(NamedTuple):
    """A person on a unit's roster; ``exempt`` people, for ``reason``, need not take part (R1).

    Registered people may be named by their ``participant_id`` in place of the citizen ID.
    """

    unit_code: str
    full_name: str
    citizen_id: str
    exempt: bool
    category: str
    reason: str
    participant_id: str = ""


class ReadQuestion(NamedTuple):
    """A question with its status; ``appraised`` if it is approved and its bank says by whom.

    ``line``: where it stands in its file.
    """

    question: Question
    status: str
    appraised: Appraised | None
    line: int


class File(NamedTuple):
    """A file as it was read (``readers/plain.py``); every method adds the faults that reading found."""

    name: str
    plain: PlainFile

    def _read(self, faults: list[Fault]) -> PlainFile:
        faults.extend(as_faults(self.plain.faults))
        return self.plain

    def definition(self, faults: list[Fault]) -> Definition | None:
        told = self._read(faults).definition
        return decode_definition(told.encode()) if told else None

    def text(self, faults: list[Fault]) -> str:
        return self._read(faults).text

    def questions(self, faults: list[Fault]) -> list[Row]:
        """Those of a format that is no table."""
        empty = dict.fromkeys(OPTIONAL_COLUMNS, "")
        return [Row(self.name, row.line, {**empty, **row.cells}) for row in self._read(faults).rows]

    def _records(self, faults: list[Fault]) -> Iterator[Record]:
        for one in self._read(faults).lines:
            yield Record(one.line, list(one.cells), one.faulty)

    def rows(self, columns: tuple[str, ...], faults: list[Fault], optional: tuple[str, ...] = ()) -> list[Row]:
        """``optional``: columns that may be missing, and are empty then."""
        return list(read_table(self.name, self._records(faults), columns, faults, optional))

    def some_rows(
        self, columns: tuple[str, ...], faults: list[Fault], optional: tuple[str, ...] = ()
    ) -> list[Row]:
        """Of a table that asks for something: a fault if it has no row."""
        before = len(faults)
        rows = self.rows(columns, faults, optional)
        if not rows and len(faults) == before:
            faults.append(Fault(self.name, 0, "", "", "cần ít nhất một dòng dưới dòng tiêu đề"))
        return rows


def as_faults(mistakes: Iterable[Mistake]) -> list[Fault]:
    return [Fault(one.file, one.row, one.column, one.value, one.message) for one in mistakes]


def _unique(rows: list[Row], column: str, faults: list[Fault]) -> None:
    first: dict[str, int] = {}
    for row in rows:
        value = row[column]
        if value and value in first:
            faults.append(row.fault(column, f"trùng với dòng {first[value]}: mỗi {column} chỉ có một lần"))
        first.setdefault(value, row.line)


def read_questions(file: File, definition: Definition | None, faults: list[Fault]) -> list[ReadQuestion]:
    """Questions of any format with their status; all go through the same checks."""
    is_table = file.name.endswith((".csv", ".xlsx"))
    rows = file.rows(QUESTION_COLUMNS, faults, OPTIONAL_COLUMNS) if is_table else file.questions(faults)
    # GIFT, Aiken and Moodle have no place for a reference; a table has a column.
    needed = ("id", "topic", "text", "reference") if is_table else ("id", "topic", "text")
    _unique(rows, "id", faults)
    ids = {row["id"] for row in rows}
    by_two = has_appraisals(rows)
    found = []
    for row in rows:
        question = _question(row, needed, definition, ids, faults)
        if question:
            asked = by_two and row["status"] == "approved"
            appraised = read_appraisal(row, question, faults) if asked else None
            found.append(ReadQuestion(question, row["status"], appraised, row.line))
    return found


def _question(
    row: Row, needed: tuple[str, ...], definition: Definition | None, ids: set[str], faults: list[Fault]
) -> Question | None:
    before = len(faults)
    weeks, categories = _for_whom(row, definition, faults)
    excludes = _excludes(row, ids, faults)
    options = [row[column] for column in OPTION_COLUMNS]
    while options and not options[-1]:
        options.pop()
    for column in needed:
        if not row[column]:
            faults.append(row.fault(column, "không được để trống"))
    if len(options) < 2:
        faults.append(row.fault("option_b", "mỗi câu cần từ 2 đến 6 phương án"))
    for column, option in zip(OPTION_COLUMNS, options, strict=False):
        if not option:
            faults.append(
                row.fault(column, "phương án trống nằm giữa các phương án: hãy dồn các phương án lại")
            )
        elif options.index(option) != OPTION_COLUMNS.index(column):
            faults.append(row.fault(column, "hai phương án giống nhau"))
    letters = row["answer"]
    if not letters or len(set(letters)) != len(letters) or not set(letters) <= set(LETTERS):
        faults.append(row.fault("answer", "ghi các chữ cái của phương án đúng viết liền, ví dụ B hoặc AC"))
    elif not set(letters) <= set(LETTERS[: len(options)]):
        faults.append(row.fault("answer", f"câu này chỉ có các phương án {LETTERS[: len(options)]}"))
    if row["status"] not in {"approved", "draft", "rejected"}:
        faults.append(row.fault("status", "ghi approved (đã thẩm định), draft hoặc rejected"))
    if len(faults) > before:
        return None
    answer = sum(1 << LETTERS.index(letter) for letter in letters)
    told = (row["id"], row["topic"], row["text"], tuple(options), answer, row["reference"])
    return Question(*told, weeks, categories, excludes)


def _for_whom(
    row: Row, definition: Definition | None, faults: list[Fault]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The weeks and categories of a question, as the contest has them; empty cells mean all."""
    if definition is None:
        return (), ()
    known = range(1, definition.contest.weeks + 1)
    weeks = read_weeks(row, known, faults) if row["weeks"] else ()
    names = [category.name for category in definition.categories]
    told = [name.strip() for name in row["categories"].split(";")] if row["categories"] else []
    if not set(told) <= set(names):
        message = f"ghi đối tượng ở [[categories]], cách nhau bằng dấu chấm phẩy; có: {', '.join(names)}"
        faults.append(row.fault("categories", message))
    return weeks, tuple(name for name in names if name in told)


def _excludes(row: Row, ids: set[str], faults: list[Fault]) -> tuple[str, ...]:
    """The ids of other questions, between semicolons or, where no id has any, blanks."""
    parts = [part.strip() for part in row["excludes"].split(";") if part.strip()]
    told = {one for part in parts for one in ([part] if part in ids else part.split())}
    unknown = sorted(told - ids)
    if unknown:
        message = (
            f"không có câu {', '.join(unknown[:5])[:120]} trong cột id: ghi mã các câu không được cùng một đề "
            "với câu này, cách nhau bằng dấu chấm phẩy hoặc dấu cách"
        )
        faults.append(row.fault("excludes", message))
    if row["id"] in told:
        faults.append(row.fault("excludes", "câu hỏi không loại trừ chính nó: hãy bỏ mã của câu này"))
    return tuple(sorted(told))


def read_units(file: File, faults: list[Fault]) -> list[Unit]:
    rows = file.rows(UNIT_COLUMNS, faults, ("parent",))
    _unique(rows, "code", faults)
    units = []
    named: dict[tuple[str, str], str] = {}
    for row in rows:
        before = len(faults)
        if not re.fullmatch(r"[A-Z0-9][A-Z0-9-]{0,19}", row["code"]):
            faults.append(row.fault("code", "mã gồm 1–20 chữ cái in hoa không dấu, chữ số hoặc dấu gạch nối"))
        elif _DEVICE.fullmatch(row["code"]):
            message = "Windows không cho đặt tên tệp như vậy, mà tệp của đơn vị mang tên mã: hãy chọn mã khác"
            faults.append(row.fault("code", message))
        for column in ("name", "bloc", "kind"):
            if not row[column]:
                faults.append(row.fault(column, "không được để trống"))
        for column in ("headcount", "exempt"):
            if not re.fullmatch(r"\d{1,7}", row[column], re.ASCII):
                faults.append(row.fault(column, "cần số nguyên không âm, không có dấu chấm hay dấu phẩy"))
        if len(faults) == before:
            headcount, exempt = int(row["headcount"]), int(row["exempt"])
            if exempt > headcount:
                faults.append(
                    row.fault("exempt", "số người được miễn lớn hơn số người phải dự thi (headcount)")
                )
            told = (row["code"], row["name"], row["bloc"], row["kind"])
            units.append(Unit(*told, headcount, exempt, row["parent"]))
            name = " ".join(row["name"].casefold().split())
            first = named.setdefault((row["bloc"], name), row["code"])
            if first != row["code"]:
                faults.append(row.fault("name", f"trùng tên với đơn vị {first} trong cùng khối: hãy phân biệt"))
    faults += _parents(rows)
    if not rows and not any(fault.file == file.name for fault in faults):
        faults.append(Fault(file.name, 0, "", "", "cần ít nhất một đơn vị"))
    return units


def _parents(rows: Iterable[Row]) -> Iterator[Fault]:
    """The parents that are not there, are the unit itself, or have a parent."""
    above = {row["code"]: row["parent"] for row in rows}
    for row in rows:
        parent = row["parent"]
        if not parent:
            continue
        if parent == row["code"]:
            yield row.fault(
                "parent", "đơn vị không thể thuộc chính nó: hãy để trống hoặc ghi mã đơn vị cấp trên"
            )
        elif parent not in above:
            message = "không có mã đơn vị này trong cột code: hãy sửa mã hoặc thêm một dòng cho đơn vị cấp trên"
            yield row.fault("parent", message)
        elif above[parent]:
            message = (
                f"chỉ có hai cấp: {parent[:20]} thuộc {above[parent][:20]} nên không thể có đơn vị trực thuộc; "
                f"hãy ghi {above[parent][:20]} hoặc để trống parent của {parent[:20]}"
            )
            yield row.fault("parent", message)


# What a roster must have, and what one unit's own must have.
ROSTERS, UNIT_ROSTERS = ("unit_code", "full_name", "citizen_id", "exempt"), ("full_name",)
ROSTER_COLUMNS = ("unit_code", "full_name", "citizen_id", "exempt", "category", "reason", "participant_id")
# What the sheet of a unit's claimants has beside these (services/intake/claimants.py).
_OF_CLAIMANTS = ("citizen_id_masked", "note")


def read_rosters(
    file: File | None,
    unit_codes: set[str],
    definition: Definition | None,
    faults: list[Fault],
    warnings: list[Fault],
    of: str = "",
) -> list[RosterRow]:
    """The people on the units' rosters; ``unit_codes`` is empty if the units are not known.

    A second row of a citizen is left out with a warning, the others are taken: one unit's mistake must not keep
    all others' lists out. Without a category a person is of the first obliged one, or of the first at all.
    ``of``: the unit whose own file it is; its rows need not name it.
    """
    if file is None:
        return []
    needed = UNIT_ROSTERS if of else ROSTERS
    others = tuple(column for column in (*ROSTER_COLUMNS, *_OF_CLAIMANTS) if column not in needed)
    categories = definition.categories if definition else ()
    usual = next((one.name for one in categories if one.obliged), categories[0].name if categories else "")
    names = [category.name for category in categories]
    first: dict[str, Row] = {}
    rosters = []
    for row in file.rows(needed, faults, others):
        person, unit = row["participant_id"] or row["citizen_id"], row["unit_code"] or of
        if not row["participant_id"]:
            check_citizen_id(row, faults)
        elif not _PARTICIPANT_ID.fullmatch(row["participant_id"]):
            message = "mã hồ sơ gồm 20 chữ số và chữ cái a–f: hãy giữ nguyên như trong tệp đã nhận"
            faults.append(row.fault("participant_id", message))
        if of and unit != of:
            message = f"tệp này là danh sách của đơn vị {of}: hãy ghi {of} hoặc để trống"
            faults.append(row.fault("unit_code", message))
        elif unit_codes and unit not in unit_codes:
            faults.append(row.fault("unit_code", "không có mã đơn vị này trong danh sách đơn vị (units)"))
        if not row["full_name"]:
            faults.append(row.fault("full_name", "không được để trống"))
        if row["exempt"] not in {"", "0", "1"}:
            faults.append(row.fault("exempt", "ghi 1 (được miễn), 0 hoặc để trống"))
        if row["category"] and names and row["category"] not in names:
            message = f"không có đối tượng này; các đối tượng ở [[categories]] là: {', '.join(names)}"
            faults.append(row.fault("category", message))
        before = first.setdefault(person, row)
        if before is row:
            told = (unit, row["full_name"], row["citizen_id"], row["exempt"] == "1")
            rosters.append(RosterRow(*told, row["category"] or usual, row["reason"], row["participant_id"]))
        else:
            other = (before["unit_code"] or of)[:20]
            message = (
                f"dòng này không được nhận, các dòng khác vẫn được nhận: người này đã có ở dòng {before.line}, "
                f"danh sách của đơn vị {other}; hãy thống nhất với đơn vị đó rồi gửi lại"
            )
            warnings.append(row.fault("citizen_id", message))
    return rosters


def rosters_file(rows: Iterable[RosterRow]) -> PlainFile:
    """``rows`` as the file from which ``read_rosters`` reads them again."""
    return table_file(ROSTER_COLUMNS, ((*row[:3], "1" if row.exempt else "0", *row[4:]) for row in rows))


def table_file(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> PlainFile:
    return PlainFile(lines=tuple(PlainLine(line, cells) for line, cells in enumerate((header, *rows), 1)))


def counted_units(units: Iterable[Unit], rows: Iterable[RosterRow], definition: Definition) -> tuple[Unit, ...]:
    """The units with the headcount and the exempt people of their rosters, where they have one (design).

    Only people of obliged categories are measured against the headcount.
    """
    counts: dict[str, list[int]] = {}
    for row in rows:
        count = counts.setdefault(row.unit_code, [0, 0])
        if row.category in definition.obliged:
            count[0] += 1
            count[1] += row.exempt
    return tuple(
        unit._replace(headcount=counts[unit.code][0], exempt=counts[unit.code][1])
        if unit.code in counts
        else unit
        for unit in units
    )


def check_reason(row: Row, faults: list[Fault], hint: str = "") -> str:
    """The row's reason; ``hint``: what becomes of it."""
    if not row["reason"]:
        faults.append(row.fault("reason", f"cần nêu lý do{hint and f': {hint}'}"))
    elif len(row["reason"]) > LONGEST_REASON:
        faults.append(row.fault("reason", f"quá dài, tối đa {LONGEST_REASON} ký tự"))
    return row["reason"]


def check_citizen_id(row: Row, faults: list[Fault]) -> None:
    """Refuses a number that Excel has shortened. It is not mended: the lost digit need not have been a zero."""
    value = row["citizen_id"]
    if is_citizen_id(value):
        return
    hint = "cần số căn cước đủ 12 chữ số, kể cả số 0 ở đầu"
    if re.fullmatch(r"\d{9,11}", value, re.ASCII):
        hint = f"chỉ có {len(value)} chữ số, có lẽ Excel đã làm mất số 0 ở đầu: {hint}"
    elif (
        re.fullmatch(r"\d[\d.,]{1,30}(?:E\+?\d{1,3})?", value, re.ASCII | re.IGNORECASE)
        and not value.isdecimal()
    ):
        hint = f"Excel đã đổi thành dạng số: {hint}"
    formula = '=TEXT(C2;"000000000000"), C2 là ô có số đầy đủ, rồi dán lại thành giá trị'
    faults.append(
        row.fault("citizen_id", f"{hint} (định dạng cột là Text trong Excel rồi nhập lại, hoặc dùng {formula})")
    )


def read_exclusions(file: File | None, definition: Definition | None, faults: list[Fault]) -> list[Exclusion]:
    if file is None:
        return []
    rows = file.rows(EXCLUSION_COLUMNS, faults)
    _unique(rows, "citizen_id", faults)
    roles = definition.eligibility.excluded_roles if definition else ()
    for row in rows:
        check_citizen_id(row, faults)
        if roles and row["role"] not in roles:
            faults.append(
                row.fault("role", "vai trò không có trong eligibility.excluded_roles của contest.toml")
            )
        if row["effect"] not in {"", "out", "no_prize"}:
            message = (
                "ghi out (không được dự thi; cũng là khi để trống) hoặc no_prize (được thi, không xét giải)"
            )
            faults.append(row.fault("effect", message))
    return [Exclusion(row["citizen_id"], row["role"], row["effect"] != "no_prize", row["note"]) for row in rows]
