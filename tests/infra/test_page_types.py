"""frontend/types/api.d.ts says what docs/openapi.json says."""

from __future__ import annotations

from typing import Any

import pytest

from infra.page_types import FILE, text, type_of


def test_the_committed_types_are_those_of_the_document() -> None:
    assert FILE.read_text(encoding="utf-8") == text(), "run `make openapi` and look at what has changed"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer"}, "number"),
        ({"anyOf": [{"$ref": "#/components/schemas/Week"}, {"type": "null"}]}, "Week | null"),
        ({"enum": ["a", "b"], "type": "string"}, '"a" | "b"'),
        ({"const": False, "type": "boolean"}, "false"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "Array<string | null>"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Record<string, number>"),
        (
            {
                "type": "object",
                "required": ["a"],
                "properties": {"a": {"type": "null"}, "b": {"type": "string"}},
            },
            "{ a: null; b?: string; }",
        ),
    ],
)
def test_a_schema_has_its_type(schema: dict[str, Any], expected: str) -> None:
    assert type_of(schema) == expected


@pytest.mark.parametrize(
    "schema", [{"oneOf": [{"type": "string"}]}, {"type": ["string", "null"]}, {"type": "object"}]
)
def test_what_is_not_known_is_not_taken_for_anything(schema: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        type_of(schema)
