"""The pack a phone fetches: what it should have, and each part, answered 304 where the phone has it already."""

from __future__ import annotations

from flask import Blueprint, Response, send_file

from webapp.access import may
from webapp.field.answers import answer
from webapp.reach import field_door, settings
from webapp.signing_in import actor


def furnish(field: Blueprint) -> None:
    field.add_url_rule("/pack", view_func=pack)
    field.add_url_rule("/pack/<path:name>", view_func=pack_part)
    field.add_url_rule("/tiles/<int(fixed_digits=12):community>.pmtiles", view_func=map_tiles)


@may("device")
def pack() -> Response:
    """base_url: what the codes of our plates begin with; a code that leads elsewhere is not ours."""
    return answer({**field_door().pack(actor()).body, "base_url": settings().base_url})


@may("device")
def map_tiles(community: int) -> Response:
    """The map of a community, piece by piece as a phone asks for it (HTTP ranges)."""
    archive = field_door().map_tiles(actor(), f"{community:012d}")
    response = send_file(archive, mimetype="application/vnd.pmtiles", conditional=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@may("device")
def pack_part(name: str) -> Response:
    part = field_door().pack_part(actor(), name)
    response = Response(part.body, mimetype="application/json")
    response.set_etag(part.etag)
    response.headers["Cache-Control"] = "no-store"  # the phone keeps it itself, locked; a browser's cache would not
    return response
