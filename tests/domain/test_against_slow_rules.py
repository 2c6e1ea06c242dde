"""A few hundred random contests, closed by the real rules and by ``slow_rules``: both must agree.

Every value is drawn from a few, so that ties are the rule and not the exception: people and attempts equal in
everything, zeros, clocks that went back, receipts within the grace, and the largest values that the system
accepts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.attempt import AttemptId, Entry, Opened, finish
from chalicelib.domain.bank import Bank
from chalicelib.domain.closeout import Draw, Gathered, WeekResult, close_contest, close_week, gather
from chalicelib.domain.decisions import Correction, Decisions, Merger, Ruling
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.final_ranking import rank_final
from chalicelib.domain.paper import MASKS, draw
from chalicelib.domain.placement import Place, Placement
from chalicelib.domain.unit_score import UnitStanding, UnitWeek, distinct_people, winners_by_unit
from chalicelib.domain.units import Unit, added_up, merged_units
from chalicelib.services.closing import closed
from tests.domain import slow_rules
from tests.examples import examples
from tests.fakes import PSEUDONYMS, WEEK, definition, questions
from tests.identity_table import identity

BANK = Bank("d" * 64, questions())
NONCE = "0123456789abcdef"
QUESTIONS = 3
LIMIT, GRACE = 600_000, 10_000
LARGEST_GUESS = 10**9
UNITS: list[dict[str, Any]] = [
    {"code": "A", "bloc": "Sở", "headcount": 3, "exempt": 1},
    {"code": "B", "bloc": "Xã", "headcount": 2, "exempt": 0},
    {"code": "C", "bloc": "Xã", "headcount": 0, "exempt": 0},
    {"code": "D", "bloc": "Sở", "headcount": 40, "exempt": 0},
]

scores = st.sampled_from([0, 1, QUESTIONS - 1, QUESTIONS, QUESTIONS, QUESTIONS + 4])
# Since the week opened. The last attempt has two seconds until it closes.
starts = st.sampled_from([0, 0, 0, 1, WEEK - 2_000])
# From the start to the receipt, by the servers' clocks; at the latest, the last instant of the grace.
spans = st.sampled_from(
    [-WEEK, -1_000, -1, 0, 0, 1, 1_999, 2_000, 2_001, LIMIT - 1, LIMIT, LIMIT + 1, 2 * LIMIT]
)
attempts = st.fixed_dictionaries(
    {
        "score": scores,
        # What is not right is wrong, or blank.
        "blank": st.booleans(),
        "prediction": st.none() | st.sampled_from([0, 1, 2, 3, 4, LARGEST_GUESS]),
        "started": starts,
        "span": spans,
        "counts": st.sampled_from([True, True, True, False]),
    }
)
left_open = st.none() | st.fixed_dictionaries(
    {
        "score": st.none() | scores,
        "prediction": st.none() | st.sampled_from([0, 1, 2, LARGEST_GUESS]),
        "started": starts,
    }
)


def with_copies(drawn: list[Any], copied: list[int]) -> list[Any]:
    """The drawn items, followed by copies of some of them."""
    return [*drawn, *[drawn[k % len(drawn)] for k in copied if drawn]]


def some(one: st.SearchStrategy[Any], drawn: int, copied: int) -> st.SearchStrategy[list[Any]]:
    """Up to ``drawn`` items, followed by up to ``copied`` exact copies of some of them."""
    copies = st.lists(st.integers(0, drawn - 1), max_size=copied)
    return st.builds(with_copies, st.lists(one, max_size=drawn), copies)


CATEGORIES = [
    {"name": "staff", "title": "Cán bộ", "obliged": True, "unit": "required"},
    {"name": "residents", "title": "Người dân", "obliged": False, "unit": "optional"},
    {"name": "pupils", "title": "Học sinh", "obliged": True, "unit": "required"},
]
CORRECTED_CATEGORIES = [("category", "staff"), ("category", "residents")]
unit_prizes = st.fixed_dictionaries(
    {
        "when": st.sampled_from(["week", "final"]),
        "count": st.integers(1, 2),
        "by": st.sampled_from(["score", "score", "rate", "people", "attempts", "winners"]),
        "once": st.booleans(),
        "level": st.sampled_from(["top", "top", "leaf"]),
        "blocs": st.sampled_from([[], [], ["Sở"], ["Xã", "Sở"]]),
        "obliged_from": st.sampled_from([0, 0, 2, 3]),
        "obliged_to": st.sampled_from([None, None, 3, 40]),
        "min_rate": st.sampled_from(
            [
                [[None, "0"]],
                [[None, "0.05"]],
                [[2, "1"], [None, "0.01"]],
                [[1, "0"], [3, "0.5"], [None, "0.02"]],
            ]
        ),
        "min_people": st.integers(1, 2),
        "min_winners": st.sampled_from([0, 0, 1]),
    }
)
person_weeks = st.fixed_dictionaries(
    {
        "unit": st.sampled_from(["A", "B", "C", "", "GONE"]),
        "category": st.sampled_from(["staff", "staff", "pupils", "residents"]),
        "attempts": some(attempts, 3, 2),
        "open": left_open,
        # The order of records in the entry; it decides nothing.
        "backwards": st.booleans(),
    }
)
contests = st.fixed_dictionaries(
    {
        "order": st.permutations(["score", "prediction", "duration", "submitted", "attempts"]).flatmap(
            lambda order: st.integers(1, 5).map(lambda n: order[:n])
        ),
        "target": st.sampled_from([None, "perfect_people", "people", "attempts"]),
        "counts": st.sampled_from(["first", "each"]),
        "min_duration": st.sampled_from([0, 0, 2_000, LIMIT]),
        "overdue": st.sampled_from(["submit_saved", "discard"]),
        "one_prize": st.sampled_from(["contest", "no"]),
        # The individual prizes of the end, as those of a week.
        "final_prizes": st.lists(
            st.tuples(
                st.sampled_from(["best", "grand"]),
                st.integers(1, 2),
                st.sampled_from([[], [], ["staff"], ["residents", "pupils"]]),
                st.sampled_from([0, 1, QUESTIONS + 1]),
                st.booleans(),
            ),
            max_size=2,
            unique_by=lambda prize: prize[0],
        ),
        # How often, for which categories (all, if none is named), and with how many right answers.
        "prizes": st.lists(
            st.tuples(
                st.integers(1, 2),
                st.sampled_from([[], [], ["staff"], ["residents"], ["residents", "pupils"]]),
                st.sampled_from([0, 1, 2]),
                st.booleans(),
            ),
            max_size=3,
        ),
        # What those of the prizes that ask for it want people to be verified by.
        "asked": st.sampled_from([["roster"], ["provider"], ["provider", "roster"]]),
        # Of people by number: since when a provider has proved them, counted from a week's opening.
        "proven": st.dictionaries(st.integers(0, 9), st.sampled_from([0, 1, 2]), max_size=4),
        "barred": st.sets(st.integers(0, 7), max_size=2),
        "weights": st.sampled_from(
            [("0.5", "0.2", "0.3"), ("0.1", "0.2", "0.7"), ("1", "0", "0"), ("0", "1", "0")]
        ),
        "volume": st.sampled_from(["obliged", "people", "attempts"]),
        "participation_min_score": st.sampled_from([0, 0, 1, QUESTIONS]),
        "unit_prizes": st.lists(unit_prizes, max_size=4).map(
            lambda drawn: [
                {**prize, "name": f"prize-{k}", "once": prize["once"] and prize["when"] == "week"}
                for k, prize in enumerate(drawn)
            ]
        ),
        "weeks": st.lists(some(person_weeks, 5, 3), min_size=1, max_size=3),
        # The parents of units.
        "parents": st.sampled_from([{}, {}, {"A": "B"}, {"A": "D", "C": "D"}, {"A": "D", "B": "C"}]),
        # The order in which entries are read.
        "backwards": st.booleans(),
        # Of each week's hash tree: who is equal in everything else stands by it.
        "roots": st.tuples(*[st.sampled_from(["00" * 32, "5e" * 32, "ff" * 32])] * 3),
        # Of people by number: the unit that lists them, in which category, and whether exempt.
        "rosters": st.dictionaries(
            st.integers(0, 9),
            st.tuples(
                st.sampled_from(["A", "A", "B"]),
                st.sampled_from(["staff", "staff", "pupils", "residents"]),
                st.booleans(),
            ),
            max_size=4,
        ),
        # Of people by number: what the desk corrected, from which week on.
        "corrections": st.lists(
            st.tuples(
                st.integers(0, 9),
                st.sampled_from(
                    [
                        ("unit", "A"),
                        ("unit", "B"),
                        ("unit", ""),
                        ("category", "staff"),
                        ("category", "residents"),
                    ]
                ),
                st.integers(1, 3),
            ).map(lambda drawn: (drawn[0], *drawn[1], drawn[2])),
            max_size=4,
        ),
        # What has become of units, from which week on; none goes round in a circle.
        "mergers": st.lists(
            st.tuples(st.sampled_from([("C", "A"), ("B", "A"), ("A", "D"), ("B", "B")]), st.integers(1, 3)).map(
                lambda drawn: (*drawn[0], drawn[1])
            ),
            max_size=2,
        ),
        # Questions per paper in each week.
        "sizes": st.tuples(*[st.sampled_from([QUESTIONS, QUESTIONS, QUESTIONS + 4])] * 3),
        # Each week's rulings: by question, the options that are accepted, each alone.
        "rulings": st.tuples(
            *[
                st.dictionaries(
                    st.sampled_from([question.id for question in BANK.questions]),
                    st.sets(st.sampled_from("AB"), max_size=2),
                    max_size=4,
                )
            ]
            * 3
        ),
    }
)
KEYS = {
    question.id: {letter for k, letter in enumerate("ABCDEF") if question.answer >> k & 1}
    for question in BANK.questions
}


def pid(number: int) -> str:
    return f"{number * 7919:020x}"


def real_definition(raw: dict[str, Any], questions: int) -> Definition:
    names = ["first", "second", "third"]
    weights = dict(zip(("participation", "volume", "quality"), map(Decimal, raw["weights"]), strict=True))
    contest = definition(
        contest={"weeks": len(raw["weeks"])},
        paper={
            "questions": questions,
            "overdue": raw["overdue"],
            "min_duration": f"PT{raw['min_duration'] // 1000}S",
        },
        prediction={"target": raw["target"] or "people", "counts": raw["counts"]},
        categories=CATEGORIES,
        ranking={"order": raw["order"], "one_prize": raw["one_prize"], "final": bool(final_prizes_of(raw))},
        prizes=[
            {
                "name": name,
                "title": "Giải",
                "count": count,
                "when": "final",
                "categories": whose,
                "min_score": least,
                "verified": asked,
            }
            for name, count, whose, least, asked in final_prizes_of(raw)
        ]
        + [
            {
                "name": names[k],
                "title": "Giải",
                "count": count,
                "categories": whose,
                "min_score": least,
                "verified": raw["asked"] if asks else [],
            }
            for k, (count, whose, least, asks) in enumerate(raw["prizes"])
        ],
        identity=identity("https://xacthuc.example.vn", "https://thi.example/"),
        unit_score={
            "weights": weights,
            "volume": raw["volume"],
            "participation_min_score": raw["participation_min_score"],
        },
        unit_prizes=[{**prize, "title": "Giải"} for prize in unit_prizes_of(raw)],
    )
    return contest if raw["target"] else contest.model_copy(update={"prediction": None})


def final_prizes_of(raw: dict[str, Any]) -> list[Any]:
    """Those that ask for no more than all papers have."""
    most = QUESTIONS * len(raw["weeks"])
    return [(*prize, raw["asked"] if asks else []) for *prize, asks in raw["final_prizes"] if prize[3] <= most]


def proven_in(raw: dict[str, Any], week: int) -> set[str]:
    """Whom a provider had proved before the week closed, if a prize asks for it."""
    asked = "provider" in raw["asked"] and any(prize[-1] for prize in [*raw["prizes"], *raw["final_prizes"]])
    return {pid(number) for number, since in raw["proven"].items() if asked and since < week}


def units_of(raw: dict[str, Any]) -> list[dict[str, Any]]:
    return [{**unit, "parent": raw["parents"].get(unit["code"], "")} for unit in UNITS]


def unit_prizes_of(raw: dict[str, Any]) -> list[dict[str, Any]]:
    """Those drawn that can be won: without individual prizes nobody asks for winners of one."""
    return [
        prize
        for prize in raw["unit_prizes"]
        if raw["prizes"] or (prize["by"] != "winners" and not prize["min_winners"])
    ]


def sheet(contest: Definition, right: int, *, blank: bool = True) -> slow_rules.Sheet:
    """The paper with so many right answers; the others are left blank, or have a wrong one."""
    asked = [question for question, _ in draw(BANK, contest.paper, NONCE)]
    wrong = {question.id: next({k} for k in "ABC" if {k} != KEYS[question.id]) for question in asked}
    filled = [(question.id, KEYS[question.id]) for question in asked[:right]]
    return filled + [(question.id, set() if blank else wrong[question.id]) for question in asked[right:]]


def encoded(filled: slow_rules.Sheet) -> str:
    return "".join(MASKS[sum(1 << "ABCDEF".index(letter) for letter in chosen)] for _, chosen in filled)


def finished_sheet(contest: Definition, made: dict[str, Any]) -> slow_rules.Sheet:
    """Blank if it does not count; one that counts has at least one answer."""
    if not made["counts"]:
        return sheet(contest, 0)
    return sheet(contest, made["score"], blank=made["blank"] and made["score"] > 0)


def saved(contest: Definition, right: int | None) -> str | None:
    return None if right is None else encoded(sheet(contest, right))


def instants(made: dict[str, Any], week: Week) -> tuple[int, int]:
    """Start and receipt."""
    started = week.opens + made["started"]
    last = slow_rules.due(started, week.closes, {"time_limit": LIMIT}) + GRACE
    return started, min(started + made["span"], last)


def real_entry(contest: Definition, week: Week, number: int, person: Any) -> Entry:
    finished = []
    for k, made in enumerate(person["attempts"], 1):
        started, received = instants(made, week)
        filled = finished_sheet(contest, made)
        finished.append(
            finish(
                contest,
                week,
                AttemptId(week.number, k, started, NONCE),
                received=received,
                score=slow_rules.points(filled, KEYS, {}),
                answers=encoded(filled),
                prediction=made["prediction"],
            )
        )
    opened = None
    if person["open"] is not None:
        answers = saved(contest, person["open"]["score"])
        guess = person["open"]["prediction"] if answers else None
        started = week.opens + person["open"]["started"]
        opened = Opened(len(finished) + 1, started, NONCE, answers, guess, 9 if answers else 0)
    used = len(finished) + (opened is not None)
    records = tuple(reversed(finished) if person["backwards"] else finished)
    return Entry(pid(number), week.number, person["unit"], person["category"], used, opened, records)


def slow_person(
    raw: dict[str, Any], contest: Definition, week: Week, number: int, person: Any
) -> dict[str, Any]:
    """By the design, an open attempt with at least one saved answer counts, behind its equals."""
    rules = {"time_limit": LIMIT, "grace": GRACE}
    made = [
        {
            **attempt,
            **slow_rules.timed(*instants(attempt, week), week.closes, rules),
            "overdue": False,
            "sheet": finished_sheet(contest, attempt),
        }
        for attempt in person["attempts"]
    ]
    if person["open"] is not None:
        started = week.opens + person["open"]["started"]
        counts = raw["overdue"] == "submit_saved" and bool(person["open"]["score"])
        left = slow_rules.left_behind(started, week.closes, rules)
        filled = sheet(contest, person["open"]["score"] or 0)
        made.append({**person["open"], **left, "counts": counts, "sheet": filled})
    rulings = {
        question: [{letter} for letter in keys] for question, keys in raw["rulings"][week.number - 1].items()
    }
    numbered = [
        {**attempt, "number": k, "score": slow_rules.points(attempt["sheet"], KEYS, rulings)}
        for k, attempt in enumerate(made, 1)
    ]
    registered = (person["unit"], person["category"])
    counts_as = slow_rules.counted_as(
        number,
        registered,
        raw["rosters"],
        ["staff", "pupils"],
        "residents",
        raw["corrections"],
        raw["mergers"],
        week.number,
    )
    return {"id": pid(number), **counts_as, "attempts": numbered}


def decided(raw: dict[str, Any]) -> Decisions:
    return Decisions(
        corrections=tuple(
            Correction((pid(number),), field, value, week, week, "", "")
            for number, field, value, week in raw["corrections"]
        ),
        mergers=tuple(Merger(unit, into, week, week, "", "") for unit, into, week in raw["mergers"]),
    )


def real_placement(raw: dict[str, Any], contest: Definition, week: int) -> Placement:
    listed = {
        pid(number): Place(unit, category, category in contest.obliged and not exempt, listed=True)
        for number, (unit, category, exempt) in raw["rosters"].items()
    }
    with_roster, decisions = {unit for unit, _, _ in raw["rosters"].values()}, decided(raw)
    return Placement(contest, listed, with_roster, decisions.corrected_in(week), decisions.merged_in(week))


def real_rulings(raw: dict[str, Any], week: Week) -> dict[str, Ruling]:
    return {
        question: Ruling(question, (week.number,), tuple(1 << "AB".index(key) for key in sorted(keys)), "", "")
        for question, keys in raw["rulings"][week.number - 1].items()
    }


def gathered_in_shares(
    contest: Definition, week: Week, entries: list[Entry], rulings: dict[str, Ruling], placement: Placement
) -> Gathered:
    """Shares as several functions would read them, put together in another order."""
    shares = [
        gather(contest, BANK, week, entries[k::3], rulings=rulings, placement=placement) for k in range(3)
    ]
    whole = shares.pop()
    for share in shares:
        whole.merge(share)
    return whole


def had_before(results: list[WeekResult]) -> dict[str, set[str]]:
    had: dict[str, set[str]] = {}
    for result in results:
        for row in result.units:
            if row.prize:
                had.setdefault(row.prize, set()).add(row.unit.code)
    return had


def won_in(result: WeekResult, units: list[Unit]) -> dict[str, set[str]]:
    return winners_by_unit(
        [(result.ranked[place].unit, result.ranked[place].participant_id) for place in result.prizes], units
    )


def in_order(ranked: list[UnitStanding], contest: Definition) -> list[tuple[str, str]]:
    """(prize, unit code), in order of the prizes and then of their figures."""
    won = []
    for prize in contest.unit_prizes:
        rows = [row for row in ranked if row.prize == prize.name]
        figures = {
            "score": lambda row: row.score,
            "rate": lambda row: row.rate,
            "people": lambda row: row.sums.distinct_people,
            "attempts": lambda row: row.sums.attempts,
            "winners": lambda row: row.winners,
        }
        rows.sort(key=figures[prize.by], reverse=True)
        won += [(prize.name, row.unit.code) for row in rows]
    return won


def closed_by_the_real_rules(raw: dict[str, Any], contests: list[Definition]) -> Any:
    units = [
        Unit(u["code"], u["code"], u["bloc"], "department", u["headcount"], u["exempt"], u["parent"])
        for u in units_of(raw)
    ]
    units_in = {week: merged_units(units, decided(raw).merged_in(week)) for week in range(1, 4)}
    units = units_in[len(raw["weeks"])]
    results: list[WeekResult] = []
    for contest, people in zip(contests, raw["weeks"], strict=True):
        week = contest.weeks[len(results)]
        entries = [real_entry(contest, week, k, person) for k, person in enumerate(people)]
        if raw["backwards"]:
            entries.reverse()
        result = close_week(
            contest,
            units_in[week.number],
            week,
            gathered_in_shares(
                contest,
                week,
                entries,
                real_rulings(raw, week),
                real_placement(raw, contest, week.number),
            ),
            draw=Draw(1, raw["roots"][len(results)]),
            names=PSEUDONYMS,
            barred={pid(k) for k in raw["barred"]},
            earlier_winners={winner for result in results for winner in result.winners},
            unit_prizes_elsewhere=had_before(results),
            proven=proven_in(raw, week.number),
        )
        results.append(result)
    taken_part = [
        [
            (one.participant_id, one.unit, one.obliged)
            for one in [*result.ranked, *result.unranked]
            if one.took_part
        ]
        for result in results
    ]
    counted = [
        UnitWeek(
            {unit.code: unit for unit in added_up(units_in[result.week.number])},
            result.sums_by_unit,
            won_in(result, units),
            contest.paper.questions,
        )
        for contest, result in zip(contests, results, strict=True)
    ]
    root = results[-1].draw.root
    bests = [
        (result.week.number, raw["min_duration"], closed.bests(closed.ranking_rows(result)))
        for result in results
    ]
    people = rank_final(bests, root, PSEUDONYMS)
    final = close_contest(
        contests[0], units, counted, distinct_people(taken_part, units), root, PSEUDONYMS, people
    )
    return {
        "weeks": [
            {
                "target": result.target,
                "ranked": [(standing.participant_id, standing.best.number) for standing in result.ranked],
                "known_by": [standing.verified for standing in result.ranked],
                "prizes": [
                    (prize, result.ranked[place].participant_id) for place, prize in result.prizes.items()
                ],
                "units": [(row.level, row.unit.code, row.score) for row in result.units],
                "unit_winners": in_order(result.units, contest),
            }
            for contest, result in zip(contests, results, strict=True)
        ],
        "final": [(row.level, row.unit.code, row.score) for row in final.units],
        "final_people": [one.participant_id for one in final.ranked],
        "final_prizes": [(prize, final.ranked[place].participant_id) for place, prize in final.prizes.items()],
        "final_winners": in_order(final.units, contests[0]),
    }


def closed_by_the_slow_rules(raw: dict[str, Any], contests: list[Definition]) -> Any:
    weeks = [
        (
            [slow_person(raw, contest, week, k, person) for k, person in enumerate(people)],
            root,
            {
                "questions": contest.paper.questions,
                "units": slow_rules.merged_sizes(units_of(raw), raw["mergers"], week.number),
                "proven": proven_in(raw, week.number),
            },
        )
        for week, people, contest, root in zip(
            contests[0].weeks, raw["weeks"], contests, raw["roots"], strict=False
        )
    ]
    prizes = [
        (name, *told, raw["asked"] if asks else [])
        for name, (*told, asks) in zip(["first", "second", "third"], raw["prizes"], strict=False)
    ]
    rules = {
        **raw,
        "unit_prizes": unit_prizes_of(raw),
        "prizes": prizes,
        "final_prizes": final_prizes_of(raw),
        "barred": {pid(k) for k in raw["barred"]},
        "listed": {pid(k) for k in raw["rosters"]},
    }
    return slow_rules.contest(weeks, units_of(raw), rules)


@examples(4)
@given(contests)
def test_the_real_rules_and_the_slow_rules_agree(raw: dict[str, Any]) -> None:
    contests = [real_definition(raw, size) for size, _ in zip(raw["sizes"], raw["weeks"], strict=False)]
    assert closed_by_the_real_rules(raw, contests) == closed_by_the_slow_rules(raw, contests)
