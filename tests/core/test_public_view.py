"""The white list: what a scan may see, built field by field."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from doorplate.model import Address, Area, Community, Elements, Plate, Point
from doorplate.public_view import (
    ContactView,
    DoorFacts,
    NoticeView,
    PlateView,
    StationView,
    map_links,
    phones,
    plate_view,
    station_view,
)

VILLAGE = Community(
    "610431001203",
    ("陕西省", "咸阳市", "武功县", "普集街道", "营上村"),
    "陕西省咸阳市武功县普集街道营上村",
    "营上警格",
    "测试派出所",
    "测试路 2 号",
    "029-00000110",
    sample=True,
)
GRID = Area("a1", "grid", "610431001203-G01", "第一网格", VILLAGE.code, None)
DOOR = Address(
    "d1",
    VILLAGE.code,
    Elements(street="幸福路", number="53", suffix="1"),
    VILLAGE.prefix + "幸福路53号附1号",
    "k",
    "verified",
    Point(108.2112418, 34.2748254),
)
FACTS = DoorFacts(Plate("p1", "7K3MX9QAB2CDD", "d1", "small-gate", "mounted"), DOOR, VILLAGE, GRID, today=date(2026, 11, 23))


def test_the_white_list_is_this_list() -> None:
    """A new field on the page is a decision: whoever adds one changes this test and says why."""
    assert [field.name for field in fields(PlateView)] == [
        "code",
        "standard_address",
        "painted_street",
        "painted_number",
        "county",
        "township",
        "community",
        "grid",
        "group",
        "beat",
        "station",
        "contacts",
        "maps",
        "services",
        "notices",
        "sample",
        "community_code",
    ]
    assert [field.name for field in fields(ContactView)] == [
        "name",
        "role",
        "phones",
        "confirmed_on",
        "id",
        "photo",
        "standing_in_for",
        "stale",
    ]
    assert [field.name for field in fields(NoticeView)] == [
        "kind",
        "title",
        "body",
        "link",
        "valid_from",
        "valid_until",
        "translations",
    ]
    assert [field.name for field in fields(StationView)] == ["name", "address", "phones"]


def test_a_view_names_everything_a_page_shows() -> None:
    view = plate_view(FACTS)
    assert (view.code, view.painted_street, view.painted_number) == ("7K3M X9QA B2CD D", "幸福路", "53号附1号")
    assert (view.county, view.township, view.community, view.grid, view.beat) == (
        "武功县",
        "普集街道",
        "营上村",
        "第一网格",
        "营上警格",
    )
    assert view.station == StationView("测试派出所", "测试路 2 号", ("029-00000110",))
    assert view.sample


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("北京市", "市辖区", "东城区", "东华门街道", "多福巷社区"), ("东城区", "东华门街道", "多福巷社区")),
        (("广东省", "东莞市", "石龙镇", "中山东社区"), ("东莞市", "石龙镇", "中山东社区")),
        (("营上村",), ("", "", "营上村")),
    ],
)
def test_names_are_counted_from_the_community_up(names: tuple[str, ...], expected: tuple[str, ...]) -> None:
    view = plate_view(replace(FACTS, community=replace(VILLAGE, names=names)))
    assert (view.county, view.township, view.community) == expected


def test_a_door_without_grid_point_or_station() -> None:
    bare = replace(VILLAGE, beat="", station_name="", station_phone="", station_address="")
    view = plate_view(replace(FACTS, grid=None, community=bare, address=replace(DOOR, point=None)))
    assert (view.grid, view.maps, view.station, view.contacts) == ("", None, None, ())
    assert station_view(replace(bare, station_phone="029-1234567")) == StationView("", "", ("029-1234567",))


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("029-00000000", ("029-00000000",)),
        ("15400005000", ("15400005000",)),
        (" 154 0000 5000 ", ("154 0000 5000",)),
        ("０２９－００００００００", ("029-00000000",)),
        ("029—00000000", ("029-00000000",)),
        ("+86 154 0000 5000", ("+86 154 0000 5000",)),
        ("(029)00000000", ("(029)00000000",)),
        ("（029）00000000", ("(029)00000000",)),
        ("110", ("110",)),
        ("029-00000000转8012", ("029-00000000",)),
        ("029-00000000 ext. 12", ("029-00000000",)),
        ("15400005000、15400005001", ("15400005000", "15400005001")),
        ("15400005000/029-00000000", ("15400005000", "029-00000000")),
        ("15400005000 15400005001", ("15400005000", "15400005001")),
        ("15400005000;15400005000", ("15400005000",)),
        ("", ()),
        ("无", ()),
        ("见值班表", ()),
        ("12", ()),
        ("610431197001011234567", ()),
        ("javascript:alert(1)", ()),
        ("15400005000<b>", ()),
        ("154x0000", ()),
        ("-----", ()),
        ("😀", ()),
        ("1540000\u202e5000", ()),
    ],
)
def test_phones_as_people_write_them(written: str, shown: tuple[str, ...]) -> None:
    assert phones(written) == shown


def test_map_links_point_at_the_door_in_each_vendors_system() -> None:
    """The sample's truth gives this door in both systems: 108.2112418, 34.2748254 = GCJ-02 108.2159350, 34.2734072."""
    links = map_links(DOOR.point, DOOR.standard_address)
    assert links is not None
    amap, tencent, baidu = (parse_qs(urlsplit(url).query) for url in (links.amap, links.tencent, links.baidu))
    assert [float(one) for one in amap["position"][0].split(",")] == pytest.approx([108.2159350, 34.2734072], abs=2e-6)
    assert (amap["coordinate"], amap["callnative"]) == (["gaode"], ["1"])
    marker = dict(part.split(":", 1) for part in tencent["marker"][0].split(";"))
    assert [float(one) for one in marker["coord"].split(",")] == pytest.approx([34.2734072, 108.2159350], abs=2e-6)
    assert tencent["coord_type"] == ["2"]
    assert [float(one) for one in baidu["location"][0].split(",")] == pytest.approx([34.2734072, 108.2159350], abs=2e-6)
    assert (baidu["coord_type"], baidu["output"]) == (["gcj02"], ["html"])
    assert links.geo == "geo:34.274825,108.211242"


@pytest.mark.parametrize("name", ["营上村幸福路53号", "A&B;C:D=E#F?", "小𣵦村", "100%路"])
def test_text_in_map_links_is_percent_encoded_once(name: str) -> None:
    links = map_links(Point(108.2, 34.2), name)
    assert links is not None
    assert parse_qs(urlsplit(links.amap).query)["name"] == [name]
    assert parse_qs(urlsplit(links.baidu).query)["title"] == [name]
    assert unquote(links.tencent.split("title:")[1].split(";addr:")[0]) == name
    assert all(url.isascii() and " " not in url for url in (links.amap, links.tencent, links.baidu))
