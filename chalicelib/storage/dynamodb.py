"""DynamoDB by signed requests, and what is the same for all that ask it."""

from __future__ import annotations

from base64 import b64decode
from typing import Any, Protocol

import msgspec

from chalicelib.storage.signed_http import AwsRefusal, SignedHttp

_encode = msgspec.json.Encoder().encode  # bytes as base64, as DynamoDB wants them
_decode = msgspec.json.Decoder().decode


class Client(Protocol):
    """The actions that are needed here, as a client of botocore has them: the operators' commands bring one."""

    def get_item(self, **request: Any) -> dict[str, Any]: ...

    def put_item(self, **request: Any) -> dict[str, Any]: ...

    def update_item(self, **request: Any) -> dict[str, Any]: ...


class Dynamo:
    """``Client`` without botocore. Raises ``Busy`` and ``AwsRefusal``."""

    def __init__(self, http: SignedHttp) -> None:
        self._http = http

    def get_item(self, **request: Any) -> dict[str, Any]:
        return self.call("GetItem", request)

    def put_item(self, **request: Any) -> dict[str, Any]:
        return self.call("PutItem", request)

    def update_item(self, **request: Any) -> dict[str, Any]:
        return self.call("UpdateItem", request)

    def call(self, action: str, request: dict[str, Any]) -> dict[str, Any]:
        """Any action, as it is called in DynamoDB's reference."""
        try:
            answer = self._http.call("dynamodb", f"DynamoDB_20120810.{action}", _encode(request), version="1.0")
        except AwsRefusal as refusal:
            _to_bytes(refusal.response)
            raise
        told: dict[str, Any] = _decode(answer)
        _to_bytes(told)
        return told


def refused_item(error: BaseException) -> tuple[bool, dict[str, Any] | None]:
    """Whether a condition failed, and the stored item that made it fail (``ALL_OLD``)."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict) or response["Error"]["Code"] != "ConditionalCheckFailedException":
        return False, None
    return True, response.get("Item")


def _to_bytes(told: Any) -> None:
    """Turns each ``{"B": base64}`` into ``{"B": bytes}``, in place. An attribute called ``B`` is no text."""
    if isinstance(told, list):
        for one in told:
            _to_bytes(one)
    elif isinstance(told, dict):
        if isinstance(told.get("B"), str):
            told["B"] = b64decode(told["B"])
        else:
            for one in told.values():
                _to_bytes(one)
