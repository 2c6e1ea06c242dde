"""Request bodies. Types are strict and unknown fields are refused, so that nothing is guessed or ignored."""

from __future__ import annotations

from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from chalicelib.domain.errors import FieldError, InvalidInput, NotJson, TooLarge
from chalicelib.domain.validation import message_of

LARGEST = 16_384
Short = Annotated[str, Field(max_length=200)]
# What ``json_schema_extra`` says here and in account.py the use case checks, which knows what to say of it.
OptionKey = Annotated[Short, WithJsonSchema({"type": "string", "pattern": "^[A-F]$"})]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Empty(Body):
    """``{}``"""


class PaperAnswers(Body):
    """``answers`` by question number and option key as shown, built on ``revision``."""

    answers: Annotated[
        dict[str, Annotated[list[OptionKey], Field(max_length=6)]],
        Field(
            max_length=100,
            description="By question number: the keys of the chosen options as shown.",
            examples=[{"1": ["B"], "2": []}],
            json_schema_extra={"propertyNames": {"pattern": "^([1-9][0-9]?|100)$"}},
        ),
    ]
    prediction: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None
    revision: Annotated[
        int,
        Field(
            ge=0,
            le=1_000_000_000,
            description="The one that these answers were built on, as the attempt, a save or `stale` told it.",
            examples=[0],
        ),
    ]


Parsed = TypeVar("Parsed", bound=Body)


def parse(model: type[Parsed], raw: bytes) -> Parsed:
    """Raises ``TooLarge``, ``NotJson``, ``InvalidInput``."""
    if len(raw) > LARGEST:
        raise TooLarge
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        details = error.errors(include_url=False)
    if details[0]["type"] == "json_invalid":
        raise NotJson
    faults = []
    for detail in details:
        message = message_of(detail)
        field = ".".join(str(part) for part in detail["loc"]) or "body"
        faults.append(FieldError(field[:80], f"{message[:1].upper()}{message[1:]}."))
    raise InvalidInput(faults)
