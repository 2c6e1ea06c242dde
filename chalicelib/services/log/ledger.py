"""What the log knows of a week when it closes: the minute in which each record stands.

A close counts what the entries hold; the log says since when. What the close itself settles, and what the log
has missed, is handed in to it first. What people handed in and stands in the log later than ``closes + grace +
3 min`` (and the log's own lag) wins nothing, unless the organisers confirm it; nor does a paper that nobody
handed in, if its start stands there so late. So nothing that is written into an entry after the close can win
unseen.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from chalicelib.documents.canonical import digest
from chalicelib.documents.log import BATCH, PENDING, LogState, PendingLeaves
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.merkle import WIDTH
from chalicelib.services.log.append import LogStates
from chalicelib.services.ports import Clock, ListedObjects

# How long a record may take from the entry to the log.
IN_TIME_MS = 3 * 60_000
# So often a run waits for the log before it leaves the week to the next run.
ROUNDS = 60
_KEPT = WIDTH // 2
_ROW = _KEPT + 4


class NotLogged(Exception):
    """The log has not yet taken in what it has to; the next run goes on."""


class LoggedLeaves:
    """Leaf hashes with the numbers of their batches: 20 bytes each.

    Half of a hash tells it from all others: to find a second one with the same 128 bits nobody has the time.
    ``end``: the first batch that is not among them.
    """

    def __init__(self, end: int = 0) -> None:
        self.end = end
        self._added = [bytearray() for _ in range(256)]
        # By the first byte of the hash: the rows in order, and where those of each second byte begin.
        self._rows = [b""] * 256
        self._starts = [array("I", bytes(4 * 257))] * 256

    def add(self, batch: int, leaves: bytes) -> None:
        """``leaves``: hashes, concatenated."""
        number = batch.to_bytes(4, "big")
        added = self._added
        for at in range(0, len(leaves), WIDTH):
            added[leaves[at]] += leaves[at : at + _KEPT] + number

    def batch(self, leaf: bytes) -> int | None:
        """The first batch with this leaf."""
        first, second = leaf[:2]
        if self._added[first]:
            self._put_in_order(first)
        rows, starts = self._rows[first], self._starts[first]
        at, end = starts[second] * _ROW, starts[second + 1] * _ROW
        while (at := rows.find(leaf[:_KEPT], at, end)) % _ROW and at > 0:
            at += 1
        return None if at < 0 else int.from_bytes(rows[at + _KEPT : at + _ROW], "big")

    def _put_in_order(self, first: int) -> None:
        packed = self._rows[first] + self._added[first]
        self._added[first] = bytearray()
        rows = sorted([packed[at : at + _ROW] for at in range(0, len(packed), _ROW)])
        self._rows[first] = packed = b"".join(rows)
        seconds = packed[1::_ROW]
        self._starts[first] = array("I", [bisect_left(seconds, second) for second in range(257)])


class Agreed(NamedTuple):
    """The checkpoint that holds every record of the week, and the batches of those that were missing."""

    size: int
    root: str
    batches: Mapping[bytes, int]


class WeekLog(Protocol):
    """The log as a close sees it."""

    def of_week(self, definition: Definition, week: Week) -> LoggedLeaves:
        """All that is logged since the week opened."""

    def last_in_time(self, definition: Definition, week: Week) -> int:
        """The last batch whose records are in time."""

    def await_facts(self, facts: Mapping[str, str]) -> None:
        """Waits until the log has told ``facts``: no result rests on what was not told before it.

        Raises ``NotLogged``.
        """

    def agree(
        self, definition: Definition, week: Week, missing: Mapping[bytes, bool], since: int = 0
    ) -> Agreed:
        """Waits until the log holds ``missing``: leaf hash → whether the close has settled it.

        None of them is in a batch before ``since``.

        Lots are drawn by the checkpoint, so it is one from after the week's end: nobody could know it before.
        Raises ``NotLogged``.
        """


@dataclass(frozen=True, slots=True)
class Ledger:
    """``WeekLog`` over the log's state and the desk; ``wait`` returns after a moment."""

    states: LogStates
    desk: ListedObjects
    clock: Clock
    wait: Callable[[], None]

    def of_week(self, definition: Definition, week: Week) -> LoggedLeaves:
        state = self._state()
        return self._read(self._batch(state, week.opens), state.published)

    def last_in_time(self, definition: Definition, week: Week) -> int:
        state = self._state()
        last = self._batch(state, _until(definition, week))
        # A log that was late has everything of the minutes between in the newest of them.
        return next((end for start, end in state.gaps if start <= last <= end), last)

    def await_facts(self, facts: Mapping[str, str]) -> None:
        missing = list(facts)
        for _ in range(ROUNDS):
            told = self._state().facts
            missing = [name for name, value in facts.items() if name not in told or told[name].value != value]
            if not missing:
                return
            self.wait()
        raise NotLogged(f"facts: {', '.join(missing)}")

    def agree(
        self, definition: Definition, week: Week, missing: Mapping[bytes, bool], since: int = 0
    ) -> Agreed:
        first, found = max(since, self._batch(self._state(), week.opens)), dict[bytes, int]()
        handed_in: set[bool] = set()
        for _ in range(ROUNDS):
            state = self._state()
            if missing:  # the log of a week is long
                logged, first = self._read(first, state.published), max(first, state.published)
                new = {leaf: logged.batch(leaf) for leaf in missing if leaf not in found}
                found |= {leaf: batch for leaf, batch in new.items() if batch is not None}
            over = state.published > self._batch(state, week.closes + definition.grace)
            if len(found) == len(missing) and over and state.published == state.size:
                return Agreed(state.size, state.root, found)
            due = {True, False} if self._due(state, definition, week) else {True}
            for which in due - handed_in:
                self._hand_in(
                    week,
                    [leaf for leaf, by_close in missing.items() if by_close is which and leaf not in found],
                )
            handed_in |= due
            self.wait()
        raise NotLogged(f"week {week.number}: {len(missing) - len(found)} of {len(missing)}")

    def _due(self, state: LogState, definition: Definition, week: Week) -> bool:
        """Whether what the stream has not brought by now is late in any case."""
        until = _until(definition, week)
        return self.clock() > until and state.published > self._batch(state, until)

    def _hand_in(self, week: Week, leaves: list[bytes]) -> None:
        """The same leaves are handed in once, whoever does it; of others some may stand in the log twice."""
        if leaves:
            packed = b"".join(sorted(leaves))
            named = f"close-week-{week.number}-{digest(packed)[:16]}"
            self.desk.put(f"{PENDING}{named}.msgpack", PendingLeaves({named: [("0", packed)]}).encode())

    def _read(self, first: int, end: int) -> LoggedLeaves:
        """The batches from ``first`` to before ``end``."""
        logged = LoggedLeaves(end)
        if first < end:  # the list is long
            keys = {int(key.removeprefix(BATCH).removesuffix(".bin")): key for key in self.desk.keys(BATCH)}
            wanted = {batch: key for batch, key in keys.items() if first <= batch < end}
            for batch, leaves in zip(wanted, self.desk.get_all(wanted.values()), strict=True):
                logged.add(batch, leaves or b"")
        return logged

    def _state(self) -> LogState:
        state, _ = self.states.read()
        if state is None:
            raise NotLogged("the log has not begun")
        return state

    @staticmethod
    def _batch(state: LogState, moment: int) -> int:
        return max(0, (moment - state.began) // state.every)


def _until(definition: Definition, week: Week) -> int:
    return week.closes + definition.grace + IN_TIME_MS
