"""“Grading your own paper” of docs/proof.md: the paper is drawn again from the published bank."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from verify import apart, facts
from verify.apart import take
from verify.bundle import fetch_checked
from verify.outcome import Failed, Passed
from verify.site import Fetch, parsed
from verify.tree import committed, from_hex

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # checkov:skip=CKV_SECRET_6: no key
Json = dict[str, Any]


def check(receipt: Json, index: Json, fetch: Fetch) -> Iterator[Passed]:
    """Yields nothing where the bank of the week is not published."""
    record, opening, identity = (
        receipt["record"],
        receipt["openings"]["grading"],
        receipt["openings"]["identity"],
    )
    kept = _kept(record["week"], fetch)
    if kept is None:
        return
    rulings = _rulings(index, fetch)
    told, counted, again = _graded(kept, record["week"], identity["category"], opening, rulings)
    digest = kept[0]
    committed = receipt["openings"].get("score", {"bank": digest, "score": told})
    if committed["bank"] != digest:
        raise Failed(
            "Bài thi được chấm theo bộ câu hỏi khác với bộ đã công bố.",
            "The attempt was graded by another bank than the published one.",
        )
    if told != committed["score"]:
        raise Failed(
            f"Chấm lại theo bộ câu hỏi đã công bố được {told} câu đúng, khác với {committed['score']} đã chấm.",
            f"By the published bank {told} answers are right, but the attempt was given {committed['score']}.",
        )
    more = f"; theo kết luận về câu {', '.join(again)} tính {counted} câu" if again else ""
    more_en = f"; {counted} count under the rulings on {', '.join(again)}" if again else ""
    yield Passed(
        f"Chấm lại theo bộ câu hỏi đã công bố: {told} câu đúng{more}",
        f"By the published bank {told} answers are right{more_en}",
    )


SAMPLE = 50


def check_openings(
    published: Json,
    ranked: list[str],
    opened: dict[tuple[str, int], Any],
    best: dict[str, tuple[int, ...]],
    index: Json,
    fetch: Fetch,
) -> Iterator[Passed]:
    """Grades opened attempts again; ``ranked``: pseudonyms, ``best``: the number of each one's best attempt, or
    those of all that it may be.

    ``opened``: what the bundle's lines say of them (``bundle.Graded``).
    """
    kept = _kept(index["week"], fetch)
    rulings = _keys(published)
    if kept and kept[0] != index["bank"]:
        raise Failed(
            "Điểm được cam kết theo bộ câu hỏi khác với bộ đã công bố.",
            "The scores are committed to with another bank than the published one.",
        )
    for one in published["openings"]:
        line = opened[one["pseudonym"], one["number"]]
        opening = {"answers": one["answers"], "attempt_id": one["attempt_id"]}
        salt = from_hex(one["salt"], 16, "salt")
        if line is None or committed(salt, opening) != line.commitment:
            raise Failed(
                f"Bài mở ra của {one['pseudonym'][:16]}… không khớp với cam kết.",
                f"The opened attempt of {one['pseudonym'][:16]}… does not fit its commitment.",
            )
        if kept:
            told, counted, _ = _graded(kept, index["week"], line.category, one, rulings)
            if (told, counted) != (line.told, line.score):
                raise Failed(
                    f"Bài mở ra của {one['pseudonym'][:16]}… chấm được {counted} câu, khác với {line.score}.",
                    f"The opened attempt of {one['pseudonym'][:16]}… has {counted} right, not {line.score}.",
                )
    drawn = sorted(ranked, key=lambda name: sha256(f"{index['root']}|sample|{name}".encode()).digest())[:SAMPLE]
    winners = [prize["pseudonym"] for prize in published["result"]["prizes"]]
    missing = sum(all((name, number) not in opened for number in best[name]) for name in {*winners, *drawn})
    graded = "chấm lại đúng" if kept else "mở ra đúng cam kết; bộ câu hỏi không công bố nên chưa chấm lại được"
    graded_en = "graded again" if kept else "opened; the bank is not published, so they cannot be graded"
    yield Passed(
        f"{len(opened)} bài của người đạt giải, dự phòng và mẫu rút theo mã xác thực {graded}; "
        f"{missing} bài không mở ra",
        f"{len(opened)} attempts of winners, reserves and the sample drawn by the root are {graded_en}; "
        f"{missing} are not opened (erased)",
    )


def _graded(
    kept: tuple[str, list[Json], Json], week: int, category: str, opening: Json, rulings: dict[str, list[int]]
) -> tuple[int, int, list[str]]:
    """The score by the bank's keys, that under the rulings, and the questions that are ruled on."""
    digest, bank, rules = kept
    asked = paper(digest, _pool(bank, week, category), rules, opening["attempt_id"].rpartition("-")[2])
    answers = list(zip(asked, (SIGNS.index(sign) for sign in opening["answers"]), strict=True))
    told = sum(chosen == question["answer"] for question, chosen in answers)
    counted = sum(chosen in rulings.get(question["id"], [question["answer"]]) for question, chosen in answers)
    return told, counted, [question["id"] for question in asked if question["id"] in rulings]


def _kept(week: int, fetch: Fetch) -> tuple[str, list[Json], Json] | None:
    """Digest and questions of the bank that the week keeps, and the settings of its papers."""
    held = facts.shown(fetch)
    digests = {part: facts.of_week(held, week, part) for part in ("bank", "definition")}
    paths = [f"data/reference/{digests[part]}.json" for part in ("bank", "definition")]
    if not all(fetch(path) for path in paths):
        return None
    bank, definition = (
        parsed(fetch_checked(fetch, path, digests[part]), path)
        for path, part in zip(paths, ("bank", "definition"), strict=True)
    )
    return digests["bank"], bank, definition["paper"]


def _pool(bank: list[Json], week: int, category: str) -> list[Json]:
    """The questions for this week and category."""
    return [
        question
        for question in bank
        if week in question.get("weeks", [week]) and category in question.get("categories", [category])
    ]


def paper(digest: str, pool: list[Json], rules: Json, seed: str) -> list[Json]:
    """The questions of a paper in order; the order of their options plays no part."""
    numbers = _numbers(f"{digest}|{seed}|".encode())
    if groups := apart.groups(pool):
        return apart.paper(pool, groups, rules, numbers)
    chosen: list[Json] = []
    for topic, count in sorted(rules["topics"].items()):
        chosen += take([question for question in pool if question["topic"] == topic], count, numbers)
    rest = [question for question in pool if question not in chosen]
    chosen += take(rest, rules["questions"] - len(chosen), numbers)
    return take(chosen, len(chosen), numbers) if rules["topics"] else chosen


def _numbers(seed: bytes) -> Iterator[int]:
    block = 0
    while True:
        hashed = sha256(seed + block.to_bytes(4, "big")).digest()
        yield from (int.from_bytes(hashed[at : at + 8], "big") for at in range(0, 32, 8))
        block += 1


def _rulings(index: Json, fetch: Fetch) -> dict[str, list[int]]:
    """By question: the sets of options, as bits, that have the point."""
    path = f"data/proof/week-{index['week']}/{index['folder']}/{index['ranking']['file']}"
    return _keys(parsed(fetch_checked(fetch, path, index["ranking"]["sha256"]), path))


def _keys(published: Json) -> dict[str, list[int]]:
    return {
        ruling["question"]: [sum(1 << "ABCDEF".index(letter) for letter in key) for key in ruling["keys"]]
        if ruling["ruling"] == "key"
        else list(range(len(SIGNS)))
        for ruling in published["rulings"]
    }
