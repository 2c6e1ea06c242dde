"""``docs/architecture.md`` agrees with the code: the picture, the names, and journeys that run downhill."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from infra import floors
from infra.package import PROJECT

TEXT = floors.DOCUMENT.read_text(encoding="utf-8")
NAMED = re.compile(r"`([\w./-]+\.(?:py|js))::([\w.]+)`")
STEP = re.compile(r"^\d+\. `([\w./-]+)::[\w.]+`( answers?| is answered)?", re.MULTILINE)
PART = re.compile(r"^## Journeys\n(.*?)^## ", re.MULTILINE | re.DOTALL)
# A module, and whether the step answers an earlier one.
Step = tuple[Path, bool]


def _path(named: str) -> Path:
    """The path in the project; the document names files of the package without the package's folder."""
    return Path(named) if (PROJECT / named).exists() else Path("chalicelib", named)


def _lists() -> dict[str, list[Step]]:
    """Each numbered list of the journeys, by its heading and its position below it."""
    journeys = PART.search(TEXT)
    assert journeys
    found: dict[str, list[Step]] = {}
    for part in journeys[1].split("\n### ")[1:]:
        title, _, body = part.partition("\n")
        for number, block in enumerate(re.findall(r"(?:^\d+\. .*\n(?: +.*\n)*)+", body, re.MULTILINE), 1):
            steps = [(_path(file), bool(answers)) for file, answers in STEP.findall(block)]
            assert len(steps) == len(re.findall(r"^\d+\. ", block, re.MULTILINE)), (
                f"{title}: a step names nothing"
            )
            found[f"{title} {number}"] = steps
    return found


LISTS = _lists()


@cache
def _defined(module: Path) -> frozenset[str]:
    """The functions, classes, methods and names of a Python module."""
    names: set[str] = set()
    for node in ast.parse((PROJECT / module).read_text(encoding="utf-8")).body:
        match node:
            case ast.ClassDef():
                names.add(node.name)
                names |= {f"{node.name}.{one.name}" for one in node.body if isinstance(one, ast.FunctionDef)}
            case ast.FunctionDef():
                names.add(node.name)
            case ast.Assign():
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(names)


@cache
def _imported(module: Path) -> frozenset[Path]:
    if module.suffix == ".py":
        return frozenset(floors.imported(module))
    found = re.findall(r'from "(\./[\w./-]+)"', (PROJECT / module).read_text(encoding="utf-8"))
    return frozenset((module.parent / name) for name in found)


def _wired(module: Path) -> bool:
    """Whether wiring builds something from the module, as it does with implementations of a port."""
    wiring = (path.relative_to(PROJECT) for path in (PROJECT / "chalicelib" / "wiring").glob("*.py"))
    return any(module in _imported(path) for path in wiring)


def _floor(module: Path) -> int:
    """Counted from the top; everything that is not Python shares one floor."""
    room = floors.room_of(module) if module.suffix == ".py" else None
    return next((number for number, rooms in enumerate(floors.floors()) if room in rooms), -1)


def test_the_picture_of_the_floors_is_the_one_drawn_from_the_code() -> None:
    assert floors.with_picture(TEXT) == TEXT, "draw it again: python -m infra.floors"


def test_no_import_runs_upwards() -> None:
    """import-linter enforces the picture; this test checks that the two mean the same floors."""
    number = {room: place for place, rooms in enumerate(floors.floors()) for room in rooms}
    assert [(a, b) for a, others in floors.uses().items() for b in others if number[a] >= number[b]] == []


def test_every_floor_has_its_line() -> None:
    rooms = {room.partition("/")[0] for floor in floors.floors() for room in floor}
    assert [room for room in rooms if not re.search(rf"^\| `{room}[./]", TEXT, re.MULTILINE)] == []


@pytest.mark.parametrize(("file", "name"), sorted(set(NAMED.findall(TEXT))))
def test_every_name_in_the_document_is_in_the_code(file: str, name: str) -> None:
    module = _path(file)
    if module.suffix == ".py":
        assert name in _defined(module)
    else:
        assert re.search(rf"\b{name}\b\s*[:(=]", (PROJECT / module).read_text(encoding="utf-8"))


def test_the_five_journeys_are_there() -> None:
    assert len({title.rpartition(" ")[0] for title in LISTS}) == 5
    assert min(map(len, LISTS.values())) >= 4


@pytest.mark.parametrize("title", LISTS)
def test_a_journey_runs_downhill(title: str) -> None:
    """Only answers go up: to an earlier step, or from an implementation that wiring put behind a port."""
    steps = LISTS[title]
    for place, (module, answers) in enumerate(steps[1:], 1):
        before = {one for one, _ in steps[:place]}
        if answers:
            assert module in before or _wired(module), f"{module} answers nobody"
        else:
            assert _floor(module) >= _floor(steps[place - 1][0]), f"{module} stands above {steps[place - 1][0]}"
            assert module in before or any(module in _imported(one) for one in before), (
                f"nobody imports {module}"
            )


def test_drawing_leaves_out_what_other_arrows_imply() -> None:
    assert floors.without_detours({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == {
        "a": {"b"},
        "b": {"c"},
        "c": set(),
    }
