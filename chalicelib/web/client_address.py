"""The origin of a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def client_address(context: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The address that called CloudFront; ``context`` is API Gateway's, which sees only CloudFront's address.

    CloudFront appends its caller to X-Forwarded-For, and API Gateway appends CloudFront. The caller may have
    made up everything further left. Who has the key that CloudFront brings to the gateway can make this address
    up too; the brake on one person's password does not rely on it (``services.people.brakes``), the price by
    source does.
    """
    forwarded = [part.strip() for part in (headers.get("x-forwarded-for") or "").split(",")]
    if len(forwarded) > 1:
        return forwarded[-2]
    return str(context.get("identity", {}).get("sourceIp", ""))
