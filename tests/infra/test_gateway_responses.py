"""What API Gateway answers itself, when the function cannot."""

from __future__ import annotations

import json

import pytest

from infra.template import gateway_responses

# Lambda that has no room is reported as the first or the third, a function that died as one of the others.
# docs.aws.amazon.com, apigateway, supported-gateway-response-types: all of status 5xx, without authorizers'.
FAILURES = ["INTEGRATION_FAILURE", "INTEGRATION_TIMEOUT", "API_CONFIGURATION_ERROR", "DEFAULT_5XX", "THROTTLED"]


@pytest.mark.parametrize("kind", FAILURES)
def test_whatever_may_mean_too_busy_says_so_and_when_to_come_back(kind: str) -> None:
    response = gateway_responses()[kind]
    told = json.loads(response["ResponseTemplates"]["application/json"])
    assert (response["StatusCode"], told["status"], told["code"]) == ("503", 503, "busy")
    assert response["ResponseParameters"]["Headers"]["Retry-After"] == "'2'"


def test_an_unlisted_refusal_keeps_its_own_status() -> None:
    response = gateway_responses()["DEFAULT_4XX"]
    assert "StatusCode" not in response, "it would take the place of every other status"
    told = json.loads(response["ResponseTemplates"]["application/json"])
    assert told["code"] == "refused"
    assert "status" not in told, "nobody knows it here"
