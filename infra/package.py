"""Builds the Lambda packages and their CloudFormation template for one stage.

    python -m infra.package --stage dev

`chalice package` makes template and code, infra/layer.py the dependencies; both go into deployment.zip, what
the API needs of them (infra/parts.py) into api.zip as well. The same inputs give the same zips, byte for byte,
and nothing is done if they did not change. Stages in the cloud get wheels of Lambda's Python whatever Python
packs them, and its bytecode, which starts faster, where one is.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from infra.archive import breakdown, compile_tree, files_of, write_zip
from infra.layer import build as build_layer
from infra.parts import of_api
from infra.progress import say_aside, waiting
from infra.runtime import Runtime, of_stage
from infra.template import API_CODE, CODE, for_stage, load

PROJECT = Path(__file__).resolve().parent.parent
BUILD = PROJECT / ".local" / "build"
STAGES = ("local", "dev", "prod")
API_LIMIT = 4_300_000  # bytes zipped, arm64: an unpacked package is read at every cold start
# All of our modules, whoever imports them when.
_ALONE = """
import sys; sys.path.insert(0, sys.argv[1])
import importlib, io, pkgutil
import app, chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    importlib.import_module(module.name)
"""
# Likewise S3's client and the readers of tables.
_MORE = """
import boto3, markdown_it, xlsxwriter
from chalicelib.readers.headings import Headings
from chalicelib.readers.spreadsheets import xlsx_records
boto3.client("s3")
markdown_it.MarkdownIt("commonmark").render("# x")
file = io.BytesIO()
with xlsxwriter.Workbook(file) as book:
    book.add_worksheet("x").write_string("A1", "x")
assert [row.cells for row in xlsx_records("x.xlsx", file.getvalue(), Headings(["x"]), [], [])] == [["x"]]
"""


@dataclass(frozen=True)
class Package:
    """The built packages; ``code_version`` is the digest that results and /health name.

    ``archive`` has everything, ``api`` what the API needs.
    """

    archive: Path
    api: Path
    template: Path
    code_version: str

    @property
    def archives(self) -> dict[str, Path]:
        """By the name that the template has for it."""
        return {CODE: self.archive, API_CODE: self.api}


def build(stage: str, project: Path = PROJECT, out: Path | None = None) -> Package:
    """Builds the package of ``stage`` unless an up-to-date one is there, or being made by another process."""
    out = (out or BUILD / stage).resolve()  # `chalice package` runs in another folder
    out.mkdir(parents=True, exist_ok=True)
    with (out / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _build(stage, project, out)


def _build(stage: str, project: Path, out: Path) -> Package:
    inputs = _inputs(project)
    runtime = of_stage(stage)
    compiled = f"{runtime.name} {bool(runtime.interpreter)}"  # an interpreter has several paths
    stamp = sha256(
        f"{stage} {compiled} {sys.version} {platform.machine()} {_digest(inputs)}".encode()
    ).hexdigest()
    note = out / "package.json"
    if note.is_file() and json.loads(note.read_text())["stamp"] == stamp:
        return _read(out)
    code = {name: data for name, data in inputs.items() if not name.startswith((".chalice/", "infra/"))}
    note.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as work:
        architecture = _stage_project(project, Path(work, "project"), stage)
        _step(stage, 1, "template and code, by `chalice package`")
        _chalice_package(Path(work, "project"), stage, Path(work, "packed"))
        _assemble(Path(work, "packed"), Path(work, "code"), runtime)
        _step(stage, 2, f"dependencies for {architecture}, {runtime.name}; downloads the missing ones")
        with waiting("Downloading and trimming the dependencies", usually=15):
            layer = build_layer(project / "requirements.txt", architecture, BUILD / "layers", runtime)
        _step(stage, 3, "a zip of both, and one for the API")
        files = files_of(layer) | files_of(Path(work, "code"))
        write_zip(out / CODE, files)
        write_zip(out / API_CODE, of_api(files, project))
        version = _digest(code | {"runtime": runtime.name.encode()})
        template = for_stage(load(next(Path(work, "packed").glob("sam.*"))), stage, version, runtime.name)
        (out / "template.json").write_text(json.dumps(template, ensure_ascii=False, indent=1, sort_keys=True))
    _step(stage, 4, "does it import with nothing around it?")
    _check_alone(out / CODE, _ALONE + _MORE, architecture, runtime)
    _check_alone(out / API_CODE, _ALONE, architecture, runtime)
    package = Package(out / CODE, out / API_CODE, out / "template.json", version)
    note.write_text(json.dumps({"stamp": stamp, **asdict(package)}, default=lambda path: path.name, indent=1))
    return package


def _step(stage: str, number: int, what: str) -> None:
    say_aside(f"Packaging for {stage}, step {number} of 4: {what}")


def _read(out: Path) -> Package:
    note = json.loads((out / "package.json").read_text())
    return Package(out / note["archive"], out / note["api"], out / note["template"], note["code_version"])


def _inputs(project: Path) -> dict[str, bytes]:
    """All files that the package is made of, by name."""
    names = ["app.py", "requirements.txt", "infra/template.yaml", "infra/platform.toml"]
    parts = ("archive", "dashboard", "elf", "expected", "layer", "package", "parts", "runtime", "template")
    names += [f"infra/{name}.py" for name in parts]
    paths = [project / name for name in names]
    paths += sorted((project / ".chalice").glob("*.json"))
    paths += [path for path in sorted((project / "chalicelib").rglob("*")) if _belongs(path)]
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in paths if path.is_file()}


def _belongs(path: Path) -> bool:
    return "__pycache__" not in path.parts and not any(part.startswith(".") for part in path.parts[-3:])


def _digest(files: dict[str, bytes]) -> str:
    lines = [f"{name} {sha256(data).hexdigest()}\n" for name, data in sorted(files.items())]
    return sha256("".join(lines).encode()).hexdigest()


def _stage_project(project: Path, target: Path, stage: str) -> str:
    """Makes a copy for `chalice package`, without dependencies; returns the stage's architecture."""
    for name, data in _inputs(project).items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"" if name == "requirements.txt" else data)
    settings = target / ".chalice" / "config.json"
    config: dict[str, Any] = json.loads(settings.read_text())
    if stage == "local":  # Lambdas run on this machine's own Python
        arm = platform.machine() in {"aarch64", "arm64"}
        config["stages"][stage]["lambda_architecture"] = "arm64" if arm else "x86_64"
        settings.write_text(json.dumps(config))
    return str(config["stages"][stage]["lambda_architecture"])


def _chalice_package(project: Path, stage: str, out: Path) -> None:
    command = [sys.executable, "-c", "from chalice.cli import main; raise SystemExit(main())", "package"]
    command += ["--stage", stage, "--merge-template", "infra/template.yaml", str(out)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    environment.setdefault("AWS_DEFAULT_REGION", "ap-southeast-1")
    done = subprocess.run(command, cwd=project, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"`chalice package` failed:\n{done.stdout}{done.stderr}".strip())


def _assemble(packed: Path, code: Path, runtime: Runtime) -> None:
    with zipfile.ZipFile(packed / "deployment.zip") as archive:
        archive.extractall(code)
    if runtime.interpreter:
        compile_tree(code, runtime.interpreter, sources=False)
    else:
        say_aside(
            f"There is no {runtime.name} here, so the package has sources instead of bytecode: it works, and a "
            f"cold start takes longer. With {runtime.name} in the path it is compiled."
        )


def _check_alone(archive: Path, script: str, architecture: str, runtime: Runtime) -> None:
    """Imports everything from the package alone: nothing that it lacks may be found on this machine."""
    arm = platform.machine() in {"aarch64", "arm64"}
    if arm != (architecture == "arm64") or not runtime.interpreter:
        return
    with tempfile.TemporaryDirectory(dir=archive.parent) as work:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(work)
        command = [runtime.interpreter, "-I", "-S", "-c", script, work]
        environment = {"AWS_DEFAULT_REGION": "ap-southeast-1", "PATH": os.defpath}
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{archive.name} does not work on its own:\n{done.stderr.strip()}")


def main() -> None:
    """Builds the package and prints its size and parts."""
    parser = argparse.ArgumentParser(prog="python -m infra.package", description=__doc__.split("\n")[0])
    parser.add_argument("--stage", choices=STAGES, required=True)
    parser.add_argument("--out", type=Path, help="folder for both zips and template.json")
    parser.add_argument("--fresh", action="store_true", help="build even if nothing changed")
    options = parser.parse_args()
    out = options.out or BUILD / options.stage
    if options.fresh and (out / "package.json").exists():
        (out / "package.json").unlink()
        shutil.rmtree(BUILD / "layers", ignore_errors=True)
    package = build(options.stage, out=out)
    for archive in package.archives.values():
        print(archive)
        print(f"{archive.stat().st_size / 1e6:.2f} MB zipped, code {package.code_version[:12]}")
        for name, compressed in breakdown(archive):
            print(f"  {compressed / 1e3:8.0f} kB  {name}")
    print(package.template)


if __name__ == "__main__":
    main()
