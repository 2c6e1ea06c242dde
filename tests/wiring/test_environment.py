"""Each function's environment is complete and correct, or an error names every faulty variable."""

from __future__ import annotations

import pytest

from chalicelib.wiring.environment import ApiEnvironment, BadEnvironment, TallyEnvironment, read


def everything() -> dict[str, str]:
    return {field.upper(): field for field in ApiEnvironment._fields} | {"SAVE_AFTER_S": "30"}


def test_an_environment_has_a_field_for_each_variable() -> None:
    environment = read(ApiEnvironment, everything())
    assert (environment.entries_table, environment.save_after_s) == ("entries_table", 30)


def test_a_function_ignores_variables_that_it_does_not_need() -> None:
    assert read(TallyEnvironment, everything() | {"TALLIES_TABLE": "t"}) == TallyEnvironment(
        "aws_region", "desk_bucket", "t", "entry_secret"
    )


def test_every_missing_variable_is_named() -> None:
    variables = everything() | {"TOKEN_SECRET": ""}
    del variables["ENTRIES_TABLE"]
    with pytest.raises(BadEnvironment, match=r"^ENTRIES_TABLE is not set; TOKEN_SECRET is not set$"):
        read(ApiEnvironment, variables)


@pytest.mark.parametrize("text", ["30 s", "-1", "1.5", "٣٠"])
def test_a_number_has_to_be_whole(text: str) -> None:
    with pytest.raises(BadEnvironment, match="SAVE_AFTER_S is no whole number"):
        read(ApiEnvironment, everything() | {"SAVE_AFTER_S": text})
