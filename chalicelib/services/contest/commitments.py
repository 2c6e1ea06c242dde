"""The organisers' commitments from before the contest opened, and every change since.

The commitments form a chain: each entry holds the digest of the one before, so that none can be changed or
removed afterwards. The whole chain is one immutable object on the desk, and the pointer to the contest in
force names its head: contest and commitment change by one conditional write, or not at all.
``docs/commitments.md`` says how an outsider checks the chain.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.documents.canonical import digest
from chalicelib.documents.commitments import Commitment, Commitments
from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce, Head
from chalicelib.documents.keys import PublicKey
from chalicelib.documents.typed import decode
from chalicelib.services.contest.checked import POINTERS, checked
from chalicelib.services.contest.public_contest import open_decisions
from chalicelib.services.contest.reference import Current, Reference, load
from chalicelib.services.ports import ConditionalObjects, ObjectStore

Chain = tuple[Commitment, ...]  # oldest first
# Parts that anybody may see or that cannot be guessed. The digests of all others, but for decisions that are
# published, are salted: who knows participant ids could guess a list of people, who knows questions a ruling.
_OPEN_PARTS = ("definition", "bank", "units")

_NAMES = {
    "definition": ("quy định cuộc thi", "the contest's definition"),
    "rules": ("thể lệ", "the rules in words"),
    "bank": ("bộ câu hỏi", "the question bank"),
    "units": ("danh sách đơn vị", "the list of units"),
    "barred": (
        "danh sách người không được dự thi hoặc không được xét giải",
        "the list of people who may not take part, or win nothing",
    ),
    "rulings": ("kết luận về câu hỏi", "the rulings on questions"),
    "annulments": ("danh sách người bị hủy kết quả", "the list of annulled results"),
    "recognitions": ("quyết định công nhận kết quả", "the decisions that recognise results"),
    "confirmations": ("xác nhận thay đổi kết quả đã công bố", "confirmed changes of published results"),
    "calendar": ("lịch thi do Ban Tổ chức thay đổi", "changes of the weeks' dates"),
    "switches": ("tạm dừng hoặc mở lại việc nhận thí sinh", "what is stopped or open again"),
    "corrections": (
        "đơn vị, đối tượng được sửa của người dự thi",
        "corrected units and categories of participants",
    ),
    "mergers": ("sáp nhập đơn vị", "merged units"),
    "renamings": ("họ và tên được sửa của người đạt giải", "corrected names of winners"),
    "notices": ("thông báo trên trang", "the notice on the page"),
    "numbers": ("số căn cước được trả lại hoặc sửa", "citizen IDs given back or corrected"),
    "code_version": ("mã nguồn phần mềm", "the software"),
    "keys": ("khóa ký biên nhận", "the keys that sign receipts"),
}


def committed_state(
    reference: Current, rules: bytes, pepper: bytes, code_version: str, keys: Sequence[PublicKey]
) -> dict[str, Any]:
    """The state that an entry commits to; ``rules`` in words. The salts are made from ``pepper``."""
    plain = {*_OPEN_PARTS, *open_decisions(reference)}
    parts = {
        name: value if name in plain else salted(value, salt(value, pepper))
        for name, value in reference.digests.items()
    }
    return {
        "parts": {**parts, "rules": digest(rules)},
        "weeks": {str(week): _of_week(reference.of_week(week)) for week in sorted(reference.earlier)},
        "code_version": code_version,
        "keys": tuple(keys),
    }


def _of_week(reference: Reference) -> dict[str, str]:
    return {name: reference.digests[name] for name in ("definition", "bank")}


def salt(part_digest: str, pepper: bytes) -> bytes:
    """Shown with the part to the people who check its salted digest; it tells nothing about other parts."""
    return hmac.digest(pepper, f"commitment|{part_digest}".encode(), "sha256")


def salted(part_digest: str, salt: bytes) -> str:
    return digest(salt + bytes.fromhex(part_digest))


def extended(
    chain: Chain, now: datetime, told: dict[str, Any], from_week: int | None, word: str = "tuần"
) -> Chain:
    """``chain`` with one more entry if ``told`` differs from its last entry, else ``chain`` itself.

    ``from_week``: the first week for which questions or rules change, if they change for coming weeks only;
    ``word``: the contest's for a week.
    """
    changed = _changed(chain[-1], told) if chain else []
    if chain and not changed:
        return chain
    reason, reason_en = _reason(changed, from_week, word)
    entry = Commitment(
        number=len(chain) + 1,
        at=now.isoformat(timespec="seconds"),
        changed=tuple(changed),
        from_week=from_week,
        reason=reason,
        reason_en=reason_en,
        **told,
        previous=chain[-1].digest if chain else None,
    )
    return (*chain, entry)


def _changed(last: Commitment, told: dict[str, Any]) -> list[str]:
    """The names of the changed parts, then those of all other changed fields."""
    before, after = last.parts, told["parts"]
    parts = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
    return parts + [name for name in ("code_version", "keys") if getattr(last, name) != told[name]]


def _reason(changed: list[str], from_week: int | None, word: str) -> tuple[str, str]:
    if not changed:
        return "Công bố lần đầu, khi nạp cuộc thi", "First published when the contest was loaded"
    names = [_NAMES.get(name, (name, name)) for name in changed]
    reason = f"Thay đổi {', '.join(vietnamese for vietnamese, _ in names)}"
    reason_en = f"Changed: {', '.join(english for _, english in names)}"
    if from_week:
        reason += f"; câu hỏi và quy định bài thi mới có hiệu lực từ {word} {from_week}"
        reason_en += f"; new questions and rules hold from week {from_week} on"
    return reason, reason_en


def read_chain(desk: ObjectStore, head: Head | None) -> Chain:
    """All entries, oldest first; none before the first commitment.

    Raises ``Altered``.
    """
    if head is None:
        return ()
    pointer = desk.get(POINTERS + _key(head.digest)) or b""
    return decode(Commitments, checked(desk, _key(head.digest), pointer.decode())).entries


def keep_chain(desk: ObjectStore, chain: Chain) -> Head:
    """Stores the chain; it is in force as soon as the pointer names its head."""
    head, data = Head(len(chain), chain[-1].digest), published(chain)
    desk.put(_key(head.digest), data)
    desk.put(POINTERS + _key(head.digest), digest(data).encode())
    return head


def _key(head: str) -> str:
    return f"reference/commitments/{head}.json"


def published(chain: Chain) -> bytes:
    """``data/commitments.json``, also kept on the desk."""
    return Commitments(entries=chain, head=chain[-1].digest).encode()


def note_deployment(
    desk: ConditionalObjects,
    code_version: str,
    keys: Sequence[PublicKey],
    now: datetime,
    publish_rules: Callable[[Current], str],
) -> None:
    """Appends an entry if the running code or the signing keys differ from the last entry.

    ``publish_rules`` puts the rules in new code's words where they stay, and returns their digest.

    If somebody else moves the pointer meanwhile, they have noted it, or the next run does.
    """
    pointer = desk.get(CURRENT)
    if pointer is None:
        return
    told = ContestInForce.decode(pointer)
    if told.commitment is None:
        return
    chain = read_chain(desk, told.commitment)
    last = chain[-1]
    parts = last.parts
    if code_version != last.code_version:
        parts = {**parts, "rules": publish_rules(load(desk, told))}
    stays = {"parts": parts, "weeks": last.weeks}
    longer = extended(chain, now, {**stays, "code_version": code_version, "keys": tuple(keys)}, None)
    if longer is not chain:
        moved = replace(told, commitment=keep_chain(desk, longer))
        desk.replace(CURRENT, pointer, moved.encode())
