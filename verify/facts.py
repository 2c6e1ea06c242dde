"""“Facts” of docs/proof.md: what held when, by the log's leaves, and in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from verify import log
from verify.outcome import CannotCheck, Failed
from verify.site import Fetch, parsed

Json = dict[str, Any]
SHOWN = f"{log.FOLDER}/facts.json"
NONE: Json = {"at": "", "minute": -1, "value": ""}
CACHED = 2  # minutes for which a cache may show an older file
WORDS = {
    "definition": ("quy định cuộc thi", "the contest's definition"),
    "rules": ("thể lệ", "the text of the rules"),
    "bank": ("bộ câu hỏi", "the question bank"),
    "units": ("danh sách đơn vị", "the list of units"),
    "barred": ("danh sách người không được dự thi hoặc không xét giải", "the list of barred people"),
    "rosters": ("danh sách người của các đơn vị", "the units' rosters"),
    "rulings": ("kết luận về câu hỏi", "the rulings on questions"),
    "annulments": ("danh sách người bị hủy kết quả", "the annulled results"),
    "recognitions": ("quyết định công nhận kết quả", "the decisions that recognise results"),
    "confirmations": ("xác nhận thay đổi kết quả đã công bố", "the confirmed changes of results"),
    "calendar": ("thay đổi lịch thi", "the changes of the weeks' dates"),
    "switches": ("việc tạm dừng, mở lại", "what is stopped or open again"),
    "notices": ("thông báo trên trang", "the notice on the page"),
    "numbers": ("số căn cước được trả lại hoặc sửa", "citizen IDs given back or corrected"),
    "corrections": ("đơn vị, đối tượng được sửa", "corrected units and categories"),
    "mergers": ("sáp nhập đơn vị", "merged units"),
    "renamings": ("họ tên người đạt giải được sửa", "corrected names of winners"),
    "code_version": ("phiên bản phần mềm", "the version of the software"),
}


def in_words(at: int, name: str, value: str) -> tuple[str, str]:
    """A change of a fact as a sentence; ``at``: since when, in seconds."""
    vi, en = _named(name)
    since = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    if name == "lag":
        return f"Phút {since} được ghi trễ {value} phút", f"Minute {since} was written {value} minutes late"
    if not value:
        return f"Từ phút {since}, {vi} không còn hiệu lực", f"Since {since} {en} no longer holds"
    return f"Từ phút {since}, {vi} là {value}", f"Since {since} {en} is {value}"


def _named(name: str) -> tuple[str, str]:
    if week := re.fullmatch(r"week-([0-9]+)(?:/(.+))?", name):
        if not week[2]:
            return (
                f"kết quả tuần {week[1]} (bản, mã xác thực)",
                f"the result of week {week[1]} (revision, digest)",
            )
        vi, en = WORDS.get(week[2], (week[2], week[2]))
        return f"{vi} tuần {week[1]}", f"{en} of week {week[1]}"
    if name.startswith("key-"):
        return f"khóa ký biên nhận {name[4:]}", f"the key {name[4:]} that signs receipts"
    others = {
        "final": ("kết quả chung cuộc (bản, mã xác thực)", "the result of the end (revision, digest)"),
        "end": ("thời điểm cuộc thi kết thúc hẳn", "the end of the contest"),
    }
    return WORDS.get(name) or others.get(name) or (name, name)


def told(leaves: Iterable[log.Leaf], start: int = 0) -> dict[str, Json]:
    """What each name was last told to be by these leaves, as ``facts.json`` has it; empty values end a fact."""
    held: dict[str, Json] = {}
    for number, leaf in enumerate(leaves, start):
        at = datetime.fromtimestamp(leaf.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name, value in leaf.facts.items():
            if name != "lag":
                held[name] = {"at": at, "minute": number, "value": value}
    return held


def of_week(held: Mapping[str, Json], week: int, part: str) -> str:
    """Empty if the log has not told it."""
    name = next((name for name in (f"week-{week}/{part}", part) if held.get(name, NONE)["value"]), "")
    return str(held[name]["value"]) if name else ""


def values(leaves: Iterable[log.Leaf], name: str) -> list[str]:
    """All that a fact has been, oldest first."""
    return [leaf.facts[name] for leaf in leaves if leaf.facts.get(name)]


def shown(fetch: Fetch) -> dict[str, Json]:
    """``facts.json``, a short cut that ``rank`` and ``watch`` compare with the leaves; empty if missing."""
    data = fetch(SHOWN)
    read = parsed(data, SHOWN) if data else {"facts": {}, "format": 1}
    kinds = {"at": str, "minute": int, "value": str}
    if (
        not isinstance(read, dict)
        or read.keys() != {"facts", "format"}
        or not isinstance(read["facts"], dict)
        or any(
            not isinstance(one, dict) or {key: type(value) for key, value in one.items()} != kinds
            for one in read["facts"].values()
        )
    ):
        raise CannotCheck(f"{SHOWN} không đúng dạng.", f"{SHOWN} is not well-formed.")
    return dict(read["facts"])


def check_keys(fetch: Fetch, held: Mapping[str, Json]) -> None:
    """The site shows no key of receipts that the log has not told. Raises ``Failed``."""
    data = fetch("data/keys.json")
    for key in parsed(data, "data/keys.json")["keys"] if data else ():
        if held.get(f"key-{key['key_id']}", NONE)["value"] != key["public_key"]:
            raise Failed(
                f"Khóa ký biên nhận {key['key_id']} trên trang không có trong nhật ký: đã bị tráo.",
                f"The log does not know the key {key['key_id']} that the site shows: it was swapped.",
            )


def compare(fetch: Fetch, held: Mapping[str, Json], size: int) -> None:
    """``facts.json`` with what the leaves have told; what is new may not be in it yet. Raises ``Failed``."""
    there = shown(fetch)
    for name in sorted(there.keys() | held.keys()):
        one, own = there.get(name, NONE), held.get(name, NONE)
        new = max(one["minute"], own["minute"]) >= size - CACHED
        if not new and (one["value"] != own["value"] or (one["value"] and one != own)):
            raise Failed(
                f"Tệp {SHOWN} nêu “{name}” khác với nhật ký: tệp đã bị sửa.",
                f"The file {SHOWN} says something else of “{name}” than the log.",
            )
