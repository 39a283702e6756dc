"""The papers that go with the plates, read back as a person would: words, pages, sizes; the same data give the same bytes."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path

import pypdfium2
import pytest

from doorplate.papers import (
    BoxLabel,
    BoxLabels,
    GridBoard,
    GridMap,
    GroupEntry,
    HowTo,
    Imprint,
    InstallList,
    InstallLot,
    InstallPlate,
    MapDoor,
    MapShape,
    MapStreet,
)
from doorplate.public_view import ContactView, StationView
from print_jobs.papers.board import board_pdf
from print_jobs.papers.box_labels import labels_pdf
from print_jobs.papers.card import card_pdf
from print_jobs.papers.group_map import TINTS, map_pdf
from print_jobs.papers.install_list import install_pdf
from print_jobs.plate_design import load_design

VILLAGE = "610431001203"
IMPRINT = Imprint("武功县", "普集街道", "营上村", date(2026, 11, 23))
STATION = StationView("测试派出所", "测试大街1号", ("029-00000000",))
LON, LAT, STEP = 108.2, 34.27, 0.0002


def person(name: str, role: str = "联户长", phone: str = "029-00000001") -> ContactView:
    return ContactView(name, role, (phone,), None)


def group(number: int, leader: str = "测试甲") -> GroupEntry:
    return GroupEntry(f"{VILLAGE}-L{number:03d}", str(number), (person(leader),) if leader else (),
                      (f"幸福路 {number * 20 - 19}–{number * 20 - 1} 号（单）",), 10)


def board(groups: int, imprint: Imprint = IMPRINT) -> GridBoard:
    return GridBoard(imprint, f"{VILLAGE}-G01", "第一网格", (person("测试网格员", "网格员"),), (person("测试民警", "社区民警"),),
                     STATION, tuple(group(n + 1) for n in range(groups)))


def grid_map(doors: int, groups: int = 3) -> GridMap:
    """A street of doors, five to a group, group beside group."""
    shapes = tuple(MapShape(f"{VILLAGE}-L{i + 1:03d}", (square(LON + i * 5 * STEP, LAT - STEP, 5 * STEP),))
                   for i in range(groups))
    placed = tuple(MapDoor((LON + i * STEP, LAT + (STEP if i % 2 else 0)), "幸福路", str(i + 1)) for i in range(doors))
    street = (MapStreet("幸福路", ((LON, LAT + STEP / 2), (LON + doors * STEP, LAT + STEP / 2))),)
    return GridMap(board(groups), (square(LON - STEP, LAT - STEP, 20 * STEP),), shapes, street, placed, 2)


def square(lon: float, lat: float, side: float) -> tuple[tuple[float, float], ...]:
    return ((lon, lat), (lon + side, lat), (lon + side, lat + side), (lon, lat + side), (lon, lat))


def lot(plates: int, *, at: bool = True) -> InstallLot:
    rows = tuple(InstallPlate(i + 1, "幸福路二巷", f"{i + 1}号", f"{i:04d} 2222 3333 4", (LON + i * STEP, LAT) if at else None)
                 for i in range(plates))
    return InstallLot("第 3/7 箱", "安装片区3", "第一网格", "", (), rows)


def install(*lots: InstallLot) -> InstallList:
    return InstallList(IMPRINT, "ef6a4e40", "small-gate", lots)


def labels(boxes: int, **changes: object) -> BoxLabels:
    one = BoxLabel("ef6a4e40", 1, boxes, "安装片区3", "第一网格", 60, 0, "幸福路1号", "幸福路119号", "")
    return BoxLabels(IMPRINT, "small-gate", tuple(replace(one, number=n + 1, **changes) for n in range(boxes)))


def texts(pdf: bytes) -> list[str]:
    """The words of each page, without the spaces and line breaks that setting makes."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return ["".join(page.get_textpage().get_text_range().split()) for page in document]


def sizes_mm(pdf: bytes) -> set[tuple[int, int]]:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    return {(round(w * 25.4 / 72), round(h * 25.4 / 72)) for w, h in (page.get_size() for page in document)}


def test_the_notice_names_leaders_phones_and_what_they_look_after() -> None:
    (page,) = texts(board_pdf([board(3)], VILLAGE))
    for words in ("联户长公示", "武功县普集街道营上村第一网格", "测试甲", "029-00000001", "幸福路1–19号（单）", "10个",
                  "测试网格员", "测试民警", "测试派出所", "029-00000000", "110", "2026-11-23"):
        assert words in page


def test_a_group_without_a_leader_says_whom_to_ask() -> None:
    waiting = replace(board(1), groups=(group(1, leader=""),))
    (page,) = texts(board_pdf([waiting], VILLAGE))
    assert "待定" in page
    assert "请先找网格员" in page


def test_a_grid_without_groups_says_so_and_what_to_do() -> None:
    (page,) = texts(board_pdf([replace(board(0), workers=(), station=None)], VILLAGE))
    assert "本网格还没有划分联户" in page
    assert f"doorplateareas--community{VILLAGE}--groups--apply" in page
    assert "待登记" in page


def test_many_groups_take_several_pages_with_the_head_again_and_none_lost() -> None:
    pages = texts(board_pdf([board(90), board(2)], VILLAGE))
    assert len(pages) > 3
    assert all("负责的门牌" in page for page in pages if "联户长公示" not in page or "10个" in page)
    assert "".join(pages).count("测试甲") == 92
    assert "第1页,共1页" in pages[-1], "every grid counts its own pages"


def test_paper_sizes() -> None:
    assert sizes_mm(board_pdf([board(1)], VILLAGE)) == {(297, 420)}
    assert sizes_mm(board_pdf([board(1)], VILLAGE, "a2")) == {(420, 594)}
    assert sizes_mm(map_pdf([grid_map(6)], "a2")) == {(594, 420)}
    assert sizes_mm(card_pdf(HowTo(IMPRINT, "menpai.example", STATION))) == {(210, 297)}


def test_the_map_has_numbers_streets_groups_scale_and_north() -> None:
    (page,) = texts(map_pdf([grid_map(12)]))
    for words in ("联户分布图", "幸福路", "北", "米", "联户和联户长", "测试甲", "2个门没有坐标", "示意"):
        assert words in page
    assert all(str(n) in page for n in range(1, 13))


def test_several_grids_have_a_sheet_of_the_whole_before_their_own() -> None:
    pages = texts(map_pdf([grid_map(12), grid_map(5), replace(grid_map(0), doors=())]))
    assert len(pages) == 3, "a grid without a single place has no map"
    assert "联户1–3,共3个" in pages[0]


def test_more_groups_than_fit_beside_the_map_go_on_behind_it() -> None:
    pages = texts(map_pdf([grid_map(40, groups=60)]))
    assert len(pages) > 1
    assert "其余联户见后页" in pages[0]
    assert "".join(pages).count("测试甲") == 60


def test_neighbouring_groups_differ_in_grey_too() -> None:
    shades = [0.299 * int(t[1:3], 16) + 0.587 * int(t[3:5], 16) + 0.114 * int(t[5:7], 16) for t in TINTS]
    steps = [lighter - darker for lighter, darker in pairwise(shades)]
    assert min(steps) >= 9, steps


def test_a_map_of_one_door_and_of_thousands() -> None:
    assert "■" in texts(map_pdf([grid_map(1, groups=1)]))[0]
    assert "没有标号" in texts(map_pdf([grid_map(1_600)]))[0]


def test_the_card_says_what_nobody_may_ask_for() -> None:
    (page,) = texts(card_pdf(HowTo(IMPRINT, "menpai.example", STATION)))
    for words in ("menpai.example", "不要钱", "不要登录", "不要短信验证码", "029-00000000", "营上村", "网格员"):
        assert page.count(words) >= 4, words
    (page,) = texts(card_pdf(HowTo(IMPRINT, "menpai.example", None)))
    assert "派出所电话" in page


def test_the_installers_list_has_every_plate_in_order_and_the_rule() -> None:
    pages = texts(install_pdf(install(lot(60)), load_design("small-gate")))
    whole = "".join(pages)
    assert len(pages) == 3
    assert whole.count("幸福路二巷") == 60
    assert "牌底离地1.7米" in pages[0]
    assert "已装无人损坏备注" in pages[1]
    assert "合计60块" in pages[-1]
    places = [whole.index(f"{i:04d}222233334") for i in range(60)]
    assert places == sorted(places)


def test_a_lot_without_places_has_no_map_but_all_its_plates() -> None:
    (page, *rest) = texts(install_pdf(install(lot(30, at=False)), load_design("small-gate")))
    assert "都没有坐标" in page
    assert "".join([page, *rest]).count("幸福路二巷") == 30


def test_every_lot_counts_its_own_pages() -> None:
    pages = texts(install_pdf(install(lot(40), lot(3)), load_design("small-gate")))
    assert "第1页,共1页" in pages[-1]


def test_a_very_long_name_and_markup_do_not_break_the_list() -> None:
    odd = InstallPlate(1, "<b>特别长的街道名称</b>&" * 3, "1号", "AAAA", (LON, LAT))
    (page, *_) = texts(install_pdf(install(replace(lot(1), plates=(odd,))), load_design("small-gate")))
    assert "<b>特别长的街道名称</b>&" in page


def test_box_labels_stand_four_on_a_sheet() -> None:
    pages = texts(labels_pdf(labels(7), load_design("small-gate")))
    assert len(pages) == 2
    assert "3/7" in pages[0]
    assert "7/7" in pages[1]
    assert "幸福路1号" in pages[0]
    assert "幸福路119号" in pages[0]
    assert pages[0].count("60块") == 4


def test_a_box_with_plates_missing_says_how_many_lie_in_it() -> None:
    (page,) = texts(labels_pdf(labels(1, absent=2, installer="安装员甲"), load_design("small-gate")))
    assert "58块" in page
    assert "应装60块,缺损2块" in page
    assert "安装员甲" in page


def test_invented_data_are_marked_on_every_paper() -> None:
    sample = replace(IMPRINT, sample=True)
    design = load_design("small-gate")
    papers = [board_pdf([board(1, sample)], VILLAGE), map_pdf([replace(grid_map(5), board=board(3, sample))]),
              card_pdf(HowTo(sample, "menpai.example", STATION)), install_pdf(replace(install(lot(3)), imprint=sample), design),
              labels_pdf(replace(labels(1), imprint=sample), design)]
    for pdf in papers:
        assert "样品·虚构数据" in texts(pdf)[0]
    assert "样品" not in texts(board_pdf([board(1)], VILLAGE))[0]


def test_fonts_are_embedded(tmp_path: Path) -> None:
    file = tmp_path / "board.pdf"
    file.write_bytes(board_pdf([board(2)], VILLAGE))
    listed = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout.splitlines()[2:]
    assert listed
    assert all("NotoSansCJK" in row.replace("-", "") or "Noto-Sans-CJK" in row for row in listed)
    assert all(row.split()[-5] == "yes" for row in listed)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_same_data_give_the_same_bytes_in_another_process(seed: str) -> None:
    code = ("import hashlib, test_papers_pdf as t; p = t.map_pdf([t.grid_map(12)]) + t.board_pdf([t.board(3)], t.VILLAGE);"
            "print(hashlib.sha256(p).hexdigest())")
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[2])])
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                          env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}).stdout.strip()
    assert made == hashlib.sha256(map_pdf([grid_map(12)]) + board_pdf([board(3)], VILLAGE)).hexdigest()


def test_a_group_with_a_long_scope_is_not_pushed_off_the_map() -> None:
    long = tuple(f"幸福路{n}巷 1–9 号（单）、12 号、15 号" for n in range(6))
    wide = replace(board(20), groups=tuple(replace(one, scope=long) for one in board(20).groups))
    assert "".join(texts(map_pdf([replace(grid_map(12), board=wide)]))).count("测试甲") == 20


def test_a_group_with_a_name_of_its_own_is_called_so() -> None:
    named = replace(board(1), groups=(replace(group(1), name="老街联户"),))
    assert "老街联户" in texts(board_pdf([named], VILLAGE))[0]


def test_long_papers_are_joined_from_parts_and_are_sound(tmp_path: Path) -> None:
    file = tmp_path / "long.pdf"
    file.write_bytes(install_pdf(install(*(lot(33) for _ in range(20))), load_design("small-gate")))
    assert subprocess.run(["qpdf", "--check", file], capture_output=True, check=False).returncode == 0
    assert "".join(texts(file.read_bytes())).count("幸福路二巷") == 33 * 20
