"""The live tally's one item a week: written whole or not at all, and small."""

from __future__ import annotations

import random
from base64 import b64encode

import pytest

from chalicelib.domain.attempt import Finished, encode_opening
from chalicelib.domain.live import Change, LiveTally, Participation
from chalicelib.domain.macs import EntryMacs
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.entry_stream import changes
from chalicelib.storage.live_tallies import LiveTallies
from chalicelib.storage.signed_http import AwsRefusal
from tests.domain.builders import done, entry
from tests.fakes import MAC_KEY

PERSON = "a3" + "0" * 18
STREAM = "arn:aws:dynamodb:ap-southeast-1:123456789012:table/entries/stream/2026-08-22T01:00:00.000"


@pytest.fixture
def tallies(client: Dynamo) -> LiveTallies:
    return LiveTallies(client, "tallies")


def tally(person: str = PERSON) -> LiveTally:
    made = LiveTally()
    made.add([Change(1, "label/a3", 10**27 + 1, None, entry(person, done()))])
    return made


def test_nothing_is_counted_before_the_first_write(tallies: LiveTallies) -> None:
    assert tallies.read(1) == (LiveTally(), 0)
    assert tallies.replace(1, tally(), 0)
    assert tallies.read(1) == (tally(), 1)
    assert tallies.read(2) == (LiveTally(), 0)


def test_whoever_read_an_older_version_writes_nothing(tallies: LiveTallies) -> None:
    assert tallies.replace(1, tally(), 0)
    assert not tallies.replace(1, LiveTally(), 0)
    assert tallies.replace(1, tally("b4" + "0" * 18), 1)
    assert not tallies.replace(1, LiveTally(), 1)
    assert tallies.read(1)[1] == 2


def test_a_faulty_table_is_not_taken_for_a_lost_race(client: Dynamo) -> None:
    with pytest.raises(AwsRefusal, match="ResourceNotFoundException"):
        LiveTallies(client, "nothing").replace(1, tally(), 0)


def test_the_tally_of_the_largest_contest_takes_sixteen_write_units(client: Dynamo) -> None:
    dice = random.Random(1)
    units = {
        f"TRUONG-THPT-{k:04}": Participation(dice.randrange(900), dice.randrange(3000)) for k in range(1500)
    }
    counted = {f"2026-08-22T01:00:00.000/{k:02x}": 10**27 + dice.randrange(10**18) for k in range(256)}
    LiveTallies(client, "tallies").replace(1, LiveTally(units, counted), 0)
    item = client.get_item(TableName="tallies", Key={"id": {"S": "live#1"}})["Item"]
    assert len(item["tally"]["B"]) <= 16 * 1024


def record(old: dict[str, object] | None, new: dict[str, object] | None) -> dict[str, object]:
    keys = {"pk": {"S": "w12#a3"}, "sk": {"S": PERSON}}
    images = {name: {**keys, **image} for name, image in (("OldImage", old), ("NewImage", new)) if image}
    return {
        "eventSourceARN": STREAM,
        "dynamodb": {"Keys": keys, "SequenceNumber": "100000000003498069978", **images},
    }


def macs(unit: str = "SO-A") -> EntryMacs:
    return EntryMacs(MAC_KEY, "w12#a3", PERSON, unit, "mandatory")


def image(*finished: Finished, unit: str = "SO-A", **more: object) -> dict[str, object]:
    own: dict[str, object] = {"unit": {"S": unit}, "category": {"S": "mandatory"}, "used": {"N": "1"}, **more}
    records = [{"B": b64encode(macs(unit).record(one)).decode()} for one in finished]  # as Lambda delivers them
    return {**own, "done": {"L": records}} if finished else own


ONE = done()


OPENING = encode_opening(1_661_130_000_000, "a" * 16)


def opened_image(saved: str = "", by: EntryMacs | None = None) -> dict[str, object]:
    """An open attempt, perhaps with saved answers that ``by`` authenticates."""
    opened: dict[str, object] = {"open": {"B": b64encode(macs().opening(OPENING)).decode()}}
    if not saved:
        return opened
    mac = (by or macs()).saved(OPENING, 1, saved, None, 60_000)
    return {**opened, "saved": {"S": saved}, "rev": {"N": "60000"}, "mac": {"B": b64encode(mac).decode()}}


def test_only_writes_that_start_finish_move_or_erase_are_told() -> None:
    opened = opened_image()
    start, save = record(None, image(**opened)), record(image(**opened), image(**opened_image("A")))
    submit, erase = record(image(**opened), image(ONE)), record(image(ONE), None)
    again, move = record(image(ONE), image(ONE, **opened)), record(image(ONE), image(ONE, unit="SO-B"))
    found = list(changes([start, save, submit, again, move, erase], MAC_KEY))  # type: ignore[arg-type]
    units = [tuple(side and (side.unit, len(side.finished)) for side in change[3:]) for change in found]
    assert units == [
        (None, ("SO-A", 0)),
        (("SO-A", 0), ("SO-A", 1)),
        (("SO-A", 1), ("SO-A", 1)),
        (("SO-A", 1), ("SO-B", 1)),
        (("SO-A", 1), None),
    ]
    assert found[0][:3] == (12, "2026-08-22T01:00:00.000/a3", 100000000003498069978)


def test_an_unreadable_record_is_an_error_and_is_not_skipped() -> None:
    with pytest.raises(ValueError, match="missing required field"):
        list(changes([record(image(), image(done={"L": [{"S": "nonsense"}]}))], MAC_KEY))  # type: ignore[list-item]


def test_what_the_api_has_not_written_is_told_once_and_counts_nowhere() -> None:
    other = {"B": b64encode(macs("SO-B").record(ONE)).decode()}
    forged, later = image(done={"L": [other]}), image(done={"L": [other, other]}, unit="SO-C")
    told = list(changes([record(image(), forged), record(forged, later)], MAC_KEY))  # type: ignore[list-item]
    assert [(change.unauthentic, change.after.finished) for change in told if change.after] == [
        (True, ()),
        (False, ()),
    ]


def test_a_save_beside_what_was_told_is_not_told_again() -> None:
    other = {"B": b64encode(macs("SO-B").record(ONE)).decode()}
    beside = {**image(done={"L": [other]}), "used": {"N": "2"}}
    opening = {"open": {"B": b64encode(macs().opening(OPENING)).decode()}}
    mac = macs().saved(OPENING, 2, "A", None, 60_000)
    answers = {"saved": {"S": "A"}, "rev": {"N": "60000"}, "mac": {"B": b64encode(mac).decode()}}
    start, save = {**beside, **opening}, {**beside, **opening, **answers}
    told = list(changes([record(beside, start), record(start, save)], MAC_KEY))  # type: ignore[list-item]
    assert [change.unauthentic for change in told] == [False], "the start alone"


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(opened_image("B", macs("SO-B")), id="saved answers"),
        pytest.param({**opened_image("A"), "saved": {"S": "B"}}, id="other answers"),
        pytest.param({**opened_image("A"), "guess": {"N": "7"}}, id="a prediction"),
        pytest.param({**opened_image("A"), "rev": {"N": "1"}}, id="another time"),
        pytest.param({"open": {"B": b64encode(OPENING + bytes(8)).decode()}}, id="an opening"),
        pytest.param({**opened_image("A"), "category": {"S": "encouraged"}}, id="a category"),
    ],
)
def test_what_is_written_into_an_open_paper_is_told(changed: dict[str, object]) -> None:
    start, save = image(**opened_image()), image(**opened_image("A"))
    forged = {**image(), **changed}
    found = list(changes([record(start, save), record(save, forged), record(forged, save)], MAC_KEY))  # type: ignore[list-item]
    assert [change.unauthentic for change in found][:1] == [True]
    assert not any(change.unauthentic for change in found[1:])
