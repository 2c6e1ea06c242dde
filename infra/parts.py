"""What of the code and of its dependencies the API's own package needs: it is read at every cold start."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

OURS = "chalicelib"
# Dependencies that only other functions have. What is missing in the end the package's own check tells.
OTHERS = {
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "leather",
    "markdown_it",
    "mdurl",
    "pynamodb",
    "s3transfer",
    "six",
    "xlsxwriter",
}


def of_api(files: dict[str, bytes], project: Path) -> dict[str, bytes]:
    """Of all files of a package, sources or bytecode, those that the API may ever load."""
    mine = set(reached(project))

    def belongs(name: str) -> bool:
        top, _, rest = name.partition("/")
        if top == OURS:
            module = name.rsplit(".", 1)[0].replace("/", ".")
            return module.removesuffix(".__init__") in mine
        return (top if rest else top.partition(".")[0]) not in OTHERS

    return {name: data for name, data in files.items() if belongs(name)}


def reached(project: Path) -> Iterator[str]:
    """Our modules that ``app.py`` imports when it starts, and all that these import, at any time."""
    waiting = [*_imports(ast.parse((project / "app.py").read_text(encoding="utf-8")), at_once=True)]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        path = project / name.replace(".", "/")
        file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
        if name in seen or not file.is_file():  # a name out of a module
            continue
        seen.add(name)
        yield name
        waiting.append(name.rpartition(".")[0])
        waiting += _imports(ast.parse(file.read_text(encoding="utf-8")), at_once=False)


def _imports(tree: ast.AST, *, at_once: bool) -> Iterator[str]:
    """Imports of ours, also what may be a name in a module; ``at_once``: not those in functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith(OURS))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith(OURS):
            yield str(node.module)
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif (at_once and isinstance(node, ast.FunctionDef)) or (
            isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        ):
            continue
        else:
            yield from _imports(node, at_once=at_once)
