"""The deployed stack under hostile requests and files, after its contest was played."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from botocore.exceptions import ClientError

from chalicelib.documents.contest_in_force import KEY as CURRENT
from tests.stack import Stack, wait_for

SITE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


def raw(stack: Stack, *lines: str, body: bytes = b"") -> tuple[int, bytes]:
    """Status and body of the answer to a request sent as written, without a client that would tidy it up."""
    address = urlsplit(stack.site_url)
    with socket.create_connection((str(address.hostname), address.port or 80), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), content


def get(stack: Stack, path: str, *headers: str) -> tuple[int, bytes]:
    return raw(stack, f"GET {path} HTTP/1.1", "Host: x", "Connection: close", *headers)


@pytest.mark.parametrize(
    "path",
    [
        "/_ministack/health",
        "/_aws/execute-api/x/api/health",
        "/api/../_ministack/health",
        "/js/../_ministack/health",
        "/%2e%2e/_ministack/health",
        "/data/../../pointers/contest",
        "/data/%2e%2e/%2e%2e/pointers/contest",
        "/pointers/contest",
        "/results/current.json",
        "/inbox/",
        "//pointers/contest",
        "/data/..%2freference%2fcurrent.json",
        "/data/current.json%00.html",
        "/data/\\..\\reference",
    ],
)
def test_no_path_leads_out_of_site_and_api(stack: Stack, path: str) -> None:
    status, body = get(stack, path)
    assert status in {400, 403, 404}, body[:200]
    assert b"loaded_at" not in body
    assert b"services" not in body


@pytest.mark.parametrize(
    "path",
    [
        "/api/attempts/..%2f..%2fme",
        "/api/attempts/%00",
        "/api/attempts/%252e%252e",
        "/api/attempts/" + "9" * 6_000,
        "/api/attempts/1-1-1-1/../../me",
        "/api/attempts/%F0%9F%98%80",
        "/api/ATTEMPTS/1",
        "/api//me",
        "/api/me/",
        "/api/me?token=x&token=y",
    ],
)
def test_no_trick_in_a_path_passes_for_a_route_or_breaks_one(stack: Stack, path: str) -> None:
    status, body = get(stack, path, "Authorization: Bearer x")
    assert status in {400, 401, 403, 404, 414}, body[:200]


@pytest.mark.parametrize(
    "header",
    [
        "X-HTTP-Method-Override: DELETE",
        "X-Original-URL: /api/me",
        "X-Rewrite-URL: /api/me",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-For: 127.0.0.1",
        "Authorization: Bearer",
        "X-Amz-Security-Token: x",
        "Cookie: token=x",
    ],
)
def test_no_header_changes_the_request(stack: Stack, header: str) -> None:
    status, body = get(stack, "/api/health", header)
    assert status == 200
    assert b"evil" not in body
    status, _ = get(stack, "/api/me", header)
    assert status == 401


def test_two_lengths_are_refused(stack: Stack) -> None:
    # This is the one local proxy; in the cloud CloudFront stands here.
    smuggled = b"0\r\n\r\nGET /_ministack/health HTTP/1.1\r\nHost: x\r\n\r\n"
    request = ("POST /api/sessions HTTP/1.1", "Host: x", "Connection: close", "Content-Type: application/json")
    for lengths in (
        (f"Content-Length: {len(smuggled)}", "Transfer-Encoding: chunked"),
        ("Content-Length: 5", f"Content-Length: {len(smuggled)}"),
    ):
        status, body = raw(stack, *request, *lengths, body=smuggled)
        assert status == 400
        assert b"services" not in body


def test_bodies_that_expand_or_nest_too_far_are_refused(stack: Stack) -> None:
    headers = {"Content-Type": "application/json"}
    packed = {"Content-Encoding": "gzip"}
    swelling = gzip.compress(b'{"citizen_id":"' + b"0" * 3_000_000 + b'"}')
    for data in (
        b"[" * 8_000,
        b'{"answers":' * 1_400,
        b'{"citizen_id":"' + b"0" * 100_000 + b'"}',
        swelling,
        b'{"citizen_id":NaN}',
        b"\xff\xfe{}",
        b'{"citizen_id":"\\ud800","password":"\\u0000"}',
    ):
        extra = packed if data is swelling else {}
        answer = requests.post(f"{stack.site_url}/api/sessions", data=data, headers=headers | extra, timeout=30)
        assert answer.status_code in {400, 401, 413, 415, 422}, answer.text[:200]
        assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_every_answer_of_site_and_api_has_its_security_headers(stack: Stack) -> None:
    found = {path: stack.site(path) for path in ("/", "/data/contest.json", "/data/nothing.json")}
    found |= {path: stack.site(f"/api{path}") for path in ("/health", "/me", "/nowhere")}
    found["refused"] = stack.call("POST", "/sessions", {"citizen_id": 1})
    for path, answer in found.items():
        headers = answer.headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe" not in headers["Content-Security-Policy"], path
        assert "max-age=31536000" in headers["Strict-Transport-Security"], path
        assert {name: headers.get(name) for name in SITE_HEADERS} == SITE_HEADERS, path
        assert not {"X-Powered-By", "X-AspNet-Version"} & set(headers), path


@pytest.mark.parametrize(
    "name",
    [
        "units.csv\u202e",
        "=cmd|' C calc'!A1.csv",
        "<img src=x onerror=alert(1)>.csv",
        "đơn vị “mới” %2e%2e%2f.csv",
        "..",
        "x" * 990 + ".csv",
    ],
    ids=["turned", "formula", "markup", "unicode", "dots", "long"],
)
def test_a_file_of_any_name_in_the_inbox_is_answered_and_leads_nowhere(stack: Stack, name: str) -> None:
    s3, desk = stack.client("s3"), stack.stack["desk_bucket"]
    before = stack.pointer(CURRENT)
    known = answers_of(s3, desk)
    s3.put_object(Bucket=desk, Key=f"inbox/kept/account/{name}", Body=b"x")

    def answer() -> dict[str, Any] | None:
        for key in answers_of(s3, desk) - known:
            report: dict[str, Any] = json.loads(stack.desk(key))
            if report["file"] == name:
                return report
        return None

    report = wait_for(answer, 60, f"an answer to {name[:40]!r}")
    assert report["accepted"] is False
    assert stack.pointer(CURRENT) == before


def answers_of(s3: Any, desk: str) -> set[str]:
    listed = s3.list_objects_v2(Bucket=desk, Prefix="intake/").get("Contents", [])
    return {item["Key"] for item in listed if item["Key"].endswith(".json")}


def test_a_link_signed_by_a_stranger_opens_nothing(stack: Stack) -> None:
    stranger = Stack({**stack.stack, "aws_access_key_id": "stranger", "aws_secret_access_key": "x"})
    with pytest.raises(ClientError):
        stranger.desk("results/current.json")
    link = stranger.client("s3").generate_presigned_url(
        "get_object", Params={"Bucket": stack.stack["desk_bucket"], "Key": "results/current.json"}
    )
    assert requests.get(link, timeout=30).status_code == 403
    path = link.removeprefix(stack.stack["aws_endpoint_url"])
    assert stack.site(path).status_code in {403, 404}  # at the site's address, which is the public one


def taken_over(stack: Stack, function: str) -> Stack:
    """The stack for somebody who has the rights of a function, and no others."""
    iam = stack.client("iam")
    role = stack.client("lambda").get_function_configuration(FunctionName=function)["Role"].rpartition("/")[2]
    iam.create_user(UserName=function)
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        rights = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        iam.put_user_policy(UserName=function, PolicyName=name, PolicyDocument=json.dumps(rights))
    key = iam.create_access_key(UserName=function)["AccessKey"]
    return Stack(
        {
            **stack.stack,
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        }
    )


def denied(call: Callable[..., Any], **arguments: Any) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        call(**arguments)


def test_who_takes_over_the_reader_of_files_finds_nothing_to_steal_and_nothing_to_change(stack: Stack) -> None:
    thief, desk, site = taken_over(stack, "cuoc-thi-local-read-file"), *buckets(stack)
    s3, dynamodb = thief.client("s3"), thief.client("dynamodb")
    zip_file = "inbox/kept/account/contest.zip"
    assert s3.get_object(Bucket=desk, Key=zip_file)[
        "Body"
    ].read()  # so the others are refused for what they are
    for secret in stack.client("secretsmanager").list_secrets()["SecretList"]:
        denied(thief.client("secretsmanager").get_secret_value, SecretId=secret["ARN"])
    for table in stack.stack["tables"].values():
        denied(dynamodb.scan, TableName=table)
        denied(dynamodb.delete_item, TableName=table, Key={"id": {"S": "x"}})
    for key in ("reference/current.json", "reference/data-key.json", "results/current.json"):
        denied(s3.get_object, Bucket=desk, Key=key)
        denied(s3.put_object, Bucket=desk, Key=key, Body=b"{}")
    denied(s3.put_object, Bucket=desk, Key=zip_file, Body=b"")
    denied(s3.put_object, Bucket=site, Key="data/results/week-1.json", Body=b"{}")


def test_who_takes_over_the_api_sees_nothing_of_what_organisers_send(stack: Stack) -> None:
    thief, desk, site = taken_over(stack, "cuoc-thi-local-api"), *buckets(stack)
    s3, dynamodb = thief.client("s3"), thief.client("dynamodb")
    denied(s3.list_objects_v2, Bucket=desk)
    for key in ("inbox/kept/account/contest.zip", "results/current.json"):
        denied(s3.get_object, Bucket=desk, Key=key)
    denied(s3.put_object, Bucket=desk, Key="reference/current.json", Body=b"{}")
    denied(s3.put_object, Bucket=site, Key="data/results/week-1.json", Body=b"{}")
    for table in stack.stack["tables"].values():
        denied(dynamodb.scan, TableName=table)


def buckets(stack: Stack) -> tuple[str, str]:
    return stack.stack["desk_bucket"], stack.stack["site_bucket"]
