"""Matters at the desk: the list by clock, one matter opened, and the four things that can be done with it.

Every act is a form and works without scripts. Whatever goes wrong (somebody was quicker, a word is missing, the registry is
away, the key has run out), the page that comes back holds what was typed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal, cast, get_args

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from doorplate.cases_desk_view import CaseDesk, CaseSheet, Show
from doorplate.china import minute_of
from doorplate.errors import DoorplateError, InputError, NotFound, NotPermitted, Refused, Unavailable
from webapp.access import may
from webapp.desk import cases_words as words
from webapp.desk.pages import frame, to
from webapp.desk.staff_key import by_key, case_desk, typed_words
from webapp.signing_in import form_word

How = Literal["page", "phone", "visit"]
_CSP = ("default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; media-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'")
# A file is shown by itself: even if it were a page, it could do nothing.
_FILE_CSP = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
_SHOWN = ("image/jpeg", "image/png", "image/webp", "audio/mpeg", "audio/ogg", "audio/mp4", "audio/webm")
_FIELDS = ("answer", "words", "to", "how")
_STATUS: tuple[tuple[type[DoorplateError], int], ...] = (
    (NotFound, 404), (NotPermitted, 403), (Unavailable, 503), (Refused, 409), (InputError, 400))


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/cases/", view_func=cases)
    desk.add_url_rule("/cases/<case_id>", view_func=case)
    desk.add_url_rule("/cases/<case_id>/files/<file_id>", view_func=case_file)
    desk.add_url_rule("/cases/<case_id>/note", view_func=note, methods=["POST"])
    desk.add_url_rule("/cases/<case_id>/route", view_func=route, methods=["POST"])
    desk.add_url_rule("/cases/<case_id>/settle", view_func=settle, methods=["POST"])
    desk.add_url_rule("/cases/<case_id>/answered", view_func=answered, methods=["POST"])


@may("staff")
def cases() -> Response:
    show = request.args.get("show", "mine")
    page = request.args.get("page", "1")
    if show not in get_args(Show) or not _is_number(page):
        abort(404)
    try:
        found = case_desk().cases(cast(Show, show), max(1, int(page)))
    except (NotFound, Unavailable) as exc:  # not found: who is asking has left
        return _failed(exc)
    return _page("desk/cases.html", found=found, done=words.DONE.get(request.args.get("done", ""), ""))


@may("staff")
def case(case_id: str) -> Response:
    try:
        sheet = case_desk().open(case_id)
    except (NotFound, Refused, Unavailable) as exc:
        return _failed(exc)
    return _sheet(sheet, done=words.DONE.get(request.args.get("done", ""), ""))


@may("staff")
def case_file(case_id: str, file_id: str) -> Response:
    """A picture or voice note as we made it, never as anything a browser would run."""
    mimetype, data = case_desk().file(case_id, file_id)
    known = mimetype in _SHOWN
    response = make_response(data)
    response.headers["Content-Type"] = mimetype if known else "application/octet-stream"
    response.headers["Content-Disposition"] = "inline" if known else 'attachment; filename="file.bin"'
    response.headers["Content-Security-Policy"] = _FILE_CSP
    response.headers["Cache-Control"] = "no-store"
    return response


@may("staff")
def note(case_id: str) -> AnyResponse:
    return _act(case_id, "note", lambda desk, version: desk.note(case_id, version, _typed("words")))


@may("staff")
def route(case_id: str) -> AnyResponse:
    return _act(case_id, "route", lambda desk, version: desk.route(case_id, version, _typed("to"), _typed("words")))


@may("staff")
def settle(case_id: str) -> AnyResponse:
    return _act(case_id, "settle", lambda desk, version: desk.settle(case_id, version, _typed("answer")))


@may("staff")
def answered(case_id: str) -> AnyResponse:
    how = cast(How, _typed("how"))
    return _act(case_id, "answered", lambda desk, version: desk.confirm_answered(case_id, version, how, _typed("words")))


def _act(case_id: str, act: str, do: Callable[[CaseDesk, int], CaseSheet]) -> AnyResponse:
    version = _typed("version")
    if not _is_number(version):
        abort(400)
    try:
        do(case_desk(), int(version))
    except (InputError, NotPermitted, Refused) as exc:
        return _again(case_id, act, exc)
    except (NotFound, Unavailable) as exc:
        return _failed(exc)
    if act == "route":  # it may be out of this person's sight now
        return redirect(url_for("desk.cases", done=act), 303)
    return redirect(url_for("desk.case", case_id=case_id, done=act), 303)


def _again(case_id: str, act: str, problem: DoorplateError) -> Response:
    """The matter as it stands now, with what was typed and why it was not taken."""
    try:
        sheet = case_desk().open(case_id)
    except (NotFound, Refused, Unavailable) as exc:
        return _failed(exc)
    possible = {"note": True, "route": sheet.may_route, "settle": sheet.may_settle, "answered": sheet.may_confirm_answered}
    kept = "" if possible[act] else typed_words()
    return _sheet(sheet, _status(problem), failed=act, problem=problem, typed={name: _typed(name) for name in _FIELDS}, kept=kept)


def _sheet(sheet: CaseSheet, status: int = 200, **more: Any) -> Response:
    values = {"done": "", "failed": "", "problem": None, "typed": dict.fromkeys(_FIELDS, ""), "kept": "", **more}
    return _page("desk/case.html", status, sheet=sheet, row=sheet.row, **values)


def _failed(exc: DoorplateError) -> Response:
    """A matter that cannot be shown: why, what to do, and what was typed to be copied or sent again."""
    away = isinstance(exc, Unavailable)
    retry = dict(request.form) if request.method == "POST" and away else {}
    title = _("暂时连不上登记簿") if away else _("这件事现在看不到")
    return _page("desk/cases_failed.html", _status(exc), title=title, problem=exc, retry=retry, kept=typed_words())


def _page(template: str, status: int = 200, **values: Any) -> Response:
    key = by_key()
    now = key.now() if key else datetime.now(UTC)
    head = {"key": key.for_forms, "until": key.until} if key else {"key": form_word(), "until": None, "to": to, **frame()}
    text = render_template(
        template, desk=case_desk(), words=words, moment=minute_of, clock=lambda row: words.clock(row, now),
        soon=lambda row: words.is_soon(row, now), **(head | values))
    response = make_response(text, status)
    response.headers["Content-Security-Policy"] = _CSP
    response.headers["Cache-Control"] = "no-store"
    return response


def _status(exc: DoorplateError) -> int:
    return next(number for kind, number in _STATUS if isinstance(exc, kind))


def _typed(name: str) -> str:
    return request.form.get(name, "")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10
