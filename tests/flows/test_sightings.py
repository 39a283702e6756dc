"""A plate seen far from its door: one finding, rounded, about the plate and never about who saw it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from doorplate.model import Point, RecordedFinding
from doorplate.registry.scanning import Scanning
from doorplate.registry.sightings import ELSEWHERE
from doorplate.registry.standing_findings import MOST_COUNTED
from doorplate.store import Store
from tests.support.village import CODE, additions, address, community, event, plate

HOUSE = address(1, point=Point(108.2, 34.27, 5.0))
BARE = address(2, point=None)
SIGN, NO_POINT, LOST = plate(HOUSE, "7K3MX9QAB2CDD"), plate(BARE, "7K3MX9QAB2CEF"), plate(HOUSE, "7K3MX9QAB2CFG", status="lost")
AWAY = Point(108.2345678, 34.2987654, 20.0)
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture
def door(store: Store) -> Scanning:
    with store.writing() as unit:
        unit.save_many(additions([community(), HOUSE, BARE, SIGN, NO_POINT, LOST]))
    return Scanning(store, now=lambda: NOW)


def findings(store: Store) -> list[RecordedFinding]:
    with store.reading() as reader:
        return [one for one in reader.findings(CODE) if one.finding.code == ELSEWHERE]


def test_where_it_hangs_nothing_is_written(door: Scanning, store: Store) -> None:
    with store.reading() as reader:
        before = reader.event_count()
    assert door.compare_place(SIGN.code, Point(108.2005, 34.2702, 30.0)) == "here"
    assert door.compare_place(SIGN.code, Point(108.206, 34.27, 400.0)) == "here", "550 m, but the phone says ± 400 m"
    with store.reading() as reader:
        assert reader.event_count() == before


@pytest.mark.parametrize(("code", "seen"), [
    (SIGN.code, Point(108.9, 34.9, 5000.0)), (SIGN.code, Point(108.9, 34.9)), (NO_POINT.code, AWAY), ("0000000000000", AWAY),
    (LOST.code, AWAY), ("", AWAY),
])  # fmt: skip
def test_what_cannot_be_told_is_not_told(door: Scanning, store: Store, code: str, seen: Point) -> None:
    assert door.compare_place(code, seen) == "unsure"
    assert findings(store) == []


def test_far_away_raises_one_finding_however_often(door: Scanning, store: Store) -> None:
    for _ in range(3):
        assert door.compare_place(SIGN.code, AWAY) == "elsewhere"
    [found] = findings(store)
    assert (found.address_id, found.resolution, found.blocks) == (HOUSE.id, "open", False)
    assert found.finding.value == f"{SIGN.code} ×3"
    assert "已有 3 次" in found.finding.message
    assert "4500 米" in found.finding.message


def test_the_place_is_rounded_and_the_trail_keeps_none(door: Scanning, store: Store) -> None:
    door.compare_place(SIGN.code, AWAY)
    [found] = findings(store)
    assert found.place is not None
    assert found.place.point == Point(108.235, 34.299, 100.0, "扫码位置核对")
    with store.reading() as reader:
        trail = repr(reader.events(subject_id=found.id))
    assert "108.23" not in trail
    assert "34.29" not in trail


def test_settled_and_seen_again_is_a_new_finding(door: Scanning, store: Store) -> None:
    door.compare_place(SIGN.code, AWAY)
    [first] = findings(store)
    with store.writing() as unit:
        unit.save(first, replace(first, resolution="settled", resolved_reason="去看过"), event("finding.settled", first.id))
    door.compare_place(SIGN.code, AWAY)
    assert [one.resolution for one in findings(store)] == ["settled", "open"]


def test_a_thousand_reports_do_not_fill_the_trail(door: Scanning, store: Store) -> None:
    for _ in range(MOST_COUNTED + 20):
        door.compare_place(SIGN.code, AWAY)
    [found] = findings(store)
    with store.reading() as reader:
        assert len(reader.events(subject_id=found.id)) == MOST_COUNTED
    assert store.verify_chain().ok
