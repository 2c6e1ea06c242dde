"""Whatever organisers send, in whatever order: no published result changes but as shown and confirmed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.documents.closed_week import ClosedFinal, ClosedWeek
from chalicelib.documents.consequences import CloseChange
from chalicelib.documents.typed import decode
from chalicelib.domain.bank import LETTERS
from chalicelib.services.closing.consequences import change
from tests.examples import examples
from tests.readers.contest_files import EXCLUSIONS, UNITS
from tests.services.intake.test_consequences import (
    AFTER_WEEK_2,
    ANNULMENT,
    CITIZENS,
    RECOGNITION,
    Province,
    paper_of,
)

People = st.sampled_from(sorted(CITIZENS))
Weeks = st.sampled_from(["1", "2", "1-2", ""])
Whats = st.sampled_from(["1", "2", "final"])
Files = st.one_of(
    st.tuples(st.just("annulments.csv"), People, Weeks, st.sampled_from(["no_prize", "not_counted", "none"])),
    st.tuples(st.just("exclusions.csv"), st.lists(People, max_size=2, unique=True)),
    st.tuples(st.just("units.csv"), st.integers(0, 12), st.integers(0, 12)),
    st.tuples(
        st.just("rulings.csv"),
        st.integers(0, 2),
        st.sampled_from(["1", "2", "1-2"]),
        st.sampled_from(["key", "all_right"]),
    ),
    st.tuples(st.just("recognitions.csv"), Whats, st.booleans()),
)


def text_of(sent: tuple[Any, ...], province: Province) -> str:
    match sent:
        case ("annulments.csv", who, weeks, effect):
            return f"{ANNULMENT}{CITIZENS[who]},,{weeks},{effect},2022-09-06,biên bản\n"
        case ("exclusions.csv", people):
            return EXCLUSIONS + "".join(f"{CITIZENS[one]},Tổ ra đề,,\n" for one in people)
        case ("units.csv", one, other):
            return UNITS.replace(",10,2", f",{one},0").replace(",4,0", f",{other},0")
        case ("rulings.csv", number, weeks, ruling):
            question = paper_of(province.contest())[number]
            key = LETTERS[-1 + len(question.options)] if ruling == "key" else ""
            return f"question_id,weeks,ruling,answer,reason\n{question.id},{weeks},{ruling},{key},lý do\n"
        case ("recognitions.csv", what, withdraw):
            return f"{RECOGNITION}{what},12/QĐ-BTC,2022-09-06,{int(withdraw)},lý do\n"
    raise AssertionError(sent)


Documents = dict[str, ClosedWeek | ClosedFinal]


def published(province: Province) -> Documents:
    found: Documents = {}
    for what, at in province.revisions.pointers.items():
        data = province.objects[f"results/{what}/rev-{at.revision}/closed_week.json"]
        found[what] = decode(ClosedFinal if what == "final" else ClosedWeek, data)
    return found


def changed(before: Documents, after: Documents, revisions: dict[str, int]) -> list[CloseChange]:
    compared = (change(what, revisions[what], before[what], after[what]) for what in before)
    return [one for one in compared if one is not None]


def recognised(province: Province) -> set[str]:
    decisions = province.contest().decisions
    return {what for what in province.revisions.pointers if decisions.recognition(what)}


@examples(0.4)
@given(st.lists(st.tuples(Files, st.booleans()), min_size=1, max_size=6))
def test_no_published_result_changes_but_as_it_was_shown_and_confirmed(
    sequence: Sequence[tuple[tuple[Any, ...], bool]],
) -> None:
    province = Province()
    province.close(AFTER_WEEK_2)
    waiting: dict[str, Any] = {}
    for sent, confirm in sequence:
        before, frozen = published(province), recognised(province)
        revisions = {what: at.revision for what, at in province.revisions.pointers.items()}
        answer = province.send(sent[0], text_of(sent, province), AFTER_WEEK_2)
        province.close(AFTER_WEEK_2)
        assert changed(before, published(province), revisions) == [], "nothing changes unconfirmed"
        if answer["consequences"] and not confirm:
            waiting[answer["taken"]["code"]] = answer["consequences"]["closes"]
        if answer["consequences"] is None or not confirm:
            continue
        revisions = {what: at.revision for what, at in province.revisions.pointers.items()}
        shown = answer["consequences"]["closes"]
        if sent[0] == "units.csv":  # it was taken over for weeks to come, which made revisions of its own
            shown = [{**one, "revision": revisions[one["what"]]} for one in shown]
            answer = province.send(sent[0], text_of(sent, province), AFTER_WEEK_2)
        done = province.confirm(answer["taken"]["code"], now=AFTER_WEEK_2)
        assert done["accepted"], done["faults"]
        waiting.pop(answer["taken"]["code"], None)
        province.close(AFTER_WEEK_2)
        made = changed(before, published(province), revisions)
        assert json.loads(msgspec.json.encode(made)) == shown
        assert not {one.what for one in made} & frozen & recognised(province)
        assert province.close(AFTER_WEEK_2) == []
    for code, shown in waiting.items():  # too late, or still exactly what was shown
        before, contest = published(province), province.contest()
        revisions = {what: at.revision for what, at in province.revisions.pointers.items()}
        late = province.confirm(code, now=AFTER_WEEK_2)
        province.close(AFTER_WEEK_2)
        made = json.loads(msgspec.json.encode(changed(before, published(province), revisions)))
        assert made == (shown if late["accepted"] else [])
        assert late["accepted"] or province.contest().digests == contest.digests
