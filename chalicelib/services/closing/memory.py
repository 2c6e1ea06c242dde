"""What becomes of memory in a close: when Python searches for cycles, when the system gets memory back."""

from __future__ import annotations

import ctypes
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


def give_back() -> None:
    """Gives the system what has been freed. glibc keeps it in holes, where larger objects find no room: 80 MB
    of a million attempts. Other C libraries do without.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
