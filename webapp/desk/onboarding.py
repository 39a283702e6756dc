"""A new village on one page: every step from list to wall, what it still lacks, and the way to do it."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from doorplate.errors import DoorplateError, InputError, NotFound, Refused
from doorplate.onboarding_view import Onboarding
from webapp.access import may
from webapp.desk import onboarding_words
from webapp.desk.pages import failed, page, page_number, status_of, to
from webapp.reach import opened
from webapp.signing_in import actor


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/onboarding/", view_func=onboarding, methods=["GET", "POST"])
    desk.add_url_rule("/onboarding/<code>", view_func=onboarding_village)


def _desk() -> Onboarding:
    return cast(Onboarding, opened("doorplate.onboarding"))


@may("signed_in")
def onboarding() -> AnyResponse:
    """The villages in sight; POST opens a new one by its code."""
    problem = None
    code = request.form.get("code", "").strip()[:20]
    try:
        if request.method == "POST":
            _desk().open(actor(), code)
            return redirect(to("onboarding_village", code=code, done="opened"), 303)
    except (InputError, NotFound, Refused) as exc:
        problem = exc
    except DoorplateError as exc:
        return failed(exc, to("home"))
    try:
        villages, number, pages = _desk().villages(actor(), page_number(request.args.get("page", "1")))
    except DoorplateError as exc:
        return failed(exc, to("home"))
    return page("desk/onboarding.html", status_of(problem) if problem else 200, villages=villages, number=number, pages=pages,
                problem=problem, code=code)


@may("signed_in")
def onboarding_village(code: str) -> Response:
    try:
        found = _desk().village(actor(), code)
    except DoorplateError as exc:
        return failed(exc, to("onboarding"))
    ways = {"findings": to("register", community=code, only="finding"),
            "verified": to("register", community=code, status="proposed"), "mounted": to("overview")}
    return page("desk/onboarding_village.html", found=found, words=onboarding_words, ways=ways,
                done=request.args.get("done", "") == "opened")
