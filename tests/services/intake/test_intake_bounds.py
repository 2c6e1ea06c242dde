"""No file in the inbox takes more time or memory than its function has, whatever its content."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from chalicelib.readers.contest_files import PERSONAL_FILES
from tests.readers.contest_files import zipped
from tests.readers.hostile import hostile
from tests.services.intake.inbox import LATER, Desk

# The function has 300 s and 1024 MB. The test counts CPU time, so a busy machine does not matter.
SECONDS, MEMORY = 15, 1024 * 1024 * 1024
KB = 1_000


def files() -> Iterator[tuple[str, str, bytes]]:
    """Files large enough to show costs that grow faster than the file."""
    yield "tables", "contest.toml", b"".join(b"[a%d]\n" % number for number in range(1_800))
    yield "zip bomb", "contest.zip", zipped({"questions.csv": bytes(60_000 * KB)})
    for file, trick, make in hostile():
        if file == "units.xlsx" or not (file in PERSONAL_FILES or file.endswith(".xlsx")):  # the form of others
            yield trick, file, make(150 if file == "contest.toml" else 2_000)


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
    took = {}
    for name, file, data in files():
        desk = Desk()
        desk.put()
        began = time.process_time()
        desk.send(file, data, LATER)
        took[f"{file} {name}"] = round(time.process_time() - began, 2)
    return took


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main()))
