"""The staff's door: signing in, and the rooms behind it."""

from __future__ import annotations

from flask import Blueprint

from webapp.desk import (
    audit,
    cases,
    home,
    login,
    notices,
    onboarding,
    overview,
    packing,
    password,
    people,
    register,
    review,
    sessions,
    sso,
)
from webapp.plate_drawing import number_of, street_lines


def door() -> Blueprint:
    desk = Blueprint("desk", __name__, url_prefix="/desk")
    desk.add_app_template_global(street_lines)
    desk.add_app_template_global(number_of)
    packing.furnish(desk)
    cases.furnish(desk)
    login.furnish(desk)
    sso.furnish(desk)
    sessions.furnish(desk)
    password.furnish(desk)
    home.furnish(desk)
    review.furnish(desk)
    register.furnish(desk)
    audit.furnish(desk)
    overview.furnish(desk)
    notices.furnish(desk)
    onboarding.furnish(desk)
    people.furnish(desk)
    return desk
