"""The staff's door. So far two rooms of it: the packing table, and the matters residents raised."""

from __future__ import annotations

from flask import Blueprint

from webapp.desk import cases, packing


def door() -> Blueprint:
    desk = Blueprint("desk", __name__, url_prefix="/desk")
    packing.furnish(desk)
    cases.furnish(desk)
    return desk
