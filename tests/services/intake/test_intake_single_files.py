"""A single file in the inbox replaces the file of its kind, or is kept until there is a first contest."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.plain_file import PlainFile, pack_source, unpack_source
from chalicelib.domain.errors import Busy
from chalicelib.domain.identity import participant_id
from chalicelib.readers.contest_files import LARGEST
from chalicelib.readers.plain import plain_files
from chalicelib.services.contest.reference import Library, source_key
from chalicelib.services.intake.intake import GATHERING, Intake
from tests.fakes import Clock, MemoryObjects
from tests.readers.contest_files import (
    EXCLUSIONS,
    QUESTIONS,
    TOML,
    UNITS,
    contest_files,
    zipped,
)
from tests.readers.workbooks import as_workbook
from tests.services.intake.inbox import LATER, NOW, PEPPER, Desk, bare_intake, plain, take

OPEN = datetime(2022, 8, 23, 1, 0, tzinfo=UTC)
ONE_MORE = EXCLUSIONS + "040080000003,Tổ ra đề,,\n"
GIFT = "// status: approved\n\n::Q1::Một?{=a ~b}\n\n::Q2::Hai?{T}\n\n::Q3::Ba?{=a ~b}\n"


def sources(desk: MemoryObjects) -> dict[str, PlainFile]:
    pointer = json.loads(desk.objects[CURRENT])
    return unpack_source(desk.objects[source_key(pointer["source"])]).files


@pytest.mark.parametrize("file", ["exclusions.csv", "exclusions.xlsx"])
def test_a_single_file_replaces_the_file_of_its_kind(file: str) -> None:
    desk = Desk()
    desk.put()
    content = ONE_MORE if file.endswith("csv") else as_workbook(ONE_MORE)
    report = desk.send(file, content, LATER)
    assert (report["accepted"], report["taken"]["exclusions"]) == (True, 3)
    assert participant_id(PEPPER, "040080000003") in desk.library().current().excluded
    before = contest_files()
    del before["exclusions.csv"]
    sent = content.encode() if isinstance(content, str) else content
    assert sources(desk.desk) == plain_files({**before, file: sent})


def test_a_single_file_gives_the_same_result_as_the_whole_folder() -> None:
    single, whole = Desk(), Desk()
    for desk in (single, whole):
        desk.put()
    single.send("units.csv", UNITS.replace("Sở B", "Sở Bê"), LATER)
    whole.put(LATER, units=UNITS.replace("Sở B", "Sở Bê"))
    one, other = (json.loads(desk.desk.objects[CURRENT])["reference"] for desk in (single, whole))
    assert one == other
    assert single.site.objects == whole.site.objects


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("contest.toml", TOML.replace("0238 000 000", "0238 111 111")),
        ("questions.gift", GIFT),
        ("questions.xlsx", as_workbook(QUESTIONS)),
        ("units.xlsx", as_workbook(UNITS)),
        ("rosters.csv", "unit_code,full_name,citizen_id,exempt\nSO-A,Lê An,040085000001,\n"),
        ("exclusions.csv", EXCLUSIONS),
        ("guide.md", "# Mới\n"),
    ],
)
def test_every_kind_of_file_may_come_alone(file: str, content: str | bytes) -> None:
    desk = Desk()
    desk.put()
    assert desk.send(file, content, LATER)["faults"] == []


def test_files_may_follow_each_other() -> None:
    desk = Desk()
    desk.put()
    desk.send("units.csv", UNITS.replace("Sở B", "Sở Bê"), LATER)
    desk.send("guide.md", "# Mới\n", LATER)
    desk.send("questions.gift", GIFT, LATER)
    assert desk.library().current().units[1].name == "Sở Bê"
    assert {"questions.gift", "guide.md"} < set(sources(desk.desk))
    assert "questions.csv" not in sources(desk.desk)


def test_the_same_file_again_changes_nothing() -> None:
    desk = Desk()
    desk.put()
    desk.send("units.csv", UNITS.replace("Sở B", "Sở Bê"))
    before = desk.everything_but_reports()
    desk.send("units.csv", UNITS.replace("Sở B", "Sở Bê"))
    assert desk.everything_but_reports() == before


def test_a_zip_of_the_folder_itself_is_a_source_too() -> None:
    desk = Desk()
    files = contest_files()
    desk.send("thi.zip", zipped({f"thi/{name}": data for name, data in files.items()} | {"thi/~$x.csv": b"x"}))
    assert desk.send("guide.md", "# Mới", LATER)["accepted"]
    assert set(sources(desk.desk)) == set(files)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("units.csv", "code,name\n"),
        ("units.xlsx", b"junk"),
        ("questions.gift", "Một?{T}"),
        ("contest.toml", TOML.replace("weeks = 4", "weeks = ")),
        ("contest.toml", TOML.replace("questions = 3", "questions = 9")),
        ("exclusions.csv", "citizen_id,role,effect,note\n40080000001,Ban Tổ chức,,\n"),
        ("guide.md", b"\xff"),
        ("units.csv", b"x" * (LARGEST + 1)),
        ("units.xls", b"x"),
        ("danh sách.xlsx", as_workbook(UNITS)),
        ("ảnh.png", b"x"),
    ],
)
def test_a_faulty_file_leaves_everything_as_it_was(file: str, content: str | bytes) -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    report = desk.send(file, content, LATER)
    assert (report["accepted"], report["taken"]) == (False, {})
    assert report["faults"]
    assert desk.everything_but_reports() == before


def test_a_file_that_does_not_fit_the_others_is_told_so() -> None:
    desk = Desk()
    desk.put(rosters="unit_code,full_name,citizen_id,exempt\nSO-B,Lê An,040085000001,\n")
    report = desk.send("units.csv", UNITS.replace("SO-B", "SO-C"), LATER)
    assert [fault["file"] for fault in report["faults"]] == ["units.csv", "rosters.csv"]
    assert "contest.zip" in report["faults"][0]["message"]


LAST_WEEK = OPEN + timedelta(weeks=3)


@pytest.mark.parametrize(
    ("file", "content", "accepted"),
    [
        ("questions.gift", GIFT, False),
        ("contest.toml", TOML.replace("questions = 3", "questions = 2"), False),
        ("exclusions.csv", ONE_MORE, True),
        ("units.csv", UNITS.replace("Sở B", "Sở Bê"), True),
        ("guide.md", "# Mới", True),
    ],
)
def test_a_change_that_is_too_late_in_a_folder_is_too_late_alone(
    file: str, content: str, *, accepted: bool
) -> None:
    desk = Desk()
    desk.put()
    assert desk.send(file, content, LAST_WEEK)["accepted"] is accepted


def test_a_bank_that_is_too_late_is_named_by_its_file() -> None:
    desk = Desk()
    desk.put()
    report = desk.send("questions.gift", GIFT, LAST_WEEK)
    assert [fault["file"] for fault in report["faults"]] == ["questions.gift"]


def test_new_questions_that_come_alone_hold_from_the_next_week() -> None:
    desk = Desk()
    desk.put()
    assert desk.send("questions.gift", GIFT, OPEN)["taken"]["from_week"] == 2


def test_a_folder_is_needed_without_the_sources_of_the_contest_in_force() -> None:
    desk = Desk()
    desk.put()
    pointer = json.loads(desk.desk.objects[CURRENT])
    key = source_key(pointer["source"])
    del desk.desk.objects[key], desk.desk.versions[key]
    assert "contest.zip" in desk.send("guide.md", "# Mới")["faults"][0]["message"]
    assert desk.put(LATER)["accepted"]


def test_two_files_of_one_kind_are_a_fault() -> None:
    desk = Desk()
    twice = zipped({**contest_files(), "questions.xlsx": as_workbook(QUESTIONS)})
    (fault,) = desk.send("c.zip", twice)["faults"]
    assert fault["file"] == "questions.xlsx"
    assert "questions.csv" in fault["message"]


# ---- before the first contest


def test_single_files_gather_before_the_first_contest() -> None:
    desk = Desk()
    first = desk.send("units.csv", UNITS)
    assert (first["accepted"], first["taken"]["gathered"]) == (True, ["units.csv"])
    assert [names.split(" / ")[0] for names in first["taken"]["missing"]] == ["contest.toml", "questions.csv"]
    second = desk.send("questions.xlsx", as_workbook(QUESTIONS))
    assert second["taken"] == {"gathered": ["questions.xlsx", "units.csv"], "missing": ["contest.toml"]}
    assert CURRENT not in desk.desk.objects
    assert desk.site.objects == {}
    last = desk.send("contest.toml", TOML)
    assert (last["accepted"], last["taken"]["units"], last["taken"]["questions_approved"]) == (True, 2, 4)
    assert desk.library().current().definition.contest.id == "thi-thu"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_gathering_does_not_matter(order: tuple[int, ...]) -> None:
    files = [("contest.toml", TOML), ("questions.csv", QUESTIONS), ("units.csv", UNITS)]
    desk, whole = Desk(), Desk()
    for place in order:
        desk.send(*files[place])
    whole.put(exclusions=None, guide=None)
    assert desk.site.objects == whole.site.objects


def test_a_file_replaces_the_gathered_one_of_its_kind() -> None:
    desk = Desk()
    desk.send("questions.csv", QUESTIONS)
    assert desk.send("questions.gift", GIFT)["taken"]["gathered"] == ["questions.gift"]


def test_a_faulty_file_does_not_gather() -> None:
    desk = Desk()
    desk.send("units.csv", UNITS)
    before = desk.everything_but_reports()
    assert not desk.send("questions.csv", "id\n")["accepted"]
    assert desk.everything_but_reports() == before


def test_the_file_that_completes_a_contest_is_refused_if_the_whole_has_a_fault() -> None:
    desk = Desk()
    desk.send("units.csv", UNITS)
    desk.send("questions.csv", QUESTIONS)
    before = desk.everything_but_reports()
    report = desk.send("contest.toml", TOML.replace("questions = 3", "questions = 9"))
    assert [fault["file"] for fault in report["faults"]] == ["contest.toml", "questions.csv"]
    assert desk.everything_but_reports() == before
    assert desk.send("contest.toml", TOML)["accepted"]


def test_rosters_may_come_before_units() -> None:
    desk = Desk()
    assert desk.send("rosters.csv", "unit_code,full_name,citizen_id,exempt\nSO-X,Lê An,040085000001,\n")[
        "accepted"
    ]
    report = desk.send("units.csv", UNITS)
    assert [fault["file"] for fault in report["faults"]] == ["units.csv", "rosters.csv"]


def test_a_whole_zip_ignores_gathered_files() -> None:
    desk = Desk()
    desk.send("guide.md", "# Cũ")
    desk.put()
    assert sources(desk.desk) == plain_files(contest_files())


# ---- several at once


class Overtaking(MemoryObjects):
    """Somebody else takes over another file before a conditional write."""

    def __init__(self) -> None:
        super().__init__()
        self.others: list[Any] = []

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        if self.others:
            self.others.pop()()
        return super().replace(key, before, after)


def overtaken_desk() -> tuple[Overtaking, Intake]:
    desk = Overtaking()
    return desk, bare_intake(desk, MemoryObjects())


def test_two_files_at_once_are_both_taken_over() -> None:
    desk, intake = overtaken_desk()
    take(intake, "c.zip", zipped(contest_files()), NOW)
    desk.others = [lambda: take(intake, "guide.md", b"# New", NOW)]
    report = plain(take(intake, "units.csv", UNITS.replace("Sở B", "Sở Bê").encode(), NOW))
    assert report["accepted"]
    assert sources(desk) == plain_files(
        {**contest_files(units=UNITS.replace("Sở B", "Sở Bê")), "guide.md": b"# New"}
    )
    assert intake.site.get("data/guide.html") == b"<h1>New</h1>\n"
    assert Library(desk, Clock()).current().units[1].name == "Sở Bê"


def test_files_that_arrive_at_once_all_gather() -> None:
    desk, intake = overtaken_desk()
    desk.others = [
        lambda: take(intake, "questions.csv", QUESTIONS.encode(), NOW),
        lambda: take(intake, "contest.toml", TOML.encode(), NOW),
    ]
    take(intake, "units.csv", UNITS.encode(), NOW)
    assert json.loads(desk.objects[CURRENT])["contest"] == "thi-thu"


def test_an_intake_overtaken_again_and_again_gives_up_so_that_lambda_tries_later() -> None:
    desk, intake = overtaken_desk()

    def other() -> None:
        packed = pack_source({"guide.md": PlainFile(text=str(len(desk.others)))})
        desk.objects[source_key(digest(packed))] = packed
        desk.objects[GATHERING] = digest(packed).encode()

    desk.others = [other] * 100
    with pytest.raises(Busy):
        take(intake, "units.csv", UNITS.encode(), NOW)
