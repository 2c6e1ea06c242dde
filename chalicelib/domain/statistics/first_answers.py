"""Everybody's answers at their first attempt of a week, counted by score and by unit.

Only first attempts count: at later ones people have seen questions and, if the bank is public, have looked them
up. That is the purpose of practice, and says nothing about a question.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from chalicelib.domain.attempt import Entry
from chalicelib.domain.bank import Bank
from chalicelib.domain.definition import PaperRules
from chalicelib.domain.paper import drawn
from chalicelib.domain.placement import Place


class Answer(NamedTuple):
    """A question's id and the chosen options, as one character of ``paper.MASKS``."""

    question: str
    chosen: str


class _Rows:
    """Counts of answers by key, each count at its answer's place; rows grow as places are assigned."""

    def __init__(self) -> None:
        self.rows: dict[Any, list[int]] = {}

    def row(self, key: Any, width: int) -> list[int]:
        found = self.rows.get(key)
        if found is None:
            found = self.rows[key] = []
        if len(found) < width:
            found.extend([0] * (width - len(found)))
        return found

    def plus(self, key: Any, width: int, counts: Iterable[tuple[int, int]]) -> None:
        row = self.row(key, width)
        for place, count in counts:
            row[place] += count

    def sparse(self, order: list[int]) -> dict[str, list[int]]:
        """Place in ``order`` and count, alternately, by key."""
        at = {place: rank for rank, place in enumerate(order)}
        return {
            str(key): [
                number
                for rank, count in sorted((at[place], count) for place, count in enumerate(row) if count)
                for number in (rank, count)
            ]
            for key, row in self.rows.items()
        }


class _Places(dict[tuple[str, str], int]):
    """The place of each answer; a new answer gets the next place."""

    def __missing__(self, answer: tuple[str, str]) -> int:
        place = self[answer] = len(self)
        return place


class _Asked(dict[str, int]):
    """The places of the answers to one question."""

    def __init__(self, question: str, places: _Places) -> None:
        super().__init__()
        self._question, self._all = question, places

    def __missing__(self, chosen: str) -> int:
        place = self[chosen] = self._all[self._question, chosen]
        return place


class FirstAnswers:
    """A ``Collector``; erased answers are not counted. For 400,000 people in 1,500 units it takes about 6 MB.

    Counts are in lists, at the place that their answer gets when it is first seen: dictionaries by unit and
    answer would take a hundred megabytes, and arrays three times the time.
    """

    sees_everybody = False

    def __init__(self, bank: Bank, rules: PaperRules) -> None:
        self._bank, self._rules = bank, rules
        self._places = _Places()
        self._scores, self._units = _Rows(), _Rows()
        self._asked = {question.id: _Asked(question.id, self._places) for question in bank.questions}
        self._of: dict[tuple[int, str], tuple[Bank, list[_Asked]]] = {}

    def _asked_of(self, week: int, category: str) -> tuple[Bank, list[_Asked]]:
        """The questions for people of this category, and the places of the answers to each."""
        found = self._of.get((week, category))
        if found is None:
            bank = self._bank.of(week, category)
            found = self._of[week, category] = bank, [self._asked[one.id] for one in bank.questions]
        return found

    def add(self, entry: Entry, place: Place) -> None:
        for attempt in entry.finished:
            if attempt.number == 1 and attempt.counted and not attempt.erased:
                bank, places = self._asked_of(entry.week, entry.category)
                asked = drawn(bank, self._rules, attempt.nonce, places)
                answers = [of[chosen] for of, chosen in zip(asked, attempt.answers, strict=False)]
                score = self._scores.row(attempt.score, len(self._places))
                unit = self._units.row(place.unit, len(self._places))
                for answer in answers:
                    score[answer] += 1
                    unit[answer] += 1

    def merge(self, other: Self) -> None:
        places = [self._places[answer] for answer in other._places]
        for mine, theirs in ((self._scores, other._scores), (self._units, other._units)):
            for key, row in theirs.rows.items():
                mine.plus(key, len(self._places), zip(places, row, strict=False))

    def encode(self) -> bytes:
        answers = sorted(self._places)
        order = [self._places[answer] for answer in answers]
        return json.dumps(
            {"answers": answers, "scores": self._scores.sparse(order), "units": self._units.sparse(order)},
            sort_keys=True,
            separators=(",", ":"),
        ).encode()

    def decode(self, encoded: bytes) -> None:
        """Adds the counts that another collector has encoded."""
        raw = json.loads(encoded)
        places = [self._places[question, chosen] for question, chosen in raw["answers"]]
        for key, row in raw["scores"].items():
            self._scores.plus(int(key), len(self._places), _pairs(row, places))
        for key, row in raw["units"].items():
            self._units.plus(key, len(self._places), _pairs(row, places))

    @property
    def by_score(self) -> dict[int, dict[Answer, int]]:
        """Score of the attempt → answer → the number of times it was given."""
        return {score: self._counts(row) for score, row in self._scores.rows.items()}

    @property
    def by_unit(self) -> Iterator[tuple[str, dict[Answer, int]]]:
        """Unit by unit, in order of their codes; people outside all units are under ``""``."""
        return ((code, self._counts(row)) for code, row in sorted(self._units.rows.items()))

    def _counts(self, row: list[int]) -> dict[Answer, int]:
        return {Answer(*answer): count for answer, count in zip(self._places, row, strict=False) if count}


def _pairs(row: list[int], places: list[int]) -> Iterator[tuple[int, int]]:
    return zip((places[rank] for rank in row[::2]), row[1::2], strict=True)


def total(parts: Iterable[Mapping[Answer, int]]) -> dict[Answer, int]:
    sums: dict[Answer, int] = {}
    for part in parts:
        for answer, count in part.items():
            sums[answer] = sums.get(answer, 0) + count
    return sums
