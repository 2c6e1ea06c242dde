"""Compares the rules of a week with those that the log knew when it opened."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verify import log
from verify.bundle import fetch_checked
from verify.outcome import CannotCheck, Failed, Passed
from verify.site import Fetch, parsed

PRIZE = ("name", "count", "categories", "verified", "min_score")
UNIT_PRIZE = (
    *("name", "count", "by", "once", "level", "blocs", "obliged_from", "obliged_to", "min_rate"),
    *("min_people", "min_winners"),
)


def check(fetch: Fetch, leaves: Sequence[log.Leaf], opening: int, published: dict[str, Any]) -> Passed:
    """``opening``: the number of the minute in which the week opened, negative if the log began later."""
    week, held, known = published["week"], dict[str, str](), _known_before(leaves, opening)
    for leaf in leaves[:known]:
        held.update(leaf.facts)
    # A log that was late over the opening tells what the week keeps beside what came after it.
    digest = held.get(f"week-{week}/definition") or held.get("definition")
    if not digest:
        raise Failed(
            f"Nhật ký không có quy định nào trước khi tuần {week} mở.",
            f"The log had no definition before week {week} opened.",
        )
    now = dict(held)
    for leaf in leaves[known:]:
        now.update(leaf.facts)
    told = _told(fetch, digest)
    later = now.get(f"week-{week}/definition") or now["definition"]  # its titles may have changed
    bank = now.get(f"week-{week}/bank") or now.get("bank")
    if bank != (held.get(f"week-{week}/bank") or held.get("bank")) or (
        later != digest and _told(fetch, later) != told
    ):
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
        f"Quy định của tuần {week} là quy định mà nhật ký đã ghi {vi}",
        f"The week's rules are those that the log noted {en}",
    )


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
