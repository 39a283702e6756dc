"""A small invented village for tests of the store: records and their events, the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

from doorplate.model import Address, Area, Community, Elements, Event, Household, Plate, Point

CODE = "610431001203"
PREFIX = "陕西省咸阳市武功县普集街道营上村"
NOON = datetime(2026, 11, 23, 4, 5, 6, 789, tzinfo=UTC)


def uid(text: str) -> str:
    """An id that is always the same for the same text."""
    return hashlib.md5(text.encode()).hexdigest()


def event(verb: str, subject_id: str, **more: str) -> Event:
    return Event(verb=verb, subject_id=subject_id, actor="王印务", at=NOON, **more)


def community(code: str = CODE) -> Community:
    return Community(code=code, names=("陕西省", "咸阳市", "武功县", "普集街道", "营上村"), prefix=PREFIX)


def address(number: int, street: str = "幸福路", community: str = CODE, **more: object) -> Address:
    """The house with this number; 11 m further east than the one before."""
    standard = f"{PREFIX}{street}{number}号"
    values = {"id": uid(f"address {community} {street} {number}"), "community": community, "standard_address": standard,
              "elements": Elements(street=street, number=str(number)), "key": f"{community}|{street}|{number}",
              "status": "proposed", "point": Point(108.2 + number * 0.0001, 34.27, 3.0, "list")}
    return Address(**{**values, **more})  # type: ignore[arg-type]


def addresses(count: int, street: str = "幸福路") -> list[Address]:
    return [address(number, street) for number in range(1, count + 1)]


def plate(of: Address, code: str, **more: object) -> Plate:
    return Plate(**{"id": uid(f"plate {code}"), "code": code, "address_id": of.id, "kind": "small-gate", "status": "planned",
                    **more})  # type: ignore[arg-type]


def household(number: int, of: Address | None, head_sealed: bytes | None = None, head_index: str = "") -> Household:
    return Household(uid(f"household {number}"), CODE, of.id if of else None, 4, head_sealed, head_index)


def grid(letter: str, wkb: bytes | None = None) -> Area:
    return Area(uid(f"grid {letter}"), "grid", f"{CODE}-{letter}", f"{letter}网格", CODE, wkb, ("幸福路",))


def additions(records: Iterable[object], verb: str = "record.added") -> list[tuple[None, object, Event]]:
    """The changes that add these records."""
    return [(None, record, event(verb, getattr(record, "id", None) or record.code)) for record in records]  # type: ignore[attr-defined]
