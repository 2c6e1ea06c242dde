"""The inbox fetches a file once, within bounds, and hands it to the use case that its name calls for."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, NoReturn

import pytest

from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.plain_file import ReadFile
from chalicelib.domain.identity import code_id
from chalicelib.readers.contest_files import DECISION_FILES, FILES, LARGEST, PERSONAL_FILES
from chalicelib.services.contest.reference import load
from chalicelib.services.intake.inbox import Delivery, Inbox
from chalicelib.services.intake.place import Place, place_of
from chalicelib.services.ports import Unreadable
from tests.fakes import MINUTE, MemoryDeliveries, MemoryObjects
from tests.readers.contest_files import UNITS, contest_files, zipped
from tests.services.intake.inbox import NOW, Desk, as_read, plain, sent
from tests.services.intake.test_personal_files import AN, AN_ID, Office
from tests.web.counter import PEPPER as OFFICE_PEPPER

DAY = 24 * 60 * MINUTE
RESET = f"citizen_id\n{AN['citizen_id']}\n".encode()
# The design's list, and what goes with it: whose card was checked, who claims a unit.
ABOUT_PEOPLE = (
    *("rosters", "corrections", "releases", "annulments", "lookups", "password-resets", "data-requests"),
    *("winner-checks", "claimants"),
)
SUB = "29ea4c8d-7041-70aa-0000-000000000000"
DEADLY = b"kills whoever reads it"
SWITCH = "switch,value,reason\nstarts,{},sửa câu 12\n"


def delivery(key: str, version: str = "v1", sequencer: str = "10", request: str = "r1") -> Delivery:
    return Delivery(key, version, sequencer, request)


class Reader:
    """Reads objects, and notes what it was asked for; they have versions, of which the last is the newest."""

    def __init__(self, objects: dict[str, bytes] | None = None) -> None:
        self.objects = {(key, "v1"): data for key, data in (objects or {}).items()}
        self.asked: list[str] = []

    def __call__(self, key: str, version: str, delivery: str) -> ReadFile | None:
        self.asked.append(key)
        data = self.objects.get((key, version))
        if data == DEADLY:
            raise Unreadable
        return None if data is None else as_read(key.rpartition("/")[2], data)


class People:
    def take_over(self, place: Place, read: ReadFile, now: object, delivery: str) -> dict[str, Any]:
        return {"place": place, "people": read.sha256, "now": now}


def never() -> NoReturn:
    raise AssertionError("this file is not for them")


def inbox(objects: dict[str, bytes], contest: Any = never, people: Any = never) -> tuple[Inbox, Reader]:
    desk = Reader(objects)
    return Inbox(desk, MemoryObjects(), contest, people, MemoryDeliveries, lambda: NOW), desk


def test_a_file_about_individuals_goes_to_the_people_use_case() -> None:
    key = f"inbox/month/{SUB}/data-requests.csv"
    box, _ = inbox({key: b"x"}, people=People)
    report: Any = box.take_over(delivery(key))
    assert (report["place"], report["people"]) == (Place("month", SUB, "data-requests.csv", "v1"), digest(b"x"))
    assert abs(report["now"] - NOW) < timedelta(milliseconds=1)


def test_every_other_file_is_treated_as_a_contest_file() -> None:
    desk = Desk()
    key = "inbox/kept/account/holiday.jpg"
    box, _ = inbox({key: b"x"}, contest=lambda: desk.intake)
    assert not plain(box.take_over(delivery(key)))["accepted"]
    assert not json.loads(desk.desk.objects["intake/kept/account/holiday.jpg.v1.json"])["accepted"]


def test_a_file_is_read_once_and_one_that_is_too_large_is_answered() -> None:
    desk = Desk()
    key = sent("c.zip").key
    box, reader = inbox({key: b"x" * (LARGEST + 1)}, contest=lambda: desk.intake)
    assert "20 MB" in str(plain(box.take_over(delivery(key)))["faults"])
    assert reader.asked == [key]


@pytest.mark.parametrize("file", ["units.xlsx", "password-resets.csv"])
def test_a_file_that_its_reader_died_over_is_answered_and_not_tried_again(file: str) -> None:
    post = PostOffice()
    post.put(file, DEADLY)
    answer = post.deliver(file)
    assert (answer["accepted"], answer["fault_count"]) == (False, 1)
    assert "không đọc được" in answer["faults"][0]["message"]
    assert post.deliver(file, request="r2") is None


def test_a_folder_is_not_a_file() -> None:
    box, bucket = inbox({})
    for folder in ("", "new folder/", "kept/", f"month/{SUB}/"):
        assert box.take_over(delivery(f"inbox/{folder}")) is None
    assert bucket.asked == []


@pytest.mark.parametrize(
    ("folder", "file", "right", "answer"),
    [
        ("", "units.csv", "kept/account", "kept/account"),
        ("", "rosters.csv", "month/account", "kept/account"),
        ("kept/", "contest.zip", "kept/account", "kept/account"),
        ("archive/2021/", "contest.zip", "kept/account", "kept/account"),
        ("templates/", "bulletin.docx", "kept/account", "kept/account"),
        (f"kept/{SUB}/old/", "contest.zip", f"kept/{SUB}", f"kept/{SUB}"),
        ("kept/an ổi/", "units.csv", "kept/account", "kept/account"),
        (f"kept/{SUB}/", "rosters.xlsx", f"month/{SUB}", f"kept/{SUB}"),
        (f"kept/{SUB}/", "rosters-SO-A.csv", f"month/{SUB}", f"kept/{SUB}"),
        (f"kept/{SUB}/", "password-resets.csv", f"month/{SUB}", f"kept/{SUB}"),
        (f"month/{SUB}/", "contest.zip", f"kept/{SUB}", f"month/{SUB}"),
        (f"month/{SUB}/", "confirm-0123456789.txt", f"kept/{SUB}", f"month/{SUB}"),
        (f"month/{SUB}/x/", "releases.csv", f"month/{SUB}", f"month/{SUB}"),
    ],
)
def test_a_file_in_another_folder_is_refused_with_the_right_place(
    folder: str, file: str, right: str, answer: str
) -> None:
    desk = Desk()
    desk.put()
    before = desk.everything_but_reports()
    key = f"inbox/{folder}{file}"
    data = zipped(contest_files(units=UNITS.replace("Sở B", "Sở Bê")))
    box, _ = inbox({key: data}, contest=lambda: desk.intake)
    told = plain(box.take_over(delivery(key)))
    (fault,) = told["faults"]
    assert (told["accepted"], f"inbox/{right}/{file}" in fault["message"]) == (False, True)
    assert ("xóa tệp đã đưa nhầm" in fault["message"]) is (
        folder.startswith("kept") and right.startswith("month")
    )
    assert json.loads(desk.desk.objects[f"intake/{answer}/{file}.v1.json"]) == told
    assert desk.everything_but_reports() == before


@pytest.mark.parametrize("file", [*FILES, *DECISION_FILES, *PERSONAL_FILES, "rosters-SO-A.csv"])
def test_each_file_has_one_folder_and_only_there_it_is_taken(file: str) -> None:
    assert [folder for folder in ("kept", "month") if not place_of(f"inbox/{folder}/{SUB}/{file}", "v")[1]] == [
        "month" if file.startswith(ABOUT_PEOPLE) else "kept"
    ]


def test_two_people_who_send_a_file_of_one_name_get_an_answer_each() -> None:
    desk = Desk()
    desk.put()
    keys = [f"inbox/kept/{sub}/units.csv" for sub in (SUB, "account")]
    box, _ = inbox({keys[0]: UNITS.encode(), keys[1]: b"x"}, contest=lambda: desk.intake)
    assert [plain(box.take_over(delivery(key)))["accepted"] for key in keys] == [True, False]
    for sub, accepted in ((SUB, True), ("account", False)):
        told = json.loads(desk.desk.objects[f"intake/kept/{sub}/units.csv.v1.json"])
        assert told["accepted"] is accepted


def test_a_file_that_is_gone_is_our_error() -> None:
    with pytest.raises(FileNotFoundError, match=r"kept/account/c\.zip"):
        inbox({})[0].take_over(delivery(sent("c.zip").key))


class Died(Exception):
    pass


class Mortal:
    """Passes calls on to ``part``; dies right after the write that ``left`` counts down to."""

    def __init__(self, part: object, left: list[int], writes: set[str]) -> None:
        self._part, self._left, self._writes = part, left, writes

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)
        if name not in self._writes:
            return method

        def told(*given: Any) -> Any:
            done = method(*given)
            self._left[0] -= 1
            if self._left[0] == 0:
                raise Died
            return done

        return told


WRITES = {"put", "replace", "claim", "finish", "is_newest", "allow_reset", "erase"}


class PostOffice:
    """An inbox before a running contest, with people registered."""

    def __init__(self) -> None:
        self.office, self.contest = Office(), Desk()
        assert self.contest.send("c.zip", zipped(contest_files()))["accepted"]
        self.clock = self.office.counter.clock
        self.bucket, self.deliveries = Reader(), MemoryDeliveries()
        self.left = [0]  # writes until the run dies; none dies at 0

    def put(self, file: str, data: bytes, version: str = "v1") -> None:
        self.bucket.objects[sent(file).key, version] = data

    def deliver(self, file: str, version: str = "v1", sequencer: str = "10", request: str = "r1") -> Any:
        requests, intake = self.office.requests, self.contest.intake

        def mortal(part: object) -> Any:
            return Mortal(part, self.left, WRITES)

        parts = {name: getattr(requests, name) for name in type(requests).__slots__}
        doors = {"desk": mortal(requests.desk), "participants": mortal(requests.participants)}
        people = type(requests)(**{**parts, **doors})
        told = {name: getattr(intake, name) for name in type(intake).__slots__}
        contest = type(intake)(**{**told, "desk": mortal(intake.desk), "site": mortal(intake.site)})
        self.contest.clock.now = self.clock.now
        ways = (lambda: contest, lambda: people, lambda: mortal(self.deliveries))
        box = Inbox(self.bucket, self.contest.desk, *ways, self.clock.moment)
        answer = box.take_over(delivery(sent(file).key, version, sequencer, request))
        return answer and plain(answer)

    def deliver_until_it_lives(self, file: str, death: int, version: str = "v1", sequencer: str = "10") -> bool:
        """Dies after the given write and is tried again as Lambda does; whether it died."""
        self.left[0] = death
        try:
            self.deliver(file, version, sequencer)
        except Died:
            self.clock.now += MINUTE
            self.deliver(file, version, sequencer)
            return True
        self.left[0] = 0
        return False

    def codes(self, answer: dict[str, Any]) -> list[str]:
        return [row[4] for row in self.office.sheet(answer, "password-resets.xlsx")[1:]]

    def works(self, code: str) -> bool:
        stored, _ = self.office.counter.people.resets[AN_ID]
        return stored == code_id(OFFICE_PEPPER, AN_ID, code)

    def stopped(self) -> tuple[str, ...]:
        told = ContestInForce.decode(self.contest.desk.objects[CURRENT])
        return load(self.contest.desk, told).decisions.stopped


@pytest.mark.parametrize("later", [0, 2 * MINUTE, 2 * DAY])
def test_an_event_delivered_again_leaves_the_first_codes_valid(later: int) -> None:
    post = PostOffice()
    post.put("password-resets.csv", RESET)
    (code,) = post.codes(post.deliver("password-resets.csv"))
    post.clock.now += later
    assert post.deliver("password-resets.csv", request="r2") is None
    assert post.works(code)


def test_the_same_list_sent_again_gives_new_codes() -> None:
    post = PostOffice()
    post.put("password-resets.csv", RESET)
    post.put("password-resets.csv", RESET, "v2")
    (first,) = post.codes(post.deliver("password-resets.csv"))
    (second,) = post.codes(post.deliver("password-resets.csv", "v2", "11"))
    assert (post.works(first), post.works(second)) == (False, True)


def test_of_two_events_at_once_one_is_handled() -> None:
    post = PostOffice()
    post.put("password-resets.csv", RESET)
    both: list[Any] = []
    current = post.office.requests.current

    def meanwhile() -> Any:
        both.append(post.deliver("password-resets.csv", request="r2"))
        return current()

    object.__setattr__(post.office.requests, "current", meanwhile)
    (code,) = post.codes(post.deliver("password-resets.csv"))
    assert (both, post.works(code)) == ([None], True)


def test_an_event_whose_run_died_for_good_is_taken_up_by_the_next_that_comes() -> None:
    post = PostOffice()
    post.put("password-resets.csv", RESET)
    post.left[0] = 2
    with pytest.raises(Died):
        post.deliver("password-resets.csv")
    post.clock.now += 10 * MINUTE
    assert post.deliver("password-resets.csv", request="r2") is None, "the first may still run"
    post.clock.now += 10 * MINUTE
    (code,) = post.codes(post.deliver("password-resets.csv", request="r2"))
    assert post.works(code)


def test_codes_are_the_same_whatever_write_the_first_run_died_after() -> None:
    whole = PostOffice()
    whole.put("password-resets.csv", RESET)
    answer = whole.deliver("password-resets.csv")
    death, died = 0, True
    while died:
        death += 1
        post = PostOffice()
        post.put("password-resets.csv", RESET)
        died = post.deliver_until_it_lives("password-resets.csv", death)
        told = json.loads(post.office.desk.objects["intake/month/account/password-resets.csv.v1.json"])
        assert told["taken"] == answer["taken"]
        assert post.codes(told) == whole.codes(answer)
        assert post.works(whole.codes(answer)[0])
        assert sum(key.endswith("/password-resets.xlsx") for key in post.office.desk.objects) == 1
    assert death > 5


@pytest.mark.parametrize(
    ("file", "data"),
    [("units.csv", UNITS.replace("Sở B", "Sở Bê").encode()), ("switches.csv", SWITCH.format("off").encode())],
)
def test_a_contest_is_as_it_should_be_whatever_write_the_first_run_died_after(file: str, data: bytes) -> None:
    def pointer(post: PostOffice) -> tuple[str, str]:
        told = ContestInForce.decode(post.contest.desk.objects[CURRENT])
        in_force = load(post.contest.desk, told)
        return told.source, "|".join([*in_force.decisions.stopped, *(unit.name for unit in in_force.units)])

    whole = PostOffice()
    whole.put(file, data)
    assert whole.deliver(file)["accepted"]
    death, died = 0, True
    while died:
        death += 1
        post = PostOffice()
        post.put(file, data)
        died = post.deliver_until_it_lives(file, death)
        assert pointer(post) == pointer(whole)
        assert json.loads(post.contest.desk.objects[f"{sent(file).answer}.json"])["accepted"]
        assert post.deliver(file, request="r3") is None
    assert death > 10


def test_an_older_versions_event_after_a_newer_one_does_not_put_the_older_back() -> None:
    post = PostOffice()
    post.put("switches.csv", SWITCH.format("off").encode(), "v1")
    post.put("switches.csv", SWITCH.format("on").encode(), "v2")
    assert post.deliver("switches.csv", "v2", "a1")["accepted"]
    (fault,) = post.deliver("switches.csv", "v1", "9f")["faults"]
    assert "bản mới hơn" in fault["message"]
    assert post.stopped() == ()
    assert json.loads(post.contest.desk.objects["intake/kept/account/switches.csv.v2.json"])["accepted"]
    assert not json.loads(post.contest.desk.objects["intake/kept/account/switches.csv.v1.json"])["accepted"]


def test_two_versions_in_order_are_both_taken_each_with_its_own_content() -> None:
    post = PostOffice()
    post.put("switches.csv", SWITCH.format("off").encode(), "v1")
    post.put("switches.csv", SWITCH.format("on").encode(), "v2")
    assert post.deliver("switches.csv", "v1", "a1")["taken"]["stopped"] == ["bắt đầu lượt thi"]
    assert post.deliver("switches.csv", "v2", "a2")["taken"]["stopped"] == []


def test_requests_about_people_are_all_carried_out_in_whatever_order_they_come() -> None:
    post = PostOffice()
    binh = f"citizen_id\n{post.office.counter.people.people[AN_ID].citizen_id}\n".encode()
    post.put("password-resets.csv", b"citizen_id\n040090000999\n", "v2")
    post.put("password-resets.csv", binh, "v1")
    assert post.deliver("password-resets.csv", "v2", "11")["taken"]["not_registered"] == 1
    assert post.deliver("password-resets.csv", "v1", "10")["taken"]["codes"] == 1
