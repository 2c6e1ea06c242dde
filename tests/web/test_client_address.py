"""Where a request comes from, behind CloudFront and API Gateway and on this machine."""

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
def test_it_is_the_address_that_cloudfront_has_seen(forwarded: str, source: str) -> None:
    assert client_address(GATEWAY_SEES, CaseInsensitiveMapping({"X-Forwarded-For": forwarded})) == source


@pytest.mark.parametrize("context", [{}, {"identity": {}}])
def test_without_anything_it_is_one_source_for_all(context: dict[str, object]) -> None:
    assert client_address(context, {}) == ""
