"""“Checking a receipt” of docs/proof.md, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cache, partial
from hashlib import sha256
from itertools import chain
from typing import Any

from verify import ed25519, grading, log
from verify.bundle import fetch_checked, line_of
from verify.folder import dated
from verify.minutes import IN_TIME_S
from verify.outcome import CannotCheck, Failed, Passed
from verify.site import Fetch, parsed, read_json
from verify.tree import UNNAMED, canonical, check_record, committed, from_hex, leaf_hash

SIGNED_PREFIX = b"cuoc-thi-receipt-v1:"
KEYS = {"record", "openings", "salts", "told", "leaf_hash", "signature", "key_id"}
OPENING_KEYS: dict[str, dict[str, type]] = {
    "grading": {"answers": str, "attempt_id": str},
    "identity": {"category": str, "participant_id": str, "unit": str},
    "score": {"bank": str, "score": int},
    "time": {"duration_ms": int, "received_at_ms": int},
}
LATER = "score"  # opened once scores are told
# Where a record is looked for: the run of a minute takes in what has come since; the stream keeps what the log
# has not read for a day; and a long grace ends long after a paper was handed in.
BEFORE_S, LAST_S, GRACE_S = 120, 24 * 3600 + IN_TIME_S, 3600


def check(
    receipt: Any, fetch: Fetch, expected_root: str | None, whole: Callable[[], log.Log]
) -> Iterator[Passed]:
    """Yields the steps that hold; raises ``Failed`` at the first that does not. ``whole`` reads the log."""
    if not isinstance(receipt, dict) or receipt.keys() != KEYS:
        raise CannotCheck("Tệp này không phải biên nhận bài thi.", "This is not a receipt.")
    record = check_record(receipt["record"])
    yield from _itself(receipt, record)
    known = whole()
    if known.checkpoint.origin != f"cuoc-thi/{record['contest']}":
        raise Failed(
            "Biên nhận thuộc cuộc thi khác với trang web này.",
            "The receipt belongs to another contest than this site.",
        )
    yield _signature(receipt, known)
    number = _minute(receipt, fetch, known)
    if number is not None:
        yield _logged(known, number)
    if fetch(_index(record["week"])) is None and expected_root is None:
        if number is None:
            raise _missing()
        yield Passed(
            f"Tuần {record['week']} chưa chốt: hãy kiểm tra lại sau khi có kết quả, để biết cách tính bài",
            f"Week {record['week']} is not closed yet: check again then, to see how the attempt counts",
        )
        return
    index = week_index(fetch, record["week"], expected_root)
    yield Passed(
        f"Mã xác thực dữ liệu của tuần {record['week']}, lần công bố {index['revision']}: {index['root']}",
        f"The root of week {record['week']}, revision {index['revision']}, is the one in the published results",
    )
    line, counted = _counted(receipt, index, fetch)
    if number is None:
        number = _handed_in(receipt, index, fetch, known, line)
        yield _logged(known, number)
    yield counted
    yield _in_time(index, fetch, known, number)
    yield from grading.check(receipt, index, fetch)


def _itself(receipt: dict[str, Any], record: dict[str, Any]) -> Iterator[Passed]:
    opened = _opened(receipt)
    salts = receipt["salts"]
    if not isinstance(salts, dict) or salts.keys() != {*opened, "pseudonym"}:
        raise Failed("Biên nhận không có đúng các muối.", "The receipt does not have the right salts.")
    for name, opening in opened.items():
        salt = from_hex(salts[name], 16, f"salts.{name}")
        if committed(salt, opening) != record[name]:
            raise Failed(
                f"Phần “{name}” của biên nhận không khớp với cam kết: nội dung hoặc muối đã bị thay đổi.",
                f"The receipt's “{name}” does not match the commitment: it or its salt has been changed.",
            )
    time = opened["time"]
    if (time["duration_ms"] // 60_000, time["received_at_ms"] // 60_000) != (
        record["duration_minutes"],
        record["minute"],
    ):
        raise Failed(
            "Thời gian chính xác khác với số phút trong bản ghi.",
            "The exact times differ from the minutes in the record.",
        )
    yield Passed(
        "Bài làm, đơn vị, thời gian và điểm đã cho biết khớp với cam kết trong bản ghi",
        "Answers, unit, times and the score as far as told match the commitments in the record",
    )
    named = f"{record['contest']}|{record['week']}|{opened['identity']['participant_id']}"
    name_salt = from_hex(salts["pseudonym"], 16, "salts.pseudonym")
    if sha256(name_salt + named.encode()).hexdigest() != record["pseudonym"]:
        raise Failed(
            "Mã người dự thi trong bản ghi không phải của người dự thi này.",
            "The pseudonym in the record is not this participant's.",
        )
    yield Passed("Mã người dự thi đúng là của người này", "The pseudonym is this participant's")
    if leaf_hash(canonical(record)) != from_hex(receipt["leaf_hash"], 32, "leaf_hash"):
        raise Failed(
            "Bản ghi không khớp với mã băm: một thông tin trong đó đã bị thay đổi.",
            "The record does not match its leaf hash: something in it has been changed.",
        )
    yield Passed("Bản ghi khớp với mã băm của lá", "The record matches its leaf hash")


def _opened(receipt: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The openings by name, of the right form; what was told is the score among them."""
    opened, told = receipt["openings"], receipt["told"]
    known = isinstance(opened, dict) and OPENING_KEYS.keys() - {LATER} <= opened.keys() <= OPENING_KEYS.keys()
    for name, kinds in OPENING_KEYS.items() if known else ():
        opening = opened.get(name)
        if opening is None and name == LATER and name not in opened:
            continue
        right = isinstance(opening, dict) and opening.keys() == kinds.keys()
        known = (
            known
            and right
            and all(
                type(opening[key]) is kind or (key == "unit" and opening[key] is None)
                for key, kind in kinds.items()
            )
        )
    if not known:
        raise Failed(
            "Phần riêng tư của biên nhận không đúng dạng.", "The receipt's openings are not well-formed."
        )
    if told != {"score": opened[LATER]["score"] if LATER in opened else None}:
        raise Failed(
            "Điểm đã cho biết khác với điểm trong cam kết.", "The score that was told is not the committed one."
        )
    return dict(opened)


def _signature(receipt: dict[str, Any], known: log.Log) -> Passed:
    """By a key that the log had named when the receipt's minute was told."""
    last = known.told_in(max(0, known.minute(_received(receipt) + IN_TIME_S)))
    named = known.held(f"key-{receipt['key_id']}", last)
    if not named and last >= len(known.leaves):
        raise _too_young(known)
    if not named:
        raise Failed(
            "Nhật ký chưa nêu khóa ký biên nhận này khi bài thi được nộp.",
            "The log had not named the key that signed the receipt when the attempt was handed in.",
        )
    public = from_hex(named, 32, f"key-{receipt['key_id']}")
    if sha256(public).hexdigest()[:16] != receipt["key_id"]:
        raise Failed("Khóa công khai không khớp với mã khóa.", "The public key does not match its key id.")
    told = sha256(canonical(receipt["told"])).digest()
    message = SIGNED_PREFIX + bytes.fromhex(receipt["leaf_hash"]) + told
    if not ed25519.holds(public, message, from_hex(receipt["signature"], 64, "signature")):
        raise Failed(
            "Chữ ký không đúng: biên nhận không do cuộc thi này cấp.",
            "The signature does not hold: this contest did not issue the receipt.",
        )
    return Passed(
        "Chữ ký của cuộc thi đúng, và khóa đã có trong nhật ký",
        "The contest's signature holds, by a key that the log had named",
    )


def _received(receipt: dict[str, Any]) -> int:
    """In seconds since 1970, in the grace at its end."""
    return int(receipt["openings"]["time"]["received_at_ms"]) // 1000


def _minute(receipt: dict[str, Any], fetch: Fetch, known: log.Log) -> int | None:
    """The minute of the log with the record, None if it is in none that is opened.

    Raises ``CannotCheck`` if those in which it has to be are not opened yet.
    """
    received, leaf = _received(receipt), from_hex(receipt["leaf_hash"], 32, "leaf_hash")
    first, due, last = (max(0, known.minute(received + more)) for more in (-BEFORE_S, IN_TIME_S, LAST_S))
    due = known.told_in(due)
    openings = cache(partial(log.fetch_openings, fetch))
    sealed = False
    later = range(first, min(max(due, last) + 1, len(known.leaves)))
    earlier = range(max(0, known.minute(received - GRACE_S)), min(first, len(known.leaves)))
    for number in chain(later, earlier):
        opening = openings(number // log.TILE).get(number)
        if opening is None:
            sealed = sealed or number <= due
            continue
        hashed, size = log.opened(number, known.leaves[number], opening)
        if log.Batch(fetch, number, hashed, size).has(leaf):
            return number
    if sealed:
        raise CannotCheck(
            "Phút của bài thi này trong nhật ký chưa mở: hãy thử lại sau nửa giờ; nếu cuộc thi giữ kín "
            "số bài thi thì sau khi công bố kết quả của tuần.",
            "The attempt's minute of the log is not opened yet: try again in half an hour, or, where "
            "the number of attempts is kept secret, after the week's results.",
        )
    if due >= len(known.leaves):
        raise _too_young(known)
    return None


def _too_young(known: log.Log) -> CannotCheck:
    newest = dated(known.leaves[-1].at)
    return CannotCheck(
        f"Nhật ký mới đến {newest}, bài thi này mới nộp: hãy thử lại sau năm phút.",
        f"The log has come to {newest}, and the attempt is newer: try again in five minutes.",
    )


def _missing() -> Failed:
    return Failed(
        "KHÔNG có bài thi này trong nhật ký, dù biên nhận có chữ ký đúng. Hãy giữ tệp biên nhận và gửi "
        "cho Ban Tổ chức; bài đến muộn còn được đưa vào khi chốt tuần: hãy kiểm tra lại khi có kết quả.",
        "This attempt is NOT in the log, although its receipt is signed. Keep the file and take it to "
        "the organisers; what is late is still handed in at the close, so check again after the results.",
    )


def _logged(known: log.Log, number: int) -> Passed:
    size, hashed = known.checkpoint.size, known.checkpoint.root.hex()
    return Passed(
        f"Nhật ký có bài thi này ở phút thứ {number} ({dated(known.leaves[number].at)}); "
        f"mốc đã ký: {size} phút, mã xác thực {hashed}",
        f"The log has the attempt in minute {number}; the signed checkpoint is that of {size} minutes",
    )


def _index(week: int) -> str:
    return f"data/proof/week-{week}/index.json"


def week_index(fetch: Fetch, week: int, expected_root: str | None) -> dict[str, Any]:
    """``index.json``, checked against the published results. Raises ``CannotCheck`` before the week closes."""
    path = _index(week)
    if fetch(path) is None:
        raise CannotCheck(
            f"Tuần {week} chưa chốt kết quả: hãy kiểm tra lại sau khi kết quả được công bố.",
            f"Week {week} is not closed yet: check again when its results are published.",
        )
    index: dict[str, Any] = read_json(fetch, path)
    page = read_json(fetch, f"data/results/week-{week}.json")
    if page["revision"] != index["revision"]:
        raise CannotCheck(
            "Trang web đang cập nhật kết quả: hãy thử lại sau ít phút.",
            "The site is being updated: try again soon.",
        )
    if page["proof"] != {"root": index["root"], "size": index["size"]}:
        raise Failed(
            "Mã xác thực không phải mã mà trang kết quả công bố.",
            "The root is not the one in the published results.",
        )
    if index["week"] != week:
        raise Failed("Dữ liệu thuộc tuần khác.", "The tree belongs to another week.")
    if expected_root is not None and expected_root != index["root"]:
        raise Failed(
            f"Mã xác thực trên trang web ({index['root']}) khác với mã đã cho.",
            f"The site's root ({index['root']}) differs from the given one.",
        )
    return index


def _counted(receipt: dict[str, Any], index: dict[str, Any], fetch: Fetch) -> tuple[int, Passed]:
    """The bundle's line, which says of this attempt what its owner knows: unit, category and what was told."""
    path = f"data/proof/week-{index['week']}/{index['folder']}/{index['audit']['file']}"
    packed = fetch_checked(fetch, path, index["audit"]["sha256"])
    found = line_of(packed, receipt["leaf_hash"], receipt["record"]["pseudonym"], index)
    if found is None:
        raise Failed(
            "KHÔNG có bài thi này trong kết quả đã công bố, dù biên nhận có chữ ký đúng. "
            "Hãy gửi biên nhận cho Ban Tổ chức.",
            "This attempt is NOT among the published ones, although its receipt is signed. "
            "Take it to the organisers.",
        )
    line, counted = found
    identity, unit = receipt["openings"]["identity"], counted["unit"]
    if unit == UNNAMED:
        salt = bytes.fromhex(receipt["salts"]["identity"])
        own = committed(salt, {"unit": identity["unit"]})
        unit = identity["unit"] if counted["unit_commitment"] == own else UNNAMED
    before = counted.get("registered", counted)
    moved = (unit, counted["category"]) != (identity["unit"], identity["category"])
    if before["category"] != identity["category"] or moved != ("registered" in counted):
        raise Failed(
            "Bộ dữ liệu nêu đơn vị hoặc đối tượng khác với cam kết trong biên nhận.",
            "The bundle shows another unit or category than the receipt commits to.",
        )
    more = " (tính theo danh sách hoặc quyết định ở chỗ khác)" if "registered" in counted else ""
    more_en = " (counted elsewhere by a roster or decision)" if "registered" in counted else ""
    return line, Passed(
        f"Bộ dữ liệu tính bài này {counted['score']} câu đúng, đúng đơn vị và đối tượng{more}",
        f"The bundle counts it with {counted['score']} right answers, in its unit and category{more_en}",
    )


def _handed_in(receipt: dict[str, Any], index: dict[str, Any], fetch: Fetch, known: log.Log, line: int) -> int:
    """The minute in which the close has handed in what the log had missed; ``line``: the bundle's."""
    path = f"data/proof/week-{index['week']}/{index['folder']}/{index['batches']['file']}"
    packed = fetch_checked(fetch, path, index["batches"]["sha256"])
    number = int.from_bytes(packed[4 * line : 4 * line + 4], "big")
    opening = log.fetch_opening(fetch, number)
    if number >= len(known.leaves) or opening is None:
        raise _missing()
    hashed, size = log.opened(number, known.leaves[number], opening)
    if not log.Batch(fetch, number, hashed, size).has(bytes.fromhex(receipt["leaf_hash"])):
        raise _missing()
    return number


def _in_time(index: dict[str, Any], fetch: Fetch, known: log.Log, number: int) -> Passed:
    path = f"data/proof/week-{index['week']}/{index['folder']}/{index['ranking']['file']}"
    rules = parsed(fetch_checked(fetch, path, index["ranking"]["sha256"]), path)["rules"]
    page = read_json(fetch, f"data/results/week-{index['week']}.json")
    end = datetime.fromisoformat(page["closes_at"]).timestamp() + rules["grace_ms"] / 1000
    if number > known.told_in(known.minute(end + IN_TIME_S)):
        return Passed(
            "Bài vào nhật ký MUỘN: được tính, nhưng chỉ xét giải nếu Ban Tổ chức xác nhận",
            "The attempt came LATE to the log: it counts, but wins nothing without the organisers' word",
        )
    return Passed("Bài vào nhật ký đúng hạn", "The attempt came to the log in time")
