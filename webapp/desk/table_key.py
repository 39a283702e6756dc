"""Who may stand at the packing table: who has the key that the command line showed when the table was opened.

The key comes once in the address and is then a cookie of this table only. A form brings it back, so that no other site can act
for the packer. When staff have logins, these take its place."""

from __future__ import annotations

import hmac

from flask import Flask, Response, abort, current_app, redirect, request
from werkzeug.wrappers import Response as AnyResponse

COOKIE = "packing_table"


def keep(app: Flask, key: str) -> None:
    """The key of this process's table; without one nobody is let in."""
    app.extensions["doorplate.table_key"] = key


def key() -> str:
    """What forms bring back."""
    return str(current_app.extensions.get("doorplate.table_key", ""))


def require_packer() -> AnyResponse | None:
    """For every request of a view that packers may call: lets in, takes the key from the address, or refuses (403)."""
    told = request.args.get("key", "")
    if request.method == "GET" and told and _fits(told):
        response: Response = redirect(request.path, 303)  # type: ignore[assignment]
        response.set_cookie(COOKIE, told, httponly=True, samesite="Strict", path="/desk", secure=request.is_secure)
        return response
    if not _fits(request.cookies.get(COOKIE, "")):
        abort(403)
    if request.method not in ("GET", "HEAD") and not _fits(request.headers.get("X-Table-Key") or request.form.get("key", "")):
        abort(403)
    return None


def _fits(told: str) -> bool:
    return bool(key()) and hmac.compare_digest(told.encode(), key().encode())
