"""Questions that ask the same or nearly the same, and those of them whose keys contradict each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chalicelib.domain.lint.subject import Finding, Item, Subject, listed

ALIKE = 0.8  # of all pairs of neighbouring words in either stem, the share that both have
# How many stems are looked at that have a rare pair of words in common; of a bank made by a template there are
# thousands, and its editor sees the point from the first ones.
_LOOKED_AT = 20

Pair = tuple[Item, Item, float]


def _shingles(stem: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset(zip(("", *stem), (*stem, ""), strict=True))


def alike(subject: Subject) -> Iterator[Pair]:
    """Pairs of questions with like stems, each once, and how like they are.

    Two sets of which a share of ``ALIKE`` is common share one of their rarest few (prefix filtering; Chaudhuri,
    Ganti & Kaushik, “A primitive operator for similarity joins in data cleaning”, ICDE 2006).
    """
    sets = [_shingles(item.stem) for item in subject.items]
    often = Counter(shingle for shingles in sets for shingle in shingles)
    seen: dict[tuple[str, str], list[int]] = {}
    for place, shingles in enumerate(sets):
        rarest = sorted(shingles, key=lambda one: (often[one], one))
        prefix = rarest[: len(rarest) - int(ALIKE * len(rarest) - 1e-9)]
        near = {other for one in prefix for other in seen.get(one, [])[-_LOOKED_AT:]}
        for other in sorted(near):
            common = len(shingles & sets[other])
            like = common / (len(shingles) + len(sets[other]) - common)
            if like >= ALIKE:
                yield subject.items[other], subject.items[place], like
        for one in prefix:
            seen.setdefault(one, []).append(place)


def _key(item: Item) -> frozenset[tuple[str, ...]]:
    return frozenset(item.options[k] for k in item.keys)


def contradict(one: Item, other: Item, like: float) -> bool:
    """The same stem or the same options, and what is right in one is wrong in the other."""
    same = like == 1 or {*one.options} == {*other.options}
    mine, theirs = _key(one), _key(other)
    wrong = mine <= {*other.options} - theirs or theirs <= {*one.options} - mine
    return same and one.question.multiple == other.question.multiple and wrong


def check_same(subject: Subject) -> Iterator[Finding]:
    """Stems that are alike, unless the questions exclude each other; each with all that are like it."""
    first: dict[str, str] = {}
    with_first: dict[str, dict[str, None]] = {}
    for one, other, like in alike(subject):
        if not one.apart(other) and not contradict(one, other, like):
            root = first.setdefault(other.id, first.get(one.id, one.id))
            with_first.setdefault(root, {root: None})[other.id] = None
    for ids in with_first.values():
        reason = (
            f"{listed(ids)}: câu dẫn giống hoặc gần giống nhau, một đề có thể hỏi hai lần một điều: hãy bỏ "
            "bớt, viết lại, hoặc ghi chúng loại trừ nhau (cột excludes)"
        )
        yield Finding("same-stem", tuple(ids), reason)


def check_contradictory(subject: Subject) -> Iterator[Finding]:
    for one, other, like in alike(subject):
        if contradict(one, other, like):
            reason = (
                f"{one.id} và {other.id} hỏi gần như một điều mà đáp án khác nhau "
                f"({one.question.answer_letters} và {other.question.answer_letters}): hãy soát lại đáp án"
            )
            yield Finding("contradictory", (one.id, other.id), reason)
