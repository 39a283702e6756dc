"""What is told beside an address: what happened to it, which doors stand near, where its grid ends."""

from __future__ import annotations

from collections.abc import Iterable

import shapely

from doorplate.model import Address, Point, RecordedEvent
from doorplate.review_view import HistoryLine
from doorplate.store import Reader

_NEAR_M, _NEAREST = 150.0, 40
_HISTORY = 30
_OUTLINE_POINTS = 200


def history_of(reader: Reader, address: Address, most: int = _HISTORY) -> tuple[HistoryLine, ...]:
    """Of the address and its plates, the latest first."""
    plates = reader.plates_of([address.id])
    story = reader.events_of([address.id, *(plate.id for plate in plates)])[-most:]
    names = names_of_people(reader, (event.event.actor for event in story))
    return tuple(_line(event, names) for event in reversed(story))


def names_of_people(reader: Reader, ids: Iterable[str]) -> dict[str, str]:
    """Who did something, by account or member of staff; somebody at the command line goes by what they are called there."""
    wanted = set(ids)
    accounts = {one.id: one.name for one in reader.accounts_of(wanted).values()}
    return {one.id: one.name for one in reader.staff_of(wanted)} | accounts


def _line(recorded: RecordedEvent, names: dict[str, str]) -> HistoryLine:
    event = recorded.event
    who = names.get(event.actor, "" if len(event.actor) == 32 or event.actor == "clock" else event.actor)
    shown = tuple(name for name in event.after if name not in ("key", "community", "aliases") and recorded.version > 1)
    return HistoryLine(event.at, who, event.verb, shown, event.reason, event.before.get("standard_address", ""),
                       event.after.get("standard_address", ""))


def sure(point: Point) -> str:
    return f"±{point.accuracy_m:.0f} m" if point.accuracy_m is not None else ""


def neighbours(reader: Reader, middle: Point, own: Address | None) -> list[tuple[str, float, float, str]]:
    found = reader.addresses_near(middle, _NEAR_M, _NEAREST)
    return [("near", a.point.lon, a.point.lat, a.elements.painted_number) for a, _ in found
            if a.point and (own is None or a.id != own.id)]


def outline(reader: Reader, address: Address | None) -> tuple[tuple[tuple[float, float], ...], ...]:
    grid = reader.area(address.grid_id) if address and address.grid_id else None
    if grid is None or grid.geometry_wkb is None:
        return ()
    rings = [part.exterior for part in shapely.get_parts(shapely.from_wkb(grid.geometry_wkb))]
    return tuple(tuple((float(x), float(y)) for x, y, *_ in ring.coords) for ring in rings if len(ring.coords) <= _OUTLINE_POINTS)
