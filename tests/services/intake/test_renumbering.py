"""A citizen ID typed wrong is corrected: the person keeps everything else, and the wrong number is free."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import AlreadyRegistered, Busy
from chalicelib.domain.identity import participant_id
from chalicelib.domain.times import to_ms
from chalicelib.services.contest.compiled_rosters import load_rosters
from chalicelib.services.people.listed import ListedPeople
from chalicelib.services.ports import Holder
from tests.fakes import MemoryParticipants
from tests.readers.contest_files import EXCLUSIONS
from tests.services.intake.inbox import PEPPER, take
from tests.services.intake.test_consequences import AFTER_WEEK_2, CITIZENS, IDS, TUESDAY
from tests.services.intake.test_corrections import NAMES, Hotline, row

RIGHT = "040080000900"
RIGHT_ID, NEXT = participant_id(PEPPER, RIGHT), participant_id(PEPPER, CITIZENS["chi"], 1)
LATER = TUESDAY + timedelta(minutes=10)


@pytest.fixture
def hotline() -> Hotline:
    """On Tuesday of week 2, with week 1 closed."""
    made = Hotline()
    made.close()
    return made


def holders(hotline: Hotline) -> tuple[Holder | None, Holder | None]:
    """Of the wrong number and of the right one."""
    people = hotline.desk.people
    return people.holder(IDS["chi"]), people.holder(RIGHT_ID)


def told(answer: dict[str, Any]) -> str:
    assert not answer["accepted"]
    return " ".join(fault["message"] for fault in answer["faults"])


def test_the_person_has_the_right_number_and_keeps_everything_else(hotline: Hotline) -> None:
    before = hotline.people[IDS["chi"]]
    answer = hotline.correct(row("chi", "số căn cước", RIGHT))
    assert (answer["accepted"], answer["taken"]["corrected"]) == (True, 1)
    after = hotline.people[IDS["chi"]]
    assert after._replace(corrected=()) == before._replace(citizen_id=RIGHT)
    assert holders(hotline) == (Holder(NEXT, 1, None, taken=False), Holder(IDS["chi"], 0, after, taken=True))
    changes = [(one.number, one.participant_id, one.from_week) for one in hotline.contest().decisions.numbers]
    assert changes == [(RIGHT_ID, IDS["chi"], 2), (IDS["chi"], NEXT, 2)]
    assert hotline.close() == [], "published results stay as they are"


def test_the_true_owner_of_the_wrong_number_registers(hotline: Hotline) -> None:
    hotline.correct(row("chi", "citizen_id", RIGHT))
    owner = hotline.people[IDS["chi"]]._replace(participant_id=NEXT, citizen_id=CITIZENS["chi"], corrected=())
    with pytest.raises(AlreadyRegistered):
        hotline.desk.people.add(owner._replace(participant_id=IDS["chi"]))
    with pytest.raises(AlreadyRegistered):
        hotline.desk.people.add(owner._replace(participant_id=RIGHT_ID))
    hotline.desk.people.add(owner)
    assert holders(hotline)[0] == Holder(NEXT, 1, owner, taken=True)


def test_what_is_sent_again_has_been_done(hotline: Hotline) -> None:
    sent = row("chi", "citizen_id", RIGHT), row("chi", "phone", "0987654321")
    hotline.correct(*sent)
    before = hotline.contest().decisions, holders(hotline)
    again = hotline.correct(*sent, now=LATER)
    assert (again["accepted"], again["taken"]["corrected"], again["taken"]["unchanged"]) == (True, 0, 2)
    assert (hotline.contest().decisions, holders(hotline)) == before


def test_birth_date_and_sex_have_to_agree_and_may_be_corrected_with_it(hotline: Hotline) -> None:
    other = "040185000900"
    refused = told(hotline.correct(row("chi", "citizen_id", other)))
    assert "sinh năm 1985, giới tính nữ" in refused
    assert "date_of_birth, gender" in refused
    assert hotline.people[IDS["chi"]].citizen_id == CITIZENS["chi"]
    more = row("chi", "date_of_birth", "1985-05-06"), row("chi", "gender", "nữ")
    answer = hotline.correct(row("chi", "citizen_id", other), *more)
    assert answer["accepted"], answer["faults"]
    chi = hotline.people[IDS["chi"]]
    assert (chi.citizen_id, chi.date_of_birth, chi.gender) == (other, "1985-05-06", "female")


@pytest.mark.parametrize("value", ["4008000900", "003080000900", "số mới", ""])
def test_a_number_that_is_none_is_refused(hotline: Hotline, value: str) -> None:
    assert "đủ 12 chữ số" in told(hotline.correct(row("chi", "citizen_id", value)))


def test_a_number_that_somebody_else_has_is_released_first(hotline: Hotline) -> None:
    assert "releases" in told(hotline.correct(row("chi", "citizen_id", CITIZENS["dung"])))
    assert hotline.contest().decisions.numbers == ()
    assert hotline.send("releases.csv", f"citizen_id,reason\n{CITIZENS['dung']},gọi\n")["accepted"]
    assert hotline.correct(row("chi", "citizen_id", CITIZENS["dung"]), now=LATER)["accepted"]
    holder = hotline.desk.people.holder(IDS["dung"])
    assert holder is not None
    assert (holder.participant_id, holder.generation) == (IDS["chi"], 1)


def test_a_number_that_a_provider_has_proved_was_not_typed_wrong(hotline: Hotline) -> None:
    hotline.people[IDS["chi"]] = hotline.people[IDS["chi"]]._replace(verified_at=5)
    assert "chứng minh số này là của mình" in told(hotline.correct(row("chi", "citizen_id", RIGHT)))
    assert hotline.contest().decisions.numbers == ()


def test_two_people_do_not_get_one_number(hotline: Hotline) -> None:
    refused = told(hotline.correct(row("chi", "citizen_id", RIGHT), row("dung", "citizen_id", RIGHT)))
    assert "mỗi số chỉ của một người" in refused


class Unlucky:
    """People of whom one write fails once."""

    def __init__(self, people: MemoryParticipants, write: str, *, refused: bool | None = None) -> None:
        self.people, self.write, self.refused = people, write, refused

    def __getattr__(self, name: str) -> Any:
        if name != self.write:
            return getattr(self.people, name)
        self.write = ""

        def fails(*told: Any) -> bool:
            if self.refused is None:
                raise Busy("no answer")
            return self.refused

        return fails


@pytest.mark.parametrize("write", ["occupy", "correct", "pass_on"])
def test_a_run_that_died_anywhere_is_repeated_to_the_end(hotline: Hotline, write: str) -> None:
    people = hotline.desk.people
    hotline.desk.people = Unlucky(people, write)  # type: ignore[assignment]
    with pytest.raises(Busy):
        hotline.correct(row("chi", "citizen_id", RIGHT))
    hotline.desk.people = people
    assert people.in_force([IDS["chi"]]) == {IDS["chi"]: IDS["chi"]}, "the person is still let in"
    assert hotline.correct(row("chi", "citizen_id", RIGHT))["accepted"]
    assert people.in_force([IDS["chi"], RIGHT_ID]) == {IDS["chi"]: NEXT, RIGHT_ID: IDS["chi"]}
    assert people.people[IDS["chi"]].citizen_id == RIGHT
    assert len(hotline.contest().decisions.numbers) == 2


def test_somebody_who_registers_the_right_number_meanwhile_is_not_overwritten(hotline: Hotline) -> None:
    people = hotline.desk.people
    hotline.desk.people = Unlucky(people, "occupy", refused=False)  # type: ignore[assignment]
    before = hotline.contest().decisions
    with pytest.raises(Busy):
        hotline.correct(row("chi", "citizen_id", RIGHT))
    hotline.desk.people = people
    assert hotline.contest().decisions == before
    people.add(people.people[IDS["dung"]]._replace(participant_id=RIGHT_ID, citizen_id=RIGHT))
    assert "releases" in told(hotline.correct(row("chi", "citizen_id", RIGHT)))


def test_exclusions_follow_the_person_to_the_right_number(hotline: Hotline) -> None:
    assert hotline.send("exclusions.csv", EXCLUSIONS + f"{RIGHT},Tổ ra đề,,\n")["accepted"]
    hotline.correct(row("chi", "citizen_id", RIGHT))
    assert [IDS["chi"] in hotline.contest().bars(week).no_prize for week in (1, 2)] == [False, True]


def test_a_correction_is_corrected_back(hotline: Hotline) -> None:
    hotline.correct(row("chi", "citizen_id", RIGHT))
    back = f"{RIGHT},citizen_id,{CITIZENS['chi']},,gõ nhầm số"
    assert hotline.correct(back, now=LATER)["accepted"]
    wrong, right = holders(hotline)
    assert wrong is not None
    assert right is not None
    assert (wrong.participant_id, right.participant_id) == (IDS["chi"], participant_id(PEPPER, RIGHT, 1))
    assert (wrong.person and wrong.person.full_name, right.taken) == (NAMES["chi"], False)
    assert hotline.contest().decisions.in_force()[IDS["chi"]] == IDS["chi"]


def on_rosters(hotline: Hotline, week: int) -> dict[str, list[str]]:
    rosters = load_rosters(hotline.desk.desk, hotline.contest(), week)
    return {roster.unit: [one.participant_id for one in roster.members] for roster in rosters}


def named_by_id(hotline: Hotline) -> None:
    sent = f"full_name,participant_id\nTrần Văn Chi,{IDS['chi']}\n"
    assert hotline.send("rosters-SO-B.csv", sent)["accepted"]


def test_whom_a_roster_names_by_participant_id_stays_on_it(hotline: Hotline) -> None:
    named_by_id(hotline)
    assert hotline.correct(row("chi", "citizen_id", RIGHT))["accepted"]
    assert on_rosters(hotline, 2) == {"SO-B": [IDS["chi"]]}
    people = ListedPeople(hotline.desk.desk)
    assert people.find(RIGHT_ID, hotline.contest(), IDS["chi"]) == ("SO-B", "mandatory")
    assert people.find(IDS["chi"], hotline.contest()) is None, "the wrong number's owner is somebody else"


def test_the_two_people_of_a_corrected_number_stand_on_two_rosters_and_each_on_one(hotline: Hotline) -> None:
    named_by_id(hotline)
    assert hotline.correct(row("chi", "citizen_id", RIGHT))["accepted"]
    both = f"full_name,citizen_id\nTrần Văn Chi,{RIGHT}\nNgười Khác,{CITIZENS['chi']}\n"
    answer = hotline.send("rosters-SO-A.csv", both, LATER)
    assert answer["accepted"]
    assert [one["value"] for one in answer["warnings"] if one["file"] == "rosters"] == ["Trần Văn Chi"]
    assert on_rosters(hotline, 2) == {"SO-A": [NEXT], "SO-B": [IDS["chi"]]}


def test_the_owner_of_a_number_that_is_given_back_takes_the_place_of_whom_a_roster_named(
    hotline: Hotline,
) -> None:
    named_by_id(hotline)
    assert hotline.send("releases.csv", f"citizen_id,reason\n{CITIZENS['chi']},gọi\n")["accepted"]
    assert on_rosters(hotline, 2) == {"SO-B": [NEXT]}
    assert ListedPeople(hotline.desk.desk).find(IDS["chi"], hotline.contest()) == ("SO-B", "mandatory")


NUMBERS = {citizen: participant_id(PEPPER, citizen) for citizen in (*CITIZENS.values(), RIGHT, "040080000901")}


@pytest.mark.parametrize("seed", range(20))
def test_whatever_order_numbers_pass_in_and_wherever_runs_die_each_leads_to_one_person(seed: int) -> None:
    """Releases, corrected numbers, registrations and erasures; after each, table and contest say the same."""
    rng, hotline, now, released = random.Random(seed), Hotline(), TUESDAY, set[str]()
    people = hotline.desk.people
    known = people.people[IDS["dung"]]

    def check() -> None:
        told, held = hotline.contest().decisions.in_force(), people.in_force(NUMBERS.values())
        assert held == {number: told.get(number, number) for number in NUMBERS.values()}
        for identity, person in hotline.people.items():
            assert (held[NUMBERS[person.citizen_id]] == identity) == (identity not in released)

    def send(file: str, text: str) -> None:
        before = people.in_force(NUMBERS.values())
        write = rng.choice(["occupy", "correct", "pass_on", ""])
        hotline.desk.people = Unlucky(people, write)  # type: ignore[assignment]
        hotline.desk.clock.now = to_ms(now)
        try:
            answer = take(hotline.desk.intake, file, text.encode(), now)
        except Busy:
            answer = take(hotline.desk.intake, file, text.encode(), now + timedelta(minutes=1), now)
        hotline.desk.people = people
        if answer.accepted and file.startswith("releases"):
            released.update(set(before.values()) - set(people.in_force(NUMBERS.values()).values()))

    if rng.random() < 0.5:
        hotline.close()
    for _ in range(12):
        now += timedelta(minutes=2)
        one, other = rng.choices([*NUMBERS], k=2)
        identity = people.in_force([NUMBERS[one]])[NUMBERS[one]]
        match rng.choice(["release", "correct", "correct", "register", "erase"]):
            case "release":
                send("releases.csv", f"citizen_id,reason\n{one},gọi\n")
            case "correct":
                send("corrections.csv", f"citizen_id,field,value,reason\n{one},citizen_id,{other},gõ nhầm\n")
            case "register":
                with suppress(AlreadyRegistered):
                    people.add(
                        known._replace(participant_id=identity, citizen_id=one, registered_at=to_ms(now))
                    )
            case "erase":
                people.erase(identity, to_ms(now))
        check()


def test_a_number_holds_in_a_week_that_is_opened_again(hotline: Hotline) -> None:
    evening = AFTER_WEEK_2 - timedelta(hours=16)
    hotline.close(evening)
    later = "week,opens,closes,title,cancelled,reason\n2,,2022-09-07 08:00,,,mất điện\n"
    assert hotline.send("calendar.csv", later, evening)["accepted"]
    assert hotline.correct(row("chi", "citizen_id", RIGHT), now=evening)["accepted"]
    assert {one.from_week for one in hotline.contest().decisions.numbers} == {2}
