"""A plate seen far from its door: a visitor let the page compare where they stand with where the door is.

What is kept is about the plate: that it was seen elsewhere, about where (rounded to some 100 m), how often. Of the visitor and of
every place that fits, nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from doorplate.areas.coordinates import distance_m
from doorplate.model import Address, Event, Finding, Place, Plate, Point, SourceRef
from doorplate.plates.lifecycle import REPLACED
from doorplate.public_view import Sighting
from doorplate.registry.standing_findings import Told, note
from doorplate.store import Store, Unit

ELSEWHERE = "plate.elsewhere"
SOURCE = "扫码位置核对"
FAR_M = 300.0  # (D) a large yard, a farm; more than phones err in the open
VAGUE_M = 1000.0  # (D) a position known no better says nothing about a door
_DECIMALS = 3  # of a degree: about 100 m


@dataclass(frozen=True)
class _Seen:
    """A plate of ours, seen too far from its door. metres: how far, rounded to 100."""

    plate: Plate
    address: Address
    about: Point
    metres: int
    at: datetime

    def event(self, verb: str, subject_id: str) -> Event:
        return Event(verb=verb, subject_id=subject_id, actor="public", at=self.at, source=SOURCE)


def compare_place(store: Store, code: str, seen: Point, now: datetime) -> Sighting:
    """Compares, and records what does not fit: one open finding a plate, with how often."""
    with store.reading() as reader:
        plate = reader.plate_by_code(code)
        address = reader.address(plate.address_id) if plate and plate.status not in REPLACED else None
    vague = seen.accuracy_m is None or seen.accuracy_m > VAGUE_M
    if plate is None or address is None or address.point is None or vague:
        return "unsure"
    door = address.point
    metres = distance_m((door.lon, door.lat), (seen.lon, seen.lat))
    if metres <= FAR_M + (seen.accuracy_m or 0) + (door.accuracy_m or 0):
        return "here"
    about = Point(round(seen.lon, _DECIMALS), round(seen.lat, _DECIMALS), 100.0, SOURCE)
    with store.writing() as unit:
        _record(unit, _Seen(plate, address, about, int(round(metres, -2)), now))
    return "elsewhere"


def _record(unit: Unit, seen: _Seen) -> None:
    place = Place(seen.address.elements, seen.about)
    note(unit, Told(ELSEWHERE, seen.plate.id, seen.plate.code, seen.address, SOURCE, "sighting",
                    lambda times: _finding(seen, times), seen.event, place))


def _finding(seen: _Seen, times: int) -> Finding:
    how_often = f", 已有 {times} 次" if times > 1 else ""
    return Finding(
        ref=SourceRef(SOURCE, None, 0),
        code=ELSEWHERE,
        field="point",
        value=f"{seen.plate.code} ×{times}",
        message=f"有人扫这块门牌时, 手机在离门口约 {seen.metres} 米的地方{how_often}; 门牌可能被移走或翻印, 也可能登记的位置不对",
        proposal="到现场看门牌是否还在、位置登记得对不对; 门牌不在就补制, 位置不对就改正",
        confidence="ask",
    )
