"""POST /d/<CODE>/here: a visitor lets the page compare where they stand with where the door is. Only ever asked for by a button
they pressed; nothing about them is kept (`registry.sightings`)."""

from __future__ import annotations

import math

from flask import Response, jsonify, request
from flask_babel import gettext as _

from doorplate.errors import InputError
from doorplate.model import Point
from doorplate.plates.code import normalise
from doorplate.public_view import Sighting
from webapp.access import may
from webapp.form_guard import FormRefused, check_form
from webapp.reach import public_registry

_MOST_METRES = 1e7


@may("anyone")
def compare(code: str) -> tuple[Response, int]:
    """JSON {"result": here|elsewhere|unsure, "words": to be shown}; 400 for what is no position, 429 for a program's haste."""
    try:
        check_form()
        seen = _position()
    except FormRefused as refused:
        return jsonify({"result": "refused", "words": str(refused.words)}), refused.status
    except InputError as refused:
        return jsonify({"result": "refused", "words": refused.message}), 400
    canonical = normalise(code) or ""
    result: Sighting = public_registry().compare_place(canonical, seen) if canonical else "unsure"
    return jsonify({"result": result, "words": _words(result)}), 200


def _position() -> Point:
    """Raises InputError(point.invalid)."""
    try:
        lon, lat, accuracy = (float(request.form.get(name, "")[:30]) for name in ("lon", "lat", "accuracy_m"))
    except ValueError:
        lon = lat = accuracy = math.nan
    if not (-180 <= lon <= 180 and -90 <= lat <= 90 and 0 <= accuracy <= _MOST_METRES):
        raise InputError("point.invalid", _("手机给的位置看不懂，没有核对。"))
    return Point(lon, lat, accuracy, "visitor")


def _words(result: Sighting) -> str:
    if result == "here":
        return str(_("位置相符：手机就在这个门附近。"))
    if result == "elsewhere":
        return str(_("位置不符：手机离登记的门口很远。这块门牌可能被移动或翻印，已提醒管理的人去核对。"))
    return str(_("定不下来：手机的位置不够准，或者这个门还没有登记位置。"))
