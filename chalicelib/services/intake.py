"""Taking a contest over from the desk: whole, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from chalicelib.domain.definition import Definition
from chalicelib.domain.times import to_ms
from chalicelib.services.contest_folder import ContestFaults, ContestSource, read_archive
from chalicelib.services.identity import participant_id
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


@dataclass(frozen=True, slots=True)
class Intake:
    """``pepper`` turns citizen IDs into participant ids; ``to_html`` renders the guide."""

    desk: ObjectStore
    site: ObjectStore
    pepper: bytes
    to_html: Callable[[str], str]

    def take_over(self, file: str, data: bytes, now: datetime) -> dict[str, Any]:
        """Takes the archive over and returns the report, which also goes to ``intake/<file>.json``."""
        faults: list[Fault] = []
        taken: dict[str, Any] = {}
        try:
            source = read_archive(file, data)
            taken = self._publish(source, self._definition(source, now), data, now)
        except ContestFaults as refused:
            faults = refused.faults
        report = {
            "file": file,
            "sha256": sha256(data).hexdigest(),
            "accepted": not faults,
            "at": now.isoformat(timespec="seconds"),
            "taken": taken,
            "faults": [asdict(fault) for fault in faults],
        }
        self.desk.put(f"intake/{file}.json", json.dumps(report, ensure_ascii=False, indent=1).encode())
        return report

    def _definition(self, source: ContestSource, now: datetime) -> Definition:
        """``start = "now"`` is the moment of the first loading; loading again does not move it."""
        pointer = self.desk.get(CURRENT)
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
        self, source: ContestSource, definition: Definition, data: bytes, now: datetime
    ) -> dict[str, Any]:
        """Immutable objects first, then what the site shows, the pointer last."""
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
        self.desk.put(f"reference/source/{sha256(data).hexdigest()}.zip", data)
        self._publish_site(assemble(parts), source.guide)
        pointer = {
            "contest": definition.contest.id,
            "start": definition.rfc3339(definition.weeks[0].opens),
            "reference": digest(compiled),
            "source": sha256(data).hexdigest(),
            "loaded_at": now.isoformat(timespec="seconds"),
        }
        self.desk.put(CURRENT, canonical_json(pointer))
        return {
            "contest": definition.contest.id,
            "questions_approved": len(source.questions),
            "questions_not_asked": source.drafts,
            "units": len(source.units),
            "roster_rows": source.roster_rows,
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
    if begun and set(source.questions) != set(before.bank.questions):
        message = "cuộc thi đã mở thì không thể đổi các câu hỏi đã thẩm định"
        faults.append(Fault("questions.csv", 0, "", "", message))
    return faults
