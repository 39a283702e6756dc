"""The auditor's room: the trail by person, door and time, the proof that nobody bent it, and what a household may ask to see."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from doorplate.audit_view import AuditAsk, AuditDesk
from doorplate.errors import DoorplateError, InputError
from webapp.access import may
from webapp.desk import audit_words, review_words
from webapp.desk.pages import failed, no_store, page, to
from webapp.reach import opened
from webapp.signing_in import actor

_LONGEST = 120


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/audit/", view_func=audit)
    desk.add_url_rule("/audit/proof", view_func=audit_proof, methods=["GET", "POST"])
    desk.add_url_rule("/audit/checkpoint", view_func=audit_checkpoint)
    desk.add_url_rule("/households/<household_id>/log", view_func=householder_log)


def audit_desk() -> AuditDesk:
    return cast(AuditDesk, opened("doorplate.audit"))


@may("signed_in")
def audit() -> Response:
    ask = _asked()
    try:
        return page("desk/audit.html", found=audit_desk().events(actor(), ask), ask=ask, words=audit_words, told=review_words)
    except InputError as exc:
        return page("desk/audit.html", 400, found=None, ask=ask, problem=exc, words=audit_words, told=review_words)
    except DoorplateError as exc:
        return failed(exc, to("home"))


@may("signed_in")
def audit_proof() -> AnyResponse:
    """POST begins the proof; it writes nothing. GET says how it stands."""
    problem = None
    try:
        if request.method == "POST":
            audit_desk().verify(actor(), request.form.get("checkpoint", ""))
            return redirect(to("audit_proof"), 303)
        found = audit_desk().verified(actor())
    except InputError as exc:
        problem, found = exc, audit_desk().verified(actor())
    except DoorplateError as exc:
        return failed(exc, to("home"))
    part = request.headers.get("HX-Request") == "true"
    return page("desk/audit_state.html" if part else "desk/audit_proof.html", 400 if problem else 200, found=found,
                problem=problem, kept=request.form.get("checkpoint", ""), words=audit_words)


@may("signed_in")
def audit_checkpoint() -> Response:
    """The trail's end as a small file, to keep on another machine."""
    try:
        text = audit_desk().checkpoint(actor())
    except DoorplateError as exc:
        return failed(exc, to("audit_proof"))
    response = make_response(text)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="doorplate-checkpoint.json"'
    return no_store(response)


@may("signed_in")
def householder_log(household_id: str) -> Response:
    """Who opened this household's record, when and why: to be printed for the household."""
    try:
        found = audit_desk().householder_log(actor(), household_id)
    except DoorplateError as exc:
        return failed(exc, to("home"))
    return page("desk/householder_log.html", found=found, words=audit_words, told=review_words)


def _asked() -> AuditAsk:
    told = request.args.get
    before = told("before", "0")
    verb = told("verb", "") if told("verb", "") in audit_words.KINDS else ""
    return AuditAsk(told("who", "").strip()[:_LONGEST], told("what", "").strip()[:_LONGEST], verb, told("since", "")[:10],
                    told("until", "")[:10],
                    int(before) if before.isascii() and before.isdigit() and len(before) < 12 else 0)
