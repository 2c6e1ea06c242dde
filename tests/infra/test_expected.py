"""One parameter, ExpectedPeople, and what it sets in the packaged template; each can be set by itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from benchmarks import spike
from infra import expected
from infra.package import PROJECT, build

Template = dict[str, Any]
NOTHING = object()


@pytest.fixture(scope="module")
def template() -> Template:
    packaged: Template = json.loads(build("prod").template.read_text(encoding="utf-8"))
    return packaged


def resolved(template: Template, value: Any, given: dict[str, str]) -> Any:
    """What CloudFormation makes of a value, as far as it depends on parameters alone."""

    def again(part: Any) -> Any:
        return resolved(template, part, given)

    def ref(name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        parameter = template["Parameters"].get(name)
        return {"Ref": name} if parameter is None else given.get(name, str(parameter["Default"]))

    def mapped(keys: list[Any]) -> Any:
        table, row, column = again(keys)
        return template["Mappings"][table][row][column]

    functions: dict[str, Callable[[Any], Any]] = {
        "Ref": ref,
        "Fn::FindInMap": mapped,
        "Fn::Equals": lambda pair: len({str(one) for one in again(pair)}) == 1,
        "Fn::Not": lambda one: not again(one)[0],
        "Fn::Or": lambda several: any(again(several)),
        "Condition": lambda name: again(template["Conditions"][name]),
        "Fn::If": lambda parts: again(parts[1] if again({"Condition": parts[0]}) else parts[2]),
    }
    if isinstance(value, list):
        return [again(part) for part in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and (name := next(iter(value))) in functions:
        return functions[name](value[name])
    made = {name: again(part) for name, part in value.items()}
    return {name: part for name, part in made.items() if part is not NOTHING}


def set_by(template: Template, given: dict[str, str]) -> dict[str, int]:
    """The settings of a stack with these parameters, by their name in the row of infra/expected.py."""

    def properties(name: str) -> Template:
        found: Template = resolved(template, template["Resources"][name]["Properties"], given)
        return found

    methods = {
        (setting["HttpMethod"], setting["ResourcePath"]): setting
        for setting in properties("RestAPI")["MethodSettings"]
    }
    found = {
        "ApiRate": methods["*", "/*"]["ThrottlingRateLimit"],
        "ApiBurst": methods["*", "/*"]["ThrottlingBurstLimit"],
        "StartRate": methods["POST", "/~1attempts"]["ThrottlingRateLimit"],
        "SignInRate": methods["POST", "/~1sessions"]["ThrottlingRateLimit"],
        "RegistrationRate": methods["POST", "/~1participants"]["ThrottlingRateLimit"],
        "Memory": properties("APIHandler")["MemorySize"],
    }
    for name, table in (("EntriesWrites", "EntriesTable"), ("ParticipantsWrites", "ParticipantsTable")):
        if "WarmThroughput" in properties(table):
            found[name] = properties(table)["WarmThroughput"]["WriteUnitsPerSecond"]
    return {name: int(value) for name, value in found.items()}


@pytest.mark.parametrize("people", expected.SIZES)
def test_one_parameter_sets_limits_tables_and_memory(people: int, template: Template) -> None:
    row, new = expected.expected(people), expected.limits()["new_table_writes"]
    assert set_by(template, {"ExpectedPeople": str(people)}) == {
        name: value for name, value in row.items() if not (name.endswith("Writes") and value == new)
    }


def test_the_parameter_takes_the_sizes_there_is_a_row_for(template: Template) -> None:
    parameter = template["Parameters"]["ExpectedPeople"]
    assert parameter["AllowedValues"] == [str(people) for people in expected.SIZES]
    assert parameter["Default"] == str(expected.SIZES[0])


@pytest.mark.parametrize(
    ("parameter", "name"),
    [
        ("ApiRateLimit", "ApiRate"),
        ("ApiBurstLimit", "ApiBurst"),
        ("StartRateLimit", "StartRate"),
        ("SignInRateLimit", "SignInRate"),
        ("RegistrationRateLimit", "RegistrationRate"),
        ("EntriesWarmWrites", "EntriesWrites"),
        ("ParticipantsWarmWrites", "ParticipantsWrites"),
        ("ApiMemory", "Memory"),
    ],
)
def test_each_setting_can_be_overridden_alone(parameter: str, name: str, template: Template) -> None:
    usual = set_by(template, {"ExpectedPeople": "200000"})
    changed = set_by(template, {"ExpectedPeople": "200000", parameter: "4321"})
    assert changed == usual | {name: 4321}
    assert set_by(template, {parameter: "4321"})[name] == 4321


def test_every_path_with_a_limit_of_its_own_is_a_route_of_the_api(template: Template) -> None:
    """API Gateway ignores a setting whose path it does not know, and wants "/" within it written as "~1"."""
    api = template["Resources"]["RestAPI"]["Properties"]
    routes = {
        (method.upper(), path) for path, methods in api["DefinitionBody"]["paths"].items() for method in methods
    }
    for setting in api["MethodSettings"]:
        path = setting["ResourcePath"]
        if path != "/*":
            assert "/" not in path[1:]
            assert (setting["HttpMethod"], path[1:].replace("~1", "/")) in routes


@pytest.mark.parametrize("people", expected.SIZES)
def test_beginnings_are_limited_below_hand_ins_and_saves(people: int) -> None:
    """And the table takes everybody's saves, or the hand-ins of a fifth within 6.5 s."""
    row, account = expected.expected(people), expected.quotas(people)["gateway_rate"]
    assert row["RegistrationRate"] < row["SignInRate"] < row["StartRate"] <= row["ApiRate"] / 2 <= account / 2
    if people > expected.SIZES[1]:  # fewer cannot strain a new table
        assert row["EntriesWrites"] >= 1.5 * max(people / 32, people / 5 / 6.5)


def test_a_table_is_never_warmer_than_the_account_allows() -> None:
    for people in expected.SIZES:
        assert expected.expected(people)["EntriesWrites"] <= expected.quotas(people)["table_writes"]


def test_the_limits_of_an_address_are_for_an_office() -> None:
    template = yaml.load((PROJECT / "infra" / "waf.yaml").read_text(encoding="utf-8"), spike.Tags)  # noqa: S506  safe
    assert template["Mappings"]["Expected"] == {
        str(people): expected.of_an_address(people) for people in expected.SIZES
    }
    assert template["Parameters"]["ExpectedPeople"]["AllowedValues"] == [
        str(people) for people in expected.SIZES
    ]
    rules = {rule["Name"]: rule["Statement"] for rule in template["Resources"]["WebAcl"]["Properties"]["Rules"]}
    for rule, name in (("registrations", "Registrations"), ("sign-ins", "SignIns"), ("requests", "Requests")):
        assert rules[rule]["RateBasedStatement"]["Limit"] == [
            f"Sets{name}",
            f"{name}PerAddress",
            ["Expected", "ExpectedPeople", name],
        ]


def test_a_slash_at_the_end_escapes_no_limit() -> None:
    """The gateway takes /api/sessions/ for /api/sessions."""
    text = (PROJECT / "infra" / "waf.yaml").read_text(encoding="utf-8")
    assert text.count("PositionalConstraint: STARTS_WITH") == text.count("PositionalConstraint:") == 4
