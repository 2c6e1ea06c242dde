"""frontend/types/api.d.ts agrees with docs/openapi.json."""

from __future__ import annotations

from typing import Any

import pytest

from infra.page_types import FILE, text, type_of


def test_the_committed_types_are_generated_from_the_document() -> None:
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
def test_a_schema_becomes_its_type(schema: dict[str, Any], expected: str) -> None:
    assert type_of(schema) == expected


@pytest.mark.parametrize(
    "schema", [{"oneOf": [{"type": "string"}]}, {"type": ["string", "null"]}, {"type": "object"}]
)
def test_an_unknown_schema_is_an_error(schema: dict[str, Any]) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        type_of(schema)
