"""Entries: one item per participant and week; every change is one conditional write.

Partition key ``w<week>#<shard>``, where the shard is the first byte of the participant id (256 of them),
sort key participant id. Attributes: ``unit``, ``category``, ``used`` (attempts started), ``open`` (the opening
of the open attempt with its MAC), ``saved``, ``guess`` and ``rev`` (its saved answers, prediction and revision;
0 if there is none) and their ``mac``, ``done`` (the records of finished attempts, each with its MAC).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from chalicelib.domain.attempt import AttemptId, Entry, Finished
from chalicelib.domain.macs import EntryMacs
from chalicelib.services.ports import NotMet
from chalicelib.storage.dynamodb import Client, refused_item

# An attribute value in DynamoDB's JSON.
Value = dict[str, Any]

_NAMES = {
    f"#{name}": name for name in ("unit", "category", "used", "open", "saved", "guess", "rev", "mac", "done")
}
_OPENING = "SET #used = if_not_exists(#used, :zero) + :one, #open = :opening"
_DONE = "#done = list_append(if_not_exists(#done, :none), :record)"
_STILL_OPEN = "#open = :open AND #used = :number"
_NOTHING_SAVED = "REMOVE #saved, #guess, #rev, #mac"


class Entries:
    """``EntryStore`` on DynamoDB, without PynamoDB, which takes a fifth of a submission's CPU time.

    ``mac_key``: see ``macs.mac_key``; asked for at each use.
    """

    def __init__(self, client: Client, table: str, mac_key: Callable[[], bytes]) -> None:
        self._client, self._table, self._mac_key = client, table, mac_key

    def start(
        self, week: int, participant_id: str, unit: str, category: str, opening: bytes, limit: int
    ) -> tuple[int, tuple[Finished, ...]]:
        macs = self._macs(week, participant_id, unit, category)
        updated = self._update(
            week,
            participant_id,
            f"{_OPENING}, #unit = :unit, #category = :category",
            "attribute_not_exists(#open) AND (attribute_not_exists(#used) OR #used < :limit)",
            {
                ":zero": {"N": "0"},
                ":one": {"N": "1"},
                ":opening": {"B": macs.opening(opening)},
                ":unit": {"S": unit},
                ":category": {"S": category},
                ":limit": {"N": str(limit)},
            },
            returned="ALL_NEW",
        )
        stored = updated["Attributes"]
        finished, _ = (
            macs.finished(record["B"] for record in stored["done"]["L"]) if "done" in stored else ([], [])
        )
        return int(stored["used"]["N"]), tuple(finished)

    def restart(self, entry: Entry, record: Finished, opening: bytes, limit: int) -> int:
        if entry.open is None:
            raise NotMet(entry)
        macs = self._macs_of(entry)
        updated = self._update(
            entry.week,
            entry.participant_id,
            f"{_OPENING}, {_DONE} {_NOTHING_SAVED}",
            "#open = :open AND #used < :limit",
            {
                ":zero": {"N": "0"},
                ":one": {"N": "1"},
                ":opening": {"B": macs.opening(opening)},
                ":open": {"B": macs.opening(entry.open.opening)},
                ":limit": {"N": str(limit)},
                ":none": {"L": []},
                ":record": {"L": [{"B": macs.record(record)}]},
            },
            returned="UPDATED_NEW",
        )
        return int(updated["Attributes"]["used"]["N"])

    def save(
        self,
        participant_id: str,
        unit: str,
        category: str,
        attempt: AttemptId,
        answers: str,
        guess: int | None,
        base: int,
        revision: int,
    ) -> None:
        macs = self._macs(attempt.week, participant_id, unit, category)
        built, values = _built_on(base)
        values |= {
            **_still_open(macs, attempt),
            ":saved": {"S": answers},
            ":rev": {"N": str(revision)},
            ":mac": {"B": macs.saved(attempt.opening, attempt.number, answers, guess, revision)},
        }
        if guess is None:
            update = "SET #saved = :saved, #rev = :rev, #mac = :mac REMOVE #guess"
        else:
            update = "SET #saved = :saved, #rev = :rev, #mac = :mac, #guess = :guess"
            values[":guess"] = {"N": str(guess)}
        self._update(attempt.week, participant_id, update, f"{_STILL_OPEN} AND {built}", values)

    def submit(
        self, participant_id: str, unit: str, category: str, attempt: AttemptId, record: Finished, base: int
    ) -> None:
        macs = self._macs(attempt.week, participant_id, unit, category)
        built, values = _built_on(base)
        values |= {
            **_still_open(macs, attempt),
            ":none": {"L": []},
            ":record": {"L": [{"B": macs.record(record)}]},
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
        answer = self._client.get_item(
            TableName=self._table, Key=_key(week, participant_id), ConsistentRead=True
        )
        raw = answer.get("Item")
        return self._entry(raw) if raw else None

    def get_weeks(self, weeks: Iterable[int], participant_id: str) -> list[Entry]:
        found = (self.get(week, participant_id) for week in weeks)
        return [entry for entry in found if entry is not None]

    def erase(self, before: Entry, after: Entry) -> bool:
        # Every change to an entry starts an attempt or ends the open one.
        values: dict[str, Value] = {":number": {"N": str(before.used)}}
        condition = "#used = :number"
        if before.open is None:
            condition += " AND attribute_not_exists(#open)"
        else:
            condition += " AND #open = :open"
            values[":open"] = {"B": self._macs_of(before).opening(before.open.opening)}
        macs = self._macs_of(after)
        records: Value = {"L": [{"B": macs.record(record)} for record in after.finished]}
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
            return self._client.update_item(
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
        except Exception as error:
            refused, raw = refused_item(error)
            if refused:
                raise NotMet(self._entry(raw) if raw else None) from None
            raise

    def _macs(self, week: int, participant_id: str, unit: str, category: str) -> EntryMacs:
        return EntryMacs(self._mac_key(), _partition(week, participant_id), participant_id, unit, category)

    def _macs_of(self, entry: Entry) -> EntryMacs:
        return self._macs(entry.week, entry.participant_id, entry.unit, entry.category)

    def _entry(self, raw: dict[str, Any]) -> Entry:
        from chalicelib.storage.entry_items import entry_of  # noqa: PLC0415  a first start needs no decoder

        return entry_of(raw, self._mac_key())


def _partition(week: int, participant_id: str) -> str:
    return f"w{week}#{participant_id[:2]}"


def _key(week: int, participant_id: str) -> dict[str, Value]:
    return {"pk": {"S": _partition(week, participant_id)}, "sk": {"S": participant_id}}


def _still_open(macs: EntryMacs, attempt: AttemptId) -> dict[str, Value]:
    return {":open": {"B": macs.opening(attempt.opening)}, ":number": {"N": str(attempt.number)}}


def _built_on(base: int) -> tuple[str, dict[str, Value]]:
    """The condition that ``base`` is the stored revision, and its values."""
    if base == 0:
        return "attribute_not_exists(#rev)", {}
    return "#rev = :base", {":base": {"N": str(base)}}
