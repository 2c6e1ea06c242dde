"""Appends one leaf a minute to the log; several runs at once, or one that dies anywhere, do no harm.

The order is what makes it safe. A run decides by one conditional write of the state, when everything that it is
going to show is staged on the desk. Only then anything becomes visible: tiles and entries, and after them the
checkpoint, which replaces the one that the run has seen and no other. What a dead run has left is shown by the
next one, before it decides anything. Pending leaves are deleted last; their marks keep them from being counted
twice until then.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from msgspec import structs

from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.documents.log import (
    BATCH,
    CHECKPOINT,
    FACTS,
    LOG,
    MINUTE,
    PENDING,
    STAGED,
    VKEY,
    Checkpoint,
    LogState,
    PendingLeaves,
    Staged,
    ToldFact,
    ToldFacts,
    blinded,
    decode_entries,
    decode_note,
    encode_entries,
    encode_leaf,
    origin,
    rfc3339,
    signed_note,
    staged_size,
    verifier_key,
)
from chalicelib.domain.merkle import hashes, leaf_hash, root
from chalicelib.domain.tiles import TILE, BadTile, Edge, tile_path
from chalicelib.services.contest.checked import tell
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.ports import ConditionalObjects, ListedObjects

# Sources that were silent for so many minutes deliver nothing again: a stream keeps its records for a day.
FORGET = 2 * 24 * 60


class LogStates(Protocol):
    """The state of the log, with a version that every write must name."""

    def read(self) -> tuple[LogState | None, int]:
        """The state as the last write has left it; None and 0 before the log begins."""

    def replace(self, state: LogState, version: int) -> bool:
        """One conditional write; False if somebody else has written since ``version`` was read."""


class Overtaken(Exception):
    """Another run was faster; the next one goes on from there."""


class LogBroken(Exception):
    """What is stored contradicts the state, and nothing right is left: nothing is signed."""


# The right edge as the site shows it, and the entries of its last, partial bundle.
_Edge = tuple[Edge, list[bytes]]


class _Read(NamedTuple):
    """Pending leaves that are new: their hashes, the marks behind them, and the keys of all that was read."""

    leaves: list[bytes]
    marks: dict[str, tuple[str, int]]
    keys: list[str]


@dataclass(frozen=True, slots=True)
class Log:
    """``secret`` makes the salts of the batches; ``key`` signs the checkpoints.

    ``every``: the length of a minute in milliseconds, when the log begins; another one in tests alone.
    """

    states: LogStates
    desk: ListedObjects
    site: ConditionalObjects
    key: SigningKey
    secret: bytes
    every: int = MINUTE

    def append(self, contest: str, facts: Mapping[str, str], now: int) -> tuple[LogState, int]:
        """Appends a leaf for each minute that is over; returns the state and its version.

        ``facts``: what holds now. Raises ``Overtaken`` or ``LogBroken``.
        """
        state, version = self._begun(contest, now)
        if state.published < state.size:
            self._publish(state, self._staged(state))
            state, version = self._decide(structs.replace(state, published=state.size), version)
            edge = self._edge(state)
        else:
            edge = self._healed(state)
        waiting = (now - state.began) // state.every - state.size
        if waiting <= 0:
            return state, version
        pending = self._pending(state, state.size + waiting - 1)
        after, staged = self._extended(state, edge, waiting, pending, facts)
        self.desk.put(after.staged, staged.encode())
        state, version = self._decide(after, version)
        self._publish(state, staged)
        state, version = self._decide(structs.replace(state, published=state.size), version)
        # What is staged for a larger size may be another run's, which is about to decide.
        old = [key for key in self.desk.keys(STAGED) if staged_size(key) < state.size]
        self.desk.delete([*pending.keys, *old])
        return state, version

    def salt(self, batch: int) -> bytes:
        return hmac.digest(self.secret, f"batch|{batch}".encode(), "sha256")

    def _begun(self, contest: str, now: int) -> tuple[LogState, int]:
        state, version = self.states.read()
        if state is None:
            if self._signed_size(self.site.get(LOG + CHECKPOINT) or b"") >= 0:
                raise LogBroken("its state is gone")  # to be restored: a second log would be a fork
            began = now // self.every * self.every
            return self._decide(LogState(contest=contest, began=began, every=self.every), version)
        return state, version

    def _decide(self, state: LogState, version: int) -> tuple[LogState, int]:
        """One conditional write."""
        if not self.states.replace(state, version):
            raise Overtaken
        return state, version + 1

    def _pending(self, state: LogState, batch: int) -> _Read:
        """All of it: a later part of a source must not be counted before an earlier one."""
        found: dict[str, dict[int, bytes]] = {}
        keys = []
        for key in self.desk.keys(PENDING):
            data = self.desk.get(key)
            if data is None:  # another run has deleted it
                raise Overtaken
            try:
                read = PendingLeaves.decode(data)
            except UnreadableDocument:
                tell(key, healed=False)
                continue
            keys.append(key)
            for source, leaves in read.sources.items():
                found.setdefault(source, {}).update((int(number), packed) for number, packed in leaves)
        marks = {source: mark for source, mark in state.marks.items() if batch - mark[1] < FORGET}
        new: list[bytes] = []
        for source, by_number in found.items():
            mark = int(state.marks[source][0]) if source in state.marks else -1
            new += [packed for number, packed in by_number.items() if number > mark]
            marks[source] = (str(max(mark, *by_number)), batch)
        return _Read([one for packed in new for one in hashes(packed)], marks, keys)

    def _extended(
        self, state: LogState, shown: _Edge, minutes: int, pending: _Read, facts: Mapping[str, str]
    ) -> tuple[LogState, Staged]:
        edge, before = shown
        ordered = sorted(set(pending.leaves))
        last = state.size + minutes - 1
        told = _changed(state.facts, facts)
        at = rfc3339(state.began + last * state.every)
        new = {name: ToldFact(value, last, at) for name, value in told.items() if value}
        held = {name: one for name, one in state.facts.items() if name in facts} | new
        entries = list(before)
        for batch in range(state.size, last):
            entries.append(self._leaf(state, batch, [], {}))
        late = {"lag": str(minutes - 1)} if minutes > 1 else {}
        entries.append(self._leaf(state, last, ordered, {**told, **late}))
        site = edge.append(leaf_hash(entry) for entry in entries[len(before) :])
        site |= edge.tiles()
        first = state.size // TILE
        for start in range(0, len(entries), TILE):
            some = entries[start : start + TILE]
            site[tile_path("entries", first + start // TILE, len(some))] = encode_entries(some)
        if told:
            site[FACTS] = ToldFacts(facts=held).encode()
        hashed = edge.root()
        checkpoint = Checkpoint(origin(state.contest), edge.size, hashed)
        after = structs.replace(
            state,
            size=edge.size,
            root=hashed.hex(),
            note=signed_note(checkpoint, self.key.public, self.key.sign),
            facts=held,
            marks=pending.marks,
            gaps=(*state.gaps, (state.size, last)) if minutes > 1 else state.gaps,
        )
        desk = {f"{BATCH}{last}.bin": b"".join(ordered)} if ordered else {}
        return after, Staged(site, desk)

    def _leaf(self, state: LogState, batch: int, ordered: list[bytes], facts: Mapping[str, str]) -> bytes:
        committed = blinded(self.salt(batch), root(ordered), len(ordered))
        return encode_leaf(state.began + batch * state.every, batch, committed, facts)

    def _edge(self, state: LogState) -> _Edge:
        """The site is not trusted: what it shows has to give the root that is signed."""
        if not state.size:
            return Edge(), []
        edge = self._read_edge(state)
        width = state.size % TILE
        data = self.site.get(LOG + tile_path("entries", state.size // TILE, width)) if width else b""
        try:
            entries = decode_entries(data or b"")
        except UnreadableDocument as error:
            raise LogBroken("entries") from error
        if [leaf_hash(entry) for entry in entries] != (edge.levels[0] if width else []):
            raise LogBroken("entries")
        return edge, entries

    def _read_edge(self, state: LogState) -> Edge:
        try:
            edge = Edge.read(state.size, lambda path: self.site.get(LOG + path))
        except BadTile as error:
            raise LogBroken(str(error)) from None
        if edge.root().hex() != state.root:
            raise LogBroken("edge")
        return edge

    def _healed(self, state: LogState) -> _Edge:
        """The edge; shows again what the site no longer shows as it was signed."""
        if not state.size:
            return self._edge(state)
        try:
            edge = self._edge(state)
        except LogBroken as broken:
            tell(f"{LOG}{broken}", healed=self.desk.get(state.staged) is not None)
            self._publish(state, self._staged(state))
            edge = self._edge(state)
        shown = self.site.get(LOG + CHECKPOINT) or b""
        if not shown.startswith(state.note.encode()) or self.site.get(LOG + VKEY) != self._vkey(state):
            tell(LOG + CHECKPOINT, healed=True)
            self._show(state)
        summed, there = ToldFacts(facts=state.facts).encode(), self.site.get(LOG + FACTS)
        if state.facts and there != summed and self.states.read()[0] == state:  # no other run has gone on
            tell(LOG + FACTS, healed=True)
            self.site.replace(LOG + FACTS, there, summed)
        return edge

    def _staged(self, state: LogState) -> Staged:
        data = self.desk.get(state.staged)
        if data is None:
            raise LogBroken(state.staged)
        return Staged.decode(data)

    def _publish(self, state: LogState, staged: Staged) -> None:
        for path, data in staged.desk.items():
            self.desk.put(path, data)
        for path, data in staged.site.items():
            self.site.put(LOG + path, data)
        self._show(state)

    def _show(self, state: LogState) -> None:
        key, note = LOG + CHECKPOINT, state.note.encode()
        if self.site.get(LOG + VKEY) != self._vkey(state):
            self.site.put(LOG + VKEY, self._vkey(state))
        shown = self.site.get(key)
        if shown is not None and self._signed_size(shown) > state.size:
            raise Overtaken
        if not (shown or b"").startswith(note) and not self.site.replace(key, shown, note):
            raise Overtaken

    def _vkey(self, state: LogState) -> bytes:
        return f"{verifier_key(origin(state.contest), self.key.public)}\n".encode()

    def _signed_size(self, shown: bytes) -> int:
        """The size of a checkpoint that this log has signed; -1 for anything else."""
        try:
            checkpoint, _ = decode_note(shown)
        except UnreadableDocument:
            return -1
        signed = signed_note(checkpoint, self.key.public, self.key.sign)
        return checkpoint.size if shown.startswith(signed.encode()) else -1


def _changed(before: Mapping[str, ToldFact], now: Mapping[str, str]) -> dict[str, str]:
    """What a leaf tells: new values, and an empty one for what no longer holds."""
    new = {name: value for name, value in now.items() if name not in before or before[name].value != value}
    return {**new, **{name: "" for name in before if name not in now}}
