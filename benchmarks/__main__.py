"""``make bench``: every figure against its floor in the same run, with the goal beside it.

Times are CPU of whole processes or of loops, medians of several alternating rounds; on a shared machine only
the ratio means something. What is measured goes into docs/figures.json and the documents (``figures.py``);
``ONLY=cold,exam`` measures what has such a word in its name, ``PEER=1`` the peer too.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import capacity, figures, fixtures, peer, stubs
from benchmarks.figures import PACKAGE, PEER, RECORD, Line
from chalicelib.services.contest.reference import Reference
from infra import package
from infra.progress import Progress, say_aside, span

ROOT = Path(__file__).resolve().parent.parent
STARTS = 11
SIZES = (4_000, 40_000, 400_000)
CLOSE_OUTS_TAKE = (10, 30, 150)  # seconds


class Code(NamedTuple):
    """The unpacked packages: what the API has, and what all other functions have."""

    api: Path
    jobs: Path


def isolated(code: Sequence[Path], script: str, *arguments: str) -> list[float]:
    """The numbers that a script prints when it runs on packed code alone, as in Lambda; first folder first."""
    path = os.pathsep.join(map(str, (*code, ROOT / "benchmarks")))
    command = [sys.executable, "-S", str(ROOT / "benchmarks" / script), *arguments]
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return [float(number) for number in done.stdout.split("\n")[-2].split()]


def writes(scratch: Path, reference: Reference) -> list[Line]:
    """Write and read units of the hot path, as the database reports them."""
    lines = []
    for name, (write, read) in capacity.measure(scratch, reference).items():
        value = f"{write:g} write, {read:g} read"
        lines.append(Line(f"units of {name}", value, "", "", "1 write, 0 read", (write, read) == (1, 0)))
    return lines


def size(built: package.Package) -> Line:
    api, all_ = built.api.stat().st_size / 1e6, built.archive.stat().st_size / 1e6
    return Line(PACKAGE, f"{api:.2f} MB", f"{all_:.2f} MB", "", "≤ 4.3 MB", api <= 4.3)


def compared(figure: str, goal: float | None, unit: str, floor: float, value: float) -> Line:
    ratio = value / floor
    told, reached = (f"≤ {goal}×", ratio <= goal) if goal else ("", True)
    return Line(figure, f"{value:.3g} {unit}", f"{floor:.3g} {unit}", f"{ratio:.2f}×", told, reached)


def cold_start(code: Code) -> tuple[float, float]:
    """CPU milliseconds from nothing to the first answer: a bare botocore handler's, then the API function's.

    The second is the median of the ratios of two that followed each other, on a machine with others' work.
    """
    bare, app = [], []
    rounds = Progress("cold starts", STARTS + 1)
    for _ in range(STARTS + 1):
        bare.append(isolated([code.jobs], "first_call.py", "bare")[0] * 1000)
        app.append(isolated([code.api], "first_call.py", "app")[0] * 1000)
        rounds.step()
    floor = statistics.median(bare[1:])
    return floor, floor * statistics.median(one / other for one, other in zip(app[1:], bare[1:], strict=True))


def exam_path(code: Code) -> list[Line]:
    """CPU of start, save and submission; the floor is a bare botocore update."""
    bare, *routes = isolated(code, "exam_cpu.py")
    goals = {"start, warm CPU": 0.8, "save, warm CPU": 0.45, "submission with receipt, warm CPU": 0.65}
    return [
        compared(name, goal, "ms", bare, took) for (name, goal), took in zip(goals.items(), routes, strict=True)
    ]


def account(code: Code) -> list[Line]:
    """CPU of sign-in and registration; the floor is one argon2id hash at OWASP's minimum."""
    hashed, *routes, unproved = isolated([code.api], "account_cpu.py")
    names = ("sign-in, warm CPU", "registration, warm CPU")
    lines = [compared(name, 1.15, "ms", hashed, took) for name, took in zip(names, routes, strict=True)]
    return [
        *lines,
        Line("registration that is asked for a proof of work", f"{unproved:.3g} ms", "", "", "", True),
    ]


def beside_a_peer(code: Code, reference: Reference) -> list[Line]:
    """CPU of a start and a submission; the floor is the peer's with PostgreSQL (``benchmarks/peer.py``)."""
    server, database, own = (statistics.median(times) for times in peer.measure([code.api], reference))
    of_both = compared(PEER, 0.55, "µs", server + database, own)
    return [of_both, compared("the same beside FastAPI alone", None, "µs", server, own)]


def memory(code: Code) -> Line:
    """Of a process that has imported the API and served a start, a save and a submission."""
    megabytes = isolated([code.api], "first_call.py", "memory")[0]
    return Line("resident memory of the API", f"{megabytes:.1f} MB", "", "", "≤ 40 MB", megabytes <= 40)


def close_out(people: int) -> list[Line]:
    """CPU and memory for a week of ``people``, 2.5 attempts each, in 1,500 units."""
    command = [sys.executable, "-m", "benchmarks.page_server", str(people)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as pages:
        assert pages.stdout is not None
        port = pages.stdout.readline().strip()
        measured = []
        steps = Progress(f"close-out of {people:,} people", 6, even=False)
        for what in ("receive", "rank", "rule", "collect", "prove", "close"):
            measured.append(_close_out(what, port))
            steps.step(what)
        floor, rank, rule, collect, prove, close = measured
        pages.communicate("")
    entry, least = (rank[0] - floor[0]) / people * 1e6, floor[0] / people * 1e6
    whole = f"{close[0]:.1f} s, {close[1]:.0f} MB"
    name = f"close-out, {close[3]:,.0f} attempts"
    ratio = f"{rank[0] / floor[0]:.1f}×"
    proof = (prove[0] - collect[0]) / prove[3] * 1e6
    again = (rule[0] - rank[0]) / rule[3] * 1e6
    small = close[0] <= 26 and close[1] <= 350
    lines = [
        Line(
            f"{name}: read, rank an entry",
            f"{entry:.1f} µs",
            f"{least:.1f} µs",
            ratio,
            "≤ 2.5 µs",
            entry <= 2.5,
        ),
        Line(f"{name}: proof, an attempt", f"{proof:.1f} µs", "", "", "≤ 6 µs", proof <= 6),
        Line(f"{name}: rulings, an attempt", f"{again:.1f} µs", "", "", "≤ 20 µs", again <= 20),
        Line(f"{name}: whole, peak", whole, "", "", "≤ 26 s, ≤ 350 MB", small),
    ]
    # The goals are those of the largest week; the others show how a close grows.
    return lines if people == SIZES[-1] else [line._replace(goal="", reached=True) for line in lines]


def _close_out(what: str, port: str) -> list[float]:
    command = [sys.executable, "-m", "benchmarks.closeout", what, port]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return [float(number) for number in done.stdout.split()]


def log_cost() -> list[Line]:
    """What the log of a week of a million attempts costs; beside it the prototype's figures."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.log_cost"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    floor, log, written, read, usd, watch, files, rank = map(float, done.stdout.split())
    return [
        Line(
            "log, CPU a record", f"{log:.1f} µs", f"{floor:.1f} µs", f"{log / floor:.0f}×", "0.9 µs", log <= 0.9
        ),
        Line("log, S3 writes and lists a week", f"{written:,.0f}", "", "", "60,000", written <= 60_000),
        Line("log, S3 reads a week", f"{read:,.0f}", "", "", "", True),
        Line("log, USD a week", f"{usd:.2f}", "", "", "0.30", usd <= 0.3),
        Line("watch a day from nothing", f"{watch:.0f} ms, {files:.0f} files", "", "", "", True),
        Line("rank, CPU a line of the bundle", f"{rank:.0f} µs", "", "", "", True),
    ]


def table(lines: list[Line]) -> str:
    rows = [("figure", "value", "floor", "ratio", "goal", ""), *map(_row, lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _row(line: Line) -> tuple[str, ...]:
    return (*line[:5], "reached" if line.reached else "MISSED")


class Figure(NamedTuple):
    """A measurement: its name, its rough length in seconds on two quiet cores, and its function."""

    name: str
    seconds: int
    measure: Callable[[], list[Line]]


def all_figures(scratch: Path, code: Code, reference: Reference) -> list[Figure]:
    """All figures, in the order of measurement."""

    def one(name: str, seconds: int, goal: float | None, unit: str, measure: Callable[[], Any]) -> Figure:
        return Figure(name, seconds, lambda: [compared(name, goal, unit, *measure())])

    return [
        Figure("units of the hot path", 10, lambda: writes(scratch, reference)),
        Figure("package", 1, lambda: [size(package.build("prod"))]),
        one("cold start, CPU", 25, 1.0, "ms", lambda: cold_start(code)),
        Figure("the exam path", 30, lambda: exam_path(code)),
        Figure("memory", 1, lambda: [memory(code)]),
        Figure("the account", 10, lambda: account(code)),
        # Its floor is a handshake with a context that is there already.
        one("a new TLS connection, CPU", 10, 1.3, "ms", lambda: isolated([code.api], "tls_cpu.py")),
        # Its floor is the same by a signed request.
        one("an object of 30 KB put by boto3, CPU", 5, None, "ms", lambda: isolated([code.jobs], "put_cpu.py")),
        # Its floor is decoding the event, as Lambda always does.
        one(RECORD, 15, 1.5, "µs", lambda: isolated([code.jobs], "tally_cpu.py")),
        *([Figure("peer", 40, lambda: beside_a_peer(code, reference))] if os.environ.get("PEER") else []),
        Figure("the log of a million attempts", 10, log_cost),
        *(
            Figure(f"close-out of {people:,} people", seconds, partial(close_out, people))
            for people, seconds in zip(SIZES, CLOSE_OUTS_TAKE, strict=True)
        ),
    ]


def measured(chosen: Sequence[Figure]) -> list[Line]:
    """Measures one after the other; announces each with the expected time, and prints each result at once."""
    lines: list[Line] = []
    began, quiet = time.monotonic(), 0
    for number, figure in enumerate(chosen, 1):
        # As slow as the machine has been so far.
        pace = max((time.monotonic() - began) / quiet, 1.0) if quiet else 1.0
        left = sum(one.seconds for one in chosen[number - 1 :]) * pace
        takes = f"about {span(figure.seconds * pace)}; {span(left)} to the end"
        say_aside(f"{number} of {len(chosen)}: {figure.name}, {takes}")
        quiet += figure.seconds
        results = figure.measure()
        for line in results:
            say_aside("    " + "  ".join(cell for cell in _row(line) if cell))
        lines += results
    return lines


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        built = package.build("local")
        code = Code(scratch / "api", scratch / "jobs")
        for archive, folder_ in zip((built.api, built.archive), code, strict=True):
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(folder_)
        stubs.environment(scratch / "desk")
        reference = fixtures.load_contest(ROOT / "contests", scratch / "desk", scratch)
        os.environ["TOKEN"] = fixtures.token()
        only = os.environ.get("ONLY", "").split(",")
        every = all_figures(scratch, code, reference)
        lines = measured([one for one in every if any(name in one.name for name in only)])
    figures.keep(lines)
    print(table(lines))


if __name__ == "__main__":
    main()
