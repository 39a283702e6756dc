"""A filled form comes in: attachments first, then the item, as from a phone of ours; a client drops it when it hears 201."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from doorplate.errors import InputError, NotPermitted
from doorplate.field_view import ItemReceipt, SentFile
from doorplate.odk.reading import MOST_BYTES, Submission, item_of, read_submission
from webapp.access import may
from webapp.openrosa.answers import address, said
from webapp.reach import forms_door
from webapp.signing_in import actor

MOST = 24 * 2**20
"""Bytes of one sending (D): what is told to clients, which send a larger one in several."""
_SLACK = 2**20  # bytes of multipart around it
_XML_PART = "xml_submission_file"
_NOT_THEIRS = ("item.not_yours", "permission.denied", "population.off")
_TAKEN = ("item.taken", "item.differs", "file.differs", "item.file_taken")


def furnish(openrosa: Blueprint) -> None:
    openrosa.add_url_rule("/submission", view_func=asked, methods=["HEAD"])
    openrosa.add_url_rule("/submission", view_func=submit, methods=["POST"])


@may("odk")
def asked() -> Response:
    """Where to send it, and how much at once."""
    response = Response(status=204)
    response.headers["Location"] = address(url_for("openrosa.submit"))
    response.headers["X-OpenRosa-Accept-Content-Length"] = str(MOST)
    return response


@may("odk")
def submit() -> Response:
    """201 once it is on disk, also when it was there already; anything else leaves it with the client."""
    if request.headers.get("Sec-Fetch-Site", "none") == "cross-site":
        raise NotPermitted("odk.cross_site", _("不接收别的网站转来的表。"))
    request.max_content_length, request.max_form_parts = MOST + _SLACK, 100
    sent = _submission()
    for file in _attachments(sent):
        receipt = forms_door().store_file(actor(), file)
        if receipt.result == "refused":
            return said(receipt.message, _status(receipt))
    if request.form.get("*isIncomplete*", "").lower() == "yes":
        return said(_("附件已收到，还有要传的。"), 201)
    receipt = forms_door().take(actor(), item_of(sent), _clock())
    if receipt.result == "refused":
        return said(receipt.message, _status(receipt))
    return said(_("已收到，等待审核。") if receipt.result == "accepted" else _("以前已经收到过，没有重复登记。"), 201)


def _submission() -> Submission:
    """What cannot be read is kept aside. Raises InputError(odk.no_form), and as `read_submission`."""
    part = request.files.get(_XML_PART)
    body = part.read(MOST_BYTES + 1) if part else request.form.get(_XML_PART, "").encode()
    if not body.strip():
        raise InputError("odk.no_form", _("没有收到填好的表，请再送一次。"))
    try:
        return read_submission(body)
    except InputError as exc:
        if exc.code == "odk.unreadable":
            forms_door().set_aside(actor(), body, exc.code)
        raise


def _attachments(sent: Submission) -> Iterator[SentFile]:
    """Files the form names; others are left behind."""
    for name, part in request.files.items(multi=True):
        kind = sent.attachments.get(part.filename or "") or sent.attachments.get(name)
        if name != _XML_PART and kind is not None:
            yield _sent_file(sent, part, name, kind)


def _sent_file(sent: Submission, part: FileStorage, name: str, kind: str) -> SentFile:
    data = part.read()
    own = part.filename if part.filename in sent.attachments else name
    one: Literal["photo", "voice"] = "photo" if kind == "photo" else "voice"
    return SentFile(sent.file_id(str(own)), one, hashlib.sha256(data).hexdigest(), data)


def _status(receipt: ItemReceipt) -> int:
    if receipt.retry:
        return 503
    return 403 if receipt.code in _NOT_THEIRS else 409 if receipt.code in _TAKEN else 400


def _clock() -> datetime | None:
    """The client's clock as it sends, from the header or the field Date."""
    try:
        told = parsedate_to_datetime(request.headers.get("Date") or request.form.get("Date", ""))
    except (TypeError, ValueError, IndexError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
