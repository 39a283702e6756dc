"""What is done with a door at the desk: shown first what it would change, then done, then undone if need be."""

from __future__ import annotations

from typing import cast, get_args

from flask import Blueprint, Response, abort, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from doorplate.errors import DoorplateError, InputError, NotPermitted, Refused
from doorplate.register_view import ELEMENT_FIELDS, ActAsked, ActKind
from webapp.access import may
from webapp.desk import register, register_words
from webapp.desk.pages import failed, page, status_of, to
from webapp.signing_in import actor

_LONGEST = 200
_TAKEN = (InputError, NotPermitted, Refused)


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/register/<address_id>/act", view_func=register_act, methods=["POST"])
    desk.add_url_rule("/register/<address_id>/undo", view_func=register_undo, methods=["POST"])
    desk.add_url_rule("/register/new/<community>", view_func=register_new, methods=["GET", "POST"])


@may("signed_in")
def register_act(address_id: str) -> AnyResponse:
    """Without `sure` it is shown what would change; with it, it is done."""
    act, community, version = _act(), request.form.get("community", ""), _version()
    if act.kind == "assign":
        abort(400)
    desk = register.register_desk()
    try:
        if request.form.get("sure") != "yes":
            foreseen = desk.preview(actor(), community, address_id, version, act)
            return _shown(foreseen, act, community, version, to("register_act", address_id=address_id),
                          to("register_address", address_id=address_id))
        _, done = desk.act(actor(), community, address_id, version, act)
    except _TAKEN as exc:
        return _again(address_id, act, exc)
    except DoorplateError as exc:
        return failed(exc, to("register"))
    return redirect(to("register_address", address_id=address_id, done=act.kind, undo=done), 303)


@may("signed_in")
def register_undo(address_id: str) -> AnyResponse:
    back = to("register_address", address_id=address_id)
    try:
        register.register_desk().undo(actor(), request.form.get("act", "")[:64], request.form.get("reason", "")[:_LONGEST])
    except DoorplateError as exc:
        return failed(exc, back)
    return redirect(to("register_address", address_id=address_id, done="undo"), 303)


@may("signed_in")
def register_new(community: str) -> AnyResponse:
    """新编: the form, what it would do, done."""
    if request.method == "GET":
        return _form(community)
    act, desk = _act("assign"), register.register_desk()
    try:
        if request.form.get("sure") != "yes":
            foreseen = desk.preview(actor(), community, "", 0, act)
            return _shown(foreseen, act, community, 0, to("register_new", community=community),
                          to("register_new", community=community))
        made, done = desk.act(actor(), community, "", 0, act)
    except _TAKEN as exc:
        return _form(community, act, exc)
    except DoorplateError as exc:
        return failed(exc, to("register"))
    return redirect(to("register_address", address_id=made, done="assign", undo=done), 303)


def _form(community: str, act: ActAsked | None = None, problem: DoorplateError | None = None) -> Response:
    return page("desk/register_new.html", status_of(problem) if problem else 200, community=community, typed=_typed(act),
                problem=problem, words=register_words)


def _shown(foreseen: object, act: ActAsked, community: str, version: int, action: str, back: str) -> Response:
    return page("desk/register_foreseen.html", foreseen=foreseen, act=act, community=community, version=version, action=action,
                back=back, words=register_words)


def _again(address_id: str, act: ActAsked, problem: DoorplateError) -> Response:
    """The door as it stands now, with what was typed and why it was not taken."""
    try:
        sheet = register.register_desk().open(actor(), address_id)
    except DoorplateError as exc:
        return failed(exc, to("register"))
    return register.sheet_page(sheet, status_of(problem), failed=act.kind, problem=problem, typed=_typed(act))


def _act(kind: str = "") -> ActAsked:
    told = request.form.get
    kind = kind or told("act", "")
    if kind not in get_args(ActKind):
        abort(400)
    elements = {name: told(name, "").strip()[:60] for name in ELEMENT_FIELDS if name in request.form}
    point = (told("lon", "")[:20], told("lat", "")[:20]) if "lon" in request.form else None
    return ActAsked(cast(ActKind, kind), told("reason", "").strip()[:_LONGEST], told("evidence", "").strip()[:_LONGEST],
                    told("effective_on", "")[:20], elements, told("into", "").strip()[:_LONGEST], point)


def _typed(act: ActAsked | None) -> dict[str, str]:
    if act is None:
        return {}
    lon, lat = act.point or ("", "")
    return {"reason": act.reason, "evidence": act.evidence, "effective_on": act.effective_on, "into": act.into, "lon": lon,
            "lat": lat, **act.elements}


def _version() -> int:
    told = request.form.get("version", "")
    if not (told.isascii() and told.isdigit() and len(told) < 10):
        abort(400)
    return int(told)
