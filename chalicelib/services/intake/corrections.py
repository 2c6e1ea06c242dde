"""Corrections of registered people, and mergers of units: what a file asks for, and whether it may.

Name, date of birth, gender and phone are changed in the person's row, at once. Unit and category are decisions
that hold from a week on: an entry keeps what was said when its week began, and a close counts by the decision.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple, cast

from chalicelib.domain.decisions import CorrectedField, Correction, Decisions, Merger, Renaming, merged_into
from chalicelib.domain.errors import Busy
from chalicelib.domain.person import CorrectedLine
from chalicelib.domain.times import to_ms
from chalicelib.domain.units import Unit, merged_units
from chalicelib.readers.contest_tables import File
from chalicelib.readers.correction_files import (
    BY_WEEK,
    CorrectionRow,
    read_corrections,
    read_mergers,
)
from chalicelib.readers.decision_files import InForce
from chalicelib.readers.tables import Fault, Row
from chalicelib.services.contest.reference import Current
from chalicelib.services.contest.under_way import begun
from chalicelib.services.intake.renumbering import (
    Renumbering,
    carried_out,
    decided,
    occupy,
    plan_renumbering,
)
from chalicelib.services.people.registration import Application, check
from chalicelib.services.ports import Participant, ParticipantStore

UNCHANGED = "đã như vậy từ trước"
_PERSONAL = ("citizen_id", "full_name", "date_of_birth", "gender", "phone")
# The names of the registration's fields that a file of corrections calls otherwise.
_ASKED = {"unit": "unit_code"}
# What has to agree with a field: its fault may come from there.
_TOGETHER = {
    "citizen_id": ("date_of_birth", "gender"),
    "unit_code": ("category",),
    "category": ("unit_code",),
}
LOG = ("citizen_id", "participant_id", "field", "before", "after", "from_week", "result", "reason", "at", "by")


class Corrections(NamedTuple):
    """What a file asks for: new decisions, new numbers, and the lines to write into people's rows.

    ``log``: a line for each row of the file, as the organisers read it (``LOG``).
    """

    decisions: Decisions
    renumberings: Sequence[Renumbering] = ()
    people: Sequence[tuple[Participant, Sequence[CorrectedLine]]] = ()
    log: Sequence[Sequence[str]] = ()

    def carry_out(self, store: ParticipantStore, now: int) -> None:
        """Writes people's rows. Raises ``Busy`` if somebody else has corrected one meanwhile."""
        occupy(self.renumberings, store, now)
        for person, lines in self.people:
            if not store.correct(person, lines):
                raise Busy(person.participant_id)


class _Weeks(NamedTuple):
    """``now_on``: the open week, else the next; ``coming``: the first that has not begun; None without any."""

    now_on: int | None
    coming: int | None
    last: int

    def held_from(self, from_week: int) -> int:
        return max(from_week, self.last + 1 if self.coming is None else self.coming)


def _weeks(contest: Current, now: int) -> _Weeks:
    weeks = contest.definition.weeks
    opened = {week.number for week in begun(contest.definition, now)}
    return _Weeks(
        now_on=next((week.number for week in weeks if now < week.closes), None),
        coming=next((week.number for week in weeks if week.number not in opened), None),
        last=weeks[-1].number,
    )


class _Asked(NamedTuple):
    """A row about a registered person: the value before, and for unit and category the first week."""

    row: CorrectionRow
    person: Participant
    before: str
    from_week: int | None


def plan_corrections(
    table: File,
    contest: Current,
    store: ParticipantStore,
    ids: InForce,
    published: Mapping[str, tuple[int, Collection[str]]],
    with_results: Callable[[], Collection[int]],
    now: datetime,
    by: str,
    pepper: bytes,
    faults: list[Fault],
) -> Corrections:
    """``ids``: citizen IDs → participant ids in force; ``published``: what → since when, and its winners;
    ``with_results``: the weeks whose results are published, without those that are opened again.

    Every row is checked by the rules of registration, with the person's other rows in force.
    """
    at = now.astimezone(contest.definition.zone).isoformat(timespec="seconds")
    asked = _asked(table, contest, store, ids, now, pepper, faults)
    renumberings = _renumberings(asked, store, pepper, faults)
    grouped: dict[tuple[str, str, int, str], list[str]] = {}
    people: dict[str, tuple[Participant, list[CorrectedLine]]] = {}
    renamings: list[Renaming] = []
    for row, person, before, from_week in asked:
        identity = person.participant_id
        if from_week is not None:
            grouped.setdefault((row.field, row.value, from_week, row.reason), []).append(identity)
        elif before != row.value:
            line = CorrectedLine(at, by, row.field, before, row.value, row.reason)
            people.setdefault(identity, (person, []))[1].append(line)
        if row.field == "full_name":
            what = _outdated(row, person, published)
            faults += _recognised(row, what, contest)
            renamings += [Renaming(identity, what, row.reason, at)] if what else []
    held = _weeks(contest, to_ms(now)).held_from
    corrections = tuple(
        Correction(tuple(who), cast(CorrectedField, name), value, first, held(first), reason, at)
        for (name, value, first, reason), who in grouped.items()
    )
    numbers = decided(renumberings, contest, with_results(), at).numbers if renumberings else ()
    decisions = Decisions(corrections=corrections, renamings=tuple(renamings), numbers=numbers)
    log = [[*_logged(one, contest), at, by] for one in asked]
    return Corrections(decisions, renumberings, [*people.values()], log)


def _renumberings(
    asked: Iterable[_Asked], store: ParticipantStore, pepper: bytes, faults: list[Fault]
) -> list[Renumbering]:
    made = list[Renumbering]()
    first: dict[str, int] = {}
    for one in asked:
        if one.row.field != "citizen_id":
            continue
        line = first.setdefault(one.row.value, one.row.row.line)
        if line != one.row.row.line:
            message = f"dòng {line} đã sửa một người khác thành số này: mỗi số chỉ của một người"
            faults.append(one.row.row.fault("value", message))
        planned = plan_renumbering(one.row, one.person, store, pepper, faults)
        made += [planned] if planned else []
    return made


def _asked(
    table: File,
    contest: Current,
    store: ParticipantStore,
    ids: InForce,
    now: datetime,
    pepper: bytes,
    faults: list[Fault],
) -> list[_Asked]:
    weeks, today = _weeks(contest, to_ms(now)), now.astimezone(contest.definition.zone).date()
    by_citizen: dict[str, list[CorrectionRow]] = {}
    for one in read_corrections(table, {week.number for week in contest.definition.weeks}, faults):
        by_citizen.setdefault(one.citizen_id, []).append(one._replace(value=_named(one, contest)))
    identities = ids(by_citizen)
    found, asked = store.get_many(identities.values()), list[_Asked]()
    for citizen_id, rows in by_citizen.items():
        person = found.get(identities[citizen_id])
        renumbered = next((one for one in rows if one.field == "citizen_id"), None)
        if person is None and renumbered:
            person = carried_out(renumbered, contest, store, pepper)
        if person is None:
            message = "số này chưa đăng ký dự thi, hoặc đã xóa dữ liệu: hãy kiểm tra số hoặc bỏ dòng này"
            faults += [one.row.fault("citizen_id", message) for one in rows]
            continue
        told = _told(person, contest, to_ms(now))
        faults += _refused(told, rows, contest, today)
        for one in rows:
            first = None
            if one.field in BY_WEEK:
                usual = weeks.now_on if one.field == "unit" else weeks.coming
                first = one.from_week or _since(contest, person.participant_id, one) or usual
                if first is None:
                    message = "không còn tuần nào tới: hãy ghi tuần bắt đầu áp dụng"
                    faults.append(one.row.fault("from_week", message))
                    continue
            asked.append(_Asked(one, person, told[one.field], first))
    return asked


def _outdated(
    row: CorrectionRow, person: Participant, published: Mapping[str, tuple[int, Collection[str]]]
) -> tuple[str, ...]:
    """The results that show the person under another name than the row's."""
    # The row may hold it already, if a run died on the way: then the line is younger than the results.
    lines = [line for line in person.corrected if line.field == "full_name"]
    corrected = to_ms(datetime.fromisoformat(lines[-1].at)) + 1_000 if lines else 0
    changes = person.full_name != row.value
    return tuple(
        what
        for what, (since, winners) in published.items()
        if person.participant_id in winners and (changes or corrected >= since)
    )


def _logged(asked: _Asked, contest: Current) -> list[str]:
    row, person, before, first = asked
    same = before == row.value
    if first is not None:
        since = _since(contest, person.participant_id, row)
        same = since is not None and since <= first
    known = [row.citizen_id, person.participant_id, row.field, before, row.value, str(first or "")]
    return [*known, UNCHANGED if same else "đã sửa", row.reason]


def _told(person: Participant, contest: Current, now: int) -> dict[str, str]:
    """What the desk holds of the person, by the field of a correction."""
    unit, category = contest.shown(person.participant_id, person.unit, person.category, now)
    personal = {name: getattr(person, name) for name in _PERSONAL}
    return {**personal, "unit": unit, "category": category}


def _since(contest: Current, identity: str, row: CorrectionRow) -> int | None:
    """From which week on a decision says already what the row asks for; None if none does."""
    said = [one for one in contest.corrections.get(identity, ()) if one.field == row.field]
    return said[-1].from_week if said and said[-1].value == row.value else None


def _named(row: CorrectionRow, contest: Current) -> str:
    """The value; of a category also where the file gives its title, of a unit where its letters are small."""
    if row.field == "unit":
        return row.value.upper()
    if row.field == "category":
        titles = {one.title.casefold(): one.name for one in contest.definition.categories}
        return titles.get(row.value.casefold(), row.value)
    return row.value


def _refused(
    told: Mapping[str, str], rows: Sequence[CorrectionRow], contest: Current, today: date
) -> Iterator[Fault]:
    """The faults that registration would find, at the row they come from; not those of what stays as it was."""
    after: dict[str, str] = {**told, **{str(one.field): one.value for one in rows}}
    application = Application(
        citizen_id=after["citizen_id"],
        full_name=after["full_name"],
        date_of_birth=date.fromisoformat(after["date_of_birth"]),
        gender="male" if after["gender"] == "male" else "female",
        phone=after["phone"],
        unit_code=after["unit"] or None,
        category=after["category"],
        password="",
        consent=True,
    )
    at = {_ASKED.get(one.field, str(one.field)): one for one in rows}
    for error in check(application, contest, today):
        names = (error.field, *_TOGETHER.get(error.field, ()))
        row = next((at[name] for name in names if name in at), None)
        if row is not None:
            message = _of_the_number(row.value) if row.field == error.field == "citizen_id" else error.message
            yield row.row.fault("value", message)


def _of_the_number(citizen_id: str) -> str:
    """What has to be corrected with the number, since it says year and sex itself."""
    century, sex = divmod(int(citizen_id[3]), 2)
    return (
        f"số này là của người sinh năm {19 + century}{citizen_id[4:6]}, giới tính {('nam', 'nữ')[sex]}, khác "
        "với ngày sinh, giới tính đã khai: nếu số đúng thì thêm dòng sửa date_of_birth, gender vào cùng tệp"
    )


def _recognised(row: CorrectionRow, what: Iterable[str], contest: Current) -> Iterator[Fault]:
    for name in what:
        if contest.decisions.recognition(name):
            message = (
                f"người này có giải trong kết quả đã được công nhận ({name}): thu hồi quyết định công nhận "
                "trước (recognitions, withdraw = 1), hoặc bỏ dòng này"
            )
            yield row.row.fault("value", message)


def plan_mergers(table: File, contest: Current, now: datetime, faults: list[Fault]) -> tuple[Merger, ...]:
    """From the week that is named, or else the first that has not begun."""
    weeks = _weeks(contest, to_ms(now))
    at = now.astimezone(contest.definition.zone).isoformat(timespec="seconds")
    parents = {unit.parent for unit in contest.units}
    decided = contest.decisions
    rows = read_mergers(table, {week.number for week in contest.definition.weeks}, faults)
    asked: list[tuple[Row, Merger]] = []
    for row, unit, into, from_week, reason in rows:
        before = len(faults)
        for column, code in (("unit_code", unit), ("into", into)):
            if code not in contest.unit_codes:
                faults.append(row.fault(column, "không có mã đơn vị này trong danh sách đơn vị (units)"))
        if unit in parents:
            message = (
                "đơn vị có đơn vị trực thuộc thì không sáp nhập cả nhóm: hãy sáp nhập từng đơn vị trực thuộc"
            )
            faults.append(row.fault("unit_code", message))
        first = from_week or weeks.coming
        if first is None:
            message = "không còn tuần nào chưa mở: hãy ghi tuần bắt đầu áp dụng"
            faults.append(row.fault("from_week", message))
        elif len(faults) == before:
            asked.append((row, Merger(unit, into, first, weeks.held_from(first), reason, at)))
    after = decided.plus(Decisions(mergers=tuple(one for _, one in asked)))
    for row, one in asked:
        for week in range(one.from_week, weeks.last + 1):
            became = merged_into(after.mergers, week).get(one.into, one.into)
            if one.into not in {one.unit, became}:
                faults.append(row.fault("into", f"đơn vị này cũng được sáp nhập: hãy ghi {became}"))
                break
    return tuple(one for _, one in asked)


def sizes(units: Sequence[Unit], mergers: Iterable[Merger], decisions: Decisions) -> list[str]:
    """What the answer says of each unit that has grown: its headcount from then on."""
    told = []
    for one in mergers:
        became = decisions.merged_in(one.from_week)
        by_code = {unit.code: unit for unit in merged_units(units, became)}
        grown = by_code[became.get(one.unit, one.unit)]
        told.append(
            f"{one.unit} → {grown.code} từ tuần {one.from_week}: số người {grown.headcount}, "
            f"được miễn {grown.exempt}"
        )
    return told
