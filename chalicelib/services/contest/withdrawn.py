"""Takes the results of a week back from the site when the week is opened again.

While a week is open, nothing may be published from which the prediction's target could be read. An object
cannot be deleted with the rights that the functions have: an empty one is as good.
"""

from __future__ import annotations

from collections.abc import Collection

from chalicelib.documents.links import FOLDER, LINKS, links_file
from chalicelib.documents.manifest import FinalManifest
from chalicelib.documents.results_page import CURRENT_RESULTS, FINAL, INDEX, ResultsIndex
from chalicelib.documents.typed import decode
from chalicelib.documents.week_proof import MERKLE, Tree
from chalicelib.services.ports import ObjectStore


def withdraw_week(week: int, revision: int, desk: ObjectStore, site: ObjectStore) -> None:
    """Empties the week's page and proof on the site, and what revisions before ``revision`` have left there."""
    proof = f"data/proof/week-{week}"
    files = [f"data/results/week-{week}.json", f"{proof}/index.json"]
    for number in range(1, revision + 1):
        data = desk.get(f"results/week-{week}/rev-{number}/{MERKLE}")
        if data is not None:
            tree = decode(Tree, data)
            files += [f"{proof}/{tree.folder}/{name}" for name in (tree.audit_file, tree.ranking_file)]
    for key in files:
        site.put(key, b"")


def withdraw_final(revision: int, desk: ObjectStore, site: ObjectStore) -> None:
    """Empties the page and the links of the end, also those of revisions before ``revision``."""
    files = [FINAL]
    for number in range(1, revision + 1):
        data = desk.get(f"results/final/rev-{number}/manifest.json")
        if data is not None:
            files.append(f"{FOLDER}/{links_file(decode(FinalManifest, data).files[LINKS]).file}")
    for key in files:
        site.put(key, b"")


def withdraw(weeks: Collection[int], desk: ObjectStore, site: ObjectStore) -> None:
    """Takes back the results of ``weeks``, as far as they are published, and those of the whole contest."""
    data = desk.get(CURRENT_RESULTS)
    if not weeks or data is None:
        return
    shown = decode(ResultsIndex, data)
    for one in shown.weeks:
        if one.week in weeks:
            withdraw_week(one.week, one.revision, desk, site)
    if shown.final:
        withdraw_final(shown.final.revision, desk, site)
    left = tuple(one for one in shown.weeks if one.week not in weeks)
    site.put(INDEX, ResultsIndex(weeks=left, final=None).encode())
