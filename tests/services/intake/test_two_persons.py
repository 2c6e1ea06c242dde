"""Where a contest asks for two people: nobody confirms what they sent themselves."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from chalicelib.domain.definition import Desk as DeskRules
from chalicelib.domain.errors import Busy
from chalicelib.domain.identity import code_id
from chalicelib.domain.times import to_ms
from chalicelib.services.intake.inbox import Inbox
from tests.fakes import MemoryDeliveries
from tests.readers.contest_files import QUESTIONS, TOML, UNITS
from tests.services.intake.inbox import LATER, Desk, as_read, plain, sent
from tests.services.intake.test_consequences import CITIZENS, IDS, TUESDAY, TWO_WEEKS, Province
from tests.services.intake.test_inbox import RESET, delivery, never
from tests.services.intake.test_personal_files import AN, AN_ID, Office
from tests.services.intake.test_releases import MONDAY, NEXT, in_force, registered, release
from tests.web.counter import PEPPER as COUNTER_PEPPER

TWO = "\n[desk]\ntwo_persons = true\n"
HERS, HIS = "29ea4c8d-7041-70aa-1111-000000000000", "29ea4c8d-7041-70aa-2222-000000000000"
RULING = "question_id,weeks,ruling,answer,reason\nQ1,1,all_right,,đề sai\n"
ONE_MORE_KEY = QUESTIONS.replace("draft", "approved")
OTHER_KEY = QUESTIONS.replace("Một?,a,b", "Một?,a,x")


def annul(citizen_id: str = "040080000100") -> str:
    return f"citizen_id,participant_id,weeks,effect,decided_on,reason\n{citizen_id},,1,no_prize,2022-08-30,x\n"


def waiting(answer: dict[str, Any]) -> str:
    """The code under which the file waits for somebody else."""
    assert (answer["accepted"], answer["faults"], answer["taken"]["second_person"]) == (False, [], True)
    code: str = answer["taken"]["code"]
    return code


def table_in(book: bytes) -> list[list[str]]:
    (sheet,) = load_workbook(io.BytesIO(book)).worksheets
    return [[str(cell.value or "") for cell in row] for row in sheet]


def confirm(desk: Desk, code: str, by: str, now: Any = TUESDAY) -> dict[str, Any]:
    return desk.send(f"confirm-{code}.txt", "theo biên bản số 3", now, by)


@pytest.mark.parametrize("sender", [HERS, "account"])
def test_a_published_result_is_changed_by_two_people(sender: str) -> None:
    province = Province(TWO_WEEKS + TWO)
    province.close()
    desk = province.desk
    code = waiting(desk.send("annulments.csv", annul(), TUESDAY, sender))
    refused = confirm(desk, code, sender)
    assert not refused["accepted"]
    assert "người khác" in refused["faults"][0]["message"]
    assert sender in refused["faults"][0]["message"]
    assert province.close() == []
    assert confirm(desk, code, HIS)["taken"]["confirmed"] == code
    assert province.close()[0].what == "week-1"


def test_one_person_is_enough_where_the_contest_does_not_ask_for_two() -> None:
    province = Province()
    province.close()
    answer = province.desk.send("annulments.csv", annul(), TUESDAY, HERS)
    assert "second_person" not in answer["taken"]
    assert confirm(province.desk, answer["taken"]["code"], HERS)["accepted"]


def test_who_confirms_can_read_what_waits() -> None:
    province = Province(TWO_WEEKS + TWO)
    province.close()
    code = waiting(province.desk.send("annulments.csv", annul(), TUESDAY, HERS))
    shown = table_in(province.objects[f"pending/{code}/annulments.csv.xlsx"])
    assert shown == [line.split(",") for line in annul().splitlines()]
    answer = province.objects[f"{sent('annulments.csv', HERS).answer}.xlsx"]
    assert province.objects[f"pending/{code}/answer.xlsx"] == answer


@pytest.mark.parametrize("name", ["annulments.csv.xlsx", "answer.xlsx"])
@pytest.mark.parametrize("harm", [lambda book: book + b"x", lambda book: None], ids=["edited", "deleted"])
def test_nobody_confirms_what_was_edited_on_the_desk_before_they_read_it(
    name: str, harm: Callable[[bytes], bytes | None], caplog: pytest.LogCaptureFixture
) -> None:
    province = Province(TWO_WEEKS + TWO)
    province.close()
    code = waiting(province.desk.send("annulments.csv", annul(), TUESDAY, HERS))
    key = f"pending/{code}/{name}"
    right = province.objects[key]
    harmed = harm(right)
    if harmed is None:
        del province.objects[key]
    else:
        province.objects[key] = harmed
    refused = confirm(province.desk, code, HIS)
    assert (refused["accepted"], key in refused["faults"][0]["message"]) == (False, True)
    assert ("altered_object" in caplog.text, province.objects[key] == right) == (True, True)
    assert confirm(province.desk, code, HIS)["taken"]["confirmed"] == code


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("rulings.csv", RULING),
        ("questions.csv", OTHER_KEY),
        ("questions.csv", ONE_MORE_KEY),
        ("contest.toml", TOML),
    ],
    ids=["ruling", "key", "question", "the rule itself"],
)
def test_keys_and_the_rule_itself_are_changed_by_two_people_before_any_result(file: str, text: str) -> None:
    desk = Desk()
    desk.put(toml=TOML + TWO)
    before = desk.library().current()
    code = waiting(desk.send(file, text, LATER, HERS))
    assert not confirm(desk, code, HERS, LATER)["accepted"]
    assert desk.library().current() == before
    assert confirm(desk, code, HIS, LATER)["accepted"]
    after = desk.library().current()
    assert (before.decisions.rulings, before.bank, before.definition) != (
        after.decisions.rulings,
        after.bank,
        after.definition,
    )
    assert confirm(desk, code, HIS, LATER)["taken"] == {"confirmed": code}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("units.csv", UNITS.replace("Sở B", "Sở Bê")),
        ("questions.csv", QUESTIONS.replace("Một?", "Một là gì?")),
        ("notice.txt", "Tuần 2 mở lúc 8 giờ"),
        ("switches.csv", "switch,value,reason\nstarts,off,sửa câu 12\n"),
    ],
)
def test_everything_else_one_person_does_alone(file: str, text: str) -> None:
    desk = Desk()
    desk.put(toml=TOML + TWO)
    assert desk.send(file, text, LATER, HERS)["accepted"]


@pytest.fixture
def strangers() -> Province:
    """Strangers have registered everybody's number, in a contest that asks for two people."""
    province = Province(TWO_WEEKS + TWO)
    for name in CITIZENS:
        registered(province, name)
    return province


def test_a_number_is_given_back_by_two_people(strangers: Province) -> None:
    desk = strangers.desk
    code = waiting(desk.send("releases.csv", release("an"), MONDAY, HERS))
    assert in_force(strangers, "an") == IDS["an"]
    shown = table_in(strangers.objects[f"pending/{code}/releases.csv.xlsx"])
    assert [row[0] for row in shown] == ["citizen_id", CITIZENS["an"]]
    assert not confirm(desk, code, HERS, MONDAY)["accepted"]
    assert (in_force(strangers, "an"), desk.revocations.revoked) == (IDS["an"], [])
    done = confirm(desk, code, HIS, MONDAY)
    assert (done["taken"]["confirmed"], done["taken"]["released"]) == (code, 1)
    assert (in_force(strangers, "an"), desk.revocations.revoked) == (NEXT["an"], [IDS["an"]])
    assert [one.code for one in strangers.contest().decisions.confirmations] == [code]


def test_a_release_confirmed_again_does_not_release_the_owner(strangers: Province) -> None:
    desk = strangers.desk
    code = waiting(desk.send("releases.csv", release("an"), MONDAY, HERS))
    confirm(desk, code, HIS, MONDAY)
    later = MONDAY + timedelta(hours=1)
    registered(strangers, "an", NEXT["an"], to_ms(later))
    again = confirm(desk, code, HIS, later + timedelta(hours=1))
    assert (again["accepted"], again["taken"]["released"]) == (True, 0)
    assert in_force(strangers, "an") == NEXT["an"]


def test_a_confirmed_release_whose_run_died_before_the_number_passed_is_finished(
    strangers: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = strangers.desk
    code = waiting(desk.send("releases.csv", release("an"), MONDAY, HERS))
    with monkeypatch.context() as dying:
        dying.setattr(desk.people, "pass_on", lambda *_: False)
        with pytest.raises(Busy):
            confirm(desk, code, HIS, MONDAY)
    assert in_force(strangers, "an") == IDS["an"]
    assert confirm(desk, code, HIS, MONDAY)["taken"]["released"] == 1
    assert in_force(strangers, "an") == NEXT["an"]
    assert len(strangers.contest().decisions.confirmations) == 1


def test_a_number_that_its_owner_has_proved_waits_for_nobody(strangers: Province) -> None:
    answer = strangers.desk.send("releases.csv", release("an"), MONDAY, "provider-12")
    assert (answer["accepted"], answer["taken"]["released"]) == (True, 1)


class Hotline:
    """An inbox for requests about people, who are registered, in a contest that asks for two people."""

    def __init__(self) -> None:
        self.office = Office()
        known = self.office.requests.current()
        rules = known.definition.model_copy(update={"desk": DeskRules(two_persons=True)})
        requests = replace(self.office.requests, current=lambda: replace(known, definition=rules))
        self.sent: dict[str, bytes] = {}
        deliveries = MemoryDeliveries()
        self.inbox = Inbox(
            lambda key, *_: as_read(key.rpartition("/")[2], self.sent[key]),
            self.office.desk,
            never,
            lambda: requests,
            lambda: deliveries,
            self.office.counter.clock.moment,
        )

    def put(self, file: str, text: str, by: str, version: str = "v1") -> Any:
        key = sent(file, by).key
        self.sent[key] = text.encode()
        return plain(self.inbox.take_over(delivery(key, version, request=version)))

    def codes(self) -> list[str]:
        book = self.office.desk.objects.get(f"{sent('password-resets.csv', HERS).answer}/password-resets.xlsx")
        sheet = load_workbook(io.BytesIO(book)).worksheets[0] if book else []
        return [str(row[4].value) for row in sheet][1:]


def test_a_password_is_reset_by_two_people_and_the_codes_go_to_who_asked() -> None:
    hotline = Hotline()
    code = waiting(hotline.put("password-resets.csv", RESET.decode(), HERS))
    assert (hotline.codes(), hotline.office.counter.people.resets) == ([], {})
    shown = table_in(hotline.office.desk.objects[f"pending/{code}/password-resets.csv.xlsx"])
    assert shown == [[line] for line in RESET.decode().splitlines()]
    refused = hotline.put(f"confirm-{code}.txt", "đã gọi lại", HERS)
    assert "người khác" in refused["faults"][0]["message"]
    assert not hotline.put(f"confirm-{code}.txt", "  ", HIS)["accepted"], "there has to be a reason"
    assert hotline.codes() == []
    answer = hotline.put(f"confirm-{code}.txt", "đã gọi lại", HIS, "v2")
    assert (answer["taken"]["confirmed"], answer["taken"]["codes"]) == (code, 1)
    (told,) = hotline.codes()
    stored, _ = hotline.office.counter.people.resets[AN_ID]
    assert stored == code_id(COUNTER_PEPPER, AN_ID, told)


def test_a_confirmation_sent_again_makes_no_used_code_good_again() -> None:
    hotline = Hotline()
    code = waiting(hotline.put("password-resets.csv", RESET.decode(), HERS))
    hotline.put(f"confirm-{code}.txt", "đã gọi lại", HIS)
    hotline.office.counter.people.resets.clear()
    assert hotline.put(f"confirm-{code}.txt", "đã gọi lại", HIS, "v2")["taken"] == {"confirmed": code}
    assert hotline.office.counter.people.resets == {}


def test_codes_that_were_made_stay_made_whatever_becomes_of_their_sheet() -> None:
    """Neither does a sheet that somebody puts there keep anybody from their codes."""
    hotline = Hotline()
    code = waiting(hotline.put("password-resets.csv", RESET.decode(), HERS))
    sheet = f"{sent('password-resets.csv', HERS).answer}/password-resets.xlsx"
    hotline.office.desk.objects[sheet] = b"put by somebody"
    assert hotline.put(f"confirm-{code}.txt", "đã gọi lại", HIS)["taken"]["codes"] == 1
    hotline.office.counter.people.resets.clear()
    right = hotline.office.desk.objects.pop(sheet)
    assert hotline.put(f"confirm-{code}.txt", "đã gọi lại", HIS, "v2")["taken"] == {"confirmed": code}
    assert (hotline.office.counter.people.resets, hotline.office.desk.objects[sheet]) == ({}, right)


def test_other_requests_about_people_wait_for_nobody() -> None:
    hotline = Hotline()
    assert hotline.put("lookups.csv", f"citizen_id\n{AN['citizen_id']}\n", HERS)["taken"]["found"] == 1
