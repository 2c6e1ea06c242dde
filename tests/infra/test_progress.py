"""Long work reports its progress, seldom, and estimates the remaining time only if it can know it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from benchmarks import __main__ as bench
from infra import progress as module
from infra.install import packages, state
from infra.progress import Progress, follow, span, waiting


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def told(total: int, steps: list[tuple[float, int]], **options: Any) -> list[str]:
    """The lines printed, given the seconds and how many are done by then."""
    lines: list[str] = []
    clock = Clock()
    progress = Progress("Papers", total, tell=lines.append, clock=clock, every=5, **options)
    for seconds, done in steps:
        clock.now = 100 + seconds
        progress.at(done)
    return lines


def test_a_line_tells_the_work_done_and_the_time_left_at_this_pace() -> None:
    assert told(300, [(10, 100)]) == ["Papers: 100 of 300, 10 s so far, about 20 s left"]


def test_there_is_one_line_per_interval_and_none_for_short_work() -> None:
    assert told(300, [(1, 10), (4.9, 50)]) == []
    assert len(told(300, [(second / 10, second) for second in range(200)])) == 3


def test_too_little_progress_gives_no_estimate() -> None:
    assert told(1_000, [(6, 0), (12, 3)]) == [
        "Papers: 0 of 1,000, 6 s so far",
        "Papers: 3 of 1,000, 12 s so far",
    ]


def test_uneven_steps_and_finished_work_give_no_estimate() -> None:
    assert told(4, [(10, 1)], even=False) == ["Papers: 1 of 4, 10 s so far"]
    assert told(4, [(10, 4)]) == ["Papers: 4 of 4, 10 s so far"]


def test_a_known_end_replaces_the_estimate_by_pace() -> None:
    assert told(300, [(10, 1)], at_most=100) == ["Papers: 1 of 300, 10 s so far, at most about 1 min 30 s left"]


def test_lines_come_less_often_where_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.sys, "stderr", type("Stream", (), {"isatty": lambda self: False})())
    assert module.interval() == 15
    monkeypatch.setattr(module.sys, "stderr", type("Stream", (), {"isatty": lambda self: True})())
    assert module.interval() == 5


def test_work_without_a_count_says_how_long_it_has_taken() -> None:
    lines: list[str] = []
    spoken = threading.Event()

    def tell(line: str) -> None:
        lines.append(line)
        spoken.set()

    with waiting("Downloading", usually=40, tell=tell, every=0.01):
        assert spoken.wait(10)
    assert lines[0] == "Downloading: 0 s so far; it usually takes about 40 s"


def test_work_in_other_processes_is_followed_to_its_end() -> None:
    lines: list[str] = []
    heard = threading.Event()

    def tell(line: str) -> None:
        lines.append(line)
        heard.set()

    def work() -> None:
        assert heard.wait(10)

    with ThreadPoolExecutor(1) as pool:
        futures: list[Future[None]] = [pool.submit(work)]
        follow(Progress("Requests", 10, tell=tell, every=0.01), futures, lambda: 4)
    assert lines[0].startswith("Requests: 4 of 10")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "0 s"), (59, "59 s"), (65, "1 min 5 s"), (7_260, "2 h 1 min"), (90_000, "1 d 1 h"), (9e6, "104 d")],
)
def test_seconds_in_words(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_pinned_packages_are_counted_with_those_of_included_files(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("one==1\n# two==2\n")
    (tmp_path / "dev.txt").write_text("-r base.txt\n\nthree==3  # why\nfour==4\n")
    assert packages(tmp_path / "dev.txt") == 3


def test_set_up_counts_downloaded_packages_and_then_unpacked_ones(tmp_path: Path) -> None:
    words = "Collecting one==1 (from -r x)\n  Downloading one.whl\nCollecting two==2\n"
    assert state(words, tmp_path, 3) == "step 1 of 2, downloading: 2 of 3 packages"
    (tmp_path / "lib/python3.11/site-packages/one-1.dist-info").mkdir(parents=True)
    words += "Installing collected packages: one, two, theirs\n"
    assert state(words, tmp_path, 2) == "step 2 of 2, unpacking: 1 of 3 packages"


def test_the_benchmark_announces_each_figure_as_it_begins_and_prints_its_result_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(bench, "say_aside", lines.append)

    def result(name: str) -> Callable[[], list[bench.Line]]:
        def measure() -> list[bench.Line]:
            assert lines[-1].split(": ")[1].startswith(name)
            return [bench.Line(name, "1 s", "", "", "≤ 2 s", True)]

        return measure

    chosen = [bench.Figure(name, 30, result(name)) for name in ("one", "two")]
    assert [line.figure for line in bench.measured(chosen)] == ["one", "two"]
    assert lines[0] == "1 of 2: one, about 30 s; 1 min 0 s to the end"
    assert lines[1].split() == ["one", "1", "s", "≤", "2", "s", "reached"]
    assert lines[2] == "2 of 2: two, about 30 s; 30 s to the end"
