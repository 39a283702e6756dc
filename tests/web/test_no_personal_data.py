"""1,000 personal markers in everything that is private: none may reach a byte of any page."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from memory_registry import GRID, IN_USE, STAFF, VILLAGE, MemoryRegistry, facts
from wire import BASE_URL, unpacked

from doorplate.model import CheckedRow, Finding, Household, ListRow, Plate, Point, RecordedFinding, SourceRef
from doorplate.plates.code import check_character
from doorplate.public_view import Current, DoorFacts, Retired, plate_view, station_view
from doorplate.settings import Settings
from webapp import create_app

DOORS = 40


class Markers:
    """Gives a new marker at every call, in the shapes that personal data has, and remembers all of them."""

    def __init__(self) -> None:
        self._numbers = count(1000)
        self.given: list[str] = []

    def __call__(self) -> str:
        n = next(self._numbers)
        shapes = (f"私名{n}某", f"1390000{n}", f"61043119700101{n}", f"secret-{n}-id")
        self.given.append(shapes[n % len(shapes)])
        return self.given[-1]


def door_with_secrets(code: str, mark: Markers) -> tuple[DoorFacts, list[object]]:
    """A door whose every field outside the white list holds a marker, and the private records around it."""
    plain = facts(code)
    ref = SourceRef(mark(), mark(), 7)
    household = Household(mark(), VILLAGE.code, mark(), 4, mark().encode(), mark())
    row = ListRow(ref, {"head": mark(), "phone": mark(), "note": mark(), "resident": mark()}, "sheets")
    finding = RecordedFinding(mark(), VILLAGE.code, mark(), Finding(ref, "wrong.number", "number", mark(), mark(), mark(), "ask"))
    checked = CheckedRow(ref, "household", None, mark(), None, None, "keep")
    address = replace(
        plain.address,
        id=mark(),
        key=mark(),
        aliases=(mark(), mark()),
        name=mark(),
        grid_id=mark(),
        point=Point(108.2112418, 34.2748254, 3.0, source=mark()),
    )
    grid = replace(GRID, id=mark(), streets=(mark(), mark()), parent_id=mark())
    staff = [replace(person, id=mark()) for person in STAFF] + [
        replace(STAFF[0], name=mark(), phone=mark(), area_code="elsewhere")
    ]
    plate = Plate(mark(), code, mark(), mark(), "mounted")
    return replace(plain, plate=plate, address=address, grid=grid, staff=staff), [household, row, finding, checked]


def test_a_thousand_markers_reach_no_page() -> None:
    mark = Markers()
    plates, private = {}, []
    for n in range(DOORS):
        body = f"7K3MX9QA{n:04d}"
        code = body + check_character(body)
        door, records = door_with_secrets(code, mark)
        plates[code] = (
            Current(plate_view(door)) if n % 8 else Retired(door.address.standard_address, "营上村", station_view(VILLAGE))
        )
        private += records
    resident = create_app(Settings(base_url=BASE_URL), MemoryRegistry(plates, showcase=tuple(plates)[:3])).test_client()
    parts = [f"/d/{code}{rest}" for code in plates for rest in ("", "/map.svg", "/contacts.vcf")]
    paths = ["/", f"/d/{IN_USE}", "/d/nothing", "/nothing", "/readyz", *parts]
    pages = [unpacked(resident.get(path + query).data) for path in paths for query in ("", "?lang=en&size=large")]
    assert len(mark.given) >= 1000
    assert len(set(mark.given)) == len(mark.given)
    assert len(private) == 4 * DOORS
    everything = b"\0".join(pages)
    assert "幸福路二巷53号".encode() in everything
    assert "测试民警甲".encode() in everything
    assert [marker for marker in mark.given if marker.encode() in everything] == []
