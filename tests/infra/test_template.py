"""The promises of the packaged template of prod: nothing is lost, nobody gets in, somebody is told."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from pydantic import TypeAdapter

from chalicelib.services.exam.pace import LONGEST
from chalicelib.web import shapes
from chalicelib.wiring.environment import (
    ApiEnvironment,
    ClosingEnvironment,
    IntakeEnvironment,
    LiveEnvironment,
    ReadingEnvironment,
    TallyEnvironment,
    VisitingEnvironment,
)
from infra.package import PROJECT, build

Resource = dict[str, Any]


@pytest.fixture(scope="module")
def resources() -> dict[str, Resource]:
    """The resources of the template that `chalice package` and infra/package.py make."""
    template = json.loads(build("prod").template.read_text(encoding="utf-8"))
    found: dict[str, Resource] = template["Resources"]
    return found


def of_type(resources: dict[str, Resource], kind: str) -> dict[str, Resource]:
    """Properties by name; never empty, so that no test passes for lack of anything to check."""
    found = {name: item["Properties"] for name, item in resources.items() if item["Type"] == kind}
    assert found, f"there is no {kind}"
    return found


def alarms(resources: dict[str, Resource]) -> dict[str, Resource]:
    return of_type(resources, "AWS::CloudWatch::Alarm")


def watched(alarm: Resource) -> set[tuple[str, str]]:
    """The metrics of an alarm, each with a resource or name in its dimensions."""
    metrics = [query["MetricStat"]["Metric"] for query in alarm.get("Metrics", []) if "MetricStat" in query]
    return {
        (metric["MetricName"], dimension["Value"].get("Ref", ""))
        for metric in metrics or [alarm]
        for dimension in metric.get("Dimensions", [])
        if isinstance(dimension["Value"], dict)
    }


def test_every_table_can_be_restored_to_any_second_and_cannot_be_dropped_by_mistake(
    resources: dict[str, Resource],
) -> None:
    for name, table in of_type(resources, "AWS::DynamoDB::Table").items():
        assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}, name
        assert table["SSESpecification"] == {"SSEEnabled": True}, name
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["IsProd", True, False]}, name
        assert resources[name]["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resources[name]["UpdateReplacePolicy"] == "Retain", name


def test_the_data_key_can_be_opened_in_another_region_and_outlives_its_stack(
    resources: dict[str, Resource],
) -> None:
    (key,) = of_type(resources, "AWS::KMS::Key").values()
    assert key["MultiRegion"] is True
    assert resources["PersonalDataKey"]["DeletionPolicy"] == "RetainExceptOnCreate"


def test_every_bucket_is_private_encrypted_and_keeps_old_versions(resources: dict[str, Resource]) -> None:
    for name, bucket in of_type(resources, "AWS::S3::Bucket").items():
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert len(bucket["PublicAccessBlockConfiguration"]) == 4, name
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"], name
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}, name
        kept = [
            rule.get("NoncurrentVersionExpiration", {}) for rule in bucket["LifecycleConfiguration"]["Rules"]
        ]
        assert max(days.get("NoncurrentDays", 0) for days in kept) >= 30, name
        assert resources[name]["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resources[name]["UpdateReplacePolicy"] == "Retain", name


def test_what_names_single_people_on_the_desk_goes_after_a_month(resources: dict[str, Resource]) -> None:
    rules = of_type(resources, "AWS::S3::Bucket")["DeskBucket"]["LifecycleConfiguration"]["Rules"]
    month = {rule["Prefix"] for rule in rules if rule.get("ExpirationInDays") == 30}
    assert month == {"inbox/month/", "intake/month/", "pending/"}
    for rule in rules:
        if rule.get("Prefix") in month:
            assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_reads_and_writes_of_desk_and_site_are_logged(resources: dict[str, Resource]) -> None:
    buckets = of_type(resources, "AWS::S3::Bucket")
    for name in ("DeskBucket", "SiteBucket", "TrailBucket"):
        assert buckets[name]["LoggingConfiguration"]["DestinationBucketName"] == {"Ref": "LogBucket"}


def recorded(selectors: list[Resource], event: dict[str, str]) -> bool:
    """Whether CloudTrail records an event: some selector's fields all agree (no value is an intrinsic here)."""
    compare = {"Equals": str.__eq__, "StartsWith": str.startswith}

    def agrees(field: Resource) -> bool:
        is_ = event.get(field["Field"])
        tests = [(how, [compare[how](is_, one) for one in field[how]]) for how in compare if how in field]
        assert tests
        return is_ is not None and all(any(found) for _, found in tests)

    return any(all(map(agrees, one["FieldSelectors"])) for one in selectors)


def named(value: Any) -> Any:
    """``Fn::GetAtt`` of an ARN → the resource's name, also within ``Fn::Sub``."""
    if isinstance(value, dict):
        if "Fn::GetAtt" in value:
            return value["Fn::GetAtt"][0]
        if "Fn::Sub" in value:
            return re.sub(r"\$\{(\w+)\.Arn\}", r"\1", value["Fn::Sub"])
        return {key: named(one) for key, one in value.items()}
    return [named(one) for one in value] if isinstance(value, list) else value


def test_who_reads_or_writes_an_item_or_an_object_is_recorded_in_prod(resources: dict[str, Resource]) -> None:
    (trail,) = of_type(resources, "AWS::CloudTrail::Trail").values()
    selectors = named(trail["AdvancedEventSelectors"])

    def told(kind: str, where: str, *, reads: bool) -> bool:
        data = {"eventCategory": "Data", "resources.type": kind, "resources.ARN": where}
        return recorded(selectors, {**data, "readOnly": str(reads).lower()})

    for table in of_type(resources, "AWS::DynamoDB::Table"):
        # Pointers are looked up every few seconds, and name nobody.
        assert told("AWS::DynamoDB::Table", table, reads=True) is (table != "TalliesTable"), table
        assert told("AWS::DynamoDB::Table", table, reads=False), table
    for key in ("inbox/", "reference/rosters/", "results/week-1/", "intake/"):
        assert told("AWS::S3::Object", f"DeskBucket/{key}", reads=False), key
        assert told("AWS::S3::Object", f"DeskBucket/{key}", reads=True), key
    assert told("AWS::S3::Object", "SiteBucket/data/results/week-1.json", reads=False)
    assert not told("AWS::S3::Object", "SiteBucket/index.html", reads=True)
    assert recorded(selectors, {"eventCategory": "Management"})


def test_a_changed_or_missing_file_of_the_trail_is_noticed(resources: dict[str, Resource]) -> None:
    (trail,) = of_type(resources, "AWS::CloudTrail::Trail").values()
    assert trail["EnableLogFileValidation"] is trail["IsLogging"] is trail["IsMultiRegionTrail"] is True
    assert trail["S3BucketName"] == {"Ref": "TrailBucket"}
    rules = of_type(resources, "AWS::S3::Bucket")["TrailBucket"]["LifecycleConfiguration"]["Rules"]
    assert [rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules] == [400]


@pytest.mark.parametrize(("stage", "default"), [("local", "no"), ("dev", "no"), ("prod", "yes")])
def test_the_trail_is_on_in_prod(stage: str, default: str) -> None:
    template = json.loads(build(stage).template.read_text(encoding="utf-8"))
    assert template["Parameters"]["DataTrail"]["Default"] == default
    assert template["Conditions"]["HasTrail"] == {"Fn::Equals": [{"Ref": "DataTrail"}, "yes"]}
    for name in ("Trail", "TrailBucket", "TrailBucketPolicy"):
        assert template["Resources"][name]["Condition"] == "HasTrail", name


def statements(policy: Resource) -> Iterator[Resource]:
    """The statements of a bucket's policy, as in the cloud."""
    for statement in policy["PolicyDocument"]["Statement"]:
        yield statement["Fn::If"][2] if "Fn::If" in statement else statement


def test_no_bucket_answers_without_tls(resources: dict[str, Resource]) -> None:
    policies = of_type(resources, "AWS::S3::BucketPolicy").values()
    closed = {
        policy["Bucket"]["Ref"]
        for policy in policies
        for statement in statements(policy)
        if statement["Effect"] == "Deny" and "aws:SecureTransport" in str(statement["Condition"])
    }
    assert closed == set(of_type(resources, "AWS::S3::Bucket"))


def test_only_cloudfront_reads_the_site_and_nothing_reads_the_desk(resources: dict[str, Resource]) -> None:
    allowed = {
        (policy["Bucket"]["Ref"], json.dumps(statement["Principal"]), json.dumps(statement["Action"]))
        for policy in of_type(resources, "AWS::S3::BucketPolicy").values()
        for statement in statements(policy)
        if statement["Effect"] == "Allow"
    }
    assert allowed == {
        ("SiteBucket", '{"Service": "cloudfront.amazonaws.com"}', '"s3:GetObject"'),
        ("LogBucket", '{"Service": "logging.s3.amazonaws.com"}', '"s3:PutObject"'),
        ("TrailBucket", '{"Service": "cloudtrail.amazonaws.com"}', '"s3:GetBucketAcl"'),
        ("TrailBucket", '{"Service": "cloudtrail.amazonaws.com"}', '"s3:PutObject"'),
    }
    (distribution,) = of_type(resources, "AWS::CloudFront::Distribution").values()
    origins = json.dumps(distribution["DistributionConfig"]["Origins"])
    assert "DeskBucket" not in origins
    assert "LogBucket" not in origins


def test_every_answer_of_site_and_api_gets_its_security_headers(resources: dict[str, Resource]) -> None:
    (distribution,) = of_type(resources, "AWS::CloudFront::Distribution").values()
    config = distribution["DistributionConfig"]
    used = {
        behaviour["ResponseHeadersPolicyId"]["Ref"]
        for behaviour in [config["DefaultCacheBehavior"], *config["CacheBehaviors"]]
    }
    policies = of_type(resources, "AWS::CloudFront::ResponseHeadersPolicy")
    assert used == set(policies)
    for name, policy in policies.items():
        headers = policy["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
        csp = headers["ContentSecurityPolicy"]["ContentSecurityPolicy"]
        assert {"base-uri 'none'", "frame-ancestors 'none'"} <= set(csp.split("; ")), name
        assert "object-src 'none'" in csp or "default-src 'none'" in csp, name
        assert "unsafe" not in csp, name
        assert headers["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000, name
        assert {"ContentTypeOptions", "FrameOptions", "ReferrerPolicy"} <= headers.keys(), name


def test_the_gateway_answers_nobody_who_goes_round_cloudfront(resources: dict[str, Resource]) -> None:
    body = resources["RestAPI"]["Properties"]["DefinitionBody"]
    asked = [operation["security"] for path in body["paths"].values() for operation in path.values()]
    assert asked
    assert all(one == [{"cloudfront": []}] for one in asked)
    assert body["securityDefinitions"] == {
        "cloudfront": {"type": "apiKey", "name": "x-api-key", "in": "header"}
    }
    (distribution,) = of_type(resources, "AWS::CloudFront::Distribution").values()
    (origin,) = [one for one in distribution["DistributionConfig"]["Origins"] if one["Id"] == "api"]
    (header,) = origin["OriginCustomHeaders"]["Fn::If"][2]
    (key,) = of_type(resources, "AWS::ApiGateway::ApiKey").values()
    assert (header["HeaderName"], header["HeaderValue"]) == ("x-api-key", key["Value"])
    (plan,) = of_type(resources, "AWS::ApiGateway::UsagePlan").values()
    assert plan["ApiStages"] == [{"ApiId": {"Ref": "RestAPI"}, "Stage": "api"}]
    assert not {"Throttle", "Quota"} & plan.keys()


def test_on_the_local_aws_nobody_asks_for_the_key() -> None:
    template = json.loads(build("local").template.read_text(encoding="utf-8"))
    body = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]
    assert "securityDefinitions" not in body
    assert template["Resources"]["OriginKey"]["Condition"] == "IsCloud"


def test_the_api_refuses_plain_http(resources: dict[str, Resource]) -> None:
    # A redirected POST would lose its body, and hide that the first one was sent in the clear.
    (distribution,) = of_type(resources, "AWS::CloudFront::Distribution").values()
    behaviours = distribution["DistributionConfig"]["CacheBehaviors"]
    (api,) = [behaviour for behaviour in behaviours if behaviour["PathPattern"] == "/api/*"]
    assert api["ViewerProtocolPolicy"] == {"Fn::If": ["IsLocal", "allow-all", "https-only"]}


def test_every_alarm_notifies_the_address_of_the_stack(resources: dict[str, Resource]) -> None:
    for name, alarm in alarms(resources).items():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}], name
        assert alarm["OKActions"] == alarm["AlarmActions"], name  # and when it is over
        assert resources[name].get("Condition") in {None, "IsCloud"}, name
    told = of_type(resources, "AWS::SNS::Subscription").values()
    assert {one["TopicArn"]["Ref"] for one in told} == {"AlarmTopic"}
    assert {(one["Protocol"], one["Endpoint"]["Ref"]) for one in told} == {
        ("email", "AlarmEmail"),
        ("email", "AlarmEmail2"),
        ("https", "AlarmUrl"),
    }


def test_outcomes_raise_an_alarm_whatever_part_has_failed(resources: dict[str, Resource]) -> None:
    found = alarms(resources)
    filters = of_type(resources, "AWS::Logs::MetricFilter")
    assert filters["NotClosedFilter"]["FilterPattern"] == '"not_closed"'
    assert filters["NotClosedFilter"]["LogGroupName"] == {"Ref": "PublishLiveLogGroup"}
    assert found["WeekNotClosedAlarm"]["MetricName"] == "NotClosed"
    for name, function in (("VisitMissing", "Visit"), ("PublishLiveMissing", "PublishLive")):
        alarm = found[f"{name}Alarm"]
        assert ("Invocations", function) in watched(alarm)
        assert alarm["TreatMissingData"] == "breaching"
    share, running = found["ConcurrencyAlarm"]["Metrics"]
    assert share["Expression"] == "running / SERVICE_QUOTA(running)"
    assert running["MetricStat"]["Metric"]["Namespace"] == "AWS/Usage"
    assert watched(found["GivenUpAlarm"]) == {
        ("AsyncEventsDropped", "Intake"),
        ("DestinationDeliveryFailures", "Intake"),
    }
    assert ("ExecutionsAborted", "CloseMachine") in watched(found["CloseMachineAbortedAlarm"])


def test_the_visitor_comes_each_minute_to_the_public_address(resources: dict[str, Resource]) -> None:
    visit = of_type(resources, "AWS::Serverless::Function")["Visit"]
    assert visit["Events"]["VisitEvent"]["Properties"]["Schedule"] == "rate(1 minute)"
    assert "Distribution" in str(visit["Environment"]["Variables"]["SITE_URL"])


def test_the_dashboard_shows_every_alarm_and_function(resources: dict[str, Resource]) -> None:
    body = of_type(resources, "AWS::CloudWatch::Dashboard")["Dashboard"]["DashboardBody"]["Fn::Sub"]
    shown = json.loads(body)["widgets"]
    assert shown[0]["properties"]["alarms"] == [f"${{{name}.Arn}}" for name in sorted(alarms(resources))]
    for name in of_type(resources, "AWS::Serverless::Function"):
        assert f'"${{{name}}}"' in body, name
    places = [(one["x"], one["y"]) for one in shown]
    assert len(set(places)) == len(places)
    for named in re.findall(r"\$\{(\w+)[.}]", body):
        assert named in resources, named


def test_prod_is_not_deployed_without_somebody_to_notify() -> None:
    template = json.loads(build("prod").template.read_text(encoding="utf-8"))
    rule = template["Rules"]["SomebodyIsTold"]
    assert rule["RuleCondition"] == {"Fn::Equals": [{"Ref": "StageName"}, "prod"]}
    assert rule["Assertions"][0]["Assert"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmEmail"}, ""]}]}


def test_every_failing_function_raises_an_alarm(resources: dict[str, Resource]) -> None:
    seen = {pair for alarm in alarms(resources).values() for pair in watched(alarm)}
    assert {("ExecutionsFailed", "CloseMachine"), ("ExecutionsTimedOut", "CloseMachine")} <= seen
    seen.add(("Errors", "CloseByShares"))  # its errors are the machine's
    for function in of_type(resources, "AWS::Serverless::Function"):
        # A stream reader's failure shows as lag: a failing batch is tried again until it is too old.
        assert ("Errors", function) in seen or ("IteratorAge", function) in seen, function


def test_a_close_that_fails_or_does_not_run_raises_an_alarm(resources: dict[str, Resource]) -> None:
    errors, missing = (alarms(resources)[f"CloseWeeks{what}Alarm"] for what in ("Errors", "Missing"))
    assert (errors["MetricName"], errors["Threshold"], errors["EvaluationPeriods"]) == ("Errors", 1, 1)
    assert (missing["MetricName"], missing["TreatMissingData"]) == ("Invocations", "breaching")
    assert errors["OKActions"] == missing["OKActions"] == [{"Ref": "AlarmTopic"}]


def test_the_machine_counts_those_that_run_before_it_plans(resources: dict[str, Resource]) -> None:
    """``plan`` without an answer ends it, before anything is read; without tasks it closes."""
    machine = resources["CloseMachine"]["Properties"]["Definition"]
    states = machine["States"]
    counted, planned = states[machine["StartAt"]], states["Planned"]
    assert counted["Resource"].endswith(":aws-sdk:sfn:listExecutions")
    assert counted["Parameters"] == {
        "StateMachineArn.$": "$$.StateMachine.Id", "StatusFilter": "RUNNING", "MaxResults": 2,
    }  # fmt: skip
    running = "States.ArrayLength($.Executions)"
    assert counted["ResultSelector"] == {"plan": {"running.$": running, "phase": 0}}
    assert (counted["Next"], states["Plan"]["Next"], planned["Default"]) == ("Plan", "Planned", "Work")
    assert planned["Choices"] == [
        {"Variable": "$.plan", "IsNull": True, "Next": "GivesWay"},
        {"Variable": "$.plan.tasks", "IsNull": True, "Next": "Close"},
    ]
    assert states["GivesWay"] == {"Type": "Succeed"}


def test_the_machine_plans_again_after_each_phase(resources: dict[str, Resource]) -> None:
    """The answer of ``plan`` is what the next one is asked with, and each task an event of its own."""
    states = resources["CloseMachine"]["Properties"]["Definition"]["States"]
    assert states["Plan"]["Parameters"]["Payload"] == {"step": "plan", "plan.$": "$.plan"}
    assert states["Plan"]["ResultSelector"] == {"plan.$": "$.Payload"}
    work = states["Work"]
    assert (work["ItemsPath"], work["ResultPath"], work["Next"]) == ("$.plan.tasks", None, "Plan")
    task = work["ItemProcessor"]["States"]["Task"]
    assert task["Parameters"]["Payload.$"] == "$"
    assert task["Parameters"]["FunctionName"] == states["Close"]["Parameters"]["FunctionName"]


def test_every_function_logs_json_from_the_levels_that_are_set(resources: dict[str, Resource]) -> None:
    for name, function in of_type(resources, "AWS::Serverless::Function").items():
        told = dict(function["LoggingConfig"])
        assert told.pop("LogGroup")["Ref"].endswith("LogGroup"), name
        assert told == {
            "LogFormat": "JSON",
            "ApplicationLogLevel": {"Ref": "LogLevel"},
            "SystemLogLevel": {"Ref": "SystemLogLevel"},
        }, name


def test_the_access_log_has_the_id_that_people_are_shown_and_not_the_one_that_they_choose(
    resources: dict[str, Resource],
) -> None:
    told = resources["RestAPI"]["Properties"]
    assert '"request_id":"$context.extendedRequestId"' in told["AccessLogSetting"]["Format"]
    for kind, response in told["GatewayResponses"].items():
        document = json.loads(response["ResponseTemplates"]["application/json"])
        assert document["request_id"] == "$context.extendedRequestId", kind


def test_slow_failing_and_throttled_answers_raise_an_alarm(resources: dict[str, Resource]) -> None:
    found = alarms(resources)
    share, *measured = found["ApiServerErrorsAlarm"]["Metrics"]
    assert share["Expression"] == "(errors - FILL(stopped, 0)) / answers"
    names = [one["MetricStat"]["Metric"]["MetricName"] for one in measured]
    assert names == ["5XXError", "Count", "Stopped"]
    assert found["ApiLatencyAlarm"]["ExtendedStatistic"] == "p95"
    assert ("Throttles", "APIHandler") in watched(found["ApiThrottlesAlarm"])
    assert watched(found["TablesThrottledAlarm"]) == {
        (f"{kind}ThrottleEvents", table)
        for kind in ("Write", "Read")
        for table in ("EntriesTable", "ParticipantsTable")
    }


def test_an_altered_object_raises_an_alarm(resources: dict[str, Resource]) -> None:
    """Every function that loads objects has a filter for the line that ``checked`` logs."""
    filters = of_type(resources, "AWS::Logs::MetricFilter")
    counted = {
        one["LogGroupName"]["Ref"]: one["FilterPattern"]
        for one in filters.values()
        if one["MetricTransformations"][0]["MetricName"] == "AlteredObjects"
    }
    functions = ("Api", "CloseWeeks", "CloseByShares", "Intake", "PublishLive")
    assert counted == {f"{name}LogGroup": '"altered_object"' for name in functions}
    alarm = alarms(resources)["AlteredObjectAlarm"]
    assert (alarm["MetricName"], alarm["Threshold"], alarm["Period"]) == ("AlteredObjects", 1, 60)


def test_a_file_that_was_never_read_is_reported_by_name(resources: dict[str, Resource]) -> None:
    intake = of_type(resources, "AWS::Serverless::Function")["Intake"]
    told = intake["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]
    assert told == {"Type": "SNS", "Destination": {"Ref": "AlarmTopic"}}


def policies() -> dict[str, list[Resource]]:
    found = {
        path.stem: json.loads(path.read_text())["Statement"]
        for path in (PROJECT / ".chalice").glob("policy-*.json")
    }
    assert found
    return found


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_no_role_may_do_anything_to_everything() -> None:
    below_a_name = re.compile(
        r"""^[^*]*( \$\{AWS::Region\}/[a-z/-]+/\*                              # a folder of a bucket
                 | /inbox/month/provider-\*/releases\.csv                     # a sender a proven owner
                 | log-group:/aws/lambda/\$\{AWS::StackName\}-[a-z-]+\*?:\*  # streams of a log group
                 | \$\{EntriesTable\.Arn\}/stream/\* )"\}$""",
        re.VERBOSE,
    )
    for name, rules in policies().items():
        for rule in rules:
            assert "NotAction" not in rule
            assert "NotResource" not in rule
            for action in as_list(rule["Action"]):
                assert "*" not in action, f"{name}: {action}"
            for resource in as_list(rule["Resource"]):
                arn = resource if isinstance(resource, str) else json.dumps(resource)
                # A star stands only for the objects in a folder of a bucket, or the streams of a log group.
                assert "*" not in arn or below_a_name.search(arn), f"{name}: {arn}"


def test_a_role_writes_only_to_its_own_log() -> None:
    for name, rules in policies().items():
        (log,) = [rule for rule in rules if "logs:PutLogEvents" in as_list(rule["Action"])]
        group = log["Resource"]["Fn::Sub"].rpartition("${AWS::StackName}-")[2].removesuffix(":*")
        # The two functions that close weeks share a role.
        assert group == ("close-*" if name == "policy-close-weeks" else name.removeprefix("policy-"))


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("policy-api", {"contest/*", "listed/*"}),
        ("policy-publish-live", {"contest/*", "listed/*"}),
    ],
)
def test_functions_facing_the_public_read_no_names_of_rosters_and_none_of_the_organisers_files(
    role: str, allowed: set[str]
) -> None:
    read = [rule for rule in policies()[role] if "s3:GetObject" in as_list(rule["Action"])]
    arns = [resource["Fn::Sub"] for rule in read for resource in as_list(rule["Resource"])]
    desk = [arn.partition("-desk-")[2].partition("/")[2] for arn in arns if "-desk-" in arn]
    anonymous = {"log/*"} if role == "policy-publish-live" else set()
    assert set(desk) == {f"reference/{name}" for name in allowed} | anonymous


def of_keys(*keys: str) -> Resource:
    return {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": list(keys)}}


def test_the_api_neither_deletes_nor_lists_people_and_writes_but_revoked_tokens_and_releases() -> None:
    rules = policies()["policy-api"]
    writing = [rule for rule in rules if "s3:PutObject" in as_list(rule["Action"])]
    assert all(as_list(rule["Action"]) == ["s3:PutObject"] for rule in writing)
    written = [
        resource["Fn::Sub"].partition("/")[2] for rule in writing for resource in as_list(rule["Resource"])
    ]
    assert written == ["inbox/month/provider-*/releases.csv"]
    pointers = [rule for rule in rules if rule["Resource"] == {"Fn::GetAtt": ["TalliesTable", "Arn"]}]
    assert {rule["Action"]: rule["Condition"] for rule in pointers} == {
        "dynamodb:GetItem": of_keys(
            "pointers/contest", "pointers/data-key", "pointers/receipt-keys", "pointers/revoked"
        ),
        "dynamodb:PutItem": of_keys("pointers/receipt-keys", "pointers/revoked"),
    }
    actions = {action for rule in rules for action in as_list(rule["Action"])}
    assert not actions & {
        "dynamodb:Scan",
        "dynamodb:Query",
        "dynamodb:DeleteItem",
        "s3:DeleteObject",
    }


def test_nothing_but_what_is_logged_may_be_deleted_and_no_versions() -> None:
    deleted = {
        (name, action, resource["Fn::Sub"].partition("/")[2])
        for name, rules in policies().items()
        for rule in rules
        for action in as_list(rule["Action"])
        if "Delete" in action
        for resource in as_list(rule["Resource"])
    }
    folders = ("log/pending/*", "log/staged/*")
    assert deleted == {("policy-publish-live", "s3:DeleteObject", folder) for folder in folders}


def test_no_secret_is_in_the_template_or_the_environment(resources: dict[str, Resource]) -> None:
    text = json.dumps(resources)
    # One alone, which opens nothing but the way to the gateway; CloudFront and the gateway fetch none.
    assert set(re.findall(r"resolve:secretsmanager:\$\{(\w+)\}", text)) == {"OriginSecret"}
    assert text.count("resolve:secretsmanager") == 2
    for secret in of_type(resources, "AWS::SecretsManager::Secret").values():
        assert "SecretString" not in secret
    globals_ = json.loads(build("prod").template.read_text())["Globals"]["Function"]["Environment"]["Variables"]
    for name, value in globals_.items():
        assert set(value) <= {"Ref", "Fn::Sub", "Fn::GetAtt"}, name


def test_the_api_alone_is_told_how_often_pages_save(resources: dict[str, Resource]) -> None:
    functions = of_type(resources, "AWS::Serverless::Function")
    told = {
        name: function["Environment"]["Variables"]["SAVE_AFTER_S"]
        for name, function in functions.items()
        if "SAVE_AFTER_S" in function.get("Environment", {}).get("Variables", {})
    }
    assert told == {"APIHandler": {"Ref": "SaveAfterSeconds"}}


@pytest.mark.parametrize(
    ("function", "environment"),
    [
        ("APIHandler", ApiEnvironment),
        ("CloseWeeks", ClosingEnvironment),
        ("CloseByShares", ClosingEnvironment),
        ("Tally", TallyEnvironment),
        ("PublishLive", LiveEnvironment),
        ("Intake", IntakeEnvironment),
        ("ReadFile", ReadingEnvironment),
        ("Visit", VisitingEnvironment),
    ],
)
def test_every_function_is_given_the_environment_it_reads(
    function: str, environment: type[NamedTuple], resources: dict[str, Resource]
) -> None:
    template = json.loads(build("prod").template.read_text(encoding="utf-8"))
    own = resources[function]["Properties"].get("Environment", {}).get("Variables", {})
    given = {
        *template["Globals"]["Function"]["Environment"]["Variables"],
        *own,
        "AWS_REGION",
    }  # Lambda sets the last one
    assert {field.upper() for field in environment._fields} <= given


def test_pages_save_within_the_bounds_that_the_api_promises() -> None:
    setting = json.loads(build("prod").template.read_text(encoding="utf-8"))["Parameters"]["SaveAfterSeconds"]
    schema = TypeAdapter(shapes.Saved).json_schema()["properties"]["save_after_s"]
    assert (setting["MinValue"], setting["MaxValue"]) == (schema["minimum"], schema["maximum"])
    assert setting["MinValue"] <= setting["Default"] <= setting["MaxValue"] == LONGEST
