"""Signing in at an OpenID Connect provider: authorization code with PKCE, without session or cookie.

A *flow* is a random value with an end and a MAC; state, nonce and PKCE verifier are derived from it. The page
keeps it under its state and hands it back with what the provider said. So nothing is stored until a code comes,
and a code is worth nothing to anybody who does not have its flow.
"""

from __future__ import annotations

import hmac
import json
import re
import secrets
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, TypeGuard
from urllib.parse import quote_plus, urlencode

from nacl.secret import SecretBox

from chalicelib.domain.errors import (
    Busy,
    CodeRefused,
    ContestError,
    FlowExpired,
    IdentityTooWeak,
    OtherBrowser,
    ProviderDown,
)
from chalicelib.domain.identity_provider import Identity
from chalicelib.domain.pasted import name_in, number_in, phone_in
from chalicelib.domain.person import LONGEST_NAME, Gender, citizen_id_fits, is_citizen_id, is_name, is_phone
from chalicelib.services.people.id_tokens import Key, UnknownKey, keys_of, opened
from chalicelib.services.people.proven import Proven, key_of
from chalicelib.services.ports import Exchanges, ProviderCalls, ProviderHealth

FLOW_MS = 15 * 60_000
SKEW_S = 60
# A second sender of the same code waits for the first; after this time the first has come to nothing.
EXCHANGE_MS = 10_000
# The circuit breaker: after so many failures, each within a minute of the last, nobody asks for half a minute.
FAILURES, WINDOW_MS, OPEN_MS = 5, 60_000, 30_000
# How long people may register without it after that, where the contest allows it: time to fill in the form.
FALLBACK_MS = 30 * 60_000
KEYS_MS, KEYS_AGAIN_MS = 10 * 60_000, 30_000
_CODE = re.compile(r"[\x21-\x7e]{1,2048}")
_GENDERS: dict[str, Gender] = {
    "nam": "male", "male": "male", "m": "male", "1": "male",
    "nữ": "female", "nu": "female", "female": "female", "f": "female", "2": "female", "0": "female",
}  # fmt: skip
# What is refused for good when the same code comes again.
_REFUSALS: dict[str, type[ContestError]] = {kind.code: kind for kind in (CodeRefused, IdentityTooWeak)}


def is_down(health: ProviderHealth, now: int) -> bool:
    """Whether the breaker is open."""
    return health.failures >= FAILURES and now - health.last_at < OPEN_MS


def was_down(health: ProviderHealth, now: int) -> bool:
    """Whether it was open lately enough for people to register without the provider."""
    return health.down_at > 0 and now - health.down_at < FALLBACK_MS


@dataclass(slots=True)
class _Keys:
    fetched_at: int = 0
    keys: list[Key] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ProviderSignIn:
    """``calls()`` gives one request's calls to the provider, with one budget of time over all of them.

    ``secret`` reads the client's secret. The keys of the provider are kept in this environment for ten minutes.
    """

    pepper: bytes
    calls: Callable[[], ProviderCalls]
    exchanges: Exchanges
    secret: Callable[[], bytes]
    _kept: dict[str, _Keys] = field(default_factory=dict)

    def begin(self, identity: Identity, now: int) -> tuple[str, str]:
        """The address at the provider, and the flow. Raises ``ProviderDown``.

        The provider's keys are fetched if those at hand are old: so nobody is sent to a provider that is down.
        """
        health = self._health(now)
        if now - self._keys_of(identity).fetched_at >= KEYS_MS:
            self._watched(health, now, lambda: self._fetch_keys(identity, self.calls(), now))
        body = f"{now + FLOW_MS}.{secrets.token_urlsafe(16)}"
        flow = f"{body}.{self._derived('flow', body)}"
        challenge = _b64(sha256(self._derived("verifier", flow).encode()).digest())
        asked = {
            "response_type": "code",
            "client_id": identity.client_id,
            "redirect_uri": identity.redirect_uri,
            "scope": identity.scope,
            "state": self._derived("state", flow),
            "nonce": self._derived("nonce", flow),
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            **({"acr_values": " ".join(identity.acr)} if identity.acr else {}),
        }
        joint = "&" if "?" in identity.authorization_endpoint else "?"
        return f"{identity.authorization_endpoint}{joint}{urlencode(asked)}", flow

    def finish(self, identity: Identity, flow: str, code: str, state: str, iss: str | None, now: int) -> Proven:
        """Who has signed in. The same call again has the same answer for ten minutes, whatever was lost.

        Raises ``FlowExpired``, ``OtherBrowser``, ``CodeRefused``, ``IdentityTooWeak``, ``ProviderDown`` or
        ``Busy``.
        """
        ends = self._end_of(flow)
        if not hmac.compare_digest(state.encode(errors="replace"), self._derived("state", flow).encode()):
            raise OtherBrowser
        if iss is not None and iss != identity.issuer:
            raise CodeRefused("another provider's answer")
        if not _CODE.fullmatch(code):
            raise CodeRefused("no code")
        once = self._derived("exchange", f"{flow}|{code}")
        if now >= ends:
            return self._kept_outcome(once, now, FlowExpired())
        if not self.exchanges.claim(once, now):
            return self._kept_outcome(once, now, CodeRefused("its exchange came to nothing"))
        try:
            health = self._health(now)
            proven: Proven = self._watched(health, now, lambda: self._exchanged(identity, flow, code, now))
        except ProviderDown:
            self.exchanges.release(once)  # perhaps the provider never saw the code
            raise
        except (CodeRefused, IdentityTooWeak) as refused:
            self.exchanges.keep(once, self._sealed(once, ["refused", refused.code]), now)
            raise
        self.exchanges.keep(once, self._sealed(once, ["proven", proven.encode()]), now)
        return proven

    def _end_of(self, flow: str) -> int:
        body, _, mac = flow.rpartition(".")
        good = hmac.compare_digest(mac.encode(errors="replace"), self._derived("flow", body).encode())
        if not good:
            raise FlowExpired
        return int(body.partition(".")[0])

    def _kept_outcome(self, once: str, now: int, otherwise: ContestError) -> Proven:
        exchange = self.exchanges.get(once)
        if exchange is None or (not exchange.sealed and now - exchange.claimed_at >= EXCHANGE_MS):
            raise otherwise
        if not exchange.sealed:
            raise Busy
        kind, content = json.loads(SecretBox(self._exchange_key(once)).decrypt(exchange.sealed))
        if kind == "refused":
            raise _REFUSALS[content]
        return Proven.decode(content)

    def _sealed(self, once: str, outcome: list[str]) -> bytes:
        return bytes(SecretBox(self._exchange_key(once)).encrypt(json.dumps(outcome).encode()))

    def _exchange_key(self, once: str) -> bytes:
        """A key for each exchange, which is stored nowhere: only who has flow and code leads to it."""
        return key_of(self.pepper, f"sealed|{once}")

    def _health(self, now: int) -> ProviderHealth:
        health = self.exchanges.health()
        if is_down(health, now):
            raise ProviderDown("nobody asks it for now", lasting=True)
        return health

    def _watched(self, health: ProviderHealth, now: int, action: Callable[[], Any]) -> Any:
        """Tells the breaker how ``action`` went: a provider that refuses is not down."""
        answered = True
        try:
            return action()
        except ProviderDown as error:
            answered = False
            self.exchanges.failed(now, WINDOW_MS, FAILURES)
            error.lasting = was_down(self.exchanges.health(), now)
            raise
        finally:
            if answered and health.failures:
                self.exchanges.recovered()

    def _exchanged(self, identity: Identity, flow: str, code: str, now: int) -> Proven:
        calls = self.calls()
        credentials = f"{quote_plus(identity.client_id)}:{quote_plus(self.secret())}".encode()
        tokens = calls.post(
            identity.token_endpoint,
            {"Authorization": f"Basic {b64encode(credentials).decode()}"},
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": identity.redirect_uri,
                "code_verifier": self._derived("verifier", flow),
            },
        )
        claims = self._checked(identity, tokens.get("id_token"), self._derived("nonce", flow), calls, now)
        told = claims
        if identity.userinfo_endpoint:
            access = str(tokens.get("access_token", ""))
            if not _CODE.fullmatch(access):
                raise CodeRefused("no access token")
            info = calls.get(identity.userinfo_endpoint, {"Authorization": f"Bearer {access}"})
            if info.get("sub") != claims["sub"]:  # Core 1.0, 5.3.2
                raise CodeRefused("the values are somebody else's")
            if any(name in claims and name in info and claims[name] != info[name] for name in _taken(identity)):
                raise IdentityTooWeak("the provider contradicts itself")
            told = {**info, **claims}
        return person_of(identity, told)

    def _checked(
        self, identity: Identity, token: Any, nonce: str, calls: ProviderCalls, now: int
    ) -> dict[str, Any]:
        """The claims of a good ID token (Core 1.0, 3.1.3.7)."""
        if not isinstance(token, str):
            raise CodeRefused("no ID token")
        kept = self._keys_of(identity)
        try:
            try:
                claims = opened(token, kept.keys)
            except UnknownKey:
                if now - kept.fetched_at < KEYS_AGAIN_MS:
                    raise
                claims = opened(token, self._fetch_keys(identity, calls, now))
        except UnknownKey as unknown:
            raise CodeRefused(str(unknown)) from None
        check_claims(claims, identity, nonce, now // 1000)
        return claims

    def _keys_of(self, identity: Identity) -> _Keys:
        return self._kept.setdefault(identity.jwks_uri, _Keys())

    def _fetch_keys(self, identity: Identity, calls: ProviderCalls, now: int) -> list[Key]:
        kept = self._keys_of(identity)
        try:
            keys = keys_of(calls.get(identity.jwks_uri, {}))
        except CodeRefused as refused:
            raise ProviderDown(f"its keys: {refused}") from refused
        if not keys:
            raise ProviderDown("no key that can be used here")
        kept.keys, kept.fetched_at = keys, now
        return keys

    def _derived(self, purpose: str, text: str) -> str:
        key = key_of(self.pepper, purpose)
        return _b64(hmac.digest(key, text.encode(errors="surrogatepass"), "sha256"))


def check_claims(claims: Mapping[str, Any], identity: Identity, nonce: str, now_s: int) -> None:
    """Raises ``CodeRefused`` or ``IdentityTooWeak``."""
    audience = claims.get("aud")
    if claims.get("iss") != identity.issuer:
        raise CodeRefused("another issuer")
    if (audience if isinstance(audience, list) else [audience]) != [identity.client_id]:
        raise CodeRefused("for somebody else")
    if claims.get("azp", identity.client_id) != identity.client_id:
        raise CodeRefused("asked for by somebody else")
    expires, issued = claims.get("exp"), claims.get("iat")
    if not _is_number(expires) or now_s >= expires + SKEW_S:
        raise CodeRefused("expired")
    if not _is_number(issued) or not now_s - FLOW_MS // 1000 <= issued <= now_s + SKEW_S:
        raise CodeRefused("not issued just now")
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(errors="replace"), nonce.encode()):
        raise CodeRefused("for another flow")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255:
        raise CodeRefused("for nobody")
    if identity.acr and claims.get("acr") not in identity.acr:
        raise IdentityTooWeak(f"acr {claims.get('acr')!r}")


def person_of(identity: Identity, claims: Mapping[str, Any]) -> Proven:
    """The claims as a registration's values; what is of no use to one is asked for in the form.

    Raises ``IdentityTooWeak`` if no citizen ID is proved.
    """
    names = identity.claims

    def told(name: str) -> str:
        value = claims.get(name) if name else None
        return str(value)[:200] if isinstance(value, str | int) and not isinstance(value, bool) else ""

    citizen_id = number_in(told(names.citizen_id))
    if not is_citizen_id(citizen_id):
        raise IdentityTooWeak("no citizen ID")
    name, phone = name_in(told(names.full_name)), phone_in(told(names.phone))
    born, sex = _date(told(names.date_of_birth).strip()), _GENDERS.get(name_in(told(names.gender)).casefold())
    if born and not any(
        citizen_id_fits(citizen_id, born, one) for one in ([sex] if sex else ("male", "female"))
    ):
        born = sex = None  # it cannot be this citizen's: the form asks for both
    return Proven(
        citizen_id,
        full_name=name if len(name) <= LONGEST_NAME and is_name(name) else None,
        date_of_birth=born,
        gender=sex,
        phone=phone if is_phone(phone) else None,
    )


def _taken(identity: Identity) -> list[str]:
    return [name for name in identity.claims.model_dump().values() if name]


def _date(text: str) -> date | None:
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
    return None


def _is_number(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
