"""Records kept beside the participants for a while: tries, what sources do, and spent proofs of work.

``wrong#<participant id>#<origin>``: ``tries`` failed since the last success, which made it ``known``.
``wrong#<participant id>#<hour since 1970>``: ``tries`` from all origins that were not known.
``source#<source>#<hour since 1970>``: what the source has ``registered``, and its ``misses``.
``registered#<minute since 1970>``: about what all sources have ``registered``.
``proof#<challenge>``: whose registration it was spent on, if it was one (``participant``).

Also for ids that nobody has registered. Origins have 16 characters, so they never collide with hours. Keys are
keyed ids only (``domain.identity``). DynamoDB deletes items after their ``expires`` (seconds).
"""

from __future__ import annotations

from typing import Any, Literal

from chalicelib.domain.times import MINUTE_MS
from chalicelib.services.ports import Strain, Traffic
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.plain_items import PlainItems

HOUR_MS = 3_600_000
# How long they are kept.
_ORIGIN_S = 30 * 86_400
_HOUR_S = 2 * 3_600
_PROOF_S = 3_600  # three times as long as a challenge is good
# One registration in so many is counted in all, for so many: the item of a minute then stays far below the
# thousand writes a second of one partition. Participant ids are keyed, so nobody can choose to be left out.
_SAMPLE = 16


class StoredSignIns:
    """``SignIns`` on DynamoDB."""

    def __init__(self, client: Dynamo, table: str) -> None:
        self._counts = _Counts(client, table)

    def strain(self, participant_id: str, origin: str, source: str, now: int) -> Strain:
        keys = _here(participant_id, origin), _anywhere(participant_id, now), _source(source, now)
        here, anywhere, from_there = self._counts.of(*keys)
        return Strain(
            here.get("tries", 0),
            here.get("known", False),
            anywhere.get("tries", 0),
            from_there.get("misses", 0),
        )

    def begin(self, participant_id: str, limit: int | None, now: int) -> bool:
        return self._counts.add("tries", _anywhere(participant_id, now), _HOUR_S, now, limit)

    def failed(self, participant_id: str, origin: str, source: str, now: int) -> None:
        self._counts.add("tries", _here(participant_id, origin), _ORIGIN_S, now)
        self._counts.add("misses", _source(source, now), _HOUR_S, now)

    def succeeded(self, participant_id: str, origin: str, now: int) -> None:
        expires = now // 1000 + _ORIGIN_S
        self._counts.known(_here(participant_id, origin), expires)


class StoredSources:
    """``Sources`` on DynamoDB."""

    def __init__(self, client: Dynamo, table: str) -> None:
        self._counts = _Counts(client, table)
        self._in_all = (-1, 0)  # a minute that is over, and its registrations: read once

    def traffic(self, source: str, now: int) -> Traffic:
        minute, keys = now // MINUTE_MS - 1, [_source(source, now)]
        if self._in_all[0] != minute:
            keys.append(_minute(minute))
        seen, *counted = self._counts.of(*keys)
        for of_all in counted:
            self._in_all = (minute, of_all.get("registered", 0))
        return Traffic(seen.get("registered", 0), seen.get("misses", 0), self._in_all[1])

    def begin(self, source: str, participant_id: str, limit: int | None, now: int) -> bool:
        if not self._counts.add("registered", _source(source, now), _HOUR_S, now, limit):
            return False
        if int(participant_id, 16) % _SAMPLE == 0:
            minute = _minute(now // MINUTE_MS)
            self._counts.add("registered", minute, _HOUR_S, now, by=_SAMPLE)
        return True

    def missed(self, source: str, now: int) -> None:
        self._counts.add("misses", _source(source, now), _HOUR_S, now)


class _Counts(PlainItems):
    def of(self, *keys: str) -> list[dict[str, Any]]:
        """In the order of the keys; what is not there is empty."""
        found = {item["id"]: item for item in self.get_many(keys)}
        return [found.get(key, {}) for key in keys]

    def add(
        self,
        count: Literal["tries", "registered", "misses"],
        key: str,
        kept_s: int,
        now: int,
        limit: int | None = None,
        by: int = 1,
    ) -> bool:
        """False if ``limit`` were counted already."""
        update, expires = f"ADD #{count} :by SET #expires = :expires", now // 1000 + kept_s
        if limit is None:
            return self.update(key, update, by=by, expires=expires)
        fewer = f"attribute_not_exists(#{count}) OR #{count} < :limit"
        return self.update(key, update, fewer, by=by, expires=expires, limit=limit)

    def known(self, key: str, expires: int) -> None:
        """In place of what was counted."""
        self.put({"id": key, "known": True, "expires": expires}, "")


class StoredProofsOfWork:
    """``ProofsOfWork`` on DynamoDB."""

    def __init__(self, client: Dynamo, table: str) -> None:
        self._items = PlainItems(client, table)

    def spend(self, proof: str, participant_id: str | None, now: int) -> bool:
        item = {"id": f"proof#{proof}", "participant": participant_id, "expires": now // 1000 + _PROOF_S}
        if participant_id is None:
            return self._items.put(item, "attribute_not_exists(#id)")
        unspent = "attribute_not_exists(#id) OR #participant = :participant"
        return self._items.put(item, unspent, participant=participant_id)


def _here(participant_id: str, origin: str) -> str:
    return f"wrong#{participant_id}#{origin}"


def _anywhere(participant_id: str, now: int) -> str:
    return f"wrong#{participant_id}#{now // HOUR_MS}"


def _source(source: str, now: int) -> str:
    return f"source#{source}#{now // HOUR_MS}"


def _minute(minute: int) -> str:
    return f"registered#{minute}"
