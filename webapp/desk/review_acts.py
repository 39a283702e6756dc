"""What a reviewer does: approve, approve with other values, send back; many at once; and take it back.

Whatever is refused (somebody was quicker, a conflict is undecided, the number was given meanwhile), the card comes back as it is
now, with what was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from doorplate.errors import DoorplateError, InputError, NotFound, NotPermitted, Refused, Unavailable
from doorplate.review_view import Decided, ReviewAsk, ReviewDesk
from webapp.access import may
from webapp.desk.review_pages import asked, card_page, failed, page, status_of, to
from webapp.reach import review_desk
from webapp.signing_in import actor

_MOST = 100  # items decided together
_KEEP, _VALUE = "keep.", "value."


def furnish(desk: Blueprint) -> None:
    for rule, view in (("/review/<item_id>/approve", review_approve), ("/review/<item_id>/amend", review_amend),
                       ("/review/<item_id>/reject", review_reject), ("/review/clean", review_clean),
                       ("/review/clean/approve", review_approve_clean), ("/review/undo", review_undo)):
        desk.add_url_rule(rule, view_func=view, methods=["POST"])


@may("signed_in")
def review_approve(item_id: str) -> AnyResponse:
    choices = _named(_KEEP)
    return _act(item_id, "approve", lambda desk, version: desk.approve(actor(), item_id, version, choices))


@may("signed_in")
def review_amend(item_id: str) -> AnyResponse:
    values, said = _named(_VALUE), request.form.get("words", "")
    return _act(item_id, "amend", lambda desk, version: desk.amend(actor(), item_id, version, values, said))


@may("signed_in")
def review_reject(item_id: str) -> AnyResponse:
    said = request.form.get("words", "")
    return _act(item_id, "reject", lambda desk, version: desk.reject(actor(), item_id, version, said))


@may("signed_in")
def review_clean() -> AnyResponse:
    """What approving the chosen ones together would do."""
    ask, chosen = asked(), _chosen()
    if not chosen:
        return redirect(to("review", ask, done="nothing"), 303)
    try:
        lines = review_desk().preview_clean(actor(), chosen)
    except (NotPermitted, Unavailable) as exc:
        return failed(exc)
    return page("desk/review_clean.html", ask=ask, ready=[one for one in lines if not one.why_not],
                left=[one for one in lines if one.why_not])


@may("signed_in")
def review_approve_clean() -> AnyResponse:
    return _many(lambda desk: desk.approve_clean(actor(), _chosen()), "approve")


@may("signed_in")
def review_undo() -> AnyResponse:
    return _many(lambda desk: desk.undo(actor(), _chosen()), "undo")


def _many(do: Callable[[ReviewDesk], Decided], act: str) -> AnyResponse:
    try:
        decided = do(review_desk())
    except (NotPermitted, Unavailable) as exc:
        return failed(exc)
    if act == "undo" and decided.done == 1 and not decided.not_done:
        return redirect(to("review_item", item_id=_chosen()[0], done="undo"), 303)
    return page("desk/review_decided.html", ask=asked(), decided=decided, act=act)


def _act(item_id: str, act: str, do: Callable[[ReviewDesk, int], None]) -> AnyResponse:
    version = request.form.get("version", "")
    if not (version.isascii() and version.isdigit() and len(version) < 10):
        abort(400)
    ask = asked()
    try:
        do(review_desk(), int(version))
    except (InputError, NotPermitted, Refused) as exc:
        return _again(item_id, act, ask, exc)
    except (NotFound, Unavailable) as exc:
        return failed(exc)
    return _onwards(item_id, act, ask)


def _onwards(item_id: str, act: str, ask: ReviewAsk) -> AnyResponse:
    """To the next of the queue, so that a reviewer goes on without going back; after the last one, to the queue."""
    undo = item_id if act != "reject" else None
    following = request.form.get("next", "")
    if following.isalnum() and len(following) <= 40:
        return redirect(to("review_item", ask, item_id=following, done=act, undo=undo), 303)
    return redirect(to("review", ask, done=act, undo=undo), 303)


def _again(item_id: str, act: str, ask: ReviewAsk, problem: DoorplateError) -> Response:
    """The item as it stands now, with what was typed and why it was not taken."""
    try:
        card = review_desk().open(actor(), item_id, ask)
    except (NotFound, Refused, Unavailable) as exc:
        return failed(exc)
    return card_page(card, ask, status_of(problem), failed=act, problem=problem, typed=request.form.to_dict())


def _named(prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)}


def _chosen() -> Sequence[str]:
    return [one for one in dict.fromkeys(request.form.getlist("item")) if one.isalnum()][:_MOST]
