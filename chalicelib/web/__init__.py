"""Bodies, responses, tokens and problem documents."""
