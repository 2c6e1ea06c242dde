"""Canonical JSON, leaves and the hash tree (docs/proof.md; RFC 6962, section 2.1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from verify.outcome import Failed

RECORD_KEYS = {
    "category": str, "commitment": str, "contest": str, "duration_ms": int, "format": int,
    "number": int, "prediction": int, "pseudonym": str, "received_at_ms": int, "score": int,
    "status": str, "unit": str, "week": int,
}  # fmt: skip
MAY_BE_NULL = {"prediction", "unit"}
NULL_IN_A_RECEIPT = MAY_BE_NULL | {"score"}  # where scores are told after the close
CHOICES: dict[str, set[Any]] = {
    "format": {1},
    "status": {"submitted", "overdue", "blank", "discarded"},
}


COUNTED_KEYS = {"category": str, "obliged": bool, "score": int, "unit": str, "verified": str}


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def check_counted(counted: Any) -> dict[str, Any]:
    """What counted otherwise than the record says, or in addition. Raises ``Failed`` for anything else."""
    if not isinstance(counted, dict) or not counted.keys() <= COUNTED_KEYS.keys():
        raise Failed("Phần counted có trường lạ.", "counted has an unknown key.")
    wrong = any(type(value) is not COUNTED_KEYS[key] for key, value in counted.items())
    proof = counted.get("verified", "roster")
    if wrong or counted.get("obliged", False) or proof not in {"provider", "roster"}:
        raise Failed("Phần counted có giá trị sai.", "counted has a wrong value.")
    return counted


def check_record(record: Any, may_be_null: set[str] = MAY_BE_NULL) -> dict[str, Any]:
    """Checks that a record has exactly these keys, each with a value of its kind. Raises ``Failed``."""
    if not isinstance(record, dict) or record.keys() != RECORD_KEYS.keys():
        raise Failed("Bản ghi không có đúng các trường quy định.", "The record does not have the right keys.")
    for key, kind in RECORD_KEYS.items():
        value = record[key]
        if value is None and key in may_be_null:
            continue
        # type(), because True is an int too
        if type(value) is not kind or (key in CHOICES and value not in CHOICES[key]):
            raise Failed(
                f"Bản ghi có giá trị sai ở trường “{key}”.", f"The record's “{key}” has a wrong value."
            )
    for key in ("commitment", "pseudonym"):
        from_hex(record[key], 32, key)
    return record


def from_hex(text: Any, length: int, name: str) -> bytes:
    """Raises ``Failed`` unless the text is ``length`` bytes in lower-case hexadecimal."""
    if not isinstance(text, str) or len(text) != 2 * length or set(text) - set("0123456789abcdef"):
        raise Failed(
            f"“{name}” không phải {2 * length} chữ số hệ 16 viết thường.",
            f"“{name}” is not {2 * length} lower-case hexadecimal digits.",
        )
    return bytes.fromhex(text)


def leaf_hash(line: bytes) -> bytes:
    return sha256(b"\x00" + line).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes in ascending order."""
    level = list(leaves)
    while len(level) > 1:
        odd = [level[-1]] if len(level) % 2 else []
        level = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)] + odd
    return level[0] if level else sha256(b"").digest()
