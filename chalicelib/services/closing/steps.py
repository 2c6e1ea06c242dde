"""Runs a close, whole or in the steps of the state machine.

A run first publishes the rules in this code's words and brings the site to the week in view; then it closes the
weeks that are over. The state machine plans, has many functions do what was planned, phase by phase, and then
does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.domain.definition import Week
from chalicelib.services.closing.bundle_people import PIECES
from chalicelib.services.closing.close_weeks import CloseWeeks
from chalicelib.services.closing.shares import SHARES
from chalicelib.services.contest.public_contest import ToRules, committed_rules, rules_in_words
from chalicelib.services.contest.reference import Current, load
from chalicelib.services.ports import Clock, ConditionalObjects, KeptSite, ObjectStore
from chalicelib.services.publishing.published import show_contest
from chalicelib.services.publishing.upkeep import look_after_lists, look_after_site

# The tasks of a week, phase by phase: each needs all of the phase before.
PHASES = (("share", SHARES), ("piece", PIECES))


@dataclass(frozen=True, slots=True)
class Closing:
    """``current`` gives the contest in force."""

    weeks: CloseWeeks
    current: Callable[[], Current]
    desk: ConditionalObjects
    site: KeptSite
    clock: Clock
    to_rules: ToRules

    def run(self) -> list[dict[str, Any]]:
        """Closes weeks that are over; returns new revisions. Raises ``NotLoaded`` before the first contest."""
        look_after_site(self.site, self.clock())  # before what follows puts right what somebody has changed
        look_after_lists(self.desk)
        reference = self.current()
        if digest(rules_in_words(reference, self.to_rules)) != reference.rules:  # new code says them otherwise
            put_rules_in_words(self.desk, self.site, self.to_rules)
            reference = self.current()
        reference = self._show(reference)
        made = self.weeks.run(reference, self.clock())
        newest = self.current()
        if newest is not reference:  # the site may show results of a week that was opened again meanwhile
            self.weeks.show(self._show(newest))
        return [closed._asdict() for closed in made]

    def _show(self, reference: Current) -> Current:
        """Shows it; then a newer one that was taken over meanwhile, since the older may have overwritten it."""
        while True:
            show_contest(reference, self.site, self.clock())
            shown, reference = reference, self.current()
            if reference is shown:
                return shown

    def step(self, event: dict[str, Any]) -> dict[str, Any] | list[dict[str, Any]] | None:
        """``plan`` returns the tasks of a phase: first the shares of all weeks, then their pieces.

        ``share`` and ``piece`` do one task, ``close`` closes.

        ``running`` are the machines that run, this one included. If there is another, the plan is None: this
        one would only repeat the other's work.
        """
        match event:
            case {"step": "plan", "plan": {"running": int(running), "phase": int()}} if running > 1:
                return None
            case {"step": "plan", "plan": {"running": int(running), "phase": int(phase)}}:
                return {"running": running, "phase": phase + 1, "tasks": self._tasks(phase)}
            case {"step": "share", "week": int(number), "number": int(share)}:
                reference, week = self._week(number)
                self.weeks.shares.make(reference.of_week(number), week, share)
                return []
            case {"step": "piece", "week": int(number), "number": int(piece)}:
                self.weeks.make_piece(*self._week(number), piece)
                return []
            case {"step": "close"}:
                return self.run()
        raise ValueError(f"no such step: {event}")

    def _tasks(self, phase: int) -> list[dict[str, Any]] | None:
        """The events of a phase, which any functions may handle in any order; None where there are none."""
        weeks = self.weeks.to_close(self.current(), self.clock())
        tasks = [
            {"step": step, "week": week.number, "number": number}
            for step, count in PHASES[phase : phase + 1]
            for week in weeks
            for number in range(count)
        ]
        return tasks or None

    def _week(self, number: int) -> tuple[Current, Week]:
        reference = self.current()
        week = reference.definition.week(number)
        if week is None:
            raise LookupError(f"week {number}")
        return reference, week


def put_rules_in_words(desk: ConditionalObjects, site: ObjectStore, to_rules: ToRules) -> None:
    """Puts the rules in this code's words where they stay, and into the pointer.

    If somebody else moves the pointer meanwhile, they have put them, or the next run does.
    """
    pointer = desk.get(CURRENT)
    if pointer is None:
        return
    told = ContestInForce.decode(pointer)
    rules = rules_in_words(load(desk, told), to_rules)
    site.put(committed_rules(digest(rules)), rules)
    desk.replace(CURRENT, pointer, replace(told, rules=digest(rules)).encode())
