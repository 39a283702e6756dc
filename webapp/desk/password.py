"""One's own password, in place of the one somebody else gave."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from doorplate.errors import DoorplateError, InputError, NotPermitted, Unavailable
from webapp.access import may
from webapp.reach import sign_in
from webapp.signing_in import actor, local_path


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/password", view_func=password, methods=["GET", "POST"])


@may("signed_in")
def password() -> AnyResponse:
    return _change() if request.method == "POST" else _page()


def _change() -> AnyResponse:
    try:
        if request.form.get("new", "") != request.form.get("again", ""):
            raise InputError("password.again", "两次输入的新密码不一样, 请重新输入")
        sign_in().change_password(actor(), request.form.get("old", ""), request.form.get("new", ""))
    except (InputError, NotPermitted, Unavailable) as exc:
        return _page(exc)
    return redirect(local_path(request.form.get("next", "")) or url_for("desk.home", done="password"), 303)


def _page(problem: DoorplateError | None = None) -> Response:
    status = 200 if problem is None else 503 if isinstance(problem, Unavailable) else 400
    on = request.form.get("next", "") or request.args.get("next", "")
    response = make_response(render_template("desk/password.html", actor=actor(), problem=problem, next=local_path(on)), status)
    response.headers["Cache-Control"] = "no-store"
    return response
