"""Files that a contest publishes over weeks, made up at once: results, live figures, proof, receipts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from playwright.sync_api import Page, Route

from chalicelib.domain.colours import shades
from tests.readers.pictures import png
from tests.stack import ROOT
from tests.verify.written_log import WrittenLog

Json = Any
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = KEY.public_key().public_bytes_raw()
KEY_ID = hashlib.sha256(PUBLIC_KEY).hexdigest()[:16]
KEYS = [{"key_id": KEY_ID, "algorithm": "Ed25519", "public_key": PUBLIC_KEY.hex()}]
CLOSES = "2026-08-29T08:00:00+07:00"
SALT = bytes(range(16))

RULING = {
    "question": "CCHC-012",
    "ruling": "key",
    "keys": ["A", "BC"],
    "reason": "nghị định mới cho cả hai cách làm",
    "at": "2026-08-30T09:00:00+07:00",
}
RECOGNISED = {"decision": "12/QĐ-BTC", "decided_on": "2026-09-02"}
CORRECTION = {
    "at": "2026-08-31T15:20:00+07:00",
    "reason": "đáp án câu CCHC-012 chưa đúng, theo biên bản số 3 của Ban Tổ chức",
    "code": "3f09ab12cd",
}
PROVISIONAL = {"recognised": None, "complaints_until": "2026-09-01T08:05:00+07:00", "corrections": []}

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hồ", "Phan", "Vương", "Đặng")
GIVEN = (
    "Thị Hoài An",
    "Văn Bình",
    "Thị Cẩm Chi",
    "Đức Dũng",
    "Thu Hà",
    "Xuân Hùng",
    "Khánh Linh",
    "Quang Minh",
)


def publish(page: Page, files: Mapping[str, Json]) -> None:
    """Puts ``files`` below ``/data`` for ``page``; None is a file that is not there."""
    for name, value in files.items():
        page.route(f"**/data/{name}", _answer(value))


def _answer(value: Json) -> Callable[[Route], None]:
    def answer(route: Route) -> None:
        if value is None:
            route.fulfill(status=403, body="<Error/>", content_type="application/xml")
        elif isinstance(value, bytes):
            route.fulfill(body=value, content_type="binary/octet-stream")
        else:
            route.fulfill(json=value)

    return answer


def canonical(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def receipt(participant_id: str, attempt_id: str, score: int | None = 4, **changes: Json) -> dict[str, Json]:
    """A receipt as in docs/proof.md; ``changes`` go into its record before it is signed.

    ``score``: None if it is told after the close.
    """
    week, number, started = (int(part) for part in attempt_id.split("-")[:3])
    openings = {
        "grading": {"answers": "BEABC", "attempt_id": attempt_id},
        "identity": {"category": "mandatory", "participant_id": participant_id, "unit": "SO-B"},
        "score": {"bank": "b" * 64, "score": score or 0},
        "time": {"duration_ms": 612_345, "received_at_ms": started + 612_345},
    }
    record = {
        "contest": "hall",
        "duration_minutes": 10,
        "format": 1,
        "minute": (started + 612_345) // 60_000,
        "number": number,
        "prediction": 1234,
        "pseudonym": hashlib.sha256(SALT + f"hall|{week}|{participant_id}".encode()).hexdigest(),
        "status": "submitted",
        "week": week,
        **{name: hashlib.sha256(SALT + canonical(one)).hexdigest() for name, one in openings.items()},
        **changes,
    }
    leaf, told = hashlib.sha256(b"\x00" + canonical(record)).digest(), {"score": score}
    shown = [name for name in openings if score is not None or name != "score"]
    signed = b"cuoc-thi-receipt-v1:" + leaf + hashlib.sha256(canonical(told)).digest()
    return {
        "record": record,
        "openings": {name: openings[name] for name in shown},
        "salts": dict.fromkeys((*shown, "pseudonym"), SALT.hex()),
        "told": told,
        "leaf_hash": leaf.hex(),
        "signature": KEY.sign(signed).hex(),
        "key_id": KEY_ID,
    }


def own_paper(bank: Mapping[str, Json]) -> dict[str, Json]:
    """``questions`` and ``rulings`` of a result after the close: right, wrong, blank, and one ruled on."""
    questions = []
    for number, question in enumerate(bank["questions"][:5], 1):
        options = [{"key": one["key"], "text": one["text"]} for one in question["options"]]
        key = [one["key"] for one in question["options"] if one["key"] in question["answer"]]
        other = next(one["key"] for one in options if one["key"] not in key)
        chosen = {1: key, 2: [other], 3: [], 4: [other]}.get(number, [other])
        questions.append(
            {
                **{name: question[name] for name in ("id", "topic", "text", "reference")},
                "number": number,
                "options": options,
                "chosen": chosen,
                "keys": [] if number == 4 else [key],
                "right": number in (1, 4),
            }
        )
    ruled = {"number": 4, "id": questions[3]["id"], "text": questions[3]["text"], "ruling": "all_right"}
    ruled |= {"keys": [], "chosen": questions[3]["chosen"], "reason": "Câu hỏi có hai cách hiểu", "at": CLOSES}
    return {"questions": questions, "rulings": [ruled]}


def proof(mine: Mapping[str, Json], others: int = 20, minutes: int = 40) -> dict[str, Json]:
    """A log that has the record of ``mine`` among ``others``, and the page of week 1, which is closed."""
    received = mine["openings"]["time"]["received_at_ms"] // 1000
    log = WrittenLog("cuoc-thi/hall", began=(received // 60 - 30) * 60)
    for number in range(minutes):
        facts = {f"key-{KEY_ID}": PUBLIC_KEY.hex()} if number == 0 else {}
        log.write(others if number == 30 else 0)
        if number == 30:
            log.records[number] = sorted([*log.records[number], bytes.fromhex(mine["leaf_hash"])])
        log.entries[number] = log.leaf(number, **facts)
    files = log.show().open(*range(minutes)).files
    page = {"closes_at": datetime.fromtimestamp(received + 3600, UTC).isoformat()}
    return {
        "keys.json": {"format": 1, "keys": KEYS},
        "results/week-1.json": page,
        **{path.removeprefix("data/"): data for path, data in files.items()},
    }


def results(units: Sequence[Mapping[str, str]]) -> dict[str, Json]:
    """Week 1 closed, and the end of the contest."""
    ranked = [
        {
            "level": "",
            "rank": rank,
            "code": unit["code"],
            "name": unit["name"],
            "parent": "",
            "bloc": unit["bloc"],
            "headcount": max(240 - rank, 40),
            "exempt": rank % 3,
            "people": max(200 - 4 * rank, 3),
            "rate": max(200 - 4 * rank, 3) / (max(240 - rank, 40) - rank % 3),
            "attempts": max(900 - 17 * rank, 5),
            "obliged_people": 2,
            "distinct_people": max(200 - 4 * rank, 3),
            "distinct_obliged": 2,
            "mean_best": 18.2,
            "quality": 0.91 if rank < 50 else 0,
            "unit_score": max(92.418 - 1.7 * rank, 9 - rank / 1000),
            "prize": "weekly" if rank == 1 else "",
            "prize_title": "Giải thi tuần" if rank == 1 else "",
            "note": "below_min_rate" if rank > 30 else "",
        }
        for rank, unit in enumerate(units, 1)
    ]
    titles = ["Giải Nhất", "Giải Nhì", "Giải Nhì", "Giải Ba", "Giải Ba", "Giải Ba", *["Giải Khuyến khích"] * 10]
    winners = [
        {
            "prize": "",
            "title": title,
            "rank": rank,
            "name": f"{FAMILY[rank % 8]} {GIVEN[rank * 3 % 8]}",
            "unit_code": "",
            "unit_name": units[rank * 7 % len(units)]["name"],
            "score": 20,
            "total": 20,
            "prediction": 1500 + rank,
            "prediction_error": rank,
            "duration_ms": 341_234 + 7_919 * rank,
            "submitted_at": "2026-08-24T09:12:33+07:00",
        }
        for rank, title in enumerate(titles, 1)
    ]
    week = {
        "week": 1,
        "opens_at": "2026-08-22T08:00:00+07:00",
        "closes_at": CLOSES,
        "revision": 1,
        "digest": "",
        "counts": {
            "people": 427_277,
            "attempts": 1_011_700,
            "perfect_people": 1_500,
            "obliged_people": 31_204,
            "other_people": 396_073,
        },
        "prediction": {"target": "perfect_people", "actual": 1_500},
        "winners": winners,
        "rulings": [RULING],
        "units": ranked,
        **PROVISIONAL,
    }
    last = [
        {**unit, "prize": "final", "prize_title": "Giải tập thể"}
        if unit["rank"] <= 5
        else {**unit, "prize": "", "prize_title": ""}
        for unit in ranked
    ]
    return {
        "results/index.json": {"weeks": [{"week": 1, "revision": 1}], "final": {"revision": 1}},
        "results/week-1.json": week,
        "results/final.json": {
            "contest": "hall",
            "once": {"people": 502_118, "obliged_people": 31_950, "other_people": 470_168},
            "winners": winners[:3],
            "units": last,
            "revision": 1,
            **PROVISIONAL,
        },
    }


def course(units: Sequence[Mapping[str, str]], count: int = 12) -> dict[str, Json]:
    """Three weeks of ``count`` units: two equal ones, one whose score is not told, and two without people."""
    more = [{**units[-1], "code": f"X-{n}", "name": f"Trường Tiểu học Đô Lương {n}"} for n in range(count)]
    files = results([*units, *more][:count])
    first = files["results/week-1.json"]
    rows = first["units"]
    for key in ("unit_score", "quality", "obliged_people"):
        rows[4][key] = rows[3][key]
    rows[6] |= {"unit_score": None, "quality": None}
    figures = ("people", "distinct_people", "obliged_people", "attempts", "rate", "quality", "unit_score")
    rows[-2:] = [{**row, **dict.fromkeys(figures, 0), "note": ""} for row in rows[-2:]]
    for week in (2, 3):
        later = [{**row, "unit_score": row["unit_score"] and row["unit_score"] / week} for row in rows]
        counts = {**first["counts"], "people": first["counts"]["people"] // week}
        files[f"results/week-{week}.json"] = {**first, "week": week, "units": later, "counts": counts}
    files["results/index.json"]["weeks"] = [{"week": week, "revision": 1} for week in (1, 2, 3)]
    return files


def place(pseudonym: str, prize: str = "") -> dict[str, Json]:
    """Rank and prize of somebody in week 1."""
    head = {"format": 1, "week": 1, "revision": 1}
    told = {"contest": "hall", "digits": "", "ranked": 427_277, "total": 20, "key_id": KEY_ID}
    places = {pseudonym: [2, 20, prize, "0" * 128]}
    return {
        "results/week-1/places/index.json": {**head, "digits": 0, "sha256": ""},
        "results/week-1/places/all.json": {**head, **told, "decision": "", "decided_on": "", "places": places},
    }


def live(units: Sequence[Mapping[str, str]]) -> dict[str, Json]:
    figures = {unit["code"]: [1_900 - 170 * i, 4_000 - 300 * i] for i, unit in enumerate(units[:8])}
    return {
        "live.json": {
            "format": 1,
            "as_of": "2026-08-24T10:05:00+07:00",
            "week": 1,
            "people": 427_277,
            "attempts": 1_011_700,
            "units": figures,
        }
    }


def look(contest: Mapping[str, Json], brand: str = "#1d5f8a") -> dict[str, Json]:
    """``contest`` with an organiser's emblem, banner, colour and site; the banner is white."""
    shown = {
        **contest,
        "emblem": {"file": "emblem.png", "width": 192, "height": 192},
        "banner": {"file": "banner.png", "width": 1680, "height": 336},
        "colours": shades(brand)._asdict(),
        "portal": "https://nghean.gov.vn/",
    }
    emblem = (ROOT / "contests/nghe-an-2022/emblem.webp").read_bytes()
    return {"contest.json": shown, "emblem.png": emblem, "banner.png": png(1680, 336)}


def commitments() -> dict[str, Json]:
    """What was loaded, a correction of the units, and a first result."""
    loaded = ("definition", "rules", "bank", "barred", "rosters", "rulings", "annulments", "confirmations")
    digests = {name: hashlib.sha256(name.encode()).hexdigest() for name in (*loaded, "units", "result")}
    told = [(0, "2026-08-20T02:00:00Z", name, digests[name]) for name in loaded]
    told += [
        (0, "2026-08-20T02:00:00Z", "code_version", "b0bc9784fb0f"),
        (0, "2026-08-20T02:00:00Z", f"key-{KEYS[0]['key_id']}", KEYS[0]["public_key"]),
        (1510, "2026-08-21T03:10:00Z", "units", digests["units"]),
        (1510, "2026-08-21T03:10:00Z", "week-1/units", digests["units"]),
        (15905, "2026-08-31T03:05:00Z", "week-1", f"1 {digests['result']}"),
    ]
    facts = {name: {"at": at, "minute": minute, "value": value} for minute, at, name, value in told}
    return {"log/facts.json": {"format": 1, "facts": facts}}
