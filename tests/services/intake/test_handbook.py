"""The organisers' handbook, followed to the letter, with the files that it shows."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest

from chalicelib.domain.attempt import Entry
from chalicelib.domain.identity import participant_id
from chalicelib.domain.paper import MASKS
from chalicelib.readers.contest_files import (
    CONFIRMATION,
    DECISION_FILES,
    FILES,
    LARGEST,
    PERSONAL_FILES,
    archive,
)
from chalicelib.readers.contest_tables import ROSTER_COLUMNS
from chalicelib.readers.correction_files import read_corrections, read_mergers
from chalicelib.readers.decision_files import ANNULMENTS as ANNULMENT_COLUMNS
from chalicelib.readers.decision_files import RECOGNITIONS, RELEASES
from chalicelib.readers.tables import LONGEST_CELL, MOST_FAULTS, MOST_ROWS, Fault
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.close_weeks import CloseWeeks
from chalicelib.services.closing.shares import Shares
from tests.closer import closer
from tests.domain.builders import done, entry
from tests.fakes import MINUTE, START_MS, MemoryEntries, MemoryParticipants, MemoryRevisions, collectors
from tests.readers.contest_files import sent_file
from tests.services.intake.inbox import PEPPER, Desk, sent
from tests.services.intake.test_consequences import Province, paper_of
from tests.stack import ROOT

HANDBOOK = (ROOT / "docs/so-tay-to-chuc.md").read_text(encoding="utf-8")
# By their first line, the files of which the handbook shows an example.
KINDS = {
    "what,decision,decided_on,withdraw,reason": "recognitions.csv",
    "week,opens,closes,title,cancelled,reason": "calendar.csv",
    "switch,value,reason": "switches.csv",
    "citizen_id,participant_id,weeks,effect,decided_on,reason": "annulments.csv",
    "question_id,weeks,ruling,answer,reason": "rulings.csv",
    "citizen_id,field,value,from_week,reason": "corrections.csv",
    "unit_code,into,from_week,reason": "mergers.csv",
}


def shown(file: str) -> list[str]:
    """The examples of a file, as somebody copies them from the page."""
    examples = re.findall(r"```csv\n(.*?)```", HANDBOOK, re.DOTALL)
    return [text for text in examples if KINDS.get(text.partition("\n")[0]) == file]


# The rows of its table of files whose last code is the columns.
TABLE = re.findall(r"^\| `([a-z-]+\.csv)` \|(?: [^|`]+ \|)? `([a-z_,\[\]]+)` \|", HANDBOOK, re.MULTILINE)
ANNULMENTS, RULINGS = shown("annulments.csv")[0], shown("rulings.csv")[0]
CITIZEN_ID, MARK = re.findall(r"^(\d{12}),,|^,([0-9a-f]{20}),", ANNULMENTS, re.MULTILINE)
# Who took part in the first week, with the score: the first two are those of the example.
PEOPLE = {participant_id(PEPPER, CITIZEN_ID[0]): 20, MARK[1]: 19, "an": 18, "binh": 17, "chi": 16}


def at(text: str) -> datetime:
    """A moment by the clock of the contest."""
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


class Organiser(Province):
    """Somebody with the handbook, the shipped contest of Nghệ An and real workbooks."""

    def __init__(self) -> None:
        self.revisions, self.entries = MemoryRevisions(), MemoryEntries()
        self.desk = Desk(published=self)
        assert self.send("contest.zip", archive(ROOT / "contests/nghe-an-2022"), at("2022-08-15T09:00"))[
            "accepted"
        ]
        keys = [MASKS[question.answer] for question in paper_of(self.contest())]
        for number, (person, score) in enumerate(PEOPLE.items()):
            record = done(score, 3, started=START_MS + number * MINUTE, duration=5 * MINUTE)
            answers = "".join(keys[:score]).ljust(len(keys), MASKS[0])
            took_part: Entry = entry(person, record._replace(answers=answers), week=1)
            self.entries.items[1, person] = took_part._replace(unit="TP-VINH", category="mandatory")

    def closer(self) -> CloseWeeks:
        shares = Shares(self.entries.read_week, self.desk.desk, "test", collectors)
        reports = Reports(self.desk.desk, registrations=tuple)
        people = MemoryParticipants()
        return closer(shares, people, self.revisions, self.desk.desk, self.desk.site, reports)

    def send(self, file: str, text: Any, now: datetime = at("2022-08-30T09:00")) -> dict[str, Any]:  # noqa: B008
        return self.desk.send(file, text, now)

    def winners(self, what: str) -> list[str]:
        book = self.file(what, "winner-checks.xlsx")
        rows = list(openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].iter_rows(values_only=True))
        head = next(row for row in rows if "participant_id" in row)
        told = [dict(zip(head, row, strict=True)) for row in rows[rows.index(head) + 1 :]]
        return [str(row["participant_id"]) for row in told if row["participant_id"] and row["prize"]]

    def file(self, what: str, name: str) -> bytes:
        return self.objects[f"results/{what}/rev-{self.revisions.pointers[what].revision}/{name}"]

    def change(self, file: str, text: Any, now: datetime) -> None:
        """The three steps of “Sửa kết quả đã công bố”."""
        answer = self.send(file, text, now)
        assert (answer["accepted"], answer["faults"]) == (False, [])
        summary, consequences = openpyxl.load_workbook(
            io.BytesIO(self.objects[f"{sent(file).answer}.xlsx"])
        ).worksheets[:2]
        told = {row[0]: row[1] for row in summary.iter_rows(values_only=True)}
        assert consequences.title == "Hệ quả"
        confirm = f"confirm-{told['Mã xác nhận']}.txt"
        assert CONFIRMATION.fullmatch(confirm)
        assert self.send(confirm, "Biên bản họp Ban Tổ chức số 3", now)["accepted"]
        assert self.close(now)[0].what == "week-1"


@pytest.fixture
def organiser() -> Organiser:
    return Organiser()


def test_an_organiser_stops_extends_corrects_recognises_and_withdraws_by_the_handbook(
    organiser: Organiser,
) -> None:
    (stops,), (dates,) = shown("switches.csv"), shown("calendar.csv")
    recognition, withdrawal = shown("recognitions.csv")

    assert organiser.send("switches.csv", stops, at("2022-08-24T10:00"))["accepted"]
    assert organiser.contest().decisions.stopped == ("starts", "registration")
    again = stops.replace(",off,", ",on,")
    assert organiser.send("switches.csv", again, at("2022-08-24T11:00"))["accepted"]
    assert organiser.contest().decisions.stopped == ()

    assert organiser.send("calendar.csv", dates, at("2022-08-29T07:57"))["accepted"]
    weeks = [(week.number, week.opens, week.closes) for week in organiser.contest().definition.weeks]
    assert [number for number, _, _ in weeks] == [1, 2, 3]
    assert weeks[0][2] == at("2022-08-29T08:10").timestamp() * 1000
    assert weeks[2][1] == at("2022-09-06T08:00").timestamp() * 1000

    assert [made.what for made in organiser.close(at("2022-08-29T08:15"))] == ["week-1"]
    first, second, *others = PEOPLE
    assert organiser.winners("week-1")[:3] == [first, second, "an"]

    organiser.change("annulments.csv", ANNULMENTS, at("2022-08-30T09:00"))
    assert organiser.winners("week-1")[:2] == others[:2]
    organiser.change("rulings.csv", RULINGS, at("2022-08-30T15:00"))
    assert "hai phương án cùng đúng theo quy định mới" in organiser.file("week-1", "bulletin.html").decode()

    early = organiser.send("recognitions.csv", recognition, at("2022-08-31T09:00"))
    assert "khiếu nại" in early["faults"][0]["message"]
    assert organiser.send("recognitions.csv", recognition, at("2022-09-05T09:00"))["accepted"]
    assert organiser.close(at("2022-09-05T09:05"))[0].what == "week-1"
    assert "12/QĐ-BTC" in organiser.file("week-1", "bulletin.html").decode()

    lifted = ANNULMENTS.replace("no_prize", "none").replace("not_counted", "none")
    refused = organiser.send("annulments.csv", lifted, at("2022-09-05T10:00"))
    assert "đã được công nhận" in refused["faults"][0]["message"]
    assert organiser.send("recognitions.csv", withdrawal, at("2022-09-05T11:00"))["accepted"]
    assert organiser.close(at("2022-09-05T11:05"))[0].what == "week-1"
    organiser.change("annulments.csv", lifted, at("2022-09-05T12:00"))
    assert organiser.winners("week-1")[:2] == [first, second]


def test_the_sheet_of_the_winners_is_filled_in_and_sent_back_as_the_handbook_says(organiser: Organiser) -> None:
    organiser.close(at("2022-08-29T08:15"))
    first, second, *_ = PEOPLE
    book = openpyxl.load_workbook(io.BytesIO(organiser.file("week-1", "winner-checks.xlsx")))
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for row in sheet.iter_rows() for cell in row if cell.value}
    failed = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == first)
    sheet.cell(failed, columns["check"], "không đạt")
    sheet.cell(failed, columns["reason"], "thẻ căn cước không phải của người dự thi")
    sent = io.BytesIO()
    book.save(sent)
    organiser.change("winner-checks.xlsx", sent.getvalue(), at("2022-08-30T09:00"))
    assert organiser.winners("week-1")[0] == second


def test_a_notice_is_shown_and_taken_off_as_the_handbook_says(organiser: Organiser) -> None:
    assert organiser.send("notice.txt", "Đang kiểm tra câu 12.")["accepted"]
    assert organiser.contest().decisions.notice == "Đang kiểm tra câu 12."
    assert organiser.send("notice.txt", "")["accepted"]
    assert organiser.contest().decisions.notice == ""


def test_the_examples_of_corrections_and_mergers_can_be_read() -> None:
    faults: list[Fault] = []
    (corrections,), (mergers,) = shown("corrections.csv"), shown("mergers.csv")
    assert len(read_corrections(sent_file("corrections.csv", corrections.encode()), range(1, 5), faults)) == 4
    assert len(read_mergers(sent_file("mergers.csv", mergers.encode()), range(1, 5), faults)) == 1
    assert faults == []


def test_the_table_of_the_inbox_has_the_columns_that_are_read() -> None:
    told = {name: set(re.sub(r"[][]", "", columns).split(",")) for name, columns in TABLE}
    assert told["annulments.csv"] == set(ANNULMENT_COLUMNS)
    assert told["recognitions.csv"] == set(RECOGNITIONS)
    assert told["releases.csv"] == set(RELEASES)
    assert told["rosters.csv"] == set(ROSTER_COLUMNS)
    assert all(told[file] == set(columns.split(",")) for columns, file in KINDS.items())


def test_every_file_that_the_handbook_sends_to_the_inbox_has_the_name_that_the_inbox_knows() -> None:
    known = {*FILES, *DECISION_FILES, *PERSONAL_FILES}
    for kind in {name.partition(".")[0] for name in known}:
        assert f"`{kind}" in HANDBOOK, f"the handbook says nothing of {kind}"
    assert all(shown(file) for file in KINDS.values())
    assert set(KINDS.values()) <= known


def test_the_handbook_names_the_bounds_of_files() -> None:
    bounds = (MOST_ROWS, "dòng"), (LONGEST_CELL, "ký tự"), (MOST_FAULTS, "lỗi"), (LARGEST // 1_000_000, "MB")
    text = " ".join(HANDBOOK.split())
    assert [f"{bound:,} {what}".replace(",", ".") in text for bound, what in bounds] == [True] * 4
