"""The cloud gets one long-lived Python whatever packs it; the local package differs in what is compiled."""

from __future__ import annotations

import json
import re
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from infra import package as packaging
from infra import runtime
from infra.package import PROJECT, build
from infra.template import API_CODE, CODE

HERE = f"python{sys.version_info.major}.{sys.version_info.minor}"
COMPILED = re.compile(r"\.pyc?$")
NATIVE = re.compile(r"\.(cpython-\d+-[\w-]+|abi3)\.so$|\.so(\.[\d.]+)?$")


def content(stage: str, archive: str) -> tuple[set[str], set[str], dict[str, bytes]]:
    """Modules and native libraries by name without what depends on the Python, and everything else by name."""
    modules, native, other = set(), set(), {}
    with zipfile.ZipFile(build(stage).archives[archive]) as packed:
        for name in packed.namelist():
            if COMPILED.search(name):
                modules.add(COMPILED.sub("", name))
            elif NATIVE.search(name):
                native.add(NATIVE.sub("", name))
            else:
                other[name] = packed.read(name)
    return modules, native, other


@pytest.mark.parametrize("archive", [CODE, API_CODE])
def test_the_local_package_differs_from_the_clouds_in_wheels_and_bytecode_alone(archive: str) -> None:
    local, cloud = content("local", archive), content("prod", archive)
    assert local[0] == cloud[0]
    assert local[2] == cloud[2]
    bundled = {name for name in local[1] ^ cloud[1] if ".libs/" not in name}  # named after what they hold
    assert bundled == set()
    assert {"app", "chalicelib/wiring/api"} <= local[0]


@pytest.mark.parametrize(("stage", "name"), [("local", HERE), ("dev", "python3.13"), ("prod", "python3.13")])
def test_every_function_has_the_stages_runtime(stage: str, name: str) -> None:
    template = json.loads(build(stage).template.read_text(encoding="utf-8"))
    functions = [one for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::Function"]
    assert {one["Properties"]["Runtime"] for one in functions} == {name}


def test_sources_in_the_package_are_those_of_the_repository() -> None:
    with zipfile.ZipFile(build("prod").archive) as packed:
        for name in packed.namelist():
            if name.startswith("chalicelib/") and name.endswith(".py"):
                assert packed.read(name) == (PROJECT / name).read_bytes(), name


def test_the_digest_of_the_code_covers_the_runtime(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = build("dev").code_version
    assert before == build("prod").code_version
    monkeypatch.setattr(runtime, "CLOUD", "3.12")
    monkeypatch.setattr(runtime, "_found", lambda _: "")
    assert build("dev", out=tmp_path).code_version != before


@pytest.mark.parametrize(("says", "at_hand"), [("3.13", True), ("3.12", False), ("command not found", False)])
def test_only_an_interpreter_that_runs_is_at_hand(
    says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, at_hand: bool
) -> None:
    shim = tmp_path / "python3.13"
    shim.write_text(f"#!/bin/sh\necho {says}\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert runtime._found("3.13") == (str(shim) if at_hand else "")
    monkeypatch.setenv("PATH", str(tmp_path / "none"))
    assert runtime._found("3.13") == ""


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (build("dev", out=tmp_path / name).archives.values() for name in ("a", "b"))
    digests = [[sha256(archive.read_bytes()).digest() for archive in both] for both in (first, second)]
    assert digests[0] == digests[1]


def test_another_path_to_the_same_python_makes_no_new_package(monkeypatch: pytest.MonkeyPatch) -> None:
    made = build("local").archive.stat().st_mtime_ns
    monkeypatch.setattr(sys, "executable", f"{sys.executable}-by-another-name")
    assert build("local").archive.stat().st_mtime_ns == made


def test_of_two_who_need_a_package_at_once_one_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[str] = []

    def make(stage: str, project: Path, out: Path) -> None:
        under_way.append(stage)
        time.sleep(0.05)  # time for the other one to come in between, if it can
        assert under_way.pop() == stage
        assert not under_way

    monkeypatch.setattr(packaging, "_build", make)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda stage: build(stage, out=tmp_path), ["local", "dev", "local", "dev"]))
