"""Registered people, and the count of wrong passwords."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.domain.attempt import Category
from chalicelib.domain.errors import AlreadyRegistered
from chalicelib.services.ports import Failures, Participant
from chalicelib.storage.dynamodb import Client, busy_if_pushed_back, refused_item
from chalicelib.storage.models import bind

FORGET_FAILURES_AFTER_S = 86_400


class ParticipantItem(Model):
    class Meta:
        table_name = ""

    id = UnicodeAttribute(hash_key=True)
    full_name = UnicodeAttribute()
    date_of_birth = UnicodeAttribute()
    gender = UnicodeAttribute()
    citizen_id_masked = UnicodeAttribute()
    phone = UnicodeAttribute()
    unit = UnicodeAttribute()
    category = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    registered_at = NumberAttribute()


class FailuresItem(Model):
    """Beside the participants, as ``wrong#<participant id>``, also for ids that nobody registered.

    DynamoDB deletes it when ``expires`` (seconds) is past.
    """

    class Meta:
        table_name = ""

    id = UnicodeAttribute(hash_key=True)
    wrong = NumberAttribute()
    last_at = NumberAttribute()
    expires = NumberAttribute()


class Participants:
    """``ParticipantStore`` on DynamoDB."""

    def __init__(self, client: Client, table: str) -> None:
        bind(ParticipantItem, table, client)
        bind(FailuresItem, table, client)

    def add(self, participant: Participant) -> None:
        item = ParticipantItem(
            participant.participant_id,
            full_name=participant.full_name,
            date_of_birth=participant.date_of_birth,
            gender=participant.gender,
            citizen_id_masked=participant.citizen_id_masked,
            phone=participant.phone,
            unit=participant.unit,
            category=participant.category,
            password_hash=participant.password_hash,
            registered_at=participant.registered_at,
        )
        try:
            with busy_if_pushed_back():
                item.save(condition=ParticipantItem.id.does_not_exist())
        except PutError as error:
            if refused_item(error)[0]:
                raise AlreadyRegistered from None
            raise

    def get(self, participant_id: str) -> Participant | None:
        return self.get_many([participant_id]).get(participant_id)

    def get_many(self, participant_ids: Iterable[str]) -> dict[str, Participant]:
        with busy_if_pushed_back():
            items = list(ParticipantItem.batch_get(list(participant_ids), consistent_read=True))
        return {item.id: _participant(item) for item in items}

    def failures(self, participant_id: str) -> Failures:
        with busy_if_pushed_back():
            for item in FailuresItem.batch_get([f"wrong#{participant_id}"], consistent_read=True):
                return Failures(int(item.wrong), int(item.last_at))
        return Failures(0, 0)

    def add_failure(self, participant_id: str, now: int) -> None:
        actions: list[Action] = [
            FailuresItem.wrong.add(1),
            FailuresItem.last_at.set(now),
            FailuresItem.expires.set(now // 1000 + FORGET_FAILURES_AFTER_S),
        ]
        with busy_if_pushed_back():
            FailuresItem(f"wrong#{participant_id}").update(actions)

    def clear_failures(self, participant_id: str) -> None:
        with busy_if_pushed_back():
            FailuresItem(f"wrong#{participant_id}").update([FailuresItem.wrong.set(0)])


def _participant(item: ParticipantItem) -> Participant:
    return Participant(
        participant_id=item.id,
        full_name=item.full_name,
        date_of_birth=item.date_of_birth,
        gender=item.gender,
        citizen_id_masked=item.citizen_id_masked,
        phone=item.phone,
        unit=item.unit,
        category=cast(Category, item.category),
        password_hash=item.password_hash,
        registered_at=int(item.registered_at),
    )
