"""The residents' door: what opens when a plate is scanned. Public, without login, without cookies, without scripts."""

from __future__ import annotations

from flask import Blueprint

from webapp.scan.open_plate import open_plate
from webapp.scan.start import start


def door() -> Blueprint:
    scan = Blueprint("scan", __name__)
    scan.add_url_rule("/", view_func=start)
    scan.add_url_rule("/d/<path:code>", view_func=open_plate)
    # Plates may be printed with an all-upper-case URL (standards.md, QR); the view leads it to /d/.
    scan.add_url_rule("/D/<path:code>", endpoint="open_plate_in_capitals", view_func=open_plate)
    return scan
