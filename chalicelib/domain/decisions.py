"""What the organisers have decided since the contest opened: rulings, annulments, recognitions, confirmations.

Decisions are only added: a later one on the same matter replaces an earlier one, and nothing is forgotten.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

# What can be stopped while papers that are open go on: new papers, registration, sign-in.
Switch = Literal["starts", "registration", "sign_in"]
SWITCHES: tuple[Switch, ...] = ("starts", "registration", "sign_in")
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


class CalendarChange(NamedTuple):
    """A change of one week's dates; what is None stays as it was. Moments and ``at`` are RFC 3339."""

    week: int
    opens: str | None
    closes: str | None
    title: str | None
    cancelled: bool | None
    reason: str
    at: str


class SwitchChange(NamedTuple):
    """From ``at`` on, ``switch`` is on, or off for ``reason``."""

    switch: Switch
    on: bool
    reason: str
    at: str


class Notice(NamedTuple):
    """The banner on the page since ``at``; an empty ``text`` removes it."""

    text: str
    at: str


class Decisions(NamedTuple):
    """All decisions, oldest first."""

    rulings: tuple[Ruling, ...] = ()
    annulments: tuple[Annulment, ...] = ()
    recognitions: tuple[Recognition, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    calendar: tuple[CalendarChange, ...] = ()
    switches: tuple[SwitchChange, ...] = ()
    notices: tuple[Notice, ...] = ()

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

    def is_on(self, switch: Switch) -> bool:
        return next((one.on for one in reversed(self.switches) if one.switch == switch), True)

    @property
    def stopped(self) -> tuple[Switch, ...]:
        """The switches that are off."""
        return tuple(switch for switch in SWITCHES if not self.is_on(switch))

    @property
    def notice(self) -> str:
        """The text of the banner in force, empty if there is none."""
        return self.notices[-1].text if self.notices else ""

    def confirmed(self, what: str) -> tuple[Confirmation, ...]:
        return tuple(one for one in self.confirmations if what in one.what)
