"""The API's own package: small, whole, and the one that the API gets."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from infra.package import API_LIMIT, build
from infra.parts import reached
from infra.template import with_code

# What the API's cold start and download pay for. Whoever adds a name says in CHANGELOG what it costs.
DEPENDENCIES = {
    "_cffi_backend",
    "altcha",
    "annotated_types",
    "app",
    "chalice",
    "chalicelib",
    "itsdangerous",
    "msgspec",
    "nacl",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
    "tzdata",
    "urllib3",
}


def names(archive: Path) -> list[str]:
    with zipfile.ZipFile(archive) as packed:
        return packed.namelist()


def test_the_apis_package_for_the_cloud_stays_small_and_nothing_heavy_sneaks_in() -> None:
    api = build("prod").api
    tops = {name.split("/")[0].split(".")[0] for name in names(api)}
    assert tops == DEPENDENCIES
    assert api.stat().st_size <= API_LIMIT


def test_of_our_code_the_api_has_what_it_may_ever_load() -> None:
    ours = {name for name in names(build("local").api) if name.startswith("chalicelib/")}
    for needed in ("wiring/api.", "services/exam/receipts.", "services/people/takeover.", "web/provider."):
        assert any(name.startswith(f"chalicelib/{needed}") for name in ours), needed
    for other in ("reports/", "services/closing/", "services/intake/", "storage/objects.", "wiring/intake."):
        assert not any(name.startswith(f"chalicelib/{other}") for name in ours), other


def test_every_other_function_has_everything_and_each_gets_its_own_package() -> None:
    built = build("prod")
    keys = {"api.zip": "small", "deployment.zip": "all"}
    template = with_code(json.loads(built.template.read_text(encoding="utf-8")), "b", keys)
    codes = {
        one["Properties"]["Handler"]: one["Properties"]["CodeUri"]
        for one in template["Resources"].values()
        if one["Type"] == "AWS::Serverless::Function"
    }
    assert codes.pop("app.app") == {"Bucket": "b", "Key": "small"}
    assert {code["Key"] for code in codes.values()} == {"all"}
    assert set(names(built.api)) < set(names(built.archive))


@pytest.mark.parametrize(
    ("text", "loaded"),
    [
        ("from chalicelib.late import name", True),
        ("def f():\n    from chalicelib import late", True),
        ("if x:\n    import chalicelib.late", True),
        ("if TYPE_CHECKING:\n    from chalicelib.late import name", False),
    ],
)
def test_an_import_counts_wherever_it_stands_but_for_types(tmp_path: Path, text: str, *, loaded: bool) -> None:
    (tmp_path / "chalicelib").mkdir()
    (tmp_path / "chalicelib" / "__init__.py").touch()
    (tmp_path / "app.py").write_text("import chalicelib.first\ndef f():\n    import chalicelib.other")
    for module, source in (("first", text), ("late", ""), ("other", "")):
        (tmp_path / "chalicelib" / f"{module}.py").write_text(source)
    expected = {"chalicelib", "chalicelib.first"} | ({"chalicelib.late"} if loaded else set())
    assert set(reached(tmp_path)) == expected
