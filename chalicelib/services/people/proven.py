"""What an identity provider has proved of a person, and the ticket that carries it to the registration."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import date
from typing import Any, NamedTuple

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from chalicelib.domain.errors import FieldError, InvalidInput
from chalicelib.domain.person import Gender
from chalicelib.services.ports import Participant

TICKET_MS = 30 * 60_000


class Proven(NamedTuple):
    """Values as registrations have them; None: the provider did not tell it, or not in a usable form."""

    citizen_id: str
    full_name: str | None = None
    date_of_birth: date | None = None
    gender: Gender | None = None
    phone: str | None = None

    def __repr__(self) -> str:  # personal data stay out of every log and trace
        return "Proven()"

    @property
    def known(self) -> dict[str, Any]:
        """What is proved, by field of the registration."""
        return {name: value for name, value in self._asdict().items() if value is not None}

    @property
    def plain(self) -> dict[str, Any]:
        """The same with the date of birth as ISO 8601."""
        return {
            name: value.isoformat() if name == "date_of_birth" else value for name, value in self.known.items()
        }

    def applied_to(self, participant: Participant, now: int) -> Participant:
        """The participant with what is proved, verified since ``now``."""
        return participant._replace(**self.plain, verified_at=now)

    def encode(self) -> str:
        return json.dumps(self.plain)

    @classmethod
    def decode(cls, text: str) -> Proven:
        plain = json.loads(text)
        born = plain.pop("date_of_birth", None)
        return cls(**plain, date_of_birth=date.fromisoformat(born) if born else None)


def key_of(pepper: bytes, purpose: str) -> bytes:
    return hmac.digest(pepper, f"identity|{purpose}".encode(), "sha256")


def ticket(pepper: bytes, proven: Proven, now: int) -> str:
    """Encrypted: it passes through the page, and may end up in a log. Good for half an hour."""
    content = json.dumps([now + TICKET_MS, proven.encode()]).encode()
    return urlsafe_b64encode(SecretBox(key_of(pepper, "ticket")).encrypt(content)).decode()


def of_ticket(pepper: bytes, text: str, now: int) -> Proven:
    """Raises ``InvalidInput``."""
    try:
        sealed = urlsafe_b64decode(text.encode("ascii"))
        until, proven = json.loads(SecretBox(key_of(pepper, "ticket")).decrypt(sealed))
    except (CryptoError, TypeError, ValueError):  # also for what is no base64, or no ASCII
        until = 0
    if now >= until:
        message = "Lần xác thực này đã hết hạn. Hãy xác thực lại bằng tài khoản định danh rồi đăng ký."
        raise InvalidInput([FieldError("ticket", message)])
    return Proven.decode(proven)
