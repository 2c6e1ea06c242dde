"""A citizen ID typed wrong: the person keeps id, password and attempts, and gets the right number.

The right number's row names the person's id; the wrong one is free for its true owner, under an id of the next
generation. Between the two writes both numbers lead to the person, so a run that died can be repeated.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from chalicelib.domain.decisions import Decisions, NumberChange
from chalicelib.domain.errors import Busy
from chalicelib.domain.identity import participant_id
from chalicelib.readers.correction_files import CorrectionRow
from chalicelib.readers.tables import Fault
from chalicelib.services.contest.reference import Current
from chalicelib.services.ports import Participant, ParticipantStore


class Renumbering(NamedTuple):
    """``wrong`` and ``right`` are numbers; ``wrong`` is that of ``after`` from then on, of ``generation``."""

    person: Participant
    wrong: str
    right: str
    after: str
    generation: int
    reason: str


def plan_renumbering(
    row: CorrectionRow, person: Participant, people: ParticipantStore, pepper: bytes, faults: list[Fault]
) -> Renumbering | None:
    """What a row that corrects a citizen ID asks for; None if it is carried out already."""
    wrong, right = (participant_id(pepper, one) for one in (row.citizen_id, row.value))
    holder, held = people.holder(right), people.holder(wrong)
    if wrong == right or held is None or held.participant_id != person.participant_id:
        return None
    if person.verified_at and person.citizen_id == row.citizen_id:
        message = (
            "người này đã chứng minh số này là của mình qua nhà cung cấp định danh nên số không phải do gõ "
            "nhầm: hãy bỏ dòng này"
        )
        faults.append(row.row.fault("value", message))
        return None
    if holder and holder.taken and holder.participant_id != person.participant_id:
        message = (
            "số này đã có người khác đăng ký: nếu đúng là số của người đang sửa, trước hết hãy gửi tệp "
            "releases để lấy lại số (bài người kia làm bằng số này không được tính), rồi gửi lại tệp này"
        )
        faults.append(row.row.fault("value", message))
        return None
    after = participant_id(pepper, row.citizen_id, held.generation + 1)
    return Renumbering(person, wrong, right, after, held.generation + 1, row.reason)


def carried_out(
    row: CorrectionRow, contest: Current, people: ParticipantStore, pepper: bytes
) -> Participant | None:
    """Whom the row has given the right number already, if it is sent again; else None."""
    last = {change.number: change for change in contest.decisions.numbers}
    wrong, right = (last.get(participant_id(pepper, one)) for one in (row.citizen_id, row.value))
    if wrong is None or right is None or (wrong.at, wrong.reason) != (right.at, row.reason):
        return None
    return people.get(right.participant_id)


def decided(
    renumberings: Iterable[Renumbering], contest: Current, published: Collection[int], at: str
) -> Decisions:
    """Rosters and exclusions by citizen ID follow from the first week on that has no published results."""
    coming = [week.number for week in contest.definition.weeks if week.number not in published]
    first = min(coming, default=contest.definition.contest.weeks + 1)
    return Decisions(
        numbers=tuple(
            NumberChange(number, identity, first, one.reason, at)
            for one in renumberings
            for number, identity in ((one.right, one.person.participant_id), (one.wrong, one.after))
        )
    )


def occupy(renumberings: Iterable[Renumbering], people: ParticipantStore, now: int) -> None:
    """The right numbers lead to the people. Raises ``Busy`` if somebody has registered one meanwhile."""
    for one in renumberings:
        if not people.occupy(one.right, one.person.participant_id, one.person.kept_until, now):
            raise Busy(f"{one.right} was taken meanwhile")


def free(renumberings: Iterable[Renumbering], people: ParticipantStore) -> None:
    """The wrong numbers no longer do."""
    for one in renumberings:
        if not people.pass_on(one.wrong, one.person.participant_id, one.after, one.generation):
            raise Busy(f"{one.wrong} has passed on meanwhile")
