"""The compiled contest: one immutable, content-addressed object, and the pointer to the one in force.

A week that has begun keeps the questions, the paper, the prediction question, the ranking and the prizes with
which it opened; a closed one also keeps its units and rosters. If these are no longer in force, the pointer
names the object that still has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

from chalicelib.documents import compiled_contest as compiled
from chalicelib.documents.canonical import canonical_json, digest
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.domain.bank import Bank, Question
from chalicelib.domain.decisions import Bars, Correction, Decisions, Switch, merged
from chalicelib.domain.definition import DATES, LOOK, Definition, Week
from chalicelib.domain.errors import Busy, Disqualified, Excluded, NotLoaded, Stopped
from chalicelib.domain.pictures import Picture, PictureKind
from chalicelib.domain.units import Unit, merged_units
from chalicelib.services.contest.checked import checked
from chalicelib.services.ports import Clock, ObjectStore

RECHECK_MS = 10_000
NO_DECISIONS = Decisions()
# What decides who may register, or how the organisers work, and no result.
_LOOK = {path.removeprefix("contest.") for path in LOOK}
_NO_RESULT: Any = {"eligibility": True, "identity": True, "desk": True, "contest": _LOOK}
_DATED: Any = {"calendar": True, "contest": _LOOK | {path.removeprefix("contest.") for path in DATES}}


@dataclass(frozen=True, slots=True)
class Reference:
    """The contest that applies in a week. ``digests``: SHA-256 of each compiled part, by name.

    ``excluded`` may not take part, ``unranked`` may, and win nothing: number (the participant id of generation
    0, never the citizen ID) → role (R3). ``rosters``: the digest under which ``compiled_rosters`` finds them.
    """

    definition: Definition
    bank: Bank
    units: tuple[Unit, ...]
    unit_codes: frozenset[str]
    excluded: Mapping[str, str]
    unranked: Mapping[str, str]
    rosters: str
    decisions: Decisions
    digests: Mapping[str, str]
    # Participant id → the corrections of this person, oldest first.
    corrections: Mapping[str, tuple[Correction, ...]] = field(default_factory=dict)
    # The organiser's.
    pictures: Mapping[PictureKind, Picture] = field(default_factory=dict)

    def held(self, participant_id: str, unit: str, category: str, week: int) -> tuple[str, str]:
        """Unit and category in the person's entry of ``week``; ``unit`` and ``category`` were registered.

        They stay the same from the week's opening on, whatever is decided later.
        """
        unit, category = self._corrected(participant_id, unit, category, week)
        if self.decisions.mergers:
            unit = merged(self.decisions.mergers, week, held=True).get(unit, unit)
        return unit, category

    def shown(self, participant_id: str, unit: str, category: str, now: int) -> tuple[str, str]:
        """Unit and category on the person's page: as corrected last, merged as in the week in view."""
        unit, category = self._corrected(participant_id, unit, category)
        week = self.definition.week_in_view(now).number
        return self.decisions.merged_in(week).get(unit, unit), category

    def _corrected(
        self, participant_id: str, unit: str, category: str, held_in: int | None = None
    ) -> tuple[str, str]:
        for one in self.corrections.get(participant_id, ()):
            if held_in is not None and one.held_from > held_in:
                continue
            if one.field == "unit":
                unit = one.value
            else:
                category = one.value
        return unit, category

    def definition_of(self, week: Week) -> str:
        """The digest of the definition as far as the close of ``week`` depends on it: without other dates."""
        told = self.definition.model_dump(mode="json", exclude=_NO_RESULT | _DATED)
        return digest(canonical_json([told, *week, self.definition.title_of(week.number)]))

    def definition_of_the_final(self) -> str:
        """The digest of the definition as far as the final depends on it."""
        return digest(canonical_json(self.definition.model_dump(mode="json", exclude=_NO_RESULT)))

    def check_on(self, switch: Switch) -> None:
        """Raises ``Stopped`` if the organisers have switched it off."""
        if not self.decisions.is_on(switch):
            raise Stopped(self.decisions.notice)

    def check_admitted(self, number: str, participant_id: str) -> None:
        """``number``: the id of generation 0. Raises ``Excluded`` or ``Disqualified``."""
        if number in self.excluded:
            raise Excluded
        if participant_id in self.decisions.annulled_for_good:
            raise Disqualified

    def roles(self, week: int) -> dict[str, str]:
        """Participant id in force → the role that bars the person from the ranking of ``week`` (R3)."""
        in_force = self.decisions.in_force(week)
        return {in_force.get(one, one): role for one, role in {**self.unranked, **self.excluded}.items()}

    def bars(self, week: int) -> Bars:
        """Whom the ranking of ``week`` leaves out; of two bars on one person the stricter holds."""
        annulled = self.decisions.annulled_in(week)
        not_counted = frozenset(one for one, bar in annulled.items() if bar.effect == "not_counted")
        return Bars(frozenset([*self.roles(week), *annulled]) - not_counted, not_counted)


@dataclass(frozen=True, slots=True)
class Current(Reference):
    """The contest in force: the rules of the weeks to come, and the newest state of everything else.

    ``earlier``: begun week → the contest in force when it opened, if its questions or rules differ;
    ``counted``: closed week → the contest in force when it closed, if its units or rosters differ;
    ``listed``: digest of the index of its rosters. ``rules``, ``salts``, ``ended``: as in ``ContestInForce``.
    """

    earlier: Mapping[int, Callable[[], Reference]] = field(default_factory=dict)
    counted: Mapping[int, Callable[[], Reference]] = field(default_factory=dict)
    listed: str = ""
    rules: str = ""
    salts: Mapping[str, str] = field(default_factory=dict)
    ended: str = ""
    _weeks: dict[int, Reference] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of_week(self, number: int) -> Reference:
        """The contest that applies in week ``number``. Raises ``Busy``."""
        known = self._weeks.get(number)
        if known is not None:
            return known
        rules, units = self.earlier.get(number), self.counted.get(number)
        became = self.decisions.merged_in(number)
        if not (rules or units or became):
            return self
        reference = _under(self, rules()) if rules else self
        reference = _changed(reference, _units_of(reference, units())) if units else reference
        reference = _changed(reference, _merged(reference, became)) if became else reference
        self._weeks[number] = reference
        return reference

    @property
    def at_the_end(self) -> Current:
        """With the units and rosters of the last week, which the final is counted by."""
        last = self.definition.weeks[-1].number
        kept, became = self.counted.get(last), self.decisions.merged_in(last)
        current = self if kept is None else replace(self, **_units_of(self, kept()))
        return replace(current, **_merged(current, became)) if became else current

    @property
    def paper_sizes(self) -> list[int]:
        """The number of questions in a paper, week by week. Raises ``Busy``."""
        return [self.of_week(week.number).definition.paper.questions for week in self.definition.weeks]


def _under(now: Reference, then: Reference) -> Reference:
    """``now`` with the questions and rules of ``then``."""
    definition = now.definition.under_rules_of(then.definition)
    changed = {
        "definition": definition,
        "bank": then.bank,
        "digests": {
            **now.digests,
            "definition": digest(compiled.encode_definition(definition)),
            "bank": then.digests["bank"],
        },
    }
    return _changed(now, changed)


def _changed(now: Reference, changed: dict[str, Any]) -> Reference:
    """``now``, which may be the contest in force, as that of a week, with some fields ``changed``."""
    return Reference(**{each.name: getattr(now, each.name) for each in fields(Reference)} | changed)


def _units_of(now: Reference, then: Reference) -> dict[str, Any]:
    """The fields of ``now`` that change where the units and rosters of ``then`` hold."""
    kept = {name: then.digests[name] for name in ("units", "rosters")}
    return {
        "units": then.units,
        "unit_codes": then.unit_codes,
        "rosters": then.rosters,
        "digests": {**now.digests, **kept},
    }


def _merged(reference: Reference, became: Mapping[str, str]) -> dict[str, Any]:
    """The fields of ``reference`` that change where units are merged."""
    units = tuple(merged_units(reference.units, became))
    return {"units": units, "digests": {**reference.digests, "units": digest(compiled.encode_units(units))}}


def same_units(one: Reference, other: Reference) -> bool:
    """Whether both have the same units and rosters."""
    return all(one.digests[name] == other.digests[name] for name in ("units", "rosters"))


def same_rules(one: Reference, other: Reference) -> bool:
    """Whether both give a week the same questions, paper, prediction question, ranking and prizes."""
    same = one.definition.under_rules_of(other.definition) is one.definition
    return same and one.bank.digest == other.bank.digest


def compile_parts(
    definition: Definition,
    questions: Iterable[Question],
    units: Iterable[Unit],
    excluded: Mapping[str, str],
    unranked: Mapping[str, str],
    rosters: str = "",
    decisions: Decisions = NO_DECISIONS,
    pictures: Mapping[PictureKind, Picture] = MappingProxyType({}),
) -> dict[str, bytes]:
    """The parts that make up a contest, by name; but for ``pictures``, their digests go into the manifests."""
    return {
        "definition": compiled.encode_definition(definition),
        "bank": compiled.encode_bank(questions),
        "units": compiled.encode_units(units),
        "barred": compiled.encode_barred(compiled.Barred(excluded, unranked)),
        "rosters": compiled.encode_rosters(rosters),
        **compiled.encode_decisions(decisions),
        **({compiled.PICTURES: compiled.encode_pictures(pictures)} if pictures else {}),
    }


def assemble(parts: Mapping[str, bytes]) -> Current:
    """The inverse of ``compile_parts``."""
    digests = {name: digest(data) for name, data in parts.items() if name != compiled.PICTURES}
    units, barred = compiled.decode_units(parts["units"]), compiled.decode_barred(parts["barred"])
    decisions = compiled.decode_decisions(parts)
    corrections: dict[str, tuple[Correction, ...]] = {}
    for one in decisions.corrections:
        for person in one.people:
            corrections[person] = (*corrections.get(person, ()), one)
    return Current(
        definition=compiled.decode_definition(parts["definition"]),
        bank=Bank(digests["bank"], compiled.decode_bank(parts["bank"])),
        units=units,
        unit_codes=frozenset(unit.code for unit in units),
        excluded=barred.out,
        unranked=barred.no_prize,
        rosters=compiled.decode_rosters(parts["rosters"]),
        decisions=decisions,
        digests=digests,
        corrections=corrections,
        pictures=compiled.decode_pictures(parts.get(compiled.PICTURES, b"{}")),
    )


def source_key(source: str) -> str:
    """The contest's files as they were read, packed, by their digest."""
    return f"reference/source/{source}"


def fetch(desk: ObjectStore, compiled_digest: str) -> Current:
    """Fetches a compiled contest. Raises ``Altered``."""
    return assemble(compiled.decode(checked(desk, compiled.key(compiled_digest), compiled_digest)))


def in_force(told: ContestInForce, fetch_compiled: Callable[[str], Current]) -> Current:
    """The contest that the pointer names; the contests of earlier weeks are fetched on demand."""
    current = replace(
        fetch_compiled(told.reference),
        listed=told.listed,
        rules=told.rules,
        salts=told.salts,
        ended=told.ended,
    )
    return keeping(current, told.papers, told.units, fetch_compiled)


def keeping(
    current: Current,
    papers: Mapping[str, str],
    units: Mapping[str, str],
    fetch_compiled: Callable[[str], Current],
) -> Current:
    """``current`` with what its weeks keep, as the pointer names it (``ContestInForce``)."""
    earlier, counted = (
        {int(week): partial(fetch_compiled, kept) for week, kept in told.items()} for told in (papers, units)
    )
    return replace(current, earlier=earlier, counted=counted)


def load(desk: ObjectStore, told: ContestInForce) -> Current:
    """The contest that the pointer names. Raises ``Altered``."""
    return in_force(told, partial(fetch, desk))


class Library:
    """Loads the contest once per environment and checks for a newer one at most every ten seconds.

    ``recheck``: another number of milliseconds.
    """

    def __init__(self, desk: ObjectStore, clock: Clock, recheck: int = RECHECK_MS) -> None:
        self._desk, self._clock, self._recheck = desk, clock, recheck
        # An earlier week often keeps the contest that was in force.
        self._fetch = lru_cache(maxsize=4)(partial(fetch, desk))
        self._pointer: bytes | None = None
        self._reference: Current | None = None
        self._checked_at = 0

    def current(self) -> Current:
        """Raises ``NotLoaded`` before the first contest, ``Busy`` if none can be loaded.

        The loaded one stays in force while a newer one cannot be read, or is not what the pointer names.
        """
        now = self._clock()
        if self._reference is not None and now - self._checked_at < self._recheck:
            return self._reference
        try:
            pointer = self._desk.get(CURRENT)
            if pointer is None:
                raise NotLoaded
            if pointer != self._pointer:
                self._reference = in_force(ContestInForce.decode(pointer), self._fetch)
                self._pointer = pointer
        except Busy:
            if self._reference is None:
                raise
        self._checked_at = now
        assert self._reference is not None  # noqa: S101  a pointer was read and loaded, now or earlier
        return self._reference
