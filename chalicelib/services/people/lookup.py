"""Answers a complaint: one sheet on a person, with each paper in words, its keys, and who stood ahead and why.

Keys and scores stand in it only where the week's state allows them, as on the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.documents.closed_week import ClosedWeek, RankingRow
from chalicelib.domain.attempt import AttemptId, Entry, Finished, Opened
from chalicelib.domain.bank import LETTERS
from chalicelib.domain.decisions import Ruling
from chalicelib.domain.definition import Definition
from chalicelib.domain.grading import accepted_options
from chalicelib.domain.identity import log_id
from chalicelib.domain.identity_provider import VERIFIED
from chalicelib.domain.paper import Paper, PaperQuestion, chosen_options, draw, shown_letters
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.ranking import Candidate, comparison, full_order, prediction_error
from chalicelib.domain.receipt import attempt_id, committed
from chalicelib.domain.times import EPOCH, day
from chalicelib.services.contest.reference import Current, Reference
from chalicelib.services.contest.revisions import shown_weeks
from chalicelib.services.exam.exam import Exam, Person
from chalicelib.services.people.listed import ListedPeople
from chalicelib.services.ports import EntryReader, EntryStore, ObjectStore, Participant, ParticipantStore

HEADER = ("Mục", "Nội dung", "Đã chọn", "Đáp án", "Kết quả", "Ghi chú")
WIDTHS = (26, 70, 40, 40, 16, 50)
Row = Sequence[str]
_STATUS = {
    "submitted": "đã nộp",
    "overdue": "hết giờ chưa nộp, tính theo câu trả lời đã lưu",
    "blank": "nộp bài trống, không tính",
    "discarded": "hết giờ chưa nộp, không tính",
}
_FIELDS = {
    "full_name": "họ và tên",
    "date_of_birth": "ngày sinh",
    "gender": "giới tính",
    "phone": "số điện thoại",
    "citizen_id": "số căn cước",
    "unit": "đơn vị",
    "category": "đối tượng",
}
_OUTSIDE = "thí sinh tự do"
_GENDERS = {"male": "nam", "female": "nữ"}
_EFFECTS = {"no_prize": "không xếp hạng", "not_counted": "không tính kết quả", "none": "bỏ quyết định hủy"}


class _Published(NamedTuple):
    """A week's revision in force: the document, the person's rank from 1, the row, and the one ahead."""

    week: ClosedWeek
    rank: int
    row: RankingRow
    ahead: RankingRow | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """``everybody`` reads all entries of a week; of ``pepper`` numbers are made, of ``salt_key`` the salts of
    receipts, of ``log_key`` what the logs call a person.
    """

    desk: ObjectStore
    participants: ParticipantStore
    entries: EntryStore
    everybody: EntryReader
    pepper: bytes
    salt_key: bytes
    log_key: bytes

    def whose(self, attempts: Iterable[AttemptId]) -> dict[AttemptId, str]:
        """The participant ids of the attempts that there are.

        Reads each of their weeks once, whole, since an attempt's id says nothing of the person.
        """
        wanted = frozenset(attempts)
        return {
            attempt: entry.participant_id
            for week in sorted({attempt.week for attempt in wanted})
            for entry in self.everybody(week)
            for attempt in wanted.intersection(_attempts(entry))
        }

    def sheets(self, people: Iterable[str], reference: Current, now: int) -> Iterator[tuple[str, list[Row]]]:
        """Participant id and the rows under ``HEADER``, of those who are registered.

        Reads the roster index and each week's ranking once, whoever is asked for.
        """
        exam, listed = Exam(reference, self.entries, nonce=str), ListedPeople(self.desk)
        found = self.participants.get_many(people)
        entries = {
            identity: exam.history(Person(identity, person.unit, person.category), now)
            for identity, person in found.items()
        }
        published = self._published(entries)
        for identity, person in found.items():
            rows = [*_person(listed.looked_up(person, reference, self.pepper), reference)]
            rows.append(("Mã trong nhật ký máy chủ", log_id(self.log_key, identity)))
            for entry in entries[identity]:
                rows += self._week(entry, published.get((entry.week, identity)), reference, now)
            yield identity, rows

    def _week(self, entry: Entry, published: _Published | None, current: Current, now: int) -> Iterator[Row]:
        reference = current.of_week(entry.week)
        definition = reference.definition
        yield ()
        yield (definition.title_of(entry.week).upper(), f"{entry.used} lượt đã dùng")
        if published:
            yield from _place(published, reference)
        elif definition.is_over(entry.week, now):
            yield ("Hạng", "không được xếp hạng, hoặc kết quả chưa được tổng hợp")
        for attempt in entry.finished:
            yield from self._attempt(entry, attempt, reference, now)
        if entry.open is not None:
            yield from _open(entry, entry.open, reference)

    def _attempt(self, entry: Entry, attempt: Finished, reference: Reference, now: int) -> Iterator[Row]:
        definition = reference.definition
        at, named = _moments(definition), attempt_id(entry.week, attempt)
        yield (
            f"Lượt {attempt.number}",
            _STATUS[attempt.status],
            "",
            "",
            "",
            "" if attempt.erased else f"mã lượt thi {named}",
        )
        yield ("Bắt đầu", at(attempt.started))
        yield (
            "Nhận bài",
            at(attempt.received),
            "",
            "",
            "",
            "trong thời gian bù chậm đường truyền" if attempt.late else "",
        )
        yield ("Thời gian làm bài", _seconds(attempt.duration))
        if attempt.prediction is not None:
            yield ("Dự đoán", str(attempt.prediction))
        over = definition.is_over(entry.week, now)
        if attempt.counted and definition.tells_score(entry.week, now):
            told = f"{attempt.told_score}/{definition.paper.questions} câu đúng"
            ruled = f"theo kết luận về câu hỏi: {attempt.score}" if over and attempt.told is not None else ""
            yield ("Điểm", told, "", "", "", ruled)
        made = committed(self.salt_key, entry, reference.bank.digest, attempt).commitments
        name = Pseudonyms(self.salt_key, definition.contest.id)(entry.week, entry.participant_id)
        yield ("Đối chiếu biên nhận", f"pseudonym {name}", "", "", "", f"grading {made.grading.hex()}")
        if attempt.erased:
            yield ("Bài làm", "đã xóa theo yêu cầu của người dự thi")
            return
        paper = draw(reference.bank.of(entry.week, entry.category), definition.paper, attempt.nonce)
        rulings = reference.decisions.rulings_in(entry.week) if over else {}
        yield from _paper(paper, attempt.answers, rulings, keys=over)

    def _published(self, entries: Mapping[str, Sequence[Entry]]) -> dict[tuple[int, str], _Published]:
        """By week and participant id, of those who have a place in a result in force."""
        found: dict[tuple[int, str], _Published] = {}
        for number, _, stored in shown_weeks(self.desk):
            people = {
                identity for identity, weeks in entries.items() if any(one.week == number for one in weeks)
            }
            if not people:
                continue
            week, ahead = stored.week(), None
            for rank, row in enumerate(stored.rows(), 1):
                if row.participant_id in people:
                    found[number, row.participant_id] = _Published(week, rank, row, ahead)
                ahead = row
        return found


def _titles(reference: Reference) -> tuple[dict[str, str], dict[str, str]]:
    """Units by code, categories by name, as people call them."""
    units = {unit.code: unit.name for unit in reference.units}
    return units, {one.name: one.title for one in reference.definition.categories}


def _person(person: Participant, reference: Current) -> Iterator[Row]:
    at = _moments(reference.definition)
    units, categories = _titles(reference)
    yield ("NGƯỜI DỰ THI", person.full_name)
    yield ("Mã người dự thi", person.participant_id)
    yield ("Số căn cước", person.citizen_id_masked)
    yield ("Đăng ký lúc", at(person.registered_at))
    yield ("Đơn vị đã khai", units.get(person.unit, person.unit) or _OUTSIDE)
    yield ("Đối tượng đã khai", categories.get(person.category, person.category))
    yield ("Danh tính", VERIFIED[person.verified])
    for line in person.corrected:
        before, after = (_value(line.field, value) for value in (line.before, line.after))
        told = f"{_FIELDS[line.field]}: {before} → {after}"
        yield ("Sửa thông tin", told, "", "", _stamp(line.at), line.reason)
    for change in reference.corrections.get(person.participant_id, ()):
        names = units if change.field == "unit" else categories
        value = names.get(change.value, change.value) or _OUTSIDE
        told = f"{_FIELDS[change.field]} từ {reference.definition.title_of(change.from_week)}: {value}"
        yield ("Sửa thông tin", told, "", "", _stamp(change.at), change.reason)
    for one in reference.decisions.annulments:
        if one.participant_id == person.participant_id:
            weeks = ", ".join(map(str, one.weeks)) or "tất cả"
            told = f"{_EFFECTS[one.effect]}, {reference.definition.contest.period} {weeks}"
            yield ("Quyết định", told, "", "", day(datetime.fromisoformat(one.decided_on)), one.reason)
    for number in reference.decisions.numbers:
        if number.participant_id == person.participant_id:
            told = "số căn cước được chuyển cho người này"
            yield ("Quyết định", told, "", "", _stamp(number.at), number.reason)


def _attempts(entry: Entry) -> Iterator[AttemptId]:
    for one in (*entry.finished, *([entry.open] if entry.open else ())):
        yield AttemptId(entry.week, one.number, one.started, one.nonce)


def _place(published: _Published, reference: Reference) -> Iterator[Row]:
    week, rank, row, ahead = published
    definition = reference.definition
    units, categories = _titles(reference)
    yield ("Đơn vị được tính", units.get(row.unit, row.unit) or _OUTSIDE)
    yield ("Đối tượng được tính", categories.get(row.category, row.category))
    prizes = {prize.participant_id: prize.title for prize in week.prizes}
    yield ("Hạng", f"{rank} trong {week.ranked} người", "", "", prizes.get(row.participant_id, ""))
    if ahead is None:
        yield ("Đứng ngay trước", "không có ai")
    else:
        target = week.prediction.actual if week.prediction else None
        why = ahead_by(row, ahead, definition, target)
        yield (
            "Đứng ngay trước",
            f"mã {ahead.participant_id}",
            "",
            "",
            prizes.get(ahead.participant_id, ""),
            why,
        )


def ahead_by(row: RankingRow, ahead: RankingRow, definition: Definition, target: int | None) -> str:
    """The first criterion of the contest's order by which ``ahead`` is before ``row``, in words."""
    fields = full_order(definition)
    compare = comparison(definition, fields, target)
    own, other = (_candidate(row), _candidate(ahead))
    keys = zip(("too_fast", *fields), compare(own, row.attempts), compare(other, ahead.attempts), strict=True)
    criterion = next((name for name, mine, theirs in keys if mine != theirs), "overdue")
    at = _moments(definition)
    return {
        "too_fast": "làm bài không nhanh hơn thời gian tối thiểu",
        "score": f"nhiều câu đúng hơn: {ahead.score} so với {row.score}",
        "prediction": f"dự đoán gần hơn: lệch {_error(other, target)} so với {_error(own, target)}",
        "duration": f"thời gian làm bài ngắn hơn: {_seconds(ahead.duration)} so với {_seconds(row.duration)}",
        "submitted": f"nộp sớm hơn: {at(ahead.received)} so với {at(row.received)}",
        "attempts": f"ít lượt thi hơn: {ahead.attempts} so với {row.attempts}",
        "overdue": "bằng nhau ở mọi tiêu chí: bài hết giờ xếp sau bài đã nộp, còn lại theo bốc thăm",
    }[criterion]


def _candidate(row: RankingRow) -> Candidate:
    return Candidate(0, row.received, row.duration, row.score, row.prediction, overdue=False)


def _error(attempt: Candidate, target: int | None) -> str:
    error = prediction_error(attempt, target)
    return "không có dự đoán" if error is None else str(error)


def _open(entry: Entry, opened: Opened, reference: Reference) -> Iterator[Row]:
    at = _moments(reference.definition)
    named = AttemptId(entry.week, *opened[:3])
    yield (
        f"Lượt {opened.number}",
        "đang làm; dưới đây là câu trả lời đã lưu",
        "",
        "",
        "",
        f"mã lượt thi {named}",
    )
    yield ("Bắt đầu", at(opened.started))
    paper = draw(reference.bank.of(entry.week, entry.category), reference.definition.paper, opened.nonce)
    yield from _paper(paper, opened.saved or "", {}, keys=False)


def _paper(paper: Paper, answers: str, rulings: dict[str, Ruling], *, keys: bool) -> Iterator[Row]:
    """A row a question as it was shown; with ``keys`` the right answers too, and the rulings."""
    for number, shown in enumerate(paper, 1):
        question, order = shown
        chosen = chosen_options(answers[number - 1]) if number <= len(answers) else 0
        options = "\n".join(f"{LETTERS[i]}. {question.options[index]}" for i, index in enumerate(order))
        told = [
            f"Câu {number} ({question.id})",
            f"{question.text}\n{options}",
            _letters(shown, chosen) or "bỏ trống",
        ]
        if keys:
            ruling = rulings.get(question.id)
            right = accepted_options(question, ruling)
            every = ruling is not None and ruling.kind == "all_right"
            told += [
                "ai có câu này cũng được điểm"
                if every
                else " hoặc ".join(_letters(shown, one) for one in right),
                "đúng" if every or chosen in right else "sai",
                _said(shown, ruling),
            ]
        yield told


def _said(shown: PaperQuestion, ruling: Ruling | None) -> str:
    """The source of the key, and what the organisers have ruled since."""
    question = shown.question
    if ruling is None:
        return question.reference
    before = _letters(shown, question.answer)
    return f"Kết luận về câu hỏi: {ruling.reason} (đáp án ban đầu: {before}). {question.reference}"


def _letters(shown: PaperQuestion, options: int) -> str:
    return ", ".join(shown_letters(shown.order, options))


def _moments(definition: Definition) -> Callable[[int], str]:
    """Writes instants as people read them, to the second, in the contest's zone."""

    def moment(instant: int) -> str:
        local = (EPOCH + timedelta(milliseconds=instant)).astimezone(definition.zone)
        return f"{local:%H:%M:%S} ngày {day(local)}"

    return moment


def _stamp(moment: str) -> str:
    """When the desk decided, from RFC 3339 with the contest's offset."""
    at = datetime.fromisoformat(moment)
    return f"{at:%H:%M:%S} ngày {day(at)}"


def _value(field: str, value: str) -> str:
    """A person's value as people read it."""
    return day(datetime.fromisoformat(value)) if field == "date_of_birth" else _GENDERS.get(value, value)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.3f} giây".replace(".", ",")
