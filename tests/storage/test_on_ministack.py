"""Things that moto cannot show: DynamoDB's capacity units, and the raw page reader over real HTTP."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chalicelib.domain.attempt import AttemptId, Entry, Finished, encode_opening
from chalicelib.domain.errors import AlreadyFinished, AlreadyRegistered, Busy, NotLoaded, Stale
from chalicelib.services.exam.exam import OpenPaper
from chalicelib.services.people.vault import Vault
from chalicelib.services.ports import NotMet, Participant
from chalicelib.services.publishing.live import count_changes
from chalicelib.storage.data_key import DATA_KEY, make_data_key, open_data_key
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.entries import Entries
from chalicelib.storage.entry_items import EntryPages
from chalicelib.storage.entry_stream import changes
from chalicelib.storage.http_lines import KeptLines
from chalicelib.storage.live_tallies import LiveTallies
from chalicelib.storage.objects import Bucket
from chalicelib.storage.participants import Participants
from chalicelib.storage.pointers import Pointers
from chalicelib.storage.registrations import Registrations
from chalicelib.storage.secret_values import read_secret
from chalicelib.storage.signed_bucket import ReadOnlyDesk, SignedBucket
from chalicelib.storage.signed_http import AwsRefusal, SignedHttp
from infra.local.ministack import ACCESS_KEY, REGION, SECRET_KEY, MiniStack
from tests.fakes import MAC_KEY
from tests.services.exam.exam_room import AN, BINH, ExamRoom, right
from tests.tables import make_table
from tests.wire import WatchedLines, dynamo

pytestmark = pytest.mark.slow

STARTED = 1_661_130_000_000


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MiniStack]:
    folder = tmp_path_factory.mktemp("ministack")
    with MiniStack(folder / "state", folder / "ministack.log") as started:
        make_table(started.client("dynamodb"), "entries", "pk", "sk")
        make_table(started.client("dynamodb"), "participants", "id")
        yield started


@pytest.fixture
def client(aws: MiniStack, monkeypatch: pytest.MonkeyPatch) -> Dynamo:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS_KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.url)
    return dynamo(REGION)


@pytest.fixture
def http(client: Dynamo) -> SignedHttp:
    return SignedHttp(REGION, connect=1, read=5, retries=1)


@pytest.fixture
def watched(client: Dynamo) -> WatchedLines:
    return WatchedLines(KeptLines(connect=1, read=5))


def test_every_write_of_ten_attempts_is_one_unit(watched: WatchedLines) -> None:
    entries = Entries(dynamo(REGION, watched), "entries", lambda: MAC_KEY)
    who = ("a3" + "0" * 18, "THPT-DTNT-SO-2-NGHEAN", "encouraged")
    for number in range(1, 11):
        started = STARTED + number * 1_300_000
        nonce = f"{number:016x}"
        entries.start(12, *who, encode_opening(started, nonce), 10)
        attempt = AttemptId(12, number, started, nonce)
        for revision in range(40):
            entries.save(*who, attempt, "B" * 20, 1_000_000_000, revision, revision + 1)
        entries.save(*who, attempt, "_" * 20, 1_000_000_000, 40, 1_000_000_000)
        record = Finished(number, started, 1_200_000, 9_999, 20, 1_000_000_000, nonce, "_" * 20)
        entries.submit(*who, attempt, record, 0)  # an old revision, but the saved answers
    assert watched.units() == [1.0] * 430


def test_the_page_reader_gives_every_entry_of_the_week_and_no_other(client: Dynamo, http: SignedHttp) -> None:
    entries = Entries(client, "entries", lambda: MAC_KEY)
    people = [f"{shard:02x}{number:018}" for shard in (0, 9, 255) for number in range(3)]
    for person in people:
        entries.start(1, person, "SO-A", "mandatory", encode_opening(STARTED, "a" * 16), 3)
    entries.start(2, people[0], "SO-A", "mandatory", encode_opening(STARTED, "a" * 16), 3)
    read = list(EntryPages(http, "entries", lambda: MAC_KEY)(1))
    assert [entry.participant_id for entry in read] == people
    assert read[0] == entries.get(1, people[0])
    one = EntryPages(http, "entries", lambda: MAC_KEY).one
    assert (one(1, people[4]), one(1, "09" + "9" * 18)) == (read[4], None)


def test_a_partition_larger_than_a_page_is_read_whole(aws: MiniStack, client: Dynamo, http: SignedHttp) -> None:
    owner = aws.client("dynamodb")
    for number in range(1, 41):
        item = {
            "pk": {"S": "w7#00"},
            "sk": {"S": f"00{number:018}"},
            "unit": {"S": "x" * 40_000},  # 1.6 MB in all: DynamoDB returns 1 MB at a time
            "category": {"S": "mandatory"},
            "used": {"N": "1"},
        }
        owner.put_item(TableName="entries", Item=item)
    assert len(list(EntryPages(http, "entries", lambda: MAC_KEY).items("w7#00"))) == 40


def test_every_phone_that_can_be_read_is_read(aws: MiniStack, client: Dynamo, http: SignedHttp) -> None:
    vault = Vault(lambda: b"k" * 32)
    people = Participants(client, "participants", vault)
    for number in range(3):
        person = Participant(
            f"{number:020}", "Lê An", "1990-05-06", "male", "040090000001", f"091234567{number}", "SO-A",
            "mandatory", "hash", STARTED,
        )  # fmt: skip
        people.add(person)
    people.erase(f"{0:020}", STARTED)
    other = Participants(client, "participants", Vault(lambda: b"x" * 32))
    other.add(person._replace(participant_id="9" * 20))
    found = Registrations(http, "participants", vault)()
    read = [(f"{number:020}", f"091234567{number}", STARTED) for number in (1, 2)]
    assert sorted(found) == [*read, ("9" * 20, "", STARTED)]  # its phone does not open


def test_of_many_at_once_one_gets_a_number(client: Dynamo) -> None:
    """Eight owners register after a release, while somebody else's corrected number would be the same."""
    people = Participants(client, "participants", Vault(lambda: b"k" * 32))
    number, after, other = "a1" + "0" * 18, "a2" + "0" * 18, "a3" + "0" * 18
    person = Participant(
        number,
        "Lê An",
        "1990-05-06",
        "male",
        "040090000001",
        "0912345678",
        "SO-A",
        "mandatory",
        "hash",
        STARTED,
    )
    people.add(person)
    with ThreadPoolExecutor(8) as pool:
        passed = [pool.submit(people.pass_on, number, number, after, 1) for _ in range(8)]
        assert all(one.result() for one in passed)

        def register(password: str) -> str:
            try:
                people.add(person._replace(participant_id=after, password_hash=password))
            except AlreadyRegistered:
                return ""
            return password

        taken = pool.submit(people.occupy, number, other, STARTED, STARTED)
        registered = [pool.submit(register, f"hash {number}") for number in range(8)]
        winners = [one.result() for one in registered if one.result()] + ["other"] * taken.result()
    assert len(winners) == 1
    holder = people.holder(number)
    assert holder is not None
    assert (holder.participant_id == other) == (winners == ["other"])


def test_a_failed_condition_brings_the_item_back_over_http(client: Dynamo) -> None:
    entries = Entries(client, "entries", lambda: MAC_KEY)
    person = "b0" + "0" * 18
    entries.start(3, person, "SO-A", "mandatory", encode_opening(STARTED, "a" * 16), 3)
    with pytest.raises(NotMet) as refused:
        entries.start(3, person, "SO-A", "mandatory", encode_opening(STARTED + 1, "b" * 16), 3)
    assert isinstance(refused.value.entry, Entry)
    assert refused.value.entry.open == (1, STARTED, "a" * 16, None, None, 0)


def test_the_revision_decides_over_http_too(watched: WatchedLines) -> None:
    exam = ExamRoom(entries=Entries(dynamo(REGION, watched), "entries", lambda: MAC_KEY))
    opened = exam.start(BINH)
    watched.actions.clear()
    exam.clock.now += 61_000
    assert exam.save(opened, BINH, wrong=1, guess=9, on=0) == 61_000
    assert exam.save(opened, BINH, wrong=1, guess=9, on=0) == 61_000, "doubled"
    assert exam.save(opened, BINH, wrong=0, guess=9, on=61_000) == 61_001
    for late, send in ((0, exam.save), (61_000, exam.save), (0, exam.submit), (61_000, exam.submit)):
        with pytest.raises(Stale) as refused:
            send(opened, BINH, wrong=1, guess=9, on=late)
        assert (refused.value.answers, refused.value.revision) == (right(opened.paper), 61_001)
    first = exam.submit(opened, BINH, guess=9, on=0)  # an old revision, but the saved answers
    assert exam.submit(opened, BINH, guess=9, on=0) == first, "doubled"
    with pytest.raises(AlreadyFinished):
        exam.submit(opened, BINH, wrong=1, guess=9, on=61_001)
    assert watched.actions == ["UpdateItem"] * 10, "one write and no read, whatever the answer"


def test_one_of_many_simultaneous_saves_on_one_revision_wins(client: Dynamo) -> None:
    exam = ExamRoom(entries=Entries(client, "entries", lambda: MAC_KEY))
    opened = exam.start(AN)
    exam.clock.now += 61_000

    def save(guess: int) -> tuple[int | None, int]:
        try:
            return guess, exam.save(opened, AN, guess=guess, on=0)
        except Stale as stale:
            return stale.prediction, stale.revision

    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(save, range(1, 9)))
    read = exam.read(opened.attempt, AN)
    assert isinstance(read, OpenPaper)
    assert told == {(read.guess, read.revision)}, "all were told the same, and it is what is saved"


def test_the_live_tally_counts_the_records_of_the_tables_stream(aws: MiniStack, client: Dynamo) -> None:
    dynamodb, streams = aws.client("dynamodb"), aws.client("dynamodbstreams")
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    make_table(dynamodb, "streamed", "pk", "sk", StreamSpecification=stream)
    make_table(dynamodb, "tallies", "id")
    entries = Entries(client, "streamed", lambda: MAC_KEY)
    for number, person in enumerate(["a3" + "0" * 18, "a3" + "1" * 18, "b4" + "0" * 18]):
        for sitting in range(1, number + 1):
            started = STARTED + sitting * 1_300_000
            opening = encode_opening(started, f"{sitting:016x}")
            who = (person, "SO-A", "mandatory")
            entries.start(1, *who, opening, 10)
            attempt = AttemptId(1, sitting, started, f"{sitting:016x}")
            entries.save(*who, attempt, "B" * 20, 7, 0, 9)
            finished = Finished(sitting, started, 9, 0, 20, 7, attempt.nonce, "B" * 20)
            entries.submit(*who, attempt, finished, 9)

    stream = dynamodb.describe_table(TableName="streamed")["Table"]["LatestStreamArn"]
    shards = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    records = []
    for shard in shards:
        iterator = streams.get_shard_iterator(
            StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        records += streams.get_records(ShardIterator=iterator)["Records"]
    delivered = [{**record, "eventSourceARN": stream} for record in records]
    tallies = LiveTallies(client, "tallies")
    for begin in range(len(delivered)):  # every suffix again
        count_changes(changes(delivered[begin:], MAC_KEY), tallies)
    assert len(delivered) == 9
    assert tallies.read(1)[0].units == {"SO-A": (2, 3)}


def test_secrets_and_objects_are_read_by_signed_requests(aws: MiniStack, http: SignedHttp) -> None:
    aws.client("secretsmanager").create_secret(Name="token", SecretString="first")
    assert read_secret(http, "token") == b"first"
    assert read_secret(http, "token", "AWSPREVIOUS") is None
    aws.client("secretsmanager").put_secret_value(SecretId="token", SecretString="second")
    assert read_secret(http, "token") == b"second"
    assert read_secret(http, "token", "AWSPREVIOUS") == b"first"
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="desk", CreateBucketConfiguration={"LocationConstraint": REGION})
    Bucket(s3, "desk").put("reference/a-b_c.json", b"{}")
    assert SignedBucket(http, "desk").get("reference/a-b_c.json") == b"{}"
    assert SignedBucket(http, "desk").get("reference/none.json") is None
    SignedBucket(http, "desk").put("inbox/releases.csv", b"x,y")
    put = s3.get_object(Bucket="desk", Key="inbox/releases.csv")
    assert (put["Body"].read(), put["ContentType"]) == (b"x,y", "text/csv; charset=utf-8")
    assert Bucket(s3, "desk").get("reference/none.json") is None
    with pytest.raises(PermissionError):
        ReadOnlyDesk(http, "desk", Pointers(Dynamo(http), "tallies")).put("reference/a-b_c.json", b"")


def test_the_data_key_is_made_once_and_opened_by_kms(aws: MiniStack, http: SignedHttp) -> None:
    kms, s3 = aws.client("kms"), aws.client("s3")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    s3.create_bucket(Bucket="vault", CreateBucketConfiguration={"LocationConstraint": REGION})
    desk, reader = Bucket(s3, "vault"), SignedBucket(http, "vault")
    with pytest.raises(NotLoaded):
        open_data_key(http, reader, key)
    make_data_key(http, desk, key)
    opened = open_data_key(http, reader, key)
    assert len(opened) == 32
    make_data_key(http, desk, key)
    assert open_data_key(http, reader, key) == opened
    stored = desk.get(DATA_KEY)
    assert stored is not None
    assert base64.b64encode(opened) not in stored
    blob = base64.b64decode(json.loads(stored)["encrypted"])
    for context in ({}, {"purpose": "another"}):  # another use of the same KMS key does not open it
        with pytest.raises(kms.exceptions.InvalidCiphertextException):
            kms.decrypt(CiphertextBlob=blob, KeyId=key, EncryptionContext=context)
    kms.disable_key(KeyId=key)
    with pytest.raises(AwsRefusal, match="DisabledException"):
        open_data_key(http, reader, key)


def test_an_unknown_table_is_refused_and_silence_is_busy(
    client: Dynamo, http: SignedHttp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(AwsRefusal, match="ResourceNotFoundException"):
        next(EntryPages(http, "nothing", lambda: MAC_KEY).items("w1#00"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    silent = SignedHttp(REGION, connect=0.2, read=0.2, retries=0)
    with pytest.raises(Busy):
        silent.get_object("desk", "key")
