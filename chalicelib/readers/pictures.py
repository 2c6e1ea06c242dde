"""The organiser's pictures, PNG, JPEG or WebP by their content.

A picture is put together anew from those parts that make it. So nothing else goes to the site: no place and
person that a camera wrote into it, no comment, and no second file behind the first. SVG is refused: it may
hold a program.
"""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Iterator
from typing import NamedTuple, cast

from chalicelib.domain.pictures import BOUNDS, Bounds, Picture, PictureKind
from chalicelib.readers.tables import Fault

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_PNG_PARTS = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"}
_WEBP_PARTS = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH"}
_HAS_ALPHA = 0x10
# Of a JPEG: tables, frame, scan, and the two segments that say how its colours are meant (JFIF, Adobe).
_JPEG_PARTS = {0xDB, 0xC4, 0xDD, 0xDA, 0xE0, 0xEE}
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_AFTER_SCAN = re.compile(rb"\xff(?![\x00\xd0-\xd7\xff])")
_ENDINGS = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "webp": "webp"}
_DATA = re.compile(r"data:image/(png|jpeg|webp);width=(\d{1,4});height=(\d{1,4});base64,([A-Za-z0-9+/=]*)")


class _Made(NamedTuple):
    """A picture put together anew: its ``kind`` as in a media type, its size in pixels."""

    kind: str
    width: int
    height: int
    data: bytes


class _Broken(Exception):
    """It is not such a picture, or not a whole one."""


def read_picture(name: str, data: bytes, faults: list[Fault]) -> str:
    """The picture as a data URL with its size, empty if there is a fault; ``picture_of`` reads it."""
    what = cast("PictureKind", name.rpartition(".")[0])
    bounds = BOUNDS[what]
    if len(data) > bounds.bytes:
        size, most = (f"{count:,}".replace(",", ".") for count in (len(data), bounds.bytes))
        message = f"{bounds.what} có {size} byte, tối đa {most} byte để trang mở nhanh: hãy nén lại ảnh"
        faults.append(Fault(name, 0, "", "", message))
        return ""
    try:
        made = _made(data)
    except (_Broken, IndexError):
        message = "không đọc được ảnh: cần ảnh PNG, JPEG hoặc WebP nguyên vẹn, không động; hãy xuất lại ảnh"
        faults.append(Fault(name, 0, "", "", message))
        return ""
    if made.kind != _ENDINGS[name.rpartition(".")[2]]:
        ending = "jpg" if made.kind == "jpeg" else made.kind
        message = f"nội dung là ảnh {ending.upper()}: hãy đổi tên thành {what}.{ending}"
        faults.append(Fault(name, 0, "", "", message))
        return ""
    if message := _misfit(made, bounds):
        faults.append(Fault(name, 0, "", "", message))
        return ""
    told = base64.b64encode(made.data).decode()
    return f"data:image/{made.kind};width={made.width};height={made.height};base64,{told}"


def picture_of(name: str, url: str) -> tuple[Picture, bytes]:
    """``url``: as ``read_picture`` gives it."""
    found = _DATA.fullmatch(url)
    assert found is not None  # noqa: S101  the file has been read without a fault
    return Picture(name, int(found[2]), int(found[3])), base64.b64decode(found[4])


def _misfit(made: _Made, bounds: Bounds) -> str:
    """What to do about a picture of the wrong size, else nothing."""
    size = f"{bounds.what} {made.width} × {made.height} điểm ảnh"
    sides = ((made.width, bounds.width, "rộng"), (made.height, bounds.height, "cao"))
    for length, (least, most), name in sides:
        if not least <= length <= most:
            return f"{size}: cần {name} từ {least} đến {most} điểm ảnh; hãy xuất lại ảnh"
    least_ratio, most_ratio = bounds.ratio
    if not least_ratio <= made.width / made.height <= most_ratio:
        told = f"{least_ratio:g} đến {most_ratio:g}".replace(".", ",")
        return f"{size}: cần rộng gấp {told} lần cao; hãy cắt lại ảnh"
    return ""


def _made(data: bytes) -> _Made:
    """Raises ``_Broken`` or ``IndexError``."""
    if data.startswith(_PNG):
        return _png(data)
    if data.startswith(_JPEG):
        return _jpeg(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp(data)
    raise _Broken


def _png(data: bytes) -> _Made:
    kept, head, pixels, at = [_PNG], b"", 0, len(_PNG)
    while True:
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        part = data[at : at + size + 12]
        body = part[8:-4]
        if len(part) < 12 or len(body) != size or part[-4:] != zlib.crc32(kind + body).to_bytes(4, "big"):
            raise _Broken
        if kind == b"acTL" or (kind == b"IHDR") != (not head):  # moving, or with no or two headers
            raise _Broken
        if kind == b"IHDR":
            head = body
        if kind in _PNG_PARTS:
            kept.append(part)
        pixels += len(body) if kind == b"IDAT" else 0
        at += len(part)
        if kind == b"IEND":
            break
    if len(head) != 13 or not pixels:
        raise _Broken
    return _Made("png", int.from_bytes(head[:4], "big"), int.from_bytes(head[4:8], "big"), b"".join(kept))


def _jpeg(data: bytes) -> _Made:
    kept, frame, scans, at = [_JPEG], b"", 0, 2
    while data[at + 1] != 0xD9:
        if data[at] != 0xFF:
            raise _Broken
        marker = data[at + 1]
        if marker == 0xFF:  # filling
            at += 1
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xDA:
            after = _AFTER_SCAN.search(data, end)
            end, scans = after.start() if after else len(data), scans + 1
        if end < at + 4 or end > len(data):
            raise _Broken
        if marker in _JPEG_FRAMES:
            frame = data[at + 4 : end]
        if marker in _JPEG_PARTS or marker in _JPEG_FRAMES:
            kept.append(data[at:end])
        at = end
    if len(frame) < 6 or not scans:
        raise _Broken
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    return _Made("jpeg", width, height, b"".join((*kept, b"\xff\xd9")))


def _webp(data: bytes) -> _Made:
    kept, size = [], (0, 0)
    for kind, body in _riff(data):
        if kind in (b"ANIM", b"ANMF"):
            raise _Broken
        if kind == b"VP8X":
            body = bytes([body[0] & _HAS_ALPHA]) + body[1:]  # noqa: PLW2901  without what is left out
        if kind in (b"VP8 ", b"VP8L"):
            size = _webp_size(kind, body)
        if kind in _WEBP_PARTS:
            kept.append(kind + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2))
    if size == (0, 0):
        raise _Broken
    whole = b"WEBP" + b"".join(kept)
    return _Made("webp", *size, b"RIFF" + len(whole).to_bytes(4, "little") + whole)


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    end, at = 8 + int.from_bytes(data[4:8], "little"), 12
    if end > len(data):
        raise _Broken
    while at < end:
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        body = data[at + 8 : at + 8 + size]
        if len(body) != size:
            raise _Broken
        yield data[at : at + 4], body
        at += 8 + size + size % 2


def _webp_size(kind: bytes, body: bytes) -> tuple[int, int]:
    if kind == b"VP8 ":
        if body[3:6] != b"\x9d\x01\x2a":
            raise _Broken
        width, height = (int.from_bytes(body[start : start + 2], "little") & 0x3FFF for start in (6, 8))
        return width, height
    if body[0] != 0x2F:
        raise _Broken
    bits = int.from_bytes(body[1:5], "little")
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
