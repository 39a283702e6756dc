"""What pages with a form, a script, photos and a microphone need in their headers, and how an answer leaves."""

from __future__ import annotations

from flask import Response, make_response, render_template, request

CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PERMISSIONS = (
    "accelerometer=(), camera=(self), geolocation=(), gyroscope=(), magnetometer=(), microphone=(self), payment=(), usb=()"
)


def form_page(template: str, status: int = 200, **values: object) -> Response:
    """A page of ours whose scripts may send, record and show pictures. What came by POST is kept by nobody."""
    response = make_response(render_template(template, **values), status)
    response.headers["Content-Security-Policy"] = CSP
    response.headers["Permissions-Policy"] = _PERMISSIONS
    if request.method == "POST":
        response.headers["Cache-Control"] = "no-store"
    return response


def wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
