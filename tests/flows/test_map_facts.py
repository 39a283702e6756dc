"""What the map of a door is drawn from, on both databases: places and streets, never a household, only for plates in use."""

from __future__ import annotations

import pytest

from doorplate.model import Point
from doorplate.registry.scanning import Scanning
from doorplate.store import Store
from tests.support.village import additions, address, community, plate

DOORS = [address(n, point=Point(108.2 + 0.0001 * n, 34.27, 5.0)) for n in range(1, 7)]
FAR, BARE = address(20, point=Point(108.25, 34.27)), address(21, point=None)
SIGN, NO_POINT = plate(DOORS[0], "7K3MX9QAB2CDD"), plate(BARE, "7K3MX9QAB2CEF")
LOST = plate(DOORS[1], "7K3MX9QAB2CFG", status="lost")


@pytest.fixture
def door(store: Store) -> Scanning:
    with store.writing() as unit:
        unit.save_many(additions([community(), *DOORS, FAR, BARE, SIGN, NO_POINT, LOST]))
    return Scanning(store)


def test_the_doors_around_and_not_the_door_itself_nor_those_far_away(door: Scanning) -> None:
    facts = door.map_facts(SIGN.code)
    assert facts is not None
    assert facts.door == (108.2001, 34.27)
    assert facts.painted == DOORS[0].elements.painted_number
    assert set(facts.doors) == {(one.point.lon, one.point.lat) for one in DOORS[1:] if one.point}


def test_the_street_runs_along_its_doors(door: Scanning) -> None:
    facts = door.map_facts(SIGN.code)
    assert facts is not None
    assert [street.name for street in facts.streets] == [DOORS[0].elements.thoroughfare]


@pytest.mark.parametrize("code", [NO_POINT.code, LOST.code, "0000000000000", ""])
def test_no_other_code_has_a_map(door: Scanning, code: str) -> None:
    assert door.map_facts(code) is None
