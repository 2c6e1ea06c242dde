"""The close, over the tests' own stores."""

from __future__ import annotations

from random import Random
from weakref import WeakKeyDictionary

from chalicelib.reports.changes import write_changes
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.close_weeks import CloseWeeks
from chalicelib.services.closing.shares import Shares
from chalicelib.services.closing.steps import PHASES
from chalicelib.services.contest.reference import Current
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.log.ledger import WeekLog
from chalicelib.services.ports import SHARDS, LargeObjects, ParticipantStore, Revisions
from tests.fakes import SALT_KEY, MemoryObjects
from tests.plain_reports import PlainReports
from tests.told_log import ToldLog

CLOSE_KEY = SigningKey(b"the close")
_LOGS: WeakKeyDictionary[LargeObjects, ToldLog] = WeakKeyDictionary()


def told_log(site: LargeObjects) -> ToldLog:
    """The log of the site."""
    assert isinstance(site, MemoryObjects)
    return _LOGS.setdefault(site, ToldLog(site.objects))


def made_beforehand(close: CloseWeeks, reference: Current, now: int, order: Random | None = None) -> None:
    """What several functions make before a close, phase by phase, in any ``order``."""
    for step, count in PHASES:
        tasks = [(week, number) for week in close.to_close(reference, now) for number in range(count)]
        if order:
            order.shuffle(tasks)
        for week, number in tasks:
            if step == "share":
                close.shares.make(reference.of_week(week.number), week, number)
            else:
                close.make_piece(reference, week, number)


def closer(
    shares: Shares,
    participants: ParticipantStore,
    revisions: Revisions,
    desk: LargeObjects,
    site: LargeObjects,
    reports: Reports | PlainReports | None = None,
    proven: dict[str, int] | None = None,
    salts: bytes = SALT_KEY,
    log: WeekLog | None = None,
) -> CloseWeeks:
    """A close that writes the files programs read, unless ``reports`` are given; with the shares' version.

    ``proven``: since when an identity provider has proved people, by participant id. ``log``: the
    site's own by default.
    """
    reports = reports or PlainReports(desk)
    return CloseWeeks(
        shares=shares,
        participants=participants,
        revisions=revisions,
        desk=desk,
        site=site,
        write_week=reports.write_week,
        write_final=reports.write_final,
        write_changes=write_changes,
        proven=lambda: [] if proven is None else proven.items(),
        read_one=lambda week, person: next(
            (entry for entry in shares.read_entries(week, SHARDS) if entry.participant_id == person), None
        ),
        salt_key=salts,
        key=lambda: CLOSE_KEY,
        log=log or told_log(site),
        version=shares.version,
    )
