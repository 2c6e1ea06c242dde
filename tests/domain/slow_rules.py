"""The design's rules a second time: slow, obvious, and written from its text without looking at the code.

Everything here is plain: people are dictionaries, comparisons go pair by pair, and nothing is sorted by a key
that could share a mistake with the real code. It answers the same questions as ``chalicelib.domain``.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b, sha256
from typing import Any

from tests.fakes import SALT_KEY

Attempt = dict[str, Any]
Person = dict[str, Any]


def due(started: int, closes: int, rules: dict[str, Any]) -> int:
    """An attempt runs for its time limit, but not beyond the end of the week."""
    return closes if started + rules["time_limit"] > closes else started + rules["time_limit"]


def timed(started: int, received: int, closes: int, rules: dict[str, Any]) -> dict[str, int]:
    """When an attempt counts as received, and its duration; in the grace that is its end."""
    if received < started:
        return {"received": started, "duration": 0}
    deadline = due(started, closes, rules)
    if received > deadline:
        received = deadline + rules["grace"]
    return {"received": received, "duration": received - started}


def left_behind(started: int, closes: int, rules: dict[str, Any]) -> dict[str, Any]:
    """The same of an attempt that nobody handed in; its prediction does not count."""
    end = due(started, closes, rules) + rules["grace"]
    duration = rules["time_limit"] + rules["grace"]
    return {"received": end, "duration": duration, "prediction": None, "overdue": True}


# A paper as it was filled in: each question with the options chosen.
Sheet = list[tuple[str, set[str]]]


def points(sheet: Sheet, keys: dict[str, set[str]], rulings: dict[str, list[set[str]]]) -> int:
    """One for each question whose key was chosen. A ruling names the keys to accept, or none: all are right."""
    right = 0
    for question, chosen in sheet:
        good = rulings.get(question, [keys[question]])
        if good == [] or chosen in good:
            right += 1
    return right


def counted_as(
    person: Any,
    registered: tuple[str, str],
    rosters: dict[Any, Any],
    obliged: list[str],
    other: str,
    corrections: Any = (),
    mergers: Any = (),
    week: int = 1,
) -> dict[str, Any]:
    """Unit and category that count; ``rosters``: person → (unit, category, exempt).

    ``corrections``: (person, field, value, from week), and ``mergers``: (unit, into, from week), as decided.
    """
    said = {field: value for who, field, value, since in corrections if who == person and week >= since}
    unit, category = registered
    unit = said.get("unit", unit)
    excused = False
    if person in rosters:
        listing, category, exempt = rosters[person]
        unit = said.get("unit", listing)
        excused = exempt and unit == listing
    else:
        has_a_roster = any(
            listing in (unit, becomes(unit, mergers, week)) for listing, _, _ in rosters.values()
        )
        if category in obliged and has_a_roster and "category" not in said:
            return {"unit": becomes(unit, mergers, week), "category": other, "obliged": False}
    if "category" in said:
        # Who was listed as somebody not obliged is not excused: there was nothing to be excused from.
        excused = excused and category in obliged
        category = said["category"]
    return {
        "unit": becomes(unit, mergers, week),
        "category": category,
        "obliged": category in obliged and not excused,
    }


def becomes(unit: str, mergers: Any, week: int) -> str:
    """The unit that a unit's people are in, after all mergers that hold in the week."""
    while True:
        said = [into for one, into, since in mergers if one == unit and week >= since]
        if not said or said[-1] == unit:
            return unit
        unit = said[-1]


def merged_sizes(units: list[dict[str, Any]], mergers: Any, week: int) -> list[dict[str, Any]]:
    """Each unit with the people of those that it has taken in, who are gone from those."""
    return [
        {
            **unit,
            **{
                number: sum(
                    other[number] for other in units if becomes(other["code"], mergers, week) == unit["code"]
                )
                for number in ("headcount", "exempt")
            },
        }
        for unit in units
    ]


def counted(person: Person) -> list[Attempt]:
    return [attempt for attempt in person["attempts"] if attempt["counts"]]


def with_their_predictions(person: Person, rules: dict[str, Any]) -> list[Attempt]:
    """The counted attempts; where the first prediction counts, all have that of the earliest that has one."""
    attempts = [{**attempt, "tries": len(counted(person))} for attempt in counted(person)]
    if rules["counts"] == "each":
        return attempts
    made = sorted(a["number"] for a in attempts if a["prediction"] is not None)
    first = next((a["prediction"] for a in attempts if made and a["number"] == made[0]), None)
    return [{**attempt, "prediction": first} for attempt in attempts]


def took_part(person: Person, rules: dict[str, Any]) -> bool:
    return any(attempt["score"] >= rules["participation_min_score"] for attempt in counted(person))


def target(people: list[Person], rules: dict[str, Any]) -> int:
    taking_part = [person for person in people if counted(person)]
    if rules["target"] == "people":
        return len([person for person in people if took_part(person, rules)])
    if rules["target"] == "attempts":
        return sum(len(counted(person)) for person in taking_part)
    return len(
        [
            p
            for p in taking_part
            if any(a["score"] == rules["questions"] and not hasty(a, rules) for a in counted(p))
        ]
    )


def hasty(attempt: Attempt, rules: dict[str, Any]) -> bool:
    return bool(attempt["duration"] < rules["min_duration"])


def merit(attempt: Attempt, field: str, actual: int | None) -> tuple[int, int]:
    """Smaller is better. No prediction is worse than any prediction."""
    if field == "score":
        return (0, -attempt["score"])
    if field == "duration":
        return (0, attempt["duration"])
    if field == "submitted":
        return (0, attempt["received"])
    if field == "attempts":
        return (0, attempt["tries"])
    if actual is None:
        return (0, 0)
    return (1, 0) if attempt["prediction"] is None else (0, abs(attempt["prediction"] - actual))


def comes_first(one: Attempt, other: Attempt, rules: dict[str, Any], actual: int | None) -> bool | None:
    """True if ``one`` is ahead of ``other``, False if behind, None if nothing tells them apart."""
    one_fast, other_fast = hasty(one, rules), hasty(other, rules)
    if one_fast != other_fast:
        return other_fast
    for field in rules["order"]:
        mine, theirs = merit(one, field, actual), merit(other, field, actual)
        if mine != theirs:
            return mine < theirs
    if one["overdue"] != other["overdue"]:
        return bool(other["overdue"])
    return None


def best_attempt(person: Person, rules: dict[str, Any], actual: int | None) -> Attempt:
    best, *others = sorted(with_their_predictions(person, rules), key=lambda attempt: int(attempt["number"]))
    for attempt in others:
        if comes_first(attempt, best, rules, actual):
            best = attempt
    return best


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def pseudonym(week: int, person: str) -> str:
    """In the tests' contest, under the tests' key of salts."""
    salt = blake2b(f"pseudonym|{week}|{person}".encode(), key=SALT_KEY, digest_size=16).digest()
    return sha256(salt + f"trial|{week}|{person}".encode()).hexdigest()


def drawn_before(one: str, other: str, root: str) -> bool:
    return digest(f"{root}|{one}") < digest(f"{root}|{other}")


def ranking(
    people: list[Person], rules: dict[str, Any], week: int, root: str, actual: int | None
) -> list[Person]:
    """A person's place is the number of people ahead."""
    named = {person["id"]: pseudonym(week, person["id"]) for person in people}
    taking_part = [person for person in people if counted(person)]
    best = {person["id"]: best_attempt(person, rules, actual) for person in taking_part}

    def ahead(one: Person, other: Person) -> bool:
        decided = comes_first(best[one["id"]], best[other["id"]], rules, actual)
        return drawn_before(named[one["id"]], named[other["id"]], root) if decided is None else decided

    places: dict[int, Person] = {}
    for person in taking_part:
        place = sum(1 for other in taking_part if other is not person and ahead(other, person))
        assert place not in places
        places[place] = {**person, "best": best[person["id"]]}
    return [places[place] for place in range(len(places))]


def known_by(person: Person, rules: dict[str, Any]) -> str:
    """Whose word there is for a person at the close of the week; a roster's holds in whatever unit."""
    if person["id"] in rules.get("proven", ()):
        return "provider"
    return "roster" if person["id"] in rules.get("listed", ()) else "none"


def prizes(ranked: list[Person], rules: dict[str, Any], earlier: set[str]) -> list[tuple[str, str]]:
    """(prize, participant id): each prize in turn to the first in the ranking who may have it."""
    won: list[tuple[str, str]] = []
    for name, number, whose, least, asked in rules["prizes"]:
        for _ in range(number):
            have = {winner for _, winner in won}
            may = [
                person
                for person in ranked
                if person["id"] not in have | rules["barred"]
                and not (rules["one_prize"] == "contest" and person["id"] in earlier)
                and not hasty(person["best"], rules)
                and person["best"]["score"] >= least
                and (not whose or person["category"] in whose)
                and (not asked or known_by(person, rules) in asked)
            ]
            if may:
                won.append((name, may[0]["id"]))
    return won


# A person's week as a unit counts it: who, whether obliged, attempts, the best score as a share of the paper.
PersonWeek = tuple[str, bool, int, Fraction]


def person_weeks(ranked: list[Person], code: str, rules: dict[str, Any]) -> list[PersonWeek]:
    size = rules["questions"]
    return [
        (person["id"], person["obliged"], len(counted(person)), Fraction(person["best"]["score"], size))
        for person in ranked
        if person["unit"] == code and took_part(person, rules)
    ]


def volume_of(taken: list[PersonWeek], rules: dict[str, Any]) -> int:
    obliged = [attempts for _, must, attempts, _ in taken if must]
    if rules["volume"] == "people":
        return len(taken)
    return sum(obliged) if rules["volume"] == "attempts" else len(obliged)


def unit_ranking(
    units: list[dict[str, Any]],
    taken: dict[str, list[PersonWeek]],
    rules: dict[str, Any],
    sizes: list[dict[str, int]],
    root: str,
    winners: dict[str, set[str]],
    level: str,
) -> list[dict[str, Any]]:
    """``sizes``: for each week, how many people of each unit are obliged; ``winners``: who has a prize."""
    largest = max([volume_of(taken[unit["code"]], rules) for unit in units])
    rows = []
    for unit in units:
        everybody = taken[unit["code"]]
        must = [one for one in everybody if one[1]]
        obliged = sum(size[unit["code"]] for size in sizes)
        rate = Fraction(len(must), obliged) if obliged > 0 else Fraction(0)
        rate = Fraction(1) if rate > 1 else rate
        volume = Fraction(volume_of(everybody, rules), largest) if largest > 0 else Fraction(0)
        graded = [share for _, _, _, share in (must if obliged > 0 else everybody)]
        quality = sum(graded, Fraction(0)) / len(graded) if graded else Fraction(0)
        people = len({who for who, _, _, _ in everybody})
        w_participation, w_volume, w_quality = (Fraction(weight) for weight in rules["weights"])
        points = 100 * (w_participation * rate + w_volume * volume + w_quality * quality)
        rows.append({
            "level": level, "code": unit["code"], "bloc": unit["bloc"],
            "points": points, "quality": quality, "volume": volume,
            "score": points, "rate": rate, "people": people, "winners": len(winners[unit["code"]]),
            "attempts": sum(attempts for _, _, attempts, _ in everybody),
            "size": max([size[unit["code"]] for size in sizes], default=0),
        })  # fmt: skip

    def ahead(one: dict[str, Any], other: dict[str, Any]) -> bool:
        for field in ("points", "quality", "volume"):
            if one[field] != other[field]:
                return bool(one[field] > other[field])
        return drawn_before(one["code"], other["code"], root)

    return sorted(rows, key=lambda row: sum(1 for other in rows if ahead(other, row)))


def all_levels(units: list[dict[str, Any]], *told: Any) -> list[dict[str, Any]]:
    """The units that nobody is above, then those that nobody is below; all at once, if nobody is above any."""
    if not any(unit["parent"] for unit in units):
        return unit_ranking(units, *told, "")
    tops = [unit for unit in units if unit["parent"] == ""]
    leaves = [unit for unit in units if not any(other["parent"] == unit["code"] for other in units)]
    return unit_ranking(tops, *told, "top") + unit_ranking(leaves, *told, "leaf")


def family(code: str, units: list[dict[str, Any]]) -> list[str]:
    """A unit and those below it."""
    return [code] + [unit["code"] for unit in units if unit["parent"] == code]


def may_have(row: dict[str, Any], prize: dict[str, Any]) -> bool:
    """Whether a unit is of the prize's blocs and size and reaches all that it asks for."""
    small = [rate for up_to, rate in prize["min_rate"] if up_to is not None and row["size"] <= up_to]
    least = Fraction(small[0] if small else prize["min_rate"][-1][1])
    return bool(
        (row["bloc"] in prize["blocs"] or not prize["blocs"])
        and prize["obliged_from"] <= row["size"] <= (prize["obliged_to"] or 10**9)
        and row["rate"] >= least
        and row["people"] >= prize["min_people"]
        and row["winners"] >= prize["min_winners"]
    )


def unit_winners(
    rows: list[dict[str, Any]], prizes: list[dict[str, Any]], earlier: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """(prize, unit code), each in turn; ``earlier``: the same of the weeks before."""
    won: list[tuple[str, str]] = []
    for prize in prizes:
        for _ in range(prize["count"]):
            have = {code for _, code in won}
            if prize["once"]:
                have |= {code for name, code in earlier if name == prize["name"]}
            best = None
            for row in rows:  # in the ranking's order, so that of equal units the first is taken
                if row["level"] and row["level"] != prize["level"]:
                    continue
                if row["code"] in have or not may_have(row, prize):
                    continue
                if best is None or row[prize["by"]] > best[prize["by"]]:
                    best = row
            if best:
                won.append((prize["name"], best["code"]))
    return won


def final_ranking(weeks: list[tuple[int, list[dict[str, Any]]]], root: str) -> list[dict[str, Any]]:
    """Everybody with a best attempt that is not too fast: most points, then least time, then the draw."""
    total: dict[str, dict[str, Any]] = {}
    for week, bests in weeks:
        for person in bests:
            if not person["hasty"]:
                told = total.setdefault(person["id"], {"id": person["id"], "score": 0, "duration": 0})
                told["score"] += person["score"]
                told["duration"] += person["duration"]
                told["category"] = person["category"]
                told["known_by"] = person["known_by"]
                told["name"] = pseudonym(week, person["id"])

    def ahead(one: dict[str, Any], other: dict[str, Any]) -> bool:
        if one["score"] != other["score"]:
            return bool(one["score"] > other["score"])
        if one["duration"] != other["duration"]:
            return bool(one["duration"] < other["duration"])
        return drawn_before(one["name"], other["name"], root)

    people = list(total.values())
    return sorted(people, key=lambda person: sum(1 for other in people if ahead(other, person)))


def final_prizes(people: list[dict[str, Any]], prizes: list[Any]) -> list[tuple[str, str]]:
    won: list[tuple[str, str]] = []
    for name, number, whose, least, asked in prizes:
        for _ in range(number):
            have = {winner for _, winner in won}
            may = [
                person
                for person in people
                if person["id"] not in have
                and person["score"] >= least
                and (not whose or person["category"] in whose)
                and (not asked or person["known_by"] in asked)
            ]
            if may:
                won.append((name, may[0]["id"]))
    return won


def of_the(prizes: list[dict[str, Any]], when: str) -> list[dict[str, Any]]:
    return [prize for prize in prizes if prize["when"] == when]


# A closed week: what is published, and what the weeks around it and the end need of it.
Close = tuple[dict[str, Any], dict[str, Any]]


def close(
    number: int,
    people: list[Person],
    root: str,
    rules: dict[str, Any],
    units: list[dict[str, Any]],
    others: list[Close],
) -> Close:
    """One week; ``others``: the weeks before it, and the later ones that are recognised."""
    winners = {person for told, _ in others for _, person in told["prizes"]}
    weekly_units = [won for told, _ in others for won in told["unit_winners"]]
    actual = target(people, rules) if rules["target"] else None
    everybody = ranking(people, rules, number, root, actual)
    ranked = [person for person in everybody if person["id"] not in rules["barred"]]
    won = prizes(ranked, rules, winners)
    families = {unit["code"]: family(unit["code"], units) for unit in units}
    taken = {
        code: [one for member in below for one in person_weeks(everybody, member, rules)]
        for code, below in families.items()
    }
    alone = {one["code"]: max(0, one["headcount"] - one["exempt"]) for one in rules.get("units", units)}
    size = {code: sum(alone[member] for member in below) for code, below in families.items()}
    unit_of = {person["id"]: person["unit"] for person in ranked}
    have = {code: {who for _, who in won if unit_of[who] in below} for code, below in families.items()}
    rows = all_levels(units, taken, rules, [size], root, have)
    told = {
        "target": actual,
        "ranked": [(person["id"], person["best"]["number"]) for person in ranked],
        "known_by": [known_by(person, rules) for person in ranked],
        "prizes": won,
        "units": [(row["level"], row["code"], row["points"]) for row in rows],
        "unit_winners": unit_winners(rows, of_the(rules["unit_prizes"], "week"), weekly_units),
    }
    bests = [
        {"id": person["id"], "score": person["best"]["score"], "duration": person["best"]["duration"],
         "hasty": hasty(person["best"], rules), "category": person.get("category"),
         "known_by": known_by(person, rules)}
        for person in ranked
    ]  # fmt: skip
    took = {person["id"] for person in ranked if took_part(person, rules) and not hasty(person["best"], rules)}
    return told, {
        "number": number, "root": root, "bests": bests,
        "taken": taken, "size": size, "have": have, "took": took,
    }  # fmt: skip


def closes(
    weeks: list[tuple[list[Person], str, dict[str, Any]]], units: list[dict[str, Any]], contest: dict[str, Any]
) -> list[Close]:
    """All weeks in turn; ``weeks`` holds (people, root, own rules) for each.

    Own rules may have the week's ``number`` if it is not its place, and a ``recognised`` close, which stands.
    """
    stand = [own.get("recognised") for _, _, own in weeks]
    made: list[Close] = []
    for place, (people, root, own) in enumerate(weeks):
        others = made + [one for one in stand[place + 1 :] if one]
        again = close(own.get("number", place + 1), people, root, {**contest, **own}, units, others)
        made.append(stand[place] or again)
    return made


def the_end(made: list[Close], units: list[dict[str, Any]], contest: dict[str, Any]) -> dict[str, Any]:
    """The final over all weeks."""
    root = made[-1][1]["root"] if made else ""
    kept = [facts for _, facts in made]
    codes = [unit["code"] for unit in units]
    total = {code: [one for facts in kept for one in facts["taken"][code]] for code in codes}
    ever = {code: {who for facts in kept for who in facts["have"][code]} for code in codes}
    people = final_ranking([(facts["number"], facts["bests"]) for facts in kept], root)
    final = all_levels(units, total, contest, [facts["size"] for facts in kept], root, ever)
    return {
        "final": [(row["level"], row["code"], row["points"]) for row in final],
        "final_people": [person["id"] for person in people],
        "final_prizes": final_prizes(people, contest.get("final_prizes", [])),
        "final_winners": unit_winners(final, of_the(contest["unit_prizes"], "final"), []),
    }


def contest(
    weeks: list[tuple[list[Person], str, dict[str, Any]]], units: list[dict[str, Any]], contest: dict[str, Any]
) -> Any:
    """All weeks, then the final."""
    made = closes(weeks, units, contest)
    return {"weeks": [told for told, _ in made], **the_end(made, units, contest)}
