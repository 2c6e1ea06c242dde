"""How long pages wait between two saves: the usual time, and longer while the database pushes back."""

from __future__ import annotations

LONGEST = 120
_CALM = 60_000


class Pace:
    """What one environment of Lambda remembers. Seconds; ``now`` in milliseconds as everywhere.

    Each environment judges by its own push-backs and shares nothing: where many are pushed back, many know.
    """

    def __init__(self, usual: int) -> None:
        self._usual = self._raised = usual
        self._last = 0

    def save_after(self, now: int) -> int:
        """Half of what it was for each minute without a push-back, down to the usual time."""
        calm = max(now - self._last, 0) // _CALM
        return max(self._raised >> calm, self._usual)

    def pushed_back(self, now: int) -> None:
        """Twice as long as it would have been."""
        self._raised, self._last = min(2 * self.save_after(now), LONGEST), now
