"""A file that would change a published result: first its consequences, then a confirmation, then the change."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.domain.attempt import Entry
from chalicelib.domain.bank import LETTERS, Question
from chalicelib.domain.identity import participant_id
from chalicelib.domain.paper import MASKS, draw
from chalicelib.readers.decision_files import WINNER_CHECKS
from chalicelib.services.closing.close_weeks import Closed, CloseWeeks
from chalicelib.services.closing.shares import Shares
from chalicelib.services.contest.reference import Current, load
from chalicelib.services.intake.confirmations import pending_key
from chalicelib.services.log.facts import of_contest
from tests.closer import closer
from tests.csv_rows import csv_rows
from tests.domain.builders import NONCE, done, entry
from tests.fakes import (
    MINUTE,
    START_MS,
    WEEK,
    MemoryEntries,
    MemoryParticipants,
    MemoryRevisions,
    collectors,
)
from tests.readers.contest_files import EXCLUSIONS, TOML, UNITS
from tests.services.intake.inbox import PEPPER, Desk

TWO_WEEKS = (
    TOML.replace("weeks = 4", "weeks = 2")
    + """
[prediction]
question = "Bao nhiêu người đúng hết?"

[[prizes]]
name = "first"
title = "Giải Nhất"
count = 1

[[prizes]]
name = "second"
title = "Giải Nhì"
count = 1
"""
)
NAMES = ("an", "binh", "chi", "dung", "hoa")
CITIZENS = {name: f"04008000010{number}" for number, name in enumerate(NAMES)}
IDS = {name: participant_id(PEPPER, citizen) for name, citizen in CITIZENS.items()}
UNIT_OF = {"an": "SO-A", "binh": "SO-B", "chi": "SO-B", "dung": "SO-A", "hoa": "SO-A"}
TUESDAY = datetime(2022, 8, 30, 2, 0, tzinfo=UTC)
AFTER_WEEK_2 = datetime(2022, 9, 6, 2, 0, tzinfo=UTC)
ANNULMENT = "citizen_id,participant_id,weeks,effect,decided_on,reason\n"
RECOGNITION = "what,decision,decided_on,withdraw,reason\n"


def took_part(name: str, week: int, score: int, guess: int, minutes: int) -> Entry:
    started = START_MS + (week - 1) * WEEK
    attempt = done(score, guess, started=started, duration=minutes * MINUTE)
    who = entry(IDS[name], attempt, week=week)
    return who._replace(unit=UNIT_OF[name])


def paper_of(contest: Current) -> list[Question]:
    """Everybody's paper."""
    return [question for question, _ in draw(contest.bank, contest.definition.paper, NONCE)]


# Week 1: an, binh, chi have 3, 3, 2 right; week 2: chi 3, dung 2.
PLAYED = [
    took_part("an", 1, 3, 2, 1),
    took_part("binh", 1, 3, 2, 2),
    took_part("chi", 1, 2, 2, 1),
    took_part("chi", 2, 3, 1, 1),
    took_part("dung", 2, 2, 1, 1),
]


class Province:
    """An intake and closes over the same desk."""

    def __init__(self, toml: str = TWO_WEEKS, played: Sequence[Entry] = PLAYED) -> None:
        self.revisions, self.entries = MemoryRevisions(), MemoryEntries()
        self.desk = Desk(published=self)
        assert self.desk.put(toml=toml)["accepted"]
        keys = [MASKS[question.answer] for question in paper_of(self.contest())]
        for one in played:
            (attempt,) = one.finished
            answers = "".join(keys[: attempt.score]).ljust(len(keys), MASKS[0])
            graded = one._replace(finished=(attempt._replace(answers=answers),))
            self.entries.items[one.week, one.participant_id] = graded

    @property
    def objects(self) -> dict[str, bytes]:
        return self.desk.desk.objects

    def contest(self) -> Current:
        return load(self.desk.desk, ContestInForce.decode(self.objects[CURRENT]))

    def closer(self) -> CloseWeeks:
        shares = Shares(self.entries.read_week, self.desk.desk, "test", collectors)
        return closer(shares, MemoryParticipants(), self.revisions, self.desk.desk, self.desk.site)

    def close(self, now: datetime = TUESDAY) -> list[Closed]:
        return self.closer().run(self.contest(), int(now.timestamp() * 1000))

    def published_at(self, reference: Current, what: str) -> int | None:
        return self.closer().published_at(reference, what)

    def settled(self, reference: Current, now: int) -> bool:
        return self.closer().settled(reference, now)

    def consequences(self, reference: Current, now: int) -> Any:
        return self.closer().consequences(reference, now)

    def winners_shown(self, reference: Current) -> Any:
        return self.closer().winners_shown(reference)

    def send(self, file: str, text: str, now: datetime = TUESDAY) -> dict[str, Any]:
        return self.desk.send(file, text, now)

    def confirm(self, code: str, reason: str = "theo biên bản số 3", now: datetime = TUESDAY) -> dict[str, Any]:
        return self.desk.send(f"confirm-{code}.txt", reason, now)

    def winners(self, what: str) -> list[str]:
        revision = self.revisions.pointers[what].revision
        rows = csv_rows(self.objects[f"results/{what}/rev-{revision}/individual_prizes.csv"])
        names = {identity: name for name, identity in IDS.items()}
        return [names[row["participant_id"]] for row in rows]

    def unit_winners(self, what: str) -> list[str]:
        revision = self.revisions.pointers[what].revision
        rows = csv_rows(self.objects[f"results/{what}/rev-{revision}/unit_ranking.csv"])
        return [row["unit_code"] for row in rows if row["prize"]]

    def manifest(self, what: str) -> Any:
        revision = self.revisions.pointers[what].revision
        return json.loads(self.objects[f"results/{what}/rev-{revision}/manifest.json"])

    def changes(self, what: str) -> list[dict[str, str]]:
        revision = self.revisions.pointers[what].revision
        return csv_rows(self.objects[f"results/{what}/rev-{revision}/changes.csv"])


@pytest.fixture
def province() -> Province:
    made = Province()
    made.close()
    assert made.winners("week-1") == ["an", "binh"]
    return made


def annul(name: str, effect: str = "no_prize", weeks: str = "1") -> str:
    return ANNULMENT + f"{CITIZENS[name]},,{weeks},{effect},2022-08-30,thi hộ\n"


def prizes(answer: dict[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    names = {identity: name for name, identity in IDS.items()}
    return {
        close["what"]: [(names[one["participant_id"]], one["before"], one["after"]) for one in close["prizes"]]
        for close in answer["consequences"]["closes"]
    }


def test_a_file_that_would_change_a_published_result_is_answered_with_its_consequences(
    province: Province,
) -> None:
    before = province.contest().digests
    answer = province.send("annulments.csv", annul("an"))
    assert (answer["accepted"], answer["faults"]) == (False, [])
    assert prizes(answer) == {
        "week-1": [("binh", "Giải Nhì", "Giải Nhất"), ("chi", "", "Giải Nhì"), ("an", "Giải Nhất", "")]
    }
    assert province.contest().digests == before
    assert province.close() == []


def test_a_confirmation_carries_out_exactly_what_was_shown(province: Province) -> None:
    code = province.send("annulments.csv", annul("an"))["taken"]["code"]
    answer = province.confirm(code)
    assert (answer["accepted"], answer["taken"]["confirmed"]) == (True, code)
    assert [(one.what, one.revision) for one in province.close()] == [("week-1", 2)]
    assert province.winners("week-1") == ["binh", "chi"]


def test_reason_and_code_stand_in_manifest_facts_and_changes(province: Province) -> None:
    code = province.send("annulments.csv", annul("an"))["taken"]["code"]
    province.confirm(code, "theo biên bản\nsố 3")
    province.close()
    (confirmed,) = province.manifest("week-1")["confirmations"]
    assert (confirmed["code"], confirmed["reason"], confirmed["cause"]) == (
        code,
        "theo biên bản số 3",
        "annulment",
    )
    assert province.manifest("week-1")["replaces"]["revision"] == 1
    assert {(row["cause"], row["code"]) for row in province.changes("week-1")} == {("annulment", code)}
    assert {row["reason"] for row in province.changes("week-1")} == {"annulled", "annulment"}
    digest = province.contest().digests["confirmations"]
    assert of_contest(province.contest(), "code 1")["confirmations"] == digest
    published = json.loads(province.desk.site.objects[f"data/reference/{digest}.json"])
    assert published[0]["reason"] == "theo biên bản số 3"


def test_a_confirmation_is_refused_if_the_world_has_moved_since(province: Province) -> None:
    code = province.send("annulments.csv", annul("an"))["taken"]["code"]
    other = province.send("annulments.csv", annul("binh"))["taken"]["code"]
    assert province.confirm(other)["accepted"]
    province.close()
    (fault,) = province.confirm(code)["faults"]
    assert "đã thay đổi" in fault["message"]
    assert province.winners("week-1") == ["an", "chi"]


def test_a_confirmation_cannot_put_an_older_list_back(province: Province) -> None:
    """A list that came meanwhile changes no result, and would be lost without a word."""
    code = province.send("exclusions.csv", EXCLUSIONS + f"{CITIZENS['an']},Tổ ra đề,,\n")["taken"]["code"]
    newer = EXCLUSIONS + f"{CITIZENS['dung']},Tổ ra đề,,\n"
    assert province.send("exclusions.csv", newer)["accepted"]
    province.close()
    before = province.contest().excluded
    (fault,) = province.confirm(code)["faults"]
    assert "đã thay đổi" in fault["message"]
    assert province.contest().excluded == before


def test_a_confirmation_cannot_put_older_headcounts_of_weeks_to_come_back(province: Province) -> None:
    code = province.send("units.csv", UNITS.replace(",4,0", ",40,0"))["taken"]["code"]
    assert province.send("units.csv", UNITS.replace(",10,2", ",90,0"))["accepted"]
    (fault,) = province.confirm(code)["faults"]
    assert "đã thay đổi" in fault["message"]
    assert [unit.headcount for unit in province.contest().units] == [90, 4]


def test_a_confirmation_of_what_would_change_nothing_any_more_is_refused(province: Province) -> None:
    code = province.send("units.csv", UNITS.replace(",4,0", ",40,0"))["taken"]["code"]
    assert province.send("recognitions.csv", recognise())["accepted"]
    province.close()
    (fault,) = province.confirm(code)["faults"]
    assert "đã thay đổi" in fault["message"]


def test_a_change_waits_until_the_one_before_is_in_the_published_results(province: Province) -> None:
    code = province.send("annulments.csv", annul("an"))["taken"]["code"]
    other = province.send("annulments.csv", annul("binh"))["taken"]["code"]
    assert province.confirm(other)["accepted"]
    (fault,) = province.confirm(code)["faults"]
    assert "sau ít phút" in fault["message"]


def test_what_cannot_wait_is_taken_over_while_a_change_is_being_carried_out(province: Province) -> None:
    assert province.confirm(province.send("annulments.csv", annul("an"))["taken"]["code"])["accepted"]
    assert province.send("switches.csv", "switch,value,reason\nstarts,off,đang kiểm tra\n")["accepted"]
    assert province.send("notice.txt", "Tạm dừng trong ít phút.")["accepted"]
    longer = "week,opens,closes,title,cancelled,reason\n2,,2022-09-05 09:00,,,mất điện\n"
    assert province.send("calendar.csv", longer)["accepted"]
    assert [one.what for one in province.close()] == ["week-1"]


def test_a_confirmation_that_arrives_twice_changes_nothing_more(province: Province) -> None:
    code = province.send("annulments.csv", annul("an"))["taken"]["code"]
    assert province.confirm(code)["accepted"]
    pointer = province.objects[CURRENT]
    assert province.confirm(code)["accepted"]
    assert province.objects[CURRENT] == pointer
    province.close()
    assert province.confirm(code)["accepted"]
    assert province.close() == []


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 501])
def test_a_confirmation_needs_a_reason(province: Province, reason: str) -> None:
    code = province.send("annulments.csv", annul("an"))["taken"]["code"]
    answer = province.confirm(code, reason)
    assert not answer["accepted"]
    assert "lý do" in answer["faults"][0]["message"]
    assert province.close() == []


def test_an_unknown_code_is_refused(province: Province) -> None:
    (fault,) = province.confirm("0123456789")["faults"]
    assert "không có thay đổi nào chờ mã này" in fault["message"]


def test_the_file_that_waits_is_kept_apart(province: Province) -> None:
    code = province.send("annulments.csv", annul("an"))["taken"]["code"]
    assert pending_key(code) in province.objects


def test_what_changes_no_published_result_is_taken_over_at_once(province: Province) -> None:
    dung = province.send("annulments.csv", annul("dung", weeks=""))
    assert (dung["accepted"], dung["taken"]["decisions"]) == (True, 1)
    assert province.send("exclusions.csv", EXCLUSIONS + f"{CITIZENS['dung']},Tổ ra đề,,\n")["accepted"]
    province.close(AFTER_WEEK_2)
    assert province.winners("week-2") == ["chi"]


def test_an_exclusion_of_a_winner_needs_a_confirmation_too(province: Province) -> None:
    answer = province.send("exclusions.csv", EXCLUSIONS + f"{CITIZENS['an']},Tổ ra đề,,\n")
    assert not answer["accepted"]
    assert answer["consequences"]["cause"] == "exclusion"
    assert province.confirm(answer["taken"]["code"])["accepted"]
    province.close()
    assert province.winners("week-1") == ["binh", "chi"]


def test_a_week_takes_the_provisional_later_weeks_and_the_final_along(province: Province) -> None:
    province.close(AFTER_WEEK_2)
    assert province.winners("week-2") == ["chi", "dung"]
    answer = province.send("annulments.csv", annul("an"), AFTER_WEEK_2)
    # Chi gets a prize of week 1, and so none of week 2.
    assert prizes(answer)["week-2"] == [("dung", "Giải Nhì", "Giải Nhất"), ("chi", "Giải Nhất", "")]
    province.confirm(answer["taken"]["code"], now=AFTER_WEEK_2)
    again = [one.what for one in province.close(AFTER_WEEK_2)]
    assert again == ["week-1", "week-2", "final"]
    assert province.winners("week-2") == ["dung"]


def test_weeks_2_and_3_and_the_final_go_along_with_week_1_and_the_consequences_list_them() -> None:
    """Chi moves up in week 1, so Hoa in week 2, so Dung alone is left in week 3."""
    later = [took_part("hoa", 2, 1, 1, 1), took_part("hoa", 3, 3, 1, 1), took_part("dung", 3, 2, 1, 1)]
    province = Province(TWO_WEEKS.replace("weeks = 2", "weeks = 3"), [*PLAYED, *later])
    after = AFTER_WEEK_2 + timedelta(weeks=1)
    province.close(after)
    answer = province.send("annulments.csv", annul("an"), after)
    told = [close["what"] for close in answer["consequences"]["closes"]]
    assert told == ["week-1", "week-2", "week-3", "final"]
    assert prizes(answer)["week-3"] == [("hoa", "Giải Nhất", "")]
    assert province.confirm(answer["taken"]["code"], now=after)["accepted"]
    assert [one.what for one in province.close(after)] == told


def test_a_unit_with_a_recognised_prize_given_once_gets_none_of_an_earlier_week_that_is_closed_again() -> None:
    """Week 1: SO-B before SO-A by the papers of two people; week 2: SO-A alone."""
    alone = [took_part("binh", 1, 3, 2, 2), took_part("an", 1, 3, 2, 1), took_part("chi", 1, 3, 2, 1)]
    province = Province(played=[*alone, took_part("an", 2, 3, 1, 1)])
    province.close(AFTER_WEEK_2)
    assert (province.unit_winners("week-1"), province.unit_winners("week-2")) == (["SO-B"], ["SO-A"])
    assert province.send("recognitions.csv", recognise("2"), AFTER_WEEK_2)["accepted"]
    province.close(AFTER_WEEK_2)
    for name in ("binh", "chi"):
        answer = province.send("annulments.csv", annul(name, "not_counted"), AFTER_WEEK_2)
        assert province.confirm(answer["taken"]["code"], now=AFTER_WEEK_2)["accepted"]
        province.close(AFTER_WEEK_2)
    # Nobody of SO-B is left, and SO-A keeps the recognised prize of week 2.
    assert (province.unit_winners("week-1"), province.unit_winners("week-2")) == ([], ["SO-A"])


def test_the_point_for_everybody_moves_the_target_and_the_consequences_say_so(province: Province) -> None:
    """Chi left the last question blank and has it right now."""
    last = paper_of(province.contest())[2]
    text = f"question_id,weeks,ruling,answer,reason\n{last.id},1,all_right,,Câu hỏi không rõ\n"
    (close,) = province.send("rulings.csv", text)["consequences"]["closes"]
    figures = {one["name"]: (one["before"], one["after"]) for one in close["figures"]}
    assert figures == {"perfect_people": (2, 3), "target": (2, 3)}


def test_somebody_who_is_not_counted_is_in_no_figure(province: Province) -> None:
    answer = province.send("annulments.csv", annul("an", "not_counted"))
    figures = {
        one["name"]: (one["before"], one["after"]) for one in answer["consequences"]["closes"][0]["figures"]
    }
    assert figures == {
        "people": (3, 2),
        "attempts": (3, 2),
        "obliged_people": (3, 2),
        "perfect_people": (2, 1),
        "ranked": (3, 2),
        "target": (2, 1),
    }
    province.confirm(answer["taken"]["code"])
    province.close()
    revision = province.revisions.pointers["week-1"].revision
    folder = f"results/week-1/rev-{revision}"
    assert IDS["an"] not in province.objects[f"{folder}/closed_week.json"].decode()
    units = csv_rows(province.objects[f"{folder}/unit_ranking.csv"])
    assert {row["unit_code"]: row["people"] for row in units} == {"SO-A": "0", "SO-B": "2"}
    activity = csv_rows(province.objects[f"{folder}/activity.csv"])
    assert sum(int(row["attempts"]) for row in activity if not row["hour"]) == 2


def test_an_annulment_is_lifted_by_a_later_one(province: Province) -> None:
    province.confirm(province.send("annulments.csv", annul("an"))["taken"]["code"])
    province.close()
    answer = province.send("annulments.csv", annul("an", "none"))
    province.confirm(answer["taken"]["code"])
    province.close()
    assert province.winners("week-1") == ["an", "binh"]


def test_people_may_be_named_by_the_participant_id_of_the_organisers_files(province: Province) -> None:
    by_id = ANNULMENT + f",{IDS['an']},1,no_prize,2022-08-30,thi hộ\n"
    assert prizes(province.send("annulments.csv", by_id)) == prizes(
        province.send("annulments.csv", annul("an"))
    )


def test_a_headcount_holds_for_closed_weeks_only_by_confirmation(province: Province) -> None:
    corrected = UNITS.replace("SO-B,Sở B,Sở,department,4,0", "SO-B,Sở B,Sở,department,40,0")
    answer = province.send("units.csv", corrected)
    assert answer["accepted"]
    assert answer["consequences"]["cause"] == "headcount"
    assert province.close() == [], "the published week keeps its headcounts"
    assert province.confirm(answer["taken"]["code"])["accepted"]
    assert [one.what for one in province.close()] == ["week-1"]
    revision = province.revisions.pointers["week-1"].revision
    units = csv_rows(province.objects[f"results/week-1/rev-{revision}/unit_ranking.csv"])
    assert {row["unit_code"]: row["headcount"] for row in units} == {"SO-A": "10", "SO-B": "40"}


def test_a_roster_holds_for_closed_weeks_only_by_confirmation(province: Province) -> None:
    # An is on the roster of SO-B, Chi of SO-B is on none.
    rows = f"SO-B,An,{CITIZENS['an']},0\nSO-B,Bình,{CITIZENS['binh']},0\nSO-B,Em,040080000105,1\n"
    answer = province.send("rosters.csv", f"unit_code,full_name,citizen_id,exempt\n{rows}")
    assert (answer["accepted"], answer["consequences"]["cause"]) == (True, "headcount")
    assert province.close() == [], "the published week keeps its places"
    province.confirm(answer["taken"]["code"])
    assert [(one.what, one.revision) for one in province.close()] == [("week-1", 2)]
    units = csv_rows(province.objects["results/week-1/rev-2/unit_ranking.csv"])
    columns = ("unit_code", "headcount", "exempt", "obliged_people", "people")
    assert [tuple(row[name] for name in columns) for row in units] == [
        ("SO-B", "3", "1", "2", "3"), ("SO-A", "10", "2", "0", "0"),
    ]  # fmt: skip


def test_a_wrong_key_found_after_the_close_is_mended_by_a_ruling(province: Province) -> None:
    last = paper_of(province.contest())[2]
    other = LETTERS[next(i for i in range(len(last.options)) if 1 << i != last.answer)]
    text = f"question_id,weeks,ruling,answer,reason\n{last.id},1,key,{other},Nghị định mới\n"
    answer = province.send("rulings.csv", text)
    assert answer["consequences"]["cause"] == "ruling"
    (close,) = answer["consequences"]["closes"]
    figures = {one["name"]: (one["before"], one["after"]) for one in close["figures"]}
    assert (figures["perfect_people"], figures["target"]) == ((2, 0), (2, 0))
    assert province.confirm(answer["taken"]["code"])["accepted"]
    province.close()
    folder = f"results/week-1/rev-{province.revisions.pointers['week-1'].revision}"
    ranking = csv_rows(gzip.decompress(province.objects[f"{folder}/individual_ranking.csv.gz"]))
    assert [row["score"] for row in ranking] == ["2", "2", "2"]
    assert {row["cause"] for row in province.changes("week-1")} == {"ruling"}
    again = province.send("rulings.csv", text)
    assert (again["accepted"], again["consequences"]) == (True, None)


def test_a_winner_who_fails_the_check_of_the_card_is_annulled_from_the_sheet(province: Province) -> None:
    closed = json.loads(province.objects["results/week-1/rev-1/closed_week.json"])
    assert [(one["prize"], one["participant_id"]) for one in closed["reserves"]] == [("first", IDS["chi"])]
    rows = [["1", "Giải Nhất", "1", IDS["an"], "An", "", "", "", "0", "", check, why] for check, why in
            (("Không đạt", "căn cước của người khác"),)]  # fmt: skip
    rows += [["1", "Giải Nhì", "2", IDS["binh"], "Bình", "", "", "", "0", "", "đạt", ""]]
    rows += [["1", "Dự phòng: Giải Nhất", "3", IDS["chi"], "Chi", "", "", "", "0", "", "", ""]]
    text = "\n".join(",".join(row) for row in [list(WINNER_CHECKS), *rows])
    answer = province.send("winner-checks.csv", text)
    assert prizes(answer)["week-1"][-1] == ("an", "Giải Nhất", "")
    province.confirm(answer["taken"]["code"])
    province.close()
    assert province.winners("week-1") == ["binh", "chi"]
    wrong = province.send("winner-checks.csv", text.replace("Không đạt", "hỏng"))
    assert [fault["column"] for fault in wrong["faults"]] == ["check"]


def recognise(what: str = "1", reason: str = "không có khiếu nại") -> str:
    return RECOGNITION + f"{what},12/QĐ-BTC,2022-08-30,,{reason}\n"


def withdraw(what: str = "1") -> str:
    return RECOGNITION + f"{what},12/QĐ-BTC,2022-08-30,1,có sai sót\n"


def test_a_result_is_provisional_until_it_is_recognised(province: Province) -> None:
    assert province.manifest("week-1")["recognised"] is None
    first = province.manifest("week-1")["result_digest"]
    assert province.send("recognitions.csv", recognise())["accepted"]
    assert [(one.what, one.revision) for one in province.close()] == [("week-1", 2)]
    manifest = province.manifest("week-1")
    assert manifest["recognised"] == {"decision": "12/QĐ-BTC", "decided_on": "2022-08-30"}
    assert manifest["result_digest"] == first, "the result is the same"
    assert province.close() == []


def test_a_recognition_within_the_time_for_complaints_needs_a_reason(province: Province) -> None:
    (fault,) = province.send("recognitions.csv", recognise(reason=""))["faults"]
    assert "thời hạn khiếu nại (đến 09:00 ngày 02/9/2022)" in fault["message"]
    assert province.send("recognitions.csv", recognise(reason=""), TUESDAY + timedelta(days=3))["accepted"]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (recognise("2"), "chưa có kết quả"),
        (recognise("final"), "chưa có kết quả"),
        (recognise("9"), "số tuần"),
        (withdraw(), "chưa được công nhận"),
        (RECOGNITION + "1,,2022-08-30,,x\n", "số quyết định"),
        (RECOGNITION + "1,12/QĐ,30/8/2022,,x\n", "2022-08-29"),
        (RECOGNITION + "1,12/QĐ,2022-08-30,2,x\n", "withdraw"),
        (RECOGNITION, "ít nhất một dòng"),
    ],
)
def test_a_recognition_that_cannot_be_is_refused(province: Province, text: str, remedy: str) -> None:
    answer = province.send("recognitions.csv", text)
    assert not answer["accepted"]
    told = answer["faults"][0]
    assert remedy in told["message"] or remedy == told["column"]


def test_a_recognised_result_changes_only_after_its_recognition_is_withdrawn(province: Province) -> None:
    province.send("recognitions.csv", recognise())
    province.close()
    (fault,) = province.send("annulments.csv", annul("an"))["faults"]
    assert "đã được công nhận" in fault["message"]
    assert province.send("recognitions.csv", withdraw())["accepted"]
    province.close()
    answer = province.send("annulments.csv", annul("an"))
    assert answer["faults"] == []
    assert province.confirm(answer["taken"]["code"])["accepted"]
    province.close()
    assert province.winners("week-1") == ["binh", "chi"]


def test_who_has_a_recognised_prize_of_a_later_week_gets_none_when_an_earlier_one_is_closed_again(
    province: Province,
) -> None:
    province.close(AFTER_WEEK_2)
    assert province.send("recognitions.csv", recognise("2"), AFTER_WEEK_2)["accepted"]
    province.close(AFTER_WEEK_2)
    answer = province.send("annulments.csv", annul("an"), AFTER_WEEK_2)
    # Chi keeps the recognised prize of week 2, so nobody is left for the second prize of week 1.
    told = prizes(answer)
    assert told["week-1"] == [("binh", "Giải Nhì", "Giải Nhất"), ("an", "Giải Nhất", "")]
    assert "week-2" not in told
    province.confirm(answer["taken"]["code"], now=AFTER_WEEK_2)
    province.close(AFTER_WEEK_2)
    assert (province.winners("week-1"), province.winners("week-2")) == (["binh"], ["chi", "dung"])


def test_the_final_is_recognised_last_and_a_withdrawn_week_withdraws_it(province: Province) -> None:
    province.close(AFTER_WEEK_2)
    (fault,) = province.send("recognitions.csv", recognise("final"), AFTER_WEEK_2)["faults"]
    assert "chưa công nhận tuần 1, 2" in fault["message"]
    everything = recognise("1") + "2,13/QĐ-BTC,2022-09-06,,x\nfinal,14/QĐ-BTC,2022-09-06,,x\n"
    assert province.send("recognitions.csv", everything, AFTER_WEEK_2)["accepted"]
    province.close(AFTER_WEEK_2)
    assert province.manifest("final")["recognised"]["decision"] == "14/QĐ-BTC"
    assert province.send("recognitions.csv", withdraw("2"), AFTER_WEEK_2)["accepted"]
    province.close(AFTER_WEEK_2)
    assert province.manifest("final")["recognised"] is None
    assert province.manifest("week-1")["recognised"]["decision"] == "12/QĐ-BTC"


def test_a_decision_before_the_first_contest_is_refused() -> None:
    (fault,) = Desk().send("annulments.csv", annul("an"))["faults"]
    assert "chưa có cuộc thi" in fault["message"]


def test_a_wrong_key_is_mended_by_a_ruling(province: Province) -> None:
    paper = draw(province.contest().bank, province.contest().definition.paper, NONCE)
    assert len(paper) == 3
    assert MASKS
