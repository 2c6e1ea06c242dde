"""Registered people. Personal values are sealed; the id, unit, category and hashes are not."""

from __future__ import annotations

from collections.abc import Iterable

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.domain.errors import AlreadyRegistered
from chalicelib.services.people.vault import Vault
from chalicelib.services.ports import Participant
from chalicelib.storage.dynamodb import Client
from chalicelib.storage.models import Item, Table

SEALED = ("citizen_id", "full_name", "date_of_birth", "gender", "phone")


class ParticipantItem(Item):
    """Of an erased person ``id``, ``erased_at`` and ``expires`` are left.

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
    reset_code = UnicodeAttribute(null=True)
    reset_until = NumberAttribute(null=True)
    erased_at = NumberAttribute(null=True)
    expires = NumberAttribute(null=True)


_KEPT = {"id", "erased_at", "expires"}


class Participants:
    """``ParticipantStore`` on DynamoDB."""

    def __init__(self, client: Client, table: str, vault: Vault) -> None:
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
            expires=participant.kept_until // 1000 or None,
        )
        for field in SEALED:
            setattr(item, field, self._vault.seal(getattr(participant, field), identity, field))
        if not self._table.put(item, ParticipantItem.id.does_not_exist()):
            raise AlreadyRegistered

    def get(self, participant_id: str) -> Participant | None:
        return self.get_many([participant_id]).get(participant_id)

    def get_many(self, participant_ids: Iterable[str]) -> dict[str, Participant]:
        """Raises ``Unreadable``."""
        found = self._table.get_many(participant_ids)
        return {item.id: self._participant(item) for item in found if item.erased_at is None}

    def allow_reset(self, participant_id: str, code_id: str, until: int) -> bool:
        actions: list[Action] = [
            ParticipantItem.reset_code.set(code_id),
            ParticipantItem.reset_until.set(until),
        ]
        return self._table.update(participant_id, actions, ParticipantItem.password_hash.exists())

    def reset_password(self, participant_id: str, code_id: str, password_hash: str, now: int) -> bool:
        actions: list[Action] = [
            ParticipantItem.password_hash.set(password_hash),
            ParticipantItem.reset_code.remove(),
            ParticipantItem.reset_until.remove(),
        ]
        allowed = (ParticipantItem.reset_code == code_id) & (ParticipantItem.reset_until > now)
        return self._table.update(participant_id, actions, allowed)

    def erase(self, participant_id: str, now: int) -> bool:
        gone = set(ParticipantItem.get_attributes()) - _KEPT
        actions = [getattr(ParticipantItem, name).remove() for name in sorted(gone)]
        actions.append(ParticipantItem.erased_at.set(now))
        return self._table.update(participant_id, actions, ParticipantItem.password_hash.exists())

    def _participant(self, item: ParticipantItem) -> Participant:
        opened = {name: self._vault.open(getattr(item, name), item.id, name) for name in SEALED}
        return Participant(
            participant_id=item.id,
            unit=item.unit,
            category=item.category,
            password_hash=item.password_hash,
            registered_at=int(item.registered_at),
            kept_until=int(item.expires or 0) * 1000,
            **opened,
        )
