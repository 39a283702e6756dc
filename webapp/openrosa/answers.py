"""How ODK clients are answered: XML of OpenRosa, also when something goes wrong, so that the client shows the words."""

from __future__ import annotations

from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from doorplate.errors import DoorplateError, InputError, NotFound, NotPermitted, Refused, Unavailable
from webapp.reach import settings

_RESPONSE = "http://openrosa.org/http/response"
_STATUS: tuple[tuple[type[DoorplateError], int], ...] = (
    (NotFound, 404), (NotPermitted, 403), (Unavailable, 503), (Refused, 409), (InputError, 400))


def furnish(openrosa: Blueprint) -> None:
    openrosa.register_error_handler(DoorplateError, ours)
    openrosa.register_error_handler(HTTPException, of_http)
    openrosa.after_request(_marked)


def xml(root: Element, status: int = 200) -> Response:
    """Collect takes nothing but text/xml for a list."""
    body = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(body, status=status, content_type="text/xml; charset=utf-8")


def said(words: str, status: int) -> Response:
    """An OpenRosaResponse: its message is shown to the person."""
    root = Element("OpenRosaResponse", xmlns=_RESPONSE)
    message = SubElement(root, "message", nature="submit_success" if status < 300 else "error")
    message.text = words
    return xml(root, status)


def ours(exc: DoorplateError) -> Response:
    return said(exc.message, next((number for kind, number in _STATUS if isinstance(exc, kind)), 500))


def of_http(exc: HTTPException) -> Response:
    """What Flask or a limit refuses (413, 429 …)."""
    words = {400: _("服务器看不懂这次请求。"), 404: _("没有这个地址。"), 413: _("一次送的内容太大，请分开送。"),
             429: _("送得太频繁，请过一分钟再试。")}
    status = exc.code or 500
    response = said(words.get(status, _("服务器没有接收，请稍后再试。")), status)
    for name, value in exc.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def address(path: str) -> str:
    """An absolute address of ours: by its official name where it was asked for under that, since a proxy may hide https."""
    base = settings().base_url.rstrip("/")
    return (base if urlsplit(base).netloc == request.host else request.host_url.rstrip("/")) + path


def _marked(response: Response) -> Response:
    response.headers["X-OpenRosa-Version"] = "1.0"
    response.headers.setdefault("Cache-Control", "no-store")
    return response
