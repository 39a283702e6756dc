"""Who is asking: a registered phone by its token, an account at the desk by its cookie, an ODK client by name and password.

Views ask `actor()`; what that actor may do is decided behind the view.
"""

from __future__ import annotations

import base64
import binascii
from typing import cast

from flask import abort, g, request
from werkzeug.wrappers import Response

from doorplate.errors import NotPermitted
from doorplate.people.account import Actor
from webapp.reach import sign_in

COOKIE = "desk"


def actor() -> Actor:
    """Who the guard of this view let in."""
    return cast(Actor, g.actor)


def require_device() -> Response | None:
    """`Authorization: Bearer TOKEN` of a registered phone."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not token:
        abort(401)
    g.actor = sign_in().device_actor(token.strip())
    return None


def require_signed_in() -> Response | None:
    """The cookie of a session at the desk."""
    token = request.cookies.get(COOKIE, "")
    if not token:
        abort(401)
    g.actor = sign_in().session_actor(token)
    return None


def require_odk() -> Response | None:
    """HTTP Basic, as ODK Collect and Enketo send it."""
    kind, _, told = request.headers.get("Authorization", "").partition(" ")
    try:
        login, _, password = base64.b64decode(told, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        abort(401)
    if kind != "Basic" or not login:
        raise NotPermitted("signin.wrong", "需要登录名和密码")
    g.actor = sign_in().password_actor(login, password)
    return None
