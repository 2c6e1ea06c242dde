"""What holds now, as the log tells it: name → value (docs/proof.md, “Facts”)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chalicelib.documents.canonical import digest
from chalicelib.documents.keys import PublicKey
from chalicelib.services.contest.public_contest import open_decisions
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import CurrentRevision, Revisions

# Parts that anybody may see or that cannot be guessed. All others, but for decisions that are published, are
# salted: who knows participant ids could guess a list of people, who knows questions a ruling.
_OPEN_PARTS = ("definition", "bank", "units")


class Held(NamedTuple):
    """What a close rests on, by the names of parts: the values of the facts, and salts (hex) of some."""

    inputs: dict[str, str]
    salts: dict[str, str]


def results_in_force(reference: Current, revisions: Revisions) -> dict[str, CurrentRevision]:
    """Of ``week-<k>`` and ``final``."""
    every = (*(f"week-{week.number}" for week in reference.definition.weeks), "final")
    return {what: current for what in every if (current := revisions.current(what))}


def facts(
    reference: Current, version: str, keys: Iterable[PublicKey], results: Mapping[str, CurrentRevision]
) -> dict[str, str]:
    """All of them. ``version``: the code's; ``keys`` sign receipts and results.

    ``results``: see ``results_in_force``.
    """
    return {
        **of_contest(reference, version),
        **{f"key-{key.key_id}": key.public_key for key in keys},
        **{what: f"{current.revision} {current.result}" for what, current in results.items()},
        **({"end": reference.ended} if reference.ended else {}),
    }


def of_contest(reference: Current, version: str) -> dict[str, str]:
    """Those that closes rest on."""
    parts = {name: _told(reference, name, value) for name, value in _parts(reference).items()}
    rules = {"rules": reference.rules} if reference.rules else {}
    return {**parts, **rules, "code_version": version}


def held(reference: Current, week: int) -> Held:
    """Of the parts that hold in ``week``."""
    parts, inputs, salts = _parts(reference), {}, {}
    for part in reference.digests:
        name = next(name for name in (f"week-{week}/{part}", part) if name in parts)
        inputs[part] = _told(reference, name, parts[name])
        if name in reference.salts:
            salts[part] = reference.salts[name]
    return Held(inputs, salts)


def held_at_the_end(reference: Current) -> Held:
    """The final is counted by the units of the last week, and by the newest state of everything else."""
    newest, last = held(reference, 0), held(reference, reference.definition.weeks[-1].number)
    kept = ("units", "rosters")
    return Held(
        {**newest.inputs, **{part: last.inputs[part] for part in kept}},
        {**newest.salts, **{part: last.salts[part] for part in kept if part in last.salts}},
    )


def _parts(reference: Current) -> dict[str, str]:
    """The digest of each part in force, and of those that weeks have instead."""
    weeks = {
        f"week-{week.number}/{part}": value
        for week in reference.definition.weeks
        for part, value in reference.of_week(week.number).digests.items()
        if value != reference.digests[part]
    }
    return {**reference.digests, **weeks}


def _told(reference: Current, name: str, value: str) -> str:
    return salted(value, reference.salts[name]) if name in reference.salts else value


def salts(reference: Current, pepper: bytes) -> dict[str, str]:
    """Name of a fact → the salt of its value, in hex, where the value could be guessed.

    A salt tells nothing about others. It is shown with its part to whoever may check that.
    """
    plain = {*_OPEN_PARTS, *open_decisions(reference)}
    return {
        name: hmac.digest(pepper, f"fact|{name}|{value}".encode(), "sha256").hex()
        for name, value in _parts(reference).items()
        if name.rpartition("/")[2] not in plain
    }


def salted(part_digest: str, salt: str) -> str:
    return digest(bytes.fromhex(salt) + bytes.fromhex(part_digest))
