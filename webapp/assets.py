"""Style sheets and pictures: read once at start, named after their content, cached by browsers for a year.

Only these names are served, so no path ever reaches the file system.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, current_app

from webapp.access import may

FOLDER = Path(__file__).parent / "static"
# One file per page kind, so that the first screen costs one request beside the page.
BUNDLES = {"scan.css": ("css/tokens.css", "css/base.css", "css/scan.css"), "plate.svg": ("img/plate.svg",),
           "plate.js": ("js/plate.js", "js/sighting.js"), "card.png": ("img/card.png",),
           "packing.css": ("css/tokens.css", "css/base.css", "css/packing.css"), "packing.js": ("js/packing.js",),
           "cases.css": ("css/tokens.css", "css/base.css", "css/cases.css", "css/desk_bar.css"), "cases.js": ("js/cases.js",),
           "review.css": ("css/tokens.css", "css/base.css", "css/review.css", "css/desk_bar.css"), "review.js": ("js/review.js",),
           "desk.css": ("css/tokens.css", "css/base.css", "css/desk.css", "css/desk_bar.css"), "desk.js": ("js/desk.js",),
           "desk_register.css": ("css/desk_register.css",), "desk_overview.css": ("css/desk_overview.css",),
           "signin.css": ("css/tokens.css", "css/base.css", "css/signin.css"), "ask.css": ("css/ask.css",),
           "ask.js": ("js/ask_store.js", "js/ask_sending.js", "js/ask_photos.js", "js/ask_voice.js", "js/ask_draft.js",
                      "js/ask.js"),
           "follow.js": ("js/ask_store.js", "js/ask_sending.js", "js/ask_photos.js", "js/ask_follow.js"),
           "sw.js": ("js/ask_store.js", "js/ask_sending.js", "js/sw.js")}
VENDORED = {"htmx.js": "vendor/htmx.js"}
"""Libraries of others, served where tools/frontend.py made them; pages work without."""
# Modules of one bundle share a file: what they import from one another stands there already, one after the other.
_MODULE_WORDS = re.compile(rb"^import [^;]*;\n|^export (?=async|function|const|let|class)", re.MULTILINE)
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Asset:
    """name: with eight digits of the content's SHA-256, e.g. scan.1a2b3c4d.css."""

    name: str
    mimetype: str
    body: bytes


def install(app: Flask) -> None:
    assets = {bundle: _built(bundle, parts) for bundle, parts in BUNDLES.items()}
    assets |= {name: _named(name, (FOLDER / path).read_bytes()) for name, path in VENDORED.items() if (FOLDER / path).is_file()}
    app.extensions["doorplate.assets"] = assets
    by_name = {asset.name: asset for asset in assets.values()}

    @app.get("/static/<name>", endpoint="static")
    @may("anyone")
    def static(name: str) -> Response:
        asset = by_name.get(name) or abort(404)
        response = Response(asset.body, mimetype=asset.mimetype)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    @app.template_global()
    def asset(bundle: str) -> str:
        return f"/static/{assets[bundle].name}"

    @app.template_global()
    def has_asset(bundle: str) -> bool:
        return bundle in assets


def bundle_body(bundle: str) -> bytes:
    """A bundle as it is served, for an address of its own."""
    assets: dict[str, Asset] = current_app.extensions["doorplate.assets"]
    return assets[bundle].body


def _built(bundle: str, parts: tuple[str, ...]) -> Asset:
    body = b"\n".join((FOLDER / part).read_bytes() for part in parts)
    if bundle.endswith(".js"):
        body = _MODULE_WORDS.sub(b"", body)
    return _named(bundle, body)


def _named(bundle: str, body: bytes) -> Asset:
    stem, suffix = bundle.rsplit(".", 1)
    return Asset(f"{stem}.{hashlib.sha256(body).hexdigest()[:8]}.{suffix}", TYPES[f".{suffix}"], body)
