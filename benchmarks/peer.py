"""The exam path beside a peer: CPU of a start and a submission over real local connections, in one run.

The peer is ``benchmarks/peer_server.py`` on PostgreSQL, both started here on 127.0.0.1 and ended. Of it the
CPU of the server's process and of all of PostgreSQL's processes is told: on a server of one's own both are
paid for. Of ours it is the CPU of the function's process (``peer_ours.py``): the event from JSON, the
handler with its signed requests over a kept connection to something that answers as DynamoDB does, the
answer to JSON. DynamoDB is paid by units, and API Gateway and Lambda's process, which take the place of the
server's HTTP, by requests: they are not counted. Neither side has TLS. Requests come one after the other on
kept connections.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import pwd
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from chalicelib.services.contest.reference import Reference
from chalicelib.services.exam.exam import Person
from chalicelib.web.tokens import Tokens

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-peer" / "bin" / "python"
ROUNDS, PAIRS = 7, 150
_TICK_US = 1_000_000 / os.sysconf("SC_CLK_TCK")


def postgres_folder() -> Path:
    """Where the newest PostgreSQL of the system has its programs. Ends the program if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise SystemExit("PostgreSQL is not there; on Debian: apt install postgresql.")
    return found[-1]


@contextmanager
def postgres() -> Iterator[tuple[Path, int]]:
    """A PostgreSQL with its defaults, all commits to disk: the folder of its socket, and its process id."""
    programs = postgres_folder()
    # It refuses to run as root.
    user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder:
        if user:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = Path(folder, "data")
        command = [*user, str(programs / "initdb"), "--auth=trust", "--username=peer", "-D", str(data)]
        subprocess.run(command, check=True, capture_output=True, cwd=folder)
        server = [*user, str(programs / "postgres"), "-D", str(data), "-k", folder, "-c", "listen_addresses="]
        with subprocess.Popen(server, cwd=folder, stderr=subprocess.DEVNULL) as process:
            try:
                _wait_for(Path(folder, ".s.PGSQL.5432").exists)
                yield Path(folder), int((data / "postmaster.pid").read_text().split()[0])
            finally:
                with (data / "postmaster.pid").open() as named:
                    os.kill(int(named.readline()), 2)
                process.wait(20)


@contextmanager
def peer(bank: Path, database: Path) -> Iterator[tuple[http.client.HTTPConnection, int]]:
    """The peer's server: a connection to it, and its process id."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(PYTHON), str(ROOT / "benchmarks" / "peer_server.py"), str(port), str(bank), str(database)]
    with subprocess.Popen(command) as process:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            _wait_for(lambda: process.poll() is None and _answers(connection))
            yield connection, process.pid
        finally:
            process.terminate()
            process.wait(20)


def _answers(connection: http.client.HTTPConnection) -> bool:
    try:
        connection.connect()
    except ConnectionRefusedError:
        return False
    return True


def _wait_for(condition: Any) -> None:
    ends = time.monotonic() + 30
    while not condition():
        if time.monotonic() > ends:
            raise SystemExit("the peer did not start")
        time.sleep(0.02)


def cpu_us(root: int) -> float:
    """CPU of a process and all below it, microseconds."""
    total, waiting = 0.0, [root]
    while waiting:
        process = waiting.pop()
        try:
            fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
            waiting += map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split())
        except FileNotFoundError:  # it has ended
            continue
        total += (int(fields[11]) + int(fields[12]) + int(fields[13]) + int(fields[14])) * _TICK_US
    return total


def play_peer(connection: http.client.HTTPConnection, people: Iterator[int]) -> None:
    tokens = Tokens([b"bench-secret"])
    for number in itertools.islice(people, PAIRS):
        person = Person(f"{number:020x}", "S-NOIVU", "mandatory")
        headers = {"Authorization": f"Bearer {tokens.issue(person, time.time_ns() // 1_000_000)[0]}"}
        headers["Content-Type"] = "application/json"
        started = _asked(connection, "/attempts", headers, "{}", 201)
        answers = {str(place): ["A"] for place in range(1, len(started["questions"]) + 1)}
        body = json.dumps({"answers": answers, "prediction": 1234})
        _asked(connection, f"/attempts/{started['attempt_id']}/submission", headers, body, 200)


def _asked(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str], body: str, status: int
) -> Any:
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    if answer.status != status:
        raise SystemExit(f"{path}: {answer.status} {data[:200]!r}")
    return json.loads(data)


class _Dynamo(socketserver.StreamRequestHandler):
    """Answers every update as DynamoDB does."""

    def handle(self) -> None:
        while self.rfile.readline():
            length = 0
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            self.rfile.read(length)
            body = b'{"Attributes":{"used":{"N":"1"}}}'
            head = ["HTTP/1.1 200 OK", f"x-amzn-RequestId: {'A' * 52}", f"x-amz-crc32: {zlib.crc32(body)}"]
            head += ["Content-Type: application/x-amz-json-1.0", f"Content-Length: {len(body)}", "", ""]
            self.wfile.write("\r\n".join(head).encode() + body)


@contextmanager
def ours(code: list[Path]) -> Iterator[subprocess.Popen[str]]:
    """The function's process; each line that it gets has it play ``PAIRS``; it tells CPU in microseconds."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Dynamo) as dynamo:
        dynamo.daemon_threads = True
        threading.Thread(target=dynamo.serve_forever, daemon=True).start()
        path = os.pathsep.join(map(str, [*code, ROOT / "benchmarks"]))
        command = [
            sys.executable,
            "-S",
            str(ROOT / "benchmarks" / "peer_ours.py"),
            str(dynamo.server_address[1]),
        ]
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PAIRS": str(PAIRS)}
        with subprocess.Popen(command, env=environment, stdin=-1, stdout=-1, text=True) as process:
            yield process
            assert process.stdin is not None
            process.stdin.close()
        dynamo.shutdown()


def measure(code: list[Path], reference: Reference) -> tuple[list[float], list[float], list[float]]:
    """Microseconds of CPU for a start and a submission in each round: the peer's server, PostgreSQL, ours."""
    if not PYTHON.exists():
        raise SystemExit("The peer is not installed: make bench PEER=1 does it.")
    with tempfile.TemporaryDirectory() as folder, postgres() as (database, postmaster):
        bank = Path(folder, "bank.json")
        questions = [
            {
                "id": one.id,
                "text": one.text,
                "options": one.options,
                "right": [place for place in range(len(one.options)) if one.answer >> place & 1],
            }
            for one in reference.bank.questions
        ]
        bank.write_text(json.dumps(questions, ensure_ascii=False), encoding="utf-8")
        people = iter(range(10**9))
        server, data, own = [], [], []
        with peer(bank, database) as (connection, process), ours(code) as function:
            assert function.stdin is not None
            assert function.stdout is not None
            for _ in range(ROUNDS + 1):
                before = cpu_us(process), cpu_us(postmaster)
                play_peer(connection, people)
                after = cpu_us(process), cpu_us(postmaster)
                server.append((after[0] - before[0]) / PAIRS)
                data.append((after[1] - before[1]) / PAIRS)
                function.stdin.write("\n")
                function.stdin.flush()
                own.append(float(function.stdout.readline()))
    return server[1:], data[1:], own[1:]
