"""What the organisers have decided since the contest opened: rulings, annulments, corrections, recognitions, …

Decisions are only added: a later one on the same matter replaces an earlier one, and nothing is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeVar

# What can be stopped while papers that are open go on: new papers, registration, sign-in.
Switch = Literal["starts", "registration", "sign_in"]
SWITCHES: tuple[Switch, ...] = ("starts", "registration", "sign_in")
Effect = Literal["no_prize", "not_counted", "none"]
# What a confirmed change was about; ``changes.csv`` gives it as the cause.
Cause = Literal["rule", "ruling", "correction", "annulment", "exclusion", "headcount", "calendar"]


class Ruling(NamedTuple):
    """The keys that count for a question in ``weeks``, each a set of options as bits.

    Without any, everybody who had the question has the point. ``at``: when it was taken over, RFC 3339.
    """

    question: str
    weeks: tuple[int, ...]
    answers: tuple[int, ...]
    reason: str
    at: str

    @property
    def kind(self) -> Literal["key", "all_right"]:
        return "key" if self.answers else "all_right"


class Annulment(NamedTuple):
    """``no_prize``: not ranked; ``not_counted``: as if the person had not taken part. No ``weeks``: in all.

    ``none`` lifts what was decided before for these weeks.
    """

    participant_id: str
    weeks: tuple[int, ...]
    effect: Effect
    decided_on: str
    reason: str


# What of a person a decision corrects; everything else is personal, and stands with the person alone.
CorrectedField = Literal["unit", "category"]


class Correction(NamedTuple):
    """People who count in another unit (``value``: its code, empty for none) or category from ``from_week`` on.

    ``held_from``: the first week whose entries hold it. A week that had begun keeps there what was said before:
    its papers were drawn and its leaves made by that.
    """

    people: tuple[str, ...]
    field: CorrectedField
    value: str
    from_week: int
    held_from: int
    reason: str
    at: str


class Merger(NamedTuple):
    """From ``from_week`` on, everybody of ``unit`` counts in the unit ``into``; ``held_from``: see above.

    A later one replaces it, and lifts it if ``into`` is the unit itself.
    """

    unit: str
    into: str
    from_week: int
    held_from: int
    reason: str
    at: str


class Renaming(NamedTuple):
    """The name that ``what`` has published of a person was corrected; the name itself is personal."""

    participant_id: str
    what: tuple[str, ...]
    reason: str
    at: str


class Corrected(NamedTuple):
    """What counts of a person by correction; None where nothing was corrected."""

    unit: str | None = None
    category: str | None = None


class Recognition(NamedTuple):
    """The decision (its number and day) that recognises the result of ``what``, or its withdrawal."""

    what: str
    decision: str
    decided_on: str
    withdrawn: bool
    reason: str


class Confirmation(NamedTuple):
    """A change of published results, carried out under ``code``; ``what``: the closes it has changed."""

    code: str
    reason: str
    at: str
    cause: Cause
    what: tuple[str, ...]


class CalendarChange(NamedTuple):
    """A change of one week's dates; what is None stays as it was. Moments and ``at`` are RFC 3339."""

    week: int
    opens: str | None
    closes: str | None
    title: str | None
    cancelled: bool | None
    reason: str
    at: str


class SwitchChange(NamedTuple):
    """From ``at`` on, ``switch`` is on, or off for ``reason``."""

    switch: Switch
    on: bool
    reason: str
    at: str


class Notice(NamedTuple):
    """The banner on the page since ``at``; an empty ``text`` removes it."""

    text: str
    at: str


class NumberChange(NamedTuple):
    """From ``from_week`` on a citizen ID is that of ``participant_id``.

    ``number`` is the participant id of generation 0, which stands for the citizen ID. Before that week, rosters
    and exclusions by citizen ID mean whom they meant before.
    """

    number: str
    participant_id: str
    from_week: int
    reason: str
    at: str


class Bars(NamedTuple):
    """Whom a week's ranking leaves out, by participant id (R3).

    Those of ``no_prize`` are not ranked; what they did stays a fact of the week. Those of ``not_counted`` are
    in no figure.
    """

    no_prize: frozenset[str] = frozenset()
    not_counted: frozenset[str] = frozenset()


Change = TypeVar("Change", bound=tuple[object, ...])


def _added(before: tuple[Change, ...], more: tuple[Change, ...]) -> tuple[Change, ...]:
    """With ``more``, unless the last ones say just that."""
    last = before[len(before) - len(more) :]
    return before if [one[:-1] for one in last] == [one[:-1] for one in more] else (*before, *more)


def merged_into(mergers: Sequence[Merger], week: int, *, held: bool = False) -> Mapping[str, str]:
    """By code of each unit that a merger in force names: the unit that this merger names for it."""
    return {one.unit: one.into for one in mergers if (one.held_from if held else one.from_week) <= week}


def merged(mergers: Sequence[Merger], week: int, *, held: bool = False) -> Mapping[str, str]:
    """By code of each unit that is merged in ``week``: the unit that it has become, after all mergers."""
    directly, became = merged_into(mergers, week, held=held), dict[str, str]()
    for unit in directly:
        into, on_the_way = unit, set[str]()
        while into in directly and into not in on_the_way:
            on_the_way.add(into)
            into = directly[into]
        if into != unit:
            became[unit] = into
    return became


class Decisions(NamedTuple):
    """All decisions, oldest first."""

    rulings: tuple[Ruling, ...] = ()
    annulments: tuple[Annulment, ...] = ()
    recognitions: tuple[Recognition, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    calendar: tuple[CalendarChange, ...] = ()
    switches: tuple[SwitchChange, ...] = ()
    notices: tuple[Notice, ...] = ()
    numbers: tuple[NumberChange, ...] = ()
    corrections: tuple[Correction, ...] = ()
    mergers: tuple[Merger, ...] = ()
    renamings: tuple[Renaming, ...] = ()

    def rulings_in(self, week: int) -> dict[str, Ruling]:
        """The ruling in force on each question that has one, by the question's id."""
        return {ruling.question: ruling for ruling in self.rulings if week in ruling.weeks}

    def annulled_in(self, week: int) -> dict[str, Annulment]:
        """The strictest annulment of each person who has one, by participant id."""
        strictest: dict[str, Annulment] = {}
        for one in self.annulments:
            if one.weeks and week not in one.weeks:
                continue
            before = strictest.get(one.participant_id)
            if one.effect == "none":
                strictest.pop(one.participant_id, None)
            elif before is None or before.effect == "no_prize":
                strictest[one.participant_id] = one
        return strictest

    def lifted_in(self, week: int) -> frozenset[str]:
        """People about whom ``none`` was decided last."""
        last = {one.participant_id: one.effect for one in self.annulments if not one.weeks or week in one.weeks}
        return frozenset(person for person, effect in last.items() if effect == "none")

    def corrected_in(self, week: int) -> dict[str, Corrected]:
        """What counts in the week of each person who was corrected, by participant id."""
        people: dict[str, Corrected] = {}
        for one in self.corrections:
            if one.from_week <= week:
                said = {one.field: one.value}
                for person in one.people:
                    people[person] = people.get(person, Corrected())._replace(**said)
        return people

    def merged_in(self, week: int) -> Mapping[str, str]:
        """The unit that each merged unit has become by that week, by code."""
        return merged(self.mergers, week)

    def renamed_in(self, what: str) -> tuple[str, ...]:
        """The people whose name in ``week-<k>`` or ``final`` was corrected, in order, each time once more."""
        return tuple(one.participant_id for one in self.renamings if what in one.what)

    @property
    def annulled_for_good(self) -> frozenset[str]:
        """Who is annulled in all weeks, those to come included."""
        return frozenset(self.annulled_in(0))

    def in_force(self, week: int | None = None) -> dict[str, str]:
        """The participant id that a number stands for in ``week``, by default now, if it is not the number."""
        return {one.number: one.participant_id for one in self.numbers if week is None or one.from_week <= week}

    def recognition(self, what: str) -> Recognition | None:
        """The recognition in force of ``week-<k>`` or ``final``."""
        last = next((one for one in reversed(self.recognitions) if one.what == what), None)
        return None if last is None or last.withdrawn else last

    def is_on(self, switch: Switch) -> bool:
        return next((one.on for one in reversed(self.switches) if one.switch == switch), True)

    @property
    def stopped(self) -> tuple[Switch, ...]:
        """The switches that are off."""
        return tuple(switch for switch in SWITCHES if not self.is_on(switch))

    @property
    def notice(self) -> str:
        """The text of the banner in force, empty if there is none."""
        return self.notices[-1].text if self.notices else ""

    def plus(self, more: Decisions) -> Decisions:
        """With ``more``, except what is in force already: a file that arrives twice changes nothing."""
        rulings = [
            one
            for one in more.rulings
            if any(self._ruled(week, one.question) != one[2:4] for week in one.weeks)
        ]
        return Decisions(
            (*self.rulings, *rulings),
            (*self.annulments, *(one for one in more.annulments if not self._holds(one))),
            (*self.recognitions, *more.recognitions),
            (*self.confirmations, *more.confirmations),
            _added(self.calendar, more.calendar),
            _added(self.switches, more.switches),
            _added(self.notices, more.notices),
            (*self.numbers, *(one for one in more.numbers if not self._stands(one))),
            (*self.corrections, *self._new_corrections(more.corrections)),
            (*self.mergers, *(one for one in more.mergers if not self._merged(one))),
            (*self.renamings, *more.renamings),
        )

    def _new_corrections(self, more: Iterable[Correction]) -> list[Correction]:
        """``more`` for those people for whom it says something new."""
        last = {(person, one.field): one for one in self.corrections for person in one.people}
        new = []
        for one in more:
            before = {person: last.get((person, one.field)) for person in one.people}
            people = [
                person
                for person, said in before.items()
                if said is None or said.value != one.value or said.from_week > one.from_week
            ]
            if people:
                new.append(one._replace(people=tuple(people)))
        return new

    def _merged(self, merger: Merger) -> bool:
        last = next((one for one in reversed(self.mergers) if one.unit == merger.unit), None)
        return last is not None and last.into == merger.into and last.from_week <= merger.from_week

    def _ruled(self, week: int, question: str) -> tuple[tuple[int, ...], str] | None:
        ruling = self.rulings_in(week).get(question)
        return ruling and (ruling.answers, ruling.reason)

    def _stands(self, change: NumberChange) -> bool:
        """Whether the last on this number says so already."""
        last = next((one for one in reversed(self.numbers) if one.number == change.number), None)
        return last is not None and last[:3] == change[:3]

    def _holds(self, annulment: Annulment) -> bool:
        """Whether it is the last on this person and these weeks."""
        matter = [
            one
            for one in self.annulments
            if one.participant_id == annulment.participant_id
            and (not one.weeks or not annulment.weeks or set(one.weeks) & set(annulment.weeks))
        ]
        return bool(matter) and matter[-1] == annulment

    def confirmed(self, what: str) -> tuple[Confirmation, ...]:
        return tuple(one for one in self.confirmations if what in one.what)
