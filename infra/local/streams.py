"""Saves what the local AWS forgets when it stops: the stream records that no function has read yet.

MiniStack saves how far each event-source mapping has read, but not the records. After a restart a mapping waits
until as many new records have come as it had read before, and skips those. Here the unread records are saved
with the tables, and the mappings begin with them: they must start at ``TRIM_HORIZON``.
"""

from __future__ import annotations

from typing import Any

_SAVED = "unread_stream_records"


def keep_unread_records() -> None:
    """Must be called in the emulator's process, before it restores its saved state."""
    from ministack.core.responses import AccountRegionScopedDict  # type: ignore[import-untyped] # noqa: PLC0415
    from ministack.services import dynamodb, lambda_svc  # type: ignore[import-untyped] # noqa: PLC0415

    save_tables, restore_tables = dynamodb.get_state, dynamodb.load_persisted_state
    save_functions = lambda_svc.get_state

    def get_tables() -> dict[str, Any]:
        unread = AccountRegionScopedDict()
        for scope, position in _positions(lambda_svc).items():
            unread.set_scoped(*scope, _records_since(dynamodb, scope, position))
        # After the positions: a record read meanwhile is delivered twice rather than never.
        return {**save_tables(), _SAVED: unread}

    def load_tables(state: dict[str, Any]) -> None:
        restore_tables(state)
        dynamodb._stream_records.update(state.get(_SAVED) or {})  # noqa: SLF001

    def get_functions() -> dict[str, Any]:
        return {**save_functions(), "dynamodb_stream_positions": {}}

    dynamodb.get_state, dynamodb.load_persisted_state = get_tables, load_tables
    lambda_svc.get_state = get_functions


def _positions(lambda_svc: Any) -> dict[tuple[str, str, str], int]:
    """The position of the slowest mapping of each table's stream, by account, region and table."""
    slowest: dict[tuple[str, str, str], int] = {}
    for (account, region, uuid), mapping in lambda_svc._esms.all_items():  # noqa: SLF001
        _, _, table = mapping["EventSourceArn"].partition(":table/")
        if table:
            scope = (account, region, table.partition("/")[0])
            position = lambda_svc._dynamodb_stream_positions.get_scoped(account, region, uuid, 0)  # noqa: SLF001
            slowest[scope] = min(position, slowest.get(scope, position))
    return slowest


def _records_since(dynamodb: Any, scope: tuple[str, str, str], position: int) -> list[dict[str, Any]]:
    account, region, table = scope
    records = dynamodb._stream_records.get_scoped(account, region, table) or []  # noqa: SLF001
    trimmed = dynamodb._stream_trimmed.get_scoped(account, region, table, 0)  # noqa: SLF001
    return list(records[max(0, position - trimmed) :])
