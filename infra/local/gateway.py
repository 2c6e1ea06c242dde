"""Sets the gateway's error documents, which API Gateway imports with a definition and the local AWS does not.

SAM writes them into the definition's x-amazon-apigateway-gateway-responses, which MiniStack ignores. It accepts
them, one at a time, through the API; they apply from the next deployment of the stage. It knows only
one id of a request, the one that senders can choose in the cloud.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.template import REQUEST_ID


def set_gateway_responses(apigateway: Any, api: str, template: Path) -> None:
    """Sets the gateway responses of the packaged ``template`` on ``api`` and deploys the stage again."""
    properties = json.loads(template.read_text(encoding="utf-8"))["Resources"]["RestAPI"]["Properties"]
    for kind, response in properties["GatewayResponses"].items():
        headers = response["ResponseParameters"]["Headers"]
        status = {"statusCode": response["StatusCode"]} if "StatusCode" in response else {}
        apigateway.put_gateway_response(
            restApiId=api,
            responseType=kind,
            **status,
            responseParameters={f"gatewayresponse.header.{name}": value for name, value in headers.items()},
            responseTemplates={
                kind: text.replace(REQUEST_ID, "$context.requestId")
                for kind, text in response["ResponseTemplates"].items()
            },
        )
    apigateway.create_deployment(restApiId=api, stageName=properties["StageName"])
