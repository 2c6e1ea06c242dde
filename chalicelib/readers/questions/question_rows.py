"""The common part of the readers of GIFT, Aiken and Moodle XML: they all turn a question into a table row.

These formats lack some columns of a bank. For all three:

- ``id`` is the idnumber, or the title if no other question has it, else made from the question's text:
  reordering a file changes no id.
- ``topic`` is the category, else "Chung".
- ``reference`` is the general feedback and may be missing; then the site shows none.
- ``weeks``, ``categories`` and ``excludes`` are empty: every question is for everybody, with any other. Nobody
  is named as its author.
- ``status`` is ``draft`` unless the file says ``approved``. The comment ``// status: approved`` approves one
  question directly above it (as does its tag "approved"), and all questions at the top of the file, set apart.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

from chalicelib.domain.bank import LETTERS
from chalicelib.domain.markup import unmarked
from chalicelib.readers.letters import broken_letters
from chalicelib.readers.questions.appraisal import APPRAISAL_COLUMNS
from chalicelib.readers.tables import Fault, Row, tidied

OPTION_COLUMNS = tuple(f"option_{letter.lower()}" for letter in LETTERS)
QUESTION_COLUMNS = ("id", "topic", "text", *OPTION_COLUMNS, "answer", "reference", "status")
# For whom a question is (for everybody in every week, where a table does without), with which others it must
# not stand on a paper, who wrote and appraised it.
OPTIONAL_COLUMNS = ("weeks", "categories", "excludes", *APPRAISAL_COLUMNS)
NO_TOPIC = "Chung"
TRUE_FALSE = ["Đúng", "Sai"]
_STATUS = re.compile(
    r"\bstatus\s{0,9}[:=]\s{0,9}(\w{1,20})|\[tag:\s{0,9}(approved|draft|rejected)\s{0,9}\]", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LONGEST_ID = 40
_LONGEST_TOPIC = 200  # every question below it has it


class NotAQuestion(Exception):
    """The contest cannot ask this; the message is the remedy, and ``column`` is the place of the fault."""

    def __init__(self, message: str, column: str = "text") -> None:
        super().__init__(message)
        self.message, self.column = message, column


class CannotBeAsked(NotAQuestion):
    """Of a kind that no paper can show, or no computer mark: it may be left out, and the rest be asked."""


class Findings(NamedTuple):
    """What a reader has to say of a file beside its rows.

    ``notices``: what was read otherwise than it stands there. ``left_out``: the questions that cannot be asked.
    """

    faults: list[Fault]
    notices: list[Fault]
    left_out: list[Fault]

    def add(self, fault: Fault, problem: NotAQuestion) -> None:
        (self.left_out if isinstance(problem, CannotBeAsked) else self.faults).append(fault)


class Found(NamedTuple):
    """A question as a reader finds it. ``right`` says for each option whether it is right.

    ``id`` is one that the file gives on purpose, ``title`` what it is called. ``dropped``: the form it lost.
    """

    id: str
    title: str
    topic: str
    text: str
    options: Sequence[str]
    right: Sequence[bool]
    reference: str
    status: str
    dropped: frozenset[str] = frozenset()


def as_row(file: str, line: int, found: Found) -> Row:
    """Raises ``NotAQuestion`` if it cannot be a row."""
    if len(found.topic) > _LONGEST_TOPIC:
        raise NotAQuestion(f"tên chủ đề dài quá {_LONGEST_TOPIC} ký tự: hãy viết ngắn lại", "topic")
    text, reference, topic, title, given, *options = tidied(
        [found.text, unmarked(found.reference), found.topic, found.title, found.id, *found.options]
    )
    if len(options) > len(LETTERS):
        raise NotAQuestion(f"câu có {len(options)} phương án, tối đa {len(LETTERS)}", OPTION_COLUMNS[-1])
    answer = "".join(letter for letter, right in zip(LETTERS, found.right, strict=False) if right)
    cells = dict.fromkeys((*QUESTION_COLUMNS, *OPTIONAL_COLUMNS), "")
    cells.update(zip(OPTION_COLUMNS, options, strict=False))
    named = next((name for name in (given, title) if 0 < len(name) <= _LONGEST_ID), "")
    cells.update(id=named, topic=topic or NO_TOPIC, text=text, answer=answer, reference=reference)
    cells["status"] = found.status
    for column, cell in cells.items():
        if wrong := broken_letters(cell):
            raise NotAQuestion(wrong, column)
    if not named:
        cells["id"] = _made_id(cells)
    return Row(file, line, cells)


def _made_id(cells: Mapping[str, str]) -> str:
    """Of the words alone."""
    options = [cells[column] for column in OPTION_COLUMNS]
    while options and not options[-1]:
        options.pop()
    return "q-" + sha256("\n".join([cells["text"], *options]).encode()).hexdigest()[:10]


class Rows:
    """The questions of a file as its reader finds them."""

    def __init__(self, file: str, findings: Findings) -> None:
        self._file, self._findings = file, findings
        self._rows, self._titled = list[Row](), set[int]()

    def add(self, line: int, found: Found) -> None:
        """Raises ``NotAQuestion``."""
        row = as_row(self._file, line, found)
        if not 0 < len(found.id) <= _LONGEST_ID:
            self._titled.add(len(self._rows))
        self._rows.append(row)
        if found.dropped:
            message = (
                f"đã bỏ định dạng của câu này ({', '.join(sorted(found.dropped))}), chữ giữ nguyên: hãy xem "
                "lại nếu câu hỏi nói đến định dạng đó"
            )
            self.note(line, "text", row["id"], message)

    def note(self, line: int, column: str, value: str, message: str) -> None:
        self._findings.notices.append(Fault(self._file, line, column, value[:60], message))

    def refuse(self, line: int, text: str, problem: NotAQuestion) -> None:
        self._findings.add(fault_of(self._file, line, text, problem), problem)

    def finished(self, form: str) -> list[Row]:
        """All of them; questions of one title get ids of their own, as the title tells them not apart."""
        counts = Counter(row["id"] for row in self._rows)
        rows = []
        for place, row in enumerate(self._rows):
            if place in self._titled and counts[row["id"]] > 1 and not row["id"].startswith("q-"):
                made = Row(row.file, row.line, {**row.cells, "id": _made_id(row.cells)})
                self.note(
                    row.line, "id", row["id"], f"nhiều câu cùng tên này: câu ở dòng này có mã {made['id']}"
                )
                rows.append(made)
            else:
                rows.append(row)
        findings = self._findings
        if not rows and not findings.faults:
            findings.faults.append(Fault(self._file, 1, "", "", f"không có câu hỏi nào theo dạng {form}"))
        return rows


def fault_of(file: str, line: int, text: str, problem: NotAQuestion) -> Fault:
    return Fault(file, line, problem.column, " ".join(text[:1_000].split())[:60], problem.message)


def controls(file: str, text: str) -> Iterator[Fault]:
    """A fault for each line with an invisible character."""
    message = "có ký tự điều khiển không nhìn thấy: hãy gõ lại dòng này"
    lines = enumerate(text.split("\n"), 1)
    return (Fault(file, number, "", "", message) for number, line in lines if _CONTROL.search(line))


def status_in(comment: str) -> str | None:
    found = _STATUS.search(comment)
    return (found[1] or found[2]).lower() if found else None


def topic_of(category: str) -> str:
    """``$course$/top/Luật/Chương 1`` → ``Luật/Chương 1``; too long ones are cut, and refused by ``as_row``."""
    parts = [part.strip() for part in category.split("/")]
    named = (part for part in parts if part and part != "top" and not (part[0] == part[-1] == "$"))
    return "/".join(named)[: _LONGEST_TOPIC + 1]


_WEIGHT = re.compile(r"[+−–-]?[0-9]{1,9}(?:[.,][0-9]{0,60})?|[+−–-]?[.,][0-9]{1,60}")


def weight_in(text: str) -> float | None:
    """A share of the mark in percent, with any number of decimals: `` -33.3333333 ``; None if it is none."""
    text = text.strip()
    if not _WEIGHT.fullmatch(text):
        return None
    return float(text.replace(",", ".").replace("−", "-").replace("–", "-"))


def right_ones(weights: Sequence[float], *, single: bool) -> list[bool]:
    """The options with a share of the mark are right; this contest gives no partial marks.

    Raises ``NotAQuestion`` if that would change the question's meaning.
    """
    right = [weight > 0 for weight in weights]
    total = sum(weight for weight in weights if weight > 0)
    if single and (sum(right) != 1 or abs(total - 100) > 1e-3):
        message = (
            "câu chọn một phương án cần đúng một phương án 100%, các phương án khác 0%: không có điểm một phần"
        )
        raise NotAQuestion(message, "answer")
    if not single and abs(total - 100) > 1:
        raise NotAQuestion(f"các phương án đúng cần cộng lại bằng 100%, đang là {total:g}%", "answer")
    return right
