"""One item opened: everything a reviewer needs to decide it, on one card."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import shapely

from doorplate.cases.nearness import metres_between
from doorplate.errors import InputError, NotFound, Refused
from doorplate.field.gnss import averaged
from doorplate.field.items import Correction, Mount
from doorplate.field.records import FieldItem
from doorplate.field.review_scope import scope_of
from doorplate.model import Address, Point, RecordedEvent
from doorplate.people.account import Actor
from doorplate.registry.bench import Effect
from doorplate.registry.field import FieldWork
from doorplate.registry.field.review_deciding import effects_of, undoable, why_not
from doorplate.registry.field.review_queue import asked_of, rows_of
from doorplate.registry.field.review_showing import compared
from doorplate.registry.field.review_subject import Subject, address_as_of, point_of
from doorplate.registry.field.review_tasks import reason_of
from doorplate.registry.operating import codes_of
from doorplate.review_view import HistoryLine, PlateEffect, ReviewAsk, ReviewCard, ReviewMap
from doorplate.store import Reader

_NEAR_M, _NEAREST = 150.0, 40
_HISTORY = 30
_OUTLINE_POINTS = 200


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
        history=_history(reader, subject), near=rows_of(work, reader, actor, reader.review_near(scope, item)),
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


def names_of_people(reader: Reader, ids: Iterable[str]) -> dict[str, str]:
    """Who did something, by account or member of staff; somebody at the command line goes by what they are called there."""
    wanted = set(ids)
    accounts = {one.id: one.name for one in reader.accounts_of(wanted).values()}
    return {one.id: one.name for one in reader.staff_of(wanted)} | accounts


def _decided(reader: Reader, item: FieldItem) -> tuple[datetime, str, str] | None:
    if item.reviewed_at is None or item.reviewer_id is None:
        return None
    return item.reviewed_at, names_of_people(reader, [item.reviewer_id]).get(item.reviewer_id, ""), item.words


def _history(reader: Reader, subject: Subject) -> tuple[HistoryLine, ...]:
    """Of the address and its plates, the latest first."""
    if subject.address is None:
        return ()
    plates = reader.plates_of([subject.address.id])
    story = reader.events_of([subject.address.id, *(plate.id for plate in plates)])[-_HISTORY:]
    names = names_of_people(reader, (event.event.actor for event in story))
    return tuple(_line(event, names) for event in reversed(story))


def _line(recorded: RecordedEvent, names: dict[str, str]) -> HistoryLine:
    event = recorded.event
    who = names.get(event.actor, "" if len(event.actor) == 32 or event.actor == "clock" else event.actor)
    shown = tuple(name for name in event.after if name not in ("key", "community", "aliases") and recorded.version > 1)
    return HistoryLine(event.at, who, event.verb, shown, event.reason, event.before.get("standard_address", ""),
                       event.after.get("standard_address", ""))


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
    points = [*((kind, p.lon, p.lat, _sure(p)) for kind, p in own), *_neighbours(reader, middle, address)]
    return ReviewMap(tuple(points), metres_between(stands, wanted) if stands and wanted else None,
                     metres_between(door, phone) if door and phone else None, _outline(reader, address))


def _proposed(sent: object) -> Point | None:
    change = sent.changes.point if isinstance(sent, Correction) else sent.point if isinstance(sent, Mount) else None
    return point_of(change) if change else None


def _sure(point: Point) -> str:
    return f"±{point.accuracy_m:.0f} m" if point.accuracy_m is not None else ""


def _neighbours(reader: Reader, middle: Point, own: Address | None) -> list[tuple[str, float, float, str]]:
    found = reader.addresses_near(middle, _NEAR_M, _NEAREST)
    return [("near", a.point.lon, a.point.lat, a.elements.painted_number) for a, _ in found
            if a.point and (own is None or a.id != own.id)]


def _outline(reader: Reader, address: Address | None) -> tuple[tuple[tuple[float, float], ...], ...]:
    grid = reader.area(address.grid_id) if address and address.grid_id else None
    if grid is None or grid.geometry_wkb is None:
        return ()
    rings = [part.exterior for part in shapely.get_parts(shapely.from_wkb(grid.geometry_wkb))]
    return tuple(tuple((float(x), float(y)) for x, y, *_ in ring.coords) for ring in rings if len(ring.coords) <= _OUTLINE_POINTS)
