"""Checks the unit ranking and unit prizes of the end: from what the weeks' bundles gave, added up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from verify.outcome import Failed, Passed
from verify.ranking import Unit, competes, levels, lot, note, unit_prizes, volume_of, weighed
from verify.site import Fetch, read_json
from verify.week import rounded

SUMS = (("people", "attempts", "best_sum"), ("obliged_people", "obliged_attempts", "obliged_best_sum"))
# The published file of a week's ranking, and what ranking its bundle again has given.
Week = tuple[dict[str, Any], dict[str, Any]]


def check(fetch: Fetch, weeks: Sequence[Week]) -> Iterator[Passed]:
    """``weeks``: all weeks, in order, each checked already. Raises ``Failed``."""
    page = read_json(fetch, "data/results/final.json")
    again = page["again"]
    if again["draw_root"] != weeks[-1][0]["draw_root"]:
        raise Failed(
            "Bốc thăm cuối cuộc thi không theo mã xác thực của tuần cuối.",
            "The draw of the end is not under the last week's root.",
        )
    told = {(unit["level"], unit["code"]): unit for unit in again["units"]}
    ranked: list[Unit] = []
    places = []
    for level, units in levels(weeks[-1][0]["units"]):
        there = _scored([_unit(level, unit, told, weeks) for unit in units], again)
        there.sort(key=lambda one: (-one.score, -one.quality, -one.volume, lot(again["draw_root"], one.code)))
        places += [(level, rank, one.code, *one.everybody[:2]) for rank, one in enumerate(there, 1)]
        ranked += there
    won = unit_prizes(ranked, again["unit_prizes"], {})
    given = []
    for one in ranked:
        mine = [prize for prize in again["unit_prizes"] if competes(one, prize)]
        prize = won.get(one.code, "")
        given.append((prize if prize in [each["name"] for each in mine] else "", note(one, mine)))
    expected = [(*place, *outcome) for place, outcome in zip(places, given, strict=True)]
    shown = [
        tuple(row[name] for name in ("level", "rank", "code", "people", "attempts", "prize", "note"))
        for row in page["units"]
    ]
    exact = [str(one.score) == told[one.level, one.code]["score"] for one in ranked]
    scores = [Decimal(row["unit_score"]) for row in page["units"]]
    if shown != expected or not all(exact) or scores != [rounded(str(one.score)) for one in ranked]:
        raise Failed(
            "Cộng lại các tuần không ra cùng xếp hạng và giải đơn vị cuối cuộc thi.",
            "Adding the weeks up gives another unit ranking or other unit prizes of the end.",
        )
    yield Passed(
        f"Cuối cuộc thi: {len(weeks)} tuần cộng lại ra cùng xếp hạng {len(ranked)} đơn vị và {len(won)} giải "
        "(ai là cùng một người ở nhiều tuần thì không tính lại được: số người tính một lần chỉ có giới hạn)",
        f"The end: {len(weeks)} weeks add up to the ranking of {len(ranked)} units and {len(won)} prizes "
        "(who is one person in several weeks cannot be worked out: distinct people are held to bounds)",
    )


def _unit(
    level: str, unit: dict[str, Any], known: dict[tuple[str, str], dict[str, Any]], weeks: Sequence[Week]
) -> Unit:
    """The unit's sums; rate and quality follow from them, volume and score from all units'."""
    code = unit["code"]
    told = known.get((level, code))
    if told is None:
        raise Failed(
            f"Kết quả cuối cuộc thi thiếu đơn vị {code}.", f"The results of the end lack the unit {code}."
        )
    sizes, counted, shares = [], [], [Fraction(0), Fraction(0)]
    for published, result in weeks:
        family = [one for one in published["units"] if code in (one["code"], one["parent"])]
        sizes.append(sum(max(one["headcount"] - one["exempt"], 0) for one in family))
        rows = [one for one in result["units"] if one["code"] == code]
        for one in rows[:1]:  # a unit of both levels has the same sums in each
            counted.append(one)
            for at, names in enumerate(SUMS):
                shares[at] += Fraction(one[names[2]], published["rules"]["paper_questions"])
    everybody, obliged = (
        (sum(one[a] for one in counted), sum(one[b] for one in counted), sum(one[c] for one in counted))
        for a, b, c in SUMS
    )
    for name, figure in (("distinct_people", "people"), ("winners", "winners")):
        of_weeks = [one[figure] for one in counted] or [0]
        if not max(of_weeks) <= told[name] <= sum(of_weeks):
            raise Failed(
                f"Số người tính một lần của đơn vị {code} không thể có từ số người của các tuần.",
                f"The distinct people of unit {code} cannot follow from the people of its weeks.",
            )
    asked = sum(sizes)
    people = obliged[0] if asked else everybody[0]
    return Unit(
        level=level,
        code=code,
        bloc=unit["bloc"],
        size=max(sizes, default=0),
        everybody=everybody,
        obliged=obliged,
        distinct=told["distinct_people"],
        winners=told["winners"],
        rate=min(Fraction(obliged[0], asked), Fraction(1)) if asked else Fraction(0),
        volume=Fraction(0),
        quality=shares[bool(asked)] / people if people else Fraction(0),
        score=Fraction(0),
    )


def _scored(units: list[Unit], rules: dict[str, Any]) -> list[Unit]:
    """Of one level: with each unit's share of the largest volume, and its score."""
    volumes = [volume_of(one.everybody, one.obliged, rules) for one in units]
    most = max(volumes, default=0)
    scored = []
    for one, own in zip(units, volumes, strict=True):
        volume = Fraction(own, most) if most else Fraction(0)
        score = weighed(one.rate, volume, one.quality, rules)
        scored.append(one._replace(volume=volume, score=score))
    return scored
