"""What the commands about a deployed stage have in common: its name, and the parameters given."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence


def stack_name(stage: str) -> str:
    """The name of a stage's stack; buckets, tables and functions are named after it.

    The variable ``CONTEST_NAME`` makes room for a second contest in an account. Ends the program if it cannot
    be part of a name: the longest, ``<stack>-trail-<account>-<region>``, may have 63 characters.
    """
    name = os.environ.get("CONTEST_NAME", "")
    if stage == "local" or not name:
        return f"cuoc-thi-{stage}"
    if not re.fullmatch(r"[a-z][a-z0-9]{0,13}", name) or name in {"dev", "prod", "deploy"}:
        sys.exit(f"CONTEST_NAME={name}: use 1 to 14 small letters and digits, a letter first, as in hue2027.")
    return f"cuoc-thi-{name}-{stage}"


def given(
    parser: argparse.ArgumentParser, arguments: Sequence[str] | None = None
) -> tuple[argparse.Namespace, dict[str, str]]:
    """The options, ``stage`` among them, and the template's parameters from ``--set NAME=VALUE``."""
    parser.add_argument("--stage", choices=("dev", "prod"), required=True)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a template parameter")
    options = parser.parse_args(arguments)
    wrong = [setting for setting in options.set if "=" not in setting]
    if wrong:
        parser.error(f"{wrong[0]}: write NAME=VALUE")
    return options, {"StageName": options.stage, **dict(setting.split("=", 1) for setting in options.set)}
