"""The only place that puts the parts together, from the environment that the template sets.

The API's parts avoid what a cold start pays for: one botocore client in all, secrets and reference by signed
requests. What the exam path does without is imported where it is built.
"""

from __future__ import annotations

import os
import secrets
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.session import Session, get_session

from chalicelib.services.contest.reference import Current, Library
from chalicelib.services.exam.pace import Pace
from chalicelib.storage.dynamodb import Client, dynamodb_client
from chalicelib.storage.entries import Entries
from chalicelib.storage.objects import Bucket, ReadOnlyBucket
from chalicelib.storage.secret_values import read_secret
from chalicelib.storage.signed_http import SignedHttp
from chalicelib.web.api import ExamApi
from chalicelib.web.tokens import Tokens

if TYPE_CHECKING:
    from chalicelib.services.closing.close_weeks import CloseWeeks
    from chalicelib.services.exam.receipts import Receipts, SigningKey
    from chalicelib.services.intake.personal_files import PersonalFiles
    from chalicelib.services.people.vault import Vault
    from chalicelib.services.ports import ObjectStore
    from chalicelib.services.publishing.live import LiveTallyStore
    from chalicelib.storage.participants import Participants
    from chalicelib.web.account import AccountApi


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def _region() -> str:
    return os.environ["AWS_REGION"]


def _secret(http: SignedHttp, name: str) -> bytes:
    value = read_secret(http, os.environ[name])
    if value is None:
        raise LookupError(f"the secret named by {name} has no value")
    return value


def _rotated(http: SignedHttp, name: str) -> list[bytes]:
    """The previous value, if there is one, and the current."""
    previous = read_secret(http, os.environ[name], "AWSPREVIOUS")
    return [*([previous] if previous else []), _secret(http, name)]


def _signing_keys(http: SignedHttp) -> list[SigningKey]:
    from chalicelib.services.exam.receipts import SigningKey  # noqa: PLC0415

    return [SigningKey(secret) for secret in _rotated(http, "RECEIPT_SECRET")]


@lru_cache(maxsize=1)
def _session() -> Session:
    return get_session()


@lru_cache(maxsize=1)
def _clients() -> tuple[Client, SignedHttp]:
    http = SignedHttp(_session(), _region(), connect=1, read=2, retries=1)
    return dynamodb_client(_session(), _region()), http


@lru_cache(maxsize=1)
def _pepper() -> bytes:
    return _secret(_clients()[1], "PEPPER_SECRET")


@lru_cache(maxsize=1)
def exam() -> ExamApi:
    """The exam's routes in this environment, made once."""
    dynamodb, http = _clients()
    return ExamApi(
        library=Library(ReadOnlyBucket(http, os.environ["DESK_BUCKET"]), now_ms),
        entries=Entries(dynamodb, os.environ["ENTRIES_TABLE"]),
        tokens=Tokens([_secret(http, "TOKEN_SECRET")], reload=lambda: _rotated(http, "TOKEN_SECRET")),
        clock=now_ms,
        nonce=lambda: secrets.token_hex(8),
        version=os.environ["CODE_VERSION"],
        receipts=_receipts,
        pace=Pace(int(os.environ["SAVE_AFTER_S"])),
    )


def _vault(http: SignedHttp, desk: ObjectStore) -> Vault:
    from chalicelib.services.people.vault import Vault  # noqa: PLC0415
    from chalicelib.storage.data_key import open_data_key  # noqa: PLC0415

    return Vault(lambda: open_data_key(http, desk, os.environ["DATA_KEY_KMS"]))


def _participants(dynamodb: Client, http: SignedHttp, desk: ObjectStore) -> Participants:
    from chalicelib.storage.participants import Participants  # noqa: PLC0415

    return Participants(dynamodb, os.environ["PARTICIPANTS_TABLE"], _vault(http, desk))


@lru_cache(maxsize=1)
def _receipts() -> Receipts:
    from chalicelib.services.exam.receipts import Receipts, SigningKey  # noqa: PLC0415

    _, http = _clients()
    return Receipts(_pepper(), SigningKey(_secret(http, "RECEIPT_SECRET")))


@lru_cache(maxsize=1)
def account() -> AccountApi:
    """The account's routes in this environment, made once."""
    from chalicelib.services.people.passwords import Argon2Passwords  # noqa: PLC0415
    from chalicelib.storage.sign_ins import StoredProofsOfWork, StoredSignIns  # noqa: PLC0415
    from chalicelib.web.account import AccountApi  # noqa: PLC0415

    dynamodb, http = _clients()
    table = os.environ["PARTICIPANTS_TABLE"]
    return AccountApi(
        exam=exam(),
        participants=_participants(dynamodb, http, ReadOnlyBucket(http, os.environ["DESK_BUCKET"])),
        sign_ins=StoredSignIns(dynamodb, table),
        proofs_of_work=StoredProofsOfWork(dynamodb, table),
        passwords=Argon2Passwords(),
        pepper=_pepper(),
    )


def _bucket(name: str, cache: str = "no-store") -> Bucket:
    import boto3  # noqa: PLC0415  the API does without

    return Bucket(boto3.client("s3", region_name=_region()), os.environ[name], cache)


def _closing(desk: Bucket) -> tuple[CloseWeeks, Current]:
    from chalicelib.domain.receipt import salt_key  # noqa: PLC0415
    from chalicelib.domain.statistics.week_collectors import week_collectors  # noqa: PLC0415
    from chalicelib.reports.changes import write_changes  # noqa: PLC0415
    from chalicelib.reports.week_report import Reports  # noqa: PLC0415
    from chalicelib.services.closing.close_weeks import CloseWeeks  # noqa: PLC0415
    from chalicelib.services.closing.shares import Shares  # noqa: PLC0415
    from chalicelib.services.closing.week_proof import PROOF, ProofCollector  # noqa: PLC0415
    from chalicelib.storage.entry_items import EntryPages  # noqa: PLC0415
    from chalicelib.storage.phones import Phones  # noqa: PLC0415
    from chalicelib.storage.revisions import StoredRevisions  # noqa: PLC0415

    dynamodb = dynamodb_client(_session(), _region())
    http = SignedHttp(_session(), _region(), connect=2, read=20, retries=3)
    key, read_entries = salt_key(_secret(http, "PEPPER_SECRET")), EntryPages(http, os.environ["ENTRIES_TABLE"])
    reports = Reports(desk, Phones(http, os.environ["PARTICIPANTS_TABLE"], _vault(http, desk)))
    close = CloseWeeks(
        shares=Shares(
            read_entries,
            desk,
            os.environ["CODE_VERSION"],
            lambda reference, week: {
                PROOF: ProofCollector(reference.definition, week, key),
                **week_collectors(reference.definition, reference.bank),
            },
        ),
        participants=_participants(dynamodb, http, desk),
        revisions=StoredRevisions(dynamodb, os.environ["TALLIES_TABLE"]),
        desk=desk,
        site=_bucket("SITE_BUCKET", "public, max-age=30"),
        write_week=reports.write_week,
        write_final=reports.write_final,
        write_changes=write_changes,
        version=os.environ["CODE_VERSION"],
    )
    return close, Library(desk, now_ms).current()


def close_weeks() -> list[dict[str, Any]]:
    """Closes what is over; returns the revisions made.

    First publishes new keys of receipts, commits to new code, and brings the site to the week in view.
    """
    from datetime import UTC, datetime  # noqa: PLC0415

    from chalicelib.services.contest.commitments import note_deployment  # noqa: PLC0415
    from chalicelib.services.exam.receipts import publish_keys  # noqa: PLC0415
    from chalicelib.services.publishing.published import show_contest  # noqa: PLC0415

    desk, site = _bucket("DESK_BUCKET"), _bucket("SITE_BUCKET", "public, max-age=30")
    keys = publish_keys(site, _signing_keys(SignedHttp(_session(), _region(), connect=1, read=5, retries=3)))
    note_deployment(desk, os.environ["CODE_VERSION"], keys, datetime.now(UTC))
    close, reference = _closing(desk)
    show_contest(reference, desk, site, now_ms())
    return [closed._asdict() for closed in close.run(reference, now_ms())]


def close_step(event: dict[str, Any]) -> list[dict[str, Any]]:
    """One step of the state machine: ``plan`` returns the shares, ``share`` reads one, ``close`` closes."""
    close, reference = _closing(_bucket("DESK_BUCKET"))
    match event:
        case {"step": "plan"}:
            return [share._asdict() for share in close.to_read(reference, now_ms())]
        case {"step": "share", "week": int(number), "share": int(share)}:
            week = reference.definition.week(number)
            if week is None:
                raise LookupError(f"week {number}")
            close.shares.make(reference.of_week(number), week, share)
            return []
        case {"step": "close"}:
            return close_weeks()
    raise ValueError(f"no such step: {event}")


@lru_cache(maxsize=1)
def _live_tallies() -> LiveTallyStore:
    from chalicelib.storage.live_tallies import LiveTallies  # noqa: PLC0415

    return LiveTallies(dynamodb_client(_session(), _region()), os.environ["TALLIES_TABLE"])


def tally(records: list[dict[str, Any]]) -> int:
    """Counts records of the entries' stream; returns how many weeks changed."""
    from chalicelib.services.publishing.live import count_changes  # noqa: PLC0415
    from chalicelib.storage.entry_stream import changes  # noqa: PLC0415

    return count_changes(changes(records), _live_tallies())


@lru_cache(maxsize=1)
def _live_page() -> tuple[Library, Bucket]:
    return Library(_bucket("DESK_BUCKET"), now_ms), _bucket("SITE_BUCKET", "public, max-age=30")


def publish_live() -> bool:
    """Puts ``data/live.json``; False if the page knows already that there is nothing to tell."""
    from chalicelib.services.publishing import live  # noqa: PLC0415

    library, site = _live_page()
    return live.publish_live(library.current(), _live_tallies(), site, now_ms())


def take_over(bucket: str, key: str) -> dict[str, Any]:
    """Takes a file of the inbox over; returns the report."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from markdown_it import MarkdownIt  # noqa: PLC0415

    from chalicelib.readers.contest_files import LARGEST, PERSONAL_FILES  # noqa: PLC0415
    from chalicelib.services.exam.receipts import publish_keys  # noqa: PLC0415
    from chalicelib.services.intake.intake import Intake  # noqa: PLC0415
    from chalicelib.storage.data_key import make_data_key  # noqa: PLC0415

    file = key.rpartition("/")[2]
    if not file:  # a folder that the console has made
        return {"file": key, "accepted": False}
    desk = _bucket("DESK_BUCKET")
    data = desk.get(key, LARGEST + 1)  # whatever was put there has to fit into memory to be refused
    if data is None:
        raise FileNotFoundError(f"s3://{bucket}/{key}")
    http = SignedHttp(_session(), _region(), connect=1, read=5, retries=3)
    make_data_key(http, desk, os.environ["DATA_KEY_KMS"])
    if file in PERSONAL_FILES:
        return _requests(http, desk).take_over(file, data, datetime.now(UTC))
    markdown = MarkdownIt("commonmark", {"html": False})
    site = _bucket("SITE_BUCKET", "public, max-age=30")
    intake = Intake(
        desk=desk,
        site=site,
        pepper=_secret(http, "PEPPER_SECRET"),
        to_html=lambda text: str(markdown.render(text)),
        clock=now_ms,
        version=os.environ["CODE_VERSION"],
        keys=publish_keys(site, _signing_keys(http)),
    )
    return intake.take_over(file, data, datetime.now(UTC))


def _requests(http: SignedHttp, desk: Bucket) -> PersonalFiles:
    """Files of the inbox that ask for something about single people."""
    from chalicelib.domain.receipt import salt_key  # noqa: PLC0415
    from chalicelib.services.intake.personal_files import PersonalFiles  # noqa: PLC0415
    from chalicelib.services.people.data_subject import DataSubject  # noqa: PLC0415
    from chalicelib.services.people.password_resets import new_code  # noqa: PLC0415

    dynamodb = dynamodb_client(_session(), _region())
    participants = _participants(dynamodb, http, desk)
    entries, pepper = Entries(dynamodb, os.environ["ENTRIES_TABLE"]), _secret(http, "PEPPER_SECRET")
    return PersonalFiles(
        desk=desk,
        participants=participants,
        subject=DataSubject(desk, participants, entries, salt_key(pepper)),
        current=Library(desk, now_ms).current,
        pepper=pepper,
        new_code=new_code,
    )
