"""How questions that exclude each other are drawn: at most one of a group, and each as likely as the others.

A stratum is the questions of a topic with a quota, or all others. A draw first settles how many each stratum
gives: its quota, and of what is missing from the paper a share in proportion to its other questions, rounded up
or down by lot. That number over the stratum's size is the chance of each of its questions.

A group's chance is the sum of its questions' chances. Chances of a stratum's groups are laid end to end in an
order drawn by lot and met by points at distance 1, the first drawn by lot too: so a group is there with exactly
its chance, and groups give their stratum the expected number of questions, rounded up or down. One question of
such a group is taken. The stratum's questions without a group fill up, and by the linearity of expectations
their chance is the same. A group that spans strata first goes to one of them, by lot in proportion to the
chances that its questions have there.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm
from typing import NamedTuple

from chalicelib.domain.bank import Bank
from chalicelib.domain.definition import PaperRules


class Stratum(NamedTuple):
    """Questions by their places in the bank; ``topic`` is empty for those of all topics without a quota.

    ``alone``: those in no group; ``groups``: those that it holds wholly.
    """

    topic: str
    size: int
    quota: int
    alone: tuple[int, ...]
    groups: tuple[tuple[int, ...], ...]


# Groups with their chances.
Laid = list[tuple[int, tuple[int, ...]]]


class Plan(NamedTuple):
    """``spanning``: groups that no stratum holds wholly, each as its questions by the number of the stratum.

    ``rest``: how many questions are shared among the strata beyond their quotas; ``free``: how many they have
    beyond them. ``unit``: the certain chance; chances are whole parts of it. ``numbers``: how many random
    numbers a draw takes at most. ``always``: what ``dealt`` gives where nothing is shared.
    """

    strata: tuple[Stratum, ...]
    spanning: tuple[tuple[tuple[int, tuple[int, ...]], ...], ...]
    rest: int
    free: int
    unit: int
    numbers: int = 0
    always: tuple[list[int], list[int], list[Laid]] | None = None

    def dealt(self, lot: int) -> tuple[list[int], list[int], list[Laid]]:
        """By stratum: how many questions it gives, the chance of each, its own groups; ``lot`` < ``free``."""
        counts, begin = [], 0
        for stratum in self.strata:
            end = begin + self.rest * (stratum.size - stratum.quota)
            more = (end - 1 - lot) // self.free - (begin - 1 - lot) // self.free if self.rest else 0
            counts.append(stratum.quota + more)
            begin = end
        shares = self.shares(counts)
        laid = [
            [(share * len(group), group) for group in stratum.groups]
            for stratum, share in zip(self.strata, shares, strict=True)
        ]
        return counts, shares, laid

    def shares(self, counts: list[int]) -> list[int]:
        """The chance of a question of each stratum."""
        return [count * (self.unit // one.size) for count, one in zip(counts, self.strata, strict=True)]

    def bounds(self) -> tuple[list[int], list[int]]:
        """The fewest and the most questions that a stratum may give."""
        shared = [self.rest * (one.size - one.quota) for one in self.strata]
        fewest = [one.quota + part // (self.free or 1) for one, part in zip(self.strata, shared, strict=True)]
        most = [one.quota - -part // (self.free or 1) for one, part in zip(self.strata, shared, strict=True)]
        return fewest, most

    def weight(self, stratum: int, counts: list[int]) -> int:
        """The sum of the chances of all groups that may come to this stratum."""
        shares = self.shares(counts)
        own = sum(len(group) for group in self.strata[stratum].groups) * shares[stratum]
        visiting = (parts for parts in self.spanning if stratum in dict(parts))
        return own + sum(shares[k] * len(places) for parts in visiting for k, places in parts)


def plan_of(bank: Bank, rules: PaperRules) -> Plan:
    """The bank must hold enough questions for the quotas (see ``shortages``)."""
    key = (rules.questions, *sorted(rules.topics.items()))
    plan = bank.plans.get(key)
    if plan is None:
        plan = bank.plans[key] = _plan(bank, rules)
    return plan


def _plan(bank: Bank, rules: PaperRules) -> Plan:
    topics = sorted(rules.topics)
    number = {topic: place for place, topic in enumerate(topics)}
    stratum_of = [number.get(question.topic, len(topics)) for question in bank.questions]
    grouped = {place for group in bank.groups for place in group}
    by_stratum = [
        {
            stratum: tuple(k for k in group if stratum_of[k] == stratum)
            for stratum in sorted({stratum_of[k] for k in group})
        }
        for group in bank.groups
    ]
    strata = tuple(
        Stratum(
            topic,
            stratum_of.count(place),
            rules.topics.get(topic, 0),
            tuple(k for k, stratum in enumerate(stratum_of) if stratum == place and k not in grouped),
            tuple(parts[place] for parts in by_stratum if parts.keys() == {place}),
        )
        for place, topic in enumerate([*topics, ""])
        if place in stratum_of
    )
    spanning = tuple(tuple(parts.items()) for parts in by_stratum if len(parts) > 1)
    rest = rules.questions - sum(one.quota for one in strata)
    if len(strata) == 1:
        strata, rest = (strata[0]._replace(quota=rules.questions),), 0
    free = sum(one.size - one.quota for one in strata)
    plan = Plan(strata, spanning, rest, free, lcm(*(one.size for one in strata)))
    _, most = plan.bounds()
    placed = sum(-(-plan.weight(k, most) // plan.unit) for k in range(len(strata)))
    numbers = (
        *(bool(rest), len(spanning), len(bank.groups), len(strata), rules.questions, placed),
        rules.questions * (len(strata) > 1),
    )
    return plan._replace(numbers=sum(numbers), always=None if rest else plan.dealt(0))


def obstacles(bank: Bank, rules: PaperRules) -> Iterator[str]:
    """Which groups keep questions from being equally likely, and what to do; nothing if none does."""
    plan = plan_of(bank, rules)
    fewest, most = plan.bounds()
    shares = plan.shares(most)
    own = [((k, group),) for k, one in enumerate(plan.strata) for group in one.groups]
    for parts in [*own, *plan.spanning]:
        if sum(shares[k] * len(places) for k, places in parts) > plan.unit:
            group = [place for _, places in parts for place in places]
            yield (
                f"các câu {_ids(bank, group)} loại trừ nhau (excludes) nên mỗi đề chỉ có một câu trong số đó; "
                f"nhóm {len(group)} câu là quá nhiều so với số câu{_where(plan, [k for k, _ in parts])}, vì "
                "cơ hội vào đề của chúng không thể bằng các câu khác: hãy bỏ bớt loại trừ, bổ sung câu hỏi đã "
                "thẩm định hoặc giảm số câu của đề (paper.questions, paper.topics)"
            )
    for k, one in enumerate(plan.strata):
        own_size = sum(len(group) for group in one.groups)
        for count in sorted({fewest[k], most[k]} - {0}):
            asked = plan.weight(k, [*most[:k], count, *most[k + 1 :]])
            if asked > count * plan.unit or count - own_size * count // one.size > len(one.alone):
                ids = [place for parts in plan.spanning if k in dict(parts) for _, of in parts for place in of]
                yield (
                    f"quá nhiều câu loại trừ câu của chủ đề khác{_where(plan, [k])} ({_ids(bank, ids)}) so với "
                    f"{count} câu mà đề lấy ở đó: hãy bỏ bớt loại trừ giữa các chủ đề, bổ sung câu hỏi không "
                    "loại trừ câu nào hoặc sửa paper.topics"
                )
                break


def _where(plan: Plan, strata: list[int]) -> str:
    """The strata, for people."""
    if len(plan.strata) == 1:
        return " của bộ câu hỏi"
    topics = [plan.strata[k].topic for k in strata]
    return f" ở {', '.join(f'chủ đề “{topic}”' if topic else 'các chủ đề khác' for topic in topics)}"


def _ids(bank: Bank, places: list[int]) -> str:
    named = [bank.questions[place].id for place in places[:8]]
    return ", ".join([*named, *(["…"] if len(places) > 8 else [])])
