"""One's own ways in: the sessions that are open, and the second step."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from doorplate.errors import DoorplateError, NotPermitted, Refused
from doorplate.plates.symbol import matrix
from webapp.access import may
from webapp.desk.pages import failed, page, status_of, to
from webapp.reach import sign_in
from webapp.signing_in import actor, local_path


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/sessions", view_func=sessions)
    desk.add_url_rule("/sessions/end", view_func=end_session, methods=["POST"])
    desk.add_url_rule("/code", view_func=second_factor)
    desk.add_url_rule("/code/confirm", view_func=second_factor_confirm, methods=["POST"])
    desk.add_url_rule("/code/remove", view_func=second_factor_remove, methods=["POST"])


@may("signed_in")
def sessions() -> Response:
    return _sessions(done=request.args.get("done", ""))


@may("signed_in")
def end_session() -> AnyResponse:
    sign_in().end_other_session(actor(), request.form.get("session", "")[:64])
    return redirect(to("sessions", done="ended"), 303)


@may("signed_in")
def second_factor() -> Response:
    """A secret to be put into an authenticator, as a symbol and to be typed."""
    return _offer()


@may("signed_in")
def second_factor_confirm() -> AnyResponse:
    on = local_path(request.form.get("next", ""))
    try:
        codes = sign_in().confirm_code(actor(), request.form.get("ticket", "")[:2000], request.form.get("code", "")[:40],
                                       request.form.get("old", "")[:40])
    except NotPermitted as exc:
        return _offer(exc)
    except DoorplateError as exc:
        return failed(exc, to("sessions"))
    return page("desk/second_factor_codes.html", codes=codes, next=on or url_for("desk.home"))


@may("signed_in")
def second_factor_remove() -> AnyResponse:
    try:
        sign_in().remove_code(actor(), request.form.get("code", "")[:40])
    except (NotPermitted, Refused) as exc:
        return _sessions(exc)
    return redirect(to("sessions", done="removed"), 303)


def _sessions(problem: DoorplateError | None = None, done: str = "") -> Response:
    return page("desk/sessions.html", status_of(problem) if problem else 200, lines=sign_in().sessions_of(actor()),
                problem=problem, done=done)


def _offer(problem: DoorplateError | None = None) -> Response:
    offer = sign_in().begin_code(actor())
    modules = matrix(offer.address, "L")
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, dark in enumerate(row) if dark)
    return page("desk/second_factor.html", status_of(problem) if problem else 200, offer=offer, path=path, side=len(modules),
                problem=problem, next=local_path(request.values.get("next", "")))
