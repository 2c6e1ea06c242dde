"""Keyed ids: what a citizen ID, an address and a one-time code are known by where they are stored."""

from __future__ import annotations

import hmac
from ipaddress import ip_address, ip_network


def participant_id(pepper: bytes, citizen_id: str) -> str:
    """The first 80 bits of HMAC-SHA256(pepper, citizen id), in hex.

    Two of two million people share an id with a chance of 2·10⁻¹². The first two digits are the shard.
    """
    return hmac.digest(pepper, citizen_id.encode(errors="surrogatepass"), "sha256")[:10].hex()


def origin_id(pepper: bytes, participant_id: str, address: str) -> str:
    """Tells the addresses apart from which one person signs in, and tells nothing else.

    The same address gives another id for every person. Of IPv6 the first 64 bits count: a
    household has all the others.
    """
    try:
        if ip_address(address).version == 6:
            address = str(ip_network(f"{address.partition('%')[0]}/64", strict=False))
    except ValueError:
        pass  # whatever it is, it is one origin
    return hmac.digest(pepper, f"source|{participant_id}|{address}".encode(), "sha256")[:8].hex()


def code_id(pepper: bytes, participant_id: str, code: str) -> str:
    """A one-time code as it is stored: of no use to whoever reads the table."""
    digits = "".join(sign for sign in code if sign.isalnum())
    return hmac.digest(pepper, f"code|{participant_id}|{digits}".encode(errors="surrogatepass"), "sha256").hex()
