"""Checks receipts and published rankings by docs/proof.md alone; shares no code with the contest."""
