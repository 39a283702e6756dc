"""How every answer leaves: checked against what the phone has, compressed, with the security headers."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

from webapp.reach import settings

_COMPRESSED = ("text/html", "text/css", "image/svg+xml", "text/javascript")
_WORTH_IT = 512  # bytes; below this gzip saves nothing

_CSP = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
SECURITY_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for in-app browsers that do not know frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",  # a plate's page is for who stands before it, not for search engines
}
_HSTS = "max-age=31536000"


def install(app: Flask) -> None:
    app.after_request(deliver)


def deliver(response: Response) -> Response:
    """Last step of every answer, errors and static files included."""
    if "Cache-Control" not in response.headers:
        # Who is responsible can change within a minute: kept by nobody but the phone, and asked again every time.
        response.headers["Cache-Control"] = "private, no-cache" if response.status_code == 200 else "no-store"
    if response.status_code == 200 and request.method in ("GET", "HEAD"):
        response.add_etag(weak=True)
        response.make_conditional(request)
    _compress(response)
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)  # a page with a camera says so itself
    if settings().base_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = _HSTS
    return response


def _compress(response: Response) -> None:
    if response.mimetype not in _COMPRESSED:
        return
    response.vary.add("Accept-Encoding")
    if response.status_code == 304 or not request.accept_encodings["gzip"]:
        return
    body = response.get_data()
    if len(body) >= _WORTH_IT:
        response.set_data(gzip.compress(body, 6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
