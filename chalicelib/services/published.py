"""What site and desk show of the closes: always what the pointers point at."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.services.ports import ObjectStore, Pointer, Revisions
from chalicelib.services.reference import Reference, canonical_json


def show(reference: Reference, revisions: Revisions, desk: ObjectStore, site: ObjectStore) -> None:
    """Brings the site's pages, its index and ``results/current.json`` to where the pointers point."""
    index: dict[str, Any] = {"weeks": [], "final": None}
    for week in reference.definition.weeks:
        pointer = revisions.current(f"week-{week.number}")
        if pointer is not None:
            index["weeks"].append({"week": week.number, "revision": pointer.revision})
            _show_page(f"week-{week.number}", pointer, desk, site)
    final = revisions.current("final")
    if final is not None:
        index["final"] = {"revision": final.revision}
        _show_page("final", final, desk, site)
    _put_changed(site, "data/results/index.json", canonical_json(index))
    _put_changed(desk, "results/current.json", canonical_json(index))


def stored(desk: ObjectStore, key: str) -> bytes:
    """A file that an earlier close has written. Raises ``FileNotFoundError``."""
    data = desk.get(key)
    if data is None:
        raise FileNotFoundError(key)
    return data


def _show_page(what: str, pointer: Pointer, desk: ObjectStore, site: ObjectStore) -> None:
    page = json.loads(stored(desk, f"results/{what}/rev-{pointer.revision}/page.json"))
    shown = {**page, "revision": pointer.revision, "digest": pointer.result}
    _put_changed(site, f"data/results/{what}.json", canonical_json(shown))


def _put_changed(store: ObjectStore, key: str, data: bytes) -> None:
    if store.get(key) != data:
        store.put(key, data)
