"""Which revision of a close is current, in the table ``tallies``."""

from __future__ import annotations

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError
from pynamodb.models import Model

from chalicelib.services.ports import CurrentRevision
from chalicelib.storage.dynamodb import Client, busy_if_pushed_back, refused_item
from chalicelib.storage.models import bind


class RevisionItem(Model):
    """``<what>`` points at the current revision; ``<what>#<revision>`` claims one for its inputs."""

    class Meta:
        table_name = ""

    id = UnicodeAttribute(hash_key=True)
    revision = NumberAttribute()
    inputs = UnicodeAttribute()
    result = UnicodeAttribute(null=True)


class StoredRevisions:
    """``Revisions`` on DynamoDB."""

    def __init__(self, client: Client, table: str) -> None:
        bind(RevisionItem, table, client)

    def current(self, what: str) -> CurrentRevision | None:
        try:
            with busy_if_pushed_back():
                item = RevisionItem.get(what, consistent_read=True)
        except DoesNotExist:
            return None
        return CurrentRevision(int(item.revision), item.inputs, item.result or "")

    def claim(self, what: str, after: int, inputs: str) -> int:
        revision = after + 1
        while not _put(
            RevisionItem(f"{what}#{revision}", revision=revision, inputs=inputs),
            RevisionItem.id.does_not_exist() | (RevisionItem.inputs == inputs),
        ):
            revision += 1
        return revision

    def switch(self, what: str, before: CurrentRevision | None, after: CurrentRevision) -> bool:
        item = RevisionItem(what, revision=after.revision, inputs=after.inputs, result=after.result)
        unchanged = (
            RevisionItem.id.does_not_exist() if before is None else RevisionItem.revision == before.revision
        )
        return _put(
            item,
            unchanged | ((RevisionItem.revision == after.revision) & (RevisionItem.inputs == after.inputs)),
        )


def _put(item: RevisionItem, condition: object) -> bool:
    try:
        with busy_if_pushed_back():
            item.save(condition=condition)  # type: ignore[arg-type]
    except PutError as error:
        if refused_item(error)[0]:
            return False
        raise
    return True
