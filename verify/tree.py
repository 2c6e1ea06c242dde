"""Canonical JSON, leaves and the hash tree (docs/proof.md; RFC 6962, section 2.1)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from verify.outcome import Failed

COMMITMENTS = ("grading", "identity", "score", "time")
RECORD_KEYS = {
    "contest": str, "duration_minutes": int, "format": int, **dict.fromkeys(COMMITMENTS, str), "minute": int,
    "number": int, "prediction": int, "pseudonym": str, "status": str, "week": int,
}  # fmt: skip
MAY_BE_NULL = {"prediction", "unit"}
CHOICES: dict[str, set[Any]] = {
    "format": {1},
    "status": {"submitted", "overdue", "blank", "discarded"},
}
ALWAYS_COUNTED = {"category": str, "salts": dict, "score": int, "unit": str}
COUNTED_KEYS = {
    **ALWAYS_COUNTED, "obliged": bool, "registered": dict, "start": dict, "told": dict, "unit_commitment": str,
    "verified": str,
}  # fmt: skip


# In place of a unit that is not named, because too few people share it.
UNNAMED = "*"


def canonical(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def committed(salt: bytes, opening: Any) -> str:
    """The commitment to ``opening`` under ``salt``, in hex."""
    return sha256(salt + canonical(opening)).hexdigest()


def check_counted(counted: Any) -> dict[str, Any]:
    """How an attempt counted, beside its record. Raises ``Failed`` for anything else."""
    if not isinstance(counted, dict) or not ALWAYS_COUNTED.keys() <= counted.keys() <= COUNTED_KEYS.keys():
        raise Failed("Phần counted không có đúng các trường quy định.", "counted does not have the right keys.")
    wrong = any(
        type(value) is not COUNTED_KEYS[key] and not (value is None and key == "unit")
        for key, value in counted.items()
    )
    told, registered, start = counted.get("told"), counted.get("registered"), counted.get("start")
    wrong = (
        wrong
        or counted.get("obliged", False)
        or counted.get("verified", "roster") not in ("provider", "roster")
    )
    if told is not None:
        wrong = (
            wrong
            or told.keys() != {"reason", "score"}
            or told["reason"] != "ruling"
            or type(told["score"]) is not int
        )
    if registered is not None:
        wrong = wrong or registered.keys() != {"category", "reason"}
        wrong = wrong or registered["reason"] not in ("roster", "decision")
    if start is not None:
        wrong = wrong or start.keys() != {"minute", "seed"} or type(start["minute"]) is not int
    if wrong:
        raise Failed("Phần counted có giá trị sai.", "counted has a wrong value.")
    if (counted["unit"] == UNNAMED) != ("unit_commitment" in counted):
        raise Failed(
            "Dòng không nêu đơn vị thì phải có cam kết của đơn vị, và chỉ dòng đó.",
            "A line that does not name the unit has a commitment to it, and no other line.",
        )
    if told is not None and told["score"] == counted["score"]:
        raise Failed(
            "Phần counted nêu lý do cho điều không khác cam kết.",
            "counted gives a reason for what does not differ from the commitment.",
        )
    return counted


def check_record(record: Any) -> dict[str, Any]:
    """Checks that a record has exactly these keys, each with a value of its kind. Raises ``Failed``."""
    if not isinstance(record, dict) or record.keys() != RECORD_KEYS.keys():
        raise Failed("Bản ghi không có đúng các trường quy định.", "The record does not have the right keys.")
    for key, kind in RECORD_KEYS.items():
        value = record[key]
        if value is None and key in MAY_BE_NULL:
            continue
        # type(), because True is an int too
        if type(value) is not kind or (key in CHOICES and value not in CHOICES[key]):
            raise Failed(
                f"Bản ghi có giá trị sai ở trường “{key}”.", f"The record's “{key}” has a wrong value."
            )
    for key in (*COMMITMENTS, "pseudonym"):
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
