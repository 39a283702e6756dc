"""Signing in through the city: off to who vouches for staff, and back. Only where the office has set it up (sso.toml)."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, abort, current_app, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from doorplate.errors import NotPermitted, Unavailable
from doorplate.sso_view import SingleSignOn
from webapp.access import may
from webapp.desk.login import is_secure, sit_down
from webapp.form_guard import came_from_here
from webapp.reach import settings
from webapp.signing_in import local_path

_COOKIE, _PATH = "desk_sso", "/desk/sso"
_LASTS_S = 600


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/sso", view_func=sso, methods=["POST"])
    desk.add_url_rule("/sso/back", view_func=sso_back)
    desk.add_app_template_global(sso_title)


def sso_title() -> str:
    """What the button says, "" where there is none."""
    handed = current_app.extensions.get("doorplate.sso")
    return cast(SingleSignOn, handed).title if handed is not None else ""


@may("anyone")
def sso() -> AnyResponse:
    """Leaves for the city's sign-in. A form, so that no other site can begin it."""
    if not came_from_here():
        abort(403)
    try:
        leaving = _handed().leave(_back(), local_path(request.form.get("next", "")))
    except Unavailable as exc:
        return _again(exc, 503)
    # A page of our own leads there: browsers hold redirects after a form against form-action, which names only us.
    response = make_response(render_template("desk/leaving.html", next=leaving.address, title=_handed().title))
    # Lax: the issuer's site sends the browser back here.
    response.set_cookie(_COOKIE, leaving.kept, max_age=_LASTS_S, httponly=True, samesite="Lax", path=_PATH, secure=is_secure())
    response.headers["Cache-Control"] = "no-store"
    return response


@may("anyone")
def sso_back() -> AnyResponse:
    """Comes back from there. What was kept serves once, however this ends."""
    try:
        session, on = _handed().arrive(_back(), request.args.to_dict(), request.cookies.get(_COOKIE, ""),
                                       request.headers.get("User-Agent", ""))
    except (NotPermitted, Unavailable) as exc:
        response = _again(exc, 503 if isinstance(exc, Unavailable) else 403)
    else:
        # A page of our own goes on: a redirect would still count as the other site's, and the session's cookie is Strict.
        page = render_template("desk/arrived.html", next=local_path(on) or url_for("desk.home"))
        response = sit_down(make_response(page), session.token)
    response.delete_cookie(_COOKIE, path=_PATH, httponly=True, samesite="Lax", secure=is_secure())
    return response


def _handed() -> SingleSignOn:
    return cast(SingleSignOn, current_app.extensions.get("doorplate.sso") or abort(404))


def _back() -> str:
    """Our address as the issuer knows it."""
    base = settings().base_url
    return f"{base}{url_for('desk.sso_back')}" if base else url_for("desk.sso_back", _external=True)


def _again(problem: NotPermitted | Unavailable, status: int) -> Response:
    page = render_template("desk/login.html", problem=problem, login="", next="", kept="", over=False)
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response
