"""Style sheets and pictures: read once at start, named after their content, cached by browsers for a year.

Only these names are served, so no path ever reaches the file system.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort

from webapp.access import may

FOLDER = Path(__file__).parent / "static"
# One file per page kind, so that the first screen costs one request beside the page.
BUNDLES = {"scan.css": ("css/tokens.css", "css/base.css", "css/scan.css"), "plate.svg": ("img/plate.svg",),
           "packing.css": ("css/tokens.css", "css/base.css", "css/packing.css"), "packing.js": ("js/packing.js",)}
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript"}


@dataclass(frozen=True, slots=True)
class Asset:
    """name: with eight digits of the content's SHA-256, e.g. scan.1a2b3c4d.css."""

    name: str
    mimetype: str
    body: bytes


def install(app: Flask) -> None:
    assets = {bundle: _built(bundle, parts) for bundle, parts in BUNDLES.items()}
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


def _built(bundle: str, parts: tuple[str, ...]) -> Asset:
    body = b"\n".join((FOLDER / part).read_bytes() for part in parts)
    stem, suffix = bundle.rsplit(".", 1)
    return Asset(f"{stem}.{hashlib.sha256(body).hexdigest()[:8]}.{suffix}", TYPES[f".{suffix}"], body)
