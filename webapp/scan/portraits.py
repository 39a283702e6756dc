"""GET /portraits/<name>.jpg: the picture of an official who agreed to be seen, named after its content."""

from __future__ import annotations

from flask import Response, abort

from webapp.access import may
from webapp.reach import public_registry


@may("anyone")
def portrait(name: str) -> Response:
    body = public_registry().portrait(name) or abort(404)
    response = Response(body, mimetype="image/jpeg")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
