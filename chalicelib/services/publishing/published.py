"""Shows the contest and its closes on site and desk: always the revisions that the pointers name.

Every file of a week's proof except ``index.json`` has a name made from its content and is written first. So
readers of the index find files that belong together, whatever revision follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from msgspec import structs

from chalicelib.documents.links import FOLDER, LINKS, LinksFile, links_file
from chalicelib.documents.places import PLACES, PLACES_INDEX, THE_END, Places, PlacesIndex
from chalicelib.documents.places import folder_of as places_of
from chalicelib.documents.results_page import (
    CURRENT_RESULTS,
    FINAL,
    INDEX,
    SHOWN,
    FinalPage,
    Proof,
    ResultsIndex,
    ShownCorrection,
    ShownFinal,
    ShownResults,
    ShownWeek,
    WeekPage,
)
from chalicelib.documents.revision import StoredRevision
from chalicelib.documents.typed import decode
from chalicelib.documents.week_proof import (
    AUDIT,
    BATCHES,
    MERKLE,
    RANKING,
    AuditFile,
    NamedFile,
    ProofIndex,
    Tree,
)
from chalicelib.domain.times import span_ms
from chalicelib.services.contest.checked import Altered, checked, checked_pieces, tell
from chalicelib.services.contest.public_contest import RULES, committed_rules, site_files
from chalicelib.services.contest.reference import Current, Reference
from chalicelib.services.contest.revisions import folder_of, shown_results, stored_revision
from chalicelib.services.contest.withdrawn import withdraw_final, withdraw_week
from chalicelib.services.ports import CurrentRevision, LargeObjects, ObjectStore, Revisions

# The page of a revision as the close leaves it on the desk.
PAGE = "page.json"


def show(reference: Reference, revisions: Revisions, desk: LargeObjects, site: LargeObjects) -> None:
    """Brings the site's pages, its index and ``results/current.json`` to the revisions the pointers name.

    A revision for another end of its week, which was opened again since, is not shown, nor is then the final.
    """
    weeks: list[ShownWeek] = []
    manifests: dict[str, str] = {}
    reopened = False
    for week in reference.definition.weeks:
        what = f"week-{week.number}"
        current = revisions.current(what)
        if current is None:
            continue
        stored = stored_revision(desk, what, current.revision, current.manifest)
        page = decode(WeekPage, stored.file(PAGE))
        if page.closes_at != reference.definition.rfc3339(week.closes):
            reopened = True
            if site.get(f"data/results/{what}.json"):
                withdraw_week(week.number, current.revision, current.manifest, desk, site)
        else:
            weeks.append(ShownWeek(week.number, current.revision))
            manifests[what] = current.manifest
            files = stored.manifest(what).files
            proof = show_proof(week.number, current.revision, stored, files[AUDIT], desk, site)
            _show_page(page, what, current, stored, reference, site, proof=proof)
            if PLACES in files:  # earlier releases made none
                show_places(week.number, what, current.revision, files[PLACES], desk, site)
    final = revisions.current("final")
    if final is not None and reopened:
        if site.get(FINAL):
            withdraw_final(final.revision, final.manifest, desk, site)
        final = None
    if final is not None:
        stored = stored_revision(desk, "final", final.revision, final.manifest)
        links = show_links(final.revision, stored, desk, site)
        page_of_end = decode(FinalPage, stored.file(PAGE))
        files = stored.manifest("final").files
        if PLACES in files:
            show_places(THE_END, "final", final.revision, files[PLACES], desk, site)
        _show_page(page_of_end, "final", final, stored, reference, site, links=links)
        manifests["final"] = final.manifest
    index = ResultsIndex(weeks=tuple(weeks), final=ShownFinal(final.revision) if final else None)
    _put_changed(site, INDEX, index.encode())
    before = shown_results(desk)
    if desk.get(CURRENT_RESULTS) not in (index.encode(), before.index.encode() if before else None):
        tell(CURRENT_RESULTS, healed=True)
    _put_changed(desk, CURRENT_RESULTS, index.encode())
    _put_changed(desk, SHOWN, ShownResults(index=index, manifests=manifests).encode())


def show_contest(reference: Current, site: ObjectStore, now: int) -> None:
    """Brings the contest on the site to the week in view and to the contest that the pointer names."""
    files = site_files(reference, now)
    if rules := reference.rules:
        with suppress(Altered):  # the alarm is told, and the contest's dates must not wait for it
            files[RULES] = checked(site, committed_rules(rules), rules)
    for key, data in files.items():
        _put_changed(site, key, data)


def show_proof(
    week: int, revision: int, stored: StoredRevision, audit: str, desk: LargeObjects, site: LargeObjects
) -> Proof:
    """Brings ``data/proof/week-<k>/`` to this revision; returns root and size for the page of results.

    ``audit``: the digest of the revision's leaves with their data.
    """
    source, target = folder_of(f"week-{week}", revision), f"data/proof/week-{week}"
    tree = decode(Tree, stored.file(MERKLE))
    proof = Proof(tree.root, tree.size)
    before = site.get(f"{target}/index.json")
    if before:
        shown = decode(ProofIndex, before)
        there = shown.revision, shown.root, shown.audit.sha256, shown.batches.sha256, shown.ranking.sha256
        if there == (revision, tree.root, tree.audit_sha256, tree.batches_sha256, tree.ranking_sha256):
            return proof
    folder = tree.folder
    leaves_with_data = checked_pieces(desk, f"{source}/{AUDIT}", audit)
    site.put_pieces(f"{target}/{folder}/{tree.audit_file}", leaves_with_data)
    for name, file in ((BATCHES, tree.batches_file), (RANKING, tree.ranking_file)):
        site.put(f"{target}/{folder}/{file}", stored.file(name))
    index = ProofIndex(
        contest=tree.contest,
        week=week,
        revision=revision,
        bank=tree.bank,
        root=tree.root,
        size=tree.size,
        folder=folder,
        audit=AuditFile(tree.audit_file, tree.audit_sha256, tree.audit_bytes),
        batches=NamedFile(tree.batches_file, tree.batches_sha256),
        ranking=NamedFile(tree.ranking_file, tree.ranking_sha256),
    )
    site.put(f"{target}/index.json", index.encode())
    return proof


def show_places(
    week: int, what: str, revision: int, sha256: str, desk: LargeObjects, site: LargeObjects
) -> None:
    """Brings ``data/results/<what>/places/`` to this revision, file by file; the index follows them all.

    While that goes on the page finds files of two revisions, and says so.
    """
    source, target = f"{folder_of(what, revision)}/{PLACES}", places_of(what)
    before = site.get(f"{target}/{PLACES_INDEX}")
    if before and decode(PlacesIndex, before).sha256 == sha256:
        return
    for _ in checked_pieces(desk, source, sha256):  # before anything of it is shown
        pass
    new: dict[str, str] = {}

    def files() -> Iterator[tuple[str, bytes]]:
        for line in _lines(desk.get_pieces(source)):
            digits = decode(Places, line).digits
            new[f"{target}/{digits or 'all'}.json"] = digits
            yield f"{target}/{digits or 'all'}.json", line

    site.put_all(files())
    index = f"{target}/{PLACES_INDEX}"
    site.put_all([(key, b"") for key in site.keys(f"{target}/") if key not in new and key != index])
    many = max(map(len, new.values()))
    site.put(index, PlacesIndex(week=week, revision=revision, digits=many, sha256=sha256).encode())


def show_links(revision: int, stored: StoredRevision, desk: LargeObjects, site: LargeObjects) -> LinksFile:
    """Brings the links of the end to the site; returns their name for the page of results."""
    told = stored.manifest("final").files[LINKS]
    links = links_file(told)
    before = site.get(FINAL)
    if not before or decode(FinalPage, before).links != links:
        source = f"{folder_of('final', revision)}/{LINKS}"
        site.put_pieces(f"{FOLDER}/{links.file}", checked_pieces(desk, source, told))
    return links


def _show_page(
    page: WeekPage | FinalPage,
    what: str,
    current: CurrentRevision,
    stored: StoredRevision,
    reference: Reference,
    site: ObjectStore,
    **more: Any,
) -> None:
    definition, manifest = reference.definition, stored.manifest(what)
    recognised = manifest.recognised
    until = definition.rfc3339(current.at + span_ms(definition.contest.complaints))
    shown = structs.replace(
        page,
        revision=current.revision,
        digest=current.result,
        recognised=recognised,
        complaints_until=None if recognised else until,
        corrections=tuple(ShownCorrection(one.at, one.reason, one.code) for one in manifest.confirmations),
        **more,
    )
    _put_changed(site, f"data/results/{what}.json", shown.encode())


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole


def _put_changed(store: ObjectStore, key: str, data: bytes) -> None:
    if store.get(key) != data:
        store.put(key, data)
