"""Reads the bundle of a week: checks every line and hashes it into the root."""

from __future__ import annotations

from hashlib import sha256
from typing import Any, NamedTuple

from verify.outcome import Failed
from verify.site import Fetch, file, lines, parsed
from verify.tree import canonical, check_counted, check_record, from_hex, leaf_hash, root


class Attempt(NamedTuple):
    """The part of a line that counts for the ranking; ``told``: the score at submission."""

    number: int
    told: int
    score: int
    prediction: int | None
    duration: int
    received: int
    status: str


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


class Graded(NamedTuple):
    """What a line says of an attempt whose grading is opened; ``category``: for which its paper was drawn."""

    commitment: str
    category: str
    told: int
    score: int


def read(
    packed: bytes, index: dict[str, Any], opened: dict[tuple[str, int], Graded | None] | None = None
) -> tuple[dict[str, Person], list[Logged]]:
    """All people of the week by pseudonym, and what the log should have, in the order of the lines.

    ``opened``: pseudonym and number of attempts; it is filled with what their lines say.
    Raises ``Failed`` unless the lines match the size and the root.
    """
    people: dict[str, Person] = {}
    logged: list[Logged] = []
    for line in lines(packed, index["audit"]["file"]):
        counted, record = _line(line, index)
        logged.append(Logged(leaf_hash(canonical(record)), record["pseudonym"], _start(counted, record)))
        moved = "registered" in counted
        told = counted["told"]["score"] if "told" in counted else counted["score"]
        place = (counted["unit"], counted["category"], "obliged" in counted, moved, counted.get("verified", ""))
        name = record["pseudonym"]
        if opened and (name, record["number"]) in opened:
            drawn = counted.get("registered", counted)["category"]
            opened[name, record["number"]] = Graded(record["grading"], drawn, told, counted["score"])
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
            counted["duration_ms"],
            counted["received_at_ms"],
            record["status"],
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
    return people, logged


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
    times = {"duration_ms": counted["duration_ms"], "received_at_ms": counted["received_at_ms"]}
    for name, opening in (("score", {"bank": index["bank"], "score": told}), ("time", times)):
        salt = from_hex(counted["salts"].get(name), 16, f"salts.{name}")
        if sha256(salt + canonical(opening)).hexdigest() != record[name]:
            raise Failed(
                f"Phần “{name}” nêu ra khác với cam kết trong bản ghi: {text[:80]!r}…",
                f"The “{name}” that is shown is not the one that the record commits to: {text[:80]!r}…",
            )
    minutes = times["duration_ms"] // 60_000, times["received_at_ms"] // 60_000
    if minutes != (record["duration_minutes"], record["minute"]):
        raise Failed(
            f"Thời gian chính xác khác với số phút trong bản ghi: {text[:80]!r}…",
            f"The exact times differ from the minutes in the record: {text[:80]!r}…",
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
