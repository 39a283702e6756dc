"""What was filled in: read from the request, as typed, so that it can be shown again."""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Request, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from doorplate.cases.case import CaseKind
from doorplate.cases_view import AskRequest, Upload
from webapp.languages import chosen

MAX_PHOTOS = 6
MAX_FILE = 10 * 1024 * 1024  # bytes of one photo (issue 5: uploads ≤ 10 MB)
MAX_BODY = MAX_PHOTOS * MAX_FILE + 4 * 1024 * 1024  # and a voice note of a minute, as badly packed as phones do
_MAX_TEXTS = 256 * 1024  # bytes of all fields that are not files
_MAX_PARTS = 64
_HEARD_OUT, _PIECE = 160 * 1024 * 1024, 64 * 1024
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")
_CLIENT_ID = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Filled:
    """A form's fields as typed; the names are those of `AskRequest`. had_files: files cannot be shown again."""

    client_id: str
    category: str = ""
    text: str = ""
    name: str = ""
    phone: str = ""
    consent: str = ""
    service_id: str = ""
    wanted_day: str = ""
    wanted_part: str = ""
    about: tuple[str, ...] = ()
    had_files: bool = False


def empty() -> Filled:
    """A form nobody has touched. The service may come with the address (`?service=`)."""
    return Filled(secrets.token_hex(16), service_id=request.args.get("service", "")[:100])


def open_body(incoming: Request, largest: int = MAX_BODY) -> None:
    """Sets the limits of this form's body; raises RequestEntityTooLarge (413) or UnsupportedMediaType (415)."""
    if incoming.mimetype not in _FORMS:
        raise UnsupportedMediaType
    # The parts of a multipart body are read to disk one by one; the other kind is taken into memory as a whole.
    incoming.max_content_length = largest if incoming.mimetype == _FORMS[0] else min(largest, _MAX_TEXTS)
    incoming.max_form_memory_size = _MAX_TEXTS
    incoming.max_form_parts = _MAX_PARTS
    if (incoming.content_length or 0) > incoming.max_content_length:
        _hear_out(incoming)
        raise RequestEntityTooLarge
    incoming.form.get("client_id")


def _hear_out(incoming: Request) -> None:
    """Takes in and forgets a body that is too large, within reason: many a client reads no answer before it has sent it all."""
    left = incoming.content_length or 0
    while 0 < left <= _HEARD_OUT and (piece := incoming.environ["wsgi.input"].read(min(left, _PIECE))):
        left -= len(piece)


def filled() -> Filled:
    """The fields of this request."""
    one = request.form
    client_id = one.get("client_id", "")
    return Filled(
        client_id if _CLIENT_ID.fullmatch(client_id) else secrets.token_hex(16),
        one.get("category", ""), plain(one.get("text", "")), one.get("name", ""), one.get("phone", ""), one.get("consent", ""),
        one.get("service_id", ""), one.get("wanted_day", ""), one.get("wanted_part", ""), tuple(one.getlist("about")),
        had_files=bool(uploads("photos") or uploads("voice")))  # fmt: skip


def ask_request(plate_code: str, kind: CaseKind, typed: Filled) -> AskRequest:
    """The same for the registry, files and all."""
    voice = _read(uploads("voice")[:1])
    return AskRequest(
        client_id=typed.client_id, plate_code=plate_code, kind=kind, category=typed.category, text=typed.text,
        photos=photos(), voice=voice[0] if voice else None, name=typed.name, phone=typed.phone,
        consent=typed.consent, service_id=typed.service_id, wanted_day=_day(typed.wanted_day), wanted_part=typed.wanted_part,
        about=typed.about, sure_not_emergency=request.form.get("sure_not_emergency") == "1", language=chosen().code)  # fmt: skip


def plain(text: str) -> str:
    """A text field without what forms do to line ends."""
    return text.replace("\r\n", "\n")


def photos() -> Sequence[Upload]:
    """One more than allowed at most: enough to be refused for."""
    return _read(uploads("photos")[: MAX_PHOTOS + 1])


def uploads(name: str) -> list[FileStorage]:
    """The files of a field; an empty file field sends one without a name."""
    return [one for one in request.files.getlist(name) if one.filename]


def _read(files: Sequence[FileStorage]) -> list[Upload]:
    """One byte more than allowed at most, so that what is too large is known as such and costs no more."""
    return [Upload((one.filename or "")[:100], one.stream.read(MAX_FILE + 1)) for one in files]


def _day(text: str) -> date | None:
    with contextlib.suppress(ValueError):
        return date.fromisoformat(text)
    return None
