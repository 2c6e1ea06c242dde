"""Keyed ids, stored or logged in place of a citizen ID, an address, a one-time code and a person."""

from __future__ import annotations

import hmac
from hashlib import blake2b
from ipaddress import ip_address, ip_network


def participant_id(pepper: bytes, citizen_id: str, generation: int = 0) -> str:
    """The first 80 bits of HMAC-SHA256(pepper, citizen id), in hex.

    The id of generation 0 also stands for the number itself. Each time the number passes to somebody else, it
    gets an id of the next ``generation``, made of ``<citizen id>|<generation>``; ``ParticipantStore.in_force``
    knows the present one. The chance that any two of two million people share an id is 2·10⁻¹². The first two
    digits are the shard.
    """
    number = f"{citizen_id}|{generation}" if generation else citizen_id
    return hmac.digest(pepper, number.encode(errors="surrogatepass"), "sha256")[:10].hex()


def log_key(entry_secret: bytes) -> bytes:
    """The key of all log ids: with the secret, destroyed at the end of a contest, goes whose a line was."""
    return hmac.digest(entry_secret, b"log", "sha256")


def log_id(key: bytes, participant_id: str) -> str:
    """Tells in the logs one person's requests from all others', and reveals nothing else.

    It is keyed BLAKE2b (RFC 7693): every request makes one.
    """
    return blake2b(participant_id.encode(), key=key, digest_size=8).hexdigest()


def origin_id(pepper: bytes, participant_id: str, address: str) -> str:
    """Tells one person's sign-in addresses apart and reveals nothing else.

    The same address gives a different id for every person. Only the first 64 bits of an IPv6 address count:
    one household has all the others.
    """
    return _keyed(pepper, f"source|{participant_id}|{_network(address)}")


def source_id(pepper: bytes, address: str) -> str:
    """Tells the addresses of requests apart, whoever they concern, and reveals nothing else."""
    return _keyed(pepper, f"address|{_network(address)}")


def _network(address: str) -> str:
    try:
        if ip_address(address).version == 6:
            return str(ip_network(f"{address.partition('%')[0]}/64", strict=False))
    except ValueError:
        pass  # not an address, but still one origin
    return address


def _keyed(pepper: bytes, text: str) -> str:
    return hmac.digest(pepper, text.encode(), "sha256")[:8].hex()


def code_id(pepper: bytes, participant_id: str, code: str) -> str:
    """The stored form of a one-time code, useless to anyone who reads the table."""
    digits = "".join(sign for sign in code if sign.isalnum())
    return hmac.digest(pepper, f"code|{participant_id}|{digits}".encode(errors="surrogatepass"), "sha256").hex()
