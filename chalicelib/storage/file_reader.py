"""Has a file of the inbox read by the function that reads files, and fetches what it found.

The answer may be larger than a function may return, so it lies on the desk, and its digest is returned. What it
says of the file is checked like anything else from outside.
"""

from __future__ import annotations

import json

from chalicelib.documents.plain_file import ReadFile
from chalicelib.documents.typed import decode
from chalicelib.services.contest.checked import checked
from chalicelib.services.ports import ObjectStore, Unreadable
from chalicelib.storage.signed_http import SignedHttp


def read_key(delivery: str) -> str:
    return f"read/{delivery}.json"


class FileReader:
    """``http`` must wait longer than ``function`` may take, and not ask twice."""

    def __init__(self, http: SignedHttp, function: str, desk: ObjectStore) -> None:
        self._http, self._function, self._desk = http, function, desk

    def __call__(self, key: str, version: str, delivery: str) -> ReadFile | None:
        asked = json.dumps({"key": key, "version": version, "delivery": delivery}).encode()
        told, failed = self._http.invoke(self._function, asked)
        if failed:
            raise Unreadable(told[:500].decode(errors="replace"))
        sha256 = str(json.loads(told))
        return decode(ReadFile, checked(self._desk, read_key(delivery), sha256)) if sha256 else None
