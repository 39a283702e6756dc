"""Drawings for lasers: closed, valid, apart; as large as the symbol says less the beam; read back from the files themselves."""

from __future__ import annotations

import random
import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import ezdxf
import numpy as np
import pytest
import shapely
import zxingcpp
from batches import BASE_URL, plate
from PIL import Image
from shapely import Polygon

from doorplate.errors import InputError
from doorplate.model import BatchPlate
from doorplate.plates.code import new_code
from doorplate.plates.symbol import Modules, matrix
from print_jobs.fonts import fonts_of
from print_jobs.laser.drawing import Beam, Drafting, Drawing
from print_jobs.laser.dxf import dxf_bytes
from print_jobs.laser.outlines import glyph_shape, run_shapes, symbol_shape
from print_jobs.laser.readback import modules_in, read
from print_jobs.laser.svg import svg_bytes
from print_jobs.layout import set_plate
from print_jobs.plate_design import design_names, load_design

DESIGN = load_design("small-gate")
QUIET = 4
BEAM = Beam()
SVG = "{http://www.w3.org/2000/svg}"


def drafting(beam: Beam = BEAM, name: str = "small-gate") -> Drafting:
    design = load_design(name)
    return Drafting(design, fonts_of(design.fonts), "menpai.example", sample=True, beam=beam)


def sample(name: str = "small-gate", seed: int = 1) -> tuple[BatchPlate, Modules]:
    one = replace(plate(seed=seed), kind=name, postcode="712200", pinyin="Xìngfú Lù")
    return one, matrix(one.url, load_design(name).qr.level)


def draw(beam: Beam = BEAM, name: str = "small-gate", seed: int = 1) -> tuple[Drawing, BatchPlate, Modules]:
    one, symbol = sample(name, seed)
    return drafting(beam, name).draw(one, symbol), one, symbol


def field(name: str = "small-gate") -> Polygon:
    qr = load_design(name).qr
    return shapely.box(qr.x_mm, qr.y_mm, qr.x_mm + qr.field_mm, qr.y_mm + qr.field_mm)


def in_svg(data: bytes, layer: str) -> list[Polygon]:
    """The polygons of a layer, from the file's text alone."""
    (group,) = [g for g in ElementTree.fromstring(data).iter(f"{SVG}g") if g.get("id") == layer]
    polygons = []
    for path in group:
        rings = re.findall(r"M([^MZ]*)Z", path.get("d") or "")
        assert "".join(f"M{ring}Z" for ring in rings) == path.get("d")  # nothing else, and every ring is closed
        outer, *holes = [[tuple(map(float, point.split(","))) for point in ring.split()] for ring in rings]
        polygons.append(Polygon(outer, holes))
    return polygons


def in_dxf(path: Path, layer: str) -> list[Polygon]:
    """The closed outlines of a layer as a laser program fills them: even-odd."""
    document = ezdxf.readfile(path)
    lines = [line for line in document.modelspace().query("LWPOLYLINE") if line.dxf.layer == layer]
    assert all(line.closed for line in lines)
    rings = sorted((Polygon([(x, y) for x, y, *_ in line]) for line in lines), key=lambda ring: -ring.area)
    assert all(ring.is_valid for ring in rings)
    area = Polygon()
    for ring in rings:
        area = shapely.symmetric_difference(area, ring)
    return list(shapely.get_parts(area))


def require_sound(polygons: list[Polygon]) -> None:
    """Closed, valid, and none touching another."""
    assert all(p.geom_type == "Polygon" and p.is_valid and p.area > 0 for p in polygons)
    one, other = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    assert (one == other).all()


@pytest.mark.parametrize("name", design_names())
@pytest.mark.parametrize("inverted", [False, True])
def test_every_design_gives_sound_drawings_that_read(name: str, inverted: bool, tmp_path: Path) -> None:
    drawing, one, symbol = draw(Beam(inverted=inverted), name)
    design = load_design(name)
    require_sound(list(drawing.engrave))
    require_sound(in_svg(svg_bytes(drawing), "engrave"))
    (tmp_path / "p.dxf").write_bytes(dxf_bytes(drawing))
    there = in_dxf(tmp_path / "p.dxf", "ENGRAVE")
    assert sum(p.area for p in there) == pytest.approx(sum(p.area for p in drawing.engrave), abs=0.05)
    flipped = [shapely.transform(p, lambda xy: xy * [1, -1] + [0, drawing.height_mm]) for p in there]
    engraved = modules_in(flipped, design.qr, len(symbol))
    dark = ~engraved if inverted else engraved
    assert np.array_equal(dark, np.pad(symbol, QUIET))
    assert read(dark) == one.url
    (cut,) = in_dxf(tmp_path / "p.dxf", "CUT")
    assert len(cut.interiors) == len(design.face.holes)


@pytest.mark.parametrize("kerf", [0.0, 0.05, 0.1, 0.3])
def test_the_dark_area_is_the_symbol_s_less_the_beam(kerf: float) -> None:
    drawing, _, symbol = draw(Beam(kerf_mm=kerf))
    module = DESIGN.qr.field_mm / (len(symbol) + 2 * QUIET)
    whole = symbol_shape(symbol, DESIGN.qr)
    assert whole.area == pytest.approx(symbol.sum() * module**2)
    engraved = shapely.intersection(shapely.union_all(drawing.engrave), field())
    assert engraved.area == pytest.approx(shapely.buffer(whole, -kerf / 2, join_style="mitre").area, abs=0.05)
    lost = whole.area - engraved.area
    assert lost == pytest.approx(whole.length * kerf / 2, rel=0.15, abs=0.05)
    burnt = shapely.buffer(engraved, kerf / 2, join_style="mitre")  # what the beam leaves on the metal
    assert shapely.symmetric_difference(burnt, whole).area < 0.01 * whole.area


def test_the_plate_comes_out_as_large_as_it_should() -> None:
    face = DESIGN.face
    (cut,) = draw(Beam(kerf_mm=0.2))[0].cut
    left, top, right, bottom = cut.bounds
    assert (left, top, right, bottom) == pytest.approx((-0.1, -0.1, face.width_mm + 0.1, face.height_mm + 0.1), abs=0.001)
    assert cut.area < (face.width_mm + 0.2) * (face.height_mm + 0.2) - 5  # round corners
    assert len(cut.interiors) == len(face.holes)


def test_inverted_and_plain_share_the_symbol_s_field_without_a_rest() -> None:
    """With a beam of no width what is dark here is light there."""
    plain, inverted = (draw(Beam(kerf_mm=0, inverted=flag))[0] for flag in (False, True))
    one, other = (shapely.intersection(shapely.union_all(d.engrave), field()) for d in (plain, inverted))
    assert shapely.intersection(one, other).area == pytest.approx(0, abs=0.05)
    assert one.area + other.area == pytest.approx(field().area, abs=0.05)


@pytest.mark.parametrize("kerf", [-0.1, 0.6, 5.0])
def test_a_beam_that_would_eat_the_modules_is_refused(kerf: float) -> None:
    with pytest.raises(InputError) as caught:
        draw(Beam(kerf_mm=kerf))
    assert caught.value.code == "laser.kerf"
    assert "0.98 mm" in caught.value.message


def test_the_svg_is_in_millimetres_black_and_without_fonts() -> None:
    drawing, one, _ = draw()
    text = svg_bytes(drawing).decode()
    root = ElementTree.fromstring(text)
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("150mm", "90mm", "0 0 150 90")
    assert root.find(f"{SVG}title").text == f"{one.code} {one.painted}"
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {"svg", "title", "g", "path"}
    assert set(re.findall(r'fill="([^"]*)"', text)) == {"#000", "none"}
    assert "e-0" not in text


def test_the_dxf_is_in_millimetres_and_an_auditor_finds_nothing(tmp_path: Path) -> None:
    drawing, _, _ = draw()
    (tmp_path / "p.dxf").write_bytes(dxf_bytes(drawing))
    document = ezdxf.readfile(tmp_path / "p.dxf")
    auditor = document.audit()
    assert (document.dxfversion, document.header["$INSUNITS"]) == ("AC1015", 4)
    assert (auditor.errors, auditor.fixes) == ([], [])
    assert {entity.dxftype() for entity in document.modelspace()} == {"LWPOLYLINE"}
    assert {entity.dxf.layer for entity in document.modelspace()} == {"ENGRAVE", "CUT"}


@pytest.mark.parametrize("inverted", [False, True])
def test_a_rasterised_svg_is_read_by_a_scanner(inverted: bool, tmp_path: Path, tool: Callable[[str], str]) -> None:
    drawing, one, _ = draw(Beam(inverted=inverted), seed=5)
    (tmp_path / "p.svg").write_bytes(svg_bytes(drawing))
    subprocess.run([tool("mutool"), "draw", "-q", "-r", "200", "-o", tmp_path / "p.png", tmp_path / "p.svg"], check=True,
                   capture_output=True)
    with Image.open(tmp_path / "p.png") as picture:
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [one.url]


def test_one_wrong_module_in_a_drawing_is_seen() -> None:
    drawing, one, symbol = draw()
    module = DESIGN.qr.field_mm / (len(symbol) + 2 * QUIET)
    row, column = np.argwhere(~symbol)[200]
    x, y = DESIGN.qr.x_mm + (column + QUIET) * module, DESIGN.qr.y_mm + (row + QUIET) * module
    spoilt = [*drawing.engrave, shapely.box(x + 0.2, y + 0.2, x + module - 0.2, y + module - 0.2)]
    found = modules_in(spoilt, DESIGN.qr, len(symbol))
    assert (found != np.pad(symbol, QUIET)).sum() == 1
    assert read(found) == one.url  # error correction hides it: that is why modules are compared


def test_symbols_of_many_codes_and_lengths_keep_every_module() -> None:
    rng = random.Random(4)
    for host in ("https://a.cn", BASE_URL, "https://menpai.wugong.xianyang.shaanxi.gov.cn"):
        symbol = matrix(f"{host}/d/{new_code(rng)}", "Q")
        shape = symbol_shape(symbol, DESIGN.qr)
        assert shape.is_valid
        assert np.array_equal(modules_in(shapely.get_parts(shape), DESIGN.qr, len(symbol)), np.pad(symbol, QUIET))


def test_counters_stay_open_and_islands_stand(tmp_path: Path) -> None:
    face = fonts_of(DESIGN.fonts).main
    counts = {c: (len(shapely.get_parts(s)), sum(len(p.interiors) for p in shapely.get_parts(s)))
              for c in "口回8号一二" for s in [glyph_shape(face, face.glyph(c), 1 / 1024)]}
    assert counts == {"口": (1, 1), "回": (2, 2), "8": (1, 2), "号": (2, 1), "一": (1, 0), "二": (2, 0)}
    assert glyph_shape(face, face.glyph(" "), 1 / 1024).is_empty


def test_flattening_keeps_within_its_tolerance() -> None:
    face = fonts_of(DESIGN.fonts).main
    coarse, fine = (glyph_shape(face, face.glyph("8"), 2.0 ** -n) for n in (9, 16))
    assert shapely.hausdorff_distance(coarse.boundary, fine.boundary) < 2.0**-9
    assert len(shapely.get_coordinates(coarse)) < len(shapely.get_coordinates(fine)) / 4


def test_the_same_plate_gives_the_same_bytes() -> None:
    one, other = draw()[0], draw()[0]
    assert svg_bytes(one) == svg_bytes(other)
    assert dxf_bytes(one) == dxf_bytes(other)


@pytest.mark.parametrize("minority", ["بەخت يولى", "བདེ་སྐྱིད་ལམ།", "ᠠᠮᠤᠭᠤᠯᠠᠩ", "ꀉꂿꐚ"])
def test_joined_and_stacked_scripts_are_one_area_not_a_heap_of_letters(minority: str) -> None:
    one, symbol = sample()
    plain, scripted = (drafting().draw(replace(one, minority=text), symbol) for text in ("", minority))
    require_sound(list(scripted.engrave))
    if len(set_plate(replace(one, minority=minority), DESIGN, drafting().fonts).minority) == 0:
        pytest.skip("this machine has no font for the script")
    assert svg_bytes(plain) != svg_bytes(scripted)
    zone = DESIGN.name_zone
    assert zone is not None
    upper = shapely.box(zone.x_mm, zone.y_mm, zone.right_mm, zone.y_mm + zone.height_mm / 3)
    assert any(upper.contains(p) for p in scripted.engrave)


def test_characters_of_the_fallback_fonts_are_drawn_too() -> None:
    one, symbol = sample()
    beam, rare = Beam(kerf_mm=0), replace(one, street="小𣵦村")
    drawing = drafting(beam).draw(rare, symbol)
    fonts = drafting().fonts
    (run,) = [run for run in set_plate(rare, DESIGN, fonts).name if run.face.startswith("fallback")]
    ink = shapely.union_all(run_shapes(run, fonts, 0.01, 0))
    assert ink.area > 1
    assert shapely.intersection(shapely.union_all(drawing.engrave), ink).area == pytest.approx(ink.area, rel=0.01)
