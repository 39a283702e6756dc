"""A registry in memory for the residents' door: one plate in use, one retired, and everything else unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from doorplate.errors import Unavailable
from doorplate.model import Address, Area, Community, Elements, Notice, Plate, Point, Staff
from doorplate.papers import MapStreet
from doorplate.plates.code import check_character
from doorplate.public_map import MapFacts
from doorplate.public_view import (
    Current,
    DoorFacts,
    PageChanges,
    Resolution,
    Retired,
    Sighting,
    Unknown,
    plate_view,
    station_view,
)
from doorplate.services import sample_services, services_for


def _code(body: str) -> str:
    return body + check_character(body)


IN_USE = _code("7K3MX9QAB2CD")
RETIRED = _code("7K3MX9QAB2CE")
GONE = _code("7K3MX9QAB2CF")
LONG = _code("7K3MX9QAB2CG")
BARE = _code("7K3MX9QAB2CH")
NEVER_ISSUED = _code("7K3MX9QAB2CK")

VILLAGE = Community(
    "610431001203",
    ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"),
    "陕西省咸阳市武功县普集街道营上村",
    beat="营上警格",
    station_name="测试派出所",
    station_address="测试路 2 号",
    station_phone="029-00000110",
    sample=True,
)
GRID = Area("a1", "grid", "610431001203-G01", "营上村第一网格", VILLAGE.code, None)
GROUP = Area("a2", "group", "610431001203-G01-U03", "联户3", VILLAGE.code, None)
TODAY = date(2026, 11, 23)
NOTICES = (
    Notice(
        "n1",
        "610431",
        "warning",
        "冒充客服退款的电话又多了",
        "接到自称客服要求下载软件、共享屏幕的电话，请挂断后拨打 96110。",
        date(2026, 11, 20),
        date(2026, 12, 20),
    ),
    Notice(
        "n2",
        VILLAGE.code,
        "news",
        "周六上午在村委会集中办理身份证",
        "11 月 28 日 8:30 开始，请带户口簿。",
        date(2026, 11, 21),
        date(2026, 11, 28),
        translations={"en": {"title": "Identity cards at the village office", "body": "28 November from 8:30."}},
    ),
)
STAFF = (
    Staff("s3", "测试网格员一甲", "网格员", "15400005000", GRID.code, date(2026, 11, 2)),
    Staff("s4", "测试网格员一乙", "网格员", "15400005001", GRID.code),
    Staff("s9", "测试网格员二甲", "网格员", "15400005002", "610431001203-G02"),
    Staff("s5", "测试书记甲", "村党支部书记", "14300009000", VILLAGE.code, date(2026, 11, 2)),
    Staff("s2", "测试辅警乙", "辅警", "029-00000002", VILLAGE.code, date(2026, 11, 2)),
    Staff("s1", "测试民警甲", "社区民警", "029-00000000", VILLAGE.code, date(2026, 11, 2)),
)


NEIGHBOURS = tuple((108.2105 + 0.0001 * n, 34.2747 + 0.0002 * (n % 2)) for n in range(16))
STREET = MapStreet("幸福路二巷", ((108.2105, 34.2748), (108.2121, 34.2748)))

DOOR = Elements(street="幸福路", lane="二巷", number="53")
LONG_DOOR = Elements(street="中国人民解放军第三野战军纪念大街", lane="北二十一巷", number="1253", suffix="12")


def facts(code: str = IN_USE, elements: Elements = DOOR) -> DoorFacts:
    text = VILLAGE.prefix + elements.thoroughfare + elements.painted_number
    door = Address("d1", VILLAGE.code, elements, text, text, "verified", Point(108.2112418, 34.2748254), GRID.id)
    return DoorFacts(
        Plate("p1", code, "d1", "small-gate", "mounted"),
        door,
        VILLAGE,
        GRID,
        STAFF,
        services_for(sample_services(), VILLAGE.code),
        group=GROUP,
        notices=NOTICES,
        today=TODAY,
    )


def bare_facts(code: str) -> DoorFacts:
    """A plate of which little is known: no number, point, grid, staff, station or service."""
    village = Community("610431001204", ("陕西省", "咸阳市", "武功县", "普集街道", "测试村"), "陕西省咸阳市武功县普集街道测试村")
    lonely = Address("d2", village.code, Elements(hamlet="三组"), village.prefix + "三组", "", "verified")
    return DoorFacts(Plate("p2", code, "d2", "small-gate", "mounted"), lonely, village, None, today=TODAY)


def village_plates() -> dict[str, Resolution]:
    return {
        IN_USE: Current(plate_view(facts())),
        LONG: Current(plate_view(facts(LONG, LONG_DOOR))),
        BARE: Current(plate_view(bare_facts(BARE))),
        RETIRED: Retired(VILLAGE.prefix + "幸福路55号", "营上村", station_view(VILLAGE), sample=True),
        GONE: Retired(None, "营上村", station_view(VILLAGE), sample=True),
    }


@dataclass
class MemoryRegistry:
    """PublicRegistry over a dictionary. down: every question fails, as when the database is away."""

    plates: Mapping[str, Resolution] = field(default_factory=village_plates)
    showcase: tuple[str, ...] = ()
    down: bool = False
    seq: int = 0
    portraits: Mapping[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    scans: dict[tuple[str, date], int] = field(default_factory=dict)
    sightings: list[tuple[str, Point]] = field(default_factory=list)
    compared: Sighting = "here"

    def resolve(self, code: str) -> Resolution:
        self.ready()
        self.asked.append(code)
        return self.plates.get(code, Unknown(station_view(VILLAGE), sample=True))

    def changes(self, since: int) -> PageChanges:
        self.ready()
        return PageChanges(self.seq, everything=0 <= since < self.seq)

    def map_facts(self, code: str) -> MapFacts | None:
        self.ready()
        known = isinstance(self.plates.get(code), Current) and code != BARE
        return MapFacts((108.2112418, 34.2748254), "53号", NEIGHBOURS, (STREET,), ()) if known else None

    def portrait(self, name: str) -> bytes | None:
        return self.portraits.get(name)

    def count_scans(self, counts: Mapping[str, int], day: date) -> None:
        self.ready()
        for code, scans in counts.items():
            self.scans[code, day] = self.scans.get((code, day), 0) + scans

    def compare_place(self, code: str, seen: Point) -> Sighting:
        self.ready()
        self.sightings.append((code, seen))
        return self.compared

    def samples(self) -> tuple[str, ...]:
        return self.showcase

    def ready(self) -> None:
        if self.down:
            raise Unavailable("store.unavailable", "数据库没有响应")
