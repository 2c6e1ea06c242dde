"""Four calls to the hotline on the deployed stack: a misspelt name, a wrong unit, a phone, a merged unit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from infra.intake import last_report
from tests.csv_rows import csv_rows
from tests.e2e.people import enter, form, sign_in, sit
from tests.stack import Stack, contest_folder, running, wait_for
from verify.__main__ import main

PEOPLE = {"040190000101": "SO-A", "040190000102": "SO-A", "040190000103": "SO-B", "040190000104": "TRUONG-C"}
AN, BINH, CHI, _ = PEOPLE


def page(stack: Stack, week: int) -> Any:
    answer = stack.site(f"/data/results/week-{week}.json")
    return answer.json() if answer.ok and answer.text.startswith("{") else None


def week_is(stack: Stack, number: int) -> bool:
    return bool((stack.call("GET", "/contest").json()["week"] or {}).get("number") == number)


def units(stack: Stack, what: str) -> dict[str, tuple[str, str]]:
    rows = csv_rows(stack.desk(f"results/{what}/unit_ranking.csv"))
    return {row["unit_code"]: (row["headcount"], row["people"]) for row in rows}


def test_the_page_shows_a_correction_at_once_and_the_close_counts_by_it(tmp_path: Path) -> None:
    contest = contest_folder(tmp_path / "contest", id="hotline", weeks=2, seconds=60, proof="off")
    with running(contest, tmp_path / "state") as stack:
        tokens = {}
        for citizen_id, its_unit in PEOPLE.items():
            tokens[citizen_id], _ = enter(stack, form(citizen_id, its_unit, name="Nguyễn Thị Án"))
        told = {
            citizen_id: sit(stack, token, 5 - k, prediction=2)
            for k, (citizen_id, token) in enumerate(tokens.items())
        }
        # Half a minute before week 2 it would be too late: this comes first.
        merger = "unit_code,into,from_week,reason\nTRUONG-C,SO-A,2,theo Nghị quyết 12\n"
        assert stack.deliver("mergers.csv", merger)["accepted"]
        reason = "gọi đường dây nóng"
        calls = (
            "citizen_id,field,value,from_week,reason\n"
            f"{BINH},đơn vị,SO-B,,{reason}\n"
            f"{CHI},số điện thoại,+84 987 654 321,,{reason}\n"
        )
        answer = stack.deliver("corrections.csv", calls)
        assert (answer["accepted"], answer["taken"]["corrected"]) == (True, 2)

        def unit() -> Any:
            return stack.call("GET", "/me", token=tokens[BINH]).json()["participant"]["unit_code"]

        wait_for(lambda: unit() == "SO-B", 30, "the corrected unit on the page")
        again = stack.deliver("corrections.csv", calls)
        assert (again["taken"]["corrected"], again["taken"]["unchanged"]) == (0, 2)
        assert told[BINH]["openings"]["identity"]["unit"] == "SO-A"

        first = wait_for(lambda: page(stack, 1), 120, "the close of week 1")
        assert first["winners"][0]["name"] == "Nguyễn Thị Án"
        assert units(stack, "week-1/rev-1") == {"SO-A": ("4", "1"), "SO-B": ("5", "2"), "TRUONG-C": ("0", "1")}
        misspelt = f"citizen_id,field,value,from_week,reason\n{AN},họ và tên,Nguyễn Thị Ân,,{reason}\n"
        waiting = stack.deliver("corrections.csv", misspelt)
        assert not waiting["accepted"]
        assert [one["field"] for one in waiting["consequences"]["closes"][0]["people"]] == ["full_name"]
        assert stack.deliver(f"confirm-{waiting['taken']['code']}.txt", "ghi sai dấu")["accepted"]
        me = stack.call("GET", "/me", token=sign_in(stack, AN)[0]).json()
        assert me["participant"]["full_name"] == "Nguyễn Thị Ân"
        wait_for(lambda: page(stack, 1)["winners"][0]["name"] == "Nguyễn Thị Ân", 60, "the new revision")
        shown = page(stack, 1)
        assert shown["corrections"][0]["reason"] == "ghi sai dấu"
        assert b"N\xe1\xbb\x99i dung thay" in stack.desk("results/week-1/rev-2/bulletin.html")

        wait_for(lambda: week_is(stack, 2), 90, "week 2")
        for citizen_id in PEOPLE:
            token, _ = sign_in(stack, citizen_id)
            held = sit(stack, token, 5, prediction=2)["openings"]["identity"]
            assert (
                held["unit"]
                == {"SO-A": "SO-A", "SO-B": "SO-B", "TRUONG-C": "SO-A"}[
                    "SO-B" if citizen_id == BINH else PEOPLE[citizen_id]
                ]
            )
        wait_for(lambda: page(stack, 2), 150, "the close of week 2")
        assert units(stack, "week-2/rev-1") == {"SO-A": ("4", "2"), "SO-B": ("5", "2"), "TRUONG-C": ("0", "0")}
        assert units(stack, "week-1/rev-2") == {"SO-A": ("4", "1"), "SO-B": ("5", "2"), "TRUONG-C": ("0", "1")}
        wait_for(lambda: main(["rank", stack.site_url]) == 0, 60, "opening the log's batches")
        told = last_report(stack.client("s3"), stack.stack["desk_bucket"], "mergers.csv")
        assert told
        assert told["taken"]["merged"]
