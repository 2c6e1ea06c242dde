"""Packs the page's modules into few files: a slow line takes few requests best.

Modules that the same screens need become one file; ``js/main.js`` has those that index.html preloads. What a
screen needs comes at once: each level of imports would cost a journey to the server. A module becomes a
function that returns what it exports. Files of workers stay as they are, and so does what they import.

Only the forms of import and export that the page uses are understood; any other is refused, so that nothing is
shipped that differs from its source.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from posixpath import dirname, join, normpath, relpath

MAIN = "js/main.js"
_PRELOAD = re.compile(r' *<link rel="modulepreload" href="/([^"]+)">\n')
_IMPORT = re.compile(r'^import (?:(?:\{([^}]*)\}|\* as ([\w$]+)) from )?"(\.[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async function|function|const|class) ([\w$]+))", re.MULTILINE)
_LATER = re.compile(r'/\*.*?\*/|\bimport\("(\.[^"]+)"\)', re.DOTALL)  # comments name modules too, for types
_AWAIT = re.compile(r"^await ", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b(?!\().*", re.MULTILINE)


def pack(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The site's files, packed. Raises ``ValueError`` for a module that it does not understand."""
    page = files["index.html"].decode()
    return {
        **{name: data for name, data in files.items() if not name.endswith(".js")},
        "index.html": _PRELOAD.sub("", page).encode(),
        **{name: text.encode() for name, text in _Modules(files, {*_PRELOAD.findall(page), MAIN}).packed()},
    }


class _Modules:
    """``first``: those of the first page."""

    def __init__(self, files: Mapping[str, bytes], first: set[str]) -> None:
        if missing := first - files.keys():
            raise ValueError(f"index.html names {', '.join(sorted(missing))}, which is not there")
        self.sources = {name: data.decode() for name, data in files.items() if name.endswith(".js")}
        later = {one for name in self.sources for one in self._later(name)} - first
        imported = {one for name in self.sources for one in self._imports(name)}
        if missing := (imported | later) - self.sources.keys():
            raise ValueError(f"modules import {', '.join(sorted(missing))}, which is not there")
        self.alone = self._with_needed(self.sources.keys() - imported - later - first)
        if shared := self.alone & first:
            raise ValueError(f"a worker would load the page with {', '.join(sorted(shared))}")
        self.order: list[str] = []
        for name in (*sorted(first - {MAIN}), MAIN):
            self._put_in_order(name, first, ())
        users: dict[str, set[str]] = {name: {MAIN} for name in first}
        for entry in sorted(later):
            self._put_in_order(entry, self.sources, ())
            for name in self._with_needed({entry}) - first:
                users.setdefault(name, set()).add(entry)
        chunks: defaultdict[frozenset[str], list[str]] = defaultdict(list)
        for name in self.order:
            if name not in self.alone:
                chunks[frozenset(users[name])].append(name)
        self.chunks = {modules[-1]: modules for modules in chunks.values()}
        self.chunk_of = {name: chunk for chunk, modules in self.chunks.items() for name in modules}

    def packed(self) -> Iterable[tuple[str, str]]:
        """(Name, text) of each file."""
        for name in sorted(self.alone):
            self._check(name, _EXPORT.sub("", _IMPORT.sub("", self.sources[name])))
            yield name, self.sources[name]
        for chunk, modules in self.chunks.items():
            needed: defaultdict[str, set[str]] = defaultdict(set)
            for name in modules:
                for one in self._imports(name):
                    needed[self._file_of(one)].add(one)
            heads = [self._head(chunk, other, sorted(needed[other])) for other in needed if other != chunk]
            yield chunk, "".join([*heads, *(self._as_function(name, chunk) for name in modules)])

    def _head(self, chunk: str, other: str, names: Iterable[str]) -> str:
        what = f"* as {_own(other)}" if other in self.alone else f"{{ {', '.join(map(_own, names))} }}"
        return f'import {what} from "{_from(chunk, other)}";\n'

    def _file_of(self, name: str) -> str:
        return self.chunk_of.get(name, name)

    def _imports(self, name: str) -> list[str]:
        return [_path(name, target) for _, _, target in _IMPORT.findall(self.sources[name])]

    def _later(self, name: str) -> list[str]:
        return [_path(name, target) for target in _LATER.findall(self.sources[name]) if target]

    def _with_needed(self, names: Iterable[str]) -> set[str]:
        """Those, and all that they import."""
        found = set(names)
        left = [*found]
        while left:
            more = [one for one in self._imports(left.pop()) if one not in found]
            found.update(more)
            left += more
        return found

    def _put_in_order(self, name: str, known: Iterable[str], above: tuple[str, ...]) -> None:
        """After all that it imports; everything is to be ``known``."""
        if name in above:
            raise ValueError(f"modules import each other: {' → '.join((*above, name))}")
        if name not in known:
            raise ValueError(f"index.html does not preload {name}, which {above[-1]} imports")
        if name not in self.order:
            for one in self._imports(name):
                self._put_in_order(one, known, (*above, name))
            self.order.append(name)

    def _as_function(self, name: str, chunk: str) -> str:
        def taken(found: re.Match[str]) -> str:
            own = _own(_path(name, found[3]))
            if found[2]:
                return f"const {found[2]} = {own};\n"
            pairs = [f"{there}: {here}" if there != here else here for there, here in _names(found[1] or "")]
            return f"const {{ {', '.join(pairs)} }} = {own};\n" if pairs else ""

        def fetched(found: re.Match[str]) -> str:
            return self._fetched(_path(name, found[1]), name, chunk) if found[1] else found[0]

        exported = _EXPORT.findall(self.sources[name])
        body = _LATER.sub(fetched, _EXPORT.sub("", _IMPORT.sub(taken, self.sources[name])))
        if "import.meta" in body and dirname(name) != dirname(chunk):
            raise ValueError(f"{name}: import.meta would mean {chunk}")
        self._check(name, body)
        made = f"{{\n{body}return {{ {', '.join(exported)} }};\n}}"
        whole = f"await (async () => {made})()" if _AWAIT.search(body) else f"(() => {made})()"
        return f"export const {_own(name)} = {whole};\n"

    @staticmethod
    def _check(name: str, body: str) -> None:
        """That nothing is left of imports and exports."""
        if other := _OTHER.search(body):
            raise ValueError(f"{name}: infra/chunks.py does not understand “{other[0]}”")

    def _fetched(self, target: str, name: str, chunk: str) -> str:
        """The promise of a module that comes later, with all that it needs under way at once."""
        if target not in self.chunk_of:  # a worker's
            return f'import("{_from(chunk, target)}")'
        there = self.chunk_of[target]
        if there == chunk:
            return f"Promise.resolve({_own(target)})"
        if there == MAIN:
            raise ValueError(f"{name} loads {target} later, but the first page has it: import it")
        files = set(map(self._file_of, self._with_needed({target}))) - {MAIN, chunk, there}
        parts = [f'import("{_from(chunk, one)}")' for one in (*sorted(files), there)]
        if len(parts) == 1:
            return f"{parts[0]}.then((file) => file.{_own(target)})"
        return f"Promise.all([{', '.join(parts)}]).then((files) => files.pop().{_own(target)})"


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
