"""The library loads a contest once, looks for a newer one every ten seconds, keeps its own while S3 fails."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.canonical import canonical_json, digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.domain.errors import Busy, NotLoaded
from chalicelib.services.contest.checked import Altered
from chalicelib.services.contest.reference import RECHECK_MS, Library, assemble, compile_parts
from tests.fakes import MINUTE, UNITS, Clock, MemoryObjects, definition, questions
from tests.pointers import pointing_at


class Shelf(MemoryObjects):
    """A desk that counts its reads and fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[str] = []
        self.down = False

    def get(self, key: str) -> bytes | None:
        self.reads.append(key)
        if self.down:
            raise Busy("s3: 503")
        return super().get(key)

    def hold(self, title: str, papers: dict[str, str] | None = None, **paper: Any) -> None:
        contest = definition(contest={"title": title}, paper=paper)
        whole = compiled.encode(compile_parts(contest, questions(), UNITS, {}, {}))
        self.objects[compiled.key(digest(whole))] = whole
        self.objects[CURRENT] = pointing_at(digest(whole), papers).encode()

    def contest_key(self) -> str:
        return compiled.key(json.loads(self.objects[CURRENT])["reference"])


@pytest.fixture
def shelf() -> Shelf:
    made = Shelf()
    made.hold("Một")
    return made


def title(library: Library) -> str:
    return library.current().definition.contest.title


def test_a_contest_is_loaded_once(shelf: Shelf) -> None:
    library = Library(shelf, Clock())
    first = library.current()
    reads = len(shelf.reads)
    assert library.current() is first
    assert len(shelf.reads) == reads == 2


def test_a_newer_contest_is_seen_after_ten_seconds_and_not_before(shelf: Shelf) -> None:
    clock = Clock()
    library = Library(shelf, clock)
    assert title(library) == "Một"
    shelf.hold("Hai")
    clock.now += RECHECK_MS - 1
    assert title(library) == "Một"
    clock.now += 1
    assert title(library) == "Hai"


def test_looking_again_reads_only_the_pointer_while_nothing_has_changed(shelf: Shelf) -> None:
    clock = Clock()
    library = Library(shelf, clock)
    first = library.current()
    shelf.reads.clear()
    for _ in range(3):
        clock.now += MINUTE
        assert library.current() is first
    assert shelf.reads == [CURRENT] * 3


def test_a_failing_s3_does_not_stop_a_running_contest(shelf: Shelf) -> None:
    clock = Clock()
    library = Library(shelf, clock)
    first = library.current()
    shelf.down = True
    clock.now += MINUTE
    assert library.current() is first


def test_a_failing_s3_is_asked_once_a_minute_and_not_on_every_request(shelf: Shelf) -> None:
    clock = Clock()
    library = Library(shelf, clock)
    library.current()
    shelf.down = True
    clock.now += MINUTE
    shelf.reads.clear()
    for _ in range(10):
        clock.now += 1
        library.current()
    assert len(shelf.reads) == 1


def test_an_s3_that_fails_from_the_start_means_busy_and_is_asked_again(shelf: Shelf) -> None:
    library = Library(shelf, Clock())
    shelf.down = True
    with pytest.raises(Busy):
        library.current()
    shelf.down = False
    assert title(library) == "Một"


def test_before_the_first_contest_nothing_is_loaded() -> None:
    with pytest.raises(NotLoaded):
        Library(MemoryObjects(), Clock()).current()


def test_a_first_contest_is_seen_at_once() -> None:
    shelf = Shelf()
    library = Library(shelf, Clock())
    with pytest.raises(NotLoaded):
        library.current()
    shelf.hold("Một")
    assert title(library) == "Một"


@pytest.mark.parametrize("spoil", ["gone", "changed"])
def test_a_contest_that_is_gone_or_changed_is_not_loaded(shelf: Shelf, spoil: str) -> None:
    if spoil == "gone":
        del shelf.objects[shelf.contest_key()]
    else:
        shelf.objects[shelf.contest_key()] += b" "
    with pytest.raises(Altered):
        Library(shelf, Clock()).current()


def test_a_newer_contest_that_is_not_there_yet_leaves_the_older_in_force(shelf: Shelf) -> None:
    clock = Clock()
    library = Library(shelf, clock)
    library.current()
    shelf.hold("Hai")
    held_back = shelf.objects.pop(shelf.contest_key())
    clock.now += MINUTE
    assert title(library) == "Một"
    shelf.objects[shelf.contest_key()] = held_back
    clock.now += MINUTE
    assert title(library) == "Hai"


def test_the_paper_of_an_earlier_week_is_read_on_demand_and_only_once(shelf: Shelf) -> None:
    first = json.loads(shelf.objects[CURRENT])["reference"]
    shelf.hold("Hai", papers={"1": first})
    clock = Clock()
    library = Library(shelf, clock)
    current = library.current()
    assert len(shelf.reads) == 2
    assert current.of_week(2) is current
    for _ in range(3):
        assert current.of_week(1) is library.current().of_week(1)
    assert shelf.reads[2:] == [compiled.key(first)], "one object more at a cold start, none in a request"
    clock.now += MINUTE
    assert library.current().of_week(1) is current.of_week(1)
    assert shelf.reads[3:] == [CURRENT]


def test_an_environment_that_saw_a_week_open_reads_nothing_more_for_it(shelf: Shelf) -> None:
    clock = Clock()
    library = Library(shelf, clock)
    before = library.current()
    shelf.hold("Hai", papers={"1": json.loads(shelf.objects[CURRENT])["reference"]})
    clock.now += MINUTE
    shelf.reads.clear()
    assert library.current().of_week(1).bank is before.bank
    assert shelf.reads == [CURRENT, shelf.contest_key()]


def test_an_earlier_week_keeps_its_paper_and_nothing_else(shelf: Shelf) -> None:
    shelf.hold("Hai", papers={"1": json.loads(shelf.objects[CURRENT])["reference"]}, questions=7)
    current = Library(shelf, Clock()).current()
    kept = current.of_week(1)
    assert kept.definition == definition(contest={"title": "Hai"})
    assert kept.definition.paper.questions == 5
    assert kept.digests["definition"] != current.digests["definition"]
    again = compile_parts(kept.definition, questions(), UNITS, {}, {})
    assert assemble(again).digests == kept.digests


def test_a_week_whose_object_cannot_be_read_means_busy(shelf: Shelf) -> None:
    shelf.hold("Hai", papers={"1": json.loads(shelf.objects[CURRENT])["reference"]})
    current = Library(shelf, Clock()).current()
    shelf.down = True
    with pytest.raises(Busy):
        current.of_week(1)
    shelf.down = False
    assert current.of_week(1).definition.contest.title == "Hai"


def test_compiling_does_not_depend_on_the_order_of_questions_and_people() -> None:
    forward = compile_parts(definition(), questions(), UNITS, {"b": "2", "a": "1"}, {"d": "4", "c": "3"})
    backward = compile_parts(
        definition(), reversed(questions()), UNITS, {"a": "1", "b": "2"}, {"c": "3", "d": "4"}
    )
    assert forward == backward


def test_a_compiled_contest_reads_back_unchanged() -> None:
    reference = assemble(compile_parts(definition(), questions(), UNITS, {"a": "vai trò"}, {"b": "lý do"}))
    assert reference.definition == definition()
    assert reference.bank.questions == questions()
    assert reference.units == UNITS
    assert (reference.excluded, reference.unranked) == ({"a": "vai trò"}, {"b": "lý do"})
    assert reference.bank.digest == reference.digests["bank"]


def test_json_is_canonical() -> None:
    assert canonical_json({"b": [1, "ệ"], "a": None}) == '{"a":null,"b":[1,"ệ"]}'.encode()
