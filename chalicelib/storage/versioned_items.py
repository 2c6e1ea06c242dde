"""Items of which every write names the version that it replaces."""

from __future__ import annotations

from chalicelib.storage.dynamodb import Client, refused_item


class VersionedItems:
    """Items by ``id``, with their bytes in ``attribute`` and a ``version`` from 1."""

    def __init__(self, client: Client, table: str, attribute: str) -> None:
        self._client, self._table, self._attribute = client, table, attribute

    def read(self, key: str) -> tuple[bytes | None, int]:
        """The bytes and their version, as the last write has left them; None and 0 if there are none."""
        answer = self._client.get_item(TableName=self._table, Key={"id": {"S": key}}, ConsistentRead=True)
        item = answer.get("Item")
        return (item[self._attribute]["B"], int(item["version"]["N"])) if item else (None, 0)

    def replace(self, key: str, data: bytes, version: int) -> bool:
        """One conditional write; False if somebody else has written since ``version`` was read."""
        item = {"id": {"S": key}, "version": {"N": str(version + 1)}, self._attribute: {"B": data}}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(id) OR version = :version",
                ExpressionAttributeValues={":version": {"N": str(version)}},
            )
        except Exception as error:
            if refused_item(error)[0]:
                return False
            raise
        return True
