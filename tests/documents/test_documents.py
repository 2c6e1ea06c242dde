"""Each document: a round trip, a kept sample of each format, and a clear refusal of anything else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents import bundle, compiled_contest, revoked_tokens
from chalicelib.documents.canonical import UnreadableDocument, canonical_json
from chalicelib.documents.closed_week import (
    ClosedFinal,
    ClosedWeek,
    Prize,
    RankingRow,
    decode_rows,
    encode_rows,
    standing,
    unit_lines,
)
from chalicelib.documents.consequences import (
    CloseChange,
    Consequences,
    Figure,
    PrizeChange,
    UnitChange,
)
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.corrected_lines import CorrectedLines
from chalicelib.documents.intake_answer import IntakeAnswer, Mistake
from chalicelib.documents.keys import PublicKey, PublicKeys
from chalicelib.documents.links import LinksHeader, links_file
from chalicelib.documents.live import Live
from chalicelib.documents.log import Leaf, LogState, Opening, ToldFact, ToldFacts
from chalicelib.documents.manifest import (
    Confirmed,
    FinalManifest,
    ReplacedRevision,
    WeekManifest,
)
from chalicelib.documents.pending import Pending
from chalicelib.documents.places import Place, Places, PlacesIndex
from chalicelib.documents.plain_file import ContestSource, PlainFile, PlainLine, PlainRow, ReadFile
from chalicelib.documents.ranking_again import (
    CountedPrize,
    CountedUnitPrize,
    EarlierWinner,
    OpenedGrading,
    OpenedTime,
    Outcome,
    RankedPrize,
    RankedUnit,
    RankingAgain,
    Rules,
    UnitScoreRules,
    UnitSize,
)
from chalicelib.documents.results_page import (
    Commended,
    FinalAgain,
    FinalPage,
    FinalTime,
    FinalUnit,
    IndividualAgain,
    PeopleOnce,
    Proof,
    Recognised,
    ResultsIndex,
    ShownFinal,
    ShownResults,
    ShownWeek,
    UnitRow,
    WeekPage,
    Winner,
)
from chalicelib.documents.typed import Document, decode
from chalicelib.documents.week_proof import AuditFile, NamedFile, ProofIndex, Tree
from chalicelib.domain.attempt import AttemptId, Entry, Finished
from chalicelib.domain.definition import UNIT_PRIZES
from chalicelib.domain.person import CorrectedLine
from tests.documents.builders import RULING, UNIT, a_closed_week
from tests.pointers import pointing_at

SAMPLES = Path(__file__).parent / "samples"
ROW = UnitRow(
    "", 1, "SO-A", "Sở A", "", "Sở ngành", 4, 0, 2, 2, 2, 2, 0.5, 3, 4.5, 0.9, 64.25, "weekly", "Tuần", ""
)
WINNER = Winner(
    "first",
    "Nhất",
    1,
    "N.V.A",
    "SO-A",
    "Sở A",
    5,
    5,
    2,
    1,
    61_500,
    "2022-08-22T08:01:01.500+07:00",
    "00000000",
)
DIGEST = "0" * 64
FINAL_PRIZE = Prize(
    "best", "Giải Xuất sắc", 1, "0f" * 10, "SO-A", "Sở A", 18, None, None, 90_000, None, 6, "none"
)

KEY = PublicKey("0f" * 8, DIGEST)

CONSEQUENCES = Consequences(
    file="rulings.csv",
    sha256=DIGEST,
    source=DIGEST,
    cause="ruling",
    closes=(
        CloseChange(
            "week-1",
            1,
            figures=(Figure("target", None, 2),),
            prizes=(PrizeChange("ab12", "Giải Nhất", ""),),
            units=(UnitChange("", "SO-A", "Sở A", 2, None, "", "weekly"),),
        ),
    ),
)
READ = ReadFile(
    sha256=DIGEST,
    files={
        "units.csv": PlainFile(
            lines=(PlainLine(1, ("code", "opens")), PlainLine(3, ("SO-A", "2022-08-22"), {1: "là ngày tháng"}))
        ),
        "questions.gift": PlainFile(rows=(PlainRow(7, {"id": "Q1", "text": "Một?"}),)),
        "contest.toml": PlainFile(faults=(Mistake("contest.toml", 2, "contest.weeks", "x", "ghi một số"),)),
        "guide.md": PlainFile(text="<p>Thể lệ</p>"),
    },
)
TYPED: dict[str, Document] = {
    "read_file": READ,
    "contest_source": ContestSource(files=READ.files, appraised={DIGEST: DIGEST}),
    "corrected_lines": CorrectedLines(
        lines=(CorrectedLine("2022-08-30T09:00:00+07:00", "AN", "phone", "0912345678", "0912345679", "nhầm"),)
    ),
    "log_leaf": Leaf(
        at="2022-08-22T01:07:00Z", batch=7, commitment=DIGEST, facts={"bank": DIGEST, "rules": ""}
    ),
    "log_opening": Opening(at="2022-08-22T01:07:00Z", batch=7, root=DIGEST, salt=DIGEST, size=2),
    "log_facts": ToldFacts(facts={"bank": ToldFact(DIGEST, 7, "2022-08-22T01:07:00Z")}),
    "log_state": LogState(
        contest="thu",
        began=1_661_130_000_000,
        size=8,
        root=DIGEST,
        published=7,
        note="cuoc-thi/thu\n8\n\n",
        facts={"bank": ToldFact(DIGEST, 7, "2022-08-22T01:07:00Z")},
        marks={"label/w1#00": ("4" * 26, 7)},
        opened=3,
        cosigned={"bao.example": 7},
    ),
    "public_keys": PublicKeys(keys=(KEY,)),
    "intake_answer": IntakeAnswer(
        file="units.csv",
        sha256=DIGEST,
        accepted=False,
        at="2022-08-15T08:00:00+07:00",
        taken={"units": 2},
        fault_count=7_000,
        faults=(Mistake("units.csv", 2, "headcount", "x", "ghi một số"),),
        warning_count=1,
        warnings=(Mistake("rosters.csv", 0, "unit_code", "SO-A", "hãy kiểm tra"),),
        consequences=CONSEQUENCES,
    ),
    "pending": Pending(
        file="units.csv",
        read=READ,
        by="account",
        version="v1",
        at="2022-08-01T03:00:00+00:00",
        consequences=CONSEQUENCES,
    ),
    "tree": Tree(
        contest="trial",
        week=1,
        bank=DIGEST,
        root=DIGEST,
        size=3,
        audit_sha256=DIGEST,
        audit_bytes=9,
        batches_sha256=DIGEST,
        ranking_sha256=DIGEST,
        order_sha256=DIGEST,
    ),
    "proof_index": ProofIndex(
        contest="trial",
        week=1,
        revision=2,
        bank=DIGEST,
        root=DIGEST,
        size=3,
        folder=DIGEST[:16],
        audit=AuditFile("audit.jsonl.gz", DIGEST, 9),
        batches=NamedFile("batches-0.bin", DIGEST),
        ranking=NamedFile("ranking-0.json", DIGEST),
    ),
    "ranking_again": RankingAgain(
        contest="trial",
        week=1,
        draw_root=DIGEST,
        draw_size=9,
        late=(),
        rulings=(RULING,),
        rules=Rules(
            order=("score",),
            prediction_target=None,
            prediction_counts=None,
            paper_questions=5,
            min_duration_ms=0,
            grace_ms=10_000,
            one_prize="contest",
            obliged_categories=("mandatory",),
            prizes=(CountedPrize("first", 1, ("mandatory",), ("provider",), 1),),
            unit_score=UnitScoreRules({"rate": "0.5"}, "obliged", 0),
            unit_prizes=(
                CountedUnitPrize(
                    "weekly", 1, "score", True, "top", ("Sở",), 5, None, ((50, "0.3"), (None, "0.2")), 1, 0
                ),
            ),
        ),
        units=(UnitSize("SO-A", "Sở", "", 4, 0),),
        no_prize=(DIGEST,),
        not_counted=(),
        earlier_winners=(EarlierWinner("0" * 64, 2, "1" * 64),),
        unit_prizes_elsewhere={"weekly": ("SO-B",)},
        openings=(OpenedGrading(DIGEST, 2, "1-2-1661130000000-0123456789abcdef", "BAAAA", DIGEST[:32]),),
        times=(OpenedTime(DIGEST, 2, 61_500, 1_661_130_061_500, DIGEST[:32]),),
        result=Outcome(
            people=2,
            attempts=3,
            perfect_people=1,
            prediction_actual=None,
            ranked=2,
            order_sha256=DIGEST,
            prizes=(RankedPrize("first", 1, DIGEST),),
            units=(RankedUnit("", 1, "SO-A", 2, 3, 9, 2, 3, 9, 1, "257/4", "weekly", ""),),
        ),
    ),
    "closed_week": a_closed_week(),
    "closed_final": ClosedFinal(
        contest="trial", draw_root=DIGEST, paper_size=20, ranked=3, prizes=(FINAL_PRIZE,), units=(UNIT,)
    ),
    "week_page": WeekPage(
        week=1,
        opens_at="2022-08-22T08:00:00+07:00",
        closes_at="2022-08-29T08:00:00+07:00",
        counts=a_closed_week().counts,
        prediction=None,
        winners=(WINNER,),
        units=(ROW,),
        rulings=(RULING,),
        revision=2,
        digest=DIGEST,
        proof=Proof(DIGEST, 3),
    ),
    "final_page": FinalPage(
        contest="trial",
        once=PeopleOnce(3, 2, 1),
        winners=(WINNER,),
        units=(ROW,),
        again=FinalAgain(
            DIGEST,
            UnitScoreRules({"rate": "0.5"}, "obliged", 0),
            (CountedUnitPrize("final", 5, "score", False, "top", (), 0, None, ((None, "0"),), 1, 0),),
            (FinalUnit("", "SO-A", 1, "257/4"),),
            IndividualAgain(
                (CountedPrize("best", 1, (), (), 1),), 3, DIGEST, (RankedPrize("best", 1, DIGEST),)
            ),
            (Commended("best_people", "", 1, DIGEST),),
            (FinalTime(DIGEST, 2, 61_500, 1_661_130_061_500, DIGEST[:32], 1),),
        ),
        links=links_file(DIGEST),
    ),
    "places": Places(
        contest="trial",
        week=1,
        revision=2,
        digits="0a",
        ranked=3,
        total=5,
        decision="12/QĐ-BTC",
        decided_on="2022-09-02",
        key_id=KEY.key_id,
        places={DIGEST: Place(1, 5, "Nhất", DIGEST * 2)},
    ),
    "places_index": PlacesIndex(week=1, revision=2, digits=2, sha256=DIGEST),
    "links_header": LinksHeader(contest="trial", weeks=(1, 2)),
    "live": Live(as_of="2022-08-22T08:01:00+07:00", week=1, people=3, attempts=4, units={"SO-A": (1, 2)}),
    "results_index": ResultsIndex(weeks=(ShownWeek(1, 2),), final=ShownFinal(1)),
    "shown_results": ShownResults(
        index=ResultsIndex(weeks=(ShownWeek(1, 2),), final=None), manifests={"week-1": DIGEST}
    ),
    "week_manifest": WeekManifest(
        contest="trial",
        what="week-1",
        revision=2,
        inputs={"bank": DIGEST},
        inputs_digest=DIGEST,
        salts={"barred": DIGEST},
        code_version="abc",
        files={"closed_week.json": DIGEST},
        result_digest=DIGEST,
        recognised=Recognised("12/QĐ-BTC", "2022-09-09"),
        replaces=ReplacedRevision(1, DIGEST, DIGEST),
        confirmations=(Confirmed("0123456789", "sai đáp án", "2022-09-01T08:00:00+07:00", "ruling"),),
        counts=a_closed_week().counts,
        target=1,
        ranked=2,
        proof=Proof(DIGEST, 3),
    ),
    "final_manifest": FinalManifest(
        contest="trial",
        what="final",
        revision=1,
        inputs={"units": DIGEST},
        inputs_digest=DIGEST,
        salts={},
        code_version="abc",
        files={},
        result_digest=DIGEST,
        recognised=None,
        replaces=None,
        confirmations=(),
        weeks=(DIGEST,),
    ),
}


@pytest.mark.parametrize("name", TYPED)
def test_a_document_survives_a_round_trip_and_matches_its_sample(name: str) -> None:
    document = TYPED[name]
    assert decode(type(document), document.encode()) == document
    assert document.encode() == (SAMPLES / f"{name}.{document.format}.json").read_bytes()


@pytest.mark.parametrize("name", TYPED)
def test_every_kept_sample_of_every_format_is_still_read(name: str) -> None:
    kept = sorted(SAMPLES.glob(f"{name}.*.json"))
    assert [file.suffixes[0] for file in kept] == [f".{k}" for k in range(1, TYPED[name].format + 1)]
    for file in kept:
        assert isinstance(decode(type(TYPED[name]), file.read_bytes()), type(TYPED[name]))


@pytest.mark.parametrize("name", TYPED)
@pytest.mark.parametrize("broken", [b"", b"[]", b"{}", b'{"format":99}', b"\xff"])
def test_other_files_and_later_formats_are_refused(name: str, broken: bytes) -> None:
    with pytest.raises(UnreadableDocument, match=type(TYPED[name]).__name__):
        decode(type(TYPED[name]), broken)


@pytest.mark.parametrize("name", TYPED)
def test_an_extra_field_or_another_format_is_refused(name: str) -> None:
    data = TYPED[name].encode()
    more = data.replace(b'"format":', b'"more":1,"format":', 1)
    now = TYPED[name].format
    later = re.sub(rb'"format": ?%d' % now, b'"format":%d' % (now + 1), data)
    none = re.sub(rb'"format": ?%d,?' % now, b"", data)
    for changed in (more, later, none):
        assert changed != data
        with pytest.raises(UnreadableDocument):
            decode(type(TYPED[name]), changed)


def test_the_pointer_to_the_contest() -> None:
    told = ContestInForce(
        **{
            **_fields(pointing_at(DIGEST, {"1": "1" * 64}, {"1": "2" * 64})),
            "rules": DIGEST,
            "salts": {"barred": DIGEST},
        }
    )
    kept = (SAMPLES / "contest_in_force.1.json").read_bytes()
    assert ContestInForce.decode(kept) == told
    assert told.encode() == kept
    for broken in (b"", b"[]", b'{"format":2}', kept.replace(b'"contest"', b'"other"')):
        with pytest.raises(UnreadableDocument):
            ContestInForce.decode(broken)


def test_the_list_of_revoked_tokens() -> None:
    told = {"a1" * 10: 1_661_130_000_000, "b2" * 10: 1_661_130_060_000}
    kept = (SAMPLES / "revoked_tokens.1.json").read_bytes()
    assert revoked_tokens.decode(kept) == told
    assert revoked_tokens.encode(told) == kept
    for broken in (b"", b"[]", b'{"format":2}', b'{"format":1}', kept.replace(b"1661130000000", b'"then"')):
        with pytest.raises(UnreadableDocument):
            revoked_tokens.decode(broken)


def test_a_compiled_contest() -> None:
    parts = {"bank": b"[]", "units": b'[{"name":"S\xe1\xbb\x9f"}]'}
    kept = (SAMPLES / "compiled_contest.1.json").read_bytes()
    assert compiled_contest.encode(parts) == kept
    assert compiled_contest.decode(kept) == parts
    for broken in (b"", b"{}", b'{"format":1}', b'{"format":1,"parts":[]}'):
        with pytest.raises(UnreadableDocument):
            compiled_contest.decode(broken)


def test_records_and_their_line_of_the_bundle() -> None:
    records = bundle.Records(b"key", "trial")
    own = Entry("a3", 1, "SO-A", "mandatory", 2, None, ())
    attempt = Finished(2, 1_661_130_000_000, 61_500, 0, 5, None, "0123456789abcdef", "BAAAA")
    start = records.start("a3", AttemptId(1, 2, attempt.started, attempt.nonce))
    finish = records.finish(own, DIGEST, attempt)
    counted = bundle.Counted("SO-B", "encouraged", 4, bytes(16), 5)
    moved = counted._replace(registered="mandatory", listed=True, excused=True)
    for name, text in (
        ("start_record", start),
        ("attempt_record", finish),
        ("bundle_line", bundle.encode_line(finish, moved)),
    ):
        assert text == (SAMPLES / f"{name}.1.json").read_bytes()
        assert canonical_json(json.loads(text)) == text
    assert bundle.as_object(finish) == json.loads(finish)
    left = bundle.Counted("", "encouraged", 5, bytes(16), start=bundle.Started(7, bytes(32)))
    line = bundle.encode_line(finish, left)
    assert canonical_json(json.loads(line)) == line
    assert json.loads(line)["counted"]["start"] == {"minute": 7, "seed": "0" * 64}


def _fields(told: ContestInForce) -> dict[str, Any]:
    return {name: getattr(told, name) for name in ContestInForce.__dataclass_fields__}


rows = st.builds(
    RankingRow,
    st.text("0123456789abcdef", min_size=20, max_size=20),
    st.text(max_size=8),
    st.sampled_from(["mandatory", "encouraged"]),
    st.booleans(),
    st.booleans(),
    st.integers(0, 100),
    st.none() | st.integers(0, 10**9),
    st.integers(0, 10**8),
    st.integers(0, 10**13),
    st.integers(1, 50),
    st.sampled_from(["none", "roster", "provider"]),
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 10**8), st.integers(0, 10**13)), max_size=2).map(
        tuple
    ),
)


@given(st.lists(rows, max_size=30), st.integers(1, 64))
def test_a_ranking_is_read_row_by_row_however_it_is_cut_into_pieces(
    ranking: list[RankingRow], piece: int
) -> None:
    data = b"".join(encode_rows(1, ranking))
    assert list(decode_rows(data[at : at + piece] for at in range(0, len(data), piece))) == ranking


def test_a_ranking_that_is_cut_off_or_not_gzip_is_refused() -> None:
    data = b"".join(encode_rows(1, [RankingRow("a" * 20, "", "mandatory", True, True, 1, None, 1, 1, 1)] * 50))
    for broken in (data[:-1], data[:40], b"", b"no gzip"):
        with pytest.raises(UnreadableDocument):
            list(decode_rows([broken]))


def test_a_units_line_equals_its_standing_exactly() -> None:
    line = a_closed_week().units[0]
    assert unit_lines([standing(line)], UNIT_PRIZES) == (line,)
    assert a_closed_week().sums_by_unit == {"SO-A": (2, 3, 9, 2, 3, 9, 2, 2)}
    assert (a_closed_week().winners, a_closed_week().unit_winners) == (["0f" * 10], ["SO-A"])
    assert isinstance(decode(ClosedWeek, a_closed_week().encode()).units, tuple)
