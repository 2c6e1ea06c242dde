"""Builds the dependencies of requirements.txt for the Lambda package: trimmed, compiled, cached.

`chalice package` would download and pack 20 MB of them each time the app changes. Here pip installs them once
for each requirements.txt, architecture and runtime, and only the parts that run in Lambda are kept.
"""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

from infra import archive, elf
from infra.runtime import Runtime

ARCHITECTURES = {"x86_64": "x86_64", "arm64": "aarch64"}

# botocore describes every AWS service, 27 MB; only these are called.
SERVICES = ("dynamodb/2012-08-10", "s3", "secretsmanager")
_BOTOCORE_FILES = ("endpoints.json", "partitions.json", "sdk-default-configuration.json", "_retry.json")

_DROPPED_DIRECTORIES = {"tests", "examples", "docs", "__pycache__", "include", "bin"}
_DROPPED_SUFFIXES = {".pyi", ".h", ".c", ".pyx", ".pxd", ".typed", ".dist-info"}
_DROPPED = (
    "annotated_types/test_cases.py",
    "boto3/data",  # boto3.resource(); only clients are used
    "boto3/dynamodb",  # likewise
    "botocore/stub.py",
    "cffi",  # the compiler; pynacl's compiled part needs _cffi_backend alone
    "chalice",  # its run-time part comes with `chalice package`
    "dateutil/easter.py",
    "dateutil/rrule.py",  # recurring dates of calendars; botocore only reads dates
    "dateutil/tz/win.py",
    "dateutil/zoneinfo",  # a second copy of tzdata
    "markdown_it/cli",
    "markdown_it/tree.py",
    "pydantic/color.py",
    "pydantic/experimental/pipeline.py",
    "pydantic/mypy.py",
    "pydantic/v1",  # the old interface, imported by nothing here
    "s3transfer/crt.py",  # other engines for large files; ours are small
    "s3transfer/processpool.py",
    "urllib3/contrib/emscripten",
    "urllib3/contrib/socks.py",
    "urllib3/contrib/pyopenssl.py",  # botocore looks for it and does without
)
# pydantic looks for plugins in the metadata of packages, by parsers of mail: a twentieth of a cold start. There
# is no metadata in the package, so it would find none.
_NO_PLUGINS = """def get_plugins():
    return ()
"""
# Named like documentation, imported by the code.
_KEPT = ("boto3/docs", "botocore/docs")


def build(requirements: Path, architecture: str, cache: Path, runtime: Runtime) -> Path:
    """Returns the folder with the dependencies, rebuilt only if one of its inputs changed.

    Without an interpreter of the ``runtime`` they stay sources.
    """
    sources = b"".join(Path(str(file)).read_bytes() for file in (__file__, archive.__file__, elf.__file__))
    recipe = sources + f"{architecture} {runtime}".encode()
    folder = cache / sha256(recipe + requirements.read_bytes()).hexdigest()[:16]
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            _install(requirements, architecture, Path(work, "new"), runtime)
            trim(Path(work, "new"))
            # Without sources: they are a third of the package and useless in Lambda, whose Python is this one.
            if runtime.interpreter:
                archive.compile_tree(Path(work, "new"), runtime.interpreter, sources=False)
            try:
                Path(work, "new").rename(folder)
            except OSError:
                if not folder.is_dir():  # else another process has just built the same
                    raise
    return folder


def _install(requirements: Path, architecture: str, target: Path, runtime: Runtime) -> None:
    machine = ARCHITECTURES[architecture]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(runtime.glibc, 16, -1)]
    tags.append(f"manylinux2014_{machine}")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-compile",
        "--only-binary=:all:",
    ]
    command += [
        "--implementation",
        "cp",
        "--python-version",
        runtime.version,
    ]
    for tag in tags:
        command += ["--platform", tag]
    command += ["--target", str(target), "--requirement", str(requirements)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"The dependencies cannot be downloaded for {architecture}:\n{done.stderr.strip()}")


def trim(root: Path) -> None:
    """Removes everything that never runs in Lambda. Package metadata goes too: nothing reads it at run time."""
    for path in sorted(root.rglob("*"), reverse=True):
        inside = path.relative_to(root).as_posix()
        if inside in _KEPT or not path.exists():
            continue
        if inside in _DROPPED or path.name in _DROPPED_DIRECTORIES or path.suffix in _DROPPED_SUFFIXES:
            _remove(path)
    for path in list(_unused_services(root / "botocore" / "data")):
        _remove(path)
    for path in sorted(root.glob("botocore/data/**/service-2.json.gz")):
        model = json.loads(gzip.decompress(path.read_bytes()))
        text = json.dumps(_without_documentation(model), separators=(",", ":"))
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    for path in root.glob("pydantic/plugin/_loader.py"):
        path.write_text(_NO_PLUGINS, encoding="utf-8")
    for path in root.rglob("*.so*"):
        elf.strip(path)


def _without_documentation(model: Any) -> Any:
    """A description of a service with its manual, two thirds of it, emptied; botocore needs the keys."""
    if isinstance(model, list):
        return [_without_documentation(item) for item in model]
    if not isinstance(model, dict):
        return model
    emptied = {"documentation": ""} if isinstance(model.get("documentation"), str) else {}
    return {key: _without_documentation(value) for key, value in model.items()} | emptied


def _unused_services(data: Path) -> Iterator[Path]:
    kept = {(data / name) for name in (*SERVICES, *_BOTOCORE_FILES)}
    for entry in data.iterdir():
        if entry in kept:
            yield from entry.rglob("examples-1.json")
        elif not any(entry in path.parents for path in kept):
            yield entry
        else:
            yield from (version for version in entry.iterdir() if version not in kept)
            yield from (entry.rglob("examples-1.json"))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
