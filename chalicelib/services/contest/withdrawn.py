"""Takes the results of a week back from the site when the week is opened again.

While a week is open, nothing may be published from which the prediction's target could be read. An object
cannot be deleted with the rights that the functions have: an empty one is as good.
"""

from __future__ import annotations

from collections.abc import Collection

from chalicelib.documents.links import FOLDER, LINKS, links_file
from chalicelib.documents.places import folder_of as places_of
from chalicelib.documents.results_page import FINAL, INDEX, ResultsIndex
from chalicelib.documents.typed import decode
from chalicelib.documents.week_proof import MERKLE, Tree
from chalicelib.services.contest.revisions import revisions_so_far, shown_results
from chalicelib.services.ports import LargeObjects, ObjectStore


def withdraw_week(week: int, revision: int, manifest: str, desk: ObjectStore, site: LargeObjects) -> None:
    """Empties the week's page, places and proof on the site, also those of revisions before ``revision``."""
    proof = f"data/proof/week-{week}"
    for key in (f"data/results/week-{week}.json", f"{proof}/index.json"):
        site.put(key, b"")
    _empty_places(f"week-{week}", site)
    for stored in revisions_so_far(desk, f"week-{week}", revision, manifest):
        tree = decode(Tree, stored.file(MERKLE))
        for name in (tree.audit_file, tree.batches_file, tree.ranking_file):
            site.put(f"{proof}/{tree.folder}/{name}", b"")


def withdraw_final(revision: int, manifest: str, desk: ObjectStore, site: LargeObjects) -> None:
    """Empties the page, places and links of the end, also those of revisions before ``revision``."""
    site.put(FINAL, b"")
    _empty_places("final", site)
    for stored in revisions_so_far(desk, "final", revision, manifest):
        links = links_file(stored.manifest("final").files[LINKS])
        site.put(f"{FOLDER}/{links.file}", b"")


def _empty_places(what: str, site: LargeObjects) -> None:
    site.put_all([(key, b"") for key in site.keys(f"{places_of(what)}/")])


def withdraw(weeks: Collection[int], desk: ObjectStore, site: LargeObjects) -> None:
    """Takes back the results of ``weeks``, as far as they are published, and those of the whole contest."""
    there = shown_results(desk)
    if not weeks or there is None:
        return
    for one in there.index.weeks:
        if one.week in weeks:
            withdraw_week(one.week, one.revision, there.manifests[f"week-{one.week}"], desk, site)
    if there.index.final:
        withdraw_final(there.index.final.revision, there.manifests["final"], desk, site)
    left = tuple(one for one in there.index.weeks if one.week not in weeks)
    site.put(INDEX, ResultsIndex(weeks=left, final=None).encode())
