"""``data/results/week-<k>/places/``: where a person's page finds the own rank and prize, by pseudonym.

A close keeps them on the desk as one file, ``places.jsonl``, with a line for each file of the site. Those of
the end are in ``data/results/final/places/``, and of the winners alone.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.documents.canonical import canonical_json
from chalicelib.documents.typed import Document, Part

PLACES, PLACES_INDEX = "places.jsonl", "index.json"
SIGNED_PREFIX = b"cuoc-thi-place-v1:"
THE_END = 0  # the number of the week in places of the end


def folder_of(what: str) -> str:
    """``what`` is ``week-<k>`` or ``final``."""
    return f"data/results/{what}/places"


class Place(Part, frozen=True, array_like=True):
    """``rank``: with whom whole minutes do not tell apart, the first of theirs. ``prize``: its title, or empty.

    ``signature``: the close's, Ed25519 in hex, over ``SIGNED_PREFIX`` and ``signed``.
    """

    rank: int
    score: int
    prize: str
    signature: str


class Places(Document, frozen=True, kw_only=True):
    """The people whose pseudonyms begin with ``digits``, by pseudonym; ``decision`` is empty while provisional.

    ``ranked``: how many people are; ``total``: the questions of a paper, or at the end of all weeks' papers.
    """

    format: Literal[1] = 1
    contest: str
    week: int
    revision: int
    digits: str
    ranked: int
    total: int
    decision: str
    decided_on: str
    key_id: str
    places: dict[str, Place]


class PlacesIndex(Document, frozen=True, kw_only=True):
    """``index.json``, written last: the names of the other files have so many ``digits``.

    ``sha256``: of the file on the desk.
    """

    format: Literal[1] = 1
    week: int
    revision: int
    digits: int
    sha256: str


def signed(of: Places, pseudonym: str, rank: int, score: int, prize: str) -> bytes:
    """What the close signs of a person's result (docs/proof.md)."""
    told = {
        "contest": of.contest,
        "decided_on": of.decided_on,
        "decision": of.decision,
        "prize": prize,
        "pseudonym": pseudonym,
        "rank": rank,
        "ranked": of.ranked,
        "revision": of.revision,
        "score": score,
        "total": of.total,
        "week": of.week,
    }
    return SIGNED_PREFIX + canonical_json(told)
