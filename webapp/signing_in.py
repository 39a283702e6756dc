"""Who is asking: a registered phone by its token, an account at the desk by its cookie, an ODK client by name and password.

Views ask `actor()`; what that actor may do is decided behind the view. Forms of the desk bring back a word made from the
session (`form_word()`, field `key`, or the header X-Form-Word of scripts), so that no other site can act for this person.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from typing import cast
from urllib.parse import urlencode

from flask import Response as FlaskResponse
from flask import abort, g, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from doorplate.errors import DoorplateError, NotPermitted
from doorplate.people.account import Actor
from webapp.reach import sign_in

COOKIE = "desk"
FORM_FIELD = "key"
_LOCAL = re.compile(r"/desk/(?!login|logout|password|code)[A-Za-z0-9/_.~%?=&,:-]*")
_WITHOUT_OWN_PASSWORD = frozenset({"desk.password", "desk.logout", "field.password"})
"""What somebody whose password was given by another may call."""
_WITHOUT_CODE = _WITHOUT_OWN_PASSWORD | {"desk.second_factor", "desk.second_factor_confirm"}
"""What somebody who must set up their second step first may call."""
_MOST_KEPT = 20_000  # characters


def actor() -> Actor:
    """Who the guard of this view let in."""
    return cast(Actor, g.actor)


def form_word() -> str:
    """What forms of this session bring back; it does not give the session away."""
    token = request.cookies.get(COOKIE, "")
    return hmac.new(token.encode("utf-8", "replace"), b"doorplate.desk.form", hashlib.sha256).hexdigest()


def require_device() -> Response | None:
    """`Authorization: Bearer TOKEN` of a registered phone; else 401, or 403 while the password is somebody else's, as JSON."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not token.strip():
        return refusal(NotPermitted("device.unknown", "请先登录"), 401)
    try:
        g.actor = sign_in().device_actor(token.strip())
    except NotPermitted as exc:
        return refusal(exc, 401)
    if g.actor.must_change and request.endpoint not in _WITHOUT_OWN_PASSWORD:
        return refusal(NotPermitted("password.must_change", "这个密码是别人给的, 请先改成自己的密码"), 403)
    return None


def require_signed_in() -> Response | None:
    """The cookie of a session at the desk. Without one: pages lead to the login, a form sent is shown again with it."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        return _signed_out()
    try:
        g.actor = sign_in().session_actor(token)
    except NotPermitted:
        return _signed_out()
    if request.method not in ("GET", "HEAD") and not _brought_word():
        abort(403)
    if g.actor.must_change and request.endpoint not in _WITHOUT_OWN_PASSWORD:
        return redirect(_with_next("desk.password"), 303)
    if g.actor.must_enrol and request.endpoint not in _WITHOUT_CODE:
        return redirect(_with_next("desk.second_factor"), 303)
    return None


def require_odk() -> Response | None:
    """HTTP Basic, as ODK Collect and Enketo send it; 401 asks for it."""
    kind, _, told = request.headers.get("Authorization", "").partition(" ")
    try:
        login, _, password = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        kind = login = password = ""
    try:
        if kind.lower() != "basic" or not login:
            raise NotPermitted("signin.wrong", "需要登录名和密码")
        g.actor = sign_in().password_actor(login, password)
    except NotPermitted as exc:
        response = make_response(exc.message, 401)
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
        response.headers["WWW-Authenticate"] = 'Basic realm="doorplate", charset="UTF-8"'
        response.headers["X-OpenRosa-Version"] = "1.0"
        return response
    return None


def refusal(exc: DoorplateError, status: int) -> FlaskResponse:
    """An error as scripts and phones read it."""
    response = jsonify({"code": exc.code, "message": exc.message})
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response


def local_path(told: str) -> str:
    """A page of the desk to go on to; "" for anything else."""
    return told if _LOCAL.fullmatch(told) and "//" not in told else ""


def written() -> str:
    """What a person wrote in the form that came: the fields that hold prose, not ids and choices."""
    prose = [value.strip() for name, value in request.form.items()
             if name not in (FORM_FIELD, "login", "password", "old", "new", "again")
             and (not value.isascii() or " " in value.strip())]
    return "\n\n".join(filter(None, prose))[:_MOST_KEPT]


def _brought_word() -> bool:
    brought = request.headers.get("X-Form-Word") or request.form.get(FORM_FIELD, "")
    return hmac.compare_digest(brought.encode("utf-8", "replace"), form_word().encode())


def _signed_out() -> Response:
    """Scripts are told, pages are led to the login, and what was typed is shown beside it."""
    if request.accept_mimetypes.best == "application/json":
        return refusal(NotPermitted("session.over", "登录已经结束, 请重新登录"), 401)
    if request.method in ("GET", "HEAD"):
        return redirect(_with_next("desk.login"), 303)
    page = render_template("desk/login.html", problem=None, login="", next=local_path(_back()), kept=written(), over=True)
    response = make_response(page, 403)
    response.headers["Cache-Control"] = "no-store"
    return response


def _with_next(view: str) -> str:
    path = local_path(_here() if request.method in ("GET", "HEAD") else _back())
    return url_for(view, next=path or None)


def _here() -> str:
    query = {name: value for name, value in request.args.items() if name != FORM_FIELD}
    return f"{request.path}?{urlencode(query)}" if query else request.path


def _back() -> str:
    """Where the form that came was shown, as near as its address tells: acts lie below their page."""
    return request.path.rpartition("/")[0]
