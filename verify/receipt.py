"""“Checking a receipt” of docs/proof.md, step by step."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from verify import ed25519, grading
from verify.outcome import CannotCheck, Failed, Passed
from verify.site import Fetch, read_json
from verify.tree import NULL_IN_A_RECEIPT, canonical, check_record, from_hex, leaf_hash, node, root

SIGNED_PREFIX = b"cuoc-thi-receipt-v1:"
KEYS = {"record", "opening", "salt", "leaf_hash", "signature", "key_id"}
OPENING_KEYS = {"answers", "attempt_id", "participant_id"}


def check(receipt: Any, fetch: Fetch, expected_root: str | None) -> Iterator[Passed]:
    """Yields the steps that hold; raises ``Failed`` at the first that does not."""
    if not isinstance(receipt, dict) or receipt.keys() != KEYS:
        raise CannotCheck("Tệp này không phải biên nhận bài thi.", "This is not a receipt.")
    record = check_record(receipt["record"], NULL_IN_A_RECEIPT)
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
    opening = receipt["opening"]
    if (
        not isinstance(opening, dict)
        or opening.keys() != OPENING_KEYS
        or not all(isinstance(value, str) for value in opening.values())
    ):
        raise Failed(
            "Phần riêng tư của biên nhận không đúng dạng.", "The receipt's opening is not well-formed."
        )
    salt = from_hex(receipt["salt"], 16, "salt")
    if sha256(salt + canonical(opening)).hexdigest() != record["commitment"]:
        raise Failed(
            "Bài làm trong biên nhận không khớp với cam kết: bài làm hoặc muối đã bị thay đổi.",
            "The answers do not match the commitment: the answers or the salt have been changed.",
        )
    yield Passed("Bài làm khớp với cam kết trong bản ghi", "The answers match the commitment in the record")
    named = f"{record['contest']}|{record['week']}|{opening['participant_id']}"
    if sha256(named.encode()).hexdigest() != record["pseudonym"]:
        raise Failed(
            "Mã người dự thi trong bản ghi không phải của người dự thi này.",
            "The pseudonym in the record is not this participant's.",
        )
    yield Passed("Mã người dự thi đúng là của người này", "The pseudonym is this participant's")
    if leaf_hash(canonical(record)) != from_hex(receipt["leaf_hash"], 32, "leaf_hash"):
        raise Failed(
            "Bản ghi không khớp với mã băm: điểm, thời gian hoặc thông tin khác đã bị thay đổi.",
            "The record does not match its leaf hash: the score, a time or something else has been changed.",
        )
    yield Passed("Bản ghi khớp với mã băm của lá", "The record matches its leaf hash")


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
    message = SIGNED_PREFIX + bytes.fromhex(receipt["leaf_hash"])
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
    found = next(
        ((score, chunk) for leaf, score in _leaves(receipt) for chunk in _chunk(leaf, index, fetch)), None
    )
    if found is None:
        raise Failed(
            "KHÔNG có bài thi này trong kết quả đã công bố, dù biên nhận có chữ ký đúng. "
            "Hãy gửi biên nhận cho ban tổ chức.",
            "This attempt is NOT among the published ones, although its receipt is signed. "
            "Show it to the organisers.",
        )
    score, chunk = found
    hashed = root([from_hex(text, 32, "leaves") for text in chunk["leaves"]])
    for step in chunk["path"]:
        neighbour = from_hex(step["hash"], 32, "path")
        hashed = node(neighbour, hashed) if step["side"] == "left" else node(hashed, neighbour)
    if hashed.hex() != index["root"]:
        raise Failed(
            "Nhánh chứa bài thi không dẫn tới mã xác thực đã công bố.",
            "The branch of the tree with the attempt does not lead to the root.",
        )
    yield Passed(
        f"Bài thi có trong dữ liệu đã công bố, với {score} câu đúng",
        f"The attempt is in the published tree, with {score} right answers",
    )
    yield from grading.check(receipt, score, index, fetch)


def _chunk(leaf: str, index: dict[str, Any], fetch: Fetch) -> Iterator[dict[str, Any]]:
    """The chunk that holds the leaf, if any does."""
    number = bisect_right(index["first"], leaf) - 1
    if number >= 0:
        folder = f"data/proof/week-{index['week']}/{index['folder']}"
        chunk = read_json(fetch, f"{folder}/chunks/{number}.json")
        if leaf in chunk["leaves"]:
            yield chunk


def _leaves(receipt: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The leaf and its score; all possible ones, best first, where the receipt does not tell the score."""
    record = receipt["record"]
    if record["score"] is not None:
        yield receipt["leaf_hash"], record["score"]
        return
    for score in reversed(range(len(receipt["opening"]["answers"]) + 1)):
        yield leaf_hash(canonical({**record, "score": score})).hex(), score
