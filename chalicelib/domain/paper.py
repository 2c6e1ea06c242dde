"""A paper is a pure function of (bank digest, seed): the same in every Python version, every year.

The draw takes 64-bit numbers from SHA-256(bank digest | seed | counter) and scales them by
``x·n >> 64``; the bias is below n/2⁶⁴. ``random.Random`` is avoided because Python does not
guarantee its algorithm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import permutations
from struct import unpack
from typing import NamedTuple

from chalicelib.domain.bank import LETTERS, Bank, Question
from chalicelib.domain.definition import PaperRules
from chalicelib.domain.errors import FieldError, InvalidInput

# One character for each set of chosen options (six bits), so that a paper's answers are one short string.
MASKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # checkov:skip=CKV_SECRET_6: no key
UNANSWERED = MASKS[0]
_MASK_OF = {char: mask for mask, char in enumerate(MASKS)}
_LETTER = {letter: position for position, letter in enumerate(LETTERS)}
# The question's number as people write it → its position on the paper.
_POSITION = {str(place + 1): place for place in range(100)}
_ORDERS = [tuple(permutations(range(n))) for n in range(len(LETTERS) + 1)]


class PaperQuestion(NamedTuple):
    """``order[i]`` is the bank's index of the option shown at position i, under its letter."""

    question: Question
    order: tuple[int, ...]


Paper = tuple[PaperQuestion, ...]


def _numbers(seed: bytes, count: int) -> Iterator[int]:
    """At least ``count`` numbers: four from each block of 32 bytes."""
    blocks = (count + 3) // 4
    stream = b"".join([sha256(seed + block.to_bytes(4)).digest() for block in range(blocks)])
    return iter(unpack(f">{4 * blocks}Q", stream))


def _take(pool: list[Question], count: int, numbers: Iterator[int]) -> list[Question]:
    """``count`` questions out of ``pool`` without repetition (the first steps of a Fisher–Yates shuffle)."""
    for i in range(count):
        j = i + (next(numbers) * (len(pool) - i) >> 64)
        pool[i], pool[j] = pool[j], pool[i]
    return pool[:count]


def _choose(bank: Bank, rules: PaperRules, numbers: Iterator[int]) -> list[Question]:
    if not rules.topics:
        return _take(list(bank.questions), rules.questions, numbers)
    chosen: list[Question] = []
    for topic in sorted(rules.topics):
        chosen += _take([q for q in bank.questions if q.topic == topic], rules.topics[topic], numbers)
    taken = {q.id for q in chosen}
    rest = [q for q in bank.questions if q.id not in taken]
    chosen += _take(rest, rules.questions - len(chosen), numbers)
    return _take(chosen, len(chosen), numbers)


def draw(bank: Bank, rules: PaperRules, seed: str) -> Paper:
    """Draws the paper of ``seed``: first the topics with a quota, then the rest from all others, then mixed.

    The bank must hold enough questions (see ``bank.shortage``).
    """
    # One number chooses a question, one mixes it with the others if there is a quota, one shuffles its options.
    numbers = _numbers(f"{bank.digest}|{seed}|".encode(), 3 * rules.questions)
    paper = []
    for question in _choose(bank, rules, numbers):
        orders = _ORDERS[len(question.options)]
        number = next(numbers)
        paper.append(
            PaperQuestion(question, orders[number * len(orders) >> 64] if rules.shuffle_options else orders[0])
        )
    return tuple(paper)


def drawn_questions(bank: Bank, rules: PaperRules, seed: str) -> list[Question]:
    """The questions of ``draw`` in order, in half the time: encoded answers need no order of options."""
    count = (2 if rules.topics else 1) * rules.questions
    return _choose(bank, rules, _numbers(f"{bank.digest}|{seed}|".encode(), count))


def encode_answers(paper: Paper, answers: Mapping[str, Sequence[str]]) -> str:
    """Answers by question number and shown letter → one character per question, in the bank's option order.

    Raises ``InvalidInput`` for questions or options that are not on the paper.
    """
    masks = [0] * len(paper)
    errors = []
    for number, letters in answers.items():
        at = _POSITION.get(number, len(paper))
        if at >= len(paper):
            errors.append(FieldError(f"answers.{number[:20]}", f"Đề thi không có câu số “{number[:20]}”."))
            continue
        question, order = paper[at]
        mask = 0
        for letter in letters:
            position = _LETTER.get(letter, len(order))
            if position >= len(order):
                errors.append(
                    FieldError(f"answers.{number}", f"Câu {number} không có phương án “{letter[:20]}”.")
                )
                break
            mask |= 1 << order[position]
        if len(letters) > 1 and not question.multiple:
            errors.append(FieldError(f"answers.{number}", f"Câu {number} chỉ được chọn một phương án."))
        masks[at] = mask
    if errors:
        raise InvalidInput(errors)
    return "".join([MASKS[mask] for mask in masks])


def chosen_options(char: str) -> int:
    """The options, as bits, that one character of encoded answers stands for."""
    return _MASK_OF[char]


def shown_letters(order: tuple[int, ...], options: int) -> list[str]:
    """The letters under which a paper shows ``options``, given as bits in the bank's order."""
    return [LETTERS[i] for i, index in enumerate(order) if options >> index & 1]


def decode_answers(paper: Paper, encoded: str) -> dict[str, list[str]]:
    """The inverse of ``encode_answers``: the chosen answers by question number and shown letter."""
    answers = {}
    for number, ((_, order), char) in enumerate(zip(paper, encoded, strict=False), 1):
        mask = chosen_options(char)
        if mask:
            answers[str(number)] = shown_letters(order, mask)
    return answers


def score(paper: Paper, encoded: str) -> int:
    """The number of right answers; if several options are right, exactly those must be chosen."""
    return sum([MASKS[question.answer] == char for (question, _), char in zip(paper, encoded, strict=False)])
