"""The little markup that a question's text may hold: ``<u>``, ``<s>``, ``<sub>``, ``<sup>`` and line breaks.

That is all of a document's form that carries meaning (“cụm từ gạch chân”, a fee that was struck out); numbers
of a list are text. A mark that is not closed, or crosses another, is text like any other sign. Nobody who shows
a text needs a parser of HTML: the page does the same with nodes of text (``frontend/site/js/marked.js``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

MARKS = ("u", "s", "sub", "sup")
_MARK = re.compile(r"</?(?:u|s|sub|sup)>")


def pieces(text: str) -> Iterator[tuple[str, bool]]:
    """``text`` in its order, each piece with whether it is a mark."""
    marks, open_ones = set[int](), list[tuple[int, str]]()
    found = list(_MARK.finditer(text))
    for place, mark in enumerate(found):
        name = mark[0].strip("</>")
        if mark[0][1] != "/":
            open_ones.append((place, name))
        elif open_ones and open_ones[-1][1] == name:
            marks |= {open_ones.pop()[0], place}
    at = 0
    for place, mark in enumerate(found):
        if place in marks:
            if at < mark.start():
                yield text[at : mark.start()], False
            yield mark[0], True
            at = mark.end()
    if at < len(text):
        yield text[at:], False


def unmarked(text: str) -> str:
    """The words alone: to search in, to compare."""
    return "".join(piece for piece, is_mark in pieces(text) if not is_mark) if "<" in text else text


def as_html(text: str) -> str:
    return "".join(piece if is_mark else escape(piece).replace("\n", "<br>") for piece, is_mark in pieces(text))
