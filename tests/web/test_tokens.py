"""Session tokens: forged, foreign, expired, signed with an older key; a forger is left no choice."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib

import pytest
from itsdangerous import URLSafeSerializer

from chalicelib.domain.errors import Unauthorized
from chalicelib.services.exam.exam import Person
from chalicelib.web.tokens import LIFETIME_MS, Tokens
from tests.fakes import START_MS

KEY, OLD = b"k" * 32, b"o" * 32
AN = Person("aa" + "0" * 18, "SO-A", "mandatory")
TOKENS = Tokens([KEY])
TOKEN, EXPIRES = TOKENS.issue(AN, START_MS)


def refused(authorization: str | None, now: int = START_MS, tokens: Tokens = TOKENS) -> bool:
    try:
        tokens.check(authorization, now)
    except Unauthorized:
        return True
    return False


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def test_a_token_identifies_the_person() -> None:
    assert TOKENS.check(f"Bearer {TOKEN}", START_MS) == AN


def test_the_scheme_is_accepted_in_upper_or_lower_case() -> None:
    assert TOKENS.check(f"bearer {TOKEN}", START_MS) == AN


def test_a_token_holds_an_id_a_unit_a_category_and_an_expiry_and_no_personal_data() -> None:
    payload = TOKEN.rpartition(".")[0].encode()
    assert URLSafeSerializer(KEY).load_payload(payload) == [*AN, EXPIRES]


def test_a_token_is_valid_until_its_expiry_and_not_a_millisecond_longer() -> None:
    assert EXPIRES == START_MS + LIFETIME_MS
    assert TOKENS.check(f"Bearer {TOKEN}", EXPIRES - 1) == AN
    assert refused(f"Bearer {TOKEN}", EXPIRES)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"Basic {TOKEN}",
        f"Token {TOKEN}",
        "Bearer .",
        "Bearer ..",
        "Bearer null",
        f"Bearer {TOKEN}.",
        f"Bearer .{TOKEN}",
        f"Bearer {TOKEN} {TOKEN}",
        f"Bearer {TOKEN}x",
        "Bearer \udcff",
        "Bearer é.è",
        "Bearer " + "A" * 100_000,
    ],
)
def test_text_that_is_not_a_token_is_refused(authorization: str | None) -> None:
    assert refused(authorization)


@pytest.mark.parametrize("at", range(0, len(TOKEN), 3))
def test_a_token_with_one_character_changed_is_refused(at: int) -> None:
    changed = "A" if TOKEN[at] != "A" else "Q"
    assert refused(f"Bearer {TOKEN[:at]}{changed}{TOKEN[at + 1 :]}")


def test_a_token_of_another_system_is_refused() -> None:
    foreign, _ = Tokens([b"f" * 32]).issue(AN, START_MS)
    assert refused(f"Bearer {foreign}")


def test_something_else_signed_with_the_same_key_is_not_a_session() -> None:
    other = URLSafeSerializer(KEY, salt="receipt", signer_kwargs={"digest_method": hashlib.sha256})
    assert refused(f"Bearer {other.dumps([*AN, EXPIRES])}")


def test_the_payload_of_one_token_does_not_go_with_the_signature_of_another() -> None:
    other, _ = TOKENS.issue(Person("bb" + "0" * 18, "SO-B", "encouraged"), START_MS)
    assert refused(f"Bearer {other.rpartition('.')[0]}.{TOKEN.rpartition('.')[2]}")


def test_a_payload_with_a_prolonged_expiry_is_refused() -> None:
    payload = unpadded(json.dumps([*AN, EXPIRES + LIFETIME_MS]).encode())
    assert refused(f"Bearer {payload}.{TOKEN.rpartition('.')[2]}")


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "RS256"])
def test_a_json_web_token_of_any_algorithm_is_refused(algorithm: str) -> None:
    header = unpadded(json.dumps({"alg": algorithm, "typ": "JWT"}).encode())
    claims = unpadded(json.dumps({"sub": AN.participant_id, "exp": 9_999_999_999}).encode())
    for signature in ("", unpadded(hashlib.sha256(KEY).digest())):
        assert refused(f"Bearer {header}.{claims}.{signature}")


def test_a_weaker_digest_is_not_accepted() -> None:
    weak = URLSafeSerializer(
        KEY, salt="session", signer_kwargs={"digest_method": hashlib.sha1, "key_derivation": "hmac"}
    )
    assert refused(f"Bearer {weak.dumps([*AN, EXPIRES])}")


def test_a_compression_bomb_is_not_unpacked_before_its_signature_is_checked() -> None:
    bomb = "." + unpadded(zlib.compress(b"[" * 300_000))
    assert refused(f"Bearer {bomb[:400]}.{TOKEN.rpartition('.')[2]}")


@pytest.mark.parametrize("payload", [[], [1], {"a": 1}, None, [*AN], [*AN, EXPIRES, 1]])
def test_a_signed_payload_of_the_wrong_form_is_refused(payload: object) -> None:
    signer = URLSafeSerializer(
        KEY, salt="session", signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    )
    assert refused(f"Bearer {signer.dumps(payload)}")


def test_old_tokens_are_still_valid_after_a_change_of_keys() -> None:
    before, _ = Tokens([OLD]).issue(AN, START_MS)
    after = Tokens([OLD, KEY])
    assert after.check(f"Bearer {before}", START_MS) == AN


def test_new_tokens_are_signed_with_the_newest_key() -> None:
    fresh, _ = Tokens([OLD, KEY]).issue(AN, START_MS)
    assert Tokens([KEY]).check(f"Bearer {fresh}", START_MS) == AN
    assert refused(f"Bearer {fresh}", tokens=Tokens([OLD]))


def test_a_removed_key_is_no_longer_valid() -> None:
    before, _ = Tokens([OLD]).issue(AN, START_MS)
    assert refused(f"Bearer {before}", tokens=Tokens([KEY]))


class Vault:
    """Keys that change, and a count of how often they are looked up."""

    def __init__(self, *keys: bytes) -> None:
        self.keys, self.looks = list(keys), 0

    def __call__(self) -> list[bytes]:
        self.looks += 1
        return self.keys


def test_a_running_system_learns_of_a_new_key_from_the_first_token_it_cannot_verify() -> None:
    vault = Vault(OLD)
    running = Tokens([OLD], vault)
    vault.keys = [OLD, KEY]
    assert running.check(f"Bearer {TOKEN}", START_MS) == AN
    assert running.check(f"Bearer {TOKEN}", START_MS) == AN
    assert vault.looks == 1


def test_forged_tokens_make_it_look_for_keys_at_most_once_a_minute() -> None:
    vault = Vault(KEY)
    running = Tokens([KEY], vault)
    for second in range(60):
        assert refused("Bearer forged.token", START_MS + second * 1_000, running)
    assert vault.looks == 1
    assert refused("Bearer forged.token", START_MS + 60_000, running)
    assert vault.looks == 2


def test_valid_tokens_never_make_it_look_for_keys() -> None:
    vault = Vault(KEY)
    assert Tokens([KEY], vault).check(f"Bearer {TOKEN}", START_MS) == AN
    assert refused(f"Bearer {TOKEN}", EXPIRES, Tokens([KEY], vault))
    assert vault.looks == 0
