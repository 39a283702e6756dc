"""A city hands over its register: loaded whole or not at all, once, every line accounted for, and its history stays true."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
from flows.conftest import NOW, VILLAGE

from doorplate.areas.coordinates import wgs84_to_gcj02
from doorplate.areas.divisions import lookup
from doorplate.errors import InputError
from doorplate.model import Area, Elements, Point
from doorplate.registry import Registry
from doorplate.registry.bulk_lists import load_register
from doorplate.registry.history import register_as_of
from doorplate.store import bulk, open_store
from tests.support.raw import raw

ROOT = Path(__file__).parents[2]
NEXT_VILLAGE = "610431001204"
PREFIX = lookup(VILLAGE).prefix
WEST, SOUTH = 108.20, 34.27
HEADER = "社区代码,标准地址,经度,纬度"


def line(number: int, street: str = "幸福路", code: str = VILLAGE, **cells: str) -> str:
    """The house with this number; 11 m further east than the one before."""
    place = lookup(code if code in (VILLAGE, NEXT_VILLAGE) else VILLAGE)
    values = {"code": code, "address": f"{place.prefix}{street}{number}号", "lon": f"{WEST + number * 0.0001:.6f}",
              "lat": f"{SOUTH:.6f}"} | cells
    return ",".join(values.values())


def register(folder: Path, lines: list[str], encoding: str = "utf-8", name: str = "市地址库.csv", header: str = HEADER) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
    return path


def square(code: str, west: float, east: float, village: str = VILLAGE) -> Area:
    box = shapely.box(west, SOUTH - 0.01, east, SOUTH + 0.01)
    return Area(hashlib.md5(code.encode()).hexdigest(), "grid", code, code, village, shapely.to_wkb(box))


GRIDS = [square(f"{VILLAGE}-G01", WEST, WEST + 0.005), square(f"{VILLAGE}-G02", WEST + 0.005, WEST + 0.2)]


def test_every_line_becomes_an_address_where_it_lies(registry: Registry, tmp_path: Path) -> None:
    path = register(tmp_path, [line(n) for n in range(1, 101)] + [line(n, code=NEXT_VILLAGE) for n in range(1, 21)])
    report = load_register(registry, path, None, GRIDS)
    assert (report.rows, report.loaded, report.known, report.refused, report.communities) == (120, 120, 0, 0, 2)
    with registry.store.reading() as reader:
        houses = reader.addresses(VILLAGE)
        assert len(houses) == 100
        fifth = Elements(street="幸福路", number="5")
        assert houses[4] == replace(houses[4], standard_address=f"{PREFIX}幸福路5号", elements=fifth, status="proposed",
                                    key=f"{VILLAGE}:/幸福路//5//////", point=Point(108.2005, 34.27), version=1)
        grids = {area.id: area.code for area in reader.areas(VILLAGE)}
        assert [grids[house.grid_id or ""][-3:] for house in (houses[0], houses[98])] == ["G01", "G02"]
        assert reader.addresses(NEXT_VILLAGE)[0].grid_id is None
        near = reader.addresses_near(Point(108.2050, 34.27), 12)
        assert [house.elements.number for house, _ in near] == ["50", "49", "51"] or len(near) == 3
        assert reader.address_ids(VILLAGE, [f"{PREFIX}幸福路7号"]) == {f"{PREFIX}幸福路7号": houses[6].id}
        assert [c.code for c in reader.communities()] == [VILLAGE, NEXT_VILLAGE]


def test_one_event_for_the_load_and_the_chain_holds(registry: Registry, tmp_path: Path) -> None:
    report = load_register(registry, register(tmp_path, [line(n) for n in range(1, 51)]), None)
    with registry.store.reading() as reader:
        events = reader.events()
        assert [e.event.verb for e in events] == ["community.opened", "list.imported"]
        assert events[-1].event.after["counts"]["addresses"] == 50
        assert len(events[-1].event.after["digest"]) == 64
        assert reader.load_is_true(report.import_id)
        assert not reader.load_is_true("no such import")
    assert registry.store.verify_chain().ok


def test_the_same_file_again_changes_nothing(registry: Registry, tmp_path: Path) -> None:
    path = register(tmp_path, [line(n) for n in range(1, 51)] + [line(1)])
    first = load_register(registry, path, None)
    again = load_register(registry, path, None)
    assert again.again
    assert (again.import_id, again.rows, again.loaded, again.findings) == (first.import_id, 51, 50, first.findings)
    with registry.store.reading() as reader:
        assert reader.count_addresses(VILLAGE) == {"proposed": 50}
        assert len(reader.list_imports(VILLAGE)) == 1


def test_next_years_register_brings_only_what_is_new(registry: Registry, tmp_path: Path) -> None:
    load_register(registry, register(tmp_path, [line(n) for n in range(1, 51)]), None)
    with registry.store.writing() as unit:
        gone = unit.addresses(VILLAGE)[9]
        unit.save(gone, replace(gone, status="retired"), registry.event("address.retired", gone.id))
    lines = [line(n) for n in range(1, 61)] + [line(5), line(10)]
    report = load_register(registry, register(tmp_path, lines, name="明年.csv"), None)
    assert (report.loaded, report.known, report.refused, dict(report.findings)) == (10, 50, 2, {"retired": 2})
    with registry.store.reading() as reader:
        assert reader.count_addresses(VILLAGE) == {"proposed": 59, "retired": 1}
        assert all(reader.load_is_true(done.id) for done in reader.list_imports(VILLAGE))


BAD = [  # cells of one line among good ones, loaded?, findings
    ({"lon": "", "lat": ""}, True, ["point.missing"]),
    ({"lon": "不详", "lat": "34.27"}, True, ["point.missing"]),
    ({"lon": "inf", "lat": "34.27"}, True, ["point.missing"]),
    ({"lon": "0", "lat": "0"}, True, ["point.zero"]),
    ({"lon": "34.27", "lat": "108.2100"}, True, ["point.swapped"]),
    ({"lon": "109.9"}, True, ["point.far"]),
    ({"lon": "-108.2"}, True, ["point.far"]),
    ({"lon": "1e300"}, True, ["point.far"]),
    ({"lon": "108°12′36″", "lat": "34°16′12″"}, True, []),
    ({"address": ""}, False, ["incomplete.street"]),
    ({"address": f"{PREFIX}幸福路"}, False, ["incomplete.number"]),
    ({"address": f"{PREFIX}幸福路8号@@@"}, False, ["incomplete.unreadable"]),
    ({"address": "幸福路\x0712号"}, False, ["incomplete.unreadable"]),
    ({"address": PREFIX + "幸福路" * 60 + "1号"}, False, ["incomplete.unreadable"]),
    ({"address": "陕西省咸阳市武功县普集街道洛阳村幸福路9号"}, False, ["wrong.village"]),
    ({"code": "999999999999"}, False, ["wrong.village"]),
    ({"code": "陕西"}, False, ["wrong.village"]),
    ({"address": "营上村幸福路77号"}, True, []),
    ({"address": "幸福路 ０78-2号"}, True, []),
    ({"address": f'"{PREFIX}幸福路79号"'}, True, []),
    ({"address": f'"{PREFIX}幸福路79号'}, False, ["incomplete.unreadable"]),
    ({"lat": "34.27,多一列"}, False, ["incomplete.unreadable"]),
    ({"address": f"{PREFIX}幸福路3号"}, False, ["duplicate.number"]),
    ({"address": f"{PREFIX}幸福路3号", "lon": "108.2004"}, False, ["duplicate.household"]),
]


@pytest.mark.parametrize(("cells", "loaded", "codes"), BAD, ids=lambda value: str(value)[:40])
def test_a_bad_line_is_told_with_its_row_and_stops_nothing(registry: Registry, tmp_path: Path, cells, loaded, codes) -> None:
    path = register(tmp_path, [line(n) for n in range(1, 51)] + [line(100, **cells)] + [line(n) for n in range(51, 60)])
    report = load_register(registry, path, None, GRIDS)
    assert (report.rows, report.loaded) == (60, 59 + loaded)
    assert report.rows == report.loaded + report.known + report.refused
    with registry.store.reading() as reader:
        told = reader.findings(VILLAGE)
        assert [f.finding.code for f in told] == codes == list(report.findings)
        for found in told:
            assert (found.finding.ref.file, found.finding.ref.row) == ("市地址库.csv", 52)
            assert found.blocks == (found.finding.confidence != "sure")
            assert (found.address_id is not None) == (loaded or found.finding.class_ == "duplicate")
        assert reader.load_is_true(report.import_id)
    assert registry.store.verify_chain().ok


def test_what_was_written_otherwise_is_kept_as_a_name(registry: Registry, tmp_path: Path) -> None:
    load_register(registry, register(tmp_path, [line(1, address="幸福路 ０78-2号"), line(2)]), None)
    with registry.store.reading() as reader:
        house = reader.addresses(VILLAGE)[0]
        assert (house.standard_address, house.aliases) == (f"{PREFIX}幸福路78号附2号", ("幸福路 ０78-2号",))
        assert reader.addresses_by_alias(VILLAGE, "幸福路 ０78-2号") == (house,)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_any_encoding_of_the_trade(registry: Registry, tmp_path: Path, encoding: str) -> None:
    lines = [line(n, street="小𣵦村路" if n % 2 else "幸福路") for n in range(1, 41)]
    assert load_register(registry, register(tmp_path, lines, encoding), None).loaded == 40
    with registry.store.reading() as reader:
        assert any("𣵦" in house.standard_address for house in reader.each_address(VILLAGE))


def test_parts_instead_of_a_whole_address_windows_line_ends_and_blank_lines(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "分列.csv"
    path.write_bytes("街路巷,门牌号,附号,经度,纬度\r\n幸福路,1,,108.2,34.27\r\n\r\n幸福路,2号,1,108.2001,34.27\r\n,,,,\r\n".encode("gb18030"))
    report = load_register(registry, path, VILLAGE)
    assert (report.rows, report.loaded) == (2, 2)
    with registry.store.reading() as reader:
        assert [a.standard_address for a in reader.addresses(VILLAGE)] == [f"{PREFIX}幸福路1号", f"{PREFIX}幸福路2号附1号"]
        assert reader.load_is_true(report.import_id)


def test_a_quotation_over_two_lines_keeps_the_rows_right(registry: Registry, tmp_path: Path) -> None:
    lines = ['610431001203,"幸福路\n1号",108.2,34.27', line(2, address="@@@")] + [line(n) for n in range(3, 40)]
    report = load_register(registry, register(tmp_path, lines), None)
    assert [(f.ref.row, f.code) for f in report.examples] == [(2, "incomplete.unreadable"), (4, "incomplete.unreadable")]


def test_points_of_another_system_refuse_the_whole_file(registry: Registry, tmp_path: Path) -> None:
    small = [square(f"{VILLAGE}-G01", WEST, WEST + 0.06)]
    small = [replace(small[0], geometry_wkb=shapely.to_wkb(shapely.box(WEST, SOUTH - 0.0005, WEST + 0.07, SOUTH + 0.0005)))]
    lines = []
    for n in range(1, 601):
        lon, lat = wgs84_to_gcj02(WEST + n * 0.0001, SOUTH)
        lines.append(line(n, lon=f"{float(lon):.6f}", lat=f"{float(lat):.6f}"))
    with pytest.raises(InputError, match="GCJ-02") as refused:
        load_register(registry, register(tmp_path, lines), None, small)
    assert refused.value.code == "list.points_elsewhere"
    shifted = [line(n, lon=f"{WEST + 2 + n * 0.0001:.6f}") for n in range(1, 601)]
    with pytest.raises(InputError, match=r"\+1\.995") as refused:
        load_register(registry, register(tmp_path, shifted), None, small)
    with registry.store.reading() as reader:
        assert (reader.event_count(), reader.communities(), reader.areas(VILLAGE)) == (0, (), ())


@pytest.mark.parametrize(("text", "community", "code"), [
    (f"{HEADER}\n{line(1)}\n", "610431001000", "division.not_community"),
    (f"{HEADER}\n{line(1)}\n", "61043100120", "division.bad_code"),
    (f"标准地址,经度,纬度\n{PREFIX}幸福路1号,108.2,34.27\n", None, "list.no_community"),
    (f"{HEADER}\n999999999999,幸福路1号,1,1\n", None, "list.nothing_to_load"),
    (f"{HEADER}\n{VILLAGE},不知道,1,1\n", None, "list.nothing_to_load"),
    ("经度,纬度\n108.2,34.2\n", VILLAGE, "list.no_address_column"),
    ("", VILLAGE, "list.empty"),
])
def test_a_file_that_is_no_register(registry: Registry, tmp_path: Path, text: str, community: str | None, code: str) -> None:
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        load_register(registry, path, community)
    assert refused.value.code == code
    with registry.store.reading() as reader:
        assert reader.event_count() == 0


def test_the_time_machine_knows_what_came_in_bulk(registry: Registry, tmp_path: Path) -> None:
    load_register(registry, register(tmp_path, [line(n) for n in range(1, 6)]), None)
    later = replace(registry, now=lambda: datetime(2026, 12, 24, tzinfo=UTC))
    with registry.store.writing() as unit:
        house = unit.addresses(VILLAGE)[2]
        moved = replace(house, standard_address=f"{PREFIX}幸福路33号", key=f"{VILLAGE}:/幸福路//33//////",
                        elements=Elements(street="幸福路", number="33"), aliases=(house.standard_address,),
                        point=Point(108.3, 34.2))
        unit.save(house, moved, later.event("address.corrected", house.id))
    before = list(register_as_of(registry, VILLAGE, date(2026, 11, 30)))
    after = list(register_as_of(registry, VILLAGE, date(2026, 12, 30)))
    assert list(register_as_of(registry, VILLAGE, date(2026, 11, 1))) == []
    assert [a.elements.number for a in before] == ["1", "2", "3", "4", "5"]
    assert before[2] == house
    with registry.store.reading() as reader:
        assert after == list(reader.addresses(VILLAGE))
        assert reader.load_is_true(reader.list_imports(VILLAGE)[0].id)


def test_a_row_changed_behind_the_stores_back_is_found(registry: Registry, store_url: str, tmp_path: Path) -> None:
    report = load_register(registry, register(tmp_path, [line(n) for n in range(1, 6)]), None)
    with raw(store_url) as connection:
        connection.execute("UPDATE address SET name = '某某' WHERE number = '3'")
    with registry.store.reading() as reader:
        assert not reader.load_is_true(report.import_id)


@pytest.mark.parametrize("rebuilt", [True, False])
def test_with_and_without_new_indexes_it_comes_to_the_same(registry: Registry, store_url, tmp_path, monkeypatch, rebuilt) -> None:
    monkeypatch.setattr(bulk, "REBUILD_FROM", 1 if rebuilt else 10**9)
    before = objects(store_url)
    load_register(registry, register(tmp_path, [line(n) for n in range(1, 301)]), None, GRIDS)
    assert objects(store_url) == before
    with registry.store.writing() as unit:
        assert len(unit.addresses_near(Point(108.21, 34.27), 25)) == 5
        house = unit.addresses(VILLAGE)[99]
        unit.save(house, replace(house, point=Point(108.9, 34.9)), registry.event("address.located", house.id))
        assert [a.id for a, _ in unit.addresses_near(Point(108.9, 34.9), 5)] == [house.id]


def objects(url: str) -> list[object]:
    """Indexes, triggers and constraints of the address table, as the database describes them."""
    with raw(url) as connection:
        if url.startswith("sqlite"):
            things = connection.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'address'").fetchall()
            return sorted(map(str, things))
        indexes = connection.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'address'").fetchall()
        rules = connection.execute("SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
                                   "WHERE conrelid = 'address'::regclass").fetchall()
        return sorted(map(str, [*indexes, *rules]))


KILLED = """
import random, sys
from datetime import UTC, datetime
from pathlib import Path
from doorplate.registry import Registry
from doorplate.registry.bulk_lists import load_register
from doorplate.store import open_store
registry = Registry(open_store(sys.argv[1]), "ab" * 32, "tester", lambda: datetime(2026, 11, 23, tzinfo=UTC), random.Random(7))
print("ready", flush=True)
load_register(registry, Path(sys.argv[2]), None)
print("done", flush=True)
"""


@pytest.mark.slow
def test_killed_at_any_moment_it_is_nothing_or_everything(registry: Registry, store_url: str, tmp_path: Path) -> None:
    """kill -9 again and again, later each time; then to the end. No row lost, none doubled."""
    streets = [f"{a}{b}路" for a in "东西南北" for b in "一二三四五六七八九十"]
    path = register(tmp_path, [line(n, street) for street in streets for n in range(1, 501)])
    chance = random.Random(23)
    for _ in range(8):
        command = [sys.executable, "-c", KILLED, store_url, str(path)]
        dying = subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)
        assert dying.stdout.readline() == "ready\n"
        time.sleep(chance.uniform(0.05, 0.9))  # the moment of death, not a wait for something
        dying.kill()
        dying.communicate()
        with open_store(store_url).reading() as reader:
            assert (reader.count_addresses(VILLAGE), len(reader.list_imports(VILLAGE))) in [({}, 0), ({"proposed": 20_000}, 1)]
    report = load_register(registry, path, None)
    assert (report.rows, report.loaded) == (20_000, 20_000)
    with registry.store.reading() as reader:
        assert reader.count_addresses(VILLAGE) == {"proposed": 20_000}
        assert reader.load_is_true(report.import_id)
        assert reader.events()[-1].event.at == NOW or report.again
    assert registry.store.verify_chain().ok
