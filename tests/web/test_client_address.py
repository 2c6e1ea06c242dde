"""The origin of a request, behind CloudFront and API Gateway and on this machine."""

from __future__ import annotations

import pytest
from chalice.app import CaseInsensitiveMapping

from chalicelib.web.client_address import client_address

GATEWAY_SEES = {"identity": {"sourceIp": "64.252.1.1"}}


@pytest.mark.parametrize(
    ("forwarded", "source"),
    [
        ("203.0.113.7, 64.252.1.1", "203.0.113.7"),
        ("made up, 1.1.1.1, 203.0.113.7,64.252.1.1", "203.0.113.7"),
        ("2001:db8::7, 64.252.1.1", "2001:db8::7"),
        ("203.0.113.7", "64.252.1.1"),
        ("", "64.252.1.1"),
    ],
)
def test_the_client_address_is_the_one_cloudfront_saw(forwarded: str, source: str) -> None:
    assert client_address(GATEWAY_SEES, CaseInsensitiveMapping({"X-Forwarded-For": forwarded})) == source


@pytest.mark.parametrize("context", [{}, {"identity": {}}])
def test_requests_without_an_address_share_one_source(context: dict[str, object]) -> None:
    assert client_address(context, {}) == ""
