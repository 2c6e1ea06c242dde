"""Files in the inbox about individuals: codes for lost passwords, their data, their erasure."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from openpyxl import load_workbook

from chalicelib.documents import revoked_tokens
from chalicelib.documents.canonical import digest
from chalicelib.documents.closed_week import RankingRow
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.plain_file import pack_source
from chalicelib.domain.attempt import Entry
from chalicelib.domain.decisions import Decisions, Ruling
from chalicelib.domain.errors import AlreadyRegistered, Unauthorized, WrongCredentials
from chalicelib.domain.identity import participant_id
from chalicelib.domain.receipt import erased, salt_key
from chalicelib.readers.contest_files import FILES, PERSONAL_FILES
from chalicelib.readers.plain import plain_files
from chalicelib.reports.xlsx import plain_book
from chalicelib.services.contest.compiled_rosters import load_rosters
from chalicelib.services.contest.reference import RECHECK_MS, source_key
from chalicelib.services.intake.personal_files import PersonalFiles
from chalicelib.services.intake.place import rightly
from chalicelib.services.people.data_subject import DataSubject
from chalicelib.services.people.lookup import Lookup
from chalicelib.services.people.password_resets import one_time_code
from chalicelib.services.ports import SHARDS, EntryStore
from tests.fakes import MINUTE, START_MS, WEEK, MemoryEntries, definition
from tests.pointers import show_week
from tests.readers.contest_files import contest_files
from tests.readers.workbooks import as_workbook
from tests.services.intake.inbox import Desk, as_read, plain
from tests.web.counter import AN, BINH, HOME, PEPPER, Counter, body

SALTS = salt_key(PEPPER)
STRANGER = "040090000999"
AN_ID, BINH_ID = (participant_id(PEPPER, person["citizen_id"]) for person in (AN, BINH))

FIRST_CODE = one_time_code(PEPPER, "00000001", AN_ID)


class Office:
    """A running contest in which An and Bình are registered, and the operator's desk."""

    def __init__(self, *, loaded: bool = True) -> None:
        self.counter = Counter(loaded=loaded)
        self.desk = self.counter.desk
        self.use(self.counter.entries)
        if loaded:
            self.source()
            self.an, self.binh = self.counter.arrive(AN), self.counter.arrive(BINH)

    def source(self, **changed: str) -> None:
        """The organisers' files, as intake has left them."""
        told = ContestInForce.decode(self.desk.objects[CURRENT])
        packed = pack_source(plain_files(contest_files(**changed)))
        self.desk.objects[CURRENT] = replace(told, source=digest(packed)).encode()
        self.desk.objects[source_key(digest(packed))] = packed

    def use(self, entries: EntryStore) -> None:
        self.events = count(1)
        subject = DataSubject(self.desk, self.counter.people, entries, PEPPER, SALTS)
        self.requests = PersonalFiles(
            self.desk,
            self.counter.people,
            subject,
            Lookup(self.desk, self.counter.people, entries, self.everybody, PEPPER, SALTS, b"log"),
            self.counter.revocations,
            self.counter.exam.library.current,
            PEPPER,
            plain_book,
        )

    def everybody(self, week: int, shards: Sequence[str] = SHARDS) -> Iterator[Entry]:
        """All entries of the week, in these shards."""
        for entry in self.counter.entries.items.values():
            if entry.week == week and entry.participant_id[:2] in shards:
                yield entry

    def send(self, file: str, text: str | bytes) -> dict[str, Any]:
        data = text if isinstance(text, bytes) else text.encode()
        number = next(self.events)
        place = rightly(file, version=f"v{number}")
        read = as_read(file, data)
        return plain(self.requests.take_over(place, read, self.counter.clock.moment(), f"{number:08}"))

    def erase(self, citizen_id: str = AN["citizen_id"]) -> dict[str, Any]:
        return self.send("data-requests.csv", f"citizen_id,request\n{citizen_id},erase\n")

    def export(self, citizen_id: str = AN["citizen_id"]) -> Any:
        report = self.send("data-requests.csv", f"citizen_id,request\n{citizen_id},export\n")
        return json.loads(self.desk.objects[f"{report['taken']['answers']}{AN_ID}.json"])

    def sheet(self, report: dict[str, Any], name: str) -> list[list[Any]]:
        book = load_workbook(io.BytesIO(self.desk.objects[report["taken"]["answers"] + name]))
        return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]

    def sit(self) -> dict[str, Any]:
        attempt = self.counter.start(self.an)
        self.counter.clock.now += MINUTE
        self.counter.submit(self.an, attempt, wrong=2, prediction=7)
        return attempt

    def entry(self) -> Entry:
        return self.counter.entries.items[1, AN_ID]


def test_a_code_comes_with_the_data_to_identify_the_person_by_telephone() -> None:
    office = Office()
    report = office.send("password-resets.csv", f"citizen_id\n{AN['citizen_id']}\n{STRANGER}\n")
    assert report["accepted"]
    assert report["taken"] == {"codes": 1, "not_registered": 1, "answers": report["taken"]["answers"]}
    header, an, nobody = office.sheet(report, "password-resets.xlsx")
    assert header == ["citizen_id", "full_name", "phone", "unit_code", "code", "valid_until", "note"]
    assert an[:6] == [
        "040090000001", "Nguyễn Văn An", "0912345678", "SO-A", FIRST_CODE, "08:00 ngày 29/8/2022",
    ]  # fmt: skip
    assert (nobody[0], nobody[1:6]) == (STRANGER, [None] * 5)


def test_a_person_sets_a_new_password_with_the_code() -> None:
    office = Office()
    office.send("password-resets.xlsx", as_workbook(f"citizen_id\n{AN['citizen_id']}\n"))
    sent = {"citizen_id": AN["citizen_id"], "code": FIRST_CODE, "password": "mật khẩu mới"}
    office.counter.account.reset_password(body(sent), HOME)
    assert office.counter.sign_in({**AN, "password": "mật khẩu mới"})
    with pytest.raises(WrongCredentials):
        office.counter.sign_in(AN)


def test_a_person_named_twice_gets_one_code() -> None:
    office = Office()
    report = office.send("password-resets.csv", f"citizen_id\n{AN['citizen_id']}\n{AN['citizen_id']}\n")
    assert report["taken"]["codes"] == 1


def test_the_report_beside_the_inbox_holds_nothing_personal_and_no_code() -> None:
    office = Office()
    office.send("password-resets.csv", f"citizen_id\n{AN['citizen_id']}\n")
    stored = office.desk.objects["intake/month/account/password-resets.csv.v1.json"].decode()
    for secret in ("040090000001", "An", "0912345678", FIRST_CODE):
        assert secret not in stored
    book = office.desk.objects["intake/month/account/password-resets.csv.v1.xlsx"]
    told = load_workbook(io.BytesIO(book)).worksheets[0]
    rows = dict(told.iter_rows(values_only=True))
    assert rows["Kết quả"].startswith("Đã thực hiện")
    assert rows["Mã đặt lại mật khẩu đã cấp"] == 1


@pytest.mark.parametrize(
    ("file", "table", "row", "column"),
    [
        ("password-resets.csv", "citizen_id\n40090000001\n", 2, "citizen_id"),
        ("password-resets.csv", "citizen_id\n", 0, ""),
        ("password-resets.csv", "", 1, ""),
        ("password-resets.csv", "citizen_id,note\n040090000001,x\n", 1, "note"),
        ("data-requests.csv", "citizen_id\n040090000001\n", 1, "request"),
        ("data-requests.csv", "citizen_id,request\n040090000001,delete\n", 2, "request"),
        ("data-requests.csv", "citizen_id,request\n040090000001,erase\n1,erase\n", 3, "citizen_id"),
        ("data-requests.xlsx", "no workbook", 0, ""),
    ],
)
def test_a_file_with_a_fault_does_nothing_and_says_where(file: str, table: str, row: int, column: str) -> None:
    office = Office()
    before = dict(office.counter.people.people)
    report = office.send(file, table)
    assert not report["accepted"]
    assert (report["faults"][0]["row"], report["faults"][0]["column"]) == (row, column)
    assert office.counter.people.people == before
    assert [key for key in office.desk.objects if key.startswith("intake/")] == [
        f"intake/month/account/{file}.v1.{ending}" for ending in ("xlsx", "json")
    ]


def test_there_is_nobody_to_ask_for_before_a_contest_is_loaded() -> None:
    report = Office(loaded=False).erase()
    assert not report["accepted"]
    assert "chưa có cuộc thi" in report["faults"][0]["message"]


@pytest.mark.parametrize("file", PERSONAL_FILES)
def test_every_request_file_name_is_understood_and_belongs_to_no_contest_file(file: str) -> None:
    assert file not in FILES
    header, row = {
        "password-resets": ("citizen_id", STRANGER),
        "data-requests": ("citizen_id,request", f"{STRANGER},erase"),
        "claimants": ("unit_code", "SO-A"),
        "lookups": ("citizen_id", STRANGER),
    }[file.partition(".")[0]]
    table = f"{header}\n{row}\n"
    report = Office().send(file, as_workbook(table) if file.endswith("xlsx") else table)
    assert report["accepted"]


def test_a_person_gets_all_their_stored_data() -> None:
    office = Office()
    attempt = office.sit()
    told = office.export()
    assert told["person"] == {
        "participant_id": AN_ID,
        "citizen_id": "040090000001",
        "full_name": "Nguyễn Văn An",
        "date_of_birth": "1990-05-06",
        "gender": "male",
        "phone": "0912345678",
        "unit_code": "SO-A",
        "category": "mandatory",
        "verified": "tự khai",
        "registered_at": "2022-08-22T08:00:00+07:00",
        "kept_until": "2023-03-18T08:00:00+07:00",
        "password": "chỉ lưu dạng băm argon2id, không đọc lại được",
    }
    assert told["attempts"] == [
        {
            "attempt_id": attempt["attempt_id"],
            "status": "submitted",
            "started_at": "2022-08-22T08:00:00+07:00",
            "submitted_at": "2022-08-22T08:01:00+07:00",
            "duration_ms": 60_000,
            "score": 3,
            "ruled_score": None,
            "prediction": 7,
            "answers": "1: –; 2: –; 3: B; 4: A, D; 5: B",
        }
    ]
    assert "plain:" not in json.dumps(told)


def test_a_person_also_gets_their_own_rows_of_the_organisers_files_and_results_and_no_others() -> None:
    office = Office()
    rows = f"SO-A,An,{AN['citizen_id']},0\nSO-B,Bình,{BINH['citizen_id']},0\n"
    office.source(rosters="unit_code,full_name,citizen_id,exempt\n" + rows)
    ranking = [
        RankingRow(person, "SO-A", "mandatory", True, True, right, None, 60_000, START_MS, 1)
        for person, right in ((BINH_ID, 5), (AN_ID, 3))
    ]
    show_week(office.desk, 2, ranking)
    told = office.export()
    assert told["lists"] == [
        {"source": "rosters", "unit_code": "SO-A", "full_name": "An", "citizen_id": AN["citizen_id"],
         "exempt": "False", "category": "mandatory", "reason": ""},
        {"source": "results/week-1/rev-2/individual_ranking.csv.gz", "rank": "2", "participant_id": AN_ID,
         "unit": "SO-A", "category": "mandatory", "obliged": "True", "took_part": "True", "score": "3",
         "prediction": "", "duration": "60000", "received": str(START_MS), "attempts": "1",
         "verified": "none"},
    ]  # fmt: skip


def test_the_claimants_of_a_unit_are_listed_for_its_coordinator_and_their_sheet_is_the_roster() -> None:
    office = Office()
    ranking = [
        RankingRow(person, unit, "mandatory", True, True, 3, None, 60_000, START_MS, 1)
        for person, unit in ((BINH_ID, "SO-B"), (AN_ID, "SO-A"), ("e" * 20, "SO-A"))
    ]
    show_week(office.desk, 1, ranking)
    report = office.send("claimants.csv", "unit_code\nSO-A\n")
    assert report["taken"] == {
        "claimants": 1,
        "answers": report["taken"]["answers"],
    }  # the erased one has no name
    header, an = office.sheet(report, "rosters-SO-A.xlsx")
    assert dict(zip(header, an, strict=True)) == {
        "unit_code": "SO-A", "full_name": "Nguyễn Văn An", "citizen_id": None, "exempt": None,
        "category": "mandatory", "reason": None, "participant_id": AN_ID, "citizen_id_masked": "040******001",
        "note": None,
    }  # fmt: skip

    desk = Desk()
    desk.put()
    sheet = office.desk.objects[f"{report['taken']['answers']}rosters-SO-A.xlsx"]
    assert desk.send("rosters-SO-A.xlsx", sheet)["faults"] == []
    (roster,) = load_rosters(desk.desk, desk.library().current(), 1)
    assert [one.participant_id for one in roster.members] == [AN_ID]

    unknown = office.send("claimants.csv", "unit_code\nSO-X\n")
    assert [fault["column"] for fault in unknown["faults"]] == ["unit_code"]


def test_a_person_can_read_the_export_in_excel() -> None:
    office = Office()
    office.sit()
    office.export()
    (key,) = [key for key in office.desk.objects if key.endswith(f"{AN_ID}.xlsx")]
    book = load_workbook(io.BytesIO(office.desk.objects[key]))
    assert book.sheetnames == ["Thông tin", "Lượt thi", "Danh sách"]
    told = dict(book["Thông tin"].iter_rows(values_only=True))
    assert (told["Họ và tên"], told["Số căn cước công dân"]) == ("Nguyễn Văn An", "040090000001")
    assert list(book["Lượt thi"].iter_rows(values_only=True))[1][5] == "3"


def test_nothing_is_left_of_an_erased_person_but_the_results_that_count() -> None:
    office = Office()
    office.sit()
    before = office.entry()
    report = office.erase()
    assert report["taken"]["erased"] == 1
    assert office.sheet(report, "data-requests.xlsx")[1][:3] == ["040090000001", "erase", "erased"]
    (kept,) = office.entry().finished
    assert kept == erased(before, SALTS).finished[0]
    assert office.entry()._replace(finished=()) == before._replace(finished=())
    assert AN_ID not in office.counter.people.people
    assert BINH_ID in office.counter.people.people


def test_an_erased_person_can_neither_sign_in_nor_register_again() -> None:
    office = Office()
    office.erase()
    with pytest.raises(WrongCredentials):
        office.counter.sign_in(AN)
    with pytest.raises(Unauthorized):
        office.counter.account.me(office.an)
    with pytest.raises(AlreadyRegistered):
        office.counter.register(AN)


def test_an_erased_persons_session_ends_and_that_of_others_goes_on() -> None:
    office = Office()
    office.erase()
    office.counter.clock.now += RECHECK_MS
    with pytest.raises(Unauthorized):
        office.counter.start(office.an)
    office.counter.start(office.binh)


def test_an_erasure_sent_again_ends_the_session_that_a_broken_one_left() -> None:
    office = Office()
    office.counter.people.erase(AN_ID, START_MS)  # then the function was killed
    office.erase()
    assert AN_ID in revoked_tokens.decode(office.desk.objects[revoked_tokens.KEY])


def test_after_a_release_a_number_means_its_owner_and_an_id_the_stranger() -> None:
    office = Office()
    next_id = participant_id(PEPPER, AN["citizen_id"], 1)
    office.counter.people.pass_on(AN_ID, AN_ID, next_id, 1)
    office.counter.register({**AN, "full_name": "Trần Văn Chủ"})
    report = office.send("data-requests.csv", f"citizen_id,request\n{AN['citizen_id']},export\n")
    told = json.loads(office.desk.objects[f"{report['taken']['answers']}{next_id}.json"])
    assert told["person"]["full_name"] == "Trần Văn Chủ"
    codes = office.sheet(
        office.send("password-resets.csv", f"citizen_id\n{AN['citizen_id']}\n"), "password-resets.xlsx"
    )
    assert codes[1][1] == "Trần Văn Chủ"
    asked = f"citizen_id,participant_id,request\n,{AN_ID},export\n,{AN_ID},erase\n"
    report = office.send("data-requests.csv", asked)
    told = json.loads(office.desk.objects[f"{report['taken']['answers']}{AN_ID}.json"])
    assert (told["person"]["full_name"], report["taken"]["erased"]) == ("Nguyễn Văn An", 1)
    assert office.counter.people.people.keys() == {BINH_ID, next_id}
    assert office.counter.sign_in(AN)


def test_a_request_names_a_person_in_one_way() -> None:
    office = Office()
    both = f"citizen_id,participant_id,request\n{AN['citizen_id']},{AN_ID},erase\n"
    (fault,) = office.send("data-requests.csv", both)["faults"]
    assert "ghi một trong hai" in fault["message"]


def test_nobody_is_erased_during_an_attempt() -> None:
    office = Office()
    office.counter.start(office.an)
    report = office.erase()
    assert report["taken"]["postponed"] == 1
    office.counter.clock.now += RECHECK_MS
    office.counter.start(office.an)
    assert AN_ID in office.counter.people.people
    assert office.entry().open is not None


def test_an_overdue_attempt_is_settled_before_the_erasure_and_counts_as_usual() -> None:
    office = Office()
    attempt = office.counter.start(office.an)
    answers = office.counter.answers(attempt, wrong=1)
    office.counter.exam.save(office.an, attempt["attempt_id"], body({"answers": answers, "revision": 0}))
    office.counter.clock.now += WEEK
    assert office.erase()["taken"]["erased"] == 1
    (kept,) = office.entry().finished
    assert (kept.status, kept.score, kept.erased) == ("overdue", 4, True)
    assert office.entry().open is None


def test_an_erased_attempt_keeps_the_score_under_the_rulings_of_that_day() -> None:
    office = Office()
    attempt = office.sit()
    blank = attempt["questions"][0]["id"]
    ruling = Ruling(blank, (1,), (), "câu hỏi sai", "2022-08-24T09:00:00+07:00")
    office.counter.load(definition(), decisions=Decisions(rulings=(ruling,)))
    office.counter.clock.now += 2 * MINUTE
    assert office.erase()["taken"]["erased"] == 1
    (kept,) = office.entry().finished
    assert (kept.erased, kept.score, kept.told_score) == (True, 4, 3)


def test_an_attempt_that_starts_meanwhile_stops_the_erasure() -> None:
    office = Office()
    office.sit()

    class Slow(MemoryEntries):
        def erase(self, before: Entry, after: Entry) -> bool:
            office.counter.start(office.an)
            return super().erase(before, after)

    slow = Slow()
    slow.items = office.counter.entries.items
    office.use(slow)
    assert office.erase()["taken"]["postponed"] == 1
    assert office.entry().finished[0].answers
    assert AN_ID in office.counter.people.people


def test_a_request_that_broke_off_halfway_can_be_sent_again() -> None:
    office = Office()
    office.sit()
    office.counter.entries.items[1, AN_ID] = erased(office.entry(), SALTS)
    assert office.erase()["taken"]["erased"] == 1


def test_asking_again_erases_attempts_an_erased_person_made_with_an_old_session() -> None:
    office = Office()
    office.counter.account.me(office.an)  # looks at the list, and so not again for ten seconds
    office.erase()
    attempt = office.counter.start(office.an)
    office.counter.clock.now += RECHECK_MS // 2
    office.counter.submit(office.an, attempt, wrong=2, prediction=7)
    assert office.entry().finished[0].answers
    office.counter.clock.now += MINUTE
    assert office.erase()["taken"]["erased"] == 1
    assert office.entry().finished[0].erased


def test_a_person_who_asks_for_both_gets_the_data_before_they_are_erased() -> None:
    office = Office()
    citizen = AN["citizen_id"]
    report = office.send("data-requests.csv", f"citizen_id,request\n{citizen},erase\n{citizen},export\n")
    assert (report["taken"]["exported"], report["taken"]["erased"]) == (1, 1)
    assert f"{report['taken']['answers']}{AN_ID}.json" in office.desk.objects


def test_requests_are_answered_in_a_folder_of_their_own() -> None:
    office = Office()
    for _ in range(2):
        office.export()
        office.counter.clock.now += MINUTE
    answers = "intake/month/account/data-requests.csv.v"
    folders = {key.rpartition("/")[0] for key in office.desk.objects if key.startswith(answers)}
    assert folders == {"intake/month/account", f"{answers}1", f"{answers}2"}
