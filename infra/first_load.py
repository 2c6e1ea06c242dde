"""Packs the modules that index.html preloads into ``js/main.js``: a slow line takes few requests best.

Each becomes a function that returns what the module exports. Modules that come later import the same objects
from ``js/main.js``, where their names have the module's before them. Only the forms of import and export that
the page uses are understood; any other is refused, so that nothing is shipped that differs from its source.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from posixpath import dirname, join, normpath, relpath

MAIN = "js/main.js"
_PRELOAD = re.compile(r' *<link rel="modulepreload" href="/([^"]+)">\n')
_IMPORT = re.compile(r'^import (?:\{([^}]*)\} from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) ([\w$]+))", re.MULTILINE)
_LATER = re.compile(r'\bimport\("(\.[^"]+)"\)')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)  # they name modules too, for types
_OTHER = re.compile(r"^(?:import|export)\b(?!\().*", re.MULTILINE)


def pack(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The site's files, packed. Raises ``ValueError`` for a module that it does not understand."""
    page = files["index.html"].decode()
    packed = {*_PRELOAD.findall(page), MAIN}
    if missing := packed - files.keys():
        raise ValueError(f"index.html names {', '.join(sorted(missing))}, which is not there")
    sources = {name: data.decode() for name, data in files.items() if name.endswith(".js")}
    order: list[str] = []
    for name in (*sorted(packed - {MAIN}), MAIN):
        _put_in_order(name, sources, packed, (), order)
    modules = [_as_function(name, sources[name], packed) for name in order]
    made = {name: data for name, data in files.items() if name not in packed}
    for name in made.keys() & sources.keys():
        for target in _LATER.findall(_COMMENT.sub("", sources[name])):
            if _path(name, target) in packed:
                raise ValueError(f"{name} loads {target} later, but the first page has it: import it")
        made[name] = _IMPORT.sub(partial(_from_main, name, packed), sources[name]).encode()
    made[MAIN] = "".join(modules).encode()
    made["index.html"] = _PRELOAD.sub("", page).encode()
    return made


def _put_in_order(
    name: str, sources: Mapping[str, str], packed: set[str], above: tuple[str, ...], order: list[str]
) -> None:
    """After all that it imports."""
    if name in above:
        raise ValueError(f"modules import each other: {' → '.join((*above, name))}")
    if name not in packed:
        raise ValueError(f"index.html does not preload {name}, which {above[-1]} imports")
    if name not in order:
        for _, target in _IMPORT.findall(sources[name]):
            _put_in_order(_path(name, target), sources, packed, (*above, name), order)
        order.append(name)


def _path(name: str, target: str) -> str:
    return normpath(join(dirname(name), target))


def _from(name: str, target: str) -> str:
    path = relpath(target, dirname(name))
    return path if path.startswith(".") else f"./{path}"


def _own(name: str) -> str:
    """The variable of a packed module."""
    return "$" + re.sub(r"\W", "_", name.removeprefix("js/").removesuffix(".js"))


def _names(listed: str) -> list[tuple[str, str]]:
    """``a, b as c`` as (exported, local)."""
    pairs = (one.strip().split(" as ") for one in listed.split(",") if one.strip())
    return [(pair[0], pair[-1]) for pair in pairs]


def _as_function(name: str, source: str, packed: set[str]) -> str:
    def taken(found: re.Match[str]) -> str:
        pairs = [f"{there}: {here}" if there != here else here for there, here in _names(found[1] or "")]
        return f"const {{ {', '.join(pairs)} }} = {_own(_path(name, found[2]))};\n" if pairs else ""

    def there(found: re.Match[str]) -> str:
        target = _path(name, found[1])
        return f"Promise.resolve({_own(target)})" if target in packed else f'import("{_from(MAIN, target)}")'

    exported = _EXPORT.findall(source)
    body = _LATER.sub(there, _EXPORT.sub("", _IMPORT.sub(taken, source)))
    if "import.meta" in body and dirname(name) != dirname(MAIN):
        raise ValueError(f"{name}: import.meta would mean {MAIN}")
    if other := _OTHER.search(body):
        raise ValueError(f"{name}: infra/first_load.py does not understand “{other[0]}”")
    shared = [f"{one}: {_own(name)}${one}" for one in exported]
    told = f"export const {{ {', '.join(shared)} }} = {_own(name)};\n" if shared else ""
    return f"const {_own(name)} = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();\n{told}"


def _from_main(name: str, packed: set[str], found: re.Match[str]) -> str:
    target = _path(name, found[2])
    if target not in packed:
        return found[0]
    main = _from(name, MAIN)
    pairs = [f"{_own(target)}${there} as {here}" for there, here in _names(found[1] or "")]
    return f'import {{ {", ".join(pairs)} }} from "{main}";\n' if pairs else f'import "{main}";\n'
