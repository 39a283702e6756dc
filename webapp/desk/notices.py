"""Notices at the desk: what shows on the plates' pages, what comes, what is over; written with a look at it first."""

from __future__ import annotations

from datetime import timedelta
from typing import cast, get_args

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from doorplate.china import day_of
from doorplate.errors import DoorplateError, InputError, Refused
from doorplate.notices_view import NOTICE_FIELDS, NoticeDesk, NoticeState
from webapp.access import may
from webapp.desk import notices_words
from webapp.desk.pages import clock, failed, page, page_number, status_of, to
from webapp.reach import opened
from webapp.signing_in import actor

_DAYS = 30  # (D) how long a notice stays when nobody says
_LONGEST = 1200


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/notices/", view_func=notices)
    desk.add_url_rule("/notices/new", view_func=notices_new, methods=["GET", "POST"])
    desk.add_url_rule("/notices/<notice_id>", view_func=notices_one, methods=["GET", "POST"])
    desk.add_url_rule("/notices/<notice_id>/end", view_func=notices_end, methods=["POST"])


def notice_desk() -> NoticeDesk:
    return cast(NoticeDesk, opened("doorplate.notices"))


@may("signed_in")
def notices() -> Response:
    show = request.args.get("show", "showing")
    if show not in get_args(NoticeState):
        abort(404)
    try:
        found = notice_desk().notices(actor(), cast(NoticeState, show), page_number(request.args.get("page", "1")))
    except DoorplateError as exc:
        return failed(exc, to("home"))
    return page("desk/notices.html", found=found, words=notices_words,
                done=notices_words.DONE.get(request.args.get("done", ""), ""))


@may("signed_in")
def notices_new() -> AnyResponse:
    """The form; with `look` it is shown as residents will see it, with `sure` it is posted."""
    today = day_of(clock())
    values = _sent() if request.method == "POST" else dict.fromkeys(NOTICE_FIELDS, "") | {
        "kind": "news", "from": today.isoformat(), "until": (today + timedelta(days=_DAYS)).isoformat()}
    return _write(values, "", 0)


@may("signed_in")
def notices_one(notice_id: str) -> AnyResponse:
    try:
        sheet = notice_desk().open(actor(), notice_id)
    except DoorplateError as exc:
        return failed(exc, to("notices"))
    return _write(_sent() if request.method == "POST" else dict(sheet.values), notice_id, _version() or sheet.version, sheet)


@may("signed_in")
def notices_end(notice_id: str) -> AnyResponse:
    try:
        notice_desk().end(actor(), notice_id, _version(), request.form.get("reason", ""))
    except DoorplateError as exc:
        return failed(exc, to("notices_one", notice_id=notice_id))
    return redirect(to("notices", show="over", done="ended"), 303)


def _write(values: dict[str, str], notice_id: str, version: int, sheet: object = None) -> AnyResponse:
    problem, look, desk = None, False, notice_desk()
    try:
        areas = desk.areas(actor())
        if request.method == "POST":
            desk.check(actor(), values)
            look = request.form.get("sure") != "yes"
            if not look:
                if notice_id:
                    desk.change(actor(), notice_id, version, values)
                else:
                    desk.post(actor(), values)
                return redirect(to("notices", done="saved"), 303)
    except (InputError, Refused) as exc:
        problem = exc
    except DoorplateError as exc:
        return failed(exc, to("notices"))
    return page("desk/notices_write.html", status_of(problem) if problem else 200, values=values, areas=areas,
                problem=problem, look=look, sheet=sheet, version=version, words=notices_words)


def _sent() -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:_LONGEST] for name in NOTICE_FIELDS}


def _version() -> int:
    told = request.form.get("version", "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
