"""The rules of the contest: plain Python and pydantic; no clock, no randomness, no AWS."""
