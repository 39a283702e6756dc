"""The staff's door: signing in, and the rooms behind it."""

from __future__ import annotations

from flask import Blueprint

from webapp.desk import cases, home, login, packing, password, review


def door() -> Blueprint:
    desk = Blueprint("desk", __name__, url_prefix="/desk")
    packing.furnish(desk)
    cases.furnish(desk)
    login.furnish(desk)
    password.furnish(desk)
    home.furnish(desk)
    review.furnish(desk)
    return desk
