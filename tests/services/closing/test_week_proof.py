"""The bundle and the tree of a closed week, and how the site comes to show them."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from chalicelib.documents.canonical import canonical_json, digest
from chalicelib.domain.merkle import LeafHashes, hashes, leaf_hash
from chalicelib.domain.receipt import erased
from chalicelib.domain.small_cells import NOTHING_HIDDEN
from chalicelib.reports.changes import record_hashes
from chalicelib.services.closing.bundle_people import PIECES, BundlePeople
from chalicelib.services.closing.bundle_pieces import PieceMaker, Terms
from chalicelib.services.log.ledger import LoggedLeaves
from tests.domain.builders import done, entry, show
from tests.fakes import SALT_KEY, UNITS, reference
from tests.services.closing.two_weeks import AFTER_WEEK_1, AFTER_WEEK_2, CONTEST, REFERENCE, Died, Stage, played

WEEK = CONTEST.weeks[0]
INDEX = "data/proof/week-1/index.json"


TERMS = Terms(NOTHING_HIDDEN, frozenset(), 0, None)


def bundle_people() -> BundlePeople:
    return BundlePeople(CONTEST, WEEK, SALT_KEY)


def written(*people: BundlePeople) -> tuple[bytes, bytes]:
    leaves, lines = LeafHashes(), []
    for number in range(PIECES):
        maker = PieceMaker(REFERENCE.of_week(1), WEEK, SALT_KEY, LoggedLeaves(), TERMS)
        piece, packed = maker.make([one.take(number) for one in people])
        leaves.add(piece.leaves)
        lines.append(packed)
    return b"".join(lines), b"".join(leaves.ordered())


def lines(packed: bytes) -> list[Any]:
    return [json.loads(line) for line in gzip.decompress(packed).splitlines()]


ENTRIES = [
    entry(f"{k:02x}{k:018}", done(3, number), done(4), unit="SO-A") for k, number in enumerate([7, None] * 9)
]


def test_entries_in_any_order_and_in_parts_give_the_same_bytes() -> None:
    whole, first, second, backwards = (bundle_people() for _ in range(4))
    for number, one in enumerate(ENTRIES):
        show(whole, one)
        show(first if number % 3 else second, one)
    for one in reversed(ENTRIES):
        show(backwards, one)
    assert written(whole) == written(second, first) == written(backwards)


def test_lines_are_sorted_by_pseudonym_and_number_so_that_their_order_reveals_nothing() -> None:
    people = bundle_people()
    show(people, *ENTRIES)
    packed, leaves = written(people)
    found = lines(packed)
    assert len(found) == 36
    assert {tuple(line["counted"]) for line in found} == {("category", "salts", "score", "unit")}
    records = [line["record"] for line in found]
    assert [(record["pseudonym"], record["number"]) for record in records] == sorted(
        (record["pseudonym"], record["number"]) for record in records
    )
    assert hashes(leaves) == sorted(leaf_hash(canonical_json(record)) for record in records)


def test_every_finished_attempt_is_a_leaf() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_2, reference(CONTEST, excluded=["an"]))
    found = lines(stage.file("week-2", "audit.jsonl.gz"))
    assert sorted((line["counted"]["score"], line["record"]["status"]) for line in found) == [
        (2, "overdue"), (3, "submitted"), (5, "submitted"), (5, "submitted"),
    ]  # fmt: skip
    assert stage.manifest("week-2")["proof"]["size"] == 4


def test_the_barred_list_names_only_people_who_took_part() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1, reference(CONTEST, excluded=["an", "somebody-else"]))
    assert len(json.loads(stage.file("week-1", "ranking.json"))["no_prize"]) == 1


def test_the_manifest_and_the_tree_agree_with_the_bundle() -> None:
    stage = Stage()
    stage.run()
    merkle, manifest = json.loads(stage.file("week-1", "merkle.json")), stage.manifest("week-1")
    assert manifest["proof"] == {"root": merkle["root"], "size": 4}
    for name in ("audit", "ranking"):
        file = {"audit": "audit.jsonl.gz", "ranking": "ranking.json"}[name]
        sum_of = digest(stage.file("week-1", file))
        assert (merkle[f"{name}_sha256"], manifest["files"][file]) == (sum_of, sum_of)


def test_a_person_whose_data_were_erased_stays_in_the_tree() -> None:
    before, after = Stage(), Stage()
    for key, one in after.entries.items.items():
        if one.open is None:
            after.entries.items[key] = erased(one, SALT_KEY)
    assert before.entries.items != after.entries.items
    before.run()
    after.run()
    for week in ("week-1", "week-2"):
        was, now = before.manifest(week), after.manifest(week)
        assert now["proof"] == was["proof"]
        differing = {name for name, digest in was["files"].items() if now["files"][name] != digest}
        # What is erased is not opened for grading again.
        assert differing == {"closed_week.json", "question_statistics.csv", "ranking.json", "merkle.json"}


def test_the_site_shows_no_participant_id() -> None:
    stage = Stage()
    stage.run()
    for key, data in stage.site.objects.items():
        text = (gzip.decompress(data) if key.endswith(".gz") else data).decode(errors="replace")
        if "/proof/" in key:
            assert not any(f'"{one.participant_id}"' in text for one in played())


def test_the_index_is_written_after_everything_it_names() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    index = json.loads(stage.site.objects[INDEX])
    folder = f"data/proof/week-1/{index['folder']}"
    named = [
        f"{folder}/{index['audit']['file']}",
        f"{folder}/{index['batches']['file']}",
        f"{folder}/{index['ranking']['file']}",
    ]
    assert [key for key in stage.site.puts if "/proof/" in key] == [*named, INDEX]
    assert (index["revision"], index["size"], index["audit"]["bytes"]) == (
        1,
        4,
        len(stage.site.objects[named[0]]),
    )
    assert stage.page("week-1")["proof"] == {"root": index["root"], "size": index["size"]}


def test_a_proof_already_on_the_site_is_not_written_again() -> None:
    stage = Stage()
    stage.run()
    puts = list(stage.site.puts)
    stage.run()
    assert stage.site.puts == puts


def test_a_new_revision_has_files_of_its_own_and_the_same_root() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    first, kept = json.loads(stage.site.objects[INDEX]), dict(stage.site.objects)
    stage.run(AFTER_WEEK_1, reference(CONTEST, excluded=["an"]))
    second = json.loads(stage.site.objects[INDEX])
    assert (first["revision"], second["revision"]) == (1, 2)
    assert first["root"] == second["root"]
    assert first["ranking"]["file"] != second["ranking"]["file"]
    for key, data in kept.items():
        if "/proof/" in key and key != INDEX:
            assert stage.site.objects[key] == data
    assert not [row for row in stage.rows("week-1", "changes.csv", 2) if row["kind"] == "leaf"]


def test_changes_name_every_leaf_that_is_added_or_removed() -> None:
    stage = Stage()
    stage.run(AFTER_WEEK_1)
    before = list(record_hashes(stage.file("week-1", "audit.jsonl.gz")))
    stage.entries.items[1, "binh"] = entry("binh", done(4, 3), unit="SO-B")
    stage.run(AFTER_WEEK_1, reference(CONTEST, units=[*UNITS, UNITS[0]._replace(code="SO-D")]))
    after = list(record_hashes(stage.file("week-1", "audit.jsonl.gz", 2)))
    rows = {row["id"]: row["reason"] for row in stage.rows("week-1", "changes.csv", 2) if row["kind"] == "leaf"}
    assert rows == {
        **{leaf.hex(): "leaf_removed" for leaf in set(before) - set(after)},
        **{leaf.hex(): "leaf_added" for leaf in set(after) - set(before)},
    }
    assert len(rows) == 2


@pytest.mark.parametrize("step", range(1, 12))
def test_a_power_cut_while_a_proof_is_published_leaves_the_old_one_or_the_new_one(step: int) -> None:
    stage, straight = Stage(), Stage()
    for one in (stage, straight):
        one.run(AFTER_WEEK_1)
    barred = reference(CONTEST, excluded=["an"])
    straight.run(AFTER_WEEK_1, barred)
    stage.fuse.at = stage.fuse.steps + 8 + step
    with pytest.raises(Died):
        stage.run(AFTER_WEEK_1, barred)
    index = json.loads(stage.site.objects[INDEX])
    assert f"data/proof/week-1/{index['folder']}/{index['ranking']['file']}" in stage.site.objects
    stage.run(AFTER_WEEK_1, barred)
    assert stage.state() == straight.state()
