"""A paper is a pure function of (bank digest, seed): the same in every Python version, every year.

The draw takes 64-bit numbers from SHA-256(bank digest | seed | counter) and scales them by
``x·n >> 64``; the bias is below n/2⁶⁴. ``random.Random`` is avoided because Python does not
guarantee its algorithm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import permutations
from struct import Struct
from typing import NamedTuple, TypeVar

from chalicelib.domain.bank import LETTERS, Bank, Question
from chalicelib.domain.definition import PaperRules
from chalicelib.domain.errors import FieldError, InvalidInput
from chalicelib.domain.groups import Plan, plan_of

# One character for each set of chosen options (six bits), so that a paper's answers are one short string.
MASKS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"  # checkov:skip=CKV_SECRET_6: no key
UNANSWERED = MASKS[0]
_MASK_OF = {char: mask for mask, char in enumerate(MASKS)}
_LETTER = {letter: position for position, letter in enumerate(LETTERS)}
# The question's number as people write it → its position on the paper.
_POSITION = {str(place + 1): place for place in range(100)}
# The number of a block of hashes, as it is hashed, and how so many blocks are read.
_BLOCKS = tuple(block.to_bytes(4) for block in range(100))
_READ = tuple(Struct(f">{4 * blocks}Q").unpack for blocks in range(100))
_ORDERS = [tuple(permutations(range(n))) for n in range(len(LETTERS) + 1)]


class PaperQuestion(NamedTuple):
    """``order[i]`` is the bank's index of the option shown at position i, under its letter."""

    question: Question
    order: tuple[int, ...]


Paper = tuple[PaperQuestion, ...]
T = TypeVar("T")


def _numbers(seed: bytes, count: int) -> Iterator[int]:
    """At least ``count`` numbers: four from each block of 32 bytes."""
    blocks = (count + 3) // 4
    if blocks >= len(_READ):  # of a bank with hundreds of groups
        hashed = b"".join([sha256(seed + block.to_bytes(4)).digest() for block in range(blocks)])
        return iter(Struct(f">{4 * blocks}Q").unpack(hashed))
    return iter(_READ[blocks](b"".join([sha256(seed + block).digest() for block in _BLOCKS[:blocks]])))


def _take(pool: list[T], count: int, numbers: Iterator[int]) -> list[T]:
    """``count`` out of ``pool`` without repetition (the first steps of a Fisher–Yates shuffle)."""
    size = len(pool)
    # In this order, zip takes no number that it does not use.
    for i, number in zip(range(count), numbers, strict=False):
        j = i + (number * (size - i) >> 64)
        pool[i], pool[j] = pool[j], pool[i]
    return pool[:count]


def _choose(bank: Bank, rules: PaperRules, numbers: Iterator[int], told: Sequence[T]) -> list[T]:
    """The questions, each by what is ``told`` in its place."""
    if not rules.topics:
        return _take(list(told), rules.questions, numbers)
    chosen: list[int] = []
    places = range(len(bank.questions))
    for topic in sorted(rules.topics):
        of_topic = [place for place in places if bank.questions[place].topic == topic]
        chosen += _take(of_topic, rules.topics[topic], numbers)
    rest = sorted({*places}.difference(chosen))
    chosen += _take(rest, rules.questions - len(chosen), numbers)
    return [told[place] for place in _take(chosen, len(chosen), numbers)]


def _choose_apart(plan: Plan, numbers: Iterator[int]) -> list[int]:
    """The places of the questions, at most one of each group (see ``groups``)."""
    unit = plan.unit
    counts, shares, groups = plan.always or plan.dealt(next(numbers) * plan.free >> 64)
    laid = [[*own] for own in groups]
    for parts in plan.spanning:
        chance = sum([shares[at] * len(places) for at, places in parts])
        point = next(numbers) * chance >> 64
        for at, places in parts:
            point -= shares[at] * len(places)
            if point < 0:
                laid[at].append((chance, places))
                break
    chosen: list[int] = []
    for stratum, count, here in zip(plan.strata, counts, laid, strict=True):
        found = []
        if here:
            point = next(numbers) * unit >> 64
            for chance, places in _take(here, len(here), numbers):
                point -= chance
                if point < 0:
                    point += unit
                    found.append(places[next(numbers) * len(places) >> 64])
        taken = _take([*stratum.alone], count - len(found), numbers)
        for place in found:
            taken.insert(next(numbers) * (len(taken) + 1) >> 64, place)
        chosen += taken
    return chosen if len(plan.strata) == 1 else _take(chosen, len(chosen), numbers)


def _drawn(
    bank: Bank, rules: PaperRules, seed: str, told: Sequence[T], more: int
) -> tuple[list[T], Iterator[int]]:
    """The questions, each by what is ``told`` in its place, and at least ``more`` numbers that come next."""
    begin = f"{bank.digest}|{seed}|".encode()
    if bank.groups:
        plan = plan_of(bank, rules)
        numbers = _numbers(begin, plan.numbers + more)
        return [told[place] for place in _choose_apart(plan, numbers)], numbers
    # One number chooses a question, one mixes it with the others if there is a quota.
    numbers = _numbers(begin, (2 if rules.topics else 1) * rules.questions + more)
    return _choose(bank, rules, numbers, told), numbers


def draw(bank: Bank, rules: PaperRules, seed: str) -> Paper:
    """Draws the paper of ``seed``: first the topics with a quota, then the rest from all others, then mixed.

    Of questions that exclude each other it has one at most. The bank must hold enough (see ``shortages``).
    """
    chosen, numbers = _drawn(bank, rules, seed, bank.questions, rules.questions)
    orders = [_ORDERS[len(question.options)] for question in chosen]
    if not rules.shuffle_options:
        return tuple([PaperQuestion(question, own[0]) for question, own in zip(chosen, orders, strict=True)])
    mixed = [own[next(numbers) * len(own) >> 64] for own in orders]
    return tuple(map(PaperQuestion, chosen, mixed))


def drawn_questions(bank: Bank, rules: PaperRules, seed: str) -> list[Question]:
    """The questions of ``draw`` in order, in half the time: encoded answers need no order of options."""
    return drawn(bank, rules, seed, bank.questions)


def drawn(bank: Bank, rules: PaperRules, seed: str, told: Sequence[T]) -> list[T]:
    """The same, each question by what is ``told`` in its place in the bank."""
    return _drawn(bank, rules, seed, told, 0)[0]


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
