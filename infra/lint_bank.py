"""Looks through a bank with an editor's eye: what meets twice, gives itself away, or no longer holds.

python -m infra.lint_bank contests/nghe-an-2022         a contest folder: its days and quotas count
python -m infra.lint_bank questions.xlsx                any format that the contest takes
python -m infra.lint_bank FILE --statistics question_statistics.csv    distractors that nobody chose, too
python -m infra.lint_bank contests/nghe-an-2022 --readme               writes the figures into its README
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from chalicelib.domain.definition import Definition
from chalicelib.domain.lint.rules import RULES, lint
from chalicelib.domain.lint.strategies import figures, guessing
from chalicelib.domain.lint.subject import Finding, Subject, listed, percent
from chalicelib.readers.contest_files import KINDS
from chalicelib.readers.contest_tables import File, read_questions
from chalicelib.readers.legal_texts import legal_texts
from chalicelib.readers.plain import as_plain
from chalicelib.readers.questions.question_rows import OPTION_COLUMNS
from chalicelib.readers.tables import ContestFaults, Fault, Faults
from chalicelib.services.intake.bank_lint import days_of

_BEGIN, _END = "<!-- begin: make lint-bank README=yes -->", "<!-- end -->"
_SHOWN = 10


def read(path: Path, statistics: Path | None = None) -> Subject:
    """Every question of the file, or of the folder's bank, that is not rejected. Raises ``ContestFaults``.

    Days and quotas are those of ``contest.toml`` in the same folder, where there is one.
    """
    folder = path if path.is_dir() else path.parent
    if path.is_dir():
        there = [folder / name for name in KINDS["questions"] if (folder / name).is_file()]
        path = there[0] if there else folder / KINDS["questions"][0]
    name = f"questions{path.suffix.lower()}"
    if name not in KINDS["questions"]:
        endings = ", ".join(Path(one).suffix for one in KINDS["questions"])
        raise ContestFaults([Fault(path.name, 0, "", "", f"đuôi tệp phải là một trong: {endings}")])
    faults = Faults()
    definition = _definition(folder)
    told = read_questions(File(name, as_plain(name, path.read_bytes())), definition, faults)
    if faults:
        raise ContestFaults(faults)
    paper = definition.paper if definition else None
    return Subject(
        (one.question for one in told if one.status != "rejected"),
        size=paper.questions if paper else 0,
        topics=paper.topics if paper else {},
        texts=legal_texts(),
        days=days_of(definition) if definition and definition.contest.start != "now" else None,
        chosen=_chosen(statistics.read_text(encoding="utf-8-sig")) if statistics else {},
    )


def _definition(folder: Path) -> Definition | None:
    file = folder / "contest.toml"
    if not file.is_file():
        return None
    return File(file.name, as_plain(file.name, file.read_bytes())).definition([])


def _chosen(statistics: str) -> Mapping[str, Sequence[int]]:
    """By question: how many people chose each option at their first attempts (``question_statistics.csv``)."""
    return {
        row["id"]: [int(row[column]) for column in OPTION_COLUMNS if row[column]]
        for row in csv.DictReader(io.StringIO(statistics))
    }


def lines(subject: Subject, findings: Sequence[Finding], shown: int = _SHOWN) -> list[str]:
    """For a terminal: what form alone scores, then the findings rule by rule."""
    guess, single = percent(guessing(subject)), len(subject.single)
    found = [
        f"{len(subject.items)} questions, {single} with one right option; guessing scores {guess} of them."
    ]
    for one in sorted(figures(subject), key=lambda one: -one.share):
        said = f"{percent(one.right)} của {one.applied} câu dùng được"
        found.append(f"  {percent(one.share):>7}  {one.strategy.title} ({said})")
    for rule in RULES:
        mine = _of(rule.name, findings)
        if mine:
            found.append(f"{rule.title} ({len(mine)}):")
            found += [f"  {listed(one.questions)}: {one.reason}" for one in mine[:shown]]
            found += [f"  … {len(mine) - shown} more: ALL=yes shows them"] * (len(mine) > shown)
    if not subject.days:
        found.append("No contest.toml with its days beside it: whether texts are in force was not looked at.")
    return found


def _of(rule: str, findings: Iterable[Finding]) -> list[Finding]:
    return [one for one in findings if one.rule == rule]


def table(subject: Subject, findings: Sequence[Finding]) -> str:
    """The figures and the number of findings as Markdown, between the marks of a README."""
    guess = f"đúng, trên {len(subject.single)} câu một đáp án (đoán bừa {percent(guessing(subject))})"
    told = [
        _BEGIN,
        "",
        f"| cách đoán | {guess} | đúng, trên các câu mà cách này dùng được |",
        "|---|---|---|",
        *(
            f"| {one.strategy.title} | {percent(one.share)} | {percent(one.right)} của {one.applied} câu |"
            for one in figures(subject)
        ),
        "",
        "| điều cần xem | số |",
        "|---|---|",
        *(f"| {rule.title} | {len(_of(rule.name, findings))} |" for rule in RULES),
        "",
        _END,
    ]
    return "\n".join(told)


def with_table(readme: str, figures_now: str) -> str:
    """``readme`` with the figures of now. Raises ``ValueError`` if it has no place for them."""
    before, begin, rest = readme.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"The README needs the lines {_BEGIN} and {_END}.")
    return before + figures_now + after


def main() -> None:
    """Ends with 0 whatever was found: an editor decides; with 1 if the bank cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m infra.lint_bank", description=__doc__.split("\n")[0])
    parser.add_argument("file", type=Path, help="questions.csv, .xlsx, .xml, .gift, .txt, or a contest folder")
    parser.add_argument("--statistics", type=Path, help="question_statistics.csv of a week that was closed")
    parser.add_argument("--all", action="store_true", help="show every finding, not the first of each rule")
    parser.add_argument("--readme", action="store_true", help="write the figures into the folder's README.md")
    options = parser.parse_args()
    try:
        subject = read(options.file, options.statistics)
    except OSError as error:
        sys.exit(f"{error.filename} cannot be read: {error.strerror}.")
    except ContestFaults as refused:
        sys.exit(f"The bank has faults that come first:\n{refused}")
    findings = lint(subject)
    print("\n".join(lines(subject, findings, len(findings) if options.all else _SHOWN)))
    if options.readme:
        readme = (options.file if options.file.is_dir() else options.file.parent) / "README.md"
        text = with_table(readme.read_text(encoding="utf-8"), table(subject, findings))
        readme.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
