"""Units of too few people: what their lines do not name is taken from the published rows, if it can be so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from verify.outcome import Failed

# People, counted attempts and the sum of best scores, None where it is not told.
Sums = tuple[int, int, int | None]
EVERYBODY = ("people", "attempts", "best_sum")
OBLIGED = ("obliged_people", "obliged_attempts", "obliged_best_sum")


class Unnamed(NamedTuple):
    """The people whose lines do not name their unit: how many took part, and how many of them are obliged."""

    people: int
    obliged: int


def filled_up(
    shown: tuple[dict[str, Sums], dict[str, Sums]],
    rows: Sequence[dict[str, Any]],
    above: Mapping[str, str],
    unnamed: Unnamed,
    questions: int,
) -> tuple[dict[str, Sums], dict[str, Sums]]:
    """The sums of everybody and of the obliged by unit, with the people that the lines do not name.

    ``shown``: the same of the others; ``rows``: the published ones; ``above``: parents by code. Raises
    ``Failed`` where a row cannot be: fewer people than are shown, more than there are, or an impossible sum.
    """
    if not unnamed.people:
        return shown
    by_code = {row["code"]: row for row in rows}
    sums: tuple[dict[str, Sums], dict[str, Sums]] = ({}, {})
    left = []
    for code in above:
        row = by_code.get(code)
        if row is None:
            raise Failed(f"Kết quả thiếu đơn vị {code}.", f"The result lacks the unit {code}.")
        hidden = []
        for into, known, names in zip(sums, shown, (EVERYBODY, OBLIGED), strict=True):
            people, attempts, best = (row[name] for name in names)
            few, tries, told = known[code]
            missing = people - few
            if missing < 0 or attempts - tries < missing:
                raise _wrong(code)
            if not missing:
                attempts, best = tries, told
            elif best is not None and not (told or 0) <= best <= (told or 0) + missing * questions:
                raise _wrong(code)
            into[code] = people, attempts, best
            hidden.append(missing)
        if hidden[1] > hidden[0]:
            raise _wrong(code)
        if not above[code]:
            left.append(hidden)
    if sum(one[0] for one in left) > unnamed.people or sum(one[1] for one in left) > unnamed.obliged:
        raise Failed(
            "Các đơn vị có nhiều người hơn số người mà bộ dữ liệu có.",
            "The units have more people than the bundle.",
        )
    return sums


def _wrong(code: str) -> Failed:
    return Failed(
        f"Số liệu của đơn vị {code} không thể có được từ bộ dữ liệu.",
        f"The figures of unit {code} cannot follow from the bundle.",
    )
