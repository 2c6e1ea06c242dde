"""The real contests under ``contests/examples``: each is loaded, played by invented people and closed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.attempt import Entry
from chalicelib.domain.definition import Definition
from chalicelib.domain.times import span_ms
from chalicelib.readers.contest_folder import ContestFolder
from chalicelib.readers.plain import read_folder
from chalicelib.services.closing.shares import Shares
from chalicelib.services.contest.reference import Current, assemble, compile_parts
from tests.closer import closer, told_log
from tests.domain.builders import done, entry
from tests.fakes import MemoryObjects, MemoryParticipants, MemoryRevisions, collectors, in_shards
from verify.__main__ import main

EXAMPLES = Path(__file__).parents[2] / "contests" / "examples"
NAMES = sorted(folder.name for folder in EXAMPLES.iterdir() if folder.is_dir())
PEOPLE = 60


def test_the_25_contests_are_there() -> None:
    assert len(NAMES) == 25


def compiled(folder: ContestFolder) -> Current:
    return assemble(compile_parts(folder.definition, folder.questions, folder.units, {}, {}))


def played(definition: Definition, units: list[str]) -> list[Entry]:
    """Everybody sits each week's paper once or twice; the better somebody's number, the better the score."""
    questions, limit = definition.paper.questions, span_ms(definition.paper.time_limit)
    entries = []
    for week in definition.weeks:
        for number in range(PEOPLE):
            category = definition.categories[number % len(definition.categories)]
            unit = "" if category.unit == "none" else units[number * 7 % len(units)]
            attempts = [
                done(
                    max(questions - (number + k + week.number) // 4, 0),
                    number if definition.prediction else None,
                    started=week.opens + number,
                    duration=max(limit // 2, span_ms(definition.paper.min_duration)) + number % 3,
                )
                for k in range(min(definition.paper.attempts_per_week, 1 + number % 2))
            ]
            person = f"{number:020x}"
            entries.append(entry(person, *attempts, unit=unit, category=category.name, week=week.number))
    return entries


def closed(reference: Current) -> MemoryObjects:
    """The site after every week and the end were closed."""
    definition = reference.definition
    entries = played(definition, [unit.code for unit in reference.units])

    def read(week: int, shards: Any) -> Any:
        return in_shards([one for one in entries if one.week == week], shards)

    desk, site = MemoryObjects(), MemoryObjects()
    revisions = MemoryRevisions()
    closing = closer(Shares(read, desk, "test", collectors), MemoryParticipants(), revisions, desk, site)
    made = closing.run(reference, definition.weeks[-1].closes + definition.grace + 70_000)
    assert [one.what for one in made] == [*(f"week-{week.number}" for week in definition.weeks), "final"]
    told_log(site).tell(revisions.pointers)
    return site


@pytest.mark.parametrize("name", NAMES)
def test_a_real_contest_is_loaded_played_and_closed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = read_folder(EXAMPLES / name)
    definition = folder.definition
    assert definition.contest.id == name
    site = closed(compiled(folder))

    def page(what: str) -> Any:
        return json.loads(site.objects[f"data/results/{what}.json"])

    week, final = page("week-1"), page("final")
    for shown, when in ((week, "week"), (final, "final")):
        given = {prize.name: prize.count for prize in definition.prizes if prize.when == when}
        won = [winner["prize"] for winner in shown["winners"]]
        assert set(won) <= set(given)
        assert all(won.count(prize) <= count for prize, count in given.items())
        assert bool(won) == bool(given)
        unit_prizes = {prize.name for prize in definition.unit_prizes if prize.when == when}
        awarded = {unit["prize"] for unit in shown["units"] if unit["prize"]}
        assert awarded == unit_prizes
    assert main(["final", "https://thi.example"], lambda address: site.objects.get) == 0, (
        capsys.readouterr().out
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_first_what_cannot_be_expressed(name: str) -> None:
    first, source, *_ = (EXAMPLES / name / "contest.toml").read_text(encoding="utf-8").splitlines()
    assert first.startswith("# ")
    assert source.startswith("# Nguồn / source: ")
