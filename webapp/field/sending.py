"""What a phone sends: files first, then the items that name them; and the two questions it can only ask with network."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from flask import Blueprint, Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import ClientDisconnected

from doorplate.errors import InputError
from doorplate.field.settings import SyncRules
from doorplate.field_view import ItemReceipt, SentFile
from webapp.access import may
from webapp.field.answers import answer, body_json, body_texts, receipt
from webapp.reach import field_door
from webapp.signing_in import actor

_MOST_FILE = 12 * 2**20  # bytes (D): a photo is drawn anew at 1,600 px on the phone, a voice note lasts a minute
_MOST_EVIDENCE = 1024  # characters
_SHA256 = re.compile(r"[0-9a-f]{64}")
_MEASURED = frozenset({"lon", "lat", "accuracy_m", "direction"})
_LARGEST = 1e6


def furnish(field: Blueprint) -> None:
    field.add_url_rule("/files/<file_id>", view_func=send_file, methods=["PUT"])
    field.add_url_rule("/sync", view_func=sync, methods=["POST"])
    field.add_url_rule("/households/<household_id>/unmask", view_func=unmask, methods=["POST"])
    field.add_url_rule("/zones/<zone_id>/round", view_func=open_round, methods=["POST"])


@may("device")
def send_file(file_id: str) -> Response:
    """A photo or voice note, the bare bytes. Half of one is never taken: its sum would not be right."""
    request.max_content_length = _MOST_FILE
    kind, sum_ = request.headers.get("X-Kind", ""), request.headers.get("X-Sha256", "").lower()
    if kind not in ("photo", "voice") or not _SHA256.fullmatch(sum_):
        raise InputError("file.headers", _("附件要带种类和校验值。"))
    try:
        data = request.get_data()
    except ClientDisconnected:
        return receipt(ItemReceipt(file_id, "refused", "file.cut", _("附件没有传完，会再传一次。"), retry=True))
    one: Literal["photo", "voice"] = "photo" if kind == "photo" else "voice"
    return receipt(field_door().store_file(actor(), SentFile(file_id, one, sum_, data, _evidence())))


@may("device")
def sync() -> Response:
    """{"clock", "items"} → a receipt for each, in order, and the verdicts that wait. What cannot be read is kept aside."""
    rules = field_door().sync_rules
    try:
        told = body_json(_most_of(rules))
        items, clock = _items(told, rules), _clock(told)
    except InputError as exc:
        field_door().set_aside(actor(), request.get_data(), exc.code)
        raise
    return answer(asdict(field_door().sync(actor(), items, clock)))


@may("device")
def unmask(household_id: str) -> Response:
    """{"why"} → a household's name and contact in clear, logged before they are shown."""
    [why] = body_texts("why")
    return answer(dict(field_door().unmask(actor(), household_id, why)))


@may("device")
def open_round(zone_id: str) -> Response:
    """The sample of plates that must be scanned again before the zone is closed."""
    return answer(dict(field_door().open_round(actor(), zone_id)))


def _most_of(rules: SyncRules) -> int:
    return rules.batch * rules.item_kb * 1024


def _items(told: Any, rules: SyncRules) -> list[Any]:
    if not isinstance(told, dict) or not isinstance(told.get("items"), list):
        raise InputError("sync.unreadable", _("送来的内容读不出来，已另外存放，请联系管理员。"))
    if len(told["items"]) > rules.batch:
        raise InputError("sync.too_many", _("一次最多送 %(most)d 条。", most=rules.batch))
    return list(told["items"])


def _clock(told: Mapping[str, Any]) -> datetime | None:
    """The phone's clock; one without a zone, or none, says nothing."""
    clock = _moment(told.get("clock"))
    return clock if clock and clock.tzinfo else None


def _moment(told: object) -> datetime | None:
    try:
        return datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None


def _evidence() -> dict[str, Any]:
    """What the phone captured with a photo, as far as it is what it should be; the rest is left behind."""
    text = request.headers.get("X-Evidence", "")
    try:
        told = json.loads(text) if text and len(text) <= _MOST_EVIDENCE else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    kept = {name: value for name, value in told.items() if name in _MEASURED and _is_number(value)}
    return {"taken_at": told["taken_at"], **kept} if _moment(told.get("taken_at")) else kept


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST  # NaN is not
