"""Numbers the layout of a contest's data on this machine, so that data of another layout is never half read."""

from __future__ import annotations

from pathlib import Path

from infra.local.checks import CannotRun

# Raise it when existing data can no longer be read: another MiniStack, other folders.
LAYOUT = 1
_NAME = "layout"


def check(state: Path) -> None:
    """Records the layout of new data. Raises ``CannotRun`` for data of another layout."""
    note = state / _NAME
    there = note.read_text(encoding="utf-8").strip() if note.is_file() else ""
    if not there and (state / "services").exists():
        there = "1"  # from before layouts were recorded
    if there in {"", str(LAYOUT)}:
        state.mkdir(parents=True, exist_ok=True)
        note.write_text(f"{LAYOUT}\n", encoding="utf-8")
        return
    who = "a newer" if there.isdigit() and int(there) > LAYOUT else "an older" if there.isdigit() else "another"
    raise CannotRun(
        f"The data in {state} was written by {who} version of this project (layout {there}; this version reads "
        f"layout {LAYOUT}). Nothing was changed. Run it with that version, or drop it by `make clean`."
    )
