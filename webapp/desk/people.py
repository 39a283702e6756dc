"""People and areas at the desk: accounts, what they hold, their phones, and where nobody answers."""

from __future__ import annotations

from typing import cast, get_args

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from doorplate.errors import DoorplateError, InputError, NotFound, NotPermitted, Refused
from doorplate.people.account import ROLES
from doorplate.staff_desk_view import MATRIX_ROLES, AccountAct, StaffDesk
from webapp.access import may
from webapp.desk import people_words
from webapp.desk.pages import failed, page, page_number, status_of, to
from webapp.reach import opened
from webapp.signing_in import actor

_FIELDS = ("login", "name", "role", "area", "until")


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/people/", view_func=people)
    desk.add_url_rule("/people/areas", view_func=people_areas)
    desk.add_url_rule("/people/new", view_func=people_new, methods=["GET", "POST"])
    desk.add_url_rule("/people/<account_id>", view_func=people_one)
    desk.add_url_rule("/people/<account_id>/act", view_func=people_act, methods=["POST"])
    desk.add_url_rule("/people/<account_id>/assign", view_func=people_assign, methods=["POST"])
    desk.add_url_rule("/people/<account_id>/unassign", view_func=people_unassign, methods=["POST"])


def _desk() -> StaffDesk:
    return cast(StaffDesk, opened("doorplate.staff_desk"))


@may("signed_in")
def people() -> Response:
    try:
        found = _desk().accounts(actor(), request.args.get("q", "")[:60], page_number(request.args.get("page", "1")))
    except DoorplateError as exc:
        return failed(exc, to("home"))
    return page("desk/people.html", found=found)


@may("signed_in")
def people_areas() -> Response:
    """Villages and grids × roles, and where nobody answers."""
    try:
        found = _desk().matrix(actor(), page_number(request.args.get("page", "1")))
    except DoorplateError as exc:
        return failed(exc, to("home"))
    return page("desk/people_areas.html", found=found, columns=MATRIX_ROLES)


@may("signed_in")
def people_new() -> AnyResponse:
    typed, problem = _typed(), None
    if request.method == "GET":
        typed |= {"area": request.args.get("area", "")[:40], "role": request.args.get("role", "")}
    try:
        if request.method == "POST":
            made, password = _desk().add(actor(), typed["login"], typed["name"], typed["role"], typed["area"])
            return _one(made, password=password)
        _desk().accounts(actor(), "", 1)  # who may not add sees no form
    except (InputError, Refused, NotFound) as exc:
        problem = exc
    except DoorplateError as exc:
        return failed(exc, to("home"))
    return page("desk/people_new.html", status_of(problem) if problem else 200, typed=typed, problem=problem, all_roles=ROLES)


@may("signed_in")
def people_one(account_id: str) -> Response:
    return _one(account_id, done=people_words.DONE.get(request.args.get("done", ""), ""))


@may("signed_in")
def people_act(account_id: str) -> AnyResponse:
    act = request.form.get("act", "")
    if act not in get_args(AccountAct):
        abort(400)
    try:
        password = _desk().act(actor(), account_id, cast(AccountAct, act), request.form.get("device", "")[:40])
    except DoorplateError as exc:
        return failed(exc, to("people_one", account_id=account_id))
    if password:  # shown once, in the answer itself: an address would keep it
        return _one(account_id, password=password)
    return redirect(to("people_one", account_id=account_id, done=act), 303)


@may("signed_in")
def people_assign(account_id: str) -> AnyResponse:
    typed = _typed()
    try:
        _desk().assign(actor(), account_id, typed["role"], typed["area"], typed["until"])
    except (InputError, Refused) as exc:
        return _one(account_id, problem=exc, typed=typed)
    except DoorplateError as exc:
        return failed(exc, to("people_one", account_id=account_id))
    return redirect(to("people_one", account_id=account_id, done="assign"), 303)


@may("signed_in")
def people_unassign(account_id: str) -> AnyResponse:
    try:
        _desk().unassign(actor(), account_id, request.form.get("role", "")[:40], request.form.get("area", "")[:40])
    except DoorplateError as exc:
        return failed(exc, to("people_one", account_id=account_id))
    return redirect(to("people_one", account_id=account_id, done="unassign"), 303)


def _one(account_id: str, *, done: object = "", password: str = "", problem: DoorplateError | None = None,
         typed: dict[str, str] | None = None) -> Response:
    try:
        sheet = _desk().open(actor(), account_id)
    except (NotFound, NotPermitted) as exc:
        return failed(exc, to("people"))
    return page("desk/people_one.html", status_of(problem) if problem else 200, sheet=sheet, line=sheet.line, done=done,
                password=password, problem=problem, typed=typed or dict.fromkeys(_FIELDS, ""), all_roles=ROLES)


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip()[:80] for name in _FIELDS}
