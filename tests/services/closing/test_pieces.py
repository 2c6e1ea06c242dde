"""The pieces of a week's bundle, made by several functions before the close that puts them together."""

from __future__ import annotations

import json
from random import Random

import pytest

from chalicelib.documents.bundle import Records
from chalicelib.domain.small_cells import NOTHING_HIDDEN, SmallCells
from chalicelib.services.closing.bundle_people import PIECES
from chalicelib.services.closing.bundle_pieces import Terms
from chalicelib.services.closing.pieces import Pieces
from chalicelib.services.closing.shares import SHARES, Shares
from chalicelib.services.contest.reference import Current
from tests.closer import made_beforehand, told_log
from tests.fakes import SALT_KEY, MemoryObjects, collectors, reference
from tests.services.closing.test_shares import Reader
from tests.services.closing.two_weeks import (
    AFTER_WEEK_1,
    AFTER_WEEK_2,
    CONTEST,
    REFERENCE,
    Stage,
    played,
    saved_answers,
)

WEEK = CONTEST.weeks[0]
TERMS = Terms(NOTHING_HIDDEN, frozenset(), 0, None)


class Noting(MemoryObjects):
    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def get(self, key: str) -> bytes | None:
        self.read.append(key)
        return super().get(key)


class Bundle:
    """The pieces of a week of 256 people, over a desk of their own."""

    def __init__(self) -> None:
        self.desk, self.reader = Noting(), Reader()
        self.shares = Shares(self.reader, self.desk, "test", collectors)
        self.pieces = Pieces(self.shares, told_log(MemoryObjects()), SALT_KEY)

    def read(self) -> None:
        for share in range(SHARES):
            self.shares.make(REFERENCE, WEEK, share)

    def make(self, terms: Terms = TERMS, pieces: range = range(PIECES)) -> None:
        for piece in pieces:
            self.pieces.make(REFERENCE, WEEK, piece, lambda _: terms)

    def whole(self, terms: Terms = TERMS) -> list[tuple[object, bytes]]:
        read = self.shares.gather(REFERENCE, WEEK)
        self.desk.read.clear()
        return list(self.pieces.each(REFERENCE, WEEK, read.blocks, terms))

    @property
    def parts_read(self) -> int:
        return len([key for key in self.desk.read if key.startswith("parts/")])


STRAIGHT = Bundle().whole()


def test_pieces_that_are_there_are_taken_and_nobody_of_the_bundle_is_read() -> None:
    made = Bundle()
    made.read()
    made.make()
    assert made.whole() == STRAIGHT
    assert made.parts_read == 2 * PIECES
    assert sum(len(piece.people) for piece, _ in STRAIGHT) == 256 * 32


@pytest.mark.parametrize("there", [range(0), range(1), range(3, 15)])
def test_only_the_pieces_that_are_missing_are_made_again(there: range) -> None:
    made = Bundle()
    made.read()
    made.make(pieces=there)
    assert made.whole() == STRAIGHT
    assert made.parts_read == 2 * len(there) + SHARES * (PIECES - len(there))


@pytest.mark.parametrize("altered", [False, True])
def test_whatever_of_a_piece_is_gone_or_altered_is_made_again(
    altered: bool,  # noqa: FBT001  of the parameters
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What has expired alarms nobody."""
    made = Bundle()
    made.read()
    others = {*made.desk.objects}
    made.make(pieces=range(5, 6))
    whole = dict(made.desk.objects)
    parts = [key for key in whole.keys() - others if key.startswith("parts/")]
    assert len(parts) == 2
    for key in parts:
        made.desk.delete([key])
        if altered:
            made.desk.objects[key] = b"altered"
        made.desk.versions.clear()
        assert made.whole() == STRAIGHT
        made.make(pieces=range(5, 6))
        assert made.desk.objects == whole
    assert ("altered_object" in caplog.text) == altered


def test_a_piece_that_is_there_is_not_made_again() -> None:
    made = Bundle()
    made.read()
    made.make()
    puts = list(made.desk.puts)
    made.make()
    assert made.desk.puts == puts


def test_a_piece_waits_for_all_shares() -> None:
    made = Bundle()
    for share in range(1, SHARES):
        made.shares.make(REFERENCE, WEEK, share)
    puts = list(made.desk.puts)
    made.make()
    assert made.desk.puts == puts
    assert made.whole() == STRAIGHT


@pytest.mark.parametrize(
    "terms",
    [
        TERMS._replace(hidden=SmallCells(frozenset(), {})),
        TERMS._replace(proven=frozenset({"an"})),
        TERMS._replace(last_in_time=7),
        TERMS._replace(drawn=3),
    ],
)
def test_pieces_made_under_other_terms_are_not_taken(terms: Terms) -> None:
    made = Bundle()
    made.read()
    made.make()
    assert made.whole(terms) == Bundle().whole(terms)
    assert made.parts_read == SHARES * PIECES


class Logged(Stage):
    """The two weeks, and a log that may know of them."""

    def __init__(self) -> None:
        super().__init__()
        told_log(self.site).last_in_time(CONTEST, WEEK)  # begins it

    def log(self, minutes: int = 0) -> None:
        """All that there is, so many minutes later."""
        records = Records(SALT_KEY, CONTEST.contest.id)
        log = told_log(self.site)
        log.minutes(minutes)
        bank = REFERENCE.bank.digest
        log.note(
            REFERENCE,
            AFTER_WEEK_1,
            [leaf for one in played() for leaf in records.leaf_hashes(None, one, bank)],
        )

    def beforehand(self, contest: Current = REFERENCE) -> None:
        made_beforehand(self.closer(), contest, AFTER_WEEK_2, Random(5))

    def result(self) -> object:
        """Everything but when it was done, and the parts."""
        desk, *others = self.state()
        return {key: data for key, data in desk.items() if "parts/" not in key}, *others

    def late(self, what: str, revision: int = 1) -> list[str]:
        late: list[str] = json.loads(self.file(what, "closed_week.json", revision))["late"]
        return late


@pytest.mark.parametrize("minutes", [0, 400])
def test_what_the_log_got_only_after_the_pieces_were_made_is_found_by_the_close(minutes: int) -> None:
    """Four hundred are a week and more: then everybody is late."""
    straight, before, after = Logged(), Logged(), Logged()
    straight.log(minutes)
    after.log(minutes)
    after.beforehand()
    before.beforehand()
    before.log(minutes)
    for stage in (straight, before, after):
        stage.run()
    assert straight.late("week-1") == (["an", "binh", "chi"] if minutes else [])
    assert before.result() == after.result() == straight.result()


def test_what_the_close_settles_anew_is_late_in_pieces_too() -> None:
    """Somebody changes what was saved, after the week was closed."""
    barred = reference(CONTEST, excluded=["an"])
    straight, shared = Logged(), Logged()
    for stage in (straight, shared):
        stage.log()
        stage.run()
        walked_away = stage.entries.items[2, "ba"]
        assert walked_away.open is not None
        opened = walked_away.open._replace(saved=saved_answers(5))
        stage.entries.items[2, "ba"] = walked_away._replace(open=opened)
    shared.beforehand(barred)
    for stage in (straight, shared):
        stage.run(AFTER_WEEK_2, barred)
    assert straight.late("week-2", 2) == ["ba"]
    assert shared.result() == straight.result()
