"""Small cells: what is public of a week must not tell what few people have scored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.small_cells import NOTHING_HIDDEN, Cell, SmallCells, bridges, small_cells
from chalicelib.domain.units import Unit, added_up

LEAST = 5
A, B, C = "A", "B", "C"


def unit(code: str, headcount: int = 100, parent: str = "") -> Unit:
    return Unit(code, code, "", "", headcount, 0, parent)


def crowd(**counts: int) -> Counter[Cell]:
    """``A_mandatory=3``: three obliged people of that category in unit A; ``A_other`` are not obliged."""
    named = ((*name.split("_"), count) for name, count in counts.items())
    return Counter({Cell(code, category, category != "other"): count for code, category, count in named})


def mandatory(code: str) -> Cell:
    return Cell(code, "mandatory", True)


def test_with_one_person_as_the_least_nothing_is_hidden() -> None:
    found = small_cells(crowd(A_mandatory=1), [unit(A)], 1)
    assert found == NOTHING_HIDDEN
    assert not found.hides(mandatory(A))


def test_two_small_units_are_hidden_with_their_sums_and_the_large_one_is_not() -> None:
    found = small_cells(crowd(A_mandatory=3, B_mandatory=2, C_mandatory=50), [unit(A), unit(B), unit(C)], LEAST)
    assert found.shown == {mandatory(C)}
    assert {code: told.obliged for code, told in found.told.items()} == {A: False, B: False, C: True}


def test_one_small_unit_alone_takes_the_smallest_other_one_with_it() -> None:
    units = [unit(A), unit(B), unit(C)]
    found = small_cells(crowd(A_mandatory=3, B_mandatory=20, C_mandatory=50), units, LEAST)
    assert found.shown == {mandatory(C)}
    assert not found.told[B].obliged  # else three people's sum were what is hidden less that


def test_the_few_who_are_not_obliged_are_hidden_and_the_sum_of_the_others_stays() -> None:
    people = crowd(A_mandatory=30, A_other=1, B_mandatory=30, B_other=4, C_mandatory=9, C_other=7)
    found = small_cells(people, [unit(A), unit(B), unit(C)], LEAST)
    assert found.shown == {mandatory(A), mandatory(B), mandatory(C), Cell(C, "other", False)}
    assert found.told[A] == (False, True)
    assert found.told[C] == (True, True)


def test_a_small_child_is_not_what_is_missing_from_its_parents_sum() -> None:
    units = [unit("P"), unit(A, parent="P"), unit(B, parent="P"), unit(C, parent="P"), unit("Z")]
    people = crowd(A_mandatory=2, B_mandatory=10, C_mandatory=50, Z_mandatory=50)
    found = small_cells(people, units, LEAST)
    assert found.shown == {mandatory(C), mandatory("Z")}
    assert [found.told[code].obliged for code in ("P", A, B, C)] == [True, False, False, True]


def test_an_unknown_unit_and_a_kind_with_nobody_else_are_hidden_as_far_as_can_be() -> None:
    found = small_cells(crowd(A_mandatory=2) + Counter([Cell("", "mandatory", True)]), [unit(A)], LEAST)
    assert found.shown == set()


codes = st.sampled_from(["P", "A", "B", "Q", "C", "D", ""])
cells = st.builds(Cell, codes, st.sampled_from(["x", "y", "z"]), st.booleans())
people = st.dictionaries(cells, st.integers(1, 12), max_size=16)
headcounts = st.sampled_from([0, 100])


@st.composite
def provinces(draw: st.DrawFn) -> list[Unit]:
    parent = {A: "P", B: "P", C: "Q", "D": draw(st.sampled_from(["", "Q"]))}
    flat = draw(st.booleans())
    return [
        unit(code, draw(headcounts), "" if flat else parent.get(code, ""))
        for code in ("P", "A", "B", "Q", "C", "D")
    ]


@given(people, provinces())
def test_nobody_works_out_what_few_people_have_scored(counts: dict[Cell, int], units: list[Unit]) -> None:
    found = small_cells(counts, units, LEAST)
    assert found.shown is not None
    assert all(counts[cell] >= LEAST for cell in found.shown)
    hidden = [cell for cell in counts if cell not in found.shown]
    known = equations(hidden, units, found)
    for number, cell in enumerate(hidden):
        if counts[cell] < LEAST and follows(number, known):
            same = [other for other in counts if other[1:] == cell[1:]]
            assert all(other in hidden and not in_told_sum(other, units, found) for other in same)
            assert len(same) == 1  # everybody knows where the only ones of their kind are
    for told in summed_up(units, found):
        assert sum(counts.get(cell, 0) for cell in hidden if in_sum(cell, *told, units)) not in range(1, LEAST)


@given(people, provinces(), st.randoms())
def test_the_order_of_people_and_units_does_not_matter(
    counts: dict[Cell, int], units: list[Unit], random: object
) -> None:
    told = [cell for cell, count in counts.items() for _ in range(count)]
    mixed, turned = sorted(told, key=lambda _: random.random()), units[::-1]  # type: ignore[attr-defined]
    assert small_cells(Counter(told), units, LEAST) == small_cells(Counter(mixed), turned, LEAST)


def summed_up(units: Sequence[Unit], found: SmallCells) -> list[tuple[str, bool]]:
    """The told sums: unit, and whether of the obliged alone."""
    sums = []
    for one in units:
        sums += [(one.code, False)] * found.told[one.code].everybody
        sums += [(one.code, True)] * found.told[one.code].obliged
    return sums


def in_sum(cell: Cell, code: str, only: bool, units: Sequence[Unit]) -> bool:  # noqa: FBT001  as in a list of sums
    family = {code, *(one.code for one in units if one.parent == code)}
    return cell.unit in family and (cell.obliged or not only)


def in_told_sum(cell: Cell, units: Sequence[Unit], found: SmallCells) -> bool:
    return any(in_sum(cell, *told, units) for told in summed_up(units, found))


def equations(hidden: Sequence[Cell], units: Sequence[Unit], found: SmallCells) -> list[list[Fraction]]:
    """What is public of the sums of hidden cells: told sums less what is shown, and the total of each kind."""
    rows = [[in_sum(cell, *told, units) for cell in hidden] for told in summed_up(units, found)]
    rows += [[cell[1:] == kind for cell in hidden] for kind in {cell[1:] for cell in hidden}]
    return [list(map(Fraction, row)) for row in rows]


def follows(number: int, known: Sequence[Sequence[Fraction]]) -> bool:
    """Whether the unknown of this number follows from the equations: its unit vector adds nothing to them."""
    width = len(known[0])
    wanted = [Fraction(at == number) for at in range(width)]
    return rank(known) == rank([*known, wanted])


def rank(rows: Sequence[Sequence[Fraction]]) -> int:
    left, found = [list(row) for row in rows], 0
    for column in range(len(left[0])):
        pivot = next((row for row in left[found:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(found, pivot)
        for row in left[found + 1 :]:
            if row[column]:
                factor = row[column] / pivot[column]
                row[:] = [value - factor * above for value, above in zip(row, pivot, strict=True)]
        found += 1
    return found


nodes = st.integers(0, 4)


@given(st.lists(st.tuples(nodes, nodes), max_size=12))
def test_a_bridge_is_an_edge_without_which_its_ends_fall_apart(edges: list[tuple[int, int]]) -> None:
    assert bridges(edges) == [number for number in range(len(edges)) if not joined(edges, number)]


def joined(edges: list[tuple[int, int]], without: int) -> bool:
    left, right = edges[without]
    reached, more = {(0, left)}, True
    others = [edge for number, edge in enumerate(edges) if number != without]
    while more:
        found = {(1, b) for a, b in others if (0, a) in reached} | {
            (0, a) for a, b in others if (1, b) in reached
        }
        more = not found <= reached
        reached |= found
    return (1, right) in reached


def test_what_is_added_up_of_units_is_what_the_search_goes_by() -> None:
    # A parent without people of its own counts its children's headcounts.
    units = [unit("P", 0), unit(A, 10, "P"), unit(B, 10, "P")]
    assert {one.code: one.obliged for one in added_up(units)}["P"] == 20
    found = small_cells(crowd(A_mandatory=10, B_mandatory=10), units, LEAST)
    assert Counter(found.told.values()) == {(True, True): 3}
