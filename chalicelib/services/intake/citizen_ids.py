"""Whose the citizen IDs in a file are."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.identity import participant_id
from chalicelib.services.ports import ParticipantStore


def ids_in_force(citizen_ids: Iterable[str], people: ParticipantStore, pepper: bytes) -> dict[str, str]:
    """Citizen ID → the participant id in force."""
    numbers = {one: participant_id(pepper, one) for one in citizen_ids}
    in_force = people.in_force(numbers.values())
    return {one: in_force[number] for one, number in numbers.items()}
