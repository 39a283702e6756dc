"""The rules of an office's own sso.toml: who vouches for staff in a city with single sign-on (OpenID Connect). Pure."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from doorplate.errors import InputError


class SingleSignOnRules(BaseModel):
    """title: what the button says. issuer: as OpenID Connect Discovery 1.0 §4 writes it, https (http on this machine only).
    login_claim: which claim of the identity token is the login here. second_factor: values of `amr` one of which must be said
    (RFC 8176), () asks for none. timeout_s: of each question to the issuer."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: Annotated[str, Field(min_length=2, max_length=20)]
    issuer: str
    client_id: Annotated[str, Field(min_length=1, max_length=200)]
    client_secret: Annotated[str, Field(max_length=400)] = ""
    scope: Annotated[str, Field(pattern=r"^openid( [A-Za-z0-9_.:-]+)*$")] = "openid profile"
    login_claim: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{1,60}$")] = "preferred_username"
    second_factor: tuple[str, ...] = ()
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10

    @field_validator("issuer")
    @classmethod
    def _https(cls, value: str) -> str:
        parts = urlsplit(value)
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
        if not parts.hostname or parts.query or parts.fragment or parts.username or parts.scheme not in ("https", "http"):
            raise ValueError("issuer")
        if parts.scheme == "http" and not local:
            raise ValueError("issuer")
        return value


def load_single_sign_on(path: Path) -> SingleSignOnRules | None:
    """None where the office has no sso.toml. Raises InputError(sso.invalid)."""
    return parse_single_sign_on(path.read_text("utf-8"), path.name) if path.is_file() else None


def parse_single_sign_on(text: str, name: str) -> SingleSignOnRules:
    """Rules from TOML text; name is what messages call the file. Raises InputError(sso.invalid)."""
    try:
        return SingleSignOnRules.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as exc:
        raise InputError("sso.invalid", f"{name}: 不是正确的 TOML 写法, 请照说明修改", file=name) from exc
    except ValidationError as exc:
        field = ".".join(str(part) for part in exc.errors()[0]["loc"])
        why = "要写成 https:// 开头、不带参数的网址" if field == "issuer" else "写法不对或缺少, 请照说明修改"
        raise InputError("sso.invalid", f"{name}: {field} {why}", file=name) from exc
