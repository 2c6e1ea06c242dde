"""“Questions that exclude each other” of docs/proof.md: papers with at most one question of a group."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, lcm
from typing import Any, TypeVar

T = TypeVar("T")
Json = dict[str, Any]


def take(pool: list[T], count: int, numbers: Iterator[int]) -> list[T]:
    for place in range(count):
        other = place + _below(len(pool) - place, numbers)
        pool[place], pool[other] = pool[other], pool[place]
    return pool[:count]


def _below(limit: int, numbers: Iterator[int]) -> int:
    return next(numbers) * limit >> 64


def groups(pool: list[Json]) -> list[list[Json]]:
    """The questions linked by ``excludes``, each group in the order of ``pool``."""
    linked = {question["id"]: {question["id"]} for question in pool}
    for question in pool:
        for other in question.get("excludes", ()):
            if other in linked and linked[other] is not linked[question["id"]]:
                whole = linked[other] | linked[question["id"]]
                linked.update(dict.fromkeys(whole, whole))
    found: dict[int, list[Json]] = {}
    for question in pool:
        found.setdefault(id(linked[question["id"]]), []).append(question)
    return [group for group in found.values() if len(group) > 1]


def paper(pool: list[Json], grouped: list[list[Json]], rules: Json, numbers: Iterator[int]) -> list[Json]:
    quotas = [*sorted(rules["topics"].items()), ("", 0)]
    names = {topic for topic, _ in quotas[:-1]}
    stratum = {question["id"]: question["topic"] if question["topic"] in names else "" for question in pool}
    sizes = {topic: sum(of == topic for of in stratum.values()) for topic, _ in quotas}
    strata = [(topic, quota) for topic, quota in quotas if sizes[topic]]
    counts = _counts(strata, sizes, rules["questions"], numbers)
    unit = lcm(*(sizes[topic] for topic, _ in strata))
    chance = {topic: Fraction(counts[topic], sizes[topic]) for topic, _ in strata}
    own: dict[str, list[tuple[Fraction, list[Json]]]] = {topic: [] for topic, _ in strata}
    came: dict[str, list[tuple[Fraction, list[Json]]]] = {topic: [] for topic, _ in strata}
    for group in grouped:
        parts = {
            topic: [one for one in group if stratum[one["id"]] == topic]
            for topic, _ in strata
            if any(stratum[one["id"]] == topic for one in group)
        }
        whole = sum((chance[topic] * len(part) for topic, part in parts.items()), Fraction())
        if len(parts) == 1:
            own[next(iter(parts))].append((whole, group))
            continue
        lot, reached = Fraction(_below(int(whole * unit), numbers), unit), Fraction()
        for topic, part in parts.items():
            reached += chance[topic] * len(part)
            if lot < reached:
                came[topic].append((whole, part))
                break
    alone = {one["id"] for one in pool} - {one["id"] for group in grouped for one in group}
    chosen: list[Json] = []
    for topic, _ in strata:
        found = _found([*own[topic], *came[topic]], unit, numbers)
        others = [one for one in pool if stratum[one["id"]] == topic and one["id"] in alone]
        taken = take(others, counts[topic] - len(found), numbers)
        for question in found:
            taken.insert(_below(len(taken) + 1, numbers), question)
        chosen += taken
    return chosen if len(strata) == 1 else take(chosen, len(chosen), numbers)


def _counts(
    strata: list[tuple[str, int]], sizes: dict[str, int], size: int, numbers: Iterator[int]
) -> dict[str, int]:
    """How many questions each stratum gives."""
    if len(strata) == 1:
        return {strata[0][0]: size}
    counts = dict(strata)
    rest = size - sum(counts.values())
    if rest:
        free = sum(sizes[topic] - quota for topic, quota in strata)
        point = _below(free, numbers)
        points = [point + step * free for step in range(rest)]
        begin = 0
        for topic, quota in strata:
            end = begin + rest * (sizes[topic] - quota)
            counts[topic] += sum(begin <= point < end for point in points)
            begin = end
    return counts


def _found(laid: list[tuple[Fraction, list[Json]]], unit: int, numbers: Iterator[int]) -> list[Json]:
    """One question of each group that a point at a whole distance from the first meets."""
    if not laid:
        return []
    point = Fraction(_below(unit, numbers), unit)
    begin = Fraction()
    found = []
    for chance, part in take(laid, len(laid), numbers):
        if ceil(begin - point) < ceil(begin + chance - point):
            found.append(part[_below(len(part), numbers)])
        begin += chance
    return found
