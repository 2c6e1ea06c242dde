"""Makes a week's bundle and tree: from settled entries to ``audit.jsonl.gz``, the tree and ``ranking.json``.

docs/proof.md describes the format. A million attempts take 73 MB until they are written. Entries arrive sorted
by participant id, an order that would link people from week to week; so the lines are put into the order of
their pseudonyms, which needs all of them at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from hashlib import sha256
from struct import Struct
from typing import Any, NamedTuple, cast

from chalicelib.documents.bundle import encode_line, encode_record
from chalicelib.documents.canonical import digest
from chalicelib.documents.ranking_again import (
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
from chalicelib.documents.week_proof import AUDIT, LEAVES, MERKLE, RANKING, Tree
from chalicelib.domain.attempt import Entry, Status
from chalicelib.domain.closeout import Collector, WeekResult
from chalicelib.domain.decisions import Bars
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.identity_provider import verified_by
from chalicelib.domain.merkle import CHUNK, WIDTH, LeafHashes, chunks, leaf_hash, root
from chalicelib.domain.placement import Place
from chalicelib.domain.ranking import pseudonym
from chalicelib.domain.receipt import commitment
from chalicelib.domain.times import span_ms
from chalicelib.services.closing.closed import UnitPrizesElsewhere, listed
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import LargeObjects

# The collector's name among those of a close.
PROOF = "proof"

_STATUSES: tuple[Status, ...] = ("submitted", "overdue", "blank", "discarded")
_NUMBER_OF = {status: number for number, status in enumerate(_STATUSES)}
# pseudonym, attempts; category and length of the unit's code, as registered and as counted; whether obliged,
# and listed. Then come the two codes, then the attempts.
_PERSON = Struct(">32sBBBBB??")
# number, status, score as told, score that counts, prediction (-1: none), duration, received, commitment.
_ATTEMPT = Struct(">BBBBiqq32s")
_LENGTHS = Struct(">256I")


class ProofCollector:
    """Collects the settled entries of one week, in any order, and parts of them from other collectors."""

    sees_everybody = True

    def __init__(self, definition: Definition, week: Week, salt_key: bytes) -> None:
        self._contest, self._week = definition.contest.id, week.number
        self._categories = [category.name for category in definition.categories]
        self._obliged, self._proofs = definition.obliged, definition.proofs
        self._number = {name: number for number, name in enumerate(self._categories)}
        self._salt_key = salt_key
        self._people = [bytearray() for _ in range(256)]

    def add(self, entry: Entry, place: Place) -> None:
        """Makes a leaf of every finished attempt, also of discarded ones and those of barred people."""
        if not entry.finished:
            return
        named, unit, counted = self._pseudonym(entry.participant_id), entry.unit.encode(), place.unit.encode()
        of = [self._number[entry.category], len(unit), self._number[place.category], len(counted)]
        block = [_PERSON.pack(named, len(entry.finished), *of, place.obliged, place.listed), unit, counted]
        for one in entry.finished:
            guess = -1 if one.prediction is None else one.prediction
            committed = commitment(self._salt_key, entry.participant_id, self._week, one)
            block.append(
                _ATTEMPT.pack(
                    one.number,
                    _NUMBER_OF[one.status],
                    one.told_score,
                    one.score,
                    guess,
                    one.duration,
                    one.received,
                    committed,
                )
            )
        self._people[named[0]] += b"".join(block)

    def present(self, people: Iterable[str]) -> list[str]:
        """The pseudonyms of those of ``people`` who have a leaf; call it before ``write``.

        People who took no part are left out, so that barring them changes no result.
        """
        names = map(self._pseudonym, people)
        return sorted(named.hex() for named in names if named in self._people[named[0]])

    def _pseudonym(self, participant_id: str) -> bytes:
        return bytes.fromhex(pseudonym(self._contest, self._week, participant_id))

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

    def write(self, leaves: LeafHashes, proven: Iterable[str] = ()) -> Iterator[bytes]:
        """Yields ``audit.jsonl.gz`` in pieces, forgetting each once it is yielded; fills ``leaves``.

        ``proven``: participant ids of those whom an identity provider has proved.
        """
        anything, names = False, frozenset(map(self._pseudonym, proven))
        for number, bucket in enumerate(self._people):
            if bucket:
                yield _packed(self._lines(bytes(bucket), leaves, names))
                self._people[number] = bytearray()
                anything = True
        if not anything:
            yield _packed([])

    def _counted(self, category: str, unit: str, place: Place, *, proven: bool) -> dict[str, Any]:
        """What the bundle says of a person beside the record (``encode_line``)."""
        verified = verified_by(proven=proven, listed=place.listed)
        return {
            "category": place.category if place.category != category else None,
            "excused": place.category in self._obliged and not place.obliged,
            "unit": place.unit if place.unit != unit else None,
            "verified": verified if verified in self._proofs else "none",
        }

    def _lines(self, bucket: bytes, leaves: LeafHashes, proven: frozenset[bytes]) -> list[bytes]:
        people, at = [], 0
        while at < len(bucket):
            named, count, category, length, counted, counted_length, *told_of = _PERSON.unpack_from(bucket, at)
            told = at + _PERSON.size + length
            first = told + counted_length
            obliged, on_roster = told_of
            place = Place(bucket[told:first].decode(), self._categories[counted], obliged, listed=on_roster)
            unit = bucket[told - length : told].decode()
            people.append((named, first, count, self._categories[category], unit, place))
            at = first + count * _ATTEMPT.size
        people.sort()
        lines = []
        for named, first, count, category, unit, place in people:
            name, beside = named.hex(), self._counted(category, unit, place, proven=named in proven)
            own = bucket[first : first + count * _ATTEMPT.size]
            for number, status, told, score, guess, duration, received, committed in sorted(
                _ATTEMPT.iter_unpack(own)
            ):
                record = encode_record(
                    self._contest,
                    self._week,
                    name,
                    unit,
                    category,
                    number=number,
                    status=_STATUSES[status],
                    score=told,
                    prediction=None if guess < 0 else guess,
                    duration=duration,
                    received=received,
                    committed=committed.hex(),
                )
                leaves.add(leaf_hash(record))
                lines.append(encode_line(record, **beside, score=None if score == told else score))
        return lines


def _packed(lines: list[bytes]) -> bytes:
    """One gzip member without a time stamp. Level 1: half the time of 6, an eighth larger."""
    squeeze = zlib.compressobj(1, wbits=31)
    return squeeze.compress(b"\n".join([*lines, b""])) + squeeze.flush()


class Bundle(NamedTuple):
    """A week's bundle once written: ``leaves`` are concatenated in ascending order, pseudonyms are in hex."""

    leaves: bytes
    audit_sha256: str
    audit_bytes: int
    tree: Proof
    no_prize: list[str]
    not_counted: list[str]
    earlier_winners: list[str]


def write_bundle(
    collector: Collector,
    bars: Bars,
    earlier_winners: Iterable[str],
    desk: LargeObjects,
    folder: str,
    proven: Collection[str] = (),
) -> Bundle:
    """Writes ``audit.jsonl.gz`` into the desk's ``folder``, piece by piece; uses the collector up.

    It runs before the ranking, so that the two need not fit into memory together.
    """
    proof = cast(ProofCollector, collector)
    listed = [proof.present(people) for people in (*bars, earlier_winners)]
    leaves, summed, size = LeafHashes(), sha256(), 0

    def passing() -> Iterator[bytes]:
        nonlocal size
        for piece in proof.write(leaves, proven):
            summed.update(piece)
            size += len(piece)
            yield piece

    desk.put_pieces(f"{folder}/{AUDIT}", passing())
    ordered = leaves.ordered()
    tree = Proof(tree_root(ordered).hex(), len(ordered) // WIDTH)
    return Bundle(ordered, summed.hexdigest(), size, tree, *listed)


def proof_files(
    bundle: Bundle, result: WeekResult, reference: Reference, elsewhere: UnitPrizesElsewhere
) -> dict[str, bytes]:
    """The files that a revision keeps beside the bundle, by name."""
    ranking = ranking_again(bundle, result, reference, elsewhere)
    ranking_json = ranking.encode()
    tree = Tree(
        contest=reference.definition.contest.id,
        week=result.week.number,
        root=bundle.tree.root,
        size=bundle.tree.size,
        chunk_size=CHUNK,
        audit_sha256=bundle.audit_sha256,
        audit_bytes=bundle.audit_bytes,
        ranking_sha256=digest(ranking_json),
        order_sha256=ranking.result.order_sha256,
    )
    return {LEAVES: bundle.leaves, MERKLE: tree.encode(), RANKING: ranking_json}


def tree_root(leaves: bytes) -> bytes:
    """The root over ``leaves``: leaf hashes in ascending order, concatenated."""
    return root([root(chunk) for chunk in chunks(leaves)])


def ranking_again(
    bundle: Bundle, result: WeekResult, reference: Reference, elsewhere: UnitPrizesElsewhere
) -> RankingAgain:
    """``ranking.json``."""
    definition = reference.definition
    name_of = partial(pseudonym, definition.contest.id, result.week.number)
    return RankingAgain(
        contest=definition.contest.id,
        week=result.week.number,
        draw_root=result.root,
        rules=Rules(
            order=definition.ranking.order,
            prediction_target=definition.prediction.target if definition.prediction else None,
            prediction_counts=definition.prediction.counts if definition.prediction else None,
            paper_questions=definition.paper.questions,
            min_duration_ms=span_ms(definition.paper.min_duration),
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
        no_prize=tuple(bundle.no_prize),
        not_counted=tuple(bundle.not_counted),
        earlier_winners=tuple(bundle.earlier_winners),
        unit_prizes_elsewhere=listed(elsewhere),
        result=Outcome(
            people=result.counts.people,
            attempts=result.counts.attempts,
            perfect_people=result.counts.perfect_people,
            prediction_actual=result.target,
            ranked=len(result.ranked),
            order_sha256=order_digest(name_of(one.participant_id) for one in result.ranked),
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
                    best_sum=row.sums.best_sum,
                    obliged_people=row.sums.obliged_people,
                    obliged_attempts=row.sums.obliged_attempts,
                    obliged_best_sum=row.sums.obliged_best_sum,
                    winners=row.winners,
                    score=str(row.score),
                    prize=row.prize,
                    note=row.note,
                )
                for row in result.units
            ),
        ),
    )
