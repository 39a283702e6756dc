"""The register at the desk: finding a door, one door opened, the register as of a day. What is done stands in `register_acts`."""

from __future__ import annotations

from typing import Any, cast, get_args

from flask import Blueprint, Response, abort, request

from doorplate.errors import DoorplateError, InputError
from doorplate.model import AddressStatus
from doorplate.register_view import AddressSheet, Only, RegisterAsk, RegisterDesk
from webapp.access import may
from webapp.desk import register_acts, register_words, review_words
from webapp.desk.pages import failed, page, page_number, to
from webapp.desk.review_map import HEIGHT, WIDTH, sketch
from webapp.desk.rooms import may_enter
from webapp.reach import opened
from webapp.signing_in import actor

_LONGEST = 80


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/register/", view_func=register)
    desk.add_url_rule("/register/<address_id>", view_func=register_address)
    desk.add_url_rule("/register/<address_id>/households", view_func=register_households, methods=["POST"])
    desk.add_url_rule("/register/on/<community>", view_func=register_on)
    desk.add_url_rule("/register/between/<community>", view_func=register_between)
    register_acts.furnish(desk)


def register_desk() -> RegisterDesk:
    return cast(RegisterDesk, opened("doorplate.register"))


@may("signed_in")
def register() -> Response:
    try:
        found = register_desk().search(actor(), _asked())
    except DoorplateError as exc:
        return failed(exc, to("home"))
    part = request.headers.get("HX-Request") == "true"
    return page("desk/register_rows.html" if part else "desk/register.html", found=found, ask=found.ask, words=register_words,
                here=_here(found.ask), may_change=may_enter(actor(), "register.change"))


@may("signed_in")
def register_address(address_id: str) -> Response:
    try:
        sheet = register_desk().open(actor(), address_id)
    except DoorplateError as exc:
        return failed(exc, to("register"))
    return sheet_page(sheet, done=register_words.DONE.get(request.args.get("done", ""), ""), undo=request.args.get("undo", ""))


@may("signed_in")
def register_households(address_id: str) -> Response:
    """Who lives here, masked: asked for by a button, because looking is an event."""
    try:
        shown = register_desk().households(actor(), address_id)
        return sheet_page(register_desk().open(actor(), address_id), shown=shown)
    except DoorplateError as exc:
        return failed(exc, to("register"))


@may("signed_in")
def register_on(community: str) -> Response:
    """The register as of a day."""
    return _days("desk/register_on.html", community, lambda desk, number: desk.as_of(
        actor(), community, request.args.get("day", ""), number))


@may("signed_in")
def register_between(community: str) -> Response:
    """What changed between two days."""
    return _days("desk/register_between.html", community, lambda desk, number: desk.changes(
        actor(), community, request.args.get("start", ""), request.args.get("end", ""), number))


def sheet_page(sheet: AddressSheet, status: int = 200, **more: Any) -> Response:
    """One door. failed: which act was not taken; problem: why; typed: what was in its form."""
    values = {"done": "", "undo": "", "failed": "", "problem": None, "typed": {}, "shown": None, **more}
    return page("desk/register_address.html", status, sheet=sheet, row=sheet.row, words=register_words, told=review_words,
                drawn=sketch(sheet.map), map_width=WIDTH, map_height=HEIGHT, **values)


def _days(template: str, community: str, read: Any) -> Response:
    found, problem, asked = None, None, any(request.args.get(name) for name in ("day", "start", "end"))
    try:
        found = read(register_desk(), page_number(request.args.get("page", "1"))) if asked else None
    except InputError as exc:
        problem = exc
    except DoorplateError as exc:
        return failed(exc, to("register"))
    return page(template, 400 if problem else 200, found=found, problem=problem, community=community, words=register_words,
                asked={name: request.args.get(name, "") for name in ("day", "start", "end")})


def _asked() -> RegisterAsk:
    told = request.args.get
    status, only = told("status", ""), told("only", "")
    if status not in ("", *get_args(AddressStatus)) or only not in get_args(Only):
        abort(404)
    return RegisterAsk(told("q", "").strip()[:_LONGEST], told("community", "")[:12], cast(Any, status), told("grid", "")[:40],
                       cast(Only, only), page_number(told("page", "1")))


def _here(ask: RegisterAsk) -> Any:
    """An address of this list, with something of it changed."""
    def address(**changed: Any) -> str:
        kept = {"q": ask.find, "community": ask.community, "status": ask.status, "grid": ask.grid, "only": ask.only} | changed
        return to("register", **{name: value for name, value in kept.items() if value not in ("", None, 1)})

    return address
