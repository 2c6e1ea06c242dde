"""What the use cases need from the outside. Storage, reports and the tests' fakes provide it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol

from chalicelib.domain.attempt import AttemptId, Category, Entry, Finished

# Milliseconds since 1970, UTC.
Clock = Callable[[], int]


class Participant(NamedTuple):
    """A registered person. ``registered_at`` in milliseconds; ``password_hash`` as argon2 encodes it."""

    participant_id: str
    full_name: str
    date_of_birth: str
    gender: str
    citizen_id_masked: str
    phone: str
    unit: str
    category: Category
    password_hash: str
    registered_at: int


class Failures(NamedTuple):
    """Wrong passwords in a row, and when the last was given (milliseconds)."""

    wrong: int
    last_at: int


class ParticipantStore(Protocol):
    def add(self, participant: Participant) -> None:
        """Raises ``AlreadyRegistered``; the check and the write are one."""

    def get(self, participant_id: str) -> Participant | None: ...

    def get_many(self, participant_ids: Iterable[str]) -> dict[str, Participant]: ...

    def failures(self, participant_id: str) -> Failures: ...

    def add_failure(self, participant_id: str, now: int) -> None: ...

    def clear_failures(self, participant_id: str) -> None: ...


class NotMet(Exception):
    """A conditional write was not made; ``entry`` is the item as it stands, None if there is none."""

    def __init__(self, entry: Entry | None) -> None:
        super().__init__()
        self.entry = entry


class EntryStore(Protocol):
    """Every write is one conditional write and raises ``NotMet``."""

    def start(
        self, week: int, participant_id: str, unit: str, category: Category, opening: str, limit: int
    ) -> int:
        """Opens an attempt if none is open and fewer than ``limit`` are used; returns its number."""

    def restart(self, entry: Entry, record: Finished, opening: str, limit: int) -> int:
        """Replaces the overdue open attempt of ``entry`` by its ``record`` and opens the next."""

    def save(self, participant_id: str, attempt: AttemptId, answers: str, guess: int | None) -> None:
        """Stores answers with the open attempt."""

    def submit(self, participant_id: str, attempt: AttemptId, record: Finished) -> None:
        """Finishes the open attempt."""

    def get(self, week: int, participant_id: str) -> Entry | None: ...

    def get_weeks(self, weeks: Iterable[int], participant_id: str) -> list[Entry]: ...


# Entries are spread by the first byte of the participant id.
SHARDS = tuple(f"{shard:02x}" for shard in range(256))


class EntryReader(Protocol):
    def __call__(self, week: int, shards: Sequence[str] = SHARDS) -> Iterator[Entry]:
        """All entries of the week in these shards, in no particular order."""


class ObjectStore(Protocol):
    """A bucket, or a part of one."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, data: bytes) -> None: ...


class LargeObjects(ObjectStore, Protocol):
    """A bucket with objects that never stand in memory whole."""

    def get_pieces(self, key: str) -> Iterator[bytes]:
        """Raises ``FileNotFoundError``."""

    def put_pieces(self, key: str, pieces: Iterable[bytes]) -> None:
        """The object appears when all are written, or not at all."""


class Pointer(NamedTuple):
    """The current revision of a close: ``inputs`` and ``result`` are digests."""

    revision: int
    inputs: str
    result: str


class Revisions(Protocol):
    """``what`` is ``week-<k>`` or ``final``."""

    def current(self, what: str) -> Pointer | None: ...

    def claim(self, what: str, after: int, inputs: str) -> int:
        """The first revision above ``after`` that is free, or was claimed for the same ``inputs``.

        So no two closes with different inputs ever write into one revision's folder.
        """

    def switch(self, what: str, before: Pointer | None, after: Pointer) -> bool:
        """One conditional write; False if somebody else has switched in the meantime."""


class Passwords(Protocol):
    def hash(self, password: str) -> str: ...

    def verify(self, hashed: str | None, password: str) -> bool:
        """False for None, after the same work as for a hash: the time tells nothing."""
