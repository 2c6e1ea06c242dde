"""The table of participants with sealed values; account, closes and intake read it."""

from __future__ import annotations

from chalicelib.services.people.vault import Vault
from chalicelib.services.ports import ObjectStore
from chalicelib.storage.data_key import open_data_key
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.participants import Participants
from chalicelib.storage.signed_http import SignedHttp


def vault(http: SignedHttp, desk: ObjectStore, kms_key: str) -> Vault:
    return Vault(lambda: open_data_key(http, desk, kms_key))


def participants(
    dynamodb: Dynamo, table: str, http: SignedHttp, desk: ObjectStore, kms_key: str
) -> Participants:
    return Participants(dynamodb, table, vault(http, desk, kms_key))
