"""What somebody who cannot read would score: strategies by form alone, on questions with one right option."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from math import sqrt
from typing import NamedTuple

from chalicelib.domain.bank import LETTERS
from chalicelib.domain.lint.subject import Finding, Item, Subject, percent

ABSOLUTE = re.compile(
    r"\b(?:chỉ|tất cả|luôn|mọi|duy nhất|tuyệt đối|hoàn toàn|bất kỳ|bất cứ|không bao giờ)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{3})*(?:,\d{1,6})?")
# A strategy is told of when it scores so much more than guessing, and so many standard deviations: there are
# sixteen, and by chance alone one of them would pass two in every third bank.
MARGIN, SIGMAS, FEWEST = 0.07, 3.0, 20

# The options that a strategy would choose from, by their places; none where it says nothing.
Choose = Callable[[Item], Sequence[int]]


class Strategy(NamedTuple):
    name: str
    title: str
    choose: Choose


class Figure(NamedTuple):
    """``share``: of all questions with one right option, expected, guessing where the strategy says nothing.

    ``applied``: on how many it says something; ``right``: the expected share of these; ``guess``: what guessing
    scores on these; ``questions``: those that it finds for certain.
    """

    strategy: Strategy
    share: float
    applied: int
    right: float
    guess: float
    questions: tuple[str, ...]


def _ranked(rank: int, measure: Callable[[Item, int], float]) -> Choose:
    """Those of the ``rank``-th largest value, from 0; says nothing where there are fewer values."""

    def choose(item: Item) -> Sequence[int]:
        values = [measure(item, k) for k in range(len(item.options))]
        levels = sorted(set(values), reverse=True)
        return [k for k, value in enumerate(values) if value == levels[rank]] if rank < len(levels) > 1 else ()

    return choose


def _length(item: Item, k: int) -> float:
    return len(item.question.options[k])


def _overlap(item: Item, k: int) -> float:
    mine = {*item.options[k]}
    return len(mine & {*item.stem}) / (len(mine) or 1)


def numbers_of(item: Item) -> list[float]:
    """The first number of each option; empty unless each has one of its own."""
    found = [_NUMBER.search(option) for option in item.question.options]
    values = [float(one[0].replace(".", "").replace(",", ".")) for one in found if one]
    return values if len(values) == len(found) == len(set(values)) else []


def _numbered(place: Callable[[int], Sequence[int]]) -> Choose:
    """``place``: which in ascending order, of how many."""

    def choose(item: Item) -> Sequence[int]:
        values = numbers_of(item)
        order = sorted(range(len(values)), key=values.__getitem__)
        return [order[k] for k in place(len(order))] if len(order) > 2 else ()

    return choose


def _middle(count: int) -> Sequence[int]:
    return range((count - 1) // 2, count // 2 + 1)


def _absolute(*, wanted: bool) -> Choose:
    def choose(item: Item) -> Sequence[int]:
        having = [bool(ABSOLUTE.search(option)) for option in item.question.options]
        return [k for k, has in enumerate(having) if has is wanted] if 0 < sum(having) < len(having) else ()

    return choose


def odd_one(item: Item) -> Sequence[int]:
    """The one option that begins with another word than all others, where these begin alike."""
    if len(item.options) < 3:
        return ()
    firsts = [option[:1] for option in item.options]
    counts = Counter(firsts)
    return [k for k, first in enumerate(firsts) if counts[first] == 1] if len(counts) == 2 else ()


def _letter(place: int) -> Choose:
    return lambda item: [place] if place < len(item.options) else ()


STRATEGIES = (
    Strategy("longest", "chọn phương án dài nhất", _ranked(0, _length)),
    Strategy("second-longest", "chọn phương án dài thứ hai", _ranked(1, _length)),
    Strategy("shortest", "chọn phương án ngắn nhất", _ranked(0, lambda item, k: -_length(item, k))),
    Strategy("smallest-number", "chọn số nhỏ nhất", _numbered(lambda count: [0])),
    Strategy("largest-number", "chọn số lớn nhất", _numbered(lambda count: [count - 1])),
    Strategy("middle-number", "chọn số ở giữa", _numbered(_middle)),
    Strategy("most-like-stem", "chọn phương án giống câu dẫn nhất", _ranked(0, _overlap)),
    Strategy("no-absolute", "tránh “chỉ, tất cả, luôn, mọi, duy nhất…”", _absolute(wanted=False)),
    Strategy("absolute", "chọn “chỉ, tất cả, luôn, mọi, duy nhất…”", _absolute(wanted=True)),
    Strategy("odd-one", "chọn phương án bắt đầu khác các phương án kia", odd_one),
    *(Strategy(f"letter-{letter}", f"luôn chọn {letter}", _letter(k)) for k, letter in enumerate(LETTERS)),
)


def figures(subject: Subject) -> list[Figure]:
    """Of every strategy that says anything about any question."""
    found = []
    for strategy in STRATEGIES:
        total = right = guess = 0.0
        applied, sure = 0, []
        for item in subject.single:
            chance, key, chosen = 1 / len(item.options), item.keys[0], strategy.choose(item)
            if chosen:
                gained = (key in chosen) / len(chosen)
                applied, right, guess = applied + 1, right + gained, guess + chance
                sure += [item.id] * (gained == 1)
            total += gained if chosen else chance
        if applied:
            whole = len(subject.single)
            found.append(
                Figure(strategy, total / whole, applied, right / applied, guess / applied, tuple(sure))
            )
    return found


def guessing(subject: Subject) -> float:
    """What guessing scores on the questions with one right option."""
    return sum(1 / len(item.options) for item in subject.single) / (len(subject.single) or 1)


def check(subject: Subject) -> Iterator[Finding]:
    """The strategies that find more answers than chance does."""
    for one in figures(subject):
        spread = sqrt(one.guess * (1 - one.guess) / one.applied)
        more = one.right - one.guess
        if one.applied >= FEWEST and more > max(MARGIN, SIGMAS * spread):
            yield Finding(
                "strategy",
                one.questions,
                f"{one.strategy.title} thì đúng {percent(one.right)} của {one.applied} câu mà cách này dùng "
                f"được (đoán bừa đúng {percent(one.guess)}): hãy sửa phương án của một số câu này",
            )
