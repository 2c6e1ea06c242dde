"""A whole contest on the deployed package with IAM enforced: only the schedule closes the week."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import threading
import time
import zipfile
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from openpyxl import load_workbook

from benchmarks.people import solve
from benchmarks.restore_drill import Drill
from chalicelib.documents.compiled_contest import decode_bank, decode_definition
from chalicelib.domain.bank import LETTERS, Bank, Question
from chalicelib.domain.paper import draw
from chalicelib.services.exam.exam import Person
from chalicelib.web.tokens import Tokens
from tests.csv_rows import csv_rows
from tests.readers.pictures import png
from tests.stack import ROOT, Stack, right_answers, wait_for

PASSWORD = "mật khẩu dài"
PEOPLE = {
    # citizen id: name, born, gender, unit, category
    "040085000001": ("Nguyễn Văn An", "1985-02-03", "male", "SO-A", "mandatory"),
    "040190000002": ("Bùi Thị Bình", "1990-04-05", "female", "SO-A", "mandatory"),
    "040085000003": ("Lê Công", "1985-01-01", "male", "SO-B", "mandatory"),
    "040303000004": ("Đặng Dung", "2003-12-31", "female", None, "encouraged"),
}
FORGETFUL, ROTATING = "040085000005", "040085000006"


def home(citizen_id: str) -> str:
    """An address of their own, so that nobody pays for the others."""
    return f"10.0.0.{citizen_id[-2:].lstrip('0')}"


def application(stack: Stack, citizen_id: str, **changes: Any) -> dict[str, Any]:
    name, born, gender, unit, category = PEOPLE.get(citizen_id, PEOPLE["040085000001"])
    return {
        "citizen_id": citizen_id,
        "full_name": name,
        "date_of_birth": born,
        "gender": gender,
        "phone": "+84 912 345 678",
        "unit_code": unit,
        "category": category,
        "password": PASSWORD,
        "consent": True,
        "proof": solve(stack.call("GET", "/challenge", address=home(citizen_id)).json()),
        **changes,
    }


def signed_in(stack: Stack, citizen_id: str) -> str:
    registered = stack.call("POST", "/participants", application(stack, citizen_id), address=home(citizen_id))
    assert registered.status_code == 201, registered.text
    session = stack.call("POST", "/sessions", {"citizen_id": citizen_id, "password": PASSWORD})
    assert session.status_code == 200, session.text
    return str(session.json()["token"])


def sit(stack: Stack, token: str, right: int, prediction: int | None) -> dict[str, Any]:
    attempt = stack.call("POST", "/attempts", {}, token).json()["attempt"]
    body = {"answers": right_answers(stack, attempt, right), "revision": attempt["revision"]}
    if prediction is not None:
        body["prediction"] = prediction
    result = stack.call("POST", f"/attempts/{attempt['attempt_id']}/submission", body, token)
    assert result.status_code == 200, result.text
    assert result.json()["score"] == right
    return {**result.json(), "attempt_id": attempt["attempt_id"]}


def refusal(answer: Any) -> tuple[int, str]:
    assert answer.headers["Content-Type"].startswith("application/problem+json"), answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert {"type", "title", "detail"} <= problem.keys()
    return answer.status_code, problem["code"]


def live_figures(stack: Stack) -> dict[str, Any] | None:
    """``data/live.json`` without its time."""
    answer = stack.site("/data/live.json")
    if answer.status_code != 200:
        return None
    document: dict[str, Any] = answer.json()
    datetime.fromisoformat(document.pop("as_of"))
    return document


def verify(*arguments: str) -> str:
    """The verifier's output, run as anybody would run it; it has to say that everything is right."""
    command = [sys.executable, "-S", "-m", "verify", *arguments]

    def told() -> subprocess.CompletedProcess[str] | None:
        done = subprocess.run(  # noqa: S603  our own module
            command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
        )
        return None if done.returncode == 2 else done  # the log's last batches are opened within a minute

    done = wait_for(told, 60, "something to verify")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def write_into_the_table(dynamodb: Any, table: str) -> None:
    """Copies the best record to Công, twice, and to somebody new."""
    items = dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]
    best = max((item["done"]["L"][0] for item in items if "done" in item), key=lambda one: one["B"][18])
    (cong,) = [item for item in items if item["unit"]["S"] == "SO-B"]
    cong["done"]["L"] += [best, {"B": b"\x02" + best["B"][1:]}]
    dynamodb.put_item(TableName=table, Item={**cong, "used": {"N": "2"}})
    nobody = {**cong, "pk": {"S": "w1#00"}, "sk": {"S": "00" + "f" * 18}, "done": {"L": [best]}}
    dynamodb.put_item(TableName=table, Item={**nobody, "used": {"N": "1"}})


def test_a_contest_from_registration_to_the_published_result(stack: Stack, tmp_path: Path) -> None:
    wait_for(
        lambda: stack.site("/data/keys.json").status_code == 200, 60, "the log telling the key of receipts"
    )
    assert [key["algorithm"] for key in stack.site("/data/keys.json").json()["keys"]] == ["Ed25519"]
    contest = stack.call("GET", "/contest").json()
    assert contest["week"]["number"] == 1
    closes = datetime.fromisoformat(contest["week"]["closes_at"])
    assert stack.call("GET", "/health").json()["contest"] == "e2e"

    # four people register and sign in
    an, binh, cong, dung = [signed_in(stack, citizen_id) for citizen_id in PEOPLE]
    ans = home("040085000001")
    again = stack.call("POST", "/participants", application(stack, "040085000001"), address=ans)
    assert again.status_code == 201  # sent again, as after a lost answer
    theirs = {**application(stack, "040085000001"), "password": "mật khẩu của kẻ khác"}
    assert refusal(stack.call("POST", "/participants", theirs, address=ans)) == (409, "already_registered")
    barred = application(stack, "040085999999")
    there = home("040085999999")
    assert refusal(stack.call("POST", "/participants", barred, address=there)) == (403, "excluded")

    # An starts twice and is handed the same paper; saves on two devices; submits twice at once
    first = stack.call("POST", "/attempts", {}, an)
    assert first.status_code == 201
    again = stack.call("POST", "/attempts", {}, an)
    assert (again.status_code, again.json()) == (200, first.json())
    attempt = first.json()["attempt"]
    path = f"/attempts/{attempt['attempt_id']}"
    assert "answer" not in json.dumps(attempt["questions"])
    chosen = right_answers(stack, attempt, 5)
    first_save = {"answers": {"1": chosen["1"]}, "prediction": 9, "revision": 0}
    saved = stack.call("PUT", f"{path}/answers", first_save, an)
    assert (saved.status_code, saved.json()["save_after_s"]) == (200, 30)
    assert stack.call("PUT", f"{path}/answers", first_save, an).json() == saved.json()
    stored = stack.call("GET", path, token=an).json()["attempt"]
    revision = saved.json()["revision"]
    assert (stored["saved_answers"], stored["saved_prediction"]) == ({"1": chosen["1"]}, 9)
    assert stored["revision"] == revision > 0
    stale = stack.call("PUT", f"{path}/answers", {"answers": {"2": chosen["2"]}, "revision": 0}, an)
    assert refusal(stale) == (409, "stale")
    told = {key: stale.json()[key] for key in ("saved_answers", "prediction", "revision")}
    assert told == {"saved_answers": {"1": chosen["1"]}, "prediction": 9, "revision": revision}
    early = stack.call("POST", f"{path}/submission", {"answers": {}, "revision": 0}, an)
    assert refusal(early) == (409, "stale")
    assert refusal(stack.call("GET", path, token=binh)) == (404, "attempt_not_found")

    results: list[Any] = []
    body = {"answers": chosen, "prediction": 3, "revision": revision}
    sendings = [
        threading.Thread(target=lambda: results.append(stack.call("POST", f"{path}/submission", body, an)))
        for _ in range(2)
    ]
    for sending in sendings:
        sending.start()
    for sending in sendings:
        sending.join()
    assert [result.status_code for result in results] == [200, 200]
    assert results[0].json() == results[1].json()
    assert results[0].json()["score"] == 5
    read = stack.call("GET", path, token=an).json()["result"]
    assert read["receipt"] == results[0].json()["receipt"]
    blank = {"answers": {}, "revision": revision}
    for after in (
        stack.call("POST", f"{path}/submission", blank, an),
        stack.call("PUT", f"{path}/answers", body, an),
    ):
        assert refusal(after) == (409, "finished")
        assert after.json()["result"] == read

    # Bình is perfect too, with a better first prediction; Công has 3 right; Dung leaves 2 right answers saved
    an_second = sit(stack, an, 1, None)
    binh_first = sit(stack, binh, 4, 2)
    binh_best = sit(stack, binh, 5, 9)
    cong_best = sit(stack, cong, 3, 2)
    walked = stack.call("POST", "/attempts", {}, dung).json()["attempt"]
    half = {"answers": right_answers(stack, walked, 2), "prediction": 7, "revision": 0}
    assert stack.call("PUT", f"/attempts/{walked['attempt_id']}/answers", half, dung).status_code == 200
    me = stack.call("GET", "/me", token=binh).json()
    assert me["week"] == {
        "number": 1,
        "attempts_used": 2,
        "attempts_left": 1,
        "best_score": 5,
        "open_attempt": None,
    }
    assert [listed["score"] for listed in me["attempts"]] == [4, 5]
    assert binh_first["attempt_id"] == me["attempts"][0]["attempt_id"]
    # the number of participants is published while the week is open; results are not
    live = {"format": 1, "week": 1, "people": 3, "attempts": 5, "units": {"SO-A": [2, 4], "SO-B": [1, 1]}}
    wait_for(lambda: live_figures(stack) == live, 30, "the page showing the attempts made")
    assert datetime.fromisoformat(stack.call("GET", "/contest").json()["now"]) < closes, "the test was too slow"
    assert stack.site("/data/results/index.json").status_code in {403, 404}

    # somebody who may write the table gives the best paper to Công, and to a person who never was
    write_into_the_table(stack.client("dynamodb"), stack.stack["tables"]["entries"])

    # the schedule closes the week and the contest
    def closed() -> dict[str, Any] | None:
        answer = stack.site("/data/results/index.json")
        index: dict[str, Any] | None = answer.json() if answer.status_code == 200 else None
        return index if index and index["final"] else None

    index = wait_for(closed, 90, "closing the week by its schedule")
    assert index == {"format": 1, "weeks": [{"week": 1, "revision": 1}], "final": {"revision": 1}}
    assert refusal(stack.call("POST", "/attempts", {}, an)) == (409, "no_open_week")

    silent = {"format": 1, "week": None, "people": None, "attempts": None, "units": {}}
    wait_for(lambda: live_figures(stack) == silent, 30, "the page's figures going with the week")

    # the files on the desk follow the rules
    prizes = csv_rows(stack.desk("results/week-1/rev-1/individual_prizes.csv"))
    assert [(row["prize"], row["rank"], row["full_name"]) for row in prizes] == [
        ("first", "1", "Bùi Thị Bình"),
        ("second", "2", "Nguyễn Văn An"),
    ]
    assert [row["prediction_error"] for row in prizes] == ["0", "1"]
    assert prizes[0]["citizen_id_masked"] == "040******002"
    assert prizes[0]["phone_masked"] == "091****678"
    assert prizes[0]["duration_ms"] == str(binh_best["duration_ms"])
    at = datetime.fromisoformat(binh_best["submitted_at"])
    assert prizes[0]["submitted_at"] == at.isoformat(timespec="milliseconds")

    ranking = csv_rows(gzip.decompress(stack.desk("results/week-1/rev-1/individual_ranking.csv.gz")))
    assert [(row["score"], row["prediction"], row["unit_code"], row["attempts"]) for row in ranking] == [
        ("5", "2", "SO-A", "2"),
        ("5", "3", "SO-A", "2"),
        ("3", "2", "SO-B", "1"),
        ("2", "", "", "1"),
    ]
    at = datetime.fromisoformat(cong_best["submitted_at"])
    assert ranking[2]["submitted_at"] == at.isoformat(timespec="milliseconds")
    assert datetime.fromisoformat(ranking[3]["submitted_at"]) == closes + timedelta(seconds=2)  # the grace

    # what was written into the table is named, and is nowhere else
    signs = csv_rows(stack.desk("results/week-1/rev-1/anomalies.csv"))
    found = [row for row in signs if row["reason"] == "unauthentic"]
    assert sorted((row["unit_code"], row["seen"], row["out_of"]) for row in found) == [
        ("SO-B", "1", "1"),
        ("SO-B", "2", "2"),
    ]

    units = csv_rows(stack.desk("results/week-1/rev-1/unit_ranking.csv"))
    # SO-A: 2 of 4 people, both perfect; SO-B: 1 of 4, 3 of 5, and half the people of SO-A; TRUONG-C: nobody
    score_a = 100 * (Fraction(1, 2) * Fraction(2, 4) + Fraction(1, 5) * 1 + Fraction(3, 10) * 1)
    score_b = 100 * (
        Fraction(1, 2) * Fraction(1, 4) + Fraction(1, 5) * Fraction(1, 2) + Fraction(3, 10) * Fraction(3, 5)
    )
    assert [(row["unit_code"], row["people"], row["attempts"], row["prize"]) for row in units] == [
        ("SO-A", "2", "4", "weekly"),
        ("SO-B", "1", "1", ""),
        ("TRUONG-C", "0", "0", ""),
    ]
    assert [row["unit_score"] for row in units[:2]] == [f"{float(score_a):.4f}", f"{float(score_b):.4f}"]
    assert units[2]["note"] == "below_min_people"
    final = csv_rows(stack.desk("results/final/rev-1/unit_ranking.csv"))
    assert [(row["unit_code"], row["prize"]) for row in final] == [
        ("SO-A", "final"),
        ("SO-B", "final"),
        ("TRUONG-C", ""),
    ]

    manifest = json.loads(stack.desk("results/week-1/rev-1/manifest.json"))
    assert manifest["counts"] == {
        "people": 4,
        "attempts": 6,
        "obliged_people": 3,
        "other_people": 1,
        "perfect_people": 2,
    }
    for name, digest in manifest["files"].items():
        assert hashlib.sha256(stack.desk(f"results/week-1/rev-1/{name}")).hexdigest() == digest

    # and on the page
    page = stack.site("/data/results/week-1.json").json()
    assert [winner["name"] for winner in page["winners"]] == ["Bùi Thị Bình", "Nguyễn Văn An"]
    assert page["prediction"] == {"target": "perfect_people", "actual": 2}
    assert "<script>" not in stack.site("/data/guide.html").text

    # every receipt is in the tree that the results publish, and the bundle ranks to the same
    answered = [results[0].json(), an_second, binh_first, binh_best, cong_best]
    receipts = tmp_path / "receipts.json"
    receipts.write_text(json.dumps([answer["receipt"] for answer in answered]), encoding="utf-8")
    said = verify("receipt", str(receipts), "--site", stack.site_url, "--root", page["proof"]["root"])
    assert said.count("Bài vào nhật ký đúng hạn") == 5
    assert said.count("Chấm lại theo bộ câu hỏi đã công bố") == 5
    said = verify("final", stack.site_url)
    assert "Tuần 1: 6 bài cho ra đúng mã xác thực" in said
    assert "Tệp nối mã: 4 mã của 1 tuần là 4 người" in said
    assert "xếp hạng 3 đơn vị, 2 giải tập thể, 0 giải cá nhân và 6 đề nghị khen thưởng" in said


def test_the_stream_is_read_in_order_and_unreadable_records_are_reported(stack: Stack) -> None:
    functions = stack.client("lambda")
    mappings = functions.list_event_source_mappings()["EventSourceMappings"]
    streams = [found for found in mappings if "/stream/" in found["EventSourceArn"]]
    assert len(streams) == 1
    tally = streams[0]
    assert stack.stack["tables"]["entries"] in tally["EventSourceArn"]
    assert tally["FunctionArn"].endswith("-tally")
    assert (
        tally["ParallelizationFactor"] == 1
    )  # several at a time would break the order that counting relies on
    assert tally["StartingPosition"] == "TRIM_HORIZON"
    assert tally["BisectBatchOnFunctionError"] is True
    assert tally["MaximumRecordAgeInSeconds"] <= 24 * 3600
    assert ":sns:" in tally["DestinationConfig"]["OnFailure"]["Destination"]


def test_the_answers_of_the_gateway_itself_are_problems_too(stack: Stack) -> None:
    assert refusal(stack.call("GET", "/nowhere")) == (404, "not_found")
    assert refusal(stack.call("DELETE", "/contest"))[0] in {404, 405}
    huge = stack.call("POST", "/sessions", data=b"x" * 11_000_000)
    assert refusal(huge) == (413, "too_large")
    assert refusal(stack.call("POST", "/sessions", data=b"x" * 20_000)) in {
        (413, "too_large"),
        (415, "unsupported_media_type"),
    }


def test_a_broken_contest_is_refused_and_changes_nothing(stack: Stack) -> None:
    before = stack.site("/data/contest.json").json()
    refused = stack.deliver("broken.zip", b"not a zip", 30)
    assert refused["accepted"] is False
    assert "zip" in refused["faults"][0]["message"]
    assert stack.site("/data/contest.json").json() == before


def test_an_annulment_is_confirmed_after_its_consequences_and_makes_a_new_revision(stack: Stack) -> None:
    # Bình, who came first, is annulled after the close: first the consequences, then the confirmation
    header = "citizen_id,participant_id,weeks,effect,decided_on,reason\n"
    table = f"{header}040190000002,,,no_prize,2022-08-29,thi hộ\n"
    shown = stack.deliver("annulments.csv", table)
    assert (shown["accepted"], shown["faults"]) == (False, [])
    assert [close["what"] for close in shown["consequences"]["closes"]] == ["week-1", "final"]
    assert stack.site("/data/results/index.json").json()["weeks"][0]["revision"] == 1
    code = shown["taken"]["code"]
    done = stack.deliver(f"confirm-{code}.txt", "Biên bản kiểm tra số 3")
    assert (done["accepted"], done["taken"]["confirmed"]) == (True, code)

    def new_revision() -> bool:
        index = stack.site("/data/results/index.json").json()
        return bool(index["weeks"][0]["revision"] == 2 and index["final"]["revision"] == 2)

    wait_for(new_revision, 90, "closing the week again")
    bulletin = stack.desk("results/week-1/rev-2/bulletin.html").decode()
    assert "điều chỉnh và thay thế thông báo" in bulletin
    assert "Biên bản kiểm tra số 3" in bulletin
    changes = csv_rows(stack.desk("results/week-1/rev-2/changes.csv"))
    assert [(row["name"], row["prize_before"], row["prize_after"], row["reason"]) for row in changes] == [
        ("Bùi Thị Bình", "first", "", "annulled"),
        ("Nguyễn Văn An", "second", "first", "annulment"),
        ("Lê Công", "", "second", "annulment"),
    ]
    assert {row["code"] for row in changes} == {code}
    assert csv_rows(stack.desk("results/week-1/rev-1/individual_prizes.csv"))[0]["full_name"] == "Bùi Thị Bình"
    commended = csv_rows(stack.desk("results/final/rev-2/commendations.csv"))
    assert "Nguyễn Văn An" in {row["name"] for row in commended}
    credentials = {"citizen_id": "040190000002", "password": PASSWORD}

    def refused() -> tuple[int, str] | None:
        answer = stack.call("POST", "/sessions", credentials)
        return refusal(answer) if answer.status_code != 200 else None

    assert wait_for(refused, 90, "the API seeing the new list") == (403, "disqualified")
    said = verify("final", stack.site_url)
    assert "Xếp hạng lại 3 người" in said
    assert "Tệp nối mã: 4 mã" in said


def test_the_questions_of_the_last_week_can_no_longer_be_changed(stack: Stack) -> None:
    fewer = "\n".join((ROOT / "contests/nghe-an-2022/questions.csv").read_text().splitlines()[:-20])
    report = stack.deliver("questions.csv", fewer, 30)
    assert "chỉ đổi được cho những tuần chưa mở" in report["faults"][0]["message"]


def test_what_the_log_says_to_hold_is_what_the_site_shows_and_the_close_rests_on(stack: Stack) -> None:
    def told() -> dict[str, str]:
        facts = stack.site("/data/log/facts.json").json()["facts"]
        return {name: one["value"] for name, one in facts.items()}

    wait_for(lambda: told().get("week-1", "").startswith("2 "), 60, "the log telling the second revision")
    facts = told()
    for part in ("definition", "bank", "units", "confirmations"):
        published = stack.site(f"/data/reference/{facts[part]}.json").content
        assert hashlib.sha256(published).hexdigest() == facts[part]
    rules = stack.site("/data/rules.html").content
    assert hashlib.sha256(rules).hexdigest() == facts["rules"]
    assert "Điều 13. ".encode() in rules
    assert facts["code_version"] == stack.call("GET", "/health").json()["version"]
    for key in stack.site("/data/keys.json").json()["keys"]:
        assert facts[f"key-{key['key_id']}"] == key["public_key"]
    manifest = json.loads(stack.desk("results/week-1/rev-2/manifest.json"))
    assert facts["week-1"] == f"2 {manifest['result_digest']}"
    for part, value in manifest["inputs"].items():
        assert value == facts.get(f"week-1/{part}", facts[part])


def source(stack: Stack, file: str) -> str:
    """A file of the contest, as it was sent."""
    with zipfile.ZipFile(io.BytesIO(stack.desk("inbox/kept/account/contest.zip"))) as files:
        return files.read(file).decode("utf-8-sig")


def confirmed(stack: Stack, shown: dict[str, Any], reason: str, revision: int) -> None:
    """Confirms what was shown, and waits until week 1 is closed again."""
    done = stack.deliver(f"confirm-{shown['taken']['code']}.txt", reason)
    assert done["accepted"], done["faults"]
    closed_again(stack, revision)


def closed_again(stack: Stack, revision: int) -> None:
    wait_for(
        lambda: stack.site("/data/results/index.json").json()["weeks"][0]["revision"] == revision,
        90,
        f"revision {revision}",
    )


def test_other_weights_cannot_award_a_published_week_anew(stack: Stack) -> None:
    toml = source(stack, "contest.toml")
    weights = "{ participation = 0.5, volume = 0.2, quality = 0.3 }"
    assert weights in toml
    report = stack.deliver(
        "contest.toml", toml.replace(weights, "{ participation = 0.2, volume = 0.2, quality = 0.6 }")
    )
    assert [fault["column"] for fault in report["faults"]] == ["unit_score.weights"]


def test_a_headcount_corrected_later_takes_no_announced_prize_away(stack: Stack) -> None:
    units = source(stack, "units.csv")
    corrected = units.replace("SO-B,Sở B,Sở ngành,department,5,1", "SO-B,Sở B,Sở ngành,department,2,1")
    assert corrected != units
    report = stack.deliver("units.csv", corrected)
    assert (report["accepted"], report["consequences"]["cause"]) == (True, "headcount")
    moved = {unit["code"]: unit["prize_after"] for unit in report["consequences"]["closes"][0]["units"]}
    assert moved == {"SO-A": "", "SO-B": "Giải thi tuần"}, "only a confirmation would do that"
    assert stack.deliver("units.csv", units)["accepted"]


def asked(stack: Stack, attempt: str) -> list[Question]:
    """The questions of a paper, drawn again from what is published."""
    parts = json.loads(stack.desk("results/week-1/rev-1/manifest.json"))["inputs"]
    read = {name: stack.site(f"/data/reference/{parts[name]}.json").content for name in ("bank", "definition")}
    bank = Bank(parts["bank"], decode_bank(read["bank"]))
    paper = draw(bank, decode_definition(read["definition"]).paper, attempt.rpartition("-")[2])
    return [question for question, _ in paper]


def test_a_wrong_key_found_after_the_close_is_mended(stack: Stack) -> None:
    an = stack.call("POST", "/sessions", {"citizen_id": "040085000001", "password": PASSWORD}).json()["token"]
    attempts = stack.call("GET", "/me", token=an).json()["attempts"]
    best = next(one["attempt_id"] for one in attempts if one["score"] == 5)
    wrong = next(question for question in asked(stack, best) if not question.multiple)
    key = next(letter for letter in LETTERS if letter not in wrong.answer_letters)
    shown = stack.deliver(
        "rulings.csv", f"question_id,weeks,ruling,answer,reason\n{wrong.id},1,key,{key},văn bản mới\n"
    )
    assert (shown["accepted"], shown["consequences"]["cause"]) == (False, "ruling")
    figures = {one["name"]: one["after"] for one in shown["consequences"]["closes"][0]["figures"]}
    assert figures["target"] == figures["perfect_people"] < 2
    confirmed(stack, shown, "Nghị định mới thay đổi đáp án", 3)

    manifest = json.loads(stack.desk("results/week-1/rev-3/manifest.json"))
    assert [one["reason"] for one in manifest["confirmations"]][1:] == ["Nghị định mới thay đổi đáp án"]
    assert {row["cause"] for row in csv_rows(stack.desk("results/week-1/rev-3/changes.csv"))} == {"ruling"}
    units = csv_rows(stack.desk("results/week-1/rev-3/unit_ranking.csv"))
    assert {row["unit_code"]: row["headcount"] for row in units}["SO-B"] == "5"

    def ruled() -> dict[str, Any] | None:
        result: dict[str, Any] = stack.call("GET", f"/attempts/{best}", token=an).json()["result"]
        return result if result["rulings"] else None

    result = wait_for(ruled, 30, "the API seeing the ruling")
    assert (result["score"], result["ruled_score"], len(result["rulings"])) == (5, 4, 1)
    page = stack.site("/data/results/week-1.json").json()
    assert [one["question"] for one in page["rulings"]] == [wrong.id]
    assert page["corrections"][-1]["reason"] == "Nghị định mới thay đổi đáp án"
    assert "Xếp hạng lại 3 người" in verify("rank", stack.site_url)


def test_a_recognised_week_stands_until_its_recognition_is_withdrawn(stack: Stack) -> None:
    assert stack.site("/data/results/week-1.json").json()["complaints_until"]
    header = "what,decision,decided_on,withdraw,reason\n"
    early = stack.deliver("recognitions.csv", f"{header}1,12/QĐ-BTC,2026-11-29,,\n")
    assert "thời hạn khiếu nại" in early["faults"][0]["message"]
    assert stack.deliver("recognitions.csv", f"{header}1,12/QĐ-BTC,2026-11-29,,thi thử\n")["accepted"]
    closed_again(stack, 4)
    page = stack.site("/data/results/week-1.json").json()
    assert page["recognised"] == {"decision": "12/QĐ-BTC", "decided_on": "2026-11-29"}
    assert page["complaints_until"] is None
    assert "công nhận theo Quyết định số 12/QĐ-BTC" in stack.desk("results/week-1/rev-4/bulletin.html").decode()
    header = "citizen_id,participant_id,weeks,effect,decided_on,reason\n"
    refused = stack.deliver("annulments.csv", f"{header}040085000001,,1,no_prize,2026-11-29,thi hộ\n")
    assert "đã được công nhận" in refused["faults"][0]["message"]


def test_the_site_is_served_with_its_security_headers(stack: Stack) -> None:
    page = stack.site("/")
    assert page.status_code == 200
    assert "text/html" in page.headers["Content-Type"]
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert stack.site("/data/nothing.json").status_code in {403, 404}


def test_an_emblem_goes_through_the_desk_to_the_site_as_a_picture(stack: Stack) -> None:
    assert stack.deliver("emblem.png", png())["accepted"]
    served = stack.site("/data/emblem.png")
    assert (served.content, served.headers["content-type"]) == (png(), "image/png")
    assert served.headers["x-content-type-options"] == "nosniff"
    # A close that began before may show the older contest for a moment.
    named = wait_for(lambda: stack.site("/data/contest.json").json()["emblem"], 10, "the emblem on the site")
    assert named == {"file": "emblem.png", "width": 128, "height": 128}


def test_answers_carry_the_servers_date(stack: Stack) -> None:
    answer = stack.call("GET", "/contest")
    stamp = time.mktime(time.strptime(answer.headers["Date"], "%a, %d %b %Y %H:%M:%S GMT")) - time.timezone
    assert abs(stamp - time.time()) < 5
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_local_aws_lets_nobody_in_without_credentials(stack: Stack) -> None:
    # So a missing permission of a function fails here as it would in the cloud.
    stranger = Stack({**stack.stack, "aws_access_key_id": "stranger", "aws_secret_access_key": "x"})
    with pytest.raises(
        ClientError, match=r"AccessDenied|InvalidAccessKeyId|UnrecognizedClient|InvalidClientTokenId"
    ):
        stranger.client("dynamodb").scan(TableName=stack.stack["tables"]["participants"])


def test_both_token_keys_are_valid_after_a_rotation(stack: Stack) -> None:
    vault, token = stack.client("secretsmanager"), signed_in(stack, ROTATING)
    (name,) = [it["ARN"] for it in vault.list_secrets()["SecretList"] if "session tokens" in it["Description"]]
    identity = stack.call("GET", "/me", token=token).json()["participant"]["participant_id"]
    vault.put_secret_value(SecretId=name, SecretString="n" * 64)
    person = Person(identity, "SO-A", "mandatory")
    fresh, _ = Tokens([b"n" * 64]).issue(person, time.time_ns() // 1_000_000)
    forged, _ = Tokens([b"f" * 64]).issue(person, time.time_ns() // 1_000_000)
    assert stack.call("GET", "/me", token=fresh).status_code == 200
    assert stack.call("GET", "/me", token=token).status_code == 200
    assert refusal(stack.call("GET", "/me", token=forged)) == (401, "unauthorized")


def answered(stack: Stack, file: str, table: str) -> dict[str, Any]:
    """The report on a request put into the inbox."""
    found = stack.deliver(file, table, 30)
    assert found["accepted"], found["faults"]
    return found


def test_a_lost_password_is_reset_by_a_code_from_the_desk(stack: Stack) -> None:
    thief = signed_in(stack, FORGETFUL)
    report = answered(stack, "password-resets.csv", f"citizen_id\n{FORGETFUL}\n")
    sheet = load_workbook(
        io.BytesIO(stack.desk(f"{report['taken']['answers']}password-resets.xlsx"))
    ).worksheets[0]
    header, row = sheet.iter_rows(values_only=True)
    handed_out = dict(zip(header, row, strict=True))
    assert handed_out["phone"] == "0912345678"
    wanted = {"citizen_id": FORGETFUL, "code": "0000-0000-0000", "password": "mật khẩu mới"}
    assert refusal(stack.call("POST", "/password", wanted)) == (401, "wrong_code")
    done = stack.call("POST", "/password", {**wanted, "code": handed_out["code"]})
    assert (done.status_code, done.text) == (204, "")
    old, new = ({"citizen_id": FORGETFUL, "password": password} for password in (PASSWORD, "mật khẩu mới"))
    assert refusal(stack.call("POST", "/sessions", old)) == (401, "wrong_credentials")
    owner = stack.call("POST", "/sessions", new).json()["token"]
    wait_for(lambda: is_out(stack, thief), 30, "the end of the session from before")
    assert not is_out(stack, owner)


def is_out(stack: Stack, token: str) -> bool:
    """Whether the exam's path refuses the token, which reads no account."""
    answer = stack.call("GET", "/attempts/1-1-1-0000000000000000", token=token)
    return answer.status_code == 401


def test_a_person_gets_their_data_and_is_erased_through_the_desk(stack: Stack) -> None:
    credentials = {"citizen_id": FORGETFUL, "password": "mật khẩu mới"}
    token = stack.call("POST", "/sessions", credentials).json()["token"]
    table = f"citizen_id,request\n{FORGETFUL},export\n{FORGETFUL},erase\n"
    report = answered(stack, "data-requests.csv", table)
    assert (report["taken"]["exported"], report["taken"]["erased"]) == (1, 1)
    s3, bucket = stack.client("s3"), stack.stack["desk_bucket"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=report["taken"]["answers"])["Contents"]
    (key,) = [found["Key"] for found in listed if found["Key"].endswith(".json")]
    person = json.loads(stack.desk(key))["person"]
    assert (person["full_name"], person["citizen_id"]) == ("Nguyễn Văn An", FORGETFUL)
    assert refusal(stack.call("POST", "/sessions", credentials)) == (401, "wrong_credentials")
    wait_for(lambda: is_out(stack, token), 30, "the end of the erased person's session")
    table_name = stack.stack["tables"]["participants"]
    left = stack.client("dynamodb").get_item(TableName=table_name, Key={"id": {"S": person["participant_id"]}})
    assert left["Item"].keys() == {"id", "erased_at", "expires"}


def test_no_personal_data_and_no_secrets_are_in_plain_text_in_tables_logs_environment_or_template(
    stack: Stack,
) -> None:
    personal = {*PEOPLE, FORGETFUL, "0912345678", PASSWORD}
    for name, born, *_ in PEOPLE.values():
        personal |= {name, born}
    vault = stack.client("secretsmanager")
    names = [secret["ARN"] for secret in vault.list_secrets()["SecretList"]]
    secrets = {vault.get_secret_value(SecretId=name)["SecretString"] for name in names}
    assert len(secrets) >= 2

    tables = [
        plain(stack.client("dynamodb").scan(TableName=name)["Items"]) for name in stack.stack["tables"].values()
    ]
    logs, lambdas = stack.client("logs"), stack.client("lambda")
    lines = []
    for group in logs.describe_log_groups()["logGroups"]:
        events = logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        lines += [event["message"] for event in events]
    assert any('"route":"POST /sessions"' in line for line in lines)
    settings = [function["Environment"] for function in lambdas.list_functions()["Functions"]]
    template = stack.client("cloudformation").get_template(StackName="cuoc-thi-local")["TemplateBody"]
    written = [*tables, *lines, plain(settings), plain(template)]
    for needle in personal | secrets:
        for text in written:
            assert needle not in text


def plain(value: Any) -> str:
    """The value as text, bytes included, so that UTF-8 in them would be found."""
    return json.dumps(value, ensure_ascii=False, default=lambda it: bytes(it).decode("utf-8", "replace"))


def test_a_lost_contest_is_restored_and_closes_with_the_same_digest(stack: Stack, tmp_path: Path) -> None:
    lines: list[str] = []
    digests = Drill(stack, tmp_path, lines.append).run()
    assert set(digests) == {"week-1", "final"}
    assert "lost             5 items of entries" in lines
    assert "restored         5 items of entries" in lines
    assert lines[-1] == "closed again from scratch: 2 digests, all as before"
    assert stack.call("GET", "/health").json()["contest"] == "e2e"
