"""The organiser's pictures: known by their content, bounded, and nothing else in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.pictures import BOUNDS, Picture
from chalicelib.readers.contest_files import FILES, archive, folder_of
from chalicelib.readers.pictures import picture_of, read_picture
from chalicelib.readers.plain import as_plain, read_folder
from chalicelib.readers.tables import ContestFaults
from tests.readers.contest_files import contest_files, read_archive, read_sent, zipped
from tests.readers.pictures import chunk, jpeg, part, png, segment, webp

SECRET = b"GPS 18.67 105.69, camera of Nguyen Van A"
NGHE_AN = Path(__file__).parents[2] / "contests" / "nghe-an-2022"


def taken(name: str, data: bytes) -> tuple[Picture, bytes]:
    plain = as_plain(name, data)
    assert plain.faults == ()
    return picture_of(name, plain.text)


def refusal(name: str, data: bytes) -> str:
    plain = as_plain(name, data)
    assert plain.text == ""
    (fault,) = plain.faults
    assert fault.file == name
    return fault.message


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("emblem.png", png(), (128, 128)),
        ("emblem.webp", webp(200, 100), (200, 100)),
        ("emblem.jpg", jpeg(512, 256), (512, 256)),
        ("emblem.jpeg", jpeg(96, 96), (96, 96)),
        ("banner.jpg", jpeg(), (1200, 300)),
        ("banner.png", png(1920, 480), (1920, 480)),
        ("banner.webp", webp(2400, 300), (2400, 300)),
    ],
)
def test_a_picture_is_taken_with_its_size_and_as_it_was(name: str, data: bytes, size: tuple[int, int]) -> None:
    assert taken(name, data) == (Picture(name, *size), data)


ALPHA = part(b"ALPH", b"")


@pytest.mark.parametrize(
    ("name", "plain", "told"),
    [
        ("emblem.png", png(), png(128, 128, chunk(b"tEXt", SECRET), chunk(b"eXIf", SECRET))),
        ("banner.jpg", jpeg(), jpeg(1200, 300, segment(0xE1, b"Exif\0\0" + SECRET), segment(0xFE, SECRET))),
        ("emblem.webp", webp(128, 128, ALPHA), webp(128, 128, ALPHA, part(b"EXIF", SECRET), flags=8)),
    ],
)
def test_what_a_camera_or_a_program_wrote_beside_the_picture_is_left_out(
    name: str, plain: bytes, told: bytes
) -> None:
    assert SECRET in told
    assert taken(name, told)[1] == plain


@pytest.mark.parametrize(
    ("name", "data"), [("emblem.png", png()), ("banner.jpg", jpeg()), ("emblem.webp", webp())]
)
def test_a_second_file_behind_the_picture_is_left_out(name: str, data: bytes) -> None:
    assert taken(name, data + b"<script>alert(1)</script>")[1] == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"GIF89a" + bytes(100),
        png()[:-12],
        png()[:60] + b"x" + png()[61:],
        png().replace(b"IHDR", b"IHDX"),
        png(128, 128, chunk(b"acTL", bytes(8))),
        png(128, 128, chunk(b"IHDR", bytes(13))),
        png()[:33] + chunk(b"IEND", b""),
        jpeg()[:-2],
        jpeg()[:20],
        jpeg().replace(b"\xff\xc0", b"\xff\xe5"),
        jpeg().replace(b"\xff\xda", b"\xff\xe5"),
        webp()[:-4],
        webp().replace(b"VP8L", b"VP8Q"),
        webp(128, 128, part(b"ANIM", bytes(6))),
        webp(128, 128).replace(b"\x2f", b"\x30"),
        b"RIFF" + (4).to_bytes(4, "little") + b"WEBP",
    ],
)
def test_what_is_no_whole_still_picture_is_refused_with_a_remedy(data: bytes) -> None:
    assert "không đọc được ảnh" in refusal("emblem.png", data)
    assert "hãy xuất lại ảnh" in refusal("emblem.png", data)


@given(st.sampled_from([png(), jpeg(), webp(128, 128, part(b"ALPH", b"ab"))]), st.data())
def test_a_damaged_picture_is_read_or_refused_and_never_more(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(0, len(data)))
    spoilt = data[:at] + draw.draw(st.binary(max_size=8)) + data[at + draw.draw(st.integers(0, 8)) :]
    faults: list[object] = []
    url = read_picture("emblem.png", spoilt, faults)  # type: ignore[arg-type]  what is in it is not looked at
    assert bool(url) != bool(faults)


def test_a_name_that_says_another_kind_than_the_content_is_refused_with_the_right_one() -> None:
    assert refusal("emblem.png", jpeg(256, 256)) == "nội dung là ảnh JPG: hãy đổi tên thành emblem.jpg"
    assert refusal("banner.jpg", webp(1200, 300)) == "nội dung là ảnh WEBP: hãy đổi tên thành banner.webp"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("emblem.png", png(64, 128), "biểu trưng 64 × 128 điểm ảnh: cần rộng từ 96 đến 512 điểm ảnh"),
        ("emblem.png", png(128, 600), "cần cao từ 96 đến 512"),
        ("emblem.png", png(512, 128), "cần rộng gấp 0,5 đến 2 lần cao; hãy cắt lại ảnh"),
        ("banner.png", png(800, 200), "ảnh bìa 800 × 200 điểm ảnh: cần rộng từ 960 đến 2400"),
        ("banner.png", png(1000, 800), "cần rộng gấp 2 đến 8 lần cao"),
        ("emblem.png", png() + bytes(16_000), "tối đa 16.000 byte để trang mở nhanh: hãy nén lại ảnh"),
        ("banner.jpg", jpeg() + bytes(80_000), "ảnh bìa có 80."),
    ],
)
def test_a_picture_of_the_wrong_size_is_refused_with_the_sizes_that_fit(
    name: str, data: bytes, said: str
) -> None:
    assert said in refusal(name, data)


def refused(**files: bytes) -> str:
    """What is said of a folder with more ``files``, by their names with _ for the point."""
    more = {name.replace("_", "."): data for name, data in files.items()}
    with pytest.raises(ContestFaults) as faults:
        read_sent({**contest_files(), **more})
    (fault,) = faults.value.faults
    return fault.message


def test_a_drawing_that_may_hold_a_program_is_refused_by_name_with_the_remedy() -> None:
    message = refused(emblem_svg=b"<svg/>")
    assert "SVG có thể chứa mã lệnh" in message
    assert "emblem.png" in message


def test_a_contest_has_one_emblem() -> None:
    assert "đã có emblem.png" in refused(emblem_png=png(), emblem_webp=webp())


def test_pictures_come_with_the_folder_and_with_its_archive(tmp_path: Path) -> None:
    pictures = {"emblem.png": png(), "banner.jpg": jpeg()}
    for name, data in {**contest_files(), **pictures}.items():
        (tmp_path / name).write_bytes(data)
    folder = read_folder(tmp_path)
    assert folder.pictures == {
        "emblem": (Picture("emblem.png", 128, 128), png()),
        "banner": (Picture("banner.jpg", 1200, 300), jpeg()),
    }
    assert read_archive("c.zip", archive(tmp_path)) == folder
    assert read_archive("c.zip", zipped({**contest_files(), **pictures})) == folder
    assert read_sent(contest_files()).pictures == {}


def test_pictures_are_about_nobody_and_stay_in_the_inbox() -> None:
    assert {folder_of(name) for name, kind in FILES.items() if kind in BOUNDS} == {"kept"}


def test_the_shipped_contest_has_both() -> None:
    assert {kind: picture.file for kind, (picture, _) in read_folder(NGHE_AN).pictures.items()} == {
        "emblem": "emblem.webp",
        "banner": "banner.webp",
    }
