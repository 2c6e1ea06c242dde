"""Data without their keys: a new stack over old tables must do nothing before it has the old secrets.

A deleted stack leaves its tables, and the next one takes them over, but with secrets of its own. Under these no
stored attempt counts, and the log would be signed by somebody else. So the pointer to the contest in force is
laid aside before such a stack is made: without it no function reads a secret or decides anything. It is brought
back last, when the secrets are right (`infra/recover.py`).
"""

from __future__ import annotations

from typing import Any

from chalicelib.documents.contest_in_force import KEY as CURRENT

ASIDE = "pointers/aside"


def lay_aside(dynamodb: Any, tallies: str) -> bool:
    """Takes the contest out of force; False if there is no such table, or none is in force."""
    try:
        return _move(dynamodb, tallies, CURRENT, ASIDE)
    except dynamodb.exceptions.ResourceNotFoundException:
        return False


def bring_back(dynamodb: Any, tallies: str) -> bool:
    """Puts the contest in force again; False if none was laid aside."""
    return _move(dynamodb, tallies, ASIDE, CURRENT)


def _move(dynamodb: Any, table: str, old: str, new: str) -> bool:
    """Whoever is stopped half-way has made a copy, and moves it again."""
    item = dynamodb.get_item(TableName=table, Key={"id": {"S": old}}, ConsistentRead=True).get("Item")
    if item is None:
        return False
    dynamodb.put_item(TableName=table, Item={**item, "id": {"S": new}})
    dynamodb.delete_item(TableName=table, Key={"id": {"S": old}})
    return True
