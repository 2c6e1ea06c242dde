"""Receipts checked by the log, and every lie of a log and of a site about it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import MINUTE
from tests.verify.played import Played
from tests.verify.test_played_contest import Outsider
from tests.verify.written_log import HERE, WrittenLog, mth, tiles_of
from tests.web.counter import AN
from verify.log import Batch
from verify.outcome import Failed

OPENINGS = f"{HERE}/openings/0.json"
TILE = f"{HERE}/batch/1/tile/0/000.p/4"


@pytest.fixture(scope="module")
def played() -> Played:
    return Played()


@pytest.fixture
def outsider(played: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Outsider:
    return Outsider(dict(played.site.objects), tmp_path, capsys)


def shows(played: Played, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Outsider:
    return Outsider(played.site.objects, tmp_path, capsys)


Bytes = Callable[[bytes], bytes]


def first_hash(data: bytes) -> bytes:
    return bytes(32) + data[32:]


def opening(**changed: Any) -> Bytes:
    def change(data: bytes) -> bytes:
        told = json.loads(data)
        told["openings"][1].update(changed)
        return json.dumps(told).encode()

    return change


def without_the_minute(data: bytes) -> bytes:
    told = json.loads(data)
    del told["openings"][1]
    return json.dumps(told).encode()


@pytest.mark.parametrize(
    ("path", "lie", "code", "message"),
    [
        (f"{HERE}/checkpoint", lambda data: data.replace(b"\n6\n", b"\n5\n"), 1, "không có chữ ký đúng"),
        (f"{HERE}/checkpoint", lambda data: b"", 2, "chưa có tệp data/log/checkpoint"),
        (f"{HERE}/vkey", lambda data: WrittenLog().vkey.encode(), 1, "không có chữ ký đúng"),
        (f"{HERE}/vkey", lambda data: b"key", 1, "không phải khóa kiểm tra"),
        (f"{HERE}/tile/entries/000.p/6", lambda data: data[:-3], 1, "không gồm đúng 6 mục"),
        (
            f"{HERE}/tile/entries/000.p/6",
            lambda data: data.replace(b'"batch":5', b'"batch":6'),
            1,
            "không cho ra mốc",
        ),
        (OPENINGS, without_the_minute, 2, "chưa mở: hãy thử lại sau nửa giờ"),
        (OPENINGS, opening(root="0" * 64), 1, "khác với cam kết"),
        (OPENINGS, opening(size=5), 1, "khác với cam kết"),
        (OPENINGS, opening(salt="0" * 64), 1, "khác với cam kết"),
        (OPENINGS, opening(at="2022-08-22T01:07:00Z"), 1, "thời điểm khác"),
        (OPENINGS, opening(size=-1), 1, "không đúng dạng"),
        (OPENINGS, lambda data: b"[]", 1, "không đúng dạng"),
        (TILE, lambda data: data[:-1], 1, "dài 127 byte"),
        (TILE, lambda data: data + data, 1, "dài 256 byte"),
        (TILE, first_hash, 1, "không cho ra mã xác thực của phút"),
    ],
)
def test_a_site_that_lies_about_the_log_is_found(
    outsider: Outsider, played: Played, path: str, lie: Bytes, code: int, message: str
) -> None:
    changed = lie(outsider.files[path])
    assert changed != outsider.files[path]
    outsider.files[path] = changed
    found, said = outsider.check(played.receipts[0])
    assert (found, message in said) == (code, True), said


def test_a_tile_that_is_not_there_is_named(outsider: Outsider, played: Played) -> None:
    del outsider.files[TILE]
    code, said = outsider.check(played.receipts[0])
    assert (code, "thiếu tệp data/log/batch/1/tile/0/000.p/4" in said) == (1, True), said


def test_of_sealed_minutes_it_is_told_when_to_come_again(outsider: Outsider, played: Played) -> None:
    del outsider.files[OPENINGS]
    code, said = outsider.check(played.receipts[0])
    assert (code, "sau khi công bố kết quả của tuần" in said) == (2, True), said
    assert "✓ Chữ ký của cuộc thi đúng" in said


def test_a_receipt_that_is_newer_than_the_log_is_told_to_wait(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Played()
    played.clock.now += 12 * 60 * MINUTE
    newer = played.play(AN, 0, 3)
    code, said = shows(played, tmp_path, capsys).check(newer)
    assert (code, "hãy thử lại sau năm phút" in said) == (2, True), said


def test_a_site_without_a_log_cannot_be_checked(outsider: Outsider, played: Played) -> None:
    outsider.files = {path: data for path, data in outsider.files.items() if not path.startswith(HERE)}
    assert outsider.check(played.receipts[0])[0] == 2


def test_the_announced_key_of_the_log_decides(outsider: Outsider, played: Played) -> None:
    vkey = outsider.files[f"{HERE}/vkey"].decode()
    assert outsider.check(played.receipts[0], "--vkey", vkey)[0] == 0
    code, said = outsider.check(played.receipts[0], "--vkey", WrittenLog().vkey)
    assert (code, "khác với khóa đã cho" in said) == (1, True), said
    assert outsider.check(played.receipts[0], "--vkey", "key")[0] == 2


def test_a_receipt_of_another_contest_is_told_apart(outsider: Outsider, played: Played) -> None:
    outsider.files |= WrittenLog("cuoc-thi/khac").minutes(3).files
    code, said = outsider.check(played.receipts[0])
    assert (code, "cuộc thi khác" in said) == (1, True), said


def test_a_key_that_whoever_writes_the_site_names_signs_nothing(outsider: Outsider, played: Played) -> None:
    """Neither the list of keys on the site nor anything else but the log says which keys are right."""
    forged = copy.deepcopy(played.receipts[0])
    forged["key_id"] = sha256(b"another").hexdigest()[:16]
    keys = {"format": 1, "keys": [{"key_id": forged["key_id"], "algorithm": "Ed25519", "public_key": "0" * 64}]}
    outsider.files["data/keys.json"] = json.dumps(keys).encode()
    code, said = outsider.check(forged)
    assert (code, "Nhật ký chưa nêu khóa ký biên nhận này" in said) == (1, True), said


def test_a_key_that_the_log_named_later_signs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late = Played(key=2)
    code, said = shows(late, tmp_path, capsys).check(late.receipts[0])
    assert (code, "Nhật ký chưa nêu khóa ký biên nhận này" in said) == (1, True), said


def test_what_the_stream_has_not_brought_is_missed_and_then_found_late(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Played(missed=[2])
    outsider = shows(played, tmp_path, capsys)
    code, said = outsider.check(played.receipts[2])
    assert (code, "KHÔNG có bài thi này trong nhật ký, dù biên nhận có chữ ký đúng" in said) == (1, True), said
    assert "gửi cho Ban Tổ chức" in said
    assert outsider.check(played.receipts[1])[0] == 0

    played.log.minutes(310)  # a little more than the week
    played.close()
    code, said = outsider.check(played.receipts[2])
    assert (code, "✓ Bài vào nhật ký MUỘN" in said) == (0, True), said
    assert "✓ Bài vào nhật ký đúng hạn" in outsider.check(played.receipts[1])[1]


def test_what_the_bundle_says_to_be_late_must_stand_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = Played(missed=[2])
    played.log.minutes(310)
    played.close()
    outsider = shows(played, tmp_path, capsys)
    for number in (0, 3, 99_999):
        told = number.to_bytes(4, "big") * 5
        outsider.edit_in_folder("batches", lambda _, told=told: told)  # type: ignore[misc]
        code, said = outsider.check(played.receipts[2])
        assert (code, "KHÔNG có bài thi này trong nhật ký" in said) == (1, True), said


# Batches of any size


def leaves(size: int) -> list[bytes]:
    return sorted(sha256(b"%d" % number).digest() for number in range(size))


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 512, 20_000, 65_536, 65_600])
def test_a_batch_tells_what_it_has_by_a_few_tiles(size: int) -> None:
    hashes = leaves(size)
    files, read = tiles_of(hashes, f"{HERE}/batch/7"), list[str]()

    def fetch(path: str) -> bytes | None:
        read.append(path)
        return files.get(path)

    known = mth(hashes)
    for number in range(0, size, max(1, size // 50)):
        read.clear()
        assert Batch(fetch, 7, known, size).has(hashes[number])
        assert len(read) <= 7, read
    for number in range(20):
        assert not Batch(fetch, 7, known, size).has(sha256(b"none %d" % number).digest())
    for least in (bytes(32), b"\xff" * 32):
        assert not Batch(fetch, 7, known, size).has(least)


def test_a_changed_tile_of_a_batch_is_found(tmp_path: Path) -> None:
    hashes = leaves(20_000)
    files, known = tiles_of(hashes, f"{HERE}/batch/7"), mth(hashes)
    for path in files:
        harmed = {**files, path: bytes([files[path][0] ^ 1]) + files[path][1:]}
        number = int(path.split("/")[-1]) * 256 if ".p" not in path else 0
        with pytest.raises(Failed, match="do not give"):
            Batch(harmed.get, 7, known, len(hashes)).has(hashes[number + 100])
