"""The interfaces that the use cases need. Storage, reports and the tests' fakes implement them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from chalicelib.domain.attempt import AttemptId, Entry, Finished
from chalicelib.domain.identity_provider import Verified, verified_by

if TYPE_CHECKING:
    from chalicelib.documents.plain_file import ReadFile
    from chalicelib.domain.closeout import Draw
    from chalicelib.domain.person import CorrectedLine

# Milliseconds since 1970, UTC.
Clock = Callable[[], int]


class Participant(NamedTuple):
    """A registered person. Times are in milliseconds; ``password_hash`` is in argon2's encoding.

    ``kept_until``: the time at which the database deletes the person by itself, 0 for never.
    ``signed_out_at``: no session from before holds (``Revocations``).
    ``reset_at``: when the password was last set by a code of the desk, 0 for never.
    ``verified_at``: since when an identity provider has proved who it is, 0 if none has.
    ``listed``: on a unit's roster, which is looked up each time and not stored.
    """

    participant_id: str
    full_name: str
    date_of_birth: str
    gender: str
    citizen_id: str
    phone: str
    unit: str
    category: str
    password_hash: str
    registered_at: int
    kept_until: int = 0
    signed_out_at: int = 0
    reset_at: int = 0
    verified_at: int = 0
    listed: bool = False
    corrected: tuple[CorrectedLine, ...] = ()

    def __repr__(self) -> str:  # personal data stay out of every log and trace
        return f"Participant({self.participant_id})"

    @property
    def citizen_id_masked(self) -> str:
        from chalicelib.domain.person import masked_number  # noqa: PLC0415  the exam path needs nothing of it

        return masked_number(self.citizen_id)

    @property
    def verified(self) -> Verified:
        return verified_by(proven=self.verified_at > 0, listed=self.listed)


class Holder(NamedTuple):
    """Who has a citizen ID: the ``participant_id`` in force, and the ``generation`` that its ids have reached.

    ``person`` is registered under that id. ``taken`` without a person: erased, so nobody can register under it.
    """

    participant_id: str
    generation: int
    person: Participant | None
    taken: bool


class Strain(NamedTuple):
    """What weighs on a guess at a person's password or code.

    ``here``: the person's failures from this origin, since the last success there.
    ``known``: whether the person has signed in from this origin before.
    ``anywhere``: this hour's tries from all origins that were not known.
    ``misses``: this hour's failures of the source, whoever they concerned.
    """

    here: int = 0
    known: bool = False
    anywhere: int = 0
    misses: int = 0


class Traffic(NamedTuple):
    """What weighs on a registration: this hour's registrations and misses of the source.

    ``in_all``: about how many people registered within the last whole minute, from all sources.
    """

    registered: int = 0
    misses: int = 0
    in_all: int = 0


class ParticipantStore(Protocol):
    """People. An erased person no longer exists, but cannot register again.

    ``number``: the participant id of generation 0 of a citizen ID. Its row makes registration unique and names
    the id in force, where that is another one.
    """

    def prove(self, participant: Participant) -> None:
        """Stores the person's values and ``verified_at`` unless the person is verified already, or erased."""

    def add(self, participant: Participant) -> None:
        """Raises ``AlreadyRegistered``; check and write are one operation."""

    def get(self, participant_id: str) -> Participant | None: ...

    def get_many(self, participant_ids: Iterable[str]) -> dict[str, Participant]: ...

    def holder(self, number: str) -> Holder | None:
        """None if nobody has ever had the number."""

    def in_force(self, numbers: Iterable[str]) -> dict[str, str]:
        """The id in force of each number; a number that nobody has had stands for itself.

        Whoever is given a citizen ID asks this, or ``holder``, for the person.
        """

    def pass_on(self, number: str, before: str, after: str, generation: int) -> bool:
        """One conditional write: the number is no longer that of ``before``, but of ``after``.

        True also if it is already; False if it is somebody else's.
        """

    def occupy(self, number: str, participant_id: str, kept_until: int, now: int) -> bool:
        """Makes a number that nobody has that of somebody who is registered. Safe to repeat.

        False if somebody has it. Who registers it at the same moment gets it, or finds it taken.
        """

    def allow_reset(self, participant_id: str, code_id: str, until: int) -> bool:
        """Lets the code set a new password until then, and voids earlier codes. False if nobody has the id."""

    def reset_password(self, participant_id: str, code_id: str, password_hash: str, now: int) -> bool:
        """One conditional write that uses the code up; False if the code is wrong, used or expired."""

    def sign_out(self, participant_id: str, moment: int) -> None:
        """Sets ``signed_out_at``; nothing if there is nobody."""

    def correct(self, before: Participant, lines: Sequence[CorrectedLine]) -> bool:
        """One conditional write: the new values of ``lines``, and the lines behind those before.

        False if the person is gone, or has been corrected since ``before`` was read.
        """

    def erase(self, participant_id: str, now: int) -> bool:
        """Erases everything but the id; False if there is nobody."""


class Revocations(Protocol):
    """Ends sessions before their tokens expire."""

    def revoke(self, participant_ids: Iterable[str]) -> None:
        """No token of these people that was issued until now holds, within half a minute.

        Call it when what it is for is stored; whoever signs in after it stays signed in. Safe to repeat.
        Raises ``Busy``.
        """


class SignIns(Protocol):
    """Tries at passwords and codes by person and origin, kept for some weeks at most."""

    def strain(self, participant_id: str, origin: str, source: str, now: int) -> Strain: ...

    def begin(self, participant_id: str, limit: int | None, now: int) -> bool:
        """Counts a try from a new origin in one conditional write; False if ``limit`` were counted already."""

    def failed(self, participant_id: str, origin: str, source: str, now: int) -> None: ...

    def succeeded(self, participant_id: str, origin: str, now: int) -> None: ...


class Sources(Protocol):
    """What each source, an address or a household's network, has done within the hour."""

    def traffic(self, source: str, now: int) -> Traffic: ...

    def begin(self, source: str, participant_id: str, limit: int | None, now: int) -> bool:
        """Counts a registration in one conditional write; False if ``limit`` were counted already."""

    def missed(self, source: str, now: int) -> None:
        """Counts a try that failed, or that only told who is registered."""


class ProofsOfWork(Protocol):
    def spend(self, proof: str, participant_id: str | None, now: int) -> bool:
        """One conditional write; False if the proof was spent before.

        Spending it on the same person again is harmless; what is spent on nobody (None) is spent for good.
        """


class Deliveries(Protocol):
    """The inbox's events, by their id, each remembered for a month."""

    def claim(self, delivery: str, claimant: str, now: int) -> int | None:
        """When the event was first claimed; None if it is finished, or in the hands of another claimant."""

    def finish(self, delivery: str) -> None: ...

    def is_newest(self, key: str, sequencer: str, now: int) -> bool:
        """Whether no event with a later sequencer has come for the key; remembers this one."""


class NoAnswer(Exception):
    """Another server did not answer, or not as asked; the message says why."""


class Unreadable(Exception):
    """Whoever reads files died over this one."""


class ReadInboxFile(Protocol):
    def __call__(self, key: str, version: str, delivery: str) -> ReadFile | None:
        """What is in this version of the object; None if there is none. Raises ``Unreadable``, ``Busy``.

        ``delivery``: the event's id.
        """


class Exchange(NamedTuple):
    """A provider's code that was claimed for its one exchange; ``sealed``: what came of it, empty so far."""

    claimed_at: int
    sealed: bytes


class ProviderHealth(NamedTuple):
    """Failed calls to the identity provider in a row, the last one's time, and when they last were too many."""

    failures: int = 0
    last_at: int = 0
    down_at: int = 0


class Exchanges(Protocol):
    """What is known of codes and of the identity provider, for all environments together."""

    def claim(self, key: str, now: int) -> bool:
        """One conditional write; False if it is claimed already."""

    def get(self, key: str) -> Exchange | None: ...

    def keep(self, key: str, sealed: bytes, now: int) -> None:
        """For ten minutes at least."""

    def release(self, key: str) -> None: ...

    def health(self) -> ProviderHealth: ...

    def failed(self, now: int, window: int, too_many: int) -> None:
        """Counts a failure; those before it are forgotten if the last is more than ``window`` ms ago."""

    def recovered(self) -> None: ...


class ProviderCalls(Protocol):
    """Calls to an identity provider that share one budget of time. Answers are JSON objects.

    Both raise ``ProviderDown`` when it fails or does not answer in time, ``CodeRefused`` for any other answer.
    """

    def get(self, url: str, headers: Mapping[str, str]) -> dict[str, Any]: ...

    def post(self, url: str, headers: Mapping[str, str], form: Mapping[str, str]) -> dict[str, Any]: ...


class NotMet(Exception):
    """A conditional write was refused; ``entry`` is the stored item, None if there is none."""

    def __init__(self, entry: Entry | None) -> None:
        super().__init__()
        self.entry = entry


class EntryStore(Protocol):
    """Every write is one conditional write and raises ``NotMet``.

    Unit and category are those of the week (``Current.held``): the same at every write of the week.
    """

    def start(
        self, week: int, participant_id: str, unit: str, category: str, opening: bytes, limit: int
    ) -> tuple[int, tuple[Finished, ...]]:
        """Opens an attempt if none is open and fewer than ``limit`` are used.

        Returns its number and the week's finished attempts.
        """

    def restart(self, entry: Entry, record: Finished, opening: bytes, limit: int) -> int:
        """Replaces the overdue open attempt of ``entry`` with its ``record`` and opens the next."""

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
        """Stores answers with the open attempt as ``revision``, if ``base`` is the stored revision."""

    def submit(
        self, participant_id: str, unit: str, category: str, attempt: AttemptId, record: Finished, base: int
    ) -> None:
        """Finishes the open attempt, if ``base`` is the stored revision or ``record`` has the saved answers."""

    def get(self, week: int, participant_id: str) -> Entry | None: ...

    def get_weeks(self, weeks: Iterable[int], participant_id: str) -> list[Entry]: ...

    def erase(self, before: Entry, after: Entry) -> bool:
        """Replaces everything in ``before`` with the records of ``after``; False if the entry has changed."""


# Entries are spread by the first byte of the participant id.
SHARDS = tuple(f"{shard:02x}" for shard in range(256))


class EntryReader(Protocol):
    def __call__(self, week: int, shards: Sequence[str] = SHARDS) -> Iterator[Entry]:
        """All entries of the week in these shards, in no particular order."""


class ObjectStore(Protocol):
    """A bucket, or a part of one."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, data: bytes) -> None: ...

    def restore(self, key: str, sha256: str) -> bool:
        """Puts the newest version of the object with this digest in its place again.

        False if there is none, or if the store may not.
        """


class ConditionalObjects(ObjectStore, Protocol):
    """A bucket with an object that several writers may replace at once."""

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        """One conditional write; False if the object does not equal ``before`` (None: there is no object)."""


class ListedObjects(ObjectStore, Protocol):
    """A bucket whose objects come and go."""

    def keys(self, prefix: str) -> Iterable[str]:
        """In ascending order."""

    def get_all(self, keys: Iterable[str]) -> Iterable[bytes | None]:
        """The objects in the order of ``keys``, several fetched at once."""

    def delete(self, keys: Sequence[str]) -> None: ...


class LargeObjects(ObjectStore, Protocol):
    """A bucket with objects that are never held whole in memory."""

    def get_pieces(self, key: str) -> Iterator[bytes]:
        """Raises ``FileNotFoundError``."""

    def put_pieces(self, key: str, pieces: Iterable[bytes]) -> None:
        """The object appears when all pieces are written, or not at all."""

    def put_all(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Puts objects by key, several at once; takes each file when its turn comes, and never holds all."""

    def keys(self, prefix: str) -> Iterable[str]:
        """In ascending order."""


# A file of the site is noted before it is put: what was noted more recently may not be there yet.
SETTLED_MS = 30_000


class PutFile(NamedTuple):
    """A file of the site as a function put it, or was about to: its ETag, and when, in milliseconds."""

    etag: str
    at: int

    def is_settled(self, now: int) -> bool:
        """Whether it must be there by now."""
        return self.at <= now - SETTLED_MS


# The folders of the site whose files the functions replace; in all others a file's name is made of its content,
# or what it says is signed (people's places in a week).
KEPT_FOLDERS = ("data/", "data/results/")


class KeptSite(ObjectStore, Protocol):
    """The site, and what is known of the files in ``KEPT_FOLDERS``.

    To put one over something that no function has put there is to put it right, and is told like that.
    """

    def there(self) -> Mapping[str, str]:
        """ETags by key, of the files that are there."""

    def noted(self) -> Mapping[str, PutFile]:
        """By key; each is noted before it is put."""

    def bring_back(self, key: str, etag: str, instead_of: str | None) -> bool:
        """Puts the version with this ETag instead of ``instead_of`` (None: nothing); one conditional write.

        False if there is no such version, or something else is there by now.
        """


class CurrentRevision(NamedTuple):
    """The current revision of a close: ``inputs``, ``result`` and ``manifest`` are digests.

    ``at``: when it came into force, in milliseconds; ``manifest`` names the digest of each file.
    """

    revision: int
    inputs: str
    result: str
    at: int = 0
    manifest: str = ""

    def is_same(self, other: CurrentRevision) -> bool:
        """Whether both are one revision, whoever brought it into force."""
        return self[:3] == other[:3]


class Revisions(Protocol):
    """``what`` is ``week-<k>`` or ``final``."""

    def current(self, what: str) -> CurrentRevision | None: ...

    def claim(self, what: str, after: int, inputs: str) -> int:
        """The first revision above ``after`` that is free or was claimed for the same ``inputs``.

        So no two closes with different inputs ever write into one revision's folder.
        """

    def draw(self, what: str, revision: int, now: Draw) -> Draw:
        """The checkpoint that decides among equals: that of the first run that asks for this revision."""

    def switch(self, what: str, before: CurrentRevision | None, after: CurrentRevision) -> bool:
        """One conditional write; False if somebody else has switched in the meantime."""


class PlainSheet(NamedTuple):
    """A sheet of a workbook: a header over plain rows, ``widths`` of the columns in characters."""

    name: str
    widths: Sequence[int]
    header: Sequence[str]
    rows: Sequence[Sequence[str | int | None]]


class WriteBook(Protocol):
    def __call__(self, sheets: Iterable[PlainSheet], created: datetime) -> bytes:
        """The workbook (XLSX). Every cell is a text or a number, none a formula."""


class Passwords(Protocol):
    def hash(self, password: str) -> str: ...

    def verify(self, hashed: str | None, password: str) -> bool:
        """False for None, after the same work as for a hash, so that the time reveals nothing."""
