"""What the rules look at, and what they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from chalicelib.domain.bank import Bank, Question, paired

_WORD = re.compile(r"\w+")


def words(text: str) -> tuple[str, ...]:
    """Of a text, in small letters."""
    return tuple(_WORD.findall(text.casefold()))


class Finding(NamedTuple):
    """``rule``: its name in ``rules.RULES``; ``questions``: ids; ``reason``: for people, with what to do."""

    rule: str
    questions: tuple[str, ...]
    reason: str


class LegalText(NamedTuple):
    """A law, decree, … ``title`` is how references name it; ``since`` … ``until``: its days, both included.

    None: not known, or not over.
    """

    number: str
    title: str
    since: date | None
    until: date | None
    replaced_by: str
    source: str


class Item(NamedTuple):
    """A question with the words of its stem and of its options. ``group``: of those that exclude each other."""

    question: Question
    stem: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    group: int | None

    @property
    def id(self) -> str:
        return self.question.id

    @property
    def keys(self) -> tuple[int, ...]:
        """The places of the right options."""
        return tuple(k for k in range(len(self.options)) if self.question.answer >> k & 1)

    @property
    def wrong(self) -> tuple[int, ...]:
        """The places of the others."""
        return tuple(k for k in range(len(self.options)) if not self.question.answer >> k & 1)

    def apart(self, other: Item) -> bool:
        """Whether the two never meet on a paper."""
        return self.group is not None and self.group == other.group


class Subject:
    """A bank as the rules see it.

    ``topics``: how many questions of each a paper of ``size`` must have. ``days``: the contest's first and last
    one. ``chosen``: question → how many people chose each option at their first attempts, where any were asked.
    """

    def __init__(
        self,
        questions: Iterable[Question],
        *,
        size: int = 0,
        topics: Mapping[str, int] | None = None,
        texts: Sequence[LegalText] = (),
        days: tuple[date, date] | None = None,
        chosen: Mapping[str, Sequence[int]] | None = None,
    ) -> None:
        bank = Bank("", tuple(sorted(paired(questions), key=lambda question: question.id)))
        groups = {place: number for number, group in enumerate(bank.groups) for place in group}
        self.items = tuple(
            Item(one, words(one.text), tuple(map(words, one.options)), groups.get(place))
            for place, one in enumerate(bank.questions)
        )
        self.size, self.topics, self.texts, self.days = size, dict(topics or {}), tuple(texts), days
        self.chosen = dict(chosen or {})

    @cached_property
    def single(self) -> tuple[Item, ...]:
        """Those with one right option."""
        return tuple(item for item in self.items if len(item.keys) == 1)

    @cached_property
    def stems_with(self) -> dict[str, list[int]]:
        """Word → the places of the items whose stem has it."""
        found: dict[str, list[int]] = {}
        for place, item in enumerate(self.items):
            for word in {*item.stem}:
                found.setdefault(word, []).append(place)
        return found


def listed(ids: Iterable[str], shown: int = 8) -> str:
    """The first ids, for people."""
    told = list(ids)
    return ", ".join([*told[:shown], *(["…"] if len(told) > shown else [])])


def quoted(text: str, longest: int = 60) -> str:
    text = " ".join(text.split())
    return f"“{text if len(text) <= longest else text[: longest - 1] + '…'}”"


def percent(share: float) -> str:
    return f"{100 * share:.1f}".replace(".", ",") + "%"
