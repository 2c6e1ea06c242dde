"""The environment of each function, as the template sets it: read once and whole, before anything is built.

Each field is the variable of that name in capitals. Its type is read at run time, so this module does not
postpone annotations.
"""

import os
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

T = TypeVar("T")


class BadEnvironment(Exception):
    """Variables are missing, empty or not numbers; the message names each."""


class ApiEnvironment(NamedTuple):
    """``save_after_s``: the usual seconds between two saves of a page.

    ``provider_secret``: where the client's secret at the identity provider is.
    """

    aws_region: str
    desk_bucket: str
    entries_table: str
    participants_table: str
    tallies_table: str
    pepper_secret: str
    entry_secret: str
    token_secret: str
    receipt_secret: str
    provider_secret: str
    data_key_kms: str
    code_version: str
    save_after_s: int


class ClosingEnvironment(NamedTuple):
    """``lock_days``: how long results and references are locked, 0 for not at all."""

    aws_region: str
    desk_bucket: str
    site_bucket: str
    entries_table: str
    participants_table: str
    tallies_table: str
    entry_secret: str
    result_secret: str
    data_key_kms: str
    code_version: str
    lock_days: int


class IntakeEnvironment(NamedTuple):
    aws_region: str
    desk_bucket: str
    site_bucket: str
    entries_table: str
    participants_table: str
    tallies_table: str
    pepper_secret: str
    entry_secret: str
    data_key_kms: str
    code_version: str
    lock_days: int
    read_file_function: str


class ReadingEnvironment(NamedTuple):
    aws_region: str
    desk_bucket: str


class TallyEnvironment(NamedTuple):
    aws_region: str
    desk_bucket: str
    tallies_table: str
    entry_secret: str


class LiveEnvironment(NamedTuple):
    """``witnesses``: ``none``, or ``<verifier key> <address>`` of each, with commas between."""

    aws_region: str
    desk_bucket: str
    site_bucket: str
    tallies_table: str
    log_secret: str
    log_minute_s: int
    witnesses: str
    code_version: str


class VisitingEnvironment(NamedTuple):
    """``site_url``: where people come, without a slash at the end."""

    site_url: str


def read(kind: Callable[..., T], variables: Mapping[str, str] = os.environ) -> T:
    """The environment of ``kind``, one of the classes above. Raises ``BadEnvironment``."""
    wrong: list[str] = []
    values: dict[str, str | int] = {}
    for field, of_type in kind.__annotations__.items():
        name, text = field.upper(), variables.get(field.upper(), "")
        if not text:
            wrong.append(f"{name} is not set")
        elif of_type is int and not (text.isascii() and text.isdecimal()):
            wrong.append(f"{name} is no whole number: {text!r}")
        else:
            values[field] = int(text) if of_type is int else text
    if wrong:
        raise BadEnvironment("; ".join(wrong))
    return kind(**values)
