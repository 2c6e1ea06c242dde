"""``reference/contest/<digest>.json``: a contest as it was taken over, in one object, under its own digest.

Its parts are texts with digests of their own, which the log's facts and manifests name: ``definition``,
``bank``, ``units``, ``barred`` (participant id → why), ``rosters`` (a digest), and the organisers' decisions:
``rulings``, ``annulments``, ``recognitions``, ``confirmations``, ``calendar``, ``switches``, ``notices``,
``numbers`` (whose a citizen ID is; participant ids only), ``corrections``, ``mergers``, ``renamings``.
``pictures``, where the organiser has any, are in no fact and no manifest: nothing depends on them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from chalicelib.documents.canonical import UnreadableDocument, canonical_json, parsed
from chalicelib.domain.bank import Question
from chalicelib.domain.decisions import (
    Annulment,
    CalendarChange,
    Confirmation,
    Correction,
    Decisions,
    Merger,
    Notice,
    NumberChange,
    Recognition,
    Renaming,
    Ruling,
    SwitchChange,
)
from chalicelib.domain.definition import Definition
from chalicelib.domain.pictures import Picture, PictureKind
from chalicelib.domain.units import Unit

FORMAT = 1
PICTURES = "pictures"


class Barred(NamedTuple):
    """Participant id (never citizen ID) → the role that bars the person (R3).

    Those of ``out`` may not take part; those of ``no_prize`` may, and are not ranked.
    """

    out: Mapping[str, str]
    no_prize: Mapping[str, str]


def key(digest: str) -> str:
    return f"reference/contest/{digest}.json"


def encode(parts: Mapping[str, bytes]) -> bytes:
    """All parts as one object, so that a cold start fetches one."""
    return canonical_json({"format": FORMAT, "parts": {name: data.decode() for name, data in parts.items()}})


def decode(data: bytes) -> dict[str, bytes]:
    """The parts by name. Raises ``UnreadableDocument``."""
    told = parsed("CompiledContest", data, FORMAT)
    try:
        return {name: text.encode() for name, text in told["parts"].items()}
    except (KeyError, AttributeError) as error:
        raise UnreadableDocument("CompiledContest", str(error)) from None


def encode_definition(definition: Definition) -> bytes:
    return canonical_json(definition.model_dump(mode="json"))


def decode_definition(part: bytes) -> Definition:
    return Definition.model_validate_json(part)


def encode_bank(questions: Iterable[Question]) -> bytes:
    """Sorted by id, so that the order of a file's rows does not change the bank.

    A question for everybody in every week has neither ``weeks`` nor ``categories``; one that may stand beside
    any other has no ``excludes``.
    """
    bank = [
        {name: value for name, value in question._asdict().items() if value != ()}
        for question in sorted(questions, key=lambda question: question.id)
    ]
    return canonical_json(bank)


def decode_bank(part: bytes) -> tuple[Question, ...]:
    return tuple(_question(raw) for raw in json.loads(part))


def _question(raw: dict[str, Any]) -> Question:
    lists = {name: tuple(raw.get(name, ())) for name in ("options", "weeks", "categories", "excludes")}
    return Question(**{**raw, **lists})


def encode_units(units: Iterable[Unit]) -> bytes:
    return canonical_json([unit._asdict() for unit in units])


def decode_units(part: bytes) -> tuple[Unit, ...]:
    return tuple(Unit(**raw) for raw in json.loads(part))


def encode_barred(barred: Barred) -> bytes:
    return canonical_json({name: dict(people) for name, people in barred._asdict().items()})


def decode_barred(part: bytes) -> Barred:
    return Barred(**json.loads(part))


def encode_rosters(digest: str) -> bytes:
    """``digest`` is that of the compiled rosters, empty if there are none."""
    return canonical_json(digest)


def decode_rosters(part: bytes) -> str:
    return str(json.loads(part))


def encode_pictures(pictures: Mapping[PictureKind, Picture]) -> bytes:
    return canonical_json({kind: picture._asdict() for kind, picture in pictures.items()})


def decode_pictures(part: bytes) -> dict[PictureKind, Picture]:
    return {kind: Picture(**raw) for kind, raw in json.loads(part).items()}


def encode_decisions(decisions: Decisions) -> dict[str, bytes]:
    """A part for each kind of decision."""
    return {kind: canonical_json([one._asdict() for one in made]) for kind, made in decisions._asdict().items()}


def decode_decisions(parts: Mapping[str, bytes]) -> Decisions:
    def made(kind: str) -> list[dict[str, Any]]:
        return [
            {name: tuple(value) if isinstance(value, list) else value for name, value in one.items()}
            for one in json.loads(parts[kind])
        ]

    return Decisions(
        tuple(Ruling(**one) for one in made("rulings")),
        tuple(Annulment(**one) for one in made("annulments")),
        tuple(Recognition(**one) for one in made("recognitions")),
        tuple(Confirmation(**one) for one in made("confirmations")),
        tuple(CalendarChange(**one) for one in made("calendar")),
        tuple(SwitchChange(**one) for one in made("switches")),
        tuple(Notice(**one) for one in made("notices")),
        tuple(NumberChange(**one) for one in made("numbers")),
        tuple(Correction(**one) for one in made("corrections")),
        tuple(Merger(**one) for one in made("mergers")),
        tuple(Renaming(**one) for one in made("renamings")),
    )
