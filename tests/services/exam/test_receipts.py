"""Receipts are the same each time and signed, and their keys are published."""

from __future__ import annotations

import json
from typing import Any

import pytest
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from chalicelib.documents.keys import KEYS
from chalicelib.domain.ranking import pseudonym
from chalicelib.services.exam.receipt_keys import announce, publish_keys
from chalicelib.services.exam.receipts import Receipts, SigningKey
from tests.fakes import MINUTE, MemoryObjects, definition
from tests.services.exam.exam_room import AN, BINH, ExamRoom

KEY = SigningKey(b"a secret of any length")


def issued(key: SigningKey = KEY, pepper: bytes = b"pepper") -> dict[str, Any]:
    room = ExamRoom()
    opened = room.start()
    room.clock.now += MINUTE
    return Receipts(pepper, key).issue(AN, definition(), 1, room.submit(opened, wrong=1, guess=7))


def test_a_receipt_holds_the_submitted_answers() -> None:
    receipt = issued()
    assert receipt.keys() == {"record", "opening", "salt", "leaf_hash", "signature", "key_id"}
    record = receipt["record"]
    assert (record["contest"], record["week"], record["number"]) == ("trial", 1, 1)
    assert (record["unit"], record["category"], record["status"]) == ("SO-A", "mandatory", "submitted")
    assert (record["score"], record["prediction"], record["duration_ms"]) == (4, 7, MINUTE)
    assert record["pseudonym"] == pseudonym("trial", 1, AN.participant_id)
    assert receipt["opening"]["participant_id"] == AN.participant_id


def test_the_same_attempt_gives_the_same_receipt() -> None:
    assert issued() == issued(SigningKey(b"a secret of any length"))


def test_a_repeated_submission_returns_the_first_receipt() -> None:
    room, receipts = ExamRoom(), Receipts(b"pepper", KEY)
    opened = room.start(BINH)
    first = receipts.issue(BINH, definition(), 1, room.submit(opened, BINH))
    room.clock.now += 3 * MINUTE
    assert receipts.issue(BINH, definition(), 1, room.submit(opened, BINH)) == first


def test_the_signature_covers_the_prefix_and_the_leaf_hash() -> None:
    receipt = issued()
    signed = bytes.fromhex(receipt["signature"]) + b"cuoc-thi-receipt-v1:" + bytes.fromhex(receipt["leaf_hash"])
    assert crypto_sign_open(signed, KEY.public)[20:].hex() == receipt["leaf_hash"]
    with pytest.raises(BadSignatureError):
        crypto_sign_open(signed, SigningKey(b"another").public)


def test_a_new_signing_key_changes_no_salt_and_no_leaf() -> None:
    before, after = issued(), issued(SigningKey(b"rotated"))
    assert (before["key_id"], before["signature"]) != (after["key_id"], after["signature"])
    assert (before["salt"], before["leaf_hash"]) == (after["salt"], after["leaf_hash"])


def test_keys_are_added_and_never_removed() -> None:
    desk, site = MemoryObjects(), MemoryObjects()
    first, second, third = (SigningKey(bytes([k])) for k in range(3))
    assert publish_keys(desk, site) == ()
    for key in (first, second, first, third, second):
        announce(desk, key)
        publish_keys(desk, site)
    listed = json.loads(site.objects[KEYS])["keys"]
    assert [entry["key_id"] for entry in listed] == [first.id, second.id, third.id]
    assert listed[0] == {"key_id": first.id, "algorithm": "Ed25519", "public_key": first.public.hex()}


def test_known_keys_are_not_written_again() -> None:
    desk, site = MemoryObjects(), MemoryObjects()
    for _ in range(2):
        announce(desk, KEY)
        publish_keys(desk, site)
    assert site.puts == [KEYS]


def test_of_two_that_sign_for_the_first_time_at_once_both_are_known() -> None:
    class Overtaken(MemoryObjects):
        def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
            if not self.objects:
                announce(other, SigningKey(b"faster"))
            return super().replace(key, before, after)

    desk, other = Overtaken(), MemoryObjects()
    other.objects = desk.objects
    announce(desk, KEY)
    listed = publish_keys(desk, MemoryObjects())
    assert [key.key_id for key in listed] == [SigningKey(b"faster").id, KEY.id]
