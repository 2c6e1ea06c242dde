"""Questions whose stem says the right answer to another one."""

from __future__ import annotations

from collections.abc import Iterator
from math import log

from chalicelib.domain.lint.subject import Finding, Item, Subject, quoted

# A key with so many words that its own stem lacks is said if so much of them (rare words weigh more) stands in
# the other stem, and of each wrong option not so much.
_FEWEST, _SAID, _OF_WRONG = 4, 0.9, 0.7
# A word of more stems than these finds nothing; two stems on one matter have some that is not. A key is looked
# for word for word where its rarest word finds so few stems. A key that more stems say is a usual phrase.
_COMMON, _LOOKED_AT, _USUAL = 12, 50, 2


def check(subject: Subject) -> Iterator[Finding]:
    """Unless the two exclude each other."""
    stems, size = subject.stems_with, len(subject.items)
    weight = {word: log((size + 1) / len(places)) for word, places in stems.items()}
    unsaid = log(size + 1)  # of a word that no stem has
    whole = [frozenset(item.stem) for item in subject.items]

    def said(option: tuple[str, ...], asked: Item, by: int) -> float:
        mine = {*option}.difference(asked.stem)
        total = sum(weight.get(word, unsaid) for word in mine)
        return sum(weight[word] for word in mine & whole[by]) / total if total else 0.0

    lines = [f" {' '.join(item.stem)} " for item in subject.items]
    for place, item in enumerate(subject.items):
        if len(item.keys) != 1:
            continue
        key = item.options[item.keys[0]]
        own = {*key}.difference(item.stem)
        if len(own) < _FEWEST:
            continue
        rarest = min(own, key=lambda word: (len(stems.get(word, ())), word))
        finding = {k for word in own if len(stems.get(word, ())) <= _COMMON for k in stems.get(word, ())}
        phrase = f" {' '.join(key)} "
        literal = [k for k in stems.get(rarest, ())[:_LOOKED_AT] if phrase in lines[k]]
        wrong = [item.options[k] for k in item.wrong]
        saying = [
            by
            for by in sorted((finding | {*literal}) - {place})
            if (by in literal or any(len(stems[word]) <= _COMMON for word in whole[place] & whole[by]))
            and said(key, item, by) >= _SAID
            and all(said(option, item, by) < _OF_WRONG for option in wrong)
        ]
        for by in saying if len(saying) <= _USUAL else ():
            other = subject.items[by]
            if not other.apart(item):
                reason = (
                    f"câu dẫn của {other.id} nói ra đáp án của {item.id} "
                    f"({quoted(item.question.options[item.keys[0]])}): hãy ghi hai câu loại trừ nhau (cột "
                    "excludes) hoặc viết lại một câu"
                )
                yield Finding("gives-away", (other.id, item.id), reason)
