"""Completes the merged CloudFormation template with everything that neither Chalice nor a merge can express."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from chalicelib.domain.errors import Busy
from chalicelib.web import problems
from infra import dashboard, expected

Template = dict[str, Any]

ALIAS = "live"
# The packages: one for all functions, and a smaller one for the API, which people wait for.
CODE, API_CODE = "deployment.zip", "api.zip"
API_HANDLER = "app.app"
# A deployment during which one of these sounds is undone.
ROLLED_BACK_BY = ("ApiErrorsAlarm", "ApiServerErrorsAlarm", "ApiLatencyAlarm")

# API Gateway's own answers, as the API's problem documents. A throttled request, one for which Lambda has no
# room (it arrives as a failed integration or as an error of the configuration, never as 429) and one whose
# function died are the same to the person who waits: try again. A fault of ours is the function's own answer.
GATEWAY_RESPONSES = {
    "MISSING_AUTHENTICATION_TOKEN": "not_found",  # its name for "no such route"
    "RESOURCE_NOT_FOUND": "not_found",
    "REQUEST_TOO_LARGE": "too_large",
    "UNSUPPORTED_MEDIA_TYPE": "unsupported_media_type",
    "THROTTLED": "busy",
    "INTEGRATION_FAILURE": "busy",
    "INTEGRATION_TIMEOUT": "busy",
    "API_CONFIGURATION_ERROR": "busy",
    "DEFAULT_4XX": "refused",
    "DEFAULT_5XX": "busy",
}


def load(path: Path) -> Template:
    """Loads the output of `chalice package`: it is YAML as soon as a YAML file was merged into it."""
    template: Template = yaml.safe_load(path.read_text(encoding="utf-8"))
    return template


def for_stage(template: Template, stage: str, code_version: str, runtime: str) -> Template:
    """The template of one stage, with its stage and code version as defaults; in prod the trail records.

    ``runtime``: Lambda's name of the Python of all functions; `chalice package` names the one that runs it.

    A DeletionPolicy takes no condition: data outlives its stack, but in dev, where it is deleted with it.
    """
    template = json.loads(json.dumps(template, default=str))
    template["Parameters"]["StageName"]["Default"] = stage
    template["Parameters"]["CodeVersion"]["Default"] = code_version
    template["Parameters"]["DataTrail"]["Default"] = "yes" if stage == "prod" else "no"
    template["Mappings"] = {"Expected": expected.mapping()}
    template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"] = gateway_responses()
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["Runtime"] = runtime
            api = resource["Properties"]["Handler"] == API_HANDLER
            resource["Properties"]["CodeUri"] = API_CODE if api else CODE
    alarms = [name for name, one in template["Resources"].items() if one["Type"] == "AWS::CloudWatch::Alarm"]
    template["Resources"]["Dashboard"]["Properties"]["DashboardBody"] = {"Fn::Sub": dashboard.body(alarms)}
    if stage != "local":  # which has nothing to shift traffic with
        _shift_gradually(template)
        _only_by_cloudfront(template)
    if stage == "dev":
        for resource in template["Resources"].values():
            if resource.get("DeletionPolicy") == "RetainExceptOnCreate":
                resource["DeletionPolicy"] = resource["UpdateReplacePolicy"] = "Delete"
    return template


# As the function's own answers name the request, and the access log does (web/chalice_app.py).
REQUEST_ID = "$context.extendedRequestId"


def _shift_gradually(template: Template) -> None:
    """The API answers by an alias, which goes over to a new version for a tenth of the requests first.

    An alarm within five minutes takes them back, and with them the whole deployment. All properties make a
    version, or a change of memory would never reach the alias.
    """
    resources = template["Resources"]
    resources["APIHandler"]["Properties"] |= {
        "AutoPublishAlias": ALIAS,
        "AutoPublishAliasAllProperties": True,
        "DeploymentPreference": {
            "Type": "Canary10Percent5Minutes",
            "Alarms": [{"Ref": name} for name in ROLLED_BACK_BY],
        },
    }
    arns = [{"Fn::GetAtt": [name, "Arn"]} for name in ROLLED_BACK_BY]
    template["Outputs"]["RollbackAlarms"] = {"Condition": "IsCloud", "Value": {"Fn::Join": [",", arns]}}
    # One of them is there in the cloud alone, as this is.
    resources["APIHandler"]["Metadata"] = {"cfn-lint": {"config": {"ignore_checks": ["W1001"]}}}
    resources["APIHandlerInvokePermission"]["Properties"]["FunctionName"] = {"Ref": f"APIHandlerAlias{ALIAS}"}
    whole = json.dumps(resources["RestAPI"]["Properties"]["DefinitionBody"])
    moved = whole.replace("${APIHandler.Arn}", f"${{APIHandlerAlias{ALIAS}}}")
    resources["RestAPI"]["Properties"]["DefinitionBody"] = json.loads(moved)


def _only_by_cloudfront(template: Template) -> None:
    """API Gateway asks for the key that CloudFront brings, on every route, before any function is called."""
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    body["securityDefinitions"] = {"cloudfront": {"type": "apiKey", "name": "x-api-key", "in": "header"}}
    for path in body["paths"].values():
        for operation in path.values():
            operation["security"] = [{"cloudfront": []}]


def gateway_responses() -> Template:
    """In SAM's form. The key application/json only selects the body; the header gives the real type."""
    return {kind: _gateway_response(code) for kind, code in GATEWAY_RESPONSES.items()}


def _gateway_response(code: str) -> Template:
    document = problems.document(code, REQUEST_ID)
    headers = {"Content-Type": f"'{problems.CONTENT_TYPE}'", "Cache-Control": "'no-store'"}
    if code == "busy":
        headers["Retry-After"] = f"'{Busy.retry_after}'"
    response = {"StatusCode": str(document["status"])}
    if code == "refused":  # a fallback: without a status it keeps that of the refusal in whose place it stands
        response = {}
        del document["status"]
    return {
        **response,
        "ResponseParameters": {"Headers": headers},
        "ResponseTemplates": {"application/json": json.dumps(document, ensure_ascii=False)},
    }


def with_settings(template: Template, settings: Mapping[str, str]) -> Template:
    """The template with a digest of the parameters at the function that answers by an alias.

    SAM makes a version when the template changes; a parameter alone would not reach the alias.
    """
    template = json.loads(json.dumps(template))
    digest = sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()
    for resource in template["Resources"].values():
        if "AutoPublishAlias" in resource["Properties"]:
            resource["Properties"]["Description"] = f"settings {digest[:16]}"
    return template


def at_once(template: Template) -> Template:
    """The template of a stack that goes back: the API's alias goes over whole, and no alarm stops it."""
    template = json.loads(json.dumps(template))
    for resource in template["Resources"].values():
        resource["Properties"].pop("DeploymentPreference", None)
    return template


def with_code(template: Template, bucket: str, keys: Mapping[str, str]) -> Template:
    """The template with the functions' code in ``bucket``; ``keys``: by the packages' names."""
    template = json.loads(json.dumps(template))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            code = resource["Properties"]["CodeUri"]
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": keys[code]}
    return template
