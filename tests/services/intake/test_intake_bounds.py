"""No file in the inbox takes more time or memory than its function has, whatever its content."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from tests.readers.contest_files import UNIT_HEADER, zipped
from tests.services.intake.inbox import LATER, Desk

# The function has 300 s and 1024 MB. The test counts CPU time, so a busy machine does not matter.
SECONDS, MEMORY = 15, 1024 * 1024 * 1024
KB = 1_000
XML = (
    "<quiz><question type='multichoice'><questiontext format='html'><text><![CDATA[{}]]></text></questiontext>"
    "<answer fraction='100'><text>a</text></answer><answer><text>b</text></answer></question></quiz>"
)


def repeated(text: str, size: int) -> bytes:
    return (text * (size // len(text))).encode()


def files() -> Iterator[tuple[str, str, bytes]]:
    """Files large enough to show costs that grow faster than the file."""
    for signs in ("[", "{a=", "a.", "[[prizes]]\n", "[a]\nb=1\n"):
        start = b"a=" if signs in {"[", "{a="} else b""
        yield signs, "contest.toml", start + repeated(signs, 15 * KB)
    yield "tables", "contest.toml", b"".join(b"[a%d]\n" % number for number in range(1_800))
    for signs in ("[", "![", "a**b", "[](", "1. a\n", ">"):
        yield signs, "guide.md", repeated(signs, 100 * KB)
    for html in ("<", "<!--", "<a ", "</a", "<![a", "<a b='", "<b>", "<sup>", "&"):
        yield html, "questions.xml", XML.format(repeated(html, 300 * KB).decode()).encode()
        yield html, "questions.gift", b"[html]" + repeated(html, 300 * KB) + b"{=a~b}"
    for signs in ("{", "~a", "\\", "::", "a{~\n\n", "// status: approved\n"):
        yield signs, "questions.gift", repeated(signs, 300 * KB)
    for signs in ("A. a\n", "ANSWER: A\n", "a\n"):
        yield signs, "questions.txt", repeated(signs, 300 * KB)
    for cells in (",", "\n", '"a', "x,,,,,\n"):
        yield cells, "units.csv", UNIT_HEADER.encode() + repeated(cells, 300 * KB)
    yield "zip bomb", "contest.zip", zipped({"questions.csv": bytes(60_000 * KB)})
    yield "many files", "contest.zip", zipped({f"x{number}.csv": b"" for number in range(2_000)})


@pytest.mark.slow
def test_no_file_takes_more_time_or_memory_than_the_function_has() -> None:
    done = subprocess.run(  # noqa: S603  this Python alone
        [sys.executable, "-m", __name__], capture_output=True, text=True, check=False, timeout=500
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    took = {name: seconds for name, seconds in json.loads(done.stdout).items() if seconds > SECONDS}
    assert took == {}


def main() -> dict[str, float]:
    """CPU seconds for each file. A file that needs more memory than the function has makes this fail."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    markdown, took = MarkdownIt("commonmark", {"html": False}), {}
    for name, file, data in files():
        desk = Desk()
        desk.put()
        desk.intake = replace(desk.intake, to_html=lambda text: str(markdown.render(text)))
        began = time.process_time()
        desk.send(file, data, LATER)
        took[f"{file} {name}"] = round(time.process_time() - began, 2)
    return took


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
