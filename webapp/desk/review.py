"""Reviewing what the field sent: the queue and one item opened. What is decided stands in `review_acts`.

Everything is a form and works without scripts; with them the keyboard does it too.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, request

from doorplate.errors import NotFound, Refused, Unavailable
from webapp.access import may
from webapp.desk import review_acts
from webapp.desk import review_words as words
from webapp.desk.review_pages import asked, card_page, failed, page
from webapp.reach import review_desk
from webapp.signing_in import actor

# A file is shown by itself: even if it were a page, it could do nothing.
_FILE_CSP = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
_SHOWN = ("image/jpeg", "image/png", "image/webp", "audio/mpeg", "audio/ogg", "audio/mp4", "audio/webm")


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/review/", view_func=review)
    desk.add_url_rule("/review/<item_id>", view_func=review_item)
    desk.add_url_rule("/review/<item_id>/files/<file_id>", view_func=review_file)
    review_acts.furnish(desk)


@may("signed_in")
def review() -> Response:
    ask = asked()
    try:
        found = review_desk().queue(actor(), ask)
    except Unavailable as exc:
        return failed(exc)
    return page("desk/review.html", found=found, ask=found.ask, done=words.DONE.get(request.args.get("done", ""), ""),
                undo=request.args.get("undo", ""), turned="oldest" if found.ask.order == "newest" else "newest")


@may("signed_in")
def review_item(item_id: str) -> Response:
    ask = asked()
    try:
        card = review_desk().open(actor(), item_id, ask)
    except (NotFound, Refused, Unavailable) as exc:
        return failed(exc)
    return card_page(card, ask, done=words.DONE.get(request.args.get("done", ""), ""), undo=request.args.get("undo", ""))


@may("signed_in")
def review_file(item_id: str, file_id: str) -> Response:
    """A picture or voice note as we made it, never as anything a browser would run."""
    mimetype, data = review_desk().file(actor(), item_id, file_id)
    known = mimetype in _SHOWN
    response = make_response(data)
    response.headers["Content-Type"] = mimetype if known else "application/octet-stream"
    response.headers["Content-Disposition"] = "inline" if known else 'attachment; filename="file.bin"'
    response.headers["Content-Security-Policy"] = _FILE_CSP
    response.headers["Cache-Control"] = "no-store"
    return response

