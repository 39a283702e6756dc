"""The officers' door: an app for the home screen (`shell`), and what it asks of the server (`signing`, `sending`)."""

from __future__ import annotations

from flask import Blueprint

from webapp.field import answers, packing_up, sending, shell, signing


def door() -> Blueprint:
    field = Blueprint("field", __name__, url_prefix="/field")
    for part in (answers, shell, signing, packing_up, sending):
        part.furnish(field)
    return field
