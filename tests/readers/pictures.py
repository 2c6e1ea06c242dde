"""Pictures put together by hand: small, right in their form, and easily spoilt in one place."""

from __future__ import annotations

import struct
import zlib


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int = 128, height: int = 128, *more: bytes) -> bytes:
    """White, one bit a pixel; ``more`` chunks stand behind the header."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
    lines = zlib.compress((b"\0" + b"\xff" * -(-width // 8)) * height)
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(width: int = 1200, height: int = 300, *more: bytes) -> bytes:
    """A frame of one component and a scan of some bytes; ``more`` segments stand before the frame."""
    frame = segment(0xC0, struct.pack(">BHHBBBB", 8, height, width, 1, 1, 0x11, 0))
    tables = segment(0xDB, bytes(65)) + segment(0xC4, bytes(17))
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0") + b"".join(more) + tables + frame + scan + b"\xff\xd9"


def part(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def webp(width: int = 128, height: int = 128, *more: bytes, flags: int = 0) -> bytes:
    """Lossless; with ``more`` parts behind the picture it has the header that says so."""
    bits = (width - 1) | (height - 1) << 14
    picture = part(b"VP8L", b"\x2f" + struct.pack("<I", bits) + b"\x07")
    size = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    head = part(b"VP8X", bytes([flags, 0, 0, 0]) + size) if more else b""
    whole = b"WEBP" + head + picture + b"".join(more)
    return b"RIFF" + struct.pack("<I", len(whole)) + whole
