"""Signing in at the desk, and out."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from doorplate.errors import DoorplateError, NotPermitted, Unavailable
from doorplate.field_view import Session
from webapp.access import may
from webapp.form_guard import came_from_here
from webapp.reach import settings, sign_in
from webapp.signing_in import COOKIE, form_word, local_path

_PATH = "/desk"
_LONGEST = 30_000


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/login", view_func=login, methods=["GET", "POST"])
    desk.add_url_rule("/login/code", view_func=login_code, methods=["POST"])
    desk.add_url_rule("/logout", view_func=logout, methods=["POST"])
    desk.add_app_template_global(form_word, "form_word")


@may("anyone")
def login() -> AnyResponse:
    return _enter() if request.method == "POST" else _page(on=request.args.get("next", ""))


@may("signed_in")
def logout() -> AnyResponse:
    sign_in().end_session(request.cookies.get(COOKIE, ""))
    response = redirect(url_for("desk.login"), 303)
    response.delete_cookie(COOKIE, path=_PATH, httponly=True, samesite="Strict", secure=is_secure())
    return response


def sit_down(response: Response, token: str) -> Response:
    """The session's cookie: out of scripts' reach, sent to the desk only, gone with the browser."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="Strict", path=_PATH, secure=is_secure())
    response.headers["Cache-Control"] = "no-store"
    return response


def is_secure() -> bool:
    return request.is_secure or settings().base_url.startswith("https://")


def _enter() -> AnyResponse:
    name, on, kept = request.form.get("login", ""), request.form.get("next", ""), request.form.get("kept", "")
    try:
        if not came_from_here():
            raise NotPermitted("signin.elsewhere", "这次登录不是从我们的网页发出的, 请在这一页重新输入")
        session = sign_in().begin_session(name, request.form.get("password", ""), request.headers.get("User-Agent", ""))
    except (NotPermitted, Unavailable) as exc:
        if exc.code == "signin.code_wanted":
            return _second_step(exc.details["ticket"], on, kept)
        return _page(503 if isinstance(exc, Unavailable) else 403, problem=exc, login=name, on=on, kept=kept)
    return _entered(session, on, kept)


@may("anyone")
def login_code() -> AnyResponse:
    """The second step: what the first one proved comes back sealed."""
    ticket, on, kept = (request.form.get(name, "")[:_LONGEST] for name in ("ticket", "next", "kept"))
    try:
        if not came_from_here():
            raise NotPermitted("signin.elsewhere", "这次登录不是从我们的网页发出的, 请在这一页重新输入")
        session = sign_in().finish_session(ticket, request.form.get("code", "")[:40], request.headers.get("User-Agent", ""))
    except (NotPermitted, Unavailable) as exc:
        if exc.code == "signin.code":
            return _second_step(ticket, on, kept, exc)
        return _page(503 if isinstance(exc, Unavailable) else 403, problem=exc, on=on, kept=kept)
    return _entered(session, on, kept)


def _second_step(ticket: str, on: str, kept: str, problem: DoorplateError | None = None) -> Response:
    text = render_template("desk/login_code.html", ticket=ticket, next=local_path(on), kept=kept, problem=problem)
    response = make_response(text, 403 if problem else 200)
    response.headers["Cache-Control"] = "no-store"
    return response


def _entered(session: Session, on: str, kept: str) -> AnyResponse:
    on = local_path(on) or url_for("desk.home")
    if session.actor.must_change:
        on = url_for("desk.password", next=local_path(on) or None)
    if kept:
        return sit_down(make_response(render_template("desk/kept.html", kept=kept, next=on)), session.token)
    return sit_down(redirect(on, 303), session.token)  # type: ignore[arg-type]


def _page(status: int = 200, *, problem: DoorplateError | None = None, login: str = "", on: str = "", kept: str = "") -> Response:
    text = render_template("desk/login.html", problem=problem, login=login, next=local_path(on), kept=kept, over=False)
    response = make_response(text, status)
    response.headers["Cache-Control"] = "no-store"
    return response
