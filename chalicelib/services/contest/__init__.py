"""The contest in force: compiled, committed to, shown to the public, and what of it may still change."""
