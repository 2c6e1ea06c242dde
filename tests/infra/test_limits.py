"""The limits by address: networks of offices, counting before blocking, and what stands in the template."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from benchmarks import spike
from infra import limits
from infra.cloudformation import DeploymentFailed

OFFICES = """\ufeff203.113.128.0/25   # UBND huyện A, mạng cơ quan
203.113.128.128/25

# Sở B
2001:ee0:4000::/48
118.70.1.9
"""


def test_networks_are_read_each_once_and_neighbours_joined() -> None:
    told = [str(one) for one in limits.read_offices(OFFICES)]
    assert told == ["118.70.1.9/32", "203.113.128.0/24", "2001:ee0:4000::/48"]
    assert limits.read_offices("# nobody yet\n\n") == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("UBND huyện A", "write a network as"),
        ("203.113.128.5/24", "write 203.113.128.0/24, or the address alone"),
        ("203.113.128.0/33", "write a network as"),
        ("192.168.1.0/24", "no address on the Internet"),
        ("10.0.0.7", "no address on the Internet"),
        ("fe80::1", "no address on the Internet"),
        ("224.0.1.0/24", "no address on the Internet"),
        ("0.0.0.0/0", "too wide"),
        ("203.113.0.0/16", "too wide"),
        ("2001:ee0::/32", "too wide"),
        ("203.113.128.0/24 UBND", "write a network as"),
    ],
)
def test_a_line_that_lets_the_wrong_people_through_is_refused_with_its_number(line: str, says: str) -> None:
    with pytest.raises(limits.WrongFile, match=f"Line 2, “{line}”: .*{says}"):
        limits.read_offices(f"118.70.1.9\n{line}\n")


def test_all_wrong_lines_are_told_at_once_and_too_many_networks_are_refused() -> None:
    with pytest.raises(limits.WrongFile) as wrong:
        limits.read_offices("a\nb\n118.70.1.9")
    assert len(str(wrong.value).splitlines()) == 2
    many = "\n".join(f"118.{n // 250}.{n % 250}.1" for n in range(limits.MOST + 1))
    with pytest.raises(limits.WrongFile, match="leave out offices"):
        limits.read_offices(many)


def test_the_networks_stand_in_the_template_and_leave_it_small_enough() -> None:
    text = limits.TEMPLATE.read_text(encoding="utf-8")
    sets = resources(limits.with_offices(text, limits.read_offices(OFFICES)))
    assert sets["Offices4"]["Properties"]["Addresses"] == ["118.70.1.9/32", "203.113.128.0/24"]
    assert sets["Offices6"]["Properties"]["Addresses"] == ["2001:ee0:4000::/48"]
    longest = [ip_network(f"118.{100 + n // 250}.{n % 250}.128/26") for n in range(limits.MOST)]
    assert len(limits.with_offices(text, longest).encode()) < 51_200


def test_every_rule_leaves_offices_alone_and_counts_until_it_is_told_to_block() -> None:
    text = limits.TEMPLATE.read_text(encoding="utf-8")
    template = yaml.load(text, spike.Tags)  # noqa: S506  safe
    assert template["Parameters"]["Action"]["Default"] == "count"
    rules = template["Resources"]["WebAcl"]["Properties"]["Rules"]
    offices = {
        "NotStatement": {
            "Statement": {
                "OrStatement": {
                    "Statements": [
                        {"IPSetReferenceStatement": {"Arn": f"{name}.Arn"}} for name in ("Offices4", "Offices6")
                    ]
                }
            }
        }
    }
    for rule in rules:
        narrowed = rule["Statement"]["RateBasedStatement"]["ScopeDownStatement"]
        assert offices in narrowed.get("AndStatement", {"Statements": [narrowed]})["Statements"]
        condition, block, count = rule["Action"]
        assert (condition, count) == ("Blocks", {"Count": {}})
        assert block["Block"]["CustomResponse"]["ResponseCode"] == 503
        assert rule["VisibilityConfig"]["SampledRequestsEnabled"]


def test_it_is_deployed_where_cloudfront_wants_it(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []

    def deployed(client: Any, stack: str, template: str, given: dict[str, str], pause: float) -> dict[str, str]:
        seen.append((client, stack, given, "118.70.1.9/32" in template))
        return {"WebAclArn": "arn"}

    monkeypatch.setattr(limits, "deploy_small", deployed)
    networks = limits.read_offices("118.70.1.9")
    made = limits.run(lambda *of: of, "prod", networks, {"Action": "block"}, 0)
    assert made == {"WebAclArn": "arn"}
    assert seen == [(("cloudformation", "us-east-1"), "cuoc-thi-prod-waf", {"Action": "block"}, True)]


def test_a_parameter_that_the_template_does_not_have_is_refused() -> None:
    """Left out in silence, ``Acton=block`` would leave the limits counting."""
    with pytest.raises(DeploymentFailed, match=r"no parameter Acton; see waf.yaml"):
        limits.run(lambda *_: None, "prod", [], {"StageName": "prod", "Acton": "block"}, 0)


def test_the_command_says_what_is_wrong_and_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "offices.txt"
    arguments = ["--stage", "prod", "--offices", str(file)]
    with pytest.raises(SystemExit, match="Not deployed"):
        limits.main(arguments)
    file.write_text("0.0.0.0/0\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="too wide"):
        limits.main(arguments)
    file.write_text("118.70.1.9\n", encoding="utf-8")
    monkeypatch.setattr(limits, "boto3", SimpleNamespace(Session=lambda: SimpleNamespace(client=None)))

    def refused(*_: Any) -> None:
        raise DeploymentFailed("no rights")

    monkeypatch.setattr(limits, "run", refused)
    with pytest.raises(SystemExit, match="no rights"):
        limits.main(arguments)
    monkeypatch.setattr(limits, "run", lambda *_: {"WebAclArn": "arn:acl"})
    limits.main(arguments)
    assert 'SET="WebAclArn=arn:acl"' in capsys.readouterr().out


def resources(template: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(template, spike.Tags)["Resources"]  # noqa: S506  safe
    return found
