"""Buckets as object stores."""

from __future__ import annotations

from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from hashlib import md5
from hashlib import sha256 as new_sha256
from itertools import chain
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.storage.content_types import content_type
from chalicelib.storage.locks import lock

# S3 accepts no smaller part of an upload, except the last.
PART = 8 * 1024 * 1024
# Objects fetched or put side by side: a request mostly waits, and a client has ten connections.
AT_ONCE = 8
# Parts put side by side: one on its way while the next one is made. More would cost memory.
PARTS_AT_ONCE = 2
T = TypeVar("T")
OVERTAKEN = {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "404", "412"}


class Bucket:
    """A bucket through a boto3 client. ``cache`` is the Cache-Control of the objects it puts.

    ``lock_days``: how long what ``storage/locks.py`` names can be neither changed nor deleted.
    """

    def __init__(self, client: Any, name: str, cache: str = "no-store", lock_days: int = 0) -> None:
        self._client, self._name, self._cache, self._lock_days = client, name, cache, lock_days

    def get(self, key: str, most: int | None = None, version: str = "") -> bytes | None:
        """The object, or its first ``most`` bytes; the newest version, unless another one is named."""
        named = {"Bucket": self._name, "Key": key, **({"VersionId": version} if version else {})}
        try:
            data: bytes = self._client.get_object(**named)["Body"].read(most)
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "NoSuchVersion", "404"}:
                return None
            raise
        return data

    def put(self, key: str, data: bytes) -> None:
        self._put(key, data)

    def get_pieces(self, key: str, version: str = "") -> Iterator[bytes]:
        named = {"Bucket": self._name, "Key": key, **({"VersionId": version} if version else {})}
        try:
            body = self._client.get_object(**named)["Body"]
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                raise FileNotFoundError(f"s3://{self._name}/{key}") from None
            raise
        yield from body.iter_chunks(PART)

    def put_pieces(self, key: str, pieces: Iterable[bytes]) -> None:
        """Uploads parts of 8 MB, or a single object if it is no larger.

        S3 takes a part's checksum only if the upload has declared its algorithm, and then wants it again at the
        end; botocore declares nothing, and gives parts a checksum by itself (S3's user guide, “Checking object
        integrity for data uploads”).
        """
        parts = _parts(pieces)
        first, second = next(parts, b""), next(parts, None)
        if second is None:
            self._put(key, first)
            return
        upload = self._client.create_multipart_upload(ChecksumAlgorithm="SHA256", **self._what(key))
        named = {"Bucket": self._name, "Key": key, "UploadId": upload["UploadId"]}
        try:
            numbered = enumerate(chain((first, second), parts), 1)
            jobs = (partial(self._put_part, part, number, named) for number, part in numbered)
            done = list(_side_by_side(jobs, PARTS_AT_ONCE))
            self._client.complete_multipart_upload(MultipartUpload={"Parts": done}, **named)
        except BaseException:
            with suppress(ClientError, BotoCoreError):  # the first error is the one to report
                self._client.abort_multipart_upload(**named)
            raise

    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        for _ in _side_by_side((partial(self.put, key, data) for key, data in files), AT_ONCE):
            pass

    def get_all(self, keys: Iterable[str]) -> Iterator[bytes | None]:
        return _side_by_side((partial(self.get, key) for key in keys), AT_ONCE)

    def _put_part(self, part: bytes, number: int, upload: dict[str, str]) -> dict[str, Any]:
        """The part as the completion names it."""
        checksum = {"ChecksumSHA256": b64encode(new_sha256(part).digest()).decode()}
        answer = self._client.upload_part(Body=part, PartNumber=number, **checksum, **upload)
        return {"PartNumber": number, "ETag": answer["ETag"], **checksum}

    def restore(self, key: str, sha256: str) -> bool:
        try:
            for version in self._versions(key):
                passed = new_sha256()
                for piece in self.get_pieces(key, version["VersionId"]):
                    passed.update(piece)
                if passed.hexdigest() == sha256:
                    self.put_pieces(key, self.get_pieces(key, version["VersionId"]))
                    return True
        except ClientError as error:
            if error.response["Error"]["Code"] != "AccessDenied":
                raise
        return False

    def _versions(self, key: str) -> Iterator[dict[str, Any]]:
        """The object's versions, as S3 lists them, newest first."""
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._name, Prefix=key):
            yield from (one for one in page.get("Versions", ()) if one["Key"] == key)

    def keys(self, prefix: str) -> Iterator[str]:
        for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix):
            yield from (found["Key"] for found in page.get("Contents", ()))

    def delete(self, keys: Sequence[str]) -> None:
        """A thousand at a time. Raises ``PermissionError`` if one stays."""
        for start in range(0, len(keys), 1000):
            named = [{"Key": key} for key in keys[start : start + 1000]]
            answer = self._client.delete_objects(Bucket=self._name, Delete={"Objects": named, "Quiet": True})
            if answer.get("Errors"):
                raise PermissionError(str(answer["Errors"][0]))

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        """One conditional write; False if the object does not equal ``before`` (None: there is no object).

        In a bucket with SSE-S3, like ours, the ETag of an object put in one piece is the MD5 of its content.
        """
        if before is None:
            condition = {"IfNoneMatch": "*"}
        else:
            condition = {"IfMatch": f'"{md5(before, usedforsecurity=False).hexdigest()}"'}
        try:
            self._put(key, after, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] in OVERTAKEN:
                return False
            raise
        return True

    def _put(self, key: str, data: bytes, **condition: str) -> None:
        self._client.put_object(Body=data, **self._what(key), **condition)

    def _what(self, key: str) -> dict[str, Any]:
        return {
            "Bucket": self._name,
            "Key": key,
            "ContentType": content_type(key),
            "CacheControl": self._cache,
            **lock(key, self._lock_days),
        }


def _side_by_side(jobs: Iterable[Callable[[], T]], at_once: int) -> Iterator[T]:
    """What the jobs return, in their order; each is taken when its turn comes, and raises here."""
    with ThreadPoolExecutor(at_once) as pool:
        under_way: deque[Future[T]] = deque()
        for job in jobs:
            if len(under_way) == at_once:
                yield under_way.popleft().result()
            under_way.append(pool.submit(job))
        while under_way:
            yield under_way.popleft().result()


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in parts of one size, the last smaller: so an ETag can be computed from a copy."""
    gathered = bytearray()
    for piece in pieces:
        gathered += piece
        while len(gathered) >= PART:
            yield bytes(gathered[:PART])
            del gathered[:PART]
    if gathered:
        yield bytes(gathered)
