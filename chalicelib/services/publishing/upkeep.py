"""Looks after what the functions have stored where others may write: each minute, and at each close.

What somebody has changed, added or taken away is told, which sets off an alarm, and put right.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.services.contest.checked import Altered, checked, tell
from chalicelib.services.contest.compiled_rosters import index_key, rosters_key
from chalicelib.services.contest.reference import source_key
from chalicelib.services.ports import KeptSite, ObjectStore


def look_after_site(site: KeptSite, now: int) -> None:
    """Puts back every file that is not as the functions have put it.

    A file that none of them put is told once and then left: the page does not ask for it, and where the record
    got lost the files are right.
    """
    there = site.there()  # before what is noted: each file is noted before it is put
    noted = site.noted()
    for key in sorted(there.keys() | noted.keys()):
        found, told = there.get(key), noted.get(key)
        if told is None:
            tell(key, healed=False)
            site.put(key, site.get(key) or b"")
        elif found != told.etag and told.is_settled(now):
            tell(key, healed=site.bring_back(key, told.etag, found))


def look_after_contest(desk: ObjectStore) -> None:
    """Checks what the API loads when it starts: the contests in force, and the index of rosters."""
    told = _pointer(desk)
    if told is not None:
        _check(desk, ((compiled.key(one), one) for one in _contests(told)))
        _check(desk, ((index_key(one), one) for one in [told.listed] if one))


def look_after_lists(desk: ObjectStore) -> None:
    """Checks what the next close or file of the inbox will load: rosters, files as sent."""
    told = _pointer(desk)
    if told is None:
        return
    _check(desk, [(source_key(told.source), told.source)])
    for one in _contests(told):
        with suppress(Altered):
            parts = compiled.decode(checked(desk, compiled.key(one), one))
            rosters = compiled.decode_rosters(parts["rosters"])
            _check(desk, [(rosters_key(rosters), rosters)] if rosters else ())


def _pointer(desk: ObjectStore) -> ContestInForce | None:
    pointer = desk.get(CURRENT)
    return ContestInForce.decode(pointer) if pointer else None


def _contests(told: ContestInForce) -> set[str]:
    return {told.reference, *told.papers.values(), *told.units.values()}


def _check(desk: ObjectStore, named: Iterable[tuple[str, str]]) -> None:
    """``named``: key and SHA-256. What cannot be brought back is told, and stops nothing else."""
    for key, sha256 in named:
        with suppress(Altered):
            checked(desk, key, sha256)
