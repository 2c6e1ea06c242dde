"""A plausible contest of two weeks: 12 units in three blocs, some 500 people, and a few who cheat.

Everything in it follows from one seed. Everybody at the post office gets question Q007 wrong in the same way
in week 1, half of the hospital plays at night, one person answers by script, five accounts share a phone, one
person is excluded, and two units have sent rosters.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

from chalicelib.documents.canonical import digest
from chalicelib.domain.attempt import AttemptId, Entry, Opened, finish
from chalicelib.domain.bank import Question
from chalicelib.domain.decisions import Annulment, Decisions
from chalicelib.domain.identity import participant_id
from chalicelib.domain.paper import MASKS, draw, score
from chalicelib.domain.statistics.farms import Registration
from chalicelib.domain.units import Unit
from chalicelib.readers.contest_tables import RosterRow
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.shares import Shares
from chalicelib.services.contest.compiled_rosters import compile_rosters, rosters_key
from chalicelib.services.contest.reference import Reference, assemble, compile_parts
from chalicelib.services.ports import Participant
from tests.closer import closer
from tests.fakes import (
    MINUTE,
    START_MS,
    WEEK,
    MemoryEntries,
    MemoryObjects,
    MemoryParticipants,
    MemoryRevisions,
    collectors,
    definition,
)

PEPPER = b"pepper"
HOUR = 60 * MINUTE
CONTEST = definition(
    contest={
        "id": "mua-thu",
        "title": "Tìm hiểu cải cách hành chính và dịch vụ công trực tuyến",
        "organiser": "UBND tỉnh Nghệ An",
        "weeks": 2,
    },
    paper={"questions": 10, "attempts_per_week": 4, "min_duration": "PT10S"},
    prizes=[
        {"name": "first", "title": "Giải Nhất", "count": 1},
        {"name": "second", "title": "Giải Nhì", "count": 2},
        {"name": "third", "title": "Giải Ba", "count": 3},
        {"name": "consolation", "title": "Giải Khuyến khích", "count": 4},
    ],
)
UNITS = [
    Unit("SO-TP", "Sở Tư pháp", "Sở, ban, ngành cấp tỉnh", "department", 30, 2),
    Unit("SO-NV", "Sở Nội vụ", "Sở, ban, ngành cấp tỉnh", "department", 24, 0),
    Unit("SO-TTTT", "Sở Thông tin và Truyền thông", "Sở, ban, ngành cấp tỉnh", "department", 20, 1),
    Unit("BUU-DIEN", "Bưu điện tỉnh", "Sở, ban, ngành cấp tỉnh", "agency", 140, 0),
    Unit("BV-DK", "Bệnh viện Hữu nghị Đa khoa", "Sở, ban, ngành cấp tỉnh", "agency", 90, 6),
    Unit("H-ANHSON", "UBND huyện Anh Sơn", "UBND cấp huyện", "district", 60, 4),
    Unit("H-DOLUONG", "UBND huyện Đô Lương", "UBND cấp huyện", "district", 55, 0),
    Unit("H-QUYCHAU", "UBND huyện Quỳ Châu", "UBND cấp huyện", "district", 48, 3),
    Unit("TP-VINH", "UBND thành phố Vinh", "UBND cấp huyện", "district", 110, 10),
    Unit("THPT-HTK", "Trường THPT Huỳnh Thúc Kháng", "Trường học", "school", 70, 0),
    Unit("THPT-PBC", "Trường THPT chuyên Phan Bội Châu", "Trường học", "school", 65, 5),
    Unit("THPT-KS", "Trường THPT Kỳ Sơn", "Trường học", "school", 0, 0),
]
# How many people of a unit take part, in percent of its obliged people.
_ZEAL = dict(zip([unit.code for unit in UNITS], [100, 83, 45, 92, 60, 71, 100, 12, 55, 38, 66, 0], strict=True))
_FAMILIES = (
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Hồ",
    "Phan",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Ngô",
    "Cao",
    "Thái",
)
_MIDDLES = ("Văn", "Thị", "Đức", "Thanh", "Minh", "Hữu", "Ngọc", "Quang", "Thúy", "Xuân", "Hồng")
_GIVEN = (
    *("An", "Ân", "Anh", "Ánh", "Bình", "Chi", "Dũng", "Đạt", "Đức", "Giang", "Hà", "Hạ", "Hải", "Hòa", "Hùng"),
    *("Hương", "Lan", "Long", "Mai", "Nam", "Oanh", "Phúc", "Quý", "Sơn", "Thủy"),
)
MASTER = "Q007"


def _bank() -> list[Question]:
    made = []
    for k in range(40):
        options = tuple(f"Phương án {letter} của câu {k + 1}" for letter in "ABCD")
        answer = 0b101 if k % 10 == 9 else 1 << k % 4
        text = f"Câu hỏi số {k + 1} về kiểm soát thủ tục hành chính?"
        made.append(Question(f"Q{k + 1:03}", f"chu-de-{k % 3}", text, options, answer, f"Điều {k + 1}"))
    return made


class Autumn:
    """The contest with everybody in it; ``close`` closes both weeks and the final."""

    def __init__(self) -> None:
        self.dice, self.registering = random.Random(2022), random.Random(2021)
        self.desk, self.site = MemoryObjects(), MemoryObjects()
        self.revisions, self.entries, self.people = MemoryRevisions(), MemoryEntries(), MemoryParticipants()
        self.roster_rows: list[RosterRow] = []
        self.registrations: list[Registration] = []
        self._numbers = iter(range(10**6))
        self.ids: dict[str, list[str]] = {}
        for unit in UNITS:
            self._hire(unit)
        self._hire_others(25)
        self.rosters = compile_rosters(self.roster_rows, PEPPER)
        self.desk.put(rosters_key(digest(self.rosters)), self.rosters)
        self.reference = self.with_barred([])
        self.bank = self.reference.bank
        for week in (1, 2):
            self._play(week)

    def with_barred(self, annulled: list[str]) -> Reference:
        return self.under(
            Decisions(
                annulments=tuple(Annulment(one, (), "no_prize", "2022-08-30", "thi hộ") for one in annulled)
            )
        )

    def under(self, decisions: Decisions) -> Reference:
        parts = compile_parts(
            CONTEST,
            _bank(),
            UNITS,
            {self.ids["SO-NV"][0]: "Tổ thư ký"},
            {},
            rosters=digest(self.rosters),
            decisions=decisions,
        )
        return assemble(parts)

    def close(self, now: int = START_MS + 2 * WEEK + 80_000, reference: Reference | None = None) -> None:
        reports = Reports(self.desk, lambda: self.registrations)
        shares = Shares(self.entries.read_week, self.desk, "autumn", collectors)
        closing = closer(shares, self.people, self.revisions, self.desk, self.site, reports)
        closing.run(reference or self.reference, now)

    def file(self, what: str, name: str, revision: int = 1) -> bytes:
        return self.desk.objects[f"results/{what}/rev-{revision}/{name}"]

    def _person(self, unit: str, category: str = "mandatory") -> tuple[str, str, str]:
        number = next(self._numbers)
        citizen_id = f"0400{number % 90 + 10:02}{number:06}"
        identity = participant_id(PEPPER, citizen_id)
        choose = self.dice.choice
        name = f"{choose(_FAMILIES)} {choose(_MIDDLES)} {choose(_GIVEN)}"
        phone = f"09{number:08}"
        self.people.add(
            Participant(
                identity, name, "1990-05-06", "male", citizen_id, phone, unit,
                category, "hash", START_MS,
            )  # type: ignore[arg-type]
        )  # fmt: skip
        shared = unit == "H-QUYCHAU" and len(self.ids.get(unit, [])) < 5
        at = START_MS - HOUR - self.registering.randrange(14 * 24 * HOUR)
        self.registrations.append(Registration(identity, "0999999999" if shared else phone, at))
        return identity, name, citizen_id

    def _hire(self, unit: Unit) -> None:
        self.ids[unit.code] = []
        for number in range(unit.headcount):
            identity, name, citizen_id = self._person(unit.code)
            self.ids[unit.code].append(identity)
            if unit.code in {"SO-TP", "H-ANHSON"}:
                exempt = number >= unit.headcount - unit.exempt
                self.roster_rows.append(RosterRow(unit.code, name, citizen_id, exempt, "mandatory", ""))
        if unit.code == "SO-TP":  # somebody new there and not yet on the roster
            self.ids[unit.code].append(self._person(unit.code)[0])

    def _hire_others(self, count: int) -> None:
        self.ids[""] = [self._person("", "encouraged")[0] for _ in range(count)]

    def _play(self, week: int) -> None:
        for unit, people in self.ids.items():
            zeal = _ZEAL.get(unit, 100)
            for place, identity in enumerate(people):
                always = zeal == 100 or (unit in {"H-QUYCHAU", "TP-VINH"} and place < 5)
                if always or self.dice.random() * 100 < zeal:
                    self._take_part(week, unit, identity, place)

    def _take_part(self, week: int, unit: str, identity: str, place: int) -> None:
        dice = self.dice
        skill = dice.betavariate(5, 2)
        opens = CONTEST.weeks[week - 1].opens
        # Most play by day, the hospital's night shift from one o'clock.
        hour = (
            17 + dice.randrange(3) if unit == "BV-DK" and place % 2 else dice.choice([0, 1, 1, 2, 6, 7, 12, 13])
        )
        started = opens + dice.randrange(6) * 24 * HOUR + hour * HOUR + dice.randrange(50 * MINUTE)
        finished = []
        for number in range(1, 2 + min(3, int(dice.expovariate(0.9)))):
            nonce = f"{dice.getrandbits(64):016x}"
            script = identity == self.ids["TP-VINH"][3]
            answers, right = self._answers(nonce, 1.0 if script else min(1.0, skill + 0.1 * number), unit, week)
            duration = 9_000 if script else dice.randrange(90_000, 580_000)
            attempt = AttemptId(week, number, started, nonce)
            finished.append(
                finish(
                    CONTEST, CONTEST.weeks[week - 1], attempt, received=started + duration, score=right,
                    answers=answers, prediction=dice.randrange(60),
                )
            )  # fmt: skip
            started += 620_000
        opened = None
        if dice.random() < 0.05:  # walked away with answers saved
            nonce = f"{dice.getrandbits(64):016x}"
            saved = self._answers(nonce, skill, unit, week)[0]
            opened = Opened(len(finished) + 1, started, nonce, saved, None, 60_000)
        category = "mandatory" if unit else "encouraged"
        used = len(finished) + bool(opened)
        entry = Entry(identity, week, unit, category, used, opened, tuple(finished))  # type: ignore[arg-type]
        self.entries.items[week, identity] = entry

    def _answers(self, nonce: str, skill: float, unit: str, week: int) -> tuple[str, int]:
        paper = draw(self.bank, CONTEST.paper, nonce)
        text = ""
        for question, _ in paper:
            hard = 0.25 if question.id == "Q013" else 1.0
            wrong = [1 << k for k in range(4) if 1 << k != question.answer]
            mask = (
                question.answer if self.dice.random() < skill * hard else self.dice.choice([0, *wrong, *wrong])
            )
            if question.id == MASTER and unit == "BUU-DIEN" and week == 1:
                mask = wrong[0]
            text += MASKS[mask]
        return text, score(paper, text)


def files_of(autumn: Autumn, what: str, revision: int = 1) -> Iterator[tuple[str, bytes]]:
    folder = f"results/{what}/rev-{revision}/"
    return (
        (key.removeprefix(folder), data) for key, data in autumn.desk.objects.items() if key.startswith(folder)
    )
