"""Buckets as object stores."""

from __future__ import annotations

from hashlib import md5
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.storage.signed_http import SignedHttp

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "gz": "application/gzip",
    "html": "text/html; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}
_OVERTAKEN = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "404", "412"}


class Bucket:
    """A bucket through a boto3 client. ``cache`` is the Cache-Control of what is put."""

    def __init__(self, client: Any, name: str, cache: str = "no-store") -> None:
        self._client, self._name, self._cache = client, name, cache

    def get(self, key: str, most: int | None = None) -> bytes | None:
        """The object, or as much as ``most`` bytes of it."""
        try:
            data: bytes = self._client.get_object(Bucket=self._name, Key=key)["Body"].read(most)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                return None
            raise
        return data

    def put(self, key: str, data: bytes) -> None:
        self._put(key, data)

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        """One conditional write; False if the object is not, or no longer, ``before`` (None: there is none).

        The ETag of what is put in one piece into a bucket with SSE-S3, as ours are, is the MD5 of its content.
        """
        if before is None:
            condition = {"IfNoneMatch": "*"}
        else:
            condition = {"IfMatch": f'"{md5(before, usedforsecurity=False).hexdigest()}"'}
        try:
            self._put(key, after, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] in _OVERTAKEN:
                return False
            raise
        return True

    def _put(self, key: str, data: bytes, **condition: str) -> None:
        self._client.put_object(
            Bucket=self._name,
            Key=key,
            Body=data,
            ContentType=_TYPES.get(key.rpartition(".")[2], "application/octet-stream"),
            CacheControl=self._cache,
            **condition,
        )


class ReadOnlyBucket:
    """A bucket that is only read, without the start-up of a client."""

    def __init__(self, http: SignedHttp, name: str) -> None:
        self._http, self._name = http, name

    def get(self, key: str) -> bytes | None:
        return self._http.get_object(self._name, key)

    def put(self, key: str, data: bytes) -> None:
        raise PermissionError(f"s3://{self._name}/{key} is read only here ({len(data)} bytes)")
