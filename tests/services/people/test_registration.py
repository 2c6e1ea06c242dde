"""Registering (R1–R3): every fault is named; excluded people and second registrations are refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any, cast

import pytest

from chalicelib.domain.decisions import Decisions, NumberChange
from chalicelib.domain.errors import AlreadyRegistered, ContestError, Disqualified, Excluded, InvalidInput
from chalicelib.domain.identity import participant_id
from chalicelib.services.contest.reference import Reference
from chalicelib.services.people.registration import Application, is_repeated, register
from chalicelib.services.ports import Participant
from tests.fakes import HOUR, START_MS, MemoryParticipants, PlainPasswords, Watched, definition, reference

PEPPER = b"pepper"
ID = participant_id(PEPPER, "040090000001")
TODAY = date(2022, 8, 22)
AN = Application(
    citizen_id="040090000001",
    full_name="Nguyễn Văn An",
    date_of_birth=date(1990, 5, 6),
    gender="male",
    phone="0912345678",
    unit_code="SO-A",
    category="mandatory",
    password="mật khẩu dài",
    consent=True,
)


def enrol(
    participants: MemoryParticipants | None = None,
    contest: Reference | None = None,
    admit: Callable[[str], None] = lambda _: None,
    **changed: Any,
) -> Participant:
    return register(
        AN._replace(**changed),
        contest or reference(),
        MemoryParticipants() if participants is None else participants,
        PlainPasswords(),
        PEPPER,
        START_MS,
        TODAY,
        lambda _: None,
        admit,
    )


def faults(**changed: Any) -> list[str]:
    participants = MemoryParticipants()
    with pytest.raises(InvalidInput) as refused:
        enrol(participants, **changed)
    assert participants.people == {}
    assert all(fault.message.endswith(".") for fault in refused.value.errors)
    return [fault.field for fault in refused.value.errors]


def test_a_registered_person_is_known_by_a_keyed_id_and_not_by_the_citizen_id() -> None:
    participants = MemoryParticipants()
    an = enrol(participants)
    assert participants.get(ID) == an
    assert "040090000001" not in repr(an)
    assert an.citizen_id_masked == "040******001"
    assert (an.full_name, an.unit, an.category, an.registered_at) == (
        "Nguyễn Văn An", "SO-A", "mandatory", START_MS,
    )  # fmt: skip


def test_another_pepper_gives_another_id() -> None:
    ids = {participant_id(pepper, "040090000001") for pepper in (b"a", b"b")}
    assert len(ids) == 2
    assert all(len(one) == 20 and set(one) <= set("0123456789abcdef") for one in ids)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        pytest.param({"citizen_id": "04009000001"}, "citizen_id", id="eleven digits"),
        pytest.param({"citizen_id": "003090000001"}, "citizen_id", id="no province"),
        pytest.param({"citizen_id": "040190000001"}, "citizen_id", id="the other gender"),
        pytest.param({"citizen_id": "040091000001"}, "citizen_id", id="another year"),
        pytest.param({"citizen_id": "040290000001"}, "citizen_id", id="another century"),
        pytest.param({"gender": "female"}, "citizen_id", id="gender changed"),
        pytest.param({"citizen_id": "040207000001", "date_of_birth": date(2007, 8, 23)}, "date_of_birth",
                     id="fifteen tomorrow"),
        pytest.param({"citizen_id": "040222000001", "date_of_birth": date(2022, 8, 23)}, "date_of_birth",
                     id="born tomorrow"),
        pytest.param({"citizen_id": "040000000001", "date_of_birth": date(1900, 1, 1)}, "date_of_birth",
                     id="122 years old"),
        pytest.param({"full_name": "An 2"}, "full_name", id="a digit in the name"),
        pytest.param({"full_name": "   "}, "full_name", id="no name"),
        pytest.param({"full_name": "=HYPERLINK(1)"}, "full_name", id="a formula as name"),
        pytest.param({"phone": "0238000000"}, "phone", id="a land line"),
        pytest.param({"unit_code": "SO-Z"}, "unit_code", id="an unknown unit"),
        pytest.param({"unit_code": ""}, "unit_code", id="an empty unit"),
        pytest.param({"unit_code": None}, "unit_code", id="mandatory without a unit"),
        pytest.param({"password": "1234567"}, "password", id="seven characters"),
        pytest.param({"password": "x" * 129}, "password", id="129 characters"),
        pytest.param({"consent": False}, "consent", id="no consent"),
    ],
)  # fmt: skip
def test_each_fault_is_named_by_its_field(changed: dict[str, Any], field: str) -> None:
    assert faults(**changed) == [field]


SCHOOL = definition(
    categories=[
        {"name": "staff", "title": "Giáo viên", "obliged": True, "unit": "required"},
        {"name": "pupil", "title": "Học sinh", "obliged": False, "unit": "optional"},
        {"name": "resident", "title": "Người dân", "obliged": False, "unit": "none"},
    ]
)


@pytest.mark.parametrize(
    ("category", "unit", "said"),
    [
        ("mandatory", "SO-A", "Không có đối tượng dự thi này"),
        ("", "SO-A", "Không có đối tượng dự thi này"),
        ("staff", None, "Đối tượng “Giáo viên” phải chọn đơn vị"),
        ("resident", "SO-A", "Đối tượng “Người dân” không thuộc đơn vị nào"),
    ],
)
def test_category_and_unit_are_those_that_the_contest_has(category: str, unit: str | None, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        enrol(contest=reference(SCHOOL), category=category, unit_code=unit)


def test_people_register_in_every_category_of_the_contest() -> None:
    for category, unit in (("staff", "SO-A"), ("pupil", "SO-A"), ("pupil", None), ("resident", None)):
        person = enrol(contest=reference(SCHOOL), category=category, unit_code=unit)
        assert (person.category, person.unit) == (category, unit or "")


def test_all_faults_are_named_at_once() -> None:
    found = faults(citizen_id="1", full_name="", phone="", unit_code="?", password="", consent=False)
    assert found == ["citizen_id", "full_name", "phone", "unit_code", "password", "consent"]


def test_a_person_may_register_on_the_fifteenth_birthday() -> None:
    assert enrol(citizen_id="040207000001", date_of_birth=date(2007, 8, 22)).date_of_birth == "2007-08-22"


def test_the_contest_sets_the_minimum_age() -> None:
    adults = reference(definition(eligibility={"min_age": 18}))
    with pytest.raises(InvalidInput, match="18"):
        enrol(contest=adults, citizen_id="040204000001", date_of_birth=date(2004, 8, 23))


def test_other_people_may_belong_to_no_unit() -> None:
    assert enrol(category="encouraged", unit_code=None).unit == ""
    assert enrol(category="encouraged").unit == "SO-A"


def test_nobody_registers_twice() -> None:
    participants = MemoryParticipants()
    first = enrol(participants)
    with pytest.raises(AlreadyRegistered):
        enrol(participants, full_name="Lê Văn Bình", password="khác hẳn")
    assert list(participants.people.values()) == [first]


NEXT = participant_id(PEPPER, AN.citizen_id, 1)


def test_after_a_release_the_owner_registers_under_the_next_id() -> None:
    participants = MemoryParticipants()
    stranger = enrol(participants, full_name="Kẻ Lạ", password="của kẻ lạ đây")
    participants.pass_on(ID, ID, NEXT, 1)
    passed = NumberChange(ID, NEXT, 1, "trả lại số", "")
    released = reference(annulled=[ID], decisions=Decisions(numbers=(passed,)))
    owner = enrol(participants, released)
    assert (owner.participant_id, participants.people) == (NEXT, {ID: stranger, NEXT: owner})
    with pytest.raises(AlreadyRegistered):
        enrol(participants, released, full_name="Kẻ Lạ", password="của kẻ lạ đây")


def test_an_annulled_owner_does_not_register_after_a_release_either() -> None:
    participants = MemoryParticipants()
    enrol(participants)
    participants.pass_on(ID, ID, NEXT, 1)
    with pytest.raises(Disqualified):
        enrol(participants, reference(annulled=[NEXT]))
    with pytest.raises(Excluded):
        enrol(participants, reference(excluded=[ID]))


@pytest.mark.parametrize(
    ("barred", "refusal"), [({"excluded": [ID]}, Excluded), ({"annulled": [ID]}, Disqualified)]
)
def test_excluded_and_annulled_people_cannot_register(
    barred: dict[str, Any], refusal: type[ContestError]
) -> None:
    participants = MemoryParticipants()
    with pytest.raises(refusal):
        enrol(participants, reference(**barred))
    assert participants.people == {}


@pytest.mark.parametrize(
    "password",
    [
        "12345678", "87654321", "11111111", "ababaaba", "qwertyui", "QWERTYUIOP", "password", "Password1",
        "matkhau123", "Mật khẩu 123", "mat-khau-1", "Nghean2022", "abcdefgh", "040090000001", "040 090 000 001",
        "0912345678",
        "06051990", "06/05/1990", "06.05.1990",
    ],
)  # fmt: skip
def test_a_password_that_everybody_tries_first_is_refused(password: str) -> None:
    assert faults(password=password) == ["password"]


@pytest.mark.parametrize(
    "password", ["mật khẩu dài", "mot hai ba bon", "thi-thu-000001", "Xk4!mmq2", "06051991x7"]
)
def test_other_passwords_are_accepted(password: str) -> None:
    assert enrol(password=password)


class Spent(Exception):
    pass


def test_a_proof_is_spent_once_the_fields_are_right_and_before_anything_is_told_of_the_person() -> None:
    asked: list[str] = []

    def admit(identity: str) -> None:
        asked.append(identity)
        raise Spent

    with pytest.raises(InvalidInput):
        enrol(admit=admit, phone="1")
    assert asked == []
    for contest in (reference(), reference(excluded=[ID]), reference(annulled=[ID])):
        with pytest.raises(Spent):
            enrol(contest=contest, admit=admit)
    assert asked == [ID] * 3


def test_a_second_registration_costs_no_password_hash() -> None:
    participants, passwords = Watched(MemoryParticipants()), Watched(PlainPasswords())

    def try_once() -> list[str]:
        with suppress(AlreadyRegistered):
            register(
                AN,
                reference(),
                cast(Any, participants),
                cast(Any, passwords),
                PEPPER,
                START_MS,
                TODAY,
                lambda _: None,
                lambda _: None,
            )
        return [*passwords.taken(), *participants.taken()]

    assert try_once() == ["hash", "holder", "add"]
    assert try_once() == ["holder"]


def test_of_two_registrations_at_once_one_is_stored() -> None:
    participants = MemoryParticipants()

    class Late(MemoryParticipants):
        """Answers as before the other one was stored."""

        def holder(self, number: str) -> None:
            return None

    late = Late()
    late.people = participants.people
    first = enrol(participants)
    with pytest.raises(AlreadyRegistered):
        enrol(late, full_name="Lê Văn Bình")
    assert list(participants.people.values()) == [first]


def test_a_registration_is_repeated_by_the_same_data_whatever_unit_a_roster_says() -> None:
    stored = enrol()
    assert is_repeated(AN, stored)
    assert is_repeated(AN._replace(unit_code="SO-B", category="encouraged"), stored._replace(listed=True))
    changes: list[dict[str, Any]] = [
        {"full_name": "Lê Văn Bình"}, {"date_of_birth": date(1990, 5, 7)}, {"phone": "0912345679"},
        {"unit_code": "SO-B"}, {"unit_code": None}, {"category": "encouraged"}, {"gender": "female"},
    ]  # fmt: skip
    assert not [changed for changed in changes if is_repeated(AN._replace(**changed), stored)]


def test_the_person_is_forgotten_half_a_year_after_the_last_week() -> None:
    assert enrol().kept_until == definition().weeks[-1].closes + 180 * 24 * HOUR


def test_neither_a_traceback_nor_a_log_shows_the_person() -> None:
    shown = f"{enrol()!r} {enrol()}"
    assert shown == f"Participant({ID}) Participant({ID})"


def test_the_password_is_stored_only_as_a_hash() -> None:
    assert enrol().password_hash == PlainPasswords().hash("mật khẩu dài")
