"""From where a request comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def client_address(context: Mapping[str, Any], headers: Mapping[str, str]) -> str:
    """The address that reached CloudFront; ``context`` is API Gateway's, which itself sees CloudFront's.

    CloudFront appends who called it to X-Forwarded-For, and API Gateway appends CloudFront. What stands further
    left, the caller may have made up. Who calls API Gateway past CloudFront can make this up too; the brake on
    passwords counts on nobody's honesty (``sessions.pause_left``).
    """
    forwarded = [part.strip() for part in (headers.get("x-forwarded-for") or "").split(",")]
    if len(forwarded) > 1:
        return forwarded[-2]
    return str(context.get("identity", {}).get("sourceIp", ""))
