"""Reads the bundle of a week: checks every line and hashes it into the root."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from verify.outcome import Failed
from verify.site import Fetch, file, lines, parsed
from verify.tree import canonical, check_counted, check_record, committed, from_hex, leaf_hash, root

MINUTE_MS = 60_000


class Times(NamedTuple):
    """The opening of an attempt's times, in milliseconds."""

    duration: int
    received: int


class Attempt(NamedTuple):
    """The part of a line that counts for the ranking; ``told``: the score at submission.

    ``minutes`` it took, and the ``minute`` of its receipt; ``exact`` where that is opened.
    """

    number: int
    told: int
    score: int
    prediction: int | None
    minutes: int
    minute: int
    status: str
    exact: Times | None


class Person(NamedTuple):
    """A person, identified by the pseudonym; ``attempts`` by number, including discarded ones.

    ``unit`` and ``category`` are those that counted, ``UNNAMED`` where too few people share the unit.
    ``excused``: not obliged whatever the category. ``moved``: another unit or category was given at
    registration. ``verified``: by what, empty if by nothing.
    """

    pseudonym: str
    unit: str | None
    category: str
    excused: bool
    moved: bool
    verified: str
    attempts: dict[int, Attempt]


class Logged(NamedTuple):
    """A line's leaf hash and pseudonym; ``start``: the leaf hash of the start of what nobody handed in."""

    leaf: bytes
    pseudonym: str
    start: bytes | None


def fetch_checked(fetch: Fetch, path: str, digest: str) -> bytes:
    data = file(fetch, path)
    if sha256(data).hexdigest() != digest:
        raise Failed(
            f"Tệp {path} không khớp với mã băm đã công bố.",
            f"The file {path} does not have the published digest.",
        )
    return data


# Pseudonym and number of an attempt → one of ``times``, and the times in it.
Opened = dict[tuple[str, int], tuple[Any, Times]]


def opened_times(told: list[Any]) -> Opened:
    """Raises ``Failed`` if one is there twice."""
    opened = {
        (one["pseudonym"], one["number"]): (one, Times(one["duration_ms"], one["received_at_ms"]))
        for one in told
    }
    if len(opened) < len(told) or any(type(time) is not int for _, times in opened.values() for time in times):
        raise Failed(
            "Thời gian chính xác (times) của một bài nêu hai lần hoặc không phải số nguyên.",
            "The exact times of an attempt are opened twice, or are no integers.",
        )
    return opened


class Graded(NamedTuple):
    """What a line says of an attempt whose grading is opened; ``category``: for which its paper was drawn."""

    commitment: str
    category: str
    told: int
    score: int


def read(
    packed: bytes,
    index: dict[str, Any],
    opened: dict[tuple[str, int], Graded | None],
    times: Opened,
    later: Opened,
) -> tuple[dict[str, Person], list[Logged]]:
    """All people of the week by pseudonym, and what the log should have, in the order of the lines.

    ``opened``: pseudonym and number of attempts; it is filled with what their lines say. ``times`` go into the
    attempts, those of ``later`` do not; all fit their commitments.
    Raises ``Failed`` unless the lines match the size and the root.
    """
    opens = 0
    people: dict[str, Person] = {}
    logged: list[Logged] = []
    for line in lines(packed, index["audit"]["file"]):
        counted, record = _line(line, index)
        logged.append(Logged(leaf_hash(canonical(record)), record["pseudonym"], _start(counted, record)))
        moved = "registered" in counted
        told = counted["told"]["score"] if "told" in counted else counted["score"]
        place = (counted["unit"], counted["category"], "obliged" in counted, moved, counted.get("verified", ""))
        name = record["pseudonym"]
        tried = name, record["number"]
        for one in (times.get(tried), later.get(tried)):
            if one:
                _check_times(one, record)
                opens += 1
        if tried in opened:
            drawn = counted.get("registered", counted)["category"]
            opened[tried] = Graded(record["grading"], drawn, told, counted["score"])
        person = people.setdefault(name, Person(name, *place, {}))
        elsewhere = place != person[1:6]
        if record["number"] in person.attempts or elsewhere:
            raise Failed(
                f"Một người có hai bài cùng số hoặc thuộc hai đơn vị: {record['pseudonym']}.",
                f"One person has two attempts with one number, or two units: {record['pseudonym']}.",
            )
        person.attempts[record["number"]] = Attempt(
            record["number"],
            told,
            counted["score"],
            record["prediction"],
            record["duration_minutes"],
            record["minute"],
            record["status"],
            times[tried][1] if tried in times else None,
        )
    leaves = sorted(one.leaf for one in logged)
    if len(leaves) != index["size"] or len(set(leaves)) != len(leaves):
        raise Failed(
            f"Bộ dữ liệu có {len(leaves)} bài, còn trang web công bố {index['size']}.",
            f"The bundle has {len(leaves)} attempts, but {index['size']} are published.",
        )
    if root(leaves).hex() != index["root"]:
        raise Failed(
            "Bộ dữ liệu không cho ra mã xác thực đã công bố: có bài bị thêm, bớt hoặc sửa.",
            "The bundle does not give the published root: attempts were added, removed or changed.",
        )
    if opens < len(times) + len(later):
        raise Failed(
            "Có thời gian chính xác (times) của bài không có trong bộ dữ liệu.",
            "Exact times are opened of an attempt that is not in the bundle.",
        )
    return people, logged


def _check_times(one: tuple[Any, Times], record: dict[str, Any]) -> None:
    told, times = one
    opening = {"duration_ms": times.duration, "received_at_ms": times.received}
    salt = from_hex(told["salt"], 16, "salt")
    if committed(salt, opening) != record["time"]:
        raise Failed(
            f"Thời gian chính xác nêu ra khác với cam kết trong bản ghi: {record['pseudonym']}.",
            f"The exact times are not those that the record commits to: {record['pseudonym']}.",
        )
    if (times.duration // MINUTE_MS, times.received // MINUTE_MS) != (
        record["duration_minutes"],
        record["minute"],
    ):
        raise Failed(
            f"Thời gian chính xác khác với số phút trong bản ghi: {record['pseudonym']}.",
            f"The exact times differ from the minutes in the record: {record['pseudonym']}.",
        )


def _start(counted: dict[str, Any], record: dict[str, Any]) -> bytes | None:
    """The start of an attempt that nobody handed in. Raises ``Failed`` if it is missing or cannot be."""
    start = counted.get("start")
    if (record["status"] in {"submitted", "blank"}) != (start is None):
        raise Failed(
            f"Bài không nộp phải nêu lúc bắt đầu, bài đã nộp thì không: {record['pseudonym']}.",
            f"An attempt that nobody handed in names its start, and no other does: {record['pseudonym']}.",
        )
    if start is None:
        return None
    from_hex(start["seed"], 32, "seed")
    # Both are rounded down; the end of the week may have cut the time short.
    if not record["minute"] - record["duration_minutes"] - 1 <= start["minute"] <= record["minute"]:
        raise Failed(
            f"Lúc bắt đầu không khớp với bản ghi: {record['pseudonym']}.",
            f"The start does not fit the record: {record['pseudonym']}.",
        )
    same = {name: record[name] for name in ("contest", "format", "number", "pseudonym", "week")}
    return leaf_hash(canonical({**same, **start}))


def _line(text: bytes, index: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """How it counted, and the record."""
    value = parsed(text, index["audit"]["file"])
    if not isinstance(value, dict) or value.keys() != {"counted", "record"}:
        raise Failed(
            "Một dòng của bộ dữ liệu không có đúng hai phần counted và record.",
            "A line of the bundle does not have exactly the parts counted and record.",
        )
    counted, record = check_counted(value["counted"]), check_record(value["record"])
    if canonical(value) != text or (record["contest"], record["week"]) != (index["contest"], index["week"]):
        raise Failed(
            f"Một dòng không ở dạng chuẩn hoặc thuộc cuộc thi, tuần thi khác: {text[:80]!r}…",
            f"A line is not canonical, or belongs to another contest or week: {text[:80]!r}…",
        )
    told = counted["told"]["score"] if "told" in counted else counted["score"]
    salt = from_hex(counted["salts"].get("score"), 16, "salts.score")
    opening = {"bank": index["bank"], "score": told}
    if committed(salt, opening) != record["score"]:
        raise Failed(
            f"Phần “score” nêu ra khác với cam kết trong bản ghi: {text[:80]!r}…",
            f"The “score” that is shown is not the one that the record commits to: {text[:80]!r}…",
        )
    return counted, record


def line_of(
    packed: bytes, leaf: str, pseudonym: str, index: dict[str, Any]
) -> tuple[int, dict[str, Any]] | None:
    """The number of this leaf's line, from 0, and how it counted by the bundle; None if it is not there."""
    wanted = f'"pseudonym":"{pseudonym}"'.encode()
    for number, text in enumerate(lines(packed, index["audit"]["file"])):
        if wanted in text:
            counted, record = _line(text, index)
            if leaf_hash(canonical(record)).hex() == leaf:
                return number, counted
    return None
