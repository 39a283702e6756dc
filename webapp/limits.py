"""How often one address may ask, by kind of request (data/limits.toml). Kept in memory by each process, or in Redis for all.

An address is only held as long as its count; nothing is written down.
"""

from __future__ import annotations

import math
import time
import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import Annotated

from flask import Flask, Response, request
from flask_limiter import Limiter
from limits import parse_many
from limits.errors import ConfigurationError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from werkzeug.middleware.proxy_fix import ProxyFix

from doorplate.errors import InputError
from doorplate.settings import Settings
from webapp.failures import failure_page

_FREE = ("/static/", "/field/app/", "/healthz", "/readyz", "/metrics")
LOOKUPS = frozenset({"scan.open_plate", "scan.open_plate_in_capitals", "scan.contacts_card", "scan.small_map", "scan.show_form"})
"""Views that tell whether a code exists."""


def _amount(text: str) -> str:
    parse_many(text)
    return text


Amount = Annotated[str, AfterValidator(_amount)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kind(_Table):
    """paths: what a path begins with, or a pattern with `*`."""

    name: str
    methods: tuple[str, ...]
    paths: tuple[str, ...]
    amount: Amount

    def holds(self, method: str, path: str) -> bool:
        return method in self.methods and any(fnmatchcase(path, one) or path.startswith(one) for one in self.paths)


class Unknown(_Table):
    amount: Amount


class Burst(_Table):
    """How many unknown codes within window_s raise an alarm: asked for from one place, and from everywhere together."""

    window_s: Annotated[float, Field(gt=0)]
    one_place: Annotated[int, Field(gt=0)]
    overall: Annotated[int, Field(gt=0)]


class Limits(_Table):
    kind: Annotated[tuple[Kind, ...], Field(min_length=1)]
    unknown: Unknown
    burst: Burst

    def kind_of(self, method: str, path: str) -> Kind:
        """The last kind for what fits none: an unheard-of method."""
        return next((one for one in self.kind if one.holds(method, path)), self.kind[-1])


def load_limits(path: Path | None = None) -> Limits:
    """Ours, or those of a file. Raises InputError(limits.invalid)."""
    name = path.name if path else "limits.toml"
    try:
        text = path.read_text("utf-8-sig") if path else resources.files("webapp").joinpath("data/limits.toml").read_text("utf-8")
        return Limits.model_validate(tomllib.loads(text))
    except OSError as exc:
        raise InputError("limits.invalid", f"读不了次数限制 {name}: {exc.strerror}", file=name) from exc
    except ValidationError as exc:
        where = " → ".join(str(part) for part in exc.errors()[0]["loc"])
        raise InputError("limits.invalid", f"次数限制 {name} 里 {where} 不能用: {exc.errors()[0]['msg']}", file=name) from exc
    except ValueError as exc:
        raise InputError("limits.invalid", f"次数限制 {name} 不是 TOML: {exc}", file=name) from exc


def install(app: Flask, settings: Settings, limits: Limits) -> None:
    """Before all views. Raises InputError(settings.limits_url)."""
    if settings.trusted_proxies:
        # The address our own nginx saw, never one a visitor claims: as many hops as there are proxies of ours.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=1)  # type: ignore[method-assign]
    try:
        limiter = Limiter(
            key_func=lambda: f"{_kind(limits).name}:{visitor()}",
            app=app,
            application_limits=[lambda: _kind(limits).amount],
            storage_uri=settings.limits_url or "memory://",
            strategy="fixed-window",
            in_memory_fallback_enabled=bool(settings.limits_url),
        )
    except ConfigurationError as exc:
        raise InputError("settings.limits_url", "DOORPLATE_LIMITS_URL 不能用, 要写成 redis://主机:端口/库, 并装好 redis") from exc
    limiter.request_filter(lambda: request.path.startswith(_FREE))
    unknown = parse_many(limits.unknown.amount)

    @app.after_request
    def try_again_after(response: Response) -> Response:
        if response.status_code == 429 and "Retry-After" not in response.headers:
            response.headers["Retry-After"] = str(_seconds_left(limiter))
        return response

    @app.after_request
    def unknown_codes(response: Response) -> Response:
        """Who asks for one code after the other that does not exist is told to stop; a plate that exists still opens."""
        if response.status_code != 404 or request.endpoint not in LOOKUPS:
            return response
        allowed = [limiter.limiter.hit(one, "unknown", visitor()) for one in unknown]  # every amount counts every time
        return response if all(allowed) else failure_page(429)


def visitor() -> str:
    """Whose requests are counted together: an address, or the block a household gets in IPv6 (RFC 6177)."""
    address = request.remote_addr or ""
    return ":".join(address.split(":")[:4]) if ":" in address else address


def _kind(limits: Limits) -> Kind:
    return limits.kind_of(request.method, request.path)


def _seconds_left(limiter: Limiter) -> int:
    breached: Sequence[float] = [one.reset_at for one in limiter.current_limits if one.breached]
    return max(1, math.ceil(max(breached) - time.time())) if breached else 60
