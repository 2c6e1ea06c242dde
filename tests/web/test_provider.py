"""Registering with an identity provider, against one that runs here."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.domain.errors import (
    AlreadyRegistered,
    Busy,
    CodeRefused,
    ContestError,
    Excluded,
    FlowExpired,
    IdentityTooWeak,
    InvalidInput,
    NoProvider,
    OtherBrowser,
    ProofRequired,
    ProviderDown,
    Stopped,
    WrongCredentials,
)
from chalicelib.domain.identity import participant_id
from chalicelib.services.people import provider_sign_in
from chalicelib.services.people.brakes import FREE_ANYWHERE
from chalicelib.services.people.proven import TICKET_MS
from chalicelib.services.people.proven import ticket as ticket_of
from chalicelib.services.people.provider_sign_in import EXCHANGE_MS, FAILURES, FALLBACK_MS, FLOW_MS, OPEN_MS
from chalicelib.services.people.takeover import AGAIN_MS
from tests.fakes import MINUTE, definition
from tests.identity_table import identity
from tests.provider import PERSON, Provider, provider
from tests.web.counter import AN, HOME, PEPPER, Counter, body
from tests.web.test_account import solved

SITE = "https://thi.example.vn/"
ID = participant_id(PEPPER, AN["citizen_id"])
REST: dict[str, Any] = {name: AN[name] for name in ("unit_code", "category", "password", "consent")}


@pytest.fixture(scope="module")
def run() -> Iterator[Provider]:
    people = {
        "an": PERSON,
        "no id": {"HoVaTen": "Nguyễn Văn An"},
        "id only": {"SoDinhDanh": "040090000001"},
        "wrong id": {**PERSON, "SoDinhDanh": "12345"},
        "contradictory": {
            **PERSON,
            "NgaySinh": "1985-05-06",
            "GioiTinh": "Nữ",
            "HoVaTen": "4n",
            "phone_number": "1",
        },
        "no sex": {**PERSON, "GioiTinh": "?"},
    }
    with provider(people) as started:
        yield started


@pytest.fixture(autouse=True)
def healthy(run: Provider) -> None:
    run.down = False
    run.exchanged.clear()


def desk(run: Provider, **changed: Any) -> Counter:
    """A contest with this provider, at the time of its clock."""
    counter = Counter(definition(identity=identity(run.url, SITE, **changed)))
    counter.clock.now = time.time_ns() // 1_000_000
    return counter


def begun(counter: Counter) -> tuple[str, str]:
    answer = counter.provider.begin()
    return answer["url"], answer["flow"]


def returned(counter: Counter, run: Provider, sub: str = "an", **changed: Any) -> dict[str, str]:
    """The body that the page sends when a person comes back."""
    url, flow = begun(counter)
    return {"flow": flow, **run.sign_in(url, sub), **changed}


def proved(counter: Counter, run: Provider, sub: str = "an") -> dict[str, Any]:
    status, answer = counter.provider.finish(body(returned(counter, run, sub)))
    assert status == 202
    return dict(answer)


def test_a_person_whom_the_provider_proves_registers_with_a_ticket(run: Provider) -> None:
    counter = desk(run)
    answer = proved(counter, run)
    assert answer["known"] == {
        "citizen_id": "040090000001",
        "full_name": "NGUYỄN VĂN AN",
        "date_of_birth": "1990-05-06",
        "gender": "male",
        "phone": "0912345678",
    }
    assert (answer["missing"], answer["registered"]) == ([], False)
    person = counter.account.register(body({**REST, "ticket": answer["ticket"]}), HOME)["participant"]
    assert (person["participant_id"], person["verified"]) == (ID, "provider")
    stored = counter.people.people[ID]
    assert (stored.full_name, stored.citizen_id, stored.verified_at) == (
        "NGUYỄN VĂN AN",
        "040090000001",
        counter.clock.now,
    )
    assert counter.sign_in()  # later, by password


def test_somebody_who_registered_with_the_provider_signs_in_with_it_too(run: Provider) -> None:
    counter = desk(run)
    counter.account.register(body({**REST, "ticket": proved(counter, run)["ticket"]}), HOME)
    status, answer = counter.provider.finish(body(returned(counter, run)))
    assert status == 200
    assert counter.account.me(f"Bearer {dict(answer)['token']}")["participant"]["verified"] == "provider"
    counter.load(counter.exam.library.current().definition, excluded=[ID])
    counter.clock.now += MINUTE
    with pytest.raises(Excluded):
        counter.provider.finish(body(returned(counter, run)))


def test_what_the_provider_does_not_tell_is_asked_for(run: Provider) -> None:
    counter = desk(run)
    answer = proved(counter, run, "id only")
    assert answer["known"] == {"citizen_id": "040090000001"}
    assert answer["missing"] == ["full_name", "date_of_birth", "gender", "phone"]
    rest = {**REST, "ticket": answer["ticket"]}
    with pytest.raises(InvalidInput) as refused:
        counter.account.register(body(rest), HOME)
    assert [fault.field for fault in refused.value.errors] == answer["missing"]
    form = {name: AN[name] for name in answer["missing"]}
    with pytest.raises(InvalidInput, match="không khớp"):
        counter.account.register(body({**rest, **form, "gender": "female"}), HOME)
    assert counter.account.register(body({**rest, **form}), HOME)["participant"]["verified"] == "provider"


def test_values_that_contradict_the_citizen_id_prove_nothing_and_are_asked_for(run: Provider) -> None:
    counter = desk(run)
    answer = proved(counter, run, "contradictory")
    assert answer["known"] == {"citizen_id": "040090000001"}
    assert proved(counter, run, "no sex")["missing"] == ["gender"]


@pytest.mark.parametrize("sub", ["no id", "wrong id"])
def test_an_account_without_a_citizen_id_is_too_weak(run: Provider, sub: str) -> None:
    counter = desk(run)
    sent = returned(counter, run, sub)
    for _ in range(2):  # and stays so
        with pytest.raises(IdentityTooWeak):
            counter.provider.finish(body(sent))
    assert len(run.exchanged) == 1


def test_an_account_below_the_required_level_is_too_weak(run: Provider) -> None:
    counter = desk(run, acr=["LoA2"])
    url, _ = begun(counter)
    assert parse_qs(urlsplit(url).query)["acr_values"] == ["LoA2"]
    with pytest.raises(IdentityTooWeak, match="acr"):
        counter.provider.finish(body(returned(counter, run)))


def test_what_is_proved_cannot_be_said_otherwise(run: Provider) -> None:
    counter = desk(run)
    ticket = proved(counter, run)["ticket"]
    with pytest.raises(InvalidInput, match=r"citizen_id.*full_name"):
        counter.account.register(
            body({**REST, "ticket": ticket, "citizen_id": "040190000002", "full_name": "Lê Thị Bình"}), HOME
        )
    assert counter.people.people == {}


def test_a_ticket_replaces_the_proof_of_work(run: Provider) -> None:
    counter = desk(run)
    counter.load(definition(identity=identity(run.url, SITE), eligibility={"proof_of_work": "on"}))
    counter.clock.now += MINUTE
    with pytest.raises(ProofRequired):
        counter.register()
    assert counter.account.register(body({**REST, "ticket": proved(counter, run)["ticket"]}), HOME)


@pytest.mark.parametrize("ticket", ["", "x", "ệ", "AAAA", "A" * 400])
def test_a_ticket_that_nobody_gave_is_refused(run: Provider, ticket: str) -> None:
    counter = desk(run)
    with pytest.raises(InvalidInput) as refused:
        counter.account.register(body({**REST, "ticket": ticket}), HOME)
    assert [fault.field for fault in refused.value.errors] == ["ticket"]


def test_a_ticket_is_good_for_half_an_hour_and_only_here(run: Provider) -> None:
    counter, other = desk(run), Counter(definition(identity=identity(run.url, SITE)), pepper=b"another")
    ticket = proved(counter, run)["ticket"]
    with pytest.raises(InvalidInput, match="ticket"):
        other.account.register(body({**REST, "ticket": ticket}), HOME)
    assert "040090000001" not in ticket
    counter.clock.now += TICKET_MS
    with pytest.raises(InvalidInput, match="ticket"):
        counter.account.register(body({**REST, "ticket": ticket}), HOME)


def test_an_owner_who_had_registered_unproven_is_verified_by_password_and_ticket(run: Provider) -> None:
    counter = desk(run)
    counter.register(full_name="Nguyễn Văn Ăn")
    answer = proved(counter, run)
    assert answer["registered"] is True
    credentials = {"citizen_id": AN["citizen_id"], "password": "sai mật khẩu", "ticket": answer["ticket"]}
    with pytest.raises(WrongCredentials):
        counter.account.sign_in(body(credentials), HOME)
    assert counter.people.people[ID].verified == "none"
    signed_in = counter.account.sign_in(body({**credentials, "password": AN["password"]}), HOME)
    assert signed_in["participant"] == {
        "participant_id": ID,
        "full_name": "NGUYỄN VĂN AN",
        "unit_code": "SO-A",
        "category": "mandatory",
        "verified": "provider",
    }
    assert counter.people.people[ID].verified_at == counter.clock.now
    with pytest.raises(AlreadyRegistered):
        counter.account.register(
            body({**REST, "password": "một mật khẩu khác", "ticket": answer["ticket"]}), HOME
        )
    assert not [key for key in counter.desk.objects if key.startswith("inbox/")]


def test_a_proven_owner_takes_over_a_number_that_a_stranger_has_registered(run: Provider) -> None:
    """The desk carries it out (tests/services/intake/test_releases.py); here it does what it does then."""
    counter = desk(run)
    counter.register(full_name="Ai Đó Khác", password="mật khẩu của kẻ khác")
    sent = {**REST, "ticket": proved(counter, run)["ticket"]}
    for _ in range(3):  # the page asks again until the desk is done
        with pytest.raises(Busy):
            counter.account.register(body(sent), HOME)
    asked = [key for key in counter.desk.puts if key.startswith("inbox/")]
    assert asked == [f"inbox/month/provider-{ID}/releases.csv"]
    assert counter.desk.objects[asked[0]].decode() == (
        'citizen_id,reason\n040090000001,"chủ số đã xác thực bằng VNeID"\n'
    )
    after = participant_id(PEPPER, AN["citizen_id"], 1)
    assert counter.people.pass_on(ID, ID, after, 1)
    person = counter.account.register(body(sent), HOME)["participant"]
    assert (person["participant_id"], person["verified"]) == (after, "provider")
    assert counter.people.people[ID].full_name == "Ai Đó Khác"  # what the stranger did stays, not counted
    with pytest.raises(AlreadyRegistered):  # and nobody takes it from its owner
        counter.account.register(body({**sent, "password": "một mật khẩu khác"}), HOME)
    assert counter.desk.puts.count(asked[0]) == 1


def test_an_owner_whose_account_others_have_strained_does_not_lose_it_by_registering_anew(
    run: Provider,
) -> None:
    counter = desk(run)
    counter.register(address="198.51.100.1")
    for number in range(FREE_ANYWHERE):
        with pytest.raises(WrongCredentials):
            counter.sign_in({**AN, "password": "đoán mò"}, f"192.0.2.{number}")
    sent = {**REST, "ticket": proved(counter, run)["ticket"]}
    with pytest.raises(ProofRequired) as required:
        counter.account.register(body(sent), HOME)
    assert not [key for key in counter.desk.objects if key.startswith("inbox/")], "nothing is released"
    proof = solved(required.value.challenge)
    assert counter.account.register(body({**sent, "proof": proof}), HOME)["participant"]["participant_id"] == ID
    assert counter.people.people[ID].verified == "provider"


def test_a_stranger_cannot_keep_a_number_by_straining_it(run: Provider) -> None:
    counter = desk(run)
    stranger = {**AN, "password": "mật khẩu của kẻ khác"}
    counter.register(stranger, address="198.51.100.1")
    for number in range(FREE_ANYWHERE):
        with pytest.raises(WrongCredentials):
            counter.sign_in(AN, f"192.0.2.{number}")
    sent = {**REST, "ticket": proved(counter, run)["ticket"]}
    with pytest.raises(ProofRequired) as required:
        counter.account.register(body(sent), HOME)
    with pytest.raises(Busy):
        counter.account.register(body({**sent, "proof": solved(required.value.challenge)}), HOME)
    assert [key for key in counter.desk.objects if key.startswith("inbox/month/provider-")]


def test_a_release_that_could_not_be_written_is_asked_for_again(run: Provider) -> None:
    counter = desk(run)
    counter.register(password="mật khẩu của kẻ khác")
    sent = body({**REST, "ticket": proved(counter, run)["ticket"]})

    class Down:
        def get(self, key: str) -> bytes | None: ...

        def put(self, key: str, data: bytes) -> None:
            raise Busy

    broken = replace(counter.account, inbox=Down)
    with pytest.raises(Busy):
        broken.register(sent, HOME)
    with pytest.raises(Busy):
        counter.account.register(sent, HOME)
    assert counter.desk.puts[-1].startswith("inbox/month/provider-")


def test_a_release_that_the_desk_has_not_carried_out_is_asked_for_again_later(run: Provider) -> None:
    counter = desk(run)
    counter.register(password="mật khẩu của kẻ khác")
    sent = body({**REST, "ticket": proved(counter, run)["ticket"]})
    for _ in range(20):
        with pytest.raises(Busy):
            counter.account.register(sent, HOME)
    counter.clock.now += AGAIN_MS
    for _ in range(20):
        with pytest.raises(Busy):
            counter.account.register(sent, HOME)
    assert len([key for key in counter.desk.puts if key.startswith("inbox/")]) == 2


def test_a_number_whose_data_were_erased_is_not_taken_over(run: Provider) -> None:
    counter = desk(run)
    counter.register()
    counter.people.erase(ID, counter.clock.now)
    with pytest.raises(AlreadyRegistered):
        counter.account.register(body({**REST, "ticket": proved(counter, run)["ticket"]}), HOME)


def test_registering_anew_with_the_password_that_one_has_verifies_the_account_too(run: Provider) -> None:
    counter = desk(run)
    counter.register()
    for _ in range(2):  # also if the answer is lost
        sent = body({**REST, "ticket": proved_or_known(counter, run), "unit_code": "SO-B"})
        person = counter.account.register(sent, HOME)["participant"]
        assert (person["verified"], person["unit_code"]) == ("provider", "SO-A")


def proved_or_known(counter: Counter, run: Provider) -> str:
    """A ticket, whether or not the person is verified by now."""
    identity_, sent = counter.exam.library.current().definition.identity, returned(counter, run)
    proven = counter.provider.sign_in.finish(
        identity_, sent["flow"], sent["code"], sent["state"], None, counter.clock.now
    )
    return ticket_of(PEPPER, proven, counter.clock.now)


def test_a_ticket_verifies_no_other_account(run: Provider) -> None:
    counter = desk(run)
    counter.register(citizen_id="040190000002", gender="female")
    sent = {"citizen_id": "040190000002", "password": AN["password"], "ticket": proved(counter, run)["ticket"]}
    with pytest.raises(InvalidInput, match="ticket"):
        counter.account.sign_in(body(sent), HOME)


def test_without_a_provider_the_routes_say_so() -> None:
    counter = Counter()
    for ask in (counter.provider.begin, lambda: counter.provider.finish(b"{}")):
        with pytest.raises(NoProvider):
            ask()


# -- the flow -------------------------------------------------------------------------------------------------


def test_the_address_carries_a_challenge_a_state_and_a_nonce_that_differ_each_time(run: Provider) -> None:
    counter = desk(run)
    one, two = (parse_qs(urlsplit(begun(counter)[0]).query) for _ in range(2))
    assert {
        name: values[0] for name, values in one.items() if name not in ("state", "nonce", "code_challenge")
    } == {
        "response_type": "code",
        "client_id": "cuoc-thi",
        "redirect_uri": SITE,
        "scope": "openid profile phone",
        "code_challenge_method": "S256",
    }
    for name in ("state", "nonce", "code_challenge"):
        assert one[name] != two[name]
        assert len(one[name][0]) == 43


def test_a_lost_answer_is_given_again_without_a_second_exchange(run: Provider) -> None:
    counter = desk(run)
    sent = returned(counter, run)
    first = counter.provider.finish(body(sent))
    counter.clock.now += 9 * MINUTE
    again = counter.provider.finish(body(sent))
    assert dict(again[1])["known"] == dict(first[1])["known"]
    assert len(run.exchanged) == 1


def test_what_is_kept_of_an_exchange_can_be_read_by_nobody_without_flow_and_code(run: Provider) -> None:
    counter = desk(run)
    counter.provider.finish(body(returned(counter, run)))
    ((key, exchange),) = counter.exchanges.codes.items()
    assert b"04009" not in exchange.sealed
    assert "04009" not in key
    assert not any(key in str(value) for value in (exchange.sealed, PEPPER))


def test_of_two_requests_with_one_code_one_exchanges_and_the_other_is_told_to_wait(run: Provider) -> None:
    counter = desk(run)
    sent = body(returned(counter, run))

    def ask(_: int) -> Any:
        try:
            return counter.provider.finish(sent)[0]
        except ContestError as refused:
            return refused.code

    with ThreadPoolExecutor(8) as threads:
        answers = set(threads.map(ask, range(8)))
    assert answers <= {202, "busy"}
    assert 202 in answers
    assert len(run.exchanged) == 1
    assert ask(0) == 202


def test_a_code_whose_exchange_died_is_refused_after_ten_seconds(run: Provider) -> None:
    counter = desk(run)
    sent = returned(counter, run)
    once = counter.provider.sign_in._derived("exchange", f"{sent['flow']}|{sent['code']}")
    assert counter.exchanges.claim(once, counter.clock.now)
    with pytest.raises(Busy):
        counter.provider.finish(body(sent))
    counter.clock.now += EXCHANGE_MS
    with pytest.raises(CodeRefused):
        counter.provider.finish(body(sent))


def test_a_flow_ends_after_a_quarter_of_an_hour(run: Provider) -> None:
    counter = desk(run)
    sent = returned(counter, run)
    counter.clock.now += FLOW_MS
    with pytest.raises(FlowExpired):
        counter.provider.finish(body(sent))
    assert run.exchanged == []


def test_what_was_answered_in_time_is_given_again_after_the_end(run: Provider) -> None:
    counter = desk(run)
    sent = returned(counter, run)
    counter.clock.now += 50_000
    counter.provider.finish(body(sent))
    counter.clock.now += FLOW_MS - 40_000
    assert counter.provider.finish(body(sent))[0] == 202


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"state": "x" * 43}, OtherBrowser),
        ({"state": ""}, OtherBrowser),
        ({"state": "ệ"}, OtherBrowser),
        ({"flow": "1.2.3"}, FlowExpired),
        ({"flow": ""}, FlowExpired),
        ({"flow": "1.ệ"}, FlowExpired),
        ({"code": ""}, CodeRefused),
        ({"code": "hai từ"}, CodeRefused),
        ({"code": "never issued"}, CodeRefused),
        ({"code": "x" * 2048}, CodeRefused),
        ({"iss": "https://another.example"}, CodeRefused),
        ({"iss": ""}, CodeRefused),
        ({"code": "x" * 2049}, InvalidInput),
        ({"more": 1}, InvalidInput),
        ({"state": None}, InvalidInput),
    ],
    ids=str,
)
def test_an_answer_that_is_not_this_flows_is_refused(
    run: Provider, changed: dict[str, Any], refusal: type[ContestError]
) -> None:
    counter = desk(run)
    with pytest.raises(refusal):
        counter.provider.finish(body(returned(counter, run, **changed)))
    assert counter.people.people == {}


def test_another_persons_code_is_of_no_use_in_ones_own_flow(run: Provider) -> None:
    counter = desk(run)
    theirs, (_, mine) = returned(counter, run), begun(counter)
    with pytest.raises(OtherBrowser):
        counter.provider.finish(body({**theirs, "flow": mine}))
    state = counter.provider.sign_in._derived("state", mine)
    with pytest.raises(CodeRefused, match="invalid_grant"):  # PKCE: the verifier is another
        counter.provider.finish(body({**theirs, "flow": mine, "state": state}))


def test_the_right_issuer_is_accepted_where_the_provider_names_it(run: Provider) -> None:
    counter = desk(run)
    assert counter.provider.finish(body(returned(counter, run, iss=run.url)))[0] == 202


def test_a_wrong_client_secret_is_refused_and_logged_without_personal_data(
    run: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    counter = desk(run, client_id="another")
    with caplog.at_level(logging.INFO, "cuoc-thi"), pytest.raises(CodeRefused):
        counter.provider.finish(body(returned(counter, run)))
    assert caplog.records[-1].msg == {"provider": "code_refused", "why": "401: invalid_client"}


def test_signing_in_with_the_provider_stops_when_signing_in_is_stopped(run: Provider) -> None:
    from chalicelib.domain.decisions import Decisions, SwitchChange

    counter = desk(run)
    counter.account.register(body({**REST, "ticket": proved(counter, run)["ticket"]}), HOME)
    stop = Decisions(switches=(SwitchChange("sign_in", False, "sửa", ""),))
    counter.load(counter.exam.library.current().definition, decisions=stop)
    counter.clock.now += MINUTE
    with pytest.raises(Stopped):
        counter.provider.finish(body(returned(counter, run)))


# -- a provider that is down ----------------------------------------------------------------------------------


def break_down(counter: Counter, run: Provider) -> None:
    run.down = True
    told = []
    for _ in range(FAILURES + 1):
        with pytest.raises(ProviderDown) as down:
            counter.provider.begin()
        told.append(down.value.lasting)
    assert told == [False] * (FAILURES - 1) + [True, True]  # people may register without it from then on


def test_after_five_failures_nobody_asks_a_provider_that_is_down_for_half_a_minute(run: Provider) -> None:
    counter = desk(run)
    waiting = returned(counter, run)
    counter.provider.sign_in._kept.clear()
    break_down(counter, run)
    run.down = False
    for ask in (counter.provider.begin, lambda: counter.provider.finish(body(waiting))):
        with pytest.raises(ProviderDown):
            ask()
    assert run.exchanged == []
    counter.clock.now += OPEN_MS
    assert counter.provider.begin()
    assert counter.provider.finish(body(waiting))[0] == 202  # the code was not used up
    assert counter.exchanges.told.failures == 0


def test_failures_far_apart_do_not_add_up(run: Provider) -> None:
    counter = desk(run)
    run.down = True
    for _ in range(2 * FAILURES):
        with pytest.raises(ProviderDown):
            counter.provider.begin()
        counter.clock.now += MINUTE
    run.down = False
    assert counter.provider.begin()


def test_codes_that_the_provider_refuses_do_not_open_the_breaker(run: Provider) -> None:
    counter = desk(run)
    for _ in range(2 * FAILURES):
        with pytest.raises(CodeRefused):
            counter.provider.finish(body(returned(counter, run, code="invented")))
    assert counter.provider.begin()


def test_a_failed_exchange_may_be_tried_again(run: Provider) -> None:
    counter = desk(run)
    sent = returned(counter, run)
    run.down = True
    with pytest.raises(ProviderDown):
        counter.provider.finish(body(sent))
    run.down = False
    assert counter.provider.finish(body(sent))[0] == 202


def test_where_it_is_required_nobody_registers_without_the_provider(run: Provider) -> None:
    counter = desk(run, require=True)
    with pytest.raises(InvalidInput, match="VNeID"):
        counter.register()
    break_down(counter, run)
    with pytest.raises(InvalidInput, match="VNeID"):
        counter.register()
    run.down = False
    counter.clock.now += OPEN_MS
    assert counter.account.register(body({**REST, "ticket": proved(counter, run)["ticket"]}), HOME)


def test_the_fallback_lets_people_register_unproven_while_the_provider_is_down(run: Provider) -> None:
    counter = desk(run, require=True, fallback="unverified")
    with pytest.raises(InvalidInput, match="VNeID"):
        counter.register()
    break_down(counter, run)
    counter.clock.now += 10 * MINUTE  # somebody fills the form in, and meanwhile it is up again
    run.down = False
    counter.provider.begin()
    assert counter.register()["verified"] == "none"
    counter.clock.now += FALLBACK_MS
    with pytest.raises(InvalidInput, match="VNeID"):
        counter.register(citizen_id="040190000002", gender="female")


def test_without_require_people_register_either_way(run: Provider) -> None:
    counter = desk(run)
    assert counter.register()["verified"] == "none"


def test_the_providers_keys_are_fetched_at_most_every_ten_minutes(
    run: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = desk(run)
    fetched: list[int] = []
    wanted = provider_sign_in.ProviderSignIn._fetch_keys

    def fetch(self: Any, *asked: Any) -> Any:
        fetched.append(threading.get_ident())
        return wanted(self, *asked)

    monkeypatch.setattr(provider_sign_in.ProviderSignIn, "_fetch_keys", fetch)
    for _ in range(3):
        proved(counter, run)
    assert len(fetched) == 1
