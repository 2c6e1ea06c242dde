"""Two short weeks with results worked out by hand, and a stage on which they are closed.

Week 1: two perfect people, so the target is 2; an predicted it first, binh is one off, chi has 4 points.
Week 2: again two perfect people, an before chi; dung has 3 points; ba walked away with 2 right answers saved.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from chalicelib.domain.attempt import Entry, Opened
from chalicelib.domain.paper import MASKS, draw
from chalicelib.services.closing.close_weeks import Closed, CloseWeeks
from chalicelib.services.closing.shares import Shares
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import CurrentRevision, Participant
from tests.closer import closer
from tests.csv_rows import csv_rows
from tests.domain.builders import NONCE, done, entry
from tests.fakes import (
    MINUTE,
    START_MS,
    WEEK,
    MemoryEntries,
    MemoryObjects,
    MemoryParticipants,
    MemoryRevisions,
    collectors,
    definition,
    reference,
)

PRIZES = [{"name": "first", "title": "Nhất", "count": 1}, {"name": "second", "title": "Nhì", "count": 1}]
CONTEST = definition(contest={"weeks": 2}, prizes=PRIZES)
REFERENCE = reference(CONTEST)
AFTER_WEEK_1 = START_MS + WEEK + 70_000
AFTER_WEEK_2 = START_MS + 2 * WEEK + 70_000

NAMES = {"an": "Nguyễn Văn An", "binh": "Lê Thị Bình", "chi": "Trần Chi", "dung": "Hồ Dũng", "ba": "Võ Ba"}
UNIT_OF = {"an": "SO-A", "binh": "SO-B", "chi": "SO-B", "dung": "SO-B", "ba": ""}


def saved_answers(right: int) -> str:
    masks = [MASKS[question.answer] for question, _ in draw(REFERENCE.bank, CONTEST.paper, NONCE)]
    return "".join(masks[:right]) + "A" * (5 - right)


def played() -> list[Entry]:
    second = START_MS + WEEK
    walked_away = Opened(1, second + MINUTE, NONCE, saved_answers(2), None, MINUTE)
    weeks = [
        entry("an", done(4, 2), done(5, 9, duration=2 * MINUTE)),
        entry("binh", done(5, 3)),
        entry("chi", done(4, 2)),
        entry("an", done(5, 2, started=second), week=2),
        entry("chi", done(5, 2, started=second, duration=2 * MINUTE), week=2),
        entry("dung", done(3, None, started=second), week=2),
        entry("ba", opened=walked_away, category="encouraged", week=2),
    ]
    return [one._replace(unit=UNIT_OF[one.participant_id]) for one in weeks]


_UNTIL = re.compile(rb'"complaints_until":"[^"]*",')


class Died(Exception):
    """The power went off."""


class Fuse:
    """Counts writes and reads of pointers; just before step ``at`` it calls ``then``."""

    def __init__(self) -> None:
        self.steps = 0
        self.at: int | None = None
        self.then: Callable[[], object] = self.die

    def burn(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            self.at = None
            self.then()

    def die(self) -> None:
        raise Died


class FusedObjects(MemoryObjects):
    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    def put(self, key: str, data: bytes) -> None:
        self._fuse.burn()
        super().put(key, data)


class FusedRevisions(MemoryRevisions):
    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    def current(self, what: str) -> CurrentRevision | None:
        self._fuse.burn()
        return super().current(what)

    def claim(self, what: str, after: int, inputs: str) -> int:
        self._fuse.burn()
        return super().claim(what, after, inputs)

    def switch(self, what: str, before: CurrentRevision | None, after: CurrentRevision) -> bool:
        self._fuse.burn()
        return super().switch(what, before, after)


class Stage:
    """Entries and people of the two weeks, and empty buckets."""

    def __init__(self) -> None:
        self.fuse = Fuse()
        self.desk, self.site = FusedObjects(self.fuse), FusedObjects(self.fuse)
        self.revisions = FusedRevisions(self.fuse)
        self.entries = MemoryEntries()
        for one in played():
            self.entries.items[one.week, one.participant_id] = one
        self.proven: dict[str, int] = {}
        self.people = MemoryParticipants()
        for person, name in NAMES.items():
            self.people.add(
                Participant(person, name, "1990-05-06", "male", "040******001", "0912345678", UNIT_OF[person],
                            "mandatory", "hash", START_MS)
            )  # fmt: skip

    def run(self, now: int = AFTER_WEEK_2, contest: Current = REFERENCE) -> list[Closed]:
        return self.closer().run(contest, now)

    def closer(self) -> CloseWeeks:
        shares = Shares(self.entries.read_week, self.desk, "test", collectors)
        return closer(shares, self.people, self.revisions, self.desk, self.site, proven=self.proven)

    def file(self, what: str, name: str, revision: int = 1) -> bytes:
        return self.desk.objects[f"results/{what}/rev-{revision}/{name}"]

    def manifest(self, what: str, revision: int = 1) -> Any:
        return json.loads(self.file(what, "manifest.json", revision))

    def rows(self, what: str, name: str, revision: int = 1) -> list[dict[str, str]]:
        return csv_rows(self.file(what, name, revision))

    def winners(self, what: str, revision: int = 1) -> list[str]:
        return [row["participant_id"] for row in self.rows(what, "individual_prizes.csv", revision)]

    def page(self, what: str) -> Any:
        return json.loads(self.site.objects[f"data/results/{what}.json"])

    def index(self) -> Any:
        return json.loads(self.site.objects["data/results/index.json"])

    def state(self) -> tuple[dict[str, bytes], dict[str, bytes], dict[str, CurrentRevision]]:
        """Everything but when it was done."""
        pointers = {what: at._replace(at=0) for what, at in self.revisions.pointers.items()}
        site = {key: _UNTIL.sub(b"", data) for key, data in self.site.objects.items()}
        return dict(self.desk.objects), site, pointers

    def pointed_index(self) -> Any:
        """The index that the site should have: the revisions that the pointers name, and no others."""
        pointers = dict(self.revisions.pointers)
        final = pointers.pop("final", None)
        weeks = sorted((int(what.removeprefix("week-")), at.revision) for what, at in pointers.items())
        return {
            "format": 1,
            "weeks": [{"week": week, "revision": revision} for week, revision in weeks],
            "final": final and {"revision": final.revision},
        }
