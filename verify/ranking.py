"""“Ranking again” of docs/proof.md, written just as plainly."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple

from verify.bundle import MINUTE_MS, Attempt, Opened, Person
from verify.hidden import EVERYBODY, OBLIGED, Sums, Unnamed, filled_up
from verify.outcome import Failed
from verify.site import fraction
from verify.tree import UNNAMED

Key = tuple[Any, ...]


TIMES = {"duration", "submitted"}


class Place(NamedTuple):
    """A person's place: the best of the counted attempts.

    ``may_be``: the attempts with the smallest minute key, one of which is the best; until the times of all of
    them are opened, ``best`` is any of them, and counts as each of them would. ``key``: the minute key; behind
    it the draw, where no criterion is a time.
    """

    pseudonym: str
    unit: str | None
    category: str
    obliged: bool
    best: Attempt
    counted: int
    took_part: bool
    verified: str
    may_be: tuple[Attempt, ...]
    key: Key

    @property
    def certain(self) -> bool:
        """Whether the best attempt and its exact times are known."""
        return all(attempt.exact for attempt in self.may_be)

    def with_times(self, opened: Opened, rules: dict[str, Any], target: int | None) -> Place:
        """Knowing these, too."""
        tried = [(self.pseudonym, attempt.number) for attempt in self.may_be]
        if opened.keys().isdisjoint(tried):
            return self
        may_be = tuple(
            attempt._replace(exact=opened[one][1]) if one in opened else attempt
            for one, attempt in zip(tried, self.may_be, strict=True)
        )
        best = best_of(self.pseudonym, may_be, self.counted, rules, target)
        return self._replace(may_be=may_be, best=best)


class Ranked(NamedTuple):
    """A week worked out again: the expected ``result`` of ``ranking.json``, and what it follows from.

    ``ranked`` leaves out the people in ``no_prize``, who are in ``everyone``. ``named``: winners' units by
    pseudonym; those that lines do not name are as the page has them.
    """

    result: dict[str, Any]
    everyone: list[Place]
    ranked: list[Place]
    units: list[Unit]
    named: dict[str, str | None]


def rank_again(people: Iterable[Person], published: dict[str, Any], page: dict[str, Any]) -> Ranked:
    """Ranks a week by its ``ranking.json``. ``page`` names the winners' units."""
    rules = published["rules"]
    left_out = set(published["not_counted"])
    people = [person for person in people if person.pseudonym not in left_out]
    counted = {person.pseudonym: counted_attempts(person, rules) for person in people}
    by_name = {person.pseudonym: person for person in people}
    with_one = [name for name, attempts in counted.items() if attempts]
    least = rules["unit_score"]["participation_min_score"]
    took_part = {name for name in with_one if any(one.score >= least for one in counted[name])}
    facts = {
        "people": len(took_part),
        "attempts": sum(len(attempts) for attempts in counted.values()),
        "perfect_people": sum(
            any(
                attempt.score == rules["paper_questions"] and not too_fast(attempt, rules, name)
                for attempt in counted[name]
            )
            for name in with_one
        ),
    }
    target = facts[rules["prediction_target"]] if rules["prediction_target"] else None

    root = published["draw_root"]
    timed = not TIMES.isdisjoint(rules["order"])
    everyone = []
    for name in with_one:
        own = counted[name]
        keys = [minute_key(attempt, len(own), rules, target, name) for attempt in own]
        key = min(keys)
        may_be = tuple(attempt for attempt, other in zip(own, keys, strict=True) if other == key)
        if not timed:
            may_be, key = (min(may_be, key=lambda attempt: attempt.number),), (*key, lot(root, name))
        best = best_of(name, may_be, len(own), rules, target)
        person = by_name[name]
        obliged = person.category in rules["obliged_categories"] and not person.excused
        took = name in took_part
        place = Place(
            name, person.unit, person.category, obliged, best, len(own), took, person.verified, may_be, key
        )
        everyone.append(place)
    barred = set(published["no_prize"])
    in_minutes = sorted(
        (place for place in everyone if place.pseudonym not in barred),
        key=lambda place: (place.key, place.pseudonym),
    )
    groups = [list(equal) for _, equal in groupby(in_minutes, key=lambda place: place.key)]
    ranked = [
        place
        for equal in groups
        for place in (
            sorted(equal, key=lambda one: (exact_key(one, rules, target), lot(root, one.pseudonym)))
            if all(one.certain for one in equal)
            else equal
        )
    ]
    earlier = {one["pseudonym"] for one in published["earlier_winners"]}
    won = prizes(ranked, rules, earlier)
    _must_be_certain(groups, ranked, [*won, *prizes(ranked, rules, earlier, {one["pseudonym"] for one in won})])
    result: dict[str, Any] = {
        **facts,
        "prediction_actual": target,
        "ranked": len(ranked),
        "order_sha256": sha256("\n".join(place.pseudonym for place in in_minutes).encode()).hexdigest(),
        "prizes": won,
    }
    above = {unit["code"]: unit["parent"] for unit in published["units"]}
    winners: dict[str, int] = {}
    unit_of = {row["rank"]: row["unit_code"] for row in page["winners"]}
    named: dict[str, str | None] = {}
    for prize in result["prizes"]:
        place = ranked[prize["rank"] - 1]
        named[place.pseudonym] = unit_of.get(prize["rank"]) if place.unit == UNNAMED else place.unit
        for code in counting_in(named[place.pseudonym], above):
            winners[code] = winners.get(code, 0) + 1
    units = rank_units(everyone, winners, published)
    result["units"] = told_units(units, rules["unit_prizes"], published["unit_prizes_elsewhere"])
    return Ranked(result, everyone, ranked, units, named)


def _must_be_certain(groups: list[list[Place]], ranked: list[Place], first: list[dict[str, Any]]) -> None:
    """``first``: winners and reserves. Whoever is equal to one of them in minutes has all times opened.

    In other groups the order decides nothing: in none is anybody who would win, in whatever order.
    """
    keys = {ranked[one["rank"] - 1].key for one in first}
    for equal in groups:
        for place in equal if equal[0].key in keys else ():
            if not place.certain:
                raise missing(place.pseudonym)


def missing(name: str) -> Failed:
    return Failed(
        f"Thiếu thời gian chính xác (times) của {name}: thứ hạng hoặc kết quả tùy thuộc vào đó.",
        f"The exact times of {name} are missing, and the ranking or a result depends on them.",
    )


def best_of(
    name: str, may_be: tuple[Attempt, ...], counted: int, rules: dict[str, Any], target: int | None
) -> Attempt:
    """Raises ``Failed`` if the times do not tell it, and it matters which it is."""
    if all(attempt.exact for attempt in may_be):
        return min(
            may_be, key=lambda attempt: (criteria(attempt, counted, rules, target, name), attempt.number)
        )
    if len({(attempt.score, attempt.minutes) for attempt in may_be}) > 1:
        raise missing(name)
    return min(may_be, key=lambda attempt: attempt.number)


def lot(root: str, name: str) -> str:
    """The draw: who is equal in everything else stands by this."""
    return sha256(f"{root}|{name}".encode()).hexdigest()


def counted_attempts(person: Person, rules: dict[str, Any]) -> list[Attempt]:
    """Each with the prediction that counts for it."""
    counted = [one for one in person.attempts.values() if one.status in ("submitted", "overdue")]
    if rules["prediction_counts"] != "first":
        return counted
    made = [(one.number, one.prediction) for one in counted if one.prediction is not None]
    return [one._replace(prediction=min(made)[1] if made else None) for one in counted]


def too_fast(attempt: Attempt, rules: dict[str, Any], name: str) -> bool:
    """Raises ``Failed`` if it takes exact times to know, and they are not opened."""
    shortest: int = rules["min_duration_ms"]
    if attempt.exact:
        return attempt.exact.duration < shortest
    if shortest % MINUTE_MS and attempt.minutes == shortest // MINUTE_MS:
        raise missing(name)
    return attempt.minutes < shortest // MINUTE_MS


def exact_key(place: Place, rules: dict[str, Any], target: int | None) -> Key:
    return criteria(place.best, place.counted, rules, target, place.pseudonym)


def criteria(attempt: Attempt, counted: int, rules: dict[str, Any], target: int | None, name: str) -> Key:
    """The sort key of an opened attempt of a person with so many counted ones; smaller is better."""
    values = _in_order(attempt, attempt.exact or (0, 0), counted, rules, target)
    return (too_fast(attempt, rules, name), *values, attempt.status == "overdue")


def minute_key(attempt: Attempt, counted: int, rules: dict[str, Any], target: int | None, name: str) -> Key:
    """The criteria up to and including the first time, in whole minutes; all of them if none is a time."""
    values = _in_order(attempt, (attempt.minutes, attempt.minute), counted, rules, target)
    for place, field in enumerate(rules["order"]):
        if field in TIMES:
            return (too_fast(attempt, rules, name), *values[: place + 1])
    return (too_fast(attempt, rules, name), *values, attempt.status == "overdue")


def _in_order(
    attempt: Attempt, times: tuple[int, int], counted: int, rules: dict[str, Any], target: int | None
) -> list[Any]:
    guessed = attempt.prediction is not None and target is not None
    duration, received = times
    values = {
        "score": -attempt.score,
        "prediction": (0, abs((attempt.prediction or 0) - (target or 0))) if guessed else (1, 0),
        "duration": duration,
        "submitted": received,
        "attempts": counted,
    }
    return [values[name] for name in rules["order"]]


def prizes(
    ranked: list[Place], rules: dict[str, Any], earlier_winners: set[str], others: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """``others`` win nothing: so it gives the reserves."""
    passed = {*others}
    won: list[dict[str, Any]] = []
    winners: set[str] = set()
    for prize in rules["prizes"]:
        left = prize["count"]
        for rank, place in enumerate(ranked, 1):
            if not left:
                break
            if place.pseudonym in winners or place.pseudonym in passed:
                continue
            if rules["one_prize"] == "contest" and place.pseudonym in earlier_winners:
                continue
            fast = too_fast(place.best, rules, place.pseudonym)
            if fast or place.best.score < prize["min_score"]:
                continue
            if prize["categories"] and place.category not in prize["categories"]:
                continue
            if prize["verified"] and place.verified not in prize["verified"]:
                continue
            winners.add(place.pseudonym)
            won.append({"prize": prize["name"], "rank": rank, "pseudonym": place.pseudonym})
            left -= 1
    return won


class Unit(NamedTuple):
    """A unit in a ranking; sums of (people, attempts, best scores); ``size``: the most obliged in a week.

    ``listed``: headcount and exempt, added up over the weeks. ``distinct``: people, and obliged ones,
    each once. ``quality`` and ``score`` are None where the sum of best scores is not told.
    """

    level: str
    code: str
    bloc: str
    parent: str
    listed: tuple[int, int]
    size: int
    everybody: Sums
    obliged: Sums
    distinct: tuple[int, int]
    winners: int
    rate: Fraction
    volume: Fraction
    quality: Fraction | None
    score: Fraction | None


def counting_in(unit: str | None, above: dict[str, str]) -> list[str]:
    """The units whose figures a person is in: the own one and its parent. ``above``: parents by code."""
    return [code for code in (unit, above.get(unit or "")) if code in above]


def headcounts(units: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """Headcount, exempt and obliged people by code; a parent's children count in it too."""
    above = {unit["code"]: unit["parent"] for unit in units}
    counts = dict.fromkeys(above, (0, 0, 0))
    for unit in units:
        headcount, exempt = unit["headcount"], unit["exempt"]
        for code in counting_in(unit["code"], above):
            before = counts[code]
            obliged = before[2] + max(headcount - exempt, 0)
            counts[code] = (before[0] + headcount, before[1] + exempt, obliged)
    return counts


def rank_units(everyone: list[Place], winners: dict[str, int], published: dict[str, Any]) -> list[Unit]:
    """Level by level, best first. ``winners``: the people of each unit with an individual prize."""
    units, rows = published["units"], published["result"]["units"]
    above = {unit["code"]: unit["parent"] for unit in units}
    shown = _sums(everyone, above), _sums([place for place in everyone if place.obliged], above)
    unnamed = [place.obliged for place in everyone if place.took_part and place.unit == UNNAMED]
    hidden = Unnamed(len(unnamed), sum(unnamed))
    sums = filled_up(shown, rows, above, hidden, published["rules"]["paper_questions"])
    figures = (headcounts(units), *sums, winners)
    return [row for level, there in levels(units) for row in _level(level, there, figures, published)]


def told_units(
    rows: list[Unit], prizes: list[dict[str, Any]], elsewhere: dict[str, list[str]]
) -> list[dict[str, Any]]:
    """As ``result`` has them, with their prizes."""
    won = unit_prizes(rows, prizes, elsewhere)
    ranks: dict[str, int] = {}
    told = []
    for row in rows:
        rank = ranks[row.level] = ranks.get(row.level, 0) + 1
        mine = [prize for prize in prizes if competes(row, prize)]
        prize = won.get(row.code, "")
        told.append(
            {
                "level": row.level,
                "rank": rank,
                "code": row.code,
                **dict(zip(EVERYBODY, row.everybody, strict=True)),
                **dict(zip(OBLIGED, row.obliged, strict=True)),
                "winners": row.winners,
                "score": None if row.score is None else str(row.score),
                "prize": prize if prize in [one["name"] for one in mine] else "",
                "note": note(row, mine),
            }
        )
    return told


def levels(units: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Those without a parent, then those that are nobody's parent; all, where no unit has a parent."""
    have_children = {unit["parent"] for unit in units if unit["parent"]}
    if not have_children:
        return [("", units)]
    tops = [unit for unit in units if not unit["parent"]]
    return [("top", tops), ("leaf", [unit for unit in units if unit["code"] not in have_children])]


def _level(
    level: str,
    units: list[dict[str, Any]],
    figures: tuple[dict[str, tuple[int, int, int]], dict[str, Sums], dict[str, Sums], dict[str, int]],
    published: dict[str, Any],
) -> list[Unit]:
    """The ranking of one level. ``figures``, by code: headcounts, sums of all and of the obliged, winners."""
    sizes, everybody, of_obliged, winners = figures
    rules, questions = published["rules"], published["rules"]["paper_questions"]
    codes = [unit["code"] for unit in units]
    most = max((volume_of(everybody[code], of_obliged[code], rules) for code in codes), default=0)
    rows = []
    for unit in units:
        code = unit["code"]
        *listed, obliged = sizes[code]
        rate = min(Fraction(of_obliged[code][0], obliged), Fraction(1)) if obliged else Fraction(0)
        volume = Fraction(volume_of(everybody[code], of_obliged[code], rules), most) if most else Fraction(0)
        people, _, best_sum = of_obliged[code] if obliged else everybody[code]
        quality = None
        if best_sum is not None:
            quality = Fraction(best_sum, people * questions) if people else Fraction(0)
        rows.append(
            Unit(
                level=level,
                code=code,
                bloc=unit["bloc"],
                parent=unit["parent"],
                listed=(listed[0], listed[1]),
                size=obliged,
                everybody=everybody[code],
                obliged=of_obliged[code],
                distinct=(everybody[code][0], of_obliged[code][0]),
                winners=winners.get(code, 0),
                rate=rate,
                volume=volume,
                quality=quality,
                score=None if quality is None else weighed(rate, volume, quality, rules),
            )
        )
    told = [row["code"] for row in published["result"]["units"] if row["level"] == level]
    return in_order(rows, told, rules, published["draw_root"])


def in_order(rows: list[Unit], told: list[str], rules: dict[str, Any], root: str) -> list[Unit]:
    """The rows of one level, best first; those without a score where the published ranking has them.

    ``told``: the codes in the published order. Raises ``Failed`` where a row without a score cannot stand.
    """
    scored = [(-row.score, -row.quality, -row.volume, lot(root, row.code), row)
              for row in rows if row.score is not None and row.quality is not None]  # fmt: skip
    best_first = [row for *_, row in sorted(scored, key=lambda one: one[:4])]
    without = {row.code: row for row in rows if row.score is None}
    if not without:
        return best_first
    if sorted(told) != sorted(row.code for row in rows):
        raise Failed("Xếp hạng không có đúng các đơn vị.", "The ranking does not have these units, each once.")
    rest, ranked = iter(best_first), []
    for code in told:
        ranked.append(without[code] if code in without else next(rest))
    highest = Fraction(100)
    for place, row in enumerate(ranked):
        below = next((one.score for one in ranked[place:] if one.score is not None), Fraction(0))
        least, most = (weighed(row.rate, row.volume, quality, rules) for quality in (Fraction(0), Fraction(1)))
        if row.score is None and (highest < least or below > most):
            raise Failed(
                f"Đơn vị {row.code} không thể đứng ở thứ hạng đã công bố, dù điểm là bao nhiêu.",
                f"Unit {row.code} cannot have the published rank, whatever its score.",
            )
        highest = row.score if row.score is not None else highest
    return ranked


def competes(row: Unit, prize: dict[str, Any]) -> bool:
    """Whether the row is of the prize's level; where no unit has a parent, there is one level."""
    return row.level in ("", prize["level"])


def volume_of(everybody: Sums, of_obliged: Sums, rules: dict[str, Any]) -> int:
    return {"obliged": of_obliged[0], "people": everybody[0], "attempts": of_obliged[1]}[
        rules["unit_score"]["volume"]
    ]


def weighed(rate: Fraction, volume: Fraction, quality: Fraction, rules: dict[str, Any]) -> Fraction:
    weights = {name: fraction(weight) for name, weight in rules["unit_score"]["weights"].items()}
    return 100 * (weights["participation"] * rate + weights["volume"] * volume + weights["quality"] * quality)


def unit_prizes(
    ranked: list[Unit], prizes: list[dict[str, Any]], elsewhere: dict[str, list[str]]
) -> dict[str, str]:
    """The name of the prize by code."""
    won: dict[str, str] = {}
    for prize in prizes:
        had = elsewhere.get(prize["name"], []) if prize["once"] else []
        for _ in range(prize["count"]):
            may = [
                row
                for row in ranked
                if competes(row, prize) and row.code not in won and row.code not in had and not _why(row, prize)
            ]
            if not may:
                break
            # By score the first is the best, whether its score is told or not.
            best = may[0] if prize["by"] == "score" else max(may, key=lambda row: figure(row, prize["by"]))
            won[best.code] = prize["name"]
    return won


def figure(row: Unit, by: str) -> Fraction | int:
    figures: dict[str, Fraction | int] = {
        "rate": row.rate,
        "people": row.distinct[0],
        "attempts": row.everybody[1],
        "winners": row.winners,
    }
    return figures[by]


REASONS = ("not_in_blocs", "not_of_size", "below_min_rate", "below_min_people", "below_min_winners", "")


def _why(row: Unit, prize: dict[str, Any]) -> str:
    """Why a unit does not qualify for a prize."""
    if prize["blocs"] and row.bloc not in prize["blocs"]:
        return "not_in_blocs"
    largest = prize["obliged_to"]
    if row.size < prize["obliged_from"] or (largest is not None and row.size > largest):
        return "not_of_size"
    least = next(rate for up_to, rate in prize["min_rate"] if up_to is None or row.size <= up_to)
    if row.rate < fraction(least):
        return "below_min_rate"
    if row.distinct[0] < prize["min_people"]:
        return "below_min_people"
    return "below_min_winners" if row.winners < prize["min_winners"] else ""


def note(row: Unit, prizes: list[dict[str, Any]]) -> str:
    """The reason of the prize that the unit came closest to; empty if it qualifies for one."""
    return max((_why(row, prize) for prize in prizes), key=REASONS.index, default="")


def _sums(places: Iterable[Place], above: dict[str, str]) -> dict[str, Sums]:
    """People, counted attempts and best scores by unit code; a parent's children count in it too."""
    sums: dict[str, list[int]] = {code: [0, 0, 0] for code in above}
    for place in places:
        for code in counting_in(place.unit, above) if place.took_part else ():
            sums[code][0] += 1
            sums[code][1] += place.counted
            sums[code][2] += place.best.score
    return {code: (people, attempts, best) for code, (people, attempts, best) in sums.items()}
