"""Signed requests to AWS without a service client: botocore signs, urllib3 sends.

A botocore client costs at least 0.1 s at start-up and 41 µs per item read; a signed request costs neither. It
is used where that matters: reading millions of entries, and the API's cold start (secrets, reference).
"""

from __future__ import annotations

import json
import os
from typing import Any

import urllib3
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.session import Session

from chalicelib.domain.errors import Busy


class AwsRefusal(Exception):
    """AWS refused the request; ``code`` is the service's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


class SignedHttp:
    """One connection pool for all services; ``AWS_ENDPOINT_URL`` points it at an emulator."""

    def __init__(self, session: Session, region: str, *, connect: float, read: float, retries: int) -> None:
        self._session, self._region = session, region
        self._endpoint = os.environ.get("AWS_ENDPOINT_URL", "").rstrip("/")
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=connect, read=read),
            retries=urllib3.Retry(
                retries,
                backoff_factor=0.1,
                backoff_jitter=0.1,
                status_forcelist=(500, 502, 503, 504),
                allowed_methods=None,
                raise_on_status=False,
                respect_retry_after_header=False,  # a person is waiting for this answer
            ),
        )

    def _send(self, service: str, request: AWSRequest) -> urllib3.BaseHTTPResponse:
        auth = S3SigV4Auth if service == "s3" else SigV4Auth
        auth(self._session.get_credentials(), service, self._region).add_auth(request)
        prepared = request.prepare()
        try:
            response = self._pool.request(
                prepared.method,
                prepared.url,
                body=prepared.body,
                headers=dict(prepared.headers),
                redirect=False,  # a signature is valid for its own address only
            )
        except urllib3.exceptions.HTTPError as error:
            raise Busy(str(error)) from error
        if response.status >= 500:
            raise Busy(f"{service}: {response.status}")
        return response

    def call(self, service: str, target: str, body: bytes, version: str = "1.1") -> bytes:
        """A JSON-protocol action, ``target`` like ``DynamoDB_20120810.Query``.

        Raises ``AwsRefusal``, or ``Busy`` when the service fails, throttles or does not answer.
        """
        url = self._endpoint or f"https://{service}.{self._region}.amazonaws.com"
        headers = {"X-Amz-Target": target, "Content-Type": f"application/x-amz-json-{version}"}
        response = self._send(service, AWSRequest("POST", f"{url}/", data=body, headers=headers))
        if response.status == 200:
            return response.data
        try:
            fault: dict[str, Any] = json.loads(response.data)
        except ValueError:
            fault = {}
        code = str(fault.get("__type", response.status)).rpartition("#")[2]
        if code in {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}:
            raise Busy(code)
        raise AwsRefusal(code, str(fault.get("message", fault.get("Message", ""))))

    def invoke(self, function: str, event: bytes) -> tuple[bytes, bool]:
        """Calls a function of Lambda and waits: what it answers, and whether it failed.

        Raises ``AwsRefusal``, or ``Busy`` when Lambda fails, throttles or does not answer.
        """
        url = self._endpoint or f"https://lambda.{self._region}.amazonaws.com"
        address = f"{url}/2015-03-31/functions/{function}/invocations"
        headers = {"Content-Type": "application/json"}
        response = self._send("lambda", AWSRequest("POST", address, data=event, headers=headers))
        if response.status == 429:
            raise Busy(f"{function} is throttled")
        if response.status != 200:
            raise AwsRefusal(str(response.status), function)
        return response.data, "X-Amz-Function-Error" in response.headers

    def get_object(self, bucket: str, key: str) -> bytes | None:
        """An S3 object, None if there is none. ``key`` needs no escaping: letters, digits, ``/-_.``."""
        url = self._endpoint or f"https://s3.{self._region}.amazonaws.com"
        response = self._send("s3", AWSRequest("GET", f"{url}/{bucket}/{key}"))
        if response.status == 200:
            return response.data
        if response.status == 404 or (response.status == 403 and _hides_absence(response.data)):
            return None
        raise AwsRefusal(str(response.status), f"s3://{bucket}/{key}")


def _hides_absence(answer: bytes) -> bool:
    """Whether S3 tells a role that may not list, so must not learn what is there, of an absent object.

    A refusal of the object itself names the action that is not allowed.
    """
    return b"<Code>AccessDenied</Code>" in answer and b"s3:GetObject" not in answer
