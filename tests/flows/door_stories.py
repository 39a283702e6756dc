"""What stories at the door share: two grids, four houses with plates, a household, a worker in each grid, a phone each."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import shapely
from flows.case_stories import SECRET, SERVICES, VILLAGE, Clock, MemoryVault

from doorplate.cases.settings import load_case_settings
from doorplate.field.items import ITEM
from doorplate.field.parsing import payload_of
from doorplate.field.records import FieldItem
from doorplate.field.settings import field_settings
from doorplate.model import Address, Area, Community, Elements, Household, Plate, Point
from doorplate.people.account import Account, Assignment, Device
from doorplate.people.permission import permission_rules
from doorplate.registry import Registry
from doorplate.registry.cases.casework import open_casework
from doorplate.registry.field import FieldWork, Rules, open_fieldwork
from doorplate.store import Store
from tests.support.village import uid

CODES = {"near": "0000000000018", "next": "0000000000026", "far": "0000000000034", "gone": "0000000000042"}
NEAR, NEXT, FAR = (uid(f"door {name}") for name in ("near", "next", "far"))
HOME = uid("household near")
WORKER, OTHER, REVIEWER = uid("worker"), uid("other"), uid("reviewer")
ZONE = uid("zone")


@dataclass
class World:
    """A village on a store. sent: how many items were made, for their ids."""

    work: FieldWork
    clock: Clock
    sent: int = 0

    @property
    def store(self) -> Store:
        return self.work.registry.store

    def told(self, kind: str, **more: Any) -> Any:
        """An item as a phone sends it, parsed; at the near house unless told otherwise."""
        self.sent += 1
        values = {"id": f"{self.sent:032x}", "kind": kind, "at": self.clock.now.isoformat(), "community": VILLAGE,
                  "address": NEAR}
        return ITEM.validate_python({**values, **more})

    def item(self, sent: Any, account: str = WORKER, **more: Any) -> FieldItem:
        """The record of it, not yet saved."""
        values = {"id": sent.id, "kind": sent.kind, "account_id": account, "device_id": uid(f"phone {account}"),
                  "community": sent.community, "address_id": sent.address, "subject_id": sent.address or "", "base_version": 0,
                  "captured_at": sent.at, "received_at": self.clock.now + timedelta(minutes=1), "skew_s": 0.0,
                  "payload_sealed": self.work.sealed(payload_of(sent), sent.id), "fields": (), "verdict": "clean", "flags": (),
                  "status": "recorded"}
        return FieldItem(**{**values, **more})


def world(store: Store) -> World:
    clock = Clock()
    registry = Registry(store, SECRET, "tester", clock, random.SystemRandom())
    vault = MemoryVault()
    casework = open_casework(registry, load_case_settings(), vault, SERVICES)
    work = open_fieldwork(registry, Rules(field_settings(), permission_rules()), vault, casework, SERVICES)
    with store.writing() as unit:
        unit.save(None, _village(), registry.event("community.opened", VILLAGE))
        unit.save_many((None, one, registry.event("x.added", one.id)) for one in _records(clock))
    return World(work, clock)


def _village() -> Community:
    return Community(VILLAGE, ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"), "陕西省营上村", sample=True)


def _records(clock: Clock) -> list[Any]:
    west, east = shapely.box(108.19, 34.26, 108.205, 34.28).wkb, shapely.box(108.205, 34.26, 108.22, 34.28).wkb
    grids = [Area(uid("g1"), "grid", f"{VILLAGE}-G01", "第一网格", VILLAGE, west),
             Area(uid("g2"), "grid", f"{VILLAGE}-G02", "第二网格", VILLAGE, east),
             Area(ZONE, "zone", f"{VILLAGE}-Z01", "一区", VILLAGE, west, parent_id=uid("g1"))]
    places = {"near": (108.2, "g1"), "next": (108.2005, "g1"), "far": (108.21, "g2"), "gone": (108.2003, "g1")}
    doors = [Address(uid(f"door {name}"), VILLAGE, Elements(street="幸福路", number=str(n)), f"陕西省营上村幸福路{n}号",
                     f"{VILLAGE}|幸福路|{n}", "verified", Point(lon, 34.27, 3.0), uid(grid))
             for n, (name, (lon, grid)) in enumerate(places.items(), 1)]
    plates = [Plate(uid(f"plate {name}"), code, uid(f"door {name}"), "small-gate", "retired" if name == "gone" else "issued")
              for name, code in CODES.items()]
    people = [Account(uid(name), name, words, "x", must_change=False)
              for name, words in (("worker", "测试网格员"), ("other", "测试网格员乙"), ("reviewer", "测试审核员"))]
    roles = [Assignment(uid(f"role {name}"), uid(name), role, area, clock.now.date())
             for name, role, area in (("worker", "grid_worker", f"{VILLAGE}-G01"), ("other", "grid_worker", f"{VILLAGE}-G02"),
                                      ("reviewer", "registrar", VILLAGE))]
    phones = [Device(uid(f"phone {one.id}"), one.id, "手机", "phone", uid(f"token {one.id}"), None, clock.now) for one in people]
    return [*grids, *doors, *plates, Household(HOME, VILLAGE, NEAR, 4, None, "h"), *people, *roles, *phones]
