"""People on a unit's roster are of that unit and category, at registration."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.domain.errors import ContestError, InvalidInput, ProofRequired
from chalicelib.readers.contest_tables import RosterRow
from chalicelib.services.contest.checked import Altered
from chalicelib.services.contest.compiled_rosters import index_key
from chalicelib.services.people.brakes import FREE_MISSES
from tests.fakes import definition
from tests.web.counter import AN, BINH, Counter

LISTED = RosterRow("SO-B", "Nguyễn Văn An", AN["citizen_id"], exempt=False, category="mandatory", reason="")


def with_roster() -> Counter:
    counter = Counter()
    counter.load(definition(), rosters=[LISTED])
    return counter


def test_who_is_on_a_roster_is_registered_in_its_unit_whatever_is_typed() -> None:
    counter = with_roster()
    shown = counter.register(AN, unit_code="SO-A", category="encouraged")
    assert (shown["unit_code"], shown["category"], shown["verified"]) == ("SO-B", "mandatory", "roster")
    assert counter.people.people[shown["participant_id"]].unit == "SO-B"
    binh = counter.register(BINH, unit_code="SO-A", category="encouraged")
    assert (binh["unit_code"], binh["category"], binh["verified"]) == ("SO-A", "encouraged", "none")


def test_who_is_on_a_roster_need_not_know_the_unit() -> None:
    assert with_roster().register(AN, unit_code=None)["unit_code"] == "SO-B"
    with pytest.raises(InvalidInput, match="unit_code"):
        with_roster().register(BINH, unit_code=None)


@pytest.mark.parametrize("wrong", [{"unit_code": "SO-KHÔNG"}, {"category": "none"}, {"unit_code": None}])
@pytest.mark.parametrize("more", [{}, {"consent": False}])
def test_whether_somebody_is_on_a_roster_is_not_told_before_the_proof_of_work(
    wrong: dict[str, Any], more: dict[str, Any]
) -> None:
    told = []
    for person in (AN, BINH):
        counter = Counter()
        counter.load(definition(eligibility={"proof_of_work": "on"}), rosters=[LISTED])
        with pytest.raises(ContestError) as refused:
            counter.register(person, **wrong, **more)
        told.append((type(refused.value), str(refused.value)))
    assert told[0] == told[1]


def test_who_asks_for_roster_after_roster_is_braked_where_no_proof_is_asked_for_at_first() -> None:
    counter = with_roster()
    for number in range(FREE_MISSES):
        with pytest.raises(InvalidInput, match="unit_code"):
            counter.register(BINH, citizen_id=f"0401900001{number:02}", unit_code="SO-KHÔNG")
    with pytest.raises(ProofRequired):
        counter.register(BINH, unit_code="SO-KHÔNG")
    with pytest.raises(InvalidInput, match="consent"):  # a mistake that tells nothing costs nothing
        counter.register(BINH, consent=False)


def test_a_roster_that_comes_after_registration_verifies_and_leaves_papers_and_receipts_as_they_were() -> None:
    counter = Counter()
    token = counter.arrive(AN)
    attempt = counter.start(token)
    counter.submit(token, attempt)
    receipt = counter.exam.read(token, attempt["attempt_id"])["result"]["receipt"]
    counter.load(definition(), rosters=[LISTED])
    counter.clock.now += 20_000
    token = counter.sign_in(AN)
    me = counter.account.me(token)["participant"]
    assert (me["unit_code"], me["category"], me["verified"]) == ("SO-A", "mandatory", "roster")
    counter.start(token)
    assert [entry.unit for entry in counter.entries.items.values()] == ["SO-A"]
    assert counter.exam.read(token, attempt["attempt_id"])["result"]["receipt"] == receipt


def test_the_index_is_read_once_until_the_rosters_change() -> None:
    counter = with_roster()
    counter.arrive(AN)
    (key,) = [
        key
        for key in counter.desk.objects
        if key.startswith("reference/listed/") and counter.desk.objects[key].count(b"SO-B")
    ]
    kept = counter.desk.objects.pop(key)
    assert counter.sign_in(AN)
    counter.account.listed._digest = ""
    with pytest.raises(Altered):
        counter.sign_in(AN)
    assert kept
    assert key == index_key(counter.exam.library.current().listed)
