"""Registered people. Personal values are sealed; the id, unit, category and hashes are not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.domain.errors import AlreadyRegistered
from chalicelib.domain.person import CorrectedLine
from chalicelib.services.people.vault import Vault
from chalicelib.services.ports import Holder, Participant
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.models import Item, Table

SEALED = ("citizen_id", "full_name", "date_of_birth", "gender", "phone")


class ParticipantItem(Item):
    """``in_force`` is the participant id that the number stands for now, where that is not ``id``.

    ``generation`` counts how often the number has passed to somebody else. ``corrected`` holds the sealed lines
    of as many ``corrections``.

    Of an erased person ``id``, times but that of registration, and what concerns the number are left.

    ``expires``, in seconds, is when DynamoDB deletes the item by itself; other times are in milliseconds.
    """

    citizen_id = BinaryAttribute(legacy_encoding=False, null=True)
    full_name = BinaryAttribute(legacy_encoding=False, null=True)
    date_of_birth = BinaryAttribute(legacy_encoding=False, null=True)
    gender = BinaryAttribute(legacy_encoding=False, null=True)
    phone = BinaryAttribute(legacy_encoding=False, null=True)
    unit = UnicodeAttribute(null=True)
    category = UnicodeAttribute(null=True)
    password_hash = UnicodeAttribute(null=True)
    registered_at = NumberAttribute(null=True)
    verified_at = NumberAttribute(null=True)
    reset_code = UnicodeAttribute(null=True)
    reset_until = NumberAttribute(null=True)
    erased_at = NumberAttribute(null=True)
    in_force = UnicodeAttribute(null=True)
    generation = NumberAttribute(null=True)
    reset_at = NumberAttribute(null=True)
    signed_out_at = NumberAttribute(null=True)
    corrected = BinaryAttribute(legacy_encoding=False, null=True)
    corrections = NumberAttribute(null=True)
    expires = NumberAttribute(null=True)


# ``verified_at`` says nothing of who it was, and results may follow from it.
_KEPT = {"id", "erased_at", "expires", "verified_at", "in_force", "generation"}


class Participants:
    """``ParticipantStore`` on DynamoDB."""

    def __init__(self, client: Dynamo, table: str, vault: Vault) -> None:
        self._table = Table(ParticipantItem, table, client)
        self._vault = vault

    def add(self, participant: Participant) -> None:
        identity = participant.participant_id
        item = ParticipantItem(
            identity,
            unit=participant.unit,
            category=participant.category,
            password_hash=participant.password_hash,
            registered_at=participant.registered_at,
            verified_at=participant.verified_at or None,
            expires=participant.kept_until // 1000 or None,
        )
        for field in SEALED:
            setattr(item, field, self._vault.seal(getattr(participant, field), identity, field))
        if not self._table.put(item, ParticipantItem.id.does_not_exist()):
            raise AlreadyRegistered

    def prove(self, participant: Participant) -> None:
        identity = participant.participant_id
        actions: list[Action] = [
            getattr(ParticipantItem, field).set(self._vault.seal(getattr(participant, field), identity, field))
            for field in SEALED
        ]
        actions.append(ParticipantItem.verified_at.set(participant.verified_at))
        unproven = ParticipantItem.password_hash.exists() & ParticipantItem.verified_at.does_not_exist()
        self._table.update(identity, actions, unproven)

    def get(self, participant_id: str) -> Participant | None:
        return self.get_many([participant_id]).get(participant_id)

    def get_many(self, participant_ids: Iterable[str]) -> dict[str, Participant]:
        """Raises ``Unreadable``."""
        found = self._table.get_many(participant_ids)
        return {item.id: self._participant(item) for item in found if item.password_hash is not None}

    def holder(self, number: str) -> Holder | None:
        """Raises ``Unreadable``."""
        row = self._item(number)
        if row is None:
            return None
        identity = row.in_force or number
        held = row if identity == number else self._item(identity)
        person = self._participant(held) if held and held.password_hash is not None else None
        return Holder(identity, int(row.generation or 0), person, held is not None)

    def in_force(self, numbers: Iterable[str]) -> dict[str, str]:
        asked = dict.fromkeys(numbers)
        found = {item.id: item.in_force or item.id for item in self._table.get_many(asked)}
        return {number: found.get(number, number) for number in asked}

    def pass_on(self, number: str, before: str, after: str, generation: int) -> bool:
        actions: list[Action] = [
            ParticipantItem.in_force.set(after),
            ParticipantItem.generation.set(generation),
        ]
        held = ParticipantItem.in_force == before
        if before == number:
            held = ParticipantItem.id.exists() & ParticipantItem.in_force.does_not_exist() | held
        return self._table.update(number, actions, held | (ParticipantItem.in_force == after))

    def occupy(self, number: str, participant_id: str, kept_until: int, now: int) -> bool:
        expires = kept_until // 1000
        nobody = ParticipantItem.id.does_not_exist()
        actions: list[Action] = [
            ParticipantItem.in_force.set(participant_id),
            ParticipantItem.expires.set(expires),
        ]
        if self._table.update(number, actions, nobody | (ParticipantItem.in_force == participant_id)):
            return True
        holder = self.holder(number)
        if holder is None or holder.taken:
            return False
        # The number has passed on, and its next owner has not registered: nobody can under that id any more.
        closed: list[Action] = [ParticipantItem.erased_at.set(now), ParticipantItem.expires.set(expires)]
        if not self._table.update(holder.participant_id, closed, nobody):
            return False
        return self.pass_on(number, holder.participant_id, participant_id, holder.generation)

    def allow_reset(self, participant_id: str, code_id: str, until: int) -> bool:
        actions: list[Action] = [
            ParticipantItem.reset_code.set(code_id),
            ParticipantItem.reset_until.set(until),
        ]
        return self._table.update(participant_id, actions, ParticipantItem.password_hash.exists())

    def reset_password(self, participant_id: str, code_id: str, password_hash: str, now: int) -> bool:
        actions: list[Action] = [
            ParticipantItem.password_hash.set(password_hash),
            ParticipantItem.reset_at.set(now),
            ParticipantItem.reset_code.remove(),
            ParticipantItem.reset_until.remove(),
        ]
        allowed = (ParticipantItem.reset_code == code_id) & (ParticipantItem.reset_until > now)
        return self._table.update(participant_id, actions, allowed)

    def sign_out(self, participant_id: str, moment: int) -> None:
        actions: list[Action] = [ParticipantItem.signed_out_at.set(moment)]
        self._table.update(participant_id, actions, ParticipantItem.password_hash.exists())

    def correct(self, before: Participant, lines: Sequence[CorrectedLine]) -> bool:
        from chalicelib.documents.corrected_lines import CorrectedLines  # noqa: PLC0415  the API corrects nobody

        identity, done = before.participant_id, [*before.corrected, *lines]
        values = {line.field: line.after for line in lines}
        told = CorrectedLines(lines=tuple(done)).encode().decode()
        actions: list[Action] = [
            getattr(ParticipantItem, field).set(self._vault.seal(value, identity, field))
            for field, value in values.items()
        ]
        actions += [
            ParticipantItem.corrected.set(self._vault.seal(told, identity, "corrected")),
            ParticipantItem.corrections.set(len(done)),
        ]
        as_read: Condition = ParticipantItem.corrections == len(before.corrected)
        if not before.corrected:
            as_read = ParticipantItem.corrections.does_not_exist()
        return self._table.update(identity, actions, ParticipantItem.password_hash.exists() & as_read)

    def erase(self, participant_id: str, now: int) -> bool:
        gone = set(ParticipantItem.get_attributes()) - _KEPT
        actions = [getattr(ParticipantItem, name).remove() for name in sorted(gone)]
        actions.append(ParticipantItem.erased_at.set(now))
        return self._table.update(participant_id, actions, ParticipantItem.password_hash.exists())

    def _item(self, key: str) -> ParticipantItem | None:
        return next(iter(self._table.get_many([key])), None)

    def _participant(self, item: ParticipantItem) -> Participant:
        told = self._vault.open(item.corrected, item.id, "corrected") if item.corrected else None
        opened = {name: self._vault.open(getattr(item, name), item.id, name) for name in SEALED}
        return Participant(
            participant_id=item.id,
            unit=item.unit,
            category=item.category,
            password_hash=item.password_hash,
            registered_at=int(item.registered_at),
            kept_until=int(item.expires or 0) * 1000,
            signed_out_at=int(item.signed_out_at or 0),
            reset_at=int(item.reset_at or 0),
            verified_at=int(item.verified_at or 0),
            listed=False,
            corrected=_lines(told) if told else (),
            **opened,
        )


def _lines(told: str) -> tuple[CorrectedLine, ...]:
    from chalicelib.documents.corrected_lines import CorrectedLines  # noqa: PLC0415  few people have any
    from chalicelib.documents.typed import decode  # noqa: PLC0415

    return decode(CorrectedLines, told.encode()).lines
