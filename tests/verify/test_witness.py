"""The small witness cosigns one history only, and answers as C2SP's tlog-witness says."""

from __future__ import annotations

import contextlib
import json
import re
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.verify.test_watch import holds
from tests.verify.written_log import ORIGIN, WrittenLog, proof, sha
from verify import note, witness
from verify.__main__ import main
from verify.folder import Folder
from verify.witness import Witness

NOW = 1_661_140_000
Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def written() -> WrittenLog:
    return WrittenLog().minutes(300)


@pytest.fixture
def signer() -> note.Signer:
    return note.new_signer("bao.example/w1")


@pytest.fixture
def keeper(written: WrittenLog, signer: note.Signer, tmp_path: Path) -> Witness:
    return Witness(Folder(tmp_path), note.read_key(written.vkey), signer, lambda: NOW)


def first(written: WrittenLog, size: int) -> WrittenLog:
    """The log as it was with so many minutes."""
    shorter = WrittenLog(written.origin, bytes(written.key))
    shorter.entries, shorter.records = written.entries[:size], written.records[:size]
    return shorter


def asked(written: WrittenLog, old: int, size: int | None = None) -> bytes:
    """The request that a log with so many minutes makes of a witness that has cosigned ``old``."""
    now = first(written, len(written.entries) if size is None else size)
    lines = [b64encode(one).decode() for one in (proof(now.hashes, old) if old else [])]
    return "\n".join([f"old {old}", *lines, "", ""]).encode() + now.checkpoint()


def test_it_cosigns_each_checkpoint_that_extends_the_one_before(
    keeper: Witness, signer: note.Signer, written: WrittenLog, tmp_path: Path
) -> None:
    assert keeper.checkpoint()[0] == 404
    old = 0
    for size in (1, 2, 2, 100, 256, 257, 300):
        status, kind, line = keeper.add_checkpoint(asked(written, old, size))
        assert (status, kind) == (200, "text/plain; charset=utf-8")
        shown = keeper.checkpoint()[2]
        assert shown == (tmp_path / "cosigned").read_bytes() == first(written, size).checkpoint() + line
        assert holds(shown, signer.key.text) == NOW
        old = size


def test_an_empty_log_has_the_root_of_nothing(keeper: Witness, written: WrittenLog) -> None:
    assert keeper.add_checkpoint(asked(written, 0, 0))[0] == 200
    wrong = written.copy()
    text = f"{ORIGIN}\n0\n{b64encode(sha(b'x')).decode()}\n"
    signature = b64encode(wrong.key_id + wrong.key.sign(text.encode()).signature).decode()
    assert keeper.add_checkpoint(f"old 0\n\n{text}\n— {ORIGIN} {signature}\n".encode())[0] == 422
    assert keeper.add_checkpoint(asked(written, 0, 5))[0] == 200


def forked(written: WrittenLog) -> WrittenLog:
    other = written.copy()
    other.records[17] = [sha(b"inserted")]
    other.entries[17] = other.leaf(17)
    return other


# What is asked after a checkpoint of 100 minutes was cosigned → the status.
REFUSED: dict[str, tuple[Callable[[WrittenLog], bytes], int]] = {
    "a fork": (lambda log: asked(forked(log), 100), 422),
    "the same size, another root": (lambda log: asked(forked(log), 100, 100), 422),
    "no proof": (lambda log: b"old 100\n\n" + log.checkpoint(), 422),
    "too long a proof": (lambda log: b"old 100\n%b\n" % b64encode(sha(b"")) + asked(log, 100)[8:], 422),
    "a proof for the same size": (
        lambda log: b"old 100\n%b\n\n" % b64encode(sha(b"")) + first(log, 100).checkpoint(), 422,
    ),
    "an older size": (lambda log: asked(log, 99), 409),
    "a newer size": (lambda log: asked(log, 101), 409),
    "nothing known": (lambda log: asked(log, 0), 409),
    "a rollback": (lambda log: asked(log, 0, 50), 409),
    "an old size above the checkpoint's": (lambda log: b"old 100\n\n" + first(log, 50).checkpoint(), 400),
    "another log": (lambda _: b"old 0\n\n" + WrittenLog("cuoc-thi/b").minutes(1).checkpoint(), 404),
    "another key": (lambda _: b"old 100\n\n" + WrittenLog(seed=b"2" * 32).minutes(300).checkpoint(), 403),
    "a wrong signature": (lambda log: asked(log, 100).replace(b"\n300\n", b"\n299\n"), 403),
    "nothing": (lambda _: b"", 400),
    "no old size": (lambda log: log.checkpoint(), 400),
    "a negative size": (lambda log: asked(log, 100).replace(b"old 100", b"old -1"), 400),
    "a size with a nought": (lambda log: asked(log, 100).replace(b"old 100", b"old 0100"), 400),
    "a size beyond all": (lambda log: asked(log, 100).replace(b"old 100", b"old " + b"9" * 30), 400),
    "a proof that is no hash": (lambda log: b"old 100\nAAAA\n\n" + log.checkpoint(), 400),
    "a proof of 64 lines": (
        lambda log: b"old 100\n" + (b64encode(sha(b"")) + b"\n") * 64 + b"\n" + log.checkpoint(), 400,
    ),
    "no checkpoint": (lambda _: b"old 100\n\nhello\n", 400),
    "no UTF-8": (lambda _: b"old \xff\n\n\xff", 400),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_anything_else_is_refused_and_nothing_is_cosigned(
    keeper: Witness, written: WrittenLog, name: str
) -> None:
    assert keeper.add_checkpoint(asked(written, 0, 100))[0] == 200
    before = keeper.checkpoint()[2]
    request, expected = REFUSED[name]
    status, kind, body = keeper.add_checkpoint(request(written))
    assert status == expected, body
    assert keeper.checkpoint()[2] == before
    if status == 409:
        assert (kind, body) == ("text/x.tlog.size", b"100\n")


@given(st.data())
@examples(1)
def test_a_request_changed_anywhere_cosigns_nothing_else(
    written: WrittenLog, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = Folder(tmp_path_factory.mktemp("witness"))
    keeper = Witness(folder, note.read_key(written.vkey), note.Signer("w", bytes(32)), lambda: NOW)
    assert keeper.add_checkpoint(asked(written, 0, 5))[0] == 200
    whole = asked(written, 5, 9)
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(max_size=2)) + whole[at + data.draw(st.integers(0, 2)) :]
    status = keeper.add_checkpoint(changed)[0]
    assert status in {200, 400, 403, 404, 409, 422}
    size = 9 if status == 200 else 5
    assert keeper.checkpoint()[2].startswith(first(written, size).checkpoint())


def test_of_two_histories_at_once_one_is_cosigned(keeper: Witness, written: WrittenLog) -> None:
    requests = [asked(log, 0, size) for log in (written, forked(written)) for size in (200, 250, 300)] * 3
    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(lambda request: keeper.add_checkpoint(request)[0], requests))
    assert statuses.count(200) == 1
    assert set(statuses) == {200, 409}


def test_it_remembers_what_it_cosigned_after_a_restart_and_with_the_watcher(
    keeper: Witness, signer: note.Signer, written: WrittenLog, tmp_path: Path
) -> None:
    assert keeper.add_checkpoint(asked(written, 0, 100))[0] == 200
    again = Witness(Folder(tmp_path), note.read_key(written.vkey), signer, lambda: NOW)
    assert again.add_checkpoint(asked(written, 0))[0] == 409
    key = tmp_path / "key"
    key.write_text(signer.text, encoding="utf-8")
    options = ["watch", "https://a", "--folder", str(tmp_path), "--key", str(key)]
    assert main(options, lambda _: written.files.get, lambda: written.end) == 0
    assert again.add_checkpoint(asked(written, 100)) == (409, "text/x.tlog.size", b"300\n")


# Over HTTP


@pytest.fixture
def port(keeper: Witness) -> Iterator[int]:
    with witness.server(keeper, "127.0.0.1", 0) as serving:
        Thread(target=serving.serve_forever, args=(0.01,), daemon=True).start()
        yield serving.server_address[1]
        serving.shutdown()


def test_a_log_is_served_over_one_connection(port: int, written: WrittenLog) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for old, size, status in ((0, 5, 200), (0, 9, 409), (5, 9, 200)):
        connection.request("POST", "/add-checkpoint", asked(written, old, size))
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == status
        assert body.startswith("— bao.example/w1 ".encode() if status == 200 else b"5\n")
    connection.request("GET", f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint")
    assert connection.getresponse().read().startswith(first(written, 9).checkpoint())
    connection.close()


@pytest.mark.parametrize(
    ("request_line", "headers", "status"),
    [
        ("POST /add-checkpoint", "", 400),
        ("POST /add-checkpoint", "Content-Length: -5", 400),
        ("POST /add-checkpoint", "Content-Length: 131073", 400),
        ("POST /add-checkpoint", "Content-Length: 99999999999", 400),
        ("POST /add-checkpoint", "Content-Length: 0", 400),
        ("POST /", "Content-Length: 5", 404),
        ("GET /", "", 404),
        ("GET /../key", "", 404),
        ("PUT /add-checkpoint", "", 501),
    ],
)
def test_a_request_that_is_none_is_answered(port: int, request_line: str, headers: str, status: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as to:
        to.sendall(f"{request_line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{headers}\r\n\r\n".encode())
        assert re.match(rb"HTTP/1\.1 (\d+)", to.makefile("rb").read())[1] == b"%d" % status  # type: ignore[index]


def test_clients_that_stay_silent_or_drip_are_let_go(
    port: int, written: WrittenLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness, "SECONDS", 0.05)
    silent = [socket.create_connection(("127.0.0.1", port), timeout=300) for _ in range(witness.AT_ONCE + 8)]
    for one in silent:
        one.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 9\r\n\r\nold")
    for one in silent:
        with contextlib.suppress(ConnectionError):
            assert one.recv(1000) == b""
        one.close()
    monkeypatch.setattr(witness, "SECONDS", 300)
    connection = HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("POST", "/add-checkpoint", asked(written, 0, 5))
    assert connection.getresponse().status == 200, "there is room again"
    connection.close()


def test_the_command_listens_until_it_is_interrupted(
    signer: note.Signer, written: WrittenLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    key = tmp_path / "key"
    key.write_text(signer.text, encoding="utf-8")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("http.server.ThreadingHTTPServer.serve_forever", interrupted)
    options = ["witness", "--folder", str(tmp_path), "--key", str(key), "--log", written.vkey]
    assert main([*options, "--listen", "127.0.0.1:0"]) == 0
    assert signer.key.text in capsys.readouterr().out
    for wrong in ("127.0.0.1:x", "nowhere", "999.0.0.1:0"):
        assert main([*options, "--listen", wrong]) == 2
    assert json.dumps(capsys.readouterr().out).count("NOT CHECKED") == 3
