"""Gives a number back to its owner, whom an identity provider has proved, if somebody unproven has it.

The desk does so as if the owner had called. However often the owner's request comes, the desk is asked once in
a quarter of an hour. What it does late does not hit the owner, who is verified then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.domain.errors import Busy
from chalicelib.services.ports import Exchanges, Holder, ObjectStore, ParticipantStore

# Where the desk finds the numbers that their proven owners want: each owner is a sender of the inbox.
RELEASES = "inbox/month/provider-"
AGAIN_MS = 15 * 60_000


@dataclass(frozen=True, slots=True)
class TakeOver:
    """``inbox()`` is the desk. ``number`` is everywhere the participant id that stands for the citizen ID."""

    participants: ParticipantStore
    exchanges: Exchanges
    inbox: Callable[[], ObjectStore]

    def is_asked_for(self, number: str, now: int) -> bool:
        """Whether the desk has been asked to release whoever has the number now."""
        holder = self.participants.holder(number)
        asked = self.exchanges.get(_release_of(holder)) if holder else None
        return asked is not None and now - asked.claimed_at < AGAIN_MS

    def ask_for(self, number: str, citizen_id: str, title: str, now: int) -> None:
        """``title``: what people call their account at the provider.

        Raises ``Busy`` until the number is released, in some seconds; returns if it cannot be.
        """
        holder = self.participants.holder(number)
        if holder is not None and not holder.taken:
            raise Busy
        if holder is None or holder.person is None or holder.person.verified_at:
            return
        claim = _release_of(holder)
        asked = self.exchanges.get(claim)
        if asked and now - asked.claimed_at >= AGAIN_MS:  # the desk has not done it
            self.exchanges.release(claim)
        if self.exchanges.claim(claim, now):
            why = f"chủ số đã xác thực bằng {title}"
            try:
                self.inbox().put(f"{RELEASES}{number}/releases.csv", _releases_file(citizen_id, why))
            except Exception:
                self.exchanges.release(claim)
                raise
        raise Busy


def _release_of(holder: Holder) -> str:
    """The key under which the desk is asked once to release whoever has the number."""
    return f"release|{holder.participant_id}"


def _releases_file(citizen_id: str, reason: str) -> bytes:
    """``releases.csv`` for one person; the desk reads CSV."""
    quoted = reason.replace('"', '""')
    return f'citizen_id,reason\n{citizen_id},"{quoted}"\n'.encode()
