"""The routes of the identity provider: where to sign in, and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from pydantic import Field

from chalicelib.domain.errors import CodeRefused, IdentityTooWeak, NoProvider, ProviderDown
from chalicelib.domain.identity import participant_id
from chalicelib.domain.identity_provider import Identity
from chalicelib.services.people.proven import ticket
from chalicelib.services.people.provider_sign_in import ProviderSignIn
from chalicelib.web.account import PROVABLE, AccountApi
from chalicelib.web.bodies import Body, Short, parse

if TYPE_CHECKING:
    from chalicelib.web import shapes

log = logging.getLogger("cuoc-thi")


class ProviderAnswer(Body):
    """What the provider's redirection brought, with the flow that the page has kept."""

    flow: Short
    code: Annotated[str, Field(max_length=2_048)]
    state: Short
    iss: Annotated[str, Field(max_length=500)] | None = None


@dataclass(frozen=True, slots=True)
class ProviderApi:
    account: AccountApi
    sign_in: ProviderSignIn

    def begin(self) -> shapes.ProviderFlow:
        identity, now = self._identity(), self.account.exam.clock()
        with _told():
            url, flow = self.sign_in.begin(identity, now)
        return {"url": url, "flow": flow}

    def finish(self, raw: bytes) -> tuple[int, shapes.Session | shapes.Ticket]:
        """200 with a session for somebody who has registered with the provider, else 202 with a ticket."""
        identity, now = self._identity(), self.account.exam.clock()
        body = parse(ProviderAnswer, raw)
        with _told():
            proven = self.sign_in.finish(identity, body.flow, body.code, body.state, body.iss, now)
        reference = self.account.exam.library.current()
        number = participant_id(self.account.pepper, proven.citizen_id)
        holder = self.account.participants.holder(number)
        found = holder.person if holder else None
        if found is not None and found.verified_at:
            reference.check_on("sign_in")
            reference.check_admitted(number, found.participant_id)
            return 200, self.account.session(found, reference, now)
        return 202, {
            "ticket": ticket(self.account.pepper, proven, now),
            "known": cast("shapes.Known", proven.plain),
            "missing": [name for name in PROVABLE if name not in proven.known],
            "registered": found is not None,
        }

    def _identity(self) -> Identity:
        identity = self.account.exam.library.current().definition.identity
        if not identity.used:
            raise NoProvider
        return identity


@contextmanager
def _told() -> Iterator[None]:
    """Logs why the provider was of no use: the organisers may have to talk to it. No personal data."""
    try:
        yield
    except (CodeRefused, IdentityTooWeak, ProviderDown) as error:
        log.info({"provider": error.code, "why": str(error)})
        raise
