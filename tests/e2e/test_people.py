"""Who a participant is, all at once on the deployed stack: rosters, corrections, a release, a provider."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import requests

from infra import trace
from infra.local.ministack import free_port
from tests.csv_rows import csv_rows
from tests.e2e.people import PASSWORD, enter, form, sign_in, sit
from tests.e2e.test_close_by_shares import closed
from tests.identity_table import as_toml, identity
from tests.provider import PERSON, Provider, keep_secret, provider
from tests.stack import Stack, contest_folder, running, wait_for
from verify.__main__ import main

PROVEN_TITLE = "Giải người đã xác thực"
PROVEN = f"""
[[prizes]]
name = "proven"
title = "{PROVEN_TITLE}"
count = 1
verified = ["provider"]
"""
OFFICIAL, COLLEAGUE, TEACHER, CITIZEN = "040090000001", "040190000102", "040190000103", "040190000104"
ROSTER = f"unit_code,full_name,citizen_id,exempt\nSO-A,Nguyễn Văn An,{OFFICIAL},\n"


STRANGER = form(OFFICIAL, "SO-B", name="Kẻ Lạ", password="của kẻ lạ đây")


def owner_by_provider(stack: Stack, run: Provider) -> tuple[str, str]:
    """Token and participant id of the official, who comes from the provider and names a wrong unit."""
    begun = stack.call("GET", "/sign-in").json()
    returned = stack.call("POST", "/sign-in", {"flow": begun["flow"], **run.sign_in(begun["url"])})
    assert (returned.status_code, returned.json()["registered"]) == (202, True), returned.text
    rest = {"unit_code": "SO-B", "category": "mandatory", "password": PASSWORD, "consent": True}
    application = {**rest, "ticket": returned.json()["ticket"]}

    def registered() -> requests.Response | None:
        """The page asks again while the desk takes the number from the stranger."""
        answer = stack.call("POST", "/participants", application)
        assert answer.status_code in (201, 503), answer.text
        return answer if answer.status_code == 201 else None

    person = wait_for(registered, 40, "the release").json()["participant"]
    assert (person["full_name"], person["unit_code"], person["verified"]) == (
        PERSON["HoVaTen"],
        "SO-A",
        "provider",
    )
    return sign_in(stack, OFFICIAL)


def sheets(stack: Stack, *people: str) -> dict[str, list[list[str]]]:
    """The lookup of each of these numbers, by participant id: its rows as a coordinator sees them."""
    taken = stack.deliver("lookups.csv", "\n".join(["citizen_id", *people, ""]))["taken"]
    assert taken["found"] == len(people)
    bucket = stack.stack["desk_bucket"]
    listed = stack.client("s3").list_objects_v2(Bucket=bucket, Prefix=taken["answers"])["Contents"]
    found = {}
    for key in (one["Key"] for one in listed):
        book = openpyxl.load_workbook(io.BytesIO(stack.desk(key)), read_only=True)
        rows = book.worksheets[0].iter_rows(values_only=True)
        found[Path(key).stem] = [[str(cell or "") for cell in row] for row in rows]
    return found


def test_everybody_is_in_the_results_as_who_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    contest = contest_folder(tmp_path / "contest", id="people", weeks=1, seconds=45, proof="off")
    (contest / "rosters.csv").write_text(ROSTER, encoding="utf-8")
    with provider() as run:
        told = identity(run.url, f"http://127.0.0.1:{port}/")
        with (contest / "contest.toml").open("a", encoding="utf-8") as file:
            file.write(PROVEN + as_toml(told))
        with running(contest, tmp_path / "state", "--port", str(port)) as stack:
            keep_secret(stack)
            the_week(stack, run, capsys)


def the_week(stack: Stack, run: Provider, capsys: pytest.CaptureFixture[str]) -> None:
    # A roster of the last half minute of a week counts from the next one on: this comes first.
    teacher, teachers_id = enter(stack, form(TEACHER, "SO-B", name="Trần Thị Chi"))
    school = f"full_name,citizen_id\nTrần Thị Chi,{TEACHER}\n"
    assert stack.deliver("rosters-TRUONG-C.csv", school)["accepted"]

    # A stranger is first with the official's number, and a colleague types name and unit wrong.
    stranger, strangers_id = enter(stack, STRANGER)
    colleague, colleagues_id = enter(stack, form(COLLEAGUE, "TRUONG-C", name="Lê Thị Bính"))
    citizen, citizens_id = enter(stack, form(CITIZEN, None, "encouraged", name="Y Rơ̆ Niê"))
    sit(stack, stranger, 5)
    official, officials_id = owner_by_provider(stack, run)
    assert officials_id != strangers_id
    assert (
        stack.call("POST", "/sessions", {k: STRANGER[k] for k in ("citizen_id", "password")}).status_code == 401
    )

    reason = "gọi đường dây nóng"
    calls = (
        "citizen_id,field,value,from_week,reason\n"
        f"{COLLEAGUE},họ và tên,Lê Thị Bình,,{reason}\n"
        f"{COLLEAGUE},đơn vị,SO-B,,{reason}\n"
    )
    assert stack.deliver("corrections.csv", calls)["taken"]["corrected"] == 2
    for token, right in ((teacher, 5), (colleague, 4), (citizen, 3), (official, 2)):
        sit(stack, token, right)

    page = wait_for(lambda: closed(stack), 150, "the close")
    assert (page["counts"]["people"], page["counts"]["attempts"]) == (4, 4)
    folder = "results/week-1/rev-1"
    ranking = csv_rows(stack.desk(f"{folder}/individual_ranking.csv.gz"))
    assert [(row["participant_id"], row["unit_code"], row["category"]) for row in ranking] == [
        (teachers_id, "TRUONG-C", "mandatory"),
        (colleagues_id, "SO-B", "mandatory"),
        (citizens_id, "", "encouraged"),
        (officials_id, "SO-A", "mandatory"),
    ]
    units = {row["unit_code"]: row for row in csv_rows(stack.desk(f"{folder}/unit_ranking.csv"))}
    assert {code: (row["people"], row["obliged_people"]) for code, row in units.items()} == {
        "SO-A": ("1", "1"), "SO-B": ("1", "1"), "TRUONG-C": ("1", "1"),
    }  # fmt: skip
    # The citizen is before the official and unproven: the prize of the proven passes them by.
    winners = csv_rows(stack.desk(f"{folder}/individual_prizes.csv"))
    assert [(row["prize"], row["full_name"], row["verified"]) for row in winners] == [
        ("first", "Trần Thị Chi", "roster"),
        ("second", "Lê Thị Bình", "none"),
        ("proven", PERSON["HoVaTen"], "provider"),
    ]
    assert [winner["name"] for winner in page["winners"]] == [row["full_name"] for row in winners]
    of_the_end = wait_for(lambda: stack.on_desk("results/final/rev-1/individual_prizes.csv"), 60, "the end")
    assert [row["verified"] for row in csv_rows(of_the_end)] == [row["verified"] for row in winners]
    wait_for(lambda: main(["final", stack.site_url]) == 0, 60, "opening the log's batches")
    assert "RIGHT: everything" in capsys.readouterr().out

    found = sheets(stack, COLLEAGUE, OFFICIAL, TEACHER)
    told = {person: {row[0]: row for row in reversed(found[person])} for person in found}
    colleagues, officials, teachers = (told[one] for one in (colleagues_id, officials_id, teachers_id))
    corrected = [row for row in found[colleagues_id] if row[0] == "Sửa thông tin"]
    assert [(row[1], row[5]) for row in corrected] == [
        ("họ và tên: Lê Thị Bính → Lê Thị Bình", reason),
        ("đơn vị từ Tuần 1: Sở B", reason),
    ]
    assert (colleagues["Hạng"][1], colleagues["Hạng"][4]) == ("2 trong 4 người", "Giải Nhì")
    assert colleagues["Đứng ngay trước"][1::4] == [f"mã {teachers_id}", "nhiều câu đúng hơn: 5 so với 4"]
    questions = [row for row in found[colleagues_id] if row[0].startswith("Câu ")]
    assert [row[4] for row in questions] == ["đúng"] * 4 + ["sai"]
    assert all(row[3] and (row[2] == row[3]) == (row[4] == "đúng") for row in questions)
    assert officials["Danh tính"][1] == "đã xác thực bằng tài khoản định danh"
    assert officials["Quyết định"][5] == "chủ số đã xác thực bằng VNeID"
    assert (officials["Hạng"][1], officials["Hạng"][4]) == ("4 trong 4 người", PROVEN_TITLE)
    assert (teachers["Danh tính"][1], teachers["Đơn vị được tính"][1]) == (
        "có tên trong danh sách của đơn vị",
        "Trường C",
    )

    # Somebody reads out the line on their page: the technician sees the request, and by the lookup all.
    refused = stack.call("POST", "/attempts", {}, colleague).json()
    (line,) = told_by_the_log(stack, "request_id", refused["request_id"])
    assert (line["status"], line["code"]) == (409, refused["code"])
    assert line["who"] == colleagues["Mã trong nhật ký máy chủ"][1]
    theirs = told_by_the_log(stack, "who", line["who"])
    assert [one["route"].partition(" ")[2] for one in theirs] == [
        "/participants", "/sessions", "/attempts", "/attempts/{attempt_id}/submission", "/attempts",
    ]  # fmt: skip
    nowhere = stack.call("GET", "/nowhere").json()  # the gateway's own answer
    assert (nowhere["code"], len(nowhere["request_id"])) == ("not_found", 36)


def told_by_the_log(stack: Stack, field: str, value: str) -> list[dict[str, Any]]:
    """What ``make trace`` shows."""
    name = stack.stack["desk_bucket"].partition("-desk-")[0]
    lines = trace.find(stack.client("logs"), name, field, value, 1, datetime.now(UTC))
    assert {line.group for line in lines} == {f"/aws/lambda/{name}-api"}  # locally there is no access log
    return [line.says for line in lines]
