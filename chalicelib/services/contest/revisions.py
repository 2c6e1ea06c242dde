"""The revisions of closes: the pointer names the manifest's digest, the manifest those of all other files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from chalicelib.documents.manifest import FinalManifest, WeekManifest
from chalicelib.documents.results_page import SHOWN, ShownResults
from chalicelib.documents.revision import StoredRevision
from chalicelib.documents.typed import decode
from chalicelib.services.contest.checked import checked
from chalicelib.services.ports import ObjectStore

MANIFEST = "manifest.json"


def folder_of(what: str, revision: int) -> str:
    return f"results/{what}/rev-{revision}"


def stored_revision(desk: ObjectStore, what: str, revision: int, manifest: str) -> StoredRevision:
    """The files are those that the manifest of this digest names, whoever has written there since.

    Raises ``Altered``, at once or when a file is read.
    """
    folder = folder_of(what, revision)
    told = checked(desk, f"{folder}/{MANIFEST}", manifest)
    files = decode(FinalManifest if what == "final" else WeekManifest, told).files
    return revision_of(desk, folder, {**files, MANIFEST: manifest})


def revision_of(desk: ObjectStore, folder: str, files: Mapping[str, str]) -> StoredRevision:
    """``files``: SHA-256 by name."""

    def read(name: str) -> bytes | None:
        return checked(desk, f"{folder}/{name}", files[name]) if name in files else None

    return StoredRevision(read)


def revisions_so_far(desk: ObjectStore, what: str, revision: int, manifest: str) -> Iterator[StoredRevision]:
    """This revision, the one that it replaced, and so on."""
    while True:
        stored = stored_revision(desk, what, revision, manifest)
        yield stored
        before = stored.manifest(what).replaces
        if before is None:
            return
        revision, manifest = before.revision, before.manifest


def shown_results(desk: ObjectStore) -> ShownResults | None:
    """Which results are published; None before the first close."""
    pointer = desk.get(SHOWN)
    return decode(ShownResults, pointer) if pointer else None


def shown_weeks(desk: ObjectStore) -> Iterator[tuple[int, str, StoredRevision]]:
    """Number, folder and revision of each week whose result is published."""
    there = shown_results(desk)
    if there is None:
        return
    for week in there.index.weeks:
        what = f"week-{week.week}"
        stored = stored_revision(desk, what, week.revision, there.manifests[what])
        yield week.week, folder_of(what, week.revision), stored
