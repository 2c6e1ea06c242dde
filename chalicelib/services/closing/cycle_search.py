"""When Python searches for cycles of objects during a close."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """A close makes millions of tuples and no cycles; the search would take a quarter of its CPU time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def search_among_what_is_new() -> Iterator[None]:
    """Workbooks are full of cycles and must be freed one by one; the search skips objects made earlier."""
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        gc.disable()
        gc.unfreeze()
