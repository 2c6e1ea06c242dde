"""The compiled contest: one immutable, content-addressed object, and the pointer to the one in force."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from chalicelib.domain.bank import Bank, Question
from chalicelib.domain.definition import Definition
from chalicelib.domain.errors import Busy, NotLoaded
from chalicelib.domain.units import Unit
from chalicelib.services.ports import Clock, ObjectStore

CURRENT = "reference/current.json"
RECHECK_MS = 60_000


@dataclass(frozen=True, slots=True)
class Reference:
    """A contest as the functions use it. ``digests``: SHA-256 of each compiled part, by its name.

    ``excluded`` and ``disqualified``: participant id (never citizen ID) → why, in the organisers' words;
    ``barred`` is both together (R3).
    """

    definition: Definition
    bank: Bank
    units: tuple[Unit, ...]
    unit_codes: frozenset[str]
    excluded: Mapping[str, str]
    disqualified: Mapping[str, str]
    barred: frozenset[str]
    digests: Mapping[str, str]


def canonical_json(value: Any) -> bytes:
    """The same value gives the same bytes: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def compile_parts(
    definition: Definition,
    questions: Iterable[Question],
    units: Iterable[Unit],
    excluded: Mapping[str, str],
    disqualified: Mapping[str, str],
) -> dict[str, bytes]:
    """The parts that make up a contest, by name; the digest of each goes into the manifests."""
    bank = sorted((question._asdict() for question in questions), key=lambda question: str(question["id"]))
    return {
        "definition": canonical_json(definition.model_dump(mode="json")),
        "bank": canonical_json(bank),
        "units": canonical_json([unit._asdict() for unit in units]),
        "barred": canonical_json({"excluded": dict(excluded), "disqualified": dict(disqualified)}),
    }


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def bundle(parts: Mapping[str, bytes]) -> bytes:
    """All parts as one object, so that a cold start fetches one: part name → the part's own text."""
    return canonical_json({name: data.decode() for name, data in parts.items()})


def bundle_key(bundle_digest: str) -> str:
    return f"reference/contest/{bundle_digest}.json"


def assemble(parts: Mapping[str, bytes]) -> Reference:
    """The opposite of ``compile_parts``."""
    digests = {name: digest(data) for name, data in parts.items()}
    questions = tuple(
        Question(**{**raw, "options": tuple(raw["options"])}) for raw in json.loads(parts["bank"])
    )
    units = tuple(Unit(**raw) for raw in json.loads(parts["units"]))
    barred = json.loads(parts["barred"])
    return Reference(
        definition=Definition.model_validate_json(parts["definition"]),
        bank=Bank(digests["bank"], questions),
        units=units,
        unit_codes=frozenset(unit.code for unit in units),
        excluded=barred["excluded"],
        disqualified=barred["disqualified"],
        barred=frozenset([*barred["excluded"], *barred["disqualified"]]),
        digests=digests,
    )


def load(desk: ObjectStore, pointer: bytes) -> Reference:
    """The contest that ``reference/current.json`` points at. Raises ``NotLoaded``."""
    key = bundle_key(json.loads(pointer)["reference"])
    data = desk.get(key)
    if data is None or bundle_key(digest(data)) != key:
        raise NotLoaded(key)
    return assemble({name: text.encode() for name, text in json.loads(data).items()})


class Library:
    """Loads the contest once per environment and looks for a newer one at most once a minute."""

    def __init__(self, desk: ObjectStore, clock: Clock) -> None:
        self._desk, self._clock = desk, clock
        self._pointer: bytes | None = None
        self._reference: Reference | None = None
        self._checked_at = 0

    def current(self) -> Reference:
        """Raises ``NotLoaded`` before the first contest; goes on with what it has if S3 fails."""
        now = self._clock()
        if self._reference is not None and now - self._checked_at < RECHECK_MS:
            return self._reference
        try:
            pointer = self._desk.get(CURRENT)
            if pointer is None:
                raise NotLoaded
            if pointer != self._pointer:
                self._reference, self._pointer = load(self._desk, pointer), pointer
        except Busy:
            if self._reference is None:
                raise
        self._checked_at = now
        assert self._reference is not None  # noqa: S101  a pointer was read and loaded, now or earlier
        return self._reference
