"""``[identity]`` of ``contest.toml``: an OpenID Connect provider that proves, at registration, who a person is.

Every address comes from the file; nothing is discovered at run time. The client's secret is no setting: it is
kept where the other secrets are.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.checked_values import Switch

# How it is known who a participant is: a provider has proved it, a unit's roster lists them, or nothing tells.
Verified = Literal["provider", "roster", "none"]
Proof = Literal["provider", "roster"]
VERIFIED: dict[Verified, str] = {
    "provider": "đã xác thực bằng tài khoản định danh",
    "roster": "có tên trong danh sách của đơn vị",
    "none": "tự khai",
}
_ADDRESS = re.compile(r"https://[^\s/?#@]+(/[^\s#]*)?|http://127\.0\.0\.1(:\d+)?(/[^\s#]*)?")


def _address(value: str) -> str:
    if value and not _ADDRESS.fullmatch(value):
        raise ValueError("cần địa chỉ https đầy đủ, ví dụ https://xacthuc.example.vn/oauth2/token")
    return value


Address = Annotated[str, Field(max_length=500), AfterValidator(_address)]
Name = Annotated[str, Field(max_length=200)]


def verified_by(*, proven: bool, listed: bool) -> Verified:
    """``proven``: by a provider, which says more than a roster does."""
    if proven:
        return "provider"
    return "roster" if listed else "none"


class Claims(BaseModel):
    """What the provider calls each value of a person; empty: it does not tell it, and the form asks for it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    citizen_id: Name = ""
    full_name: Name = "name"
    date_of_birth: Name = "birthdate"
    gender: Name = "gender"
    phone: Name = "phone_number"


class Identity(BaseModel):
    """``title``: what people call the account. ``acr``: asked for, and one of them insisted on.

    ``require``: nobody registers without it. ``fallback``: whether people may, unverified, while it is down.
    ``userinfo_endpoint`` is for providers that put the values not into the ID token.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    provider: Literal["none", "oidc"] = "none"
    title: Annotated[str, Field(max_length=100)] = ""
    issuer: Address = ""
    authorization_endpoint: Address = ""
    token_endpoint: Address = ""
    jwks_uri: Address = ""
    userinfo_endpoint: Address = ""
    redirect_uri: Address = ""
    client_id: Name = ""
    scope: Name = "openid profile"
    acr: tuple[Name, ...] = ()
    claims: Claims = Field(default_factory=Claims)
    require: Switch = False
    fallback: Literal["none", "unverified"] = "none"

    @model_validator(mode="after")
    def _complete(self) -> Identity:
        if self.provider == "none":
            if self.require:
                raise ValueError(
                    'require: chưa có bên cung cấp định danh; hãy ghi provider = "oidc" hoặc bỏ require'
                )
            return self
        needed = (
            "title",
            "issuer",
            "authorization_endpoint",
            "token_endpoint",
            "jwks_uri",
            "redirect_uri",
            "client_id",
        )
        missing = [name for name in needed if not getattr(self, name)]
        missing += [] if self.claims.citizen_id else ["claims.citizen_id"]
        if missing:
            raise ValueError(f'{", ".join(missing)}: bắt buộc khi provider = "oidc"; hãy ghi thêm')
        if "openid" not in self.scope.split():
            raise ValueError('scope: phải có "openid", ví dụ "openid profile"')
        return self

    @property
    def used(self) -> bool:
        return self.provider != "none"
