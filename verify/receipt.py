"""“Checking a receipt” of docs/proof.md, step by step."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from verify import ed25519, grading
from verify.bundle import fetch_checked, line_of
from verify.outcome import CannotCheck, Failed, Passed
from verify.site import Fetch, read_json
from verify.tree import canonical, check_record, from_hex, leaf_hash, node, root

SIGNED_PREFIX = b"cuoc-thi-receipt-v1:"
KEYS = {"record", "openings", "salts", "told", "leaf_hash", "signature", "key_id"}
OPENING_KEYS: dict[str, dict[str, type]] = {
    "grading": {"answers": str, "attempt_id": str},
    "identity": {"category": str, "participant_id": str, "unit": str},
    "score": {"bank": str, "score": int},
    "time": {"duration_ms": int, "received_at_ms": int},
}
LATER = "score"  # opened once scores are told


def check(receipt: Any, fetch: Fetch, expected_root: str | None) -> Iterator[Passed]:
    """Yields the steps that hold; raises ``Failed`` at the first that does not."""
    if not isinstance(receipt, dict) or receipt.keys() != KEYS:
        raise CannotCheck("Tệp này không phải biên nhận bài thi.", "This is not a receipt.")
    record = check_record(receipt["record"])
    yield from _itself(receipt, record)
    yield from _signature(receipt, fetch)
    index = week_index(fetch, record["week"], expected_root)
    if index["contest"] != record["contest"]:
        raise Failed(
            "Biên nhận thuộc cuộc thi khác với trang web này.",
            "The receipt belongs to another contest than this site.",
        )
    yield Passed(
        f"Mã xác thực dữ liệu của tuần {record['week']}, lần công bố {index['revision']}: {index['root']}",
        f"The root of week {record['week']}, revision {index['revision']}, is the one in the published results",
    )
    yield from _inclusion(receipt, index, fetch)


def _itself(receipt: dict[str, Any], record: dict[str, Any]) -> Iterator[Passed]:
    opened = _opened(receipt)
    salts = receipt["salts"]
    if not isinstance(salts, dict) or salts.keys() != {*opened, "pseudonym"}:
        raise Failed("Biên nhận không có đúng các muối.", "The receipt does not have the right salts.")
    for name, opening in opened.items():
        salt = from_hex(salts[name], 16, f"salts.{name}")
        if sha256(salt + canonical(opening)).hexdigest() != record[name]:
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


def _signature(receipt: dict[str, Any], fetch: Fetch) -> Iterator[Passed]:
    keys = {key["key_id"]: key for key in read_json(fetch, "data/keys.json")["keys"]}
    key = keys.get(receipt["key_id"])
    if key is None:
        raise Failed(
            "Khóa ký biên nhận không có trong danh sách khóa của trang web.",
            "The site does not publish the key that signed the receipt.",
        )
    public = from_hex(key["public_key"], 32, "public_key")
    if key["algorithm"] != "Ed25519" or sha256(public).hexdigest()[:16] != receipt["key_id"]:
        raise Failed(
            "Khóa công khai trên trang web không khớp với mã khóa.",
            "The published key does not match its key id.",
        )
    told = sha256(canonical(receipt["told"])).digest()
    message = SIGNED_PREFIX + bytes.fromhex(receipt["leaf_hash"]) + told
    if not ed25519.holds(public, message, from_hex(receipt["signature"], 64, "signature")):
        raise Failed(
            "Chữ ký không đúng: biên nhận không do cuộc thi này cấp.",
            "The signature does not hold: this contest did not issue the receipt.",
        )
    yield Passed("Chữ ký của cuộc thi đúng", "The contest's signature holds")


def week_index(fetch: Fetch, week: int, expected_root: str | None) -> dict[str, Any]:
    """``index.json``, checked against the published results. Raises ``CannotCheck`` before the week closes."""
    path = f"data/proof/week-{week}/index.json"
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


def _inclusion(receipt: dict[str, Any], index: dict[str, Any], fetch: Fetch) -> Iterator[Passed]:
    chunk = _chunk(receipt["leaf_hash"], index, fetch)
    if chunk is None:
        raise Failed(
            "KHÔNG có bài thi này trong kết quả đã công bố, dù biên nhận có chữ ký đúng. "
            "Hãy gửi biên nhận cho ban tổ chức.",
            "This attempt is NOT among the published ones, although its receipt is signed. "
            "Show it to the organisers.",
        )
    hashed = root([from_hex(text, 32, "leaves") for text in chunk["leaves"]])
    for step in chunk["path"]:
        neighbour = from_hex(step["hash"], 32, "path")
        hashed = node(neighbour, hashed) if step["side"] == "left" else node(hashed, neighbour)
    if hashed.hex() != index["root"]:
        raise Failed(
            "Nhánh chứa bài thi không dẫn tới mã xác thực đã công bố.",
            "The branch of the tree with the attempt does not lead to the root.",
        )
    yield Passed("Bài thi có trong dữ liệu đã công bố", "The attempt is in the published tree")
    yield _counted(receipt, index, fetch)
    yield from grading.check(receipt, index, fetch)


def _counted(receipt: dict[str, Any], index: dict[str, Any], fetch: Fetch) -> Passed:
    """The bundle says of this attempt what its owner knows: unit, category and what was told."""
    path = f"data/proof/week-{index['week']}/{index['folder']}/{index['audit']['file']}"
    packed = fetch_checked(fetch, path, index["audit"]["sha256"])
    counted = line_of(packed, receipt["leaf_hash"], receipt["record"]["pseudonym"], index)
    if counted is None:
        raise Failed(
            "Bài thi có trong cây nhưng không có trong bộ dữ liệu đã công bố.",
            "The attempt is in the tree, but not in the published bundle.",
        )
    identity = receipt["openings"]["identity"]
    before = counted.get("registered", counted)
    if (before["unit"], before["category"]) != (identity["unit"], identity["category"]):
        raise Failed(
            "Bộ dữ liệu nêu đơn vị hoặc đối tượng khác với cam kết trong biên nhận.",
            "The bundle shows another unit or category than the receipt commits to.",
        )
    more = " (tính theo danh sách hoặc quyết định ở chỗ khác)" if "registered" in counted else ""
    more_en = " (counted elsewhere by a roster or decision)" if "registered" in counted else ""
    return Passed(
        f"Bộ dữ liệu tính bài này {counted['score']} câu đúng, đúng đơn vị và đối tượng{more}",
        f"The bundle counts it with {counted['score']} right answers, in its unit and category{more_en}",
    )


def _chunk(leaf: str, index: dict[str, Any], fetch: Fetch) -> dict[str, Any] | None:
    """The chunk that holds the leaf, if any does."""
    number = bisect_right(index["first"], leaf) - 1
    if number < 0:
        return None
    folder = f"data/proof/week-{index['week']}/{index['folder']}"
    chunk: dict[str, Any] = read_json(fetch, f"{folder}/chunks/{number}.json")
    return chunk if leaf in chunk["leaves"] else None
