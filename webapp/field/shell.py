"""GET /field/: the app that installs to the home screen, its worker, its manifest, its files.

What is sent here holds nobody's data: it is the same for everyone, and kept whole by the phone (`static/js/field_sw.js`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from jinja2 import BaseLoader
from werkzeug.wrappers import Response as AnyResponse

from webapp.access import may
from webapp.assets import FOLDER
from webapp.field.app_files import AppFiles, gather
from webapp.kept_pages import best_encoding

NAME = "外勤门牌"
DESCRIPTION = "在门口扫码、更正、安装、走访，没有网络也能用。"
_WORKER = "js/field_sw.js"
_WORKER_CSP = "default-src 'none'; connect-src 'self'"  # what the worker itself may fetch
_PERMISSIONS = ("accelerometer=(), camera=(self), geolocation=(self), gyroscope=(), magnetometer=(), microphone=(self), "
                "payment=(), usb=()")

_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d{1,5})?")


@dataclass(frozen=True)
class Release:
    """The app as this process serves it. worker: its source; tiles: the origin map tiles come from, "" = none."""

    files: AppFiles
    worker: str
    tiles: str


def furnish(field: Blueprint) -> None:
    field.record_once(_read)
    field.add_url_rule("/", "shell", shell)
    field.add_url_rule("/sw.js", "worker", worker)
    field.add_url_rule("/manifest.webmanifest", "manifest", manifest)
    field.add_url_rule("/app/<version>/<path:name>", "app_file", app_file)


@may("anyone")
def shell() -> AnyResponse:
    """The page. The worker looks after addresses below /field/ only, so its address ends with the stroke."""
    if not request.path.endswith("/"):
        return redirect(url_for("field.shell"))
    release = _release()
    page = render_template("field/shell.html", file=_address, modules=release.files.modules)
    response = make_response(page)
    response.headers["Content-Security-Policy"] = _policy(release.tiles)
    response.headers["Permissions-Policy"] = _PERMISSIONS
    response.headers["X-Release"] = release.files.version
    return _asked_again(response)


@may("anyone")
def worker() -> Response:
    release = _release()
    told = {"version": release.files.version, "shell": url_for("field.shell"), "manifest": url_for("field.manifest"),
            "files": [_address(name) for name in release.files.kept]}
    response = Response(f"const RELEASE = {json.dumps(told)};\n{release.worker}", mimetype="text/javascript")
    response.headers["Content-Security-Policy"] = _WORKER_CSP
    return _asked_again(response)


@may("anyone")
def manifest() -> Response:
    here = url_for("field.shell")
    told = {"id": here, "start_url": here, "scope": here, "name": NAME, "short_name": NAME, "description": DESCRIPTION,
            "lang": "zh-CN", "dir": "ltr", "display": "standalone", "background_color": "#f3f6fa", "theme_color": "#0b4ea2",
            "icons": _icons()}
    return _asked_again(Response(json.dumps(told, ensure_ascii=False), mimetype="application/manifest+json"))


@may("anyone")
def app_file(version: str, name: str) -> Response:
    files = _release().files
    found = files.files.get(name) if version == files.version else None
    if found is None:
        abort(404)
    encoding = best_encoding(request.headers.get("Accept-Encoding", "")) if found.packable else ""
    response = Response(found.body(encoding), mimetype=found.mimetype)
    if encoding:
        response.headers["Content-Encoding"] = encoding
    if found.packable:
        response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    response.set_etag(version, weak=True)
    return response


def _read(state: BlueprintSetupState) -> None:
    door = state.app.extensions.get("doorplate.field")
    tiles = _origin(door.tiles) if door is not None else ""
    worker_source = (FOLDER / _WORKER).read_text("utf-8")
    page = cast(BaseLoader, state.app.jinja_env.loader).get_source(state.app.jinja_env, "field/shell.html")[0]
    files = gather(FOLDER, *(part.encode() for part in (worker_source, page, _policy(tiles))))
    state.app.extensions["doorplate.release"] = Release(files, worker_source, tiles)


def _release() -> Release:
    return cast(Release, current_app.extensions["doorplate.release"])


def _address(name: str) -> str:
    return url_for("field.app_file", version=_release().files.version, name=name)


def _asked_again(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-cache"
    return response


def _icons() -> list[dict[str, str]]:
    drawn = [{"src": _address("img/field.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}]
    for purpose, stem in (("any", "field"), ("maskable", "field-mask")):
        drawn += [{"src": _address(f"img/{stem}-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
                  for size in (192, 512)]
    return drawn


def _origin(tiles: str) -> str:
    """Where a tile template points, as a policy names it: {s} stands for any host below. What is no plain address of another
    server, our own included, needs no naming."""
    parts = urlsplit(tiles)
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].replace('{s}', '*')}"
    return origin if _ORIGIN.fullmatch(origin) else ""


def _policy(tiles: str) -> str:
    beside = f" {tiles}" if tiles else ""
    return (f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:{beside}; "
            f"media-src 'self' blob: mediastream:; connect-src 'self'{beside}; worker-src 'self'; manifest-src 'self'; "
            "base-uri 'none'; frame-ancestors 'none'; form-action 'none'")
