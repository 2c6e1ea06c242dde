"""`make fuzz`: 20,000 requests to the deployed package, and their outcome."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from infra.openapi import DOCUMENT
from infra.progress import Progress, follow, say_aside
from tests.fuzz.api import Report, counted, fuzz
from tests.fuzz.stack import UNITS, fuzzed_contest
from tests.stack import running

PROCESSES = 3  # schemathesis computes for about as long as the stack takes to answer


def main() -> int:
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=1_200, help="stop after so long, with fewer requests")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    document, total = json.loads(DOCUMENT.read_text(encoding="utf-8")), Report()
    with tempfile.TemporaryDirectory() as folder:
        contest = fuzzed_contest(Path(folder) / "contest")
        say_aside("Starting a stack of its own, which takes 5 to 20 s.")
        with running(contest, Path(folder) / "state") as stack:
            print(f"The deployed package runs at {stack.site_url}; {PROCESSES} processes send requests to it.")
            began = time.monotonic()
            share = -(-chosen.requests // PROCESSES)
            context = get_context("spawn")
            counter: Any = context.Value("q", 0)
            seeds = range(chosen.seed, chosen.seed + PROCESSES)
            with ProcessPoolExecutor(PROCESSES, context, counted, (counter,)) as pool:
                sent = [
                    pool.submit(
                        fuzz, document, stack.site_url, UNITS, seed, wanted=share, seconds=chosen.seconds
                    )
                    for seed in seeds
                ]
                follow(Progress("Requests", chosen.requests), sent, lambda: int(counter.value))
                for report in sent:
                    total.add(report.result())
            took = time.monotonic() - began
    tell(total, took)
    pushed_back = any(status >= 500 for status in total.statuses)
    return 1 if total.found or pushed_back or total.requests < chosen.requests else 0


def tell(report: Report, took: float) -> None:
    classes = Counter(status // 100 for status in report.statuses.elements())
    for answer, count in sorted(report.answers.items()):
        print(f"{count:8,}  {answer}")
    for kind, count in report.found.most_common():
        print(f"\n{count:8,}  {kind}\n{report.findings[kind]}")
    print(f"\nrequests       {report.requests:8,}  in {took:.0f} s")
    for phase, count in report.phases.most_common():
        print(f"  {phase:<12} {count:8,}")
    print("answers        " + ", ".join(f"{kind}xx {count:,}" for kind, count in sorted(classes.items())))
    print(f"5xx            {classes[5]:8,}")
    print(f"findings       {report.found.total():8,}  undocumented answers and what the checks found besides")


if __name__ == "__main__":
    sys.exit(main())
