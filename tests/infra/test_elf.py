"""Stripped libraries are smaller, and the loader accepts them as before."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nacl

from infra import elf

NACL = Path(nacl.__file__).parent


def test_a_stripped_library_is_much_smaller_and_works(tmp_path: Path) -> None:
    shutil.copytree(NACL, tmp_path / "nacl")
    (library,) = (tmp_path / "nacl").glob("_sodium*.so")
    before = library.stat().st_size
    elf.strip(library)
    assert library.stat().st_size < before / 2
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import nacl; assert nacl.__file__.startswith(sys.argv[1])\n"
        "from nacl.pwhash import argon2id; assert argon2id.verify(argon2id.str(b'x'), b'x')\n"
        "from nacl.signing import SigningKey; key = SigningKey.generate()\n"
        "key.verify_key.verify(key.sign(b'message'))\n"
    )
    done = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-c", code, str(tmp_path)], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_stripping_a_second_time_changes_nothing(tmp_path: Path) -> None:
    library = Path(shutil.copy(next(NACL.glob("_sodium*.so")), tmp_path))
    elf.strip(library)
    once = library.read_bytes()
    elf.strip(library)
    assert library.read_bytes() == once


def test_a_file_that_is_not_a_library_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "x.so"
    for content in (b"", b"INPUT(libx.so.1)", b"\x7fELF\x01\x01 of 32 bits"):
        file.write_bytes(content)
        elf.strip(file)
        assert file.read_bytes() == content
