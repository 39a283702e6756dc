"""What every page of the review is made of, and where its links lead."""

from __future__ import annotations

from typing import Any, cast, get_args

from flask import Response, abort, make_response, render_template, request, url_for
from flask_babel import gettext as _

from doorplate.china import minute_of
from doorplate.errors import DoorplateError, InputError, NotFound, NotPermitted, Refused, Unavailable
from doorplate.review_view import FieldCompared, ReviewAsk, ReviewCard, ReviewOrder, ReviewShow
from webapp.desk import review_marks
from webapp.desk import review_words as words
from webapp.desk.pages import frame
from webapp.desk.review_map import HEIGHT, WIDTH, sketch
from webapp.languages import CHINESE, chosen
from webapp.signing_in import written

CSP = ("default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; media-src 'self'; form-action 'self'; "
       "base-uri 'none'; frame-ancestors 'none'")
_STATUS: tuple[tuple[type[DoorplateError], int], ...] = (
    (NotFound, 404), (NotPermitted, 403), (Unavailable, 503), (Refused, 409), (InputError, 400))

_LONGEST_FIND = 60
_ALWAYS = ("street", "lane", "number", "suffix")
_NEWEST = ("mine", "done")
"""Here the latest stands first unless asked otherwise."""


def asked() -> ReviewAsk:
    """Which part of the queue the address means; 404 for one that means nothing."""
    show, number = request.values.get("show", "all"), request.values.get("page", "1")
    if show not in get_args(ReviewShow) or not (number.isascii() and number.isdigit() and len(number) < 10):
        abort(404)
    order = request.values.get("order", "newest" if show in _NEWEST else "oldest")
    if order not in get_args(ReviewOrder):
        abort(404)
    find = request.values.get("q", "").strip()[:_LONGEST_FIND]
    return ReviewAsk(cast(ReviewShow, show), max(1, int(number)), cast(ReviewOrder, order), find)


def to(endpoint: str, ask: ReviewAsk | None = None, **values: Any) -> str:
    """An address of the desk that keeps the part of the queue and the reader's language. The usual is left out."""
    if ask is not None:
        kept = {"show": ask.show, "page": ask.page, "order": ask.order, "q": ask.find} | values
        usual = {"show": "all", "page": 1, "order": "newest" if kept["show"] in _NEWEST else "oldest", "q": ""}
        values = {name: value for name, value in kept.items() if usual.get(name) != value}
    if (language := chosen().code) != CHINESE.code:
        values["lang"] = language
    return url_for(endpoint if "." in endpoint else f"desk.{endpoint}", **values)


def page(template: str, status: int = 200, **values: Any) -> Response:
    text = render_template(
        template, words=words, moment=minute_of, to=to, marked=review_marks.marked, **(frame() | values))
    response = make_response(text, status)
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Cache-Control"] = "no-store"
    return response


def card_page(card: ReviewCard, ask: ReviewAsk, status: int = 200, **more: Any) -> Response:
    """One item. typed: what was in the form that was not taken, by field; failed: which form; problem: why."""
    values = {"done": "", "undo": "", "failed": "", "problem": None, "typed": {}, **more}
    return page("desk/review_item.html", status, card=card, row=card.row, ask=ask, drawn=sketch(card.map), map_width=WIDTH,
                map_height=HEIGHT, touched=[one for one in card.compared if one.state != "same"],
                untouched=[one for one in card.compared if one.state == "same"],
                amendable=[one for one in card.compared if _is_amended(one)], **values)


def _is_amended(one: FieldCompared) -> bool:
    """Whether the form to amend offers it: what is there, what was touched, and the parts every door's number may have."""
    return one.value is not None and (bool(one.value) or one.state != "same" or one.name in _ALWAYS)


def failed(exc: DoorplateError) -> Response:
    """An item that cannot be shown: why, what to do, and what was typed, to be copied."""
    title = _("暂时连不上登记簿") if isinstance(exc, Unavailable) else _("这一条现在看不到")
    kept = written() if request.method == "POST" else ""
    return page("desk/review_failed.html", status_of(exc), title=title, problem=exc, kept=kept)


def status_of(exc: DoorplateError) -> int:
    return next(number for kind, number in _STATUS if isinstance(exc, kind))
