"""Draws the floors of the package into ``docs/architecture.md``, from its imports and from ``pyproject.toml``.

python -m infra.floors

The import contracts give the order of the floors, the imports give the arrows. An arrow that others imply is
left out: code that may use a room may use everything below it.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.package import PROJECT

DOCUMENT = PROJECT / "docs" / "architecture.md"
BEGIN, END = "<!-- floors: python -m infra.floors -->", "<!-- end of floors -->"
PACKAGE, USE_CASES = "chalicelib", "services"

Room = str
Uses = dict[Room, set[Room]]

# Each floor in four words; the table below the picture says what it may know.
_SAID = {
    "app": "app.py: what runs, and when",
    "wiring": "wiring: puts it together",
    "web": "web: bodies and answers",
    "storage": "storage: DynamoDB, S3, secrets",
    "reports": "reports: files to read",
    "readers": "readers: what people send",
    "documents": "documents: what is kept",
    "domain": "domain: the rules",
}


def floors() -> list[tuple[Room, ...]]:
    """The rooms of each floor from the top, as ``[tool.importlinter]`` lists them."""
    contracts = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = {
        contract["name"]: contract["layers"] for contract in contracts["contracts"] if "layers" in contract
    }
    found: list[tuple[Room, ...]] = [("app",)]
    for layer in layers["Dependencies run downwards only"]:
        rooms = tuple(name.strip().removeprefix(f"{PACKAGE}.") for name in layer.split("|"))
        if rooms == (USE_CASES,):
            for line in layers["The rooms of the use cases stand one above the other"]:
                found.append(tuple(f"{USE_CASES}/{name.strip()}" for name in line.split("|")))
        else:
            found.append(rooms)
    return found


def room_of(module: Path) -> Room:
    """The room of a module, by its path below the project."""
    folder, *inside = module.with_suffix("").parts
    if folder != PACKAGE:
        return folder
    return "/".join(inside[: 2 if inside[0] == USE_CASES else 1])


def imported(module: Path) -> Iterator[Path]:
    """Modules of the package that ``module`` imports anywhere; paths below the project."""
    for node in ast.walk(ast.parse((PROJECT / module).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        else:
            continue
        for name in names:
            path = Path(*name.split(".")).with_suffix(".py")
            if path.parts[0] == PACKAGE and (PROJECT / path).is_file():
                yield path


def uses() -> Uses:
    """Room → the rooms that it imports from."""
    found: Uses = {room: set() for floor in floors() for room in floor}
    for path in [PROJECT / "app.py", *sorted((PROJECT / PACKAGE).rglob("*.py"))]:
        module = path.relative_to(PROJECT)
        if path.name != "__init__.py":
            found[room_of(module)].update(room_of(other) for other in imported(module))
    return {room: others - {room} for room, others in found.items()}


def without_detours(every: Mapping[Room, set[Room]]) -> Uses:
    """The arrows that no longer path implies."""

    def below(room: Room) -> set[Room]:
        return every[room].union(*map(below, every[room]))

    return {
        room: {one for one in others if not any(one in below(other) for other in others - {one})}
        for room, others in every.items()
    }


def picture() -> str:
    """The block of mermaid."""
    lines = ["```mermaid", "flowchart TD"]
    inside = [room for floor in floors() for room in floor if room.startswith(f"{USE_CASES}/")]
    for room in (room for floor in floors() for room in floor):
        if room not in inside:
            lines.append(f'    {room}["{_SAID[room]}"]')
        elif room == inside[0]:
            lines.append(f'    subgraph {USE_CASES}["services: the use cases, by subject"]')
            lines += [f'        {_node(one)}["{one.removeprefix(f"{USE_CASES}/")}"]' for one in inside]
            lines.append("    end")
    for room, others in without_detours(uses()).items():
        lines += [f"    {_node(room)} --> {_node(other)}" for other in sorted(others)]
    return "\n".join([*lines, "```"])


def _node(room: Room) -> str:
    return room.replace("/", "_")


def with_picture(document: str) -> str:
    """``document`` with the picture between the two marks."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{picture()}\n{END}{after}"


def main() -> None:
    """Writes the picture anew."""
    DOCUMENT.write_text(with_picture(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
