"""Witnesses: what they are asked, what counts as an answer, and that nothing waits for them."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable

import pytest

from chalicelib.documents.log import (
    CHECKPOINT,
    COSIGNATURE,
    COSIGNED,
    LOG,
    decode_note,
    key_hash,
)
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.log.append import Overtaken
from chalicelib.services.log.witnesses import Witness, ask
from chalicelib.services.ports import NoAnswer
from tests.domain.test_tiles import extends
from tests.services.log.reading import checkpoint_of
from tests.services.log.test_append import FACTS, at, begun
from tests.services.log.world import KEY, World

NAME = "bao.example/nhan-chung"


class Signer:
    """A witness by the specification (C2SP, tlog-witness)."""

    def __init__(self) -> None:
        self.key = SigningKey(b"the witness's")
        self.size, self.root, self.asked = 0, b"", 0

    @property
    def witness(self) -> Witness:
        return Witness(NAME, self.key.public, "https://bao.example")

    def post(self, url: str, body: bytes) -> tuple[int, bytes]:
        assert url == "https://bao.example/add-checkpoint"
        self.asked += 1
        head, _, note = body.partition(b"\n\n")
        old, *proof = head.decode().split("\n")
        checkpoint = checkpoint_of(note, KEY)
        if old != f"old {self.size}":
            return 409, b"%d\n" % self.size
        hashes = [b64decode(one) for one in proof]
        if self.size and not extends(self.size, checkpoint.size, self.root, checkpoint.root, hashes):
            return 422, b""
        self.size, self.root = checkpoint.size, checkpoint.root
        return 200, self.line(checkpoint.text)

    def line(self, text: str, moment: int = 1_661_130_000) -> bytes:
        signature = self.key.sign(f"cosignature/v1\ntime {moment}\n{text}".encode())
        told = key_hash(NAME, COSIGNATURE, self.key.public) + moment.to_bytes(8, "big") + signature
        return f"— {NAME} {b64encode(told).decode()}\n".encode()


def asked(world: World, signer: Signer, post: Callable[[str, bytes], tuple[int, bytes]] | None = None) -> None:
    state, version = world.states.read()
    assert state is not None
    ask(world.log(), state, version, [signer.witness], post or signer.post)


def grown(world: World, *minutes: int) -> None:
    for minute in minutes:
        world.log().append("thu", FACTS, at(minute))


def test_a_cosignature_stands_beside_the_logs_own() -> None:
    world, signer = begun(), Signer()
    for minute in (1, 2, 7, 300):
        grown(world, minute)
        asked(world, signer)
        shown = world.site.objects[LOG + CHECKPOINT]
        assert world.site.objects[LOG + COSIGNED] == shown
        assert [name for name, _ in decode_note(shown)[1]] == ["cuoc-thi/thu", NAME]
        assert signer.size == minute
    assert signer.asked == 4
    grown(world, 301)
    assert len(decode_note(world.site.objects[LOG + CHECKPOINT])[1]) == 1
    assert decode_note(world.site.objects[LOG + COSIGNED])[0].size == 300


def test_a_witness_that_has_seen_another_size_is_asked_once_more() -> None:
    world, signer = begun(), Signer()
    grown(world, 1)
    asked(world, signer)
    grown(world, 5)
    state, _ = world.states.read()
    assert state is not None
    state.cosigned.clear()
    asked(world, signer)
    assert (signer.size, signer.asked) == (5, 3)


def _silent(url: str, body: bytes) -> tuple[int, bytes]:
    raise NoAnswer("time is up")


@pytest.mark.parametrize(
    "post",
    [
        _silent,
        lambda *_: (500, b""),
        lambda *_: (409, b"more than that"),
        lambda *_: (409, b"999999\n"),
        lambda *_: (200, b"junk"),
        lambda *_: (200, Signer().line("another text\n")),
    ],
)
def test_a_witness_that_gives_no_valid_answer_changes_nothing(
    post: Callable[[str, bytes], tuple[int, bytes]],
) -> None:
    world = begun()
    grown(world, 1)
    before = dict(world.site.objects)
    asked(world, Signer(), post)
    assert world.site.objects == before


def test_an_overtaken_request_takes_no_newer_checkpoint_back() -> None:
    world, signer = begun(), Signer()
    grown(world, 1)
    state, version = world.states.read()
    assert state is not None
    grown(world, 2)
    with pytest.raises(Overtaken):
        ask(world.log(), state, version, [signer.witness], signer.post)
    assert checkpoint_of(world.site.objects[LOG + CHECKPOINT], KEY).size == 2


def test_a_witness_is_named_by_its_verifier_key_and_address() -> None:
    key = SigningKey(b"w").public
    told = b64encode(COSIGNATURE + key).decode()
    vkey = f"{NAME}+{key_hash(NAME, COSIGNATURE, key).hex()}+{told}"
    assert Witness.parse(f"{vkey} https://bao.example/") == (NAME, key, "https://bao.example")
    for wrong in (f"{vkey} ftp://x", f"{NAME}+00000000+{told} https://x", vkey, "", "a b c"):
        with pytest.raises(ValueError, match=r"witness|unpack"):
            Witness.parse(wrong)
