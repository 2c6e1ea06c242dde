"""Hands over and erases the data stored about one person (Law 91/2025/QH15)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import asdict

from chalicelib.documents.contest_in_force import KEY as CURRENT
from chalicelib.documents.contest_in_force import ContestInForce
from chalicelib.documents.plain_file import unpack_source
from chalicelib.domain.attempt import Entry, Finished
from chalicelib.domain.identity_provider import VERIFIED
from chalicelib.domain.paper import decode_answers, draw
from chalicelib.domain.receipt import attempt_id, erased
from chalicelib.readers.contest_folder import ContestFolder, read_files
from chalicelib.readers.contest_tables import Exclusion, RosterRow
from chalicelib.services.contest.checked import checked
from chalicelib.services.contest.reference import Current, source_key
from chalicelib.services.contest.revisions import shown_weeks
from chalicelib.services.exam.exam import Exam, Person
from chalicelib.services.people.listed import ListedPeople
from chalicelib.services.ports import EntryStore, ObjectStore, Participant, ParticipantStore

_LABELS = {
    "participant_id": "Mã người dự thi",
    "citizen_id": "Số căn cước công dân",
    "full_name": "Họ và tên",
    "date_of_birth": "Ngày sinh",
    "gender": "Giới tính",
    "phone": "Số điện thoại",
    "unit_code": "Đơn vị",
    "category": "Diện dự thi",
    "verified": "Danh tính",
    "registered_at": "Thời điểm đăng ký",
    "kept_until": "Tự xóa vào",
    "password": "Mật khẩu",
}
_ATTEMPT = (
    "attempt_id", "status", "started_at", "submitted_at", "duration_ms", "score", "ruled_score", "prediction",
    "answers",
)  # fmt: skip
# Of a row of the ranking: what the table does not have.
_NOT_A_COLUMN = ("number", "rivals")


@dataclass(frozen=True, slots=True)
class Dossier:
    """``person`` by field; ``attempts`` of all weeks; ``lists``: rows of the organisers' files and results."""

    person: dict[str, str]
    attempts: list[dict[str, Any]]
    lists: list[dict[str, str]]

    def as_json(self) -> bytes:
        whole = {"person": self.person, "attempts": self.attempts, "lists": self.lists}
        return json.dumps(whole, ensure_ascii=False, indent=1).encode()

    def as_sheets(self) -> list[tuple[str, Sequence[str], list[list[str]]]]:
        """Name, header and rows of texts of each sheet, with headings for the person whose data they are."""
        known = [[_LABELS[key], value] for key, value in self.person.items()]
        attempts = [[_text(attempt[key]) for key in _ATTEMPT] for attempt in self.attempts]
        listed = [
            [row["source"], "; ".join(f"{k}: {v}" for k, v in row.items() if k != "source")]
            for row in self.lists
        ]
        return [
            ("Thông tin", ("Mục", "Nội dung"), known),
            ("Lượt thi", _ATTEMPT, attempts),
            ("Danh sách", ("Nguồn", "Nội dung"), listed),
        ]


@dataclass(frozen=True, slots=True)
class DataSubject:
    """Of ``pepper`` numbers are made; ``salt_key``: of the commitments that replace answers and nonce in erased
    attempts.
    """

    desk: ObjectStore
    participants: ParticipantStore
    entries: EntryStore
    pepper: bytes
    salt_key: bytes

    def export(self, wanted: Mapping[str, str], reference: Current, now: int) -> dict[str, Dossier]:
        """Dossiers by citizen ID, of registered people only. ``wanted``: citizen ID → participant id."""
        people = self.participants.get_many(wanted.values())
        lists: dict[str, list[dict[str, str]]] = {
            identity: [{"source": "corrections", **line._asdict()} for line in person.corrected]
            for identity, person in people.items()
        }
        if people:
            for identity, row in self._mentions(wanted, reference):
                if identity in lists:
                    lists[identity].append(row)
        exam, listed = self._exam(reference), ListedPeople(self.desk)
        return {
            citizen_id: Dossier(
                _person(listed.looked_up(people[identity], reference, self.pepper), reference, now),
                [
                    _attempt(entry, attempt, reference, now)
                    for entry in exam.history(_as_sitter(people[identity]), now)
                    for attempt in entry.finished
                ],
                lists[identity],
            )
            for citizen_id, identity in wanted.items()
            if identity in people
        }

    def erase(self, participant_id: str, reference: Current, now: int) -> str:
        """Returns ``erased``, ``not_registered``, or ``postponed`` while an attempt is open. Safe to repeat.

        Entries go first: until they are done the person still exists, and the request can be sent again.
        """
        weeks = [week.number for week in reference.definition.weeks if week.opens <= now]
        stored = {entry.week: entry for entry in self.entries.get_weeks(weeks, participant_id)}
        exam = self._exam(reference)
        history = exam.history(Person(participant_id, "", ""), now)
        if any(entry.open is not None for entry in history):
            return "postponed"
        for entry in history:
            before = stored.get(entry.week)
            if before is None or before.used != entry.used:
                return "postponed"
            # Without answers nothing can be graded again: the score under the rulings of today stays.
            if not self.entries.erase(before, erased(exam.graded_again(entry), self.salt_key)):
                return "postponed"
        # A person erased earlier may have continued with an old session: those attempts are erased now.
        return "erased" if self.participants.erase(participant_id, now) or history else "not_registered"

    def _exam(self, reference: Current) -> Exam:
        return Exam(reference, self.entries, nonce=str)

    def _mentions(self, wanted: Mapping[str, str], reference: Current) -> Iterator[tuple[str, dict[str, str]]]:
        """Participant id and row for every mention of them in the organisers' files and the results."""
        source = self._source()
        if source is not None:
            tables: dict[str, tuple[RosterRow | Exclusion, ...]] = {
                "rosters": source.rosters,
                "exclusions": source.exclusions,
            }
            for name, rows in tables.items():
                for row in rows:
                    cells = {key: str(value) for key, value in row._asdict().items()}
                    person = cells.pop("participant_id", "") or wanted.get(row.citizen_id, "")
                    if person in wanted.values():
                        yield person, {"source": name, **cells}
        for one in reference.decisions.annulments:
            if one.participant_id in wanted.values():
                cells = {key: str(value) for key, value in one._asdict().items()}
                yield one.participant_id, {"source": "annulments", **cells}
        for identity in wanted.values():
            for decided in reference.corrections.get(identity, ()):
                cells = {key: str(value) for key, value in decided._asdict().items() if key != "people"}
                yield identity, {"source": "corrections", **cells}
        yield from self._results(set(wanted.values()), reference)

    def _source(self) -> ContestFolder | None:
        pointer = self.desk.get(CURRENT)
        if pointer is None:
            return None
        source = ContestInForce.decode(pointer).source
        key = source_key(source)
        return read_files(unpack_source(checked(self.desk, key, source)).files)

    def _results(self, identities: set[str], reference: Current) -> Iterator[tuple[str, dict[str, str]]]:
        for _, folder, week in shown_weeks(self.desk):
            for rank, row in enumerate(week.rows(), 1):
                if row.participant_id in identities:
                    told = {"source": f"{folder}/individual_ranking.csv.gz", "rank": str(rank)}
                    columns = {
                        key: _text(value) for key, value in asdict(row).items() if key not in _NOT_A_COLUMN
                    }
                    yield row.participant_id, told | columns
            for prize in week.week().prizes:
                if prize.participant_id in identities:
                    told = {"source": f"{folder}/individual_prizes.csv"}
                    yield prize.participant_id, told | {k: _text(v) for k, v in asdict(prize).items()}


def _as_sitter(person: Participant) -> Person:
    return Person(person.participant_id, person.unit, person.category)


def _person(person: Participant, reference: Current, now: int) -> dict[str, str]:
    moment = reference.definition.rfc3339
    unit, category = reference.shown(person.participant_id, person.unit, person.category, now)
    return {
        "participant_id": person.participant_id,
        "citizen_id": person.citizen_id,
        "full_name": person.full_name,
        "date_of_birth": person.date_of_birth,
        "gender": person.gender,
        "phone": person.phone,
        "unit_code": unit,
        "category": category,
        "verified": VERIFIED[person.verified],
        "registered_at": moment(person.registered_at),
        "kept_until": moment(person.kept_until) if person.kept_until else "",
        "password": "chỉ lưu dạng băm argon2id, không đọc lại được",
    }


def _attempt(entry: Entry, attempt: Finished, reference: Current, now: int) -> dict[str, Any]:
    told = reference.of_week(entry.week).definition.tells_score(entry.week, now)
    return {
        "attempt_id": attempt_id(entry.week, attempt),
        "status": attempt.status,
        "started_at": reference.definition.rfc3339(attempt.started),
        "submitted_at": reference.definition.rfc3339(attempt.received),
        "duration_ms": attempt.duration,
        "score": attempt.told_score if told else None,
        "ruled_score": None if attempt.told is None else attempt.score,
        "prediction": attempt.prediction,
        "answers": _answers(entry, attempt, reference),
    }


def _answers(entry: Entry, attempt: Finished, reference: Current) -> str | None:
    """By question number, under the letters of the paper as it was shown: ``1: B; 2: A, C; 3: –``."""
    if attempt.erased:
        return None
    of_week = reference.of_week(entry.week)
    paper = draw(of_week.bank.of(entry.week, entry.category), of_week.definition.paper, attempt.nonce)
    chosen = decode_answers(paper, attempt.answers)
    told = (f"{number}: {', '.join(chosen.get(str(number), ())) or '–'}" for number in range(1, len(paper) + 1))
    return "; ".join(told)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
