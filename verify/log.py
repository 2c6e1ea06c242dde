"""“The log” of docs/proof.md: tiles, entries, leaves, openings (C2SP, tlog-tiles; RFC 6962, section 2.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from typing import Any, NamedTuple

from verify import note
from verify.outcome import CannotCheck, Failed
from verify.site import Fetch, file, parsed
from verify.tree import canonical, committed, from_hex, leaf_hash, node, root

FOLDER = "data/log"
TILE, HASH = 256, 32
MINUTE = 60
LARGEST = 1 << 24  # minutes of a log, or records of a minute, that are read


class Leaf(NamedTuple):
    """``at``: the beginning of its minute, in seconds since 1970."""

    at: int
    commitment: str
    facts: dict[str, str]


class Log(NamedTuple):
    """All of a log, as its key has signed it."""

    checkpoint: note.Checkpoint
    hashes: list[bytes]
    leaves: list[Leaf]

    @property
    def every(self) -> int:
        """The length of a minute in seconds; tests have others. ``watch`` wants real ones."""
        return max(1, self.leaves[1].at - self.leaves[0].at) if len(self.leaves) > 1 else MINUTE

    def minute(self, moment: float) -> int:
        """The number of the minute of ``moment``, in seconds since 1970."""
        return int((moment - self.leaves[0].at) // self.every)

    def told_in(self, number: int) -> int:
        """The minute that tells what happened in minute ``number``."""
        return told_in(self.leaves, number)

    def held(self, name: str, number: int) -> str:
        """The fact's value at the end of a minute, empty if there is none."""
        told = (leaf.facts[name] for leaf in reversed(self.leaves[: number + 1]) if name in leaf.facts)
        return next(told, "")


class Tree:
    """A tree that grows leaf by leaf and has a root at each size."""

    def __init__(self) -> None:
        self.size = 0
        self._whole: list[bytes] = []  # the roots of whole subtrees, largest first

    def append(self, leaf: bytes) -> None:
        rest, hashed = self.size, leaf
        while rest & 1:
            hashed = node(self._whole.pop(), hashed)
            rest >>= 1
        self._whole.append(hashed)
        self.size += 1

    def root(self) -> bytes:
        if not self._whole:
            return sha256(b"").digest()
        hashed = self._whole[-1]
        for whole in reversed(self._whole[:-1]):
            hashed = node(whole, hashed)
        return hashed


def consistent(old: int, old_root: bytes, size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether ``proof`` shows that the tree of ``size`` leaves extends that of ``old`` (RFC 9162, 2.1.4.2)."""
    if old in (0, size):
        return not proof and (old == 0 or old_root == new_root)
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path or old > size:
        return False
    left, right = old - 1, size - 1
    while left & 1:
        left, right = left >> 1, right >> 1
    was = now = path[0]
    for neighbour in path[1:]:
        if right == 0:
            return False
        if left & 1 or left == right:
            was, now = node(neighbour, was), node(neighbour, now)
            while left and not left & 1:
                left, right = left >> 1, right >> 1
        else:
            now = node(now, neighbour)
        left, right = left >> 1, right >> 1
    return (was, now, right) == (old_root, new_root, 0)


def tile_path(kind: int | str, number: int, width: int = TILE) -> str:
    """``kind``: the level, or ``entries``."""
    *above, last = (f"{number // 1000**place % 1000:03}" for place in reversed(range(_groups(number))))
    return "/".join(["tile", str(kind), *(f"x{one}" for one in above), last]) + _partial(width)


def _groups(number: int) -> int:
    return (len(str(number)) + 2) // 3


def _partial(width: int) -> str:
    return f".p/{width}" if width < TILE else ""


def tile_file(kind: int | str, leaf: int, size: int) -> str:
    """The file of a log of ``size`` minutes that holds this leaf."""
    number = leaf // TILE
    return f"{FOLDER}/{tile_path(kind, number, min(TILE, size - number * TILE))}"


def tiles(hashes: Sequence[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Level, number and bytes of every tile of the tree over the leaf hashes."""
    level, here = 0, list(hashes)
    while here:
        parts = [here[at : at + TILE] for at in range(0, len(here), TILE)]
        yield from ((level, number, b"".join(part)) for number, part in enumerate(parts))
        here = [root(part) for part in parts if len(part) == TILE]
        level += 1


def fetch_tile(fetch: Fetch, folder: str, kind: int | str, number: int, width: int) -> tuple[str, bytes, int]:
    """Path, bytes and width: of the whole one where the log has no partial one any more. Raises ``Failed``."""
    for wide in dict.fromkeys((width, TILE)):
        path = f"{folder}/{tile_path(kind, number, wide)}"
        data = fetch(path)
        if data is not None:
            return path, data, wide
    raise Failed(
        f"Nhật ký thiếu tệp {folder}/{tile_path(kind, number, width)}.",
        f"The log lacks the file {folder}/{tile_path(kind, number, width)}.",
    )


def fetch_hashes(fetch: Fetch, folder: str, size: int) -> list[bytes]:
    """The leaf hashes in the tiles of a tree of ``size`` leaves. Raises ``Failed``."""
    hashes: list[bytes] = []
    for number in range(-(-size // TILE)):
        hashes += _fetch_hashes(fetch, folder, 0, number, min(TILE, size - number * TILE))
    return hashes


def _fetch_hashes(fetch: Fetch, folder: str, level: int, number: int, width: int) -> list[bytes]:
    """The first ``width`` hashes of a tile. Raises ``Failed``."""
    path, data, wide = fetch_tile(fetch, folder, level, number, width)
    if len(data) != wide * HASH:
        raise Failed(f"Tệp {path} dài {len(data)} byte.", f"The file {path} has {len(data)} bytes.")
    return [data[at : at + HASH] for at in range(0, width * HASH, HASH)]


def fetch_entries(fetch: Fetch, number: int, width: int) -> list[bytes]:
    """The first ``width`` entries of a bundle. Raises ``Failed``."""
    path, data, wide = fetch_tile(fetch, FOLDER, "entries", number, width)
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entries.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    if at != len(data) or len(entries) != wide:
        raise Failed(f"Tệp {path} không gồm đúng {wide} mục.", f"The file {path} does not hold {wide} entries.")
    return entries[:width]


def read_log(fetch: Fetch, vkey: note.Key | None = None) -> Log:
    """Under ``vkey``, or the key that the site shows. Raises ``Failed``; ``CannotCheck`` if there is none."""
    shown = note.read_key(file(fetch, f"{FOLDER}/vkey").decode(errors="replace"))
    if vkey not in {None, shown}:
        raise Failed(
            f"Khóa của nhật ký trên trang web là {shown.text}, khác với khóa đã cho.",
            "The site shows another key of the log than the given one.",
        )
    checkpoint = note.read_checkpoint(file(fetch, f"{FOLDER}/checkpoint"))
    if checkpoint.origin != shown.name or not note.signed(checkpoint, shown):
        raise Failed("Mốc của nhật ký không có chữ ký đúng.", "The log's checkpoint is not signed by its key.")
    if not 0 < checkpoint.size <= LARGEST:
        raise CannotCheck(
            f"Nhật ký nói có {checkpoint.size} phút: không đọc được.",
            f"The log says that it has {checkpoint.size} minutes, which cannot be read.",
        )
    entries = [
        entry
        for number in range(-(-checkpoint.size // TILE))
        for entry in fetch_entries(fetch, number, min(TILE, checkpoint.size - number * TILE))
    ]
    hashes = list(map(leaf_hash, entries))
    if root(hashes) != checkpoint.root:
        raise Failed(
            "Các phút của nhật ký không cho ra mốc đã ký.", "The log's minutes do not give its checkpoint."
        )
    log = Log(checkpoint, hashes, [read_leaf(entry, number) for number, entry in enumerate(entries)])
    if any(leaf.at != log.leaves[0].at + number * log.every for number, leaf in enumerate(log.leaves)):
        raise Failed("Các phút của nhật ký không nối tiếp nhau.", "The log's minutes do not follow each other.")
    return log


def read_leaf(entry: bytes, number: int) -> Leaf:
    """Raises ``Failed``."""
    leaf = parsed(entry, f"{FOLDER}/tile/entries, {number}")
    names = {"at", "batch", "commitment", "facts", "format"}
    if not isinstance(leaf, dict) or leaf.keys() != names or canonical(leaf) != entry:
        raise _strange(number)
    facts, at, numbers = leaf["facts"], leaf["at"], (leaf["batch"], leaf["format"])
    whole = isinstance(facts, dict) and all(isinstance(value, str) for value in facts.values())
    if not whole or numbers != (number, 1) or {type(one) for one in numbers} != {int}:
        raise _strange(number)
    from_hex(leaf["commitment"], 32, "commitment")
    if "lag" in facts and not (re.fullmatch(r"[1-9][0-9]{0,7}", facts["lag"]) and int(facts["lag"]) <= number):
        raise _strange(number)
    return Leaf(_seconds(at, number), leaf["commitment"], facts)


def told_in(leaves: Sequence[Leaf], number: int) -> int:
    """The minute that tells what happened in minute ``number``: a log that was late tells it in a later one."""
    late = ((at, int(leaf.facts["lag"])) for at, leaf in enumerate(leaves) if "lag" in leaf.facts)
    return next((at for at, lag in late if at - lag <= number <= at), number)


def _seconds(at: Any, number: int) -> int:
    if not isinstance(at, str) or not re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2}T([0-9]{2}:){2}[0-9]{2}Z", at):
        raise _strange(number)
    try:
        return int(datetime.fromisoformat(at.removesuffix("Z")).replace(tzinfo=UTC).timestamp())
    except ValueError:
        raise _strange(number) from None


def _strange(number: int) -> Failed:
    return Failed(
        f"Phút thứ {number} của nhật ký không đúng dạng quy định.",
        f"Minute {number} of the log does not have the form that docs/proof.md requires.",
    )


def fetch_opening(fetch: Fetch, number: int) -> Any:
    """What a minute is opened to, None if it is not yet. Raises ``Failed`` if it is not JSON."""
    path = f"{FOLDER}/batch/{number}/opening.json"
    data = fetch(path)
    return None if data is None else parsed(data, path)


def fetch_openings(fetch: Fetch, bundle: int) -> dict[int, Any]:
    """Those of the minutes of a bundle of entries that are opened, by number. Raises ``Failed``."""
    path = f"{FOLDER}/openings/{bundle}.json"
    data = fetch(path)
    if data is None:
        return {}
    openings = parsed(data, path)
    if not isinstance(openings, dict) or openings.keys() != {"format", "openings"} or openings["format"] != 1:
        raise Failed(f"{path} không đúng dạng.", f"{path} is not well-formed.")
    return {one["batch"]: one for one in openings["openings"]}


def check_opening(fetch: Fetch, number: int, leaf: Leaf, opening: Any) -> int:
    """The number of the minute's records, all of whose tiles are read. Raises ``Failed``."""
    hashed, size = opened(number, leaf, opening)
    _check_batch(fetch, f"{FOLDER}/batch/{number}", size, hashed)
    return size


def opened(number: int, leaf: Leaf, opening: Any) -> tuple[bytes, int]:
    """Root and size to which a minute is opened. Raises ``Failed`` unless its leaf committed to them."""
    names = {"at": str, "batch": int, "format": int, "root": str, "salt": str, "size": int}
    if (
        not isinstance(opening, dict)
        or {name: type(value) for name, value in opening.items()} != names
        or (opening["batch"], opening["format"]) != (number, 1)
        or opening["size"] < 0
    ):
        raise Failed(f"Phút thứ {number} mở ra không đúng dạng.", f"Minute {number} is opened in a wrong form.")
    of = {"root": opening["root"], "size": opening["size"]}
    salt, size = from_hex(opening["salt"], 32, "salt"), int(opening["size"])
    if committed(salt, of) != leaf.commitment:
        raise Failed(
            f"Phút thứ {number} mở ra khác với cam kết của nó: có bản ghi bị thêm, bớt hoặc sửa.",
            f"Minute {number} opens to something else than it committed to.",
        )
    if _seconds(opening["at"], number) != leaf.at:
        raise Failed(
            f"Phút thứ {number} mở ra với thời điểm khác.", f"Minute {number} is opened with another time."
        )
    if size > LARGEST:
        raise CannotCheck(f"Phút thứ {number} quá lớn: {size}.", f"Minute {number} is too large: {size}.")
    return from_hex(opening["root"], 32, "root"), size


class Batch:
    """The tree over a minute's records, of which only those tiles are read that are needed."""

    def __init__(self, fetch: Fetch, number: int, expected: bytes, size: int) -> None:
        """``expected``: its root. Raises ``Failed`` if the tiles of its edge do not give it."""
        self._fetch, self._folder, self._size = fetch, f"{FOLDER}/batch/{number}", size
        self._read: dict[tuple[int, int], list[bytes]] = {}
        tail: bytes | None = None
        level = 0
        while size >> 8 * level:
            whole, width = divmod(size >> 8 * level, TILE)
            tail = _joined(self._tile(level, whole) if width else [], tail)
            level += 1
        if (root([]) if tail is None else tail) != expected:
            raise self._wrong()

    def has(self, leaf: bytes) -> bool:
        """Records stand in ascending order, and evenly, as hashes are. Raises ``Failed``."""
        if not self._size:
            return False
        low, high = 0, (self._size - 1) // TILE
        number = (int.from_bytes(leaf[:8], "big") * self._size >> 64) // TILE
        near = True
        while True:
            hashes = self._tile(0, number)
            self._check(number, hashes)
            if leaf < hashes[0]:
                high = number - 1
            elif leaf > hashes[-1]:
                low = number + 1
            else:
                return leaf in hashes
            if low > high:
                return False
            beside = high if leaf < hashes[0] else low
            number, near = beside if near else (low + high) // 2, False

    def _check(self, number: int, hashes: Sequence[bytes]) -> None:
        """A whole tile is told by the one above; what is no whole tile is part of the edge."""
        level = 0
        while len(hashes) == TILE:
            level, above = level + 1, self._tile(level + 1, number // TILE)
            if above[number % TILE] != root(hashes):
                raise self._wrong()
            number, hashes = number // TILE, above

    def _tile(self, level: int, number: int) -> list[bytes]:
        if (level, number) not in self._read:
            width = min(TILE, (self._size >> 8 * level) - TILE * number)
            self._read[level, number] = _fetch_hashes(self._fetch, self._folder, level, number, width)
        return self._read[level, number]

    def _wrong(self) -> Failed:
        return Failed(
            f"Các ô băm trong {self._folder} không cho ra mã xác thực của phút.",
            f"The tiles in {self._folder} do not give the minute's root.",
        )


def _joined(whole: Sequence[bytes], tail: bytes | None) -> bytes | None:
    """The root over whole subtrees of one size and, to their right, a smaller rest; None of neither."""
    if tail is None:
        return root(whole) if whole else None
    if not whole:
        return tail
    split = 1 << len(whole).bit_length() - 1
    rest = _joined(whole[split:], tail)
    return None if rest is None else node(root(whole[:split]), rest)


def _check_batch(fetch: Fetch, folder: str, size: int, expected: bytes) -> None:
    hashes = fetch_hashes(fetch, folder, size)
    if any(one >= other for one, other in pairwise(hashes)) or root(hashes) != expected:
        raise Failed(
            f"Các ô băm trong {folder} không cho ra mã xác thực của phút.",
            f"The tiles in {folder} do not give the minute's root, or are not in order.",
        )
    for level, number, whole in tiles(hashes):
        if level:
            compare_tile(fetch, folder, level, number, whole)


def compare_tile(fetch: Fetch, folder: str, level: int, number: int, expected: bytes) -> None:
    """Raises ``Failed`` with the path unless the site's tile is as its leaves make it."""
    path, data, wide = fetch_tile(fetch, folder, level, number, len(expected) // HASH)
    if len(data) != wide * HASH or data[: len(expected)] != expected:
        raise Failed(
            f"Ô băm {path} không khớp với nhật ký: đã bị sửa.", f"The tile {path} does not fit the log."
        )
