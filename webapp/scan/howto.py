"""GET /howto: how to scan, what the page gives and what it never asks for; prints on one sheet."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, make_response, render_template

from webapp.access import may
from webapp.reach import settings


@may("anyone")
def howto() -> Response:
    return make_response(render_template("scan/howto.html", host=urlsplit(settings().base_url).netloc))
