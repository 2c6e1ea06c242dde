"""A witness that a log asks for cosignatures (C2SP, tlog-witness): one key, one log, one folder."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader
from threading import BoundedSemaphore
from time import monotonic
from typing import Any

from verify.folder import Folder
from verify.log import HASH, consistent
from verify.note import Checkpoint, Key, Signer, read_checkpoint, signed
from verify.outcome import Failed
from verify.site import Until

LARGEST, SECONDS, AT_ONCE = 128 << 10, 20, 32  # of a request, in bytes; of a connection; connections
PROOF = 63  # lines
Answer = tuple[int, str, bytes]


class Witness:
    """``clock``: seconds since 1970."""

    def __init__(self, folder: Folder, log: Key, signer: Signer, clock: Callable[[], float]) -> None:
        self._folder, self._log, self._signer, self._clock = folder, log, signer, clock
        self.path = f"/{sha256(log.name.encode()).hexdigest()}/checkpoint"

    def add_checkpoint(self, body: bytes) -> Answer:
        head, _, note = body.partition(b"\n\n")
        try:
            old, proof = _request(head)
            checkpoint = read_checkpoint(note)
        except (Failed, ValueError):
            return _said(400, "not an add-checkpoint request")
        if checkpoint.origin != self._log.name:
            return _said(404, "unknown log")
        if not signed(checkpoint, self._log):
            return _said(403, "not signed by the log")
        if old > checkpoint.size:
            return _said(400, "the old size is above the checkpoint's")
        return self._cosigned(old, proof, checkpoint)

    def _cosigned(self, old: int, proof: list[bytes], checkpoint: Checkpoint) -> Answer:
        with self._folder.locked():
            own = self._folder.read("cosigned")
            before = read_checkpoint(own) if own else None
            size, root = (before.size, before.root) if before else (0, b"")
            if old != size:
                return 409, "text/x.tlog.size", b"%d\n" % size
            empty = checkpoint.size == 0 and checkpoint.root != sha256(b"").digest()
            if empty or not consistent(size, root, checkpoint.size, checkpoint.root, proof):
                return _said(422, "not an extension of what this witness has cosigned")
            line = self._signer.cosign(checkpoint.text, int(self._clock()))
            self._folder.write("cosigned", checkpoint.note + line)
        return 200, "text/plain; charset=utf-8", line

    def checkpoint(self) -> Answer:
        own = self._folder.read("cosigned")
        return (200, "text/plain; charset=utf-8", own) if own else _said(404, "nothing is cosigned yet")


def _request(head: bytes) -> tuple[int, list[bytes]]:
    """Raises ``ValueError``."""
    first, *lines = head.decode().split("\n")
    old = re.fullmatch(r"old (0|[1-9][0-9]{0,17})", first)
    proof = [b64decode(line, validate=True) for line in lines]
    if not old or len(proof) > PROOF or any(len(hashed) != HASH for hashed in proof):
        raise ValueError
    return int(old[1]), proof


def _said(status: int, text: str) -> Answer:
    return status, "text/plain; charset=utf-8", f"{text}\n".encode()


def server(witness: Witness, host: str, port: int) -> ThreadingHTTPServer:
    """Listens; ``serve_forever`` answers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version, sys_version = "cuoc-thi-witness", ""
        timeout = SECONDS

        def setup(self) -> None:
            super().setup()
            self.rfile = BufferedReader(Until(self.connection, monotonic() + SECONDS))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint":
                self._answer(_said(404, "there is POST /add-checkpoint only"))
            elif not re.fullmatch("[0-9]{1,6}", length) or int(length) > LARGEST:
                self._answer(_said(400, "a Content-Length of at most 128 KB is needed"))
            else:
                self._answer(witness.add_checkpoint(self.rfile.read(int(length))), keep=True)

        def do_GET(self) -> None:
            right = self.path == witness.path
            self._answer(witness.checkpoint() if right else _said(404, "there is no such file"), keep=True)

        def _answer(self, answer: Answer, *, keep: bool = False) -> None:
            """``keep``: all of the request was read, so that another may follow."""
            status, kind, body = answer
            self.close_connection = self.close_connection or not keep
            self.send_response(status)
            for name, value in (("Content-Type", kind), ("Content-Length", str(len(body)))):
                self.send_header(name, value)
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing: whoever asks is recorded in the cosigned file alone."""

    class Server(ThreadingHTTPServer):
        daemon_threads, request_queue_size = True, AT_ONCE
        free = BoundedSemaphore(AT_ONCE)

        def process_request(self, request: Any, client_address: Any) -> None:
            self.free.acquire()
            super().process_request(request, client_address)

        def process_request_thread(self, request: Any, client_address: Any) -> None:
            try:
                super().process_request_thread(request, client_address)
            finally:
                self.free.release()

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A client that goes away or is too slow is no error of the witness."""

    return Server((host, port), Handler)
