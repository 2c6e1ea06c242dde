"""The data key of the vault: KMS makes it and opens it at a cold start; the desk's pointers keep it encrypted.

KMS never gives out its own key, records every opening in CloudTrail, and stops everybody at once when its key
is disabled. The exam path needs neither key.
"""

from __future__ import annotations

import base64
import json

from chalicelib.domain.errors import NotLoaded
from chalicelib.services.ports import ConditionalObjects, ObjectStore
from chalicelib.storage.signed_http import SignedHttp

DATA_KEY = "pointers/data-key"
CONTEXT = {"purpose": "participants"}


def make_data_key(http: SignedHttp, desk: ConditionalObjects, kms_key: str) -> None:
    """Makes the data key unless there is one; of several concurrent runs the first to write wins."""
    if desk.get(DATA_KEY) is not None:
        return
    made = _kms(http, "GenerateDataKeyWithoutPlaintext", {"KeyId": kms_key, "KeySpec": "AES_256"})
    desk.replace(DATA_KEY, None, json.dumps({"encrypted": made["CiphertextBlob"]}).encode())


def open_data_key(http: SignedHttp, desk: ObjectStore, kms_key: str) -> bytes:
    """The data key, 32 bytes. Raises ``NotLoaded`` before it is made, ``AwsRefusal``, ``Busy``."""
    stored = desk.get(DATA_KEY)
    if stored is None:
        raise NotLoaded(DATA_KEY)
    encrypted = json.loads(stored)["encrypted"]
    return base64.b64decode(_kms(http, "Decrypt", {"KeyId": kms_key, "CiphertextBlob": encrypted})["Plaintext"])


def _kms(http: SignedHttp, action: str, request: dict[str, str]) -> dict[str, str]:
    body = json.dumps({**request, "EncryptionContext": CONTEXT}).encode()
    answer: dict[str, str] = json.loads(http.call("kms", f"TrentService.{action}", body))
    return answer
