"""Taking a contest over from the desk: whole, or not at all.

A zip is a whole contest. A single file (``units.xlsx``) takes the place of its kind in the contest that is in
force, and the whole is checked and published as if it had come as a zip. Before the first contest single files
gather until there is enough for one. Several may arrive at once: who is overtaken begins anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from chalicelib.domain.definition import Definition
from chalicelib.domain.errors import Busy
from chalicelib.domain.times import to_ms
from chalicelib.services.contest_files import (
    FILES,
    KINDS,
    LARGEST,
    TOO_LARGE,
    ContestFaults,
    misnamed,
    missing_kinds,
    pack,
    replaced,
    unpack,
)
from chalicelib.services.contest_folder import ContestSource, check_files, read_archive, read_files
from chalicelib.services.identity import participant_id
from chalicelib.services.intake_report import answer_key, as_json, as_xlsx, make_report
from chalicelib.services.ports import ObjectStore
from chalicelib.services.public_contest import public_bank, public_definition, public_units
from chalicelib.services.reference import (
    CURRENT,
    RECHECK_MS,
    Reference,
    assemble,
    bundle,
    bundle_key,
    canonical_json,
    compile_parts,
    digest,
    load,
)
from chalicelib.services.tables import Fault

T = TypeVar("T")
GATHERING = "reference/gathering.zip"
_TRIES = 20


class Desk(ObjectStore, Protocol):
    """The desk's bucket."""

    def replace(self, key: str, before: bytes | None, after: bytes) -> bool:
        """One conditional write; False if the object is not, or no longer, ``before`` (None: there is none)."""


class _Overtaken(Exception):
    """Another file was taken over in the meantime."""


@dataclass(frozen=True, slots=True)
class Intake:
    """``pepper`` turns citizen IDs into participant ids; ``to_html`` renders the guide."""

    desk: Desk
    site: ObjectStore
    pepper: bytes
    to_html: Callable[[str], str]

    def take_over(self, file: str, data: bytes, now: datetime) -> dict[str, Any]:
        """Returns the report, which also goes to ``intake/<file>.json`` and ``.xlsx``. Raises ``Busy``."""
        faults: list[Fault] = []
        taken: dict[str, Any] = {}
        try:
            if len(data) > LARGEST:
                raise ContestFaults([Fault(file, 0, "", "", TOO_LARGE)])
            taken = self._take(file, data, now)
        except ContestFaults as refused:
            faults = refused.faults
        report = make_report(file, data, now, taken, faults)
        self.desk.put(f"{answer_key(file)}.xlsx", as_xlsx(report))
        self.desk.put(f"{answer_key(file)}.json", as_json(report))
        return report

    def _take(self, file: str, data: bytes, now: datetime) -> dict[str, Any]:
        if FILES.get(file) is None and not file.lower().endswith(".zip"):
            raise ContestFaults([misnamed(file)])
        for _ in range(_TRIES):
            pointer = self.desk.get(CURRENT)
            gathering = self.desk.get(GATHERING) if pointer is None else None
            try:
                if file not in FILES:
                    return self._publish(read_archive(file, data), data, pointer, now)
                files = replaced(self._source(pointer, gathering), file, data)
                if pointer is None and missing_kinds(files):
                    _go_together(file, check_files, files)
                    return self._gather(files, gathering)
                return self._publish(_go_together(file, read_files, files), pack(files), pointer, now)
            except _Overtaken:
                continue
        raise Busy

    def _source(self, pointer: bytes | None, gathering: bytes | None) -> dict[str, bytes]:
        """The files of the contest in force, or what has gathered for the first."""
        if pointer is None:
            return unpack(GATHERING, gathering) if gathering else {}
        key = f"reference/source/{json.loads(pointer)['source']}.zip"
        packed = self.desk.get(key)
        if packed is None:
            message = "không còn bộ tệp của cuộc thi đang chạy: hãy gửi lại cả thư mục trong contest.zip"
            raise ContestFaults([Fault(key, 0, "", "", message)])
        return unpack(key, packed)

    def _gather(self, files: Mapping[str, bytes], before: bytes | None) -> dict[str, Any]:
        packed = pack(files)
        if packed != before and not self.desk.replace(GATHERING, before, packed):
            raise _Overtaken
        return {"gathered": sorted(files), "missing": [" / ".join(KINDS[k]) for k in missing_kinds(files)]}

    def _definition(self, source: ContestSource, pointer: bytes | None, now: datetime) -> Definition:
        """``start = "now"`` is the moment of the first loading; loading again does not move it."""
        if pointer is None:
            return source.definition.resolved(now)
        loaded = json.loads(pointer)
        if loaded["contest"] != source.definition.contest.id:
            message = f"hệ thống này đang chạy cuộc thi “{loaded['contest']}”: cuộc thi khác cần hệ thống riêng"
            raise ContestFaults([Fault("contest.toml", 0, "contest.id", source.definition.contest.id, message)])
        definition = source.definition.resolved(datetime.fromisoformat(loaded["start"]))
        faults = _too_late(load(self.desk, pointer), definition, source, to_ms(now))
        if faults:
            raise ContestFaults(faults)
        return definition

    def _publish(
        self, source: ContestSource, packed: bytes, before: bytes | None, now: datetime
    ) -> dict[str, Any]:
        """Immutable objects first, then what the site shows, the pointer last."""
        definition = self._definition(source, before, now)
        parts = compile_parts(
            definition,
            source.questions,
            source.units,
            {participant_id(self.pepper, row.citizen_id): row.role for row in source.exclusions},
            {
                participant_id(self.pepper, row.citizen_id): f"{row.decided_on}: {row.reason}"
                for row in source.disqualifications
            },
        )
        compiled = bundle(parts)
        self.desk.put(bundle_key(digest(compiled)), compiled)
        self.desk.put(f"reference/source/{digest(packed)}.zip", packed)
        self._publish_site(assemble(parts), source.guide)
        pointer = {
            "contest": definition.contest.id,
            "start": definition.rfc3339(definition.weeks[0].opens),
            "reference": digest(compiled),
            "source": digest(packed),
            "loaded_at": now.isoformat(timespec="seconds"),
        }
        if not self.desk.replace(CURRENT, before, canonical_json(pointer)):
            raise _Overtaken
        return {
            "contest": definition.contest.id,
            "questions_approved": len(source.questions),
            "questions_not_asked": source.drafts,
            "units": len(source.units),
            "roster_rows": len(source.rosters),
            "exclusions": len(source.exclusions),
            "disqualifications": len(source.disqualifications),
            "weeks": public_definition(assemble(parts))["weeks"],
        }

    def _publish_site(self, reference: Reference, guide: str) -> None:
        bank: dict[str, Any] = {"digest": reference.bank.digest, "questions": []}
        if reference.definition.paper.publish_bank:
            bank = public_bank(reference)
        self.site.put("data/units.json", canonical_json(public_units(reference)))
        self.site.put("data/bank.json", canonical_json(bank))
        self.site.put("data/guide.html", self.to_html(guide).encode())
        self.site.put("data/contest.json", canonical_json(public_definition(reference)))


def _go_together(file: str, read: Callable[[Mapping[str, bytes]], T], files: Mapping[str, bytes]) -> T:
    """``read``; says what to do where the new ``file`` is right and another one does not go with it."""
    try:
        return read(files)
    except ContestFaults as refused:
        if any(fault.file == file for fault in refused.faults):
            raise
        message = "tệp này không khớp với các tệp đã có: hãy sửa rồi gửi tất cả cùng nhau trong contest.zip"
        raise ContestFaults([Fault(file, 0, "", "", message), *refused.faults]) from None


def _too_late(before: Reference, definition: Definition, source: ContestSource, now: int) -> list[Fault]:
    """What cannot be changed once a week has opened: its dates, papers, and what decides between people."""
    # Environments see a new contest up to a minute later: by then a week must not have opened.
    begun = [week for week in before.definition.weeks if week.opens <= now + RECHECK_MS]
    faults = []
    if any(definition.week(week.number) != week for week in begun):
        message = "tuần thi đã mở thì không thể đổi ngày giờ: hãy giữ start, week_length và gap như cũ"
        faults.append(Fault("contest.toml", 0, "contest.start", "", message))
    if begun and definition.paper != before.definition.paper:
        faults.append(Fault("contest.toml", 0, "paper", "", "cuộc thi đã mở thì không thể đổi cấu trúc đề thi"))
    for table in ("prediction", "ranking"):
        if begun and getattr(definition, table) != getattr(before.definition, table):
            message = "cuộc thi đã mở thì không thể đổi: mọi người đã làm bài theo quy định cũ"
            faults.append(Fault("contest.toml", 0, table, "", message))
    gone = sorted(before.unit_codes - {unit.code for unit in source.units}) if begun else []
    for code in gone:
        message = "cuộc thi đã mở thì không thể bỏ mã đơn vị: người của đơn vị này sẽ không còn đơn vị"
        faults.append(Fault("units", 0, "code", code, message))
    if begun and set(source.questions) != set(before.bank.questions):
        message = "cuộc thi đã mở thì không thể đổi các câu hỏi đã thẩm định"
        faults.append(Fault(source.questions_file, 0, "", "", message))
    return faults
