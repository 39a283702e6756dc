"""The officers' door: a shell that installs to the home screen, and what it asks of the server (`api`)."""

from __future__ import annotations

from flask import Blueprint


def door() -> Blueprint:
    return Blueprint("field", __name__, url_prefix="/field")
