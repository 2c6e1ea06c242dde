"""Requests about single people, sent as a file to the inbox: a new password, their data, or their erasure.

The files are ``password-resets.csv`` (``citizen_id``), ``data-requests.csv`` (``citizen_id,request``; a row
may have ``participant_id`` instead, as for somebody whose number was given back to its owner) and
``claimants.csv`` (``unit_code``: who says that they are of a unit without a roster) and ``lookups.csv``
(``citizen_id``, ``participant_id`` or ``attempt_id``: all papers of a person, in words), or XLSX. Each is taken
whole or refused with all its faults. What the answer says of people is in a folder of its own beside the
report, which has only counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.documents.canonical import digest
from chalicelib.documents.intake_answer import IntakeAnswer
from chalicelib.documents.plain_file import ReadFile
from chalicelib.domain.attempt import AttemptId
from chalicelib.domain.errors import AttemptNotFound, NotLoaded
from chalicelib.domain.identity import code_id
from chalicelib.domain.times import EPOCH, day, to_ms
from chalicelib.readers.contest_files import CONFIRMATION, PERSONAL
from chalicelib.readers.contest_tables import File, check_citizen_id
from chalicelib.readers.decision_files import Who
from chalicelib.readers.tables import ContestFaults, Fault, Faults, Row
from chalicelib.services.contest.checked import Altered, checked
from chalicelib.services.contest.reference import Current
from chalicelib.services.intake.citizen_ids import ids_in_force
from chalicelib.services.intake.claimants import COLUMNS, claimants, sheet_row
from chalicelib.services.intake.confirmations import Unconfirmed, keep, pending_pointer, read_confirmation
from chalicelib.services.intake.intake_report import answer, even_sheet
from chalicelib.services.intake.place import Place, rightly
from chalicelib.services.people.data_subject import DataSubject, Dossier
from chalicelib.services.people.lookup import HEADER, WIDTHS, Lookup
from chalicelib.services.people.password_resets import VALID_MS, one_time_code
from chalicelib.services.ports import ObjectStore, ParticipantStore, PlainSheet, Revocations, WriteBook

_CODES_BOOK = "password-resets.xlsx"
_CODES = ("citizen_id", "full_name", "phone", "unit_code", "code", "valid_until", "note")
_OUTCOMES = ("citizen_id", "request", "result", "note")
_NOTES = {
    "codes": "gọi số điện thoại đã đăng ký, hỏi họ tên và ngày sinh rồi mới đọc mã",
    "found": "xem tệp cùng mã hồ sơ trong thư mục này",
    "exported": "dữ liệu nằm ở tệp cùng mã hồ sơ trong thư mục này",
    "erased": "đã xóa dữ liệu cá nhân; điểm và thứ hạng giữ lại theo mã, không có tên",
    "postponed": "đang làm bài, hoặc vừa làm bài xong: hãy gửi lại yêu cầu này sau khi lượt thi kết thúc",
    "not_registered": "số căn cước này chưa đăng ký dự thi, hoặc dữ liệu đã xóa",
}


@dataclass(frozen=True, slots=True)
class PersonalFiles:
    """``current`` gives the contest in force."""

    desk: ObjectStore
    participants: ParticipantStore
    subject: DataSubject
    lookup: Lookup
    revocations: Revocations
    current: Callable[[], Current]
    pepper: bytes
    write_book: WriteBook

    def take_over(self, place: Place, read: ReadFile, now: datetime, delivery: str) -> IntakeAnswer:
        """Returns the answer, which is also put as JSON and XLSX.

        A run that died may be repeated: ``now``, when the event was first taken up, and ``delivery``, the
        event's id, give the same codes.
        """
        take = partial(self._take, place, read, now, delivery)
        return answer(self.desk, self.write_book, place, read, now, lambda _: take())

    def _take(self, place: Place, read: ReadFile, now: datetime, delivery: str) -> dict[str, Any]:
        confirmation = CONFIRMATION.fullmatch(place.file)
        if confirmation is None:
            return self._carry_out(place, read, now, delivery)
        code = confirmation[1]
        waiting, _ = read_confirmation(self.desk, place, read, code, self.current())
        sent = rightly(waiting.file, waiting.by, waiting.version)
        # What was carried out is not repeated: codes that were used would be good again.
        if made := self.desk.get(_made(code)):
            with suppress(Altered):
                checked(self.desk, f"{sent.answer}/{_CODES_BOOK}", made.decode())
            return {"confirmed": code}
        return {"confirmed": code, **self._carry_out(sent, waiting.read, now, code, confirmed=True)}

    def _carry_out(
        self, place: Place, read: ReadFile, now: datetime, delivery: str, *, confirmed: bool = False
    ) -> dict[str, Any]:
        file, folder = place.file, f"{place.answer}/"
        name = file.rpartition(".")[0]
        needed, optional = PERSONAL[name]
        faults = Faults()
        rows = File(file, read.file(file)).some_rows(needed, faults, optional)
        wanted = self._wanted(name, rows, faults)
        if faults:
            raise ContestFaults(faults)
        try:
            reference = self.current()
        except NotLoaded:
            message = "chưa có cuộc thi nào được nạp nên chưa có ai đăng ký"
            raise ContestFaults([Fault(file, 0, "", "", message)]) from None
        match name:
            case "password-resets" if reference.definition.desk.two_persons and not confirmed:
                code = digest(delivery.encode())[:10]
                told = keep(self.desk, self.write_book, code, place, read, None, now, two=True)
                raise Unconfirmed({**told, "answers": folder})
            case "password-resets":
                done = self._resets(rows, reference, now, folder, delivery)
            case "claimants":
                done = self._claimants(rows, reference, now, folder)
            case "lookups":
                done = self._lookups(wanted, reference, now, folder)
            case _:
                done = self._data(rows, wanted, reference, now, folder)
        return {**done, "answers": folder}

    def _wanted(self, name: str, rows: list[Row], faults: list[Fault]) -> dict[str, str]:
        """What each row of a data request or lookup names a person by → participant id; checks other rows."""
        wanted: dict[str, str] = {}
        by_person = name in ("data-requests", "lookups")
        sat = self._sat(rows) if name == "lookups" else {}
        who = Who.among(rows if by_person else (), self._in_force)
        for row in rows:
            if name == "password-resets":
                check_citizen_id(row, faults)
            elif name == "lookups" and row["attempt_id"]:
                wanted[row["attempt_id"]] = _whose(row, sat, faults)
            elif by_person:
                wanted[_key(row)] = who.of(row, faults)
            if name == "data-requests" and row["request"] not in {"export", "erase"}:
                faults.append(row.fault("request", "ghi export (trích xuất dữ liệu) hoặc erase (xóa dữ liệu)"))
        return wanted

    def _sat(self, rows: list[Row]) -> dict[str, str]:
        """Attempt id as a row has it → participant id, of those that there are."""
        attempts = dict[str, AttemptId]()
        for row in rows:
            with suppress(AttemptNotFound):
                attempts[row["attempt_id"]] = AttemptId.parse(row["attempt_id"])
        found = self.lookup.whose(attempts.values())
        return {told: found[attempt] for told, attempt in attempts.items() if attempt in found}

    def _resets(
        self, rows: list[Row], reference: Current, now: datetime, folder: str, delivery: str
    ) -> dict[str, Any]:
        lines: list[list[str]] = []
        counts: Counter[str] = Counter()
        until = to_ms(now) + VALID_MS
        for citizen_id, identity in self._in_force(row["citizen_id"] for row in rows).items():
            person, code = self.participants.get(identity), one_time_code(self.pepper, delivery, identity)
            if person and self.participants.allow_reset(identity, code_id(self.pepper, identity, code), until):
                end = (EPOCH + timedelta(milliseconds=until)).astimezone(reference.definition.zone)
                unit, _ = reference.shown(person.participant_id, person.unit, person.category, to_ms(now))
                known = [person.full_name, person.phone, unit, code, f"{end:%H:%M} ngày {day(end)}"]
                outcome = "codes"
            else:
                known, outcome = [""] * 5, "not_registered"
            counts[outcome] += 1
            lines.append([citizen_id, *known, _NOTES[outcome]])
        book = self._workbook([("Mã dùng một lần", _CODES, lines)], now)
        self.desk.put(folder + _CODES_BOOK, book)
        self.desk.put(_made(delivery), digest(book).encode())
        return dict(counts)

    def _data(
        self, rows: list[Row], wanted: dict[str, str], reference: Current, now: datetime, folder: str
    ) -> dict[str, Any]:
        """``wanted``: what a row names the person by → participant id."""
        lines: list[list[str]] = []
        counts: Counter[str] = Counter()
        asked = [_key(row) for row in rows if row["request"] == "export"]
        dossiers = self.subject.export({key: wanted[key] for key in asked}, reference, to_ms(now))
        gone = []
        # Exports come first: a person who asks for both gets the data before it is erased.
        for row in sorted(rows, key=lambda row: row["request"] == "erase"):
            key = _key(row)
            if row["request"] == "erase":
                outcome = self.subject.erase(wanted[key], reference, to_ms(now))
                if outcome != "postponed":  # who was erased when this file was last tried is not registered now
                    gone.append(wanted[key])
            else:
                outcome = self._hand_over(dossiers.get(key), f"{folder}{wanted[key]}", now)
            counts[outcome] += 1
            lines.append([key, row["request"], outcome, _NOTES[outcome]])
        self.revocations.revoke(gone)
        self.desk.put(f"{folder}data-requests.xlsx", self._workbook([("Kết quả", _OUTCOMES, lines)], now))
        return dict(counts)

    def _claimants(self, rows: list[Row], reference: Current, now: datetime, folder: str) -> dict[str, Any]:
        """One sheet a unit, to be sent back as the unit's roster."""
        unknown = [row for row in rows if row["unit_code"] not in reference.unit_codes]
        if unknown:
            message = "không có mã đơn vị này trong danh sách đơn vị (units)"
            raise ContestFaults([row.fault("unit_code", message) for row in unknown])
        found = claimants([row["unit_code"] for row in rows], self.desk, self.participants)
        for unit, people in found.items():
            sheet = ("rosters", COLUMNS, [sheet_row(unit, one) for one in people])
            self.desk.put(f"{folder}rosters-{unit}.xlsx", self._workbook([sheet], now))
        return {"claimants": sum(map(len, found.values()))}

    def _lookups(
        self, wanted: dict[str, str], reference: Current, now: datetime, folder: str
    ) -> dict[str, Any]:
        """One workbook a person."""
        counts: Counter[str] = Counter()
        lines: list[list[str]] = []
        files: dict[str, str] = {}
        for person, rows in self.lookup.sheets(wanted.values(), reference, to_ms(now)):
            files[person] = f"{person}.xlsx"
            sheet = PlainSheet("Tra cứu", WIDTHS, HEADER, rows)
            self.desk.put(folder + files[person], self.write_book([sheet], now))
        for key, person in wanted.items():
            outcome = "found" if person in files else "not_registered"
            counts[outcome] += 1
            lines.append([key, files.get(person, ""), _NOTES[outcome]])
        sheet_of_all = ("Kết quả", ("lookup", "file", "note"), lines)
        self.desk.put(f"{folder}lookups.xlsx", self._workbook([sheet_of_all], now))
        return dict(counts)

    def _in_force(self, citizen_ids: Iterable[str]) -> dict[str, str]:
        return ids_in_force(citizen_ids, self.participants, self.pepper)

    def _hand_over(self, dossier: Dossier | None, key: str, now: datetime) -> str:
        if dossier is None:
            return "not_registered"
        self.desk.put(f"{key}.json", dossier.as_json())
        self.desk.put(f"{key}.xlsx", self._workbook(dossier.as_sheets(), now))
        return "exported"

    def _workbook(self, sheets: Iterable[tuple[str, Sequence[str], list[list[str]]]], now: datetime) -> bytes:
        return self.write_book([even_sheet(*sheet) for sheet in sheets], now)


def _made(delivery: str) -> str:
    """The pointer to the digest of the codes that were made."""
    return pending_pointer(f"{delivery}/codes")


def _whose(row: Row, sat: Mapping[str, str], faults: list[Fault]) -> str:
    """The person of the paper that a row names."""
    person = sat.get(row["attempt_id"], "")
    if not person or row["citizen_id"] or row["participant_id"]:
        message = (
            "không có lượt thi nào có mã này, hoặc dòng này ghi cả cột khác: mỗi dòng chỉ ghi một trong ba "
            "cột; mã lượt thi (attempt_id) ở trong tệp biên nhận của người dự thi"
        )
        faults.append(row.fault("attempt_id", message))
    return person


def _key(row: Row) -> str:
    """What the row names the person by."""
    return row["citizen_id"] or row["participant_id"]
