"""Tables without workbooks and bulletins, for tests that close a contest again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chalicelib.documents.closed_week import ClosedFinal, ClosedWeek
from chalicelib.documents.revision import StoredRevision
from chalicelib.domain.closeout import FinalResult, WeekResult
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.close_weeks import Standing, WeekReport
from chalicelib.services.contest.reference import Current, Reference
from chalicelib.services.ports import ObjectStore, Participant, ParticipantStore


class PlainReports:
    """``Reports`` with only the files that programs read."""

    def __init__(self, desk: ObjectStore) -> None:
        self._reports = Reports(desk, registrations=tuple)

    def write_week(
        self,
        result: WeekResult,
        closed: ClosedWeek,
        reference: Reference,
        winners: Mapping[str, Participant],
        root: str,
        standing: Standing,
    ) -> WeekReport:
        return _plain(self._reports.write_week(result, closed, reference, winners, root, standing))

    def write_final(
        self,
        result: FinalResult,
        closed: ClosedFinal,
        reference: Current,
        weeks: Sequence[StoredRevision],
        participants: ParticipantStore,
        standing: Standing,
    ) -> WeekReport:
        return _plain(self._reports.write_final(result, closed, reference, weeks, participants, standing))


def _plain(report: WeekReport) -> WeekReport:
    files = ((name, content) for name, content in report.files if name.endswith((".csv", ".gz")))
    return report._replace(files=files)
