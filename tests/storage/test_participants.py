"""Registered people, wrong passwords and spent proofs, on DynamoDB by moto."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.domain.errors import AlreadyRegistered
from chalicelib.domain.person import CorrectedLine
from chalicelib.services.people.vault import Unreadable, Vault
from chalicelib.services.ports import Holder, Participant, Strain, Traffic
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.participants import SEALED, Participants
from chalicelib.storage.sign_ins import HOUR_MS, StoredProofsOfWork, StoredSignIns, StoredSources

VAULT = Vault(lambda: b"k" * 32)
ID = "a3" + "0" * 18
AN = Participant(
    ID,
    "Nguyễn Văn An",
    "1990-02-03",
    "male",
    "040090000001",
    "0912345678",
    "SO-A",
    "mandatory",
    "$argon2id$…",
    5,
    1_700_000_000_000,
)
BINH = Participant(
    "b4" + "0" * 18,
    "Bùi Thị Bình",
    "2000-01-01",
    "female",
    "040300000002",
    "0987654321",
    "",
    "encouraged",
    "$",
    6,
)
NOW = 1_661_130_000_000
HOME, OFFICE, CAFE = "a" * 16, "b" * 16, "c" * 16


@pytest.fixture
def participants(client: Dynamo) -> Participants:
    return Participants(client, "participants", VAULT)


def raw(client: Dynamo, identity: str = ID) -> dict[str, Any]:
    item: dict[str, Any] = client.get_item(TableName="participants", Key={"id": {"S": identity}})["Item"]
    return item


def test_a_participant_comes_back_as_stored(participants: Participants) -> None:
    participants.add(AN)
    assert participants.get(ID) == AN
    assert participants.get_many([ID, "nobody"]) == {ID: AN}
    assert participants.get_many([]) == {}
    assert participants.get("nobody") is None


def test_a_person_outside_all_units_is_stored_too(participants: Participants) -> None:
    participants.add(BINH)
    assert participants.get(BINH.participant_id) == BINH


def test_nobody_registers_twice(participants: Participants) -> None:
    participants.add(AN)
    with pytest.raises(AlreadyRegistered):
        participants.add(AN)


def test_what_a_provider_proves_replaces_what_was_said_once(participants: Participants) -> None:
    participants.add(AN)
    proven = AN._replace(full_name="NGUYỄN VĂN AN", phone="0987654321", verified_at=NOW)
    participants.prove(proven)
    assert participants.get(ID) == proven
    participants.prove(AN._replace(full_name="Ai khác", verified_at=NOW + 1))
    assert participants.get(ID) == proven
    assert participants.get(ID) != AN
    participants.prove(BINH._replace(verified_at=NOW))  # nobody
    assert participants.get(BINH.participant_id) is None


def test_of_an_erased_person_it_stays_known_that_a_provider_had_proved_it(
    client: Dynamo, participants: Participants
) -> None:
    participants.add(AN._replace(verified_at=NOW))
    participants.erase(ID, NOW + 1)
    assert set(raw(client)) == {"id", "erased_at", "expires", "verified_at"}
    participants.prove(AN._replace(verified_at=NOW + 2))
    assert participants.get(ID) is None


def test_nothing_personal_is_in_plain_text_in_the_table(client: Dynamo, participants: Participants) -> None:
    participants.add(AN)
    participants.add(BINH)
    StoredSignIns(client, "participants").failed(ID, HOME, CAFE, NOW)
    participants.allow_reset(ID, "c" * 64, NOW)
    items = client.call("Scan", {"TableName": "participants"})["Items"]
    assert len(items) == 4
    written = json.dumps(items, default=lambda value: bytes(value).decode("latin-1"), ensure_ascii=False)
    for person in (AN, BINH):
        for field in SEALED:
            value = getattr(person, field)
            for form in (value, value.encode().decode("latin-1"), value.split()[-1]):
                assert form not in written or field == "gender"
    assert {name for name, value in raw(client).items() if "B" in value} == set(SEALED)


def test_an_item_is_one_write_unit(client: Dynamo, participants: Participants) -> None:
    longest = AN._replace(full_name="Ữ" * 80, password_hash="$" * 97, unit="X" * 20)
    participants.add(longest)
    size = sum(len(name) + len(next(iter(value.values()))) for name, value in raw(client).items())
    assert size < 1_000


def test_another_data_key_opens_nobody(client: Dynamo, participants: Participants) -> None:
    participants.add(AN)
    with pytest.raises(Unreadable):
        Participants(client, "participants", Vault(lambda: b"x" * 32)).get(ID)


def test_one_persons_value_does_not_open_in_anothers_place(client: Dynamo, participants: Participants) -> None:
    participants.add(AN)
    participants.add(BINH)
    client.put_item(
        TableName="participants", Item={**raw(client), "phone": raw(client, BINH.participant_id)["phone"]}
    )
    with pytest.raises(Unreadable, match="phone"):
        participants.get(ID)


def test_a_person_is_deleted_by_the_database_when_the_time_comes(
    client: Dynamo, participants: Participants
) -> None:
    participants.add(AN)
    assert raw(client)["expires"] == {"N": "1700000000"}


def test_a_code_sets_a_new_password_once(participants: Participants) -> None:
    participants.add(AN)
    assert participants.allow_reset(ID, "code", NOW + 10)
    assert not participants.reset_password(ID, "other", "new", NOW)
    assert not participants.reset_password(ID, "code", "new", NOW + 10)
    assert participants.get(ID) == AN
    assert participants.reset_password(ID, "code", "new", NOW)
    assert participants.get(ID) == AN._replace(password_hash="new", reset_at=NOW)
    assert not participants.reset_password(ID, "code", "newer", NOW)


def test_a_code_creates_nobody(client: Dynamo, participants: Participants) -> None:
    assert not participants.allow_reset(ID, "code", NOW)
    assert not participants.reset_password(ID, "code", "new", 0)
    assert client.call("Scan", {"TableName": "participants"})["Items"] == []


def test_an_erased_person_leaves_the_id_behind(client: Dynamo, participants: Participants) -> None:
    participants.add(AN)
    participants.allow_reset(ID, "code", NOW)
    assert participants.erase(ID, 7)
    assert raw(client) == {"id": {"S": ID}, "erased_at": {"N": "7"}, "expires": {"N": "1700000000"}}
    assert participants.get(ID) is None
    assert participants.get_many([ID]) == {}


def test_an_erased_person_cannot_come_back(participants: Participants) -> None:
    participants.add(AN)
    participants.erase(ID, 7)
    with pytest.raises(AlreadyRegistered):
        participants.add(AN)
    assert not participants.allow_reset(ID, "code", NOW)
    assert not participants.reset_password(ID, "code", "new", 0)
    assert not participants.erase(ID, 8)


def test_erasing_nobody_leaves_nothing(client: Dynamo, participants: Participants) -> None:
    assert not participants.erase("nobody", 7)
    assert client.call("Scan", {"TableName": "participants"})["Items"] == []


def test_failures_are_counted_by_origin_tries_by_hour_and_misses_by_source_and_hour(client: Dynamo) -> None:
    sign_ins = StoredSignIns(client, "participants")
    assert sign_ins.strain(ID, HOME, CAFE, NOW) == Strain()
    sign_ins.failed(ID, HOME, CAFE, NOW)
    sign_ins.failed(ID, HOME, CAFE, NOW + 1)
    sign_ins.failed(ID, OFFICE, CAFE, NOW + 2)
    assert sign_ins.begin(ID, None, NOW)
    assert sign_ins.strain(ID, HOME, CAFE, NOW + 3) == Strain(2, False, 1, 3)
    assert sign_ins.strain(ID, OFFICE, CAFE, NOW + HOUR_MS) == Strain(1, False, 0, 0)
    assert sign_ins.strain("b4", HOME, CAFE, NOW + 3) == Strain(misses=3)
    assert sign_ins.strain("b4", HOME, "another", NOW + 3) == Strain()


def test_a_sign_in_makes_its_origin_known_and_clears_its_count(client: Dynamo) -> None:
    sign_ins = StoredSignIns(client, "participants")
    sign_ins.failed(ID, HOME, CAFE, NOW)
    sign_ins.succeeded(ID, HOME, NOW)
    assert sign_ins.strain(ID, HOME, CAFE, NOW) == Strain(0, True, 0, 1)
    sign_ins.failed(ID, HOME, CAFE, NOW)
    assert sign_ins.strain(ID, HOME, CAFE, NOW) == Strain(1, True, 0, 2)


def test_a_try_begins_only_below_its_limit_and_no_two_at_once_share_a_place(client: Dynamo) -> None:
    sign_ins = StoredSignIns(client, "participants")
    assert [sign_ins.begin(ID, 2, NOW) for _ in range(4)] == [True, True, False, False]
    assert sign_ins.begin(ID, None, NOW)
    assert sign_ins.strain(ID, HOME, CAFE, NOW).anywhere == 3
    assert sign_ins.begin(ID, 2, NOW + HOUR_MS)


def test_registrations_are_counted_by_source_and_hour_below_their_limit(client: Dynamo) -> None:
    sources = StoredSources(client, "participants")
    assert [sources.begin(CAFE, "01", 2, NOW) for _ in range(3)] == [True, True, False]
    assert sources.begin(CAFE, "01", None, NOW)
    sources.missed(CAFE, NOW)
    assert sources.traffic(CAFE, NOW) == Traffic(3, 1, 0)
    assert sources.traffic(CAFE, NOW + HOUR_MS) == sources.traffic("another", NOW) == Traffic()


def test_all_registrations_are_counted_from_a_sample_and_read_once_the_minute_is_over(client: Dynamo) -> None:
    sources = StoredSources(client, "participants")
    for number in range(256):
        sources.begin(f"source {number}", f"{number:020x}", None, NOW)
    assert sources.traffic(CAFE, NOW).in_all == 0
    assert sources.traffic(CAFE, NOW + 60_000).in_all == 256
    client.call(
        "DeleteItem", {"TableName": "participants", "Key": {"id": {"S": f"registered#{NOW // 60_000}"}}}
    )
    assert sources.traffic(CAFE, NOW + 60_000).in_all == 256  # not asked again
    assert sources.traffic(CAFE, NOW + 120_000).in_all == 0


def test_all_counts_are_deleted_within_thirty_days(client: Dynamo) -> None:
    sign_ins, sources = StoredSignIns(client, "participants"), StoredSources(client, "participants")
    sign_ins.failed(ID, HOME, CAFE, NOW)
    sign_ins.begin(ID, None, NOW)
    sign_ins.succeeded(ID, OFFICE, NOW)
    sources.begin("another", "00", None, NOW)
    StoredProofsOfWork(client, "participants").spend("challenge", ID, NOW)
    kept = [
        int(item["expires"]["N"]) - NOW // 1000
        for item in client.call("Scan", {"TableName": "participants"})["Items"]
    ]
    assert sorted(kept) == [3_600, *[7_200] * 4, 30 * 86_400, 30 * 86_400]


def test_a_proof_is_spent_on_one_person_and_repeating_that_is_harmless(client: Dynamo) -> None:
    proofs = StoredProofsOfWork(client, "participants")
    assert proofs.spend("challenge", ID, NOW)
    assert proofs.spend("challenge", ID, NOW)
    assert not proofs.spend("challenge", "b4", NOW)
    assert not proofs.spend("challenge", None, NOW)
    assert proofs.spend("another", "b4", NOW)


def test_a_proof_of_a_guess_is_spent_once(client: Dynamo) -> None:
    proofs = StoredProofsOfWork(client, "participants")
    assert proofs.spend("challenge", None, NOW)
    assert not proofs.spend("challenge", None, NOW)
    assert not proofs.spend("challenge", ID, NOW)


OTHER, THIRD = "c5" + "0" * 18, "d6" + "0" * 18


def test_a_number_is_that_of_its_first_id_until_it_passes_on(participants: Participants) -> None:
    assert participants.holder(ID) is None
    assert participants.in_force([ID]) == {ID: ID}
    participants.add(AN)
    assert participants.holder(ID) == Holder(ID, 0, AN, taken=True)
    assert participants.pass_on(ID, ID, OTHER, 1)
    assert participants.holder(ID) == Holder(OTHER, 1, None, taken=False)
    assert participants.in_force([ID, THIRD]) == {ID: OTHER, THIRD: THIRD}
    assert participants.get(ID) == AN, "what the person before gave stays, under the old id"
    owner = AN._replace(participant_id=OTHER, full_name="Trần Văn Chủ")
    participants.add(owner)
    assert participants.holder(ID) == Holder(OTHER, 1, owner, taken=True)


def test_nobody_registers_under_the_first_id_of_a_number_that_has_passed_on(participants: Participants) -> None:
    participants.add(AN)
    participants.pass_on(ID, ID, OTHER, 1)
    with pytest.raises(AlreadyRegistered):
        participants.add(AN)


def test_a_number_passes_on_once_however_often_it_is_asked_for(participants: Participants) -> None:
    assert not participants.pass_on(ID, ID, OTHER, 1), "nobody has had it"
    participants.add(AN)
    assert [participants.pass_on(ID, ID, OTHER, 1) for _ in range(2)] == [True, True]
    assert not participants.pass_on(ID, ID, THIRD, 1), "it is no longer the first one's"
    assert participants.pass_on(ID, OTHER, THIRD, 2)
    assert participants.holder(ID) == Holder(THIRD, 2, None, taken=False)


RIGHT = "e7" + "0" * 18
UNTIL = 1_700_000_000_000


def test_a_number_that_nobody_has_becomes_that_of_a_registered_person(participants: Participants) -> None:
    participants.add(AN)
    assert [participants.occupy(RIGHT, ID, UNTIL, NOW) for _ in range(2)] == [True, True]
    assert participants.holder(RIGHT) == Holder(ID, 0, AN, taken=True)
    assert participants.get(RIGHT) is None
    with pytest.raises(AlreadyRegistered):
        participants.add(BINH._replace(participant_id=RIGHT))
    assert participants.pass_on(ID, ID, OTHER, 1)
    participants.add(AN._replace(participant_id=OTHER))
    assert [participants.in_force([number]) for number in (ID, RIGHT)] == [{ID: OTHER}, {RIGHT: ID}]
    assert participants.pass_on(RIGHT, ID, THIRD, 1), "it can be given back like any other"


def test_a_number_that_somebody_has_cannot_be_occupied(participants: Participants) -> None:
    participants.add(AN)
    participants.add(BINH)
    assert not participants.occupy(BINH.participant_id, ID, UNTIL, NOW)
    participants.erase(BINH.participant_id, NOW)
    assert not participants.occupy(BINH.participant_id, ID, UNTIL, NOW)


def test_a_number_given_back_is_occupied_while_its_next_owner_has_not_registered(
    participants: Participants,
) -> None:
    participants.add(AN)
    participants.add(BINH)
    participants.pass_on(BINH.participant_id, BINH.participant_id, OTHER, 1)
    assert participants.occupy(BINH.participant_id, ID, UNTIL, NOW)
    assert participants.holder(BINH.participant_id) == Holder(ID, 1, AN, taken=True)
    with pytest.raises(AlreadyRegistered):
        participants.add(BINH._replace(participant_id=OTHER))  # an owner who has just read the id


def test_an_owner_who_was_faster_keeps_the_number(participants: Participants) -> None:
    participants.add(AN)
    participants.add(BINH)
    participants.pass_on(BINH.participant_id, BINH.participant_id, OTHER, 1)
    participants.add(BINH._replace(participant_id=OTHER))
    assert not participants.occupy(BINH.participant_id, ID, UNTIL, NOW)


def test_an_erased_person_still_says_whose_the_number_is(client: Dynamo, participants: Participants) -> None:
    participants.add(AN)
    participants.pass_on(ID, ID, OTHER, 1)
    participants.erase(ID, NOW)
    assert participants.holder(ID) == Holder(OTHER, 1, None, taken=False)
    assert raw(client).keys() == {"id", "erased_at", "expires", "in_force", "generation"}
    participants.add(AN._replace(participant_id=OTHER))
    participants.erase(OTHER, NOW)
    assert participants.holder(ID) == Holder(OTHER, 1, None, taken=True)


LINE = CorrectedLine(
    "2022-08-30T09:00:00+07:00", "AWS:AN", "full_name", AN.full_name, "Nguyễn Văn Ân", "sai dấu"
)


def test_a_correction_is_written_with_its_line_and_both_are_sealed(
    client: Dynamo, participants: Participants
) -> None:
    participants.add(AN)
    phone = LINE._replace(field="phone", before=AN.phone, after="0987654321")
    assert participants.correct(AN, [LINE, phone])
    found = participants.get(ID)
    assert found == AN._replace(full_name="Nguyễn Văn Ân", phone="0987654321", corrected=(LINE, phone))
    assert found
    assert participants.correct(found, [LINE._replace(before="Nguyễn Văn Ân", after="Nguyễn Văn Án")])
    stored = json.dumps(raw(client), default=str, ensure_ascii=False)
    for secret in ("Nguyễn", "0987654321", "sai dấu"):
        assert secret not in stored


def test_a_correction_of_what_was_read_before_another_one_writes_nothing(participants: Participants) -> None:
    participants.add(AN)
    assert participants.correct(AN, [LINE])
    assert not participants.correct(AN, [LINE])
    assert not participants.correct(BINH, [LINE])
    participants.erase(ID, 1)
    assert not participants.correct(AN, [LINE])


def test_erasure_takes_the_corrections_along(client: Dynamo, participants: Participants) -> None:
    participants.add(AN)
    participants.correct(AN, [LINE])
    participants.erase(ID, 1)
    assert not raw(client).keys() & {"corrected", "corrections"}
