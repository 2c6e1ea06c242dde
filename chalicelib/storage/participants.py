"""Registered people. Personal values are sealed; the id, unit, category and hashes are not.

Attributes: ``id``, those of ``SEALED``, ``unit``, ``category``, ``password_hash``, ``registered_at``,
``verified_at``, ``reset_code``, ``reset_until``, ``erased_at``, ``in_force``, ``generation``, ``reset_at``,
``signed_out_at``, ``corrected``, ``corrections``, ``expires``; those that say nothing are left out.

``in_force`` is the participant id that the number stands for now, where that is not ``id``. ``generation``
counts how often the number has passed to somebody else. ``corrected`` holds the sealed lines of as many
``corrections``.

Of an erased person ``id``, times but that of registration, and what concerns the number are left.

``expires``, in seconds, is when DynamoDB deletes the item by itself; other times are in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.domain.errors import AlreadyRegistered
from chalicelib.domain.person import CorrectedLine
from chalicelib.services.people.vault import Vault
from chalicelib.services.ports import Holder, Participant
from chalicelib.storage.dynamodb import Dynamo
from chalicelib.storage.plain_items import PlainItems, Value

SEALED = ("citizen_id", "full_name", "date_of_birth", "gender", "phone")
# What an erasure takes. ``verified_at`` stays: it says nothing of who it was, and results may follow from it.
_GONE = (
    *SEALED,
    "corrected",
    "corrections",
    "category",
    "password_hash",
    "registered_at",
    "reset_at",
    "reset_code",
    "reset_until",
    "signed_out_at",
    "unit",
)
_NOBODY = "attribute_not_exists(#id)"
_SOMEBODY = "attribute_exists(#password_hash)"


class Participants:
    """``ParticipantStore`` on DynamoDB."""

    def __init__(self, client: Dynamo, table: str, vault: Vault) -> None:
        self._items = PlainItems(client, table)
        self._vault = vault

    def add(self, participant: Participant) -> None:
        identity = participant.participant_id
        item: dict[str, Value | None] = {
            "id": identity,
            "unit": participant.unit,
            "category": participant.category,
            "password_hash": participant.password_hash,
            "registered_at": participant.registered_at,
            "verified_at": participant.verified_at or None,
            "expires": participant.kept_until // 1000 or None,
            **self._sealed(participant),
        }
        if not self._items.put(item, _NOBODY):
            raise AlreadyRegistered

    def prove(self, participant: Participant) -> None:
        sealed = self._sealed(participant)
        sets = ", ".join(f"#{field} = :{field}" for field in (*SEALED, "verified_at"))
        self._items.update(
            participant.participant_id,
            f"SET {sets}",
            f"{_SOMEBODY} AND attribute_not_exists(#verified_at)",
            **sealed,
            verified_at=participant.verified_at,
        )

    def get(self, participant_id: str) -> Participant | None:
        return self.get_many([participant_id]).get(participant_id)

    def get_many(self, participant_ids: Iterable[str]) -> dict[str, Participant]:
        """Raises ``Unreadable``."""
        found = self._items.get_many(participant_ids)
        return {item["id"]: self._participant(item) for item in found if "password_hash" in item}

    def holder(self, number: str) -> Holder | None:
        """Raises ``Unreadable``."""
        row = self._item(number)
        if row is None:
            return None
        identity = row.get("in_force", number)
        held = row if identity == number else self._item(identity)
        person = self._participant(held) if held and "password_hash" in held else None
        return Holder(identity, row.get("generation", 0), person, held is not None)

    def in_force(self, numbers: Iterable[str]) -> dict[str, str]:
        asked = dict.fromkeys(numbers)
        found = {item["id"]: item.get("in_force", item["id"]) for item in self._items.get_many(asked)}
        return {number: found.get(number, number) for number in asked}

    def pass_on(self, number: str, before: str, after: str, generation: int) -> bool:
        held = "#in_force = :before OR #in_force = :after"
        if before == number:
            held = f"attribute_exists(#id) AND attribute_not_exists(#in_force) OR {held}"
        update = "SET #in_force = :after, #generation = :generation"
        return self._items.update(number, update, held, before=before, after=after, generation=generation)

    def occupy(self, number: str, participant_id: str, kept_until: int, now: int) -> bool:
        expires = kept_until // 1000
        update, free = "SET #in_force = :held, #expires = :expires", f"{_NOBODY} OR #in_force = :held"
        if self._items.update(number, update, free, held=participant_id, expires=expires):
            return True
        holder = self.holder(number)
        if holder is None or holder.taken:
            return False
        # The number has passed on, and its next owner has not registered: nobody can under that id any more.
        closed = "SET #erased_at = :now, #expires = :expires"
        if not self._items.update(holder.participant_id, closed, _NOBODY, now=now, expires=expires):
            return False
        return self.pass_on(number, holder.participant_id, participant_id, holder.generation)

    def allow_reset(self, participant_id: str, code_id: str, until: int) -> bool:
        update = "SET #reset_code = :code, #reset_until = :until"
        return self._items.update(participant_id, update, _SOMEBODY, code=code_id, until=until)

    def reset_password(self, participant_id: str, code_id: str, password_hash: str, now: int) -> bool:
        return self._items.update(
            participant_id,
            "SET #password_hash = :hash, #reset_at = :now REMOVE #reset_code, #reset_until",
            "#reset_code = :code AND #reset_until > :now",
            hash=password_hash,
            now=now,
            code=code_id,
        )

    def sign_out(self, participant_id: str, moment: int) -> None:
        self._items.update(participant_id, "SET #signed_out_at = :moment", _SOMEBODY, moment=moment)

    def correct(self, before: Participant, lines: Sequence[CorrectedLine]) -> bool:
        from chalicelib.documents.corrected_lines import CorrectedLines  # noqa: PLC0415  the API corrects nobody

        identity, done = before.participant_id, [*before.corrected, *lines]
        told = CorrectedLines(lines=tuple(done)).encode().decode()
        values: dict[str, Value] = {
            line.field: self._vault.seal(line.after, identity, line.field) for line in lines
        }
        values |= {"corrected": self._vault.seal(told, identity, "corrected"), "corrections": len(done)}
        sets = ", ".join(f"#{field} = :{field}" for field in values)
        as_read = "attribute_not_exists(#corrections)"
        if before.corrected:
            as_read, values["before"] = "#corrections = :before", len(before.corrected)
        return self._items.update(identity, f"SET {sets}", f"{_SOMEBODY} AND {as_read}", **values)

    def erase(self, participant_id: str, now: int) -> bool:
        gone = ", ".join(f"#{name}" for name in _GONE)
        return self._items.update(participant_id, f"SET #erased_at = :now REMOVE {gone}", _SOMEBODY, now=now)

    def _item(self, key: str) -> dict[str, Any] | None:
        return next(self._items.get_many([key]), None)

    def _sealed(self, participant: Participant) -> dict[str, Value]:
        identity = participant.participant_id
        return {field: self._vault.seal(getattr(participant, field), identity, field) for field in SEALED}

    def _participant(self, item: dict[str, Any]) -> Participant:
        identity = item["id"]
        told = self._vault.open(item["corrected"], identity, "corrected") if "corrected" in item else None
        return Participant(
            participant_id=identity,
            unit=item["unit"],
            category=item["category"],
            password_hash=item["password_hash"],
            registered_at=item["registered_at"],
            kept_until=item.get("expires", 0) * 1000,
            signed_out_at=item.get("signed_out_at", 0),
            reset_at=item.get("reset_at", 0),
            verified_at=item.get("verified_at", 0),
            listed=False,
            corrected=_lines(told) if told else (),
            **{name: self._vault.open(item[name], identity, name) for name in SEALED},
        )


def _lines(told: str) -> tuple[CorrectedLine, ...]:
    from chalicelib.documents.corrected_lines import CorrectedLines  # noqa: PLC0415  few people have any
    from chalicelib.documents.typed import decode  # noqa: PLC0415

    return decode(CorrectedLines, told.encode()).lines
