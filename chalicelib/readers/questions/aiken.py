"""Reads Aiken: a question, its options ``A.`` or ``A)``, and ``ANSWER: B``; each has one right option.

https://docs.moodle.org/en/Aiken_format, and lines that begin with ``//`` as in GIFT (see question_rows.py).
"""

from __future__ import annotations

import re

from chalicelib.readers.questions.question_rows import (
    Found,
    NotAQuestion,
    as_row,
    controls,
    fault_of,
    status_in,
)
from chalicelib.readers.tables import Fault, Row, decode

_OPTION = re.compile(r"([A-Z])[.)]\s")
_ANSWER = "ANSWER:"


class _Reader:
    """Reads line by line; a question ends with its answer."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file, self.faults = file, faults
        self.rows: list[Row] = []
        self.for_all: str | None = None
        self._begin()

    def _begin(self) -> None:
        self.line, self.text, self.options = 0, list[str](), list[str]()
        self.status: str | None = None

    def take(self, number: int, line: str) -> None:
        if line.startswith("//"):
            self.status = status_in(line) or self.status
        elif not line:
            if not self.line and self.status:
                if self.rows or self.for_all:
                    self._refuse(number, NotAQuestion("hãy ghi trạng thái ngay trên câu hỏi", "status"))
                self.for_all, self.status = self.status, None
        elif line[: len(_ANSWER)].upper() == _ANSWER:
            self._finish(number, line[len(_ANSWER) :].strip())
        elif option := _OPTION.match(line):
            self.line = self.line or number
            if option[1] != chr(ord("A") + len(self.options)):
                self._refuse(number, NotAQuestion("các phương án phải theo thứ tự A, B, C…", "option_a"))
            self.options.append(line[option.end() :].strip())
        elif self.options:
            message = "dòng này không phải phương án (A. …) cũng không phải đáp án (ANSWER: …)"
            self.faults.append(Fault(self.file, number, "", line[:60], message))
        else:
            self.line = self.line or number
            self.text.append(line)

    def _finish(self, number: int, letter: str) -> None:
        text = "\n".join(self.text)
        try:
            if not re.fullmatch("[A-Z]", letter) or ord(letter) - ord("A") >= len(self.options):
                raise NotAQuestion("sau ANSWER: ghi đúng một chữ cái của phương án đúng", "answer")
            right = [place == ord(letter) - ord("A") for place in range(len(self.options))]
            status = self.status or self.for_all or "draft"
            found = Found("", "", text, self.options, right, "", status)
            self.rows.append(as_row(self.file, self.line or number, found))
        except NotAQuestion as problem:
            self._refuse(number, problem)
        self._begin()

    def end(self) -> None:
        if self.line:
            self._refuse(self.line, NotAQuestion("câu hỏi không có dòng ANSWER:", "answer"))

    def _refuse(self, number: int, problem: NotAQuestion) -> None:
        self.faults.append(fault_of(self.file, number, "\n".join(self.text[:10]), problem))


def read_aiken(file: str, data: bytes, faults: list[Fault]) -> list[Row]:
    """The questions as rows of the table of questions; ``Row.line`` is the question's first line."""
    before = len(faults)
    text = decode(file, data, faults).replace("\r\n", "\n").replace("\r", "\n")
    faults.extend(controls(file, text))
    if len(faults) > before:
        return []
    reader = _Reader(file, faults)
    for number, line in enumerate(text.split("\n"), 1):
        reader.take(number, line.strip())
    reader.end()
    if not reader.rows and len(faults) == before:
        faults.append(Fault(file, 1, "", "", "không có câu hỏi nào theo dạng Aiken"))
    return reader.rows
