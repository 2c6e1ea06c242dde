"""Where everybody finds the own rank and prize after a close, signed by the close."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib.documents.canonical import canonical_json
from chalicelib.documents.places import Places
from chalicelib.documents.typed import decode
from chalicelib.domain.attempt import Entry
from chalicelib.domain.closeout import Draw, WeekResult, close_week, gather
from chalicelib.domain.decisions import Decisions, Recognition
from chalicelib.services.closing.opened_times import group_sizes
from chalicelib.services.closing.places import digits_for, place_lines
from chalicelib.services.contest.withdrawn import withdraw
from tests.closer import CLOSE_KEY
from tests.domain.builders import ROOT, done, entry
from tests.fakes import MINUTE, PSEUDONYMS, definition, reference
from tests.services.closing.two_weeks import AFTER_WEEK_1, AFTER_WEEK_2, REFERENCE, Died, Stage

FOLDER = "data/results/week-1/places"
RECOGNISED = replace(
    REFERENCE,
    decisions=Decisions(recognitions=(Recognition("week-1", "12/QĐ-BTC", "2022-09-02", False, ""),)),
)


def shown(stage: Stage, name: str = "all") -> Any:
    return json.loads(stage.site.objects[f"{FOLDER}/{name}.json"])


def check(file: Any, pseudonym: str) -> None:
    """As docs/proof.md says it. Raises ``InvalidSignature``."""
    rank, score, prize, signature = file["places"][pseudonym]
    head = ("contest", "week", "revision", "ranked", "total", "decision", "decided_on")
    told = {name: file[name] for name in head}
    told |= {"pseudonym": pseudonym, "rank": rank, "score": score, "prize": prize}
    public = Ed25519PublicKey.from_public_bytes(CLOSE_KEY.public)
    public.verify(bytes.fromhex(signature), b"cuoc-thi-place-v1:" + canonical_json(told))


def test_everybody_who_is_ranked_finds_rank_score_and_prize_signed_by_the_close() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    file = shown(stage)
    assert {name: tuple(place[:3]) for name, place in file["places"].items()} == {
        PSEUDONYMS(1, "an"): (1, 5, "Nhất"),
        PSEUDONYMS(1, "binh"): (2, 5, "Nhì"),
        PSEUDONYMS(1, "chi"): (3, 4, ""),
    }
    assert (file["ranked"], file["total"], file["decision"], file["decided_on"]) == (3, 5, "", "")
    assert file["key_id"] == CLOSE_KEY.id
    for name in file["places"]:
        check(file, name)


@pytest.mark.parametrize("field", ["contest", "week", "revision", "ranked", "total", "decision", "decided_on"])
def test_whatever_is_edited_the_signature_fails(field: str) -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    name, file = PSEUDONYMS(1, "an"), shown(stage)
    file[field] = "x" if isinstance(file[field], str) else file[field] + 1
    with pytest.raises(InvalidSignature):
        check(file, name)
    for at, other in enumerate((2, 4, "Nhì")):
        file = shown(stage)
        file["places"][name][at] = other
        with pytest.raises(InvalidSignature):
            check(file, name)


def test_places_name_neither_people_nor_units() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    text = stage.site.objects[f"{FOLDER}/all.json"].decode()
    assert not [word for word in ("SO-A", "SO-B", "Sở", "mandatory", "Nguyễn", "Văn") if word in text]


def test_a_recognised_result_names_its_decision_and_is_no_other_result() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    stage.run(AFTER_WEEK_1, RECOGNISED)
    file = shown(stage)
    assert (file["revision"], file["decision"], file["decided_on"]) == (2, "12/QĐ-BTC", "2022-09-02")
    check(file, PSEUDONYMS(1, "an"))
    assert stage.manifest("week-1", 2)["result_digest"] == stage.manifest("week-1", 1)["result_digest"]
    index = json.loads(stage.site.objects[f"{FOLDER}/index.json"])
    assert index == {
        "format": 1,
        "week": 1,
        "revision": 2,
        "digits": 0,
        "sha256": stage.manifest("week-1", 2)["files"]["places.jsonl"],
    }


def test_a_run_that_dies_while_it_shows_places_is_finished_by_the_next() -> None:
    whole = Stage()
    whole.run(AFTER_WEEK_1)
    at = whole.fuse.steps
    for back in range(1, 6):
        stage = Stage()
        stage.fuse.at = at - back
        with pytest.raises(Died):
            stage.run(AFTER_WEEK_1)
        stage.run(AFTER_WEEK_1)
        assert stage.site.objects == whole.site.objects


def test_places_that_somebody_has_altered_on_the_desk_are_not_shown() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    del stage.site.objects[f"{FOLDER}/index.json"], stage.site.objects[f"{FOLDER}/all.json"]
    stage.desk.objects["results/week-1/rev-1/places.jsonl"] += b" "
    with pytest.raises(Exception, match=r"places\.jsonl"):
        stage.run(AFTER_WEEK_1)
    assert f"{FOLDER}/all.json" not in stage.site.objects
    stage.run(AFTER_WEEK_1)  # brought back from the earlier version
    check(shown(stage), PSEUDONYMS(1, "an"))


def test_files_of_an_earlier_revision_that_the_new_one_has_not_are_emptied() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    stage.site.objects[f"{FOLDER}/0a.json"] = b"of a revision with more people"
    stage.run(AFTER_WEEK_1, RECOGNISED)
    assert stage.site.objects[f"{FOLDER}/0a.json"] == b""


def test_each_week_has_places_of_its_own() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_2)
    second = json.loads(stage.site.objects["data/results/week-2/places/all.json"])
    assert PSEUDONYMS(2, "dung") in second["places"]
    assert not second["places"].keys() & shown(stage)["places"].keys()


AT_THE_END = reference(
    definition(
        contest={"weeks": 2},
        prizes=[
            {"name": "first", "title": "Nhất", "count": 1},
            {"name": "best", "title": "Giải Xuất sắc", "count": 2, "when": "final", "min_score": 5},
        ],
        ranking={"final": True},
    )
)
END = "data/results/final/places"


def test_winners_of_the_end_and_nobody_else_have_a_place_there_signed_by_the_close() -> None:
    stage = Stage()
    stage.run(contest=AT_THE_END)
    file = json.loads(stage.site.objects[f"{END}/all.json"])
    assert {name: tuple(place[:3]) for name, place in file["places"].items()} == {
        PSEUDONYMS(2, "an"): (1, 10, "Giải Xuất sắc"),
        PSEUDONYMS(2, "chi"): (2, 9, "Giải Xuất sắc"),
    }
    assert (file["week"], file["total"], file["decision"]) == (0, 10, "")
    for name in file["places"]:
        check(file, name)
    ranks = {winner["code"]: winner["rank"] for winner in stage.page("final")["winners"]}
    assert ranks == {name[:8]: place[0] for name, place in file["places"].items()}


def test_a_recognised_end_names_its_decision_and_is_no_other_result() -> None:
    stage = Stage()
    stage.run(contest=AT_THE_END)
    said = (("week-1", "12/QĐ-BTC"), ("week-2", "13/QĐ-BTC"), ("final", "14/QĐ-BTC"))
    recognitions = tuple(Recognition(what, number, "2022-09-20", False, "") for what, number in said)
    stage.run(contest=replace(AT_THE_END, decisions=Decisions(recognitions=recognitions)))
    file = json.loads(stage.site.objects[f"{END}/all.json"])
    assert (file["revision"], file["decision"], file["decided_on"]) == (2, "14/QĐ-BTC", "2022-09-20")
    check(file, PSEUDONYMS(2, "an"))
    assert stage.manifest("final", 2)["result_digest"] == stage.manifest("final", 1)["result_digest"]


def test_without_individual_prizes_of_the_end_there_are_no_places_of_it() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_2)
    assert stage.page("final")
    assert not [key for key in stage.site.objects if key.startswith(END)]


def test_an_end_without_winners_shows_no_place_and_one_taken_back_none_either() -> None:
    stage = Stage()
    stage.run(contest=AT_THE_END)
    nobody = Stage()
    nobody.entries.items.clear()
    nobody.run(contest=AT_THE_END)
    assert json.loads(nobody.site.objects[f"{END}/all.json"])["places"] == {}
    withdraw({2}, stage.desk, stage.site)
    assert stage.site.objects[f"{END}/all.json"] == stage.site.objects[f"{END}/index.json"] == b""


def ranked(entries: Iterable[Entry], prizes: int = 1) -> tuple[WeekResult, list[Places]]:
    contest = definition(prizes=[{"name": "first", "title": "Nhất", "count": prizes}])
    loaded = reference(contest)
    week = contest.weeks[0]
    gathered = gather(contest, loaded.bank, week, entries, {})
    result = close_week(contest, loaded.units, week, gathered, draw=Draw(1, ROOT), names=PSEUDONYMS)
    sizes = group_sizes(result, contest)
    made = place_lines(result, sizes, loaded, 1, None, CLOSE_KEY)
    return result, [decode(Places, line) for line in made]


def test_many_people_are_divided_by_the_first_digits_of_their_pseudonyms() -> None:
    people = [entry(f"{k:020x}", done(k % 6, duration=(1 + k) * MINUTE // 50)) for k in range(65)]
    result, files = ranked(people)
    assert [file.digits for file in files] == list("0123456789abcdef")
    assert all(name.startswith(file.digits) for file in files for name in file.places)
    assert sum(len(file.places) for file in files) == len(result.ranked) == 65
    again = {name: file.places[name].score for file in files for name in file.places}
    assert again == {PSEUDONYMS(1, one.participant_id): one.best.score for one in result.ranked}


def test_there_are_at_most_4096_files() -> None:
    assert [digits_for(people) for people in (0, 64, 65, 1024, 1025, 16_384, 16_385, 10**7)] == [
        0, 0, 1, 1, 2, 2, 3, 3,
    ]  # fmt: skip


def test_people_whom_minutes_do_not_tell_apart_share_a_rank_unless_a_prize_is_near() -> None:
    """Only the minute of them is public; exact times of winners, reserves and their like are opened."""
    near = [entry(f"a{k}", done(5, duration=MINUTE + k)) for k in range(3)]
    far = [entry(f"b{k}", done(3, duration=MINUTE + k)) for k in range(3)]
    last = [entry("c", done(1, duration=MINUTE))]
    _, (file,) = ranked([*near, *far, *last])
    rank = {one: file.places[PSEUDONYMS(1, one)].rank for one in ("a0", "a1", "a2", "b0", "b1", "b2", "c")}
    assert rank == {"a0": 1, "a1": 2, "a2": 3, "b0": 4, "b1": 4, "b2": 4, "c": 7}
