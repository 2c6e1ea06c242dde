"""Entries: one item per participant and week; every change is one conditional write.

Partition key ``w<week>#<shard>``, where the shard is the first byte of the participant id (256 of them),
sort key participant id. Attributes: ``unit``, ``category``, ``used`` (attempts started), ``open``
(``<started>-<nonce>`` of the open attempt), ``saved``, ``guess`` and ``rev`` (its saved answers, prediction and
revision; 0 if there is none), ``done`` (the records of finished attempts).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.domain.attempt import AttemptId, Entry, Finished
from chalicelib.services.ports import NotMet
from chalicelib.storage.dynamodb import Client, busy_if_pushed_back, refused_item

# An attribute value in DynamoDB's JSON.
Value = dict[str, Any]

_NAMES = {f"#{name}": name for name in ("unit", "category", "used", "open", "saved", "guess", "rev", "done")}
_OPENING = "SET #used = if_not_exists(#used, :zero) + :one, #open = :opening"
_DONE = "#done = list_append(if_not_exists(#done, :none), :record)"
_STILL_OPEN = "#open = :open AND #used = :number"
_NOTHING_SAVED = "REMOVE #saved, #guess, #rev"


class Entries:
    """``EntryStore`` on DynamoDB, without PynamoDB, which takes a fifth of a submission's CPU time."""

    def __init__(self, client: Client, table: str) -> None:
        self._client, self._table = client, table

    def start(
        self, week: int, participant_id: str, unit: str, category: str, opening: str, limit: int
    ) -> tuple[int, tuple[Finished, ...]]:
        updated = self._update(
            week,
            participant_id,
            f"{_OPENING}, #unit = :unit, #category = :category",
            "attribute_not_exists(#open) AND (attribute_not_exists(#used) OR #used < :limit)",
            {
                ":zero": {"N": "0"},
                ":one": {"N": "1"},
                ":opening": {"S": opening},
                ":unit": {"S": unit},
                ":category": {"S": category},
                ":limit": {"N": str(limit)},
            },
            returned="ALL_NEW",
        )
        stored = updated["Attributes"]
        records = stored["done"]["L"] if "done" in stored else ()
        return int(stored["used"]["N"]), tuple(Finished.decode(record["S"]) for record in records)

    def restart(self, entry: Entry, record: Finished, opening: str, limit: int) -> int:
        if entry.open is None:
            raise NotMet(entry)
        updated = self._update(
            entry.week,
            entry.participant_id,
            f"{_OPENING}, {_DONE} {_NOTHING_SAVED}",
            "#open = :open AND #used < :limit",
            {
                ":zero": {"N": "0"},
                ":one": {"N": "1"},
                ":opening": {"S": opening},
                ":open": {"S": entry.open.opening},
                ":limit": {"N": str(limit)},
                ":none": {"L": []},
                ":record": {"L": [{"S": record.encode()}]},
            },
            returned="UPDATED_NEW",
        )
        return int(updated["Attributes"]["used"]["N"])

    def save(
        self, participant_id: str, attempt: AttemptId, answers: str, guess: int | None, base: int, revision: int
    ) -> None:
        built, values = _built_on(base)
        values |= {**_still_open(attempt), ":saved": {"S": answers}, ":rev": {"N": str(revision)}}
        if guess is None:
            update = "SET #saved = :saved, #rev = :rev REMOVE #guess"
        else:
            update = "SET #saved = :saved, #rev = :rev, #guess = :guess"
            values[":guess"] = {"N": str(guess)}
        self._update(attempt.week, participant_id, update, f"{_STILL_OPEN} AND {built}", values)

    def submit(self, participant_id: str, attempt: AttemptId, record: Finished, base: int) -> None:
        built, values = _built_on(base)
        values |= {
            **_still_open(attempt),
            ":none": {"L": []},
            ":record": {"L": [{"S": record.encode()}]},
            ":saved": {"S": record.answers},
        }
        if record.prediction is None:
            same = "#saved = :saved AND attribute_not_exists(#guess)"
        else:
            same = "#saved = :saved AND #guess = :guess"
            values[":guess"] = {"N": str(record.prediction)}
        self._update(
            attempt.week,
            participant_id,
            f"SET {_DONE} {_NOTHING_SAVED}, #open",
            f"{_STILL_OPEN} AND ({built} OR ({same}))",
            values,
        )

    def get(self, week: int, participant_id: str) -> Entry | None:
        with busy_if_pushed_back():
            answer = self._client.get_item(
                TableName=self._table, Key=_key(week, participant_id), ConsistentRead=True
            )
        raw = answer.get("Item")
        return _entry(raw) if raw else None

    def get_weeks(self, weeks: Iterable[int], participant_id: str) -> list[Entry]:
        found = (self.get(week, participant_id) for week in weeks)
        return [entry for entry in found if entry is not None]

    def erase(self, before: Entry, after: Entry) -> bool:
        # Every change to an entry starts an attempt or ends the open one.
        condition, values = "#used = :number", {":number": {"N": str(before.used)}}
        if before.open is None:
            condition += " AND attribute_not_exists(#open)"
        else:
            condition += " AND #open = :open"
            values[":open"] = {"S": before.open.opening}
        records: Value = {"L": [{"S": record.encode()} for record in after.finished]}
        try:
            self._update(
                before.week,
                before.participant_id,
                f"SET #done = :record {_NOTHING_SAVED}, #open",
                condition,
                {**values, ":record": records},
            )
        except NotMet:
            return False
        return True

    def _update(
        self,
        week: int,
        participant_id: str,
        update: str,
        condition: str,
        values: dict[str, Value],
        returned: str = "NONE",
    ) -> dict[str, Any]:
        used = f"{update} {condition}"
        try:
            with busy_if_pushed_back():
                updated: dict[str, Any] = self._client.update_item(
                    TableName=self._table,
                    Key=_key(week, participant_id),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeNames={key: name for key, name in _NAMES.items() if key in used},
                    ExpressionAttributeValues=values,
                    ReturnValues=returned,
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    ReturnConsumedCapacity="TOTAL",
                )
        except ClientError as error:
            refused, raw = refused_item(error)
            if refused:
                raise NotMet(_entry(raw) if raw else None) from None
            raise
        return updated


def _key(week: int, participant_id: str) -> dict[str, Value]:
    return {"pk": {"S": f"w{week}#{participant_id[:2]}"}, "sk": {"S": participant_id}}


def _still_open(attempt: AttemptId) -> dict[str, Value]:
    return {":open": {"S": attempt.opening}, ":number": {"N": str(attempt.number)}}


def _built_on(base: int) -> tuple[str, dict[str, Value]]:
    """The condition that ``base`` is the stored revision, and its values."""
    if base == 0:
        return "attribute_not_exists(#rev)", {}
    return "#rev = :base", {":base": {"N": str(base)}}


def _entry(raw: dict[str, Any]) -> Entry:
    from chalicelib.storage.entry_items import entry_of  # noqa: PLC0415  a first start needs no decoder

    return entry_of(raw)
