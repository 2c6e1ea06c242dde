"""Strips shared libraries of everything that the loader does not read: symbols and debug information.

PyNaCl's wheels ship libsodium unstripped, a megabyte too large. binutils' ``strip`` would do, but knows only
its own machine's architecture and is not installed on every machine.
"""

from __future__ import annotations

import struct
from pathlib import Path

_LOAD = 1
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")  # Elf64_Ehdr
_SEGMENT = struct.Struct("<IIQQQQQQ")  # Elf64_Phdr


def strip(path: Path) -> None:
    """Keeps the loadable segments of a 64-bit little-endian ELF file; leaves any other file as it is.

    Everything in between becomes zeros, so that no offset moves. Everything after the last segment is cut off,
    including the section headers, which only linkers and debuggers read.
    """
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        return
    fields = list(_HEADER.unpack_from(data))
    offset, size, count = fields[5], fields[9], fields[10]
    spans = [(0, _HEADER.size), (offset, offset + size * count)]
    for number in range(count):
        segment = _SEGMENT.unpack_from(data, offset + number * size)
        if segment[0] == _LOAD:
            spans.append((segment[2], segment[2] + segment[5]))
    kept = bytearray(max(end for _, end in spans))
    for start, end in spans:
        kept[start:end] = data[start:end]
    fields[6] = fields[12] = fields[13] = 0  # e_shoff, e_shnum, e_shstrndx
    _HEADER.pack_into(kept, 0, *fields)
    path.write_bytes(kept)
