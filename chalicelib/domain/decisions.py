"""What the organisers have decided since the contest opened: rulings, annulments, recognitions, confirmations.

Decisions are only added: a later one on the same matter replaces an earlier one, and nothing is forgotten.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

Effect = Literal["no_prize", "not_counted"]
# What a confirmed change was about; ``changes.csv`` gives it as the cause.
Cause = Literal["rule", "ruling", "correction", "annulment", "exclusion", "headcount", "calendar"]


class Ruling(NamedTuple):
    """The keys that count for a question in ``weeks``, each a set of options as bits.

    Without any, everybody who had the question has the point. ``at``: when it was taken over, RFC 3339.
    """

    question: str
    weeks: tuple[int, ...]
    answers: tuple[int, ...]
    reason: str
    at: str


class Annulment(NamedTuple):
    """``no_prize``: not ranked; ``not_counted``: as if the person had not taken part. No ``weeks``: in all."""

    participant_id: str
    weeks: tuple[int, ...]
    effect: Effect
    decided_on: str
    reason: str


class Recognition(NamedTuple):
    """The decision (its number and day) that recognises the result of ``what``, or its withdrawal."""

    what: str
    decision: str
    decided_on: str
    withdrawn: bool
    reason: str


class Confirmation(NamedTuple):
    """A change of published results, carried out under ``code``; ``what``: the closes it has changed."""

    code: str
    reason: str
    at: str
    cause: Cause
    what: tuple[str, ...]


class Decisions(NamedTuple):
    """All decisions, oldest first."""

    rulings: tuple[Ruling, ...] = ()
    annulments: tuple[Annulment, ...] = ()
    recognitions: tuple[Recognition, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()

    def rulings_in(self, week: int) -> dict[str, Ruling]:
        """The ruling in force on each question that has one, by the question's id."""
        return {ruling.question: ruling for ruling in self.rulings if week in ruling.weeks}

    def annulled_in(self, week: int) -> dict[str, Annulment]:
        """The strictest annulment of each person who has one, by participant id."""
        strictest: dict[str, Annulment] = {}
        for one in self.annulments:
            if not one.weeks or week in one.weeks:
                before = strictest.get(one.participant_id)
                if before is None or before.effect == "no_prize":
                    strictest[one.participant_id] = one
        return strictest

    def recognition(self, what: str) -> Recognition | None:
        """The recognition in force of ``week-<k>`` or ``final``."""
        last = next((one for one in reversed(self.recognitions) if one.what == what), None)
        return None if last is None or last.withdrawn else last

    def confirmed(self, what: str) -> tuple[Confirmation, ...]:
        return tuple(one for one in self.confirmations if what in one.what)
