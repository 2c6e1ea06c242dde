"""Receipts are the same each time and signed, and their keys are published."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError

from chalicelib.documents.canonical import canonical_json
from chalicelib.documents.keys import KEYS
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.receipt import salt_key
from chalicelib.services.exam.receipt_keys import announce, listed_keys, publish_keys
from chalicelib.services.exam.receipts import Receipts, SigningKey
from tests.fakes import MINUTE, Clock, MemoryObjects, MemorySite, reference
from tests.services.exam.exam_room import AN, BINH, ExamRoom

KEY = SigningKey(b"a secret of any length")


def issued(key: SigningKey = KEY, secret: bytes = b"secret", *, tell: bool = True) -> dict[str, Any]:
    room = ExamRoom()
    opened = room.start()
    room.clock.now += MINUTE
    record = room.submit(opened, wrong=1, guess=7)
    return Receipts(secret, key).issue(AN, reference(), 1, record, tell=tell)


def test_a_receipt_opens_what_its_record_commits_to() -> None:
    receipt = issued()
    assert receipt.keys() == {"record", "openings", "salts", "told", "leaf_hash", "signature", "key_id"}
    record, opened = receipt["record"], receipt["openings"]
    assert (record["contest"], record["week"], record["number"]) == ("trial", 1, 1)
    assert (record["status"], record["prediction"], record["duration_minutes"]) == ("submitted", 7, 1)
    assert record["pseudonym"] == Pseudonyms(salt_key(b"secret"), "trial")(1, AN.participant_id)
    assert opened["identity"] == {
        "participant_id": AN.participant_id,
        "unit": "SO-A",
        "category": "mandatory",
    }
    assert opened["score"] == {"score": 4, "bank": reference().bank.digest}
    assert (opened["time"]["duration_ms"], receipt["told"]) == (MINUTE, {"score": 4})
    for name, opening in opened.items():
        salted = bytes.fromhex(receipt["salts"][name]) + canonical_json(opening)
        assert sha256(salted).hexdigest() == record[name]


def test_a_score_that_is_told_later_is_not_opened() -> None:
    told, later = issued(), issued(tell=False)
    assert (later["record"], later["told"]) == (told["record"], {"score": None})
    for part in ("openings", "salts"):
        assert told[part].keys() - later[part].keys() == {"score"}
    assert told["signature"] != later["signature"]


def test_the_same_attempt_gives_the_same_receipt() -> None:
    assert issued() == issued(SigningKey(b"a secret of any length"))


def test_a_repeated_submission_returns_the_first_receipt() -> None:
    room, receipts = ExamRoom(), Receipts(b"secret", KEY)
    opened = room.start(BINH)
    first = receipts.issue(BINH, reference(), 1, room.submit(opened, BINH), tell=True)
    room.clock.now += 3 * MINUTE
    assert receipts.issue(BINH, reference(), 1, room.submit(opened, BINH), tell=True) == first


def test_the_signature_covers_the_leaf_hash_and_what_was_told() -> None:
    receipt = issued()
    told = sha256(b'{"score":4}').digest()
    signed = bytes.fromhex(receipt["signature"]) + b"cuoc-thi-receipt-v1:" + bytes.fromhex(receipt["leaf_hash"])
    assert crypto_sign_open(signed + told, KEY.public)[20:52].hex() == receipt["leaf_hash"]
    with pytest.raises(BadSignatureError):
        crypto_sign_open(signed + told, SigningKey(b"another").public)


def test_a_new_signing_key_changes_no_salt_and_no_leaf() -> None:
    before, after = issued(), issued(SigningKey(b"rotated"))
    assert (before["key_id"], before["signature"]) != (after["key_id"], after["signature"])
    assert (before["salts"], before["leaf_hash"]) == (after["salts"], after["leaf_hash"])


def test_keys_are_added_and_never_removed() -> None:
    desk, site = MemoryObjects(), MemoryObjects()
    first, second, third = (SigningKey(bytes([k])) for k in range(3))
    publish_keys(listed_keys(desk), site)
    assert site.objects == {}
    for key in (first, second, first, third, second):
        announce(desk, key)
        publish_keys(listed_keys(desk), site)
    listed = json.loads(site.objects[KEYS])["keys"]
    assert [entry["key_id"] for entry in listed] == [first.id, second.id, third.id]
    assert listed[0] == {"key_id": first.id, "algorithm": "Ed25519", "public_key": first.public.hex()}


def test_known_keys_are_not_written_again() -> None:
    desk, site = MemoryObjects(), MemoryObjects()
    for _ in range(2):
        announce(desk, KEY)
        publish_keys(listed_keys(desk), site)
    assert site.puts == [KEYS]


def test_a_list_of_keys_that_was_altered_is_told_and_put_right(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    desk, site = MemoryObjects(), MemorySite(clock)
    for key in (KEY, SigningKey(b"rotated")):
        announce(desk, key)
        publish_keys(listed_keys(desk), site)
        clock.now += MINUTE
    assert caplog.records == [], "a new key alters nothing"
    right = site.objects[KEYS]
    for altered in (right + b" ", b"", b'{"keys":[]}', None):
        caplog.clear()
        site.stray(KEYS, altered)
        publish_keys(listed_keys(desk), site)
        assert site.objects[KEYS] == right
        assert [one.msg for one in caplog.records] == [{"event": "altered_object", "key": KEYS, "healed": True}]
        clock.now += MINUTE


def test_of_two_that_sign_for_the_first_time_at_once_both_are_known() -> None:
    class Overtaken(MemoryObjects):
        def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
            if not self.objects:
                announce(other, SigningKey(b"faster"))
            return super().replace(key, before, after)

    desk, other = Overtaken(), MemoryObjects()
    other.objects = desk.objects
    announce(desk, KEY)
    assert [key.key_id for key in listed_keys(desk)] == [SigningKey(b"faster").id, KEY.id]
