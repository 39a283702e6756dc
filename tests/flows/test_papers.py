"""The papers from the register: leaders and scope as they stand, boxes as they were packed, and never a resident."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import pypdfium2
import pytest
import shapely
from commands import doorplate
from flows.conftest import VILLAGE

from doorplate.areas.coordinates import LocalFrame
from doorplate.errors import InputError, NotFound, Refused
from doorplate.model import Address, Area, Community, Elements, Household, Point, PrintBatch
from doorplate.registry import Registry
from doorplate.registry.area_proposals import propose_groups, propose_zones
from doorplate.registry.communities import Contact, import_contacts, put_community
from doorplate.registry.packing import report_absent, start_packing
from doorplate.registry.papers import boards, box_labels, how_to, install_list, maps
from doorplate.registry.people import find_person, set_published
from doorplate.registry.printing import PrintOrder, order_batch, record_printed
from print_jobs.papers.board import board_pdf
from print_jobs.papers.box_labels import labels_pdf
from print_jobs.papers.card import card_pdf
from print_jobs.papers.group_map import map_pdf
from print_jobs.papers.install_list import install_pdf
from print_jobs.plate_design import load_design

DAY = date(2026, 11, 23)
BASE_URL = "https://menpai.example"
SECRET = "户主王秘密"
FRAME = LocalFrame(108.2, 34.27)
DOORS = 30


def place(x: float, y: float) -> tuple[float, float]:
    lon, lat = FRAME.degrees(x, y)
    return float(lon), float(lat)


def door(id_: str, street: str, number: int, grid: str, point: Point | None = None) -> Address:
    elements = Elements(street=street, number=str(number))
    return Address(id_, VILLAGE, elements, f"陕西省营上村{street}{number}号", f"{VILLAGE}:{id_}", "verified", point, grid)


@pytest.fixture
def village(registry: Registry) -> Registry:
    """Two grids, a street of thirty doors in the first, one door without a place in the second, and households with markers."""
    with registry.store.writing() as unit:
        names = ("陕西省", "咸阳市", "武功县", "普集街道", "营上村")
        station = {"station_name": "测试派出所", "station_phone": "029-00000000"}
        put_community(registry, unit, Community(VILLAGE, names, "陕西省营上村", **station))
        outlines = [shapely.Polygon([place(x, -100), place(x + 400, -100), place(x + 400, 100), place(x, 100)]) for x in (0, 400)]
        grids = [Area(f"g{i}", "grid", f"{VILLAGE}-G{i:02d}", f"营上村第{'一二'[i - 1]}网格", VILLAGE, shapely.to_wkb(outline))
                 for i, outline in enumerate(outlines, 1)]
        unit.save_many((None, grid, registry.event("area.drawn", grid.id)) for grid in grids)
        spots = [place(10 + n // 2 * 12, 8 if n % 2 else -8) for n in range(1, DOORS + 1)]
        addresses = [door(f"a{n}", "幸福路", n, "g1", Point(*spot)) for n, spot in enumerate(spots, 1)]
        addresses.append(door("b1", "和谐街", 1, "g2"))
        unit.save_many((None, address, registry.event("address.verified", address.id)) for address in addresses)
        homes = [Household(f"h{a.id}", VILLAGE, a.id, 4, SECRET.encode(), f"{SECRET}{a.id}") for a in addresses]
        unit.save_many((None, home, registry.event("household.listed", home.id)) for home in homes)
    return registry


@pytest.fixture
def grouped(village: Registry) -> Registry:
    propose_groups(village, VILLAGE, apply=True)
    leaders = [Contact("测试联户长甲", "联户长", "029-00000011", f"{VILLAGE}-L001"),
               Contact("测试网格员", "网格员", "029-00000012", f"{VILLAGE}-G01"),
               Contact("测试民警", "社区民警", "029-00000013", VILLAGE)]
    import_contacts(village, leaders, DAY, "通讯录.xlsx")
    agree(village, "测试联户长甲")
    return village


def agree(registry: Registry, name: str) -> None:
    """A group leader who agreed to be named in public."""
    with registry.store.reading() as reader:
        person = find_person(reader, name)
    set_published(registry, person.id, True)


def printed(registry: Registry) -> PrintBatch:
    propose_zones(registry, VILLAGE, 15, apply=True)
    return record_printed(registry, order_batch(registry, PrintOrder("small-gate", BASE_URL, VILLAGE), lambda _: None).batch)


def words(pdf: bytes) -> str:
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pypdfium2.PdfDocument(io.BytesIO(pdf)))


def test_the_notice_is_the_register_as_it_stands(grouped: Registry) -> None:
    first, second = boards(grouped, VILLAGE, DAY)
    assert (first.name, second.name) == ("第一网格", "第二网格")
    assert sum(group.doors for group in first.groups) == DOORS
    assert [leader.name for leader in first.groups[0].leaders] == ["测试联户长甲"]
    assert not first.groups[1].leaders
    assert first.groups[0].scope == ("幸福路 1–15 号（单）",)
    assert [worker.name for worker in first.workers] == ["测试网格员"]
    assert [officer.name for officer in first.officers] == ["测试民警"]
    assert not second.groups, "a single door without a place cannot be in a group"


def test_a_new_leader_stands_on_the_next_notice(grouped: Registry) -> None:
    import_contacts(grouped, [Contact("测试联户长乙", "联户长", "029-00000019", f"{VILLAGE}-L002")], DAY, "电话")
    assert not boards(grouped, VILLAGE, DAY)[0].groups[1].leaders, "not before they agree"
    agree(grouped, "测试联户长乙")
    assert boards(grouped, VILLAGE, DAY)[0].groups[1].leaders[0].phones == ("029-00000019",)


def test_a_retired_address_is_in_nobodys_scope(grouped: Registry) -> None:
    with grouped.store.writing() as unit:
        before = unit.address("a1")
        assert before is not None
        unit.save(before, replace(before, status="retired"), grouped.event("address.retired", "a1"))
    assert boards(grouped, VILLAGE, DAY)[0].groups[0].scope == ("幸福路 3–15 号（单）",)


def test_one_grid_by_code_or_name(grouped: Registry) -> None:
    for wanted in ("G01", f"{VILLAGE}-G01", "营上村第一网格", "第一网格"):
        (only,) = boards(grouped, VILLAGE, DAY, wanted)
        assert only.code == f"{VILLAGE}-G01"
    with pytest.raises(NotFound, match=r"grid\.unknown"):
        boards(grouped, VILLAGE, DAY, "G09")


def test_before_groups_are_drawn_the_notice_says_so(village: Registry) -> None:
    assert "本网格还没有划分联户" in words(board_pdf(boards(village, VILLAGE, DAY), VILLAGE))


def test_the_map_knows_streets_groups_and_doors_without_a_place(grouped: Registry) -> None:
    first, second = maps(grouped, VILLAGE, DAY)
    assert (len(first.doors), first.unplaced) == (DOORS, 0)
    assert (len(second.doors), second.unplaced) == (0, 1)
    assert [street.name for street in first.streets] == ["幸福路"]
    assert {door.group for door in first.doors} == {shape.code for shape in first.shapes}


def test_a_map_without_any_place_is_refused(village: Registry) -> None:
    with pytest.raises(InputError, match=r"papers\.no_points"):
        maps(village, VILLAGE, DAY, "G02")


def test_the_card_takes_the_host_that_is_on_the_plates(village: Registry) -> None:
    with pytest.raises(InputError, match=r"papers\.no_host"):
        how_to(village, VILLAGE, DAY, "")
    printed(village)
    assert how_to(village, VILLAGE, DAY, "").host == "menpai.example"
    assert how_to(village, VILLAGE, DAY, "https://other.example").host == "other.example"


def test_the_installers_list_follows_zones_and_after_packing_boxes(village: Registry) -> None:
    batch = printed(village)
    by_zone = install_list(village, batch.id[:6], DAY)
    assert [plate.code.replace(" ", "") for lot in by_zone.lots for plate in lot.plates] == [p.code for p in batch.plates]
    assert [lot.title for lot in by_zone.lots] == ["第二网格", "安装片区1", "安装片区2"], "a grid without zones is one"
    table = start_packing(village, batch.id, 10)
    report_absent(village, batch.id, "", "lost", "没找到")
    by_box = install_list(village, batch.id, DAY)
    assert [len(lot.plates) for lot in by_box.lots] == [len(box.codes) for box in table.boxes]
    assert by_box.lots[0].title == f"第 1/{len(table.boxes)} 箱"
    assert by_box.lots[0].plates[0].note == "装箱时缺"
    assert [label.number for label in box_labels(village, batch.id, DAY).labels] == [box.number for box in table.boxes]
    assert box_labels(village, batch.id, DAY).labels[0].absent == 1


def test_no_labels_before_packing(village: Registry) -> None:
    batch = printed(village)
    with pytest.raises(Refused, match=r"box\.not_started"):
        box_labels(village, batch.id, DAY)
    with pytest.raises(NotFound, match=r"batch\.unknown"):
        install_list(village, "ffff", DAY)


def test_no_paper_knows_a_resident(grouped: Registry) -> None:
    batch, design = printed(grouped), load_design("small-gate")
    start_packing(grouped, batch.id, 10)
    papers = [board_pdf(boards(grouped, VILLAGE, DAY), VILLAGE), map_pdf(maps(grouped, VILLAGE, DAY)),
              card_pdf(how_to(grouped, VILLAGE, DAY, "")), install_pdf(install_list(grouped, batch.id, DAY), design),
              labels_pdf(box_labels(grouped, batch.id, DAY), design)]
    for pdf in papers:
        assert "秘密" not in words(pdf)
        assert "营上村" in words(pdf)


def test_reading_for_papers_leaves_no_event(grouped: Registry) -> None:
    with grouped.store.reading() as reader:
        before = reader.event_count()
    boards(grouped, VILLAGE, DAY)
    maps(grouped, VILLAGE, DAY)
    with grouped.store.reading() as reader:
        assert reader.event_count() == before


def test_the_command_says_one_sentence_when_it_cannot(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert doorplate("init", home=home, cwd=tmp_path).code == 0
    for command, code in ((("papers", "board", "--community", VILLAGE, "--out", "a.pdf"), "community.unknown"),
                          (("papers", "board", "--community", VILLAGE, "--out", "a.doc"), "papers.not_pdf"),
                          (("papers", "map", "--community", VILLAGE, "--out", "a.pdf", "--paper", "a5"), "papers.paper"),
                          (("papers", "install", "zz", "--out", "a.pdf"), "batch.unknown"),
                          (("packing", "labels", "zz", "--out", "a.pdf"), "batch.unknown")):
        said = doorplate(*command, home=home, cwd=tmp_path)
        assert (said.code, said.err.partition(":")[0]) == (2, code), said.err
        assert len(said.err.strip().splitlines()) == 1
    assert not (tmp_path / "a.pdf").exists()
