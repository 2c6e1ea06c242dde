"""Runs a close, whole or in the steps of the state machine.

A run first publishes the rules in this code's words and brings the site to the week in view; then it closes the
weeks that are over. The state machine plans, reads the shares in parallel, and then does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.documents.canonical import digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.services.closing.close_weeks import CloseWeeks
from chalicelib.services.contest.public_contest import ToRules, committed_rules, rules_in_words
from chalicelib.services.contest.reference import Current, load
from chalicelib.services.ports import Clock, ConditionalObjects, KeptSite, ObjectStore
from chalicelib.services.publishing.published import show_contest
from chalicelib.services.publishing.upkeep import look_after_lists, look_after_site


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
        show_contest(reference, self.site, self.clock())
        made = self.weeks.run(reference, self.clock())
        newest = self.current()
        if (
            newest is not reference
        ):  # taken over meanwhile: the site may show older dates, or results of an open week
            show_contest(newest, self.site, self.clock())
            self.weeks.show(newest)
        return [closed._asdict() for closed in made]

    def step(self, event: dict[str, Any]) -> list[dict[str, Any]] | None:
        """``plan`` returns the shares to read, ``share`` reads one, ``close`` closes.

        ``running`` are the machines that run, this one included. If there is another, the plan is None: this
        one would only read again what that one reads.
        """
        match event:
            case {"step": "plan", "running": int(running)} if running > 1:
                return None
            case {"step": "plan", "running": int()}:
                return [share._asdict() for share in self.weeks.to_read(self.current(), self.clock())]
            case {"step": "share", "week": int(number), "share": int(share)}:
                reference = self.current()
                week = reference.definition.week(number)
                if week is None:
                    raise LookupError(f"week {number}")
                self.weeks.shares.make(reference.of_week(number), week, share)
                return []
            case {"step": "close"}:
                return self.run()
        raise ValueError(f"no such step: {event}")


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
