"""Releases: a citizen ID that a stranger has registered goes to its owner, under an id of the next generation.

What the stranger did is not counted from the first week without published results on, at once; in weeks whose
results are published it waits for a confirmation, as an annulment does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.documents.canonical import digest
from chalicelib.documents.plain_file import ReadFile
from chalicelib.domain.decisions import Annulment, Decisions, NumberChange
from chalicelib.domain.identity import participant_id
from chalicelib.domain.times import to_ms
from chalicelib.readers.contest_tables import LONGEST_REASON, File, table_file
from chalicelib.readers.decision_files import ANNULMENTS, read_releases
from chalicelib.readers.tables import Fault
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import ParticipantStore

ANNULMENTS_FILE = "annulments.csv"
WHO = ("citizen_id", "participant_id", "full_name", "phone", "unit_code", "registered_at", "reason", "note")
_RELEASED = "đã trả lại: người này không vào thi được nữa, chủ số đăng ký lại được"
_FREE = "đã trả lại từ trước, chủ số chưa đăng ký: không cần làm gì thêm"
_ANEW = "đã trả lại; người đang dùng số có số này sau khi có tệp này: nếu lại là người lạ, hãy gửi tệp mới"
_PROVEN = (
    "người đang dùng số này đã chứng minh mình là chủ số qua nhà cung cấp định danh nên số không trả cho người "
    "khác; nếu người này không được thi thì dùng tệp annulments"
)


class Release(NamedTuple):
    """``number`` passes from ``before`` to ``after``, the id of ``generation``."""

    number: str
    before: str
    after: str
    generation: int
    reason: str


class Releases(NamedTuple):
    """``lines``: what the answer says of each row, by ``WHO``."""

    made: tuple[Release, ...]
    lines: list[list[str]]


def plan_releases(
    file: File,
    contest: Current,
    people: ParticipantStore,
    pepper: bytes,
    came: datetime,
    faults: list[Fault],
) -> Releases:
    """What the file asks for. ``came``: when it first arrived; who has the number only since then is not meant.

    A number that is free already stays as it is: so a file that is taken over twice releases once.
    """
    made, lines = list[Release](), list[list[str]]()
    last = {change.number: change for change in contest.decisions.numbers}
    for row in read_releases(file, faults):
        citizen_id, reason = row["citizen_id"], row["reason"]
        number = participant_id(pepper, citizen_id)
        holder = people.holder(number)
        if holder is None:
            message = "chưa có ai đăng ký số này: chủ số đăng ký được ngay, không cần trả lại"
            faults.append(row.fault("citizen_id", message))
            continue
        person, note = holder.person, _RELEASED
        if person and person.verified_at:
            faults.append(row.fault("citizen_id", _PROVEN))
            continue
        known = [""] * 4
        if person:
            at = contest.definition.rfc3339(person.registered_at)
            known = [person.full_name, person.phone, person.unit, at]
        corrected = last.get(number)
        since = person.registered_at if person else 0
        if corrected and corrected.participant_id == holder.participant_id:
            since = max(since, to_ms(datetime.fromisoformat(corrected.at)))
        if not holder.taken:
            note = _FREE
        elif since > to_ms(came):
            note, known = _ANEW, [""] * 4
        else:
            after = participant_id(pepper, citizen_id, holder.generation + 1)
            made.append(Release(number, holder.participant_id, after, holder.generation + 1, reason))
        lines.append([citizen_id, holder.participant_id, *known, reason, note])
    return Releases(tuple(made), lines)


def decisions_of(
    releases: Iterable[Release], contest: Current, published: Collection[int], now: datetime
) -> Decisions:
    """What holds at once: from the first week on that has no published results."""
    weeks = tuple(week.number for week in contest.definition.weeks if week.number not in published)
    from_week = min(weeks, default=contest.definition.contest.weeks + 1)
    at = now.astimezone(contest.definition.zone)
    annulments, numbers = list[Annulment](), list[NumberChange]()
    for one in releases:
        if weeks:
            named, day = weeks if published else (), at.date().isoformat()
            annulments.append(Annulment(one.before, named, "not_counted", day, why_not_counted(one)))
        moment = at.isoformat(timespec="seconds")
        numbers.append(NumberChange(one.number, one.after, from_week, one.reason, moment))
    return Decisions(annulments=tuple(annulments), numbers=tuple(numbers))


def why_not_counted(release: Release) -> str:
    return f"trả lại số căn cước cho chủ: {release.reason}"[:LONGEST_REASON]


def annulments_file(releases: Sequence[Release], weeks: Collection[int], now: datetime) -> ReadFile:
    """``annulments.csv`` for the weeks whose results are published, which a confirmation carries out."""
    named = ";".join(map(str, sorted(weeks)))
    rows = (("", one.before, named, "not_counted", f"{now:%Y-%m-%d}", why_not_counted(one)) for one in releases)
    file = table_file(ANNULMENTS, rows)
    return ReadFile(sha256=digest(msgspec.json.encode(file)), files={ANNULMENTS_FILE: file})
