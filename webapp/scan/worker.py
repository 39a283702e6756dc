"""GET /sw.js: the worker that sends what waits on a phone, and opens a form again without network. At the root, because it may
only look after addresses below its own."""

from __future__ import annotations

from flask import Response, make_response

from webapp.access import may
from webapp.assets import bundle_body

_CSP = "default-src 'none'; connect-src 'self'"  # governs what the worker may fetch


@may("anyone")
def worker() -> Response:
    response = make_response(bundle_body("sw.js"))
    response.mimetype = "text/javascript"
    response.headers["Content-Security-Policy"] = _CSP
    return response
