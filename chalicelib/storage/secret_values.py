"""Secrets, read once per environment; they are never in code, environment variables or the template."""

from __future__ import annotations

import json

from chalicelib.storage.signed_http import AwsRefusal, SignedHttp


def read_secret(http: SignedHttp, name: str, stage: str = "AWSCURRENT") -> bytes | None:
    """The value of the secret at this stage; None if it has no such version."""
    body = json.dumps({"SecretId": name, "VersionStage": stage}).encode()
    try:
        answer = http.call("secretsmanager", "secretsmanager.GetSecretValue", body)
    except AwsRefusal as refusal:
        if refusal.code == "ResourceNotFoundException":
            return None
        raise
    return str(json.loads(answer)["SecretString"]).encode()
