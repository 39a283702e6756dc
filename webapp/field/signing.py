"""A phone signs in once with name and password, and shows its own token from then on."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response

from webapp.access import may
from webapp.field.answers import answer, body_texts
from webapp.reach import sign_in
from webapp.signing_in import actor

_CODE = 40  # characters of a code that are looked at


def furnish(field: Blueprint) -> None:
    field.add_url_rule("/login", view_func=login, methods=["POST"])
    field.add_url_rule("/part", view_func=part, methods=["POST"])
    field.add_url_rule("/password", "password", password, methods=["POST"])
    field.add_url_rule("/devices/<device_id>/state", view_func=device_state)


@may("anyone")
def login() -> Response:
    """{"login", "password", "device", "code" of the second step where there is one} → a registered phone. Every time a new one:
    the old one can be revoked by itself."""
    name, secret, device, code = body_texts("login", "password", "device", code="")
    return answer(asdict(sign_in().register_device(name, secret, device, code=code[:_CODE])), 201)


@may("anyone")
def part() -> Response:
    """{"device_id", "login", "password", "code"} → the server's part of the key again, after too long without network."""
    device_id, name, secret, code = body_texts("device_id", "login", "password", code="")
    return answer({"part": sign_in().renew_part(device_id, name, secret, code[:_CODE])})


@may("device")
def password() -> Response:
    """{"old", "new"} → 204."""
    old, new = body_texts("old", "new")
    sign_in().change_password(actor(), old, new)
    return Response(status=204)


@may("anyone")
def device_state(device_id: str) -> Response:
    """What a locked phone may ask without its token: whether it must wipe itself. An id nobody can guess is all it tells."""
    return answer({"state": sign_in().device_state(device_id)})
