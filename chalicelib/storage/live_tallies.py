"""Live tallies in the table ``tallies``, one packed item per week: 15 KB for 1,500 units."""

from __future__ import annotations

import json
import zlib

from botocore.exceptions import ClientError

from chalicelib.domain.live import LiveTally, Participation
from chalicelib.storage.dynamodb import Client, busy_if_pushed_back, refused_item


class LiveTallies:
    """``LiveTallyStore`` on DynamoDB: ``live#<week>`` with ``version`` and the deflated JSON ``tally``."""

    def __init__(self, client: Client, table: str) -> None:
        self._client, self._table = client, table

    def read(self, week: int) -> tuple[LiveTally, int]:
        with busy_if_pushed_back():
            answer = self._client.get_item(
                TableName=self._table, Key={"id": {"S": f"live#{week}"}}, ConsistentRead=True
            )
        item = answer.get("Item")
        if item is None:
            return LiveTally(), 0
        return _unpack(item["tally"]["B"]), int(item["version"]["N"])

    def replace(self, week: int, tally: LiveTally, version: int) -> bool:
        item = {
            "id": {"S": f"live#{week}"},
            "version": {"N": str(version + 1)},
            "tally": {"B": _pack(tally)},
        }
        try:
            with busy_if_pushed_back():
                self._client.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(id) OR version = :version",
                    ExpressionAttributeValues={":version": {"N": str(version)}},
                )
        except ClientError as error:
            if refused_item(error)[0]:
                return False
            raise
        return True


def _pack(tally: LiveTally) -> bytes:
    raw = {"units": tally.units, "counted": tally.counted}
    return zlib.compress(json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode())


def _unpack(packed: bytes) -> LiveTally:
    raw = json.loads(zlib.decompress(packed))
    return LiveTally({code: Participation(*own) for code, own in raw["units"].items()}, raw["counted"])
