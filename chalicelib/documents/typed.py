"""Documents that only closes and tools read: typed structs, which msgspec checks when it decodes them.

What the API reads at a cold start (``contest_in_force``, ``compiled_contest``) does without msgspec.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from chalicelib.documents.canonical import UnreadableDocument, canonical_json


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a document. Unknown fields are refused: who adds one raises the document's format."""


class Document(Part, frozen=True, kw_only=True):
    """A whole document; subclasses narrow ``format`` to the numbers that they read."""

    format: int

    def encode(self) -> bytes:
        return canonical_json(msgspec.to_builtins(self))


Kind = TypeVar("Kind", bound=Document)


def decode(kind: type[Kind], data: bytes) -> Kind:
    """Raises ``UnreadableDocument``."""
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:  # also of a format that ``kind`` does not read
        raise UnreadableDocument(kind.__name__, str(error)) from None


def plain(part: Part) -> Any:
    """As JSON-ready values."""
    return msgspec.to_builtins(part)
