"""How phones are answered: JSON, also when something goes wrong; never kept by anybody on the way."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from doorplate.errors import DoorplateError, InputError, NotFound, NotPermitted, Refused, Unavailable
from doorplate.field_view import ItemReceipt

_STATUS: tuple[tuple[type[DoorplateError], int], ...] = (
    (NotFound, 404), (NotPermitted, 403), (Unavailable, 503), (Refused, 409), (InputError, 400))
_HEARD_OUT = 16 * 2**20  # bytes; more than a phone ever sends at once
_PIECE = 64 * 1024
_NOT_IN = ("device.", "account.", "signin.wrong")  # codes that mean: this phone is not let in


def furnish(field: Blueprint) -> None:
    field.register_error_handler(DoorplateError, ours)
    field.register_error_handler(HTTPException, of_http)
    field.after_request(_kept_by_nobody)
    field.after_request(_heard_out)


def answer(values: Any, status: int = 200) -> Response:
    """JSON values, moments as ISO 8601 in UTC."""
    told = json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_told)
    # What a phone called an item is told back as it was written, half a character as "?".
    return Response(told.encode("utf-8", "replace"), status, mimetype="application/json")


def receipt(told: ItemReceipt) -> Response:
    """What became of one thing sent: 200 taken or known, 400 to be sent again whole, 422 refused."""
    status = 200 if told.result != "refused" else 400 if told.retry else 422
    return answer(asdict(told), status)


def ours(exc: DoorplateError) -> Response:
    status = next((number for kind, number in _STATUS if isinstance(exc, kind)), 500)
    if status == 403 and exc.code.startswith(_NOT_IN):
        status = 401
    return answer({"code": exc.code, "message": exc.message}, status)


def of_http(exc: HTTPException) -> Response:
    """What Flask or a limit refuses (413, 429 …)."""
    words = {400: _("服务器看不懂这次请求。"), 404: _("没有这个地址。"), 413: _("一次送的内容太大，请分开送。"),
             429: _("送得太频繁，请过一分钟再试。")}
    status = exc.code or 500
    response = jsonify({"code": f"http.{status}", "message": words.get(status, _("服务器没有接收，请稍后再试。"))})
    response.status_code = status
    for name, value in exc.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    return response


def body_json(most_bytes: int) -> Any:
    """The JSON of this request. Raises InputError(request.not_json), or HTTP 413."""
    request.max_content_length = most_bytes
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError) as exc:  # no text, no JSON, a number of thousands of digits; too deep
        raise InputError("request.not_json", _("送来的内容读不出来，没有接收。")) from exc


def body_texts(*names: str, **others: str) -> tuple[str, ...]:
    """These texts of a small JSON object; others: what may be missing, and what it is then. Raises InputError(request.not_json,
    request.missing) naming the field."""
    told = body_json(8 * 1024)
    asked = {**dict.fromkeys(names), **others}
    given = told if isinstance(told, dict) else dict.fromkeys(asked)
    values = tuple(given.get(name, otherwise) for name, otherwise in asked.items())
    for name, value in zip(asked, values, strict=True):
        if not isinstance(value, str):
            raise InputError("request.missing", _("缺少 %(name)s。", name=name), field=name)
        if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise InputError("request.not_json", _("送来的内容读不出来，没有接收。"), field=name)
    return values  # type: ignore[return-value]  # each was looked at


def _kept_by_nobody(response: Response) -> Response:
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def _heard_out(response: Response) -> Response:
    """Who is refused early is still heard to the end: a proxy takes a line that breaks for our absence, and the phone would never
    learn that it was revoked."""
    if response.status_code >= 400 and request.method in ("POST", "PUT") and (request.content_length or 0) <= _HEARD_OUT:
        request.max_content_length = _HEARD_OUT
        with suppress(HTTPException, OSError):
            while request.stream.read(_PIECE):
                pass
    return response


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
