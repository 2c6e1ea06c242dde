"""The current revision of each close, in the table ``tallies``."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.domain.closeout import Draw
from chalicelib.services.ports import CurrentRevision
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.models import Item, Table


class RevisionItem(Item):
    """``<what>`` points at the current revision; ``<what>#<revision>`` claims one for its inputs."""

    revision = NumberAttribute()
    inputs = UnicodeAttribute()
    result = UnicodeAttribute(null=True)
    at = NumberAttribute(null=True)
    manifest = UnicodeAttribute(null=True)


class DrawItem(Item):
    """``<what>#<revision>#draw``: what decides among equals."""

    size = NumberAttribute()
    root = UnicodeAttribute()


class StoredRevisions:
    """``Revisions`` on DynamoDB."""

    def __init__(self, client: Dynamo, table: str) -> None:
        self._table = Table(RevisionItem, table, client)
        self._draws = Table(DrawItem, table, client)

    def current(self, what: str) -> CurrentRevision | None:
        item = self._table.get(what)
        if item is None:
            return None
        return CurrentRevision(
            int(item.revision), item.inputs, item.result or "", int(item.at or 0), item.manifest or ""
        )

    def claim(self, what: str, after: int, inputs: str) -> int:
        revision = after + 1
        while not self._table.put(
            RevisionItem(f"{what}#{revision}", revision=revision, inputs=inputs),
            RevisionItem.id.does_not_exist() | (RevisionItem.inputs == inputs),
        ):
            revision += 1
        return revision

    def draw(self, what: str, revision: int, now: Draw) -> Draw:
        key = f"{what}#{revision}#draw"
        if self._draws.put(DrawItem(key, size=now.size, root=now.root), DrawItem.id.does_not_exist()):
            return now
        item = self._draws.get(key)
        return now if item is None else Draw(int(item.size), item.root)

    def switch(self, what: str, before: CurrentRevision | None, after: CurrentRevision) -> bool:
        item = RevisionItem(
            what,
            revision=after.revision,
            inputs=after.inputs,
            result=after.result,
            at=after.at,
            manifest=after.manifest,
        )
        unchanged = (
            RevisionItem.id.does_not_exist() if before is None else RevisionItem.revision == before.revision
        )
        return self._table.put(
            item,
            unchanged | ((RevisionItem.revision == after.revision) & (RevisionItem.inputs == after.inputs)),
        )
