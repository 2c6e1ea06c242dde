"""A bank in which no rule finds anything, to be spoilt in one place at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from chalicelib.domain.bank import Question
from chalicelib.domain.lint.rules import lint
from chalicelib.domain.lint.subject import Finding, LegalText, Subject

DAYS = (date(2022, 8, 22), date(2022, 9, 19))
DECREE = LegalText("61/2018/NĐ-CP", "", date(2018, 6, 21), None, "", "")
REFERENCE = "Khoản 2 Điều 5 Nghị định số 61/2018/NĐ-CP"


def word(*of: object) -> str:
    """An invented word, another for each ``of``: six letters without vowels."""
    digits = int.from_bytes(sha256(repr(of).encode()).digest()[:8])
    return "".join("bcdghklmnpqrstvx"[digits >> 4 * k & 15] for k in range(6))


def phrase(count: int, *of: object) -> str:
    return " ".join(word(*of, k) for k in range(count))


def clean(size: int = 48) -> list[Question]:
    """Questions with four options of five words; keys take turns, every sixth has two or three right ones."""
    return [question(k) for k in range(size)]


def question(k: int, **changed: Any) -> Question:
    options = tuple(phrase(5, "option", k, place).capitalize() for place in range(4))
    several = 0b0111 if k % 12 else 0b1001
    answer = several if k % 6 == 0 else 1 << k * 5 // 6 % 4
    text = f"{phrase(9, 'stem', k).capitalize()}?"
    return Question(f"Q{k:02}", f"topic-{k % 3}", text, options, answer, REFERENCE)._replace(**changed)


def found(questions: Sequence[Question], **more: Any) -> list[Finding]:
    return lint(Subject(questions, **{"texts": [DECREE], "days": DAYS, **more}))
