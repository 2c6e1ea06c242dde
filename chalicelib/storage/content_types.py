"""The types of the objects in both buckets."""

from __future__ import annotations

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "gz": "application/gzip",
    "html": "text/html; charset=utf-8",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "json": "application/json; charset=utf-8",
    "png": "image/png",
    "webp": "image/webp",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


def content_type(key: str) -> str:
    """By the ending of the object's name."""
    return _TYPES.get(key.rpartition(".")[2], "application/octet-stream")
