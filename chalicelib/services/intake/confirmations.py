"""Changes that wait under a code until somebody confirms them, with a reason.

What waits for somebody else can be read before: ``pending/<code>/`` has what was read of the file, which is
what would be carried out, and the answer to it. Their digests are in pointers, so that nobody confirms what
somebody else has edited there. The bucket empties ``pending/`` after 30 days.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

from chalicelib.documents.canonical import digest
from chalicelib.documents.consequences import Consequences
from chalicelib.documents.pending import Pending
from chalicelib.documents.plain_file import PlainFile, ReadFile
from chalicelib.documents.typed import decode
from chalicelib.readers.contest_tables import LONGEST_REASON, File
from chalicelib.readers.tables import ContestFaults, Fault, Faults
from chalicelib.services.contest.checked import POINTERS, Altered, checked
from chalicelib.services.contest.reference import Current
from chalicelib.services.intake.place import Place
from chalicelib.services.ports import ObjectStore, PlainSheet, WriteBook

# The answer to a file that waits for a second person, among what is shown of it.
ANSWER = "answer.xlsx"


class Unconfirmed(Exception):
    """The file waits for its confirmation; ``told`` is what the answer says of it."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told["code"])
        self.told = told


def pending_key(code: str) -> str:
    return f"pending/{code}.json"


def pending_pointer(code: str) -> str:
    """Where the digest of what waits is: the code alone, of ten digits, could be met by trying."""
    return f"{POINTERS}pending/{code}"


def keep(
    desk: ObjectStore,
    write_book: WriteBook,
    code: str,
    place: Place,
    read: ReadFile,
    consequences: Consequences | None,
    now: datetime,
    *,
    two: bool,
) -> dict[str, Any]:
    """Keeps a file for its confirmation; ``two``: by somebody else. Returns what the answer says of it."""
    pending = Pending(
        file=place.file,
        read=read,
        by=place.sub,
        version=place.version,
        at=now.isoformat(),
        consequences=consequences,
    )
    waiting = pending.encode()
    desk.put(pending_key(code), waiting)
    desk.put(pending_pointer(code), digest(waiting).encode())
    if not two:
        return {"code": code, "consequences": consequences}
    shown = write_book([_sheet(name, file) for name, file in read.files.items()], now)
    show(desk, code, _name(place.file), shown)
    return {"code": code, "consequences": consequences, "second_person": True}


def _name(file: str) -> str:
    """What was read of the file that waits, among what is shown of it."""
    return f"{file}.xlsx"


def show(desk: ObjectStore, code: str, name: str, book: bytes) -> None:
    """Puts what a second person reads before confirming."""
    desk.put(f"pending/{code}/{name}", book)
    desk.put(pending_pointer(f"{code}/{name}"), digest(book).encode())


def _edited(desk: ObjectStore, code: str, waiting: Pending) -> list[str]:
    """What is shown of a file that waits and was not as it was put: it is told, and put right."""
    found = []
    for name in (_name(waiting.file), ANSWER):
        key, pointer = f"pending/{code}/{name}", desk.get(pending_pointer(f"{code}/{name}"))
        data = desk.get(key) if pointer else None
        if pointer and (data is None or digest(data).encode() != pointer):
            found.append(key)
            with suppress(Altered):
                checked(desk, key, pointer.decode())
    return found


def _sheet(name: str, file: PlainFile) -> PlainSheet:
    """What was read of a file, for people."""
    if file.rows:
        header = tuple(file.rows[0].cells)
        rows = [[row.cells.get(column, "") for column in header] for row in file.rows]
    elif file.lines:
        header, rows = file.lines[0].cells, [list(line.cells) for line in file.lines[1:]]
    else:
        header, rows = (name,), [[line] for line in (file.text or file.definition).splitlines()]
    return PlainSheet(name[:31], [24] * len(header), header, rows)


def read_confirmation(
    desk: ObjectStore, place: Place, read: ReadFile, code: str, contest: Current | None
) -> tuple[Pending, str]:
    """What waits under ``code``, and the reason in the confirming file. Raises ``ContestFaults``."""
    faults = Faults()
    reason = " ".join(File(place.file, read.file(place.file)).text(faults).split())
    if not faults and not 0 < len(reason) <= LONGEST_REASON:
        message = f"tệp cần nêu lý do thay đổi, từ 1 đến {LONGEST_REASON} ký tự"
        faults.append(Fault(place.file, 0, "", "", message))
    try:
        waiting = what_waits(desk, code)
    except Altered:
        message = "tệp chờ xác nhận đã bị sửa nên không được thực hiện: hãy gửi lại tệp để có mã mới"
        raise ContestFaults([Fault(place.file, 0, "", code, message)]) from None
    if waiting is None:
        message = "không có thay đổi nào chờ mã này: hãy kiểm tra mã trong tệp trả lời"
        faults.append(Fault(place.file, 0, "", code, message))
    elif contest and contest.definition.desk.two_persons and waiting.by == place.sub:
        message = (
            f"tệp {waiting.file} cũng do {place.sub} gửi: theo [desk] two_persons, người khác phải đọc tệp ở "
            f"pending/{code}/ và gửi xác nhận"
        )
        faults.append(Fault(place.file, 0, "", code, message))
    if waiting and not faults:
        for key in _edited(desk, code, waiting):
            message = f"{key} đã bị sửa sau khi hệ thống ghi: hãy đọc lại rồi gửi lại xác nhận"
            faults.append(Fault(place.file, 0, "", code, message))
    if faults or waiting is None:
        raise ContestFaults(faults)
    return waiting, reason


def what_waits(desk: ObjectStore, code: str) -> Pending | None:
    """Raises ``Altered``. What nobody confirmed within a month is gone, and its pointer leads nowhere."""
    pointer = desk.get(pending_pointer(code))
    if pointer is None or desk.get(pending_key(code)) is None:
        return None
    return decode(Pending, checked(desk, pending_key(code), pointer.decode()))


def needs_another(before: Current, after: Current) -> bool:
    """Whether a change waits for a second person although no published result changes: keys, and this rule."""
    return before.definition.desk.two_persons and (
        not after.definition.desk.two_persons
        or before.decisions.rulings != after.decisions.rulings
        or _keys(before) != _keys(after)
    )


def _keys(contest: Current) -> dict[str, tuple[tuple[str, ...], int]]:
    """Question id → options and key. One who takes a question out could bring it back with another key."""
    return {question.id: (question.options, question.answer) for question in contest.bank.questions}
