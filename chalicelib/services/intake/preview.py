"""The bank of a file that was sent, for somebody who reads every question before it is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple

from chalicelib.documents.intake_answer import Mistake
from chalicelib.documents.plain_file import ReadFile
from chalicelib.domain.bank import Question
from chalicelib.readers.budget import BudgetSpent, budget
from chalicelib.readers.contest_files import KINDS
from chalicelib.readers.contest_tables import File, read_questions
from chalicelib.readers.questions.suspicions import suspicions
from chalicelib.readers.tables import ContestFaults, Faults

BANKS = frozenset(KINDS["questions"])


class Previewed(NamedTuple):
    """``reasons``: why somebody should look at it, in words."""

    question: Question
    status: str
    line: int
    reasons: tuple[str, ...]


class Preview(NamedTuple):
    """``notices``: what concerns no question that could be read. ``faults``: how many the file has."""

    file: str
    questions: tuple[Previewed, ...]
    left_out: tuple[Mistake, ...]
    notices: tuple[Mistake, ...]
    faults: int


ToPreview = Callable[[Preview], str]


def preview_of(read: ReadFile) -> Preview | None:
    """None if the file has no bank, or one that takes too long to read, or has too many faults."""
    name = next((name for name in sorted(read.files) if name in BANKS), None)
    if name is None:
        return None
    file, faults = File(name, read.files[name]), Faults()
    try:
        with budget():
            found = read_questions(file, None, faults)
    except (BudgetSpent, ContestFaults):
        return None
    lines = {one.line for one in found}
    told = defaultdict[int, list[str]](list)
    for one in file.plain.notices:
        if one.column != "id":  # which participants do not see
            told[one.row].append(f"{_place(one)}{one.message}")
    questions = tuple(
        Previewed(one.question, one.status, one.line, (*suspicions(one.question), *told[one.line]))
        for one in found
    )
    apart = tuple(one for one in file.plain.notices if one.row not in lines)
    return Preview(name, questions, file.plain.left_out, apart, len(faults))


def _place(notice: Mistake) -> str:
    """Where in a question, and what stands there."""
    if notice.column.startswith("option_"):
        return f"phương án {notice.column[-1].upper()} (“{notice.value}”): "
    return f"“{notice.value}”: " if notice.column in {"", "reference"} else ""
