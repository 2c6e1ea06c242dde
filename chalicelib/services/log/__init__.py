"""The transparency log: what happened in each minute, and what began to hold (docs/proof.md, “The log”)."""
