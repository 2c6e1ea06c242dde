"""Makes a week's bundle and tree: from settled entries to ``audit.jsonl.gz``, the tree and ``ranking.json``.

docs/proof.md describes the format. A million attempts take 75 MB until they are written. Entries arrive sorted
by participant id, an order that would link people from week to week; so the lines are put into the order of
their pseudonyms, which needs all of them at once.
"""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from heapq import nsmallest
from operator import itemgetter
from struct import Struct
from sys import byteorder
from typing import NamedTuple, cast

from chalicelib.documents.bundle import Counted, Records, encode_line
from chalicelib.documents.canonical import digest
from chalicelib.documents.ranking_again import (
    EarlierWinner,
    OpenedGrading,
    OpenedTime,
    Outcome,
    RankedPrize,
    RankedUnit,
    RankingAgain,
    Rules,
    UnitSize,
    counted_prize,
    counted_unit_prize,
    order_digest,
    unit_score_rules,
)
from chalicelib.documents.results_page import Proof
from chalicelib.documents.shown_rulings import shown_rulings
from chalicelib.documents.week_proof import AUDIT, BATCHES, MERKLE, RANKING, Tree
from chalicelib.domain.attempt import NOT_COUNTED, Entry, Finished, Status
from chalicelib.domain.closeout import Collector, WeekResult, closed_entry
from chalicelib.domain.decisions import Bars
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.identity_provider import Verified, verified_by
from chalicelib.domain.merkle import LeafHashes, leaf_hash, packed_root
from chalicelib.domain.placement import Place
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.receipt import attempt_id, committed
from chalicelib.domain.small_cells import NOTHING_HIDDEN, Cell, SmallCells
from chalicelib.domain.times import MINUTE_MS, span_ms
from chalicelib.services.closing.closed import UnitPrizesElsewhere, listed
from chalicelib.services.closing.memory import give_back
from chalicelib.services.closing.opened_times import group_sizes, public_order, week_times
from chalicelib.services.contest.reference import Reference
from chalicelib.services.log.ledger import LoggedLeaves
from chalicelib.services.ports import LargeObjects

# The collector's name among those of a close.
PROOF = "proof"

# pseudonym, attempts; lengths of participant id, of the unit's code as in the entry and as counted; category in
# the same way; whether obliged, and listed. Then come the three texts, then each attempt: the score that
# counts, the length of its record, and the record.
_PERSON = Struct(">32sBBBBBB??")
_ATTEMPT = Struct(">BB")
_LENGTHS = Struct(">256I")


# Nobody hands these in: the close settles them, or the start of the next attempt.
SETTLED: frozenset[Status] = frozenset({"overdue", "discarded"})


class Minutes:
    """Finds the minute of the log with each record of a bundle, and with the start of what nobody handed in.

    ``drawn``: the size of the log when the week was first closed, if it was: all that the close settles was
    there then. ``late``: pseudonyms of people with a paper that was handed in, or with the start of one that
    was not, in a batch after the last in time, and of people with a paper that was settled anew since.
    """

    def __init__(self, logged: LoggedLeaves, last_in_time: int, drawn: int | None = None) -> None:
        self._logged, self._last, self._drawn = logged, last_in_time, drawn
        self._settled_anew: set[str] = set()
        self._lines, self._starts = array("I"), array("I")
        self._missing: dict[bytes, tuple[array[int], int, str, bool]] = {}
        self._noted: dict[str, int] = {}
        self.late: set[str] = set()

    def see(self, leaf: bytes, name: str, *, by_close: bool) -> None:
        """The lines in order. ``by_close``: nobody handed it in."""
        self._see(self._lines, leaf, name, by_close=by_close)

    def see_start(self, leaf: bytes, name: str) -> None:
        """The starts of what nobody handed in, in the order of their lines."""
        self._see(self._starts, leaf, name, by_close=False)

    def _see(self, batches: array[int], leaf: bytes, name: str, *, by_close: bool) -> None:
        batch = self._logged.batch(leaf)
        if batch is None:
            self._missing[leaf] = batches, len(batches), name, by_close
        else:
            self._note(name, batch, by_close=by_close)
        batches.append(batch or 0)

    def _note(self, name: str, batch: int, *, by_close: bool) -> None:
        if by_close:
            if self._drawn is not None and batch >= self._drawn:
                self._settled_anew.add(name)
        elif batch > self._last:
            self._noted[name] = max(batch, self._noted.get(name, 0))

    @property
    def missing(self) -> dict[bytes, bool]:
        """Leaf hash → whether it is settled by the close."""
        return {leaf: by_close for leaf, (_, _, _, by_close) in self._missing.items()}

    def fill(self, batches: Mapping[bytes, int], last_in_time: int) -> None:
        """The batches of all that was missing; a log that was late meanwhile has moved the last in time.

        Forgets the log, which takes 20 MB for each million records.
        """
        self._logged = LoggedLeaves()
        for leaf, (of, at, name, by_close) in self._missing.items():
            of[at] = batches[leaf]
            self._note(name, batches[leaf], by_close=by_close)
        self._missing.clear()
        self.late = {name for name, batch in self._noted.items() if batch > last_in_time} | self._settled_anew

    def encode(self) -> bytes:
        """Four bytes for each line, then for each start, big-endian."""
        packed = self._lines + self._starts
        if byteorder == "little":
            packed.byteswap()
        return packed.tobytes()


class ProofCollector:
    """Collects the settled entries of one week, in any order, and parts of them from other collectors."""

    sees_everybody = True

    def __init__(self, definition: Definition, bank: str, week: Week, salt_key: bytes) -> None:
        """``bank``: the digest of the week's."""
        self._week, self._bank = week.number, bank
        self._categories = [category.name for category in definition.categories]
        self._obliged, self._proofs = definition.obliged, definition.proofs
        self._number = {name: number for number, name in enumerate(self._categories)}
        self._names = Pseudonyms(salt_key, definition.contest.id)
        self._records = Records(salt_key, definition.contest.id)
        self._people = [bytearray() for _ in range(256)]
        shortest = span_ms(definition.paper.min_duration)
        # Of this minute, if there is one, some attempts are too fast and some not.
        self._borderline = shortest // MINUTE_MS if shortest % MINUTE_MS else None
        self.borderline: list[OpenedTime] = []

    def add(self, entry: Entry, place: Place) -> None:
        """Makes a leaf of every finished attempt, also of discarded ones and those of barred people."""
        if not entry.finished:
            return
        named = self._pseudonym(entry.participant_id)
        texts = [text.encode() for text in (entry.participant_id, entry.unit, place.unit)]
        categories = self._number[entry.category], self._number[place.category]
        sizes = map(len, texts)
        head = _PERSON.pack(named, len(entry.finished), *sizes, *categories, place.obliged, place.listed)
        block = [head, *texts]
        for one in entry.finished:
            record = (one if one.told is None else one._replace(score=one.told, told=None)).encode()
            block += (_ATTEMPT.pack(one.score, len(record)), record)
        self._people[named[0]] += b"".join(block)

    def linked(self, winners: Mapping[str, int]) -> list[EarlierWinner]:
        """Those of ``winners`` (id → week of the prize) who have a leaf; call it before ``write``."""
        named = ((self._pseudonym(person), person, week) for person, week in winners.items())
        there = [
            EarlierWinner(name.hex(), week, self._names(week, person))
            for name, person, week in named
            if name in self._people[name[0]]
        ]
        return sorted(there, key=lambda one: one.pseudonym)

    def present(self, people: Iterable[str]) -> list[str]:
        """The pseudonyms of those of ``people`` who have a leaf; call it before ``write``.

        People who took no part are left out, so that barring them changes no result.
        """
        names = map(self._pseudonym, people)
        return sorted(named.hex() for named in names if named in self._people[named[0]])

    def _pseudonym(self, participant_id: str) -> bytes:
        return self._names.of(self._week, participant_id)

    def merge(self, other: ProofCollector) -> None:
        for mine, theirs in zip(self._people, other._people, strict=True):
            mine.extend(theirs)

    def encode(self) -> bytes:
        return _LENGTHS.pack(*map(len, self._people)) + b"".join(self._people)

    def decode(self, encoded: bytes) -> None:
        """Adds the people that another collector of the same week has encoded."""
        at = _LENGTHS.size
        for mine, length in zip(self._people, _LENGTHS.unpack_from(encoded), strict=True):
            mine.extend(encoded[at : at + length])
            at += length

    def write(
        self,
        leaves: LeafHashes,
        minutes: Minutes,
        proven: Iterable[str] = (),
        hidden: SmallCells = NOTHING_HIDDEN,
    ) -> Iterator[bytes]:
        """Yields ``audit.jsonl.gz`` in pieces, forgetting each once it is yielded; fills the first two, and
        ``borderline`` with the times of counted attempts of whose minute some are too fast and some not.

        ``proven``: participant ids of those whom an identity provider has proved. ``hidden``: what lines must
        not name.
        """
        anything, names = False, frozenset(map(self._pseudonym, proven))
        for number, bucket in enumerate(self._people):
            if bucket:
                yield _packed(self._lines(bytes(bucket), leaves, minutes, names, hidden))
                self._people[number] = bytearray()
                anything = True
        if not anything:
            yield _packed([])

    def _lines(
        self,
        bucket: bytes,
        leaves: LeafHashes,
        minutes: Minutes,
        proven: frozenset[bytes],
        small: SmallCells,
    ) -> list[bytes]:
        people = []
        at = 0
        while at < len(bucket):
            named, count, *told = _PERSON.unpack_from(bucket, at)
            at += _PERSON.size
            texts = []
            for size in told[:3]:
                texts.append(bucket[at : at + size].decode())
                at += size
            own = []
            for _ in range(count):
                score, size = _ATTEMPT.unpack_from(bucket, at)
                at += _ATTEMPT.size + size
                own.append((score, bucket[at - size : at]))
            people.append((named, texts, told[3:], own))
        people.sort(key=itemgetter(0))
        lines = []
        for named, (identity, unit, counted_unit), (category, counted_category, *told_of), own in people:
            entry = Entry(identity, self._week, unit, self._categories[category], 0, None, ())
            obliged, on_roster = told_of
            place = Place(counted_unit, self._categories[counted_category], obliged, listed=on_roster)
            name, beside = named.hex(), self._beside(entry, place, proven=named in proven)
            hidden = small.hides(Cell(place.unit, place.category, place.obliged))
            for score, record in own:
                attempt = Finished.decode(record)
                public, made = self._records.finish_under(name, entry, self._bank, attempt)
                leaf = leaf_hash(public)
                leaves.add(leaf)
                by_close = attempt.status in SETTLED
                minutes.see(leaf, name, by_close=by_close)
                start = self._records.started(identity, self._week, attempt) if by_close else None
                if start is not None:
                    started = self._records.start_under(name, self._week, attempt.number, start)
                    minutes.see_start(leaf_hash(started), name)
                before = attempt.score if attempt.score != score else None
                identity_salt = made.salts.identity if hidden else None
                counted = Counted(
                    place.unit, place.category, score, made.salts.score, before, *beside, start, identity_salt
                )
                lines.append(encode_line(public, counted))
                if attempt.duration // MINUTE_MS == self._borderline and attempt.flag not in NOT_COUNTED:
                    times, salt = (attempt.duration, attempt.received), made.salts.time.hex()
                    self.borderline.append(OpenedTime(name, attempt.number, *times, salt))
        return lines

    def _beside(self, entry: Entry, place: Place, *, proven: bool) -> tuple[str | None, bool, bool, Verified]:
        """``registered`` to ``verified`` of ``Counted``, which are the same beside all records of a person."""
        verified = verified_by(proven=proven, listed=place.listed)
        moved = (place.unit, place.category) != (entry.unit, entry.category)
        return (
            entry.category if moved else None,
            place.listed,
            place.category in self._obliged and not place.obliged,
            verified if verified in self._proofs else "none",
        )


def _packed(lines: list[bytes]) -> bytes:
    """One gzip member without a time stamp. Level 1: half the time of 6, an eighth larger."""
    squeeze = zlib.compressobj(1, wbits=31)
    return squeeze.compress(b"\n".join([*lines, b""])) + squeeze.flush()


class Bundle(NamedTuple):
    """A week's bundle once written; pseudonyms are in hex."""

    audit_sha256: str
    audit_bytes: int
    tree: Proof
    minutes: Minutes
    no_prize: list[str]
    not_counted: list[str]
    earlier_winners: list[EarlierWinner]
    borderline: list[OpenedTime]


def write_bundle(
    collector: Collector,
    bars: Bars,
    earlier_winners: Mapping[str, int],
    desk: LargeObjects,
    folder: str,
    minutes: Minutes,
    proven: Collection[str] = (),
    hidden: SmallCells = NOTHING_HIDDEN,
) -> Bundle:
    """Writes ``audit.jsonl.gz`` into the desk's ``folder``, piece by piece; uses the collector up.

    It runs before the ranking, so that the two need not fit into memory together.
    """
    proof = cast(ProofCollector, collector)
    no_prize, not_counted = map(proof.present, bars)
    linked = proof.linked(earlier_winners)
    leaves, summed, size = LeafHashes(), sha256(), 0

    def passing() -> Iterator[bytes]:
        nonlocal size
        for piece in proof.write(leaves, minutes, proven, hidden):
            summed.update(piece)
            size += len(piece)
            yield piece

    desk.put_pieces(f"{folder}/{AUDIT}", passing())
    size_of_tree = len(leaves)
    tree = Proof(packed_root(leaves.ordered()).hex(), size_of_tree)
    give_back()
    borderline = [one for one in proof.borderline if one.pseudonym not in {*not_counted}]
    return Bundle(summed.hexdigest(), size, tree, minutes, no_prize, not_counted, linked, borderline)


# How many people of the ranking have their best attempt opened, whoever they are: of the answers of one in a
# hundred graded wrongly, two in five samples show one.
SAMPLE = 50
# Reads one person's entry of a week.
ReadOne = Callable[[int, str], Entry | None]


def opened_gradings(
    bundle: Bundle, result: WeekResult, reference: Reference, salt_key: bytes, read_one: ReadOne
) -> tuple[OpenedGrading, ...]:
    """Those of winners and reserves, and of the ranked people whom the root of this close draws."""
    names = partial(result.names, result.week.number)
    drawn = nsmallest(
        SAMPLE, range(len(result.ranked)), lambda at: sample_lot(bundle.tree.root, names(result.ranked[at][0]))
    )
    opened = []
    for place in {*result.prizes, *result.reserves, *drawn}:
        standing = result.ranked[place]
        stored = read_one(result.week.number, standing.participant_id)
        if stored is None:
            continue
        entry = closed_entry(reference.definition, reference.bank, result.week, stored)
        best = next((one for one in entry.finished if one.number == standing.best.number), None)
        if best is None or best.erased:
            continue
        made = committed(salt_key, entry, reference.bank.digest, best)
        named, salt = attempt_id(entry.week, best), made.salts.grading.hex()
        opened.append(OpenedGrading(names(entry.participant_id), best.number, named, best.answers, salt))
    return tuple(sorted(opened, key=lambda one: one.pseudonym))


def sample_lot(root: str, name: str) -> bytes:
    """The smallest of all ranked people are the sample."""
    return sha256(f"{root}|sample|{name}".encode()).digest()


def proof_files(
    bundle: Bundle,
    result: WeekResult,
    reference: Reference,
    elsewhere: UnitPrizesElsewhere,
    openings: tuple[OpenedGrading, ...],
) -> dict[str, bytes]:
    """The files that a revision keeps beside the bundle, by name."""
    ranking = ranking_again(bundle, result, reference, elsewhere, openings)
    ranking_json, batches = ranking.encode(), bundle.minutes.encode()
    tree = Tree(
        contest=reference.definition.contest.id,
        week=result.week.number,
        bank=reference.bank.digest,
        root=bundle.tree.root,
        size=bundle.tree.size,
        audit_sha256=bundle.audit_sha256,
        audit_bytes=bundle.audit_bytes,
        batches_sha256=digest(batches),
        ranking_sha256=digest(ranking_json),
        order_sha256=ranking.result.order_sha256,
    )
    return {MERKLE: tree.encode(), RANKING: ranking_json, BATCHES: batches}


def ranking_again(
    bundle: Bundle,
    result: WeekResult,
    reference: Reference,
    elsewhere: UnitPrizesElsewhere,
    openings: tuple[OpenedGrading, ...],
) -> RankingAgain:
    """``ranking.json``."""
    definition = reference.definition
    name_of = partial(result.names, result.week.number)
    confirmed = set(map(name_of, reference.decisions.lifted_in(result.week.number)))
    sizes = group_sizes(result, definition)
    return RankingAgain(
        contest=definition.contest.id,
        week=result.week.number,
        draw_root=result.draw.root,
        draw_size=result.draw.size,
        rules=Rules(
            order=definition.ranking.order,
            prediction_target=definition.prediction.target if definition.prediction else None,
            prediction_counts=definition.prediction.counts if definition.prediction else None,
            paper_questions=definition.paper.questions,
            min_duration_ms=span_ms(definition.paper.min_duration),
            grace_ms=definition.grace,
            one_prize=definition.ranking.one_prize,
            obliged_categories=tuple(sorted(definition.obliged)),
            prizes=tuple(map(counted_prize, definition.prizes_of("week"))),
            unit_score=unit_score_rules(definition),
            unit_prizes=tuple(map(counted_unit_prize, definition.unit_prizes_of("week"))),
        ),
        rulings=shown_rulings(reference.decisions.rulings_in(result.week.number)),
        units=tuple(
            UnitSize(unit.code, unit.bloc, unit.parent, unit.headcount, unit.exempt) for unit in reference.units
        ),
        no_prize=tuple(sorted({*bundle.no_prize, *(bundle.minutes.late - confirmed)})),
        late=tuple(sorted(bundle.minutes.late)),
        not_counted=tuple(bundle.not_counted),
        earlier_winners=tuple(bundle.earlier_winners) if definition.ranking.one_prize == "contest" else (),
        unit_prizes_elsewhere=listed(elsewhere),
        openings=openings,
        times=week_times(result, sizes, bundle.borderline),
        result=Outcome(
            people=result.counts.people,
            attempts=result.counts.attempts,
            perfect_people=result.counts.perfect_people,
            prediction_actual=result.target,
            ranked=len(result.ranked),
            order_sha256=order_digest(public_order(result, sizes)),
            prizes=tuple(
                RankedPrize(prize, place + 1, name_of(result.ranked[place].participant_id))
                for place, prize in result.prizes.items()
            ),
            units=tuple(
                RankedUnit(
                    level=row.level,
                    rank=row.rank,
                    code=row.unit.code,
                    people=row.sums.people,
                    attempts=row.sums.attempts,
                    best_sum=row.sums.best_sum if row.told.everybody else None,
                    obliged_people=row.sums.obliged_people,
                    obliged_attempts=row.sums.obliged_attempts,
                    obliged_best_sum=row.sums.obliged_best_sum if row.told.obliged else None,
                    winners=row.winners,
                    score=str(row.score) if row.tells_score else None,
                    prize=row.prize,
                    note=row.note,
                )
                for row in result.units
            ),
        ),
    )
