"""Entries: one item per participant and week, every change of it one conditional write.

Partition key ``w<week>#<shard>``, where the shard is the first byte of the participant id (256 of them),
sort key participant id. The attributes are those of ``EntryItem``; ``open`` is ``<started>-<nonce>``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import msgspec
from botocore.exceptions import ClientError
from pynamodb.attributes import ListAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.domain.attempt import AttemptId, Category, Entry, Finished
from chalicelib.services.ports import NotMet
from chalicelib.storage.connection import bind, busy_if_pushed_back, refused_item
from chalicelib.storage.entry_items import Item, to_entry


class EntryItem(Model):
    """The schema; reading goes through ``entry_items``, which is seventy times faster."""

    class Meta:
        table_name = ""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    unit = UnicodeAttribute()
    category = UnicodeAttribute()
    used = NumberAttribute()
    open = UnicodeAttribute(null=True)
    saved = UnicodeAttribute(null=True)
    guess = NumberAttribute(null=True)
    done: ListAttribute[Any] = ListAttribute(null=True)


def partition(week: int, participant_id: str) -> str:
    return f"w{week}#{participant_id[:2]}"


class Entries:
    """``EntryStore`` on DynamoDB."""

    def __init__(self, connection: Connection, table: str) -> None:
        bind(EntryItem, table, connection)
        self._connection, self._table = connection, table

    def start(
        self, week: int, participant_id: str, unit: str, category: Category, opening: str, limit: int
    ) -> int:
        return self._open(
            week,
            participant_id,
            [EntryItem.unit.set(unit), EntryItem.category.set(category), EntryItem.open.set(opening)],
            EntryItem.open.does_not_exist() & (EntryItem.used.does_not_exist() | (EntryItem.used < limit)),
        )

    def restart(self, entry: Entry, record: Finished, opening: str, limit: int) -> int:
        if entry.open is None:
            raise NotMet(entry)
        overdue = f"{entry.open.started}-{entry.open.nonce}"
        return self._open(
            entry.week,
            entry.participant_id,
            [EntryItem.open.set(opening), *_finishing(record)],
            (EntryItem.open == overdue) & (EntryItem.used < limit),
        )

    def save(self, participant_id: str, attempt: AttemptId, answers: str, guess: int | None) -> None:
        keep = EntryItem.guess.remove() if guess is None else EntryItem.guess.set(guess)
        self._update(
            attempt.week, participant_id, [EntryItem.saved.set(answers), keep], _still_open(attempt), "NONE"
        )

    def submit(self, participant_id: str, attempt: AttemptId, record: Finished) -> None:
        actions = [EntryItem.open.remove(), *_finishing(record)]
        self._update(attempt.week, participant_id, actions, _still_open(attempt), "NONE")

    def get(self, week: int, participant_id: str) -> Entry | None:
        with busy_if_pushed_back():
            answer = self._connection.get_item(
                self._table, partition(week, participant_id), participant_id, consistent_read=True
            )
        raw = answer.get("Item")
        return _entry(raw) if raw else None

    def get_weeks(self, weeks: Iterable[int], participant_id: str) -> list[Entry]:
        found = (self.get(week, participant_id) for week in weeks)
        return [entry for entry in found if entry is not None]

    def _open(self, week: int, participant_id: str, actions: list[Action], condition: Condition) -> int:
        one_more = EntryItem.used.set((EntryItem.used | 0) + 1)
        updated = self._update(week, participant_id, [one_more, *actions], condition, "UPDATED_NEW")
        return int(updated["Attributes"]["used"]["N"])

    def _update(
        self, week: int, participant_id: str, actions: list[Action], condition: Condition, returned: str
    ) -> dict[str, Any]:
        kwargs = self._connection.get_operation_kwargs(
            self._table,
            partition(week, participant_id),
            participant_id,
            actions=actions,
            condition=condition,
            return_values=returned,
            return_values_on_condition_failure="ALL_OLD",
        )
        try:
            with busy_if_pushed_back():
                return cast(dict[str, Any], self._connection.dispatch("UpdateItem", kwargs))
        except ClientError as error:
            refused, raw = refused_item(error)
            if refused:
                raise NotMet(_entry(raw) if raw else None) from None
            raise


def _still_open(attempt: AttemptId) -> Condition:
    same: Condition = (EntryItem.open == attempt.opening) & (EntryItem.used == attempt.number)
    return same


def _finishing(record: Finished) -> list[Action]:
    done = (EntryItem.done | []).append([record.encode()])
    return [EntryItem.done.set(done), EntryItem.saved.remove(), EntryItem.guess.remove()]


def _entry(raw: dict[str, Any]) -> Entry:
    return to_entry(msgspec.convert(raw, Item))
