"""Deploys the limits by address (`infra/waf.yaml`), with the networks of offices that no limit holds for.

    python -m infra.limits --stage prod --offices offices.txt --set Action=block

A line of the file is a network or an address, then perhaps `#` and whose it is. Never tried on real AWS.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_address, ip_network
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.cloudformation import DeploymentFailed, Outputs, deploy_small
from infra.package import PROJECT
from infra.preflight import EDGE
from infra.stage import given, stack_name

TEMPLATE = PROJECT / "infra" / "waf.yaml"
# A larger network is a provider's, whose customers anybody may be.
WIDEST = {4: 20, 6: 40}
# The template may have 51,200 bytes (CloudFormation's quotas); a line of it takes some 20.
MOST = 1_500

Network = IPv4Network | IPv6Network


class WrongFile(Exception):
    """The file of networks cannot be used; the message names each line and says what to do."""


def read_offices(text: str) -> list[Network]:
    """The networks of a file, each once. Raises ``WrongFile``."""
    networks: list[Network] = []
    faults = []
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        told = line.partition("#")[0].strip()
        if told:
            try:
                networks.append(_network(told))
            except ValueError as error:
                faults.append(f"Line {number}, “{told}”: {error}")
    found: list[Network] = [
        *collapse_addresses(one for one in networks if isinstance(one, IPv4Network)),
        *collapse_addresses(one for one in networks if isinstance(one, IPv6Network)),
    ]
    if len(found) > MOST:
        faults.append(f"There are {len(found)} networks, and {MOST} fit: leave out offices of few people.")
    if faults:
        raise WrongFile("\n".join(faults))
    return found


def _network(told: str) -> Network:
    """Raises ``ValueError`` with what to do."""
    try:
        network = ip_network(told, strict=False)
    except ValueError:
        raise ValueError("write a network as 203.113.128.0/24, or an address.") from None
    if "/" in told and network.network_address != ip_address(told.partition("/")[0]):
        raise ValueError(f"no beginning of a network: write {network}, or the address alone.")
    if not network.is_global or network.is_multicast:
        raise ValueError("no address on the Internet: ask the office for the one that others see it under.")
    widest = WIDEST[network.version]
    if network.prefixlen < widest:
        raise ValueError(
            f"too wide, at most /{widest}: all customers of a provider would be let through. Ask for the "
            "office's own."
        )
    return network


def with_offices(template: str, networks: Iterable[Network]) -> str:
    """The template with the networks in its two sets."""
    told = list(networks)
    for version in (4, 6):
        empty = f"IPAddressVersion: IPV{version}, Addresses: []"
        if template.count(empty) != 1:
            raise AssertionError(f"{TEMPLATE.name} has no set of addresses for IPv{version}")
        own = json.dumps([str(one) for one in told if one.version == version])
        template = template.replace(empty, f"IPAddressVersion: IPV{version}, Addresses: {own}")
    return template


def waf_name(stack: str) -> str:
    return f"{stack}-waf"


def run(
    client: Callable[..., Any],
    stage: str,
    networks: Iterable[Network],
    parameters: dict[str, str],
    pause: float = 5,
) -> Outputs:
    """The outputs of the stack. Raises ``DeploymentFailed``."""
    template = with_offices(TEMPLATE.read_text(encoding="utf-8"), networks)
    head = template.partition("\nParameters:\n")[2].partition("\nMappings:\n")[0]
    if unknown := parameters.keys() - {"StageName", *re.findall(r"^  (\w+):$", head, re.MULTILINE)}:
        raise DeploymentFailed(f"There is no parameter {', '.join(sorted(unknown))}; see {TEMPLATE.name}.")
    return deploy_small(
        client("cloudformation", EDGE), waf_name(stack_name(stage)), template, parameters, pause
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Deploys and prints how the contest's stack gets it."""
    parser = argparse.ArgumentParser(prog="python -m infra.limits", description=__doc__.split("\n")[0])
    parser.add_argument(
        "--offices", type=Path, required=True, help="a file with a network in each line; an empty one for none"
    )
    options, parameters = given(parser, arguments)
    try:
        networks = read_offices(options.offices.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        sys.exit(f"Not deployed. {options.offices}: {error}")
    except WrongFile as wrong:
        sys.exit(f"Not deployed. {options.offices}:\n{wrong}")
    session = boto3.Session()
    try:
        made = run(session.client, options.stage, networks, parameters)
    except (DeploymentFailed, ClientError, BotoCoreError) as error:
        sys.exit(f"Not deployed. {error}")
    print(f"{len(networks)} networks of offices are let through.")
    print(f'Give it to the contest:  make deploy STAGE={options.stage} SET="WebAclArn={made["WebAclArn"]}"')


if __name__ == "__main__":
    main()
