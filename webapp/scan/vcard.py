"""GET /d/<CODE>/contacts.vcf: those responsible at a door, for a phone's address book (vCard 4.0, RFC 6350)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from flask import Response, abort

from doorplate.plates.code import normalise
from doorplate.public_view import ContactView, Current, PlateView, StationView
from webapp.access import may
from webapp.reach import public_registry
from webapp.scan.words import role_word

_FOLD = 75  # octets a line, without its line break (RFC 6350, 3.2)
_ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": None})


@may("anyone")
def contacts_card(code: str) -> Response:
    """404 for every code that is not a plate in use, and for one without anybody to call."""
    found = public_registry().resolve(code) if normalise(code) == code else None
    text = cards(found.view) if isinstance(found, Current) else ""
    if not text:
        abort(404)
    response = Response(text.encode(), content_type="text/vcard; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="contacts.vcf"'
    return response


def cards(view: PlateView) -> str:
    """A card for everybody on the page who has a phone, and one for the station; "" when there is none."""
    lines: list[str] = []
    for contact in view.contacts:
        if contact.phones:
            lines += _card(_person(contact, view))
    if view.station and view.station.phones:
        lines += _card(_station(view.station, view))
    return "".join(f"{fold(line)}\r\n" for line in lines)


def _card(properties: Iterator[str]) -> list[str]:
    return ["BEGIN:VCARD", "VERSION:4.0", *properties, "END:VCARD"]


def _person(contact: ContactView, view: PlateView) -> Iterator[str]:
    # The role stands in the name as well: a call list shows nothing else.
    yield "KIND:individual"
    yield f"FN:{escaped(f'{contact.name} {view.community}{role_word(contact.role)}')}"
    yield f"N:;{escaped(contact.name)};;;"
    yield f"TITLE:{escaped(role_word(contact.role))}"
    yield f"ORG:{escaped(view.station.name if view.station else view.community)}"
    yield from _phones(contact.phones)
    yield from _revision(contact.confirmed_on)


def _station(station: StationView, view: PlateView) -> Iterator[str]:
    yield "KIND:org"
    yield f"FN:{escaped(station.name)}"
    yield f"ORG:{escaped(station.name)}"
    yield from _phones(station.phones)
    if station.address:
        yield f"ADR;TYPE=work:;;{escaped(station.address)};{escaped(view.township)};{escaped(view.county)};;"


def _phones(phones: tuple[str, ...]) -> Iterator[str]:
    for phone in phones:
        yield f'TEL;TYPE="work,voice":{escaped(phone)}'


def _revision(confirmed_on: date | None) -> Iterator[str]:
    if confirmed_on:
        yield f"REV:{confirmed_on:%Y%m%d}T000000Z"


def escaped(text: str) -> str:
    """A value of a property: comma, semicolon, backslash and line break escaped (RFC 6350, 3.4), no control characters."""
    return "".join(c for c in text.translate(_ESCAPED) if c.isprintable() or c == " ")


def fold(line: str) -> str:
    """A line in parts of at most 75 octets, never inside a character (RFC 6350, 3.2)."""
    parts, room = [""], _FOLD
    for character in line:
        size = len(character.encode())
        if size > room:
            parts.append("")
            room = _FOLD - 1  # the space that marks a continued line counts too
        parts[-1] += character
        room -= size
    return "\r\n ".join(parts)
