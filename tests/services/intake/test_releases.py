"""A number that a stranger has registered goes to its owner; what the stranger did is not counted, visibly."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from chalicelib.domain.decisions import Annulment, NumberChange
from chalicelib.domain.errors import Busy
from chalicelib.domain.identity import participant_id
from chalicelib.domain.times import to_ms
from chalicelib.services.ports import Participant
from tests.readers.contest_files import EXCLUSIONS
from tests.services.intake.inbox import PEPPER, plain, take
from tests.services.intake.test_consequences import (
    AFTER_WEEK_2,
    CITIZENS,
    IDS,
    RECOGNITION,
    TUESDAY,
    UNIT_OF,
    Province,
    annul,
    prizes,
)

NEXT = {name: participant_id(PEPPER, citizen, 1) for name, citizen in CITIZENS.items()}
MONDAY = TUESDAY - timedelta(days=2)  # week 1 is open
CALLED = "chủ số gọi đường dây nóng, đã kiểm tra thẻ"
WHY = f"trả lại số căn cước cho chủ: {CALLED}"


def registered(province: Province, name: str, identity: str = "", at: int = 0) -> Participant:
    person = Participant(
        identity or IDS[name], f"Người Lạ {name}", "1980-01-01", "male", CITIZENS[name], "0912345678",
        UNIT_OF[name], "mandatory", "hash", at,
    )  # fmt: skip
    province.desk.people.add(person)
    return person


@pytest.fixture
def province() -> Province:
    made = Province()
    for name in CITIZENS:
        registered(made, name)
    return made


def release(*names: str, reason: str = CALLED) -> str:
    return "citizen_id,reason\n" + "".join(f'{CITIZENS[name]},"{reason}"\n' for name in names)


def in_force(province: Province, name: str) -> str:
    return province.desk.people.in_force([IDS[name]])[IDS[name]]


def barred(province: Province, week: int = 1) -> set[str]:
    """Who of the registered people is not ranked."""
    return {*IDS.values(), *NEXT.values()} & province.contest().bars(week).no_prize


def sheet(province: Province, answer: dict[str, Any]) -> list[tuple[Any, ...]]:
    book = load_workbook(io.BytesIO(province.objects[answer["taken"]["answers"] + "releases.xlsx"]))
    return list(book.worksheets[0].iter_rows(values_only=True))


def test_before_any_result_the_stranger_is_out_of_all_weeks_and_the_number_is_free(province: Province) -> None:
    answer = province.send("releases.csv", release("an"), MONDAY)
    assert (answer["accepted"], answer["taken"]["released"]) == (True, 1)
    assert answer["consequences"] is None
    decisions = province.contest().decisions
    assert decisions.annulments == (Annulment(IDS["an"], (), "not_counted", MONDAY.date().isoformat(), WHY),)
    (passed,) = decisions.numbers
    assert passed[:4] == (IDS["an"], NEXT["an"], 1, CALLED)
    assert province.desk.revocations.revoked == [IDS["an"]]
    holder = province.desk.people.holder(IDS["an"])
    assert holder is not None
    assert (holder.participant_id, holder.generation, holder.taken) == (NEXT["an"], 1, False)
    _, told = sheet(province, answer)
    assert (told[0], told[1], told[2]) == (CITIZENS["an"], IDS["an"], "Người Lạ an")
    assert "chủ số đăng ký lại được" in told[7]


def test_the_owner_is_counted_and_the_stranger_is_not(province: Province) -> None:
    province.send("releases.csv", release("an"), MONDAY)
    stranger = province.entries.items[1, IDS["an"]]
    province.entries.items[1, NEXT["an"]] = stranger._replace(participant_id=NEXT["an"])
    province.close()
    rows = province.objects["results/week-1/rev-1/individual_prizes.csv"].decode()
    assert IDS["an"] not in rows
    assert NEXT["an"] in rows
    assert province.contest().bars(1).not_counted == {IDS["an"]}


def test_published_results_wait_for_a_confirmation_and_the_number_does_not(province: Province) -> None:
    province.close()
    answer = province.send("releases.csv", release("an"))
    assert (answer["accepted"], answer["taken"]["released"]) == (True, 1)
    assert in_force(province, "an") == NEXT["an"]
    assert prizes(answer) == {
        "week-1": [("binh", "Giải Nhì", "Giải Nhất"), ("chi", "", "Giải Nhì"), ("an", "Giải Nhất", "")]
    }
    assert [province.contest().bars(week).not_counted for week in (1, 2)] == [set(), {IDS["an"]}]
    assert province.close() == [], "nothing of it reaches a published result by itself"
    confirmed = province.confirm(answer["taken"]["code"])
    assert (confirmed["accepted"], confirmed["taken"]["confirmed"]) == (True, answer["taken"]["code"])
    province.close()
    assert province.winners("week-1") == ["binh", "chi"]
    noted = [row for row in province.changes("week-1") if row["id"] == IDS["an"]]
    assert [(row["reason"], WHY in row["note"], row["code"]) for row in noted] == [
        ("annulled", True, answer["taken"]["code"])
    ]


def test_nothing_is_offered_where_the_stranger_took_no_part(province: Province) -> None:
    province.close()
    answer = province.send("releases.csv", release("dung"))
    assert (answer["accepted"], answer["consequences"]) == (True, None), answer["faults"]
    assert "code" not in answer["taken"]
    assert province.close() == []


def test_a_recognised_result_stays_and_the_number_is_free_all_the_same(province: Province) -> None:
    province.close()
    told = RECOGNITION + "1,12/QĐ,2022-08-30,,vì hết hạn\n"
    assert province.send("recognitions.csv", told)["accepted"]
    province.close()
    answer = province.send("releases.csv", release("an"))
    assert (answer["accepted"], answer["consequences"]) == (True, None)
    (warning,) = answer["warnings"]
    assert "tuần 1 đã được công nhận" in warning["message"]
    assert in_force(province, "an") == NEXT["an"]
    assert province.contest().bars(1).not_counted == frozenset()


def test_after_the_last_week_only_the_published_results_are_left_to_change(province: Province) -> None:
    province.close(AFTER_WEEK_2)
    answer = province.send("releases.csv", release("chi"), AFTER_WEEK_2)
    assert {close["what"] for close in answer["consequences"]["closes"]} == {"week-1", "week-2", "final"}
    assert province.contest().decisions.annulments == ()
    assert province.confirm(answer["taken"]["code"], now=AFTER_WEEK_2)["accepted"]
    assert province.contest().bars(2).not_counted == {IDS["chi"]}


def test_the_same_file_again_releases_nothing(province: Province) -> None:
    province.send("releases.csv", release("an"), MONDAY)
    before = province.contest().digests
    again = province.send("releases.csv", release("an"), MONDAY)
    assert (again["accepted"], again["taken"]["released"]) == (True, 0)
    assert "không cần làm gì thêm" in sheet(province, again)[1][7]
    assert (province.contest().digests, in_force(province, "an")) == (before, NEXT["an"])


def test_a_second_stranger_is_released_too(province: Province) -> None:
    province.send("releases.csv", release("an"), MONDAY)
    registered(province, "an", NEXT["an"], at=to_ms(MONDAY))
    later = MONDAY + timedelta(hours=1)
    assert province.send("releases.csv", release("an"), later)["taken"]["released"] == 1
    third = participant_id(PEPPER, CITIZENS["an"], 2)
    assert in_force(province, "an") == third
    assert province.contest().bars(1).not_counted == {IDS["an"], NEXT["an"]}
    assert [one.participant_id for one in province.contest().decisions.numbers] == [NEXT["an"], third]


class Dying:
    """People whose numbers cannot be passed on the first time."""

    def __init__(self, people: Any) -> None:
        self.people, self.dead = people, False

    def __getattr__(self, name: str) -> Any:
        if name == "pass_on" and not self.dead:
            self.dead = True
            raise Busy("no answer")
        return getattr(self.people, name)


def test_a_run_that_died_is_repeated_to_the_end(province: Province) -> None:
    people = province.desk.people
    province.desk.people = Dying(people)  # type: ignore[assignment]
    with pytest.raises(Busy):
        province.send("releases.csv", release("an"), MONDAY)
    before = province.contest().decisions
    assert (len(before.numbers), in_force(province, "an")) == (1, IDS["an"])
    assert province.send("releases.csv", release("an"), MONDAY)["taken"]["released"] == 1
    assert (province.contest().decisions, in_force(province, "an")) == (before, NEXT["an"])


def test_a_run_that_is_repeated_does_not_release_the_owner_who_was_quick(province: Province) -> None:
    data = release("an").encode()
    province.desk.send("releases.csv", data, MONDAY)
    minute = timedelta(minutes=1)
    owner = registered(province, "an", NEXT["an"], at=to_ms(MONDAY + minute))
    answer = plain(take(province.desk.intake, "releases.csv", data, MONDAY + 2 * minute, MONDAY))
    assert answer["taken"]["released"] == 0
    assert "hãy gửi tệp mới" in sheet(province, answer)[1][7]
    holder = province.desk.people.holder(IDS["an"])
    assert holder is not None
    assert holder.person == owner


def test_a_run_that_is_repeated_does_not_release_whom_a_correction_gave_the_number(province: Province) -> None:
    data = release("an").encode()
    province.desk.send("releases.csv", data, MONDAY)
    minute = timedelta(minutes=1)
    corrected = f"citizen_id,field,value,reason\n{CITIZENS['binh']},citizen_id,{CITIZENS['an']},gõ nhầm số\n"
    assert province.send("corrections.csv", corrected, MONDAY + minute)["accepted"]
    answer = plain(take(province.desk.intake, "releases.csv", data, MONDAY + 2 * minute, MONDAY))
    assert answer["taken"]["released"] == 0
    assert in_force(province, "an") == IDS["binh"]
    assert IDS["binh"] not in province.contest().bars(1).not_counted
    assert province.send("releases.csv", release("an"), MONDAY + 3 * minute)["taken"]["released"] == 1


def test_who_has_proved_the_number_keeps_it_however_late_a_release_comes(province: Province) -> None:
    people = province.desk.people
    people.prove(people.people[IDS["an"]]._replace(verified_at=to_ms(MONDAY)))
    answer = province.send("releases.csv", release("an"), MONDAY)
    assert not answer["accepted"]
    assert "chứng minh mình là chủ số" in answer["faults"][0]["message"]
    assert in_force(province, "an") == IDS["an"]


def test_two_releases_of_one_number_at_once_are_one(province: Province) -> None:
    objects, intake = province.desk.desk, province.desk.intake
    province.desk.clock.now = to_ms(MONDAY)
    replace = objects.replace
    other = release("an", reason="khác").encode()
    others = [lambda: take(intake, "releases.csv", other, MONDAY)]

    def overtaken(key: str, before: bytes | None, after: bytes) -> bool:
        if others:
            others.pop()()
        return replace(key, before, after)

    objects.replace = overtaken  # type: ignore[method-assign]
    answer = plain(take(intake, "releases.csv", release("an").encode(), MONDAY))
    assert (answer["accepted"], answer["taken"]["released"]) == (True, 0)
    assert in_force(province, "an") == NEXT["an"]
    assert len(province.contest().decisions.numbers) == 1


def test_a_number_whose_stranger_is_erased_is_released_too(province: Province) -> None:
    province.desk.people.erase(IDS["an"], to_ms(MONDAY))
    assert province.send("releases.csv", release("an"), MONDAY)["taken"]["released"] == 1
    assert in_force(province, "an") == NEXT["an"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("040080000999,gọi\n", "chưa có ai đăng ký số này"),
        (f"{CITIZENS['an']},\n", "cần nêu lý do"),
        (f"{CITIZENS['an']},gọi\n{CITIZENS['an']},gọi\n", "trùng với dòng 3"),
        ("4008000010,gọi\n", "Excel đã làm mất số 0"),
        ("", "cần ít nhất một dòng"),
    ],
)
def test_a_faulty_file_releases_nobody(province: Province, rows: str, said: str) -> None:
    before = province.contest().digests
    others = f"{CITIZENS['binh']},gọi\n" if rows else ""
    answer = province.send("releases.csv", f"citizen_id,reason\n{others}{rows}", MONDAY)
    assert not answer["accepted"]
    assert any(said in fault["message"] for fault in answer["faults"])
    assert (province.contest().digests, in_force(province, "binh")) == (before, IDS["binh"])


def test_exclusions_and_annulments_by_citizen_id_follow_the_number(province: Province) -> None:
    assert province.send("exclusions.csv", EXCLUSIONS + f"{CITIZENS['an']},Tổ ra đề,,\n", MONDAY)["accepted"]
    province.send("releases.csv", release("an", "binh"), MONDAY)
    assert barred(province) == {NEXT["an"]}
    assert province.send("annulments.csv", annul("binh"), MONDAY)["accepted"]
    assert barred(province) == {NEXT["an"], NEXT["binh"]}


def test_from_the_week_of_the_release_on_the_number_is_the_owners(province: Province) -> None:
    province.close()
    assert province.send("exclusions.csv", EXCLUSIONS + f"{CITIZENS['dung']},Tổ ra đề,,\n")["accepted"]
    province.send("releases.csv", release("dung"))
    assert [barred(province, week) for week in (1, 2)] == [{IDS["dung"]}, {NEXT["dung"]}]
    (passed,) = province.contest().decisions.numbers
    assert passed == NumberChange(IDS["dung"], NEXT["dung"], 2, CALLED, "2022-08-30T09:00:00+07:00")
