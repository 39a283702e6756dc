"""One item opened: everything a reviewer needs to decide it, on one card."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from doorplate.cases.nearness import metres_between
from doorplate.errors import InputError, NotFound, Refused
from doorplate.field.gnss import averaged
from doorplate.field.items import Correction, Mount
from doorplate.field.records import FieldItem
from doorplate.field.review_scope import scope_of
from doorplate.model import Point
from doorplate.people.account import Actor
from doorplate.registry.address_story import history_of, names_of_people, neighbours, outline, sure
from doorplate.registry.bench import Effect
from doorplate.registry.field import FieldWork
from doorplate.registry.field.review_deciding import effects_of, undoable, why_not
from doorplate.registry.field.review_queue import asked_of, rows_of
from doorplate.registry.field.review_showing import compared
from doorplate.registry.field.review_subject import Subject, address_as_of, point_of
from doorplate.registry.field.review_tasks import reason_of
from doorplate.registry.operating import codes_of
from doorplate.review_view import PlateEffect, ReviewAsk, ReviewCard, ReviewMap
from doorplate.store import Reader


def card_of(work: FieldWork, reader: Reader, actor: Actor, subject: Subject, ask: ReviewAsk) -> ReviewCard:
    item, sent = subject.item, subject.sent
    scope, asked = scope_of(actor, work.permissions), asked_of(ask)
    reason = why_not(work, reader, actor, subject)
    effect, hindered = foreseen_effect(work, reader, subject) if not reason else (PlateEffect(), "")
    [row] = rows_of(work, reader, actor, [item])
    files = reader.review_files(item.id)
    return ReviewCard(
        row=row, compared=compared(work, subject), reason=reason_of(work.settings, sent) if isinstance(sent, Correction) else "",
        note=sent.note if sent else "", flags=item.flags, map=_map(reader, subject),
        photos=tuple(one.id for one in files if one.kind == "photo"),
        voices=tuple(one.id for one in files if one.kind == "voice"),
        history=history_of(reader, subject.address) if subject.address else (),
        near=rows_of(work, reader, actor, reader.review_near(scope, item)),
        may_decide=not reason, why_not=reason, version=subject.stamp,
        previous_id=reader.review_beside(scope, asked, item, after=False),
        next_id=reader.review_beside(scope, asked, item, after=True),
        effect=effect, hindered=hindered, decided=_decided(reader, item),
        may_undo=undoable(reader, item) and item.account_id != actor.account_id)


def foreseen_effect(work: FieldWork, reader: Reader, subject: Subject) -> tuple[PlateEffect, str]:
    """What approving as proposed means for plates, and why it would be refused, in words."""
    try:
        return plate_effect(effects_of(work, reader, subject)), ""
    except (Refused, NotFound, InputError) as exc:
        return PlateEffect(), exc.message


def plate_effect(effects: Iterable[Effect]) -> PlateEffect:
    return PlateEffect(*codes_of(effects))


def _decided(reader: Reader, item: FieldItem) -> tuple[datetime, str, str] | None:
    if item.reviewed_at is None or item.reviewer_id is None:
        return None
    return item.reviewed_at, names_of_people(reader, [item.reviewer_id]).get(item.reviewer_id, ""), item.words


def _map(reader: Reader, subject: Subject) -> ReviewMap:
    """Nothing to draw where no place is known."""
    address, sent = subject.address, subject.sent
    base = address_as_of(reader, address, subject.item.base_version) if address else None
    stands, was = address.point if address else None, base.point if base else None
    wanted = _proposed(sent)
    phone = averaged(sent.fixes) if sent else None
    own = [(kind, point) for kind, point in (("base", was), ("current", stands), ("proposed", wanted), ("phone", phone)) if point]
    own = [(kind, point) for kind, point in own if not (kind == "base" and stands is not None and point == stands)]
    if not own:
        return ReviewMap((), None)
    middle = stands or wanted or own[0][1]
    door = stands or wanted
    points = [*((kind, p.lon, p.lat, sure(p)) for kind, p in own), *neighbours(reader, middle, address)]
    return ReviewMap(tuple(points), metres_between(stands, wanted) if stands and wanted else None,
                     metres_between(door, phone) if door and phone else None, outline(reader, address))


def _proposed(sent: object) -> Point | None:
    change = sent.changes.point if isinstance(sent, Correction) else sent.point if isinstance(sent, Mount) else None
    return point_of(change) if change else None
