"""The parts of a stack that hold something about people, as the operators' commands reach them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from infra.local.stackfile import read_stack, stack_client
from infra.package import PROJECT
from infra.stage import stack_name

FUNCTIONS = ("api", "close-weeks", "close-by-shares", "intake", "read-file", "tally", "publish-live", "visit")
# So many requests are under way together where a command moves much.
AT_ONCE = 16
TABLES = ("participants", "entries", "tallies")

# Makes a boto3 client of a service, in another region if one is named.
Client = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Place:
    """``tables`` by what they hold, ``secrets`` by the functions' names for them, as ``PEPPER_SECRET``."""

    stack: str
    client: Client
    desk: str
    site: str
    tables: dict[str, str]
    secrets: dict[str, str]
    kms_key: str
    lock_days: int

    @property
    def s3(self) -> Any:
        return self.client("s3")


def place(stack: str, client: Client) -> Place:
    """As the functions know it: their variables name everything."""
    variables: dict[str, str] = {}
    for name in FUNCTIONS:
        known = client("lambda").get_function_configuration(FunctionName=f"{stack}-{name}")
        variables |= known["Environment"]["Variables"]
    return Place(
        stack,
        client,
        variables["DESK_BUCKET"],
        variables["SITE_BUCKET"],
        {name: variables[f"{name.upper()}_TABLE"] for name in TABLES},
        {name: value for name, value in variables.items() if name.endswith("_SECRET")},
        variables["DATA_KEY_KMS"],
        int(variables["LOCK_DAYS"]),
    )


def say_where(parser: argparse.ArgumentParser) -> None:
    """The options by which a command is told the stack: the running local one, or a stage on AWS."""
    parser.add_argument("--stage", choices=("local", "dev", "prod"), default="local")
    parser.add_argument(
        "--stack", type=Path, default=PROJECT / ".local" / "stack.json", help="the local stack's file"
    )


def stack_of(options: argparse.Namespace) -> tuple[str, Client]:
    """The stack's name, and what makes clients. Ends the program with a sentence if none is running here."""
    if options.stage != "local":
        patient = Config(retries={"total_max_attempts": 10, "mode": "standard"}, max_pool_connections=AT_ONCE)

        def client(service: str, region: str | None = None) -> Any:
            return boto3.client(service, region_name=region, config=patient)

        return stack_name(options.stage), client
    described = read_stack(options.stack)
    return stack_name("local"), lambda service, _region=None: stack_client(described, service)


def place_of(options: argparse.Namespace) -> Place:
    return place(*stack_of(options))
