"""Signatures are compared with botocore's own, which AWS has accepted for years."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from chalicelib.storage import signatures
from chalicelib.storage.signatures import Credentials, Signer

REGION, HOST = "ap-southeast-1", "service.ap-southeast-1.amazonaws.com"
NOW = 1_661_130_000.0
ROLE = Credentials("AKIA", "secret/+=", "")
SESSION = Credentials("ASIA", "secret", "token//+=")
TARGET = {"X-Amz-Target": "DynamoDB_20120810.UpdateItem", "Content-Type": "application/x-amz-json-1.0"}
REQUESTS = [
    ("dynamodb", "POST", "/", TARGET, b'{"a":1}'),
    ("lambda", "POST", "/2015-03-31/functions/arn:aws:lambda:x:1:function:f/invocations", {}, b"{}"),
    ("s3", "GET", "/desk/reference/a-b_c.json", {}, b""),
    ("s3", "PUT", "/desk/inbox/a.csv", {"Content-Type": "text/csv; charset=utf-8"}, "Lê An".encode()),
]


def clock(moment: float = NOW) -> float:
    return moment


@pytest.mark.parametrize(("service", "method", "path", "headers", "body"), REQUESTS)
@pytest.mark.parametrize("who", [ROLE, SESSION])
def test_a_request_is_signed_as_botocore_signs_it(
    who: Credentials, service: str, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    ours = Signer(REGION, lambda: who, clock).sign(service, HOST, method, path, headers, body)
    request = AWSRequest(method, f"https://{HOST}{path}", data=body, headers=headers)
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(
        BotocoreCredentials(who.key, who.secret, who.token or None), service, REGION
    )
    request.context["timestamp"] = ours["X-Amz-Date"]
    request.headers["X-Amz-Date"] = ours["X-Amz-Date"]
    if who.token:
        request.headers["X-Amz-Security-Token"] = who.token
    if service == "s3":
        request.headers["X-Amz-Content-SHA256"] = ours["X-Amz-Content-Sha256"]
    text = signer.string_to_sign(request, signer.canonical_request(request))
    assert ours["Authorization"].endswith(f"Signature={signer.signature(text, request)}")
    assert f"SignedHeaders={signer.signed_headers(signer.headers_to_sign(request))}," in ours["Authorization"]


def test_the_key_of_a_day_is_made_once_and_anew_the_next_day(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    digest = signatures.hmac.digest

    def counting(key: bytes, message: bytes, kind: str) -> bytes:
        made.append(kind)
        return digest(key, message, kind)

    monkeypatch.setattr(signatures.hmac, "digest", counting)
    moment = [NOW]
    signer = Signer(REGION, lambda: ROLE, lambda: moment[0])
    counts = []
    for later in (0, 1, 86_400):
        made.clear()
        moment[0] = NOW + later
        signer.sign("dynamodb", HOST, "POST", "/", {}, b"")
        counts.append(len(made))
    assert counts == [5, 1, 5]


def test_rotated_credentials_are_taken_and_unchanged_ones_are_no_reason_to_try_again() -> None:
    held = [ROLE]
    signer = Signer(REGION, lambda: held[0], clock)
    assert not signer.told_wrong("ExpiredTokenException", "")
    held[0] = SESSION
    assert signer.told_wrong("ExpiredTokenException", "")
    signed = signer.sign("dynamodb", HOST, "POST", "/", {}, b"")
    assert signed["X-Amz-Security-Token"] == SESSION.token
    assert "Credential=ASIA/" in signed["Authorization"]


@pytest.mark.parametrize("code", ["RequestTimeTooSkewed", "InvalidSignatureException"])
def test_a_wrong_clock_is_corrected_by_the_answers_date(code: str) -> None:
    signer = Signer(REGION, lambda: ROLE, clock)
    assert signer.told_wrong(code, formatdate(NOW + 3_600, usegmt=True))
    day = signer.sign("dynamodb", HOST, "POST", "/", {}, b"")["X-Amz-Date"]
    assert day == "20220822T020000Z"
    assert not signer.told_wrong(code, formatdate(NOW + 3_601, usegmt=True)), "it is right by now"


def test_a_refusal_for_another_reason_changes_nothing() -> None:
    signer = Signer(REGION, lambda: ROLE, clock)
    before = signer.sign("dynamodb", HOST, "POST", "/", {}, b"")
    assert not signer.told_wrong("ValidationException", formatdate(NOW + 3_600, usegmt=True))
    assert not signer.told_wrong("SignatureDoesNotMatch", formatdate(NOW + 1, usegmt=True))
    assert not signer.told_wrong("SignatureDoesNotMatch", "")
    assert signer.sign("dynamodb", HOST, "POST", "/", {}, b"") == before
