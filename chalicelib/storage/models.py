"""PynamoDB models over signed requests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from pynamodb import constants
from pynamodb.attributes import UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from chalicelib.storage.dynamodb import Dynamo, refused_item
from chalicelib.storage.signed_http import AwsRefusal

_KEY = "id"


class Item(Model):
    """An item of a table whose key is ``id`` alone; ``Table`` reads and writes it."""

    id = UnicodeAttribute(hash_key=True)


AnyItem = TypeVar("AnyItem", bound=Item)


class _Shared(Connection):
    """A connection without a client of botocore; by itself each makes one of its own (0.1 s)."""

    def __init__(self, client: Dynamo) -> None:
        super().__init__(region="")
        self._shared = client

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        return self._shared.call(operation_name, operation_kwargs)


class Table(Generic[AnyItem]):
    """One table's items of one model. What DynamoDB pushes back is ``Busy``.

    The methods of a model use a connection that it makes itself, which has no public name.
    """

    def __init__(self, model: type[AnyItem], name: str, client: Dynamo) -> None:
        self._model, self._name, self._connection = model, name, _Shared(client)
        key = {constants.ATTR_NAME: _KEY, constants.KEY_TYPE: "HASH"}
        typed = {constants.ATTR_NAME: _KEY, constants.ATTR_TYPE: constants.STRING}
        self._connection.add_meta_table(
            MetaTable(
                {
                    constants.TABLE_NAME: name,
                    constants.KEY_SCHEMA: [key],
                    constants.ATTR_DEFINITIONS: [typed],
                }
            )
        )

    def get(self, key: str) -> AnyItem | None:
        """Reads consistently, as all here do."""
        answer = self._connection.get_item(self._name, key, consistent_read=True)
        found = answer.get(constants.ITEM)
        return self._model.from_raw_data(found) if found else None

    def get_many(self, keys: Iterable[str]) -> Iterator[AnyItem]:
        """Those that are there, each once, in no particular order."""
        asked: list[Any] = [{_KEY: {constants.STRING: key}} for key in set(keys)]
        while asked:
            page, asked = asked[: constants.BATCH_GET_PAGE_LIMIT], asked[constants.BATCH_GET_PAGE_LIMIT :]
            answer = self._connection.batch_get_item(self._name, page, consistent_read=True)
            for found in answer[constants.RESPONSES].get(self._name, ()):
                yield self._model.from_raw_data(found)
            unprocessed = answer[constants.UNPROCESSED_KEYS].get(self._name, {})
            asked += unprocessed.get(constants.KEYS, ())

    def put(self, item: AnyItem, condition: Condition | None = None) -> bool:
        """False if the condition is not met."""
        attributes = item.serialize()
        key = attributes.pop(_KEY)[constants.STRING]
        try:
            self._connection.put_item(self._name, key, attributes=attributes, condition=condition)
        except AwsRefusal as error:
            if refused_item(error)[0]:
                return False
            raise
        return True

    def update(self, key: str, actions: Sequence[Action], condition: Condition | None = None) -> bool:
        """False if the condition is not met."""
        try:
            self._connection.update_item(self._name, key, actions=actions, condition=condition)
        except AwsRefusal as error:
            if refused_item(error)[0]:
                return False
            raise
        return True
