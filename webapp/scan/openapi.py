"""GET /openapi.json: what a program may ask of the residents' door, in OpenAPI 3.1.

Forms are sent as a browser sends them; with `Accept: application/json` the answer is data instead of a page.
"""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify

from webapp.access import may
from webapp.form_guard import TOKEN_FIELD, UNSEEN_FIELD
from webapp.scan.asking_form import MAX_PHOTOS
from webapp.scan.asking_words import WAYS

_Json = dict[str, Any]
_TEXT: _Json = {"type": "string"}
_FILE: _Json = {"type": "string", "contentMediaType": "application/octet-stream"}
_REFUSALS = ("400", "403", "404", "405", "409", "410", "413", "414", "415", "429", "503")
_PROBLEM: _Json = {
    "type": "object",
    "required": ["code", "message", "field", "emergency"],
    "properties": {"code": _TEXT, "message": _TEXT, "field": _TEXT, "emergency": {"type": "boolean"}},
}
_RECEIPT: _Json = {
    "type": "object",
    "required": ["receipt", "pin", "asked_at", "hours", "repeated"],
    "properties": {
        "receipt": _TEXT,
        "pin": {"type": "string", "pattern": "^[0-9]{6}$"},
        "asked_at": {"type": "string", "format": "date-time"},
        "hours": {"type": "integer"},
        "repeated": {"type": "boolean"},
    },
}
_MATTER: _Json = {
    "type": "object",
    "required": ["number", "kind", "status", "text", "files", "steps", "pass"],
    "properties": {"number": _TEXT, "kind": _TEXT, "status": _TEXT, "text": _TEXT, "files": {"type": "array"},
                   "steps": {"type": "array"}, "pass": _TEXT},
}  # fmt: skip
_TOKEN: _Json = {
    "type": "object",
    "required": ["field", "token", "wait_ms"],
    "properties": {"field": _TEXT, "token": _TEXT, "wait_ms": {"type": "integer"}},
}
_ASK_FIELDS: _Json = {
    "client_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    "category": _TEXT,
    "text": {"type": "string", "maxLength": 2000},
    "photos": {"type": "array", "items": _FILE, "maxItems": MAX_PHOTOS},
    "voice": _FILE,
    "name": _TEXT,
    "phone": _TEXT,
    "consent": _TEXT,
    "service_id": _TEXT,
    "wanted_day": {"type": "string", "format": "date"},
    "wanted_part": {"enum": ["", "am", "pm"]},
    "about": {"type": "array", "items": _TEXT},
    "sure_not_emergency": {"enum": ["", "1"]},
    TOKEN_FIELD: _TEXT,
    UNSEEN_FIELD: {"type": "string", "maxLength": 0},
}
_FOLLOW_FIELDS: _Json = {"receipt": _TEXT, "pin": _TEXT}
_ACT_FIELDS: _Json = {
    "pass": _TEXT,
    "words": _TEXT,
    "stars": {"type": "integer", "minimum": 1, "maximum": 5},
    "seen": {"type": "integer", "minimum": 0},
    "photos": {"type": "array", "items": _FILE, "maxItems": MAX_PHOTOS},
}


@may("anyone")
def openapi() -> Response:
    return jsonify(
        openapi="3.1.0",
        info={"title": "doorplate: 居民扫门牌的页面", "version": "1"},
        paths={
            "/": {"get": _answers("200", "text/html")},
            "/howto": {"get": _answers("200", "text/html")},
            "/d/{code}": {"parameters": [_code()], "get": _answers("200", "text/html")},
            "/d/{code}/map.svg": {"parameters": [_code()], "get": _answers("200", "image/svg+xml")},
            "/d/{code}/contacts.vcf": {"parameters": [_code()], "get": _answers("200", "text/vcard")},
            "/d/{code}/{way}": {
                "parameters": [_code(), _path("way", {"enum": sorted(WAYS)})],
                "get": _answers("200", "text/html"),
                "post": _form(_ASK_FIELDS, ["client_id", "text", TOKEN_FIELD]) | _answers("201", "application/json", _RECEIPT),
            },
            "/form-token": {"get": _answers("200", "application/json", _TOKEN)},
            "/follow": {
                "get": _answers("200", "text/html"),
                "post": _form(_FOLLOW_FIELDS, [*_FOLLOW_FIELDS]) | _answers("200", "application/json", _MATTER),
            },
            "/follow/{what}": {
                "parameters": [_path("what", {"enum": ["add", "rate", "reopen", "withdraw"]})],
                "post": _form(_ACT_FIELDS, ["pass"]) | _answers("200", "application/json", _MATTER),
            },
        },
    )


def _answers(status: str, mimetype: str, schema: _Json | None = None) -> _Json:
    """The one good answer, a way to another spelling of the same address, and what may go wrong: a page, or a problem as data."""
    good: _Json = {mimetype: {"schema": schema or {}}} | ({"text/html": {}} if schema else {})
    wrong = {"application/json": {"schema": _PROBLEM}, "text/html": {}}
    refusals = {number: {"description": "refused", "content": wrong} for number in _REFUSALS}
    answers: _Json = {status: {"description": "done", "content": good}, "302": {"description": "the one spelling"}}
    return {"responses": answers | refusals}


def _form(fields: _Json, required: list[str]) -> _Json:
    schema = {"type": "object", "properties": fields, "required": required}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def _code() -> _Json:
    return _path("code", {"type": "string", "minLength": 1, "maxLength": 60})


def _path(name: str, schema: _Json) -> _Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}
