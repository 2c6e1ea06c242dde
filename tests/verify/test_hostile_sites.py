"""Whatever a site sends, the verifier says one clear sentence and ends with 1 or 2, never with a traceback."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import socketserver
import zlib
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from hashlib import sha256
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.services.contest.public_contest import committed_files
from tests.examples import examples
from tests.fakes import START_MS, WEEK
from tests.verify.played import Played
from verify import site
from verify.__main__ import main
from verify.outcome import CannotCheck, Failed

Files = dict[str, bytes]
SAID = {0: "ĐÚNG: mọi bước", 1: "✗ SAI: ", 2: "? CHƯA KIỂM TRA ĐƯỢC: "}


@pytest.fixture(scope="module")
def played() -> Played:
    """A contest that is over, whose bank is published."""
    played = Played()
    played.close(START_MS + 2 * WEEK + 70_000)
    for path, data in committed_files(played.counter.exam.library.current()).items():
        played.site.objects[path] = data
    return played


def run(files: Files, *arguments: str) -> int:
    """The exit code; one sentence of that kind was said, in both languages, without an error of Python's."""
    told = StringIO()
    with redirect_stdout(told):
        code = main(arguments, lambda _: files.get)
    said = told.getvalue()
    assert SAID[code] in said
    assert said.replace("\n", "").isprintable(), "a site's words neither move the cursor nor break the output"
    return code


# Files changed at random

NASTY: list[Any] = [
    None, True, -1, 0, 1, 10**19, -(10**19), 1.5, "", "x", "../../etc/passwd", "\ud800", "1e99999999",
    "0" * 64, "f" * 64, [], {}, [[]], [None], {"": None}, "9999-12-31T23:59:59+00:00", "NaN", "\x1b[2J\n✓ ĐÚNG",
]  # fmt: skip


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The ways to all values inside."""
    if above:
        yield above
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*above, key))


def changed(value: Any, draw: Callable[[Any], Any]) -> Any:
    way = draw(st.sampled_from([*places(value)] or [()]))
    if not way:
        return draw(st.sampled_from(NASTY))
    where = value
    for key in way[:-1]:
        where = where[key]
    act = draw(st.sampled_from(["replace", "replace", "drop", "double"]))
    if act == "replace":
        where[way[-1]] = draw(st.sampled_from(NASTY))
    elif act == "drop" or isinstance(where, dict):
        del where[way[-1]]
    else:
        where.append(where[way[-1]])
    return value


def changed_bytes(data: bytes, draw: Callable[[Any], Any]) -> bytes:
    at = draw(st.integers(0, len(data)))
    act = draw(st.sampled_from(["cut", "insert", "flip"]))
    if act == "cut":
        return data[:at]
    if act == "insert":
        return data[:at] + draw(st.binary(max_size=9)) + data[at:]
    return (
        data[:at] + bytes([data[at] ^ 1 << draw(st.integers(0, 7))]) + data[at + 1 :] if at < len(data) else b""
    )


def is_json(data: bytes) -> bool:
    """A tile may begin with a brace, too."""
    try:
        return isinstance(json.loads(data), (dict, list))
    except ValueError:
        return False


def lied(data: bytes, draw: Callable[[Any], Any]) -> bytes:
    """One value changed, in JSON or in one line of it; or any byte."""
    packed, text = data.startswith(b"\x1f\x8b"), is_json(data)
    if not (packed or text) or draw(st.sampled_from([False, False, False, True])):
        return changed_bytes(data, draw)
    if not packed:
        return json.dumps(changed(json.loads(data), draw), ensure_ascii=True).encode()
    lines = gzip.decompress(data).splitlines() or [b"{}"]
    number = draw(st.integers(0, len(lines) - 1))
    value = changed(json.loads(lines[number]), draw)
    lines[number] = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return gzip.compress(b"".join(line + b"\n" for line in lines))


def repaired(files: Files, path: str, old: bytes) -> None:
    """As a careful liar does: whoever named the digest of the file names the new one."""
    before, after = (sha256(data).hexdigest().encode() for data in (old, files[path]))
    for other, data in files.items():
        if before in data:
            files[other] = data.replace(before, after)
    if before.decode() in path:
        files[path.replace(before.decode(), after.decode())] = files[path]


CHECKED = ("data/keys", "data/log/", "data/results/", "data/proof/", "data/reference/")


@given(st.data())
@examples(3)
def test_a_site_changed_anywhere_gets_a_sentence(
    played: Played, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    files = dict(played.site.objects)
    path = data.draw(st.sampled_from(sorted(path for path in files if path.startswith(CHECKED))))
    before = files[path]
    files[path] = lied(before, data.draw)
    repaired(files, path, before)
    receipt = tmp_path_factory.getbasetemp() / "receipt.json"
    receipt.write_text(json.dumps(played.receipts[1]), encoding="utf-8")
    run(files, "receipt", str(receipt), "--site", "https://a")
    run(files, "final", "https://a")


@given(st.data())
@examples(1)
def test_a_receipt_changed_anywhere_gets_a_sentence(
    played: Played, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    receipt = tmp_path_factory.getbasetemp() / "changed.json"
    receipt.write_bytes(lied(json.dumps(played.receipts[1]).encode(), data.draw))
    run(played.site.objects, "receipt", str(receipt), "--site", "https://a")


def test_the_true_site_is_right(played: Played, tmp_path: Path) -> None:
    receipts = tmp_path / "receipts.json"
    receipts.write_text(json.dumps(played.receipts), encoding="utf-8")
    assert run(played.site.objects, "receipt", str(receipts), "--site", "https://a") == 0
    assert run(played.site.objects, "final", "https://a") == 0


# Files made to hurt

DEEP = b"[" * 200_000 + b"]" * 200_000


@pytest.mark.parametrize(
    ("page", "code", "said"),
    [
        (DEEP, 2, "lồng nhau quá sâu"),
        (b'{"a":' * 100_000, 2, "lồng nhau quá sâu"),
        (b'{"weeks": [{"week": ' + b"1" * 1_000_000 + b"}]}", 2, "số quá dài"),
        (b'{"weeks": [{"week": 1e99999999}]}', 2, "số quá dài"),
        (b'{"weeks": [{"week": 0.' + b"1" * 1_000_000 + b"}]}", 2, "số quá dài"),
        (b'{"weeks": [{"week": NaN}], "final": null}', 1, "không phải JSON"),
        (b'{"weeks": [{"week": -Infinity}], "final": null}', 1, "không phải JSON"),
        ('{"weeks": []}'.encode("utf-16"), 1, "không phải JSON"),
        (b"\xff\xfe\x00", 1, "không phải JSON"),
        (b"\xef\xbb\xbf{}", 1, "không phải JSON"),
        (b"{", 1, "không phải JSON"),
        (b"[]", 1, "không đúng dạng quy định"),
        (b'{"weeks": 3}', 1, "không đúng dạng quy định"),
        (b'{"weeks": [{"week": -1}]}', 2, "chưa chốt"),
    ],
)
def test_json_made_to_hurt_is_refused(
    page: bytes, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rank", "https://a"], lambda _: {"data/results/index.json": page}.get) == code
    assert said in capsys.readouterr().out


def test_a_number_of_the_rules_is_short() -> None:
    for text in ("1e999999999", "-1", "nan", "1_0", "9" * 30, "١", " 1"):
        with pytest.raises(Failed):
            site.fraction(text)
    assert [str(site.fraction(text)) for text in ("0.25", "1/4", "1", 3)] == ["1/4", "1/4", "1", "3"]  # type: ignore[arg-type]


def swollen(times: int) -> bytes:
    """Lines of a kilobyte, packed to a thousandth."""
    return gzip.compress((b" " * 1023 + b"\n") * times)


@pytest.mark.parametrize(
    ("packed", "wrong", "said"),
    [
        (gzip.compress(bytes(50_000_000)), CannotCheck, "bung ra quá lớn"),
        (swollen(50_000), CannotCheck, "bung ra quá lớn"),
        (b"no gzip", Failed, "bị hỏng"),
        (swollen(1)[:-9], Failed, "bị hỏng"),
        (swollen(1)[:-8] + bytes(8), Failed, "bị hỏng"),
        (swollen(1)[:10] + b"\xff" * 20, Failed, "bị hỏng"),
    ],
    ids=["one line", "many lines", "no gzip", "cut", "wrong sum", "wrong blocks"],
)
def test_a_packed_file_made_to_hurt_is_refused_before_it_is_unpacked(
    packed: bytes, wrong: type[Failed], said: str
) -> None:
    unpacked: list[int] = []
    with pytest.raises(wrong) as told:
        unpacked.extend(len(line) for line in site.lines(packed, "bundle.jsonl.gz"))
    assert said in told.value.vi
    assert sum(unpacked) <= 100 * len(packed) + site.LINE


def test_every_kind_of_file_has_its_limit() -> None:
    limits = {
        "data/log/checkpoint": 131_072,
        "data/log/tile/0/x001/067": 8192,
        "data/log/tile/entries/067.p/3": 16_777_472,
        "data/log/batch/17/opening.json": 131_072,
        "data/log/batch/17/tile/0/000": 8192,
        "data/proof/week-1/00/audit-00.jsonl.gz": 1 << 30,
        "data/results/final.json": 64 << 20,
    }
    assert {path: site.limit_of(path) for path in limits} == limits


# Servers made to hurt

ENDLESS = b"x" * 65_536


def forever(head: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def attack(to: socket.socket) -> None:
        to.sendall(head)
        while True:
            to.sendall(piece)

    return attack


def once(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda to: to.sendall(answer)


def silent(to: socket.socket) -> None:
    to.recv(1)  # until the verifier has had enough


def answered(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*head, "", ""]).encode() + body


OK = b"HTTP/1.1 200 OK\r\n"
# What the server does → what the verifier says.
ATTACKS: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "endless": (forever(OK + b"\r\n", ENDLESS), "lớn hơn mức cho phép"),
    "chunked": (
        forever(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"10000\r\n" + ENDLESS + b"\r\n"),
        "lớn hơn mức cho phép",
    ),
    "bomb": (
        once(answered(gzip.compress(bytes(100_000_000)), "Content-Encoding: gzip")),
        "lớn hơn mức cho phép",
    ),
    "headers": (forever(OK, b"X-A: b\r\n"), "Không đọc được"),
    "header": (forever(OK + b"X: ", ENDLESS), "Không đọc được"),
    "drips": (forever(OK + b"\r\n", b"x"), "quá chậm"),
    "silent": (silent, "quá chậm"),
    "half": (once(answered(b"half", length=8)), "bị cắt ngang"),
    "half-gzip": (once(answered(gzip.compress(b"whole")[:-4], "Content-Encoding: gzip")), "bị cắt ngang"),
    "no-gzip": (once(answered(b"plain", "Content-Encoding: gzip")), "Không đọc được"),
    "brotli": (once(answered(b"x", "Content-Encoding: br")), "nén theo cách không đọc được"),
    "deflate": (
        once(answered(zlib.compress(b"x"), "Content-Encoding: deflate")),
        "nén theo cách không đọc được",
    ),
    "nothing": (once(b""), "Không đọc được"),
    "garbage": (once(b"\x00\xff\x00\xff\r\n\r\n"), "Không đọc được"),
    "chunk": (once(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), "Không đọc được"),
    "continue": (forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "quá chậm"),
    "error": (once(answered(b"", status="500 Oops")), "trả lời 500"),
    "elsewhere": (
        once(answered(b"", "Location: http://localhost/", status="302 Found")),
        "chuyển sang trang khác",
    ),
    "port": (
        once(answered(b"", "Location: http://127.0.0.1:1/", status="302 Found")),
        "chuyển sang trang khác",
    ),
    "not-http": (once(answered(b"", "Location: file:///etc/passwd", status="302 Found")), "trả lời 302"),
    "loop": (once(answered(b"", "Location: /data/loop", status="302 Found")), "trả lời 302"),
    "redirected-endless": (
        forever(b"HTTP/1.1 302 Found\r\nLocation: /data/half\r\n\r\n", ENDLESS),
        "bị cắt ngang",
    ),
}


class Hostile(socketserver.ThreadingTCPServer):
    daemon_threads = True
    good: ClassVar[Files] = {}

    def finish_request(self, request: Any, client_address: Any) -> None:
        with contextlib.suppress(OSError):
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += request.recv(65_536) or b"\r\n\r\n"
            path = asked.split(b" ")[1].decode().removeprefix("/data/")
            attack = (
                ATTACKS[path][0]
                if path in ATTACKS
                else once(self.good.get(path, answered(b"", status="404 No")))
            )
            attack(request)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with Hostile(("127.0.0.1", 0), socketserver.BaseRequestHandler) as serving:
        Thread(target=serving.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{serving.server_address[1]}"
        serving.shutdown()


@pytest.mark.parametrize("name", ATTACKS)
def test_a_server_made_to_hurt_is_left_with_a_sentence(
    server: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "LIMITS", [(site.re.compile(""), 300_000)])
    if name in {"drips", "continue"}:  # each read of them is quick: time passes only on this clock
        seconds = iter(range(1_000_000))
        monkeypatch.setattr(site, "monotonic", lambda: float(next(seconds)))
    if name == "silent":
        monkeypatch.setattr(site, "SECONDS", 0.05)
    with pytest.raises(CannotCheck) as told:
        site.over_http(server)(f"data/{name}")
    assert ATTACKS[name][1] in told.value.vi


def test_an_honest_server_is_read(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    good = {
        "plain": answered(b"one"),
        "packed": answered(gzip.compress(b"two"), "Content-Encoding: gzip"),
        "moved": answered(b"", "Location: /data/plain", status="301 Moved"),
        "forbidden": answered(b"", status="403 No"),
    }
    monkeypatch.setattr(Hostile, "good", good)
    fetch = site.over_http(server)
    told = [fetch(f"data/{name}") for name in ("plain", "packed", "moved", "forbidden", "missing")]
    assert told == [b"one", b"two", b"one", None, None]


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a//b", "a/./b", "a b", "a\r\nb", "à", "a?b", "a#b", "", "http://b/"]
)
def test_a_path_that_a_site_names_stays_below_its_address(path: str) -> None:
    with pytest.raises(Failed):
        site.over_http("http://127.0.0.1:1")(path)


@pytest.mark.parametrize(
    "address",
    ["", "a", "//a", "http://", "http://:80", "http://a:x", "http://a:99999", "http://a/?b", "http://a/#b",
     "http://a b", "http://à", "ftp://a", "http://[a"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(CannotCheck):
        site.over_http(address)
