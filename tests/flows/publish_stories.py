"""What the stories of published pages share: two villages with plates, and every page of theirs as the door would answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from flows.area_stories import SOUTH, WEST, divided_village
from flows.conftest import VILLAGE

from doorplate.model import Address, Community, Elements, Plate, Point, Staff
from doorplate.people.rules import people_rules
from doorplate.plates.code import check_character, is_valid
from doorplate.public_view import PageChanges
from doorplate.registry import Registry
from doorplate.registry.publishing import Publishing
from doorplate.registry.scanning import Scanning
from doorplate.settings import Settings
from webapp import create_app
from webapp.static_edition_pages import Pages

OTHER = "610431001204"
BASE_URL = "https://mp.example.cn"
CHIEF, DEPUTY = "s-chief", "s-deputy"
OFFICE = "610431001"


_BODIES = (f"7K3MX9QAB{number:03d}" for number in range(100))
_VALID = [code for body in _BODIES if is_valid(code := body + check_character(body))]


def code_of(number: int) -> str:
    return _VALID[number]


# Address id → number of its plate. 幸福路39 lies 480 m east of 幸福路1.
PLATED = {"幸福路1": 1, "幸福路2": 2, "幸福路39": 3, "和谐街1": 4, "振兴路20": 5, "幸福路5": 6, "other1": 7}
CODES = {address: code_of(number) for address, number in PLATED.items()}
RETIRED_PLATE = code_of(8)


def two_villages(registry: Registry) -> Registry:
    """Three grids with forty houses each, six of them with plates, one with a plate long retired too; an officer, the township's
    chief, and a second village 20 km away with one house."""
    divided_village(registry)
    called = "陕西省咸阳市武功县普集街道测试村东街1号"
    place = Point(WEST + 0.2, SOUTH)
    far = Address("other1", OTHER, Elements(street="东街", number="1"), called, "东街1", "verified", place)
    plates = [Plate(f"p{number}", code_of(number), address, "small-gate", "mounted") for address, number in PLATED.items()]
    plates.append(Plate("p8", RETIRED_PLATE, "幸福路2", "small-gate", "retired"))
    people = [Staff("s-officer", "测试民警甲", "社区民警", "02900000001", VILLAGE, date(2026, 11, 2)),
              Staff(CHIEF, "测试所长", "派出所所长", "02900000002", OFFICE, date(2026, 11, 2)),
              Staff(DEPUTY, "测试辅警", "辅警", "02900000003", OTHER, date(2026, 11, 2))]
    with registry.store.writing() as unit:
        names = ("陕西省", "咸阳市", "武功县", "普集街道", "测试村")
        unit.save(None, Community(OTHER, names, "".join(names)), registry.event("community.opened", OTHER))
        unit.save(None, far, registry.event("address.proposed", far.id))
        unit.save_many((None, one, registry.event("plate.mounted", one.id)) for one in plates)
        unit.save_many((None, one, registry.event("staff.added", one.id)) for one in people)
    return registry


def source(registry: Registry) -> Publishing:
    return Publishing(registry.store, people_rules(), registry.now)


def pages_of(registry: Registry) -> Pages:
    scanning = Scanning(registry.store, now=registry.now)
    return Pages(create_app(Settings(base_url=BASE_URL), scanning))


def every_page(registry: Registry) -> dict[str, bytes | None]:
    """Path → what a visitor gets there, over every code ever given."""
    pages = pages_of(registry)
    return {file.path: file.body for code in source(registry).codes(None) for file in pages.plate(code)}


@dataclass(frozen=True)
class Outcome:
    """changes: what was named; differing: paths whose content really differs."""

    changes: PageChanges
    differing: frozenset[str]

    @property
    def codes(self) -> set[str]:
        """Of the plates with a page that differs, maps apart."""
        return {path.split("/")[2] for path in self.differing if not path.endswith("/map.svg")}


def outcome(registry: Registry, act: Callable[[], object]) -> Outcome:
    """Does something, and compares every page before and after with what is named. Fails where a page that differs is not."""
    before, (seq, day) = every_page(registry), source(registry).stands()
    act()
    after, changes = every_page(registry), source(registry).changes(seq, day)
    differing = frozenset(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    codes = changes.codes | set(source(registry).codes(changes.communities))
    for path in differing:
        code = path.split("/")[2]
        named = changes.everything or code in codes or (path.endswith("/map.svg") and code in changes.maps)
        assert named, f"{path} differs and is not named"
    return Outcome(changes, differing)


def change_address(registry: Registry, address_id: str, verb: str, **values: object) -> None:
    with registry.store.writing() as unit:
        before = unit.address(address_id)
        assert before is not None
        unit.save(before, replace(before, **values), registry.event(verb, address_id))  # type: ignore[arg-type]


