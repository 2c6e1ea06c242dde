"""“Ranking the end again” of docs/proof.md: from the weeks' bundles and the links between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from hashlib import sha256
from math import lcm
from typing import Any, NamedTuple

from verify import links
from verify.bundle import MINUTE_MS
from verify.hidden import EVERYBODY, OBLIGED
from verify.links import Person
from verify.outcome import Failed, Passed
from verify.ranking import (
    Unit,
    counting_in,
    headcounts,
    in_order,
    levels,
    lot,
    missing,
    told_units,
    volume_of,
    weighed,
)
from verify.site import Fetch, read_json
from verify.week import Checked, Line, expected_units, shown_units

TOP_UNITS, TOP_PEOPLE = 10, 20
Figures = dict[str, tuple[int, int]]


def fetch_page(fetch: Fetch) -> dict[str, Any]:
    page: dict[str, Any] = read_json(fetch, "data/results/final.json")
    return page


def times_of(page: dict[str, Any], week: int) -> list[Any]:
    """The exact times of the week's attempts that the end opens."""
    return [one for one in page["again"]["times"] if one["week"] == week]


def check(fetch: Fetch, page: dict[str, Any], weeks: Sequence[Checked]) -> Iterator[Passed]:
    """``weeks``: all weeks, in order, each checked already with ``times_of`` it. Raises ``Failed``."""
    again = page["again"]
    root = weeks[-1].published["draw_root"]
    if again["draw_root"] != root:
        raise Failed(
            "Bốc thăm cuối cuộc thi không theo mã xác thực của tuần cuối.",
            "The draw of the end is not under the last week's root.",
        )
    sizes = [len(week.people) for week in weeks]
    people = links.read(fetch, page, weeks)
    yield Passed(
        f"Tệp nối mã: {sum(sizes)} mã của {len(weeks)} tuần là {len(people)} người, mỗi mã có đúng một lần",
        f"The links: {sum(sizes)} pseudonyms of {len(weeks)} weeks are {len(people)} people, each named once",
    )
    yield _once_only(people, weeks)

    above = {unit["code"]: unit["parent"] for unit in weeks[-1].published["units"]}
    ranked = _units(people, weeks, above, page)
    units = told_units(ranked, again["unit_prizes"], {})
    _compare("people", page["once"], _once(people))
    _figures(again["units"], ranked)
    _compare("units", *_shown(page["units"], ranked, units))
    _compare("proposals", again["commended"], _commended(people, ranked, units, weeks))
    _individual(page, people, weeks)
    inexact = sum(any(line is not None and line.duration is None for line in person) for person in people)
    won = sum(bool(row["prize"]) for row in units)
    yield Passed(
        f"Cuối cuộc thi: {len(weeks)} tuần cộng lại ra cùng số người dự thi ít nhất một lần, xếp hạng "
        f"{len(ranked)} đơn vị, {won} giải tập thể, {len(page['winners'])} giải cá nhân và "
        f"{len(again['commended'])} đề nghị khen thưởng; không cần thời gian chính xác của {inexact} người",
        f"The end: {len(weeks)} weeks add up to the people who took part at least once, the ranking of "
        f"{len(ranked)} units, {won} unit prizes, {len(page['winners'])} individual prizes and "
        f"{len(again['commended'])} proposals for commendation; exact times of {inexact} people are not needed",
    )


SAID = {
    "people": ("số người dự thi ít nhất một lần", "the people who took part at least once"),
    "figures": ("số người đạt giải và điểm của các đơn vị", "the prize-winners and scores of the units"),
    "units": ("xếp hạng và giải đơn vị cuối cuộc thi", "the unit ranking and unit prizes of the end"),
    "proposals": ("đề nghị khen thưởng", "the proposals for commendation"),
    "order": ("xếp hạng cá nhân cuối cuộc thi", "the individual ranking of the end"),
    "winners": ("giải cá nhân cuối cuộc thi", "the individual prizes of the end"),
}


def _compare(what: str, shown: Any, expected: Any) -> None:
    if shown != expected:
        vi, en = SAID[what]
        raise Failed(
            f"Cộng lại các tuần không ra cùng {vi}.",
            f"Adding the weeks up gives something else than is published: {en}.",
        )


# One prize a person or unit


def _once_only(people: Iterable[Person], weeks: Sequence[Checked]) -> Passed:
    """Whether the weeks list who has prizes of others, and nobody has two where there is one for each."""
    winners = [{one["pseudonym"] for one in week.published["result"]["prizes"]} for week in weeks]
    told = [{one["pseudonym"]: one for one in week.published["earlier_winners"]} for week in weeks]
    once = [week.published["rules"]["one_prize"] == "contest" for week in weeks]
    places = {week.published["week"]: k for k, week in enumerate(weeks)}
    strange = 0
    for person in people:
        won = [line is not None and line.pseudonym in winners[k] for k, line in enumerate(person)]
        listed: list[bool | None] = [None] * len(weeks)
        if all(once) and sum(won) > 1:
            raise Failed("Có người đạt giải ở hai tuần.", "Somebody has prizes of two weeks.")
        for k, line in enumerate(person):
            link = told[k].get(line.pseudonym) if line else None
            there = person[places[link["week"]]] if link and link["week"] in places else None
            linked = link is not None and there is not None and there.pseudonym == link["won_as"]
            listed[k] = linked if line and once[k] else None
            strange += link is not None and not linked
        strange += _unexplained(won, listed)
    awarded = [{(row["code"], row["prize"]) for row in week.published["result"]["units"]} for week in weeks]
    codes = {unit["code"] for week in weeks for unit in week.published["units"]}
    for prize in {one["name"] for week in weeks for one in week.published["rules"]["unit_prizes"]}:
        elsewhere = [set(week.published["unit_prizes_elsewhere"].get(prize, ())) for week in weeks]
        for code in codes:
            won = [(code, prize) in there for there in awarded]
            strange += _unexplained(won, [code in there for there in elsewhere])
    if strange and not any(week.page["corrections"] for week in weeks):
        raise Failed(
            f"Danh sách đã có giải ở tuần khác sai ở {strange} chỗ.",
            f"The lists of who has prizes of other weeks are wrong in {strange} places.",
        )
    vi = f", trừ {strange} chỗ theo kết quả trước khi điều chỉnh" if strange else ""
    en = f", but for {strange} that go by results from before a correction" if strange else ""
    return Passed(
        f"Mỗi tuần nêu đúng người và đơn vị đã có giải ở tuần khác{vi}",
        f"Each week lists the people and units that have prizes of other weeks{en}",
    )


def _unexplained(won: Sequence[bool], listed: Sequence[bool | None]) -> int:
    """In how many weeks one person or unit is listed wrongly. ``listed``: None in a week without them.

    Who has a prize of an earlier week is listed; one of a later week, recognised before, may be a reason too.
    """
    wrong = 0
    for k, told in enumerate(listed):
        earlier, later = any(won[:k]), any(won[k + 1 :])
        wrong += told is not None and ((earlier and not told) or (told and not earlier and not later))
    return wrong


# People and units


def _once(people: Iterable[Person]) -> dict[str, int]:
    obliged = [any(line.obliged for line in took) for person in people if (took := _took_part(person))]
    return {
        "people": len(obliged),
        "obliged_people": sum(obliged),
        "other_people": len(obliged) - sum(obliged),
    }


def _took_part(person: Person) -> list[Line]:
    return [line for line in person if line and line.took_part]


def _distinct(people: Iterable[Person], above: dict[str, str]) -> Figures:
    """By unit code: people who took part for it in some week, and those of them who were obliged then."""
    counts = dict.fromkeys(above, (0, 0))
    for person in people:
        obliged: dict[str, bool] = {}
        for line in _took_part(person):
            for code in counting_in(line.unit, above):
                obliged[code] = obliged.get(code, False) or line.obliged
        for code, was in obliged.items():
            everybody, of_them = counts[code]
            counts[code] = (everybody + 1, of_them + was)
    return counts


def _figures(told: Sequence[dict[str, Any]], ranked: Sequence[Unit]) -> None:
    """A score is told where all sums that it follows from are; of a winner in any case."""
    _compare("figures", len(told), len(ranked))
    expected = [
        {
            "level": row.level,
            "code": row.code,
            "winners": row.winners,
            "score": one["score"] if row.score is None else str(row.score),
        }
        for row, one in zip(ranked, told, strict=True)
    ]
    _compare("figures", told, expected)


def _shown(
    page: Sequence[dict[str, Any]], ranked: Sequence[Unit], told: Sequence[dict[str, Any]]
) -> tuple[Any, Any]:
    """The page's rows and what they must be; of a score that cannot be worked out, what is shown of it."""
    _compare("units", len(page), len(ranked))
    shown, expected = shown_units(page), expected_units(ranked, told)
    expected = [
        (*must[:-3], *there[-3:]) if row.score is None else must
        for row, there, must in zip(ranked, shown, expected, strict=True)
    ]
    return shown, expected


def _winners(people: Iterable[Person], weeks: Sequence[Checked], above: dict[str, str]) -> dict[str, int]:
    """By unit code: people who won an individual prize of a week for it."""
    won = [{one["pseudonym"] for one in week.published["result"]["prizes"]} for week in weeks]
    counts: dict[str, int] = {}
    for person in people:
        won_in = [line.unit for k, line in enumerate(person) if line and line.pseudonym in won[k]]
        for code in {code for unit in won_in for code in counting_in(unit, above)}:
            counts[code] = counts.get(code, 0) + 1
    return counts


def _units(
    people: Sequence[Person], weeks: Sequence[Checked], above: dict[str, str], page: dict[str, Any]
) -> list[Unit]:
    """Level by level, best first."""
    again = page["again"]
    distinct, winners = _distinct(people, above), _winners(people, weeks, above)
    distinct = _with_unnamed(distinct, people, page["units"])
    sizes = [headcounts(week.published["units"]) for week in weeks]
    rows = [{row["code"]: row for row in week.published["result"]["units"]} for week in weeks]
    questions = [week.published["rules"]["paper_questions"] for week in weeks]
    ranked: list[Unit] = []
    for level, units in levels(weeks[-1].published["units"]):
        there = []
        for unit in units:
            code = unit["code"]
            there.append(
                _unit(
                    level,
                    unit,
                    [size.get(code, (0, 0, 0)) for size in sizes],
                    [(week[code], size) for week, size in zip(rows, questions, strict=True) if code in week],
                    distinct[code],
                    winners.get(code, 0),
                )
            )
        there = _scored(there, again)
        told = [row["code"] for row in page["units"] if row["level"] == level]
        ranked += in_order(there, told, again, again["draw_root"])
    return ranked


def _with_unnamed(distinct: Figures, people: Sequence[Person], rows: Sequence[dict[str, Any]]) -> Figures:
    """The same with those whose lines do not name their unit: as the page has them, if there can be so many."""
    unnamed = [person for person in people if any(line.hidden for line in _took_part(person))]
    obliged = sum(any(line.obliged for line in _took_part(person)) for person in unnamed)
    filled = dict(distinct)
    for row in rows if unnamed else ():
        told, few = (row["distinct_people"], row["distinct_obliged"]), distinct[row["code"]]
        if not (0 <= told[0] - few[0] <= len(unnamed) and 0 <= told[1] - few[1] <= obliged):
            _compare("units", told, few)
        filled[row["code"]] = told
    return filled


def _unit(
    level: str,
    unit: dict[str, Any],
    sizes: Sequence[tuple[int, int, int]],
    rows: Sequence[tuple[dict[str, Any], int]],
    distinct: tuple[int, int],
    winners: int,
) -> Unit:
    """The unit's sums; rate and quality follow from them, volume and score from all units'.

    By week: ``sizes`` as ``headcounts`` gives them, and ``rows`` of the result with the size of the paper.
    """
    everybody, obliged = (
        (sum(row[a] for row, _ in rows), sum(row[b] for row, _ in rows), _total([row[c] for row, _ in rows]))
        for a, b, c in (EVERYBODY, OBLIGED)
    )
    asked = sum(size[2] for size in sizes)
    people, of_best = (obliged[0], OBLIGED[2]) if asked else (everybody[0], EVERYBODY[2])
    quality = None
    if all(row[of_best] is not None for row, _ in rows):
        shares = sum((Fraction(row[of_best], questions) for row, questions in rows), Fraction(0))
        quality = shares / people if people else Fraction(0)
    return Unit(
        level=level,
        code=unit["code"],
        bloc=unit["bloc"],
        parent=unit["parent"],
        listed=(sum(size[0] for size in sizes), sum(size[1] for size in sizes)),
        size=max((size[2] for size in sizes), default=0),
        everybody=everybody,
        obliged=obliged,
        distinct=distinct,
        winners=winners,
        rate=min(Fraction(obliged[0], asked), Fraction(1)) if asked else Fraction(0),
        volume=Fraction(0),
        quality=quality,
        score=None,
    )


def _total(told: Sequence[int | None]) -> int | None:
    known = [one for one in told if one is not None]
    return sum(known) if len(known) == len(told) else None


def _scored(units: list[Unit], rules: dict[str, Any]) -> list[Unit]:
    """Of one level: with each unit's share of the largest volume, and its score."""
    volumes = [volume_of(one.everybody, one.obliged, rules) for one in units]
    most = max(volumes, default=0)
    scored = []
    for one, own in zip(units, volumes, strict=True):
        volume = Fraction(own, most) if most else Fraction(0)
        score = None if one.quality is None else weighed(one.rate, volume, one.quality, rules)
        scored.append(one._replace(volume=volume, score=score))
    return scored


# Commendations


def _commended(
    people: Iterable[Person], ranked: Sequence[Unit], told: Sequence[dict[str, Any]], weeks: Sequence[Checked]
) -> list[dict[str, Any]]:
    proposals = [
        _proposal("full_participation", "", place, code)
        for place, code in enumerate(dict.fromkeys(row.code for row in ranked if row.rate == 1), 1)
    ]
    proposed: set[str] = set()
    for level in dict.fromkeys(row.level for row in ranked):
        best = [
            row.code
            for row, one in zip(ranked, told, strict=True)
            if row.level == level and row.everybody[0] and not one["note"]
        ][:TOP_UNITS]
        proposals += [
            _proposal("best_units", level, place, code)
            for place, code in enumerate(best, 1)
            if code not in proposed
        ]
        proposed.update(best)
    sizes = [week.published["rules"]["paper_questions"] for week in weeks]
    whole = lcm(*sizes)
    always = sorted(
        (-sum(line.score * (whole // size) for line, size in zip(took, sizes, strict=True)),
         _took(took), took[-1].pseudonym)
        for person in people
        if len(took := [line for line in _took_part(person) if line.ranked and not line.too_fast]) == len(weeks)
    )  # fmt: skip
    place, best_people = 0, list[tuple[int, Time, str]]()
    for number, (score, time, name) in enumerate(always, 1):
        tied = bool(best_people) and (best_people[-1][0], best_people[-1][1].sum) == (score, time.sum)
        if number > TOP_PEOPLE and not tied:
            break
        place = place if tied else number
        proposals.append(_proposal("best_people", "", place, name))
        best_people.append((score, time, name))
    _must_be_exact(always, best_people)
    return sorted(proposals, key=lambda one: (one["reason"], one["level"], one["place"], one["id"]))


def _proposal(reason: str, level: str, place: int, name: str) -> dict[str, Any]:
    return {"reason": reason, "level": level, "place": place, "id": name}


# Exact times


class Time(NamedTuple):
    """The sum of somebody's durations, in milliseconds; where not all are opened, the least that it can be.

    By the whole minutes alone, it is from ``least`` to ``most``.
    """

    sum: int
    exact: bool
    least: int
    most: int


def _took(lines: Sequence[Line]) -> Time:
    least = MINUTE_MS * sum(line.minutes for line in lines)
    most = least + (MINUTE_MS - 1) * len(lines)
    known = [line.duration for line in lines if line.duration is not None]
    exact = len(known) == len(lines)
    return Time(sum(known) if exact else least, exact, least, most)


def _must_be_exact(everybody: Iterable[tuple[int, Time, str]], shown: Iterable[tuple[int, Time, str]]) -> None:
    """Score, time and pseudonym. ``shown``: whose place is published.

    Whom the minutes do not put before or behind one of these has all times opened. Those of others decide
    nothing: whatever they are, everybody of ``shown`` has the same people before.
    """
    sums: dict[int, list[int]] = {}
    for score, time, name in shown:
        if not time.exact:
            raise missing(name)
        sums.setdefault(score, []).append(time.sum)
    for score, time, name in everybody:
        if not time.exact and any(time.least <= one <= time.most for one in sums.get(score, ())):
            raise missing(name)


# The individual ranking


def _individual(page: dict[str, Any], people: Iterable[Person], weeks: Sequence[Checked]) -> None:
    told, root = page["again"]["individual"], page["again"]["draw_root"]
    if told is None:
        _compare("winners", page["winners"], [])
        return
    standings = []
    for person in people:
        counted = [line for line in person if line and line.ranked and not line.too_fast]
        if counted:
            standings.append((sum(line.score for line in counted), _took(counted), counted[-1]))
    standings.sort(key=lambda one: (-one[0], one[1].sum, lot(root, one[2].pseudonym)))
    in_public = sorted((-score, last.pseudonym) for score, _, last in standings)
    names = "\n".join(name for _, name in in_public)
    order = (len(standings), sha256(names.encode()).hexdigest())
    _compare("order", (told["ranked"], told["order_sha256"]), order)
    won: dict[int, str] = {}
    for prize in told["prizes"]:
        left = prize["count"]
        for rank, (score, _, last) in enumerate(standings, 1):
            if not left:
                break
            fits = not prize["categories"] or last.category in prize["categories"]
            fits = fits and (not prize["verified"] or last.verified in prize["verified"])
            if rank not in won and fits and score >= prize["min_score"]:
                won[rank] = prize["name"]
                left -= 1
    times = [(score, time, last.pseudonym) for score, time, last in standings]
    _must_be_exact(times, [times[rank - 1] for rank in won])
    total = sum(week.published["rules"]["paper_questions"] for week in weeks)
    winners, shown = [], []
    for rank, name in won.items():
        score, time, last = standings[rank - 1]
        winners.append({"prize": name, "rank": rank, "pseudonym": last.pseudonym})
        units = {row["rank"]: row["unit_code"] for row in page["winners"]} if last.hidden else {}
        shown.append([name, rank, units.get(rank, last.unit), score, total, time.sum])
    _compare("winners", told["winners"], winners)
    named = ("prize", "rank", "unit_code", "score", "total", "duration_ms")
    _compare("winners", [[row[name] for name in named] for row in page["winners"]], shown)
