"""Writes frontend/types/api.d.ts from docs/openapi.json: `make openapi`. A test fails when the two differ.

`tsc` checks the page's modules against it; nothing of it is deployed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.openapi import DOCUMENT

FILE = Path(__file__).parent.parent / "frontend" / "types" / "api.d.ts"
Json = dict[str, Any]

HEAD = "// The API's bodies and answers, written from docs/openapi.json by `make openapi`. Do not edit."
SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def text() -> str:
    """The whole file."""
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    blocks = [_declared(name, schema) for name, schema in schemas.items()]
    operations = [operation for path in document["paths"].values() for operation in _operations(path)]
    bodies = {one["operationId"]: _content(one["requestBody"]) for one in operations if "requestBody" in one}
    answers = {one["operationId"]: _answer(one["responses"]) for one in operations}
    blocks += [_listed("Bodies", bodies), _listed("Answers", answers)]
    return "\n\n".join([HEAD, *blocks]) + "\n"


def type_of(schema: Json) -> str:
    """Raises for forms of JSON Schema that it does not know."""
    match schema:
        case {"$ref": where}:
            kind = where.rpartition("/")[2]
        case {"anyOf": possible}:
            kind = " | ".join(type_of(one) for one in possible)
        case {"const": value}:
            kind = json.dumps(value)
        case {"enum": values}:
            kind = " | ".join(map(json.dumps, values))
        case {"type": "array", "items": items}:
            kind = f"Array<{type_of(items)}>"
        case {"type": "object", "properties": _}:
            kind = "{ " + " ".join(_members(schema)) + " }"
        case {"type": "object", "patternProperties": possible}:
            kind = f"Record<string, {' | '.join(type_of(one) for one in possible.values())}>"
        case {"type": "object", "additionalProperties": value}:
            kind = f"Record<string, {type_of(value)}>"
        case _:
            kind = SIMPLE[schema["type"]]
    return str(kind)


def _members(schema: Json) -> Iterator[str]:
    required = schema.get("required", [])
    for name, member in schema["properties"].items():
        yield f"{name}{'' if name in required else '?'}: {type_of(member)};"


def _declared(name: str, schema: Json) -> str:
    if schema.get("properties"):
        return "\n".join([f"export interface {name} {{", *(f"  {line}" for line in _members(schema)), "}"])
    return f"export type {name} = {'Record<string, never>' if name == 'Empty' else type_of(schema)};"


def _operations(path: Json) -> Iterator[Json]:
    yield from (value for method, value in path.items() if method != "parameters")


def _content(described: Json) -> str:
    return type_of(described["content"]["application/json"]["schema"])


def _answer(responses: Json) -> str:
    good = [_content(one) if "content" in one else "{}" for code, one in responses.items() if code < "300"]
    return " | ".join(dict.fromkeys(good))


def _listed(name: str, types: dict[str, str]) -> str:
    lines = [f"  {operation}: {kind};" for operation, kind in types.items()]
    return "\n".join([f"/** By operation. */\nexport interface {name} {{", *lines, "}"])


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
    print(f"Written: {FILE}")
