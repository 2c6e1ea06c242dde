"""Sessions that end before their tokens expire: the list, read with the contest, and people barred in it."""

from __future__ import annotations

import pytest

from chalicelib.documents import revoked_tokens
from chalicelib.domain.decisions import Annulment, Decisions
from chalicelib.domain.errors import Busy, Unauthorized
from chalicelib.domain.identity import code_id
from chalicelib.services.contest.reference import RECHECK_MS
from chalicelib.services.exam.revoked import LIFETIME_MS
from chalicelib.storage.revocations import SKEW_MS
from tests.fakes import START_MS, definition
from tests.web.counter import AN, BINH, Counter, body

MINUTE = 60_000


def identity(counter: Counter, person: dict[str, object] = AN) -> str:
    return next(key for key, one in counter.people.people.items() if one.citizen_id == person["citizen_id"])


def is_out(counter: Counter, token: str) -> bool:
    try:
        counter.exam.start(token, b"{}")
    except Unauthorized:
        return True
    return False


def test_a_revoked_token_is_refused_from_the_next_look_on_and_others_are_not() -> None:
    counter = Counter()
    an, binh = counter.arrive(AN), counter.arrive(BINH)
    assert not is_out(counter, an)
    counter.revocations.revoke([identity(counter)])
    assert not is_out(counter, an)
    counter.clock.now += RECHECK_MS
    assert is_out(counter, an)
    assert not is_out(counter, binh)


@pytest.mark.parametrize("later", [-SKEW_MS, -1, 0, 1, SKEW_MS, MINUTE])
def test_whoever_signs_in_after_it_stays_signed_in_whatever_the_clocks_say(later: int) -> None:
    """Two machines: the one that signs in may be behind the one that revokes, or at the same millisecond."""
    counter = Counter()
    counter.arrive()
    counter.revocations.revoke([identity(counter)])
    counter.clock.now += later
    fresh = counter.sign_in()
    for _ in range(3):
        counter.clock.now += RECHECK_MS
        assert not is_out(counter, fresh)


@pytest.mark.parametrize("earlier", [0, 1, MINUTE])
@pytest.mark.parametrize("ahead", [0, SKEW_MS - 1])
def test_no_token_from_before_survives_even_if_its_clock_was_ahead(earlier: int, ahead: int) -> None:
    counter = Counter()
    counter.register()
    counter.clock.now += ahead
    token = counter.sign_in()
    counter.clock.now += earlier - ahead
    counter.revocations.revoke([identity(counter)])
    counter.clock.now += RECHECK_MS
    assert is_out(counter, token)


@pytest.mark.parametrize("how", ["excluded", "annulled"])
def test_who_may_no_longer_take_part_is_out_without_any_list(how: str) -> None:
    counter = Counter()
    token = counter.arrive()
    assert not is_out(counter, token)
    counter.load(definition(), **{how: [identity(counter)]})  # type: ignore[arg-type]
    counter.clock.now += RECHECK_MS
    assert is_out(counter, token)
    assert revoked_tokens.KEY not in counter.desk.objects


def test_who_is_annulled_for_one_week_may_go_on() -> None:
    counter = Counter()
    token = counter.arrive()
    one_week = Annulment(identity(counter), (1,), "not_counted", "2022-08-29", "thi hộ")
    counter.load(definition(), decisions=Decisions(annulments=(one_week,)))
    counter.clock.now += RECHECK_MS
    assert not is_out(counter, token)


def test_who_is_let_in_again_goes_on_with_the_same_token() -> None:
    counter = Counter()
    token = counter.arrive()
    counter.load(definition(), excluded=[identity(counter)])
    counter.clock.now += RECHECK_MS
    assert is_out(counter, token)
    counter.load(definition())
    counter.clock.now += RECHECK_MS
    assert not is_out(counter, token)


@pytest.mark.parametrize("broken", [b"", b"{", b'{"format":2,"revoked":{}}', b'{"format":1,"revoked":[]}'])
def test_a_list_that_cannot_be_read_leaves_the_one_before_in_force(broken: bytes) -> None:
    counter = Counter()
    an, binh = counter.arrive(AN), counter.arrive(BINH)
    counter.revocations.revoke([identity(counter)])
    counter.clock.now += RECHECK_MS
    assert is_out(counter, an)
    counter.desk.objects[revoked_tokens.KEY] = broken
    counter.clock.now += RECHECK_MS
    assert is_out(counter, an) or broken == b""
    assert not is_out(counter, binh)


def test_a_desk_that_fails_stops_nobody_and_forgets_nobody() -> None:
    counter = Counter()
    an, binh = counter.arrive(AN), counter.arrive(BINH)
    counter.revocations.revoke([identity(counter)])
    counter.clock.now += RECHECK_MS
    assert is_out(counter, an)

    def failing(key: str) -> bytes | None:
        raise Busy

    counter.desk.get = failing  # type: ignore[method-assign]
    counter.clock.now += RECHECK_MS
    assert is_out(counter, an)
    assert not is_out(counter, binh)


def test_the_list_is_read_once_in_ten_seconds_whatever_is_asked() -> None:
    counter = Counter()
    token = counter.arrive()
    reads = []
    read = counter.desk.get

    def counted(key: str) -> bytes | None:
        reads.append(key)
        return read(key)

    counter.desk.get = counted  # type: ignore[method-assign]
    for _ in range(10):
        counter.exam.start(token, b"{}")
        counter.clock.now += RECHECK_MS // 10
    assert reads.count(revoked_tokens.KEY) <= 1
    assert counter.entries.reads == 0


def test_an_entry_is_forgotten_when_every_token_from_before_it_has_expired() -> None:
    counter = Counter()
    counter.arrive(AN)
    counter.arrive(BINH)
    an, binh = identity(counter, AN), identity(counter, BINH)
    counter.revocations.revoke([an])
    counter.clock.now += LIFETIME_MS + SKEW_MS - 1
    counter.revocations.revoke([binh])
    assert set(revoked_tokens.decode(counter.desk.objects[revoked_tokens.KEY])) == {an, binh}
    counter.clock.now += 1
    counter.revocations.revoke([binh])
    assert set(revoked_tokens.decode(counter.desk.objects[revoked_tokens.KEY])) == {binh}


def test_a_password_that_is_reset_ends_the_thiefs_session_and_not_the_owners() -> None:
    counter = Counter()
    thief = counter.arrive()
    person = identity(counter)
    counter.people.allow_reset(person, code_id(b"pepper", person, "1234"), START_MS + MINUTE)
    sent = {"citizen_id": AN["citizen_id"], "code": "1234", "password": "mật khẩu mới"}
    counter.account.reset_password(body(sent), "198.51.100.1")
    owner = counter.sign_in({**AN, "password": "mật khẩu mới"})
    counter.clock.now += RECHECK_MS
    assert is_out(counter, thief)
    assert not is_out(counter, owner)
    with pytest.raises(Unauthorized):
        counter.account.me(thief)
