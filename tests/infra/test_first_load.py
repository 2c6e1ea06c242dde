"""The modules of the first page in one file mean what their sources mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.first_load import MAIN, pack
from infra.site import SITE, release
from tests.node import node

PRELOADS = """<head>
    <link rel="modulepreload" href="/js/a.js">
    <link rel="modulepreload" href="/js/part/b.js">
    <script type="module" src="/js/main.js"></script>
</head>
"""
# Names that two modules have, and that are packed modules' own; a class, a function that is hoisted, a counter.
MODULES = {
    "js/a.js": """let count = 0;
const LIMIT = 3;
export function next() {
  return (count += step);
}
const step = 1;
export const first = 1;
""",
    "js/part/b.js": """import { next as more, first } from "../a.js";

const LIMIT = 4;
export class Box {
  get() {
    return `${more()} of ${LIMIT} from ${first}`;
  }
}
export async function later() {
  const { own } = await import("../late/d.js");
  return new Box().get() + own;
}
""",
    MAIN: """import "./a.js";
import {
  next,
} from "./a.js";

console.log(next());
import("./part/b.js").then(async ({ later }) => {
  console.log(await later());
  const late = await import("./late/c.js");
  console.log(late.told());
});
""",
    "js/late/c.js": """import "../a.js";
import { next } from "../a.js";
import { Box } from "../part/b.js";
import { own } from "./d.js";

export const told = () => [next(), new Box().get(), own].join();
""",
    "js/late/d.js": "export const own = 'own';\n",
}


def written(files: dict[str, bytes], folder: Path) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / "package.json").write_text('{"type": "module"}')
    return folder


def site(**changed: str) -> dict[str, bytes]:
    files = {"index.html": PRELOADS, **MODULES, **{f"js/{name}.js": text for name, text in changed.items()}}
    return {name: text.encode() for name, text in files.items()}


def test_packed_modules_do_what_their_sources_do(tmp_path: Path) -> None:
    packed = pack(site())
    assert set(packed) == {"index.html", MAIN, "js/late/c.js", "js/late/d.js"}
    assert b"modulepreload" not in packed["index.html"]
    told = node(str(written(packed, tmp_path / "packed") / MAIN))
    assert told == node(str(written(site(), tmp_path / "sources") / MAIN))
    assert told.split("\n")[:-1] == ["1", "2 of 4 from 1own", "3,4 of 4 from 1,own"]


def test_a_preloaded_module_has_to_be_there() -> None:
    with pytest.raises(ValueError, match=r"names js/a\.js"):
        pack({name: data for name, data in site().items() if name != "js/a.js"})


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"a": "export let x = 1;\n"}, "does not understand “export let"),
        ({"a": "export default 1;\n"}, "does not understand “export default"),
        ({"a": 'import x from "./b.js";\n'}, "does not understand “import x"),
        ({"a": 'export { x } from "./late/d.js";\n'}, "does not understand “export {"),
        ({"a": 'import { own } from "./late/d.js";\n'}, "does not preload js/late/d.js"),
        ({"a": 'import { Box } from "./part/b.js";\n'}, "import each other"),
        ({"part/b": 'export const at = import.meta.url;\nimport "../a.js";\n'}, "import.meta"),
        ({"late/d": 'export const own = import("../a.js");\n'}, "loads ../a.js later"),
    ],
)
def test_a_module_that_would_mean_something_else_is_refused(changed: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        pack(site(**changed))


def test_a_release_has_the_first_page_in_one_module() -> None:
    made = release(SITE)
    folder = f"r/{made.digest}/"
    page = made.root["index.html"].decode()
    assert page.count("<script") == 2
    assert "modulepreload" not in page
    assert f"{folder}js/main.js" in made.parts
    assert f"{folder}js/dom.js" not in made.parts
    assert f"{folder}js/screens/home.js" not in made.parts
