"""Makes a week's bundle and tree: from settled entries to ``audit.jsonl.gz``, the tree and ``ranking.json``.

docs/proof.md describes the format. The bundle's pieces are made here or elsewhere (``pieces``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import sha256
from heapq import nsmallest
from typing import NamedTuple

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
from chalicelib.domain.attempt import Entry
from chalicelib.domain.closeout import WeekResult, closed_entry
from chalicelib.domain.decisions import Bars
from chalicelib.domain.merkle import LeafHashes, hashes, packed_root
from chalicelib.domain.receipt import attempt_id, committed
from chalicelib.domain.times import span_ms
from chalicelib.services.closing.bundle_pieces import Late, Piece, packed_lines
from chalicelib.services.closing.closed import UnitPrizesElsewhere, listed
from chalicelib.services.closing.memory import give_back
from chalicelib.services.closing.opened_times import public_order, week_times
from chalicelib.services.contest.reference import Reference
from chalicelib.services.ports import LargeObjects


class Minutes:
    """The minute of the log with each record of a bundle, and with the start of what nobody handed in.

    ``late``: pseudonyms of people with a paper that was handed in, or with the start of one that was not, in a
    batch after the last in time, and of people with a paper that was settled anew since the first close.
    """

    def __init__(self, drawn: int | None = None) -> None:
        """``drawn`` as in ``Terms``."""
        self._lines, self._starts = bytearray(), bytearray()
        self._missing: dict[bytes, tuple[bytearray, int, str, bool]] = {}
        self._late = Late(-1, drawn)
        # The first batch in which something may stand that is missing.
        self.looked: int | None = None
        self.late: set[str] = set()

    def take(self, piece: Piece) -> None:
        """Piece by piece, in their order."""
        for leaf, of_start, at, name, by_close in piece.missing:
            batches = self._starts if of_start else self._lines
            self._missing[leaf] = batches, len(batches) + 4 * at, name, by_close
        self._lines += piece.lines
        self._starts += piece.starts
        self.looked = piece.looked if self.looked is None else min(self.looked, piece.looked)
        self._late.take(piece)

    @property
    def missing(self) -> dict[bytes, bool]:
        """Leaf hash → whether it is settled by the close."""
        return {leaf: by_close for leaf, (_, _, _, by_close) in self._missing.items()}

    def fill(self, batches: Mapping[bytes, int], last_in_time: int) -> None:
        """The batches of all that was missing; a log that was late meanwhile has moved the last in time."""
        for leaf, (of, at, name, by_close) in self._missing.items():
            of[at : at + 4] = batches[leaf].to_bytes(4, "big")
            self._late.note(name, batches[leaf], by_close=by_close)
        self._missing.clear()
        late = {name for name, batch in self._late.batches.items() if batch > last_in_time}
        self.late = late | self._late.settled_anew

    def encode(self) -> bytes:
        """Four bytes for each line, then for each start, big-endian."""
        return bytes(self._lines + self._starts)


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
    pieces: Iterable[tuple[Piece, bytes]],
    minutes: Minutes,
    names: Callable[[str], bytes],
    bars: Bars,
    earlier_winners: Sequence[EarlierWinner],
    desk: LargeObjects,
    folder: str,
) -> Bundle:
    """Writes ``audit.jsonl.gz`` into the desk's ``folder``, piece by piece, and fills ``minutes``.

    ``names``: people's pseudonyms.

    Of those who are barred or have won elsewhere it names whoever has a leaf: so that barring people who took
    no part changes no result. It runs before the ranking, so that the two need not fit into memory together.
    """
    barred = [{*map(names, of)} for of in bars]
    won = {bytes.fromhex(one.pseudonym): one for one in earlier_winners}
    asked = {*won}.union(*barred)
    there: set[bytes] = set()
    leaves, borderline, summed, size = LeafHashes(), list[OpenedTime](), sha256(), 0

    def passing() -> Iterator[bytes]:
        nonlocal size
        for piece, lines in pieces:
            leaves.add(piece.leaves)
            minutes.take(piece)
            borderline.extend(piece.borderline)
            there.update(asked.intersection(hashes(piece.people)) if asked else ())
            summed.update(lines)
            size += len(lines)
            yield lines
        if not size:
            nothing = packed_lines([])
            summed.update(nothing)
            size = len(nothing)
            yield nothing

    desk.put_pieces(f"{folder}/{AUDIT}", passing())
    size_of_tree = len(leaves)
    tree = Proof(packed_root(leaves.ordered()).hex(), size_of_tree)
    give_back()
    no_prize, not_counted = (sorted(name.hex() for name in of & there) for of in barred)
    linked = sorted((one for name, one in won.items() if name in there), key=lambda one: one.pseudonym)
    out = {*not_counted}
    borderline = [one for one in borderline if one.pseudonym not in out]
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
    sizes: Sequence[int],
) -> dict[str, bytes]:
    """The files that a revision keeps beside the bundle, by name. ``sizes``: those of ``group_sizes``."""
    ranking = ranking_again(bundle, result, reference, elsewhere, openings, sizes)
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
    sizes: Sequence[int],
) -> RankingAgain:
    """``ranking.json``."""
    definition = reference.definition
    name_of = partial(result.names, result.week.number)
    confirmed = set(map(name_of, reference.decisions.lifted_in(result.week.number)))
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
