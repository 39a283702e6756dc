"""The desk's first page: who is signed in, what they hold today, and the rooms open to them."""

from __future__ import annotations

from flask import Blueprint, Response, request

from webapp.access import may
from webapp.desk.pages import page


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/", view_func=home)


@may("signed_in")
def home() -> Response:
    return page("desk/home.html", done=request.args.get("done", ""))
