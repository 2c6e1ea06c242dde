"""What is gathered from all entries of a week while they pass by once."""

from __future__ import annotations

from typing import Protocol, Self

from chalicelib.domain.attempt import Entry


class Collector(Protocol):
    """Sees every settled entry of a part of the week; the parts merge in any order to the same whole.

    A part may be read by another machine: ``encode`` gives the same bytes for the same content, and
    ``decode`` fills an empty collector, made with the same arguments, with them.
    """

    def add(self, entry: Entry) -> None: ...

    def merge(self, other: Self) -> None: ...

    def encode(self) -> bytes: ...

    def decode(self, data: bytes) -> Self: ...
