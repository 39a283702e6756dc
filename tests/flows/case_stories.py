"""People and doors the stories of matters share: a village of two grids with everybody from the neighbour to the superior."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import shapely

from doorplate.cases.case import Case
from doorplate.cases.settings import load_case_settings
from doorplate.cases_view import AskRequest, Receipt
from doorplate.model import Address, Area, Community, Elements, Plate, Point, Staff
from doorplate.registry import Registry
from doorplate.registry.cases.casework import Casework, Vault, open_casework
from doorplate.registry.cases.door import DoorCases
from doorplate.services import load_services
from doorplate.store import Store

VILLAGE = "610431001203"
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine o'clock in China, a Monday
CODES = {"near": "0000000000018", "next": "0000000000026", "far": "0000000000034", "gone": "0000000000042"}
SECRET = "the secret of a registry, long enough"
MARKER = "绝密标记𣵦"
SERVICES = load_services('''
[[service]]
id = "id-card"
title = "办身份证"
where = "一楼"
appointment = true
[service.en]
title = "Get an identity card"
[[service]]
id = "gas"
title = "购气"
where = "营业厅"
appointment = false
''')


@dataclass
class Clock:
    """A clock that goes when told to."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class MemoryVault:
    """Sealed files in memory. tries: how many were ever put."""

    files: dict[str, bytes] = field(default_factory=dict)
    tries: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, key: str, data: bytes) -> None:
        with self.lock:
            self.files[key] = data
            self.tries += 1

    def get(self, key: str) -> bytes:
        return self.files[key]

    def delete(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.files.pop(key, None)

    def keys(self, prefix: str = "") -> Iterator[str]:
        return iter([key for key in sorted(self.files) if key.startswith(prefix)])


LEADER = Staff("leader", "李大姐", "联户长", "", f"{VILLAGE}-L001", published=False)
GRID = Staff("grid", "赵网格", "网格员", "", f"{VILLAGE}-G01")
OTHER_GRID = Staff("grid2", "钱网格", "网格员", "", f"{VILLAGE}-G02")
OFFICER = Staff("officer", "孙警官", "社区民警", "", VILLAGE, deputy_id="aux")
AUX = Staff("aux", "周辅警", "辅警", "", VILLAGE)
CHIEF = Staff("chief", "吴所长", "派出所所长", "", VILLAGE[:9], deputy_id="second")
SECOND = Staff("second", "郑所长", "副所长", "", VILLAGE[:9])
SUPERIOR = Staff("superior", "王督察", "督察", "", VILLAGE[:6])
EVERYBODY = (LEADER, GRID, OTHER_GRID, OFFICER, AUX, CHIEF, SECOND, SUPERIOR)


@dataclass
class Story:
    """A village with its door for residents. people: who is on record, as they are now."""

    work: Casework
    clock: Clock
    vault: MemoryVault
    door: DoorCases
    asked: int = 0

    def ask(self, **more: object) -> Receipt:
        self.asked += 1
        values = {"client_id": f"{self.asked:032x}", "plate_code": CODES["near"], "kind": "ask", "category": "life",
                  "text": "家里停水了, 找谁?", **more}
        return self.door.ask(AskRequest(**values))  # type: ignore[arg-type]

    def case(self, receipt: Receipt) -> Case:
        with self.work.registry.store.reading() as reader:
            found = reader.case_by_receipt(receipt.number.replace(" ", ""))
        assert found is not None
        return found

    def version(self, receipt: Receipt) -> int:
        with self.work.registry.store.reading() as reader:
            return len(reader.case_entries(self.case(receipt).id))

    def steps(self, receipt: Receipt) -> list[str]:
        with self.work.registry.store.reading() as reader:
            return [one.step for one in reader.case_entries(self.case(receipt).id)]

    def change(self, person: Staff, **more: object) -> None:
        """Changes a member of staff as they are on record now."""
        registry = self.work.registry
        with registry.store.writing() as unit:
            [now] = unit.staff_of([person.id])
            unit.save(now, replace(now, **more), registry.event("staff.changed", now.id))  # type: ignore[arg-type]

    def away(self, person: Staff, until: date | None = None) -> None:
        self.change(person, absent_from=date(2026, 11, 20), absent_until=until)


def story(store: Store, people: Iterable[Staff] = EVERYBODY, vault: Vault | None = None) -> Story:
    """A fresh village on this store."""
    clock, memory = Clock(), MemoryVault()
    registry = Registry(store, SECRET, "tester", clock, random.SystemRandom())
    work = open_casework(registry, load_case_settings(), vault or memory, SERVICES)
    build(registry, people)
    return Story(work, clock, memory, DoorCases(work))


def build(registry: Registry, people: Iterable[Staff]) -> None:
    """Three houses of 幸福路: two neighbours in the first grid, one 900 m away in the second; a fourth plate was retired."""
    west, east = shapely.box(108.19, 34.26, 108.205, 34.28), shapely.box(108.205, 34.26, 108.22, 34.28)
    community = Community(VILLAGE, ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"), "陕西省营上村", sample=True)
    areas = [Area("g1", "grid", f"{VILLAGE}-G01", "第一网格", VILLAGE, west.wkb),
             Area("g2", "grid", f"{VILLAGE}-G02", "第二网格", VILLAGE, east.wkb),
             Area("l1", "group", f"{VILLAGE}-L001", "第一联户", VILLAGE, west.wkb, parent_id="g1")]
    places = {"near": (108.2, "g1"), "next": (108.2005, "g1"), "far": (108.21, "g2"), "gone": (108.2003, "g1")}
    addresses = [Address(f"a-{name}", VILLAGE, Elements(street="幸福路", number=str(n)), f"陕西省营上村幸福路{n}号", f"k{n}",
                         "verified", Point(lon, 34.27, 3.0), grid)
                 for n, (name, (lon, grid)) in enumerate(places.items(), 1)]
    plates = [Plate(f"p-{name}", code, f"a-{name}", "small-gate", "retired" if name == "gone" else "mounted")
              for name, code in CODES.items()]
    with registry.store.writing() as unit:
        unit.save(None, community, registry.event("community.opened", VILLAGE))
        unit.save_many((None, one, registry.event("x.added", one.id)) for one in (*areas, *addresses, *plates, *people))
