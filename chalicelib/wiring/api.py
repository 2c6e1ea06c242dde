"""The API's routes.

The parts keep a cold start cheap: everything is asked by signed requests over shared connections, and imports
that the exam path does not need are inside the functions that need them.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING

from chalicelib.domain.errors import Busy
from chalicelib.domain.identity import log_id, log_key
from chalicelib.domain.macs import mac_key
from chalicelib.services.contest.reference import Library
from chalicelib.services.exam.pace import Pace
from chalicelib.services.exam.revoked import Revoked
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.entries import Entries
from chalicelib.storage.pointers import Pointers
from chalicelib.storage.signed_bucket import ReadOnlyDesk, SignedBucket
from chalicelib.storage.signed_http import SignedHttp
from chalicelib.web import log_lines
from chalicelib.web.api import ExamApi
from chalicelib.web.tokens import Tokens
from chalicelib.wiring.aws import now_ms, rotated, secret
from chalicelib.wiring.environment import ApiEnvironment, read

if TYPE_CHECKING:
    from chalicelib.services.exam.receipts import Receipts, SigningKey
    from chalicelib.web.account import AccountApi
    from chalicelib.web.provider import ProviderApi
    from chalicelib.web.shapes import Health


@lru_cache(maxsize=1)
def _environment() -> ApiEnvironment:
    return read(ApiEnvironment)


@lru_cache(maxsize=1)
def _clients() -> tuple[Dynamo, SignedHttp]:
    """A refused call ends after 50 ms and the time of two answers, a hanging one after 4.1 s."""
    http = SignedHttp(_environment().aws_region, connect=1, read=2, retries=1)
    return Dynamo(http), http


@lru_cache(maxsize=1)
def _pepper() -> bytes:
    return secret(_clients()[1], _environment().pepper_secret)


@lru_cache(maxsize=1)
def _entry_secret() -> bytes:
    return secret(_clients()[1], _environment().entry_secret)


@lru_cache(maxsize=1)
def _mac_key() -> bytes:
    return mac_key(_entry_secret())


@lru_cache(maxsize=1)
def _log_key() -> bytes:
    return log_key(_entry_secret())


def _seen(participant_id: str) -> None:
    log_lines.add(who=log_id(_log_key(), participant_id))


@lru_cache(maxsize=1)
def exam() -> ExamApi:
    """The exam's routes, made once."""
    environment, (dynamodb, http) = _environment(), _clients()
    token_secret = environment.token_secret
    desk = _desk()
    library = Library(desk, now_ms)
    return ExamApi(
        library=library,
        entries=Entries(dynamodb, environment.entries_table, _mac_key),
        tokens=Tokens(
            [secret(http, token_secret)],
            reload=lambda: rotated(http, token_secret),
            ended=Revoked(library, desk, now_ms),
            seen=_seen,
        ),
        clock=now_ms,
        nonce=lambda: secrets.token_hex(8),
        version=environment.code_version,
        receipts=_receipts,
        pace=Pace(environment.save_after_s),
    )


@lru_cache(maxsize=1)
def _receipts() -> Receipts:
    from chalicelib.services.exam.receipts import Receipts  # noqa: PLC0415

    return Receipts(_entry_secret(), _signing_key())


@lru_cache(maxsize=1)
def _signing_key() -> SigningKey:
    from chalicelib.services.exam.receipts import SigningKey  # noqa: PLC0415

    return SigningKey(secret(_clients()[1], _environment().receipt_secret))


@lru_cache(maxsize=1)
def _announce_key() -> None:
    """Before anybody can sit a paper, and never on the exam path. Raises ``Busy``."""
    from chalicelib.services.exam.receipt_keys import announce  # noqa: PLC0415

    announce(_desk(), _signing_key())


def health() -> Health:
    told = exam().health()  # raises ``NotLoaded`` before the secrets may be read
    _announce_key()
    return told


@lru_cache(maxsize=1)
def _desk() -> ReadOnlyDesk:
    """The desk, of whose pointers the API may move those of revoked tokens and receipt keys."""
    environment, (dynamodb, http) = _environment(), _clients()
    # Each environment looks every ten seconds: what is a moment old will do.
    pointers = Pointers(dynamodb, environment.tallies_table, consistent=False)
    return ReadOnlyDesk(http, environment.desk_bucket, pointers)


@lru_cache(maxsize=1)
def _inbox() -> SignedBucket:
    """The desk's bucket, into which the API may put releases to proven owners."""
    return SignedBucket(_clients()[1], _environment().desk_bucket)


@lru_cache(maxsize=1)
def account() -> AccountApi:
    """The account's routes, made once a contest is in force. Raises ``NotLoaded`` before.

    Until then `infra/recover.py` may change the secrets behind ids and entries.
    """
    exam().library.current()
    from chalicelib.domain.receipt import salt_key  # noqa: PLC0415
    from chalicelib.services.people.listed import ListedPeople  # noqa: PLC0415
    from chalicelib.services.people.passwords import Argon2Passwords  # noqa: PLC0415
    from chalicelib.storage.exchanges import StoredExchanges  # noqa: PLC0415
    from chalicelib.storage.revocations import StoredRevocations  # noqa: PLC0415
    from chalicelib.storage.sign_ins import StoredProofsOfWork, StoredSignIns, StoredSources  # noqa: PLC0415
    from chalicelib.web.account import AccountApi  # noqa: PLC0415
    from chalicelib.wiring.people import participants  # noqa: PLC0415

    with suppress(Busy):  # whoever signs in need not wait for it; the next environment tries again
        _announce_key()
    environment, (dynamodb, http) = _environment(), _clients()
    table = environment.participants_table
    desk = _desk()
    people = participants(dynamodb, table, http, desk, environment.data_key_kms)
    return AccountApi(
        exam=exam(),
        participants=people,
        listed=ListedPeople(desk),
        sign_ins=StoredSignIns(dynamodb, table),
        sources=StoredSources(dynamodb, table),
        proofs_of_work=StoredProofsOfWork(dynamodb, table),
        revocations=StoredRevocations(people, _desk, now_ms),
        passwords=Argon2Passwords(),
        pepper=_pepper(),
        salt_key=salt_key(_entry_secret()),
        exchanges=StoredExchanges(dynamodb, table),
        inbox=_inbox,
    )


@lru_cache(maxsize=1)
def provider() -> ProviderApi:
    """The identity provider's routes, made once."""
    import urllib3  # noqa: PLC0415

    from chalicelib.services.people.provider_sign_in import ProviderSignIn  # noqa: PLC0415
    from chalicelib.storage.provider_http import HttpCalls  # noqa: PLC0415
    from chalicelib.web.provider import ProviderApi  # noqa: PLC0415

    (_, http), pool = _clients(), urllib3.PoolManager()
    return ProviderApi(
        account=account(),
        sign_in=ProviderSignIn(
            pepper=_pepper(),
            calls=lambda: HttpCalls(pool),
            exchanges=account().exchanges,
            # Read each time: a secret that the provider has changed works at once.
            secret=lambda: secret(http, _environment().provider_secret),
        ),
    )
