"""In-memory fakes of the ports, and a small contest to play with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from chalicelib.documents.canonical import digest
from chalicelib.documents.consequences import CloseChange
from chalicelib.documents.log import LogState
from chalicelib.domain.attempt import AttemptId, Entry, Finished, Opened, decode_opening
from chalicelib.domain.bank import Question
from chalicelib.domain.closeout import Draw
from chalicelib.domain.decisions import Annulment, Decisions
from chalicelib.domain.definition import Definition, Week
from chalicelib.domain.errors import AlreadyRegistered, Busy
from chalicelib.domain.live import LiveTally
from chalicelib.domain.person import CorrectedLine
from chalicelib.domain.pseudonyms import Pseudonyms
from chalicelib.domain.statistics.week_collectors import week_collectors
from chalicelib.domain.units import Unit
from chalicelib.services.closing.bundle_people import BundlePeople
from chalicelib.services.closing.shares import Watching
from chalicelib.services.contest.checked import tell
from chalicelib.services.contest.reference import (
    NO_DECISIONS,
    Current,
    Reference,
    assemble,
    compile_parts,
)
from chalicelib.services.ports import (
    KEPT_FOLDERS,
    SHARDS,
    CurrentRevision,
    Exchange,
    Holder,
    NotMet,
    Participant,
    ProviderHealth,
    PutFile,
    Strain,
    Traffic,
)

SALT_KEY = b"salt key of the tests"
MAC_KEY = b"MAC key of the tests"
PSEUDONYMS = Pseudonyms(SALT_KEY, "trial")
START = datetime(2022, 8, 22, 8, 0, tzinfo=datetime.fromisoformat("2022-08-22T08:00:00+07:00").tzinfo)
START_MS = int(START.timestamp() * 1000)
MINUTE = 60_000
HOUR = 60 * MINUTE
WEEK = 7 * 24 * HOUR


def definition(**tables: Any) -> Definition:
    """Four weeks, five questions, ten minutes, three attempts; ``tables`` override single keys."""
    raw: dict[str, Any] = {
        "contest": {
            "id": "trial",
            "title": "Thi thử",
            "organiser": "UBND tỉnh",
            "hotline": "0238 000 000",
            "start": START,
            "weeks": 4,
            "pause": "PT0S",
        },
        "paper": {"questions": 5, "time_limit": "PT10M", "attempts_per_week": 3, "publish_bank": True},
        "prediction": {"question": "Bao nhiêu người đúng hết?"},
        "prizes": [
            {"name": "first", "title": "Giải Nhất", "count": 1},
            {"name": "second", "title": "Giải Nhì", "count": 2},
        ],
        "unit_score": {
            "weights": {
                "participation": Decimal("0.5"),
                "volume": Decimal("0.2"),
                "quality": Decimal("0.3"),
            },
            "volume": "attempts",
        },
        "unit_prizes": [
            {"name": "weekly", "title": "Giải thi tuần", "once": True},
            {"name": "final", "title": "Giải tập thể", "when": "final", "count": 2},
        ],
        "eligibility": {"proof_of_work": "off"},
        "publication": {"smallest_group": 1},
    }
    for name, table in tables.items():
        raw[name] = table if isinstance(table, list) else {**raw.get(name, {}), **table}
    return Definition.model_validate(raw)


def questions(count: int = 12) -> tuple[Question, ...]:
    """Each question has 2–6 options; every third has two right ones if there are more than two."""
    made = []
    for k in range(count):
        options = tuple(f"phương án {k}.{i}" for i in range(2 + k % 5))
        answer = 0b11 if k % 3 == 0 and len(options) > 2 else 1 << k % len(options)
        made.append(Question(f"Q{k:03}", f"topic-{k % 2}", f"Câu hỏi {k}?", options, answer, "Điều 1"))
    return tuple(made)


UNITS = (
    Unit("SO-A", "Sở A", "Sở, ban, ngành", "department", 10, 2),
    Unit("SO-B", "Sở B", "Sở, ban, ngành", "department", 4, 0),
    Unit("TRUONG-C", "Trường C", "Trường học", "school", 0, 0),
)


def reference(
    contest: Definition | None = None,
    units: Iterable[Unit] = UNITS,
    excluded: Iterable[str] = (),
    annulled: Iterable[str] = (),
    rosters: str = "",
    decisions: Decisions = NO_DECISIONS,
) -> Current:
    parts = compile_parts(
        contest or definition(),
        questions(),
        units,
        dict.fromkeys(excluded, "Tổ ra đề thi"),
        {},
        rosters,
        decisions._replace(
            annulments=(
                *decisions.annulments,
                *(Annulment(person, (), "no_prize", "2022-08-29", "thi hộ") for person in annulled),
            )
        ),
    )
    return assemble(parts)


def collectors(contest: Reference, week: Week) -> Watching:
    """All that see every entry of a close."""
    return Watching(
        BundlePeople(contest.definition, week, SALT_KEY), week_collectors(contest.definition, contest.bank)
    )


def right_answers(attempt: dict[str, Any], reference: Reference, wrong: int = 0) -> dict[str, list[str]]:
    """Answers to a paper as the API shows it; the first ``wrong`` questions are left out."""
    bank = {question.id: question for question in reference.bank.questions}
    answers = {}
    for shown in attempt["questions"][wrong:]:
        question = bank[shown["id"]]
        right = {text for i, text in enumerate(question.options) if question.answer >> i & 1}
        answers[str(shown["number"])] = [
            option["key"] for option in shown["options"] if option["text"] in right
        ]
    return answers


class Clock:
    """A clock that moves when told to."""

    def __init__(self, now: int = START_MS) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def moment(self) -> datetime:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=self.now)


class MemoryParticipants:
    def __init__(self) -> None:
        self.people: dict[str, Participant] = {}
        self.resets: dict[str, tuple[str, int]] = {}
        self.erased: dict[str, int] = {}
        self.numbers: dict[str, tuple[str, int]] = {}

    def add(self, participant: Participant) -> None:
        if participant.participant_id in {*self.people, *self.erased, *self.numbers}:
            raise AlreadyRegistered
        self.people[participant.participant_id] = participant

    def prove(self, participant: Participant) -> None:
        stored = self.people.get(participant.participant_id)
        if stored is not None and not stored.verified_at:
            told = dict(zip(Participant._fields[1:6], participant[1:6], strict=True))
            self.people[stored.participant_id] = stored._replace(**told, verified_at=participant.verified_at)

    def get(self, participant_id: str) -> Participant | None:
        return self.people.get(participant_id)

    def get_many(self, participant_ids: Iterable[str]) -> dict[str, Participant]:
        return {key: self.people[key] for key in participant_ids if key in self.people}

    def holder(self, number: str) -> Holder | None:
        if number not in {*self.people, *self.erased, *self.numbers}:
            return None
        identity, generation = self.numbers.get(number, (number, 0))
        taken = identity in {*self.people, *self.erased}
        return Holder(identity, generation, self.people.get(identity), taken)

    def in_force(self, numbers: Iterable[str]) -> dict[str, str]:
        return {number: self.numbers.get(number, (number, 0))[0] for number in numbers}

    def pass_on(self, number: str, before: str, after: str, generation: int) -> bool:
        held = self.holder(number)
        if held is None or held.participant_id not in {before, after}:
            return False
        self.numbers[number] = (after, generation)
        return True

    def occupy(self, number: str, participant_id: str, kept_until: int, now: int) -> bool:
        held = self.holder(number)
        if held is None:
            self.numbers[number] = (participant_id, 0)
            return True
        if held.participant_id == participant_id:
            return True
        if held.taken:
            return False
        self.erased[held.participant_id] = now
        return self.pass_on(number, held.participant_id, participant_id, held.generation)

    def allow_reset(self, participant_id: str, code_id: str, until: int) -> bool:
        if participant_id not in self.people:
            return False
        self.resets[participant_id] = (code_id, until)
        return True

    def reset_password(self, participant_id: str, code_id: str, password_hash: str, now: int) -> bool:
        code, until = self.resets.get(participant_id, ("", 0))
        if code != code_id or until <= now:
            return False
        del self.resets[participant_id]
        person = self.people[participant_id]
        self.people[participant_id] = person._replace(password_hash=password_hash, reset_at=now)
        return True

    def sign_out(self, participant_id: str, moment: int) -> None:
        if participant_id in self.people:
            self.people[participant_id] = self.people[participant_id]._replace(signed_out_at=moment)

    def correct(self, before: Participant, lines: Sequence[CorrectedLine]) -> bool:
        stored = self.people.get(before.participant_id)
        if stored is None or stored.corrected != before.corrected:
            return False
        values: dict[str, Any] = {line.field: line.after for line in lines}
        corrected = (*stored.corrected, *lines)
        self.people[before.participant_id] = stored._replace(**values, corrected=corrected)
        return True

    def erase(self, participant_id: str, now: int) -> bool:
        if self.people.pop(participant_id, None) is None:
            return False
        self.resets.pop(participant_id, None)
        self.erased[participant_id] = now
        return True


class MemoryExchanges:
    def __init__(self) -> None:
        self.codes: dict[str, Exchange] = {}
        self.told = ProviderHealth()

    def claim(self, key: str, now: int) -> bool:
        return self.codes.setdefault(key, mine := Exchange(now, b"")) is mine

    def get(self, key: str) -> Exchange | None:
        return self.codes.get(key)

    def keep(self, key: str, sealed: bytes, now: int) -> None:
        self.codes[key] = self.codes[key]._replace(sealed=sealed)

    def release(self, key: str) -> None:
        del self.codes[key]

    def health(self) -> ProviderHealth:
        return self.told

    def failed(self, now: int, window: int, too_many: int) -> None:
        failures = self.told.failures + 1 if now - self.told.last_at < window else 1
        self.told = ProviderHealth(failures, now, now if failures >= too_many else self.told.down_at)

    def recovered(self) -> None:
        self.told = self.told._replace(failures=0)


class MemoryRevocations:
    """``revoked``: who has been signed out, in order."""

    def __init__(self) -> None:
        self.revoked: list[str] = []

    def revoke(self, participant_ids: Iterable[str]) -> None:
        self.revoked += participant_ids


class MemorySources:
    def __init__(self) -> None:
        self.registered: Counter[tuple[str, int]] = Counter()
        self.misses: Counter[tuple[str, int]] = Counter()
        self.in_all: Counter[int] = Counter()

    def traffic(self, source: str, now: int) -> Traffic:
        hour = source, now // HOUR
        return Traffic(self.registered[hour], self.misses[hour], self.in_all[now // MINUTE - 1])

    def begin(self, source: str, participant_id: str, limit: int | None, now: int) -> bool:
        if limit is not None and self.registered[source, now // HOUR] >= limit:
            return False
        self.registered[source, now // HOUR] += 1
        self.in_all[now // MINUTE] += 1
        return True

    def missed(self, source: str, now: int) -> None:
        self.misses[source, now // HOUR] += 1


class MemorySignIns:
    def __init__(self, sources: MemorySources | None = None) -> None:
        self.sources = sources or MemorySources()
        self.here: dict[tuple[str, str], Strain] = {}
        self.anywhere: Counter[tuple[str, int]] = Counter()

    def strain(self, participant_id: str, origin: str, source: str, now: int) -> Strain:
        here = self.here.get((participant_id, origin), Strain())
        misses = self.sources.traffic(source, now).misses
        return here._replace(anywhere=self.anywhere[participant_id, now // HOUR], misses=misses)

    def begin(self, participant_id: str, limit: int | None, now: int) -> bool:
        if limit is not None and self.anywhere[participant_id, now // HOUR] >= limit:
            return False
        self.anywhere[participant_id, now // HOUR] += 1
        return True

    def failed(self, participant_id: str, origin: str, source: str, now: int) -> None:
        here = self.here.get((participant_id, origin), Strain())
        self.here[participant_id, origin] = here._replace(here=here.here + 1)
        self.sources.missed(source, now)

    def succeeded(self, participant_id: str, origin: str, now: int) -> None:
        self.here[participant_id, origin] = Strain(known=True)


class MemoryProofs:
    def __init__(self) -> None:
        self.spent: dict[str, str | None] = {}

    def spend(self, proof: str, participant_id: str | None, now: int) -> bool:
        if proof in self.spent and (participant_id is None or self.spent[proof] != participant_id):
            return False
        self.spent[proof] = participant_id
        return True


class MemoryDeliveries:
    def __init__(self) -> None:
        self.claims: dict[str, tuple[str, int, int]] = {}
        self.finished: set[str] = set()
        self.newest: dict[str, str] = {}

    def claim(self, delivery: str, claimant: str, now: int) -> int | None:
        holder, until, began = self.claims.get(delivery, (claimant, 0, now))
        if delivery in self.finished or (holder != claimant and until >= now):
            return None
        self.claims[delivery] = (claimant, now + 16 * MINUTE, began)
        return began

    def finish(self, delivery: str) -> None:
        self.finished.add(delivery)

    def is_newest(self, key: str, sequencer: str, now: int) -> bool:
        newest = self.newest.get(key, "")
        self.newest[key] = max(newest, sequencer)
        return sequencer >= newest


class MemoryEntries:
    """The conditions of the hot path, written out plainly."""

    def __init__(self) -> None:
        self.items: dict[tuple[int, str], Entry] = {}
        self.reads = self.writes = 0

    def start(
        self, week: int, participant_id: str, unit: str, category: str, opening: bytes, limit: int
    ) -> tuple[int, tuple[Finished, ...]]:
        self.writes += 1
        entry = self.items.get((week, participant_id))
        if entry is None:
            entry = Entry(participant_id, week, unit, category, 0, None, ())
        elif entry.open is not None or entry.used >= limit:
            raise NotMet(entry)
        return self._open(entry._replace(unit=unit, category=category), opening), entry.finished

    def restart(self, entry: Entry, record: Finished, opening: bytes, limit: int) -> int:
        self.writes += 1
        stored = self.items.get((entry.week, entry.participant_id))
        if stored is None or entry.open is None or stored.used >= limit or not _same(stored.open, entry.open):
            raise NotMet(stored)
        return self._open(stored._replace(open=None, finished=(*stored.finished, record)), opening)

    def save(
        self,
        participant_id: str,
        unit: str,
        category: str,
        attempt: AttemptId,
        answers: str,
        guess: int | None,
        base: int,
        revision: int,
    ) -> None:
        self.writes += 1
        entry, opened = self._still_open(participant_id, attempt)
        if opened.revision != base:
            raise NotMet(entry)
        saved = opened._replace(saved=answers, guess=guess, revision=revision)
        self.items[attempt.week, participant_id] = entry._replace(open=saved)

    def submit(
        self, participant_id: str, unit: str, category: str, attempt: AttemptId, record: Finished, base: int
    ) -> None:
        self.writes += 1
        entry, opened = self._still_open(participant_id, attempt)
        if opened.revision != base and (opened.saved, opened.guess) != (record.answers, record.prediction):
            raise NotMet(entry)
        self.items[attempt.week, participant_id] = entry._replace(open=None, finished=(*entry.finished, record))

    def get(self, week: int, participant_id: str) -> Entry | None:
        self.reads += 1
        return self.items.get((week, participant_id))

    def get_weeks(self, weeks: Iterable[int], participant_id: str) -> list[Entry]:
        found = (self.get(week, participant_id) for week in weeks)
        return [entry for entry in found if entry is not None]

    def erase(self, before: Entry, after: Entry) -> bool:
        stored = self.items.get((before.week, before.participant_id))
        if stored is None or stored.used != before.used or (stored.open is None) != (before.open is None):
            return False
        self.items[before.week, before.participant_id] = stored._replace(open=None, finished=after.finished)
        return True

    def read_week(self, week: int, shards: Sequence[str] = SHARDS) -> Iterator[Entry]:
        return in_shards((entry for (number, _), entry in self.items.items() if number == week), shards)

    def _still_open(self, participant_id: str, attempt: AttemptId) -> tuple[Entry, Opened]:
        entry = self.items.get((attempt.week, participant_id))
        if entry is None or entry.open is None or not entry.is_open(attempt):
            raise NotMet(entry)
        return entry, entry.open

    def _open(self, entry: Entry, opening: bytes) -> int:
        number = entry.used + 1
        opened = Opened(number, *decode_opening(opening), None, None, 0)
        self.items[entry.week, entry.participant_id] = entry._replace(used=number, open=opened)
        return number


def in_shards(entries: Iterable[Entry], shards: Sequence[str]) -> Iterator[Entry]:
    """Test ids that begin with no shard, such as “an”, are in the first."""
    for entry in entries:
        shard = entry.participant_id[:2]
        if (shard if shard in SHARDS else SHARDS[0]) in shards:
            yield entry


def _same(one: Opened | None, other: Opened) -> bool:
    return one is not None and one[:3] == other[:3]


class MemoryObjects:
    """A bucket that remembers the order of its puts."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.versions: dict[str, list[bytes]] = {}

    def get(self, key: str) -> bytes | None:
        return self.objects.get(key)

    def put(self, key: str, data: bytes) -> None:
        self.puts.append(key)
        self.objects[key] = data
        self.versions.setdefault(key, []).append(data)

    def restore(self, key: str, sha256: str) -> bool:
        for data in reversed(self.versions.get(key, [])):
            if digest(data) == sha256:
                self.put(key, data)
                return True
        return False

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self.objects if key.startswith(prefix))

    def get_all(self, keys: Iterable[str]) -> Iterator[bytes | None]:
        return map(self.get, keys)

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.objects.pop(key, None)

    def get_pieces(self, key: str) -> Iterator[bytes]:
        data = self.get(key)
        if data is None:
            raise FileNotFoundError(key)
        return iter([data[:7], data[7:]])

    def put_pieces(self, key: str, pieces: Iterable[bytes]) -> None:
        self.put(key, b"".join(pieces))

    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        for key, data in files:
            self.put(key, data)

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        if self.objects.get(key) != before:
            return False
        self.put(key, after)
        return True

    def there(self) -> dict[str, str]:
        """As a site that nobody looks after; ``MemorySite`` is one that somebody does."""
        return {}

    def noted(self) -> dict[str, PutFile]:
        return {}

    def bring_back(self, key: str, etag: str, instead_of: str | None) -> bool:
        return False


class MemorySite(MemoryObjects):
    """``KeptSite``; ``etag`` is the digest here. ``stray`` writes without being noted."""

    def __init__(self, clock: Callable[[], int] = lambda: START_MS) -> None:
        super().__init__()
        self._clock, self._noted = clock, dict[str, PutFile]()

    def put(self, key: str, data: bytes) -> None:
        if key.rpartition("/")[0] + "/" in KEPT_FOLDERS:
            now, before = self._clock(), self._noted.get(key)
            self._noted[key] = new = PutFile(digest(data), now)
            if before and before.is_settled(now) and self.there().get(key) not in {before.etag, new.etag}:
                tell(key, healed=True)
        super().put(key, data)

    def stray(self, key: str, data: bytes | None) -> None:
        if data is None:
            del self.objects[key]
        else:
            super().put(key, data)

    def there(self) -> dict[str, str]:
        kept = {key: data for key, data in self.objects.items() if key.rpartition("/")[0] + "/" in KEPT_FOLDERS}
        return {key: digest(data) for key, data in kept.items()}

    def noted(self) -> dict[str, PutFile]:
        return dict(self._noted)

    def bring_back(self, key: str, etag: str, instead_of: str | None) -> bool:
        right = next((data for data in self.versions.get(key, ()) if digest(data) == etag), None)
        if self.there().get(key) != instead_of or right is None:
            return False
        self.stray(key, right)
        return True


class MemoryLogStates:
    def __init__(self) -> None:
        self.state: LogState | None = None
        self.version = 0

    def read(self) -> tuple[LogState | None, int]:
        return self.state, self.version

    def replace(self, state: LogState, version: int) -> bool:
        if version != self.version:
            return False
        self.state, self.version = state, version + 1
        return True


class MemoryRevisions:
    def __init__(self) -> None:
        self.draws: dict[tuple[str, int], Draw] = {}
        self.pointers: dict[str, CurrentRevision] = {}
        self.claims: dict[tuple[str, int], str] = {}

    def current(self, what: str) -> CurrentRevision | None:
        return self.pointers.get(what)

    def claim(self, what: str, after: int, inputs: str) -> int:
        revision = after + 1
        while self.claims.setdefault((what, revision), inputs) != inputs:
            revision += 1
        return revision

    def draw(self, what: str, revision: int, now: Draw) -> Draw:
        return self.draws.setdefault((what, revision), now)

    def switch(self, what: str, before: CurrentRevision | None, after: CurrentRevision) -> bool:
        stored = self.pointers.get(what)
        if stored != before and not (stored and stored.is_same(after)):
            return False
        self.pointers[what] = after
        return True


class MemoryTallies:
    """``meanwhile``: actions of others just before the next writes. ``fail_at``: which write fails, from 1."""

    def __init__(self) -> None:
        self.items: dict[int, tuple[LiveTally, int]] = {}
        self.meanwhile: list[Callable[[], object]] = []
        self.fail_at = 0

    def read(self, week: int) -> tuple[LiveTally, int]:
        return deepcopy(self.items.get(week, (LiveTally(), 0)))

    def replace(self, week: int, tally: LiveTally, version: int) -> bool:
        if self.meanwhile:
            self.meanwhile.pop()()
        self.fail_at -= 1
        if self.fail_at == 0:
            raise Busy
        if self.read(week)[1] != version:
            return False
        self.items[week] = (tally, version + 1)
        return True


class NothingPublished:
    """Before the first week is closed."""

    def published_at(self, reference: Current, what: str) -> int | None:
        return None

    def settled(self, reference: Current, now: int) -> bool:
        return True

    def consequences(self, reference: Current, now: int) -> list[CloseChange]:
        return []

    def winners_shown(self, reference: Current) -> dict[str, tuple[int, frozenset[str]]]:
        return {}


class PlainPasswords:
    """No hashing: argon2id has its own test."""

    def hash(self, password: str) -> str:
        return f"plain:{password}"

    def verify(self, hashed: str | None, password: str) -> bool:
        return hashed == f"plain:{password}"


class Watched:
    """Stands before ``part`` and notes which of its methods are called, in order."""

    def __init__(self, part: object) -> None:
        self._part = part
        self._calls: list[str] = []

    def taken(self) -> list[str]:
        """The calls since this was last called."""
        calls, self._calls = self._calls, []
        return calls

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._part, name)

        def noted(*given: Any) -> Any:
            self._calls.append(name)
            return method(*given)

        return noted
