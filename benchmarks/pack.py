"""Offline packs of a big community: what they weigh, and what making them costs cold, warm and after one change.

A community of --doors doors in ten grids, each with a plate and a household, whose heads and phones are sealed. The peer, in
the same run and from the same database: what one would write in an afternoon, a GeoJSON FeatureCollection of the same doors with
their plates and households (opened and masked as ours are), by json.dumps and gzip 6, made whole at every request. Times are
ratios to it, best of --rounds. Ours is measured to the answer a phone waits for: the manifest with every part made and summed
(parts leave compressed by brotli 5, whose time is told beside it).

Weights: the whole pack, and what a phone fetches again after one door was named, one was moved by 5 m, one household was
counted.

usage: python benchmarks/pack.py [--doors 10000] [--rounds 3] [--only spatialite|postgis]
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import brotli
import shapely

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from doorplate.addresses.format import address_key, local_address  # noqa: E402
from doorplate.field.settings import field_settings  # noqa: E402
from doorplate.households.seal import Sealer, mask_name, mask_phone  # noqa: E402
from doorplate.model import Address, Area, Community, Elements, Household, Plate, Point  # noqa: E402
from doorplate.people.account import Actor, Grant  # noqa: E402
from doorplate.people.permission import permission_rules  # noqa: E402
from doorplate.plates.code import new_codes  # noqa: E402
from doorplate.registry import Registry  # noqa: E402
from doorplate.registry.field import FieldWork, Rules, open_fieldwork  # noqa: E402
from doorplate.registry.field.households import contact_of  # noqa: E402
from doorplate.registry.field.pack import Packs  # noqa: E402
from doorplate.store import Store, open_store  # noqa: E402
from tests.support.postgis import missing, running_cluster  # noqa: E402

VILLAGE, GRIDS, LANE = "610431001203", 10, 60
PREFIX = "陕西省咸阳市武功县普集街道营上村"
NAMES = ("幸福", "和平", "建设", "团结", "光明", "胜利", "营东", "营西", "南环", "北环")
WAYS = [first + second for first in NAMES for second in "路街"]
OFFICER = Actor("bench", "测试", (Grant("officer", VILLAGE),))
NOW = datetime(2026, 11, 24, tzinfo=UTC)


@dataclass
class Built:
    """A filled registry."""

    work: FieldWork
    sealer: Sealer

    @property
    def store(self) -> Store:
        return self.work.registry.store

    def save(self, change: Callable[[Any], Any], read: Callable[[Any], Any]) -> None:
        with self.store.writing() as unit:
            was = read(unit)
            unit.save(was, change(was), self.work.registry.event("bench.changed", was.id))


def fill(store: Store, doors: int) -> Built:
    store.migrate()
    registry = Registry(store, "ab" * 32, "bench", lambda: NOW, random.Random(1))
    work, sealer = open_fieldwork(registry, Rules(field_settings(), permission_rules()), None), Sealer(registry.secret)  # type: ignore[arg-type]
    records = list(_records(work, sealer, doors))
    with store.writing() as unit:
        unit.save(None, Community(VILLAGE, ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"), PREFIX),
                  registry.event("community.opened", VILLAGE))
        unit.save_many((None, one, registry.event("bench.added", one.id)) for one in records)
    return Built(work, sealer)


def _records(work: FieldWork, sealer: Sealer, doors: int) -> Iterator[Any]:
    registry, rng = work.registry, random.Random(2)
    west = [108.2 + grid * 0.004 for grid in range(GRIDS)]
    grids = [Area(registry.new_id(), "grid", f"{VILLAGE}-G{n + 1:02d}", f"第{n + 1}网格", VILLAGE,
                  shapely.box(x, 34.2, x + 0.004, 34.21).wkb) for n, x in enumerate(west)]
    yield from grids
    codes = new_codes(rng, doors)
    for i in range(doors):
        grid, (lane, number) = i % GRIDS, divmod(i // GRIDS, LANE)
        e = Elements(street=WAYS[grid * 2 + lane % 2], lane=f"{lane + 1}巷", number=str(number + 1))
        point = Point(west[grid] + lane * 2e-4 + rng.gauss(0, 2e-5), 34.2 + number // 2 * 1.2e-4 + rng.gauss(0, 2e-5), 5.0)
        address = Address(registry.new_id(), VILLAGE, e, PREFIX + local_address(e), address_key(VILLAGE, e), "verified", point,
                          grids[grid].id)
        yield address
        yield Plate(registry.new_id(), codes[i], address.id, "small-gate", "issued")
        head, id_ = rng.choice("赵钱孙李周吴郑王") + "".join(rng.sample("建国淑芬志强秀英玉兰", 2)), registry.new_id()
        phone = work.sealed(json.dumps({"name": head, "phone": f"139{rng.randrange(10**8):08d}"}).encode(), id_)
        yield Household(id_, VILLAGE, address.id, rng.randint(1, 6), sealer.seal(head, rng), f"{i}", tenure="own",
                        contact_sealed=phone, counted_on=date(2026, 1, 1))


def naive(built: Built) -> bytes:
    """The peer."""
    with built.store.reading() as reader:
        addresses = reader.addresses(VILLAGE)
        plates = {one.address_id: one for one in reader.plates(VILLAGE)}
        homes = {one.address_id: one for one in reader.households(VILLAGE)}
        features = [_feature(built, one, plates[one.id], homes[one.id]) for one in addresses]
    return gzip.compress(json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode(), 6)


def _feature(built: Built, one: Address, plate: Plate, home: Household) -> dict[str, Any]:
    elements = {name: value for name in Elements.__dataclass_fields__ if (value := getattr(one.elements, name))}
    point = one.point or Point(0, 0)
    household = {"id": home.id, "version": home.version, "members": home.members, "tenure": home.tenure,
                 "head": mask_name(built.sealer.open(home.head_sealed or b"")),
                 "contact": mask_phone(contact_of(built.work, home).get("phone", "")), "counted_on": str(home.counted_on)}
    told = {"id": one.id, "version": one.version, **elements, "standard_address": one.standard_address, "status": one.status,
            "kind": one.place_kind, "accuracy_m": point.accuracy_m, "plate": plate.id, "code": plate.code,
            "plate_kind": plate.kind, "plate_status": plate.status, "households": [household]}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [round(point.lon, 7), round(point.lat, 7)]},
            "properties": told}


def timed(action: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def weights(packs: Packs) -> dict[str, tuple[str, int]]:
    """Part → etag, bytes as they travel."""
    return {name: (part.etag, len(brotli.compress(part.body, quality=5))) for name, part in (
        (told["name"], packs.part(OFFICER, told["name"])) for told in packs.manifest(OFFICER).body["parts"])}


def changes(built: Built) -> dict[str, Callable[[], None]]:
    with built.store.reading() as reader:
        door, home = reader.addresses(VILLAGE)[7].id, reader.households(VILLAGE)[7].id

    def address(unit: Any) -> Any:
        return unit.address(door)

    def moved(was: Any) -> Any:
        return replace(was, point=Point(was.point.lon, was.point.lat + 4.5e-5, 3.0))

    return {"door was named": lambda: built.save(lambda was: replace(was, name=was.name + "改"), address),
            "door was moved 5 m": lambda: built.save(moved, address),
            "household was counted": lambda: built.save(lambda was: replace(was, members=(was.members or 0) + 1),
                                                        lambda unit: unit.households_of([home])[0])}


def run(title: str, store: Store, doors: int, rounds: int) -> None:
    built = fill(store, doors)
    peer = min(timed(lambda: naive(built)) for _ in range(rounds))
    cold = min(timed(lambda: Packs(built.work).manifest(OFFICER)) for _ in range(rounds))
    packs = Packs(built.work)
    before = weights(packs)
    warm = min(timed(lambda: packs.manifest(OFFICER)) for _ in range(rounds))
    name = next(name for name in before if name.startswith("doors/"))
    one = min(timed(lambda: packs.part(OFFICER, name)) for _ in range(rounds))
    bodies = [packs.part(OFFICER, name).body for name in before]
    packing = timed(lambda: [brotli.compress(body, quality=5) for body in bodies])
    compressed, bare = sum(size for _, size in before.values()) / 1e6, sum(map(len, bodies)) / 1e6
    theirs = len(naive(built)) / 1e6
    print(f"\n{title}: {doors:,} doors, {len(before)} parts")
    print(f"  pack {compressed:.2f} MB compressed, {bare:.2f} MB bare; the peer's file {theirs:.2f} MB")
    print(f"  peer, made whole every time: {peer * 1e3:.0f} ms = 1; ours cold {cold / peer:.2f}, warm {warm / peer:.3f}, "
          f"one part (also what a 304 costs) {one / peer:.4f}; compressing all parts {packing / peer:.2f}")
    for what, change in changes(built).items():
        best = min(_after(change, packs) for _ in range(rounds))
        after = weights(packs)
        moved = [part for part in after if after[part][0] != before[part][0]]
        again = sum(after[part][1] for part in moved) / 1e3
        print(f"  after one {what}: {best / peer:.2f}; fetched again {again:.1f} kB ({', '.join(moved)})")
        before = after


def _after(change: Callable[[], None], packs: Packs) -> float:
    change()
    return timed(lambda: packs.manifest(OFFICER))


@contextmanager
def stores(only: str) -> Iterator[list[tuple[str, Store]]]:
    with tempfile.TemporaryDirectory() as folder:
        found = [("SpatiaLite", open_store(f"sqlite:///{folder}/bench.sqlite"))] if only != "postgis" else []
        if only == "spatialite" or missing():
            yield found
            return
        with running_cluster() as server:
            yield [*found, ("PostGIS", open_store(server.create("bench")))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--doors", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("spatialite", "postgis"), default="")
    told = parser.parse_args()
    with stores(told.only) as found:
        for title, store in found:
            run(title, store, told.doors, told.rounds)


if __name__ == "__main__":
    main()
