"""Turns the HTML of a question into text: what carries meaning is kept, the rest is named and dropped.

Kept: line breaks, the numbers of lists, underline, strike, sub and sup (``domain/markup.py``). Goes through
the text once: html.parser looks for the end of each tag up to the end of the text, so a text full of unfinished
tags took it minutes. ``<`` that begins no tag of HTML is an ordinary character.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

from chalicelib.readers.budget import spend
from chalicelib.readers.questions.question_rows import CannotBeAsked, NotAQuestion

_BLOCKS = frozenset(
    re.findall(
        r"\w+", "p br hr div li ul ol dl dt dd h1 h2 h3 h4 h5 h6 pre blockquote section article header footer"
    )
)
# What text cannot show.
_LOST = frozenset(
    re.findall(
        r"\w+", "img audio video object iframe svg math table script embed canvas input select textarea applet"
    )
)
_SILENT = frozenset({"style", "title", "head", "xml"})  # their content is for nobody to read
_MARKED = {"u": "u", "ins": "u", "s": "s", "strike": "s", "del": "s", "sub": "sub", "sup": "sup"}
# Form that is dropped, in the words of the notice.
_DROPPED = {
    **dict.fromkeys(("b", "strong"), "in đậm"),
    **dict.fromkeys(("i", "em", "cite", "dfn", "var"), "in nghiêng"),
    **dict.fromkeys(("font", "big", "small", "mark", "center"), "màu chữ, cỡ chữ"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "tiêu đề"),
    "a": "liên kết",
}
_PLAIN = frozenset(
    re.findall(
        r"\w+",
        "span html body meta link label code kbd samp tt abbr acronym nobr wbr q o v w m base form button",
    )
)
_KNOWN = _BLOCKS | _LOST | _SILENT | _MARKED.keys() | _DROPPED.keys() | _PLAIN
_STYLES = (
    (re.compile(r"text-decoration[^;\"']{0,60}underline", re.IGNORECASE), "u"),
    (re.compile(r"text-decoration[^;\"']{0,60}line-through", re.IGNORECASE), "s"),
    (re.compile(r"vertical-align: {0,9}sub\b", re.IGNORECASE), "sub"),
    (re.compile(r"vertical-align: {0,9}super\b", re.IGNORECASE), "sup"),
)
_LIST_TYPE = re.compile(
    r"\btype {0,9}= {0,9}[\"']?([1aAiI])\b|list-style-type: {0,9}(lower|upper)-(alpha|latin|roman)"
)
_START = re.compile(r"\b(?:start|value) {0,9}= {0,9}[\"']?(-?\d{1,6})\b")
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,20})(?=[\s/>:])")
_QUOTE_OR_END = re.compile(r"=\s{0,9}[\"']|>")
# int() refuses numbers of thousands of digits.
_LONG_NUMBER = re.compile(r"&#\w{9}")
_LONGEST_TAG = 2_000  # of which attributes are read
_DEEPEST = 50
_SUPERSCRIPTS = str.maketrans("0123456789+-()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿ")
_SUBSCRIPTS = str.maketrans("0123456789+-()", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎")
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_ONES = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


class _Piece(NamedTuple):
    """A tag, by its name in small letters, and the text behind it."""

    name: str
    closing: bool
    attributes: str
    text: str


def text_of(html: str, dropped: set[str], *, breaks: bool = False) -> str:
    """``breaks``: line breaks of the source are shown too (Moodle's automatic format).

    ``dropped``: takes the names of the form that is lost. Raises ``CannotBeAsked`` for pictures, tables and the
    like, ``NotAQuestion`` for what is no HTML.
    """
    spend(len(html))
    if "@@PLUGINFILE@@" in html:
        raise CannotBeAsked("có tệp đính kèm: đề thi chỉ nhận chữ")
    if _LONG_NUMBER.search(html):
        raise NotAQuestion("có ký hiệu &#… không đọc được: hãy gõ lại ký tự đó")
    writer = _Writer(dropped, breaks=breaks)
    for piece in _pieces(html):
        writer.tag(piece)
        if writer.silent != piece.name or not piece.name:
            writer.write(unescape(piece.text))
    return writer.finished()


class _Writer:
    def __init__(self, dropped: set[str], *, breaks: bool) -> None:
        self.silent = ""
        self._dropped, self._breaks = dropped, breaks
        self._parts = list[str]()
        self._labelled = False  # the last part is a list's number, which its text follows in the same line
        self._wanted, self._current = list[tuple[str, str]](), list[str]()
        self._lists = list[tuple[str, int]]()
        self._pre = 0

    def tag(self, piece: _Piece) -> None:
        name, closing = piece.name, piece.closing
        self.silent = name if name in _SILENT and not closing else ""
        if name in _LOST:
            raise CannotBeAsked(f"có hình ảnh, bảng hay công thức ({name}): đề thi chỉ nhận chữ")
        if name in _DROPPED:
            self._dropped.add(_DROPPED[name])
        if name in _BLOCKS:
            self._break()
        if name in {"ol", "ul"}:
            self._list(piece)
        elif name == "li" and not closing:
            self._item(piece)
        elif name == "pre":
            self._pre = max(0, self._pre + (-1 if closing else 1))
        elif name == "q":
            self.write("”" if closing else "“")
        self._mark(piece)

    def _mark(self, piece: _Piece) -> None:
        if piece.closing:
            for place in range(len(self._wanted) - 1, -1, -1):
                if self._wanted[place][0] == piece.name:
                    del self._wanted[place]
                    break
        elif piece.name and piece.name not in {"br", "hr", "wbr"} and len(self._wanted) < _DEEPEST:
            marks = [_MARKED[piece.name]] if piece.name in _MARKED else []
            if "style" in piece.attributes.lower():
                marks += [mark for pattern, mark in _STYLES if pattern.search(piece.attributes)]
            self._wanted += [(piece.name, mark) for mark in marks[:1]]

    def _list(self, piece: _Piece) -> None:
        if piece.closing:
            if self._lists:
                self._lists.pop()
        elif len(self._lists) < _DEEPEST:
            found, start = _LIST_TYPE.search(piece.attributes), _START.search(piece.attributes)
            kind = ""
            if piece.name == "ol":
                kind = "1"
                if found:
                    letter = "i" if found[3] == "roman" else "a"
                    kind = found[1] or (letter.upper() if found[2] == "upper" else letter)
            self._lists.append((kind, int(start[1]) if start else 1))

    def _item(self, piece: _Piece) -> None:
        kind, number = self._lists[-1] if self._lists else ("", 1)
        if kind and (told := _START.search(piece.attributes)):
            number = int(told[1])
        if self._lists:
            self._lists[-1] = (kind, number + 1)
        self._close_to(0)
        if self._labelled:  # by an empty one
            self._parts.append("\n")
        self._parts.append(f"{_label(kind, number)} ")
        self._labelled = True

    def write(self, text: str) -> None:
        if self._pre or self._breaks:
            first, *more = text.split("\n")
            self._line(first)
            for line in more:
                self._break()
                self._line(line)
        else:
            self._line(text.replace("\n", " "))

    def _line(self, text: str) -> None:
        if not text or text.isspace():
            if text and self._parts and not self._parts[-1][-1:].isspace():
                self._parts.append(" ")
            return
        self._labelled = False
        marks = list(dict.fromkeys(mark for _, mark in self._wanted))
        for mark, table in (("sup", _SUPERSCRIPTS), ("sub", _SUBSCRIPTS)):
            if marks[-1:] == [mark] and all(ord(sign) in table for sign in text.strip()):
                marks.pop()
                text = text.translate(table)
        same = next((k for k, (a, b) in enumerate(zip(self._current, marks, strict=False)) if a != b), None)
        keep = min(len(self._current), len(marks)) if same is None else same
        self._close_to(keep)
        bare = text.lstrip()
        self._parts.append(text[: len(text) - len(bare)])
        self._parts += [f"<{mark}>" for mark in marks[keep:]]
        self._current = marks
        self._parts.append(bare)

    def _break(self) -> None:
        if self._parts and self._parts[-1] != "\n" and not self._labelled:
            self._parts.append("\n")

    def _close_to(self, depth: int) -> None:
        """Ends marks before the spaces behind the last word."""
        if len(self._current) <= depth:
            return
        tail = list[str]()
        while self._parts and not self._parts[-1].strip():
            tail.append(self._parts.pop())
        last = self._parts.pop()
        bare = last.rstrip()
        self._parts.append(bare)
        while len(self._current) > depth:
            self._parts.append(f"</{self._current.pop()}>")
        self._parts += [last[len(bare) :], *reversed(tail)]

    def finished(self) -> str:
        self._close_to(0)
        lines = (" ".join(line.split()) for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)


def _label(kind: str, number: int) -> str:
    if not kind:
        return "–"
    if kind == "1" or not 0 < number < 4_000 or (kind in "aA" and number > 26):
        return f"{number}."
    if kind in "aA":
        told = chr(ord("a") + number - 1)
    else:
        told = ""
        for value, sign in (*_ROMAN, *_ROMAN_ONES):
            told += sign * (number // value)
            number %= value
    return f"{told.upper() if kind.isupper() else told}."


def _pieces(text: str) -> Iterator[_Piece]:
    name, closing, attributes, begin, at = "", False, "", 0, text.find("<")
    while at >= 0:
        end, found = -1, _TAG.match(text, at)
        if text.startswith("<!--", at):
            end = text.find("-->", at + 4) + 3
            if end < 3:
                raise NotAQuestion("chú thích HTML (<!--) không có dấu đóng (-->)")
        elif text.startswith("<![", at) and not text.startswith(("<![if", "<![endif"), at):
            raise NotAQuestion("có phần HTML không đọc được (<!): hãy dán lại nội dung dạng chữ thường")
        elif text.startswith(("<!", "<?"), at):
            end = text.find(">", at) + 1
        elif found and found[2].lower() in _KNOWN:
            end = _end_of_tag(text, found.end())
        else:
            found = None
        if end == 0:  # nothing ends behind here
            break
        if end > 0:
            yield _Piece(name, closing, attributes, text[begin:at])
            if found:
                inside = text[found.end() : min(end, found.end() + _LONGEST_TAG)]
                name, closing, attributes = found[2].lower(), found[1] == "/", inside
            else:
                name, closing, attributes = "", False, ""
            begin = end
        at = text.find("<", max(end, at + 1))
    yield _Piece(name, closing, attributes, text[begin:])


def _end_of_tag(text: str, at: int) -> int:
    """Behind the ``>`` that is not in a quoted attribute; 0 if there is none."""
    while found := _QUOTE_OR_END.search(text, at):
        at = found.end()
        if found[0] == ">":
            return at
        at = max(text.find(found[0][-1], at) + 1, at)
    return 0
