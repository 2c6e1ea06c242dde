"""Records kept beside the participants for a while: wrong passwords and spent proofs of work.

Keys are keyed ids only (``services.identity``). DynamoDB deletes items after their ``expires`` (seconds).
"""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.services.ports import Failures
from chalicelib.storage.dynamodb import Client
from chalicelib.storage.models import Item, Table

HOUR_MS = 3_600_000
_FORGET_SOURCE_S = 30 * 86_400
_FORGET_HOUR_S = 2 * 3_600
_FORGET_PROOF_S = 3_600  # three times as long as a challenge is good


class FailuresItem(Item):
    """``wrong#<participant id>#<origin>``, and ``wrong#<participant id>#<hour since 1970>`` for all origins.

    Also for ids that nobody has registered. Origins have 16 characters, so the two never collide.
    """

    wrong = NumberAttribute(null=True)
    last_at = NumberAttribute(null=True)
    known = BooleanAttribute(null=True)
    expires = NumberAttribute()


class ProofItem(Item):
    """``proof#<challenge>``: whose registration it was spent on."""

    participant = UnicodeAttribute()
    expires = NumberAttribute()


class StoredSignIns:
    """``SignIns`` on DynamoDB."""

    def __init__(self, client: Client, table: str) -> None:
        self._table = Table(FailuresItem, table, client)

    def failures(self, participant_id: str, origin: str, now: int) -> Failures:
        keys = _keys(participant_id, origin, now)
        found = {item.id: item for item in self._table.get_many(keys)}
        here, anywhere = (found.get(key) or FailuresItem(key) for key in keys)
        return Failures(
            int(here.wrong or 0),
            int(here.last_at or 0),
            bool(here.known),
            int(anywhere.wrong or 0),
            int(anywhere.last_at or 0),
        )

    def failed(self, participant_id: str, origin: str, now: int) -> None:
        spans = (_FORGET_SOURCE_S, _FORGET_HOUR_S)
        for key, span in zip(_keys(participant_id, origin, now), spans, strict=True):
            self._table.update(
                key,
                [
                    FailuresItem.wrong.add(1),
                    FailuresItem.last_at.set(now),
                    FailuresItem.expires.set(now // 1000 + span),
                ],
            )

    def succeeded(self, participant_id: str, origin: str, now: int) -> None:
        item = FailuresItem(_keys(participant_id, origin, now)[0], known=True)
        item.expires = now // 1000 + _FORGET_SOURCE_S
        self._table.put(item)


class StoredProofsOfWork:
    """``ProofsOfWork`` on DynamoDB."""

    def __init__(self, client: Client, table: str) -> None:
        self._table = Table(ProofItem, table, client)

    def spend(self, proof: str, participant_id: str, now: int) -> bool:
        item = ProofItem(f"proof#{proof}", participant=participant_id, expires=now // 1000 + _FORGET_PROOF_S)
        return self._table.put(item, ProofItem.id.does_not_exist() | (ProofItem.participant == participant_id))


def _keys(participant_id: str, origin: str, now: int) -> list[str]:
    return [f"wrong#{participant_id}#{origin}", f"wrong#{participant_id}#{now // HOUR_MS}"]
