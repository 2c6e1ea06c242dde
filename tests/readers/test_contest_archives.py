"""A contest as one zip, and every way in which a zip can fail to be a contest."""

from __future__ import annotations

import io
import os
import zipfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from chalicelib.readers.contest_files import LARGEST, archive
from chalicelib.readers.plain import read_folder
from chalicelib.readers.tables import ContestFaults, Fault
from tests.readers.contest_files import contest_files, read_archive, zipped


def faults(data: bytes) -> list[Fault]:
    with pytest.raises(ContestFaults) as refused:
        read_archive("cuoc-thi.zip", data)
    return refused.value.faults


def folder(path: Path) -> Path:
    for name, data in contest_files().items():
        (path / name).write_bytes(data)
    return path


def spoilt(method: int) -> bytes:
    """A zip packed by ``method``, with the first bytes of its first file changed."""
    data = b"".join(sha256(bytes([k])).hexdigest().encode() for k in range(60))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as packed:
        packed.writestr("contest.toml", data)
        packed.writestr("questions.csv", data)
    whole = buffer.getvalue()
    return whole[:42] + b"\xff" * 400 + whole[442:]


def test_the_same_folder_gives_the_same_archive(tmp_path: Path) -> None:
    first = archive(folder(tmp_path))
    for file in tmp_path.iterdir():
        os.utime(file, (1_000_000_000, 1_000_000_000))
    assert archive(tmp_path) == first


def test_another_folder_gives_another_archive(tmp_path: Path) -> None:
    first = archive(folder(tmp_path))
    (tmp_path / "guide.md").write_text("# Khác\n")
    assert archive(tmp_path) != first


def test_an_archive_holds_the_files_of_the_folder(tmp_path: Path) -> None:
    assert read_archive("c.zip", archive(folder(tmp_path))) == read_folder(tmp_path)


def test_only_the_files_of_a_contest_go_into_the_archive(tmp_path: Path) -> None:
    folder(tmp_path)
    (tmp_path / "passwords.txt").write_text("bí mật")
    (tmp_path / "~$units.csv").write_text("Excel")
    with zipfile.ZipFile(io.BytesIO(archive(tmp_path))) as packed:
        assert packed.namelist() == sorted(contest_files())


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ContestFaults, match="không có thư mục"):
        read_folder(tmp_path / "nowhere")


def test_a_folder_that_is_too_large_is_a_fault(tmp_path: Path) -> None:
    with (folder(tmp_path) / "guide.md").open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(ContestFaults, match="quá lớn"):
        read_folder(tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"PK\x03\x04 and then nothing", id="only the beginning"),
        pytest.param("không phải zip".encode(), id="a text"),
        pytest.param(zipped(contest_files())[:-30], id="broken off"),
        pytest.param(spoilt(zipfile.ZIP_DEFLATED), id="a spoilt deflate stream"),
        pytest.param(spoilt(zipfile.ZIP_STORED), id="a wrong checksum"),
        pytest.param(spoilt(zipfile.ZIP_BZIP2), id="a spoilt bzip2 stream"),
        pytest.param(spoilt(zipfile.ZIP_LZMA), id="a spoilt lzma stream"),
    ],
)
def test_a_broken_zip_is_a_fault_of_the_file(data: bytes) -> None:
    (fault,) = faults(data)
    assert (fault.file, fault.row) == ("cuoc-thi.zip", 0)
    assert "hãy nén lại" in fault.message


@pytest.mark.parametrize("at", range(0, 1_200, 37))
def test_no_single_spoilt_byte_breaks_the_reader(at: int) -> None:
    data = bytearray(zipped(contest_files()))
    data[at % len(data)] ^= 0xFF
    with suppress(ContestFaults):
        read_archive("cuoc-thi.zip", bytes(data))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    (fault,) = faults(zipped({**contest_files(), "guide.md": b"a" * (LARGEST + 1)}))
    assert fault.file == "cuoc-thi.zip"
    assert "quá lớn" in fault.message


def test_a_zip_that_lies_about_its_size_is_a_fault() -> None:
    honest = zipped({**contest_files(), "guide.md": b"a" * (LARGEST + 1)})
    size, lie = (LARGEST + 1).to_bytes(4, "little"), (9).to_bytes(4, "little")
    assert faults(honest.replace(size, lie))


def test_an_encrypted_zip_is_a_fault() -> None:
    data = zipped(contest_files())
    locked = data.replace(b"PK\x03\x04\x14\x00\x00\x00", b"PK\x03\x04\x14\x00\x01\x00")
    locked = locked.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")
    assert locked != data
    assert "mật khẩu" in faults(locked)[0].message


@pytest.mark.parametrize("prefix", ["../", "/", "..\\", "a/../", "a/b/", "./"])
def test_files_at_another_path_are_not_the_contest(prefix: str) -> None:
    found = faults(zipped({prefix + name: data for name, data in contest_files().items()}))
    assert [fault.file for fault in found] == ["contest.toml", "questions.csv", "units.csv"]


@pytest.mark.parametrize(
    ("inside", "named"),
    [
        ({"2021/contest.toml": b"x"}, "(ngay trong tệp zip, 2021/)"),
        ({"cu/lists/rosters.csv": b"x"}, "(ngay trong tệp zip, cu/lists/)"),
        ({"../../guide.md": b"# hacked"}, "(ngay trong tệp zip, ../../)"),
        ({f"{year}/units.csv": b"x" for year in range(2014, 2022)}, "2017/, …)"),
    ],
)
def test_an_archive_with_a_second_set_of_files_is_refused_not_guessed_at(
    inside: dict[str, bytes], named: str
) -> None:
    (fault,) = faults(zipped({**contest_files(), **inside}))
    assert (fault.file, fault.row) == ("cuoc-thi.zip", 0)
    assert named in fault.message
    assert "chỉ nén một thư mục cuộc thi" in fault.message


def test_of_two_contests_in_folders_none_is_taken() -> None:
    both = {f"{year}/{name}": data for year in (2021, 2022) for name, data in contest_files().items()}
    (fault,) = faults(zipped(both))
    assert "(2021/, 2022/)" in fault.message


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_in_an_archive_are_refused() -> None:
    buffer = io.BytesIO(zipped(contest_files()))
    with zipfile.ZipFile(buffer, "a") as packed:
        packed.writestr("units.csv", contest_files()["units.csv"])
    assert "nhiều hơn một bộ tệp" in faults(buffer.getvalue())[0].message


def test_a_zip_of_the_folder_itself_is_accepted_too() -> None:
    files = contest_files()
    inside = zipped({**{f"nghe-an-2022/{name}": data for name, data in files.items()}, "__MACOSX/._x": b"x"})
    assert read_archive("c.zip", inside) == read_archive("c.zip", zipped(files))


@pytest.mark.parametrize("name", ["exclusion.csv", "Exclusions.csv", "questions.xlsx", "contest.TOML"])
def test_a_file_under_a_wrong_name_is_not_ignored(name: str) -> None:
    (fault,) = faults(zipped({**contest_files(), name: b"x"}))
    assert fault.file == name
    assert "exclusions.csv" in fault.message
