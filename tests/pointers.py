"""The pointer to the contest in force, for tests that set it themselves."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.documents.contest_in_force import ContestInForce


def pointing_at(
    reference: str, papers: Mapping[str, str] | None = None, units: Mapping[str, str] | None = None
) -> ContestInForce:
    return ContestInForce(
        contest="trial",
        start="2022-08-22T08:00:00+07:00",
        reference=reference,
        source="0" * 64,
        loaded_at="2022-08-20T08:00:00+00:00",
        papers=papers or {},
        units=units or {},
    )
