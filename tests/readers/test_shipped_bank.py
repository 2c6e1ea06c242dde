"""The bank of Nghệ An covers its subjects as planned, and its form tells nobody the answer."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from chalicelib.domain.lint.strategies import STRATEGIES, figures
from infra.lint_bank import read

FILE = Path(__file__).parents[2] / "contests" / "nghe-an-2022" / "questions.csv"
with FILE.open(encoding="utf-8-sig", newline="") as lines:
    BANK = list(csv.DictReader(lines))


def options(row: dict[str, str]) -> list[str]:
    return [row[f"option_{letter}"] for letter in "abcdef" if row[f"option_{letter}"]]


def test_its_four_hundred_questions_are_divided_among_the_subjects_of_the_plan() -> None:
    assert Counter(row["topic"] for row in BANK) == {
        "Kiểm soát thủ tục hành chính": 70,
        "Cơ chế một cửa, một cửa liên thông": 70,
        "Trung tâm Phục vụ hành chính công và bộ phận một cửa": 40,
        "Dịch vụ công trực tuyến": 80,
        "Số hóa hồ sơ và Đề án 06": 30,
        "Cán bộ, công chức giải quyết thủ tục": 40,
        "Phản ánh, kiến nghị": 30,
        "Thủ tục hành chính thiết yếu": 25,
        "Khiếu nại, tố cáo, tiếp công dân": 9,
        "Tiếp cận thông tin": 6,
    }


def test_two_teams_stand_behind_each_approved_question() -> None:
    for row in BANK:
        by = {row["written_by"], row["appraised_by"]}
        assert (row["status"] == "approved") == all(by) == bool(row["appraised_on"]), row["id"]
        assert len(by) == 2
        assert row["written_on"] <= (row["appraised_on"] or "9999")


def test_no_blind_strategy_finds_a_third_of_the_answers() -> None:
    found = figures(read(FILE.parent))
    assert len(found) >= len(STRATEGIES) - 2  # none with one right option has an E or an F
    assert max(one.share for one in found) < 0.32


def test_questions_with_several_right_options_say_so_and_vary_in_how_many() -> None:
    several = [row for row in BANK if len(row["answer"]) > 1]
    assert all(row["text"].endswith("(chọn tất cả phương án đúng)") for row in several)
    assert all(len(row["answer"]) < len(options(row)) for row in several)
    assert {len(row["answer"]) for row in several} == {2, 3, 4}
