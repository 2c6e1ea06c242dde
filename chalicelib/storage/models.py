"""PynamoDB models on the shared client."""

from __future__ import annotations

from pynamodb.connection import Connection
from pynamodb.models import Model

from chalicelib.storage.dynamodb import Client


def bind(model: type[Model], table: str, client: Client) -> None:
    """Points ``model`` at ``table`` over ``client``; by itself each model makes a client of its own (0.1 s).

    PynamoDB has no public way to share one, hence the three private names.
    """
    model.Meta.table_name = table
    model._connection = None  # noqa: SLF001
    own: Connection = model._get_connection().connection  # noqa: SLF001
    own._client = client  # noqa: SLF001
