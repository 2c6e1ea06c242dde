"""The log's formats as C2SP specifies them: bundles of entries, checkpoints, signed notes."""

from __future__ import annotations

from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.bindings import crypto_sign_open

from chalicelib.documents.canonical import UnreadableDocument
from chalicelib.documents.log import (
    Checkpoint,
    decode_entries,
    decode_leaf,
    decode_note,
    encode_entries,
    encode_leaf,
    key_hash,
    origin,
    signed_note,
    verifier_key,
)
from chalicelib.services.exam.receipts import SigningKey

KEY = SigningKey(b"log")


@given(st.lists(st.binary(max_size=300), max_size=9))
def test_a_bundle_of_entries_is_read_as_it_was_written(entries: list[bytes]) -> None:
    bundle = encode_entries(entries)
    assert decode_entries(bundle) == entries
    if bundle:
        with pytest.raises(UnreadableDocument):
            decode_entries(bundle + b"\x00\x01")


def test_a_leaf_says_its_minute() -> None:
    leaf = decode_leaf(encode_leaf(1_661_134_020_000, 67, "0" * 64, {"bank": "b"}))
    assert (leaf.at, leaf.batch, leaf.facts) == ("2022-08-22T02:07:00Z", 67, {"bank": "b"})


def test_a_checkpoint_is_a_signed_note() -> None:
    checkpoint = Checkpoint(origin("thu"), 300, b"r" * 32)
    note = signed_note(checkpoint, KEY.public, KEY.sign)
    assert decode_note(note.encode())[0] == checkpoint
    text, _, line = note.partition("\n\n")
    mark, name, signed = line.rstrip("\n").split(" ")
    assert (mark, name) == ("—", "cuoc-thi/thu")
    told, signature = b64decode(signed)[:4], b64decode(signed)[4:]
    vkey_name, hashed, key = verifier_key(origin("thu"), KEY.public).split("+", 2)
    assert (vkey_name, hashed) == (name, told.hex())
    assert b64decode(key) == b"\x01" + KEY.public
    assert key_hash(name, b"\x01", KEY.public) == told
    assert crypto_sign_open(signature + f"{text}\n".encode(), KEY.public)


@pytest.mark.parametrize(
    "note", [b"", b"\xff", b"a\nb\nc\n\n", b"a\n1\n!!\n\n", b"a\n1\nAAAA\n\n\xe2\x80\x94 a\n", b"a\n1\n\n"]
)
def test_anything_else_is_no_checkpoint(note: bytes) -> None:
    with pytest.raises(UnreadableDocument):
        decode_note(note)


def test_the_example_of_the_specification() -> None:
    """The verifier key of an Ed25519 key in C2SP, signed-note."""
    # checkov:skip=CKV_SECRET_6:published with the specification
    told = "ATwgHtcJ9Evp7lQXbrZAShAgJTNVeBPCvYvYV4RSHaJw"
    key = b64decode(told)[1:]
    vkey = verifier_key("example.com/foo", key)
    assert vkey.startswith("example.com/foo+")
    assert vkey.endswith(f"+{told}")
