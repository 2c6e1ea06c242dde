"""Entry items left by an older release."""

from __future__ import annotations

from chalicelib.storage.entry_items import entry_of
from tests.domain.builders import done
from tests.fakes import START_MS


def test_a_negative_duration_of_an_older_record_is_mended() -> None:
    old = done(duration=-500)
    raw = {
        "pk": {"S": "w1#a3"},
        "sk": {"S": "a3" + "0" * 18},
        "unit": {"S": "SO-A"},
        "category": {"S": "mandatory"},
        "used": {"N": "2"},
        "done": {"L": [{"S": old.encode()}, {"S": done(number=2).encode()}]},
    }
    first, second = entry_of(raw).finished
    assert (first.duration, first.received) == (0, START_MS)
    assert second == done(number=2)
