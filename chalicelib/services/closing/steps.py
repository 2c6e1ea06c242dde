"""Runs a close, whole or in the steps of the state machine.

A run first publishes new receipt keys, commits to new code and the rules in its words, and brings the site to
the week in view; then it closes the weeks that are over. The state machine plans, reads the shares in parallel,
and then does the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.documents.canonical import digest
from chalicelib.domain.times import EPOCH
from chalicelib.services.closing.close_weeks import CloseWeeks
from chalicelib.services.contest.commitments import note_deployment
from chalicelib.services.contest.public_contest import ToRules, committed_rules, rules_in_words
from chalicelib.services.contest.reference import Current
from chalicelib.services.exam.receipt_keys import publish_keys
from chalicelib.services.ports import Clock, ConditionalObjects, KeptSite
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
    version: str
    to_rules: ToRules

    def run(self) -> list[dict[str, Any]]:
        """Closes weeks that are over; returns new revisions. Raises ``NotLoaded`` before the first contest."""
        look_after_site(self.site, self.clock())  # before what follows puts right what somebody has changed
        look_after_lists(self.desk)
        keys = publish_keys(self.desk, self.site)
        now = EPOCH + timedelta(milliseconds=self.clock())
        note_deployment(self.desk, self.version, keys, now, self._publish_rules)
        reference = self.current()
        show_contest(reference, self.desk, self.site, self.clock())
        made = self.weeks.run(reference, self.clock())
        newest = self.current()
        if (
            newest is not reference
        ):  # taken over meanwhile: the site may show older dates, or results of an open week
            show_contest(newest, self.desk, self.site, self.clock())
            self.weeks.show(newest)
        return [closed._asdict() for closed in made]

    def _publish_rules(self, reference: Current) -> str:
        """Puts the rules in this code's words under their digest, which is returned."""
        rules = rules_in_words(reference, self.to_rules)
        self.site.put(committed_rules(digest(rules)), rules)
        return digest(rules)

    def step(self, event: dict[str, Any]) -> list[dict[str, Any]]:
        """``plan`` returns the shares to read, ``share`` reads one, ``close`` closes."""
        match event:
            case {"step": "plan"}:
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
