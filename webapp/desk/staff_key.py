"""Who may work matters: whoever is signed in and has them to work, or, where the command line opened one person's desk, that
member of staff by a key, until the key runs out.

The key comes once in the address and is then a cookie of the desk only, out of scripts' reach. Forms bring back another word,
made from the key, so that no other site can act for this person. Views ask for `case_desk()` and never see how it was let in.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from flask import Flask, Response, abort, current_app, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from doorplate.cases_desk_view import CaseDesk, Matters
from doorplate.errors import NotFound, NotPermitted
from webapp.desk.pages import failed, to
from webapp.signing_in import actor, require_signed_in

COOKIE = "staff_desk"
TYPED = ("answer", "words")
"""The form fields that hold what a person wrote: never lost, whatever goes wrong."""


@dataclass(frozen=True)
class StaffKey:
    """A key for one person's desk. until: it opens nothing from then on."""

    secret: str
    until: datetime
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    @property
    def is_over(self) -> bool:
        return self.now() >= self.until

    @property
    def for_forms(self) -> str:
        """What forms bring back; it does not give the key away."""
        return hmac.new(self.secret.encode(), b"doorplate.desk.form", hashlib.sha256).hexdigest()


def keep(app: Flask, desk: CaseDesk, key: StaffKey) -> None:
    """The desk of this process and the key to it; without them nobody is let in."""
    app.extensions["doorplate.case_desk"] = desk
    app.extensions["doorplate.staff_key"] = key


def case_desk() -> CaseDesk:
    """The desk of who is asking."""
    return cast(CaseDesk, g.case_desk if "case_desk" in g else current_app.extensions["doorplate.case_desk"])


def by_key() -> StaffKey | None:
    """The key of this process's one desk; None where staff sign in."""
    return cast(StaffKey | None, current_app.extensions.get("doorplate.staff_key"))


def staff_key() -> StaffKey:
    return cast(StaffKey, current_app.extensions["doorplate.staff_key"])


def require_staff() -> AnyResponse | None:
    """For every request of a view that staff may call: lets in, takes the key from the address, or refuses (403)."""
    if by_key() is None:
        return _signed_in()
    told = request.args.get("key", "")
    if request.method == "GET" and told and _same(told, staff_key().secret):
        response: Response = redirect(request.path, 303)  # type: ignore[assignment]
        # It ends with the browser; when the key runs out is decided here, where what was typed can still be shown again.
        response.set_cookie(COOKIE, told, httponly=True, samesite="Strict", path="/desk", secure=request.is_secure)
        return response
    if not _same(request.cookies.get(COOKIE, ""), staff_key().secret):
        return _closed(over=False)
    if staff_key().is_over:
        return _closed(over=True)
    if request.method not in ("GET", "HEAD") and not _same(request.form.get("key", ""), staff_key().for_forms):
        abort(403)
    return None


def _signed_in() -> AnyResponse | None:
    if current_app.extensions.get("doorplate.matters") is None:
        abort(403)
    answer = require_signed_in()
    if answer is None:
        try:
            g.case_desk = cast(Matters, current_app.extensions["doorplate.matters"]).desk_for(actor())
        except (NotPermitted, NotFound) as exc:
            return failed(exc, to("home"), kept=typed_words())
    return answer


def typed_words() -> str:
    """What the person wrote in the form that came, to be shown again wherever they end up."""
    return "\n\n".join(filter(None, (request.form.get(name, "").strip() for name in TYPED)))


def _closed(*, over: bool) -> Response:
    kept = typed_words() if over and request.method == "POST" else ""
    response = make_response(render_template("desk/cases_closed.html", over=over, kept=kept), 403)
    response.headers["Cache-Control"] = "no-store"
    return response


def _same(told: str, known: str) -> bool:
    return hmac.compare_digest(told.encode("utf-8", "replace"), known.encode())
