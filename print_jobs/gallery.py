"""The gallery: what each design makes of short, long, rare and foreign names, as a PDF in true size and as pictures at 100 %.

The same press prints it. Only the pictures show what the factory does afterwards: rounded corners and holes.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import pypdfium2
from PIL import Image, ImageDraw
from pydantic import TypeAdapter

from doorplate.errors import Unavailable
from doorplate.model import BatchPlate, PrintBatch
from doorplate.plates.code import new_code
from print_jobs.artwork import typeset
from print_jobs.batch import Problem
from print_jobs.fonts import fonts_of
from print_jobs.job import PrintJob
from print_jobs.pdf_file import PT
from print_jobs.plate_design import Box, PlateDesign, PlateFace
from print_jobs.preflight import host_of, plate_problems
from print_jobs.press import Press, write_volume
from print_jobs.sheet import SheetLayout, load_sheet

GALLERY_URL = "https://menpai.example"
_DPI = 96  # a CSS pixel: at 100 % the picture is as large as the plate
_OVERVIEW_DPI = 16
_FINE = 2  # the mask of a plate is drawn larger, so that its edge comes out smooth
_GROUND, _HOLE_EDGE = (233, 236, 240), (120, 130, 140)
_GATES = ("large-gate", "medium-gate", "small-gate", "custom")


@dataclass(frozen=True, slots=True)
class Example:
    """What one picture shows. note: names its file; the rest as in BatchPlate."""

    note: str
    street: str
    number: str = ""
    pinyin: str = ""
    minority: str = ""
    postcode: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What was drawn of one design: the PDF, a picture for each example, and what could not be drawn and why."""

    design: PlateDesign
    pdf: Path
    pictures: tuple[Path, ...]
    left_out: tuple[str, ...]


def write_gallery(designs: Sequence[PlateDesign], out: Path, cache: Path | None = None) -> Iterator[Shown]:
    """Draws the designs one after the other into the folder `out`, and an overview.png of all at one scale in the end.

    Raises Unavailable(gallery.cannot_write, font.missing)."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        firsts = []
        for design in designs:
            shown = _show(design, out, cache)
            firsts += [(design, path) for path in shown.pictures[:1]]
            yield shown
        _overview(firsts).save(out / "overview.png")
    except OSError as exc:
        raise Unavailable("gallery.cannot_write", f"写不进 {out.name}: {exc.strerror or exc}", out=out.name) from exc


@lru_cache(maxsize=1)
def examples() -> dict[str, tuple[Example, ...]]:
    """The examples by kind; gates of all sizes share theirs."""
    values = tomllib.loads((files("print_jobs") / "examples.toml").read_text("utf-8"))
    return TypeAdapter(dict[str, tuple[Example, ...]]).validate_python(values)


def _show(design: PlateDesign, out: Path, cache: Path | None) -> Shown:
    fonts = fonts_of(design.fonts)
    found = [(example, _plate(example, design, i)) for i, example in enumerate(examples()[_set_of(design)])]
    problems = {plate.code: list(plate_problems(example.note, plate, design, fonts)) for example, plate in found}
    drawn = [(example, plate) for example, plate in found if not problems[plate.code]]
    pdf = out / f"{design.name}.pdf"
    pictures: tuple[Path, ...] = ()
    if drawn:
        layout = _print([plate for _, plate in drawn], design, pdf, cache)
        pictures = tuple(_pictures(pdf, layout, design.face, [out / f"{design.name}-{example.note}.png" for example, _ in drawn]))
    return Shown(design, pdf, pictures, tuple(problem.message for plate in problems.values() for problem in _first(plate)))


def _first(problems: list[Problem]) -> list[Problem]:
    return problems[:1]


def _set_of(design: PlateDesign) -> str:
    return "gate" if design.kind in _GATES else design.kind


def _plate(example: Example, design: PlateDesign, index: int) -> BatchPlate:
    """The example as a plate of this design, without the lines the design has no place for."""
    code = new_code(random.Random(index))  # noqa: S311 (invented plates: the same pictures every time)
    postcode = example.postcode or ("712200" if design.postcode_zone and design.postcode_zone.boxes else "")
    return BatchPlate(
        code=code, url=f"{GALLERY_URL}/d/{code}", standard_address=example.street + example.number,
        kind=design.kind, grid="", zone="",
        street=example.street if design.name_zone else "", number=example.number if design.number_zone else "",
        pinyin=example.pinyin if design.pinyin_zone else "",
        minority=example.minority if design.name_zone and design.name_zone.minority else "",
        postcode=postcode if design.postcode_zone else "")


def _print(plates: Sequence[BatchPlate], design: PlateDesign, pdf: Path, cache: Path | None) -> SheetLayout:
    batch = PrintBatch(id="0" * 32, community="", selection="gallery", design=design.name, base_url=GALLERY_URL,
                       frozen_at=datetime(2026, 1, 1, tzinfo=UTC), plates=tuple(plates), sample=True)
    fonts, sheet = fonts_of(design.fonts), load_sheet("single")
    press = Press(batch, design, sheet, fonts, typeset(design, host_of(batch), fonts, sample=True, cache=cache))
    (volume,) = PrintJob(batch, design, sheet, fonts, len(plates)).volumes
    with pdf.open("wb") as file:
        write_volume(press, volume, file)
    return press.layout


def _pictures(pdf: Path, layout: SheetLayout, face: PlateFace, paths: Sequence[Path]) -> Iterator[Path]:
    """Each page's face as a picture at 100 %, with what the factory does drawn in."""
    left, bottom = layout.slots[0]
    right, top = layout.width_mm - left - face.width_mm, layout.height_mm - bottom - face.height_mm
    crop = tuple(edge * PT for edge in (left, bottom, right, top))
    document = pypdfium2.PdfDocument(pdf)
    try:
        for page, path in zip(document, paths, strict=True):
            picture = page.render(scale=_DPI / 72, crop=crop).to_pil().convert("RGB")
            _worked(picture, face).save(path, dpi=(_DPI, _DPI))
            yield path
    finally:
        document.close()


def _worked(picture: Image.Image, face: PlateFace) -> Image.Image:
    """The printed face with its corners rounded and its holes marked."""
    dots, holes = _DPI / 25.4, [hole.box for hole in face.holes]
    mask = Image.new("L", (picture.width * _FINE, picture.height * _FINE), 0)
    draw = ImageDraw.Draw(mask)
    draw.rounded_rectangle((0, 0, mask.width - 1, mask.height - 1), radius=face.corner_radius_mm * dots * _FINE, fill=255)
    for hole in holes:
        draw.ellipse(_edges(hole, dots * _FINE), fill=0)
    plate = Image.composite(picture, Image.new("RGB", picture.size, _GROUND), mask.reduce(_FINE))
    pen = ImageDraw.Draw(plate)
    for hole in holes:
        pen.ellipse(_edges(hole, dots), outline=_HOLE_EDGE)
    return plate


def _edges(box: Box, dots: float) -> tuple[float, float, float, float]:
    return box.x_mm * dots, box.y_mm * dots, box.right_mm * dots, box.bottom_mm * dots


def _overview(firsts: Sequence[tuple[PlateDesign, Path]]) -> Image.Image:
    """One plate of each design, at one scale, the large above the small."""
    gap, width = 24, round(1700 * _OVERVIEW_DPI / 25.4)
    x, y, row, placed = gap, gap, 0, []
    for design, path in sorted(firsts, key=lambda shown: (-shown[0].face.height_mm, shown[0].name)):
        size = round(design.face.width_mm * _OVERVIEW_DPI / 25.4), round(design.face.height_mm * _OVERVIEW_DPI / 25.4)
        if x > gap and x + size[0] + gap > width:
            x, y, row = gap, y + row + gap, 0
        placed.append((path, size, (x, y)))
        x, row = x + size[0] + gap, max(row, size[1])
    sheet = Image.new("RGB", (width, y + row + gap), _GROUND)
    for path, size, where in placed:
        with Image.open(path) as picture:
            sheet.paste(picture.resize(size, Image.Resampling.LANCZOS), where)
    return sheet
