"""Whoever writes the desk or the site where only functions write is found, told, and has changed nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.domain.errors import Busy
from chalicelib.domain.times import to_ms
from chalicelib.reports.rules.page import rules_page
from chalicelib.services.closing.steps import Closing
from chalicelib.services.contest.checked import POINTERS, Altered
from chalicelib.services.contest.compiled_rosters import index_key, load_rosters
from chalicelib.services.contest.reference import Library
from chalicelib.services.contest.revisions import shown_weeks
from chalicelib.services.exam.receipt_keys import announce, listed_keys, publish_keys
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.people.listed import ListedPeople
from chalicelib.services.publishing.upkeep import look_after_contest, look_after_lists, look_after_site
from tests.closer import made_beforehand
from tests.fakes import MINUTE, Clock, MemoryObjects, MemorySite
from tests.services.contest.test_compiled_rosters import ROSTERS
from tests.services.intake.test_consequences import AFTER_WEEK_2, IDS, TUESDAY, TWO_WEEKS, Province, annul

# What somebody may do to an object.
EDITS: dict[str, Callable[[bytes], bytes | None]] = {
    "a changed byte": lambda data: data[:-1] + bytes([data[-1] ^ 1]) if data else b"x",
    "something added": lambda data: data + b" ",
    "the end taken away": lambda data: data[: len(data) // 2],
    "emptied": lambda data: b"" if data else b"x",
    "deleted": lambda _: None,
}


class Watched(MemoryObjects):
    """Notes what is read; before the first reading of ``victim`` somebody carries out ``edit``."""

    def __init__(self) -> None:
        super().__init__()
        self.read: set[str] = set()
        self.victim, self.edit = "", EDITS["deleted"]

    def get(self, key: str) -> bytes | None:
        if key in self.objects:
            self.read.add(key)
        if key == self.victim and key in self.objects:
            self.victim, edited = "", self.edit(self.objects[key])
            if edited is None:
                del self.objects[key]
            else:
                self.put(key, edited)
        return super().get(key)


class Contest(Province):
    """Week 1 is closed, a change waits for its confirmation, and the parts of week 2 are made."""

    def __init__(self) -> None:
        super().__init__(TWO_WEEKS)
        watched = Watched()
        watched.objects, watched.versions = self.desk.desk.objects, self.desk.desk.versions
        self.desk.desk = watched
        object.__setattr__(self.desk.intake, "desk", watched)
        assert self.desk.put(toml=TWO_WEEKS, rosters=ROSTERS)["accepted"]
        announce(watched, SigningKey(b"secret"))
        self.closing(TUESDAY).run()
        self.code = self.send("annulments.csv", annul("an"))["taken"]["code"]
        watched.read.clear()

    @property
    def watched(self) -> Watched:
        assert isinstance(self.desk.desk, Watched)
        return self.desk.desk

    def closing(self, now: Any) -> Closing:
        return Closing(
            weeks=self.closer(),
            current=Library(self.desk.desk, Clock(), recheck=0).current,
            desk=self.desk.desk,
            site=self.desk.site,
            clock=lambda: to_ms(now),
            to_rules=rules_page,
        )

    def go_on(self) -> list[Any]:
        """All that functions load from the desk, by the functions that load it; what they make of it."""
        desk, told = self.desk.desk, list[Any]()
        contest = Library(desk, Clock()).current()
        told.append(ListedPeople(desk).find(IDS["an"], contest))
        told.append([*load_rosters(desk, contest, 1)])
        told.append(self.send("guide.md", "# Mới")["accepted"])
        told.append(self.confirm(self.code)["taken"])
        made_beforehand(self.closer(), self.contest(), to_ms(AFTER_WEEK_2))
        again(self.closing(AFTER_WEEK_2).run)
        told.append(
            [(number, revision.week(), [*revision.rows()]) for number, _, revision in shown_weeks(desk)]
        )
        return told


def again(step: Callable[[], Any]) -> None:
    """Runs that are refused once are repeated by the next, as the schedule does."""
    for _ in range(2):
        try:
            step()
        except Altered:
            continue
        return
    step()


def lines(caplog: pytest.LogCaptureFixture) -> list[Any]:
    return [one.msg for one in caplog.records if "altered_object" in one.message]


def test_whatever_functions_load_from_the_desk_is_checked_told_and_brought_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Every object that a function has read is edited, each in another way, and nothing comes of it."""
    whole = Contest()
    expected = whole.go_on()
    assert lines(caplog) == []
    loaded = sorted(key for key in whole.watched.read if not key.startswith(POINTERS))
    kinds = {key.split("/")[0] for key in loaded}
    assert kinds == {"reference", "results", "pending", "parts"}
    for number, key in enumerate(loaded):
        name, edit = [*EDITS.items()][number % (4 if key.startswith("parts/") else 5)]  # parts expire
        caplog.clear()
        contest = Contest()
        contest.watched.victim, contest.watched.edit = key, edit
        assert contest.go_on() == expected, (key, name)
        assert {"event": "altered_object", "key": key, "healed": True} in lines(caplog), (key, name)
        assert contest.objects == whole.objects, (key, name)
        assert contest.desk.site.objects == whole.desk.site.objects, (key, name)


@pytest.mark.parametrize("name", EDITS)
def test_a_contest_in_force_stays_in_force_for_whom_has_it_and_is_refused_to_others(name: str) -> None:
    """The API cannot bring anything back: it may write nothing there."""

    class OfTheApi(MemoryObjects):
        def restore(self, key: str, sha256: str) -> bool:
            return False

    contest, clock = Contest(), Clock()
    desk = OfTheApi()
    desk.objects = contest.objects
    running = Library(desk, clock)
    expected = running.current()
    pointer, clock.now = contest.objects[CURRENT], clock.now + 10_000
    assert contest.confirm(contest.code)["accepted"]
    assert contest.objects[CURRENT] != pointer
    told = ContestInForce.decode(contest.objects[CURRENT])
    edit(contest.objects, compiled.key(told.reference), name)
    assert running.current() is expected
    with pytest.raises(Busy):
        Library(desk, clock).current()
    look_after_contest(contest.desk.desk)
    assert Library(desk, clock).current().definition == expected.definition


def edit(objects: dict[str, bytes], key: str, name: str) -> None:
    edited = EDITS[name](objects[key])
    if edited is None:
        del objects[key]
    else:
        objects[key] = edited


@pytest.mark.parametrize("name", EDITS)
def test_what_nobody_loads_for_a_while_is_looked_after(name: str, caplog: pytest.LogCaptureFixture) -> None:
    contest = Contest()
    right = dict(contest.objects)
    looked_after = [key for key in right if key.startswith("reference/") and named_now(contest, key)]
    assert {key.split("/")[1] for key in looked_after} == {"contest", "listed", "rosters", "source"}
    for key in looked_after:
        edit(contest.objects, key, name)
    look_after_contest(contest.desk.desk)
    look_after_lists(contest.desk.desk)
    assert contest.objects == right
    assert sorted(one["key"] for one in lines(caplog)) == sorted(looked_after)


def named_now(contest: Contest, key: str) -> bool:
    """Whether the pointer names the object, or an object that it names does."""
    told, current = ContestInForce.decode(contest.objects[CURRENT]), contest.contest()
    named = {told.reference, *told.papers.values(), *told.units.values(), told.source, told.listed}
    kept = {one().rosters for one in (*current.earlier.values(), *current.counted.values())}
    named |= {current.rosters, *kept}
    return key.rpartition("/")[2].partition(".")[0] in named


def test_what_cannot_be_brought_back_stops_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    contest = Contest()
    told = ContestInForce.decode(contest.objects[CURRENT])
    lost, found = compiled.key(told.reference), index_key(told.listed)
    contest.objects[lost] = contest.objects[found] = b"wrong"
    del contest.desk.desk.versions[lost]
    look_after_contest(contest.desk.desk)
    assert [(one["key"], one["healed"]) for one in lines(caplog)] == [(lost, False), (found, True)]


def test_a_change_whose_file_was_edited_while_it_waited_is_not_carried_out() -> None:
    """Not even by whoever has found another file for the same ten digits of the code."""
    contest = Contest()
    key = f"pending/{contest.code}.json"
    contest.objects[key] = contest.objects[key].replace(b'"cause":"annulment"', b'"cause":"rule"')
    del contest.desk.desk.versions[key]
    pointer = contest.objects[CURRENT]
    (fault,) = contest.confirm(contest.code)["faults"]
    assert "đã bị sửa" in fault["message"]
    assert contest.objects[CURRENT] == pointer


# ---- the site


class Published:
    """The site of a contest whose first week is closed, a minute later."""

    def __init__(self) -> None:
        self.clock, contest = Clock(to_ms(TUESDAY)), Contest()
        self.site = MemorySite(self.clock)
        publish_keys(listed_keys(contest.desk.desk), contest.desk.site)
        for key, data in contest.desk.site.objects.items():
            self.site.put(key, data)
        self.right = dict(self.site.objects)
        self.clock.now += MINUTE

    def look(self) -> None:
        look_after_site(self.site, self.clock.now)


KEPT = sorted(Published().site.there())


def test_the_files_that_functions_replace_are_those_of_the_page() -> None:
    assert {"data/contest.json", "data/keys.json", "data/results/week-1.json"} <= set(KEPT)
    assert not any(key.startswith(("data/reference/", "data/proof/")) for key in KEPT)


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("key", KEPT)
def test_an_edited_file_of_the_site_is_told_and_put_right(
    key: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    shown = Published()
    shown.look()
    assert lines(caplog) == []
    shown.site.stray(key, EDITS[name](shown.right[key]))
    shown.look()
    assert shown.site.objects == shown.right
    assert lines(caplog) == [{"event": "altered_object", "key": key, "healed": True}]
    caplog.clear()
    shown.look()
    assert lines(caplog) == []


def test_a_file_that_no_function_put_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    shown = Published()
    shown.site.stray("data/results/week-9.json", b"{}")
    shown.look()
    shown.look()
    assert lines(caplog) == [{"event": "altered_object", "key": "data/results/week-9.json", "healed": False}]


def test_a_lost_record_takes_nothing_from_the_page(caplog: pytest.LogCaptureFixture) -> None:
    shown = Published()
    shown.site._noted.clear()
    shown.look()
    assert shown.site.objects == shown.right
    assert [one["key"] for one in lines(caplog)] == KEPT
    caplog.clear()
    shown.clock.now += MINUTE
    shown.look()
    assert lines(caplog) == []


def test_an_older_file_put_back_is_told_too(caplog: pytest.LogCaptureFixture) -> None:
    shown = Published()
    older, newer = shown.right["data/results/week-1.json"], b'{"revision":2}'
    shown.site.put("data/results/week-1.json", newer)
    shown.clock.now += MINUTE
    shown.site.stray("data/results/week-1.json", older)
    shown.look()
    assert shown.site.objects["data/results/week-1.json"] == newer
    assert len(lines(caplog)) == 1


def test_a_file_that_is_just_being_put_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """It is noted, but not there yet."""
    shown = Published()
    before = shown.right["data/contest.json"]
    shown.site.put("data/contest.json", b"{}")
    shown.site.stray("data/contest.json", before)
    shown.clock.now += 20_000
    shown.look()
    assert shown.site.objects["data/contest.json"] == before
    assert lines(caplog) == []
