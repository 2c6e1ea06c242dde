"""The cleaning of what people type and paste; ``tests/pasted.json`` holds the page to the same cases."""

from __future__ import annotations

import json
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.pasted import composed, name_in, number_in, phone_in, visible
from chalicelib.domain.person import is_name
from tests.node import node

ROOT = Path(__file__).parents[2]
CASES = json.loads((ROOT / "tests/pasted.json").read_text(encoding="utf-8"))
CLEANERS = {
    "citizen_id": number_in,
    "phone": phone_in,
    "full_name": name_in,
    "password": visible,
    "code": number_in,
}


@pytest.mark.parametrize(
    ("field", "pasted", "clean"), [(field, *case) for field, cases in CASES.items() for case in cases]
)
def test_pasted_values_are_kept_whole_and_cleaned(field: str, pasted: str, clean: str) -> None:
    assert CLEANERS[field](pasted) == clean


@pytest.mark.parametrize("clean", [composed, visible, name_in, number_in, phone_in])
@given(st.text() | st.text(alphabet="0123456789+84 .-()'`´\u2011\u202aăơ\u0306"))
def test_cleaning_a_second_time_changes_nothing(clean, text: str) -> None:  # type: ignore[no-untyped-def]
    assert clean(clean(text)) == clean(text)


@given(st.text(alphabet="0123456789", min_size=1), st.sampled_from("\u200b\u202a\u2069\ufeff\xad"), st.data())
def test_an_invisible_character_anywhere_changes_nothing(digits: str, unseen: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(digits)))
    for clean in (number_in, phone_in, name_in, visible):
        assert clean(digits[:at] + unseen + digits[at:]) == clean(digits)


def test_long_junk_is_read_in_linear_time() -> None:
    junk = "0 - " * 100_000 + "x1"
    assert number_in(junk).endswith("x1")
    assert phone_in(junk).endswith("x1")


def test_the_page_cleans_and_accepts_every_letter_as_the_server_does() -> None:
    """Over all characters of the Basic Multilingual Plane that this Python's Unicode knows."""
    known = [
        chr(point) for point in range(0x10000) if unicodedata.category(chr(point)) not in ("Cn", "Cs", "Co")
    ]
    script = """
        import { isName, nameIn, visible } from "./frontend/site/js/pasted.js";
        let text = "";
        for await (const piece of process.stdin) text += piece;
        const said = (sign) => [nameIn(`A${sign}n`), visible(`a${sign}b`), isName(nameIn(`A${sign}n`))];
        process.stdout.write(JSON.stringify(JSON.parse(text).map(said)));
    """
    told = node("--input-type=module", "--eval", script, given=json.dumps(known))
    expected = [[(name := name_in(f"A{sign}n")), visible(f"a{sign}b"), is_name(name)] for sign in known]
    different = [
        (f"U+{ord(sign):04X}", page, server)
        for sign, page, server in zip(known, json.loads(told), expected, strict=True)
        if page != server
    ]
    assert different == [], sys.version
