"""Watches the log: checkpoints extend all earlier ones, minute follows minute, files fit (docs/proof.md)."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import SystemRandom
from typing import Any, NamedTuple, TypeVar

from verify import facts
from verify.folder import EVIDENCE, Folder, dated
from verify.log import (
    FOLDER,
    LARGEST,
    MINUTE,
    TILE,
    Leaf,
    Tree,
    check_opening,
    compare_tile,
    fetch_entries,
    fetch_hashes,
    fetch_opening,
    fetch_openings,
    read_leaf,
    tile_file,
    tiles,
)
from verify.note import Checkpoint, Key, Signer, read_checkpoint, read_key, signed
from verify.outcome import CannotCheck, Failed, Passed
from verify.site import Fetch, file, parsed
from verify.tree import canonical, leaf_hash, root

AT_ONCE = 8
LATE = 10 * MINUTE  # how old the newest minute may be, and how old a checkpoint from somebody's cache
T = TypeVar("T")
FACTS = 1000  # noted at a visit, at most
SAMPLE = 8  # older tiles, and minutes whose openings are checked, at each visit


class Visit(NamedTuple):
    """``vkey``: the log's key as announced; ``everything``: all is read again, not a sample of the old."""

    folder: Folder
    now: int
    vkey: Key | None = None
    signer: Signer | None = None
    everything: bool = False


class Seen(NamedTuple):
    """The log as a checkpoint has it. ``leaves``: those read this time, from ``start`` on."""

    checkpoint: Checkpoint
    hashes: list[bytes]
    start: int
    leaves: list[Leaf]


class _Remembering:
    """Remembers the evidence: checkpoint, key and the file that was read last."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._kept: dict[str, bytes] = {}
        self._last: dict[str, bytes] = {}

    def __call__(self, path: str) -> bytes | None:
        data = self._fetch(path)
        if data is not None:
            self._last = {path: data}
            if path in {f"{FOLDER}/checkpoint", f"{FOLDER}/vkey"}:
                self._kept |= self._last
        return data

    @property
    def evidence(self) -> dict[str, bytes]:
        return self._kept | self._last


def check(fetch: Fetch, visit: Visit) -> Iterator[Passed]:
    """Yields the steps that hold and notes the visit; raises ``Failed`` at the first that does not."""
    remembering, folder, now = _Remembering(fetch), visit.folder, visit.now
    try:
        seen = yield from _visit(remembering, visit)
    except CannotCheck as unknown:
        folder.tell(now, f"? {unknown.vi} {unknown.en}")
        raise
    except Exception as error:
        told, named = (
            (f"{error.vi} {error.en}", error.files) if isinstance(error, Failed) else (repr(error), ())
        )
        folder.keep_evidence(now, remembering.evidence)
        with suppress(Failed):  # the site may be gone by now
            folder.keep_evidence(now, {path: fetch(path) or b"" for path in named})
        folder.tell(now, f"✗ {told} → {EVIDENCE}/{dated(now, '-')}")
        raise
    size, hashed = seen.checkpoint.size, seen.checkpoint.root.hex()
    folder.tell(now, f"✓ {size} {hashed}")
    yield Passed(f"{size} phút, mã xác thực {hashed}", f"{size} minutes, and their root")


def _visit(fetch: Fetch, visit: Visit) -> Generator[Passed, None, Seen]:
    folder = visit.folder
    shown = file(fetch, f"{FOLDER}/checkpoint")
    key = yield from _trusted(fetch, visit)
    checkpoint = _checkpoint(shown, key)
    yield Passed(
        f"Mốc của nhật ký có chữ ký đúng: {checkpoint.size} phút",
        f"The checkpoint of {checkpoint.size} minutes is signed by the log's key",
    )
    kept = folder.kept()
    _kept_name(visit, checkpoint, kept)  # signed, so the log stands by it, whatever else it shows
    same_size = {name: one for name, one in kept.items() if one.size == checkpoint.size}
    _one_history(
        visit, key, checkpoint, kept, [name for name in same_size if kept[name].root != checkpoint.root]
    )
    known = folder.leaves(kept) if folder.read("facts") else []
    seen = _read(fetch, checkpoint, [] if visit.everything else known)
    yield Passed(
        f"Các mục của nhật ký cho ra đúng mã xác thực ({checkpoint.size - seen.start} mục vừa đọc)",
        f"The log's entries give the checkpoint's root ({checkpoint.size - seen.start} of them read now)",
    )
    yield from _compare(fetch, visit, key, seen, kept, known)
    yield from _minutes(seen, visit)
    yield from _tiles(fetch, seen, len(known), everything=visit.everything)
    yield from _openings(fetch, seen, everything=visit.everything)
    yield from _facts(fetch, seen, visit, len(known))
    if checkpoint.size >= len(known):
        folder.write("leaves", b"".join(seen.hashes))
        folder.write("last", b"%d %d\n" % (visit.now, checkpoint.size))
    _frozen(seen, visit.now)
    if visit.signer:
        yield from _cosign(seen, visit, visit.signer)
    return seen


def _trusted(fetch: Fetch, visit: Visit) -> Generator[Passed, None, Key]:
    """The log's key: as announced, or as at the first visit. Raises ``Failed`` if the site shows another."""
    pinned, shown = visit.folder.read("vkey"), fetch(f"{FOLDER}/vkey")
    site = read_key(shown.decode()) if shown else None
    before = read_key(pinned.decode()) if pinned else None
    key = visit.vkey or before or site
    if key is None:
        raise CannotCheck("Trang web chưa có khóa của nhật ký.", "The site shows no key of a log (yet).")
    for other, vi, en in (
        (before, "khóa đã giữ trong thư mục", "the key kept in the folder"),
        (site, "khóa trên trang web", "the site's key"),
    ):
        if other not in {None, key}:
            raise Failed(
                f"Khóa của nhật ký đã đổi: {vi} là {other and other.text}, khác với {key.text}.",
                f"The log's key has changed: {en} is not the one that you trust.",
            )
    if not before:
        visit.folder.write("vkey", f"{key.text}\n".encode())
    if not before and not visit.vkey:
        yield Passed(
            f"Khóa của nhật ký được giữ từ lần đầu này, hãy so với khóa trong thông báo in: {key.text}",
            "The log's key is kept from now on: compare it with the printed announcement",
        )
    return key


def _checkpoint(data: bytes, key: Key) -> Checkpoint:
    checkpoint = read_checkpoint(data)
    if checkpoint.origin != key.name or not signed(checkpoint, key):
        raise Failed(
            f"Mốc của nhật ký không có chữ ký đúng của khóa {key.text}.",
            "The checkpoint is not signed by the log's key that you trust.",
        )
    if not 0 < checkpoint.size <= LARGEST:
        raise CannotCheck(
            f"Nhật ký nói có {checkpoint.size} phút: không đọc được.",
            f"The log says that it has {checkpoint.size} minutes, which cannot be read.",
        )
    return checkpoint


def _read(fetch: Fetch, checkpoint: Checkpoint, known: Sequence[bytes]) -> Seen:
    """The entries after what is known, and some before; all, where these do not fit. Raises ``Failed``."""
    size = checkpoint.size
    while True:
        start = max(min(len(known), size) - 1, 0) // TILE * TILE
        entries = [
            entry
            for number in range(start // TILE, -(-size // TILE))
            for entry in fetch_entries(fetch, number, min(TILE, size - number * TILE))
        ]
        hashes = [*known[:start], *map(leaf_hash, entries)]
        if root(hashes) == checkpoint.root:
            leaves = [read_leaf(entry, start + place) for place, entry in enumerate(entries)]
            return Seen(checkpoint, hashes, start, leaves)
        if not start:
            break
        known = []
    for number, (told, own) in enumerate(zip(fetch_hashes(fetch, FOLDER, size), hashes, strict=True)):
        if told != own:
            raise Failed(
                f"Mục của phút thứ {number} không khớp với ô băm: mục hoặc ô băm đã bị sửa.",
                f"The entry of minute {number} does not fit its tile: one of them has been changed.",
                *(tile_file(kind, number, size) for kind in ("entries", 0)),
            )
    raise Failed(
        "Mục và ô băm của nhật ký không cho ra mã xác thực mà mốc đã ký.",
        "Entries and tiles do not give the root that the checkpoint signs.",
    )


# What was seen before


def _compare(
    fetch: Fetch, visit: Visit, key: Key, seen: Seen, kept: dict[str, Checkpoint], known: Sequence[bytes]
) -> Iterator[Passed]:
    """With every checkpoint of the folder, the one that was cosigned here, and the site's cosigned one."""
    checkpoint, others = seen.checkpoint, dict(kept)
    if own := visit.folder.read("cosigned"):
        others["cosigned"] = read_checkpoint(own)
    if shown := fetch(f"{FOLDER}/cosigned"):
        others[f"{FOLDER}/cosigned"] = _checkpoint(shown, key)
    roots = _roots(seen.hashes, {one.size for one in others.values()})
    different = [name for name, one in others.items() if one.root != roots.get(one.size, one.root)]
    ahead = {name: one for name, one in others.items() if one.size > checkpoint.size}
    for name in ahead:
        _check_key(name, others[name], key)
    if not different and len(known) >= checkpoint.size and root(known[: checkpoint.size]) != checkpoint.root:
        different = list(ahead)
    _one_history(visit, key, checkpoint, others, different)
    behind = max((one.size for one in ahead.values()), default=checkpoint.size) - checkpoint.size
    if behind * MINUTE > LATE:
        raise Failed(
            f"Nhật ký đã lùi lại {behind} phút so với mốc đã thấy ({max(ahead)}).",
            f"The log was rolled back by {behind} minutes from what was seen before.",
        )
    stale = f"; trang web đưa bản cũ hơn {behind} phút" if behind else ""
    stale_en = f"; the site shows one that is {behind} minutes older" if behind else ""
    yield Passed(
        f"Mốc này nối tiếp đúng {len(others)} mốc đã thấy trước{stale}",
        f"The checkpoint agrees with {len(others)} checkpoints seen before{stale_en}",
    )


def _check_key(name: str, other: Checkpoint, key: Key) -> None:
    if other.origin != key.name or not signed(other, key):
        raise CannotCheck(
            f"Tệp {name} không do khóa {key.text} ký: nó của nhật ký khác, hoặc có người thấy khóa khác.",
            f"{name} is not signed by the key that you trust: another log, or another key was shown.",
        )


def _one_history(
    visit: Visit, key: Key, checkpoint: Checkpoint, others: dict[str, Checkpoint], different: Sequence[str]
) -> None:
    """Raises ``Failed`` if there are checkpoints which this one does not extend, or that do not extend it."""
    for name in different:
        _check_key(name, others[name], key)
    if different:
        own = _kept_name(visit, checkpoint, others)
        raise Failed(
            f"Nhật ký có HAI LỊCH SỬ dưới cùng một chữ ký: {different[0]} và {own}. Đó là bằng chứng.",
            f"The log has TWO HISTORIES under one signature: {different[0]} and {own}. They are the proof.",
        )


def _kept_name(visit: Visit, checkpoint: Checkpoint, kept: dict[str, Checkpoint]) -> str:
    """Keeps it unless it is there already."""
    same = (name for name, one in kept.items() if (one.size, one.root) == (checkpoint.size, checkpoint.root))
    return next(same, None) or visit.folder.keep(visit.now, checkpoint)


def _roots(hashes: Sequence[bytes], sizes: set[int]) -> dict[int, bytes]:
    tree, roots = Tree(), {}
    for hashed in hashes:
        tree.append(hashed)
        if tree.size in sizes:
            roots[tree.size] = tree.root()
    return roots


# What the log says


def _minutes(seen: Seen, visit: Visit) -> Iterator[Passed]:
    began = seen.leaves[0].at - seen.start * MINUTE
    began -= began % MINUTE
    for number, leaf in enumerate(seen.leaves, seen.start):
        at = began + number * MINUTE
        if leaf.at != at:
            raise Failed(
                f"Phút thứ {number} của nhật ký ghi {dated(leaf.at)} thay vì {dated(at)}.",
                f"Minute {number} of the log says {dated(leaf.at)} instead of {dated(at)}.",
            )
    if seen.leaves[-1].at > visit.now + MINUTE:
        raise CannotCheck(
            f"Nhật ký có phút chưa đến ({dated(seen.leaves[-1].at)}): đồng hồ của máy này có đúng không?",
            f"The log has a minute to come ({dated(seen.leaves[-1].at)}): is this machine's clock right?",
        )
    _filled_in(seen, visit)
    yield Passed(
        f"Mỗi mục là một phút, từ {dated(began)} đến {dated(seen.leaves[-1].at)}",
        f"Each entry is one minute, from {dated(began)} to {dated(seen.leaves[-1].at)}",
    )


def _filled_in(seen: Seen, visit: Visit) -> None:
    """Minutes that were missing at the visit before must be told to be late."""
    last = visit.folder.last()
    if last is None or not seen.start <= last[1] < seen.checkpoint.size:
        return
    when, missing = last
    late = seen.leaves[missing - seen.start].at + 2 * MINUTE + LATE < when
    if late and missing not in _late_minutes(seen):
        raise Failed(
            f"Phút thứ {missing} chưa có lúc {dated(when)} mà sau đó được điền vào, không ghi là trễ.",
            f"Minute {missing} was missing at {dated(when)} and was filled in later, without the fact lag.",
        )


def _held(seen: Seen, visit: Visit) -> dict[str, Any]:
    """What all leaves have told so far, of which those of earlier visits stand in the folder."""
    before = parsed(visit.folder.read("facts") or b"{}", "facts") if seen.start else {}
    return {**before, **facts.told(seen.leaves, seen.start)}


def _facts(fetch: Fetch, seen: Seen, visit: Visit, known: int) -> Iterator[Passed]:
    """Notes what began to hold in the minutes that are new, a line each."""
    new = [
        facts.in_words(leaf.at, name, value)
        for number, leaf in enumerate(seen.leaves, seen.start)
        if number >= known
        for name, value in leaf.facts.items()
    ]
    for vi, en in new[-FACTS:]:
        visit.folder.tell(visit.now, f"· {vi}. {en}.")
    held = _held(seen, visit)
    facts.compare(fetch, held, seen.checkpoint.size)
    facts.check_keys(fetch, held)
    visit.folder.write("facts", canonical(held))
    if new:
        yield Passed(
            f"{len(new)} điều bắt đầu có hiệu lực, ghi trong watch.log",
            f"{len(new)} facts began to hold; they are in watch.log",
        )


def _late_minutes(seen: Seen) -> set[int]:
    """Those that a late leaf says to have been missed: what happened in them stands in that leaf."""
    late: set[int] = set()
    since = seen.checkpoint.size
    for number in reversed(range(since)):
        if number >= since:
            late.add(number)
        if number >= seen.start:
            since = min(since, number - int(seen.leaves[number - seen.start].facts.get("lag", "0")))
    return late


def _tiles(fetch: Fetch, seen: Seen, known: int, *, everything: bool) -> Iterator[Passed]:
    """Those that have changed since, and some older ones."""
    changed: list[tuple[int, int, bytes]] = []
    older: list[tuple[int, int, bytes]] = []
    for level, number, data in tiles(seen.hashes):
        whole = (number + 1) * TILE ** (level + 1) <= min(known, seen.checkpoint.size)
        (older if whole and not everything else changed).append((level, number, data))
    older = _sample(older)
    for tile in [*changed, *older]:
        compare_tile(fetch, FOLDER, *tile)
    yield Passed(
        f"{len(changed)} ô băm mới và {len(older)} ô băm cũ khớp với nhật ký",
        f"{len(changed)} new tiles and {len(older)} older ones fit the log",
    )


def _openings(fetch: Fetch, seen: Seen, *, everything: bool) -> Iterator[Passed]:
    size, late = seen.checkpoint.size, _late_minutes(seen)
    newest = {number for number in late if number >= seen.start}
    told: dict[int, Any] = {}
    for bundle in range(-(-size // TILE)) if everything else ():
        told |= fetch_openings(fetch, bundle)
    chosen = sorted({*told, *_sample(range(size)), *_sample(sorted(newest))} & {*range(size)})
    bundles = {number // TILE for number in chosen if number < seen.start}
    older = {bundle: fetch_entries(fetch, bundle, TILE) for bundle in bundles}
    leaves = {
        number: seen.leaves[number - seen.start]
        if number >= seen.start
        else _older(older[number // TILE][number % TILE], seen, number)
        for number in chosen
    }
    opened = 0
    for number, records in _opened(fetch, leaves, told):
        opened += records is not None
        if records and number in late:
            raise Failed(
                f"Phút thứ {number} được điền vào sau mà có {records} bản ghi.",
                f"Minute {number} was filled in later, but has {records} records.",
            )
    yield Passed(
        f"{opened} phút đã mở khớp với cam kết của chúng",
        f"{opened} minutes that are opened fit their commitments",
    )


def _opened(fetch: Fetch, leaves: dict[int, Leaf], told: dict[int, Any]) -> Iterator[tuple[int, int | None]]:
    """Number and records of each. What fails is checked again alone, so that it is what the evidence keeps."""

    def alone(number: int) -> int | None:
        opening = told.get(number) or fetch_opening(fetch, number)
        return None if opening is None else check_opening(fetch, number, leaves[number], opening)

    def one(number: int) -> int | Failed | None:
        try:
            return alone(number)
        except Failed as failed:
            return failed

    pool = ThreadPoolExecutor(AT_ONCE)
    try:
        for number, records in zip(leaves, pool.map(one, leaves), strict=True):
            yield number, alone(number) if isinstance(records, Failed) else records
    finally:
        pool.shutdown(cancel_futures=True)


def _older(entry: bytes, seen: Seen, number: int) -> Leaf:
    """A leaf that was read again."""
    if leaf_hash(entry) != seen.hashes[number]:
        raise Failed(
            f"Mục của phút thứ {number} đã bị sửa sau lần đọc trước.",
            f"The entry of minute {number} has been changed since it was read.",
            tile_file("entries", number, seen.checkpoint.size),
        )
    return read_leaf(entry, number)


def _sample(of: Sequence[T]) -> list[T]:
    return SystemRandom().sample(of, min(SAMPLE, len(of)))


def _frozen(seen: Seen, now: int) -> None:
    newest = seen.leaves[-1].at
    ended = any(leaf.facts.get("end") for leaf in seen.leaves)
    if now > newest + 2 * MINUTE + LATE and not ended:
        raise Failed(
            f"Nhật ký ĐỨNG YÊN: phút mới nhất là {dated(newest)}.",
            f"The log is FROZEN: its newest minute is {dated(newest)}.",
        )


def _cosign(seen: Seen, visit: Visit, signer: Signer) -> Iterator[Passed]:
    folder, checkpoint = visit.folder, seen.checkpoint
    with folder.locked():
        own = folder.read("cosigned")
        before = read_checkpoint(own) if own else None
        if before and before.size > checkpoint.size:
            return
        if before and _roots(seen.hashes, {before.size}).get(before.size, before.root) != before.root:
            raise CannotCheck(
                "Một tiến trình khác vừa ký mốc khác: hãy chạy lại.",
                "Another process has just cosigned something else: run this again.",
            )
        folder.write("cosigned", checkpoint.note + signer.cosign(checkpoint.text, visit.now))
    yield Passed(
        f"Đã ký thêm với khóa {signer.name}, trong tệp cosigned",
        f"Cosigned by {signer.name}, in the file cosigned",
    )
