"""Checks receipts and published rankings from docs/proof.md alone; shares no code with the contest."""
