"""`make lint-bank` takes what the contest takes, and the README of the shipped bank has its figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.domain.lint.rules import lint
from chalicelib.readers.legal_texts import legal_texts
from chalicelib.readers.tables import ContestFaults
from infra.lint_bank import lines, main, read, table, with_table
from tests.readers.contest_files import QUESTIONS, TOML

NGHE_AN = Path(__file__).parents[2] / "contests" / "nghe-an-2022"
GIFT = "// status: approved\n\n::Q1::Một? {=a ~b ~c}\n\n::Q2::Hai? {=a ~b ~c ~d}\n"


def test_the_readme_of_the_shipped_bank_has_its_figures() -> None:
    subject = read(NGHE_AN)
    readme = (NGHE_AN / "README.md").read_text(encoding="utf-8")
    told = "run: make lint-bank FILE=contests/nghe-an-2022 README=yes"
    assert with_table(readme, table(subject, lint(subject))) == readme, told


def test_the_shipped_bank_has_no_contradiction_no_double_and_no_text_out_of_force() -> None:
    found = {one.rule for one in lint(read(NGHE_AN))}
    assert found.isdisjoint({"contradictory", "same-stem", "in-force", "strategy", "letters", "counts"})


@pytest.mark.parametrize(("name", "content"), [("mine.CSV", QUESTIONS), ("bank.gift", GIFT)])
def test_a_bank_of_any_format_is_read_whatever_its_name(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    subject = read(tmp_path / name)
    assert subject.items
    assert subject.days is None
    assert "No contest.toml" in lines(subject, lint(subject))[-1]


def test_days_and_quotas_are_those_of_the_contest_beside(tmp_path: Path) -> None:
    (tmp_path / "questions.csv").write_text(QUESTIONS, encoding="utf-8")
    (tmp_path / "contest.toml").write_text(
        TOML.replace("questions = 3", 'questions = 3\ntopics = { "phí" = 2 }'), encoding="utf-8"
    )
    subject = read(tmp_path)
    assert subject.days is not None
    assert [f"{day:%d/%m/%Y}" for day in subject.days] == ["22/08/2022", "19/09/2022"]
    assert (subject.size, subject.topics) == (3, {"phí": 2})
    assert "topics" in {one.rule for one in lint(subject)}


def test_a_contest_that_begins_now_has_no_days_yet() -> None:
    assert read(NGHE_AN.parent / "demo").days is None


def test_distractors_are_looked_at_by_the_statistics_of_a_week(tmp_path: Path) -> None:
    (tmp_path / "questions.csv").write_text(QUESTIONS, encoding="utf-8")
    statistics = tmp_path / "question_statistics.csv"
    statistics.write_text(
        "\ufeffid,option_a,option_b,option_c,option_d,option_e,option_f\nQ1,100,200,0,90,,\nQ3,,,,,,\n",
        encoding="utf-8",
    )
    told = [one for one in lint(read(tmp_path, statistics)) if one.rule == "never-chosen"]
    assert [one.questions for one in told] == [("Q1",)]


def test_a_bank_with_faults_or_of_no_known_format_is_refused_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bank.pdf").write_bytes(b"%PDF")
    with pytest.raises(ContestFaults, match=r"\.gift"):
        read(tmp_path / "bank.pdf")
    (tmp_path / "bank.csv").write_text(QUESTIONS.replace("AC,Điều 2", "X,Điều 2"), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["lint_bank", str(tmp_path / "bank.csv")])
    with pytest.raises(SystemExit, match="answer"):
        main()
    monkeypatch.setattr("sys.argv", ["lint_bank", str(tmp_path / "nothing.csv")])
    with pytest.raises(SystemExit, match="cannot be read"):
        main()


def test_a_readme_without_the_marks_is_left_as_it_is() -> None:
    with pytest.raises(ValueError, match="lint-bank"):
        with_table("# Nothing\n", "figures")


def test_each_legal_text_stands_once_and_ends_after_it_begins() -> None:
    texts = legal_texts()
    assert len({text.number for text in texts}) == len(texts) >= 40
    assert all(text.source for text in texts)
    assert all(text.since < text.until for text in texts if text.since and text.until)
