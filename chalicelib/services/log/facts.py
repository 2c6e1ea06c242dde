"""What holds now, as the log tells it: name → value (docs/proof.md, “Facts”)."""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.documents.commitments import Commitment
from chalicelib.services.contest.commitments import read_chain
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import CurrentRevision, ObjectStore, Revisions


def results_in_force(reference: Current, revisions: Revisions) -> dict[str, CurrentRevision]:
    """Of ``week-<k>`` and ``final``."""
    every = (*(f"week-{week.number}" for week in reference.definition.weeks), "final")
    return {what: current for what in every if (current := revisions.current(what))}


def facts(reference: Current, desk: ObjectStore, results: Mapping[str, CurrentRevision]) -> dict[str, str]:
    """``results``: as ``results_in_force`` tells them."""
    chain = read_chain(desk, reference.commitment)
    told = _committed(chain[-1]) if chain else {}
    return {**told, **{what: f"{current.revision} {current.result}" for what, current in results.items()}}


def _committed(state: Commitment) -> dict[str, str]:
    weeks = {
        f"week-{week}/{name}": value for week, parts in state.weeks.items() for name, value in parts.items()
    }
    keys = {f"key-{key.key_id}": key.public_key for key in state.keys}
    return {**state.parts, **weeks, **keys, "code_version": state.code_version}
