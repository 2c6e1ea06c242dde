"""Reading costs as much more as a file is longer, whatever is in it, and no more than its budget.

Work is counted, not timed: calls of functions, of Python's and of C's. What happens inside one call of the
regular expressions cannot be seen, so patterns that could go back over a text are forbidden; what else happens
inside C is in the CPU time that ``tests/services/intake/test_intake_bounds.py`` holds.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from re import _constants, _parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import pytest

import chalicelib.domain.pasted
import chalicelib.readers
import chalicelib.services.intake
from chalicelib.readers import plain
from chalicelib.readers.budget import BudgetSpent, budget
from chalicelib.readers.contest_files import PERSONAL_FILES
from chalicelib.readers.tables import TOO_LONG, Faults, decode, overloaded
from tests.readers.contest_files import UNITS, contest_files, read_sent
from tests.readers.hostile import EVERY_FILE, hostile
from tests.readers.workbooks import as_workbook
from tests.services.intake.inbox import LATER, Desk, as_read, sent
from tests.services.intake.test_personal_files import Office

SIZES = (20, 40, 80)  # 2, 4 and 8 KB
# Calls that no text explains: a list or a cache that grows by doubling, a page more in the answer.
SLACK = 600


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.put()
    return desk


@pytest.fixture
def office() -> Office:
    return Office()


def calls(doing: Any) -> int:
    count = 0

    def seen(_: object, event: str, __: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        doing()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.slow
@pytest.mark.parametrize("file", EVERY_FILE)
def test_twice_the_file_takes_twice_the_work(file: str, desk: Desk, office: Office) -> None:
    def work(data: bytes) -> int:
        if file in PERSONAL_FILES:
            return calls(lambda: office.requests.take_over(sent(file), as_read(file, data), LATER, "00000001"))
        return calls(lambda: desk.send(file, data, LATER))

    for trick, make in ((one.trick, one.make) for one in hostile() if one.file == file):
        work(make(SIZES[0] + 1))  # what is looked up once, and kept
        once, twice, four_times = (work(make(size)) for size in SIZES)
        assert four_times - twice <= 2.5 * max(twice - once, 0) + SLACK, (trick, once, twice, four_times)


@pytest.mark.parametrize(
    "file", ["units.csv", "units.xlsx", "questions.gift", "questions.txt", "questions.xml"]
)
def test_every_reader_takes_its_steps_from_the_budget(file: str) -> None:
    kind = file.partition(".")[0]
    files = {name: data for name, data in contest_files().items() if name.partition(".")[0] != kind}
    content = as_workbook(UNITS) if file.endswith("xlsx") else b"<quiz><a/></quiz>" * 50
    with pytest.raises(BudgetSpent), budget(200):
        read_sent({**files, file: content})
    with budget(200), pytest.raises(BudgetSpent):
        decode("guide.md", bytes(201), Faults())


def test_a_file_that_takes_too_many_steps_is_answered_and_changes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plain, "budget", lambda: budget(5_000))
    before = desk.everything_but_reports()
    told = desk.send("units.csv", UNITS + "SO-X,Sở X,Sở,department,1,0\n" * 500, LATER)
    (fault,) = told["faults"]
    assert (told["accepted"], fault["file"], fault["message"]) == (False, "units.csv", TOO_LONG)
    assert desk.everything_but_reports() == before


def test_a_whole_contest_takes_a_small_part_of_the_budget() -> None:
    with budget(50_000):
        read_sent(contest_files())


@pytest.mark.parametrize("accents", [29, 30, 1_000_000])
def test_no_letter_bears_more_accents_than_can_be_sorted(accents: int) -> None:
    assert overloaded("tuần a" + "\u0301" * accents + "…" * 50) == (accents >= 30)


def test_no_accent_passes_for_a_letter() -> None:
    marks = [chr(code) for code in range(0x110000) if unicodedata.combining(chr(code))]
    assert all(overloaded(mark * 30) for mark in marks)


# ---- patterns

# The pattern of a number or of a telephone number among words: each repeat ends at the first sign that what
# follows it begins with, so there is one way to read a text, and never one to go back to.
ONE_WAY = {"_NUMBER", "_PHONE"}


def modules() -> Iterator[ModuleType]:
    yield chalicelib.domain.pasted
    for package in (chalicelib.readers, chalicelib.services.intake):
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            yield importlib.import_module(found.name)


def patterns(module: ModuleType) -> Iterator[tuple[str, str]]:
    """The name or the line, and the pattern, of every call of ``re``'s functions."""
    tree = ast.parse(inspect.getsource(module))
    named = {
        id(one.value): ast.unparse(one.targets[0]) for one in ast.walk(tree) if isinstance(one, ast.Assign)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func).startswith("re."):
            pattern = eval(ast.unparse(call.args[0]), vars(module))  # noqa: S307  the module's own expression
            yield named.get(id(call), f"line {call.lineno}"), pattern


def endless(tree: Sequence[Any], *, last: bool = True) -> Iterator[Any]:
    """The repeats without a bound after which something else has to fit, or in which something repeats."""
    for place, (kind, inside) in enumerate(tree):
        here_last = last and place == len(tree) - 1
        if kind in {_constants.MAX_REPEAT, _constants.MIN_REPEAT}:
            _, most, body = inside
            unbounded = most is _constants.MAXREPEAT
            if unbounded and not (here_last and len(body) == 1 and body[0][0] in _SIGNS):
                yield kind
            yield from endless(body, last=here_last and not unbounded)
        elif kind is _constants.SUBPATTERN:
            yield from endless(inside[3], last=here_last)
        elif kind is _constants.BRANCH:
            for branch in inside[1]:
                yield from endless(branch, last=here_last)
        elif kind in {_constants.ASSERT, _constants.ASSERT_NOT}:
            yield from endless(inside[1], last=False)


_SIGNS = {_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY}


def is_safe(pattern: str) -> bool:
    return not any(endless(_parser.parse(pattern)))


def test_no_pattern_goes_back_over_what_people_send() -> None:
    found = {
        f"{module.__name__}: {name}"
        for module in modules()
        for name, pattern in patterns(module)
        if not is_safe(pattern) and name not in ONE_WAY
    }
    assert found == set()


@pytest.mark.parametrize(
    "pattern", [r"\s*\n", r"(a|b)*c", r"(a+)+", r"<x[^>]*?y", r"\[id:\s*([^\]]+?)\s*\]", r"(?=a*b)"]
)
def test_the_rule_finds_patterns_that_go_back(pattern: str) -> None:
    assert not is_safe(pattern)


@pytest.mark.parametrize("pattern", [r"\s{0,9}\n", r"[ \t]+", r"A\. (.*)", r"(?:a|b+)"])
def test_the_rule_lets_other_patterns_be(pattern: str) -> None:
    assert is_safe(pattern)
    assert re.compile(pattern)
