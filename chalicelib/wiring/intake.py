"""Taking over the files in the desk's inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache, partial

from chalicelib.domain.identity import log_key
from chalicelib.domain.macs import mac_key
from chalicelib.domain.receipt import salt_key
from chalicelib.reports.bank_preview import preview_page
from chalicelib.reports.rules.page import rules_page
from chalicelib.reports.xlsx import plain_book
from chalicelib.services.contest.reference import Library
from chalicelib.services.intake.inbox import Inbox
from chalicelib.services.intake.intake import Intake
from chalicelib.services.intake.personal_files import PersonalFiles
from chalicelib.services.people.data_subject import DataSubject
from chalicelib.services.people.lookup import Lookup
from chalicelib.services.ports import ParticipantStore
from chalicelib.storage.data_key import make_data_key
from chalicelib.storage.deliveries import StoredDeliveries
from chalicelib.storage.entries import Entries
from chalicelib.storage.entry_items import EntryPages
from chalicelib.storage.file_reader import FileReader
from chalicelib.storage.objects import Bucket
from chalicelib.storage.revocations import StoredRevocations
from chalicelib.storage.signed_http import SignedHttp
from chalicelib.wiring.aws import dynamo, now_ms, secret
from chalicelib.wiring.buckets import desk_bucket, site_bucket
from chalicelib.wiring.close_weeks import closing
from chalicelib.wiring.environment import IntakeEnvironment, read
from chalicelib.wiring.people import participants


def inbox() -> Inbox:
    """The inbox with all its parts; each file gets a new one."""
    environment = read(IntakeEnvironment)
    names = (environment.desk_bucket, environment.tallies_table)
    desk = desk_bucket(environment.aws_region, *names, environment.lock_days)
    return Inbox(
        read=FileReader(_patient(environment), environment.read_file_function, desk),
        desk=desk,
        contest=partial(_contest, environment, desk),
        people=partial(_people, environment, desk),
        deliveries=partial(_deliveries, environment),
        now=partial(datetime.now, UTC),
    )


def _patient(environment: IntakeEnvironment) -> SignedHttp:
    """Waits longer than the function that reads files may take (.chalice/config.json), and asks it once."""
    return SignedHttp(environment.aws_region, connect=5, read=320, retries=0)


def _deliveries(environment: IntakeEnvironment) -> StoredDeliveries:
    dynamodb = dynamo(environment.aws_region)
    return StoredDeliveries(dynamodb, environment.participants_table)


def _http(environment: IntakeEnvironment, desk: Bucket) -> SignedHttp:
    """Signed requests; makes the vault's data key if there is none, as at the very first file."""
    http = SignedHttp(environment.aws_region, connect=1, read=5, retries=3)
    make_data_key(http, desk, environment.data_key_kms)
    return http


def _contest(environment: IntakeEnvironment, desk: Bucket) -> Intake:
    http = _http(environment, desk)
    site = site_bucket(environment.aws_region, environment.site_bucket, environment.tallies_table)
    people = lru_cache(maxsize=1)(partial(_participants, environment, http, desk))
    return Intake(
        desk=desk,
        site=site,
        pepper=secret(http, environment.pepper_secret),
        to_rules=rules_page,
        clock=now_ms,
        write_book=plain_book,
        published=closing().weeks,
        people=people,
        revocations=lambda: StoredRevocations(people(), lambda: desk, now_ms),
        to_preview=preview_page,
    )


def _participants(environment: IntakeEnvironment, http: SignedHttp, desk: Bucket) -> ParticipantStore:
    dynamodb = dynamo(environment.aws_region)
    return participants(dynamodb, environment.participants_table, http, desk, environment.data_key_kms)


def _people(environment: IntakeEnvironment, desk: Bucket) -> PersonalFiles:
    http = _http(environment, desk)
    dynamodb = dynamo(environment.aws_region)
    people = _participants(environment, http, desk)
    pepper, entry_secret = (
        secret(http, name) for name in (environment.pepper_secret, environment.entry_secret)
    )
    salts, macs = salt_key(entry_secret), mac_key(entry_secret)
    entries = Entries(dynamodb, environment.entries_table, lambda: macs)
    everybody = EntryPages(http, environment.entries_table, lambda: macs)
    return PersonalFiles(
        desk=desk,
        participants=people,
        subject=DataSubject(desk, people, entries, pepper, salts),
        lookup=Lookup(desk, people, entries, everybody, pepper, salts, log_key(entry_secret)),
        revocations=StoredRevocations(people, lambda: desk, now_ms),
        current=Library(desk, now_ms).current,
        pepper=pepper,
        write_book=plain_book,
    )
