"""The modules of the first page in one file mean what their sources mean."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from infra.chunks import MAIN, pack
from infra.site import SITE, release
from tests.node import node
from tests.stack import ROOT

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
    return of({**MODULES, **{f"js/{name}.js": text for name, text in changed.items()}})


def of(modules: dict[str, str]) -> dict[str, bytes]:
    files = {"index.html": PRELOADS, **modules}
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


@pytest.mark.parametrize("gone", ["js/late/c.js", "js/late/d.js"])
def test_an_imported_module_has_to_be_there(gone: str) -> None:
    with pytest.raises(ValueError, match=f"modules import {gone}"):
        pack({name: data for name, data in site().items() if name != gone})


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
        ({"late/d": 'export const own = import("../a.js");\n'}, "loads js/a.js later"),
        ({"late/d": 'export const [own] = ["own"];\n'}, "does not understand “export const .own"),
        ({"late/d": 'import { told } from "./c.js";\nexport const own = told;\n'}, "import each other"),
        ({"worker": 'import { next } from "./a.js";\nnext();\n'}, "worker would load the page with js/a.js"),
        ({"worker": 'import next from "./a.js";\nnext();\n'}, "does not understand “import next"),
    ],
)
def test_a_module_that_would_mean_something_else_is_refused(changed: dict[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        pack(site(**changed))


def test_the_same_sources_make_the_same_files_in_the_same_order_everywhere() -> None:
    code = "from infra.site import release; print(release().digest)"
    run = partial(subprocess.run, [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    said = {run(env={"PYTHONHASHSEED": seed}).stdout for seed in "123"}
    assert len(said) == 1
    assert said != {b""}


def test_every_file_of_the_page_can_be_read_as_a_module(tmp_path: Path) -> None:
    """Node reads it: an ``await`` that no function around it allows, for example, would end the page."""
    files = {path.relative_to(SITE).as_posix(): path.read_bytes() for path in SITE.rglob("*") if path.is_file()}
    folder = written(pack(files), tmp_path)
    for path in folder.rglob("*.js"):
        node("--check", str(path))


def test_a_release_has_the_first_page_in_one_module() -> None:
    made = release(SITE)
    folder = f"r/{made.digest}/"
    page = made.root["index.html"].decode()
    assert page.count("<script") == 2
    assert "modulepreload" not in page
    assert f"{folder}js/main.js" in made.parts
    assert f"{folder}js/dom.js" not in made.parts
    assert f"{folder}js/screens/home.js" not in made.parts


# Two screens that share a module, one of which needs another first; a worker whose module a screen uses too.
SCREENS = {
    "js/a.js": MODULES["js/a.js"],
    "js/part/b.js": "export const b = 1;\n",
    MAIN: """import { next } from "./a.js";

import("./screens/x.js").then(async ({ told }) => {
  console.log(told(next()));
  console.log((await import("./screens/y.js")).told(next()));
});
""",
    "js/screens/x.js": """import { first } from "../a.js";
import { shared } from "../shared.js";
import * as proof from "../proof.js";
import { x } from "../only-x.js";

export const told = (n) => [n, first, shared(), proof.prove(), x].join();
""",
    "js/screens/y.js": """import { shared } from "../shared.js";

export const told = (n) => [n, shared()].join();
""",
    "js/shared.js": """let made = 0;
await null;
export const shared = () => (made += 1);
""",
    "js/only-x.js": 'console.log("x comes");\nexport const x = "x";\n',
    "js/proof.js": 'export const prove = () => "proved";\n',
    "js/worker.js": 'import { prove } from "./proof.js";\n\nconsole.log(prove());\n',
}


def test_screens_share_modules_and_a_worker_loads_none_of_the_page(tmp_path: Path) -> None:
    packed = pack(of(SCREENS))
    assert {name for name in packed if name.endswith(".js")} == {
        "js/main.js", "js/screens/x.js", "js/screens/y.js", "js/shared.js", "js/proof.js", "js/worker.js",
    }  # fmt: skip
    at_once = 'Promise.all([import("./proof.js"), import("./shared.js"), import("./screens/x.js")])'
    assert at_once.encode() in packed[MAIN]
    for name in (MAIN, "js/worker.js"):
        told = node(str(written(packed, tmp_path / "packed") / name))
        assert told == node(str(written(of(SCREENS), tmp_path / "sources") / name))
        assert told.splitlines() in (["x comes", "1,1,1,proved,x", "2,2"], ["proved"])
