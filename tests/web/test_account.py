"""Registering, signing in and viewing one's own attempts, from raw body to answer."""

from __future__ import annotations

import base64
import json
import unicodedata
from dataclasses import replace
from hashlib import sha256
from typing import Any, cast

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.documents.canonical import canonical_json
from chalicelib.domain.errors import (
    AlreadyRegistered,
    Disqualified,
    InvalidInput,
    NotJson,
    NotLoaded,
    ProofRequired,
    Unauthorized,
    WrongCode,
    WrongCredentials,
)
from chalicelib.domain.identity import code_id, participant_id, source_id
from chalicelib.services.people.brakes import DEAREST, FREE_MISSES, MISSES_A_STEP
from chalicelib.services.people.password_resets import TOLD_MS
from chalicelib.web import proof_of_work
from chalicelib.web.proof_of_work import NUMBERS_A_STEP
from chalicelib.web.tokens import LIFETIME_MS
from tests.fakes import MINUTE, START_MS, WEEK, PlainPasswords, Watched, definition
from tests.web.counter import AN, BINH, HOME, PEPPER, SIGNING_KEY, Counter, body

BINHS = "198.51.100.9"


def test_a_registration_answers_with_the_participant_as_designed() -> None:
    counter = Counter()
    assert counter.register() == {
        "participant_id": participant_id(PEPPER, "040090000001"),
        "full_name": "Nguyễn Văn An",
        "unit_code": "SO-A",
        "category": "mandatory",
        "verified": "none",
    }


def test_the_unit_is_null_for_people_outside_all_units() -> None:
    assert Counter().register(category="encouraged", unit_code=None)["unit_code"] is None


def test_a_decomposed_name_is_stored_and_answered_composed() -> None:
    counter = Counter()
    shown = counter.register(full_name=unicodedata.normalize("NFD", "Nguyễn Thị Ước"))
    assert shown["full_name"] == "Nguyễn Thị Ước"
    assert counter.people.people[shown["participant_id"]].full_name == "Nguyễn Thị Ước"


def test_pasted_values_are_cleaned_before_they_are_checked() -> None:
    counter = Counter()
    typed = {
        "citizen_id": "Số CCCD: 040\u200b 090 000 001",
        "full_name": "\u202anguyễn  Văn\u00a0K´An\u202c",
        "phone": "\u2068+84 (0) 912 345 678\u2069",
        "password": " mật\u00a0khẩu dài\n",
    }
    shown = counter.register(**typed)
    stored = counter.people.people[participant_id(PEPPER, "040090000001")]
    assert shown["full_name"] == stored.full_name == "nguyễn Văn K'An"
    assert (stored.citizen_id, stored.phone) == ("040090000001", "0912345678")
    body = {"citizen_id": "040-090-000-001", "password": unicodedata.normalize("NFD", "mật khẩu dài")}
    assert counter.account.sign_in(json.dumps(body).encode(), "203.0.113.1")["token"]


def test_a_name_is_refused_with_what_to_do_if_it_is_long_or_of_other_signs() -> None:
    for name, said in (("An Bình " * 9, "60 ký tự"), ("Nguyễn 😀", "bằng chữ"), ("Нгуен Ван", "bằng chữ")):
        with pytest.raises(InvalidInput, match=said):
            Counter().register(full_name=name)


def test_age_is_counted_in_the_time_zone_of_the_contest() -> None:
    # 2022-08-21T17:00Z is already 22 August in Nghệ An, the fifteenth birthday.
    counter = Counter()
    young: dict[str, Any] = {"citizen_id": "040207000001", "date_of_birth": "2007-08-22"}
    counter.clock.now = START_MS - 8 * 60 * MINUTE - 1
    with pytest.raises(InvalidInput, match="15"):
        counter.register(**young)
    counter.clock.now += 1
    assert counter.register(**young)


def test_nobody_registers_twice() -> None:
    counter = Counter()
    counter.register()
    with pytest.raises(AlreadyRegistered):
        counter.register(password="mật khẩu của kẻ khác")


def test_a_registration_sent_again_is_answered_with_what_is_stored() -> None:
    counter = Counter()
    first = counter.register()
    assert counter.register() == first


def test_other_data_with_the_right_password_are_told_that_the_number_is_taken() -> None:
    counter = Counter()
    counter.register()
    for other in ({"full_name": "Lê Văn Khác"}, {"phone": "0912345670"}, {"unit_code": "SO-B"}):
        with pytest.raises(AlreadyRegistered):
            counter.register(**other)
    (stored,) = counter.people.people.values()
    assert (stored.full_name, stored.unit) == ("Nguyễn Văn An", "SO-A")


def test_passwords_guessed_by_registering_meet_the_brake_of_signing_in() -> None:
    counter = Counter()
    counter.register()
    for guess in range(5):
        with pytest.raises(AlreadyRegistered):
            counter.register(password=f"đoán thử lần {guess}")
    with pytest.raises(AlreadyRegistered):
        counter.register()  # the right one: it is not told by what costs no proof
    with pytest.raises(ProofRequired):
        counter.sign_in()


def test_bad_bodies_are_refused_before_anything_is_stored() -> None:
    counter = Counter()
    with pytest.raises(NotJson):
        counter.account.register(b"{", HOME)
    with pytest.raises(InvalidInput):
        counter.account.register(b"[]", HOME)
    with pytest.raises(InvalidInput):
        counter.register(citizen_id="040190000001")
    assert counter.people.people == {}


def test_nobody_can_register_before_a_contest_is_loaded() -> None:
    with pytest.raises(NotLoaded):
        Counter(loaded=False).register()


def solved(challenge: dict[str, Any]) -> str:
    salt, wanted = challenge["salt"], challenge["challenge"]
    numbers = range(challenge["maxnumber"] + 1)
    number = next(n for n in numbers if sha256(f"{salt}{n}".encode()).hexdigest() == wanted)
    given = {name: challenge[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return base64.b64encode(json.dumps({**given, "number": number}).encode()).decode()


def asking(**more: Any) -> Counter:
    return Counter(definition(eligibility={"proof_of_work": "on"}), **more)


def test_a_contest_may_ask_for_a_proof_of_work() -> None:
    counter = asking()
    for missing in ({}, {"proof": None}, {"proof": ""}, {"proof": "khong"}):
        with pytest.raises(ProofRequired) as required:
            counter.register(**missing)
    assert counter.register(proof=solved(required.value.challenge))


def asked() -> tuple[Counter, str]:
    """A contest that asks for proofs, and a solved challenge of it."""
    counter = asking()
    return counter, solved(counter.account.challenge(HOME))


def test_a_proof_is_valid_for_one_person_only() -> None:
    counter, proof = asked()
    counter.register(proof=proof)
    for spent in (proof, rewritten(proof)):
        with pytest.raises(ProofRequired):
            counter.register(BINH, proof=spent)
    assert len(counter.people.people) == 1


def test_each_registration_of_a_source_costs_more_than_the_one_before() -> None:
    counter = asking()
    asked = []
    for number in range(15):
        asked.append(counter.account.challenge(HOME)["maxnumber"] // NUMBERS_A_STEP)
        assert counter.sources.begin(source_id(PEPPER, HOME), f"{number:020x}", None, counter.clock())
    assert asked == [6 + 8 * number for number in range(15)]
    assert counter.account.challenge(BINHS)["maxnumber"] == 6 * NUMBERS_A_STEP


def test_a_cheap_challenge_taken_before_a_rush_is_answered_with_a_dear_one() -> None:
    counter, proof = asked()
    for number in range(9):
        counter.sources.begin(source_id(PEPPER, HOME), f"{number:020x}", None, counter.clock())
    with pytest.raises(ProofRequired) as required:
        counter.register(proof=proof)
    assert required.value.challenge["maxnumber"] == DEAREST * NUMBERS_A_STEP
    assert counter.account.register(body({**AN, "proof": proof}), BINHS)  # a phone that has changed address


def test_registering_costs_more_where_the_setting_is_high_and_nothing_where_it_is_off() -> None:
    first = {}
    for setting in ("off", "on", "high"):
        counter = Counter(definition(eligibility={"proof_of_work": setting}))
        first[setting] = counter.account.challenge(HOME)["maxnumber"] // NUMBERS_A_STEP
    assert first == {"off": 4, "on": 6, "high": 84}
    assert Counter().register()


def test_asking_who_is_registered_costs_a_proof_even_where_registering_costs_none() -> None:
    counter = Counter()
    counter.register()
    asking = {"password": "mật khẩu khác"}
    for _ in range(FREE_MISSES):
        with pytest.raises(AlreadyRegistered):
            counter.register(**asking)
    with pytest.raises(ProofRequired) as required:
        counter.register(**asking)
    with pytest.raises(ProofRequired):
        counter.register(BINH)
    assert counter.register(BINH, proof=solved(required.value.challenge))


def rewritten(proof: str) -> str:
    """The same solution in other words."""
    given = json.loads(base64.b64decode(proof))
    salt = given["salt"] if not given["salt"].endswith("&") else given["salt"][:-1]
    return base64.b64encode(json.dumps({"more": 1, **given, "salt": salt}, indent=1).encode()).decode()


def test_a_faulty_form_does_not_use_up_the_proof() -> None:
    counter, proof = asked()
    for fault in ({"phone": "1"}, {"consent": False}, {"password": "12345678"}):
        with pytest.raises(InvalidInput):
            counter.register(proof=proof, **fault)
    assert counter.register(proof=proof)


def test_a_registration_may_be_sent_again_if_no_answer_came() -> None:
    counter, proof = asked()
    assert counter.register(proof=proof) == counter.register(proof=proof)


def test_a_used_proof_does_not_reveal_who_is_registered() -> None:
    counter, proof = asked()
    counter.account.register(body({**AN, "proof": solved(counter.account.challenge(BINHS))}), BINHS)
    counter.register(BINH, proof=proof)
    with pytest.raises(ProofRequired):
        counter.register(proof=proof)


def test_a_lost_password_is_reset_by_a_code() -> None:
    counter = Counter()
    identity = counter.register()["participant_id"]
    counter.people.allow_reset(identity, code_id(PEPPER, identity, "4821-0937-5561"), START_MS + 1)
    sent = {"citizen_id": AN["citizen_id"], "code": "4821 0937 5561", "password": "mật khẩu mới"}
    counter.account.reset_password(body(sent), HOME)
    with pytest.raises(WrongCredentials):
        counter.sign_in()
    assert counter.sign_in({**AN, "password": "mật khẩu mới"})
    with pytest.raises(WrongCode):
        counter.account.reset_password(body(sent), HOME)


def test_each_sign_in_of_a_month_tells_of_a_reset_and_none_of_who_had_none() -> None:
    counter = Counter()
    identity = counter.register()["participant_id"]
    known = {"citizen_id": AN["citizen_id"], "password": AN["password"]}
    assert "password_reset_at" not in counter.account.sign_in(body(known), HOME)
    counter.people.allow_reset(identity, code_id(PEPPER, identity, "4821-0937-5561"), START_MS + 1)
    new = {"citizen_id": AN["citizen_id"], "code": "4821 0937 5561", "password": "mật khẩu mới"}
    counter.account.reset_password(body(new), HOME)
    known["password"] = new["password"]
    told = [counter.account.sign_in(body(known), HOME).get("password_reset_at") for _ in range(2)]
    assert told == [counter.exam.library.current().definition.rfc3339(START_MS)] * 2
    counter.clock.now += TOLD_MS
    assert "password_reset_at" not in counter.account.sign_in(body(known), HOME)


@pytest.mark.parametrize(
    "changed", [{"code": 1}, {"code": None}, {"password": ""}, {"more": ""}, {"code": "1" * 201}]
)
def test_a_malformed_reset_is_refused(changed: dict[str, Any]) -> None:
    sent = {"citizen_id": AN["citizen_id"], "code": "4821-0937-5561", "password": "mật khẩu mới", **changed}
    with pytest.raises(InvalidInput):
        Counter().account.reset_password(body(sent), HOME)


def test_a_challenge_from_another_system_gives_no_valid_proof() -> None:
    counter, other = asking(), asking(pepper=b"another")
    with pytest.raises(ProofRequired):
        other.register(proof=solved(counter.account.challenge(HOME)))


def test_signing_in_gives_a_token_for_twelve_hours() -> None:
    counter = Counter()
    shown = counter.register()
    answer = counter.account.sign_in(body({"citizen_id": AN["citizen_id"], "password": AN["password"]}), HOME)
    assert set(answer) == {"token", "expires_at", "participant"}
    assert answer["participant"] == shown
    assert answer["expires_at"] == definition().rfc3339(START_MS + LIFETIME_MS)


def test_signing_in_refuses_wrong_passwords_and_unknown_people_and_asks_who_tries_often_for_a_proof() -> None:
    counter = Counter()
    counter.register()
    for citizen in (AN["citizen_id"], "040090000999", "", "1" * 200):
        with pytest.raises(WrongCredentials):
            counter.account.sign_in(body({"citizen_id": citizen, "password": "sai"}), HOME)
    for _ in range(4):
        with pytest.raises(WrongCredentials):
            counter.account.sign_in(body({"citizen_id": AN["citizen_id"], "password": "sai"}), HOME)
    credentials = {"citizen_id": AN["citizen_id"], "password": AN["password"]}
    with pytest.raises(ProofRequired) as required:
        counter.account.sign_in(body(credentials), HOME)
    proof = solved(required.value.challenge)
    assert counter.account.sign_in(body({**credentials, "proof": proof}), HOME)["token"]


@pytest.mark.parametrize("wrong", ["", "khong", "wrong number", "spent", "cheap", "old"])
def test_a_wrong_proof_is_refused_before_any_password_is_hashed(wrong: str) -> None:
    counter = Counter()
    counter.register()
    source = source_id(PEPPER, HOME)
    for _ in range(FREE_MISSES + MISSES_A_STEP):
        counter.sources.missed(source, counter.clock())
    with pytest.raises(ProofRequired) as required:
        counter.sign_in(BINH)
    proof, key = solved(required.value.challenge), counter.account._proof_key()
    given = json.loads(base64.b64decode(proof))
    if wrong == "wrong number":
        proof = base64.b64encode(json.dumps({**given, "number": given["number"] + 1}).encode()).decode()
    elif wrong == "spent":
        counter.proofs_of_work.spend(given["challenge"], None, counter.clock())
    elif wrong == "cheap":
        proof = solved(dict(proof_of_work.challenge(key, 1, counter.clock.moment())))
    elif wrong == "old":
        counter.clock.now += 20 * MINUTE + 1000
    else:
        proof = wrong
    passwords = Watched(PlainPasswords())
    account = replace(counter.account, passwords=cast(Any, passwords))
    sent = {"citizen_id": BINH["citizen_id"], "password": "sai", "proof": proof}
    with pytest.raises(ProofRequired):
        account.sign_in(body(sent), HOME)
    with pytest.raises(ProofRequired):
        account.reset_password(body({**sent, "code": "1", "password": "mật khẩu mới"}), HOME)
    assert passwords.taken() == []


def test_a_disqualified_person_cannot_sign_in_a_minute_later() -> None:
    counter = Counter()
    shown = counter.register()
    counter.sign_in()
    counter.load(definition(), [shown["participant_id"]])
    counter.clock.now += MINUTE
    with pytest.raises(Disqualified):
        counter.sign_in()


def test_me_shows_the_person_the_count_of_this_week_and_all_attempts() -> None:
    counter = Counter()
    token = counter.arrive()
    first = counter.start(token)
    counter.clock.now += MINUTE
    counter.submit(token, first, wrong=2)
    second = counter.start(token)
    me = counter.account.me(token)
    assert me["participant"]["full_name"] == "Nguyễn Văn An"
    assert me["week"] == {
        "number": 1,
        "attempts_used": 2,
        "attempts_left": 1,
        "best_score": 3,
        "open_attempt": second["attempt_id"],
    }
    done, still_open = me["attempts"]
    assert (done["attempt_id"], done["status"], done["score"], done["total"]) == (
        first["attempt_id"], "submitted", 3, 5,
    )  # fmt: skip
    assert (still_open["status"], still_open["score"], still_open["deadline"]) == (
        "open", None, second["deadline"],
    )  # fmt: skip


def test_me_shows_earlier_weeks_and_the_outcome_of_an_overdue_attempt() -> None:
    counter = Counter()
    token = counter.arrive()
    attempt = counter.start(token)
    counter.save(token, attempt, wrong=1)
    counter.clock.now += WEEK
    me = counter.account.me(counter.sign_in())
    assert me["week"]["attempts_used"] == 0
    (overdue,) = me["attempts"]
    assert (overdue["week"], overdue["status"], overdue["score"]) == (1, "overdue", 4)


def test_a_discarded_attempt_has_no_score() -> None:
    counter = Counter()
    token = counter.arrive()
    counter.start(token)
    counter.clock.now += 11 * MINUTE
    (discarded,) = counter.account.me(token)["attempts"]
    assert (discarded["status"], discarded["score"]) == ("overdue", None)
    assert counter.account.me(token)["week"]["best_score"] is None


def test_me_has_the_pseudonym_of_each_week_that_has_begun_signed_with_name_and_unit() -> None:
    counter = Counter()
    token = counter.arrive()
    (first,) = counter.account.me(token)["pseudonyms"]  # before any attempt: no call is needed after the close
    told = {"contest": "trial", "name": "Nguyễn Văn An", "unit": "Sở A", "week": 1}
    told["pseudonym"] = first["pseudonym"]
    message = b"cuoc-thi-person-v1:" + canonical_json(told)
    key = Ed25519PublicKey.from_public_bytes(SIGNING_KEY.public)
    key.verify(bytes.fromhex(first["signature"]), message)
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(first["signature"]), message.replace(b"An", b"Anh"))
    assert (first["unit"], first["key_id"]) == ("Sở A", SIGNING_KEY.id)
    counter.clock.now += WEEK
    later = counter.account.me(counter.sign_in())["pseudonyms"]
    assert [one["week"] for one in later] == [1, 2]
    assert later[0] == first
    assert later[1]["pseudonym"] != first["pseudonym"]


def test_there_is_no_week_outside_the_weeks() -> None:
    counter = Counter()
    token = counter.arrive()
    counter.clock.now = START_MS - 1
    assert counter.account.me(token)["week"] is None


def test_one_person_does_not_see_another() -> None:
    counter = Counter()
    an, binh = counter.arrive(), counter.arrive(BINH)
    counter.start(an)
    assert counter.account.me(binh)["attempts"] == []


def test_a_token_of_an_unregistered_person_is_refused() -> None:
    counter = Counter()
    token = counter.arrive()
    counter.people.people.clear()
    with pytest.raises(Unauthorized):
        counter.account.me(token)
