"""What every page of the desk's rooms is made of: the frame with the way to the other rooms, failures that keep what was
typed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _

from doorplate.china import minute_of
from doorplate.errors import DoorplateError, InputError, NotFound, NotPermitted, Refused, Unavailable
from webapp.desk.roles import ROLES
from webapp.desk.rooms import rooms_of
from webapp.languages import CHINESE, chosen
from webapp.signing_in import actor, form_word, written

CSP = ("default-src 'none'; style-src 'self'; img-src 'self' data: blob:; script-src 'self'; connect-src 'self'; "
       "media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
_STATUS: tuple[tuple[type[DoorplateError], int], ...] = (
    (NotFound, 404), (NotPermitted, 403), (Unavailable, 503), (Refused, 409), (InputError, 400))


def to(endpoint: str, **values: Any) -> str:
    """An address of the desk in the reader's language; what is None or "" is left out."""
    kept = {name: value for name, value in values.items() if value not in (None, "")}
    if (language := chosen().code) != CHINESE.code:
        kept["lang"] = language
    return url_for(endpoint if "." in endpoint else f"desk.{endpoint}", **kept)


def page(template: str, status: int = 200, **values: Any) -> Response:
    """A page of the desk. Templates extend `desk/desk_base.html`; fragments for scripts are templates of their own."""
    text = render_template(template, moment=minute_of, to=to, **(frame() | values))
    return no_store(make_response(text, status))


def frame() -> dict[str, Any]:
    """What the head of every page needs: who is signed in, the rooms open to them, where they are, the word forms bring back."""
    me = actor()
    return {"me": me, "rooms": rooms_of(me), "room": request.endpoint or "", "roles": ROLES, "word": form_word(),
            "views_here": current_app.view_functions}


def failed(exc: DoorplateError, back: str, *, kept: str | None = None) -> Response:
    """What cannot be shown or done: why, the way back (an address of the desk), and what was typed, to be copied."""
    typed = written() if kept is None and request.method == "POST" else kept or ""
    titles = {404: _("找不到这一条"), 403: _("这里不归您管"), 503: _("暂时连不上登记簿"), 409: _("没有做成"),
              400: _("有一处要改")}
    status = status_of(exc)
    return page("desk/desk_failed.html", status, title=titles.get(status, titles[409]), problem=exc, back=back, kept=typed)


def status_of(exc: DoorplateError) -> int:
    """The HTTP status of one of our errors; 500 for a kind nobody thought of."""
    return next((number for kind, number in _STATUS if isinstance(exc, kind)), 500)


def clock() -> datetime:
    """Now; rooms ask here, so that a test can stop the clock."""
    return datetime.now(UTC)


def no_store(response: Response) -> Response:
    """Headers of everything at the desk."""
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "no-store"
    return response


def page_number(told: str) -> int:
    """A page as an address tells it, from 1; what is not a number is page 1."""
    return max(1, int(told)) if told.isascii() and told.isdigit() and len(told) < 8 else 1
