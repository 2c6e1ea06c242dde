"""Checks a whole week: its bundle against the root, and its ranking against the published one."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from sys import intern
from typing import Any, NamedTuple

from verify import minutes
from verify.bundle import Graded, Opened, Person, fetch_checked, opened_times, read
from verify.grading import check_openings
from verify.outcome import Failed, Passed
from verify.ranking import Ranked, Unit, missing, rank_again, too_fast
from verify.receipt import week_index
from verify.site import Fetch, parsed, read_json
from verify.tree import UNNAMED

EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
SAID = {
    "people": ("số người dự thi", "the number of people"),
    "attempts": ("số lượt thi", "the number of attempts"),
    "perfect_people": ("số người đúng hết", "the number of people with all answers right"),
    "prediction_actual": ("đáp số câu dự đoán", "the answer to the prediction question"),
    "ranked": ("số người được xếp hạng", "the number of people ranked"),
    "order_sha256": ("thứ tự xếp hạng", "the order of the ranking"),
    "prizes": ("người đạt giải", "the winners"),
    "units": ("xếp hạng đơn vị", "the ranking of units"),
}


class Line(NamedTuple):
    """A person of a week, for the end: score, whole minutes and exact duration, if opened, of the best attempt.

    ``unit``: a winner's is named, whatever the line does; ``hidden``: the line does not name it.
    ``ranked``: not in ``no_prize``. ``too_fast``: the best attempt is below the shortest time.
    """

    pseudonym: str
    unit: str
    category: str
    obliged: bool
    took_part: bool
    ranked: bool
    too_fast: bool
    score: int
    minutes: int
    duration: int | None
    verified: str
    hidden: bool


class Checked(NamedTuple):
    """What the end needs of a week that holds: ``ranking.json``, the page, and the people by pseudonym."""

    published: dict[str, Any]
    page: dict[str, Any]
    people: dict[str, Line]


def check(
    fetch: Fetch, week: int, expected_root: str | None, later: Sequence[Any] = ()
) -> Generator[Passed, None, Checked]:
    """Yields the steps that hold; raises ``Failed`` at the first that does not.

    ``later``: ``times`` that the end opens. The week has to hold without them.
    """
    index = week_index(fetch, week, expected_root)
    folder = f"data/proof/week-{week}/{index['folder']}"
    packed = fetch_checked(fetch, f"{folder}/{index['audit']['file']}", index["audit"]["sha256"])
    ranking = fetch_checked(fetch, f"{folder}/{index['ranking']['file']}", index["ranking"]["sha256"])
    published = parsed(ranking, index["ranking"]["file"])
    if (published["contest"], published["week"]) != (index["contest"], week):
        raise Failed(
            "Tệp xếp hạng thuộc cuộc thi hoặc tuần khác.", "ranking.json belongs to another contest or week."
        )
    opened: dict[tuple[str, int], Graded | None] = {
        (one["pseudonym"], one["number"]): None for one in published["openings"]
    }
    times, more = opened_times(published["times"]), opened_times([*later])
    people, logged = read(packed, index, opened, times, more)
    yield Passed(
        f"Tuần {week}: {index['size']} bài cho ra đúng mã xác thực {index['root']}",
        f"Week {week}: {index['size']} attempts give the published root",
    )
    page = read_json(fetch, f"data/results/week-{week}.json")
    named = index["batches"]  # of a week without attempts it is empty, as a file that was taken back
    batches = fetch_checked(fetch, f"{folder}/{named['file']}", named["sha256"]) if logged else b""
    yield from minutes.check(fetch, logged, batches, published, page, index["bank"])
    yield from _rulings(people.values(), published)
    yield from _earlier_winners(fetch, published)
    yield _placed(people.values(), published["rules"]["obliged_categories"])
    again = rank_again(people.values(), published, page)
    result = again.result
    for name, (vi, en) in SAID.items():
        if published["result"][name] != result[name]:
            raise Failed(
                f"Xếp hạng lại không ra cùng {vi}.",
                f"Ranking again gives something else than the published value: {en}.",
            )
    if published["result"].keys() != result.keys():
        raise Failed("Kết quả công bố có mục lạ.", "The published result has unknown members.")
    yield Passed(
        f"Xếp hạng lại {result['ranked']} người và {len(result['units'])} đơn vị ra cùng kết quả; "
        f"thời gian chính xác của {len(times)} bài đã mở ra là đủ",
        f"Ranking {result['ranked']} people and {len(result['units'])} units again gives the same result; "
        f"the exact times of {len(times)} attempts, which are opened, are enough",
    )
    yield from _unnamed(again)
    ranked = [place.pseudonym for place in again.ranked]
    best = {
        place.pseudonym: (place.best.number,) if place.certain else tuple(one.number for one in place.may_be)
        for place in again.ranked
    }
    yield from check_openings(published, ranked, opened, best, index, fetch)
    page = read_json(fetch, f"data/results/week-{week}.json")
    _compare_page(page, again)
    if page["rulings"] != published["rulings"]:
        raise Failed(
            "Trang kết quả nêu kết luận về câu hỏi khác với tệp xếp hạng.",
            "The results page shows other rulings than ranking.json.",
        )
    yield Passed("Trang kết quả đúng với xếp hạng này", "The results page agrees")
    return Checked(published, page, _lines(again, published["rules"], more))


def _unnamed(again: Ranked) -> Iterator[Passed]:
    """How much rests on the published word, because too few people share a unit."""
    if any(row["prize"] and row["score"] is None for row in again.result["units"]):
        raise Failed(
            "Có đơn vị đạt giải mà không công bố điểm.", "A unit has a prize, and its score is not told."
        )
    people = sum(place.unit == UNNAMED for place in again.everyone)
    without = len({row.code for row in again.units if row.score is None})
    if people:
        yield Passed(
            f"{people} người không nêu đơn vị vì quá ít người cùng đơn vị; của {without} đơn vị không công bố "
            "điểm, nên chỉ kiểm tra được là thứ hạng có thể đúng",
            f"The units of {people} people are not named, because too few share them; {without} units tell no "
            "score: of their ranks it is checked that they can be right",
        )


def _lines(again: Ranked, rules: dict[str, Any], later: Opened) -> dict[str, Line]:
    ranked = {place.pseudonym for place in again.ranked}
    lines: dict[str, Line] = {}
    for place in again.everyone:
        place = place.with_times(later, rules, again.result["prediction_actual"])  # noqa: PLW2901 - the same person
        lines[place.pseudonym] = Line(
            pseudonym=place.pseudonym,
            unit=intern(again.named.get(place.pseudonym, place.unit) or ""),
            category=intern(place.category),
            obliged=place.obliged,
            took_part=place.took_part,
            ranked=place.pseudonym in ranked,
            too_fast=too_fast(place.best, rules, place.pseudonym),
            score=place.best.score,
            minutes=place.best.minutes,
            duration=place.best.exact.duration if place.best.exact and place.certain else None,
            verified=intern(place.verified),
            hidden=place.unit == UNNAMED,
        )
    return lines


def _rulings(people: Iterable[Person], published: dict[str, Any]) -> Iterator[Passed]:
    """A score may differ from the told one only by what the rulings can do to it."""
    rulings = published["rulings"]
    again = [one for person in people for one in person.attempts.values() if one.score != one.told]
    lowest = -sum(ruling["ruling"] == "key" for ruling in rulings)
    for one in again:
        difference = one.score - one.told
        if not (lowest <= difference <= len(rulings)) or one.status not in ("submitted", "overdue"):
            raise Failed(
                f"Có bài tính {one.score} điểm thay cho {one.told}: các kết luận về câu hỏi không cho phép.",
                f"An attempt counts with {one.score} in place of {one.told}: no ruling explains it.",
            )
    if rulings:
        vi = "; ".join(map(_said, rulings))
        yield Passed(
            f"{len(rulings)} kết luận về câu hỏi ({vi}): {len(again)} bài tính điểm khác với lúc nộp. "
            "Câu trả lời không công bố, nên việc chấm lại từng bài không kiểm tra được từ đây",
            f"{len(rulings)} rulings on questions: {len(again)} attempts count with another score than at "
            "submission. The answers are not published: their grading cannot be checked from here",
        )


def _earlier_winners(fetch: Fetch, published: dict[str, Any]) -> Iterator[Passed]:
    """Whoever is passed over for a prize of another week is, by the pseudonym there, a winner of that week."""
    told = published["earlier_winners"]
    if not told:
        return
    replaced = 0
    for week in sorted({one["week"] for one in told}):
        index = week_index(fetch, week, None)
        path = f"data/proof/week-{week}/{index['folder']}/{index['ranking']['file']}"
        other = parsed(fetch_checked(fetch, path, index["ranking"]["sha256"]), path)
        won = {prize["pseudonym"] for prize in other["result"]["prizes"]}
        named = [one["won_as"] for one in told if one["week"] == week]
        strange = sum(name not in won for name in named)
        corrected = read_json(fetch, f"data/results/week-{week}.json")["corrections"]
        if week == published["week"] or len(set(named)) < len(named) or (strange and not corrected):
            raise Failed(
                f"Có người không được xét giải vì đã có giải tuần {week}, mà tuần đó không có người ấy.",
                f"Somebody is passed over for a prize of week {week}, and week {week} has no such winner.",
            )
        replaced += strange
    vi = f", trong đó {replaced} người theo kết quả trước khi điều chỉnh" if replaced else ""
    en = f", {replaced} by results from before a correction" if replaced else ""
    yield Passed(
        f"{len(told)} người dự thi tuần này không được xét giải nữa vì đã đạt giải ở tuần khác{vi}",
        f"{len(told)} people of this week win nothing more because they have won in another week{en}",
    )


def _said(ruling: dict[str, Any]) -> str:
    keys = ", ".join(ruling["keys"]) or "mọi câu trả lời"
    return f"{ruling['question']}: {keys}"


def _placed(people: Iterable[Person], obliged_categories: list[str]) -> Passed:
    """Rosters are not published: it tells how many people count elsewhere than they registered."""
    moved = sum(person.moved for person in people)
    excused = [person for person in people if person.excused]
    if any(person.category not in obliged_categories for person in excused):
        raise Failed(
            "Có người được miễn mà đối tượng của họ không bắt buộc.",
            "Somebody is excused whose category is not obliged.",
        )
    return Passed(
        f"Theo danh sách của các đơn vị: {moved} người tính ở đơn vị hoặc đối tượng khác lúc đăng ký, "
        f"{len(excused)} người thuộc đối tượng bắt buộc mà không phải dự thi",
        f"By the units' rosters {moved} people count in another unit or category than registered, and "
        f"{len(excused)} of an obliged category are not obliged",
    )


def _compare_page(page: dict[str, Any], again: Ranked) -> None:
    result, ranked = again.result, again.ranked
    if page["counts"] != _counts(again):
        raise Failed(
            "Trang kết quả nêu số người, số lượt khác với tính lại.", "The results page shows other counts."
        )
    winners: list[tuple[Any, ...]] = []
    for prize in result["prizes"]:
        best, unit = ranked[prize["rank"] - 1].best, again.named[prize["pseudonym"]]
        if best.exact is None:
            raise missing(prize["pseudonym"])
        received = EPOCH + timedelta(milliseconds=best.exact.received)
        of_best = best.score, best.prediction, best.exact.duration, received
        winners.append((prize["prize"], prize["rank"], unit or "", *of_best))
    shown = [
        (
            *(row["prize"], row["rank"], row["unit_code"] or "", row["score"], row["prediction"]),
            *(row["duration_ms"], datetime.fromisoformat(row["submitted_at"])),
        )
        for row in page["winners"]
    ]
    if shown != winners:
        raise Failed(
            "Trang kết quả nêu người đạt giải khác với xếp hạng.", "The results page shows other winners."
        )
    if shown_units(page["units"]) != expected_units(again.units, result["units"]):
        raise Failed(
            "Trang kết quả xếp hạng đơn vị khác với tính lại.", "The results page ranks units differently."
        )


def _counts(again: Ranked) -> dict[str, int]:
    facts = {name: again.result[name] for name in ("people", "attempts", "perfect_people")}
    obliged = sum(place.took_part and place.obliged for place in again.everyone)
    return {**facts, "obliged_people": obliged, "other_people": facts["people"] - obliged}


def expected_units(rows: Sequence[Unit], told: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """What a page must show of each unit; ``told`` as in ``result``, of the same ``rows``."""
    expected = []
    for row, one in zip(rows, told, strict=True):
        people, _, best_sum = row.obliged if row.listed[0] > row.listed[1] else row.everybody
        mean = None if best_sum is None else Fraction(best_sum, people) if people else Fraction(0)
        expected.append(
            (
                *(one["level"], one["rank"], row.code, row.parent, row.bloc, *row.listed),
                *(row.everybody[0], row.obliged[0], *row.distinct, row.everybody[1], one["prize"], one["note"]),
                *(rounded(row.rate, 6), rounded(row.quality, 6), rounded(row.score, 4), rounded(mean, 4)),
            )
        )
    return expected


def shown_units(rows: Sequence[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The same of a page's rows."""
    exact = ("level", "rank", "code", "parent", "bloc", "headcount", "exempt")
    people = ("people", "obliged_people", "distinct_people", "distinct_obliged")
    decimals = ("rate", "quality", "unit_score", "mean_best")
    return [
        (
            *(row[name] for name in (*exact, *people, "attempts", "prize", "note")),
            *(None if row[name] is None else Decimal(row[name]) for name in decimals),
        )
        for row in rows
    ]


def rounded(exact: Fraction | None, places: int) -> Decimal | None:
    """Rounds half up."""
    if exact is None:
        return None
    return Decimal((exact * 10**places * 2 + 1) // 2).scaleb(-places)
