"""The wait of pages between two saves: the usual time, or longer while the database pushes back."""

from __future__ import annotations

LONGEST = 120
_CALM = 60_000


class Pace:
    """The memory of one Lambda environment. Waits are in seconds; ``now`` is in milliseconds as everywhere.

    Each environment judges by its own push-backs and shares nothing: if many are pushed back, many know.
    """

    def __init__(self, usual: int) -> None:
        self._usual = self._raised = usual
        self._last = 0

    def save_after(self, now: int) -> int:
        """The wait, halved for each minute without a push-back, down to the usual time."""
        calm = max(now - self._last, 0) // _CALM
        return max(self._raised >> calm, self._usual)

    def pushed_back(self, now: int) -> None:
        """Doubles the wait, up to ``LONGEST``."""
        self._raised, self._last = min(2 * self.save_after(now), LONGEST), now
