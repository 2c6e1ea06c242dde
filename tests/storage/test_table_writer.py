"""Somebody who may write the table of entries, but has no key of the API's, at work on DynamoDB by moto."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.domain.attempt import MAC_BYTES, Entry, Finished, encode_opening, settled
from chalicelib.domain.closeout import gather
from chalicelib.domain.errors import AttemptNotFound, NoAttemptsLeft
from chalicelib.domain.macs import EntryMacs
from chalicelib.domain.paper import draw, score
from chalicelib.services.exam.exam import OpenPaper, Person
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.entries import Entries
from chalicelib.storage.entry_items import entry_of
from tests.fakes import MAC_KEY, MINUTE, collectors, definition, reference
from tests.services.exam.exam_room import AN, BINH, ExamRoom

CONTEST = definition(paper={"overdue": "submit_saved"})


class Table:
    """The table with An's two papers, 5 and 3 right, and Bình's open one with 2 right answers saved."""

    def __init__(self, client: Dynamo) -> None:
        self.client = client
        self.room = ExamRoom(CONTEST, Entries(client, "entries", lambda: MAC_KEY))
        self.first = self.sit(AN, wrong=0)
        self.second = self.sit(AN, wrong=2)
        self.open = self.room.start(BINH)
        self.room.clock.now += MINUTE
        self.revision = self.room.save(self.open, BINH, wrong=3, guess=7, on=0)

    def sit(self, person: Person, wrong: int) -> Finished:
        opened = self.room.start(person)
        self.room.clock.now += MINUTE
        return self.room.submit(opened, person, wrong=wrong, guess=1, on=0)

    def item(self, person: Person) -> dict[str, Any]:
        key = {"pk": {"S": f"w1#{person.participant_id[:2]}"}, "sk": {"S": person.participant_id}}
        found: dict[str, Any] = self.client.get_item(TableName="entries", Key=key)["Item"]
        return found

    def put(self, item: dict[str, Any]) -> None:
        self.client.put_item(TableName="entries", Item=item)

    def read(self) -> list[Entry]:
        """What the close reads."""
        items = self.client.call("Scan", {"TableName": "entries"})["Items"]
        return [entry_of(item, MAC_KEY) for item in items if item["pk"]["S"].startswith("w1#")]

    def counted(self) -> dict[str, list[tuple[int, int, int | None]]]:
        """Who counts in a close → number, score and prediction of each counted attempt."""
        counted: dict[str, list[tuple[int, int, int | None]]] = {}
        bank, after = reference(CONTEST).bank, CONTEST.weeks[0].closes + MINUTE
        for entry in self.read():
            closed = settled(
                entry, CONTEST, after, lambda *own: score(draw(bank, CONTEST.paper, own[0]), own[1])
            )
            if of_person := [(one.number, one.score, one.prediction) for one in closed.counted]:
                counted.setdefault(entry.participant_id[:2], []).extend(of_person)
        return counted

    def listed(self) -> list[tuple[str, int]]:
        """Whom the anomalies name, and with how many attempts."""
        contest, week = reference(CONTEST), CONTEST.weeks[0]
        closed = gather(CONTEST, contest.bank, week, self.read(), collectors(contest, week).statistics)
        signs: Any = closed.collected["signs"]
        return sorted((person[:2], found.attempts) for person, found in signs.unauthentic.items())


HONEST = {"aa": [(1, 5, 1), (2, 3, 1)], "bb": [(1, 2, None)]}


@pytest.fixture
def table(client: Dynamo) -> Table:
    found = Table(client)
    assert (found.counted(), found.listed()) == (HONEST, [])
    return found


def add(records: list[dict[str, Any]], more: bytes) -> list[dict[str, Any]]:
    return [*records, {"B": more}]


def raised(record: bytes) -> bytes:
    """The record with all answers right."""
    changed = bytearray(record)
    changed[18] = 5
    return bytes(changed)


FORGED = Finished(3, 1_661_130_000_000, 1_000, 0, 5, 7, "f" * 16, "B" * 5)


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        pytest.param(lambda done, _: add(done, FORGED.encode() + bytes(8)), [1, 2], id="inserted"),
        pytest.param(lambda done, _: add(done, FORGED.encode()), [1, 2], id="inserted without a MAC"),
        pytest.param(lambda done, _: add(done, done[0]["B"]), [1, 2], id="own record again"),
        pytest.param(add, [1, 2], id="somebody else's record"),
        pytest.param(lambda done, _: [done[0], {"B": raised(done[1]["B"])}], [1], id="a raised score"),
        pytest.param(lambda done, _: [{"B": b"\x02" + done[0]["B"][1:]}, done[1]], [2], id="another number"),
        pytest.param(lambda done, _: add(done, b""), [1, 2], id="nothing"),
    ],
)
def test_a_record_that_the_api_has_not_written_counts_nowhere_and_is_listed(
    table: Table, change: Callable[[Any, bytes], Any], kept: list[int]
) -> None:
    chi = Person("cc" + "0" * 18, "SO-A", "mandatory")
    table.sit(chi, wrong=0)
    item, other = table.item(AN), table.item(chi)["done"]["L"][0]["B"]
    table.put({**item, "done": {"L": change(item["done"]["L"], other)}})
    assert [number for number, *_ in table.counted()["aa"]] == kept
    assert table.listed() == [("aa", 1)]


def test_a_record_of_another_week_counts_nowhere(table: Table) -> None:
    item = table.item(AN)
    table.room.clock.now = CONTEST.weeks[1].opens
    table.sit(AN, wrong=0)
    later = table.client.get_item(TableName="entries", Key={"pk": {"S": "w2#aa"}, "sk": item["sk"]})["Item"]
    table.put({**item, "used": {"N": "3"}, "done": {"L": [*item["done"]["L"], *later["done"]["L"]]}})
    assert table.counted() == HONEST
    assert table.listed() == [("aa", 1)]


@pytest.mark.parametrize("changed", [{"unit": {"S": "SO-B"}}, {"category": {"S": "encouraged"}}])
def test_a_moved_person_counts_nowhere(table: Table, changed: dict[str, Any]) -> None:
    table.put({**table.item(AN), **changed})
    assert table.counted() == {"bb": HONEST["bb"]}
    assert table.listed() == [("aa", 2)]


def test_a_copy_in_another_partition_counts_nowhere(table: Table) -> None:
    table.put({**table.item(AN), "pk": {"S": "w1#00"}})
    assert table.counted() == HONEST


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"saved": {"S": "BBBBB"}}, id="answers"),
        pytest.param({"guess": {"N": "1"}}, id="prediction"),
        pytest.param({"rev": {"N": "599999"}}, id="time"),
        pytest.param({"mac": {"B": b""}}, id="no MAC"),
        pytest.param({"mac": {"B": bytes(8)}}, id="a guessed MAC"),
    ],
)
def test_saved_answers_written_into_an_open_paper_after_the_close_are_not_handed_in(
    table: Table, changed: dict[str, Any]
) -> None:
    table.put({**table.item(BINH), **changed})
    assert table.counted() == {"aa": HONEST["aa"]}
    assert table.listed() == [("bb", 1)]


def test_what_is_saved_over_forged_answers_counts_again(table: Table) -> None:
    table.put({**table.item(BINH), "saved": {"S": "BBBBB"}})
    read = table.room.read(table.open.attempt, BINH)
    assert isinstance(read, OpenPaper)
    assert (read.saved, read.guess, read.revision) == ({}, None, table.revision)
    table.room.save(table.open, BINH, wrong=1, on=read.revision)
    assert table.counted() == {**HONEST, "bb": [(1, 4, None)]}
    assert table.listed() == []


def test_an_open_attempt_that_the_api_has_not_opened_is_nobodys(table: Table) -> None:
    """Its paper could be one that is known before, and its time could begin when the answers are ready."""
    nonce, started = "f" * 16, table.room.clock.now
    item = {**table.item(AN), "used": {"N": "3"}, "open": {"B": encode_opening(started, nonce) + bytes(8)}}
    table.put(item)
    known = table.open.attempt._replace(number=3, started=started, nonce=nonce)
    for send in (table.room.save, table.room.submit):
        with pytest.raises(AttemptNotFound):
            send(OpenPaper(known, table.open.paper, {}, None, 0, None), AN, wrong=5, on=0)
    with pytest.raises(NoAttemptsLeft):
        table.room.start(AN)
    assert table.counted() == HONEST
    assert table.listed() == [("aa", 1)]


def test_a_finished_attempt_that_is_opened_again_stays_finished(table: Table) -> None:
    before = table.item(BINH)
    table.room.submit(table.open, BINH, wrong=4, guess=7, on=table.revision)
    after = table.item(BINH)
    table.put({**before, "done": after["done"]})
    assert table.counted() == {**HONEST, "bb": [(1, 1, 7)]}
    assert table.listed() == [("bb", 1)]


def test_an_older_state_of_the_same_attempt_passes_and_only_the_log_can_tell(table: Table) -> None:
    """docs/security.md says so: a MAC cannot tell which of two states that the API wrote is the newer."""
    before = table.item(BINH)
    table.room.save(table.open, BINH, wrong=0, guess=7, on=table.revision)
    assert table.counted()["bb"] == [(1, 5, None)]
    table.put(before)
    assert (table.counted(), table.listed()) == (HONEST, [])


def test_with_the_key_of_the_macs_what_is_written_before_the_close_counts(table: Table) -> None:
    """docs/collusion.md says so: somebody with the table and ``EntrySecret`` writes as the API does."""
    item = table.item(BINH)
    macs = EntryMacs(MAC_KEY, *(item[name]["S"] for name in ("pk", "sk", "unit", "category")))
    number, revision = int(item["used"]["N"]), int(item["rev"]["N"])
    filled_in = macs.saved(item["open"]["B"][:-MAC_BYTES], number, "BBBBB", 1, revision)
    table.put({**item, "saved": {"S": "BBBBB"}, "guess": {"N": "1"}, "mac": {"B": filled_in}})
    item = table.item(AN)
    macs = EntryMacs(MAC_KEY, *(item[name]["S"] for name in ("pk", "sk", "unit", "category")))
    done = add(item["done"]["L"], macs.record(FORGED))
    table.put({**item, "used": {"N": "3"}, "done": {"L": done}})
    counted = table.counted()
    assert counted["aa"] == [*HONEST["aa"], (3, FORGED.score, FORGED.prediction)]
    assert counted["bb"] != HONEST["bb"]
    assert table.listed() == []
