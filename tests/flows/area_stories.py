"""What the stories of areas share: a village of three grids with forty houses each, and how to ask what became of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import shapely
from flows.conftest import VILLAGE
from support.village import PREFIX

from doorplate.model import Address, Area, Community, Elements, Household, Point, Staff
from doorplate.registry import Registry
from doorplate.registry.area_acts import AreaPlan, split_area

TODAY = date(2026, 11, 23)
WEST, EAST, SOUTH = 108.200, 108.206, 34.270
ACROSS = shapely.LineString([(108.203, 34.26), (108.203, 34.29)])


def box(number: int, south: float) -> Area:
    shape = shapely.box(WEST, south, EAST, south + 0.002)
    name = f"营上村第{'一二三'[number - 1]}网格"
    street = ("幸福路", "和谐街", "振兴路")[number - 1]
    return Area(f"g{number}", "grid", f"{VILLAGE}-G{number:02d}", name, VILLAGE, shapely.to_wkb(shape), (street,))


def doors() -> list[Address]:
    """Forty houses on one street in each grid, from west to east; one without a point, one retired."""
    made = []
    for i, street in enumerate(("幸福路", "和谐街", "振兴路")):
        for n in range(1, 41):
            point = Point(WEST + 0.0001 + n * 0.000145, SOUTH - i * 0.002 + 0.001 + (n % 2) * 0.0001)
            made.append(
                Address(
                    f"{street}{n}",
                    VILLAGE,
                    Elements(street=street, number=str(n)),
                    f"{PREFIX}{street}{n}号",
                    f"{street}{n}",
                    "verified",
                    point,
                    f"g{i + 1}",
                )
            )
    made[4] = replace(made[4], point=None)
    made[39] = replace(made[39], status="retired")
    return made


def divided_village(registry: Registry) -> Registry:
    """Three grids from north to south, their houses, households and contacts."""
    houses = doors()
    with registry.store.writing() as unit:
        place = Community(VILLAGE, ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"), PREFIX)
        unit.save(None, place, registry.event("community.opened", VILLAGE))
        unit.save_many(
            (None, a, registry.event("area.added", a.id)) for a in (box(1, SOUTH), box(2, SOUTH - 0.002), box(3, SOUTH - 0.004))
        )
        unit.save_many((None, a, registry.event("address.proposed", a.id)) for a in houses)
        homes = [Household(f"h{a.id}", VILLAGE, a.id, 3, None, "") for a in houses]
        unit.save_many((None, h, registry.event("household.listed", h.id)) for h in homes)
        staff = [Staff(f"s{n}", f"测试网格员{n}", "网格员", f"1540000000{n}", f"{VILLAGE}-G{n:02d}") for n in (1, 2, 3)]
        unit.save_many((None, s, registry.event("staff.added", s.id)) for s in staff)
    return registry


def codes(registry: Registry, kind: str = "grid") -> list[str]:
    with registry.store.reading() as reader:
        return sorted(a.code[13:] for a in reader.areas(VILLAGE, kind))


def homes(registry: Registry) -> dict[str, str]:
    """Address id → the short code of its grid, history included."""
    with registry.store.reading() as reader:
        grids = {a.id: a.code[13:] for a in reader.areas(VILLAGE, ended=True)}
        return {a.id: grids[a.grid_id or ""] for a in reader.addresses(VILLAGE)}


def told(registry: Registry) -> Counter[str]:
    with registry.store.reading() as reader:
        return Counter(e.event.verb for e in reader.events(limit=10_000))


def split(registry: Registry, *, apply: bool = True) -> AreaPlan:
    return split_area(registry, VILLAGE, "G01", ACROSS, apply=apply)
