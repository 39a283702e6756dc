"""For the machine that watches us: alive, and able to answer."""

from __future__ import annotations

from flask import Flask, Response

from doorplate.errors import DoorplateError
from webapp.access import may
from webapp.reach import public_registry


def install(app: Flask) -> None:
    app.add_url_rule("/healthz", view_func=healthz)
    app.add_url_rule("/readyz", view_func=readyz)


@may("anyone")
def healthz() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@may("anyone")
def readyz() -> Response:
    """The registry behind it answers too; 503 with the code of the reason when it does not."""
    try:
        public_registry().ready()
    except DoorplateError as exc:
        return Response(f"{exc.code}\n", 503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")
