"""Registering with a provider of another make: Cognito, as MiniStack plays it."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from chalicelib.domain.errors import CodeRefused
from infra.local.ministack import MiniStack
from tests.fakes import definition
from tests.identity_table import identity
from tests.web.counter import AN, HOME, Counter, body

SITE, PASSWORD = "https://thi.example.vn/", "Mat-khau-dai-2022"
CITIZEN_ID = "custom:SoDinhDanh"


@dataclass(frozen=True)
class Cognito:
    """A user pool with one user, An; ``told`` is the ``[identity]`` of a contest that uses it.

    ``others_keys``: the address of the keys of another pool.
    """

    told: dict[str, Any]
    secret: bytes
    others_keys: str

    def sign_in(self, address: str) -> dict[str, str]:
        """What a person does on the hosted page; the parameters with which it comes back."""
        page = requests.get(address, timeout=10)
        assert page.status_code == 200, page.text
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
        form = {name: html.unescape(value) for name, value in hidden} | {"username": "an", "password": PASSWORD}
        target = address.partition("/oauth2/")[0] + "/login"
        answer = requests.post(target, data=form, allow_redirects=False, timeout=10)
        assert answer.status_code == 302, answer.text
        returned = answer.headers["Location"]
        assert returned.startswith(SITE)
        return {name: values[0] for name, values in parse_qs(urlsplit(returned).query).items()}


@pytest.fixture(scope="module")
def cognito(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cognito]:
    folder = tmp_path_factory.mktemp("cognito")
    with MiniStack(folder / "state", folder / "ministack.log") as aws:
        client = aws.client("cognito-idp")
        schema = [{"Name": "SoDinhDanh", "AttributeDataType": "String", "Mutable": True}]
        pool = client.create_user_pool(PoolName="people", Schema=schema)["UserPool"]["Id"]
        app = client.create_user_pool_client(
            UserPoolId=pool,
            ClientName="cuoc-thi",
            GenerateSecret=True,
            CallbackURLs=[SITE],
            AllowedOAuthFlows=["code"],
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthScopes=["openid", "profile", "phone"],
            SupportedIdentityProviders=["COGNITO"],
        )["UserPoolClient"]
        person = {
            CITIZEN_ID: AN["citizen_id"],
            "name": AN["full_name"],
            "birthdate": AN["date_of_birth"],
            "gender": AN["gender"],
            "phone_number": "+84" + AN["phone"][1:],
        }
        attributes = [{"Name": name, "Value": value} for name, value in person.items()]
        client.admin_create_user(
            UserPoolId=pool, Username="an", UserAttributes=attributes, MessageAction="SUPPRESS"
        )
        client.admin_set_user_password(UserPoolId=pool, Username="an", Password=PASSWORD, Permanent=True)
        other = client.create_user_pool(PoolName="others")["UserPool"]["Id"]
        found = requests.get(f"{aws.url}/{pool}/.well-known/openid-configuration", timeout=10).json()
        published = {name: url for name, url in found.items() if name in identity("", "")}
        told = identity(
            aws.url, SITE, **published, client_id=app["ClientId"], claims={"citizen_id": CITIZEN_ID}
        )
        yield Cognito(told, app["ClientSecret"].encode(), f"{aws.url}/{other}/.well-known/jwks.json")


def desk(cognito: Cognito, **changed: Any) -> Counter:
    """A contest with this provider, at the time of its clock."""
    counter = Counter(definition(identity={**cognito.told, **changed}))
    counter.clock.now = time.time_ns() // 1_000_000
    sign_in = replace(counter.provider.sign_in, secret=lambda: cognito.secret)
    counter.provider = replace(counter.provider, sign_in=sign_in)
    return counter


def returned(counter: Counter, cognito: Cognito) -> dict[str, str]:
    """The body that the page sends when An comes back."""
    begun = counter.provider.begin()
    return {"flow": begun["flow"], **cognito.sign_in(begun["url"])}


def test_whom_cognito_proves_registers_with_what_its_tokens_and_its_userinfo_tell(cognito: Cognito) -> None:
    counter = desk(cognito)
    sent = returned(counter, cognito)
    status, answer = counter.provider.finish(body(sent))
    ticket = dict(answer)
    known = {name: AN[name] for name in ("citizen_id", "full_name", "date_of_birth", "gender", "phone")}
    assert (status, ticket["known"], ticket["missing"]) == (202, known, [])
    rest = {name: AN[name] for name in ("unit_code", "category", "password", "consent")}
    person = counter.account.register(body({**rest, "ticket": ticket["ticket"]}), HOME)["participant"]
    assert person["verified"] == "provider"
    assert counter.provider.finish(body(returned(counter, cognito)))[0] == 200  # signs in with it too


def test_cognito_holds_a_code_to_the_challenge_of_its_flow(cognito: Cognito) -> None:
    counter = desk(cognito)
    theirs, mine = returned(counter, cognito), counter.provider.begin()
    state = parse_qs(urlsplit(mine["url"]).query)["state"][0]
    with pytest.raises(CodeRefused, match="invalid_grant"):
        counter.provider.finish(body({**theirs, "flow": mine["flow"], "state": state}))
    assert counter.provider.finish(body(theirs))[0] == 202  # the owner's code is still good


def test_a_token_of_another_issuer_or_under_another_pools_key_proves_nobody(cognito: Cognito) -> None:
    for changed, why in (
        ({"issuer": cognito.told["issuer"] + "x"}, "another issuer"),
        ({"jwks_uri": cognito.others_keys}, "no key"),
    ):
        counter = desk(cognito, **changed)
        with pytest.raises(CodeRefused, match=why):
            counter.provider.finish(body(returned(counter, cognito)))
        assert counter.people.people == {}


def test_a_wrong_client_secret_gets_no_token_of_cognito(cognito: Cognito) -> None:
    counter = desk(replace(cognito, secret=b"another"))
    with pytest.raises(CodeRefused, match="invalid_client"):
        counter.provider.finish(body(returned(counter, cognito)))
