"""The markup of a question's text; ``tests/marked.json`` holds the page to the same cases."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.markup import MARKS, as_html, pieces, unmarked

CASES = json.loads((Path(__file__).parents[1] / "marked.json").read_text())
TEXTS = st.lists(
    st.one_of(
        st.sampled_from([f"<{end}{mark}>" for mark in MARKS for end in ("", "/")]),
        st.text("<>&/us\nđ", max_size=3),
    )
).map("".join)


class Tags(HTMLParser):
    """What a browser makes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.open, self.words = list[str](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in MARKS or tag == "br"
        assert not attrs
        if tag == "br":
            self.words += "\n"
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(("text", "told"), CASES)
def test_marks_are_pairs_that_cross_no_other(text: str, told: list[str]) -> None:
    assert ["*" * is_mark + piece for piece, is_mark in pieces(text)] == told


@given(TEXTS)
def test_any_text_is_shown_whole_and_its_marks_are_closed(text: str) -> None:
    assert "".join(piece for piece, _ in pieces(text)) == text
    browser = Tags()
    browser.feed(as_html(text))
    browser.close()
    assert (browser.open, browser.words) == ([], unmarked(text))


@given(TEXTS)
def test_nothing_but_marks_can_be_markup(text: str) -> None:
    assert as_html(text.replace("<u>", "<b>").replace("</u>", "</b>")).count("<b>") == 0
