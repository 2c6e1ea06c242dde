"""The site's bucket as the functions have it: ``tallies`` records what they put where, and when."""

from __future__ import annotations

import time
from collections.abc import Mapping
from hashlib import md5
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.services.contest.checked import tell
from chalicelib.services.ports import KEPT_FOLDERS, PutFile
from chalicelib.storage.dynamodb import Client
from chalicelib.storage.objects import OVERTAKEN, Bucket

_ID = "site"


class Site(Bucket):
    """``KeptSite``. A file of ``KEPT_FOLDERS`` is noted before it is put; others are named by their content.

    Its ETag is the MD5 of its content, for which nobody finds a second one.
    """

    def __init__(self, client: Any, name: str, dynamodb: Client, table: str) -> None:
        super().__init__(client, name, "public, max-age=30")
        self._dynamodb, self._table = dynamodb, table

    def put(self, key: str, data: bytes) -> None:
        if key.rpartition("/")[0] + "/" in KEPT_FOLDERS:
            now = time.time_ns() // 1_000_000
            new = PutFile(md5(data, usedforsecurity=False).hexdigest(), now)
            before = self._note(key, new)
            if before and before.is_settled(now) and self._etag(key) not in {before.etag, new.etag}:
                tell(key, healed=True)
        super().put(key, data)

    def _note(self, key: str, new: PutFile) -> PutFile | None:
        """An attribute for each file: several writers note theirs at once. Returns what was noted before."""
        told = {"L": [{"S": new.etag}, {"N": str(new.at)}]}
        answer = self._dynamodb.update_item(
            TableName=self._table,
            Key={"id": {"S": _ID}},
            UpdateExpression="SET #file = :told",
            ExpressionAttributeNames={"#file": key},
            ExpressionAttributeValues={":told": told},
            ReturnValues="UPDATED_OLD",
        )
        return _files(answer.get("Attributes", {})).get(key)

    def _etag(self, key: str) -> str | None:
        """Whoever puts may list, though not always read."""
        first = self._client.list_objects_v2(Bucket=self._name, Prefix=key, MaxKeys=1).get("Contents", ())
        return next((item["ETag"].strip('"') for item in first if item["Key"] == key), None)

    def noted(self) -> dict[str, PutFile]:
        answer = self._dynamodb.get_item(TableName=self._table, Key={"id": {"S": _ID}}, ConsistentRead=True)
        return _files(answer.get("Item", {}))

    def there(self) -> dict[str, str]:
        pages = self._client.get_paginator("list_objects_v2")
        return {
            item["Key"]: item["ETag"].strip('"')
            for folder in KEPT_FOLDERS
            for page in pages.paginate(Bucket=self._name, Prefix=folder, Delimiter="/")
            for item in page.get("Contents", ())
        }

    def bring_back(self, key: str, etag: str, instead_of: str | None) -> bool:
        for version in self._versions(key):
            if version["ETag"].strip('"') != etag:
                continue
            data = self.get(key, version=version["VersionId"])
            condition = {"IfMatch": f'"{instead_of}"'} if instead_of else {"IfNoneMatch": "*"}
            try:
                self._put(key, data or b"", **condition)
            except ClientError as error:
                if error.response["Error"]["Code"] in OVERTAKEN:
                    return False
                raise
            return True
        return False


def _files(item: Mapping[str, Any]) -> dict[str, PutFile]:
    return {
        key: PutFile(told["L"][0]["S"], int(told["L"][1]["N"])) for key, told in item.items() if key != "id"
    }
