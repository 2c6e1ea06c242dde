"""Reads what people send into cells and texts: the only module that meets a file as it was sent.

It runs by itself, in a function that may do nothing else. Whether the cells make sense is checked by whoever
takes the file over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path

from chalicelib.documents.compiled_contest import encode_definition
from chalicelib.documents.intake_answer import Mistake
from chalicelib.documents.plain_file import PlainFile, PlainLine, PlainRow, ReadFile
from chalicelib.domain.pictures import BOUNDS
from chalicelib.readers.budget import BudgetSpent, budget
from chalicelib.readers.calendar_files import CALENDAR_COLUMNS, SWITCH_COLUMNS
from chalicelib.readers.contest_files import (
    CONFIRMATION,
    DECISION_FILES,
    FILES,
    LARGEST,
    PERSONAL,
    PERSONAL_FILES,
    TOO_LARGE,
    UNIT_ROSTER,
    folder_files,
    oversized,
    unpack,
)
from chalicelib.readers.contest_folder import ContestFolder, read_files
from chalicelib.readers.contest_tables import (
    EXCLUSION_COLUMNS,
    ROSTERS,
    UNIT_COLUMNS,
    UNIT_ROSTERS,
    as_faults,
)
from chalicelib.readers.contest_toml import read_definition
from chalicelib.readers.correction_files import CORRECTIONS, MERGERS
from chalicelib.readers.csv_files import csv_records
from chalicelib.readers.decision_files import ANNULMENTS, RECOGNITIONS, RELEASES, WINNER_CHECKS
from chalicelib.readers.headings import from_header, headings
from chalicelib.readers.pictures import read_picture
from chalicelib.readers.questions.aiken import read_aiken
from chalicelib.readers.questions.gift import read_gift
from chalicelib.readers.questions.moodle_xml import read_moodle_xml
from chalicelib.readers.questions.question_rows import QUESTION_COLUMNS, Findings
from chalicelib.readers.rulings import RULINGS
from chalicelib.readers.spreadsheets import xlsx_records
from chalicelib.readers.tables import (
    MOST_ROWS,
    TOO_LONG,
    ContestFaults,
    Fault,
    Faults,
    Notices,
    Record,
    decode,
)

_QUESTIONS = {
    "questions.gift": read_gift,
    "questions.txt": read_aiken,
    "questions.xml": read_moodle_xml,
}
# The columns by which a table is found: the right one of several sheets, the separator of a CSV file.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "questions": QUESTION_COLUMNS,
    "units": UNIT_COLUMNS,
    "rosters": ROSTERS,
    "exclusions": EXCLUSION_COLUMNS,
    "annulments": ANNULMENTS,
    "releases": RELEASES,
    "winner-checks": WINNER_CHECKS,
    "rulings": RULINGS,
    "recognitions": RECOGNITIONS,
    "calendar": CALENDAR_COLUMNS,
    "switches": SWITCH_COLUMNS,
    "corrections": CORRECTIONS,
    "mergers": MERGERS,
    **{name: columns or optional for name, (columns, optional) in PERSONAL.items()},
}


def read_file(file: str, data: bytes) -> ReadFile:
    """``data``: the file as it was sent, or its first bytes, one more than it may have."""
    sent = sha256(data).hexdigest()
    try:
        if len(data) > LARGEST:
            raise ContestFaults([Fault(file, 0, "", "", TOO_LARGE)])
        with budget():
            return ReadFile(sha256=sent, files=_read(file, data))
    except ContestFaults as refused:
        return ReadFile(sha256=sent, faults=_mistakes(refused.faults))
    except BudgetSpent:
        return ReadFile(sha256=sent, faults=(_mistake(Fault(file, 0, "", "", TOO_LONG)),))


def _read(file: str, data: bytes) -> dict[str, PlainFile]:
    """Nothing of a file of another name: whoever takes it over says which names there are."""
    known = file in FILES or file in DECISION_FILES or file in PERSONAL_FILES
    if known or CONFIRMATION.fullmatch(file) or UNIT_ROSTER.fullmatch(file):
        return {file: as_plain(file, data)}
    return plain_files(unpack(file, data)) if file.lower().endswith(".zip") else {}


def plain_files(files: Mapping[str, bytes]) -> dict[str, PlainFile]:
    return {name: as_plain(name, data) for name, data in files.items()}


def as_plain(name: str, data: bytes) -> PlainFile:
    """The file's content, and its faults; nothing of a file that is no contest's. Raises ``BudgetSpent``."""
    if large := oversized(name, data):
        return PlainFile(faults=(_mistake(large),))
    faults = Faults()
    try:
        return _content(name, data, faults)
    except ContestFaults as refused:  # there are more than anybody reads
        return PlainFile(faults=_mistakes(refused.faults))


def _content(name: str, data: bytes, faults: Faults) -> PlainFile:
    if name == "contest.toml":
        definition = read_definition(data, faults)
        told = encode_definition(definition).decode() if definition else ""
        return PlainFile(definition=told, faults=_mistakes(faults))
    if FILES.get(name) in BOUNDS:
        return PlainFile(text=read_picture(name, data, faults), faults=_mistakes(faults))
    notices = Notices()
    if name in _QUESTIONS:
        findings = Findings(faults, notices, Faults())
        rows = _QUESTIONS[name](name, data, findings)
        return PlainFile(
            rows=tuple(PlainRow(row.line, row.cells) for row in rows),
            faults=_mistakes(faults),
            notices=_mistakes(notices),
            left_out=_mistakes(findings.left_out),
        )
    if name.endswith((".csv", ".xlsx")):
        kind = name.rpartition(".")[0]
        known = headings(kind, UNIT_ROSTERS if UNIT_ROSTER.fullmatch(name) else COLUMNS.get(kind, ()))
        if name.endswith(".xlsx"):
            records = xlsx_records(name, data, known, faults, notices)
        else:
            records = csv_records(name, data, known, faults)
        lines = _lines(from_header(name, list(records), known, notices))
        return PlainFile(lines=lines, faults=_mistakes(faults), notices=_mistakes(notices))
    if name.endswith((".txt", ".md")):
        text = decode(name, data, faults)
        return PlainFile(text=_html(text) if name == "guide.md" else text, faults=_mistakes(faults))
    return PlainFile()


def read_folder(path: Path) -> ContestFolder:
    """Raises ``ContestFaults``, also if there is no such folder, and for questions that no paper can ask."""
    files = plain_files(folder_files(path))
    if left_out := [one for file in files.values() for one in file.left_out]:
        raise ContestFaults(as_faults(left_out))
    return read_files(files)


def _lines(records: Iterable[Record]) -> tuple[PlainLine, ...]:
    """From the header on, without empty ones; one more than a table may have."""
    lines: list[PlainLine] = []
    for line, cells, faulty in records:
        if any(cells) or faulty:
            lines.append(PlainLine(line, tuple(cells), faulty))
        if len(lines) > MOST_ROWS + 1:
            break
    return tuple(lines)


def _html(markdown: str) -> str:
    from markdown_it import MarkdownIt  # noqa: PLC0415  only a guide needs it

    return str(MarkdownIt("commonmark", {"html": False}).render(markdown))


def _mistake(fault: Fault) -> Mistake:
    return Mistake(*astuple(fault))


def _mistakes(faults: Iterable[Fault]) -> tuple[Mistake, ...]:
    return tuple(map(_mistake, faults))
