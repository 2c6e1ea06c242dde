"""Documents that only closes and tools read: typed structs that msgspec checks while decoding.

The documents that the API reads at a cold start (``contest_in_force``, ``compiled_contest``) avoid msgspec.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from chalicelib.documents.canonical import UnreadableDocument, canonical_json


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a document. Unknown fields are refused: a new field needs a new number of the format."""


class _Headed(msgspec.Struct):
    """What makes a document: a format, which no reader may suppose."""

    format: int


class Document(Part, frozen=True, kw_only=True):
    """A whole document; subclasses narrow ``format`` to the numbers they read."""

    format: int

    def encode(self) -> bytes:
        return canonical_json(msgspec.to_builtins(self))


Kind = TypeVar("Kind", bound=Document)


def decode(kind: type[Kind], data: bytes) -> Kind:
    """Raises ``UnreadableDocument``."""
    try:
        msgspec.json.decode(data, type=_Headed)
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError as error:  # also if ``kind`` does not read its format
        raise UnreadableDocument(kind.__name__, str(error)) from None
