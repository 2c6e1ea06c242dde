"""The desk as operators' functions have it: its bucket through boto3, and the pointers into it."""

from __future__ import annotations

from typing import Any

from chalicelib.services.contest.checked import POINTERS
from chalicelib.storage.objects import Bucket
from chalicelib.storage.pointers import Pointers


class Desk(Bucket):
    """For reading and writing."""

    def __init__(self, client: Any, name: str, pointers: Pointers, lock_days: int = 0) -> None:
        super().__init__(client, name, lock_days=lock_days)
        self._pointers = pointers

    def get(self, key: str, most: int | None = None, version: str = "") -> bytes | None:
        return self._pointers.get(key) if key.startswith(POINTERS) else super().get(key, most, version)

    def put(self, key: str, data: bytes) -> None:
        if key.startswith(POINTERS):
            self._pointers.put(key, data)
        else:
            super().put(key, data)

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        replace = self._pointers.replace if key.startswith(POINTERS) else super().replace
        return replace(key, before, after)
