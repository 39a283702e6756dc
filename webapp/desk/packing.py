"""The packing table: a field for the scanner, an answer to be read from two metres away, the boxes beside it.

Every act is a form and works without scripts; with them the page stays as it is, a tone is heard, and a camera can scan.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import cast

from flask import Blueprint, Response, abort, current_app, jsonify, make_response, render_template, request

from doorplate.packing_view import Answer, PackingDesk
from webapp.access import may
from webapp.desk.frames import MAX_BYTES, read_frame
from webapp.desk.table_key import key

_LONGEST_TEXT = 500
_LONGEST_REASON = 200


def furnish(desk: Blueprint) -> None:
    desk.add_url_rule("/packing/", view_func=table)
    desk.add_url_rule("/packing/scan", view_func=scan, methods=["POST"])
    desk.add_url_rule("/packing/absent", view_func=absent, methods=["POST"])
    desk.add_url_rule("/packing/seal", view_func=seal, methods=["POST"])
    desk.add_url_rule("/packing/frame", view_func=frame, methods=["POST"])


@may("packer")
def table() -> Response:
    return _page(None)


@may("packer")
def scan() -> Response:
    text = request.form.get("text", "").strip()[:_LONGEST_TEXT]
    return _answer(_desk().scan(text) if text else None)


@may("packer")
def absent() -> Response:
    kind = request.form.get("kind", "")
    if kind not in ("lost", "damaged"):
        abort(400)
    return _answer(_desk().absent(kind, request.form.get("reason", "").strip()[:_LONGEST_REASON]))


@may("packer")
def seal() -> Response:
    number = request.form.get("number", "")
    if not (number.isascii() and number.isdigit() and len(number) < 6):
        abort(400)
    return _answer(_desk().seal(int(number)))


@may("packer")
def frame() -> Response:
    """A picture of the camera: the text of the symbol in it, "" when there is none."""
    request.max_content_length = MAX_BYTES
    return jsonify(text=read_frame(request.get_data(cache=False)))


def _desk() -> PackingDesk:
    return cast(PackingDesk, current_app.extensions["doorplate.packing"])


def _answer(answer: Answer | None) -> Response:
    if answer is not None and request.accept_mimetypes.best == "application/json":
        return jsonify(asdict(answer))
    return _page(answer)


def _page(answer: Answer | None) -> Response:
    shown = answer.table if answer else _desk().view()
    response = make_response(render_template("desk/packing.html", table=shown, answer=answer, key=key()))
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; connect-src 'self'; media-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
    response.headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"
    return response
