"""``[identity]`` of a contest."""

from __future__ import annotations

import json
from typing import Any

CLIENT = "cuoc-thi"
CLAIMS = {"citizen_id": "SoDinhDanh", "full_name": "HoVaTen", "date_of_birth": "NgaySinh", "gender": "GioiTinh"}


def identity(url: str, redirect_uri: str, **changed: Any) -> dict[str, Any]:
    """``[identity]`` for a provider at ``url``."""
    return {
        "provider": "oidc",
        "title": "VNeID",
        "issuer": url,
        "authorization_endpoint": f"{url}/oauth2/authorize",
        "token_endpoint": f"{url}/oauth2/token",
        "jwks_uri": f"{url}/jwks",
        "userinfo_endpoint": f"{url}/userinfo",
        "redirect_uri": redirect_uri,
        "client_id": CLIENT,
        "scope": "openid profile phone",
        "claims": CLAIMS,
        **changed,
    }


def as_toml(table: dict[str, Any]) -> str:
    """``[identity]`` as text."""
    claims = ", ".join(f'{name} = "{value}"' for name, value in table["claims"].items())
    rest = [f"{name} = {json.dumps(value)}" for name, value in table.items() if name != "claims"]
    return "\n".join(["", "[identity]", *rest, f"claims = {{ {claims} }}", ""])
