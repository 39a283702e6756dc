"""The rules of `data/signin.toml`, or of an office's own signin.toml: passwords, locks, sessions, how passwords are hashed."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from doorplate.errors import InputError
from doorplate.people.account import Role

Minutes = Annotated[float, Field(gt=0, le=7 * 24 * 60)]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PasswordRules(_Data):
    """Lengths in characters. An office may ask for more than ours, never for less."""

    shortest: Annotated[int, Field(ge=8, le=64)]
    shortest_sysadmin: Annotated[int, Field(ge=12, le=64)]
    different: Annotated[int, Field(ge=1, le=16)]
    common: frozenset[str]

    @field_validator("common")
    @classmethod
    def _lower(cls, value: frozenset[str]) -> frozenset[str]:
        return frozenset(one.casefold() for one in value)


class LockRules(_Data):
    failures: Annotated[int, Field(ge=3, le=20)]
    minutes: Minutes


class SessionRules(_Data):
    idle_minutes: Minutes
    idle_minutes_sysadmin: Minutes
    hours: Annotated[float, Field(gt=0, le=24)]
    seen_every_s: Annotated[float, Field(ge=1, le=600)]


class SecondFactorRules(_Data):
    """required_for: roles that may do nothing at the desk before they set it up. issuer: what authenticators call us."""

    required_for: tuple[Role, ...] = ()
    issuer: Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[^:]+$")] = "智慧门牌"
    recovery_codes: Annotated[int, Field(ge=4, le=20)] = 10
    ticket_minutes: Annotated[float, Field(gt=0, le=60)] = 10


class OdkRules(_Data):
    remember_minutes: Annotated[float, Field(ge=0, le=60)]


class DeputyRules(_Data):
    not_for: tuple[Role, ...] = ()


class HashingRules(_Data):
    """argon2id (RFC 9106): memory in KiB, passes over it, lanes; at_once bounds the memory of many sign-ins together."""

    memory_kib: Annotated[int, Field(ge=8192, le=2**21)]
    passes: Annotated[int, Field(ge=1, le=20)]
    lanes: Annotated[int, Field(ge=1, le=16)]
    at_once: Annotated[int, Field(ge=1, le=64)]


class SignInRules(_Data):
    """See signin.toml for the meaning of each."""

    password: PasswordRules
    lock: LockRules
    session: SessionRules
    odk: OdkRules
    second_factor: SecondFactorRules = SecondFactorRules()
    deputies: DeputyRules
    hashing: HashingRules


@cache
def sign_in_rules() -> SignInRules:
    """The rules that ship with the package."""
    return parse_sign_in(resources.files("doorplate.people").joinpath("data/signin.toml").read_text("utf-8"), "signin.toml")


def load_sign_in(path: Path) -> SignInRules:
    """An office's own rules where the file exists, else ours. Raises InputError(signin.invalid)."""
    return parse_sign_in(path.read_text("utf-8"), path.name) if path.is_file() else sign_in_rules()


def parse_sign_in(text: str, name: str) -> SignInRules:
    """Rules from TOML text; name is what messages call the file. Raises InputError(signin.invalid)."""
    try:
        return SignInRules.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as exc:
        raise InputError("signin.invalid", f"{name}: 不是正确的 TOML 写法, 请照随软件的样例修改", file=name) from exc
    except ValidationError as exc:
        field = ".".join(str(part) for part in exc.errors()[0]["loc"])
        raise InputError("signin.invalid", f"{name}: {field} 的写法不对, 请照随软件的样例修改", file=name) from exc
