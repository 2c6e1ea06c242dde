"""CPU of a new TLS connection with one request, against a bare handshake with a context that is there already.

The other side is a process of its own on 127.0.0.1, so that only the caller's CPU counts. Prints medians of
milliseconds: bare, then ours.
"""

from __future__ import annotations

import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from stubs import milliseconds

from chalicelib.storage.http_lines import Address, KeptLines, tls

ROUNDS, CALLS = 9, 20
SERVER = """
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[2], sys.argv[1])
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        with context.wrap_socket(listener.accept()[0], server_side=True) as line:
            line.recv(65536)
            line.sendall(b"HTTP/1.1 200 OK\\r\\nConnection: close\\r\\nContent-Length: 2\\r\\n\\r\\n{}")
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        key, certificate = (str(Path(folder, name)) for name in ("key.pem", "certificate.pem"))
        make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        make += ["-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        command = [sys.executable, "-c", SERVER, key, certificate]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            port = int(server.stdout.readline())
            tls().load_verify_locations(certificate)
            kept = ssl.create_default_context(cafile=certificate)

            def bare() -> None:
                line = socket.create_connection(("127.0.0.1", port))
                with kept.wrap_socket(line, server_hostname="127.0.0.1") as talking:
                    talking.sendall(b"POST / HTTP/1.1\r\n\r\n")
                    talking.recv(65_536)

            def ours() -> None:
                KeptLines(5, 5).send(Address(True, "127.0.0.1", port), "POST", "/", {}, b"{}")

            rounds = [[milliseconds(bare, CALLS), milliseconds(ours, CALLS)] for _ in range(ROUNDS + 1)]
            server.kill()
    print(*(statistics.median(times[1:]) for times in zip(*rounds, strict=True)))


if __name__ == "__main__":
    main()
