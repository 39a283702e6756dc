"""How every answer leaves: checked against what the phone has, compressed, with the security headers."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import brotli
from flask import Flask, Response, request

from webapp.kept_pages import best_encoding, offer
from webapp.reach import settings

_COMPRESSED = ("text/html", "text/css", "image/svg+xml", "text/javascript", "text/vcard", "application/json")
_WORTH_IT = 512  # bytes; below this compression saves nothing
_BROTLI_QUALITY = 5  # (D) on our pages smaller than gzip 6 and as quick; 11 is smaller by a tenth and slower by twenty

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_NOTHING_OF_THE_PHONE = ("accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
                         "payment=(), usb=()")
# A plate's page may ask where the phone is, once its visitor has pressed the button that compares it with the door.
_BUT_ITS_PLACE = _NOTHING_OF_THE_PHONE.replace("geolocation=()", "geolocation=(self)")
_MAY_ASK_THE_PLACE = frozenset({"scan.open_plate"})
SECURITY_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for in-app browsers that do not know frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": _NOTHING_OF_THE_PHONE,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",  # a plate's page is for who stands before it, not for search engines
}
_HSTS = "max-age=31536000"


def install(app: Flask) -> None:
    """To be installed before everything else that has a word on answers: Flask asks the first one last."""
    app.after_request(deliver)


def deliver(response: Response) -> Response:
    """Last step of every answer, errors and static files included."""
    if "Cache-Control" not in response.headers:
        # Who is responsible can change within a minute: kept by nobody but the phone, and asked again every time.
        response.headers["Cache-Control"] = "private, no-cache" if response.status_code == 200 else "no-store"
    if request.endpoint in _MAY_ASK_THE_PLACE and response.status_code == 200:
        response.headers["Permissions-Policy"] = _BUT_ITS_PLACE
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)  # a page with a camera says so itself
    if settings().base_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = _HSTS
    if response.mimetype in _COMPRESSED:
        response.vary.add("Accept-Encoding")
    page = offer(response)
    if response.status_code == 200 and request.method in ("GET", "HEAD"):
        response.add_etag(weak=True)
        response.make_conditional(request)
    if response.mimetype in _COMPRESSED and response.status_code != 304:
        _compress(response, best_encoding(request.headers.get("Accept-Encoding", "")), page.body if page else None)
    return response


def _compress(response: Response, encoding: str, ready: Callable[[str], bytes] | None) -> None:
    """ready: gives the body in an encoding, where it was already compressed to be kept."""
    if not encoding or "Content-Encoding" in response.headers:
        return
    body = response.get_data()
    if len(body) < _WORTH_IT:
        return
    if ready:
        response.set_data(ready(encoding))
    elif encoding == "br":
        response.set_data(brotli.compress(body, quality=_BROTLI_QUALITY))
    else:
        response.set_data(gzip.compress(body, 6, mtime=0))
    response.headers["Content-Encoding"] = encoding
