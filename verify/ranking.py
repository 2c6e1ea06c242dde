"""“Ranking again” of docs/proof.md, written just as plainly."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from hashlib import sha256
from typing import Any, NamedTuple

from verify.bundle import Attempt, Person

Key = tuple[Any, ...]


class Place(NamedTuple):
    """A person's place: the best of the counted attempts."""

    pseudonym: str
    unit: str | None
    category: str
    best: Attempt
    counted: int


def rank_again(people: Iterable[Person], published: dict[str, Any]) -> tuple[dict[str, Any], list[Place]]:
    """The expected ``result`` of ``ranking.json``, and the ranking itself without barred people."""
    rules = published["rules"]
    people = list(people)
    counted = {person.pseudonym: counted_attempts(person, rules) for person in people}
    by_name = {person.pseudonym: person for person in people}
    took_part = [name for name, attempts in counted.items() if attempts]
    facts = {
        "people": len(took_part),
        "attempts": sum(len(attempts) for attempts in counted.values()),
        "perfect_people": sum(
            any(
                attempt.score == rules["paper_questions"] and attempt.duration >= rules["min_duration_ms"]
                for attempt in counted[name]
            )
            for name in took_part
        ),
    }
    target = facts[rules["prediction_target"]] if rules["prediction_target"] else None

    everyone = []
    for name in took_part:
        best = min(counted[name], key=lambda attempt: (criteria(attempt, rules, target), attempt.number))
        person = by_name[name]
        everyone.append(Place(name, person.unit, person.category, best, len(counted[name])))
    root = published["draw_root"]
    everyone.sort(key=lambda place: (criteria(place.best, rules, target), lot(root, place.pseudonym)))
    barred = set(published["barred"])
    ranked = [place for place in everyone if place.pseudonym not in barred]
    result = {
        **facts,
        "prediction_actual": target,
        "ranked": len(ranked),
        "order_sha256": sha256("\n".join(place.pseudonym for place in ranked).encode()).hexdigest(),
        "prizes": prizes(ranked, rules, set(published["earlier_winners"])),
        "units": rank_units(everyone, published),
    }
    return result, ranked


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


def criteria(attempt: Attempt, rules: dict[str, Any], target: int | None) -> Key:
    """The sort key of an attempt; smaller is better."""
    guessed = attempt.prediction is not None and target is not None
    values = {
        "score": -attempt.score,
        "prediction": (0, abs((attempt.prediction or 0) - (target or 0))) if guessed else (1, 0),
        "duration": attempt.duration,
        "submitted": attempt.received,
    }
    in_order = [values[name] for name in rules["order"]]
    return (attempt.duration < rules["min_duration_ms"], *in_order, attempt.status == "overdue")


def prizes(ranked: list[Place], rules: dict[str, Any], earlier_winners: set[str]) -> list[dict[str, Any]]:
    won: list[dict[str, Any]] = []
    winners: set[str] = set()
    for prize in rules["prizes"]:
        left = prize["count"]
        for rank, place in enumerate(ranked, 1):
            if not left:
                break
            if place.pseudonym in winners:
                continue
            if rules["one_prize_per_person"] and place.pseudonym in earlier_winners:
                continue
            if place.best.duration < rules["min_duration_ms"] or place.best.score < prize["min_score"]:
                continue
            if prize["categories"] and place.category not in prize["categories"]:
                continue
            winners.add(place.pseudonym)
            won.append({"prize": prize["name"], "rank": rank, "pseudonym": place.pseudonym})
            left -= 1
    return won


def rank_units(everyone: list[Place], published: dict[str, Any]) -> list[dict[str, Any]]:
    rules, questions = published["rules"]["unit_prizes"], published["rules"]["paper_questions"]
    codes = [unit["code"] for unit in published["units"]]
    everybody = _sums(everyone, codes)
    obliged_categories = published["rules"]["obliged_categories"]
    of_obliged = _sums([place for place in everyone if place.category in obliged_categories], codes)
    volumes = {
        code: {
            "obliged": of_obliged[code][0],
            "people": everybody[code][0],
            "attempts": of_obliged[code][1],
        }[rules["volume"]]
        for code in codes
    }
    most = max(volumes.values(), default=0)
    weights = {name: Fraction(weight) for name, weight in rules["weights"].items()}
    rows = []
    for unit in published["units"]:
        code = unit["code"]
        obliged = max(unit["headcount"] - unit["exempt"], 0)
        rate = min(Fraction(of_obliged[code][0], obliged), Fraction(1)) if obliged else Fraction(0)
        volume = Fraction(volumes[code], most) if most else Fraction(0)
        people, _, best_sum = of_obliged[code] if obliged else everybody[code]
        quality = Fraction(best_sum, people * questions) if people else Fraction(0)
        weighed = weights["participation"] * rate + weights["volume"] * volume + weights["quality"] * quality
        note = ""
        if rate < Fraction(rules["min_rate"]):
            note = "below_min_rate"
        elif everybody[code][0] < rules["min_people"]:
            note = "below_min_people"
        rows.append((100 * weighed, quality, volume, code, note))
    rows.sort(key=lambda row: (-row[0], -row[1], -row[2], lot(published["draw_root"], row[3])))
    barred = set(published["earlier_unit_winners"])
    winners = [code for _, _, _, code, note in rows if not note and code not in barred][: rules["weekly"]]
    return [
        {
            "rank": rank,
            "code": code,
            **dict(zip(("people", "attempts", "best_sum"), everybody[code], strict=True)),
            **dict(
                zip(("obliged_people", "obliged_attempts", "obliged_best_sum"), of_obliged[code], strict=True)
            ),
            "score": str(score),
            "prize": "weekly" if code in winners else "",
            "note": note,
        }
        for rank, (score, _, _, code, note) in enumerate(rows, 1)
    ]


def _sums(places: Iterable[Place], codes: Iterable[str]) -> dict[str, tuple[int, int, int]]:
    """People, counted attempts and best scores by unit code."""
    sums = dict.fromkeys(codes, (0, 0, 0))
    for place in places:
        if place.unit in sums:
            people, attempts, best_sum = sums[place.unit]
            sums[place.unit] = (people + 1, attempts + place.counted, best_sum + place.best.score)
    return sums
