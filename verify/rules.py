"""Compares rules, bank and decisions of a week with what the log told, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from verify import facts, log
from verify.bundle import fetch_checked
from verify.outcome import CannotCheck, Failed, Passed
from verify.site import Fetch, parsed

PRIZE = ("name", "count", "categories", "verified", "min_score")
UNIT_PRIZE = (
    *("name", "count", "by", "once", "level", "blocs", "obliged_from", "obliged_to", "min_rate"),
    *("min_people", "min_winners"),
)


def check(
    fetch: Fetch, leaves: Sequence[log.Leaf], opening: int, published: dict[str, Any], bank: str
) -> Passed:
    """``opening``: the number of the minute in which the week opened, negative if the log began later.

    ``bank``: the digest of the bank by which the scores are committed to.
    """
    week, known = published["week"], _known_before(leaves, opening)
    # A log that was late over the opening tells what the week keeps beside what came after it.
    held, now = facts.told(leaves[:known]), facts.told(leaves)
    digest = facts.of_week(held, week, "definition")
    if not digest:
        raise Failed(
            f"Nhật ký không có quy định nào trước khi tuần {week} mở.",
            f"The log had no definition before week {week} opened.",
        )
    told = _told(fetch, digest)
    if facts.of_week(held, week, "bank") != bank:
        raise Failed(
            f"Bài của tuần {week} được chấm theo bộ câu hỏi {bank[:16]}…, không phải bộ mà nhật ký đã ghi khi "
            "tuần mở.",
            f"Week {week} was graded by another bank than the log knew when it opened.",
        )
    later = facts.of_week(now, week, "definition")  # its titles may have changed
    if facts.of_week(now, week, "bank") != bank or (later != digest and _told(fetch, later) != told):
        raise Failed(
            f"Sau khi tuần {week} mở, quy định hoặc bộ câu hỏi của tuần đã bị thay.",
            f"The rules or the bank of week {week} were replaced after it had opened.",
        )
    wrong = sorted(name for name in told | published["rules"] if told.get(name) != published["rules"].get(name))
    if wrong:
        raise Failed(
            f"Quy định dùng để xếp hạng khác với quy định đã ghi trong nhật ký: {', '.join(wrong)}.",
            f"The week was ranked by other rules than the log knew: {', '.join(wrong)}.",
        )
    vi, en = "trước khi tuần mở", "before the week opened"
    if opening <= 0:
        vi, en = "lúc nhật ký bắt đầu, khi tuần đã mở", "as the log began, when the week was open"
    return Passed(
        f"Quy định và bộ câu hỏi của tuần {week} là những gì nhật ký đã ghi {vi}",
        f"The week's rules and bank are those that the log noted {en}",
    )


def check_result(
    fetch: Fetch, leaves: Sequence[log.Leaf], published: dict[str, Any], page: dict[str, Any]
) -> Passed:
    """The result is the one in the log, and what it rests on was told before it."""
    what, result = f"week-{published['week']}", f"{page['revision']} {page['digest']}"
    told = [number for number, leaf in enumerate(leaves) if leaf.facts.get(what) == result]
    if not told:
        newest = facts.values(leaves, what)
        if not newest or int(newest[-1].partition(" ")[0]) < page["revision"]:
            raise CannotCheck(
                f"Nhật ký chưa ghi kết quả {what} bản {page['revision']}: hãy thử lại sau ít phút.",
                f"The log does not have revision {page['revision']} of {what} yet: try again soon.",
            )
        raise Failed(
            f"Trang kết quả nêu bản {page['revision']} của {what} khác với bản mà nhật ký đã ghi.",
            f"The results page shows another revision {page['revision']} of {what} than the log.",
        )
    before = leaves[: told[0]]
    rulings = [_as_published(one) for one in published["rulings"]]
    if _is_open(fetch, before, "rulings") and not any(
        _as_published_in(decided, published["week"]) == rulings
        for decided in _decided(fetch, before, "rulings")
    ):
        raise Failed(
            "Kết luận về câu hỏi khác với những gì nhật ký đã ghi trước kết quả này.",
            "The rulings on questions are not those that the log had before this result.",
        )
    confirmed = [one["code"] for one in page["corrections"]]
    known = {one["code"] for decided in _decided(fetch, before, "confirmations") for one in decided}
    if not known.issuperset(confirmed):
        raise Failed(
            "Kết quả đã sửa theo một xác nhận mà nhật ký chưa ghi trước đó.",
            "The result was changed by a confirmation that the log did not have before it.",
        )
    return Passed(
        f"Nhật ký đã ghi kết quả này (bản {page['revision']}), và trước đó là {len(rulings)} kết luận về "
        f"câu hỏi, {len(confirmed)} xác nhận mà kết quả dựa vào",
        f"The log has this result, and before it the {len(rulings)} rulings and {len(confirmed)} confirmations "
        "that it rests on",
    )


def _is_open(fetch: Fetch, leaves: Sequence[log.Leaf], name: str) -> bool:
    """Whether the newest of these decisions is published, not salted."""
    told = facts.values(leaves, name)
    return bool(told) and fetch(f"data/reference/{told[-1]}.json") is not None


def _decided(fetch: Fetch, leaves: Sequence[log.Leaf], name: str) -> Iterator[list[dict[str, Any]]]:
    """What the log told of these decisions, newest first, as far as it is published."""
    for digest in reversed(facts.values(leaves, name)):
        path = f"data/reference/{digest}.json"
        if fetch(path) is not None:
            yield parsed(fetch_checked(fetch, path, digest), path)


def _as_published(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["question"], one["ruling"], one["keys"], one["reason"], one["at"]


def _as_published_in(decided: list[dict[str, Any]], week: int) -> list[tuple[Any, ...]]:
    """The rulings of the week as ``ranking.json`` has them: of each question the last."""
    newest = {one["question"]: one for one in decided if week in one["weeks"]}
    return [
        (
            *(question, "key" if one["answers"] else "all_right"),
            *(_letters(one["answers"]), one["reason"], one["at"]),
        )
        for question, one in sorted(newest.items())
    ]


def _letters(answers: list[int]) -> list[str]:
    return ["".join(letter for bit, letter in enumerate("ABCDEF") if answer >> bit & 1) for answer in answers]


def _known_before(leaves: Sequence[log.Leaf], opening: int) -> int:
    """How many leaves tell what held at the opening: one that came late tells of the minutes before it, too.

    Of a log that began later, those until it tells of a definition.
    """
    if opening > 0:
        return log.told_in(leaves, opening - 1) + 1
    return next((number + 1 for number, leaf in enumerate(leaves) if "definition" in leaf.facts), 0)


def _told(fetch: Fetch, digest: str) -> dict[str, Any]:
    """The rules of the definition with this digest."""
    return rules_of(parsed(fetch_checked(fetch, f"data/reference/{digest}.json", digest), "definition"))


def rules_of(definition: dict[str, Any]) -> dict[str, Any]:
    """``rules`` of ``ranking.json``, from a definition."""
    paper, prediction, score = definition["paper"], definition["prediction"], definition["unit_score"]
    return {
        "order": definition["ranking"]["order"],
        "prediction_target": prediction and prediction["target"],
        "prediction_counts": prediction and prediction["counts"],
        "paper_questions": paper["questions"],
        "min_duration_ms": milliseconds(paper["min_duration"]),
        "grace_ms": milliseconds(definition["contest"]["grace"]),
        "one_prize": definition["ranking"]["one_prize"],
        "obliged_categories": sorted(one["name"] for one in definition["categories"] if one["obliged"]),
        "prizes": [
            {name: one[name] for name in PRIZE} for one in definition["prizes"] if one["when"] == "week"
        ],
        "unit_score": {name: score[name] for name in ("weights", "volume", "participation_min_score")},
        "unit_prizes": [
            {name: one[name] for name in UNIT_PRIZE}
            for one in definition["unit_prizes"]
            if one["when"] == "week"
        ],
    }


def milliseconds(span: str) -> int:
    """Of ``PT<seconds>S``. Raises ``CannotCheck`` for another form."""
    told = re.fullmatch(r"PT([0-9]{1,9}(?:\.[0-9]{1,6})?)S", span)
    if told is None:
        raise CannotCheck(f"Không đọc được khoảng thời gian {span!r}.", f"Cannot read the span {span!r}.")
    return int(Fraction(told[1]) * 1000)
