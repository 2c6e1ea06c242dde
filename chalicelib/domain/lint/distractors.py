"""Wrong options that nobody chooses, by the first answers of a week that was closed."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.bank import LETTERS
from chalicelib.domain.lint.subject import Finding, Subject

# Of so many people at least, fewer than one in so many: those who click at random are more.
_FEWEST, _ONE_IN = 100, 100


def check(subject: Subject) -> Iterator[Finding]:
    for item in subject.items:
        chosen = subject.chosen.get(item.id, ())
        asked = sum(chosen)
        if len(chosen) != len(item.options) or asked < _FEWEST:
            continue
        never = [LETTERS[k] for k in item.wrong if chosen[k] * _ONE_IN < asked]
        if never:
            reason = (
                f"gần như không ai chọn {', '.join(never)} (dưới 1% của {asked} lựa chọn ở lượt đầu): hãy "
                "viết phương án sai hợp lý hơn"
            )
            yield Finding("never-chosen", (item.id,), reason)
