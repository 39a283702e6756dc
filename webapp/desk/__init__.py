"""The staff's door. So far one room of it: the packing table."""

from __future__ import annotations

from flask import Blueprint

from webapp.desk import packing


def door() -> Blueprint:
    desk = Blueprint("desk", __name__, url_prefix="/desk")
    packing.furnish(desk)
    return desk
