"""What the API loads when an environment starts: each module costs everybody who waits in the rush."""

from __future__ import annotations

import subprocess
import sys

# What other functions are for.
OTHERS = (
    "boto3",
    "botocore",
    "http.",
    "pynamodb",
    "ssl",
    "urllib3",
    "chalicelib.domain.closeout",
    "chalicelib.domain.ranking",
    "chalicelib.domain.statistics",
    "chalicelib.domain.unit_score",
    "chalicelib.readers",
    "chalicelib.reports",
    "chalicelib.services.closing",
    "chalicelib.services.intake",
    "chalicelib.services.log",
    "chalicelib.services.publishing",
)


def test_the_api_loads_nothing_of_what_other_functions_do() -> None:
    code = "import sys, chalicelib.wiring.api; print(*sys.modules)"
    loaded = subprocess.run(  # noqa: S603  our own module
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert "chalicelib.services.exam.exam" in loaded
    assert [name for name in loaded if name.startswith(OTHERS)] == []
