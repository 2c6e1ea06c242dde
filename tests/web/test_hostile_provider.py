"""A provider that lies, or somebody in between: nobody is proved by anything but a whole, true answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from chalicelib.domain.errors import CodeRefused, ContestError, IdentityTooWeak, ProviderDown
from chalicelib.services.people.provider_sign_in import KEYS_AGAIN_MS, KEYS_MS
from tests.fakes import definition
from tests.identity_table import identity
from tests.provider import PERSON, Answer, Request, hostile
from tests.services.people.test_id_tokens import RSA, rsa_key, token
from tests.web.counter import Counter, body

OTHER = rsa.generate_private_key(65537, 2048)


class Liar:
    """Answers truly unless told otherwise; ``head``, ``claims``, ``info`` change single values."""

    def __init__(self) -> None:
        self.key, self.keys = RSA, [rsa_key()]
        self.head: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.info: dict[str, Any] = {}
        self.tokens: dict[str, Any] = {}
        self.nonce = self.url = ""
        self.asked: list[str] = []
        self.answers: dict[str, Answer] = {
            "/oauth2/token": self._token,
            "/jwks": lambda request: self._say(request, {"keys": self.keys}),
            "/userinfo": lambda request: self._say(request, {"sub": "an", **PERSON, **self.info}),
        }

    def _say(self, request: Request, content: Any) -> None:
        self.asked.append(request.path)
        request.say(content)

    def _token(self, request: Request) -> None:
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": "cuoc-thi",
            "exp": now + 60,
            "iat": now,
            "nonce": self.nonce,
            "sub": "an",
        }
        signed = token(
            lambda message: self.key.sign(message, padding.PKCS1v15(), hashes.SHA256()),
            {"alg": "RS256", "kid": "r", **self.head},
            {name: value for name, value in {**claims, **self.claims}.items() if value is not None},
        )
        told = {"id_token": signed, "access_token": "x", "token_type": "Bearer", **self.tokens}
        self._say(request, {name: value for name, value in told.items() if value is not None})


@pytest.fixture
def liar() -> Iterator[Liar]:
    made = Liar()
    with hostile(made.answers) as url:
        made.url = url
        yield made


@pytest.fixture
def counter(liar: Liar) -> Counter:
    made = Counter(definition(identity=identity(liar.url, "https://thi.example.vn/")))
    made.clock.now = time.time_ns() // 1_000_000
    return made


def finish(counter: Counter, liar: Liar) -> int:
    """Somebody comes back from there."""
    begun = counter.provider.begin()
    query = parse_qs(urlsplit(begun["url"]).query)
    liar.nonce = query["nonce"][0]
    answer = {"flow": begun["flow"], "code": "a-code", "state": query["state"][0]}
    return counter.provider.finish(body(answer))[0]


def test_the_true_answer_is_believed(counter: Counter, liar: Liar) -> None:
    assert finish(counter, liar) == 202


def unsigned(liar: Liar) -> None:
    liar.head = {"alg": "none"}


def signed_by_another(liar: Liar) -> None:
    liar.key = OTHER


def of_an_unknown_key(liar: Liar) -> None:
    liar.head = {"kid": "another"}


def of_another_issuer(liar: Liar) -> None:
    liar.claims = {"iss": "https://another.example"}


def for_another_client(liar: Liar) -> None:
    liar.claims = {"aud": "another"}


def of_another_flow(liar: Liar) -> None:
    liar.claims = {"nonce": "another"}


def without_nonce(liar: Liar) -> None:
    liar.claims = {"nonce": None}


def expired(liar: Liar) -> None:
    liar.claims = {"exp": int(time.time()) - 100}


def without_token(liar: Liar) -> None:
    liar.tokens = {"id_token": None}


def with_a_number_for_a_token(liar: Liar) -> None:
    liar.tokens = {"id_token": 7}


def with_a_header_in_the_access_token(liar: Liar) -> None:
    liar.tokens = {"access_token": "x\r\nHost: another"}


def with_values_of_another(liar: Liar) -> None:
    liar.info = {"sub": "another"}


def without_any_subject(liar: Liar) -> None:
    liar.claims = {"sub": None}


@pytest.mark.parametrize(
    "lie",
    [
        unsigned, signed_by_another, of_an_unknown_key, of_another_issuer, for_another_client, of_another_flow,
        without_nonce, expired, without_token, with_a_number_for_a_token, with_a_header_in_the_access_token,
        with_values_of_another, without_any_subject,
    ],
)  # fmt: skip
def test_whatever_is_wrong_with_the_token_nobody_is_proved(
    counter: Counter, liar: Liar, lie: Callable[[Liar], None]
) -> None:
    lie(liar)
    with pytest.raises(CodeRefused):
        finish(counter, liar)


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"SoDinhDanh": None}, IdentityTooWeak),
        ({"SoDinhDanh": ["040090000001"]}, IdentityTooWeak),
        ({"SoDinhDanh": "04009000000"}, IdentityTooWeak),
        ({"SoDinhDanh": "040090000001<script>"}, IdentityTooWeak),
    ],
    ids=str,
)
def test_a_citizen_id_that_is_none_proves_nobody(
    counter: Counter, liar: Liar, told: dict[str, Any], refusal: type[ContestError]
) -> None:
    liar.info = told
    with pytest.raises(refusal):
        finish(counter, liar)


def test_a_token_and_a_userinfo_that_contradict_each_other_prove_nobody(counter: Counter, liar: Liar) -> None:
    liar.claims = {"SoDinhDanh": "040190000002"}
    with pytest.raises(IdentityTooWeak):
        finish(counter, liar)


def test_new_keys_of_the_provider_are_fetched_once_they_are_needed(counter: Counter, liar: Liar) -> None:
    assert finish(counter, liar) == 202
    liar.key, liar.keys, liar.head = OTHER, [rsa_key(OTHER, kid="new")], {"kid": "new"}
    with pytest.raises(CodeRefused):  # not more often than every half minute
        finish(counter, liar)
    counter.clock.now += KEYS_AGAIN_MS
    assert finish(counter, liar) == 202
    assert liar.asked.count("/jwks") == 2


def test_a_key_that_the_provider_takes_away_is_believed_for_ten_minutes_at_most(
    counter: Counter, liar: Liar
) -> None:
    assert finish(counter, liar) == 202
    liar.keys = [rsa_key(OTHER, kid="new")]
    counter.clock.now += KEYS_MS
    liar.claims = {"iat": counter.clock.now // 1000, "exp": counter.clock.now // 1000 + 60}
    with pytest.raises(CodeRefused):
        finish(counter, liar)


@pytest.mark.parametrize("keys", [[], [{"kty": "oct", "k": "x"}], "none"])
def test_a_provider_without_keys_is_down(counter: Counter, liar: Liar, keys: Any) -> None:
    liar.keys = keys
    with pytest.raises(ProviderDown):
        counter.provider.begin()
