"""Buckets by signed requests, without the start-up time of a client of S3."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

from chalicelib.services.contest.checked import POINTERS
from chalicelib.storage.content_types import content_type
from chalicelib.storage.pointers import Pointers
from chalicelib.storage.signed_http import SignedHttp


class SignedBucket:
    """``ObjectStore`` for small objects, which nobody caches."""

    def __init__(self, http: SignedHttp, name: str) -> None:
        self._http, self._name = http, name

    def get(self, key: str) -> bytes | None:
        return self._http.get_object(self._name, key)

    def put(self, key: str, data: bytes) -> None:
        headers = {
            "Content-Type": content_type(key),
            "Cache-Control": "no-store",
            "X-Amz-Checksum-Sha256": b64encode(sha256(data).digest()).decode(),
        }
        self._http.put_object(self._name, key, data, headers)

    def restore(self, key: str, sha256: str) -> bool:
        return False


class ReadOnlyDesk(SignedBucket):
    """The desk for reading only; pointers may be moved."""

    def __init__(self, http: SignedHttp, name: str, pointers: Pointers) -> None:
        super().__init__(http, name)
        self._pointers = pointers

    def get(self, key: str) -> bytes | None:
        return self._pointers.get(key) if key.startswith(POINTERS) else super().get(key)

    def put(self, key: str, data: bytes) -> None:
        raise PermissionError(f"s3://{self._name}/{key} is read only here ({len(data)} bytes)")

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        return self._pointers.replace(key, before, after)
