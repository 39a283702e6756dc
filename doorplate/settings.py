"""Settings, read once from the environment (or a `.env` in the working folder) and handed on as a value."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from doorplate.errors import InputError

Door = Literal["scan", "field", "desk", "api"]
BUILT_DOORS: tuple[Door, ...] = ("scan", "field", "desk")


class Settings(BaseSettings):
    """Every setting, with its default. Names in the environment carry the prefix DOORPLATE_."""

    model_config = SettingsConfigDict(
        env_prefix="DOORPLATE_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    home: Path = Path("doorplate-data")
    database_url: str = ""
    base_url: str = ""
    public_database_url: str = ""
    media_url: str = ""
    queue_url: str = ""
    queue_lease_s: Annotated[float, Field(ge=0.5, le=600)] = 20
    secret_key: str = ""
    doors: Annotated[tuple[Door, ...], NoDecode] = ("scan",)
    host: str = "127.0.0.1"
    port: int = 8000
    police_sms: Annotated[str, Field(pattern=r"^(\d{3,20})?$")] = "12110"
    trusted_proxies: Annotated[int, Field(ge=0, le=5)] = 0
    limits_url: str = ""
    limits_file: Path | None = None
    kept_pages_mb: Annotated[int, Field(ge=0, le=4096)] = 64
    metrics_token: str = ""
    form_patience_s: Annotated[float, Field(ge=0, le=30)] = 2

    @field_validator("base_url")
    @classmethod
    def _plain_base_url(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if not value:
            return ""
        parts = urlsplit(value)
        if parts.scheme not in ("https", "http") or not parts.hostname or parts.query or parts.fragment or parts.username:
            raise ValueError("要写成 https://主机名 的样子, 不带参数和用户名")
        if parts.netloc != parts.netloc.lower():
            raise ValueError("主机名要用小写")
        return value

    @field_validator("doors", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(d.strip() for d in value.split(",") if d.strip()) if isinstance(value, str) else value

    @property
    def database(self) -> str:
        """The SQLAlchemy URL: what was set, else SpatiaLite inside home."""
        return self.database_url or "sqlite:///" + quote(str((self.home / "registry.sqlite").absolute()))

    @property
    def public_database(self) -> str:
        """What the residents' door connects with: a role that cannot read households where one was made, else as everybody."""
        return self.public_database_url or self.database

    @property
    def media(self) -> str:
        """Where pictures and voice notes lie sealed: what was set (a folder or s3://bucket/prefix), else a folder inside home."""
        return self.media_url or str((self.home / "media").absolute())

    @property
    def queue(self) -> str:
        """Where print jobs are delivered: what was set, else a file inside home."""
        return self.queue_url or "sqlite:///" + quote(str((self.home / "queue.sqlite").absolute()))


def load_settings(**overrides: object) -> Settings:
    """Settings from the environment; `overrides` win. Raises InputError(settings.invalid)."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as exc:
        first = exc.errors()[0]
        name = "DOORPLATE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise InputError("settings.invalid", f"设置 {name} 不能用: {first['msg']}", setting=name) from exc


def secret_key(settings: Settings) -> str:
    """The key that seals names and signs sessions: set from outside, else made once and kept in home (mode 600)."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.home / "secret.key"
    settings.home.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _create_once(path, secrets.token_hex(32))
    return path.read_text("ascii").strip()


def _create_once(path: Path, text: str) -> None:
    """Whole file or no file, mode 600, and the first of several processes wins: a half-written key would seal names for ever."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
