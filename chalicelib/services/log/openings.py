"""Opens the log's batches: shows how many records a minute had, and their tree, once that may be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import structs

from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.documents.log import (
    BATCH,
    LOG,
    Leaf,
    LogState,
    Opening,
    Openings,
    blinded,
    decode_entries,
    decode_leaf,
)
from chalicelib.documents.typed import decode
from chalicelib.domain.live import may_be_told
from chalicelib.domain.merkle import hashes, root
from chalicelib.domain.tiles import TILE, Edge, tile_at
from chalicelib.services.contest.reference import Current
from chalicelib.services.log.append import Log, LogBroken, Overtaken

# So many in one run: a week of 10,080 minutes is open within half an hour after its close.
MOST = 400


def sealed_from(reference: Current, state: LogState, closed: Callable[[int], bool], now: int) -> int:
    """The first batch that may not be opened yet; ``closed``: whether a week's result is out.

    Until then the number of attempts is not to be known where the prediction is about it.
    """
    for week in reference.definition.weeks:
        under_way = week.opens <= now and (now < week.closes or not closed(week.number))
        if under_way and not may_be_told(reference.of_week(week.number).definition):
            return max(0, (week.opens - state.began) // state.every)
    return state.published


def open_batches(log: Log, state: LogState, version: int, until: int) -> tuple[LogState, int]:
    """Opens the next batches below ``until``, some hundred at a time; returns the state and its version.

    Raises ``Overtaken`` or ``LogBroken``.
    """
    end = min(until, state.published, state.opened + MOST)
    if end <= state.opened:
        return state, version
    for bundle in range(state.opened // TILE, -(-end // TILE)):
        leaves = _leaves(log, state, bundle)
        first, last = max(state.opened, bundle * TILE), min(end, (bundle + 1) * TILE)
        before = _told(log, bundle, leaves[: first % TILE])
        new = [_open(log, leaves[batch % TILE]) for batch in range(first, last)]
        log.site.put(f"{LOG}openings/{bundle}.json", Openings(openings=(*before, *new)).encode())
    opened = structs.replace(state, opened=end)
    if not log.states.replace(opened, version):
        raise Overtaken
    return opened, version + 1


def _leaves(log: Log, state: LogState, bundle: int) -> list[Leaf]:
    path, _ = tile_at(state.published, "entries", bundle)
    try:
        entries = decode_entries(log.site.get(LOG + path) or b"")
        return [decode_leaf(entry) for entry in entries]
    except UnreadableDocument as error:
        raise LogBroken(path) from error


def _told(log: Log, bundle: int, leaves: Sequence[Leaf]) -> list[Opening]:
    """What earlier runs have opened of a bundle; made again where the site does not show it as it was."""
    try:
        shown = decode(Openings, log.site.get(f"{LOG}openings/{bundle}.json") or b"").openings
    except UnreadableDocument:
        shown = ()
    told: list[Opening] = []
    for leaf in leaves:
        one = shown[len(told)] if len(told) < len(shown) else None
        told.append(one if one is not None and _holds(one, leaf) else _open(log, leaf))
    return told


def _holds(opening: Opening, leaf: Leaf) -> bool:
    try:
        commits = blinded(bytes.fromhex(opening.salt), bytes.fromhex(opening.root), opening.size)
    except ValueError:  # no hexadecimal
        return False
    return (opening.batch, opening.at, commits) == (leaf.batch, leaf.at, leaf.commitment)


def _open(log: Log, leaf: Leaf) -> Opening:
    """Shows one batch. Raises ``LogBroken`` if the desk does not hold what it committed to."""
    batch = leaf.batch
    ordered = hashes(log.desk.get(f"{BATCH}{batch}.bin") or b"")
    hashed, salt = root(ordered).hex(), log.salt(batch).hex()
    opening = Opening(at=leaf.at, batch=batch, root=hashed, salt=salt, size=len(ordered))
    if not _holds(opening, leaf):
        raise LogBroken(f"{BATCH}{batch}.bin")
    edge = Edge()
    tiles = edge.append(ordered) | edge.tiles()
    for path, data in tiles.items():
        log.site.put(f"{LOG}batch/{batch}/{path}", data)
    log.site.put(f"{LOG}batch/{batch}/opening.json", opening.encode())
    return opening
