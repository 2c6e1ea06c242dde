"""Closing weeks: ``close_weeks``, and ``close_by_shares`` for contests too large for one function to read."""

from __future__ import annotations

import time

from chalicelib.documents.keys import RESULTS_LISTED
from chalicelib.domain.macs import mac_key
from chalicelib.domain.receipt import salt_key
from chalicelib.domain.statistics.week_collectors import week_collectors
from chalicelib.reports.changes import write_changes
from chalicelib.reports.rules.page import rules_page
from chalicelib.reports.week_report import Reports
from chalicelib.services.closing.bundle_people import BundlePeople
from chalicelib.services.closing.close_weeks import CloseWeeks
from chalicelib.services.closing.shares import Shares, Watching
from chalicelib.services.closing.steps import Closing
from chalicelib.services.contest.reference import Library
from chalicelib.services.exam.receipt_keys import announce
from chalicelib.services.exam.receipts import SigningKey
from chalicelib.services.log.ledger import Ledger
from chalicelib.storage.entry_items import EntryPages
from chalicelib.storage.log_state import StoredLogState
from chalicelib.storage.proven_people import ProvenPeople
from chalicelib.storage.registrations import Registrations
from chalicelib.storage.revisions import StoredRevisions
from chalicelib.storage.signed_http import SignedHttp
from chalicelib.wiring.aws import dynamo, now_ms, secret
from chalicelib.wiring.buckets import desk_bucket, site_bucket
from chalicelib.wiring.environment import ClosingEnvironment, read
from chalicelib.wiring.people import participants, vault

# Between two looks at the log, which grows by the minute.
WAIT_S = 4


def closing() -> Closing:
    """The close with all its parts; each run gets a new one."""
    environment = read(ClosingEnvironment)
    region, kms_key = environment.aws_region, environment.data_key_kms
    tallies, lock_days = environment.tallies_table, environment.lock_days
    desk = desk_bucket(region, environment.desk_bucket, tallies, lock_days)
    site = site_bucket(region, environment.site_bucket, tallies)
    dynamodb = dynamo(region)
    http = SignedHttp(region, connect=2, read=20, retries=3)
    entry_secret = secret(http, environment.entry_secret)
    salts, macs = salt_key(entry_secret), mac_key(entry_secret)
    entries = EntryPages(http, environment.entries_table, lambda: macs)
    opened = vault(http, desk, kms_key)

    def key() -> SigningKey:
        """Not read before a week is closed: `infra/recover.py` puts back the right one before the contest."""
        made = SigningKey(secret(http, environment.result_secret))
        announce(desk, made, RESULTS_LISTED)
        return made

    reports = Reports(desk, Registrations(http, environment.participants_table, opened))
    close = CloseWeeks(
        shares=Shares(
            entries,
            desk,
            environment.code_version,
            lambda reference, week: Watching(
                BundlePeople(reference.definition, week, salts),
                week_collectors(reference.definition, reference.bank),
            ),
        ),
        participants=participants(dynamodb, environment.participants_table, http, desk, kms_key),
        revisions=StoredRevisions(dynamodb, environment.tallies_table),
        desk=desk,
        site=site,
        write_week=reports.write_week,
        write_final=reports.write_final,
        write_changes=write_changes,
        proven=ProvenPeople(http, environment.participants_table),
        read_one=entries.one,
        salt_key=salts,
        key=key,
        log=Ledger(
            StoredLogState(dynamodb, environment.tallies_table), desk, now_ms, lambda: time.sleep(WAIT_S)
        ),
        version=environment.code_version,
    )
    return Closing(
        weeks=close,
        current=Library(desk, now_ms, recheck=0).current,
        desk=desk,
        site=site,
        clock=now_ms,
        to_rules=rules_page,
    )
