"""“Grading your own paper” of docs/proof.md: the paper is drawn again from the published bank."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from verify.bundle import fetch_checked
from verify.outcome import Failed, Passed
from verify.site import Fetch, parsed, read_json

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # checkov:skip=CKV_SECRET_6: no key
Json = dict[str, Any]


def check(receipt: Json, score: int, index: Json, fetch: Fetch) -> Iterator[Passed]:
    """``score``: that of the leaf. Yields nothing where the bank of the week is not published."""
    record, opening = receipt["record"], receipt["opening"]
    kept = _kept(record["week"], fetch)
    if kept is None:
        return
    digest, bank, rules = kept
    asked = paper(digest, _pool(bank, record), rules, opening["attempt_id"].rpartition("-")[2])
    answers = list(zip(asked, (SIGNS.index(sign) for sign in opening["answers"]), strict=True))
    told = sum(chosen == question["answer"] for question, chosen in answers)
    if told != score:
        raise Failed(
            f"Chấm lại theo bộ câu hỏi đã công bố được {told} câu đúng, khác với {score} câu trong bản ghi.",
            f"By the published bank {told} answers are right, but the record says {score}.",
        )
    rulings = _rulings(index, fetch)
    again = [question["id"] for question in asked if question["id"] in rulings]
    counted = sum(chosen in rulings.get(question["id"], [question["answer"]]) for question, chosen in answers)
    more = f"; theo kết luận về câu {', '.join(again)} tính {counted} câu" if again else ""
    more_en = f"; {counted} count under the rulings on {', '.join(again)}" if again else ""
    yield Passed(
        f"Chấm lại theo bộ câu hỏi đã công bố: {told} câu đúng như bản ghi{more}",
        f"By the published bank {told} answers are right, as the record says{more_en}",
    )


def _kept(week: int, fetch: Fetch) -> tuple[str, list[Json], Json] | None:
    """Digest and questions of the bank that the week keeps, and the settings of its papers."""
    if not fetch("data/commitments.json"):
        return None
    newest = read_json(fetch, "data/commitments.json")["entries"][-1]
    digests = {**newest["parts"], **newest["weeks"].get(str(week), {})}
    paths = [f"data/reference/{digests[part]}.json" for part in ("bank", "definition")]
    if not all(fetch(path) for path in paths):
        return None
    bank, definition = (
        parsed(fetch_checked(fetch, path, digests[part]), path)
        for path, part in zip(paths, ("bank", "definition"), strict=True)
    )
    return digests["bank"], bank, definition["paper"]


def _pool(bank: list[Json], record: Json) -> list[Json]:
    """The questions for this week and category."""
    return [
        question
        for question in bank
        if record["week"] in question.get("weeks", [record["week"]])
        and record["category"] in question.get("categories", [record["category"]])
    ]


def paper(digest: str, pool: list[Json], rules: Json, seed: str) -> list[Json]:
    """The questions of a paper in order; the order of their options plays no part."""
    numbers = _numbers(f"{digest}|{seed}|".encode())
    chosen: list[Json] = []
    for topic, count in sorted(rules["topics"].items()):
        chosen += _take([question for question in pool if question["topic"] == topic], count, numbers)
    rest = [question for question in pool if question not in chosen]
    chosen += _take(rest, rules["questions"] - len(chosen), numbers)
    return _take(chosen, len(chosen), numbers) if rules["topics"] else chosen


def _numbers(seed: bytes) -> Iterator[int]:
    block = 0
    while True:
        hashed = sha256(seed + block.to_bytes(4, "big")).digest()
        yield from (int.from_bytes(hashed[at : at + 8], "big") for at in range(0, 32, 8))
        block += 1


def _take(pool: list[Json], count: int, numbers: Iterator[int]) -> list[Json]:
    for place in range(count):
        other = place + (next(numbers) * (len(pool) - place) >> 64)
        pool[place], pool[other] = pool[other], pool[place]
    return pool[:count]


def _rulings(index: Json, fetch: Fetch) -> dict[str, list[int]]:
    """By question: the sets of options, as bits, that have the point."""
    path = f"data/proof/week-{index['week']}/{index['folder']}/{index['ranking']['file']}"
    published = parsed(fetch_checked(fetch, path, index["ranking"]["sha256"]), path)
    return {
        ruling["question"]: [sum(1 << "ABCDEF".index(letter) for letter in key) for key in ruling["keys"]]
        if ruling["ruling"] == "key"
        else list(range(len(SIGNS)))
        for ruling in published["rulings"]
    }
