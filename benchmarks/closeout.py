"""One close-out as a separate process: ``python -m benchmarks.closeout STAGE PORT``.

Stages: ``receive`` fetches the pages and parses nothing (the floor), ``read`` decodes them, ``rank`` computes
the week's result, ``rule`` the same under rulings on three questions of the bank, ``collect`` also collects
statistics and what the bundle needs, ``prove`` also makes the bundle and finds each record in the log,
``close`` also writes all files, with rosters of 200,000 people. Prints CPU seconds, peak memory in MB (with
what the log holds), people, attempts.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import cast

from benchmarks.closeout_inputs import OPENS, contest, person, rosters
from benchmarks.page_server import MAC_KEY
from chalicelib.documents.bundle import Records
from chalicelib.documents.canonical import digest
from chalicelib.documents.closed_week import encode_rows
from chalicelib.domain.closeout import Draw, WeekResult, cells_to_hide, close_week, gather
from chalicelib.domain.decisions import Bars, Ruling
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.small_cells import Cell
from chalicelib.domain.statistics.farms import Registration
from chalicelib.domain.statistics.week_collectors import week_collectors
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.bundle_people import BundlePeople
from chalicelib.services.closing.bundle_pieces import Terms
from chalicelib.services.closing.close_weeks import Standing
from chalicelib.services.closing.closed import closed_week, ranking_rows
from chalicelib.services.closing.memory import no_search_for_cycles, search_among_what_is_new
from chalicelib.services.closing.opened_times import group_sizes
from chalicelib.services.closing.pieces import Pieces
from chalicelib.services.closing.places import place_lines
from chalicelib.services.closing.shares import Shares, Watching
from chalicelib.services.closing.week_proof import Minutes, proof_files, write_bundle
from chalicelib.services.contest.compiled_rosters import load_placement, rosters_key
from chalicelib.services.contest.reference import Reference
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.log.ledger import LoggedLeaves, WeekLog
from chalicelib.services.people.vault import Vault
from chalicelib.services.ports import SHARDS
from chalicelib.storage.entry_items import EntryPages
from chalicelib.storage.signed_http import SignedHttp

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "results/week-1/rev-1"
SALT_KEY = b"salt key"
MINUTES = 7 * 24 * 60


class Bucket:
    """Keeps its objects on disk, but for those written in pieces."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, key: str) -> bytes | None:
        path = self._path(key)
        return path.read_bytes() if path.exists() else None

    def put(self, key: str, data: bytes) -> None:
        self._path(key).write_bytes(data)

    def _path(self, key: str) -> Path:
        return self._folder / key.replace("/", " ")

    def put_pieces(self, key: str, pieces: Iterable[bytes]) -> None:
        for _ in pieces:
            pass

    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        for key, data in files:
            self.put(key, data)


def invented_registrations(people: Iterable[str]) -> Iterator[Registration]:
    """Over the three weeks before, each with another phone, at the price of opening a sealed one."""
    vault = Vault(lambda: b"k" * 32)
    sealed = vault.seal("0912345678", "somebody", "phone")
    for number, identity in enumerate(people):
        vault.open(sealed, "somebody", "phone")
        yield Registration(identity, f"09{number:08}", OPENS - int(identity, 16) % 1_814_400_000)


def put_into_the_log(desk: Bucket, reference: Reference, pages: EntryPages) -> None:
    """The leaf hashes of each minute of the week, as ``tally`` has handed them on."""
    records = Records(SALT_KEY, reference.definition.contest.id)
    minutes = [bytearray() for _ in range(MINUTES)]
    for number, entry in enumerate(pages(1)):
        minutes[number % MINUTES] += b"".join(records.leaf_hashes(None, entry, reference.bank.digest))
    for number, minute in enumerate(minutes):
        desk.put(f"{number}.bin", minute)


def prepared(what: str, desk: Bucket, pages: EntryPages) -> Reference:
    """Puts on the desk what a close finds there."""
    listed = rosters() if what == "close" else b""
    reference = contest(ROOT / "contests", digest(listed) if listed else "")
    desk.put(rosters_key(reference.rosters), listed)
    if what in {"prove", "close"}:
        put_into_the_log(desk, reference, pages)
    return reference


@dataclass(frozen=True, slots=True)
class Log:
    """What ``put_into_the_log`` has put there."""

    desk: Bucket

    def of_week(self, definition: Definition, week: Week) -> LoggedLeaves:
        leaves = LoggedLeaves(MINUTES)
        for number in range(MINUTES):
            leaves.add(number, self.desk.get(f"{number}.bin") or b"")
        return leaves


def rulings(reference: Reference) -> dict[str, Ruling]:
    """Three questions: another key, a second key, and the point for everybody."""
    asked = reference.bank.questions[:3]
    answers: list[tuple[int, ...]] = [(0b1,), (0b1, 0b10), ()]
    return {
        question.id: Ruling(question.id, (1,), keys, "bench", "")
        for question, keys in zip(asked, answers, strict=True)
    }


def write_files(result: WeekResult, reference: Reference, desk: Bucket, people: Iterable[str]) -> None:
    """``people``: all who are registered."""
    with search_among_what_is_new():
        registrations = partial(invented_registrations, people)
        closed = closed_week(result, reference, {}, {})
        closed.encode()
        for piece in encode_rows(result.week.number, ranking_rows(result)):
            sha256(piece)
        for _, content in (
            Reports(desk, registrations).write_week(result, closed, reference, {}, "", Standing()).files
        ):
            for piece in [content] if isinstance(content, bytes) else content:
                sha256(piece)


def registered(people: int) -> Iterable[str]:
    return map(person, range(people))


def watching(reference: Reference, week: Week) -> Watching:
    return Watching(
        BundlePeople(reference.definition, week, SALT_KEY),
        week_collectors(reference.definition, reference.bank),
    )


def terms_of(reference: Reference, cells: Mapping[Cell, int]) -> Terms:
    hidden = cells_to_hide(reference.definition, reference.units, cells)
    return Terms(hidden, frozenset(), MINUTES, None)


def close(
    shares: Shares, reference: Reference, desk: Bucket, everybody: Callable[[int], Iterable[str]] | None
) -> WeekResult:
    """What a close does for a week, of pieces that are there or made here.

    ``everybody``: who is registered, of so many people; without it no files are written.
    """
    definition, week = reference.definition, reference.definition.weeks[0]
    read = shares.gather(reference, week)
    terms, minutes, names = (
        terms_of(reference, read.cells),
        Minutes(),
        Pseudonyms(SALT_KEY, definition.contest.id),
    )
    pieces = Pieces(shares, cast(WeekLog, Log(desk)), SALT_KEY).each(reference, week, read.blocks, terms)
    bundle = write_bundle(pieces, minutes, partial(names.of, week.number), Bars(), [], desk, FOLDER)
    minutes.fill(dict.fromkeys(minutes.missing, MINUTES), MINUTES)
    result = close_week(
        definition,
        reference.units,
        week,
        read.gathered,
        draw=Draw(MINUTES, ""),
        names=names,
        hidden=terms.hidden,
    )
    sizes = group_sizes(result, definition)
    for name, data in proof_files(bundle, result, reference, {}, (), sizes).items():
        desk.put(f"{FOLDER}/{name}", data)
    if everybody is not None:
        for line in place_lines(result, sizes, reference, 1, None, SigningKey(b"k" * 32)):
            sha256(line)
        write_files(result, reference, desk, everybody(result.counts.people))
    return result


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder))


def measure(folder: Path) -> None:
    what, port = sys.argv[1:3]
    os.environ.update(
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}", AWS_ACCESS_KEY_ID="bench", AWS_SECRET_ACCESS_KEY="bench"
    )
    http = SignedHttp("ap-southeast-1", connect=2, read=20, retries=1)
    desk, pages = Bucket(folder), EntryPages(http, "entries", lambda: MAC_KEY)
    reference = prepared(what, desk, pages)
    people = attempts = 0
    began = time.process_time()
    if what == "receive":
        for shard in SHARDS:
            for page in pages.pages(f"w1#{shard}"):
                people += page.count(b'"sk"')
    elif what == "read":
        for _ in pages(1):
            people += 1
    else:
        with no_search_for_cycles():
            week = reference.definition.weeks[0]
            shares = Shares(pages, desk, "bench", watching)
            if what in {"prove", "close"}:
                result = close(shares, reference, desk, registered if what == "close" else None)
            else:
                ruled = rulings(reference) if what == "rule" else {}
                placement = load_placement(desk, reference, week.number)
                if what == "collect":
                    gathered = shares.gather(reference, week).gathered
                else:
                    gathered = gather(
                        reference.definition, reference.bank, week, pages(1), {}, ruled, placement=placement
                    )
                names = Pseudonyms(SALT_KEY, reference.definition.contest.id)
                draw = Draw(MINUTES, "")
                result = close_week(
                    reference.definition, reference.units, week, gathered, draw=draw, names=names
                )
            people, attempts = result.counts.people, result.counts.attempts
    spent = time.process_time() - began
    print(spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000, people, attempts)


if __name__ == "__main__":
    main()
