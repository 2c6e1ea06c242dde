"""Reads Aiken: a question, its options ``A.`` or ``A)``, and ``ANSWER: B``; each has one right option.

https://docs.moodle.org/en/Aiken_format, and lines that begin with ``//`` as in GIFT (see question_rows.py). An
option begins only below a question's text and with the letter that is next, so that “C. Mác” and “V. I. Lênin”
may begin a question. What stands apart above a question, between empty lines, is a heading and belongs to none.
"""

from __future__ import annotations

import re

from chalicelib.readers.questions.question_rows import (
    Findings,
    Found,
    NotAQuestion,
    Rows,
    controls,
    status_in,
)
from chalicelib.readers.tables import Fault, Row, decode

_OPTION = re.compile(r"([A-Z])[.)][ \t]{0,9}")
_ANSWER = "ANSWER:"
_LETTER = re.compile(r"([A-Za-z])(?:[.)](.*))?")
_NO_OPTION = "dòng này không phải phương án (A. …) cũng không phải đáp án (ANSWER: …)"
_NO_ANSWER = "câu hỏi không có dòng ANSWER:"


class _Reader:
    """Reads line by line; a question ends with its answer."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.for_all: str | None = None
        self.begun = False
        self._begin()

    def _begin(self) -> None:
        self.text, self.options = list[tuple[int, str]](), list[str]()
        self.status: str | None = None
        self.for_all_below = False  # if an empty line follows the status
        self.apart = False

    @property
    def line(self) -> int:
        return self.text[0][0] if self.text else 0

    def take(self, number: int, line: str) -> None:
        if line.startswith("//"):
            if status := status_in(line):
                self.status = status
                self.for_all_below = self.apart or not self.text
        elif not line:
            self._empty(number)
        elif line[: len(_ANSWER)].upper() == _ANSWER:
            self._finish(number, line[len(_ANSWER) :].strip())
        else:
            self._told(number, line)
            self.apart = False

    def _empty(self, number: int) -> None:
        self.apart = True
        if self.status and self.for_all_below:
            if self.begun or self.for_all:
                self._refuse(number, NotAQuestion("hãy ghi trạng thái ngay trên câu hỏi", "status"))
            self.for_all, self.status = self.status, None

    def _told(self, number: int, line: str) -> None:
        self.for_all_below = False
        option = _OPTION.match(line)
        next_letter = chr(ord("A") + len(self.options))
        if option and self.text and option[1] == next_letter:
            self.options.append(line[option.end() :].strip())
        elif self.options and self.apart:  # the next question, and this one is not finished
            self.end()
            self._begin()
            self.text.append((number, line))
        elif self.options:
            message = "các phương án phải theo thứ tự A, B, C…" if option else _NO_OPTION
            self.rows.refuse(number, line, NotAQuestion(message, "option_a" if option else ""))
            if option:
                self.options.append(line[option.end() :].strip())
        else:
            if self.apart:
                self._pass_over()
            self.text.append((number, line))

    def _pass_over(self) -> None:
        for number, line in self.text:
            self.rows.note(number, "", line, "dòng này không thuộc câu hỏi nào nên không đưa vào đề")
        self.text.clear()

    def _finish(self, number: int, answer: str) -> None:
        self.begun = True
        heading = self._heading()
        text = "\n".join(line for _, line in self.text)
        try:
            right = self._right(answer)
            status = self.status or self.for_all or "draft"
            self.rows.add(self.line or number, Found("", "", "", text, self.options, right, "", status))
        except NotAQuestion as problem:
            self._refuse(number if problem.column == "answer" else self.line or number, problem)
        if heading:
            self.rows.note(heading[0], "", heading[1], "dòng này là tiêu đề nên không đưa vào câu hỏi")
        self._begin()

    def _heading(self) -> tuple[int, str] | None:
        """Takes away a first line all in capitals above text that is not (“CHƯƠNG II”)."""
        capitals = [line.isupper() for _, line in self.text]
        if capitals[:1] == [True] and not all(capitals):
            return self.text.pop(0)
        return None

    def _right(self, answer: str) -> list[bool]:
        found = _LETTER.fullmatch(answer)
        place = ord(found[1].upper()) - ord("A") if found else -1
        if not found or not place < len(self.options):
            raise NotAQuestion("sau ANSWER: ghi đúng một chữ cái của phương án đúng", "answer")
        told = (found[2] or "").strip()
        if told and told != self.options[place]:
            message = f"sau ANSWER: ghi {found[1]} nhưng nội dung khác phương án {found[1]}: hãy kiểm tra lại"
            raise NotAQuestion(message, "answer")
        return [at == place for at in range(len(self.options))]

    def end(self) -> None:
        if self.options:
            self._refuse(self.line, NotAQuestion(_NO_ANSWER, "answer"))
        else:
            self._pass_over()

    def _refuse(self, number: int, problem: NotAQuestion) -> None:
        self.rows.refuse(number, "\n".join(line for _, line in self.text[:10]), problem)


def read_aiken(file: str, data: bytes, findings: Findings) -> list[Row]:
    """The questions as rows of the table of questions; ``Row.line`` is the question's first line."""
    faults: list[Fault] = findings.faults
    before = len(faults)
    text = decode(file, data, faults).replace("\r\n", "\n").replace("\r", "\n")
    faults.extend(controls(file, text))
    if len(faults) > before:
        return []
    reader = _Reader(Rows(file, findings))
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(number, line.strip())
    reader.end()
    return reader.rows.finished("Aiken")
